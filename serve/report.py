"""One forecast and its reasons, as a page to read; `report_json` has the same for a program, `report_files` writes both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from ..features.factors import ARTICLES, FACTORS
from ..models.explanation import Explanation, FeatureValue, NotYet, WhatIf
from . import wording
from .bars import Waterfall, history_chart, scale_strip
from .flags import flags
from .own_words import own_rating, own_scale, own_scale_sentence, scale_name
from .pages import template
from .printed import (
    DAYS,
    MINUS,
    finite,
    fixed,
    long_day,
    shown_name,
    signed,
    tenths,
    value_and_usual,
    value_line,
)
from .what_if import NOT_ADVICE, moved_text

SMALL = 0.05
MOST_WHAT_IFS = 4
NOT_MEDICAL = (
    "Heavylegs describes training logs. It is not medical advice and diagnoses nothing; "
    "when your body says otherwise, trust your body and ask a doctor."
)
INFORMATION = {
    "evening": "all that was logged up to the evening of {day}; the night is not known yet",
    "morning": "all that was logged up to the evening of {day}, and the night after it",
}


@dataclass(frozen=True)
class Part:
    """One row of the sum: recent level, a factor, the small ones together, or everything else.

    Parameters
    ----------
    id : str
        A factor id, ``"others"`` for the small factors together, or ``"last_mornings"`` for what the own state adds
        to the own usual.
    points : float
        Exact.
    shown : int
        Tenths of a point as the page shows them; the tenths of all parts add up to the forecast's.
    """

    id: str
    label: str
    points: float
    shown: int
    bar: Markup
    note: str = ""
    unclear: bool = False

    @property
    def way(self) -> str:
        """Return "up", "down" or "level", as shown."""
        return "up" if self.shown > 0 else "down" if self.shown < 0 else "level"

    @property
    def text(self) -> str:
        """Return the points with their sign."""
        return signed(self.shown / 10)


def shown_tenths(points: Sequence[float], total: float) -> list[int]:
    """Round parts to tenths that add up to the rounded total.

    Rounding each alone leaves sums a tenth or two off. The tenths that are missing go to the
    parts whose own rounding was nearest to going the other way (largest remainder), so each
    part stays within a tenth of its exact value wherever that suffices.

    Examples
    --------
    >>> shown_tenths([4.64, 0.34, 0.34], 5.32)
    [46, 4, 3]
    """
    shown = [tenths(p) for p in points]
    missing = tenths(total) - sum(shown)
    step = 1 if missing > 0 else -1
    # A part that shows as +0.1 must not turn into nothing: it would be a bar without a number.
    free = [i for i, s in enumerate(shown) if i == 0 or abs(points[i]) < SMALL or s + step != 0]
    free.sort(key=lambda i: step * (shown[i] - 10 * points[i]))
    for n in range(abs(missing)):
        shown[free[n % len(free)]] += step
    return shown


def tidy(e: Explanation) -> Explanation:
    """Make unknown numbers None, and factors without points absent."""
    if finite(e.fatigue) is None or finite(e.fatigue_raw) is None:
        raise ValueError("an Explanation needs a finite forecast")
    silent = tuple(f.factor for f in e.factors if finite(f.points) is None)
    factors = sorted((f for f in e.factors if finite(f.points) is not None), key=lambda f: -abs(f.points))
    absent = dict.fromkeys((*e.absent, *silent))
    return replace(e, factors=tuple(factors), absent=tuple(absent), own_usual=finite(e.own_usual))


def _main_value(values: Sequence[FeatureValue], from_usual: bool) -> str:
    """Return the line on the value that carried most of a factor's points, beside the own usual only where that is what points are from."""
    told = [v for v in values if finite(v.value) is not None and v.role == "input"]
    if not told:
        return ""
    main = max(told, key=lambda v: abs(v.points))
    return value_line(main if from_usual else replace(main, usual=None))


