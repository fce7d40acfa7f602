"""How this athlete's own mornings have answered so far: how widely they scatter, and slopes of their own.

People differ in what tires them, and in how much of the scale they use. A slope of the next morning's deviation from usual on the day's deviation is
learned for each athlete from the days whose morning has come, and drawn to nothing while they are few.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from . import history, load, windows
from .catalog import Part, feature
from .days import Compute, Days
from .windows import Values

PRIOR_DAYS = 20.0
TYPICAL_LOAD_AU = 300.0
TYPICAL_ANSWER_POINTS = 1.5
TYPICAL_SLEEP_H = 1.2
"""Spreads of a day about own usual, rounded from SoccerMon: what a day of the prior weighs."""
PRIOR_NIGHTS_H2 = np.float32(10)
"""Ten nights an hour off the usual, in square hours: what the prior of an answer to a night weighs."""
ANSWERS_TAU = 200.0
"""Answers after which an answer to a night weighs a third: a person changes."""
TYPICAL_SPREAD_POINTS = np.float32(1.4)
SPREAD_PRIOR_DAYS = np.float32(15)


def above_own_usual(days: Days, values: Values) -> Values:
    """Return values less the athlete's own EWMA of half-life 28 of the days before."""
    return values - windows.ewma(windows.lag(values, days.offsets, 1), days.offsets, 28)


def running_sum(days: Days, values: Values) -> npt.NDArray[np.float64]:
    """Return each athlete's sum of the logged values so far, today included, shape (n,), float64."""
    total = np.cumsum(np.nan_to_num(values.astype(np.float64)))
    before = np.concatenate(([0.0], total))[days.offsets[:-1]]
    return np.asarray(total - np.repeat(before, np.diff(days.offsets)))


def own_answer(days: Days, cause: Values, typical: float, sign: int) -> Values:
    """Return how far above usual the next morning should be, by this athlete's own past answers.

    Parameters
    ----------
    cause : array of shape (n,)
        The day's deviation from own usual.
    typical : float
        Its usual spread, in its unit.
    sign : {-1, 1}
        Which way it can move fatigue: a slope of the other sign counts as none.

    Returns
    -------
    array of shape (n,)
        Slope x cause, in points of 10; slope = sum(cause x answer) / (sum(cause^2) + 20 x typical^2) over the days
        so far whose morning was reported (ridge; partial pooling towards 0 by count).
    """
    usual = windows.lag(days.once(history.fatigue_ewma_28), days.offsets, 1)
    before = windows.lag(cause, days.offsets, 1)
    answer = days.once(history.fatigue) - usual
    met = ~np.isnan(before) & ~np.isnan(answer)
    joint = running_sum(days, np.where(met, before * answer, np.float32(0)))
    square = running_sum(days, np.where(met, before * before, np.float32(0)))
    slope = joint / (square + PRIOR_DAYS * typical**2)
    return (sign * np.maximum(sign * slope, 0) * cause).astype(np.float32)


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
    drawn = (sums + SPREAD_PRIOR_DAYS * TYPICAL_SPREAD_POINTS**2) / (n + SPREAD_PRIOR_DAYS)
    return np.where(n > 0, np.sqrt(drawn), np.float32(np.nan)).astype(np.float32)


def load_above_usual(days: Days) -> Values:
    """Return the day's load less the athlete's own usual day's."""
    return above_own_usual(days, days.once(load.load_1d))


@feature(
    "own_answer_to_load",
    label="what own mornings made of such a load so far",
    unit="points of 10",
    factor="cardiovascular_strain",
    direction=1,
    actionable=True,
    source="own slope of the next morning on load above own usual, shrunken by count (20 days), x the day's",
    needs=(*load.SESSION, "ratings.fatigue"),
)
def answer_to_load(days: Days) -> Values:
    """Return the own answer to the day's load above usual."""
    return own_answer(days, days.once(load_above_usual), TYPICAL_LOAD_AU, 1)


@feature(
    "own_answer_to_soreness",
    label="what own mornings made of such soreness so far",
    unit="points of 10",
    factor="muscle_damage",
    direction=1,
    source="own slope of the next morning on soreness above own usual, shrunken by count (20 days), x the day's",
    needs=("diary.soreness_score", "ratings.fatigue"),
)
def answer_to_soreness(days: Days) -> Values:
    """Return the own answer to this morning's soreness above usual."""
    return own_answer(days, above_own_usual(days, days.diary("soreness_score")), TYPICAL_ANSWER_POINTS, 1)


@feature(
    "own_answer_to_sleep",
    label="what own mornings made of such a night so far",
    unit="points of 10",
    factor="poor_sleep",
    direction=1,
    actionable=True,
    source="own slope of the morning after next on sleep above own usual, shrunken by count (20 days), x the night's",
    needs=("diary.sleep_h", "ratings.fatigue"),
)
def answer_to_sleep(days: Days) -> Values:
    """Return the own answer, a day later, to the night that ended this morning."""
    return own_answer(days, above_own_usual(days, days.diary("sleep_h")), TYPICAL_SLEEP_H, -1)


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
        Slope x cause, in points of 10. The slope is that of `own_answer`, of mornings above the usual of a week, with 10
        nights of an hour as its prior; what was answered lately counts more, and the newest answer not at all.
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
    """Return the hours of last night less `usual` of the nights up to the last but one."""
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
        label=f"what own mornings made of such a {label} so far",
        unit="points of 10",
        factor="poor_sleep",
        direction=1,
        known="morning",
        part=part,
        actionable=True,
        source=f"own slope of the morning on the night before it, less {against}, shrunken by count (10 nights), x last night; "
        "an answer weighs a third after 200",
        needs=("diary.sleep_h", "ratings.fatigue"),
    )
    def answer(days: Days) -> Values:
        """Return the own answer to last night; known in the morning only."""
        above = last_night_above(days, usual)
        return answer_to_night(days, above if side is None else side(above, np.float32(0)))


# Some are tired by short nights more than rested by long ones; and what is usual differs by how far one looks back.
_night(
    "short_last_night", "short last night", "the month's usual if shorter", usual_night_of_month, np.minimum
)
_night(
    "long_last_night",
    "long last night",
    "the month's usual if longer",
    usual_night_of_month,
    np.maximum,
    "boosted",
)
_night("last_night_in_week", "last night, by the week's usual", "the week's usual", usual_night_of_week)
_night("last_night_of_all", "last night, by the mean of all nights", "the mean of all nights", mean_night)


@feature(
    "own_answer_to_fatigue",
    label="what own mornings made of such a morning so far",
    unit="points of 10",
    factor="usual_level",
    direction=0,
    source="own slope of the next morning on this one above own usual, shrunken by count (20 days), x this one",
    needs=history.RATING,
)
def answer_to_fatigue(days: Days) -> Values:
    """Return how far this morning's deviation from usual lasts, by the own past."""
    return own_answer(days, above_own_usual(days, days.once(history.fatigue)), TYPICAL_ANSWER_POINTS, 1)
