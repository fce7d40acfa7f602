"""Everybody's next morning as a page to read and as JSON, and the words of its rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..features.factors import ARTICLES, FACTORS
from ..models.bad_morning import LIKELY
from .files import write_texts
from .flags import RULES
from .own_words import a_point_here, scale_name
from .pages import template
from .printed import MINUS, NBSP, capital, fixed, long_day, range_text, shown_name, signed, tenths
from .report import NOT_MEDICAL
from .squad import Outlook, Squad
from .wording import TIERS, chance_words

KNOWN = {"evening": "from the log up to the evening before", "morning": "from the log with the night before"}


def write_squad(told: Squad, folder: Path) -> tuple[Path, Path]:
    """Write ``squad-DATE.html`` and ``squad-DATE.json`` into `folder`, both or neither, and return their paths."""
    page, data = (Path(folder) / f"squad-{told.morning}.{kind}" for kind in ("html", "json"))
    plain = json.dumps(told.to_dict(), indent=1, ensure_ascii=False, default=str, allow_nan=False) + "\n"
    write_texts({page: render_squad(told), data: plain})
    return page, data


def render_squad(told: Squad) -> str:
    """Return the outlook as one self-contained HTML page: no script, nothing loaded from elsewhere."""
    return template("squad.html").render(
        squad=told,
        cohort=shown_name(told.cohort),
        weekday=long_day(told.morning).partition(" ")[0],
        morning=long_day(told.morning),
        known=KNOWN[told.information],
        sentence=sentence(told),
        rows=[_cells(a) for a in told.athletes if a.told],
        scale=scale_sentence(told),
        attribution=told.attribution,
        waiting=[(shown_name(a.athlete_id), waiting_for(a)) for a in told.athletes if not a.told],
        signs=[(shown_name(a.athlete_id), signs_text(a)) for a in told.athletes if a.signs],
        names_factors=False,
        flags=RULES,
        articles=ARTICLES,
        not_medical=NOT_MEDICAL,
    )


def sentence(told: Squad) -> str:
    """Return for how many a bad morning is as likely as not, and how many have no forecast."""
    known = [a for a in told.athletes if a.told]
    bad = [a for a in known if (a.p_bad_morning or 0.0) >= LIKELY]
    chances = any(a.p_bad_morning is not None for a in known)
    text = (
        f"For {len(bad) or 'none'} of {len(known)} the chance to wake clearly more tired than usual is 5 in 10 or more."
        if chances
        else f"{len(known)} forecast; this model knows no chance of a bad morning."
    )
    if not known:
        return "Nobody has a forecast for this morning: the reason stands beside each name."
    waiting = len(told.athletes) - len(known)
    has = "has" if waiting == 1 else "have"
    return f"{text} {waiting} more {has} no forecast." if waiting else text


def scale_sentence(told: Squad) -> str:
    """Return what a point is on the scale that the squad answers on; "" where there is none, or it is that of forecasts."""
    scale = told.own_scale
    if scale is None or scale.is_canonical:
        return ""
    point = a_point_here(scale)
    return f"The squad answers on a scale of {scale_name(scale)}{point and ': '}{point}."


def waiting_for(a: Outlook) -> str:
    """Return why an athlete has no forecast."""
    return capital(a.tier_reason)


def signs_text(a: Outlook) -> str:
    """Return which rules on seeking help the ratings fit, and what fits, as one line."""
    titles = {rule.id: rule.title for rule in RULES}
    return "; ".join(f"{titles[rule]} ({why})" for rule, why in a.signs)


def moved_words(a: Outlook) -> str:
    """Return ``+ sleep; - heat``, towards tired and towards fresh; "" where no factor moved it clearly by a tenth.

    Without numbers: the report rounds them so that they add up, and two roundings side by side would differ.
    """
    shown = [(FACTORS[name].label, points) for name, points in a.moved if tenths(points)]
    return "; ".join(
        f"{'+' if points > 0 else MINUS} {label[0].lower()}{label[1:]}" for label, points in shown
    )


def chance_text(a: Outlook) -> str:
    """Return ``7 in 10``, "" where not known or where none is worse."""
    known = a.p_bad_morning is not None and (a.bad_morning_from or 0.0) <= 10
    return chance_words(a.p_bad_morning or 0.0).removeprefix("about ") if known else ""


def _cells(a: Outlook) -> dict[str, Any]:
    above = None if a.own_usual is None else (a.fatigue or 0.0) - a.own_usual
    return {
        "name": shown_name(a.athlete_id),
        "report": a.report,
        "moved": moved_words(a).replace(" ", NBSP, 1).replace("; + ", f"; +{NBSP}").replace(f"; {MINUS} ", f"; {MINUS}{NBSP}"),
        "fatigue": _shown(a.fatigue),
        "range": range_text(a.low, a.high),
        "usual": _shown(a.own_usual),
        "above": "" if above is None else signed(tenths(a.fatigue or 0.0) / 10 - tenths(a.own_usual or 0.0) / 10),
        "chance": chance_text(a) or "\u2013",
        "last": _shown(a.last_week.mean),
        "before": _shown(a.week_before.mean),
        "tier": "" if a.tier in ("solid", "building") else TIERS[a.tier].lower(),
    }  # fmt: skip


def _shown(value: float | None) -> str:
    return "\u2013" if value is None else fixed(value)
