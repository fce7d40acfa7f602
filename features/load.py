"""Training load: how much, how suddenly, how evenly, how hard."""

from __future__ import annotations

import numpy as np

from . import windows
from .catalog import feature
from .days import Days
from .effort import RUNNING, minutes
from .intensity import effort, session_load_au
from .windows import Values

MONOTONY_CAP = 4.0
LEAST_LONGEST_M, LEAST_GREATEST_AU = 3000.0, 60.0  # a rise is not counted from less: 20 easy minutes
LEAST_USUAL_AU = 8.0  # a day: over a smaller usual load, ratios would say how little it is
HARD_EFFORT = 0.79  # what an RPE of 7, "very hard", is laid on
SESSION = (
    "activities.duration_s",
    "activities.session_rpe",
    "activities.session_load_au",
    "activities.hr_mean_bpm",
)


@feature(
    "load_1d_au",
    label="load of the day",
    unit="AU",
    factor="cardiovascular_strain",
    direction=1,
    role="context",
    actionable=True,
    source="session RPE x minutes, Foster 1998",
    needs=SESSION,
)
def load_1d(days: Days) -> Values:
    """Return the summed session-RPE load of the day."""
    return days.per_day(days.each(session_load_au))


@feature(
    "load_2d_au",
    label="load of the last two days",
    unit="AU",
    factor="insufficient_recovery",
    direction=0,
    role="context",
    source="load of the last 48 h",
    needs=SESSION,
)
def load_2d(days: Days) -> Values:
    """Return the load of today and yesterday."""
    return windows.rolling_sum(days.once(load_1d), days.offsets, 2)


@feature(
    "acute_load_7d_au",
    label="load a day, last week",
    unit="AU/day",
    factor="insufficient_recovery",
    direction=0,
    role="context",
    source="EWMA, tau 7 days, Banister 1975",
    needs=SESSION,
)
def acute_load(days: Days) -> Values:
    """Return the acute load: an EWMA with a time constant of 7 days."""
    return windows.usual(days.once(load_1d), days.offsets, 7)


@feature(
    "chronic_load_42d_au",
    label="load a day, last six weeks",
    unit="AU/day",
    factor="low_conditioning",
    direction=0,
    role="context",
    source="EWMA, tau 42 days, Banister 1975",
    needs=SESSION,
)
def chronic_load(days: Days) -> Values:
    """Return the chronic load: an EWMA with a time constant of 42 days."""
    return windows.usual(days.once(load_1d), days.offsets, 42)


@feature(
    "load_above_chronic_au",
    label="last week's load above what is usual",
    unit="AU/day",
    factor="insufficient_recovery",
    direction=1,
    role="context",
    actionable=True,
    source="acute less chronic load: the form of Banister 1975 with its sign turned",
    needs=SESSION,
)
def load_above_chronic(days: Days) -> Values:
    """Return the acute less the chronic load: what coaches call form, or TSB, with its sign turned."""
    return days.once(acute_load) - days.once(chronic_load)


@feature(
    "load_unaccustomed_ratio",
    label="load of the day against the usual day",
    unit="",
    factor="low_conditioning",
    direction=1,
    role="context",
    actionable=True,
    source="load of the day / chronic load of the day before",
    needs=SESSION,
)
def load_unaccustomed(days: Days) -> Values:
    """Return today's load over what the athlete was used to by yesterday, at most 10."""
    used_to = windows.lag(days.once(chronic_load), days.offsets, 1)
    return _ratio(days.once(load_1d), used_to, cap=10)


@feature(
    "load_week_ratio",
    label="last week against the three before",
    unit="",
    factor="too_much_too_soon",
    direction=1,
    role="context",
    actionable=True,
    source="mean of 7 days / mean of days 8-28, at least 8 AU a day; uncoupled, Lolli 2019",
    needs=SESSION,
)
def load_week_ratio(days: Days) -> Values:
    """Return the uncoupled ratio of the last week's load to that of the three weeks before."""
    load = days.once(load_1d)
    week = windows.rolling_mean(load, days.offsets, 7, at_least=4)
    before = windows.rolling_mean(windows.lag(load, days.offsets, 7), days.offsets, 21, at_least=10)
    return _ratio(week, np.maximum(before, np.float32(LEAST_USUAL_AU)), cap=5)


@feature(
    "session_spike_ratio",
    label="load of the day against the greatest of 30 days",
    unit="",
    factor="too_much_too_soon",
    direction=1,
    actionable=True,
    source="load of the day / greatest day of the 30 before, at least 60 AU; after Frandsen 2025, who takes single runs",
    role="context",
    needs=SESSION,
)
def session_spike(days: Days) -> Values:
    """Return today's load over the greatest daily load of the 30 days before; after a month of rest over 60 AU."""
    load = days.once(load_1d)
    greatest = windows.rolling_max(windows.lag(load, days.offsets, 1), days.offsets, 30, at_least=7)
    return _ratio(load, np.maximum(greatest, np.float32(LEAST_GREATEST_AU)), cap=5)


