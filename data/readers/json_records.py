"""What readers of accounts in JSON share: a document taken apart, its records told by their kinds, one value a day.

What each record is, is told by its content. A record that is of no known kind, or in a form that is not known, is
told and keeps nothing else back.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import pandas as pd

from ..imports import ImportReport
from ..schema import DIARY
from .archives import LFS_POINTER
from .tabular import empty_impossible

Record = dict[str, Any]
NO_DATA = "holds no data"
TOLD = ("vendor score", "not stored", NO_DATA)
"""How reasons begin that are told, but are no fault of the file."""
BLANK = b"\xef\xbb\xbf \r\n\t"
"""What may stand before a document, and be all of a file that holds none."""


@dataclass
class Days:
    """What has been read of days so far.

    Parameters
    ----------
    values : list of (day, column, value, order)
        Values of the diary; of several for one day, the least `order` comes first.
    notes : Counter
        What was taken otherwise than written.
    """

    values: list[tuple[pd.Timestamp, str, float, float]] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)

    def size(self) -> int:
        """Return how much has been read."""
        return len(self.values)

    def add(self, day: pd.Timestamp | None, column: str, value: float | None, order: float = 0.0) -> None:
        """Take a value, unless it or its day is absent."""
        if day is not None and value is not None:
            self.values.append((day, column, value, order))


Found = TypeVar("Found", bound=Days)


@dataclass(frozen=True)
class Kind(Generic[Found]):
    """A kind of record: its name or why it is not stored, how it is known, how it is read."""

    told: str
    known: Callable[[Record], bool]
    read: Callable[[Record, Found], None] | None = None


class TwiceError(Exception):
    """A key that stands twice in one JSON object."""


def whole_object(pairs: list[tuple[str, Any]]) -> Record:
    """Return an object of which no key stands twice; which of them counts is not known."""
    record = dict(pairs)
    if len(record) < len(pairs):
        raise TwiceError(repr(Counter(key for key, _ in pairs).most_common(1)[0][0]))
    return record


def text_in(data: bytes) -> str:
    """Return a file's text; ValueError, which says why, where it is none."""
    if data.startswith(LFS_POINTER):
        raise ValueError("a Git LFS pointer, not the data: run `git lfs pull`")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8 text") from None


def document_in(data: bytes, of_pairs: Callable[[list[tuple[str, Any]]], Record] = whole_object) -> Any:
    """Return what a JSON document holds; NaN and infinities, which some services write, are None.

    Raises
    ------
    ValueError
        It is none; the message says why, for a person.
    """
    text = text_in(data)
    try:
        return json.loads(text, object_pairs_hook=of_pairs, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        fault = f"broken JSON, at line {error.lineno}: fetch it anew" if text.strip() else NO_DATA
        raise ValueError(fault) from None
    except TwiceError as twice:
        raise ValueError(f"tells {twice} twice in one record: which counts is not known") from None
    except (RecursionError, ValueError, MemoryError):
        raise ValueError("JSON nested or written as no service does") from None


def take(document: Any, kinds: Sequence[Kind[Found]], found: Found, unknown: str) -> str | None:
    """Take what a document, one record or a list of them, holds into `found`; return why nothing was, or None.

    Parameters
    ----------
    document : object
        As `document_in` returns it.
    kinds : sequence of Kind
        The first that knows a record counts.
    found : Days
    unknown : str
        What to say of a record of no kind.
    """
    records = document if isinstance(document, list) else [document]
    reasons: Counter[str] = Counter()
    before = found.size()
    for record in records:
        usable = record if isinstance(record, dict) and record else None
        kind = next((k for k in kinds if k.known(usable)), None) if usable is not None else None
        if usable is None or kind is None:
            reasons[NO_DATA if record in ({}, None) else unknown] += 1
        elif kind.read is None:
            reasons[kind.told] += 1
        else:
            try:
                kind.read(usable, found)
            except (TypeError, ValueError, AttributeError, KeyError, OverflowError):
                reasons[f"{kind.told} in a form that is not known"] += 1
    if found.size() > before:
        for reason, number in reasons.items():
            found.notes[f"records in files of other data not stored: {reason}"] += number
        return None
    return reasons.most_common(1)[0][0] if reasons else NO_DATA


def diary_of(
    found: Days, athlete: str, source: str, report: ImportReport, of_several: Mapping[str, str]
) -> pd.DataFrame:
    """Return a row a day; of several values for one day and column what `of_several` says, or the first taken.

    The report gets the notes of what was read, too.
    """
    for text, times in found.notes.items():
        report.note(f"{text}: {times}")
    told = pd.DataFrame(found.values, columns=["day", "column", "value", "order"])
    if told.empty:
        report.count("diary", 0, 0)
        return pd.DataFrame({"athlete_id": pd.Series(dtype="str"), "day": pd.Series(dtype="datetime64[us]")})
    told = told.sort_values(["day", "column", "order"], kind="stable")
    parts = [
        part.groupby("day")["value"].agg(of_several.get(str(column), "first")).rename(str(column))
        for column, part in told.groupby("column", sort=True)
    ]
    diary = pd.concat(parts, axis=1, sort=True).rename_axis("day").reset_index()
    kept = int(diary.drop(columns="day").notna().sum().sum())
    report.count("diary", len(told), kept)
    report.leave_out("diary", "another value for the same day", len(told) - kept)
    diary["day"] = pd.to_datetime(diary["day"])
    return empty_impossible(diary.assign(athlete_id=athlete, source=source), DIARY, report)


def number(value: Any, factor: float = 1.0) -> float | None:
    """Return a finite number times `factor`, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        told = float(value) * factor
    except OverflowError:  # a whole number of hundreds of digits
        return None
    return told if math.isfinite(told) else None


def above_zero(value: Any, factor: float = 1.0) -> float | None:
    """Return a finite number above zero times `factor`, None for anything else: 0 is how devices write "not measured"."""
    told = number(value, factor)
    return told if told is not None and told > 0 else None


def has(*keys: str) -> Callable[[Record], bool]:
    """Return whether a record has all of these keys."""
    return lambda record: all(key in record for key in keys)


def has_any(*keys: str) -> Callable[[Record], bool]:
    """Return whether a record has one of these keys."""
    return lambda record: any(key in record for key in keys)
