"""How fast running grows, and what the runner is used to."""

from __future__ import annotations

import numpy as np

from . import windows
from .catalog import feature
from .days import Days
from .effort import RUNNING
from .hard_running import hard_run_minutes
from .load import SESSION, load_1d, run_distance, run_distance_spike, session_spike
from .training import INTENSITY, LONG_SHARE_OF_WEEK, usual_week_m
from .windows import Values

DISTANCE = ("activities.distance_m",)
LEAST_WEEK_M = 5000.0  # a rise is not counted from less than this
CONVENTIONAL_RISE = 1.1  # 10 %: a convention of coaches, A4


@feature(
    "run_distance_7d_m",
    label="distance run, last week",
    unit="m/week",
    factor="too_much_too_soon",
    direction=0,
    role="context",
    source="sum of 7 days",
    needs=DISTANCE,
)
def week_distance(days: Days) -> Values:
    """Return the metres run in the last seven days."""
    return windows.rolling_sum(days.once(run_distance), days.offsets, 7, at_least=4)


@feature(
    "run_distance_week_ratio",
    label="week's distance against the three weeks before",
    unit="",
    factor="too_much_too_soon",
    direction=1,
    role="context",
    source="distance of 7 days / mean week of days 8-28, at least 5 km; uncoupled, after Nielsen 2014",
    needs=DISTANCE,
)
def week_ratio(days: Days) -> Values:
    """Return the week's distance over the mean week of the three before, at most 5."""
    before = windows.rolling_sum(windows.lag(days.once(run_distance), days.offsets, 7), days.offsets, 21, 10)
    return np.minimum(days.once(week_distance) / np.maximum(before / 3, np.float32(LEAST_WEEK_M)), 5)


@feature(
    "run_distance_rise_beyond_10_pct",
    label="rise of the week's distance beyond 10 %",
    unit="",
    factor="too_much_too_soon",
    direction=1,
    role="context",
    actionable=True,
    source="max(0, week / mean of the three before - 1.1); 10 % is a convention (A4), Nielsen 2014 saw effects from 30 %",
    needs=DISTANCE,
)
def rise_beyond_convention(days: Days) -> Values:
    """Return how far the week's distance rose beyond the conventional tenth."""
    beyond: Values = np.maximum(days.once(week_ratio) - np.float32(CONVENTIONAL_RISE), 0)
    return beyond


@feature(
    "run_beyond_longest_30d_ratio",
    label="run beyond the longest of 30 days by more than 10 %",
    unit="",
    factor="too_much_too_soon",
    direction=1,
    role="context",
    actionable=True,
    source="max(0, distance of the day / longest day of the 30 before - 1.1), after Frandsen 2025",
    needs=DISTANCE,
)
def run_beyond_longest(days: Days) -> Values:
    """Return how far today's running passed the longest of 30 days, beyond a tenth."""
    beyond: Values = np.maximum(days.once(run_distance_spike) - np.float32(CONVENTIONAL_RISE), 0)
    return beyond


@feature(
    "session_beyond_greatest_30d_ratio",
    label="load of the day beyond the greatest of 30 days by more than 10 %",
    unit="",
    factor="too_much_too_soon",
    direction=1,
    role="context",
    source="max(0, load / greatest daily load of the 30 days before - 1.1), after Frandsen 2025",
    needs=SESSION,
)
def session_beyond_greatest(days: Days) -> Values:
    """Return how far today's load passed the greatest of 30 days, beyond a tenth."""
    beyond: Values = np.maximum(days.once(session_spike) - np.float32(CONVENTIONAL_RISE), 0)
    return beyond


@feature(
    "run_distance_two_week_ratio",
    label="two weeks' distance against the two before",
    unit="",
    factor="too_much_too_soon",
    direction=1,
    role="context",
    source="distance of 14 days / the 14 before, at least 5 km a week; Nielsen 2014 saw effects beyond 1.3",
    needs=DISTANCE,
)
def two_week_ratio(days: Days) -> Values:
    """Return two weeks' distance over that of the two weeks before, at most 5."""
    metres = windows.rolling_sum(days.once(run_distance), days.offsets, 14, at_least=10)
    before = np.maximum(windows.lag(metres, days.offsets, 14), np.float32(2 * LEAST_WEEK_M))
    return np.minimum(metres / before, 5)


@feature(
    "load_rise_7d_au",
    label="week's load above that of the week before",
    unit="AU/week",
    factor="too_much_too_soon",
    direction=1,
    role="context",
    source="load of 7 days - load of the 7 before",
    needs=SESSION,
)
def load_rise(days: Days) -> Values:
    """Return the week's session load less that of the week before."""
    week = windows.rolling_sum(days.once(load_1d), days.offsets, 7, at_least=4)
    return week - windows.lag(week, days.offsets, 7)


