"""How long and how costly an activity was: minutes, cost of running, energy.

One value an activity; the daily features are built from these. How hard it was: `heavylegs.features.intensity`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..data.arrays import Floats, Mask
from .body import body_mass_kg
from .days import ActivityValues, Days
from .windows import Values

RUNNING = ("running",)
ON_FOOT = ("running", "walking")
STEEPEST_GRADE = 0.45  # up and down, as far as Minetti measured
ANY_ADULT_MASS_KG = 70.0  # where it is not known
JOULES_PER_KCAL = 4184.0
RESTING_KCAL_PER_KG_H = 1.0  # that a body uses without any training
CARBOHYDRATE_KCAL_PER_G = 4.0


def cost_of_running(grade: npt.ArrayLike) -> Floats:
    """Return the net metabolic cost of running in J/kg/m (Minetti 2002, 10.1152/japplphysiol.01177.2001).

    Parameters
    ----------
    grade : array
        Rise over distance; kept within +-0.45, where it was measured.

    Examples
    --------
    >>> cost_of_running([0.0, 0.45]).round(2).tolist()
    [3.6, 19.43]
    """
    i = np.clip(np.asarray(grade, dtype=float), -STEEPEST_GRADE, STEEPEST_GRADE)
    return np.asarray(np.polyval([155.4, -30.4, -43.3, 46.3, 19.5, 3.6], i))


def carbohydrate_share(effort: npt.ArrayLike) -> Floats:
    """Return the share of energy from carbohydrate at a relative effort of 0-1.

    About 5, 50 and 90 % at 25, 65 and 85 % of maximal oxygen uptake (Romijn 1993), straight
    between; the share of heart-rate reserve stands for the share of oxygen uptake.

    Examples
    --------
    >>> carbohydrate_share([0.25, 0.65, 0.85]).tolist()
    [0.05, 0.5, 0.9]
    """
    efforts, shares = [0.0, 0.25, 0.65, 0.85, 1.0], [0.0, 0.05, 0.5, 0.9, 1.0]
    return np.asarray(np.interp(np.asarray(effort, dtype=float), efforts, shares))


def minutes(days: Days) -> ActivityValues:
    """Return the minutes in motion, else elapsed."""
    moving = days.activity("moving_time_s")
    return np.where(np.isnan(moving), days.activity("duration_s"), moving) / 60.0


def of_longest(days: Days, values: ActivityValues, sports: tuple[str, ...] = RUNNING) -> Values:
    """Return the value of the day's longest activity that has one, NaN on days without.

    Parameters
    ----------
    values : array of shape (activities,)
        Of two activities of the same length the greater counts.
    sports : tuple of str
    """
    chosen = np.flatnonzero(days.of_sports(sports) & ~np.isnan(values))
    if not len(chosen):
        return days.unknown
    rows = days.rows("activities")[chosen]
    several = np.bincount(rows, minlength=len(days))[rows] > 1
    out = np.full(len(days), np.nan, dtype=np.float32)
    out[rows] = values[chosen]
    among = chosen[several]
    order = np.lexsort((values[among], np.nan_to_num(days.each(minutes)[among])))
    out[rows[several][order]] = values[among][order]
    return out


def greatest_of_day(days: Days, values: ActivityValues, sports: tuple[str, ...] = ()) -> Values:
    """Return the greatest value of the day's activities, NaN on days without one that has a value."""
    told = days.per_day(np.where(np.isnan(values), np.nan, 1.0), sports) > 0
    return np.where(told, days.per_day(values, sports, reduce="max"), np.float32(np.nan))


def rate_per_hour(days: Days, amounts: ActivityValues, sports: tuple[str, ...] = ()) -> Values:
    """Return an amount over the hours of the day's activities that tell it, at most 5000; NaN on days without."""
    hours = days.per_day(np.where(np.isnan(amounts), np.nan, days.each(minutes)), sports) / 60
    rate = days.per_day(amounts, sports) / np.maximum(hours, np.float32(0.1))
    return np.where(hours > 0.1, np.minimum(rate, 5000), np.float32(np.nan))


def cost_of_way(days: Days) -> ActivityValues:
    """Return each activity's mean cost of running, J/kg/m: half of the way up and half of it down (Minetti 2002).

    Where only one of climb and descent was recorded the other is taken as much, since most runs end where
    they began; the level where neither was.
    """
    metres = days.activity("distance_m")
    climbed, descended = days.activity("ascent_m"), days.activity("descent_m")
    up = np.nan_to_num(np.where(np.isnan(climbed), descended, climbed))
    down = np.nan_to_num(np.where(np.isnan(descended), climbed, descended))
    with np.errstate(invalid="ignore", divide="ignore"):
        grade_up, grade_down = np.nan_to_num(2 * up / metres), np.nan_to_num(-2 * down / metres)
    return np.asarray(0.5 * (cost_of_running(grade_up) + cost_of_running(grade_down)))


def told_by_way(days: Days) -> Mask:
    """Return the activities whose energy the way tells.

    All runs but those without distance or body mass whose device tells their energy.
    """
    by_own_mass = ~np.isnan(days.activity("distance_m") * days.at_activity(days.once(body_mass_kg)))
    return days.of_sports(RUNNING) & (by_own_mass | np.isnan(days.activity("energy_kcal")))


def energy_kcal(days: Days) -> ActivityValues:
    """Return the net energy of each activity: what it took beyond rest, which a day without it takes too.

    Runs: cost of running x distance x mass, half of the way taken as up and half as down
    (Minetti 2002); without distance or mass, and for other sports, what the device says less 1 kcal/kg
    an hour, for devices tell all that was used meanwhile; where it says nothing either, the cost of
    running for an adult of 70 kg.
    """
    way = days.activity("distance_m") * days.each(cost_of_way) * known_mass_kg(days) / JOULES_PER_KCAL
    beyond_rest = np.maximum(days.activity("energy_kcal") - days.each(resting_kcal), 0.0)
    return np.where(told_by_way(days), way, beyond_rest)


def resting_kcal(days: Days) -> ActivityValues:
    """Return what each athlete would have used at rest during the activity; 0 where its length is not known."""
    return np.nan_to_num(RESTING_KCAL_PER_KG_H * known_mass_kg(days) * days.each(minutes) / 60.0)


def known_mass_kg(days: Days) -> ActivityValues:
    """Return the body mass on the day of each activity, 70 kg where it is not known."""
    return np.nan_to_num(days.at_activity(days.once(body_mass_kg)), nan=ANY_ADULT_MASS_KG)
