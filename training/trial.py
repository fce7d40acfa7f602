"""What a tuning makes least: how much parameters miss on the inner folds."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..data.errors import InputError
from ..features.matrix import Matrix
from ..models.forecaster import Forecaster
from . import metrics, space
from .fit import LEAST_ROWS
from .inner_folds import InnerFold, inner_folds

if TYPE_CHECKING:
    from optuna import Trial


@dataclass(frozen=True)
class Score:
    """How a trial did on the inner folds, in steps of the cohort's own scale.

    Parameters
    ----------
    rmse : float
        Root of the mean squared error, known and new athletes weighing the same: what is made least.
    rmse_known, rmse_new : float
        Of the late days of athletes learned from, and of athletes never learned from (NaN where
        there is one athlete only).
    seconds : float
        What its fits took.
    """

    rmse: float
    rmse_known: float
    rmse_new: float
    seconds: float


class Objective:
    """Optuna's objective: the squared error on the inner folds, told to the pruner fold by fold.

    Parameters
    ----------
    matrix : Matrix
        Labelled rows that parameters may be chosen on.

    Raises
    ------
    InputError
        Where a fold leaves too few of them to learn from.
    """

    def __init__(self, matrix: Matrix) -> None:
        self.matrix = matrix
        self.folds = list(inner_folds(matrix)) if len(matrix) else []
        fewest = min((int(fold.learn.sum()) for fold in self.folds), default=0)
        if fewest < LEAST_ROWS:
            raise InputError(
                f"{fewest} rated mornings to learn from on an inner fold",
                mend=f"at least {LEAST_ROWS} are needed to tune: import more days, or keep to the defaults",
            )
        self.study = f"{matrix.cohort} {matrix.information} {_digest(matrix)}"

    def __call__(self, trial: Trial) -> float:
        """Return the mean squared error of known and new athletes, in squared steps of the cohort's own scale."""
        import optuna

        parameters, scores = space.suggest(trial), []
        for number, score in enumerate(self.scores(parameters)):
            scores.append(score)
            error = _mean(scores)
            for name in ("rmse", "rmse_known", "rmse_new", "seconds"):
                trial.set_user_attr(name, getattr(error, name))
            trial.report(error.rmse**2, number)
            if not trial.user_attrs.get("default") and trial.should_prune():
                raise optuna.TrialPruned
        return error.rmse**2

    def scores(self, parameters: dict[str, Any]) -> Iterator[Score]:
        """Yield how parameters do, fold by fold."""
        for fold in self.folds:
            yield self._score(fold, parameters)

    def _score(self, fold: InnerFold, parameters: dict[str, Any]) -> Score:
        start = time.perf_counter()
        model = Forecaster.fit(self.matrix.rows(fold.learn), **parameters)
        seconds = time.perf_counter() - start
        step, errors = self.matrix.native_span / 10.0, []
        for part in (fold.known, fold.new):
            rows = self.matrix.rows(part)
            forecast = np.clip(model.predict(rows), 0.0, 10.0) if len(rows) else np.zeros(0)
            errors.append(metrics.rmse(rows.target, forecast) * step if len(rows) else float("nan"))
        return Score(float(np.sqrt(np.nanmean(np.square(errors)))), errors[0], errors[1], seconds)


def _mean(scores: list[Score]) -> Score:
    """Return the root mean square over folds, and all their seconds."""

    def over(values: list[float]) -> float:
        return float(np.sqrt(np.mean(np.square(values))))

    return Score(
        over([s.rmse for s in scores]),
        over([s.rmse_known for s in scores]),
        over([s.rmse_new for s in scores]),
        sum(s.seconds for s in scores),
    )


def _digest(matrix: Matrix) -> str:
    """Return what tells these rows, inputs and ratings from any others: a study of others compares nothing."""
    names = [f.name for f in matrix.catalog.inputs()]
    told = hashlib.blake2b(matrix.catalog.digest().encode(), digest_size=8)
    told.update(pd.util.hash_pandas_object(matrix.frame[names], index=False).to_numpy().tobytes())
    told.update(matrix.target.tobytes())
    told.update(matrix.day.tobytes())
    told.update("\n".join(matrix.keys["athlete_id"].astype(str)).encode())
    return told.hexdigest()
