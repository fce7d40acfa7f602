"""A trained model with all that a forecast needs: estimator, factor groups, intervals."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..features.catalog import Catalog, Information
from ..features.factors import FACTORS
from ..features.matrix import Matrix
from .attribution import attribute
from .bad_morning import BadMorning
from .fatigue import FatigueRegressor
from .intervals import Intervals

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Forecaster:
    """What `train` makes, the registry keeps and `predict` and `explain` use.

    Parameters
    ----------
    catalog : Catalog
        The features it was trained with.
    information : {"evening", "morning"}
    regressor : FatigueRegressor
        Fitted on the catalogue's inputs.
    intervals : Intervals
    bad_morning : BadMorning or None
        None where too few days were held out to learn it.
    factor_weights : dict of str to float
        Each named factor's share of the points that the factors move; they add up to 1.
    told : dict
        What the manifest tells of it: cohort, digest, span, rows, metrics.
    """

    catalog: Catalog
    information: Information
    regressor: FatigueRegressor
    intervals: Intervals = field(default_factory=Intervals)
    bad_morning: BadMorning | None = None
    factor_weights: dict[str, float] = field(default_factory=dict)
    told: dict[str, object] = field(default_factory=dict)

    @classmethod
    def fit(cls, matrix: Matrix, **parameters: Any) -> Forecaster:
        """Learn from labelled rows; `parameters` are `FatigueRegressor`'s."""
        state, boosted = matrix.catalog.inputs("state"), matrix.catalog.inputs("boosted")
        regressor = FatigueRegressor(
            state=[f.name for f in state],
            boosted=[f.name for f in boosted],
            directions=[f.direction for f in boosted],
            **parameters,
        )
        regressor.fit(_inputs(matrix), matrix.target.astype(float), matrix.keys["athlete_id"].cat.codes)
        return cls(matrix.catalog, matrix.information, regressor)

    def with_(self, *, told: dict[str, object], intervals: Intervals | None = None) -> Forecaster:
        """Return the same model with an account of it, and other intervals where given."""
        return replace(self, told=told, intervals=intervals or self.intervals)

    def predict(self, matrix: Matrix) -> Floats:
        """Return canonical fatigue, shape (n,), not kept within 0-10 so that points add up."""
        return self.regressor.predict(_inputs(matrix))

    def predict_state(self, matrix: Matrix) -> Floats:
        """Return what the linear part alone says, shape (n,)."""
        return self.regressor.predict_state(_inputs(matrix))

    def feature_points(self, matrix: Matrix) -> tuple[pd.DataFrame, float]:
        """Return each input's points, shape (n, inputs), and the constant; together the prediction."""
        inputs = _inputs(matrix)
        parts = self.regressor.contributions(inputs)
        return pd.DataFrame(parts[:, :-1], columns=inputs.columns), float(parts[0, -1]) if len(parts) else 0.0

    def factor_points(self, matrix: Matrix) -> pd.DataFrame:
        """Return the points of every factor and of the two groups, shape (n, 24): rows sum to `predict`.

        They are measured from the cohort's average; see `heavylegs.models.attribution` for the own usual, and for
        how sure they are.
        """
        return attribute(self, matrix, "cohort").points[list(FACTORS)]

    def input_coverage(self, points: pd.DataFrame) -> Floats:
        """Return which share of the factors' weight had data, shape (n,), from `factor_points`; 1 without weights."""
        if not self.factor_weights:
            return np.ones(len(points))
        weights = np.array(list(self.factor_weights.values()))
        return np.asarray(points[list(self.factor_weights)].notna().to_numpy() @ weights / weights.sum())


def _inputs(matrix: Matrix) -> pd.DataFrame:
    return matrix.frame[[f.name for f in matrix.catalog.inputs()]]
