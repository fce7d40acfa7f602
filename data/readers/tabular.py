"""Reading CSV, JSON and one-sheet workbooks so that every fault names its file and line.

A frame from `read_csv` holds text only and is indexed by the line of the file; the converters
below turn a column into numbers, instants or days, and blank cells into absent values.
"""

from __future__ import annotations

import csv
import json
import re
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd

from ..errors import InputError
from ..imports import ImportReport
from ..names import counted, nearest
from ..schema import ACTIVITIES, Table
from .archives import refuse_pointer

Progress = Callable[[int, int, str], None]
"""Called as ``progress(done, total, what)`` while a reader works."""


def silent(done: int, total: int, what: str) -> None:
    """Tell nobody how far a reader is."""


_SHEET_LIMIT = 5_000_000  # bytes of one part of a workbook


def read_text(path: Path) -> str:
    """Return the file's text; InputError where it is absent, a Git LFS pointer or not text."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError("the file is missing", file=path) from None
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text", file=path, mend="export it anew") from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=path) from None
    refuse_pointer(text[:64].encode(), path)
    return text


def read_csv(path: Path, required: Iterable[str] = ()) -> pd.DataFrame:
    """Return the cells as text, indexed by line number (the heading is line 1).

    Raises
    ------
    InputError
        A missing or misspelt column, a doubled heading, a line with too few or too many cells.
    """
    rows: list[list[str]] = []
    lines: list[int] = []
    reader = csv.reader(read_text(path).splitlines(keepends=True), strict=True)
    try:
        for row in reader:
            if row:
                rows.append(row)
                lines.append(reader.line_num)
    except csv.Error as error:
        raise InputError(f"is not sound CSV: {error}", file=path, row=reader.line_num) from None
    if not rows:
        raise InputError("is empty: a heading line was expected", file=path, row=1)
    heading = [name.strip() for name in rows[0]]
    _check_heading(heading, required, path, lines[0])
    for row, line in zip(rows[1:], lines[1:], strict=True):
        if len(row) != len(heading):
            raise InputError(f"{len(row)} cells where the heading has {len(heading)}", file=path, row=line)
    return pd.DataFrame(rows[1:], columns=heading, index=pd.Index(lines[1:], name="line"), dtype="str")


def _check_heading(heading: list[str], required: Iterable[str], path: Path, line: int) -> None:
    doubled = sorted({name for name in heading if heading.count(name) > 1})
    if doubled:
        raise InputError(f"column {doubled[0]!r} stands twice in the heading", file=path, row=line)
    for name in required:
        if name not in heading:
            raise InputError(
                f"column {name!r} is missing", file=path, row=line, mend=nearest_column(name, heading)
            )


def nearest_column(name: str, heading: list[str]) -> str:
    """Return how to mend a table without the column `name`."""
    near = nearest(name, heading)
    return f"the nearest is {near!r}: rename it if it is the same" if near else "export it anew"


def numbers(
    frame: pd.DataFrame, column: str, path: Path, low: float = -np.inf, high: float = np.inf
) -> pd.Series:
    """Return a text column as float64; blank is NaN, anything else outside ``low``-``high`` an InputError.

    Raises
    ------
    InputError
        With the row, where a cell is no number or lies outside.
    """
    text = frame[column].str.strip()
    values = pd.to_numeric(text, errors="coerce").astype("float64")
    bad = (text != "") & ~np.isfinite(values)
    if bad.any():
        at = int(np.flatnonzero(bad)[0])
        raise InputError(
            f"{column} {text.iloc[at]!r} is not a number",
            file=path,
            row=int(frame.index[at]),
            mend="correct the cell",
        )
    wrong = (values < low) | (values > high)
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        what = f"{column} {values.iloc[at]:g} is outside {low:g}-{high:g}"
        raise InputError(what, file=path, row=int(frame.index[at]), mend="correct the cell")
    return values


def instants(frame: pd.DataFrame, column: str, path: Path) -> pd.Series:
    """Return a text column of ISO 8601 times as UTC instants; none may be blank."""
    values = pd.to_datetime(frame[column].str.strip(), format="ISO8601", utc=True, errors="coerce")
    return _whole(values, frame, column, path, "an ISO 8601 time, such as 2020-01-31T07:15:00Z")


def days(frame: pd.DataFrame, column: str, path: Path, pattern: str, example: str) -> pd.Series:
    """Return a text column of days written as `pattern` (strptime's); none may be blank."""
    values = pd.to_datetime(frame[column].str.strip(), format=pattern, errors="coerce")
    return _whole(values, frame, column, path, f"a day written like {example}")


def _whole(values: pd.Series, frame: pd.DataFrame, column: str, path: Path, expected: str) -> pd.Series:
    bad = values.isna()
    if bad.any():
        line = frame.index[bad][0]
        raise InputError(f"{column} {frame[column][line]!r} is not {expected}", file=path, row=line)
    return values


def read_records(path: Path, required: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Return a JSON file's list of objects, each of which must have the `required` keys.

    Raises
    ------
    InputError
        Where it is no such file; with the line or the entry.
    """
    text = read_text(path)
    try:
        records = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(
            f"is broken JSON: {error.msg} at column {error.colno}",
            file=path,
            row=error.lineno,
            mend="fetch it anew",
        ) from None
    if not isinstance(records, list) or not all(isinstance(r, dict) for r in records):
        raise InputError("is not a list of JSON objects", file=path)
    for number, record in enumerate(records, 1):
        for key in required:
            if key not in record:
                raise InputError(f"entry {number} has no {key!r}", file=path)
    return records


def field(
    records: list[dict[str, Any]], key: str, path: str | Path, low: float = -np.inf, high: float = np.inf
) -> np.ndarray:
    """Return one numeric key of JSON records as float64, NaN where absent; InputError where not a number."""
    values = np.full(len(records), np.nan)
    for i, record in enumerate(records):
        value = record.get(key)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise InputError(f"entry {i + 1}: {key} {value!r} is not a number in {low:g}-{high:g}", file=path)
        values[i] = value
    return values


def read_sheet(path: Path) -> list[dict[str, str]]:
    """Return the first sheet of an .xlsx as one dict a row, from column letter to text.

    Raises
    ------
    InputError
        Where it is no such workbook.
    """
    try:
        with zipfile.ZipFile(path) as book:
            names = set(book.namelist())
            part = "xl/sharedStrings.xml"
            strings = list(_xml(book, part, path)) if part in names else []
            shared = ["".join(t.text or "" for t in item.findall(".//{*}t")) for item in strings]
            sheet = _xml(book, "xl/worksheets/sheet1.xml", path)
            return [_row(row, shared) for row in sheet.findall(".//{*}row")]
    except (zipfile.BadZipFile, KeyError, IndexError, ValueError, ElementTree.ParseError) as error:
        raise InputError(f"is not a readable .xlsx workbook: {error}", file=path) from None


def _xml(book: zipfile.ZipFile, part: str, path: Path) -> ElementTree.Element:
    if book.getinfo(part).file_size > _SHEET_LIMIT:
        raise InputError(f"{part} is too large for a table of participants", file=path)
    data = book.read(part)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:  # so no entity can be defined, let alone expanded
        raise InputError(f"{part} defines entities, which no spreadsheet does", file=path)
    return ElementTree.fromstring(data)  # noqa: S314


def _row(row: ElementTree.Element, shared: list[str]) -> dict[str, str]:
    cells = {}
    for cell in row:
        value = cell.find("{*}v")
        if value is not None and value.text:
            text = shared[int(value.text)] if cell.get("t") == "s" else value.text
            cells[re.sub(r"\d", "", cell.get("r", ""))] = text.strip()
    return cells


def dated_ids(prefix: str, start: pd.Series) -> pd.Series:
    """Return ids from starts, ``prefix-20240131T071500``; equal starts get ``-2``, ``-3`` in their order."""
    return numbered(prefix + "-" + start.dt.strftime("%Y%m%dT%H%M%S").astype("str"))


def numbered(names: pd.Series) -> pd.Series:
    """Return names of which the second and further that are equal end in ``-2``, ``-3``, in their order."""
    again = names.groupby(names).cumcount()
    ids: pd.Series = names.where(again == 0, names + "-" + (again + 1).astype("str")).astype("str")
    return ids


NOT_MEASURED = ("moving_time_s", "distance_m")
"""Of an activity, where devices write 0 for what they did not measure: nobody trains for no time or on no way."""


def empty_impossible(frame: pd.DataFrame, table: Table, report: ImportReport) -> pd.DataFrame:
    """Return `frame` with numbers outside the table's ranges emptied, each column of them told in `report`.

    So are an activity's zeros that mean "not measured", as a treadmill's distance or a gym session's moving time.
    """
    frame = frame.copy()
    for column in frame.columns.intersection(list(NOT_MEASURED) if table is ACTIVITIES else []):
        nought = frame[column] == 0
        frame[column] = frame[column].mask(nought)
        if nought.any():
            report.note(
                f"{counted(int(nought.sum()), 'value')} of {table.name}.{column} left empty: 0 means not measured"
            )
    for column in frame.columns.intersection([c.name for c in table.columns if c.kind == "number"]):
        declared = table.column(column)
        low = -np.inf if declared.low is None else declared.low
        high = np.inf if declared.high is None else declared.high
        values = frame[column].astype("float64")
        bad = values.notna() & ~values.between(low, high)
        frame[column] = values.mask(bad)
        if bad.any():
            unit = f" {declared.unit}" if declared.unit else ""
            report.note(
                f"{counted(int(bad.sum()), 'value')} of {table.name}.{column} left empty: outside {low:g}-{high:g}{unit}"
            )
    return frame
