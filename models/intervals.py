"""Intervals that fit the person: conformal widths from forecasts that missed, pooled where a person is new."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

COVERAGE = 0.80
POOLING_DAYS = 20


@dataclass(frozen=True)
class Intervals:
    """Half-widths around a forecast.

    Parameters
    ----------
    coverage : float
        Share of mornings that should lie inside.
    pooled : float
        Half-width for an athlete without held-out days, in canonical points.
    own : dict of str to float
        Half-widths of athletes with held-out days: the own quantile, drawn to the pooled one
        with the weight n / (n + 20).
    """

    coverage: float = COVERAGE
    pooled: float = 2.0
    own: dict[str, float] = field(default_factory=dict)

    @classmethod
    def fit(cls, misses: npt.ArrayLike, athletes: npt.ArrayLike, coverage: float = COVERAGE) -> Intervals:
        """Learn from absolute misses of held-out days, shape (n,), and whose they are.

        The quantile is split-conformal's: the ceil((n + 1) coverage)-th smallest of n misses.
        """
        miss, who = np.asarray(misses, dtype=float), np.asarray(athletes, dtype=object)
        pooled = _conformal(miss, coverage)
        own = {}
        for athlete in np.unique(who.astype(str)):
            mine = miss[who == athlete]
            weight = len(mine) / (len(mine) + POOLING_DAYS)
            own[str(athlete)] = weight * _conformal(mine, coverage) + (1 - weight) * pooled
        return cls(coverage, pooled, own)

    def half_width(self, athletes: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return the half-width for each athlete id, shape (n,)."""
        return np.array([self.own.get(str(a), self.pooled) for a in np.asarray(athletes, dtype=object)])


def _conformal(misses: npt.NDArray[np.float64], coverage: float) -> float:
    rank = min(int(np.ceil((len(misses) + 1) * coverage)), len(misses))
    return float(np.sort(misses)[rank - 1])
