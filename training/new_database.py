"""The first training in a folder makes MLflow's SQLite file; this takes the waiting out of it.

MLflow builds its tables through some seventy migrations, each of which waits for the disk several
times: 6 s of a first training. A file that is only being made may be lost in a power cut, so its
connections do not wait; from then on they do.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any


@contextlib.contextmanager
def quickly_made(file: Path | None) -> Iterator[None]:
    """Let whatever makes the SQLite file `file` in this block do so without waiting for the disk.

    Parameters
    ----------
    file : Path or None
        Nothing is done where it exists already, or where there is none.
    """
    if file is None or file.exists():
        yield
        return
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
