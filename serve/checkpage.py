"""What `heavylegs check` found, as a page: warnings, coverage, and a small calendar for each athlete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from ..data.cohort import Cohort
from ..data.contents import LOGGED
from ..data.names import counted
from ..data.store import Store
from .files import write_text
from .pages import template
from .printed import NBSP, shown_name, signed

CALENDARS = 60  # athletes with a calendar; more would make a page of many megabytes
FIRST_WARNINGS = 12  # the others are folded away
YEARS = 3  # of a calendar, the latest; the earlier ones are folded away
CELL = 11
_TOP = 15

COLUMNS: dict[str, tuple[str, str]] = {
    "Rated": ("day_shares", "rating"),
    "Sleep": ("day_shares", "sleep"),
    "HRV": ("day_shares", "hrv"),
    "Resting heart rate": ("day_shares", "resting_hr"),
    "Food": ("day_shares", "food"),
    "Fluid": ("day_shares", "fluid"),
    "Run: heart rate": ("run_shares", "heart_rate"),
    "Run: distance": ("run_shares", "distance"),
    "Run: exertion": ("run_shares", "session_rpe"),
}
"""Headings of the table, and where in the result their shares are."""


@dataclass(frozen=True)
class Calendar:
    """One athlete's days: half-years as SVG, the latest years and those before."""

    name: str
    summary: str
    late: list[Markup]
    early: list[Markup]


def write_check_page(result: Mapping[str, Any], source: Cohort | Store, file: Path) -> Path:
    """Write the page, whole or not at all, and return its path.

    Parameters
    ----------
    result : mapping
        What `heavylegs.data.check.check_cohort` or `check_store` returned.
    source : Cohort or Store
        The same data, for the calendars.
    file : Path
        The page; its folder is made where it is not there.

    Raises
    ------
    InputError
        Where the file cannot be written.
    """
    write_text(Path(file), render_check_page(result, source))
    return Path(file)


def render_check_page(result: Mapping[str, Any], source: Cohort | Store) -> str:
    """Return the page as one self-contained HTML text: no script, nothing loaded from elsewhere."""
    faults: dict[str, set[str]] = {}
    for finding in result["findings"]:
        faults.setdefault(finding["athlete_id"], set()).update(finding["days"])
    athletes = list(result["athletes"])
    shown = athletes
    if len(athletes) > CALENDARS:  # then those whose log needs looking at most
        by_need = sorted(athletes, key=lambda a: (-len(faults.get(a["athlete_id"], ())), a["share"] or 0.0))
        shown = by_need[:CALENDARS]
    days = dict(_days(source, {a["athlete_id"] for a in shown}))
    calendars = [_calendar(a, days[a["athlete_id"]], faults) for a in shown if a["athlete_id"] in days]
    return template("check.html").render(
        name=shown_name(str(result["cohort"])),
        totals=result["totals"],
        days=_range(athletes),
        scale=scale_verdict(result["scale"]),
        warnings=result["warnings"],
        first=FIRST_WARNINGS,
        headings=list(COLUMNS),
        rows=[_row(a) for a in athletes],
        calendars=calendars,
        left_out=len(athletes) - len(shown),
    )


def _range(athletes: list[dict[str, Any]]) -> str:
    told = [a for a in athletes if a["first_day"]]
    if not told:
        return "no day with data"
    return f"{min(a['first_day'] for a in told)} to {max(a['last_day'] for a in told)}"


def scale_verdict(scale: Mapping[str, Any]) -> tuple[str, str]:
    """Return a class and a sentence on the direction of the fatigue scale."""
    if scale["suspicious_scale"]:
        return "wrong", "Fatigue seems to be read the wrong way round: it rises with readiness."
    if not scale["tested"]:
        return (
            "open",
            "Which way the fatigue scale points could not be tested: nobody answered for readiness or soreness.",
        )
    readiness = scale["fatigue_readiness_mean"]
    if readiness is not None:
        return (
            "right",
            f"The fatigue scale points the right way: fatigue falls as readiness rises (correlation{NBSP}{signed(readiness, 2)}).",
        )
    soreness = scale["fatigue_soreness_mean"]
    return (
        "right",
        f"The fatigue scale points the right way: fatigue rises with soreness (correlation{NBSP}{signed(soreness, 2)}).",
    )


def _row(athlete: Mapping[str, Any]) -> dict[str, Any]:
    cells = []
    for group, kind in COLUMNS.values():
        share = athlete[group][kind]
        # Rounded to whole percent, but never up to all or down to none.
        percent = None if share is None else round(100 * share)
        if share and percent == 0:
            percent = 1
        elif share is not None and share < 1 and percent == 100:
            percent = 99
        cells.append(percent)
    return {
        "name": shown_name(athlete["athlete_id"]),
        "days": athlete["days"],
        "runs": athlete["runs"],
        "gaps": len(athlete["gaps"]),
        "cells": cells,
    }


