"""The athlete's own state: what the past mornings' ratings say of the next."""

from __future__ import annotations

import numpy as np

from . import windows
from .catalog import feature
from .days import Compute, Days
from .usual import mean_of_days_before
from .windows import Values, tau_of

RATING = ("ratings.fatigue",)
MIDDLE = np.float32(5)
POOLING_REPORTS = np.float32(5)  # reports as which the middle of the scale weighs


def fatigue(days: Days) -> Values:
    """Return the morning's canonical fatigue, NaN where it was not reported."""
    return days.daily("ratings", "fatigue")


@feature(
    "fatigue_last_0_10",
    label="fatigue last reported",
    unit="0-10",
    factor="usual_level",
    direction=0,
    role="context",
    source="newest rating of the last week",
    needs=RATING,
)
def fatigue_last(days: Days) -> Values:
    """Return the newest rating of the last seven days."""
    return windows.last_known(days.once(fatigue), days.offsets, within=7)


def _ewma(half_life: int) -> Compute:
    """Declare and return the EWMA of ratings with a half-life in reports."""

    @feature(
        f"fatigue_ewma_{half_life}_0_10",
        label=f"fatigue, running average that forgets half in {half_life} reports",
        unit="0-10",
        factor="usual_level",
        direction=0,
        role="context",
        source=f"EWMA, half-life {half_life} reports",
        needs=RATING,
    )
    def level(days: Days) -> Values:
        """Return the EWMA of the ratings up to this morning's."""
        return windows.usual(days.once(fatigue), days.offsets, tau_of(half_life))

    return level


fatigue_ewma_3, fatigue_ewma_7, fatigue_ewma_28 = (_ewma(half_life) for half_life in (3, 7, 28))


@feature(
    "fatigue_mean_0_10",
    label="fatigue of all mornings so far",
    unit="0-10",
    factor="usual_level",
    direction=0,
    role="context",
    source="mean of all ratings so far",
    needs=RATING,
)
def fatigue_mean(days: Days) -> Values:
    """Return the mean of all ratings so far."""
    return windows.expanding_mean(days.once(fatigue), days.offsets)


@feature(
    "fatigue_median_0_10",
    label="median fatigue of all mornings so far",
    unit="0-10",
    factor="usual_level",
    direction=0,
    role="context",
    source="median of all ratings so far",
    needs=RATING,
)
def fatigue_median(days: Days) -> Values:
    """Return the median of all ratings so far."""
    return windows.expanding_median(days.once(fatigue), days.offsets)


def drawn(days: Days, value: Values) -> Values:
    """Return `value` drawn to the middle of the scale while the athlete's reports are few.

    Partial pooling by count, n / (n + 5): a level known from two mornings says little. How far
    the middle of the scale is from the cohort's own mean, the model learns from
    `own_reports_share`.
    """
    share = days.once(own_reports)
    return np.where(share > 0, MIDDLE + share * (value - MIDDLE), np.float32(np.nan))


@feature(
    "own_reports_share",
    label="weight of own reports",
    unit="",
    factor="usual_level",
    direction=0,
    part="state",
    source="n / (n + 5), partial pooling",
    needs=RATING,
)
def own_reports(days: Days) -> Values:
    """Return n / (n + 5) for n mornings reported so far."""
    n = days.once(ratings_so_far)
    return n / (n + POOLING_REPORTS)


def _usual_level(name: str, label: str, source: str, level: Compute) -> None:
    """Declare a level of past ratings as the model reads it: drawn to the middle while reports are few."""

    @feature(
        name,
        label=f"own level, {label}",
        unit="0-10",
        factor="usual_level",
        direction=0,
        part="both",
        source=f"{source}, drawn to the middle while few",
        needs=RATING,
    )
    def usual(days: Days) -> Values:
        """Return the level, drawn to the middle of the scale while reports are few."""
        return drawn(days, days.once(level))


_usual_level("usual_mean_0_10", "all mornings", "mean of all ratings so far", fatigue_mean)
_usual_level("usual_ewma_3_0_10", "the last days", "EWMA, half-life 3 reports", fatigue_ewma_3)
_usual_level("usual_ewma_7_0_10", "the last week", "EWMA, half-life 7 reports", fatigue_ewma_7)
_usual_level("usual_ewma_28_0_10", "the last weeks", "EWMA, half-life 28 reports", fatigue_ewma_28)


@feature(
    "last_report_above_usual",
    label="this morning's report above own usual",
    unit="points of 10",
    factor="usual_level",
    direction=0,
    part="both",
    source="rating of the day less the EWMA of half-life 28",
    needs=RATING,
)
def last_report_above_usual(days: Days) -> Values:
    """Return this morning's rating less the athlete's usual; NaN where it was not given."""
    return days.once(fatigue) - days.once(fatigue_ewma_28)


