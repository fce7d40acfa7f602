"""How far doses move a morning: one piecewise linear curve a dose, and the segments that it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..data.arrays import Floats
from .interactions import Pair

KNOTS = (0.25, 0.5, 0.75, 0.92, 0.99)
"""Where the knots lie: at these quantiles of the days that had any of a dose. Beyond the last the curve is flat, for a
line drawn to the largest dose ever logged goes wrong."""


@dataclass(frozen=True)
class DoseResponses:
    """Curves of points over doses; together they tell how far a day's doses moved the next morning.

    Parameters
    ----------
    at : tuple of arrays, each of shape (knots,)
        Doses, ascending, in the units of each feature; one array a dose.
    points : tuple of arrays, each of shape (knots,)
        What each of these doses moves, canonical points, 0 on average over the days that were learned from.
    pairs : tuple of Pair
        What some move together beyond that.
    """

    at: tuple[Floats, ...]
    points: tuple[Floats, ...]
    pairs: tuple[Pair, ...] = ()

    def terms(self, doses: Floats) -> Floats:
        """Return each dose's points, shape (n, doses): straight between knots, flat beyond them, 0 where it is absent."""
        own = self._own(doses)
        out, above = np.nan_to_num(own), self._above_least(own)
        for pair in self.pairs:
            out[:, [pair.one, pair.other]] += pair.shares(above)
        return out

    def above_least(self, doses: Floats) -> Floats:
        """Return each dose's own points above those of its most harmless amount, shape (n, doses); NaN where it is absent."""
        return self._above_least(self._own(doses))

    def _own(self, doses: Floats) -> Floats:
        """Return what each dose moves by itself, shape (n, doses); NaN where it is absent."""
        curves = zip(doses.T, self.at, self.points, strict=True)
        return np.stack([np.interp(dose, at, points) for dose, at, points in curves], axis=1)

    def _above_least(self, own: Floats) -> Floats:
        return np.asarray(own - [points.min() for points in self.points])


@dataclass(frozen=True)
class Rises:
    """The segments of all curves, one after the other.

    Parameters
    ----------
    at : tuple of arrays, each of shape (knots,)
        Doses between which curves are straight; one array a dose.
    directions : tuple of {-1, 1}
    means : array of shape (segments,)
        How far the days that know each dose have come through its segments on average.
    """

    at: tuple[Floats, ...]
    directions: tuple[int, ...]
    means: Floats

    @classmethod
    def of(cls, doses: Floats, directions: Sequence[int]) -> Rises:
        """Return the segments between knots that these days suggest, shape (n, doses), NaN where absent."""
        at = tuple(_knots(d[~np.isnan(d)]) for d in doses.T)
        bare = cls(at, tuple(directions), np.zeros(sum(len(a) - 1 for a in at)))
        through = bare.columns(doses)
        known = ~np.isnan(through)
        means = np.where(known, through, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        return cls(at, tuple(directions), means)

    def columns(self, doses: Floats) -> Floats:
        """Return how far each dose has come through each of its segments, less the mean of the days that know it.

        Before the mean is taken off it is 0 below a segment, 1 (or -1, by the direction) beyond it, and straight between.

        Parameters
        ----------
        doses : array of shape (n, doses)

        Returns
        -------
        array of shape (n, segments)
            NaN where the dose is absent.
        """
        parts = [
            direction * np.clip((dose[:, None] - at[:-1]) / np.diff(at), 0.0, 1.0)
            for dose, at, direction in zip(doses.T, self.at, self.directions, strict=True)
        ]
        return np.asarray(np.hstack(parts) - self.means)

    @property
    def ends(self) -> list[int]:
        """Return where the segments of each dose end."""
        return [int(end) for end in np.cumsum([len(at) - 1 for at in self.at])]

    def penalty(self, smoothness: float, ridge: float) -> Floats:
        """Return the penalty on differences of neighbouring slopes and on rises, shape (segments, segments)."""
        out = np.zeros((len(self.means),) * 2)
        first = 0
        for at in self.at:
            width = np.diff(at)
            for i in range(len(width) - 1):
                bend = np.zeros(len(out))
                both = (width[i] + width[i + 1]) / 2
                bend[first + i], bend[first + i + 1] = both / width[i], -both / width[i + 1]
                out += np.outer(bend, bend)
            first += len(width)
        return smoothness * out + ridge * np.eye(len(out))

    def curves(self, heights: Floats) -> DoseResponses:
        """Return the curves that rise by `heights` over the segments, shape (segments,), in canonical points."""
        points, first = [], 0
        for at, direction in zip(self.at, self.directions, strict=True):
            own = slice(first, first + len(at) - 1)
            raised = direction * np.append(0.0, np.cumsum(heights[own]))
            points.append(raised - heights[own] @ self.means[own])
            first = own.stop
        return DoseResponses(self.at, tuple(points))


def _knots(known: Floats) -> Floats:
    """Return the least dose and quantiles of what lies above it: most days have none of most doses."""
    if not len(known):
        return np.array([0.0, 1.0])
    least = known.min()
    above = known[known > least]
    if not len(above):
        return np.array([least, least + 1.0])
    return np.unique(np.append(least, np.quantile(above, KNOTS)))
