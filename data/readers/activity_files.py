"""Activity files of any mix: found, told apart by their content, read and cleaned.

A file's name decides nothing but how much is made of it: one that is named ``.fit`` and is none is told
off, while a photo among the activities of an export is only told of.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path, PurePosixPath
from typing import NamedTuple, TypeAlias

from ..cleanup import clean
from ..errors import InputError
from ..recording import NotAnActivity, Recording
from .archives import Found, Wanted, everything, find_files, refuse_pointer
from .fit import read_fit
from .gpx import read_gpx
from .polar_names import is_session_name
from .polar_sessions import is_polar_session, read_polar_session
from .tcx import read_tcx
from .xml_points import xml_root

SUFFIXES = (".fit", ".gpx", ".tcx")
_READERS: dict[str, Callable[[bytes, str], list[Recording]]] = {
    "fit": read_fit,
    "gpx": read_gpx,
    "tcx": read_tcx,
    "polar": read_polar_session,
}
_XML = {"gpx": "gpx", "TrainingCenterDatabase": "tcx"}
_AHEAD_BYTES = 64 * 2**20
_AHEAD = 16
_Pending: TypeAlias = "Future[list[Recording] | InputError]"


class Outcome(NamedTuple):
    """What became of one file.

    Parameters
    ----------
    name : str
        Its path; for a file in an archive, the archive's path and its own.
    sha256 : str
        Digest of its bytes, out of any ``.gz``; empty where they could not be read.
    result : list of Recording, InputError or None
        Recordings; or why it was not imported (`NotAnActivity` where that is no fault); or None where the
        digest was known already.
    data : bytes
        The file itself where it could be opened but not be imported, for whoever keeps such files.
    """

    name: str
    sha256: str
    result: list[Recording] | InputError | None
    data: bytes = b""


def format_of(data: bytes) -> str | None:
    """Return "fit", "gpx", "tcx" or "polar" (a session of its account's export) by the content, None for anything else."""
    if data[8:12] == b".FIT" and data[:1] >= b"\x0c":
        return "fit"
    if is_polar_session(data):
        return "polar"
    return _XML.get(xml_root(data) or "")


def read_activity_file(data: bytes, name: str) -> list[Recording]:
    """Read one activity file of any format, and clean its recordings.

    Parameters
    ----------
    data : bytes
        The file, out of any ``.gz``.
    name : str
        What to call it in messages; where the content does not tell the format, its suffix does.

    Returns
    -------
    list of Recording
        One a leg, in order; never empty.

    Raises
    ------
    NotAnActivity
        The file holds something else.
    InputError
        Nothing of it can be used, and why.
    """
    kind = format_of(data) or ("polar" if is_session_name(name) else None)
    if kind is None:
        suffixes = PurePosixPath(name).suffixes[::-1]
        suffix = next((s for s in map(str.lower, suffixes) if s in SUFFIXES), "")
        _refuse(data, name, suffix)
        kind = suffix[1:]
    recordings = _READERS[kind](data, name)
    if len(recordings) == 1:
        return [clean(recordings[0], name)]
    kept, reasons = [], []
    for recording in recordings:
        try:
            kept.append(clean(recording, name))
        except InputError as error:
            reasons.append(error)
    if not kept:
        raise reasons[0]
    if reasons:
        kept[0].notes.append(f"{len(reasons)} of {len(recordings)} legs hold nothing and were left out")
    return kept


def _refuse(data: bytes, name: str, suffix: str) -> None:
    """Say what a file is that is none of the formats; return where its own reader says it better."""
    refuse_pointer(data, name)
    if not suffix:
        kind = "no FIT, GPX or TCX file" if data else "an empty file"
        raise NotAnActivity(kind, file=name, foreign=True)
    if not data:
        raise InputError("is empty", file=name, mend="export it anew")
    root = xml_root(data)
    if (root or "").lower() == "html" or data.lstrip()[:14].lower() == b"<!doctype html":
        raise InputError("is a web page, not an activity", file=name, mend="log in and download it again")
    if suffix != ".fit" and (
        root is not None or not data.lstrip().startswith((b"<", b"\xef", b"\xff", b"\xfe"))
    ):
        raise InputError(f"is named {suffix} but is none", file=name, mend="export it anew")


def iter_recordings(
    paths: Iterable[Path],
    *,
    workers: int = 1,
    known: Container[str] = frozenset(),
    wanted: Wanted = everything,
) -> Iterator[Outcome]:
    """Yield what became of each file at or below `paths`, in the order of their names.

    Never raises for a file's sake: a folder that vanishes, a damaged archive, a broken file each give one
    outcome with a reason. Memory holds a few files at a time.

    Parameters
    ----------
    paths : iterable of Path
        Files, folders and archives, any mix.
    workers : int
        Processes that read; 1 reads in this one.
    known : container of str
        Digests of files that need not be read again.
    wanted : callable
        Which files to read, by their paths.
    """
    if workers > 1:
        yield from _in_pool(find_files(paths, wanted), workers, known)
        return
    for found in find_files(paths, wanted):
        digest, result = _at_hand(found, known)
        if isinstance(result, bytes):
            yield _outcome(found.name, digest, _tried(result, found.name), result)
        else:
            yield Outcome(found.name, digest, result)


def _at_hand(found: Found, known: Container[str]) -> tuple[str, bytes | InputError | None]:
    """Return the digest, and the outcome where it is known without reading, else the bytes."""
    if isinstance(found.data, InputError):
        return "", found.data
    digest = hashlib.sha256(found.data).hexdigest()
    return digest, None if digest in known else found.data


def _outcome(name: str, digest: str, result: list[Recording] | InputError, data: bytes) -> Outcome:
    return Outcome(name, digest, result, data if isinstance(result, InputError) else b"")


def _tried(data: bytes, name: str) -> list[Recording] | InputError:
    try:
        return read_activity_file(data, name)
    except InputError as error:
        return error


class _Pool:
    """Processes that read; a reader that kills its process costs one file, not the batch."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.pool = self._start(workers)
        self.single: ProcessPoolExecutor | None = None

    @staticmethod
    def _start(workers: int) -> ProcessPoolExecutor:
        # Spawned, not forked: the parent may run threads, and a lock forked while held never opens.
        # Ctrl-C is the parent's to handle.
        spawn = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(workers, spawn, signal.signal, (signal.SIGINT, signal.SIG_IGN))

    def submit(self, data: bytes, name: str) -> _Pending:
        try:
            return self.pool.submit(_tried, data, name)
        except BrokenProcessPool:
            self.pool = self._start(self.workers)
            return self.pool.submit(_tried, data, name)

    def alone(self, data: bytes, name: str) -> list[Recording] | InputError:
        """Read a file with no other beside it, after the pool broke with it or near it."""
        self.single = self.single or self._start(1)
        try:
            return self.single.submit(_tried, data, name).result()
        except BrokenProcessPool:
            self.single = None
            return InputError("ends the process that reads it", file=name, mend="report this file")

    def close(self) -> None:
        for pool in (self.pool, self.single):
            if pool is not None:
                pool.shutdown(wait=True, cancel_futures=True)


def _in_pool(files: Iterator[Found], workers: int, known: Container[str]) -> Iterator[Outcome]:
    pool = _Pool(workers)
    waiting: deque[tuple[Outcome, bytes, _Pending | None]] = deque()
    ahead = 0

    def first() -> Outcome:
        outcome, data, pending = waiting.popleft()
        if pending is None:
            return outcome
        try:
            result = pending.result()
        except BrokenProcessPool:
            result = pool.alone(data, outcome.name)
        return _outcome(outcome.name, outcome.sha256, result, data)

    try:
        for found in files:
            digest, result = _at_hand(found, known)
            if isinstance(result, bytes):
                waiting.append((Outcome(found.name, digest, None), result, pool.submit(result, found.name)))
                ahead += len(result)
            else:
                waiting.append((Outcome(found.name, digest, result), b"", None))
            while len(waiting) > _AHEAD * workers or ahead > _AHEAD_BYTES:
                ahead -= len(waiting[0][1])
                yield first()
        while waiting:
            yield first()
    finally:
        pool.close()
