"""Weeks of too much: sustained overload, sameness, and a body that answers worse."""

from __future__ import annotations

import numpy as np

from . import windows
from .catalog import feature
from .days import Days
from .history import fatigue
from .load import LEAST_USUAL_AU, MONOTONY_CAP, SESSION, chronic_load, load_1d, monotony
from .metabolic import BEAT_NEEDS, efficiency_factor
from .windows import Values

SUSTAINED_FROM = 1.05
LEAST_DAYS_BEFORE = 10  # of training logged, that can be called usual


@feature(
    "monotony_14d",
    label="monotony of two weeks",
    unit="",
    factor="overreaching",
    direction=1,
    role="context",
    source="mean of 14 days / their SD, capped at 4, after Foster 1998",
    needs=SESSION,
)
def monotony_14d(days: Days) -> Values:
    """Return Foster's monotony over fourteen days; even weeks stand at the cap."""
    load = days.once(load_1d)
    mean = windows.rolling_mean(load, days.offsets, 14, at_least=10)
    sd = np.maximum(windows.rolling_std(load, days.offsets, 14, at_least=10), np.float32(1e-3))
    return np.minimum(mean / sd, MONOTONY_CAP).astype(np.float32)


@feature(
    "strain_14d_au",
    label="strain of two weeks",
    unit="AU/week",
    factor="overreaching",
    direction=1,
    role="context",
    source="mean weekly load of 14 days x their monotony, after Foster 1998",
    needs=SESSION,
)
def strain_14d(days: Days) -> Values:
    """Return the strain of fourteen days, a week."""
    week = 7 * windows.rolling_mean(days.once(load_1d), days.offsets, 14, at_least=10)
    return week * days.once(monotony_14d)


def week_over_usual(days: Days) -> Values:
    """Return the mean load of the week over the chronic load of the day before that week, at most 5.

    Uncoupled: the week stands in one of the two only, else both would rise together by construction (Lolli 2019).
    NaN until ten days before the week were logged.
    """
    load = days.once(load_1d)
    told = windows.count_so_far(load, days.offsets) >= LEAST_DAYS_BEFORE
    usual = np.where(
        told, np.maximum(days.once(chronic_load), np.float32(LEAST_USUAL_AU)), np.float32(np.nan)
    )
    week = windows.rolling_mean(load, days.offsets, 7, at_least=4)
    ratio: Values = np.minimum(week / windows.lag(usual, days.offsets, 7), 5)
    return ratio


def sustained(days: Days, window: int) -> Values:
    """Return the mean of `window` days of how far the week's load lay above the usual before it."""
    above = np.maximum(days.once(week_over_usual) - np.float32(SUSTAINED_FROM), 0)
    return windows.rolling_mean(above, days.offsets, window, at_least=window // 2)


@feature(
    "overload_sustained_7d_ratio",
    label="load above the usual, held for a week",
    unit="",
    factor="overreaching",
    direction=1,
    role="context",
    source="7-day mean of max(0, week's load / chronic load before it - 1.05), after Banister 1975; uncoupled, Lolli 2019",
    needs=SESSION,
)
def sustained_7d(days: Days) -> Values:
    """Return how far the loads of a week's weeks lay above the usual before them."""
    return sustained(days, 7)


@feature(
    "overload_sustained_28d_ratio",
    label="load above the usual, held for four weeks",
    unit="",
    factor="overreaching",
    direction=1,
    role="context",
    source="28-day mean of max(0, week's load / chronic load before it - 1.05), after Banister 1975; uncoupled, Lolli 2019",
    needs=SESSION,
)
def sustained_28d(days: Days) -> Values:
    """Return how far the loads of four weeks' weeks lay above the usual before them."""
    return sustained(days, 28)


@feature(
    "monotony_under_overload_7d",
    label="monotony of the week, weighed by last week's load",
    unit="",
    factor="overreaching",
    direction=1,
    role="context",
    source="monotony x week's load / chronic load before it: Foster's strain against the runner's own usual",
    needs=SESSION,
)
def monotony_under_overload(days: Days) -> Values:
    """Return monotony times the week's load over the usual: strain without its unit."""
    return days.once(monotony) * days.once(week_over_usual)


@feature(
    "pace_at_heart_rate_below_usual_14d_pct",
    label="pace at the same heart rate, fall over weeks",
    unit="%",
    factor="overreaching",
    direction=1,
    role="context",
    source="mean metres a beat of 14 days below that of the 28 before; articles A1, A3: performance falls",
    needs=BEAT_NEEDS,
)
def pace_at_heart_rate_trend(days: Days) -> Values:
    """Return by how many per cent two weeks' runs went less far a heartbeat than the four weeks before."""
    metres = days.once(efficiency_factor)
    now = windows.rolling_mean(metres, days.offsets, 14, at_least=3)
    before = windows.rolling_mean(windows.lag(metres, days.offsets, 14), days.offsets, 28, at_least=4)
    return np.asarray(np.clip(100 * (before - now) / before, -50, 50), dtype=np.float32)


@feature(
    "fatigue_raised_14d",
    label="fatigue of two weeks above the six before",
    unit="points of 10",
    factor="overreaching",
    direction=1,
    role="context",
    source="mean rating of 14 days - mean of the 42 before; article A3: fatigue that stays up",
    needs=("ratings.fatigue",),
)
def fatigue_raised(days: Days) -> Values:
    """Return how much more tired than in the six weeks before the last two weeks were."""
    ratings = days.once(fatigue)
    before = windows.rolling_mean(windows.lag(ratings, days.offsets, 14), days.offsets, 42, at_least=10)
    return windows.rolling_mean(ratings, days.offsets, 14, at_least=5) - before
