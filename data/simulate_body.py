"""What the simulated runners' bodies show: pulse, HRV, mass."""

from __future__ import annotations

import numpy as np

from .arrays import Floats
from .simulate_doses import History
from .simulate_tools import Dice, after, before, ewma


def body_signals(dice: Dice, history: History) -> dict[str, Floats]:
    """Return night heart rate and rMSSD of the night that ended on each day, and the day's resting heart rate.

    They follow the load, alcohol, stress and illness of the day before, and say nothing of the noise in the rating.
    """
    life, season, r = history.life, history.season, history.runners
    cause = (
        0.9 * life.illness
        + 0.012 * history.intake.alcohol_g
        + 0.13 * (life.stress - 3.6)
        + 0.0016 * season.exertion * season.minutes
    )
    last_night = before(cause)
    pulse = r.hr_rest_bpm + 3.5 * last_night + 1.3 * dice.daily("night pulse")
    usual = 46.0 * np.exp(0.3 * dice.person("rmssd") - 0.012 * (r.age_years - 38.0))
    rmssd = usual * np.exp(-0.16 * last_night + 0.11 * dice.daily("rmssd day"))
    resting = r.hr_rest_bpm + 2.0 + 1.7 * (last_night + after(last_night)) + 1.0 * dice.daily("resting pulse")
    return {
        "night_hr_bpm": np.clip(pulse, 30.0, 120.0),
        "hrv_rmssd_ms": np.clip(rmssd, 5.0, 250.0),
        "resting_hr_bpm": np.clip(resting, 30.0, 115.0),
    }


def morning_mass_kg(history: History) -> Floats:
    """Return morning body mass: slow swings, and part of the previous day's missing fluid, kg."""
    h = history
    balance = (h.intake.fluid_ml - 32.0 * h.runners.mass_kg - h.season.all_sweat_ml) / 1000.0
    living = 1.5 * (500 + 22 * h.runners.fat_free_mass_kg)
    energy = h.intake.energy_intake_kcal - h.season.all_energy_kcal - living
    slow = ewma(energy, 28.0, 0.0) / 600.0
    return h.runners.mass_kg + np.clip(slow, -1.5, 1.5) + 0.35 * np.clip(before(balance), -2.5, 1.0)
