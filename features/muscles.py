"""Muscles: eccentric work against what they are used to, and the strength that protects them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..data.arrays import Floats
from . import windows
from .catalog import feature
from .days import ActivityValues, Days
from .effort import ON_FOOT, RUNNING, minutes
from .windows import Values

LEAST_GRADE = 0.02  # of the way down, from which it counts: our convention
IMPACT_PER_KM = 0.15  # level running wears a little too: our convention
STRENGTH_ADVISED = 2.0  # a week, the lower end of A4's two to three
DESCENT = ("activities.descent_m", "activities.distance_m")
STRENGTH = ("activities.sport", "activities.duration_s")


def downhill_dose_m(descent_m: npt.ArrayLike, distance_m: npt.ArrayLike) -> Floats:
    """Return the eccentric dose of an activity: descent x its grade, beyond 2 %.

    Half of the way is taken to lead down. No standard exists; the proposal rests on
    Bontemps 2020 (10.1007/s40279-020-01355-z): damage grows with both descent and steepness.

    Examples
    --------
    >>> downhill_dose_m([300.0, 20.0], [10_000.0, 10_000.0]).round(6).tolist()
    [18.0, 0.0]
    """
    down, metres = np.asarray(descent_m, dtype=float), np.asarray(distance_m, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        grade = np.where(metres > 0, np.minimum(2 * down / metres, 1.0), np.nan)
    return np.where(grade > LEAST_GRADE, down * grade, np.where(np.isnan(grade), np.nan, 0.0))


def activity_downhill_dose(days: Days) -> ActivityValues:
    """Return the downhill dose of each activity."""
    return downhill_dose_m(days.activity("descent_m"), days.activity("distance_m"))


@feature(
    "descent_unaccustomed_m",
    label="metres of descent beyond the usual",
    unit="m",
    factor="muscle_damage",
    direction=1,
    role="context",
    actionable=True,
    source="max(0, descent - 2 x its 28-day EWMA of the days before), after Bontemps 2020; the 2 is ours",
    needs=("activities.descent_m",),
)
def descent_unaccustomed(days: Days) -> Values:
    """Return today's descent on foot beyond twice the usual day's, the repeated-bout protection."""
    descent = days.per_day(days.activity("descent_m"), ON_FOOT)
    usual = windows.usual(windows.lag(descent, days.offsets, 1), days.offsets, 28)
    beyond: Values = np.maximum(descent - 2 * np.nan_to_num(usual), np.float32(0))
    return beyond


@feature(
    "downhill_dose_1d_m",
    label="downhill dose of the day",
    unit="m",
    factor="muscle_damage",
    direction=1,
    role="context",
    actionable=True,
    source="descent x grade beyond 2 %, half of the way taken as down; after Bontemps 2020",
    needs=DESCENT,
)
def downhill_dose(days: Days) -> Values:
    """Return the day's downhill dose on foot."""
    return days.per_day(days.each(activity_downhill_dose), ON_FOOT)


@feature(
    "downhill_protection_28d_m",
    label="downhill running the legs are used to",
    unit="m/day",
    factor="muscle_damage",
    direction=-1,
    role="context",
    source="28-day EWMA of the downhill dose before today: repeated bouts protect for weeks, Bontemps 2020",
    needs=DESCENT,
)
def downhill_protection(days: Days) -> Values:
    """Return the daily downhill dose that the legs are used to."""
    return windows.usual(windows.lag(days.once(downhill_dose), days.offsets, 1), days.offsets, 28)


def eccentric_dose(days: Days) -> Values:
    """Return the downhill dose plus a little for each kilometre on foot."""
    each = days.each(activity_downhill_dose) + IMPACT_PER_KM * days.activity("distance_m") / 1000
    return days.per_day(each, ON_FOOT)


@feature(
    "eccentric_dose_unaccustomed_3d",
    label="muscle wear beyond the usual, three days",
    unit="",
    factor="muscle_damage",
    direction=1,
    actionable=True,
    source="(downhill dose + 0.15 a km) / (1 + its 28-day EWMA); today + 0.7 yesterday + 0.3 before, after Bontemps 2020",
    needs=DESCENT,
    dose=True,
)
def eccentric_dose_unaccustomed(days: Days) -> Values:
    """Return three days' wear over what the legs are used to: soreness peaks in one to two days; none of a day not logged."""
    dose = days.once(eccentric_dose)
    used_to = windows.usual(windows.lag(dose, days.offsets, 1), days.offsets, 28)
    fresh = dose / (1 + np.nan_to_num(used_to))
    ago = [np.nan_to_num(windows.lag(fresh, days.offsets, n)) for n in (1, 2)]
    return np.asarray(fresh + 0.7 * ago[0] + 0.3 * ago[1], dtype=np.float32)


def strength_days(days: Days) -> Values:
    """Return strength sessions a day; NaN until the athlete has logged one at all."""
    return days.per_day(np.ones(len(days.cohort.activities)), ("strength",))


@feature(
    "strength_sessions_7d",
    label="strength sessions a week, last two weeks",
    unit="1/week",
    factor="weak_support_muscles",
    direction=-1,
    role="context",
    actionable=True,
    source="strength sessions in 14 days / 2; A4 advises two or three",
    needs=("activities.sport",),
)
def strength_sessions(days: Days) -> Values:
    """Return strength sessions a week over two weeks; NaN until one was logged, and on days whose training is not known."""
    sessions = days.once(strength_days)
    a_week = windows.rolling_mean(sessions, days.offsets, 14, at_least=7) * 7
    return np.where(np.isnan(sessions), np.float32(np.nan), a_week)


@feature(
    "run_hours_without_strength_h",
    label="hours run with too little strength training",
    unit="h",
    factor="weak_support_muscles",
    direction=1,
    actionable=True,
    source="hours run x max(0, 2 - strength sessions a week over 14 days); A4 advises two or three",
    needs=STRENGTH,
    dose=True,
)
def run_hours_without_strength(days: Days) -> Values:
    """Return today's hours of running times the strength sessions a week that lack to two."""
    hours = days.per_day(days.each(minutes) / 60, RUNNING)
    lacking = np.maximum(STRENGTH_ADVISED - days.once(strength_sessions), 0)
    return np.asarray(hours * lacking, dtype=np.float32)


@feature(
    "strength_sessions_28d",
    label="strength sessions a week, last four weeks",
    unit="1/week",
    factor="weak_support_muscles",
    direction=-1,
    role="context",
    source="strength sessions in 28 days / 4; A4 advises two or three",
    needs=("activities.sport",),
)
def strength_sessions_28d(days: Days) -> Values:
    """Return strength sessions a week over four weeks."""
    return 7 * windows.rolling_mean(days.once(strength_days), days.offsets, 28, at_least=14)


@feature(
    "days_since_strength_d",
    label="days since strength training",
    unit="d",
    factor="weak_support_muscles",
    direction=0,  # the session itself tires, too
    role="context",
    source="days since the last strength session, at most 60",
    needs=("activities.sport",),
)
def days_since_strength(days: Days) -> Values:
    """Return the days since the last strength session."""
    return np.minimum(windows.days_since(days.once(strength_days) > 0, days.offsets), np.float32(60))
