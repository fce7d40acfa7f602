"""What is wrong in a table, collected over the whole file: who corrects a sheet wants to hear of all of it at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ..errors import InputError, InputFaultsError
from ..names import counted

MOST_TOLD = 20
"""So many faults are told of one file."""
_MOST_LINES = 5  # named beside a fault that stands again
_MOSTLY = 0.5  # share of a column's cells, from which on it is the map that is wrong


class Faults:
    """The faults of one file by line; a cell has one at most, the first that is found.

    Parameters
    ----------
    path : Path
        The file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._told: list[InputError] = []
        self._known: set[tuple[str, int]] = set()  # heading ("" of a row as a whole) and line
        self._whole: set[tuple[str, str]] = set()  # heading and what is wrong with all of it

    def row(self, line: int, what: str, mend: str | None = None) -> None:
        """Add what is wrong with a row as a whole."""
        if ("", line) not in self._known:
            self._known.add(("", line))
            self._told.append(InputError(what, file=self.path, row=line, mend=mend))

    def column(self, heading: str, cells: pd.Series, where: pd.Series, what: str, mend: str) -> None:
        """Add what is wrong with a column wherever `where` is true, and is mended at once: told of its first cell."""
        if where.any() and (heading, what) not in self._whole:
            lines = self._lines(heading, where)
            self._add(heading, cells, lines[:1], what, mend)
            self._known.update((heading, line) for line in lines)
            self._whole.add((heading, what))

    def cells(self, heading: str, cells: pd.Series, where: pd.Series, what: str, mend: str) -> None:
        """Add what is wrong with the cells of a column where `where` is true; of equal cells the first is told with the others' lines.

        Parameters
        ----------
        heading : str
        cells, where : Series
            All cells of the column as they are written, and which of them are wrong; both indexed by line.
        what : str
            What is wrong, to be read behind the cell.
        mend : str
        """
        lines = self._lines(heading, where)
        wrong = cells.loc[lines]
        if len(lines) > MOST_TOLD and len(lines) > _MOSTLY * (cells != "").sum():
            self.column(heading, cells, where, f"{what}; nor are {len(lines) - 1:,} other cells right", mend)
            return
        for _, alike in wrong.groupby(wrong, sort=False):
            self._add(heading, cells, list(alike.index), what, mend)

    def refuse(self) -> None:
        """Raise InputError where there is a fault: by itself in one line, several in a line each."""
        faults = sorted(self._told, key=lambda fault: fault.row or 0)
        if len(faults) == 1:
            raise faults[0]
        if faults:
            shown = f", the first {MOST_TOLD} above" if len(faults) > MOST_TOLD else ""
            end = InputError(f"{counted(len(faults), 'fault')}{shown}; nothing was imported", file=self.path)
            raise InputFaultsError([*faults[:MOST_TOLD], end])

    def _lines(self, heading: str, where: pd.Series) -> list[int]:
        """Return the lines where `where` is true and nothing was wrong yet."""
        lines = [int(line) for line in where.index[where.to_numpy(dtype=bool)]]
        return [line for line in lines if (heading, line) not in self._known]

    def _add(self, heading: str, cells: pd.Series, lines: Sequence[int], what: str, mend: str) -> None:
        if lines:
            self._known.update((heading, line) for line in lines)
            first, *others = lines
            told = f"column {heading!r}: {cells[first]!r} {what}{_also(others)}"
            self._told.append(InputError(told, file=self.path, row=first, mend=mend))


def _also(lines: Sequence[int]) -> str:
    """Return where else a fault stands.

    Examples
    --------
    >>> _also([]), _also([9]), _also([9, 14])
    ('', ', also on line 9', ', also on lines 9, 14')
    """
    if not lines:
        return ""
    named = ", ".join(map(str, lines[:_MOST_LINES]))
    more = f" and {len(lines) - _MOST_LINES:,} more" if len(lines) > _MOST_LINES else ""
    return f", also on line{'s' if len(lines) > 1 else ''} {named}{more}"
