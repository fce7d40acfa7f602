"""Fluid: what was lost against what was drunk."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..data.arrays import Floats
from . import windows
from .body import MASS, body_mass_kg
from .catalog import feature
from .days import ActivityValues, Days
from .effort import RUNNING, energy_kcal, known_mass_kg, minutes, rate_per_hour, told_by_way
from .environment import air_temperature_c, indoors
from .usual import mean_of_days_before
from .windows import Values

HEAT_SHARE = 0.8  # of metabolic energy, the rest moves the body
EVAPORATION_KJ_PER_G = 2.43
MILD_C = 18.0  # taken where the weather is not known
ROOM_C = 21.0
DAILY_FLUID_ML_PER_KG = 32.5  # middle of the clinical 30-35 mL/kg, food's own water aside
RESTING_KCAL_PER_KG_H = 1.0
WEIGHINGS_TO_TRUST = 1.0  # one errs by about a fifth, as much as people differ
SWEAT = (
    "activities.distance_m",
    "activities.energy_kcal",
    "activities.mass_before_kg",
    "activities.mass_after_kg",
    "activities.fluid_during_ml",
    "weather.temperature_c",
)
DURING = ("activities.fluid_during_ml", "activities.duration_s")


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
    resting = RESTING_KCAL_PER_KG_H * known_mass_kg(days) * days.each(minutes) / 60
    spent = days.each(energy_kcal) + np.where(told_by_way(days), np.nan_to_num(resting), 0.0)
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


@feature(
    "sweat_loss_1d_ml",
    label="sweat lost in training",
    unit="mL",
    factor="dehydration",
    direction=1,
    role="context",
    actionable=True,
    source="weighed, else from energy and air temperature after Cheuvront 2023 (mild air where not known)",
    needs=SWEAT,
)
def sweat_loss(days: Days) -> Values:
    """Return the millilitres of sweat that the day's training cost: the demand."""
    return days.per_day(days.each(activity_sweat_loss_ml))


@feature(
    "fluid_deficit_1d_pct",
    label="fluid lost and needed less drunk",
    unit="% of body mass",
    factor="dehydration",
    direction=1,
    role="context",
    actionable=True,
    source="(32.5 mL/kg + sweat - drunk) / mass; 2 % is the guideline, ACSM 2007",
    needs=("diary.fluid_ml", *SWEAT, *MASS),
)
def fluid_deficit(days: Days) -> Values:
    """Return the day's fluid need less what was drunk, in per cent of body mass."""
    mass = days.once(body_mass_kg)
    need = DAILY_FLUID_ML_PER_KG * mass + days.once(sweat_loss)
    return (need - days.diary("fluid_ml")) / (10 * mass)


@feature(
    "fluid_below_usual_ml",
    label="fluid less than usual",
    unit="mL",
    factor="dehydration",
    direction=1,
    actionable=True,
    source="own 28-day mean less the day's",
    needs=("diary.fluid_ml",),
)
def fluid_below_usual(days: Days) -> Values:
    """Return how much less than on the athlete's usual day was drunk."""
    drunk = days.diary("fluid_ml")
    return mean_of_days_before(days, drunk) - drunk


@feature(
    "mass_below_usual_pct",
    label="body mass below the last week's",
    unit="%",
    factor="dehydration",
    direction=1,
    role="context",
    source="own 7-day mean less today's, in per cent, kept within 5",
    needs=("diary.mass_kg",),
)
def mass_below_usual(days: Days) -> Values:
    """Return by how many per cent today's mass lies below that of the week before."""
    mass = days.diary("mass_kg")
    usual = windows.rolling_mean(windows.lag(mass, days.offsets, 1), days.offsets, 7, at_least=2)
    below: Values = np.clip(100 * (usual - mass) / usual, -5, 5)
    return below


@feature(
    "alcohol_1d",
    label="alcohol",
    unit="0/1",
    factor="dehydration",
    direction=1,
    role="context",
    actionable=True,
    source="any alcohol drunk in the day; it draws water and disturbs sleep",
    needs=("diary.alcohol", "diary.alcohol_g"),
)
def alcohol(days: Days) -> Values:
    """Return 1 where alcohol was drunk, 0 where it was not."""
    grams, flag = days.diary("alcohol_g"), days.diary("alcohol")
    return np.where(np.isnan(grams), flag, (grams > 0).astype(np.float32))