@feature(
    "run_distance_spike_ratio",
    label="distance of the day against the longest of 30 days",
    unit="",
    factor="too_much_too_soon",
    direction=1,
    actionable=True,
    source="distance of the day / longest day of the 30 before, at least 3 km; after Frandsen 2025, who takes single runs",
    role="context",
    needs=("activities.distance_m",),
)
def run_distance_spike(days: Days) -> Values:
    """Return today's running distance over the longest day of the 30 before; after a month without over 3 km."""
    metres = days.once(run_distance)
    longest = windows.rolling_max(windows.lag(metres, days.offsets, 1), days.offsets, 30, at_least=7)
    return _ratio(metres, np.maximum(longest, np.float32(LEAST_LONGEST_M)), cap=5)


@feature(
    "run_distance_1d_m",
    label="distance run",
    unit="m",
    factor="low_conditioning",
    direction=0,
    role="context",
    source="sum of the day's runs",
    needs=("activities.distance_m",),
)
def run_distance(days: Days) -> Values:
    """Return the metres run today."""
    return days.per_day(days.activity("distance_m"), RUNNING)


@feature(
    "monotony_7d",
    label="monotony of the week",
    unit="",
    factor="overreaching",
    direction=1,
    role="context",
    actionable=True,
    source="mean of 7 days / their SD, capped at 4, Foster 1998",
    needs=SESSION,
)
def monotony(days: Days) -> Values:
    """Return Foster's monotony; an even week would divide by nothing and stands at the cap."""
    load = days.once(load_1d)
    mean = windows.rolling_mean(load, days.offsets, 7, at_least=5)
    sd = windows.rolling_std(load, days.offsets, 7, at_least=5)
    ratio = np.minimum(_ratio(mean, sd, cap=MONOTONY_CAP), MONOTONY_CAP)
    even = (sd < 1e-3 * mean) & (mean > 0)
    return np.where(even, np.float32(MONOTONY_CAP), np.where(mean == 0, np.float32(0), ratio))


@feature(
    "strain_7d_au",
    label="strain of the week",
    unit="AU",
    factor="overreaching",
    direction=1,
    role="context",
    actionable=True,
    source="weekly load x monotony, Foster 1998",
    needs=SESSION,
)
def strain(days: Days) -> Values:
    """Return Foster's strain."""
    week = windows.rolling_sum(days.once(load_1d), days.offsets, 7, at_least=5)
    return week * days.once(monotony)


@feature(
    "hard_minutes_1d_min",
    label="minutes of hard sessions",
    unit="min",
    factor="metabolic_byproducts",
    direction=1,
    actionable=True,
    source="minutes of sessions at an effort of 0.79 of the reserve (RPE 7) or more",
    needs=("activities.duration_s", "activities.session_rpe", "activities.hr_mean_bpm"),
)
def hard_minutes(days: Days) -> Values:
    """Return the minutes of today's hard sessions."""
    strength = days.each(effort)
    hard = np.where(np.isnan(strength), np.nan, (strength >= HARD_EFFORT - 1e-9) * days.each(minutes))
    return days.per_day(hard)


@feature(
    "hard_sessions_7d",
    label="hard days in the week",
    unit="d",
    factor="intensity_imbalance",
    direction=1,
    actionable=True,
    source="days with a hard session in 7 days; A4 advises one or two",
    needs=("activities.duration_s", "activities.session_rpe", "activities.hr_mean_bpm"),
)
def hard_days(days: Days) -> Values:
    """Return the days of the last week that held a hard session."""
    minutes_hard = days.once(hard_minutes)
    hard = np.where(np.isnan(minutes_hard), np.nan, minutes_hard > 0)
    return windows.rolling_sum(hard, days.offsets, 7, at_least=4)


def _load_mean(days_back: int, words: str) -> None:
    """Declare the mean daily load of a longer window."""

    @feature(
        f"load_{days_back}d_au",
        label=f"load a day, {words}",
        unit="AU/day",
        factor="insufficient_recovery" if days_back < 7 else "low_conditioning",
        direction=0,
        role="context",
        source=f"mean of {days_back} days, session RPE x minutes, Foster 1998",
        needs=SESSION,
    )
    def mean_load(days: Days) -> Values:
        """Return the mean daily load of the window."""
        at_least = max(2, days_back // 2)
        return windows.rolling_mean(days.once(load_1d), days.offsets, days_back, at_least)


_load_mean(3, "last three days")
_load_mean(14, "last two weeks")
_load_mean(28, "last four weeks")


def _ratio(part: Values, whole: Values, cap: float) -> Values:
    """Return part / whole kept within `cap`; NaN where the whole is next to nothing."""
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(whole > 1e-3, part / whole, np.nan)
    return np.minimum(ratio, cap).astype(np.float32)
