"""The documents of an export, in a folder, a zip archive or alone: listed first, opened one at a time."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ..errors import InputError
from .archives import UNZIP_FAULTS

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


def bytes_of(document: Document, whose: str) -> bytes:
    """Return what a document holds; `whose` names the service.

    Raises
    ------
    ValueError
        It is too large or cannot be read; the message says so, for a person.
    """
    if document.size > _LIMIT:
        raise ValueError(f"too large to be one of {whose}'s JSON files")
    try:
        return document.open()
    except (OSError, *UNZIP_FAULTS):
        raise ValueError("cannot be read") from None
