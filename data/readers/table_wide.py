"""Sheets laid out across: a column an athlete is read as it stands; of a column a day or a week its owner hears how to turn it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from ..errors import InputError
from ..names import plain_name
from .cells import DAY_PATTERNS, WEEKDAY, parse_days, parse_numbers, present
from .table_map import TableMap
from .text import Delimited

ACROSS = "*"
"""As `athlete_column`: every other heading is an athlete; as `source`: their cells."""

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
_FEWEST_ATHLETES = 2
_WORDS = 0.1  # share of cells that may be no numbers
_HIGHEST = 20  # answer; beyond it the columns are measures
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


def athletes_apart(sheet: Delimited, spec: TableMap) -> Iterator[tuple[Delimited, TableMap]]:
    """Yield a sheet of a column an athlete as one sheet and map for each; any other as it is.

    Raises
    ------
    InputError
        Where the map does not say of one column what the cells are, or two headings are one name.
    """
    if spec.athlete_column != ACROSS:
        yield sheet, spec
        return
    if [source.heading for source in spec.sources] != [ACROSS]:
        raise InputError(
            f'with athlete_column = "{ACROSS}" a map has one column, whose source is "{ACROSS}"',
            file=spec.path,
            mend="write a map for each measure, which has a sheet of its own",
        )
    day = sheet.find(spec.date_column)
    seen: dict[str, str] = {}
    for heading in (h for h in sheet.frame.columns if h and h != day):
        name = plain_name(heading)
        other = seen.setdefault(name.casefold(), heading)
        if other != heading:
            what = f"columns {other!r} and {heading!r} are of one name"
            raise InputError(what, file=sheet.path, row=sheet.heading_line, mend="rename or remove one")
        sources = tuple(replace(source, heading=heading) for source in spec.sources)
        yield sheet, replace(spec, athlete=name, athlete_column="", sources=sources)


def answers_across(sheet: Delimited, date: str | None, headings: Sequence[str]) -> pd.Series | None:
    """Return the cells of a sheet that seems to hold a column of answers an athlete; None where it does not."""
    others = [h for h in headings if h != date]
    if date is None or len(others) < _FEWEST_ATHLETES:
        return None
    cells = present(pd.concat([sheet.frame[h] for h in others], ignore_index=True))
    numbers = parse_numbers(cells, sheet.decimal)
    few_words = len(cells) > 0 and numbers.isna().mean() <= _WORDS
    return cells if few_words and numbers.min() >= 0 and numbers.max() <= _HIGHEST else None
