"""How much was sweated in an activity: weighed where it was, else estimated from energy, air and the own rate."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..data.arrays import Floats
from . import windows
from .days import ActivityValues, Days
from .effort import energy_kcal, resting_kcal
from .environment import air_temperature_c, indoors
from .windows import Values

HEAT_SHARE = 0.8  # of metabolic energy, the rest moves the body
EVAPORATION_KJ_PER_G = 2.43  # that a gram of sweat carries off
MILD_C = 18.0  # taken where the weather is not known
ROOM_C = 21.0  # taken indoors
WEIGHINGS_TO_TRUST = 1.0  # one errs by about a fifth, as much as people differ
SWEAT = (
    "activities.distance_m",
    "activities.energy_kcal",
    "activities.mass_before_kg",
    "activities.mass_after_kg",
    "activities.fluid_during_ml",
    "weather.temperature_c",
)


def sweat_loss_ml(spent_kcal: npt.ArrayLike, temperature_c: npt.ArrayLike) -> Floats:
    """Return the estimated sweat loss of an activity from its energy and the air temperature.

    Four fifths of the energy are heat. Sweat must carry about half of it off at 5 degC, all of
    it at 26 degC, and drips beyond. Energy and air temperature alone reach a concordance of .91
    in runners (Cheuvront 2023, 10.3389/fspor.2023.1277070); our coefficients are set to the
    typical 1.28 +- .57 L/h (Barnes 2019), and single runs may err by a third.

    Parameters
    ----------
    spent_kcal : array
        Energy of the activity, the resting share included.
    temperature_c : array
        Of the air.

    Examples
    --------
    >>> sweat_loss_ml([800.0], [26.0]).round(-1).tolist()
    [1100.0]
    """
    energy = np.asarray(spent_kcal, dtype=float)
    must_evaporate = np.clip(0.5 + (np.asarray(temperature_c, dtype=float) - 5) * 0.5 / 21, 0.3, 1.4)
    return energy * 4.184 * HEAT_SHARE / EVAPORATION_KJ_PER_G * must_evaporate


def mass_lost_ml(days: Days) -> ActivityValues:
    """Return the mass that each activity cost as water, mass before - after; NaN where not weighed."""
    return (days.activity("mass_before_kg") - days.activity("mass_after_kg")) * 1000


def weighed_sweat_loss_ml(days: Days) -> ActivityValues:
    """Return the weighed sweat loss of each activity, mass before - after + drunk; NaN where one is not known."""
    return np.maximum(days.each(mass_lost_ml) + days.activity("fluid_during_ml"), 0)


def estimated_sweat_loss_ml(days: Days) -> ActivityValues:
    """Return the estimated sweat loss of each activity, for a person of average sweat; mild air where not known."""
    spent = days.each(energy_kcal) + days.each(resting_kcal)  # the resting share is heat too
    air = days.each(air_temperature_c)
    air = np.where(indoors(days), ROOM_C, np.where(np.isnan(air), MILD_C, air))
    return sweat_loss_ml(spent, air)


def own_sweat_factor(days: Days) -> Values:
    """Return how much more than the average person the athlete sweats, from the runs weighed so far.

    The median ratio of weighed to estimated loss where drinking was noted, drawn to 1 with the weight of one weighing.
    """
    estimated = days.each(estimated_sweat_loss_ml)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(estimated > 100, days.each(weighed_sweat_loss_ml) / estimated, np.nan)
    ratio = np.clip(ratio, 0.3, 3.0)
    daily = days.per_day(ratio, reduce="max")
    weighed = np.where(daily > 0, daily, np.float32(np.nan))
    count = windows.count_so_far(weighed, days.offsets)
    usual = np.nan_to_num(windows.expanding_median(weighed, days.offsets), nan=1.0)
    return 1 + (usual - 1) * count / (count + np.float32(WEIGHINGS_TO_TRUST))


def activity_sweat_loss_ml(days: Days) -> ActivityValues:
    """Return the sweat loss of each activity: weighed where it was, else estimated from the athlete's own rate.

    Where drinking on the way was not noted the scales tell the least that was sweated.
    """
    weighed = days.each(weighed_sweat_loss_ml)
    own = days.at_activity(days.once(own_sweat_factor))
    estimated = np.fmax(days.each(estimated_sweat_loss_ml) * own, days.each(mass_lost_ml))
    return np.where(np.isnan(weighed), estimated, weighed)


def activity_fluid_deficit_ml(days: Days) -> ActivityValues:
    """Return the sweat of each activity that was not drunk back during it; NaN where neither scales nor notes tell it."""
    missing = days.each(activity_sweat_loss_ml) - days.activity("fluid_during_ml")
    lost = days.each(mass_lost_ml)
    return np.maximum(np.where(np.isnan(lost), missing, lost), 0)
