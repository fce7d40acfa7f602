"""Files that could not be read, kept with the reason until a later version or a better file can.

They lie in the folder ``quarantine`` beside the store, as copies: what the user gave is never touched.
``quarantine.json`` there lists them, and is swapped in one step.
"""

from __future__ import annotations

import contextlib
import json
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath, PureWindowsPath

from .errors import InputError
from .store_files import digest, lock, replace_file, sync_folder

_LIST = "quarantine.json"
_LOCK = "quarantine.lock"
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
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     odd = Quarantine(Path(folder) / "quarantine")
    ...     kept = odd.keep("run.fit", b"no run", "is not a FIT file", "heavylegs import {file}")
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

    def keep(self, name: str, data: bytes, reason: str, command: str = "") -> Entry:
        """Keep a copy of a file here; one that is here already keeps its entry, with the newer reason.

        Parameters
        ----------
        name : str
            What the file is called; folders in it are left out.
        data : bytes
            What it holds.
        reason : str
            Why it could not be read.
        command : str
            What to type to try again; ``{file}`` stands for the copy.

        Raises
        ------
        InputError
            The folder cannot be written to. The import can go on.
        """
        safe, key = _safe(name), digest(data)
        with self._writing() as listed:
            same = next((e for e in listed if e.digest == key), None)
            file = same.file if same else f"{key}-{safe}"
            replace_file(self.folder / file, data)
            told = command.replace("{file}", shlex.quote(str(self.folder / file)))
            when = datetime.now(UTC).isoformat(timespec="seconds")
            first = same or Entry(file, safe, key, reason, when)
            entry = replace(first, reason=reason, command=told or first.command)
            others = [entry if e.digest == key else e for e in listed]
            self._swap(others if same else [*others, entry])
            return entry

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
