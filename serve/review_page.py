"""Past forecasts against what came, as a page: how they did, and each athlete's mornings drawn day by day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from markupsafe import Markup

from ..data.arrays import Floats, Mask
from ..data.names import counted
from ..training.daily_use import verdicts
from .explain import SIMPLE_RULES
from .files import write_text
from .pages import template
from .printed import MONTHS, fixed, shown_name, signed
from .review import Review

DRAWN = 60
"""Athletes whose mornings are drawn: more would make a page of many megabytes."""
WEEKS = 13
"""Of a drawing, which a phone shows without making its words too small."""
LATEST = 4
"""Drawings of an athlete that are open, the newest; the earlier ones are folded away."""
_LEFT, _DAY, _TOP, _FLOOR, _WARNED, _BAD, _HEIGHT = 20.0, 4.4, 8.0, 108.0, 114.0, 120.0, 136


Height = TypeVar("Height", float, Floats)


@dataclass(frozen=True)
class Drawn:
    """One athlete's mornings: what is said of them, the latest drawings and those before."""

    name: str
    summary: str
    late: list[Markup]
    early: list[Markup]


def write_review_page(told: Review, file: Path, said: str = "") -> Path:
    """Write the page, whole or not at all, and return its path.

    Parameters
    ----------
    told : Review
    file : Path
        The page; its folder is made where it is not there.
    said : str
        What must be said of the model.

    Raises
    ------
    InputError
        Where the file cannot be written.
    """
    write_text(Path(file), render_review(told, said))
    return Path(file)


def render_review(told: Review, said: str = "") -> str:
    """Return the page as one self-contained HTML text: no script, nothing loaded from elsewhere."""
    mornings = dict(iter(told.frame.groupby("athlete_id")))
    shown = told.athletes[:DRAWN]
    return template("review.html").render(
        cohort=shown_name(told.cohort),
        information=told.information,
        overall=told.overall,
        skill=skill_sentence(told),
        warnings=warning_sentence(told),
        makers=makers_sentence(told),
        unit=told.unit,
        said=said.strip(),
        rows=[_row(a) for a in [*told.athletes, {**told.overall, "athlete_id": "all"}]],
        athletes=[_athlete(a, mornings[a["athlete_id"]]) for a in shown],
        left_out=len(told.athletes) - len(shown),
    )


def skill_sentence(told: Review) -> str:
    """Return the typical miss beside the best simple rule's, and the skill with its 95 % interval."""
    o = told.overall
    rule = SIMPLE_RULES.get(o["best_baseline"], o["best_baseline"])
    low, high = o["skill_low"], o["skill_high"]
    few = "; too few mornings to tell skill from luck" if low is None else ""
    between = "" if low is None else f" (95 % interval {signed(low, 3)} to {signed(high, 3)})"
    skill = "none" if o["skill"] is None else signed(o["skill"], 3)
    return (
        f"typical miss (RMSE) {fixed(o['rmse'], 4)}, the best simple rule's ({rule}) "
        f"{fixed(o['rmse_baseline'], 4)}: skill {skill}{between}{few}"
    )


def warning_sentence(told: Review) -> str:
    """Return how many bad mornings came with a warning, and how many warnings came to nothing."""
    o = told.overall
    return (
        f"{o['warned_bad']} of {counted(o['bad'], 'bad morning')} came with a warning, "
        f"{o['warned'] - o['warned_bad']} of {counted(o['warned'], 'warning')} came to nothing"
    )


def makers_sentence(told: Review) -> str:
    """Return which models, or files, told the forecasts."""
    return "forecast by " + ", ".join(
        f"{shown_name(name)} ({counted(n, 'morning')})" for name, n in told.by.items()
    )


def share_inside(share: float | None) -> str:
    """Return the share of mornings inside the likely range in whole per cent, a dash where there was no range."""
    return "\u2013" if share is None else f"{100 * share:.0f}%"


def _row(a: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **a,
        "name": shown_name(a["athlete_id"]),
        "miss": fixed(a["rmse"], 2),
        "rule": fixed(a["rmse_baseline"], 2),
        "within": share_inside(a["inside"]),
    }


