"""How mornings answer to doses: one monotone curve a dose, all fitted together.

Trees are greedy: of two doses that go together, the one that is split first keeps what both moved. Here every curve is
piecewise linear with rises that cannot go against its direction, and all rises are found in one convex problem, so that each dose
keeps what it moves beside the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import solve_triangular
from scipy.optimize import nnls
from threadpoolctl import threadpool_limits

from .absent_doses import expected

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

SEGMENTS = 8
SMOOTHNESS = 100.0
RIDGE = 10.0
LEVEL_DAYS = 60
"""A level of its own for every athlete and stretch of so many days: what differs between people teaches no response."""
NOISE_PRIOR_ROWS = 20
MOST_MEMORY = 0.9
REWEIGHTINGS = 2


@dataclass(frozen=True)
class DoseResponses:
    """Curves of points over doses; together they tell how far a day's doses moved the next morning.

    Parameters
    ----------
    at : tuple of arrays, each of shape (knots,)
        Doses, ascending, in the units of each feature; one array a dose.
    points : tuple of arrays, each of shape (knots,)
        What each of these doses moves, canonical points, 0 on average over the days that were learned from.
    """

    at: tuple[Floats, ...]
    points: tuple[Floats, ...]

    def terms(self, doses: Floats) -> Floats:
        """Return each dose's points, shape (n, doses): straight between knots, flat beyond them, 0 where it is absent."""
        out = np.zeros(doses.shape)
        for column, (at, points) in enumerate(zip(self.at, self.points, strict=True)):
            known = ~np.isnan(doses[:, column])
            out[known, column] = np.interp(doses[known, column], at, points)
        return out


def fit_responses(
    doses: Floats,
    directions: Sequence[int],
    target: Floats,
    owner: Whole,
    day: Whole,
    weights: Floats,
) -> list[DoseResponses]:
    """Learn the curves, once for each row of `weights`.

    Parameters
    ----------
    doses : array of shape (n, doses)
        NaN where absent; see `heavylegs.models.absent_doses` for what then stands there while learning.
    directions : sequence of {-1, 1}
    target : array of shape (n,)
        Canonical fatigue of the next morning.
    owner : int array of shape (n,)
        Whose row it is; rows are in order of owner and day.
    day : int array of shape (n,)
        Days since some day.
    weights : array of shape (members, n)

    Returns
    -------
    list of DoseResponses, one a member

    Notes
    -----
    Rises over the segments between knots are fitted by non-negative least squares on the normal equations, as neighbouring slopes are
    drawn together and rises to 0. Each athlete's mornings weigh by how little they scatter, and a morning is compared with
    what yesterday's left of it (Cochrane and Orcutt 1949), both from a first fit.
    """
    with threadpool_limits(
        1, "blas"
    ):  # sums in one order, so that the curves are the same, bit for bit, with any number of threads
        return _fit_members(doses, directions, target, owner, day, weights)


def _fit_members(
    doses: Floats, directions: Sequence[int], target: Floats, owner: Whole, day: Whole, weights: Floats
) -> list[DoseResponses]:
    rises = _Rises.of(doses, directions)
    columns = expected(rises.columns(doses), rises.ends)
    own = columns.shape[1]
    # Training follows the calendar, and so may mornings: what a weekday does by itself is no dose's.
    columns = np.hstack([columns, _weekdays(day)])
    penalty = RIDGE * np.eye(columns.shape[1])
    penalty[:own, :own] = rises.penalty
    days = _Mornings.of(owner, day)
    noise, memory = np.ones(len(target)), 0.0
    for _ in range(REWEIGHTINGS):
        left = target - columns @ _fit(columns, target, days, noise, memory, penalty)
        noise, memory = days.noise_weights(left), days.memory(left)
    return [
        rises.curves(_fit(columns, target, days, noise * of_member, memory, penalty)[:own])
        for of_member in weights
    ]


def _weekdays(day: Whole) -> Floats:
    """Return a column for each weekday, up and down, shape (n, 14): non-negative sizes of them are sizes of any sign."""
    up = (day[:, None] % 7 == np.arange(7)).astype(float)
    return np.hstack([up, -up])


@dataclass(frozen=True)
class _Rises:
    """The segments of all curves, one after the other."""

    at: tuple[Floats, ...]
    directions: tuple[int, ...]
    means: Floats

    @classmethod
    def of(cls, doses: Floats, directions: Sequence[int]) -> _Rises:
        at = tuple(_knots(d[~np.isnan(d)]) for d in doses.T)
        bare = cls(at, tuple(directions), np.zeros(sum(len(a) - 1 for a in at)))
        through = bare.columns(doses)
        known = ~np.isnan(through)
        means = np.where(known, through, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        return cls(at, tuple(directions), means)

    def columns(self, doses: Floats) -> Floats:
        """Return how far each dose has come through each segment, shape (n, segments), 0-1 from its mean; NaN if absent."""
        parts = [
            direction * np.clip((dose[:, None] - at[:-1]) / np.diff(at), 0.0, 1.0)
            for dose, at, direction in zip(doses.T, self.at, self.directions, strict=True)
        ]
        return np.asarray(np.hstack(parts) - self.means)

    @property
    def ends(self) -> list[int]:
        """Return where the segments of each dose end."""
        return [int(end) for end in np.cumsum([len(at) - 1 for at in self.at])]

    @property
    def penalty(self) -> Floats:
        """Return the penalty on rises and on differences of neighbouring slopes, shape (segments, segments)."""
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
        return SMOOTHNESS * out + RIDGE * np.eye(len(out))

    def curves(self, heights: Floats) -> DoseResponses:
        """Return the curves of these rises."""
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
    return np.unique(np.append(least, np.quantile(above, np.linspace(0.0, 1.0, SEGMENTS + 1)[1:])))


@dataclass(frozen=True)
class _Mornings:
    """Whose mornings follow on whose: athletes, stretches with a level of their own, rows whose yesterday is there."""

    athlete: Whole
    stretch: Whole
    follows: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, owner: Whole, day: Whole) -> _Mornings:
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


def _fit(
    columns: Floats, target: Floats, mornings: _Mornings, weights: Floats, memory: float, penalty: Floats
) -> Floats:
    """Return the non-negative rises, shape (segments,)."""
    x = mornings.whitened(columns, weights, memory)
    y = mornings.whitened(target[:, None], weights, memory)[:, 0]
    normal = x.T @ x + penalty
    lower = np.linalg.cholesky(normal)
    rises, _ = nnls(lower.T, solve_triangular(lower, x.T @ y, lower=True), maxiter=100 * len(normal))
    return np.asarray(rises)
