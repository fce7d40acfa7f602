"""The estimator: the athlete's own state, linear, and boosted trees on what it leaves."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from ..data.arrays import Floats, Mask, Whole
from .bag import bag_weights
from .linear import LinearState
from .tree_shap import tree_shap


@dataclass(frozen=True)
class Member:
    """One model of the bag: a linear state, and a booster for each of the estimator's `starts`."""

    state: LinearState
    boosters: tuple[lgb.Booster, ...]


class FatigueRegressor(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Predict next-day fatigue: linear own state plus LightGBM on its residual.

    Both parts take themselves apart exactly (linear terms, TreeSHAP), so that the points of the
    features and the constant add up to the prediction.

    Parameters
    ----------
    state : sequence of str or int, optional
        Columns of the linear part; all where None.
    boosted : sequence of str or int, optional
        Columns of the trees; all where None.
    directions : sequence of {-1, 0, 1}, optional
        Monotone constraint of each boosted column; none where None.
    scale : str or int, optional
        Column of positive values in whose units the residual is learned, such as the spread of the athlete's own
        ratings: the trees then say how many spreads the next morning lies above the linear part, since people use
        more or less of the scale. Where it is absent the mean of all rows stands for it.
    alike : sequence of str or int, optional
        Columns of the linear part that are forecasts in points already: their slopes are drawn to one that they
        share, so that few people need not teach each one anew.
    alpha : float
        Ridge penalty of the linear part, on standardised columns.
    trees, learning_rate, leaves, least_in_leaf, l2, column_share, row_share :
        LightGBM's num_iterations, learning_rate, num_leaves, min_data_in_leaf, lambda_l2,
        feature_fraction and bagging_fraction.
    extra_trees : bool
        Whether each split draws one threshold a column instead of trying all (Geurts et al. 2006): quicker,
        and less drawn to noise.
    starts : sequence of float
        Where the boosters begin: 1 on what the whole linear part leaves, 0 from the mean, as plain
        LightGBM does. Forecasts of all are averaged: the linear part carries new athletes, plain
        boosting those with long logs.
    bags : int
        Members of the bag, whose forecasts are averaged. Where `fit` knows whose rows they are, each
        learns with other weights of the athletes (after Rubin 1981, the Bayesian bootstrap), so that their
        disagreement tells how far the reasons hang on who was learned from.
    boosted_share : float
        How far the forecast goes from the linear part (0) to the boosted average (1).
    threads : int
        The model is the same, bit for bit, for any number.
    random_state : int

    Examples
    --------
    >>> import pandas as pd, numpy as np
    >>> X = pd.DataFrame({"usual": [2.0, 4.0, 6.0, 8.0] * 50, "debt": [0.0, 0.0, 5.0, 5.0] * 50})
    >>> y = X["usual"] + 0.1 * X["debt"]
    >>> model = FatigueRegressor(state=["usual"], boosted=["debt"], directions=[1]).fit(X, y)
    >>> parts = model.contributions(X)
    >>> bool(np.allclose(parts.sum(axis=1), model.predict(X), atol=1e-6))
    True
    """

    def __init__(
        self,
        state: Sequence[str | int] | None = None,
        boosted: Sequence[str | int] | None = None,
        directions: Sequence[int] | None = None,
        scale: str | int | None = None,
        *,
        alike: Sequence[str | int] = (),
        alpha: float = 100.0,
        trees: int = 200,
        learning_rate: float = 0.03,
        leaves: int = 15,
        least_in_leaf: int = 30,
        l2: float = 10.0,
        column_share: float = 0.4,
        row_share: float = 0.7,
        extra_trees: bool = False,
        starts: Sequence[float] = (1.0, 0.0),
        bags: int = 3,
        boosted_share: float = 1.0,
        threads: int = 1,
        random_state: int = 0,
    ) -> None:
        self.state = state
        self.boosted = boosted
        self.directions = directions
        self.scale = scale
        self.alike = alike
        self.alpha = alpha
        self.trees = trees
        self.learning_rate = learning_rate
        self.leaves = leaves
        self.least_in_leaf = least_in_leaf
        self.l2 = l2
        self.column_share = column_share
        self.row_share = row_share
        self.extra_trees = extra_trees
        self.starts = starts
        self.bags = bags
        self.boosted_share = boosted_share
        self.threads = threads
        self.random_state = random_state

    def fit(
        self, X: npt.ArrayLike | pd.DataFrame, y: npt.ArrayLike, groups: npt.ArrayLike | None = None
    ) -> FatigueRegressor:
        """Learn from features `X` of shape (n, columns) and canonical fatigue `y` of shape (n,).

        Parameters
        ----------
        groups : array of shape (n,), optional
            Whose row it is; see `bags`.
        """
        values, target = validate_data(
            self,
            X,
            y,
            dtype=np.float64,
            ensure_all_finite="allow-nan",
            y_numeric=True,
            ensure_min_samples=2,  # of one row LightGBM's row_share would leave none
        )
        names = self._names()
        self.state_columns_ = _positions(self.state, names)
        self.boosted_columns_ = _positions(self.boosted, names)
        if self.directions is not None and len(self.directions) != len(self.boosted_columns_):
            raise ValueError(
                f"{len(self.directions)} directions for {len(self.boosted_columns_)} boosted columns: one each is needed"
            )
        self.scale_column_ = None if self.scale is None else int(_positions([self.scale], names)[0])
        self.mean_scale_ = _mean_scale(values, self.scale_column_)
        columns = [str(names[i]) for i in self.boosted_columns_]
        data = lgb.Dataset(
            values[:, self.boosted_columns_], target, feature_name=columns, free_raw_data=False
        )
        self.members_ = [
            self._member(bag, values, target, data, weights)
            for bag, weights in enumerate(bag_weights(groups, len(target), self.bags, self.random_state))
        ]
        return self

    def predict(self, X: npt.ArrayLike | pd.DataFrame) -> Floats:
        """Return the canonical fatigue, shape (n,); not kept within 0-10, so that parts add up."""
        values = self._check(X)
        terms, constant = self.state_.terms(values[:, self.state_columns_])
        linear = constant + self._linear_share() * terms.sum(axis=1)
        if self.boosted_share == 0.0:
            return np.asarray(linear)
        inputs, units = values[:, self.boosted_columns_], self._units(values)
        trees = np.mean(
            [
                unit * b.predict(inputs, num_threads=self.threads)
                for m in self.members_
                for unit, b in zip(units, m.boosters, strict=True)
            ],
            axis=0,
        )
        return np.asarray(linear + self.boosted_share * trees)

    def predict_state(self, X: npt.ArrayLike | pd.DataFrame) -> Floats:
        """Return the linear part alone, shape (n,)."""
        return self.state_.predict(self._check(X)[:, self.state_columns_])

    def with_term(self, column: str | int, slope: float, constant: float) -> FatigueRegressor:
        """Return the same model, whose predictions are `slope` x `column` + `constant` higher.

        Parameters
        ----------
        column : str or int
            One of the linear part's; where it is absent it stands at its mean, as ever.
        slope, constant : float
            In points a unit of the column, and in points.
        """
        at = list(self.state_columns_).index(_positions([column], self._names())[0])
        other = copy.copy(self)
        other.members_ = [
            replace(
                m, state=m.state.plus(at, slope / self._linear_share(), constant + slope * m.state.means[at])
            )
            for m in self.members_
        ]
        return other

    @property
    def state_(self) -> LinearState:
        """The linear part of the whole bag."""
        return LinearState.mean([m.state for m in self.members_])

    @property
    def heard_(self) -> list[Any]:
        """Names of the columns that a prediction can depend on.

        Those with a slope in the linear part, and those of which trees that are followed met more than one value.
        """
        names, heard = self._names(), set()
        if self._linear_share() != 0.0:
            sloped = np.any([m.state.slopes != 0.0 for m in self.members_], axis=0)
            heard = set(self.state_columns_[sloped].tolist())
        if self.boosted_share != 0.0:
            met = np.any([_met(b) for m in self.members_ for b in m.boosters], axis=0)
            heard |= set(self.boosted_columns_[met].tolist())
            heard |= {self.scale_column_} - {None}
        return [names[column] for column in sorted(heard)]

    def contributions(self, X: npt.ArrayLike | pd.DataFrame) -> Floats:
        """Return each column's points and, last, the constant: shape (n, columns + 1), summing to `predict`."""
        return np.asarray(self.contributions_by_member(X).mean(axis=0))

    def contributions_by_member(self, X: npt.ArrayLike | pd.DataFrame) -> Floats:
        """Return the points that each member of the bag gives, shape (members, n, columns + 1)."""
        values = self._check(X)
        inputs, units = values[:, self.boosted_columns_], self._units(values)
        out = np.zeros((len(self.members_), len(values), self.n_features_in_ + 1))
        for parts, member in zip(out, self.members_, strict=True):
            terms, constant = member.state.terms(values[:, self.state_columns_])
            parts[:, self.state_columns_] += self._linear_share() * terms
            parts[:, -1] += constant
            if self.boosted_share == 0.0:
                continue
            each = self.boosted_share / len(member.boosters)
            for unit, everyday, booster in zip(units, self._everyday_units(), member.boosters, strict=True):
                shap = each * tree_shap(booster, inputs)
                parts[:, self.boosted_columns_] += unit[:, None] * shap[:, :-1]
                parts[:, -1] += everyday * shap[:, -1]
                # The scale's own points: what the constant is worth more or less that day.
                if self.scale_column_ is not None:
                    parts[:, self.scale_column_] += (unit - everyday) * shap[:, -1]
        return out

    def _units(self, values: Floats) -> list[Floats]:
        """Return what 1 of each booster's output is worth in points, shape (n,): own spreads on a residual, else points."""
        ones = np.ones(len(values))
        if self.scale_column_ is None:
            return [ones] * len(self.starts)
        own = values[:, self.scale_column_]
        own = np.where(np.isnan(own), self.mean_scale_, own)
        return [own if start > 0 else ones for start in self.starts]

    def _everyday_units(self) -> list[float]:
        """Return the units of a day whose scale is everybody's mean."""
        return [self.mean_scale_ if start > 0 else 1.0 for start in self.starts]

    def _names(self) -> list[Any]:
        return list(getattr(self, "feature_names_in_", range(self.n_features_in_)))

    def _linear_share(self) -> float:
        """Return the weight of the linear terms: (1 - b) of the linear part, b of what the boosters start on."""
        return 1.0 - self.boosted_share * (1.0 - float(np.mean(self.starts)))

    def _check(self, X: npt.ArrayLike | pd.DataFrame) -> Floats:
        check_is_fitted(self, "members_")
        return np.asarray(
            validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        )

    def _member(self, bag: int, values: Floats, target: Floats, data: lgb.Dataset, weights: Floats) -> Member:
        alike = np.flatnonzero(np.isin(self.state_columns_, _positions(self.alike, self._names())))
        state = LinearState.fit(values[:, self.state_columns_], target, self.alpha, weights, alike.tolist())
        above_mean = state.predict(values[:, self.state_columns_]) - state.constant
        boosters = []
        for number, (start, unit) in enumerate(zip(self.starts, self._units(values), strict=True)):
            data.set_label((target - state.constant - start * above_mean) / unit)
            data.set_weight(weights)
            boosters.append(self._boost(data, int(self.random_state) + 1000 * number + bag))
        return Member(state, tuple(boosters))

    def _boost(self, data: lgb.Dataset, seed: int) -> lgb.Booster:
        constraints = [0] * len(self.boosted_columns_) if self.directions is None else list(self.directions)
        parameters = {
            "objective": "regression",
            "learning_rate": self.learning_rate,
            "num_leaves": self.leaves,
            "min_data_in_leaf": self.least_in_leaf,
            "lambda_l2": self.l2,
            "feature_fraction": self.column_share,
            "bagging_fraction": self.row_share,
            "bagging_freq": 1,
            "extra_trees": self.extra_trees,
            "monotone_constraints": constraints,
            "seed": seed,
            "deterministic": True,
            "force_col_wise": True,
            "num_threads": self.threads,
            "verbosity": -1,
        }
        return lgb.train(parameters, data, num_boost_round=self.trees)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def _positions(chosen: Sequence[str | int] | None, names: list[Any]) -> Whole:
    if chosen is None:
        return np.arange(len(names))
    strange = [c for c in chosen if c not in names]
    if strange:
        raise ValueError(f"X has no column {strange[0]!r}, which the estimator's parameters name")
    return np.array([names.index(c) for c in chosen], dtype=np.int64)


def _met(booster: lgb.Booster) -> Mask:
    """Return which columns had more than one value when a booster learned, so that it could split them, shape (columns,)."""
    text = booster.model_to_string(num_iteration=1)
    infos = next(line for line in text.splitlines() if line.startswith("feature_infos="))
    return np.array([info != "none" for info in infos.partition("=")[2].split(" ")])


def _mean_scale(values: Floats, column: int | None) -> float:
    """Return the mean of the scale where it is known; 1 without one."""
    known = np.ones(0) if column is None else values[~np.isnan(values[:, column]), column]
    return float(known.mean()) if len(known) else 1.0
