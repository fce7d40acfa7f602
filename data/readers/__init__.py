"""Readers: each turns one source's own files into canonical tables and an account of every row."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from ..imports import Imported
from .lovdal import read_lovdal
from .pmdata import read_pmdata
from .soccermon import read_soccermon
from .tabular import Progress, silent


class Reader(Protocol):
    """What every reader is: a function from a path to tables and their account."""

    def __call__(self, path: Path, progress: Progress = silent) -> Imported:
        """Read `path`, calling ``progress(done, total, what)`` along the way."""


READERS: dict[str, Reader] = {"pmdata": read_pmdata, "soccermon": read_soccermon, "lovdal": read_lovdal}