def _report_ago(ago: int, when: str) -> None:
    """Declare how far the report of some days ago lay above the usual of its day."""

    @feature(
        f"report_{ago}_ago_above_usual",
        label=f"report of {when} above own usual",
        unit="points of 10",
        factor="usual_level",
        direction=0,
        part="both",
        source=f"rating {ago} day{'s' if ago > 1 else ''} ago less its EWMA of half-life 28",
        needs=RATING,
    )
    def report(days: Days) -> Values:
        """Return how far that report lay above the usual of its day."""
        return windows.lag(days.once(last_report_above_usual), days.offsets, ago)


_report_ago(1, "yesterday")
_report_ago(2, "the day before yesterday")
_report_ago(3, "three days ago")


@feature(
    "same_weekday_above_usual",
    label="own usual on this weekday",
    unit="points of 10",
    factor="usual_level",
    direction=0,
    part="both",
    source="EWMA of half-life 6 of the reports above usual on the weekday of the forecast morning",
    needs=RATING,
)
def same_weekday(days: Days) -> Values:
    """Return how far above usual the athlete reported on this weekday of the weeks before."""
    above = days.once(last_report_above_usual)
    # One series an athlete and weekday; the coming weekday was last met six days ago.
    series = days.group * 7 + days.number % 7
    order = np.argsort(series, kind="stable")
    offsets = np.concatenate(([0], np.cumsum(np.bincount(series, minlength=7 * len(days.athlete_ids)))))
    pattern = np.empty_like(above)
    pattern[order] = windows.ewma(above[order], offsets.astype(np.int32), 6)
    return windows.lag(pattern, days.offsets, 6)


@feature(
    "readiness_below_usual",
    label="readiness below own usual",
    unit="points of 10",
    factor="usual_level",
    direction=0,
    source="own 28-day mean less the mean of two days",
    needs=("diary.readiness_score",),
)
def readiness_below_usual(days: Days) -> Values:
    """Return how much less ready than usual the athlete felt on the last two mornings."""
    values = days.diary("readiness_score")
    return mean_of_days_before(days, values) - windows.rolling_mean(values, days.offsets, 2)


@feature(
    "fatigue_spread_28d_0_10",
    label="spread of own ratings",
    unit="0-10",
    factor="usual_level",
    direction=0,
    source="SD of the ratings of 28 days",
    needs=RATING,
)
def fatigue_spread(days: Days) -> Values:
    """Return the standard deviation of the ratings of the last 28 days."""
    return windows.rolling_std(days.once(fatigue), days.offsets, 28, at_least=5)


@feature(
    "ratings_so_far",
    label="mornings reported so far",
    unit="mornings",
    factor="usual_level",
    direction=0,
    role="context",
    source="count of ratings",
    needs=RATING,
)
def ratings_so_far(days: Days) -> Values:
    """Return how many mornings the athlete has reported."""
    return windows.count_so_far(days.once(fatigue), days.offsets)


@feature(
    "ratings_28d",
    label="mornings reported in four weeks",
    unit="mornings",
    factor="usual_level",
    direction=0,
    role="context",
    source="count of ratings in 28 days",
    needs=RATING,
)
def ratings_recent(days: Days) -> Values:
    """Return how many of the last 28 mornings were reported."""
    logged = (~np.isnan(days.once(fatigue))).astype(np.float32)
    count = windows.rolling_mean(logged, days.offsets, 28) * np.minimum(28, _age(days))
    return np.round(count).astype(np.float32)


@feature(
    "weekday_0_6",
    label="weekday of the forecast morning",
    unit="0 = Monday",
    factor="everything_else",
    direction=0,
    source="calendar",
    needs=(),
)
def weekday(days: Days) -> Values:
    """Return the weekday of the morning after, 0 for Monday."""
    return ((days.number + 4) % 7).astype(np.float32)


def _usual_answer(name: str, label: str, column: str) -> None:
    """Declare the athlete's usual answer to a question of the diary."""

    @feature(
        name,
        label=label,
        unit="0-10",
        factor="usual_level",
        direction=0,
        source="EWMA, half-life 28 reports",
        needs=(f"diary.{column}",),
    )
    def usual(days: Days) -> Values:
        """Return the EWMA of the answers."""
        return windows.ewma(days.diary(column), days.offsets, 28)


_usual_answer("usual_soreness_0_10", "usual soreness", "soreness_score")
_usual_answer("usual_readiness_0_10", "usual readiness", "readiness_score")
_usual_answer("usual_stress_0_10", "usual stress", "stress_score")
_usual_answer("usual_mood_0_10", "usual mood", "mood_score")


def _age(days: Days) -> Values:
    """Return the days since the athlete's grid began, 1 on the first."""
    return windows.count_so_far(np.zeros(len(days), dtype=np.float32), days.offsets)
