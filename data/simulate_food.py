"""Food and drink: appetite follows training, thirst follows sweat, both imperfectly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import Floats, Mask, Whole
from .simulate_life import Circumstances
from .simulate_people import Runners
from .simulate_season import RACE, Season
from .simulate_tools import Dice, before

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
POOR_WHEN_CARELESS = ("iron_mg", "vitamin_b6_mg", "vitamin_b12_ug")


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


def draw_intake(dice: Dice, runners: Runners, life: Circumstances, season: Season, weekday: Whole) -> Intake:
    """Draw food and drink of every day; `weekday` (days,) is 0 on Mondays."""
    alcohol = _alcohol(dice, life, weekday)
    energy = _appetite_kcal(dice, runners, life, season) + 7.0 * alcohol
    careless = dice.spells("careless eating", 0.008, 7, 25)
    fuel = _fuel_during_g(dice, season)
    carbohydrate = _carbohydrate_share(dice, season, careless) * energy / 4.0 + 0.6 * fuel
    protein = _protein_g(dice, runners, careless, energy)
    fat = np.maximum(energy - 4.0 * (carbohydrate + protein) - 7.0 * alcohol, 0.12 * energy) / 9.0
    drunk = _drunk_during_ml(dice, season)
    salty = np.where(dice.person_uniform("salt tablets") < 0.4, 450.0, 60.0)
    salt = salty * drunk / 1000.0
    minerals = _minerals(dice, energy, careless)
    minerals["sodium_mg"] = minerals["sodium_mg"] + salt
    return Intake(
        energy_intake_kcal=4.0 * (carbohydrate + protein) + 9.0 * fat + 7.0 * alcohol,
        carbohydrate_g=carbohydrate,
        protein_g=protein,
        fat_g=fat,
        fluid_ml=_fluid_ml(dice, runners, season, drunk),
        alcohol_g=alcohol,
        minerals=minerals,
        carbohydrate_during_g=fuel,
        fluid_during_ml=drunk,
        sodium_during_mg=salt,
    )


def _appetite_kcal(dice: Dice, runners: Runners, life: Circumstances, season: Season) -> Floats:
    """Return the energy that is eaten, alcohol apart: what is spent, with a lag, less on diets and when ill.

    Resting energy is 500 + 22 kcal per kg fat-free mass (Cunningham 1980).
    """
    exercise = season.all_energy_kcal
    resting = 500.0 + 22.0 * runners.fat_free_mass_kg
    thrift = np.where(dice.spells("diet", 0.007, 10, 30), 0.75, 1.0) * np.where(life.illness > 0.9, 0.75, 1.0)
    habit = 1.0 + 0.06 * dice.person("appetite")
    appetite = 1.5 * resting + 0.62 * exercise + 0.28 * before(exercise)
    return np.asarray(habit * thrift * appetite * np.exp(0.12 * dice.daily("appetite day")))


def _protein_g(dice: Dice, runners: Runners, careless: Mask, energy_kcal: Floats) -> Floats:
    """Return protein: an own habit a kg of body mass, less in careless weeks, at most 30 % of the energy."""
    habit = 1.55 * np.exp(0.18 * dice.person("protein")) * np.exp(0.20 * dice.daily("protein day"))
    eaten = habit * np.where(careless, 0.68, 1.0) * runners.mass_kg
    return np.asarray(np.minimum(eaten, 0.3 * energy_kcal / 4.0))


def _carbohydrate_share(dice: Dice, season: Season, careless: Mask) -> Floats:
    """Return carbohydrate's share of the energy: an own habit, more on days of races and long runs."""
    share = (
        0.52 + 0.05 * dice.person("carbohydrate") + 0.05 * dice.daily("carbohydrate day") - 0.05 * careless
    )
    ahead = 0.03 * (season.kind == RACE) + 0.02 * (season.minutes > 80)
    return np.asarray(np.clip(share + ahead, 0.3, 0.72))


def _fuel_during_g(dice: Dice, season: Season) -> Floats:
    """Return carbohydrate taken in runs of more than an hour, by those who fuel at all."""
    hourly = np.where(dice.person_uniform("fuels") < 0.7, 32.0 * np.exp(0.4 * dice.person("fuel rate")), 0.0)
    taken = (season.minutes > 60) & (dice.daily_uniform("gel") < 0.75)
    return np.where(taken, hourly * season.minutes / 60.0, 0.0)


def _drunk_during_ml(dice: Dice, season: Season) -> Floats:
    """Return what is drunk in runs that are long or hot, faster in heat."""
    hot = np.maximum(season.temperature_c - 18.0, 0.0)
    rate = 260.0 * np.exp(0.35 * dice.person("drink rate")) * (1.0 + 0.05 * hot)
    carries = season.run & ((season.minutes > 55) | (hot > 5)) & (dice.daily_uniform("bottle") < 0.8)
    return np.where(carries, rate * np.exp(0.25 * dice.daily("sips")) * season.minutes / 60.0, 0.0)


def _fluid_ml(dice: Dice, runners: Runners, season: Season, drunk_ml: Floats) -> Floats:
    """Return the day's fluid: by body mass and warmth, what is drunk on runs, and what thirst makes up of the sweat."""
    thirst = np.clip(0.72 + 0.14 * dice.person("thirst") + 0.16 * dice.daily("thirst day"), 0.2, 1.3)
    warm = np.maximum(season.temperature_c - 20.0, 0.0) * 12.0
    still = 33.0 * runners.mass_kg * np.exp(0.08 * dice.person("fluid") + 0.15 * dice.daily("fluid day"))
    return np.asarray(still + warm + drunk_ml + thirst * np.maximum(season.all_sweat_ml - drunk_ml, 0.0))


def _minerals(dice: Dice, energy_kcal: Floats, careless: Mask) -> dict[str, Floats]:
    """Return minerals and vitamins of food, in proportion to its energy, poorer in careless weeks."""
    out = {}
    for name, (usual, between, within) in MINERALS.items():
        spread = np.exp(between * dice.person(name) + within * dice.daily(name + " day"))
        poor = 0.7 if name in POOR_WHEN_CARELESS else 0.85
        out[name] = usual * spread * energy_kcal / 2400.0 * np.where(careless, poor, 1.0)
    return out


def _alcohol(dice: Dice, life: Circumstances, weekday: Whole) -> Floats:
    """Return grams of alcohol: Fridays, Saturdays and holidays more often, never when ill."""
    likes = np.clip(0.14 + 0.12 * dice.person("alcohol"), 0.0, 0.5)
    chance = likes * np.where((weekday == 4) | (weekday == 5), 2.6, 1.0) * np.where(life.holiday, 1.6, 1.0)
    drinks = (dice.daily_uniform("drinks") < chance) & (life.illness == 0)
    return np.where(drinks, 24.0 * np.exp(0.55 * dice.daily("glasses")), 0.0)
