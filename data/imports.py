"""What a reader hands back: tables, and an account of every row that it saw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import pandas as pd


@dataclass
class TableCount:
    """Rows of one table: how many were read, kept and left out, and why."""

    read: int = 0
    kept: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)


@dataclass
class ImportReport:
    """The account of an import, told to the user and kept with the store.

    Parameters
    ----------
    source : str
        Name of the reader.
    tables : dict of str to TableCount
        By canonical table; ``read == kept + sum(left_out)`` holds for each.
    notes : list of str
        What else the user should know: absent files, defaults taken.
    """

    source: str
    tables: dict[str, TableCount] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def count(self, table: str, read: int, kept: int) -> None:
        """Add rows read and kept."""
        entry = self.tables.setdefault(table, TableCount())
        entry.read += read
        entry.kept += kept

    def leave_out(self, table: str, reason: str, rows: int = 1, example: str = "") -> None:
        """Add rows that were read and left out for `reason`; `example` names a file and line."""
        if rows == 0:
            return
        entry = self.tables.setdefault(table, TableCount())
        entry.left_out[reason] += rows
        if example:
            entry.examples.setdefault(reason, example)

    def note(self, text: str) -> None:
        """Add something the user should know."""
        self.notes.append(text)

    def to_dict(self) -> dict[str, object]:
        """Return the account as plain types for JSON."""
        return {
            "source": self.source,
            "tables": {
                name: {"read": t.read, "kept": t.kept, "left_out": dict(t.left_out), "examples": t.examples}
                for name, t in self.tables.items()
            },
            "notes": self.notes,
        }


@dataclass(frozen=True)
class Imported:
    """A reader's result: tables in canonical columns, and the account of them."""

    cohort_name: str
    tables: dict[str, pd.DataFrame]
    report: ImportReport
    attribution: str = ""
    failed: dict[str, str] = field(default_factory=dict)
    """Files that could not be decoded, by their paths, with the reason."""

    def placed(self, place: str) -> Imported:
        """Return the same with `place` for every activity whose own place the source does not tell."""
        activities = self.tables.get("activities")
        if activities is None:
            return self
        own = activities.get("place_id", pd.Series(pd.NA, index=activities.index, dtype="str"))
        there = activities.assign(place_id=own.fillna(place))
        return replace(self, tables={**self.tables, "activities": there})


def stack(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Concatenate frames, passing over empty ones; an empty frame where all are."""
    kept = [f for f in frames if len(f)]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame()
