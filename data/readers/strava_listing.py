"""The lines of Strava's ``activities.csv``, and where in them each column stands, in any language."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pandas as pd

from ..errors import InputError
from .archives import UNZIP_FAULTS, refuse_pointer
from .strava_words import DISTANCE_NAMES, ELAPSED_NAMES, NAMES, OFFSETS, plain

_LIMIT = 200_000_000  # bytes of an activities.csv
_SPAN = re.compile(r"horton_values\.(\w+)")


@dataclass(frozen=True)
class Listing:
    """The lines of an ``activities.csv`` and where its columns stand."""

    file: Path
    columns: dict[str, int]
    rows: list[list[str]]
    lines: list[int]
    uneven: list[int]

    def text(self, name: str) -> pd.Series:
        """Return a column as stripped text, blank where the file lacks it."""
        at = self.columns.get(name)
        cells = [""] * len(self.rows) if at is None else [row[at].strip() for row in self.rows]
        return pd.Series(cells, dtype="str")


def read_listing(path: Path) -> Listing:
    """Return the list of activities that is in a folder or zip archive, or is the file itself.

    Raises
    ------
    InputError
        No list, broken CSV, columns that are not Strava's.
    """
    file, data = _find(path)
    text = _decode(data, file)
    heading_line = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=heading_line.count)
    rows: list[list[str]] = []
    lines: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append(row)
                lines.append(reader.line_num)
    except csv.Error as error:
        raise InputError(
            f"is not sound CSV: {error}", file=file, row=reader.line_num, mend="export it anew"
        ) from None
    if not rows:
        raise InputError("is empty: a heading line was expected", file=file, row=1)
    columns = _columns(rows[0], file)
    even = [len(row) == len(rows[0]) for row in rows]
    return Listing(
        file,
        columns,
        [row for row, ok in zip(rows[1:], even[1:], strict=True) if ok],
        [line for line, ok in zip(lines[1:], even[1:], strict=True) if ok],
        [line for line, ok in zip(lines, even, strict=True) if not ok],
    )


def _find(path: Path) -> tuple[Path, bytes]:
    """Return the list's path and bytes."""
    try:
        if path.is_dir():
            found = [
                p for p in (path / "activities.csv", *sorted(path.glob("*/activities.csv"))) if p.is_file()
            ]
            if not found:
                raise InputError(
                    "holds no activities.csv", file=path, mend="give the unpacked folder of the export"
                )
            path = found[0]
        elif zipfile.is_zipfile(path):
            return _from_zip(path)
        if path.stat().st_size > _LIMIT:
            raise InputError("is too large for a list of activities", file=path)
        return path, path.read_bytes()
    except FileNotFoundError:
        raise InputError("the file is missing", file=path) from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=path) from None


def _from_zip(path: Path) -> tuple[Path, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [n for n in archive.namelist() if PurePosixPath(n).name == "activities.csv"]
            if not names:
                raise InputError(
                    "holds no activities.csv", file=path, mend="give the archive as Strava sent it"
                )
            name = min(names, key=len)
            if archive.getinfo(name).file_size > _LIMIT:
                raise InputError(f"{name} is too large for a list of activities", file=path)
            return path / "activities.csv", archive.read(name)
    except UNZIP_FAULTS as error:
        raise InputError(f"is a broken or locked zip archive: {error}", file=path) from None


def _decode(data: bytes, file: Path) -> str:
    refuse_pointer(data, file)
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")  # a spreadsheet saved it again
    if "\0" in text:
        raise InputError("is not text", file=file, mend="export it anew")
    return text


def _columns(heading: list[str], file: Path) -> dict[str, int]:
    """Return where each column that is used stands: by its name, else by its place."""
    names = [_name(cell) for cell in heading]
    columns: dict[str, int] = {}
    for field, known in NAMES.items():
        at = [i for i, name in enumerate(names) if name in known]
        if at:
            columns[field] = at[-1]
    for field, known in (("elapsed", ELAPSED_NAMES), ("distance", DISTANCE_NAMES)):
        at = [i for i, name in enumerate(names) if name in known]
        if at:
            columns[f"{field}_shown"] = at[0]
            columns[field] = at[-1]
    block = _block(names)
    if block is not None:
        places = {"id": 0, "date": 1, "type": 3, "elapsed_shown": 5, "distance_shown": 6}
        places |= {"gear": block - 4, "file": block - 3, "weight": block - 2}
        places |= {field: block + offset for field, offset in OFFSETS.items()}
        for field, at_ in places.items():
            if at_ < len(names):
                columns.setdefault(field, at_)
    for field in ("id", "date", "type"):
        if field not in columns:
            raise InputError(
                f"is not Strava's activities.csv: no column tells the activity's {field}",
                file=file,
                row=1,
                mend="export it anew, best in English",
            )
    if not columns.keys() & {"elapsed", "distance", "elapsed_shown", "distance_shown"}:
        raise InputError("has neither times nor distances", file=file, row=1, mend="export it anew")
    return columns


def _name(cell: str) -> str:
    """Return a heading in plain letters; of an untranslated one the key that its ``<span>`` holds."""
    key = _SPAN.search(cell)
    return plain(key[1].replace("_", " ") if key else cell)


def _block(names: list[str]) -> int | None:
    """Return where the block of plain numbers begins: elapsed time again, then distance again."""
    if len(names) < 10:
        return None
    for at in range(7, len(names) - 2):
        if names[at] == names[5] and names[at + 2] == names[6]:
            return at
    return None
