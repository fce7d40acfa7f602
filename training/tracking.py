"""MLflow's tracking store: which one, whether it can be reached, and what is wrong with it in one line.

The default is ``sqlite:///mlflow.db`` in the working folder; ``MLFLOW_TRACKING_URI`` and
MLflow's other variables choose any server. Telemetry is switched off before MLflow loads.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import re
import sqlite3
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from ..data.errors import InputError
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


def nothing_kept() -> bool:
    """Return whether MLflow's SQLite file is not there yet: looking for a run or a model must not make one."""
    file = sqlite_file(tracking_uri())
    return file is not None and not file.exists()


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
    with _unkept_in_one_line(uri), warnings.catch_warnings(), told_in_one_line():
        warnings.simplefilter("ignore")  # MLflow's database layer warns of itself, on first use
        make_whole(sqlite_file(uri), lambda at: mlflow.MlflowClient(at).get_experiment_by_name(EXPERIMENT))
        client = mlflow.MlflowClient()
        client.get_experiment_by_name(EXPERIMENT)
    return client


@contextlib.contextmanager
def _unkept_in_one_line(uri: str) -> Iterator[None]:
    """Tell in one line why MLflow or its database layer cannot work with an address at all."""
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    mend = "mend MLFLOW_TRACKING_URI"
    try:
        yield
        return
    except (MlflowException, SQLAlchemyError) as error:
        why = str(error).splitlines()[0].split(". ")[0]
        if "schema" in why:  # MLflow was updated since, or is older here than where the file was made
            mend = f"move it away, or update it by: mlflow db upgrade {without_password(uri)}"
    except ModuleNotFoundError as error:
        why = f"that database needs the Python module {error.name}, which is not installed"
        mend = f"install it beside Heavylegs, or {mend}"
    raise InputError(f"MLflow cannot keep runs in {without_password(uri)}: {why}", mend=mend)


def without_password(uri: str) -> str:
    """Return an address as it may be shown.

    Examples
    --------
    >>> without_password("postgresql://anna:secret@db/runs")
    'postgresql://anna:***@db/runs'
    """
    return re.sub(r"(?<=://)([^/:@]*):.*@", r"\1:***@", uri)


@contextlib.contextmanager
def told_in_one_line() -> Iterator[None]:
    """Tell in one line what is wrong with the disk or the database's file: MLflow would show its SQL.

    Raises
    ------
    InputError
        In place of an exception that comes from there; every other one passes.
    """
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, OSError) and cause.errno in UNWRITABLE:
                raise refusal(cause.strerror or str(cause)) from None
            if isinstance(cause, sqlite3.Error):
                mend = next((m for words, m in SQLITE_TELLS.items() if words in str(cause)), None)
                if mend is not None:
                    raise refusal(str(cause), mend) from None
            cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
        raise


def refusal(why: str, mend: str = "make room there, ") -> InputError:
    """Return the error that says why no run can be kept, and what to do: `mend` comes first, and ends in a comma."""
    return InputError(
        f"MLflow cannot keep a run in {without_password(tracking_uri())}: {why}",
        mend=f"{mend}work in another folder, or set MLFLOW_TRACKING_URI",
    )


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
            f"no MLflow server answers at {without_password(uri)}: {reason}",
            mend="start it, or mend MLFLOW_TRACKING_URI",
        ) from None