def _athlete(a: Mapping[str, Any], mornings: pd.DataFrame) -> Drawn:
    parts = [
        f"{counted(a['n_days'], 'morning')}, typical miss {fixed(a['rmse'], 2)}",
        f"{share_inside(a['inside'])} inside the likely range"
        if a["inside"] is not None
        else "no likely range",
        counted(a["bad"], "bad morning"),
        f"{a['warned_bad']} of {counted(a['warned'], 'warning')} right" if a["warned"] else "no warning",
    ]
    drawings = list(_drawings(mornings))
    return Drawn(shown_name(a["athlete_id"]), ", ".join(parts), drawings[-LATEST:], drawings[:-LATEST])


def _drawings(mornings: pd.DataFrame) -> Iterator[Markup]:
    """Return drawings of 13 weeks each, in order, those without a morning left out."""
    mornings = mornings.sort_values("morning")
    first = pd.Timestamp(mornings["morning"].iloc[0])
    first -= pd.Timedelta(days=first.day_of_week)
    place = ((mornings["morning"] - first).dt.days // (7 * WEEKS)).to_numpy()
    for at in np.unique(place):
        yield _drawing(mornings[place == at], first + pd.Timedelta(days=7 * WEEKS * int(at)))


def _drawing(mornings: pd.DataFrame, monday: pd.Timestamp) -> Markup:
    """Draw 13 weeks from a Monday on: ranges as strokes that touch where days do, forecasts, what came, and warnings below."""
    days = np.asarray((mornings["morning"] - monday).dt.days, dtype=np.float64)
    x: Floats = _LEFT + (days + 0.5) * _DAY
    low, high, told, came = (mornings[name].to_numpy(float) for name in ("low", "high", "fatigue", "came"))
    inside, bad, warned = verdicts(mornings)
    layers = {
        "range": "".join(
            f"M{a:.1f} {_y(h):.1f}V{_y(b):.1f}" for a, b, h in zip(x, low, high, strict=True) if b <= h
        ),
        "told": "".join(f"M{a - _DAY / 2:.1f} {_y(t):.1f}h{_DAY:g}" for a, t in zip(x, told, strict=True)),
        "came": _points(x, _y(came), inside | np.isnan(low)),
        "missed": _points(x, _y(came), ~inside & ~np.isnan(low)),
        "warned": _points(x, np.full_like(x, _WARNED), warned),
        "bad": _points(x, np.full_like(x, _BAD), bad),
    }
    paths = "".join(f'<path class="{name}" d="{d}"/>' for name, d in layers.items() if d)
    width = _LEFT + 7 * WEEKS * _DAY + 4
    frame = "".join(
        f'<path class="level" d="M{_LEFT:g} {_y(v):g}H{width - 4:g}"/><text x="{_LEFT - 4:g}" y="{_y(v) + 4:g}" '
        f'text-anchor="end">{v:.0f}</text>'
        for v in (0.0, 5.0, 10.0)
    )
    label = (
        f"{mornings['morning'].iloc[0]:%Y-%m-%d} to {mornings['morning'].iloc[-1]:%Y-%m-%d}: "
        f"{counted(len(mornings), 'morning')}, {int(inside.sum())} inside the likely range, {int(bad.sum())} bad, "
        f"{int(warned.sum())} warned of"
    )
    return Markup(  # noqa: S704 - numbers, dates and words of ours only
        f'<svg role="img" aria-label="{label}" viewBox="0 0 {width:g} {_HEIGHT}">{frame}{paths}{_months(monday)}</svg>'
    )


def _months(monday: pd.Timestamp) -> str:
    """Return the names of the months below their first days."""
    days = pd.date_range(monday, periods=7 * WEEKS)
    starts = [
        int(at) for at in np.flatnonzero(days.day == 1) if at < 7 * WEEKS - 5
    ]  # later ones would reach out
    if starts[0] > 12:  # room for the month that has begun before, and its year
        starts.insert(0, 0)
    names = [
        f"{MONTHS[days[at].month - 1][:3]}{f' {days[at].year}' if at == starts[0] else ''}" for at in starts
    ]
    return "".join(
        f'<text x="{_LEFT + at * _DAY:.1f}" y="{_HEIGHT - 3}">{name}</text>'
        for at, name in zip(starts, names, strict=True)
    )


def _y(fatigue: Height) -> Height:
    return _FLOOR - fatigue / 10.0 * (_FLOOR - _TOP)


def _points(x: Floats, y: Floats, chosen: Mask) -> str:
    """Return points, which a stroke's width and caps make dots or squares."""
    return "".join(f"M{x[i]:.1f} {y[i]:.1f}h.01" for i in np.flatnonzero(chosen))
