"""Files wherever they lie: loose, in folders, gzipped, in zip archives and zip archives within those.

Nothing is ever unpacked onto the disk under a name from an archive, sizes are counted while unpacking and
not believed, and one bad entry does not keep the others back.
"""

from __future__ import annotations

import gzip
import io
import os
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from ..errors import InputError

LARGEST_FILE = 128 * 2**20
"""Bytes of one activity file, unpacked; a day's FIT file has 5 MB, its GPX 40 MB."""
LARGEST_JSON = 400 * 2**20
"""Bytes of one JSON file, unpacked; a Garmin account's list of activities has over 100 MB."""
LARGEST_NESTED = 2 * 2**30
"""Bytes of a zip archive within a zip archive."""
_MOST_ENTRIES = 200_000
_DEEPEST = 2  # an archive in an archive, as Garmin's exports are
_RATIO = 250  # XML packs 10 to 60 times
_CHUNK = 2**20
UNZIP_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError)
"""What Python raises at archives that are damaged, locked or packed in a way that it does not know."""
LFS_POINTER = b"version https://git-lfs"
"""How the stand-in for a file begins that Git LFS has not fetched yet."""
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_GZIP = b"\x1f\x8b"


Wanted = Callable[[str], bool]
"""Whether a file is to be read, or an archive in an archive opened, by its path; other archives are opened in any case."""


def everything(name: str) -> bool:
    """Want every file."""
    return True


def refuse_pointer(head: bytes, file: str | Path) -> None:
    """Raise InputError where a file that begins so stands in for one that was never fetched."""
    if head.startswith(LFS_POINTER):
        mend = "run `git lfs pull` where it came from"
        raise InputError("is a Git LFS pointer, not the data", file=file, row=1, mend=mend)


class Found(NamedTuple):
    """A file's name, as messages call it, and its bytes or why it could not be read."""

    name: str
    data: bytes | InputError


def find_files(paths: Iterable[Path], wanted: Wanted = everything) -> Iterator[Found]:
    """Yield every `wanted` file at or below `paths`, in the order of their names, one at a time in memory."""
    for path in paths:
        if path.is_dir():
            yield from _folder(path, wanted)
        else:
            yield from _file(path, wanted)


def _folder(path: Path, wanted: Wanted) -> Iterator[Found]:
    troubles: list[OSError] = []
    for folder, below, files in os.walk(path, onerror=troubles.append):
        below.sort()
        for name in sorted(files):
            yield from _file(Path(folder) / name, wanted)
        while troubles:
            yield _unread(troubles.pop())
    while troubles:
        yield _unread(troubles.pop())


def _unread(error: OSError, name: str | None = None) -> Found:
    where = name or str(error.filename or "a folder")
    return Found(where, InputError(f"cannot be read: {error.strerror or error}", file=where))


def _file(path: Path, wanted: Wanted) -> Iterator[Found]:
    name = str(path)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            yield Found(name, InputError("is no ordinary file", file=name))
            return
        with path.open("rb") as handle:
            if handle.read(4) in _ZIP:
                handle.seek(0)
                yield from _archive(handle, name, 1, wanted)
                return
            if not wanted(name):
                return
            handle.seek(0)
            data = handle.read(_largest(name) + 1)
    except OSError as error:
        yield _unread(error, name)
        return
    yield Found(name, _unwrapped(data, name))


def _unwrapped(data: bytes, name: str) -> bytes | InputError:
    """Return the bytes out of their gzip wrapping, if any."""
    if len(data) > _largest(name):
        return InputError(f"is over {_largest(name) >> 20} MB: no file of its kind is", file=name)
    if not data.startswith(_GZIP):
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            return _unpacked(packed, len(data), name)
    except InputError as error:
        return error
    except EOFError:
        return InputError("is a .gz file that ends too early", file=name, mend="copy it anew")
    except (OSError, zlib.error) as error:
        return InputError(f"is a damaged .gz file: {error}", file=name, mend="copy it anew")


def _unpacked(packed: IO[bytes] | gzip.GzipFile, packed_size: int, name: str) -> bytes:
    return b"".join(_chunks(packed, packed_size, name, _largest(name)))


def _largest(name: str) -> int:
    return LARGEST_JSON if name.lower().removesuffix(".gz").endswith(".json") else LARGEST_FILE


def _chunks(packed: IO[bytes] | gzip.GzipFile, packed_size: int, name: str, limit: int) -> Iterator[bytes]:
    """Yield what is unpacked, and stop where it grows past all reason."""
    size = 0
    while chunk := packed.read(_CHUNK):
        size += len(chunk)
        if size > limit or (size > 10 * _CHUNK and size > _RATIO * packed_size):
            what = f"unpacks to over {size >> 20} MB from {packed_size:,} bytes: refused as a zip bomb"
            raise InputError(what, file=name)
        yield chunk


def _archive(handle: IO[bytes], name: str, depth: int, wanted: Wanted) -> Iterator[Found]:
    try:
        with zipfile.ZipFile(handle) as archive:
            entries = [e for e in archive.infolist() if not e.is_dir()]
            if len(entries) > _MOST_ENTRIES:
                yield Found(name, InputError(f"has over {_MOST_ENTRIES:,} files", file=name))
                return
            for entry in sorted(entries, key=lambda e: e.filename):
                yield from _entry(archive, entry, f"{name}/{entry.filename}", depth, wanted)
    except (OSError, *UNZIP_FAULTS) as error:
        yield Found(name, InputError(f"is a damaged zip archive: {error}", file=name, mend="copy it anew"))


def _entry(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, depth: int, wanted: Wanted
) -> Iterator[Found]:
    if not wanted(name):
        return
    try:
        _check_entry(entry, name)
        with archive.open(entry) as packed:
            head = packed.read(4)
        with archive.open(entry) as packed:
            if head in _ZIP:
                yield from _nested(packed, entry.compress_size, name, depth, wanted)
                return
            data = _unpacked(packed, entry.compress_size, name)
    except InputError as error:
        yield Found(name, error)
    except (OSError, *UNZIP_FAULTS) as error:
        yield Found(name, InputError(f"cannot be unpacked: {error}", file=name, mend="copy the archive anew"))
    else:
        yield Found(name, _unwrapped(data, name))


def _check_entry(entry: zipfile.ZipInfo, name: str) -> None:
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        raise InputError("is a path that climbs out of its archive: refused", file=name)
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise InputError("is a link inside an archive: refused", file=name)
    if entry.flag_bits & 1:
        raise InputError("is locked with a password", file=name, mend="unpack the archive yourself")


def _nested(packed: IO[bytes], packed_size: int, name: str, depth: int, wanted: Wanted) -> Iterator[Found]:
    if depth >= _DEEPEST:
        raise InputError(
            "is an archive in an archive in an archive: refused", file=name, mend="unpack it once"
        )
    with tempfile.TemporaryFile() as inner:
        for chunk in _chunks(packed, packed_size, name, LARGEST_NESTED):
            inner.write(chunk)
        inner.seek(0)
        yield from _archive(inner, name, depth + 1, wanted)
