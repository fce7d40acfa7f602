"""MLflow runs: one a training or a tuning, with folds and trials below it."""

from __future__ import annotations

import contextlib
import os
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from ..data.errors import InputError
from .code_version import code_version
from .tracking import (
    EXPERIMENT,
    connect,
    refusal,
    sqlite_file,
    told_in_one_line,
    tracking_uri,
    without_password,
)

_open: ContextVar[Run] = ContextVar("open_run")


@dataclass(frozen=True)
class Run:
    """An open MLflow run; open one with `run`.

    Parameters
    ----------
    client : mlflow.MlflowClient
    run_id, experiment_id : str
    """

    client: Any
    run_id: str
    experiment_id: str

    def log(
        self,
        params: Mapping[str, object] | None = None,
        metrics: Mapping[str, float] | None = None,
        tags: Mapping[str, str] | None = None,
        model_id: str | None = None,
    ) -> None:
        """Log all of it in one call; `model_id` also puts the metrics on that logged model."""
        from mlflow.entities import Metric, Param, RunTag

        now = int(time.time() * 1000)
        self.client.log_batch(
            self.run_id,
            metrics=[
                Metric(k, float(v), now, 0, model_id=model_id, run_id=self.run_id)
                for k, v in (metrics or {}).items()
            ],
            params=[Param(k, str(v)) for k, v in (params or {}).items()],
            tags=[RunTag(k, str(v)) for k, v in (tags or {}).items()],
        )

    def uses(self, datasets: Sequence[Any]) -> None:
        """Log what the run learned from and was judged on: `mlflow.entities.DatasetInput`."""
        from mlflow.exceptions import MlflowException

        for wait in (0.05, 0.2, 0.8, None):
            try:
                self.client.log_inputs(self.run_id, datasets=datasets)
            except MlflowException:
                # Trainings on the same data at the same time make the same row; the next try finds it.
                if wait is None:
                    raise
                time.sleep(wait)
            else:
                return

    def nested(self, name: str, params: Mapping[str, object], metrics: Mapping[str, float]) -> Run:
        """Log a finished run below this one, such as a fold or a trial, and return it."""
        child = _start(self.client, self.experiment_id, name, {"mlflow.parentRunId": self.run_id})
        child.log(params, metrics)
        self.client.set_terminated(child.run_id)
        return child


@contextlib.contextmanager
def run(name: str, tags: Mapping[str, str]) -> Iterator[Run]:
    """Open an MLflow run in the experiment ``heavylegs``; an exception marks it as failed.

    Raises
    ------
    InputError
        As `prepare`; or where the disk is full.
    """
    client, experiment = prepare()
    with told_in_one_line():
        opened = _start(client, experiment, name, {**tags, **code_version()})
        token = _open.set(opened)
        try:
            yield opened
        except BaseException:
            with contextlib.suppress(Exception):  # a server that is gone must not hide what went wrong
                client.set_terminated(opened.run_id, "FAILED")
            raise
        else:
            client.set_terminated(opened.run_id)
        finally:
            _open.reset(token)


def nested(name: str, params: Mapping[str, object], metrics: Mapping[str, float]) -> Run:
    """Log a finished run, such as a fold or a trial, below the `run` that is open.

    Examples
    --------
    ::

        with runs.run("tuning soccermon evening", {"cohort": "soccermon"}):
            runs.nested("trial 0", {"leaves": 15}, {"rmse": 0.47})
    """
    return _open.get().nested(name, params, metrics)


def prepare() -> tuple[Any, str]:
    """Load all of MLflow and see to it that the experiment is there; return a client and the experiment's id.

    A training begins with it: what can fail, should fail before anything is learned.

    Raises
    ------
    InputError
        Where the server that is named does not answer, the experiment was deleted there, or an SQLite file
        cannot be written.
    """
    client, uri = connect(), tracking_uri()
    file = sqlite_file(uri)
    # SQLite writes a journal beside its file.
    if file is not None and not all(os.access(place, os.W_OK) for place in (file, file.parent)):
        raise refusal("it is read-only", mend="")
    from mlflow.exceptions import MlflowException

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import mlflow.data.pandas_dataset
        import mlflow.models
        import mlflow.pyfunc  # noqa: F401
    # Of several first trainings at once one makes it, and the others find it.
    if client.get_experiment_by_name(EXPERIMENT) is None:
        with contextlib.suppress(MlflowException):
            client.create_experiment(EXPERIMENT, _artifact_location(uri))
    found = client.get_experiment_by_name(EXPERIMENT)
    if found is None or found.lifecycle_stage != "active":
        raise InputError(
            f"the experiment {EXPERIMENT!r} is not to be had in {without_password(uri)}",
            mend="where it was deleted: mlflow experiments restore",
        )
    return client, str(found.experiment_id)


def _start(client: Any, experiment: str, name: str, tags: Mapping[str, str]) -> Run:
    import getpass

    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        user = "unknown"
    told = {"mlflow.user": user, "mlflow.source.name": "heavylegs", "mlflow.source.type": "LOCAL"}
    made = client.create_run(experiment, run_name=name, tags={**told, **tags})
    return Run(client, str(made.info.run_id), experiment)


def _artifact_location(uri: str) -> str | None:
    """Return the folder beside an SQLite file; elsewhere the server decides."""
    file = sqlite_file(uri)
    return (file.parent / "mlartifacts").as_uri() if file else None
