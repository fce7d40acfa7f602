"""The first training in a folder makes MLflow's SQLite file; this takes the waiting and the quarrel out of it.

MLflow builds its tables through some seventy migrations, each of which waits for the disk several
times: 6 s of a first training. A file that is only being made may be lost in a power cut, so its
connections do not wait; from then on they do. And two that make it at once would break each other's
migrations: the second waits for the first.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..data.errors import InputError
from ..data.store_files import lock


@contextlib.contextmanager
def quickly_made(file: Path | None) -> Iterator[None]:
    """Let this block make the SQLite file `file`, alone and without waiting for the disk.

    Parameters
    ----------
    file : Path or None
        Nothing is done where it is there already, or where there is none.

    Raises
    ------
    InputError
        Where its folder cannot be written: MLflow would try for minutes.
    """
    # Whoever makes the file holds a lock beside it, which is gone when the file is whole.
    making = file.with_name(file.name + ".making") if file is not None else None
    if file is None or making is None or (file.exists() and not making.exists()):
        yield
        return
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(lock(making, wait=True))
        except OSError as error:
            with contextlib.suppress(OSError):
                making.unlink()
            raise InputError(
                f"MLflow's database cannot be made: {error.strerror}",
                file=file,
                mend="work in another folder, or set MLFLOW_TRACKING_URI",
            ) from None
        begun = file.exists()
        held.enter_context(_without_waiting_for_the_disk())
        try:
            yield
        except BaseException:
            if not begun:  # half of MLflow's tables would be in the way of every later try
                for left in (file, file.with_name(file.name + "-journal")):
                    with contextlib.suppress(OSError):
                        left.unlink()
            raise
        finally:
            with contextlib.suppress(OSError):
                making.unlink()


@contextlib.contextmanager
def _without_waiting_for_the_disk() -> Iterator[None]:
    import sqlite3

    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    made: list[Any] = []

    def hurry(connection: Any, _record: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA synchronous = OFF")
            made.append(connection)

    event.listen(Engine, "connect", hurry)
    try:
        yield
    finally:
        event.remove(Engine, "connect", hurry)
        for connection in made:  # MLflow's pool keeps some of them
            with contextlib.suppress(sqlite3.Error):
                connection.execute("PRAGMA synchronous = FULL")
