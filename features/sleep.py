"""Sleep: debt, evenness and quality against the athlete's own need and usual."""

from __future__ import annotations

import numpy as np

from . import windows
from .catalog import feature
from .days import Days
from .usual import mean_of_days_before, two_days_above_usual
from .windows import Values

SLEEP = ("diary.sleep_h",)
WEEK = 7
ANYBODY_H = 8.0  # what a person needs of whom nothing is known


def need_h(days: Days, but_last: int) -> Values:
    """Return the hours of sleep the athlete needs: stated, else half-way from 8 h to the own upper quartile of 60 nights.

    The quartile is kept within 7-9 h. It also holds what is habit, not need: hence half-way.

    Parameters
    ----------
    but_last : int
        Newest nights to leave out: a short night must not lower the need that it is held against.
    """
    before = windows.lag(days.diary("sleep_h"), days.offsets, but_last)
    own = np.clip(windows.rolling_quantile(before, days.offsets, 60 - but_last, 0.75, at_least=7), 7, 9)
    told = np.where(np.isnan(own), ANYBODY_H, (ANYBODY_H + own) / 2)
    stated = days.athlete("sleep_need_h")
    return np.where(np.isnan(stated), told, stated).astype(np.float32)


def sleep_need_h(days: Days) -> Values:
    """Return the need that the last night is held against."""
    return need_h(days, 1)


def need_before_week_h(days: Days) -> Values:
    """Return the need that the nights of a week are held against: what was known before them."""
    return need_h(days, WEEK)


def debt_h(days: Days, nights: int, at_least: int) -> Values:
    """Return the sleep missing over the last `nights`, against the need before the week; unlogged ones count as the others.

    Fewer logged nights than `at_least` give NaN. A surplus pays nothing back.
    """
    need, slept = days.once(need_before_week_h), days.diary("sleep_h")
    missing, logged = np.zeros(len(days), dtype=np.float32), np.zeros(len(days), dtype=np.float32)
    for ago in range(nights):
        short = np.maximum(need - windows.lag(slept, days.offsets, ago), 0)
        missing += np.nan_to_num(short)
        logged += ~np.isnan(short)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(logged >= at_least, missing / logged * nights, np.float32(np.nan))


@feature(
    "sleep_debt_7d_h",
    label="sleep debt of the last week",
    unit="h",
    factor="poor_sleep",
    direction=1,
    actionable=True,
    source="7 x mean of max(0, need - slept) over the logged of 7 nights; need as stated, else half-way from 8 h to the own "
    "upper quartile (7-9 h) of the 53 nights before",
    needs=SLEEP,
    dose=True,
)
def sleep_debt(days: Days) -> Values:
    """Return the sleep missing over the last seven nights that were logged, scaled to seven."""
    return debt_h(days, WEEK, at_least=3)


@feature(
    "sleep_last_known_shortfall_h",
    label="sleep short of the need, the night before",
    unit="h",
    factor="poor_sleep",
    direction=1,
    actionable=True,
    source="need less slept",
    needs=SLEEP,
)
def sleep_shortfall(days: Days) -> Values:
    """Return how far the night that ended this morning fell short of the need."""
    return days.once(sleep_need_h) - days.diary("sleep_h")


@feature(
    "last_night_sleep_shortfall_h",
    label="sleep short of the need, last night",
    unit="h",
    factor="poor_sleep",
    direction=1,
    actionable=True,
    known="morning",
    source="need less slept in the night before the forecast morning",
    needs=SLEEP,
)
def last_night_shortfall(days: Days) -> Values:
    """Return how far the coming night falls short of the need; known in the morning only."""
    return days.once(sleep_need_h) - days.tonight("sleep_h")


