"""How far forecasts miss, and whether that beats the best baseline by more than luck.

Other metrics are in files of their own: whether forecasts put mornings in the right order (`rank_metrics`), what they say
of every level of the scale (`probability_metrics`), whether their intervals hold (`interval_metrics`), and whether the
chance of a bad morning is as frequent as it says (`reliability`). `records` puts all into the table.
*Micro* averages count every morning once; *macro* averages count every athlete once.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from ..data.arrays import Floats

Codes: TypeAlias = npt.NDArray[np.integer]
Days: TypeAlias = npt.NDArray[np.datetime64]
FEW_PEOPLE = 5
"""Drawing fewer people than this tells nothing of others: their weeks are drawn, and the interval holds for them alone."""
WEEK = 7
DRAWS, LEVEL = 2000, 0.95
"""Bootstraps, and the share of them that lies inside the interval of a skill."""


def rmse(target: npt.ArrayLike, forecast: npt.ArrayLike) -> float:
    """Return the root mean squared error.

    Examples
    --------
    >>> rmse([1.0, 2.0], [1.0, 4.0]).__round__(3)
    1.414
    """
    return float(np.sqrt(np.mean(_miss(target, forecast) ** 2)))


def mae(target: npt.ArrayLike, forecast: npt.ArrayLike) -> float:
    """Return the mean absolute error."""
    return float(np.mean(np.abs(_miss(target, forecast))))


def rmse_macro(target: Floats, forecast: Floats, athletes: Codes) -> float:
    """Return the mean over athletes of their own RMSE.

    Examples
    --------
    >>> rmse_macro([1.0, 1.0, 5.0], [1.0, 1.0, 2.0], [0, 0, 1])
    1.5
    """
    return float(np.mean(np.sqrt(athlete_means(_miss(target, forecast) ** 2, athletes))))


def mae_macro(target: Floats, forecast: Floats, athletes: Codes) -> float:
    """Return the mean over athletes of their own mean absolute error."""
    return float(np.mean(athlete_means(np.abs(_miss(target, forecast)), athletes)))


def skill(error: float, baseline: float) -> float:
    """Return 1 - (RMSE / RMSE of the baseline) squared: 0 is no better, 1 is perfect.

    NaN against a baseline that never misses.
    """
    return 1.0 - (error / baseline) ** 2 if baseline > 0 else float("nan")


def skill_macro(target: Floats, forecast: Floats, baseline: Floats, athletes: Codes) -> float:
    """Return the skill where every athlete weighs the same, however many mornings they reported.

    The mean squared errors are averaged over athletes before they are divided, for the mean of the
    athletes' own skills hangs on whom the baseline happens to fit nearly perfectly.
    """
    model, other = (athlete_means(_miss(target, f) ** 2, athletes).mean() for f in (forecast, baseline))
    return float(1.0 - model / other)


def skill_interval(
    target: Floats,
    forecast: Floats,
    baseline: Floats,
    clusters: Codes,
) -> tuple[float, float]:
    """Return the 95 % interval of the skill over cluster bootstraps; NaN where the baseline never misses.

    Clusters are drawn whole, for the days of one person, or of one week, are not independent.

    Parameters
    ----------
    target, forecast, baseline : arrays of shape (n,)
    clusters : int array of shape (n,)
        See `drawn_whole`.
    """
    _, codes = np.unique(clusters, return_inverse=True)
    model = np.bincount(codes, weights=_miss(target, forecast) ** 2)
    other = np.bincount(codes, weights=_miss(target, baseline) ** 2)
    drawn = np.random.default_rng(0).integers(0, len(model), size=(DRAWS, len(model)))
    below, above = other[drawn].sum(axis=1), model[drawn].sum(axis=1)
    # A draw of athletes whom the baseline fits perfectly has no skill to speak of.
    judged = below > 0
    if not judged.any():
        return float("nan"), float("nan")
    low, high = np.quantile(1.0 - above[judged] / below[judged], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def few(athletes: npt.ArrayLike) -> bool:
    """Whether the days are of so few people that only their weeks can be drawn."""
    return len(np.unique(np.asarray(athletes))) < FEW_PEOPLE


def drawn_whole(athletes: Codes, mornings: Days) -> Codes:
    """Return what a bootstrap draws whole, shape (n,): athletes, or the weeks of each where they are fewer than five.

    Parameters
    ----------
    athletes : int array of shape (n,)
    mornings : datetime64[D] array of shape (n,)

    Examples
    --------
    >>> days = np.array(["2024-01-01", "2024-01-07", "2024-01-08"], dtype="datetime64[D]")
    >>> drawn_whole(np.zeros(3, dtype=int), days).tolist()
    [0, 0, 1]
    """
    if not few(athletes) or not len(athletes):
        return athletes
    _, codes = np.unique(athletes, return_inverse=True)
    day = mornings.astype("datetime64[D]").astype(np.int64)
    week = (day - day.min()) // WEEK
    return np.asarray(codes * (week.max() + 1) + week)


def athlete_means(values: npt.ArrayLike, athletes: npt.ArrayLike) -> Floats:
    """Return the mean of each athlete's own values, in the order of their codes, shape (athletes,)."""
    _, codes = np.unique(np.asarray(athletes), return_inverse=True)
    sums = np.bincount(codes, weights=np.asarray(values, dtype=float))
    return np.asarray(sums / np.bincount(codes), dtype=np.float64)


def _miss(target: npt.ArrayLike, forecast: npt.ArrayLike) -> Floats:
    misses: Floats = np.asarray(target, dtype=float) - np.asarray(forecast, dtype=float)
    return misses
