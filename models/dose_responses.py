"""How mornings answer to doses: one monotone curve a dose, all fitted together.

Trees are greedy: of two doses that go together, the one that is split first keeps what both moved. Here every curve is
piecewise linear with rises that cannot go against its direction, and all rises are found in one convex problem, so that each dose
keeps what it moves beside the others. What two doses move only together is found with them (`heavylegs.models.interactions`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.linalg import solve_triangular
from scipy.optimize import nnls
from threadpoolctl import threadpool_limits

from .absent_doses import expected
from .interactions import Pair

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

KNOTS = (0.25, 0.5, 0.75, 0.92, 0.99)
"""Shares of the days that had any of a dose, below which the knots lie. Flat beyond: a line drawn to the largest dose ever logged goes wrong."""
SMOOTHNESS = 100.0
RIDGE = 30.0
LEVEL_DAYS = 60
"""A level of its own for every athlete and stretch of so many days: what differs between people teaches no response."""
NOISE_PRIOR_ROWS = 20
MOST_MEMORY = 0.9
REWEIGHTINGS = 2
PAIR_ROUNDS = 2
PAIR_RIDGE = 1.0


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


def fit_responses(
    doses: Floats,
    directions: Sequence[int],
    target: Floats,
    owner: Whole,
    day: Whole,
    weights: Floats,
    pairs: Sequence[tuple[int, int]] = (),
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
    pairs : sequence of (int, int)
        Columns of doses that may move more together.

    Returns
    -------
    list of DoseResponses, one a member

    Notes
    -----
    Rises over the segments between knots are fitted by non-negative least squares on the normal equations, as neighbouring slopes are
    drawn together and rises to 0. Each athlete's mornings weigh by how little they scatter, and a morning is compared with
    what yesterday's left of it (Cochrane and Orcutt 1949), both from a first fit. What stands for an absent dose has a size of its
    own as well: who never logs a thing may have more of it than those who do, and the doses that go with it must not pay for that. The
    product of a pair is that of the curves just found; it is fitted beside all curves, twice.
    """
    with threadpool_limits(
        1, "blas"
    ):  # sums in one order, so that the curves are the same, bit for bit, with any number of threads
        problem = _Problem.of(doses, directions, target, owner, day)
        return [problem.solved(of_member, pairs) for of_member in weights]


@dataclass(frozen=True)
class _Problem:
    """All that members share: doses, what is fitted to them and beside them, how sure each morning is.

    Parameters
    ----------
    rises : _Rises
    doses : array of shape (n, doses)
    own : array of shape (n, segments)
        Sizes of these columns are not below 0.
    free : array of shape (n, columns)
        Sizes of these may have any sign.
    target : array of shape (n,)
    mornings : _Mornings
    noise : array of shape (n,)
        Weights of the mornings.
    memory : float
    """

    rises: _Rises
    doses: Floats
    own: Floats
    free: Floats
    target: Floats
    mornings: _Mornings
    noise: Floats
    memory: float = 0.0

    @classmethod
    def of(
        cls, doses: Floats, directions: Sequence[int], target: Floats, owner: Whole, day: Whole
    ) -> _Problem:
        rises = _Rises.of(doses, directions)
        own = expected(rises.columns(doses), rises.ends)
        # Training follows the calendar, and so may mornings: what a weekday does by itself is no dose's.
        weekdays = (day[:, None] % 7 == np.arange(7)).astype(float)
        free = np.hstack([weekdays, _stand_ins(own, np.isnan(doses), rises.ends)])
        mornings = _Mornings.of(owner, day)
        problem = cls(rises, doses, own, free, target, mornings, np.ones(len(target)))
        for _ in range(REWEIGHTINGS):
            left = target - np.hstack([own, free]) @ problem.sizes(own, rises.penalty, np.ones(len(target)))
            problem = replace(problem, noise=mornings.noise_weights(left), memory=mornings.memory(left))
        return problem

    def solved(self, weights: Floats, pairs: Sequence[tuple[int, int]]) -> DoseResponses:
        """Return a member's curves and what its pairs move."""
        segments = self.own.shape[1]
        curves = self.rises.curves(self.sizes(self.own, self.rises.penalty, weights)[:segments])
        for _ in range(PAIR_ROUNDS if pairs else 0):
            above = curves.above_least(self.doses)
            found = [pair for one, other in pairs if (pair := Pair.of(one, other, above))]
            columns = np.hstack([self.own, *(p.shares(above).sum(axis=1, keepdims=True) for p in found)])
            penalty = PAIR_RIDGE * np.eye(columns.shape[1])
            penalty[:segments, :segments] = self.rises.penalty
            sizes = self.sizes(columns, penalty, weights)
            curves = self.rises.curves(sizes[:segments])
            above, of_pairs = curves.above_least(self.doses), sizes[segments : columns.shape[1]]
            again = [
                Pair.of(p.one, p.other, above, float(size)) for p, size in zip(found, of_pairs, strict=True)
            ]
            curves = replace(curves, pairs=tuple(pair for pair in again if pair))
        return curves

    def sizes(self, columns: Floats, penalty: Floats, weights: Floats) -> Floats:
        """Return the sizes of `columns`, none below 0, and then of `free`, that fit the mornings best, each of these weights."""
        sure, k = self.noise * weights, columns.shape[1]
        x = self.mornings.whitened(np.hstack([columns, self.free]), sure, self.memory)
        y = self.mornings.whitened(self.target[:, None], sure, self.memory)[:, 0]
        normal, pull = x.T @ x + RIDGE * np.eye(x.shape[1]), x.T @ y
        normal[:k, :k] += penalty - RIDGE * np.eye(k)
        # What is free is taken out first (Frisch and Waugh 1933).
        out = np.linalg.solve(normal[k:, k:], np.column_stack([normal[k:, :k], pull[k:]]))
        lower = np.linalg.cholesky(normal[:k, :k] - normal[:k, k:] @ out[:, :k])
        bare = solve_triangular(lower, pull[:k] - normal[:k, k:] @ out[:, k], lower=True)
        sizes, _ = nnls(lower.T, bare, maxiter=100 * k)
        return np.concatenate([sizes, out[:, k] - out[:, :k] @ sizes])


def _stand_ins(own: Floats, absent: npt.NDArray[np.bool_], ends: Sequence[int]) -> Floats:
    """Return what stands for each dose that is absent somewhere, 0 on other days, shape (n, doses with gaps)."""
    starts, out = [0, *ends[:-1]], np.zeros(absent.shape)
    for dose, (start, end) in enumerate(zip(starts, ends, strict=True)):
        out[:, dose] = absent[:, dose] * own[:, start:end].sum(axis=1)
    return out[:, absent.any(axis=0)]


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
    return np.unique(np.append(least, np.quantile(above, KNOTS)))


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
