"""Energy: what was eaten against what the body and its training used."""

from __future__ import annotations

import numpy as np

from .. import windows
from ..body import MASS, body_mass_kg, fat_free_mass_kg
from ..catalog import feature
from ..days import Days
from ..effort import energy_kcal
from ..usual import mean_of_days_before
from ..windows import Values

RESTING_KCAL_PER_KG = 24.0  # about 1 kcal/kg/h
DAILY_LIVING = 1.35  # energy of a day without training over resting energy
HEALTHY_AVAILABILITY = 45.0  # kcal/kg fat-free mass, Loucks 2003
MOST_ENERGY_KCAL = 15_000.0  # no day's food holds more
FOOD = "diary.energy_intake_kcal"
ENERGY = ("activities.distance_m", "activities.energy_kcal")


def energy_eaten_kcal(days: Days) -> Values:
    """Return the energy eaten; NaN where it is more than a person can eat in a day."""
    eaten = days.diary("energy_intake_kcal")
    return np.where(eaten <= MOST_ENERGY_KCAL, eaten, np.float32(np.nan))


@feature(
    "energy_balance_3d_kcal_per_kg",
    label="energy eaten less spent, three days",
    unit="kcal/kg/day",
    factor="energy_deficit",
    direction=-1,
    role="context",
    actionable=True,
    source="eaten - (resting x 1.35 + training), mean of 3 days",
    needs=(FOOD, *ENERGY, *MASS),
)
def energy_balance(days: Days) -> Values:
    """Return energy eaten less energy spent, the mean of three days, a kg of body mass."""
    mass = days.once(body_mass_kg)
    spent = RESTING_KCAL_PER_KG * DAILY_LIVING + days.once(training_energy) / mass
    return windows.rolling_mean(days.once(energy_eaten_kcal) / mass - spent, days.offsets, 3, at_least=2)


@feature(
    "energy_availability_1d_kcal_per_kg",
    label="energy availability of the day",
    unit="kcal/kg FFM",
    factor="energy_deficit",
    direction=-1,
    role="context",
    source="(eaten - training) / fat-free mass, Loucks 2003; fat-free mass 77 % of women's, 85 % of men's where fat is not known",
    needs=(FOOD, *ENERGY, *MASS),
)
def energy_availability_1d(days: Days) -> Values:
    """Return the energy left for the body after training, a kg of fat-free mass."""
    left = days.once(energy_eaten_kcal) - days.once(training_energy)
    return left / days.once(fat_free_mass_kg)


@feature(
    "energy_availability_3d_kcal_per_kg",
    label="energy availability, three days",
    unit="kcal/kg FFM/day",
    factor="energy_deficit",
    direction=-1,
    role="context",
    source="mean of 3 days, Loucks 2003",
    needs=(FOOD, *ENERGY, *MASS),
)
def energy_availability_3d(days: Days) -> Values:
    """Return the mean energy availability of three days."""
    return windows.rolling_mean(days.once(energy_availability_1d), days.offsets, 3, at_least=2)


@feature(
    "energy_availability_7d_kcal_per_kg",
    label="energy availability, last week",
    unit="kcal/kg FFM/day",
    factor="energy_deficit",
    direction=-1,
    role="context",
    actionable=True,
    source="(eaten - training) / fat-free mass, Loucks 2003; fat-free mass 77 % of women's, 85 % of men's where fat is not known",
    needs=(FOOD, *ENERGY, *MASS),
)
def energy_availability(days: Days) -> Values:
    """Return the energy availability of the last week; 30 is the classical low mark, 45 healthy."""
    return windows.rolling_mean(days.once(energy_availability_1d), days.offsets, 7, at_least=3)


@feature(
    "energy_availability_short_of_45_kcal_per_kg",
    label="energy left after training, short of 45, last week",
    unit="kcal/kg FFM/day",
    factor="energy_deficit",
    direction=1,
    actionable=True,
    source="max(0, 45 - half of 3, half of 7 days' energy availability), Loucks 2003; the marks are debated, Burke 2018",
    needs=(FOOD, *ENERGY, *MASS),
    dose=True,
)
def energy_availability_short(days: Days) -> Values:
    """Return how far energy availability lies below 45 kcal/kg, the last three days counting more."""
    both = (days.once(energy_availability_3d) + days.once(energy_availability)) / 2
    short: Values = np.maximum(np.float32(HEALTHY_AVAILABILITY) - both, 0)
    return short


@feature(
    "training_energy_1d_kcal",
    label="energy used in training",
    unit="kcal",
    factor="energy_deficit",
    direction=0,
    role="context",
    source="cost of running x distance x mass, Minetti 2002, else what the device tells beyond rest (1 kcal/kg/h), else the cost for 70 kg",
    needs=ENERGY,
)
def training_energy(days: Days) -> Values:
    """Return the net energy of the day's activities."""
    return days.per_day(days.each(energy_kcal))


@feature(
    "energy_balance_7d_kcal_per_kg",
    label="energy eaten less spent, last week",
    unit="kcal/kg/day",
    factor="energy_deficit",
    direction=-1,
    role="context",
    source="eaten - (resting x 1.35 + training), mean of 7 days",
    needs=(FOOD, *ENERGY, *MASS),
)
def energy_balance_7d(days: Days) -> Values:
    """Return energy eaten less energy spent, the mean of a week, a kg of body mass."""
    spent = RESTING_KCAL_PER_KG * DAILY_LIVING * days.once(body_mass_kg) + days.once(training_energy)
    balance = (days.once(energy_eaten_kcal) - spent) / days.once(body_mass_kg)
    return windows.rolling_mean(balance, days.offsets, 7, at_least=3)


@feature(
    "meals_below_usual",
    label="meals fewer than usual",
    unit="meals",
    factor="energy_deficit",
    direction=1,
    actionable=True,
    source="own 28-day mean of meals less the day's",
    needs=("diary.meals",),
)
def meals_below_usual(days: Days) -> Values:
    """Return how many meals fewer than the athlete's usual day had."""
    meals = days.diary("meals")
    return mean_of_days_before(days, meals) - meals
