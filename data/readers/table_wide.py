"""Sheets laid out across, a column a day or a week: told apart from tidy ones, so that their owner hears how to turn them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ..errors import InputError
from .cells import DAY_PATTERNS, WEEKDAY, parse_days

_WEEK = r"(calendar )?(week|wk|w|kw|cw|woche|semaine|sem|uke|vecka|semana|settimana)[ .#_-]*\d{1,2}"
_MONTH = (
    r"(jan|gen|ene|f[eé][bv]|m[aä]r|mrt|apr|abr|avr|ma[iyjg]|mei|jun|jui|giu|jul|lug|aug|ago|aoû|sep|o[kc]t|ott|nov|d[eéi][czs])"
    r"[a-zûéç]*\.?"
)
_NO_YEAR = rf"\d{{1,2}}[./-]\d{{1,2}}[./]?|\d{{1,2}}\.?[ -]?{_MONTH}|{_MONTH} \d{{1,2}}|(day|tag|jour|dag|d[ií]a|giorno) ?\d{{1,3}}"
_SERIAL = 3  # fewer headings of five digits need be no days of a spreadsheet
_ANEW = "give each day a row: its date (2024-01-31) in one column, and a column for each measure"
_MENDS = {
    "days": "copy it and paste it transposed: each day a row, its date (2024-01-31) in the first column",
    "weeks": _ANEW,
    "weekdays": _ANEW,
}
_FEWEST = {"days": 2, "weeks": 2, "weekdays": 5}


def refuse_wide(headings: Sequence[str], path: Path, row: int) -> None:
    """Raise InputError where most headings but the first are days, weeks or weekdays.

    Examples
    --------
    >>> refuse_wide(["Date", "Fatigue", "Sleep"], Path("tidy.csv"), 1)
    >>> try:
    ...     refuse_wide(["", "2024-01-01", "2024-01-02"], Path("wide.csv"), 1)
    ... except InputError as error:
    ...     print(error.what)
    lies across, with days as headings ('2024-01-01')
    """
    others = list(headings)[1:]
    for kind, like in (("weeks", _WEEK), ("weekdays", WEEKDAY), ("days", _days(others))):
        told = [h for h in others if h in like] if isinstance(like, set) else _matching(others, like)
        if len(told) >= _FEWEST[kind] and len(told) * 2 > len(others):
            what = f"lies across, with {kind} as headings ({told[0]!r})"
            raise InputError(what, file=path, row=row, mend=_MENDS[kind])


def _days(headings: list[str]) -> set[str]:
    cells = pd.Series(headings, dtype="str")
    serial = cells[cells.str.fullmatch(DAY_PATTERNS["excel"])]
    days, fitting = parse_days(cells)
    told = set(cells[days.notna()])
    if fitting == ["excel"] and len(serial) < _SERIAL:
        told = set()
    return told or set(_matching(headings, _NO_YEAR))


def _matching(headings: list[str], pattern: str) -> list[str]:
    return [h for h in headings if re.fullmatch(pattern, h.strip().casefold())]
