"""Deletion and insertion: what the forecasts lose, factor by factor, on mornings of people whom the model never saw."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ..features.matrix import Matrix
from ..models.forecaster import Forecaster
from .audit_model import mean_points
from .audit_points import Fit, points_of
from .metrics import rmse
from .progress import Say, silent
from .splits import athlete_folds


class _Fold(NamedTuple):
    """A model, each column's median among its learners, and the rated mornings of others."""

    forecaster: Forecaster
    middle: pd.Series
    judged: Matrix


def deletion(labelled: Matrix, fit: Fit, say: Say = silent) -> dict[str, Any]:
    """Take factors away in the order of their mean points, and put them back.

    Parameters
    ----------
    labelled : Matrix
        Rated mornings of all athletes. In five folds each is forecast by a model that never saw them: of a quarter
        of a small cohort, four people, chance decides.
    fit : callable
        From labelled rows to a forecaster.

    Returns
    -------
    dict
        Errors (canonical RMSE over all mornings) after each step in the given order and in the reverse one, the
        rise of each factor taken away alone, and ``area``, the mean difference of both curves: above 0 where the
        factors that moved forecasts most are those that they need most.

    Notes
    -----
    A factor is taken away by putting its inputs, where they are known, to the learners' median. Deleting in reverse and
    reading from the end is inserting in the given order.
    """
    folds = _folds(labelled, fit, say)
    size = mean_points(
        pd.concat([points_of(f.forecaster, f.judged) for f in folds]),
        np.concatenate([f.judged.keys["athlete_id"].to_numpy() for f in folds]),
    )
    order = [str(f) for f in size.index if size[f] > 0]
    given = [_error(folds, order[:k]) for k in range(len(order) + 1)]
    reverse = [_error(folds, order[len(order) - k :]) for k in range(len(order) + 1)]
    rises = pd.Series({f: _error(folds, [f]) - given[0] for f in order}, dtype=float)
    return {
        "folds": len(folds),
        "athletes": labelled.n_athletes,
        "order": order,
        "rmse": given[0],
        "rmse_without_all": given[-1],
        "deleted": given,
        "inserted": reverse[::-1],
        "rise_of_each": rises.to_dict(),
        "rank_agreement": float(rises.corr(size[order], method="spearman")) if len(order) > 1 else None,
        "area": float(np.mean(given) - np.mean(reverse)),
    }


def _folds(labelled: Matrix, fit: Fit, say: Say) -> list[_Fold]:
    out = []
    for learners, others in athlete_folds(labelled):
        say(f"learning without {labelled.rows(others).n_athletes} athletes")
        learn = labelled.rows(learners)
        out.append(_Fold(fit(learn), learn.frame.median(), labelled.rows(others)))
    return out


def _error(folds: list[_Fold], removed: list[str]) -> float:
    """Return the error over all folds without these factors."""
    forecasts, targets = [], []
    for forecaster, middle, judged in folds:
        frame = judged.frame.copy()
        for name in (f.name for f in judged.catalog.inputs() if f.factor in removed):
            frame[name] = frame[name].where(frame[name].isna(), float(middle[name]))
        forecasts.append(forecaster.predict(replace(judged, frame=frame)))
        targets.append(judged.target)
    return rmse(np.concatenate(targets), np.concatenate(forecasts))
