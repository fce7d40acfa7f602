"""Athletes' mornings in the order of time, ready to be regressed on: levels taken out, noise and memory allowed for.

A *residual* is what some fit leaves of a morning's rating. Within a *stretch* of 60 days an athlete has one level, so
that only what changes from day to day teaches a response, never what differs between people.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..data.arrays import Floats, Mask, Whole

LEVEL_DAYS = 60
"""Of a stretch with one level."""
NOISE_PRIOR_ROWS = 20
"""Mornings as which everybody's noise weighs beside an athlete's own."""
MOST_MEMORY = 0.9
"""Of a morning in the next: at 1 nothing but changes from day to day would be left to learn from."""


@dataclass(frozen=True)
class Mornings:
    """Whose mornings follow on whose.

    Parameters
    ----------
    athlete, stretch : int arrays of shape (n,)
        Whose row it is, and in which stretch with a level of its own; both numbered from 0.
    follows : boolean array of shape (n,)
        Whether the row before is the same athlete's day before, in the same stretch.
    """

    athlete: Whole
    stretch: Whole
    follows: Mask

    @classmethod
    def of(cls, owner: Whole, day: Whole) -> Mornings:
        """Return the mornings of these rows, which are in order of owner and day.

        Parameters
        ----------
        owner : int array of shape (n,)
            Whose row it is.
        day : int array of shape (n,)
            Days since some day.
        """
        athlete = np.unique(owner, return_inverse=True)[1]
        stretch = np.unique(np.stack([athlete, day // LEVEL_DAYS]), axis=1, return_inverse=True)[1].ravel()
        follows = np.append(False, (np.diff(owner) == 0) & (np.diff(day) == 1) & (np.diff(stretch) == 0))
        return cls(athlete, stretch, follows)

    def noise_weights(self, residual: Floats) -> Floats:
        """Return how much each morning should weigh, about 1: by how little its athlete's residuals scatter.

        Everybody's variance over the athlete's own, which is drawn to everybody's with the weight of 20 mornings.
        """
        own = self._without_level(residual)
        squares, count = np.bincount(self.athlete, own**2), np.bincount(self.athlete)
        everybody = squares.sum() / count.sum()
        drawn = (squares + NOISE_PRIOR_ROWS * everybody) / (count + NOISE_PRIOR_ROWS)
        return np.asarray(everybody / np.maximum(drawn, 1e-9))[self.athlete]

    def memory(self, residual: Floats) -> float:
        """Return how much of a morning's residual is still there a day later, 0 to .9."""
        own = self._without_level(residual)
        now = np.flatnonzero(self.follows)
        before = float(own[now - 1] @ own[now - 1])
        return float(np.clip(own[now] @ own[now - 1] / before, 0.0, MOST_MEMORY)) if before > 0 else 0.0

    def whitened(self, values: Floats, weights: Floats, memory: float) -> Floats:
        """Return columns such that plain least squares on them allows for memory, levels and weights.

        `memory` times yesterday's row is taken out (Cochrane and Orcutt 1949), then the level of the stretch, and rows are
        multiplied by the root of their weight.

        Parameters
        ----------
        values : array of shape (n, columns)
        weights : array of shape (n,)
        memory : float
            See `memory`.
        """
        out = values.copy()
        now = np.flatnonzero(self.follows)
        out[now] -= memory * values[now - 1]
        level = np.where(self.follows, 1.0 - memory, 1.0)
        sure = weights * np.where(self.follows, 1.0, 1.0 - memory**2)
        total = np.maximum(np.bincount(self.stretch, sure * level**2), 1e-12)
        for column in out.T:
            column -= level * (np.bincount(self.stretch, sure * level * column) / total)[self.stretch]
        return np.asarray(out * np.sqrt(sure)[:, None])

    def _without_level(self, residual: Floats) -> Floats:
        return np.asarray(
            residual - (np.bincount(self.stretch, residual) / np.bincount(self.stretch))[self.stretch]
        )
