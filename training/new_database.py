"""The first training in a folder makes MLflow's SQLite file; this takes the waiting and the quarrel out of it.

MLflow builds its tables through some seventy migrations, each of which waits for the disk several times: 6 s of a
first training. And one that was killed half-way through, or two that make the file at once, leave a database that no
later training could use. So it is made under another name, without waiting for the disk, by one process at a time,
and gets its own name when it is whole and on the disk.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ..data.errors import InputError
from ..data.store_files import lock, sync_folder


def make_whole(file: Path | None, make: Callable[[str], object]) -> None:
    """See to it that the SQLite file `file` is there whole, or not at all where this process dies.

    Parameters
    ----------
    file : Path or None
        Nothing is done where it is there already, or where there is none.
    make : callable
        Makes the database at the address that it is given.

    Raises
    ------
    InputError
        Where its folder cannot be written: MLflow would try for minutes.
    """
    if file is None or file.exists():
        return
    half, locked = (file.with_name(file.name + ending) for ending in (".making", ".lock"))
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(lock(locked, wait=True))
        except OSError as error:
            with contextlib.suppress(OSError):
                locked.unlink()
            raise InputError(
                f"MLflow's database cannot be made: {error.strerror}",
                file=file,
                mend="work in another folder, or set MLFLOW_TRACKING_URI",
            ) from None
        try:
            if not file.exists():  # whoever held the lock before may have made it
                _remove(half)  # of one that was killed
                with _without_waiting_for_the_disk():
                    make(f"sqlite:///{half}")
                _sync(half)
                half.replace(file)
                sync_folder(file.parent)
        finally:
            _remove(half)
            with contextlib.suppress(OSError):
                locked.unlink()


def _remove(half: Path) -> None:
    for left in (half, half.with_name(half.name + "-journal")):
        with contextlib.suppress(OSError):
            left.unlink()


def _sync(file: Path) -> None:
    with file.open("rb+") as opened:
        os.fsync(opened.fileno())


@contextlib.contextmanager
def _without_waiting_for_the_disk() -> Iterator[None]:
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    made: list[sqlite3.Connection] = []

    def hurry(connection: Any, _record: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA synchronous = OFF")
            made.append(connection)

    event.listen(Engine, "connect", hurry)
    try:
        yield
    finally:
        event.remove(Engine, "connect", hurry)
        for connection in made:  # MLflow's pool keeps some of them open
            with contextlib.suppress(sqlite3.Error):
                connection.close()
