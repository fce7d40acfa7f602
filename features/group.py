"""What a team shares: its day's load and how its members feel against their own usual.

The group is the athletes of one ``group_id``. Only values of the same day are used, so a
member's features of a day rest on nothing later than that day. Runners without a group have
NaN throughout.
"""

from __future__ import annotations

import numpy as np

from . import history, load, windows
from .catalog import feature
from .days import Days
from .windows import Values


def group_mean(days: Days, values: Values, at_least: int = 3) -> Values:
    """Return the mean over the members of the athlete's group on the same day.

    Parameters
    ----------
    values : array of shape (n,)
    at_least : int
        Fewer members with a value give NaN.
    """
    cell = days.group_day
    if not len(cell) or cell.max() < 0:
        return days.unknown
    known = (cell >= 0) & ~np.isnan(values)
    size = int(cell.max()) + 1
    count = np.bincount(cell[known], minlength=size)
    total = np.bincount(cell[known], weights=values[known], minlength=size)
    with np.errstate(invalid="ignore"):
        mean = np.where(count >= at_least, total / count, np.nan)
    return np.where(cell >= 0, mean[cell], np.nan).astype(np.float32)


def above_usual(days: Days) -> Values:
    """Return this morning's rating less the athlete's own EWMA of half-life 28."""
    return days.once(history.last_report_above_usual)


@feature(
    "group_load_1d_au",
    label="load of the group",
    unit="AU",
    factor="everything_else",
    direction=0,
    part="both",
    source="mean load of the group's members that day",
    needs=("athletes.group_id", *load.SESSION),
)
def group_load(days: Days) -> Values:
    """Return the group's mean load of the day."""
    return group_mean(days, days.once(load.load_1d))


@feature(
    "group_fatigue_above_usual",
    label="the group's fatigue above its usual",
    unit="points of 10",
    factor="everything_else",
    direction=0,
    part="both",
    source="mean over members of the rating less the own EWMA of half-life 28",
    needs=("athletes.group_id", "ratings.fatigue"),
)
def group_fatigue(days: Days) -> Values:
    """Return how much more tired than usual the group woke this morning."""
    return group_mean(days, days.once(above_usual))


def _group_above_usual(name: str, label: str, column: str) -> None:
    """Declare the group's mean deviation of a questionnaire item from each member's own usual."""

    @feature(
        name,
        label=label,
        unit="points of 10",
        factor="everything_else",
        direction=0,
        source="mean over members of the day's answer less the own EWMA of half-life 28 of the days before",
        needs=("athletes.group_id", f"diary.{column}"),
    )
    def above(days: Days) -> Values:
        values = days.diary(column)
        usual = windows.ewma(windows.lag(values, days.offsets, 1), days.offsets, 28)
        return group_mean(days, values - usual)


_group_above_usual("group_soreness_above_usual", "the group's soreness above its usual", "soreness_score")
_group_above_usual("group_readiness_above_usual", "the group's readiness above its usual", "readiness_score")
_group_above_usual("group_stress_above_usual", "the group's stress above its usual", "stress_score")
_group_above_usual("group_mood_above_usual", "the group's mood above its usual", "mood_score")


@feature(
    "group_load_yesterday_au",
    label="load of the group, the day before",
    unit="AU",
    factor="everything_else",
    direction=0,
    source="mean load of the group's members the day before",
    needs=("athletes.group_id", *load.SESSION),
)
def group_load_yesterday(days: Days) -> Values:
    """Return the group's mean load of the day before."""
    return windows.lag(days.once(group_load), days.offsets, 1)


@feature(
    "group_load_7d_au",
    label="load of the group, last week",
    unit="AU/day",
    factor="everything_else",
    direction=0,
    source="7-day mean of the group's load",
    needs=("athletes.group_id", *load.SESSION),
)
def group_load_week(days: Days) -> Values:
    """Return the mean of the group's daily load over the last week."""
    return windows.rolling_mean(days.once(group_load), days.offsets, 7, at_least=4)


@feature(
    "group_reporting_share",
    label="share of the group that reported",
    unit="",
    factor="everything_else",
    direction=0,
    source="members with a rating that morning / members",
    needs=("athletes.group_id", "ratings.fatigue"),
)
def group_reporting(days: Days) -> Values:
    """Return the share of the group's members on the grid that reported this morning."""
    return group_mean(days, (~np.isnan(days.once(history.fatigue))).astype(np.float32))
