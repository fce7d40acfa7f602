"""The simulated mornings: factor points, own level, calendar and noise, which add up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import Floats, Whole
from .simulate_doses import FACTOR_DOSES, FACTORS, History, factor_doses
from .simulate_tools import Dice, autoregressive

SENSITIVITY_SPREAD = 0.35  # of its logarithm
NOISE_SPREAD = 0.4  # of its logarithm, as measured on SoccerMon: see docs/simulator.md
HEAT_BY_DEHYDRATION = 1.5
LOAD_BY_FUEL = 2.0
NOISE_MEMORY = 0.3
WEEKDAY_POINTS = np.array([0.10, 0.02, 0.0, 0.02, 0.0, -0.06, -0.08])  # of the day that ends, Monday first


@dataclass(frozen=True)
class Mornings:
    """Latent fatigue of the next morning and its parts, arrays of shape (athletes, days), canonical points."""

    factors: dict[str, Floats]
    usual_level: Floats
    everything_else: Floats
    noise: Floats

    @property
    def fatigue(self) -> Floats:
        """The sum of all parts, not clipped to the scale."""
        return np.asarray(sum(self.factors.values()) + self.usual_level + self.everything_else + self.noise)


def draw_mornings(
    dice: Dice,
    history: History,
    weekday: Whole,
    year_day: Floats,
    r2: float,
    counted: slice,
    sensitivity_spread: float = SENSITIVITY_SPREAD,
    noise_spread: float = NOISE_SPREAD,
) -> Mornings:
    """Return the mornings after each day; `counted` are the days over which `r2` holds.

    Runners' mornings differ in how noisy they are: `r2` holds over all of them together.
    """
    factors = factor_points(dice, history, sensitivity_spread)
    explained = within_variance(np.asarray(sum(factors.values()))[:, counted])
    noise = autoregressive(dice.daily("noise"), NOISE_MEMORY) * np.exp(
        noise_spread * dice.person("noise size")
    )
    noise = noise * np.sqrt(explained * (1.0 - r2) / r2 / within_variance(noise[:, counted]))
    drift = 0.3 * autoregressive(dice.daily("drift"), 0.985)
    winter = 0.12 * np.cos(2 * np.pi * (year_day - 15.0) / 365.25)
    return Mornings(
        factors=factors,
        usual_level=2.0 + 0.75 * dice.person("usual level") + drift,
        everything_else=np.broadcast_to(WEEKDAY_POINTS[weekday] + winter, noise.shape),
        noise=noise,
    )


def factor_points(
    dice: Dice, history: History, sensitivity_spread: float = SENSITIVITY_SPREAD
) -> dict[str, Floats]:
    """Return each factor's points: its response to its dose, times the runner's own sensitivity.

    Two interactions, each shared evenly by its two factors: heat with dehydration, and load
    (cardiovascular strain) with fuel (glycogen depletion).
    """
    points = {}
    for factor, dose in factor_doses(history).items():
        own = sensitivity_spread * dice.person("sensitivity " + factor) - sensitivity_spread**2 / 2
        points[factor] = np.exp(own) * FACTOR_DOSES[factor].points(dose)
    for one, other, strength in (
        ("heat_stress", "dehydration", HEAT_BY_DEHYDRATION),
        ("cardiovascular_strain", "glycogen_depletion", LOAD_BY_FUEL),
    ):
        half = 0.5 * strength * points[one] * points[other]
        points[one], points[other] = points[one] + half, points[other] + half
    return {factor: points[factor] for factor in FACTORS}


def within_variance(x: Floats) -> float:
    """Return the variance about each athlete's own mean, pooled."""
    return float(np.mean((x - x.mean(axis=1, keepdims=True)) ** 2))
