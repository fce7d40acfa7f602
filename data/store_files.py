"""The files of a store: written under the hash of their bytes, and named by one manifest.

A file's name holds the hash of its bytes, so a file never changes once it is there. Files are written
first, the manifest ``store.json`` is swapped in one step after them and its copy after it, and files that it no longer
names are removed last: a process killed at any point leaves the old store or the new one, whole. Without a manifest the
files tell nothing, and what was noted by hand has no other source: hence the copy.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from .conform import conform, empty
from .errors import InputError
from .schema import TABLES, Table

SCHEMA_VERSION = 1
MANIFEST = "store.json"
COPY = "store.copy.json"
LOCK = "store.lock"
WHOLE = "all"  # the only bucket of a table without athletes
Manifest = dict[str, Any]
_ANEW = "put it back from a backup, or move the folder away and import into a new one"

_OURS = re.compile(
    rf"(((parts\.)?({'|'.join(TABLES)})|truth|seen)-([0-9]{{2}}(-[0-9]{{6}})?|{WHOLE})-[0-9a-f]{{16}}\.parquet"
    r"|\.writing-.+)"
)


def digest(data: bytes) -> str:
    """Return the hash that a file of these bytes carries in its name."""
    return hashlib.blake2b(data, digest_size=8).hexdigest()


def blank(name: str) -> Manifest:
    """Return the manifest of a store that holds nothing."""
    return {
        "name": name,
        "attributions": [],
        "tables": {table: {} for table in TABLES},
        "parts": {},
        "truth": None,
        "seen": None,
        "imports": [],
    }


class Files:
    """The folder of a store: its manifest, its Parquet files and its lock."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def exists(self) -> bool:
        """Return whether a manifest is there, or its copy: a store that lost the one must not be taken for none."""
        return any((self.path / name).is_file() for name in (MANIFEST, COPY))

    def manifest(self) -> Manifest:
        """Return the manifest; InputError where there is none, a broken one or one of a newer version."""
        file = self.path / MANIFEST
        try:
            data = file.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            if self.exists():
                raise InputError("is missing", file=file, mend=self._mend()) from None
            raise InputError(
                "is not a store", file=self.path, mend="make one with `heavylegs import`"
            ) from None
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}", file=file) from None
        manifest = _parsed(data)
        if manifest is None:
            raise InputError("is not the manifest of a store, or is broken", file=file, mend=self._mend())
        version = manifest["schema_version"]
        if not isinstance(version, int) or version > SCHEMA_VERSION:
            raise InputError(
                f"was written by a newer Heavylegs (store version {version}, this one reads {SCHEMA_VERSION})",
                file=file,
                mend="update Heavylegs",
            )
        return manifest

    def _mend(self) -> str:
        """Return how to mend a manifest that is broken or lost."""
        try:
            copy = _parsed((self.path / COPY).read_bytes())
        except OSError:
            copy = None
        whole = copy is not None and all((self.path / e["file"]).is_file() for e in _entries(copy))
        return f"rename {COPY} beside it to {MANIFEST}: it is its copy" if whole else _ANEW

    def frame(self, entry: Mapping[str, Any], columns: list[str] | None = None) -> pd.DataFrame:
        """Return a file's frame; InputError where its bytes are not the ones written."""
        file = self.path / entry["file"]
        try:
            data = file.read_bytes()
        except OSError as error:
            what = f"the store names this file, which cannot be read: {error.strerror}"
            raise InputError(what, file=file, mend=_ANEW) from None
        if digest(data) != file.stem.rpartition("-")[2]:
            raise InputError("is damaged: its bytes are not the ones written", file=file, mend=_ANEW)
        return pd.read_parquet(io.BytesIO(data), columns=columns)

    def table(self, entry: Mapping[str, Any], table: Table) -> pd.DataFrame:
        """Return a file's frame in the columns of its table.

        Raises
        ------
        InputError
            Where the file does not fit the table.
        """
        try:
            return conform(self.frame(entry), table)
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"does not fit the table {table.name}: {error}", file=self.path / entry["file"]
            ) from None

    def gather(
        self, manifest: Manifest, name: str, chosen: set[int] | set[str] | None, parts: bool = False
    ) -> pd.DataFrame:
        """Return a table's buckets, chosen by number or by their names in the manifest; None is all."""
        files = manifest["parts" if parts else "tables"].get(name, {})
        kept = [
            b for b in sorted(files) if chosen is None or b == WHOLE or b in chosen or int(b[:2]) in chosen
        ]
        return ordered([self.table(files[b], TABLES[name]) for b in kept], TABLES[name])

    def put(self, name: str, bucket: str, frame: pd.DataFrame) -> dict[str, Any]:
        """Write one file unless its very bytes are there, and return its entry for the manifest."""
        buffer = io.BytesIO()
        frame.to_parquet(buffer, engine="pyarrow", index=False, compression="zstd")
        data = buffer.getvalue()
        file = self.path / f"{name}-{bucket}-{digest(data)}.parquet"
        if not file.is_file() or file.read_bytes() != data:
            replace_file(file, data)
        return {"file": file.name, "rows": len(frame)}

    def swap(self, manifest: Manifest) -> None:
        """Put the manifest in place and its copy beside it, then remove the files that it does not name."""
        manifest = {"schema_version": SCHEMA_VERSION, **manifest}
        data = (json.dumps(manifest, indent=1, sort_keys=True, default=str) + "\n").encode()
        sync_folder(self.path)
        for file in (self.path / MANIFEST, self.path / COPY):
            if not file.is_file() or file.read_bytes() != data:
                replace_file(file, data)
                sync_folder(self.path)
        named = {entry["file"] for entry in _entries(manifest)}
        for path in self.path.iterdir():
            if path.name not in named and _OURS.fullmatch(path.name):
                path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def writing(self) -> Iterator[Manifest | None]:
        """Hold the store's lock; yield the manifest, or None where there is no store yet.

        Raises
        ------
        InputError
            Where another process is writing, or the folder cannot be written.
        """
        try:
            self._check_folder()
            self.path.mkdir(parents=True, exist_ok=True)
            with lock(self.path / LOCK):
                yield self.manifest() if self.exists() else None
        except OSError as error:
            reason = error.strerror or str(error)
            raise InputError(
                f"cannot be written: {reason}", file=self.path, mend="give another folder"
            ) from None

    def _check_folder(self) -> None:
        if self.path.exists() and not self.path.is_dir():
            raise InputError("is a file, not a folder", file=self.path, mend="give another folder")
        if self.exists() or not self.path.is_dir():
            return
        foreign = sorted(
            p.name for p in self.path.iterdir() if p.name != LOCK and not _OURS.fullmatch(p.name)
        )
        if foreign:
            raise InputError(
                f"holds other files ({foreign[0]!r}) and is no store",
                file=self.path,
                mend="give an empty or a new folder",
            )


