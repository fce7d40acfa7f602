"""How an athlete's mornings answer to doses, where they differ from everybody's: learned from own reports, week by week.

Two runners with like logs tire of different things. So each dose's points are multiplied by a factor of the athlete's
own. It is 1 before anything is known and is then learned by a Bayesian regression: of the residuals of past mornings
(what doses and state left of their ratings) on the points of their days, with a prior around 1 as wide as people differ.
No training on the athlete is needed, so it serves people never seen as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..data.arrays import Floats, Whole
from .mornings import NOISE_PRIOR_ROWS

SPREADS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
"""Widths of the prior that are tried."""
LEAST_FACTOR = 0.1
"""Above 0: nobody's morning goes against a dose's direction."""
WEEK = 7


@dataclass(frozen=True)
class OwnResponses:
    """What is known of how athletes differ.

    Parameters
    ----------
    spread : float
        Standard deviation between athletes of the factor on a dose's points; 0 where everybody answers alike.
    noise : float
        Variance of the residuals, in squared canonical points.
    """

    spread: float = 0.0
    noise: float = 1.0

    @classmethod
    def fit(cls, points: Floats, residual: Floats, owner: Whole, judged: Whole) -> OwnResponses:
        """Choose the spread that would have forecast the residuals best, each from the athlete's earlier weeks.

        Parameters
        ----------
        points, residual, owner
            As for `learned`.
        judged : int array
            Rows whose residuals are forecast; the others are learned from only.
        """
        known = judged[~np.isnan(residual[judged])]
        noise = (
            float(np.var(residual[known])) if len(known) else 0.0
        )  # later days may stand beside those judged
        noise = noise or 1.0

        def missed(spread: float) -> float:
            own, usual = cls(spread, noise).learned(points, residual, owner)
            return float(np.sum((residual - ((points - usual) * own).sum(axis=1))[known] ** 2))

        return cls(min(SPREADS, key=missed), noise)

    def learned(self, points: Floats, residual: Floats, owner: Whole) -> tuple[Floats, Floats]:
        """Return what each day knows of its athlete.

        Parameters
        ----------
        points : array of shape (n, doses)
            Everybody's points of each day's doses; rows in order of owner and day.
        residual : array of shape (n,)
            What doses and state left of the rating of the morning after; NaN where it was not reported.
        owner : int array of shape (n,)

        Returns
        -------
        own : array of shape (n, doses)
            The athlete's factors less 1, from the mornings before the current week of their log.
        usual : array of shape (n, doses)
            Mean points of the athlete's days before; of the first day its own, above which nothing is.
        """
        own, usual = np.zeros(points.shape), np.zeros(points.shape)
        if self.spread > 0:
            for rows in _runs(owner):
                usual[rows] = _mean_before(points[rows])
                own[rows] = self._of_one(points[rows] - usual[rows], residual[rows])
        return own, usual

    def _of_one(self, above: Floats, residual: Floats) -> Floats:
        """Return one athlete's factors less 1, from points above the own usual and residuals in order of time."""
        known = ~np.isnan(residual)
        week = np.arange(len(residual)) // WEEK
        squares, count = (_by_week(np.where(known, x, 0.0)) for x in (residual**2, np.ones(len(residual))))
        variance = (_sum_before(squares) + NOISE_PRIOR_ROWS * self.noise) / (
            _sum_before(count) + NOISE_PRIOR_ROWS
        )
        sure = np.where(known, 1.0, 0.0) / np.sqrt(variance[week])
        x, y = above * sure[:, None], np.where(known, residual, 0.0) * sure
        told = _sum_before(_by_week(x[:, :, None] * x[:, None, :]))
        pull = _sum_before(_by_week(x * y[:, None]))
        factors = np.linalg.solve(told + np.eye(x.shape[1]) / self.spread**2, pull[:, :, None])[:, :, 0]
        return np.asarray(np.maximum(factors, LEAST_FACTOR - 1.0)[week])


def _runs(owner: Whole) -> Iterator[slice]:
    """Yield each athlete's rows."""
    ends: Sequence[int] = [*(np.flatnonzero(np.diff(owner)) + 1).tolist(), len(owner)]
    first = 0
    for end in ends:
        yield slice(first, end)
        first = end


def _by_week(values: Floats) -> Floats:
    """Return the sums of each week of days, the last of them maybe shorter."""
    return np.asarray(np.add.reduceat(values, np.arange(0, len(values), WEEK), axis=0))


def _sum_before(values: Floats) -> Floats:
    """Return the sum of all earlier entries, 0 for the first."""
    return np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(values, axis=0)[:-1]])


def _mean_before(values: Floats) -> Floats:
    """Return the mean of all earlier rows; of the first row itself, before which nothing is usual."""
    mean = _sum_before(values) / np.maximum(np.arange(len(values)), 1)[:, None]
    mean[:1] = values[:1]
    return np.asarray(mean)