@feature(
    "hard_minutes_rise_7d_min",
    label="hard running of the week above the three weeks before",
    unit="min/week",
    factor="too_much_too_soon",
    direction=1,
    role="context",
    source="hard minutes of 7 days - mean week of days 8-28; A4 warns of intensity too",
    needs=INTENSITY,
)
def hard_minutes_rise(days: Days) -> Values:
    """Return the week's estimated hard minutes of running less those of the usual week before."""
    hard = days.once(hard_run_minutes)
    week = windows.rolling_sum(hard, days.offsets, 7, at_least=4)
    before = windows.rolling_sum(windows.lag(hard, days.offsets, 7), days.offsets, 21, 10)
    return np.asarray(week - before / 3, dtype=np.float32)


@feature(
    "run_beyond_30_pct_of_week",
    label="run beyond 30 % of the usual week",
    unit="",
    factor="low_conditioning",
    direction=1,
    role="context",
    actionable=True,
    source="max(0, distance / (7 x its 42-day EWMA) - 0.3); 30 % a run is a coaching convention",
    needs=DISTANCE,
)
def run_beyond_share_of_week(days: Days) -> Values:
    """Return how far today's distance passes 30 % of the usual week's."""
    beyond: Values = np.maximum(days.once(run_share_of_week) - np.float32(LONG_SHARE_OF_WEEK), 0)
    return beyond


@feature(
    "run_share_of_usual_week",
    label="run as a share of the usual week",
    unit="",
    factor="low_conditioning",
    direction=1,
    role="context",
    source="distance / (7 x its 42-day EWMA of the days before), at least 5 km, at most 5",
    needs=DISTANCE,
)
def run_share_of_week(days: Days) -> Values:
    """Return today's distance over the usual week's."""
    week = np.maximum(days.once(usual_week_m), np.float32(LEAST_WEEK_M))
    return np.minimum(days.once(run_distance) / week, 5).astype(np.float32)


@feature(
    "chronic_run_distance_42d_m",
    label="distance run a day, last six weeks",
    unit="m/day",
    factor="low_conditioning",
    direction=-1,
    role="context",
    source="EWMA, tau 42 days",
    needs=DISTANCE,
)
def chronic_distance(days: Days) -> Values:
    """Return the metres a day that the runner is used to."""
    return windows.usual(days.once(run_distance), days.offsets, 42)


@feature(
    "longest_run_30d_m",
    label="longest running day of 30 days",
    unit="m",
    factor="low_conditioning",
    direction=-1,
    role="context",
    source="greatest daily distance of the 30 days before, Frandsen 2025",
    needs=DISTANCE,
)
def longest_run(days: Days) -> Values:
    """Return the greatest daily distance of the 30 days before today."""
    return windows.rolling_max(windows.lag(days.once(run_distance), days.offsets, 1), days.offsets, 30, 7)


def run_day(days: Days) -> Values:
    """Return 1 on days with a run, 0 on others that the training log covers."""
    ran = np.where(days.activity("duration_s") > 0, 1.0, np.nan)
    return np.minimum(days.per_day(ran, RUNNING), 1)


@feature(
    "weeks_of_running_12w",
    label="weeks with running, of the last twelve",
    unit="weeks",
    factor="low_conditioning",
    direction=-1,
    role="context",
    source="share of the last 84 days within a week of a run x 12",
    needs=("activities.duration_s",),
)
def weeks_of_running(days: Days) -> Values:
    """Return how many of the last twelve weeks held running."""
    running = windows.rolling_max(days.once(run_day), days.offsets, 7)
    so_far = np.minimum(windows.count_so_far(days.once(run_day), days.offsets), 84) / 84
    return np.asarray(12 * windows.rolling_mean(running, days.offsets, 84) * so_far, dtype=np.float32)


@feature(
    "run_days_28d",
    label="running days a week, last four weeks",
    unit="d/week",
    factor="low_conditioning",
    direction=-1,
    role="context",
    source="days with a run in 28 / 4",
    needs=("activities.duration_s",),
)
def run_days(days: Days) -> Values:
    """Return the running days a week over four weeks."""
    return 7 * windows.rolling_mean(days.once(run_day), days.offsets, 28, at_least=14)


@feature(
    "days_since_run_d",
    label="days since a run before today",
    unit="d",
    factor="low_conditioning",
    direction=0,  # a few days rest the legs, weeks lose what they were used to
    role="context",
    source="days from the last run before today to today, at most 60",
    needs=("activities.duration_s",),
)
def days_since_run(days: Days) -> Values:
    """Return how long the runner had not run before today."""
    since = windows.days_since(days.once(run_day) > 0, days.offsets)
    return np.minimum(windows.lag(since, days.offsets, 1) + 1, np.float32(60))
