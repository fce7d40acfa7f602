"""MLflow: where runs are kept, and how one is opened.

The default is ``sqlite:///mlflow.db`` in the working folder; ``MLFLOW_TRACKING_URI`` and
MLflow's other variables choose any server. Telemetry is switched off before MLflow loads.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import sqlite3
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from ..data.errors import InputError
from .code_version import code_version
from .new_database import make_whole

EXPERIMENT = "heavylegs"
DEFAULT_FILE = "mlflow.db"
UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM)
SQLITE_HEAD = b"SQLite format 3\x00"
SQLITE_TELLS = {
    "disk is full": "make room there, ",
    "disk I/O error": "make room there, ",
    "readonly": "make room there, ",
    "locked": "wait for the other program to end, ",
    "malformed": "move the file away, ",
    "not a database": "move the file away, ",
}
"""What SQLite says of its file, and what can be done about it first."""
_defaults: set[str] = set()
_open: ContextVar[Run] = ContextVar("open_run")


def mlflow_module() -> ModuleType:
    """Return MLflow, quiet, without telemetry, and pointed at the tracking store."""
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    os.environ["DO_NOT_TRACK"] = "true"
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    # A server's client would print addresses among our own output, JSON included.
    os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import mlflow

    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.ERROR)
    logging.getLogger("mlflow.store.db.utils").setLevel(logging.CRITICAL)  # the exception says it again
    mlflow.set_tracking_uri(tracking_uri())
    return mlflow


def tracking_uri() -> str:
    """Return the tracking store: what the environment names, else ``mlflow.db`` in the working folder."""
    named = os.environ.get("MLFLOW_TRACKING_URI")
    # MLflow writes what it is told back into the environment: our own default is not the user's choice.
    if named and named not in _defaults:
        return named
    default = f"sqlite:///{Path(DEFAULT_FILE).absolute()}"
    _defaults.add(default)
    return default


def sqlite_file(uri: str) -> Path | None:
    """Return the file behind an SQLite address, None for any other."""
    scheme, _, file = uri.partition(":///")
    return Path(file).absolute() if scheme == "sqlite" and file else None


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
    with _told_in_one_line():
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


def connect() -> Any:
    """Return an MLflow client that has reached the tracking store.

    Raises
    ------
    InputError
        Where the server that is named does not answer, or the address or the file behind it is none of MLflow's.
    """
    mlflow, uri = mlflow_module(), tracking_uri()
    _reach(uri)
    _be_a_database(sqlite_file(uri))
    from mlflow.exceptions import MlflowException

    # What MLflow's database layer has to say against itself it says on first use.
    with warnings.catch_warnings(), _told_in_one_line():
        warnings.simplefilter("ignore")
        try:
            make_whole(
                sqlite_file(uri), lambda at: mlflow.MlflowClient(at).get_experiment_by_name(EXPERIMENT)
            )
            client = mlflow.MlflowClient()
            client.get_experiment_by_name(EXPERIMENT)
        except MlflowException as error:
            why = str(error).splitlines()[0].split(". ")[0]
            mend = "mend MLFLOW_TRACKING_URI"
            if "schema" in why:  # MLflow was updated since, or is older here than where the file was made
                mend = f"move it away, or update it by: mlflow db upgrade {uri}"
            raise InputError(f"MLflow cannot keep runs in {uri}: {why}", mend=mend) from None
    return client


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
        raise _refusal("it is read-only", mend="")
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
            f"the experiment {EXPERIMENT!r} is not to be had in {uri}",
            mend="where it was deleted: mlflow experiments restore",
        )
    return client, str(found.experiment_id)


@contextlib.contextmanager
def _told_in_one_line() -> Iterator[None]:
    """Tell in one line what is wrong with the disk or the database's file: MLflow would show its SQL."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, OSError) and cause.errno in UNWRITABLE:
                raise _refusal(cause.strerror or str(cause)) from None
            if isinstance(cause, sqlite3.Error):
                mend = next((m for words, m in SQLITE_TELLS.items() if words in str(cause)), None)
                if mend is not None:
                    raise _refusal(str(cause), mend) from None
            cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
        raise


def _refusal(why: str, mend: str = "make room there, ") -> InputError:
    return InputError(
        f"MLflow cannot keep a run in {tracking_uri()}: {why}",
        mend=f"{mend}work in another folder, or set MLFLOW_TRACKING_URI",
    )


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


def _be_a_database(file: Path | None) -> None:
    """Raise InputError where something else than an SQLite database stands in its place: MLflow would show its SQL."""
    if file is None or not file.exists():
        return
    mend = "move it away, or set MLFLOW_TRACKING_URI"
    if file.is_dir():
        raise InputError("MLflow keeps its runs in this file, and it is a folder", file=file, mend=mend)
    with file.open("rb") as opened:
        head = opened.read(len(SQLITE_HEAD))
    if head not in (b"", SQLITE_HEAD):
        raise InputError("MLflow keeps its runs in this file, and it is no database", file=file, mend=mend)


def _reach(uri: str) -> None:
    """Ask a server for a sign of life: MLflow itself would try for minutes before it gave up."""
    if not uri.startswith(("http://", "https://")):
        return
    try:
        urllib.request.urlopen(uri.rstrip("/") + "/health", timeout=10).close()  # noqa: S310  # the user's own server
    except urllib.error.HTTPError:
        return  # it answers; whether it lets us in, MLflow will tell
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise InputError(
            f"no MLflow server answers at {uri}: {reason}", mend="start it, or mend MLFLOW_TRACKING_URI"
        ) from None
