"""Files that could not be read, kept with the reason until a later version or a better file can.

They lie in the folder ``quarantine`` beside the store, as copies: what the user gave is never touched.
``quarantine.json`` there lists them, and is swapped in one step.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shlex
import stat
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath, PureWindowsPath

from .errors import InputError
from .store_files import lock, replace_file, sync_folder

_LIST = "quarantine.json"
_LOCK = "quarantine.lock"
_CHUNK = 1 << 20
_KEPT = re.compile(r"[0-9a-f]{16}-[^/\\]+")


@dataclass(frozen=True)
class Entry:
    """One file in quarantine.

    Parameters
    ----------
    file : str
        Name of the copy in the quarantine folder.
    name : str
        The file's own name, without folders.
    digest : str
        Hash of its bytes.
    reason : str
        Why it could not be read, for a person.
    when : str
        When it first came, ISO 8601 in UTC.
    command : str
        What to type to try again.
    """

    file: str
    name: str
    digest: str
    reason: str
    when: str
    command: str = ""


@dataclass(frozen=True)
class Retried:
    """What came of another try: entries that went well and left, and those that stay."""

    done: list[Entry]
    left: list[Entry]


class Quarantine:
    """The folder of files that could not be read.

    Parameters
    ----------
    folder : str or Path
        Made by the first `keep`. `Quarantine.beside` names the one of a store.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     odd = Quarantine(Path(folder) / "quarantine")
    ...     kept = odd.keep_bytes("run.fit", b"no run", "is not a FIT file", "heavylegs import {file}")
    ...     [e.reason for e in odd.entries()], odd.retry(lambda path: path.read_bytes()).left
    (['is not a FIT file'], [])
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    @classmethod
    def beside(cls, store: str | Path) -> Quarantine:
        """Return the quarantine of the store in that folder."""
        return cls(Path(store).absolute().parent / "quarantine")

    def path(self, entry: Entry) -> Path:
        """Return where the copy lies."""
        return self.folder / entry.file

    def entries(self) -> list[Entry]:
        """Return what is there, the oldest first; InputError where the list is broken."""
        file = self.folder / _LIST
        try:
            listed = json.loads(file.read_text(encoding="utf-8"))
            entries = [Entry(**{key: str(value) for key, value in item.items()}) for item in listed["files"]]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror or error}", file=file) from None
        except (ValueError, KeyError, TypeError, AttributeError):
            entries = None
        if entries is None or not all(_KEPT.fullmatch(e.file) for e in entries):
            raise InputError("is not a list of quarantined files, or is broken", file=file, mend="rename it")
        return entries

    def keep(self, source: Path, reason: str, command: str = "") -> Entry:
        """Copy a file here; one that is here already keeps its entry, with the newer reason.

        Parameters
        ----------
        source : Path
            The file, which stays as it is.
        reason : str
            Why it could not be read.
        command : str
            What to type to try again; ``{file}`` stands for the copy.

        Raises
        ------
        InputError
            The file is gone or is no regular file, or the folder cannot be written to. The import can go on.
        """
        try:
            if not stat.S_ISREG(source.stat().st_mode):
                raise InputError("is not a regular file and cannot be kept", file=source)
            file = source.open("rb")
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror or error}", file=source) from None
        with file:
            return self._keep(source.name, iter(lambda: file.read(_CHUNK), b""), reason, command)

    def keep_bytes(self, name: str, data: bytes, reason: str, command: str = "") -> Entry:
        """Keep a file that lies in no folder, as one out of an archive; else as `keep`."""
        return self._keep(name, iter([data]), reason, command)

    def retry(self, reader: Callable[[Path], object]) -> Retried:
        """Give every file to `reader` again, and let go of those that it takes.

        Parameters
        ----------
        reader : callable
            Gets the copy's path; reads and stores it, and raises InputError where it cannot: the entry then
            stays, with that reason. Only after it returned is the copy removed.
        """
        done, left = [], []
        for entry in self.entries():
            try:
                if self.path(entry).is_file():  # a copy that someone took away is no longer waiting
                    reader(self.path(entry))
                done.append(entry)
            except InputError as error:
                left.append(replace(entry, reason=_told(error, self.path(entry))))
        with self._writing() as listed:
            news = {e.file: e for e in left}
            gone = {e.file for e in done}
            self._swap([news.get(e.file, e) for e in listed if e.file not in gone])
            for entry in done:
                self.path(entry).unlink(missing_ok=True)
        return Retried(done, left)

    def _keep(self, name: str, chunks: Iterator[bytes], reason: str, command: str) -> Entry:
        safe = _safe(name)
        with self._writing() as listed:
            temporary, digest = self._copy(chunks)
            same = [e for e in listed if e.digest == digest]
            file = same[0].file if same else f"{digest}-{safe}"
            os.replace(temporary, self.folder / file)
            told = command.replace("{file}", shlex.quote(str(self.folder / file)))
            when = datetime.now(UTC).isoformat(timespec="seconds")
            first = same[0] if same else Entry(file, safe, digest, reason, when)
            entry = replace(first, reason=reason, command=told or first.command)
            others = [entry if e.digest == digest else e for e in listed]
            self._swap(others if same else [*others, entry])
            return entry

    def _copy(self, chunks: Iterator[bytes]) -> tuple[str, str]:
        """Write the chunks to a new file, and return its path and their hash."""
        handle, temporary = tempfile.mkstemp(prefix=".writing-", dir=self.folder)
        hashed = hashlib.blake2b(digest_size=8)
        try:
            with os.fdopen(handle, "wb") as out:
                for chunk in chunks:
                    hashed.update(chunk)
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
        return temporary, hashed.hexdigest()

    def _swap(self, entries: list[Entry]) -> None:
        text = json.dumps({"files": [asdict(e) for e in entries]}, indent=1, ensure_ascii=False) + "\n"
        file = self.folder / _LIST
        sync_folder(self.folder)
        if not file.is_file() or file.read_bytes() != text.encode():
            replace_file(file, text.encode())
            sync_folder(self.folder)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[list[Entry]]:
        """Hold the folder's lock, waiting for it: stores side by side share one quarantine."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with lock(self.folder / _LOCK, wait=True):
                yield self.entries()
        except OSError as error:
            raise InputError(
                f"cannot keep files that could not be read: {error.strerror or error}",
                file=self.folder,
                mend="make room or give the store another folder; your own files are untouched",
            ) from None


def _safe(name: str) -> str:
    """Return the last part of a name, fit to be a file's name anywhere."""
    last = PurePosixPath(PureWindowsPath(name).as_posix()).name
    plain = re.sub(r'[\x00-\x1f\x7f<>:"/\\|?*]', "_", last)
    return plain.encode("utf-8", "replace")[-120:].decode("utf-8", "ignore") or "unnamed"


def _told(error: InputError, copy: Path) -> str:
    """Return the reason without the copy's own path."""
    return str(error).removeprefix(f"{copy}: ")
