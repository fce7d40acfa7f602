"""How mornings answer to doses: one monotone curve a dose, all fitted together.

Trees are greedy: of two doses that go together, the one that is split first keeps what both moved. Here every curve is
piecewise linear, its rises cannot go against its direction, and the rises of all curves are found in one convex problem,
so that each dose keeps what it moves beside the others. What two doses move only together is found with them
(`heavylegs.models.interactions`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.linalg import solve_triangular
from scipy.optimize import nnls
from threadpoolctl import threadpool_limits

from ..data.arrays import Floats, Mask, Whole
from .absent_doses import expected
from .dose_curves import DoseResponses, Rises
from .interactions import Pair
from .mornings import Mornings

SMOOTHNESS = 100.0
"""Penalty on differences between slopes of neighbouring segments."""
RIDGE = 30.0
"""Penalty on rises, and on the sizes of the other columns."""
REWEIGHTINGS = 2
"""First fits from which the noise and the memory of mornings are taken."""
PAIR_ROUNDS = 2
"""The product of a pair is one of two curves, so curves and products are fitted in turn."""
PAIR_RIDGE = 1.0
"""Penalty on the sizes of pairs."""


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
    Rises over the segments between knots are fitted by non-negative least squares on the normal equations; neighbouring
    slopes are drawn to each other, and rises to 0. Athletes whose mornings scatter little weigh more, and a morning is
    compared with what yesterday's left of it (Cochrane and Orcutt 1949); both are taken from a first fit.

    What stands for an absent dose has a size of its own as well: who never logs a thing may have more of it than those who
    do, and the doses that go with it must not pay for that. The product of a pair is that of the curves just found; it is
    fitted beside all curves, twice.
    """
    # Sums in one order, so that the curves are the same, bit for bit, with any number of threads.
    with threadpool_limits(1, "blas"):
        problem = _Problem.of(doses, directions, target, owner, day)
        return [problem.solved(of_member, pairs) for of_member in weights]


@dataclass(frozen=True)
class _Problem:
    """All that members share: doses, what is fitted to them and beside them, how sure each morning is.

    Parameters
    ----------
    rises : Rises
    doses : array of shape (n, doses)
    own : array of shape (n, segments)
        How far doses have come through their segments; sizes of these columns are never below 0.
    free : array of shape (n, columns)
        Weekdays and the stand-ins of absent doses; sizes of these may have any sign.
    target : array of shape (n,)
    mornings : Mornings
    noise : array of shape (n,)
        Weights of the mornings; see `Mornings.noise_weights`.
    memory : float
        See `Mornings.memory`.
    """

    rises: Rises
    doses: Floats
    own: Floats
    free: Floats
    target: Floats
    mornings: Mornings
    noise: Floats
    memory: float = 0.0

    @classmethod
    def of(
        cls, doses: Floats, directions: Sequence[int], target: Floats, owner: Whole, day: Whole
    ) -> _Problem:
        rises = Rises.of(doses, directions)
        own = expected(rises.columns(doses), rises.ends)
        # Training follows the calendar, and so may mornings: what a weekday does by itself is no dose's.
        weekdays = (day[:, None] % 7 == np.arange(7)).astype(float)
        free = np.hstack([weekdays, _stand_ins(own, np.isnan(doses), rises.ends)])
        mornings = Mornings.of(owner, day)
        problem = cls(rises, doses, own, free, target, mornings, np.ones(len(target)))
        for _ in range(REWEIGHTINGS):
            sizes = problem.sizes(own, problem.penalty, np.ones(len(target)))
            residual = target - np.hstack([own, free]) @ sizes
            noise, memory = mornings.noise_weights(residual), mornings.memory(residual)
            problem = replace(problem, noise=noise, memory=memory)
        return problem

    @cached_property
    def penalty(self) -> Floats:
        """Return the penalty on the rises, shape (segments, segments)."""
        return self.rises.penalty(SMOOTHNESS, RIDGE)

    def solved(self, weights: Floats, pairs: Sequence[tuple[int, int]]) -> DoseResponses:
        """Return a member's curves and what its pairs move."""
        segments = self.own.shape[1]
        curves = self.rises.curves(self.sizes(self.own, self.penalty, weights)[:segments])
        for _ in range(PAIR_ROUNDS if pairs else 0):
            above = curves.above_least(self.doses)
            found = [pair for one, other in pairs if (pair := Pair.of(one, other, above))]
            columns = np.hstack([self.own, *(p.shares(above).sum(axis=1, keepdims=True) for p in found)])
            penalty = PAIR_RIDGE * np.eye(columns.shape[1])
            penalty[:segments, :segments] = self.penalty
            sizes = self.sizes(columns, penalty, weights)
            curves = self.rises.curves(sizes[:segments])
            above, of_pairs = curves.above_least(self.doses), sizes[segments : columns.shape[1]]
            again = [
                Pair.of(p.one, p.other, above, float(size)) for p, size in zip(found, of_pairs, strict=True)
            ]
            curves = replace(curves, pairs=tuple(pair for pair in again if pair))
        return curves

    def sizes(self, columns: Floats, penalty: Floats, weights: Floats) -> Floats:
        """Return the sizes of `columns`, none below 0, and after them those of `free`, that fit the mornings best.

        Parameters
        ----------
        columns : array of shape (n, columns)
        penalty : array of shape (columns, columns)
        weights : array of shape (n,)
            Of the member's mornings.
        """
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


def _stand_ins(own: Floats, absent: Mask, ends: Sequence[int]) -> Floats:
    """Return what stands for each dose that is absent somewhere, 0 on other days, shape (n, doses with gaps)."""
    starts, out = [0, *ends[:-1]], np.zeros(absent.shape)
    for dose, (start, end) in enumerate(zip(starts, ends, strict=True)):
        out[:, dose] = absent[:, dose] * own[:, start:end].sum(axis=1)
    return out[:, absent.any(axis=0)]
