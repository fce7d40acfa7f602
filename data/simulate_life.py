"""What else happens to the runners: stress, illness, holidays, food, drink and sleep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .arrays import Floats, Mask, Whole
from .simulate_people import Runners
from .simulate_tools import Dice, autoregressive, before
from .simulate_weather import CLIMATES

if TYPE_CHECKING:
    from .simulate_season import Season

# Usual intake of a runner who eats 2,400 kcal: mean, spread between people, spread between days.
MINERALS = {
    "sodium_mg": (2700.0, 0.20, 0.28),
    "potassium_mg": (3100.0, 0.18, 0.20),
    "magnesium_mg": (350.0, 0.18, 0.22),
    "calcium_mg": (980.0, 0.22, 0.28),
    "iron_mg": (13.0, 0.25, 0.25),
    "vitamin_b6_mg": (1.75, 0.25, 0.28),
    "vitamin_b12_ug": (4.2, 0.45, 0.40),
}


@dataclass(frozen=True)
class Circumstances:
    """What training has to fit into, arrays of shape (athletes, days).

    `illness` is 0 in health and up to 1 on an ill day; stress and mood are on 0-10.
    """

    illness: Floats
    injury: Mask
    holiday: Mask
    place: Whole
    stress: Floats
    mood: Floats


@dataclass(frozen=True)
class Intake:
    """What was eaten and drunk on each day, arrays of shape (athletes, days), named as in the diary.

    The day's totals contain what was taken during the run.
    """

    energy_intake_kcal: Floats
    carbohydrate_g: Floats
    protein_g: Floats
    fat_g: Floats
    fluid_ml: Floats
    alcohol_g: Floats
    minerals: dict[str, Floats]
    carbohydrate_during_g: Floats
    fluid_during_ml: Floats
    sodium_during_mg: Floats


def draw_circumstances(dice: Dice, runners: Runners, weekday: Whole) -> Circumstances:
    """Draw illness spells, injuries, holidays with their place, stress and mood."""
    cold = dice.spells("cold", 0.007, 3, 8)
    condition = dice.spells("condition", 0.0006, 20, 45)
    holiday = dice.spells("holiday", 0.005, 6, 14)
    # A trip's place is decided by the day it began: the latest start holds.
    away = dice.daily_uniform("away")
    started = holiday & ~np.concatenate([np.zeros_like(holiday[:, :1]), holiday[:, :-1]], axis=1)
    today = np.arange(dice.days)
    began = np.maximum.accumulate(np.where(started, today, 0), axis=1)
    draw = np.take_along_axis(away, began, axis=1)
    elsewhere = holiday & (draw < 0.5)
    target = np.floor(draw * 2 * len(CLIMATES)).astype(np.int64) % len(CLIMATES)
    place = np.where(elsewhere, target, runners.home)
    busy = dice.spells("busy at work", 0.012, 4, 12)
    stress = 3.6 + 0.9 * dice.person("stress") + 1.4 * autoregressive(dice.daily("stress day"), 0.75)
    stress = stress + 2.2 * busy - 1.2 * holiday + np.where(weekday < 5, 0.3, -0.7)
    stress = np.clip(stress, 0.0, 10.0)
    mood = 7.2 + 0.7 * dice.person("mood") - 0.45 * (stress - 3.6)
    mood = mood + 0.9 * autoregressive(dice.daily("mood day"), 0.7) - 1.0 * cold
    return Circumstances(
        illness=np.maximum(1.0 * cold, 0.45 * condition),
        injury=dice.spells("injury", 0.003, 5, 16),
        holiday=holiday,
        place=place,
        stress=stress,
        mood=np.clip(mood, 0.0, 10.0),
    )


def draw_intake(dice: Dice, runners: Runners, life: Circumstances, season: Season, weekday: Whole) -> Intake:
    """Draw food and drink: appetite follows training with a lag, thirst follows sweat, both imperfectly.

    Resting energy is 500 + 22 kcal per kg fat-free mass (Cunningham 1980).
    """
    exercise = season.energy_kcal + sum(s.energy_kcal for s in season.others.values())
    resting = 500.0 + 22.0 * runners.fat_free_mass_kg
    thrift = np.where(dice.spells("diet", 0.007, 10, 30), 0.75, 1.0) * np.where(life.illness > 0.9, 0.75, 1.0)
    habit = 1.0 + 0.06 * dice.person("appetite")
    appetite = 1.5 * resting + 0.62 * exercise + 0.28 * before(exercise)
    alcohol = _alcohol(dice, life, weekday)
    energy = habit * thrift * appetite * np.exp(0.12 * dice.daily("appetite day")) + 7.0 * alcohol
    protein_habit = 1.55 * np.exp(0.18 * dice.person("protein")) * np.exp(0.20 * dice.daily("protein day"))
    careless = dice.spells("careless eating", 0.008, 7, 25)
    protein = np.minimum(protein_habit * np.where(careless, 0.68, 1.0) * runners.mass_kg, 0.3 * energy / 4.0)
    share = (
        0.52 + 0.05 * dice.person("carbohydrate") + 0.05 * dice.daily("carbohydrate day") - 0.05 * careless
    )
    ahead = 0.03 * (season.kind == 5) + 0.02 * (season.minutes > 80)
    hourly = np.where(dice.person_uniform("fuels") < 0.7, 32.0 * np.exp(0.4 * dice.person("fuel rate")), 0.0)
    taken = (season.minutes > 60) & (dice.daily_uniform("gel") < 0.75)
    during = np.where(taken, hourly * season.minutes / 60.0, 0.0)
    carbohydrate = np.clip(share + ahead, 0.3, 0.72) * energy / 4.0 + 0.6 * during
    fat = np.maximum(energy - 4.0 * (carbohydrate + protein) - 7.0 * alcohol, 0.12 * energy) / 9.0
    hot = np.maximum(season.temperature_c - 18.0, 0.0)
    rate = 260.0 * np.exp(0.35 * dice.person("drink rate")) * (1.0 + 0.05 * hot)
    carries = season.run & ((season.minutes > 55) | (hot > 5)) & (dice.daily_uniform("bottle") < 0.8)
    drunk = np.where(carries, rate * np.exp(0.25 * dice.daily("sips")) * season.minutes / 60.0, 0.0)
    thirst = np.clip(0.72 + 0.14 * dice.person("thirst") + 0.16 * dice.daily("thirst day"), 0.2, 1.3)
    warm = np.maximum(season.temperature_c - 20.0, 0.0) * 12.0
    still = 33.0 * runners.mass_kg * np.exp(0.08 * dice.person("fluid") + 0.15 * dice.daily("fluid day"))
    fluid = still + warm + drunk + thirst * np.maximum(season.all_sweat_ml - drunk, 0.0)
    salty = np.where(dice.person_uniform("salt tablets") < 0.4, 450.0, 60.0)
    sodium_during = salty * drunk / 1000.0
    minerals = {}
    for name, (usual, between, within) in MINERALS.items():
        spread = np.exp(between * dice.person(name) + within * dice.daily(name + " day"))
        poor = 0.7 if name in ("iron_mg", "vitamin_b6_mg", "vitamin_b12_ug") else 0.85
        minerals[name] = usual * spread * energy / 2400.0 * np.where(careless, poor, 1.0)
    minerals["sodium_mg"] = minerals["sodium_mg"] + sodium_during
    return Intake(
        energy_intake_kcal=4.0 * (carbohydrate + protein) + 9.0 * fat + 7.0 * alcohol,
        carbohydrate_g=carbohydrate,
        protein_g=protein,
        fat_g=fat,
        fluid_ml=fluid,
        alcohol_g=alcohol,
        minerals=minerals,
        carbohydrate_during_g=during,
        fluid_during_ml=drunk,
        sodium_during_mg=sodium_during,
    )


def _alcohol(dice: Dice, life: Circumstances, weekday: Whole) -> Floats:
    """Return grams of alcohol: Fridays, Saturdays and holidays more often, never when ill."""
    likes = np.clip(0.14 + 0.12 * dice.person("alcohol"), 0.0, 0.5)
    chance = likes * np.where((weekday == 4) | (weekday == 5), 2.6, 1.0) * np.where(life.holiday, 1.6, 1.0)
    drinks = (dice.daily_uniform("drinks") < chance) & (life.illness == 0)
    return np.where(drinks, 24.0 * np.exp(0.55 * dice.daily("glasses")), 0.0)


def draw_sleep(
    dice: Dice, runners: Runners, life: Circumstances, season: Season, intake: Intake, weekday: Whole
) -> Floats:
    """Return hours slept in the night that ended on each day.

    The evening before counts: 40 g of alcohol cost about half an hour, two points of stress a quarter.
    """
    early = season.run & (season.start_hour < 7.5)
    hours = runners.sleep_need_h - 0.45 + 0.35 * dice.person("sleep habit")
    hours = hours + np.where(weekday >= 5, 0.45, -0.05) - 0.45 * early
    hours = (
        hours
        + 0.75 * autoregressive(dice.daily("night"), 0.25)
        - 0.5 * dice.spells("short nights", 0.01, 3, 7)
    )
    hours = hours - 0.012 * before(intake.alcohol_g) - 0.13 * (before(life.stress, fill=3.6) - 3.6)
    return np.clip(hours + 0.4 * (life.illness > 0.9), 2.5, 11.5)
