"""How this athlete's own mornings have answered so far: how widely they scatter, and how they followed the night.

People differ in what tires them, and in how much of the scale they use. A slope of mornings above usual on nights above
usual is learned for each athlete from the nights whose morning has come, and drawn to 0 while they are few. How mornings
followed the day before is told in `heavylegs.features.own_answers`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from . import history, windows
from .catalog import Part, feature
from .days import Compute, Days
from .usual import above_own_usual
from .windows import Values

PRIOR_NIGHTS_H2 = np.float32(10)
"""Ten nights an hour off the usual, in square hours: what the prior of an answer to a night weighs."""
ANSWERS_TAU = 200.0
"""Answers after which an answer to a night weighs a third: a person changes."""
TYPICAL_SPREAD_POINTS = np.float32(1.4)
"""Root mean square of reports above own usual, canonical: what an athlete's spread is drawn to."""
SPREAD_PRIOR_REPORTS = np.float32(15)
"""Own reports as which the typical spread weighs."""


@feature(
    "own_spread_0_10",
    label="spread of own reports so far",
    unit="points of 10",
    factor="usual_level",
    direction=0,
    part="scale",
    source="root mean square of reports less own usual (EWMA of half-life 28), drawn to 1.4 with the weight of 15 reports",
    needs=history.RATING,
)
def own_spread(days: Days) -> Values:
    """Return how widely the athlete's reports scatter about their usual, drawn to a typical spread while few."""
    square = above_own_usual(days, days.once(history.fatigue)) ** 2
    n = windows.count_so_far(square, days.offsets)
    sums = np.nan_to_num(windows.expanding_mean(square, days.offsets)) * n
    drawn = (sums + SPREAD_PRIOR_REPORTS * TYPICAL_SPREAD_POINTS**2) / (n + SPREAD_PRIOR_REPORTS)
    return np.where(n > 0, np.sqrt(drawn), np.float32(np.nan)).astype(np.float32)


def answer_to_night(days: Days, cause: Values) -> Values:
    """Return how far above usual the morning after last night should be, by this athlete's own past answers.

    Parameters
    ----------
    cause : array of shape (n,)
        Last night's hours above some usual that does not know the night before: else sleeping less then would make last
        night look long.

    Returns
    -------
    array of shape (n,)
        Slope x cause, in points of 10. The slope is sum(cause x answer) / (sum(cause^2) + 10), of mornings above the
        usual of a week, with 10 nights of an hour as its prior, and never above 0. What was answered lately counts
        more, and the newest answer not at all.
    """
    usual = windows.lag(days.once(history.fatigue_ewma_7), days.offsets, 1)
    before = windows.lag(cause, days.offsets, 1)
    joint = before * (days.once(history.fatigue) - usual)
    square = np.where(np.isnan(joint), np.float32(np.nan), before * before)
    count = windows.count_so_far(joint, days.offsets)
    weight = ANSWERS_TAU * (1 - (1 - 1 / ANSWERS_TAU) ** count)
    met, spread = (weight * windows.usual(values, days.offsets, ANSWERS_TAU) for values in (joint, square))
    slope = np.nan_to_num(windows.lag(met / (spread + PRIOR_NIGHTS_H2), days.offsets, 1))
    return np.asarray(np.minimum(slope, 0) * cause, dtype=np.float32)


def last_night_above(days: Days, usual: Compute) -> Values:
    """Return the hours of last night less `usual` of the nights before the last two."""
    return days.tonight("sleep_h") - windows.lag(days.once(usual), days.offsets, 1)


def usual_night_of_week(days: Days) -> Values:
    """Return the EWMA, of half-life 7, of the hours slept."""
    return windows.ewma(days.diary("sleep_h"), days.offsets, 7)


def usual_night_of_month(days: Days) -> Values:
    """Return the EWMA, of half-life 28, of the hours slept."""
    return windows.ewma(days.diary("sleep_h"), days.offsets, 28)


def mean_night(days: Days) -> Values:
    """Return the mean hours of all nights so far."""
    return windows.expanding_mean(days.diary("sleep_h"), days.offsets)


def _night(
    name: str,
    label: str,
    against: str,
    usual: Compute,
    side: Callable[..., Values] | None = None,
    part: Part = "both",
) -> None:
    """Declare the own answer to last night against a usual; on one `side` of it only (np.minimum: shorter nights)."""

    @feature(
        f"own_answer_to_{name}",
        label=f"expected from own mornings after {label}",
        unit="points of 10",
        factor="poor_sleep",
        direction=1,
        known="morning",
        part=part,
        actionable=True,
        source=f"own slope of mornings on the hours of the night before, less {against}; drawn to 0 with the weight of 10 nights "
        "an hour off, an answer weighing a third after 200; x last night's hours",
        needs=("diary.sleep_h", "ratings.fatigue"),
    )
    def answer(days: Days) -> Values:
        """Return the own answer to last night; known in the morning only."""
        above = last_night_above(days, usual)
        return answer_to_night(days, above if side is None else side(above, np.float32(0)))


# Some are tired by short nights more than rested by long ones; and what is usual differs by how far one looks back.
_night(
    "short_last_night",
    "a night as short as the last",
    "the month's usual if shorter",
    usual_night_of_month,
    np.minimum,
)
_night(
    "long_last_night",
    "a night as long as the last",
    "the month's usual if longer",
    usual_night_of_month,
    np.maximum,
    "boosted",
)
_night(
    "last_night_in_week",
    "a night like the last, by the week's usual",
    "the week's usual",
    usual_night_of_week,
)
_night(
    "last_night_of_all",
    "a night like the last, by the mean of all nights",
    "the mean of all nights",
    mean_night,
)
