"""How this athlete's own mornings have answered so far: how widely they scatter, and slopes of their own.

People differ in what tires them, and in how much of the scale they use. A slope of the next morning's deviation from usual on the day's deviation is
learned for each athlete from the days whose morning has come, and drawn to nothing while they are few.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from . import history, load, windows
from .catalog import feature
from .days import Days
from .windows import Values

PRIOR_DAYS = 20.0
TYPICAL_LOAD_AU = 300.0
TYPICAL_ANSWER_POINTS = 1.5
TYPICAL_SLEEP_H = 1.2
"""Spread of a day about own usual, rounded from SoccerMon: what a day of the prior weighs."""
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


def own_answer(days: Days, cause: Values, typical: float, sign: int, settled: int = 0) -> Values:
    """Return how far above usual the next morning should be, by this athlete's own past answers.

    Parameters
    ----------
    cause : array of shape (n,)
        The day's deviation from own usual.
    typical : float
        Its usual spread, in its unit.
    sign : {-1, 1}
        Which way it can move fatigue: a slope of the other sign counts as none.
    settled : int
        How many of the newest met days the slope leaves out.

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
    if settled:
        slope = np.nan_to_num(windows.lag(slope, days.offsets, settled))
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


@feature(
    "own_answer_to_last_night",
    label="what own mornings made of such a last night so far",
    unit="points of 10",
    factor="poor_sleep",
    direction=1,
    known="morning",
    part="both",
    actionable=True,
    source="own slope of the morning on the night before it, above own usual, shrunken by count (20 days), x last night",
    needs=("diary.sleep_h", "ratings.fatigue"),
)
def answer_to_last_night(days: Days) -> Values:
    """Return the own answer to the night before the forecast morning; known in the morning only."""
    before = windows.lag(days.diary("sleep_h"), days.offsets, 1)
    # Neither the usual nor the slope knows the night before: else sleeping less then would make last night look long.
    cause = days.tonight("sleep_h") - windows.ewma(before, days.offsets, 28)
    return own_answer(days, cause, TYPICAL_SLEEP_H, -1, settled=1)


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