def ordered(parts: list[pd.DataFrame], table: Table) -> pd.DataFrame:
    """Return the parts, each in the table's columns, as one table sorted by its key."""
    kept = [part for part in parts if len(part)]
    if not kept:
        return empty(table)
    frame = kept[0] if len(kept) == 1 else pd.concat(kept, ignore_index=True)
    return frame.sort_values(list(table.key), kind="stable", ignore_index=True)


def _entries(manifest: Manifest) -> list[dict[str, Any]]:
    """Return every file that the manifest names."""
    kinds = [*manifest["tables"].values(), *manifest["parts"].values()]
    single = [manifest[key] for key in ("truth", "seen") if manifest[key]]
    return [entry for files in kinds for entry in files.values()] + single


def _parsed(data: bytes) -> Manifest | None:
    """Return a manifest of its bytes; None where it is none, or broken. A newer version is for `Files.manifest` to refuse."""
    try:
        manifest = json.loads(data.decode("utf-8"))
        newer = manifest["schema_version"] != SCHEMA_VERSION
        return dict(manifest) if newer or _is_whole(manifest) else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _is_whole(manifest: Manifest) -> bool:
    """Return whether all parts are there and every file named is one of ours, in the store's own folder."""
    if not blank("").keys() <= manifest.keys():
        return False
    return all(_OURS.fullmatch(e["file"]) and isinstance(e["rows"], int) for e in _entries(manifest))


def replace_file(file: Path, data: bytes) -> None:
    """Write `data` to `file` in one step: whoever looks sees the old bytes or the new ones."""
    handle, temporary = tempfile.mkstemp(prefix=".writing-", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.replace(temporary, file)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def sync_folder(folder: Path) -> None:
    """Make the folder's entries durable where the system can."""
    if sys.platform != "win32":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def lock(file: Path, wait: bool = False) -> Iterator[None]:
    """Hold the lock on `file`, which the system lets go when its holder dies, however it dies.

    Who comes second gets an InputError, or waits. The file holds the holder's process number, for the message to
    whoever comes second, and stays, empty.
    """
    with open(file, "a+", encoding="utf-8") as handle:
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(handle.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except OSError:
            handle.seek(0)
            holder = handle.read().strip() or "unknown"
            raise InputError(
                f"another process (number {holder}) is writing this store",
                file=file.parent,
                mend="wait until it is done",
            ) from None
        try:
            handle.truncate(0)
            handle.write(str(os.getpid()))
            handle.flush()
            yield
        finally:
            handle.truncate(0)
