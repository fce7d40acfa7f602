"""What a team shares: its day's load and how its members feel against their own usual.

The group is the athletes of one ``group_id``. Only values of the same day are used, and only of
members whose log holds something that day: one without anything may have left, or log it later.
So a member's features of a day rest on nothing later than that day. Runners without a group
have NaN throughout.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from . import history, load, windows
from .catalog import Part, feature
from .days import Days
from .usual import above_own_usual
from .windows import Values

GROUP_DAYS = 3  # within which the newest answer counts: not every day is one of answers
LEAST_MEMBERS = 3  # with a value: of fewer a mean would tell of single people
GROUP_MEAN = "group mean"


def group_mean(days: Days, of: str, values: Callable[[], Values]) -> Values:
    """Return the mean over the members of the athlete's group on the same day, NaN of fewer than three with a value.

    This is all that features read of other athletes.

    Parameters
    ----------
    of : str
        What the mean is of; it is computed once.
    values : callable
        Gives what is averaged, shape (n,).
    """
    return days.remember((GROUP_MEAN, of), lambda: _mean(days, values()))


def _mean(days: Days, values: Values) -> Values:
    cell = days.group_day
    if not len(cell) or cell.max() < 0:
        return days.unknown
    known = (cell >= 0) & ~np.isnan(values) & days.logged
    size = int(cell.max()) + 1
    count = np.bincount(cell[known], minlength=size)
    total = np.bincount(cell[known], weights=values[known], minlength=size)
    with np.errstate(invalid="ignore"):
        mean = np.where(count >= LEAST_MEMBERS, total / count, np.nan)
    return np.where(cell >= 0, mean[cell], np.nan).astype(np.float32)


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
    return group_mean(days, "load", lambda: days.once(load.load_1d))


def above_usual(days: Days, table: str, column: str) -> Values:
    """Return the mean deviation from own usual of the members that answered today, shape (n,)."""
    return group_mean(
        days,
        f"{table}.{column} above usual",
        lambda: above_own_usual(days, days.daily(table, column)),
    )


def newest_above_usual(days: Days, table: str, column: str) -> Values:
    """Return the newest `above_usual` of three days, shape (n,)."""
    return windows.last_known(above_usual(days, table, column), days.offsets, within=GROUP_DAYS)


def _group_above_usual(
    item: str, label: str, column: str, part: Part = "boosted", direction: Literal[-1, 0] = 0
) -> None:
    """Declare the group's mean deviation of an answer from each member's own usual: the newest, and of three days."""
    needs = ("athletes.group_id", column)
    table, _, name = column.partition(".")
    unit = "h" if name == "sleep_h" else "points of 10"

    @feature(
        f"group_{item}_above_usual",
        label=f"the group's {label} above its usual",
        unit=unit,
        factor="everything_else",
        direction=direction,
        part=part,
        source="mean over members of the answer less the own EWMA of half-life 28 of the days before; newest of three days",
        needs=needs,
    )
    def newest(days: Days) -> Values:
        """Return the group's newest deviation of three days."""
        return newest_above_usual(days, table, name)

    @feature(
        f"group_{item}_above_usual_3d",
        label=f"the group's {label} above its usual, three days",
        unit=unit,
        factor="everything_else",
        direction=direction,
        source="mean over members of the answer less the own EWMA of half-life 28 of the days before; mean of three days",
        needs=needs,
    )
    def three_days(days: Days) -> Values:
        """Return the group's mean deviation of three days."""
        return windows.rolling_mean(above_usual(days, table, name), days.offsets, GROUP_DAYS)


_group_above_usual("fatigue", "fatigue", "ratings.fatigue", part="both")
_group_above_usual("soreness", "soreness", "diary.soreness_score")
_group_above_usual("readiness", "readiness", "diary.readiness_score")
_group_above_usual("stress", "stress", "diary.stress_score")
_group_above_usual("mood", "mood", "diary.mood_score")
_group_above_usual("sleep_quality", "sleep quality", "diary.sleep_quality_score", direction=-1)
_group_above_usual("sleep", "sleep", "diary.sleep_h", direction=-1)


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
    "group_load_2d_above_usual_au",
    label="load of the group above its usual, two days",
    unit="AU/day",
    factor="everything_else",
    direction=0,
    source="2-day mean of the group's load less its EWMA of half-life 28",
    needs=("athletes.group_id", *load.SESSION),
)
def group_load_above_usual(days: Days) -> Values:
    """Return how far the group's load of two days lies above its usual day's."""
    daily = days.once(group_load)
    return windows.rolling_mean(daily, days.offsets, 2) - windows.ewma(daily, days.offsets, 28)


@feature(
    "group_resting_share",
    label="share of the group that rested",
    unit="",
    factor="everything_else",
    direction=0,
    source="members without load that day / members whose training is known",
    needs=("athletes.group_id", *load.SESSION),
)
def group_resting(days: Days) -> Values:
    """Return the share of the group's members that had no load, of those whose day is known."""

    def resting() -> Values:
        own = days.once(load.load_1d)
        return np.where(np.isnan(own), np.float32(np.nan), own == 0).astype(np.float32)

    return group_mean(days, "resting", resting)


@feature(
    "load_above_group_au",
    label="load above the group's that day",
    unit="AU",
    factor="cardiovascular_strain",
    direction=1,
    actionable=True,
    source="own load less the mean of the group's members that day",
    needs=("athletes.group_id", *load.SESSION),
)
def load_above_group(days: Days) -> Values:
    """Return the own load of the day less the group's."""
    return days.once(load.load_1d) - days.once(group_load)


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
    return group_mean(days, "reporting", lambda: (~np.isnan(days.once(history.fatigue))).astype(np.float32))
