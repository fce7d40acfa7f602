"""Recovery: heart, soreness, stress and illness against the athlete's own usual."""

from __future__ import annotations

from typing import Literal

import numpy as np

from . import windows
from .body import resting_hr_median_bpm
from .catalog import feature
from .days import Days
from .usual import two_days_above_usual
from .windows import Values


@feature(
    "resting_hr_deviation_bpm",
    label="resting heart rate above own usual",
    unit="bpm",
    factor="illness_or_condition",
    direction=1,
    role="context",
    source="deviation from own 28-day median",
    needs=("diary.resting_hr_bpm",),
)
def resting_hr_deviation(days: Days) -> Values:
    """Return today's resting heart rate less the median of the 28 days before."""
    rate = days.diary("resting_hr_bpm")
    told = windows.rolling_count(rate, days.offsets, 28) >= 7
    usual = np.where(told, days.once(resting_hr_median_bpm), np.float32(np.nan))
    return rate - windows.lag(usual, days.offsets, 1)


def ln_rmssd(days: Days) -> Values:
    """Return the natural logarithm of rMSSD in ms; NaN below 1 ms, where none can be."""
    rmssd = days.diary("hrv_rmssd_ms")
    return np.log(np.where(rmssd >= 1, rmssd, np.float32(np.nan)))


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
    ln = days.once(ln_rmssd)
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
    usual = windows.rolling_mean(days.once(ln_rmssd), days.offsets, 60, at_least=14)
    tonight = days.tonight("hrv_rmssd_ms")
    return usual - np.log(np.where(tonight >= 1, tonight, np.float32(np.nan)))


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
    return two_days_above_usual(days, "soreness_score")


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
    return two_days_above_usual(days, "stress_score")


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
    return -two_days_above_usual(days, "mood_score")


def noted(days: Days) -> Values:
    """Return 1 on days whose notes tell of illness or injury, 0 where they tell of neither."""
    either: Values = np.fmax(days.diary("illness"), days.diary("injury"))
    return either


@feature(
    "illness_injury_7d_share",
    label="days ill or injured, last week",
    unit="",
    factor="illness_or_condition",
    direction=1,
    role="context",
    source="share of the noted days of the last week",
    needs=("diary.illness", "diary.injury"),
)
def illness_injury(days: Days) -> Values:
    """Return the share of the last week's notes that tell of illness or injury."""
    return windows.rolling_mean(days.once(noted), days.offsets, 7)


@feature(
    "strain_of_mind_3d",
    label="stress and low mood, three mornings",
    unit="points of 10",
    factor="stress_and_mood",
    direction=1,
    source="mean of stress (as Hooper 1995 asks it) and 10 - mood (A2, A3) over 3 mornings; equal parts are ours",
    needs=("diary.stress_score", "diary.mood_score"),
    dose=True,
)
def strain_of_mind(days: Days) -> Values:
    """Return the mean of stress and low mood over three mornings."""
    both = (days.diary("stress_score") + 10 - days.diary("mood_score")) / 2
    return windows.rolling_mean(both, days.offsets, 3, at_least=1)


def rise(days: Days, column: str) -> Values:
    """Return a questionnaire item's mean of 7 mornings less that of the 28 before."""
    values = days.diary(column)
    before = windows.rolling_mean(windows.lag(values, days.offsets, 7), days.offsets, 28, at_least=7)
    return windows.rolling_mean(values, days.offsets, 7, at_least=3) - before


def _item(word: str, column: str, factor: str, direction: Literal[-1, 1]) -> None:
    """Declare a questionnaire item's level over three mornings and its trend over weeks."""

    @feature(
        f"{word}_3d",
        label=f"{word}, three mornings",
        unit="points of 10",
        factor=factor,
        direction=direction,
        role="context",
        source="mean of 3 mornings' answers",
        needs=(f"diary.{column}",),
    )
    def level(days: Days) -> Values:
        """Return the mean answer of three mornings."""
        return windows.rolling_mean(days.diary(column), days.offsets, 3)

    @feature(
        f"{word}_rise_7d",
        label=f"{word} of the week above that of the four weeks before",
        unit="points of 10",
        factor=factor,
        direction=direction,
        role="context",
        source="mean of 7 mornings less that of the 28 before",
        needs=(f"diary.{column}",),
    )
    def trend(days: Days) -> Values:
        """Return a week's mean answer less that of the four weeks before."""
        return rise(days, column)


