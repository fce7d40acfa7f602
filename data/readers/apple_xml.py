"""A stream through Apple Health's ``export.xml``, gigabytes long, in the memory of a few megabytes.

Real exports carry their own document type, which Apple has at times written wrongly, and stray control
characters. Both are passed over; a document type that defines entities is refused.
"""

from __future__ import annotations

import contextlib
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO
from xml.parsers import expat

from ..errors import InputError
from .archives import UNZIP_FAULTS, refuse_pointer
from .tabular import Progress, silent

_CHUNK = 1 << 20
_QUIET = 16 * _CHUNK  # so many bytes without a new element: no export is written so
_DEPTH = 32
_PROLOG = 1_000_000  # bytes in which the document type must end
_RATIO = 300  # real exports shrink to a twentieth or a thirtieth
_DOCTYPE_END = re.compile(rb"\]\s*>")
_FIRST_ELEMENT = re.compile(rb"<[A-Za-z]")
_EXTERNAL = re.compile(rb"<!DOCTYPE\s+\S+\s+(SYSTEM|PUBLIC)\b")
_CLEAN = bytes(32 if c < 32 and c not in (9, 10, 13) else c for c in range(256))

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]


def stream(path: Path, start: Start, end: End, progress: Progress = silent) -> None:
    """Call `start` and `end` for every element of the export, in order.

    Parameters
    ----------
    path : Path
        An ``export.xml``, the folder that holds it, or the zip archive as Apple wrote it.
    start, end : callable
        Called as ``start(name, attributes)`` and ``end(name)``.
    progress : callable, optional
        Called as ``progress(done, total, what)`` with megabytes.

    Raises
    ------
    InputError
        No such export, broken or cut-off XML, entities, a bomb.
    """
    with _open(path) as (source, size, label):
        _Parser(label, start, end).run(source, size, progress)


class _Parser:
    """One pass of expat, with the guards around it."""

    def __init__(self, file: str, start: Start, end: End) -> None:
        self.file = file
        self.elements = 0
        self.depth = 0
        self._start = start
        self._end = end
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartElementHandler = self.open_element
        self.parser.EndElementHandler = self.close_element
        self.parser.StartDoctypeDeclHandler = self.refuse
        self.parser.EntityDeclHandler = self.refuse
        self.parser.ExternalEntityRefHandler = self.refuse

    def refuse(self, *_: object) -> int:
        raise InputError(
            "defines entities or a document type of its own, which no Apple export does", file=self.file
        )

    def open_element(self, name: str, attributes: dict[str, str]) -> None:
        if not self.elements and name != "HealthData":
            raise InputError(
                f"is no Apple Health export: it begins with <{name[:40]}>",
                file=self.file,
                mend="give export.xml",
            )
        self.elements += 1
        self.depth += 1
        if self.depth > _DEPTH:
            raise InputError("elements are nested as in no Apple export", file=self.file)
        self._start(name, attributes)

    def close_element(self, name: str) -> None:
        self.depth -= 1
        self._end(name)

    def run(self, source: IO[bytes], size: int, progress: Progress) -> None:
        fed = quiet = seen = 0
        chunk = _prolog(source, self.file)
        try:
            while chunk:
                self.parser.Parse(chunk.translate(_CLEAN), False)
                fed += len(chunk)
                quiet = quiet + len(chunk) if self.elements == seen else 0
                seen = self.elements
                if quiet > _QUIET:
                    raise InputError("a piece of over 16 MB without an element", file=self.file)
                progress(min(fed, size) // _CHUNK, max(size // _CHUNK, 1), "MB of export.xml")
                chunk = source.read(_CHUNK)
            self.parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise InputError(
                f"is broken or cut-off XML: {expat.ErrorString(error.code)}",
                file=self.file,
                row=error.lineno,
                mend="export it anew",
            ) from None
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise InputError(
                f"is a broken zip archive: {error}", file=self.file, mend="export it anew"
            ) from None
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}", file=self.file) from None


