"""Fuel: what the day used against what was eaten."""

from __future__ import annotations

import numpy as np

from . import windows
from .catalog import feature
from .days import Days
from .effort import body_mass_kg, carbohydrate_used_g, energy_kcal
from .windows import Values

RESTING_KCAL_PER_KG = 24.0  # about 1 kcal/kg/h
DAILY_LIVING = 1.35  # energy of a day without training over resting energy
DAILY_CARBOHYDRATE_G_PER_KG = 3.0  # least of the range for light training, Thomas 2016
FAT_FREE_SHARE = 0.82
FOOD = "diary.energy_intake_kcal"
ENERGY = ("activities.distance_m", "activities.energy_kcal")
CARBOHYDRATE = (*ENERGY, "activities.hr_mean_bpm", "activities.session_rpe")


@feature(
    "run_carbohydrate_used_g",
    label="carbohydrate used in training",
    unit="g",
    factor="glycogen_depletion",
    direction=1,
    actionable=True,
    source="energy (Minetti 2002) x carbohydrate share (Romijn 1993)",
    needs=CARBOHYDRATE,
)
def carbohydrate_demand(days: Days) -> Values:
    """Return the grams of carbohydrate that today's training used: the demand, whatever was eaten."""
    return days.per_day(days.each(carbohydrate_used_g))


@feature(
    "carbohydrate_shortfall_1d_g_per_kg",
    label="carbohydrate used less eaten",
    unit="g/kg",
    factor="glycogen_depletion",
    direction=1,
    actionable=True,
    source="used in training + 3 g/kg - eaten, Thomas 2016",
    needs=("diary.carbohydrate_g", *CARBOHYDRATE),
)
def carbohydrate_shortfall(days: Days) -> Values:
    """Return the day's carbohydrate need less what was eaten, a kg of body mass."""
    mass = days.once(body_mass_kg)
    need = days.once(carbohydrate_demand) + DAILY_CARBOHYDRATE_G_PER_KG * mass
    return (need - days.diary("carbohydrate_g")) / mass


@feature(
    "carbohydrate_shortfall_3d_g_per_kg",
    label="carbohydrate used less eaten, three days",
    unit="g/kg/day",
    factor="glycogen_depletion",
    direction=1,
    actionable=True,
    source="mean of 3 days, Thomas 2016",
    needs=("diary.carbohydrate_g", *CARBOHYDRATE),
)
def carbohydrate_shortfall_3d(days: Days) -> Values:
    """Return the mean daily carbohydrate shortfall of three days."""
    return windows.rolling_mean(days.once(carbohydrate_shortfall), days.offsets, 3, at_least=2)


@feature(
    "energy_balance_3d_kcal_per_kg",
    label="energy eaten less spent, three days",
    unit="kcal/kg/day",
    factor="energy_deficit",
    direction=-1,
    actionable=True,
    source="eaten - (resting x 1.35 + training), mean of 3 days",
    needs=(FOOD, *ENERGY),
)
def energy_balance(days: Days) -> Values:
    """Return energy eaten less energy spent, the mean of three days, a kg of body mass."""
    mass = days.once(body_mass_kg)
    spent = RESTING_KCAL_PER_KG * DAILY_LIVING + days.once(training_energy) / mass
    return windows.rolling_mean(days.diary("energy_intake_kcal") / mass - spent, days.offsets, 3, at_least=2)


@feature(
    "energy_availability_7d_kcal_per_kg",
    label="energy availability, last week",
    unit="kcal/kg FFM/day",
    factor="energy_deficit",
    direction=-1,
    actionable=True,
    source="(eaten - training) / fat-free mass, Loucks 2003; fat-free mass 82 % where fat is not known",
    needs=(FOOD, *ENERGY),
)
def energy_availability(days: Days) -> Values:
    """Return the energy availability of the last week; 30 is the classical low mark, 45 healthy."""
    fat = windows.last_known(days.diary("body_fat_pct"), days.offsets, within=180)
    lean_share = np.where(np.isnan(fat), FAT_FREE_SHARE, 1 - fat / 100)
    eaten = days.diary("energy_intake_kcal") - days.once(training_energy)
    return windows.rolling_mean(eaten / (days.once(body_mass_kg) * lean_share), days.offsets, 7, at_least=3)


