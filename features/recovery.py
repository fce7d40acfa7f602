"""Recovery: sleep, heart, soreness, stress and illness against the athlete's own usual."""

from __future__ import annotations

import numpy as np

from . import windows
from .catalog import feature
from .days import Days
from .windows import Values

SLEEP = ("diary.sleep_h",)


def sleep_need_h(days: Days) -> Values:
    """Return the hours of sleep the athlete needs: stated, else own upper quartile of 60 nights within 7-9 h."""
    own = np.clip(windows.rolling_quantile(days.diary("sleep_h"), days.offsets, 60, 0.75, at_least=7), 7, 9)
    stated = days.athlete("sleep_need_h")
    return np.where(np.isnan(stated), np.where(np.isnan(own), np.float32(8), own), stated)


def own_deviation(days: Days, column: str) -> Values:
    """Return a diary column's last two days less the athlete's own mean of 28 days."""
    values = days.diary(column)
    usual = windows.rolling_mean(windows.lag(values, days.offsets, 1), days.offsets, 28, at_least=5)
    return windows.rolling_mean(values, days.offsets, 2) - usual


@feature(
    "sleep_debt_7d_h",
    label="sleep debt of the last week",
    unit="h",
    factor="poor_sleep",
    direction=1,
    actionable=True,
    source="sum over 7 nights of max(0, need - slept); need is the own upper quartile of 60 nights, 7-9 h",
    needs=SLEEP,
)
def sleep_debt(days: Days) -> Values:
    """Return the sleep missing over the last seven nights that were logged, scaled to seven."""
    short = np.maximum(days.once(sleep_need_h) - days.diary("sleep_h"), 0)
    return windows.rolling_sum(short, days.offsets, 7, at_least=3)


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
    source="own 28-night mean less slept in the night before the forecast morning",
    needs=SLEEP,
)
def last_night_below_usual(days: Days) -> Values:
    """Return how much less than in the athlete's usual night was slept; known in the morning only."""
    slept = days.diary("sleep_h")
    return windows.rolling_mean(slept, days.offsets, 28, at_least=5) - days.tonight("sleep_h")


@feature(
    "resting_hr_deviation_bpm",
    label="resting heart rate above own usual",
    unit="bpm",
    factor="illness_or_condition",
    direction=1,
    source="deviation from own 28-day median",
    needs=("diary.resting_hr_bpm",),
)
def resting_hr_deviation(days: Days) -> Values:
    """Return today's resting heart rate less the median of the 28 days before."""
    rate = days.diary("resting_hr_bpm")
    usual = windows.rolling_quantile(windows.lag(rate, days.offsets, 1), days.offsets, 28, 0.5, at_least=7)
    return rate - usual


@feature(
    "hrv_below_usual_ln_ms",
    label="heart-rate variability below own usual",
    unit="ln ms",
    factor="stress_and_mood",
    direction=1,
    source="own 60-day mean of ln rMSSD less the 7-day mean of at least 3 mornings, Plews 2014",
    needs=("diary.hrv_rmssd_ms",),
)
def hrv_below_usual(days: Days) -> Values:
    """Return how far the week's ln rMSSD lies below that of the last 60 days."""
    ln = np.log(days.diary("hrv_rmssd_ms"))
    usual = windows.rolling_mean(ln, days.offsets, 60, at_least=14)
    return usual - windows.rolling_mean(ln, days.offsets, 7, at_least=3)


@feature(
    "last_night_hrv_below_usual_ln_ms",
    label="heart-rate variability below own usual, last night",
    unit="ln ms",
    factor="stress_and_mood",
    direction=1,
    known="morning",
    source="own 60-day mean of ln rMSSD less last night's, Plews 2014",
    needs=("diary.hrv_rmssd_ms",),
)
def last_night_hrv_below_usual(days: Days) -> Values:
    """Return how far the coming night's ln rMSSD lies below the usual; known in the morning only."""
    usual = windows.rolling_mean(np.log(days.diary("hrv_rmssd_ms")), days.offsets, 60, at_least=14)
    return usual - np.log(days.tonight("hrv_rmssd_ms"))


@feature(
    "soreness_above_usual",
    label="soreness above own usual",
    unit="points of 10",
    factor="muscle_damage",
    direction=1,
    source="mean of two days less own 28-day mean",
    needs=("diary.soreness_score",),
)
def soreness_above_usual(days: Days) -> Values:
    """Return how much sorer than usual the last two mornings were."""
    return own_deviation(days, "soreness_score")


@feature(
    "stress_above_usual",
    label="stress above own usual",
    unit="points of 10",
    factor="stress_and_mood",
    direction=1,
    source="mean of two days less own 28-day mean",
    needs=("diary.stress_score",),
)
def stress_above_usual(days: Days) -> Values:
    """Return how much more stressed than usual the last two mornings were."""
    return own_deviation(days, "stress_score")


@feature(
    "mood_below_usual",
    label="mood below own usual",
    unit="points of 10",
    factor="stress_and_mood",
    direction=1,
    source="own 28-day mean less the mean of two days",
    needs=("diary.mood_score",),
)
def mood_below_usual(days: Days) -> Values:
    """Return how much lower than usual the mood of the last two mornings was."""
    return -own_deviation(days, "mood_score")


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
    return -own_deviation(days, "sleep_quality_score")


@feature(
    "illness_injury_7d_share",
    label="days ill or injured, last week",
    unit="",
    factor="illness_or_condition",
    direction=1,
    source="share of the noted days of the last week",
    needs=("diary.illness", "diary.injury"),
)
def illness_injury(days: Days) -> Values:
    """Return the share of the last week's notes that tell of illness or injury."""
    either = np.fmax(days.diary("illness"), days.diary("injury"))
    return windows.rolling_mean(either, days.offsets, 7)
