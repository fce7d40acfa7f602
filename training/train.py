"""Training: judge on held-out days, learn from all, keep in MLflow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from joblib import Parallel, delayed

from ..data.cohort import Cohort
from ..data.errors import InputError
from ..features.catalog import Information
from ..features.matrix import Matrix, build_matrix
from ..models.forecaster import Forecaster
from . import registry, runs, unseen
from .account import account_of
from .evaluate import hold_out
from .fit import LEAST_ROWS, fit_forecaster
from .held_out import MODEL, HeldOut
from .keep import Made, keep
from .progress import Say, silent
from .rated import rated
from .records import records
from .splits import mornings, split_last_share
from .verdict import Verdict
from .watch import Watch

SIDE_BY_SIDE_ROWS = 5000
"""Rated mornings from which a second process pays: it takes two seconds to start."""


@dataclass(frozen=True)
class Trained:
    """What a training made.

    Parameters
    ----------
    forecaster : Forecaster
    run_id, model_uri, version : str
        Where MLflow keeps it.
    verdict : Verdict
        Whether it became champion, and why.
    table : list of dict
        The evaluation table; see `heavylegs.training.records.records`.
    seconds : dict of str to float
        How long each part took; on many mornings ``evaluation`` is what was left of it after ``fit``.
    """

    forecaster: Forecaster
    run_id: str
    model_uri: str
    version: str
    verdict: Verdict
    table: list[dict[str, object]]
    seconds: dict[str, float]

    @property
    def champion(self) -> bool:
        """Whether it became champion."""
        return self.verdict.promoted

    @property
    def record(self) -> dict[str, object]:
        """The model's own row of the table."""
        return next(r for r in self.table if r["model"] == MODEL)


def until(matrix: Matrix, last: np.datetime64 | None) -> Matrix:
    """Return the rows whose morning is not after `last`."""
    return matrix if last is None else matrix.rows(mornings(matrix) <= last)


def train(
    cohort: Cohort,
    information: Information = "evening",
    last: np.datetime64 | None = None,
    progress: Say = silent,
    attribution: str = "",
    more: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    parameters: Mapping[str, Any] | Callable[[Matrix], Mapping[str, Any]] | None = None,
) -> Trained:
    """Train on `cohort` and keep the model in MLflow.

    Parameters
    ----------
    cohort : Cohort
    information : {"evening", "morning"}
    last : datetime64[D], optional
        Learn from mornings up to this one only.
    progress : callable
        Is told what is being done.
    attribution : str
        Source and licence of the data, for the model card.
    more : mapping of str to sequence of dict, optional
        Records of other evaluations to keep and draw; see `heavylegs.training.evidence.write`.
    parameters : mapping of str to value, or callable, optional
        The estimator's, its defaults where not given; a callable finds them for the matrix, as
        `heavylegs.training.tune.tuned` does.

    Raises
    ------
    InputError
        Where too few mornings were rated, or the MLflow server does not answer.
    """
    watch = Watch()
    progress("features")
    with watch("features"):
        matrix = until(build_matrix(cohort, information), last)
        labelled = _rated(matrix)
    known = None if callable(parameters) else dict(parameters or {})
    aside = None if known is None else _judged_aside(matrix, labelled, known)
    progress("MLflow")
    with watch("mlflow_start"):
        runs.prepare()  # what can fail there, should fail before minutes of fitting
        _require_own_name(cohort, information)
    chosen = dict(parameters(matrix)) if callable(parameters) else known or {}
    forecaster, held_out = _fitted_and_judged(matrix, labelled, chosen, aside, progress, watch)
    table = records(matrix, "known", held_out)
    record = next(r for r in table if r["model"] == MODEL)
    forecaster = replace(forecaster, told={**account_of(cohort, labelled), "held_out": record})
    progress("MLflow")
    made = Made(
        forecaster, matrix, held_out, unseen.frame_of(labelled, held_out), table, attribution, more or {}
    )
    run_id, version, verdict = keep(made, watch)
    return Trained(forecaster, run_id, verdict.candidate, version, verdict, table, watch.seconds)


def _require_own_name(cohort: Cohort, information: Information) -> None:
    """Refuse to take turns with the models of another cohort of the same name."""
    found = registry.newest(cohort.name, information)
    other = None if found is None else registry.loadable(registry.uri_of(found))
    if found is not None and other is not None:
        mend = "train in another working folder, or with another MLFLOW_TRACKING_URI"
        registry.require_acquainted(
            other, registry.uri_of(found), cohort.athletes["athlete_id"].astype(str), mend
        )


def _rated(matrix: Matrix) -> Matrix:
    """Return the rows to learn from."""
    labelled = rated(matrix)
    learn, judge = (int(side.sum()) for side in split_last_share(labelled))
    if learn < LEAST_ROWS or judge == 0:
        raise InputError(
            f"{learn} rated mornings to learn from and {judge} to judge by are too few",
            mend=f"{LEAST_ROWS} and 1 at least: import more; until then predict and explain use the starter",
        )
    return labelled


def _fitted_and_judged(
    matrix: Matrix,
    labelled: Matrix,
    parameters: Mapping[str, Any],
    aside: Iterator[HeldOut] | None,
    progress: Say,
    watch: Watch,
) -> tuple[Forecaster, HeldOut]:
    """Return the model learned from all rated days, and how it did on held-out ones: judged before, or aside meanwhile."""
    if aside is None:
        with watch("evaluation"):
            held_out = hold_out(matrix, "known", progress=progress, parameters=parameters)
    progress("fitting")
    with watch("fit"):
        forecaster = fit_forecaster(labelled, **parameters)
    if aside is not None:
        progress("judging")
        with watch("evaluation"):
            held_out = next(aside)
    return forecaster, held_out


def _judged_aside(
    matrix: Matrix, labelled: Matrix, parameters: Mapping[str, Any]
) -> Iterator[HeldOut] | None:
    """Begin to judge the model in a second process, and return where the result comes; None where that takes longer.

    A process, not a thread: LightGBM keeps its number of threads for the whole process, and two trainings
    at once in one crashed it. Arrays are handed over in memory, whatever their size: nothing goes through files.
    """
    if len(labelled) < SIDE_BY_SIDE_ROWS:
        return None
    judge = delayed(hold_out)(matrix, "known", parameters=parameters)
    begun: Iterator[HeldOut] = Parallel(n_jobs=2, return_as="generator", max_nbytes=None)([judge])
    return begun
