"""A ridge on standardised columns that lets absent values pass and takes itself apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import Ridge

from ..data.arrays import Floats, Mask

ALIKE = 80.0
"""Slopes of columns that are alike are drawn to each other so many times as strongly as other slopes are drawn to 0."""


@dataclass(frozen=True)
class LinearState:
    """A linear model whose terms are exact: ``predict == constant + terms.sum(axis=1)``.

    An absent value stands at the column's mean and so moves nothing.

    Parameters
    ----------
    means, slopes : arrays of shape (columns,)
        `slopes` in fatigue points a unit of the column.
    constant : float
        The prediction where every column is at its mean or absent.
    """

    means: Floats
    slopes: Floats
    constant: float

    @classmethod
    def fit(
        cls,
        values: Floats,
        target: Floats,
        alpha: float,
        weights: Floats | None = None,
        alike: Sequence[int] = (),
    ) -> LinearState:
        """Fit a ridge regression.

        Parameters
        ----------
        values : array of shape (n, columns)
            NaN where absent.
        target : array of shape (n,)
        alpha : float
            Penalty, on standardised columns.
        weights : array of shape (n,), optional
        alike : sequence of int
            Columns that are forecasts in points already: their slopes are drawn to one that they share, which is
            learned, and not to 0.
        """
        if not values.shape[1]:
            return cls(np.zeros(0), np.zeros(0), float(np.average(target, weights=weights)))
        logged = ~np.isnan(values)
        counts = np.maximum(logged.sum(axis=0), 1)
        means = np.where(logged, values, 0.0).sum(axis=0) / counts
        centred = np.where(logged, values - means, 0.0)
        spread = np.sqrt((centred**2).sum(axis=0) / counts)
        spread[spread < 1e-9] = 1.0
        ours = np.isin(np.arange(values.shape[1]), alike)
        return cls(means, *_ridge(centred, spread, target, alpha, weights, ours))

    @classmethod
    def mean(cls, states: Sequence[LinearState]) -> LinearState:
        """Return the model whose terms are the mean of those of `states`, which share their means."""
        slopes = np.mean([s.slopes for s in states], axis=0)
        return cls(states[0].means, slopes, float(np.mean([s.constant for s in states])))

    def plus(self, column: int, slope: float, constant: float) -> LinearState:
        """Return the model with `slope` more on a column, and `constant` more."""
        slopes = self.slopes.copy()
        slopes[column] += slope
        return LinearState(self.means, slopes, self.constant + constant)

    def terms(self, values: Floats) -> tuple[Floats, float]:
        """Return each column's points, shape (n, columns), and the constant."""
        return np.where(np.isnan(values), 0.0, values - self.means) * self.slopes, self.constant

    def predict(self, values: Floats) -> Floats:
        """Return the prediction, shape (n,)."""
        terms, constant = self.terms(values)
        return np.asarray(terms.sum(axis=1) + constant)


def _ridge(
    centred: Floats,
    spread: Floats,
    target: Floats,
    alpha: float,
    weights: Floats | None,
    alike: Mask,
) -> tuple[Floats, float]:
    """Return slopes and constant of a ridge on columns over their `spread`.

    Columns that are alike get their sum as one more column, penalised like any other, while their own are penalised
    `ALIKE` times as strongly: what they share is learned there, and their own slopes are drawn to it.
    """
    drawn = np.where(alike, 1.0 / np.sqrt(ALIKE), 1.0) / spread
    columns = centred * drawn
    if alike.any():
        together = centred[:, alike].sum(axis=1)
        wide = max(float(together.std()), 1e-9)
        columns = np.column_stack([columns, together / wide])
    ridge = Ridge(alpha=alpha).fit(columns, target, sample_weight=weights)
    found = np.asarray(ridge.coef_, dtype=float).ravel()
    slopes = found[: len(spread)] * drawn
    if alike.any():
        slopes[alike] += found[-1] / wide
    return slopes, float(ridge.intercept_)
