"""The ladder that a model must beat, from a constant to LightGBM on own history, and a peer beside it."""

from __future__ import annotations

from typing import Protocol

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from ..data.arrays import Floats
from ..features.matrix import Matrix
from .linear import LinearState


class Rung(Protocol):
    """A forecaster of next-day fatigue that learns from one matrix and forecasts another."""

    def __call__(self, learn: Matrix, forecast: Matrix) -> Floats:
        """Return canonical forecasts, shape (len(forecast),)."""
        ...


def constant(learn: Matrix, forecast: Matrix) -> Floats:
    """Forecast the mean of everybody's ratings."""
    return np.full(len(forecast), float(np.mean(learn.target)))


def from_history(column: str) -> Rung:
    """Return the rung that repeats a history feature, and the constant where there is no history."""

    def forecaster(learn: Matrix, forecast: Matrix) -> Floats:
        values = forecast.frame[column].to_numpy(dtype=float)
        return np.where(np.isnan(values), constant(learn, forecast), values)

    return forecaster


def own_history(matrix: Matrix) -> Floats:
    """Return the columns that tell nothing but the athlete's own ratings, shape (n, columns)."""
    names = [f.name for f in matrix.catalog.inputs() if f.needs == ("ratings.fatigue",)]
    return matrix.frame[names].to_numpy(dtype=float)


def ridge_on_history(learn: Matrix, forecast: Matrix) -> Floats:
    """Forecast by a ridge on own history."""
    model = LinearState.fit(own_history(learn), learn.target.astype(float), alpha=10.0)
    return model.predict(own_history(forecast))


def lightgbm_on_history(learn: Matrix, forecast: Matrix) -> Floats:
    """Forecast by LightGBM on own history."""
    return _boost(own_history(learn), learn.target, own_history(forecast))


def lightgbm_on_all(learn: Matrix, forecast: Matrix) -> Floats:
    """Forecast by plain LightGBM on every input of the catalogue."""
    names = [f.name for f in learn.catalog.inputs()]
    return _boost(learn.frame[names].to_numpy(float), learn.target, forecast.frame[names].to_numpy(float))


def _boost(learn: Floats, target: npt.NDArray[np.float32], forecast: Floats) -> Floats:
    parameters = {
        "objective": "regression",
        "learning_rate": 0.03,
        "num_leaves": 15,
        "min_data_in_leaf": 30,
        "feature_fraction": 0.7,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "seed": 0,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "verbosity": -1,
    }
    booster = lgb.train(parameters, lgb.Dataset(learn, target.astype(float)), num_boost_round=150)
    return np.asarray(booster.predict(forecast))


LADDER: dict[str, Rung] = {
    "constant": constant,
    "own_mean": from_history("fatigue_mean_0_10"),
    "own_median": from_history("fatigue_median_0_10"),
    "yesterday": from_history("fatigue_last_0_10"),
    "ewma_7": from_history("fatigue_ewma_7_0_10"),
    "ewma_28": from_history("fatigue_ewma_28_0_10"),
    "ridge_own_history": ridge_on_history,
    "lightgbm_own_history": lightgbm_on_history,
}
"""Every baseline by its name in the evaluation table: what can be had without Heavylegs."""

RULES = ("own_mean", "own_median", "yesterday", "ewma_7", "ewma_28")
"""Baselines that repeat the own history, and learn nothing where there is some."""

PEERS: dict[str, Rung] = {"lightgbm_all": lightgbm_on_all}
"""Other models of Heavylegs' own features: no baselines, for they need the catalogue, but judged beside it."""
