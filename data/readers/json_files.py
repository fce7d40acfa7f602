"""The documents of an export, in a folder, a zip archive or alone: listed first, opened one at a time, read as JSON."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import InputError
from .archives import LFS_POINTER, UNZIP_FAULTS

_LIMIT = 400_000_000  # bytes of one document
_RATIO = 200  # one that unpacks to more than this many times its size is a bomb


class Document(NamedTuple):
    """A file's name below the folder or in the archive, its size in bytes, and what reads it."""

    name: str
    size: int
    open: Callable[[], bytes]


def documents(path: Path, *suffixes: str) -> list[Document]:
    """Return the documents at `path` that end in one of `suffixes`, in the order of their names, none of them read.

    Raises
    ------
    InputError
        It is missing, cannot be read, or is a broken archive.
    """
    try:
        if path.is_dir():
            files = sorted(p for p in path.rglob("*") if p.name.lower().endswith(suffixes) and p.is_file())
            return [Document(str(p.relative_to(path)), p.stat().st_size, p.read_bytes) for p in files]
        if zipfile.is_zipfile(path):
            return _members(path, suffixes)
        return [Document(path.name, path.stat().st_size, path.read_bytes)]
    except FileNotFoundError:
        raise InputError("the file is missing", file=path) from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=path) from None


def _members(path: Path, suffixes: tuple[str, ...]) -> list[Document]:
    try:
        # It closes with the last of its documents: to open one of 30,000 members anew each time takes minutes.
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError) as error:
        raise InputError(f"is a broken zip archive: {error}", file=path) from None
    return [
        # A bomb is given a size that is refused, so that it is told and the rest goes on.
        Document(
            m.filename,
            _LIMIT + 1 if m.file_size > 1_000_000 + _RATIO * m.compress_size else m.file_size,
            partial(archive.read, m.filename),
        )
        for m in sorted(archive.infolist(), key=lambda m: m.filename)
        if m.filename.lower().endswith(suffixes)
    ]


def text_of(document: Document, whose: str) -> str:
    """Return a document's text.

    Raises
    ------
    InputError
        Its `what` says why there is none, as a reason to leave the file out.
    """
    if document.size > _LIMIT:
        raise InputError(f"too large to be one of {whose}'s JSON files")
    try:
        data = document.open()
    except (OSError, *UNZIP_FAULTS):
        raise InputError("cannot be read") from None
    if data.startswith(LFS_POINTER):
        raise InputError("a Git LFS pointer, not the data: run `git lfs pull`")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text") from None


def content_of(
    document: Document, whose: str, keep: Callable[[dict[str, Any]], dict[str, Any]] | None = None
) -> Any:
    """Return what a document holds; what is no number in JSON, as NaN, is None.

    Parameters
    ----------
    document : Document
    whose : str
        The service, for the reasons.
    keep : callable, optional
        What is kept of each object; it need not be held in memory whole.

    Raises
    ------
    InputError
        As `text_of`, and where it is no sound JSON.
    """
    text = text_of(document, whose)

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        record = dict(pairs)
        if len(record) < len(pairs):
            twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
            raise InputError(f"tells {twice!r} twice in one record: which counts is not known")
        return keep(record) if keep else record

    try:
        return json.loads(text, object_pairs_hook=unique, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        reason = f"broken JSON, at line {error.lineno}: fetch it anew" if text.strip() else "holds no data"
        raise InputError(reason) from None
    except (RecursionError, ValueError, MemoryError):
        raise InputError("JSON nested or written as no service does") from None