def _parts(e: Explanation) -> tuple[list[Part], Waterfall]:
    """Return the rows of the sum, in the order they are added, and the axis they share."""
    large = [f for f in e.factors if abs(f.points) >= SMALL]
    small = [f for f in e.factors if abs(f.points) < SMALL]
    unclear = {f.factor for f in e.factors if f.unclear}
    rows = _level_rows(e)
    level = rows[0][1]
    from_usual = e.reference == "usual"
    rows += [(f.factor, FACTORS[f.factor].label, f.points, _main_value(f.values, from_usual)) for f in large]
    if small:
        together = sum(f.points for f in small)
        others, note = "1 other", f"under {SMALL}: {signed(together, 2)}"
        if len(small) > 1:
            others, note = f"{len(small)} others", f"each under {SMALL}, together {signed(together, 2)}"
        rows.append(("others", others, together, note))
    rest = FACTORS["everything_else"]
    rows.append((rest.id, rest.label, e.everything_else.points, rest.meaning.rstrip(".")))
    shown = shown_tenths([points for _, _, points, _ in rows], e.fatigue_raw)
    totals = [sum(points for _, _, points, _ in rows[: n + 1]) for n in range(len(rows))]
    axis = Waterfall(totals)
    parts = [Part("usual_level", level, rows[0][2], shown[0], axis.level(totals[0], "start"), rows[0][3])]
    for n in range(1, len(rows)):
        name, label, points, note = rows[n]
        bar = axis.bar(totals[n - 1], totals[n], name in unclear)
        note = f"{note} (unclear)".lstrip() if name in unclear else note
        parts.append(Part(name, label, points, shown[n], bar, note, name in unclear))
    return parts, axis


def _level_rows(e: Explanation) -> list[tuple[str, str, float, str]]:
    """Return where the sum starts; from the own usual, with what the last mornings add to it."""
    if e.reference == "usual" and e.reference_level is not None:
        note = "the mean of your own forecasts of the last eight weeks"
        if e.own_usual is not None and abs(tenths(e.own_usual) - tenths(e.reference_level)) > 1:
            note += f"; the {fixed(e.own_usual)} above is of your ratings"
        return [
            ("usual_level", "Your usual day", e.reference_level, note),
            (
                "last_mornings",
                "Your last mornings",
                e.usual_level.points - e.reference_level,
                "how you rated them",
            ),
        ]
    label = FACTORS["usual_level"].label if e.own_usual is not None else "Starting level"
    return [("usual_level", label, e.usual_level.points, _level_note(e))]


def _level_note(e: Explanation) -> str:
    if e.own_usual is None:
        return "what is usual for other runners: no morning of yours is known yet"
    if e.tier == "calibrating":
        return f"your mornings so far, {fixed(e.own_usual)}, as the model weighs them"
    return f"your usual {fixed(e.own_usual)} and your last mornings, as the model weighs them"


def _sum_text(parts: Sequence[Part], e: Explanation) -> str:
    """Return the sum written out, in the numbers that the rows show."""
    text = fixed(parts[0].shown / 10)
    for part in parts[1:]:
        text += f" {'+' if part.shown >= 0 else MINUS} {fixed(abs(part.shown) / 10)}"
    text += f" = {fixed(tenths(e.fatigue_raw) / 10)}"
    if tenths(e.fatigue) != tenths(e.fatigue_raw):
        text += f", kept within the scale: {fixed(e.fatigue)}"
    return text


def _what_ifs(e: Explanation) -> dict[str, object]:
    """Return the single changes that would have moved the forecast most, and those that would hardly have."""
    large = [w for w in e.what_ifs if abs(w.points) >= SMALL]
    return {
        "moving": [(w.change, fixed(w.fatigue), moved_text(w), _way(w)) for w in large[:MOST_WHAT_IFS]],
        "unmoving": [w.change for w in e.what_ifs if abs(w.points) < SMALL],
        "not_advice": NOT_ADVICE,
    }


def _way(w: WhatIf) -> str:
    return "" if w.unclear else "up" if w.points > 0 else "down"


def _values(values: Sequence[FeatureValue]) -> list[dict[str, object]]:
    # Context that this log never held has nothing to read the others by.
    said = [v for v in values if v.role != "context" or {finite(v.value), finite(v.usual)} != {None}]
    ordered = sorted(said, key=lambda v: (v.role == "context", -abs(finite(v.points) or 0.0)))
    rows: list[dict[str, object]] = []
    for v in ordered:
        shown, usual = value_and_usual(v)
        points = finite(v.points) or 0.0
        moved = "context" if v.role == "context" else signed(points, 2)
        rows.append({"label": v.label, "value": shown, "usual": usual, "moved": moved, "role": v.role})
    return rows


