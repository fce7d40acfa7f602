"""Opening the CSV files that people really have: any encoding, delimiter, decimal sign and date.

`read_delimited` finds out how a file is written and keeps each row's line, so that every fault can be
told as "file, line". What cannot be told apart (1.234 in a file with semicolons, 03/04/2024) is refused,
never guessed.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import InputError
from ..imports import ImportReport
from ..names import counted
from .archives import refuse_pointer
from .cells import ABSENT, Decimal, contested, decimal_sign, parse_days, parse_numbers
from .tabular import nearest_column

_LIMIT = 256_000_000  # bytes
_DELIMITERS = ",;\t|"
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)  # Excel's own hint
_NOT_TEXT = {
    b"PK\x03\x04": ("is a zip archive or an Excel workbook, not CSV", "unpack it, or save the sheet as CSV"),
    b"\x1f\x8b": ("is compressed", "unpack it first"),
    b"\xd0\xcf\x11\xe0": ("is an old Excel workbook, not CSV", "save the sheet as CSV"),
    b"%PDF": ("is a PDF, not CSV", "export it as CSV"),
    b"\x89PNG": ("is a picture, not CSV", "export it as CSV"),
    b"\xff\xd8\xff": ("is a picture, not CSV", "export it as CSV"),
}
_WEB_PAGE = re.compile(rb"\s*<(!doctype\s+html|html)\b", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


@dataclass
class Delimited:
    """A CSV file as text cells, and an account of what could not be used.

    Parameters
    ----------
    path : Path
        The file.
    frame : DataFrame
        Cells as stripped text, indexed by the line on which the row starts (the heading is line 1).
    encoding : str
        As found.
    decimal : {".", ",", "?"}
        Decimal sign; "?" where a file mixes both or does not tell: then 1,234 is refused.
    ragged : dict of int to int
        Cells of the rows that were passed over, by line: too few or too many.
    doubled : frozenset of str
        Headings that stand more than once; reading such a column is an InputError.
    """

    path: Path
    frame: pd.DataFrame
    encoding: str = "utf-8"
    decimal: Decimal = "."
    heading_line: int = 1
    ragged: dict[int, int] = field(default_factory=dict)
    doubled: frozenset[str] = frozenset()
    emptied: Counter[str] = field(default_factory=Counter)
    first: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.frame)

    def find(self, name: str) -> str | None:
        """Return the heading that reads `name`, whatever its case and spaces; None where there is none."""
        wanted = _fold(name)
        return next((h for h in self.frame.columns if _fold(h) == wanted), None)

    def has(self, *names: str) -> bool:
        """Return whether all these columns are there."""
        return all(self.find(name) is not None for name in names)

    def cells(self, name: str) -> pd.Series:
        """Return a column's text; blank where the file lacks the column.

        Raises
        ------
        InputError
            Where two columns have that heading.
        """
        heading = self.find(name)
        if heading is None:
            return pd.Series("", index=self.frame.index, dtype="str")
        if heading in self.doubled:
            raise InputError(
                f"column {heading!r} stands twice in the heading",
                file=self.path,
                row=self.heading_line,
                mend="rename or remove one",
            )
        return self.frame[heading]

    def numbers(
        self, name: str, low: float = -np.inf, high: float = np.inf, factor: float = 1.0
    ) -> pd.Series:
        """Return a column times `factor` as float64; what is no number or then outside is emptied and counted.

        Parameters
        ----------
        name : str
        low, high : float
            In the unit of the result.
        factor : float
            From the file's unit to that of the result.
        """
        text = self.cells(name)
        values = parse_numbers(text, self.decimal) * factor
        bad = values.isna() & ~text.str.casefold().isin(list(ABSENT))
        self.empty(name, "not a number", bad)
        wrong = (values < low) | (values > high)
        self.empty(name, f"outside {low / factor:g} to {high / factor:g}", wrong)
        return values.mask(wrong)

    def days(self, name: str) -> pd.Series:
        """Return a column as local days, NaT where a cell is none; InputError where no or two ways of writing fit."""
        values, fitting = parse_days(self.cells(name))
        line = int(self.frame.index[0]) if len(self) else None
        if len(fitting) > 1:
            where, what = contested(self.cells(name), fitting)
            line = int(where.index[where.to_numpy()][0])
            raise InputError(
                f"column {self.find(name)!r}: {self.cells(name)[line]!r} {what}",
                file=self.path,
                row=line,
                mend="write days as 2024-01-31",
            )
        if not fitting and len(self):
            raise InputError(
                f"column {self.find(name)!r}: {self.cells(name).iloc[0]!r} is no day",
                file=self.path,
                row=line,
                mend="write days as 2024-01-31",
            )
        return values

    def refuse(self, what: str, mend: str) -> InputError:
        """Return the error of a file that lacks the columns of its kind."""
        return InputError(what, file=self.path, row=self.heading_line, mend=mend)

    def empty(self, column: str, reason: str, where: pd.Series) -> None:
        """Count values of `column` that a reader leaves empty."""
        if where.any():
            key = f"{column}: {reason}"
            self.emptied[key] += int(where.sum())
            self.first.setdefault(key, int(where.index[where.to_numpy()][0]))

    def example(self, where: pd.Series) -> str:
        """Return "file, line n" for the first row of a mask indexed by line."""
        lines = where.index[where.to_numpy(dtype=bool)]
        return f"{self.path}, line {lines[0]}" if len(lines) else ""

    def tell(self, report: ImportReport, table: str) -> None:
        """Put what was passed over, emptied and found out into the report; ragged rows count as read."""
        if self.ragged:
            report.count(table, len(self.ragged), 0)
            line, cells = next(iter(self.ragged.items()))
            example = f"{self.path}, line {line}: {cells} cells where the heading has {self.frame.shape[1]}"
            report.leave_out(table, "not as many cells as the heading", len(self.ragged), example)
        for key, count in self.emptied.items():
            report.note(
                f"{counted(count, 'value')} of {key} (left empty; first: {self.path.name}, line {self.first[key]})"
            )
        if self.encoding not in ("utf-8", "utf-16"):
            report.note(f"{self.path.name} is not UTF-8: read as {self.encoding}")

    def unused(self, known: Iterable[str]) -> list[str]:
        """Return the headings that hold something and are not among `known`."""
        names = {_fold(k) for k in known}
        return [h for h in self.frame.columns if h and _fold(h) not in names and (self.frame[h] != "").any()]


def read_delimited(
    path: Path,
    required: Iterable[str] = (),
    start: Callable[[list[str]], bool] | None = None,
    end: Callable[[list[str]], bool] | None = None,
) -> Delimited:
    """Read a CSV file in whatever way it is written.

    Parameters
    ----------
    path : Path
        A file in UTF-8 (with or without BOM), UTF-16, Windows-1252 or Latin-1; cells parted by comma,
        semicolon, tab or bar.
    required : iterable of str
        Headings that must be there.
    start : callable, optional
        Says of a row whether it is the heading; rows before it are passed over. The first row by default.
    end : callable, optional
        Says of a row below the heading whether the table ends above it; by default it ends with the file.

    Raises
    ------
    InputError
        A file that is missing, empty, no text, broken CSV, a Git LFS pointer or lacks a column; one most of whose
        rows have not as many cells as the heading.
    """
    text, encoding = decode(path)
    hint = _SEPARATOR_LINE.match(text)
    body = text[hint.end() :] if hint else text
    delimiter = hint.group(1) if hint else _delimiter(body)
    rows, lines = _rows(body, delimiter, path, 1 if hint else 0)
    at = next((i for i, row in enumerate(rows) if start(row)), None) if start else 0
    if not rows or at is None:
        raise InputError(
            "has no heading line that this reader knows",
            file=path,
            row=1,
            mend="give the file as it was downloaded",
        )
    heading, heading_line = rows[at], lines[at]
    while heading and not heading[-1]:
        heading = heading[:-1]
    rows, lines = rows[at + 1 :], lines[at + 1 :]
    stop = next((i for i, row in enumerate(rows) if end(row)), None) if end else None
    whole, ragged = _level(rows[:stop], lines[:stop], heading, path)
    frame, doubled = _frame(heading, whole, [n for n in lines[:stop] if n not in ragged])
    sheet = Delimited(path, frame, encoding, decimal_sign(whole, delimiter), heading_line, ragged, doubled)
    _require(sheet, heading, required)
    return sheet


def decode(path: Path) -> tuple[str, str]:
    """Return a file's text and its encoding; InputError where it is missing, empty, too large or no text."""
    try:
        if path.stat().st_size > _LIMIT:
            raise InputError(f"is larger than {_LIMIT // 1_000_000} MB", file=path, mend="split it")
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError("the file is missing", file=path) from None
    except OSError as error:
        mend = "give one file in it" if path.is_dir() else None
        raise InputError(f"cannot be read: {error.strerror}", file=path, mend=mend) from None
    if not data.strip(b"\x00\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise InputError("is empty: a heading line was expected", file=path, row=1)
    refuse_pointer(data, path)
    for magic, (what, mend) in _NOT_TEXT.items():
        if data.startswith(magic):
            raise InputError(what, file=path, mend=mend)
    if _WEB_PAGE.match(data.removeprefix(b"\xef\xbb\xbf")):
        raise InputError("is a web page, not CSV", file=path, mend="log in and download the file again")
    text, encoding = _decode(data)
    control = _CONTROL.search(text)
    if control:
        line = text.count("\n", 0, control.start()) + 1
        what = "holds NUL bytes" if control.group() == "\x00" else "holds bytes that no text has"
        raise InputError(what, file=path, row=line, mend="it is cut off, damaged or no text: export it anew")
    return text, encoding


def _decode(data: bytes) -> tuple[str, str]:
    encodings = ["utf-8-sig", "cp1252", "latin-1"]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings.insert(0, "utf-16")
    elif data[1:200:2].count(0) * 4 > len(data[1:200:2]) * 3:  # Latin text of which every other byte is 0
        encodings.insert(0, "utf-16-le")
    elif data[0:200:2].count(0) * 4 > len(data[0:200:2]) * 3:
        encodings.insert(0, "utf-16-be")
    names = {"utf-8-sig": "utf-8", "cp1252": "Windows-1252", "latin-1": "Latin-1"}
    for encoding in encodings:
        try:
            return data.decode(encoding).lstrip("\ufeff"), names.get(encoding, "utf-16")
        except UnicodeDecodeError:
            continue
    raise AssertionError("every byte is Latin-1")


def _delimiter(text: str) -> str:
    """Return the delimiter that parts the first lines most, outside quotes; the comma where none does."""
    bare = re.sub(r'"[^"]*"', "", text[:20_000])
    lines = [line for line in bare.splitlines()[:20] if line.strip()]
    counts = (
        {d: (lines[0].count(d), sum(line.count(d) for line in lines)) for d in _DELIMITERS} if lines else {}
    )
    return max(counts, key=lambda d: counts[d]) if counts else ","


def _rows(text: str, delimiter: str, path: Path, offset: int) -> tuple[list[list[str]], list[int]]:
    """Return the rows that are not blank, their cells stripped, and the line on which each starts."""
    rows, lines, last = [], [], 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                rows.append(cells)
                lines.append(last + 1 + offset)
            last = reader.line_num
    except csv.Error as error:
        line = last + 1 + offset
        raise InputError(
            f"is not sound CSV: {error}", file=path, row=line, mend="look for a stray quote"
        ) from None
    return rows, lines


def _level(
    rows: list[list[str]], lines: list[int], heading: list[str], path: Path
) -> tuple[list[list[str]], dict[int, int]]:
    """Return the rows that are as wide as the heading, blank cells beyond it cut, and the width of the others by line.

    InputError where the others are most of them.
    """
    whole, ragged, width = [], {}, len(heading)
    for row, line in zip(rows, lines, strict=True):
        if len(row) < width or any(row[width:]):
            ragged[line] = len(row)
        else:
            whole.append(row[:width])
    if len(ragged) * 2 > len(rows):
        line, cells = next(iter(ragged.items()))
        mend = "if decimals are written with a comma, part the cells by semicolons"
        if width == 1:
            mend = "take out what stands above the heading"
        elif "" in heading:
            mend = "give each column its name, in one heading row"
        raise InputError(f"{cells} cells where the heading has {width}", file=path, row=line, mend=mend)
    return whole, ragged


def _frame(
    heading: list[str], rows: list[list[str]], lines: list[int]
) -> tuple[pd.DataFrame, frozenset[str]]:
    doubled = frozenset(name for name, n in Counter(heading).items() if n > 1 and name)
    seen: Counter[str] = Counter()
    names = []
    for name in heading:
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    index = pd.Index(lines, name="line", dtype="int64")
    return pd.DataFrame(rows, columns=pd.Index(names, dtype="object"), index=index, dtype="str"), doubled


def _require(sheet: Delimited, heading: list[str], names: Iterable[str]) -> None:
    """Raise InputError for the first of `names` that is no column, with the nearest that is one."""
    for name in names:
        if not sheet.has(name):
            raise InputError(
                f"column {name!r} is missing",
                file=sheet.path,
                row=sheet.heading_line,
                mend=nearest_column(name, heading),
            )


def _fold(name: str) -> str:
    return re.sub(r"\s+", " ", name.replace("\N{MICRO SIGN}", "\N{GREEK SMALL LETTER MU}")).strip().casefold()