def _prolog(source: IO[bytes], file: str) -> bytes:
    """Return the beginning of the document without its document type, as many lines long as it was."""
    try:
        head = source.read(_CHUNK)
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError):
        raise InputError("cannot be read", file=file, mend="export it anew") from None
    refuse_pointer(head, file)
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise InputError(
            "is no XML in UTF-8, as Apple writes it", file=file, mend="give export.xml or export.zip"
        )
    at = head.find(b"<!DOCTYPE")
    first = _FIRST_ELEMENT.search(head)
    if at < 0 or (first and first.start() < at):
        return head
    found = _DOCTYPE_END.search(head, at)
    if found is None or found.end() > _PROLOG or _EXTERNAL.match(head, at):
        raise InputError("has a document type that no Apple export has", file=file, mend="export it anew")
    if b"<!ENTITY" in head[at : found.end()]:
        raise InputError("defines entities, which no Apple export does", file=file)
    return head[:at] + b"\n" * head.count(b"\n", at, found.end()) + head[found.end() :]


@contextlib.contextmanager
def _open(path: Path) -> Iterator[tuple[IO[bytes], int, str]]:
    """Yield the stream of the export, its size and its name for messages."""
    if path.suffix.lower() == ".csv":
        raise InputError(
            "is a CSV that some converter made of an Apple export: days, offsets and sources are not sure to be whole",
            file=path,
            mend="give the export.xml itself",
        )
    with contextlib.ExitStack() as stack:
        yield _opened(path, stack)


def _opened(path: Path, stack: contextlib.ExitStack) -> tuple[IO[bytes], int, str]:
    try:
        if path.is_dir():
            path = _in_folder(path)
        if zipfile.is_zipfile(path):
            archive = stack.enter_context(zipfile.ZipFile(path))
            member = _member(archive, path)
            return stack.enter_context(archive.open(member)), member.file_size, f"{path}/{member.filename}"
        return stack.enter_context(open(path, "rb")), path.stat().st_size, str(path)
    except FileNotFoundError:
        raise InputError("the file is missing", file=path) from None
    except UNZIP_FAULTS as error:
        raise InputError(f"is a broken or locked zip archive: {error}", file=path) from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=path) from None


def _in_folder(path: Path) -> Path:
    for file in sorted(path.glob("*.xml")) + sorted(path.glob("apple_health_export/*.xml")):
        with open(file, "rb") as source:
            if is_export(source.read(4096)):
                return file
    for file in sorted(path.glob("*.zip")):
        return file
    raise InputError(
        "holds no Apple Health export.xml", file=path, mend="give the unpacked export or its zip archive"
    )


def _member(archive: zipfile.ZipFile, path: Path) -> zipfile.ZipInfo:
    """Return the export in an archive: its name is translated, its beginning is not."""
    for member in sorted(archive.infolist(), key=lambda m: -m.file_size):
        if not member.filename.lower().endswith(".xml"):
            continue
        with archive.open(member) as source:
            if not is_export(source.read(4096)):
                continue
        if member.file_size > 1_000_000 + _RATIO * member.compress_size:
            raise InputError(
                f"{member.filename} unpacks to {_RATIO} times its size: no export does", file=path
            )
        return member
    raise InputError(
        "holds no Apple Health export.xml", file=path, mend="give export.zip as the phone wrote it"
    )


def is_export(head: bytes) -> bool:
    """Return whether the beginning of a file is that of Apple's export, whose name is translated."""
    return b"<!DOCTYPE HealthData" in head or b"<HealthData" in head


def instant(text: str | None) -> datetime | None:
    """Return a time with its offset, written ``2016-04-02 11:12:57 +0100``; None where it is none."""
    if not text or len(text) < 25:
        return None
    try:
        time = datetime.fromisoformat(text[:19] + text[20:])
    except ValueError:
        return None
    return time if time.tzinfo is not None and 1970 <= time.year <= 2100 else None
