"""Who the simulated runners are: bodies, abilities and habits that stay the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import Floats, Mask, Whole
from .simulate_tools import Dice
from .simulate_weather import CLIMATES


@dataclass(frozen=True)
class Runners:
    """The runners' lasting traits, each of shape (athletes, 1)."""

    female: Mask
    age_years: Floats
    height_cm: Floats
    mass_kg: Floats
    body_fat: Floats
    hr_max_bpm: Floats
    hr_rest_bpm: Floats
    threshold_speed_mps: Floats
    weekly_km: Floats
    runs_a_week: Whole
    sleep_need_h: Floats
    sweat_factor: Floats
    sweat_sodium_mmol_l: Floats
    home: Whole

    @property
    def fat_free_mass_kg(self) -> Floats:
        """Body mass without fat, kg."""
        return self.mass_kg * (1.0 - self.body_fat)

    @property
    def hr_reserve_bpm(self) -> Floats:
        """Maximal minus resting heart rate, bpm."""
        return self.hr_max_bpm - self.hr_rest_bpm

    @property
    def threshold_hr_bpm(self) -> Floats:
        """Heart rate at the second threshold: 85 % of the reserve, bpm."""
        return self.hr_rest_bpm + 0.85 * self.hr_reserve_bpm


def draw_runners(dice: Dice) -> Runners:
    """Draw recreational to well-trained runners.

    Maximal heart rate is 208 - 0.7 age +- 7 bpm (Tanaka 2001); sweat sodium about
    40 +- 14 mmol/L, from 51.7 mmol/h at 1.28 L/h (Barnes 2019).
    """
    female = dice.person_uniform("sex") < 0.45
    age = 20.0 + 42.0 * dice.person_uniform("age")
    height = np.where(female, 166.0, 179.0) + 6.5 * dice.person("height")
    bmi = np.where(female, 21.6, 22.8) + 1.7 * dice.person("build")
    ability = dice.person("ability")
    speed = np.where(female, 3.2, 3.6) * np.exp(0.13 * ability - 0.004 * (age - 35.0))
    weekly_km = np.clip(38.0 * np.exp(0.25 * ability + 0.30 * dice.person("volume")), 18.0, 95.0)
    runs = np.clip(np.round(2.2 + weekly_km / 15.0 + 0.6 * dice.person("runs a week")), 3, 6)
    home = np.searchsorted(np.cumsum([0.45, 0.25]), dice.person_uniform("home"))
    return Runners(
        female=female,
        age_years=age,
        height_cm=height,
        mass_kg=np.clip(bmi, 18.3, 28.0) * (height / 100.0) ** 2,
        body_fat=np.clip(np.where(female, 0.24, 0.15) + 0.035 * dice.person("fat"), 0.07, 0.36),
        hr_max_bpm=np.clip(208.0 - 0.7 * age + 7.0 * dice.person("maximal heart rate"), 150.0, 212.0),
        hr_rest_bpm=np.clip(55.0 + 6.0 * dice.person("resting heart rate") - 2.0 * ability, 38.0, 75.0),
        threshold_speed_mps=np.clip(speed, 2.2, 5.4),
        weekly_km=weekly_km,
        runs_a_week=runs.astype(np.int64),
        sleep_need_h=np.clip(8.0 + 0.4 * dice.person("sleep need"), 7.0, 9.0),
        sweat_factor=np.exp(0.18 * dice.person("sweat rate")),
        sweat_sodium_mmol_l=np.clip(40.0 + 14.0 * dice.person("sweat sodium"), 12.0, 85.0),
        home=np.minimum(home, len(CLIMATES) - 1).astype(np.int64),
    )
