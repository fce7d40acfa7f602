"""Training: judge on held-out days, learn from all, keep in MLflow."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .. import __version__
from ..data.cohort import Cohort
from ..data.errors import InputError
from ..features.catalog import Information
from ..features.matrix import Matrix, build_matrix
from ..models.forecaster import Forecaster
from . import evaluate, tracking
from .fit import fit_forecaster
from .splits import mornings


@dataclass(frozen=True)
class Trained:
    """What a training made.

    Parameters
    ----------
    forecaster : Forecaster
    run_id, model_uri, version : str
        Where MLflow keeps it.
    champion : bool
        Whether it earned the alias: it beat the best baseline on the held-out days.
    table : list of dict
        The evaluation table; see `heavylegs.training.evaluate.records`.
    """

    forecaster: Forecaster
    run_id: str
    model_uri: str
    version: str
    champion: bool
    table: list[dict[str, object]]

    @property
    def record(self) -> dict[str, object]:
        """The model's own row of the table."""
        return next(r for r in self.table if r["model"] == evaluate.MODEL)


def until(matrix: Matrix, last: np.datetime64 | None) -> Matrix:
    """Return the rows whose morning is not after `last`."""
    return matrix if last is None else matrix.rows(mornings(matrix) <= last)


def train(
    cohort: Cohort,
    information: Information = "evening",
    last: np.datetime64 | None = None,
    progress: Callable[[str], None] | None = None,
) -> Trained:
    """Train on `cohort` and keep the model in MLflow.

    Parameters
    ----------
    cohort : Cohort
    information : {"evening", "morning"}
    last : datetime64[D], optional
        Learn from mornings up to this one only.
    progress : callable, optional
        Is told what is being done.

    Raises
    ------
    InputError
        Where too few mornings were rated.
    """
    say = progress or (lambda _: None)
    say("features")
    matrix = until(build_matrix(cohort, information), last)
    labelled = matrix.labelled()
    if not len(labelled):
        raise InputError(
            f"cohort {cohort.name} has no rated morning to learn from",
            mend="import ratings, or a later --until",
        )
    held_out = evaluate.hold_out(matrix, "known", progress=say)
    table = evaluate.records(matrix, "known", held_out)
    say("the final model")
    forecaster = fit_forecaster(labelled).with_(told=_account(cohort, labelled, table))
    say("MLflow")
    return _keep(forecaster, labelled, cohort, table)


def _account(cohort: Cohort, labelled: Matrix, table: list[dict[str, object]]) -> dict[str, object]:
    """Return what the manifest tells of the training."""
    record = next(r for r in table if r["model"] == evaluate.MODEL)
    return {
        "cohort": cohort.name,
        "cohort_digest": cohort.digest(),
        "mornings": len(labelled),
        "athletes": int(labelled.keys["athlete_id"].nunique()),
        "first_morning": str(mornings(labelled).min()),
        "last_morning": str(mornings(labelled).max()),
        "native_span": labelled.native_span,
        "held_out": record,
    }


def _keep(
    forecaster: Forecaster, labelled: Matrix, cohort: Cohort, table: list[dict[str, object]]
) -> Trained:
    mlflow = tracking.mlflow_module()
    record = next(r for r in table if r["model"] == evaluate.MODEL)
    tags = {"cohort": cohort.name, "information": forecaster.information, "heavylegs": __version__}
    with tracking.run(f"{cohort.name} {forecaster.information}", tags) as active:
        scalars = {
            k: v for k, v in forecaster.regressor.get_params().items() if isinstance(v, (int, float, str))
        }
        told = forecaster.told
        mlflow.log_params(
            {**scalars, "catalogue": forecaster.catalog.digest(), "information": forecaster.information}
            | {k: told[k] for k in ("mornings", "athletes", "first_morning", "last_morning")}
        )
        mlflow.log_metrics(
            {k: float(str(record[k])) for k in ("rmse", "mae", "skill", "skill_low", "skill_high")}
        )
        mlflow.log_metrics({f"rmse_{r['model']}": float(str(r["rmse"])) for r in table})
        _log_data(mlflow, labelled, str(told["cohort_digest"]))
        mlflow.log_text(json.dumps(table, indent=1), "evaluation.json")
        version = tracking.log_model(forecaster, labelled, cohort.name)
        run_id = str(active.info.run_id)
    champion = float(str(record["skill"])) > 0
    if champion:
        tracking.crown(cohort.name, forecaster.information, version)
    name = tracking.registered_name(cohort.name, forecaster.information)
    return Trained(forecaster, run_id, f"models:/{name}/{version}", version, champion, table)


def _log_data(mlflow: object, labelled: Matrix, digest: str) -> None:
    """Log the training set's digest and schema; the data itself stays in the store."""
    from mlflow.data.pandas_dataset import from_pandas

    frame = labelled.frame.assign(next_fatigue=labelled.target)
    data = from_pandas(frame.head(1000), name=labelled.cohort, targets="next_fatigue", digest=digest)
    mlflow.log_input(data, context="training")  # type: ignore[attr-defined]
