"""Mornings of athletes in order: whose follow on whose, how noisy they are, what is left without their levels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

LEVEL_DAYS = 60
"""A level of its own for every athlete and stretch of so many days: what differs between people teaches no response."""
NOISE_PRIOR_ROWS = 20
MOST_MEMORY = 0.9


@dataclass(frozen=True)
class Mornings:
    """Whose mornings follow on whose.

    Parameters
    ----------
    athlete, stretch : int arrays of shape (n,)
        Whose row it is, and in which stretch with a level of its own.
    follows : boolean array of shape (n,)
        Whether the row before is its yesterday, in the same stretch.
    """

    athlete: Whole
    stretch: Whole
    follows: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, owner: Whole, day: Whole) -> Mornings:
        """Return the mornings of `owner` on `day`, arrays of shape (n,) in order of both; days since some day."""
        athlete = np.unique(owner, return_inverse=True)[1]
        stretch = np.unique(np.stack([athlete, day // LEVEL_DAYS]), axis=1, return_inverse=True)[1].ravel()
        follows = np.append(False, (np.diff(owner) == 0) & (np.diff(day) == 1) & (np.diff(stretch) == 0))
        return cls(athlete, stretch, follows)

    def noise_weights(self, left: Floats) -> Floats:
        """Return 1 over the variance of each athlete's rest, drawn to everybody's with the weight of 20 mornings."""
        own = left - (np.bincount(self.stretch, left) / np.bincount(self.stretch))[self.stretch]
        squares, count = np.bincount(self.athlete, own**2), np.bincount(self.athlete)
        everybody = squares.sum() / count.sum()
        drawn = (squares + NOISE_PRIOR_ROWS * everybody) / (count + NOISE_PRIOR_ROWS)
        return np.asarray(everybody / np.maximum(drawn, 1e-9))[self.athlete]

    def memory(self, left: Floats) -> float:
        """Return how much of a morning's rest is left a day later, 0 to .9."""
        own = left - (np.bincount(self.stretch, left) / np.bincount(self.stretch))[self.stretch]
        now = np.flatnonzero(self.follows)
        before = float(own[now - 1] @ own[now - 1])
        return float(np.clip(own[now] @ own[now - 1] / before, 0.0, MOST_MEMORY)) if before > 0 else 0.0

    def whitened(self, values: Floats, weights: Floats, memory: float) -> Floats:
        """Return rows of shape (n, columns) without yesterday's share and their stretch's level, times the root of their weight."""
        out = values.copy()
        now = np.flatnonzero(self.follows)
        out[now] -= memory * values[now - 1]
        level = np.where(self.follows, 1.0 - memory, 1.0)
        sure = weights * np.where(self.follows, 1.0, 1.0 - memory**2)
        total = np.maximum(np.bincount(self.stretch, sure * level**2), 1e-12)
        for column in out.T:
            column -= level * (np.bincount(self.stretch, sure * level * column) / total)[self.stretch]
        return np.asarray(out * np.sqrt(sure)[:, None])
