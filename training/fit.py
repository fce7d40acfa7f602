"""Fitting the product's model: how far to trust the trees is learned from days that they did not see."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..features.matrix import Matrix
from ..models.forecaster import Forecaster
from .calibrate import calibrated
from .splits import split_last_share

Floats = npt.NDArray[np.float64]

LEAST_ROWS = 30
LEAST_INNER_ROWS = 200
PRIOR_ROWS = 300


def boosted_share(matrix: Matrix, **parameters: Any) -> tuple[float, Matrix, Floats]:
    """Return how far forecasts should go from the own state to the boosted average, 0 to 1, and how they did so.

    A model learned from each athlete's first 70 % forecasts their last 30 %. The share that
    would have missed least there has a closed form; it is drawn to 0 with the weight of 300 rows,
    for on few rows the trees learn noise (PMData) and on many they do not (SoccerMon).

    Parameters
    ----------
    matrix : Matrix
        Labelled rows, none of which will be judged later.
    **parameters
        `FatigueRegressor`'s, its defaults where not given.

    Returns
    -------
    (share, days, forecasts)
        The rows that the inner model had not seen, and its forecasts of them with that share; no rows
        where fewer than 30 are left to learn from.
    """
    learn, judge = (matrix.rows(mask) for mask in split_last_share(matrix))
    if len(learn) < LEAST_ROWS:
        return 0.0, judge.rows(np.zeros(len(judge), dtype=bool)), np.zeros(0)
    if min(len(learn), len(judge)) < LEAST_INNER_ROWS:
        return 0.0, judge, Forecaster.fit(learn, **{**parameters, "trees": 1, "bags": 1}).predict_state(judge)
    model = Forecaster.fit(learn, boosted_share=1.0, **parameters)
    whole, state = model.predict(judge), model.predict_state(judge)
    added, missing = whole - state, judge.target.astype(float) - state
    squares = float(added @ added)
    best = float(np.clip(added @ missing / squares, 0.0, 1.0)) if squares > 0 else 0.0
    share = best * len(judge) / (len(judge) + PRIOR_ROWS)
    return share, judge, state + share * added


def fit_forecaster(matrix: Matrix, **parameters: Any) -> Forecaster:
    """Learn from labelled rows, with the boosted share that inner held-out days favour, and calibrate on those.

    `parameters` are `FatigueRegressor`'s, its defaults where not given.
    """
    share, days, forecasts = boosted_share(matrix, **parameters)
    return calibrated(Forecaster.fit(matrix, boosted_share=share, **parameters), days, forecasts)
