"""A ridge on standardised columns that lets absent values pass and takes itself apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import Ridge

Floats = npt.NDArray[np.float64]


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
        directions: Sequence[int] | None = None,
    ) -> LinearState:
        """Fit on `values` of shape (n, columns), NaN allowed, and `weights` of shape (n,).

        A column whose slope would go against its direction (-1, 1; 0 is free) is left out, and the others fitted anew.
        """
        if not values.shape[1]:
            return cls(np.zeros(0), np.zeros(0), float(np.average(target, weights=weights)))
        logged = ~np.isnan(values)
        counts = np.maximum(logged.sum(axis=0), 1)
        means = np.where(logged, values, 0.0).sum(axis=0) / counts
        centred = np.where(logged, values - means, 0.0)
        spread = np.sqrt((centred**2).sum(axis=0) / counts)
        spread[spread < 1e-9] = 1.0
        centred /= spread
        ridge = Ridge(alpha=alpha).fit(centred, target, sample_weight=weights)
        while directions is not None and (wrong := np.asarray(directions) * ridge.coef_ < 0).any():
            centred[:, wrong] = 0.0
            ridge = Ridge(alpha=alpha).fit(centred, target, sample_weight=weights)
        return cls(means, np.asarray(ridge.coef_, dtype=float).ravel() / spread, float(ridge.intercept_))

    @classmethod
    def mean(cls, states: Sequence[LinearState]) -> LinearState:
        """Return the model whose terms are the mean of those of `states`, which share their means."""
        slopes = np.mean([s.slopes for s in states], axis=0)
        return cls(states[0].means, slopes, float(np.mean([s.constant for s in states])))

    def plus(self, column: int, slope: float, constant: float) -> LinearState:
        """Return the model with `slope` more on a column, which stands at its mean where absent, and `constant` more."""
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
