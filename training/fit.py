"""Fitting the product's model: how far to trust the trees is learned from days that they did not see."""

from __future__ import annotations

import numpy as np

from ..features.matrix import Matrix
from ..models.forecaster import Forecaster
from .splits import split_last_share

LEAST_INNER_ROWS = 200
PRIOR_ROWS = 300


def boosted_share(matrix: Matrix) -> float:
    """Return how far forecasts should go from the own state to the boosted average, 0 to 1.

    A model learned from each athlete's first 70 % forecasts their last 30 %. The share that
    would have missed least there has a closed form; it is drawn to 0 with the weight of 300 rows,
    for on few rows the trees learn noise (PMData) and on many they do not (SoccerMon).

    Parameters
    ----------
    matrix : Matrix
        Labelled rows, none of which will be judged later.
    """
    learn, judge = (matrix.rows(mask) for mask in split_last_share(matrix))
    if min(len(learn), len(judge)) < LEAST_INNER_ROWS:
        return 0.0
    model = Forecaster.fit(learn, boosted_share=1.0)
    whole, state = model.predict(judge), model.predict_state(judge)
    added, missing = whole - state, judge.target.astype(float) - state
    squares = float(added @ added)
    best = float(np.clip(added @ missing / squares, 0.0, 1.0)) if squares > 0 else 0.0
    return best * len(judge) / (len(judge) + PRIOR_ROWS)


def fit_forecaster(matrix: Matrix) -> Forecaster:
    """Learn from labelled rows, with the boosted share that inner held-out days favour."""
    return Forecaster.fit(matrix, boosted_share=boosted_share(matrix))
