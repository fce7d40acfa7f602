"""Files that could not be read, kept with the reason until a later version or a better file can.

They lie in the folder ``quarantine`` beside the store, as copies: what the user gave is never touched. Stores
side by side share it, so each entry tells of which store and of which athlete it is; the same bytes that came for two
people are two entries with one copy. ``quarantine.json`` lists them, and is swapped in one step.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path, PurePosixPath, PureWindowsPath

from .errors import InputError
from .names import plain_name
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
    store : str
        Name of the store's folder, which lies beside the quarantine; "" where an older version did not note it.
    athlete : str
        Whose file it is; "" where nobody was noted.
    """

    file: str
    name: str
    digest: str
    reason: str
    when: str
    command: str = ""
    store: str = ""
    athlete: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from all others: the bytes, the store and the athlete."""
        return self.digest, self.store, self.athlete


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
    store : str
        Name of the store whose files count; those of others are neither told nor tried. "" counts all.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     odd = Quarantine(Path(folder) / "quarantine")
    ...     kept = odd.keep("run.fit", b"no run", "is not a FIT file", "heavylegs import {file}")
    ...     [e.reason for e in odd.entries()], odd.retry(lambda e: odd.path(e).read_bytes()).left
    (['is not a FIT file'], [])
    """

    def __init__(self, folder: str | Path, store: str = "") -> None:
        self.folder, self.store = Path(folder), store

    @classmethod
    def beside(cls, store: str | Path) -> Quarantine:
        """Return the quarantine of the store in that folder."""
        path = Path(os.path.abspath(store))
        return cls(path.parent / "quarantine", path.name)

    def path(self, entry: Entry) -> Path:
        """Return where the copy lies."""
        return self.folder / entry.file

    def entries(self, athlete: str = "") -> list[Entry]:
        """Return what waits for this store, or for an athlete of it and for nobody, the oldest first.

        Raises
        ------
        InputError
            Where the list is broken.
        """
        ours = [e for e in self._listed() if self._counts(e)]
        return [e for e in ours if not athlete or e.athlete in ("", athlete)]

    def elsewhere(self) -> Counter[str]:
        """Return how many files wait for each other store beside it, by its name."""
        return Counter(e.store for e in self._listed() if not self._counts(e))

    def _counts(self, entry: Entry) -> bool:
        return not self.store or entry.store in ("", self.store)

    def _listed(self) -> list[Entry]:
        """Return what waits for any store."""
        file = self.folder / _LIST
        try:
            listed = json.loads(file.read_text(encoding="utf-8"))
            entries = [
                _owned(Entry(**{key: str(value) for key, value in item.items()})) for item in listed["files"]
            ]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror or error}", file=file) from None
        except (ValueError, KeyError, TypeError, AttributeError):
            entries = None
        if entries is None or not all(_KEPT.fullmatch(e.file) for e in entries):
            raise InputError("is not a list of quarantined files, or is broken", file=file, mend="rename it")
        return entries

    def keep(self, name: str, data: bytes, reason: str, command: str = "", athlete: str = "") -> Entry:
        """Keep a copy of a file here; one of that store and athlete that is here keeps its entry, with the newer reason.

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
        athlete : str
            Whose file it is.

        Raises
        ------
        InputError
            The folder cannot be written to. The import can go on.
        """
        safe, key = _safe(name), digest(data)
        with self._writing() as listed:
            alike = [e for e in listed if e.digest == key]
            # one that tells of no store or athlete is taken for theirs who come with the same bytes
            fits = [e for e in alike if e.store in ("", self.store) and e.athlete in ("", athlete)]
            same = max(fits, key=lambda e: e.key, default=None)
            file = alike[0].file if alike else f"{key}-{safe}"
            replace_file(self.folder / file, data)
            told = command.replace("{file}", shlex.quote(str(self.folder / file)))
            when = datetime.now(UTC).isoformat(timespec="seconds")
            first = same or Entry(file, safe, key, reason, when)
            entry = replace(
                first, reason=reason, command=told or first.command, store=self.store, athlete=athlete
            )
            self._swap([entry if e is same else e for e in listed] + ([] if same else [entry]))
            return entry

    def retry(self, reader: Callable[[Entry], object], athlete: str = "") -> Retried:
        """Give every file of this store to `reader` again, and let go of those that it takes.

        Parameters
        ----------
        reader : callable
            Gets the entry; reads and stores its copy, and raises InputError where it cannot: the entry then
            stays, with that reason. Only after it returned is the copy removed.
        athlete : str
            Only files of theirs and of nobody; "" is everybody's.
        """
        done, left = [], []
        for entry in self.entries(athlete):
            try:
                if self.path(entry).is_file():  # a copy that someone took away is no longer waiting
                    reader(entry)
                done.append(entry)
            except InputError as error:
                left.append(replace(entry, reason=_told(error, self.path(entry))))
        with self._writing() as listed:
            news = {e.key: e for e in left}
            self._leave([news.get(e.key, e) for e in listed], done)
        return Retried(done, left)

    def clear(self, athlete: str = "") -> list[Entry]:
        """Take what `entries` returns off the list and remove its copies, but those that wait for others too."""
        gone = self.entries(athlete)
        if gone:
            with self._writing() as listed:
                self._leave(listed, gone)
        return gone

    def _leave(self, listed: list[Entry], gone: list[Entry]) -> None:
        """Take entries off the list, then the copies that no other entry needs."""
        keys = {e.key for e in gone}
        kept = [e for e in listed if e.key not in keys]
        self._swap(kept)
        for file in {e.file for e in gone} - {e.file for e in kept}:
            (self.folder / file).unlink(missing_ok=True)

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
                yield self._listed()
        except OSError as error:
            raise InputError(
                f"cannot keep files that could not be read: {error.strerror or error}",
                file=self.folder,
                mend="make room or give the store another folder; your own files are untouched",
            ) from None


def _owned(entry: Entry) -> Entry:
    """Return an entry that an older version wrote with the store and the athlete of its command."""
    if entry.store or entry.athlete:
        return entry
    try:
        told = dict(pairwise(shlex.split(entry.command)))
    except ValueError:  # no command of ours
        return entry
    store, athlete = told.get("--store", ""), told.get("--athlete", "")
    return replace(entry, store=Path(store).name, athlete=plain_name(athlete))


def _safe(name: str) -> str:
    """Return the last part of a name, fit to be a file's name anywhere."""
    last = PurePosixPath(PureWindowsPath(name).as_posix()).name
    plain = re.sub(r'[\x00-\x1f\x7f<>:"/\\|?*]', "_", last)
    return plain.encode("utf-8", "replace")[-120:].decode("utf-8", "ignore") or "unnamed"


def _told(error: InputError, copy: Path) -> str:
    """Return the reason without the copy's own path."""
    return str(error).removeprefix(f"{copy}: ")