@feature(
    "last_night_sleep_below_usual_h",
    label="sleep less than usual, last night",
    unit="h",
    factor="poor_sleep",
    direction=1,
    actionable=True,
    known="morning",
    source="own mean of the 28 nights before the last two, less slept in the night before the forecast morning",
    needs=SLEEP,
)
def last_night_below_usual(days: Days) -> Values:
    """Return how much less than in the athlete's usual night was slept; known in the morning only."""
    return mean_of_days_before(days, days.diary("sleep_h")) - days.tonight("sleep_h")


@feature(
    "sleep_quality_below_usual",
    label="sleep quality below own usual",
    unit="points of 10",
    factor="poor_sleep",
    direction=1,
    source="own 28-day mean less the mean of two days",
    needs=("diary.sleep_quality_score",),
)
def sleep_quality_below_usual(days: Days) -> Values:
    """Return how much worse than usual the last two nights were rated."""
    return -two_days_above_usual(days, "sleep_quality_score")


@feature(
    "sleep_debt_3d_h",
    label="sleep debt of three nights",
    unit="h",
    factor="poor_sleep",
    direction=1,
    role="context",
    actionable=True,
    source="3 x mean of max(0, need - slept) over the logged of 3 nights",
    needs=SLEEP,
)
def sleep_debt_3d(days: Days) -> Values:
    """Return the sleep missing over three nights."""
    return debt_h(days, 3, at_least=2)


@feature(
    "sleep_debt_14d_h",
    label="sleep debt of two weeks",
    unit="h",
    factor="poor_sleep",
    direction=1,
    role="context",
    actionable=True,
    source="14 x mean of max(0, need - slept) over the logged of 14 nights",
    needs=SLEEP,
)
def sleep_debt_14d(days: Days) -> Values:
    """Return the sleep missing over fourteen nights."""
    return debt_h(days, 14, at_least=5)


@feature(
    "sleep_mean_7d_h",
    label="sleep a night, last week",
    unit="h",
    factor="poor_sleep",
    direction=-1,
    role="context",
    source="mean of 7 nights",
    needs=SLEEP,
)
def sleep_mean(days: Days) -> Values:
    """Return the mean hours slept over a week."""
    return windows.rolling_mean(days.diary("sleep_h"), days.offsets, 7, at_least=3)


@feature(
    "sleep_variability_14d_h",
    label="unevenness of sleep, two weeks",
    unit="h",
    factor="poor_sleep",
    direction=1,
    role="context",
    source="SD of hours slept over 14 nights",
    needs=SLEEP,
)
def sleep_variability(days: Days) -> Values:
    """Return the standard deviation of fourteen nights' hours."""
    return windows.rolling_std(days.diary("sleep_h"), days.offsets, 14, at_least=7)


@feature(
    "sleep_quality_7d",
    label="sleep quality, last week",
    unit="points of 10",
    factor="poor_sleep",
    direction=-1,
    role="context",
    source="mean of 7 mornings' answers",
    needs=("diary.sleep_quality_score",),
)
def sleep_quality(days: Days) -> Values:
    """Return the mean rating of a week's nights."""
    return windows.rolling_mean(days.diary("sleep_quality_score"), days.offsets, 7, at_least=3)


@feature(
    "sleep_debt_with_last_night_h",
    label="sleep debt of the week, last night counting most",
    unit="h",
    factor="poor_sleep",
    direction=1,
    actionable=True,
    known="morning",
    source="debt of 6 nights + 2.5 x the last night's shortfall, their mean where it was not logged; the weight is ours",
    needs=SLEEP,
    dose=True,
)
def sleep_debt_with_last_night(days: Days) -> Values:
    """Return six nights' debt plus two and a half times last night's; known in the morning only."""
    before = debt_h(days, WEEK - 1, at_least=3)
    tonight = np.maximum(days.once(need_before_week_h) - days.tonight("sleep_h"), 0)
    # As in any debt, a night that nobody logged counts as those that were.
    tonight = np.where(np.isnan(tonight), before / (WEEK - 1), tonight)
    return np.asarray(before + 2.5 * tonight, dtype=np.float32)