_item("soreness", "soreness_score", "muscle_damage", 1)
_item("stress", "stress_score", "stress_and_mood", 1)
_item("mood", "mood_score", "stress_and_mood", -1)
_item("readiness", "readiness_score", "insufficient_recovery", -1)


@feature(
    "hrv_variability_7d_pct",
    label="unevenness of heart-rate variability, last week",
    unit="%",
    factor="stress_and_mood",
    direction=0,
    role="context",
    source="SD / mean of ln rMSSD over 7 days, at least 3 mornings, Plews 2014",
    needs=("diary.hrv_rmssd_ms",),
)
def hrv_variability(days: Days) -> Values:
    """Return the coefficient of variation of a week's ln rMSSD.

    It widens under strain and narrows in deep overreaching (Plews 2014): no direction is sure.
    """
    ln = days.once(ln_rmssd)
    mean = windows.rolling_mean(ln, days.offsets, 7, at_least=3)
    ratio = 100 * windows.rolling_std(ln, days.offsets, 7, at_least=3) / np.maximum(mean, np.float32(0.5))
    return ratio.astype(np.float32)


def night_hr_usual_bpm(days: Days) -> Values:
    """Return the median night heart rate of the last 28 nights."""
    return windows.rolling_quantile(days.diary("night_hr_bpm"), days.offsets, 28, 0.5, at_least=7)


@feature(
    "night_hr_above_usual_bpm",
    label="night heart rate above own usual, the night before",
    unit="bpm",
    factor="illness_or_condition",
    direction=1,
    role="context",
    source="deviation from own 28-day median",
    needs=("diary.night_hr_bpm",),
)
def night_hr_above_usual(days: Days) -> Values:
    """Return the heart rate of the night that ended this morning less the usual."""
    before = windows.lag(days.once(night_hr_usual_bpm), days.offsets, 1)
    return days.diary("night_hr_bpm") - before


@feature(
    "last_night_hr_above_usual_bpm",
    label="night heart rate above own usual, last night",
    unit="bpm",
    factor="illness_or_condition",
    direction=1,
    role="context",
    known="morning",
    source="night before the forecast morning less own 28-day median",
    needs=("diary.night_hr_bpm",),
)
def last_night_hr_above_usual(days: Days) -> Values:
    """Return the heart rate of the coming night less the usual; known in the morning only."""
    return days.tonight("night_hr_bpm") - days.once(night_hr_usual_bpm)


@feature(
    "resting_hr_rise_7d_bpm",
    label="resting heart rate of the week above that of the four before",
    unit="bpm",
    factor="cardiovascular_strain",
    direction=1,
    role="context",
    source="mean of 7 days less that of the 28 before, a convention",
    needs=("diary.resting_hr_bpm",),
)
def resting_hr_rise(days: Days) -> Values:
    """Return a week's mean resting heart rate less that of the four weeks before."""
    return rise(days, "resting_hr_bpm")


@feature(
    "illness_injury_lingering",
    label="illness or injury (1 on its day, halved each day after)",
    unit="",
    factor="illness_or_condition",
    direction=1,
    source="the day's note + half of what was left yesterday; a day without a note adds nothing; the half is ours",
    needs=("diary.illness", "diary.injury"),
    dose=True,
)
def illness_lingering(days: Days) -> Values:
    """Return what illness or injury leaves, halving every day after the last note of it; at most 2.

    Known on days with a note, and on others that follow two of the last three with one.
    """
    notes = days.once(noted)
    left = windows.carried(np.nan_to_num(notes), days.offsets, 0.5, 2.0)
    alone = np.isnan(left)  # the log's first day, whose note is all that is known
    known = ~np.isnan(notes) | (windows.rolling_count(notes, days.offsets, 3) >= 2)
    return np.where(known, np.where(alone, notes, left), np.float32(np.nan))


def _spell(word: str, window: int, words: str) -> None:
    """Declare the share of the notes of `window` days that tell of illness or injury."""

    @feature(
        f"{word}_{window}d_share",
        label=f"days with {word}, {words}",
        unit="",
        factor="illness_or_condition",
        direction=1,
        role="context",
        source=f"share of the noted days of {window}",
        needs=(f"diary.{word}",),
    )
    def share(days: Days) -> Values:
        """Return the share of the window's notes that tell of it."""
        return windows.rolling_mean(days.diary(word), days.offsets, window)


_spell("illness", 7, "last week")
_spell("illness", 28, "last four weeks")
_spell("injury", 7, "last week")
_spell("injury", 28, "last four weeks")
