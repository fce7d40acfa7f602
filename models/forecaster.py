"""A trained model with all that a forecast needs: estimator, causes, starter, intervals, weights of factors."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ..data.arrays import Floats
from ..data.errors import InputError
from ..features.catalog import Catalog, Feature, Information
from ..features.matrix import Matrix
from .bad_morning import BadMorning
from .causes import Causes
from .fatigue import FatigueRegressor
from .intervals import Intervals

ANSWERS = ("own_answers", "sensitivity")
"""Families of features that forecast, in points, how own mornings answer to a day; see `FatigueRegressor`'s `alike`."""


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
        What the manifest tells of its training: cohort, digest, mornings, athletes, dates, figures on held-out days.
    starter : Forecaster or None
        A model of other people whose forecasts are mixed in; its inputs are among the catalogue's.
    starter_share : float
        Weight of the starter's forecasts, 0 to 1.
    causes : Causes or None
        A second model of the same athletes, doses first; see `heavylegs.models.causes`.
    causes_share : float
        Its weight beside `regressor`, 0 to 1; the starter is mixed into what both say together.
    """

    catalog: Catalog
    information: Information
    regressor: FatigueRegressor
    intervals: Intervals = field(default_factory=Intervals)
    bad_morning: BadMorning | None = None
    factor_weights: dict[str, float] = field(default_factory=dict)
    told: dict[str, object] = field(default_factory=dict)
    starter: Forecaster | None = None
    starter_share: float = 0.0
    causes: Causes | None = None
    causes_share: float = 0.0

    @classmethod
    def fit(cls, matrix: Matrix, **parameters: Any) -> Forecaster:
        """Learn from labelled rows; `parameters` are `FatigueRegressor`'s."""
        state, boosted = matrix.catalog.inputs("state"), matrix.catalog.inputs("boosted")
        regressor = FatigueRegressor(
            state=[f.name for f in state],
            boosted=[f.name for f in boosted],
            directions=[f.direction for f in boosted],
            scale=next((f.name for f in matrix.catalog.inputs("scale")), None),
            alike=[f.name for f in state if f.family in ANSWERS],
            **parameters,
        )
        regressor.fit(
            matrix.frame[[f.name for f in matrix.catalog.inputs()]],
            matrix.target.astype(float),
            matrix.owner,
        )
        return cls(matrix.catalog, matrix.information, regressor)

    @property
    def attribution(self) -> str:
        """Source and licence of the data behind the starter that this is or holds, as the licence asks; else empty."""
        return str((self.starter or self).told.get("attribution", ""))

    @property
    def bad_mornings(self) -> BadMorning | None:
        """What tells the chance of a bad morning: where too few were held out to learn it, the starter mixed in does."""
        if self.bad_morning is None and self.starter is not None and self.starter_share > 0.0:
            return self.starter.bad_morning
        return self.bad_morning

    def predict(self, matrix: Matrix) -> Floats:
        """Return canonical fatigue, shape (n,), not kept within 0-10 so that points add up."""
        if not len(matrix):  # scikit-learn would refuse
            return np.zeros(0)
        out = np.zeros(len(matrix))
        for model, share in self._speaking():
            told = self.regressor.predict(self.inputs(matrix)) if model is None else model.predict(matrix)
            out = (1 - share) * out + share * told
        return out

    def predict_state(self, matrix: Matrix) -> Floats:
        """Return what the linear part of `regressor` alone says, shape (n,)."""
        return self.regressor.predict_state(self.inputs(matrix))

    def feature_points(self, matrix: Matrix) -> tuple[pd.DataFrame, float]:
        """Return each input's points, shape (n, inputs), and the constant; together the prediction."""
        parts = self.contributions_by_member(matrix).mean(axis=0)
        constant = float(parts[0, -1]) if len(parts) else 0.0
        return pd.DataFrame(parts[:, :-1], columns=self.input_names), constant

    def contributions_by_member(self, matrix: Matrix) -> Floats:
        """Return each member's points of every input and its constant, shape (members, n, inputs + 1).

        A member's share of another model is one of that model's own members, taken in turn, so that what
        those disagree on counts as well.
        """
        own = np.zeros((len(self.regressor.members_), len(matrix), len(self.input_names) + 1))
        for model, share in self._speaking():
            if model is None:
                own = self.regressor.contributions_by_member(self.inputs(matrix))
                continue
            other = self._by_input(model, matrix)
            own *= 1 - share
            # Where the bags differ in size, every member of the other must count as often as any.
            mean, turns = other.mean(axis=0), np.arange(len(own)) % len(other)
            drawn = other[turns] - other[turns].mean(axis=0) + mean
            own += share * drawn
        return own

    def _by_input(self, model: Forecaster | Causes, matrix: Matrix) -> Floats:
        """Return another model's points as columns of this one's inputs and the constant."""
        if isinstance(model, Causes):
            names, parts = model.contributions_by_member(matrix)
        else:
            names, parts = model.input_names, model.contributions_by_member(matrix)
        out = np.zeros((*parts.shape[:2], len(self.input_names) + 1))
        out[:, :, -1] = parts[:, :, -1]
        for column, name in enumerate(names):  # a name may come twice
            out[:, :, self.input_names.index(name)] += parts[:, :, column]
        return out

    def _speaking(self) -> list[tuple[Forecaster | Causes | None, float]]:
        """Return the models that a forecast is mixed of, in order, with the share that each takes of what stands before it.

        None stands for `regressor`. What stands before a model that takes all of it has no say, and is left out: its points
        would take most of the time.
        """
        mixed: list[tuple[Forecaster | Causes | None, float]] = [(None, 1.0)]
        for model, share in ((self.causes, self.causes_share), (self.starter, self.starter_share)):
            if model is not None:
                mixed = [*(mixed if share < 1.0 else ()), (model, share)]
        return mixed

    @property
    def input_names(self) -> list[str]:
        """Names of the inputs, in the order of their points."""
        return [f.name for f in self.catalog.inputs()]

    @cached_property
    def heard(self) -> list[Feature]:
        """Inputs through which factors are heard: a factor of which a day holds none of them has no bar.

        They are the inputs that a forecast can depend on. But where the causes are followed most, only theirs: on a day
        whose doses are absent, what the regressor says of a factor is a small part of what it would move, and deserves
        no bar of its own.
        """
        if self.causes is not None and self.causes_share > 0.5:
            names = self.causes.heard
        else:
            names = set(self.regressor.heard_)
            if self.starter is not None and self.starter_share > 0.0:
                names |= {f.name for f in self.starter.heard}
        return [f for f in self.catalog.inputs() if f.name in names]

    def input_coverage(self, points: pd.DataFrame) -> Floats:
        """Return which share of the factors' weight had data, shape (n,); 1 without weights.

        Parameters
        ----------
        points : DataFrame of shape (n, parts)
            See `heavylegs.models.attribution.factor_points`: NaN where a factor had no data.
        """
        if not self.factor_weights:
            return np.ones(len(points))
        weights = np.array(list(self.factor_weights.values()))
        return np.asarray(points[list(self.factor_weights)].notna().to_numpy() @ weights / weights.sum())

    def inputs(self, matrix: Matrix) -> pd.DataFrame:
        """Return the columns of `matrix` that the model reads, in its order.

        Raises
        ------
        InputError
            Where it lacks one.
        """
        lacking = [name for name in self.input_names if name not in matrix.frame]
        if lacking:
            raise InputError(
                f"the matrix of {matrix.information} information lacks {lacking[0]}",
                mend=f"the model reads {self.information} information, and its own catalogue",
            )
        return matrix.frame[self.input_names]