@feature(
    "sweat_rate_ml_per_h",
    label="sweat an hour of training",
    unit="mL/h",
    factor="dehydration",
    direction=1,
    role="context",
    source="sweat loss / hours of the day's activities; typical 1280 +- 570 mL/h, Barnes 2019",
    needs=(*SWEAT, "activities.duration_s"),
)
def sweat_rate(days: Days) -> Values:
    """Return the sweat an hour over today's activities; NaN on days without."""
    return rate_per_hour(days, days.each(activity_sweat_loss_ml))


def activity_fluid_deficit_ml(days: Days) -> ActivityValues:
    """Return the sweat of each activity that was not drunk back during it; NaN where neither scales nor notes tell it."""
    missing = days.each(activity_sweat_loss_ml) - days.activity("fluid_during_ml")
    lost = days.each(mass_lost_ml)
    return np.maximum(np.where(np.isnan(lost), missing, lost), 0)


@feature(
    "run_fluid_deficit_1d_pct",
    label="sweat of the run not drunk back during it",
    unit="% of body mass",
    factor="dehydration",
    direction=1,
    role="context",
    actionable=True,
    source="(mass before - after, else sweat - drunk during) / mass; 2 % is the guideline, ACSM 2007",
    needs=(*SWEAT, *MASS),
)
def run_fluid_deficit(days: Days) -> Values:
    """Return the fluid that today's runs cost beyond what was drunk in them, in per cent of body mass."""
    return days.per_day(days.each(activity_fluid_deficit_ml), RUNNING) / (10 * days.once(body_mass_kg))


@feature(
    "fluid_strain_1d_pct",
    label="fluid missing in the run and over the day",
    unit="% of body mass",
    factor="dehydration",
    direction=1,
    actionable=True,
    source="half of the run's deficit + max(0, the day's deficit); ACSM 2007, half is our convention",
    needs=("diary.fluid_ml", *SWEAT, *MASS),
    dose=True,
)
def fluid_strain(days: Days) -> Values:
    """Return the day's remaining fluid deficit plus half of what the run had cost before it was made good.

    Where neither scales nor notes tell the run's deficit, its whole sweat is taken as that.
    """
    sweat = days.per_day(days.each(activity_sweat_loss_ml), RUNNING) / (10 * days.once(body_mass_kg))
    run = days.once(run_fluid_deficit)
    in_run = np.where(np.isnan(run), sweat, run)
    return np.maximum(days.once(fluid_deficit), 0) + np.float32(0.5) * in_run


@feature(
    "fluid_deficit_3d_pct",
    label="fluid lost and needed less drunk, three days",
    unit="% of body mass/day",
    factor="dehydration",
    direction=1,
    role="context",
    source="mean of 3 days",
    needs=("diary.fluid_ml", *SWEAT, *MASS),
)
def fluid_deficit_3d(days: Days) -> Values:
    """Return the mean daily fluid deficit of three days."""
    return windows.rolling_mean(days.once(fluid_deficit), days.offsets, 3, at_least=2)


@feature(
    "fluid_during_run_ml_per_h",
    label="fluid an hour during the run",
    unit="mL/h",
    factor="dehydration",
    direction=-1,
    role="context",
    actionable=True,
    source="drunk during / hours of the runs in which drinking was noted",
    needs=DURING,
)
def fluid_during(days: Days) -> Values:
    """Return what was drunk an hour of today's runs; NaN on days without."""
    return rate_per_hour(days, days.activity("fluid_during_ml"), RUNNING)


@feature(
    "mass_change_overnight_pct",
    label="body mass lost since yesterday",
    unit="%",
    factor="dehydration",
    direction=1,
    role="context",
    source="yesterday's mass less today's, in per cent, kept within 5",
    needs=("diary.mass_kg",),
)
def mass_change(days: Days) -> Values:
    """Return by how many per cent today's mass lies below yesterday's: fluid not made good overnight."""
    mass = days.diary("mass_kg")
    before = windows.lag(mass, days.offsets, 1)
    return np.asarray(np.clip(100 * (before - mass) / before, -5, 5), dtype=np.float32)


@feature(
    "alcohol_7d_g",
    label="alcohol, last week",
    unit="g/week",
    factor="dehydration",
    direction=1,
    role="context",
    actionable=True,
    source="mean of the logged days of 7 x 7",
    needs=("diary.alcohol_g",),
)
def alcohol_week(days: Days) -> Values:
    """Return the grams of alcohol of a week."""
    return windows.rolling_sum(days.diary("alcohol_g"), days.offsets, 7, at_least=3)