def _common_context(e: Explanation | NotYet, facts: Mapping[str, float] | None) -> dict[str, object]:
    """Return what a page shows with a forecast and without one."""
    scale = own_scale(e)
    told = sorted(((day, v) for day, r in e.recent if (v := finite(r)) is not None), reverse=True)
    return {
        "e": e,
        "weekday": DAYS[e.morning.weekday()],
        "morning": long_day(e.morning),
        "day": long_day(e.day, year=False),
        "athlete": shown_name(e.athlete_id),
        "cohort": shown_name(e.cohort),
        "sessions": [wording.session(a) for a in e.activities],
        "told": [(long_day(day), fixed(v), own_rating(scale, v) if scale else "") for day, v in told],
        "own_scale": scale_name(scale) if scale else "",
        "flags": flags(e, facts),
        "articles": ARTICLES,
        "not_medical": NOT_MEDICAL,
        "names_factors": bool(e.factors),
    }


def page_context(e: Explanation, facts: Mapping[str, float] | None) -> dict[str, object]:
    """Return all that the template shows."""
    low, high = wording.limits(e)
    parts, axis = _parts(e)
    spoken = {"last_mornings", *(f.factor for f in e.factors)}
    top = sorted(((p.id, p.shown / 10) for p in parts if p.id in spoken), key=lambda t: -abs(t[1]))
    usual = parts[1].id == "last_mornings"
    level = parts[1] if usual else parts[0]
    return _common_context(e, facts) | {
        "forecast": fixed(e.fatigue),
        "comparison": wording.comparison(e.fatigue, e.own_usual, wording.usual_name(e)),
        "interval": wording.interval_sentence(e, e.own_usual),
        "bad_morning": wording.bad_morning_sentence(e),
        "on_own_scale": own_scale_sentence(e),
        "strip": scale_strip(e.fatigue, low, high, e.own_usual, wording.usual_name(e)),
        "tier": wording.TIERS.get(e.tier, e.tier),
        "sentence": wording.moved_sentence(
            top, parts[-1].shown / 10, bool(e.factors), e.own_usual is not None
        ),
        "parts": parts,
        "axis": axis.axis(),
        "end": axis.level(sum(p.points for p in parts), "pin", from_above=True),
        "sum_text": _sum_text(parts, e),
        "raw": fixed(tenths(e.fatigue_raw) / 10),
        "shown": [(FACTORS[f.factor], f, _values(f.values)) for f in e.factors if abs(f.points) >= SMALL],
        "all_points": [(FACTORS[f.factor], signed(f.points, 2)) for f in (*e.factors, e.everything_else)],
        "level_points": [
            (p.label, (signed if n else fixed)(p.points, 2)) for n, p in enumerate(parts[: 1 + usual])
        ],
        "from_usual": usual,
        "level": level,
        "unclear": wording.unclear_sentence([p.id for p in parts if p.unclear]),
        "ranges": {f.factor: wording.range_words(f) for f in e.factors},
        "part_of": {p.id: p for p in parts},
        "level_values": _values(e.usual_level.values),
        "absent": [FACTORS[name] for name in e.absent if name not in e.unheard],
        "unheard": [FACTORS[name] for name in e.unheard],
        "history": history_chart(e.recent, e.morning, e.fatigue, low, high, e.own_usual)
        if any(finite(rating) is not None for _, rating in e.recent)
        else None,
        "information": INFORMATION[e.information].format(day=long_day(e.day, year=False)),
        **_what_ifs(e),
    }


def not_yet_context(e: NotYet, facts: Mapping[str, float] | None) -> dict[str, object]:
    """Return what the page shows where there is no forecast."""
    return _common_context(e, facts) | {
        "why": wording.not_yet_sentence(e),
        "when": wording.first_forecast_sentence(e),
    }


def render_html(explanation: Explanation | NotYet, facts: Mapping[str, float] | None = None) -> str:
    """Return the report as one self-contained HTML page: no script, nothing loaded from elsewhere.

    Parameters
    ----------
    explanation : Explanation or NotYet
        The forecast: points are shown in tenths that add up to it. Without one the page says what is missing.
    facts : mapping, optional
        What `heavylegs.serve.flags.flags` can use beside it.
    """
    if isinstance(explanation, NotYet):
        return template("not_yet.html").render(not_yet_context(explanation, facts))
    return template("report.html").render(page_context(tidy(explanation), facts))