def _days(source: Cohort | Store, wanted: set[str]) -> Iterator[tuple[str, pd.DataFrame]]:
    """Return each wanted athlete's days with anything: whether rated, and whether with an activity."""
    if isinstance(source, Cohort):
        cohorts: Iterator[Cohort] = iter([source])
    else:
        cohorts = (source.read_bucket(number, ("athletes", *LOGGED)) for number in source.buckets())
    key = ["athlete_id", "day"]
    for cohort in cohorts:
        days = cohort.days_told().drop_duplicates()
        days = days[days["athlete_id"].isin(wanted)]
        rated = cohort.ratings[key].assign(rated=True)
        active = cohort.activities[key].drop_duplicates().assign(active=True)
        days = days.merge(rated, how="left", on=key).merge(active, how="left", on=key)
        for column in ("rated", "active"):
            days[column] = days[column].notna()
        for athlete, own in days.groupby("athlete_id"):
            yield str(athlete), own


def _calendar(athlete: Mapping[str, Any], days: pd.DataFrame, faults: Mapping[str, set[str]]) -> Calendar:
    own = athlete["athlete_id"]
    if athlete["first_day"] is None:
        return Calendar(shown_name(own), "no day with data", [], [])
    first, last = pd.Timestamp(athlete["first_day"]), pd.Timestamp(athlete["last_day"])
    table = days.set_index("day")[["rated", "active"]].reindex(pd.date_range(first, last), fill_value=False)
    told = set(days["day"])
    table["diary"] = [day in told for day in table.index]
    doubtful = {pd.Timestamp(day) for day in faults.get(own, ())}
    table["doubtful"] = [day in doubtful for day in table.index]
    index = pd.DatetimeIndex(table.index)
    starts = sorted({pd.Timestamp(d.year, 1 if d.month < 7 else 7, 1) for d in index})
    halves = [(d.year, _half(table[d : d + pd.DateOffset(months=6, days=-1)])) for d in starts]
    late = last.year - YEARS
    parts = [
        f"{athlete['rating_days']:,} of {athlete['days']:,} days rated",
        counted(athlete["activities"], "activity", "activities"),
    ]
    if athlete["gaps"]:
        longest = max(gap["days"] for gap in athlete["gaps"])
        parts.append(
            f"{counted(len(athlete['gaps']), 'gap')} in the ratings, the longest of {longest:,} days"
        )
    if faults.get(own):
        parts.append(f"{counted(len(faults[own]), 'day')} to look at")
    return Calendar(
        shown_name(own),
        ", ".join(parts),
        [svg for year, svg in halves if year > late],
        [svg for year, svg in halves if year <= late],
    )


def _half(table: pd.DataFrame) -> Markup:
    """Return half a year: a column a week, Monday at the top, of which only the weeks with days are drawn."""
    index = pd.DatetimeIndex(table.index)
    monday = index - pd.to_timedelta(index.day_of_week, unit="D")
    x = np.asarray((monday - monday[0]).days // 7 * CELL)
    y = np.asarray(index.day_of_week * CELL + _TOP)
    empty = ~(table["rated"] | table["diary"])
    layers = {
        "none": _dots(x, y, empty),
        "diary": _dots(x, y, table["diary"] & ~table["rated"]),
        "rated": _dots(x, y, table["rated"]),
        "active": _dots(x, y, table["active"]),
        "doubt": _rings(x, y, table["doubtful"]),
    }
    paths = "".join(f'<path class="{name}" d="{d}"/>' for name, d in layers.items() if d)
    starts = np.flatnonzero(np.r_[True, np.diff(index.month) != 0])
    months, free = "", -1
    for at in map(int, starts):
        left = int(x[at])
        if left >= free:  # a month of a few days has no room for its name
            name = index[at].strftime("%b %y" if at == 0 else "%b")
            months += f'<text x="{left}" y="10">{name}</text>'
            free = left + (44 if at == 0 else 26)
    # The last month's name may reach further than its days.
    width, height = max(int(x[-1]) + CELL, free - 4), _TOP + 7 * CELL
    label = (
        f"{index[0]:%Y-%m-%d} to {index[-1]:%Y-%m-%d}: {int(table['rated'].sum())} days rated, "
        f"{int(table['active'].sum())} with an activity, {int(empty.sum())} empty"
    )
    return Markup(  # noqa: S704 - numbers, dates and names of ours only
        f'<svg class="half" role="img" aria-label="{label}" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">{months}{paths}</svg>'
    )


def _dots(x: np.ndarray, y: np.ndarray, mask: pd.Series) -> str:
    """Return a path with a point in the middle of each cell, which its stroke's width and caps make a mark."""
    half = CELL / 2
    at = np.flatnonzero(mask.to_numpy())
    return "".join(f"M{x[i] + half:g} {y[i] + half:g}h.01" for i in at)


def _rings(x: np.ndarray, y: np.ndarray, mask: pd.Series) -> str:
    at = np.flatnonzero(mask.to_numpy())
    side = CELL - 1.5
    return "".join(f"M{x[i] + 0.75:g} {y[i] + 0.75:g}h{side:g}v{side:g}h-{side:g}z" for i in at)