@feature(
    "training_energy_1d_kcal",
    label="energy used in training",
    unit="kcal",
    factor="energy_deficit",
    direction=0,
    role="context",
    source="cost of running x distance x mass, Minetti 2002, else the device",
    needs=ENERGY,
)
def training_energy(days: Days) -> Values:
    """Return the net energy of the day's activities."""
    return days.per_day(days.each(energy_kcal))


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
    usual = windows.rolling_mean(windows.lag(meals, days.offsets, 1), days.offsets, 28, at_least=5)
    return usual - meals


@feature(
    "protein_shortfall_7d_g_per_kg",
    label="protein below 1.4 g/kg",
    unit="g/kg/day",
    factor="macronutrient_balance",
    direction=1,
    actionable=True,
    source="max(0, 1.4 - eaten / mass), mean of 7 days, Thomas 2016",
    needs=("diary.protein_g",),
)
def protein_shortfall(days: Days) -> Values:
    """Return how far a week's protein lies below 1.4 g/kg/day, low in the advised 1.2-2.0."""
    short = np.maximum(1.4 - days.diary("protein_g") / days.once(body_mass_kg), np.float32(0))
    return windows.rolling_mean(short, days.offsets, 7, at_least=3)


@feature(
    "macronutrient_imbalance_7d_pct",
    label="shares outside the advised ranges",
    unit="%",
    factor="macronutrient_balance",
    direction=1,
    actionable=True,
    source="summed distance of energy shares from 50-70, 20-30, 10-20 % (A1), mean of 7 days",
    needs=("diary.carbohydrate_g", "diary.fat_g", "diary.protein_g"),
)
def macronutrient_imbalance(days: Days) -> Values:
    """Return the percentage points by which the energy shares leave the article's ranges."""
    kcal = [days.diary("carbohydrate_g") * 4, days.diary("fat_g") * 9, days.diary("protein_g") * 4]
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = [100 * part / (kcal[0] + kcal[1] + kcal[2]) for part in kcal]
    ranges = ((50, 70), (20, 30), (10, 20))
    outside = sum(
        np.maximum(low - s, 0) + np.maximum(s - high, 0)
        for s, (low, high) in zip(shares, ranges, strict=True)
    )
    return windows.rolling_mean(np.asarray(outside), days.offsets, 7, at_least=3)


@feature(
    "micronutrient_shortfall_28d_share",
    label="iron and B vitamins below the reference",
    unit="",
    factor="micronutrients",
    direction=1,
    actionable=True,
    source="mean share missing of iron (8 mg men, 18 mg women), B6 1.3 mg, B12 2.4 ug over 28 days, NIH reference intakes",
    needs=("diary.iron_mg", "diary.vitamin_b6_mg", "diary.vitamin_b12_ug"),
)
def micronutrient_shortfall(days: Days) -> Values:
    """Return the mean share of the reference intakes that four weeks' food did not hold."""
    female = (
        days.cohort.athletes.set_index("athlete_id")["sex"].reindex(days.athlete_ids) == "female"
    ).to_numpy()
    needs = {
        "iron_mg": np.where(female[days.group], 18.0, 8.0),
        "vitamin_b6_mg": np.full(len(days), 1.3),
        "vitamin_b12_ug": np.full(len(days), 2.4),
    }
    means = {c: windows.rolling_mean(days.diary(c), days.offsets, 28, at_least=7) for c in needs}
    missing = np.stack([np.maximum(1 - means[c] / need, 0) for c, need in needs.items()])
    return np.asarray(missing.mean(axis=0), dtype=np.float32)
