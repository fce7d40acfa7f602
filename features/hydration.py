"""Fluid and electrolytes: what was lost against what was drunk."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from . import windows
from .catalog import feature
from .days import ActivityValues, Days
from .effort import body_mass_kg, energy_kcal
from .environment import air_temperature_c
from .windows import Values

HEAT_SHARE = 0.8  # of metabolic energy, the rest moves the body
EVAPORATION_KJ_PER_G = 2.43
MILD_C = 18.0  # taken where the weather is not known
SWEAT_SODIUM_MG_PER_ML = 0.93  # about 40 mmol/L, Baker 2016
DAILY_FLUID_ML_PER_KG = 30.0
DAILY_SODIUM_MG = 1500.0
SWEAT = (
    "activities.distance_m",
    "activities.energy_kcal",
    "activities.mass_before_kg",
    "activities.mass_after_kg",
    "weather.temperature_c",
)


def sweat_loss_ml(net_energy_kcal: npt.ArrayLike, temperature_c: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return the estimated sweat loss of an activity from its energy and the air temperature.

    Four fifths of the energy are heat. Sweat must carry about half of it off at 5 degC, all of
    it at 26 degC, and drips beyond. Energy and air temperature alone reach a concordance of .91
    in runners (Cheuvront 2023, 10.3389/fspor.2023.1277070); our coefficients are set to the
    typical 1.28 +- .57 L/h (Barnes 2019), and single runs may err by a third.

    Examples
    --------
    >>> sweat_loss_ml([800.0], [26.0]).round(-1).tolist()
    [1100.0]
    """
    energy = np.asarray(net_energy_kcal, dtype=float)
    must_evaporate = np.clip(0.5 + (np.asarray(temperature_c, dtype=float) - 5) * 0.5 / 21, 0.3, 1.4)
    return energy * 4.184 * HEAT_SHARE / EVAPORATION_KJ_PER_G * must_evaporate


def activity_sweat_loss_ml(days: Days) -> ActivityValues:
    """Return the sweat loss of each activity: weighed where it was, else estimated."""
    drunk = np.nan_to_num(days.activity("fluid_during_ml"))
    weighed = (days.activity("mass_before_kg") - days.activity("mass_after_kg")) * 1000 + drunk
    air = days.each(air_temperature_c)
    estimated = sweat_loss_ml(days.each(energy_kcal), np.where(np.isnan(air), MILD_C, air))
    return np.where(np.isnan(weighed), estimated, np.maximum(weighed, 0))


@feature(
    "sweat_loss_1d_ml",
    label="sweat lost in training",
    unit="mL",
    factor="dehydration",
    direction=1,
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
    actionable=True,
    source="(30 mL/kg + sweat - drunk) / mass; 2 % is the guideline, ACSM 2007",
    needs=("diary.fluid_ml", *SWEAT),
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
    return windows.rolling_mean(windows.lag(drunk, days.offsets, 1), days.offsets, 28, at_least=5) - drunk


@feature(
    "mass_below_usual_pct",
    label="body mass below the last week's",
    unit="%",
    factor="dehydration",
    direction=1,
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
    actionable=True,
    source="any alcohol drunk in the day; it draws water and disturbs sleep",
    needs=("diary.alcohol", "diary.alcohol_g"),
)
def alcohol(days: Days) -> Values:
    """Return 1 where alcohol was drunk, 0 where it was not."""
    grams, flag = days.diary("alcohol_g"), days.diary("alcohol")
    return np.where(np.isnan(grams), flag, (grams > 0).astype(np.float32))


@feature(
    "sodium_deficit_1d_mg",
    label="sodium lost and needed less taken",
    unit="mg",
    factor="electrolyte_loss",
    direction=1,
    actionable=True,
    source="1500 mg + 0.93 mg a mL of sweat - taken; Baker 2016",
    needs=("diary.sodium_mg", *SWEAT),
)
def sodium_deficit(days: Days) -> Values:
    """Return the sodium that the day needed less what was eaten and drunk."""
    lost = SWEAT_SODIUM_MG_PER_ML * days.once(sweat_loss)
    return DAILY_SODIUM_MG + lost - days.diary("sodium_mg")
