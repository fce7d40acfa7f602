"""One forecast and its reasons, as JSON for a program."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from ..features.factors import ARTICLES, FACTORS
from ..models.explanation import Explanation, FactorPoints, NotYet
from .flags import flags
from .printed import finite
from .report import NOT_MEDICAL, not_yet_context, page_context, tidy

SCHEMA = "heavylegs.report/1"


def render_json(explanation: Explanation | NotYet, facts: Mapping[str, float] | None = None) -> str:
    """Return the report's content as JSON text (RFC 8259: unknown numbers are null, never NaN).

    Notes
    -----
    All keys of `Explanation.to_dict` with these beside them:

    - ``schema``: "heavylegs.report/1".
    - ``headline``, ``sentence``, ``interval_sentence``, ``bad_morning_sentence``, ``own_scale_sentence``: as the page says
      them.
    - in ``usual_level``, ``everything_else`` and each of ``factors``, beside ``factor``, ``points`` (exact) and
      ``values``: ``label``, ``family``, ``meaning``, ``advice``, ``to_log`` and ``articles``, a list of
      ``{"article", "title", "section"}``; ``low`` and ``high``, the 80 % interval of the points, and ``unclear``,
      whether it covers 0.
    - ``reference``, ``reference_level``: what points are measured from; see `Explanation`.
    - ``absent_factors``: the same for each id in ``absent``, without points and values; ``unheard`` holds those of them
      that the model does not know.
    - ``what_ifs``: single changes of the day's log that the model hears, what moves the forecast most first; see `WhatIf`.
    - ``flags``: the articles' reasons to seek help: ``id, title, text, article, section, applies, why``.
    - ``articles``: titles by article.
    - ``not_medical``: the line on what this is not.

    ``usual_level.points + sum(f.points for f in factors) + everything_else.points == fatigue_raw`` within 1e-6.
    With the tier ``not_yet`` the forecast's numbers are null, and ``missing`` and ``first_forecast`` tell what to wait for.
    """
    if isinstance(explanation, NotYet):
        return _dumped(_not_yet_json(explanation, facts))
    e = tidy(explanation)
    context = page_context(e, facts)
    out: dict[str, object] = {"schema": SCHEMA, **e.to_dict()}
    out["headline"] = f"{context['weekday']} morning: {context['forecast']} of 10, {context['comparison']}"
    out["sentence"] = context["sentence"]
    out["interval_sentence"] = context["interval"]
    out["bad_morning_sentence"] = context["bad_morning"]
    out["own_scale_sentence"] = context["on_own_scale"]
    for key in ("usual_level", "everything_else"):
        out[key] = _described(getattr(e, key))
    out["factors"] = [_described(f) for f in e.factors]
    out["absent_factors"] = [_about(name) for name in e.absent]
    out["flags"] = [asdict(f) for f in flags(e, facts)]
    out["articles"] = ARTICLES
    out["not_medical"] = NOT_MEDICAL
    return _dumped(out)


def _not_yet_json(e: NotYet, facts: Mapping[str, float] | None) -> dict[str, object]:
    context = not_yet_context(e, facts)
    return {
        "schema": SCHEMA,
        **e.to_dict(),
        "headline": f"{context['weekday']} morning: not yet",
        "sentence": f"{context['why']} {context['when']}",
        "interval_sentence": "",
        "bad_morning_sentence": "",
        "own_scale_sentence": "",
        "absent_factors": [],
        "flags": [asdict(f) for f in flags(e, facts)],
        "articles": ARTICLES,
        "not_medical": NOT_MEDICAL,
    }


def _dumped(out: dict[str, object]) -> str:
    return json.dumps(_jsonable(out), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _about(name: str) -> dict[str, object]:
    factor = FACTORS[name]
    articles = [{"article": a, "title": ARTICLES[a], "section": section} for a, section in factor.named_in]
    told = {key: getattr(factor, key) for key in ("label", "family", "meaning", "advice", "to_log")}
    return {"factor": name, **told, "articles": articles}


def _described(part: FactorPoints) -> dict[str, object]:
    ends = {"low": part.low, "high": part.high, "unclear": part.unclear}
    return {**_about(part.factor), "points": part.points, **ends, "values": [asdict(v) for v in part.values]}


def _jsonable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _jsonable(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(v) for v in value]
    if value is None or isinstance(value, bool | str):
        return None if value == "NaT" else value
    if isinstance(value, date):
        return value.isoformat() if value == value else None  # NaT differs from itself
    if hasattr(value, "item"):  # numpy scalars
        value = value.item()
    if isinstance(value, int):
        return value
    return finite(value)
