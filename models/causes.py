"""A second model, whose reasons come first: doses, then the athlete's own state of what they leave.

The product's estimator knows the own state first, so that yesterday's reports carry what slow causes did (sleep debt,
stress, fuel) and the causes themselves get too little. Here the doses speak first, one a factor, and the own state is that of
*innovations*: of what each past report held beyond what the doses had said of it. Where logs hold food, fluid and heat
it forecasts better and its points are truer; elsewhere worse. How far to follow it is learned (`heavylegs.training.fit`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..features.catalog import Feature
from ..features.matrix import Matrix
from ..features.reports import moved_by
from .fatigue import FatigueRegressor, bag_weights
from .linear import LinearState

Floats = npt.NDArray[np.float64]
SLOW_STATE = ("usual_mean_0_10", "usual_ewma_28_0_10")
"""Of the own state, what stands beside the doses while they are learned: a level that no single day's cause can hide in."""
PARAMETERS: dict[str, Any] = {"trees": 200, "learning_rate": 0.05, "column_share": 0.15, "leaves": 4}
"""Small trees of few columns, so that every dose grows in turn and no other takes its credit."""
ALPHA = 100.0


@dataclass(frozen=True)
class Causes:
    """Doses first, then the own state of what they leave.

    Parameters
    ----------
    doses : FatigueRegressor
        Fitted on the doses and the slow level, the latter in its linear part alone.
    centre : float
        What the doses say on average of the days that were learned from.
    state : tuple of Feature
        The catalogue's own state.
    states : tuple of LinearState
        Slopes on `state`, as it is of innovations; one a member of the bag.
    """

    doses: FatigueRegressor
    centre: float
    state: tuple[Feature, ...]
    states: tuple[LinearState, ...]

    @classmethod
    def fit(cls, matrix: Matrix) -> Causes | None:
        """Learn from labelled rows; None where the catalogue has no dose among its inputs."""
        doses, state = [f for f in matrix.catalog.inputs() if f.dose], matrix.catalog.inputs("state")
        if not doses:
            return None
        names, slow = [f.name for f in doses], [f.name for f in state if f.name in SLOW_STATE]
        who, rated = matrix.keys["athlete_id"].cat.codes.to_numpy(), matrix.target.astype(float)
        regressor = FatigueRegressor(
            state=slow + names,
            boosted=names,
            directions=[f.direction for f in doses],
            directed_state=True,
            **PARAMETERS,
        ).fit(matrix.frame[slow + names], rated, who)
        first = cls(regressor, 0.0, tuple(state), ())
        said = first.said(matrix.frame)
        first = cls(regressor, float(said.mean()), tuple(state), ())
        innovations = first.innovations(matrix)
        weights = bag_weights(who, len(rated), regressor.bags, regressor.random_state)
        left = rated - (said - first.centre)
        states = tuple(LinearState.fit(innovations, left, ALPHA, w) for w in weights)
        return cls(regressor, first.centre, first.state, states)

    @property
    def input_names(self) -> list[str]:
        """Names of the doses, then of the own state: the columns of `contributions_by_member`."""
        return self._doses() + [f.name for f in self.state]

    def said(self, frame: pd.DataFrame) -> Floats:
        """Return what the doses alone say of rows of features, less their average, shape (n,)."""
        return self.doses.predict(self._alone(frame)) - self.centre

    def innovations(self, matrix: Matrix) -> Floats:
        """Return the own state of what past reports held beyond what the doses had said, shape (n, state).

        The state is linear in past reports, so that what was said of them is taken from it as it stands.
        """
        names = [f.name for f in self.state]
        return matrix.frame[names].to_numpy(dtype=float) - moved_by(matrix, self.state, self.said)

    def predict(self, matrix: Matrix) -> Floats:
        """Return canonical fatigue, shape (n,)."""
        if not len(matrix):
            return np.zeros(0)
        own = LinearState.mean(self.states).predict(self.innovations(matrix))
        return np.asarray(self.said(matrix.frame) + own)

    def contributions_by_member(self, matrix: Matrix) -> Floats:
        """Return each member's points of `input_names` and its constant, shape (members, n, inputs + 1)."""
        doses = self.doses.contributions_by_member(self._alone(matrix.frame))
        slow = self.doses.n_features_in_ - len(self._doses())  # columns that were blanked and moved nothing
        innovations, parts = self.innovations(matrix), []
        for of_doses, state in zip(doses, self.states, strict=True):
            terms, constant = state.terms(innovations)
            last = of_doses[:, -1:] - self.centre + constant
            parts.append(np.hstack([of_doses[:, slow:-1], terms, last]))
        return np.stack(parts)

    def _doses(self) -> list[str]:
        return [n for n in self._columns() if n not in SLOW_STATE]

    def _columns(self) -> Sequence[str]:
        return [str(n) for n in self.doses.feature_names_in_]

    def _alone(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the columns of `doses` with the slow level blank: an absent value moves nothing."""
        columns = {n: np.nan if n in SLOW_STATE else frame[n] for n in self._columns()}
        return pd.DataFrame(columns, index=frame.index)
