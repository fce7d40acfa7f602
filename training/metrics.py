"""How far forecasts miss, and whether that beats the best baseline by more than luck."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Codes: TypeAlias = npt.NDArray[np.integer]


def rmse(target: npt.ArrayLike, forecast: npt.ArrayLike) -> float:
    """Return the root mean squared error.

    Examples
    --------
    >>> rmse([1.0, 2.0], [1.0, 4.0]).__round__(3)
    1.414
    """
    miss = np.asarray(target, dtype=float) - np.asarray(forecast, dtype=float)
    return float(np.sqrt(np.mean(miss**2)))


def mae(target: npt.ArrayLike, forecast: npt.ArrayLike) -> float:
    """Return the mean absolute error."""
    return float(np.mean(np.abs(np.asarray(target, dtype=float) - np.asarray(forecast, dtype=float))))


def skill(error: float, baseline: float) -> float:
    """Return 1 - (RMSE / RMSE of the baseline) squared: 0 is no better, 1 is perfect."""
    return 1.0 - (error / baseline) ** 2


def skill_interval(
    target: Floats,
    forecast: Floats,
    baseline: Floats,
    athletes: Codes,
    draws: int = 2000,
    level: float = 0.95,
    seed: int = 0,
) -> tuple[float, float]:
    """Return the interval of the skill over athlete-cluster bootstraps.

    Whole athletes are drawn, for the days of one person are not independent.

    Parameters
    ----------
    target, forecast, baseline : arrays of shape (n,)
    athletes : int array of shape (n,)
        Whose day it is.
    """
    _, codes = np.unique(athletes, return_inverse=True)
    model = np.bincount(codes, weights=(target - forecast) ** 2)
    other = np.bincount(codes, weights=(target - baseline) ** 2)
    drawn = np.random.default_rng(seed).integers(0, len(model), size=(draws, len(model)))
    skills = 1.0 - model[drawn].sum(axis=1) / other[drawn].sum(axis=1)
    low, high = np.quantile(skills, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
