"""How people write the time at which something began: a clock beside a day, or day and clock in one cell."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

from .cells import CLOCK_BEHIND_DAY, present

_BARE = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AaPp]\.?[Mm]\.?)?")
_BEHIND = rf"(?<=\d)(?:[T ]|, )({_BARE.pattern})"
_MIDNIGHT = re.compile(r"(?:.*[T ])?0?0:00(?::00(?:\.0+)?)?")
_OFFSET = re.compile(r"(?<=\d)\s*(?:Z|[-+]\d{2}:?\d{2})$")
_UTC = re.compile(r":\d{2}(?:\.\d+)?\s*(?:Z|[-+]00:?00)$")
_SEPARATORS = (" ", "T", ", ")
_CLOCKS = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p", "%I:%M%p")
_OF_A_DAY = re.compile(r"%[dmyYbBjxcDF]")


def is_clock(cells: pd.Series) -> pd.Series:
    """Return which cells are a bare clock, as 6:30, 06:30:15 or 6:30 pm."""
    return cells.str.fullmatch(_BARE)


def has_clock(cells: pd.Series) -> pd.Series:
    """Return which cells tell a day and a clock behind it."""
    return cells.str.contains(CLOCK_BEHIND_DAY)


def has_offset(cells: pd.Series) -> pd.Series:
    """Return which cells tell how far their clock is from UTC; a day such as 2024-03-01 ends in no offset."""
    return cells.str.contains(_OFFSET) & cells.str.contains(":", regex=False)


def in_utc(cells: pd.Series) -> pd.Series:
    """Return which cells are written by the clock of UTC, so that their day may be another than at home."""
    return cells.str.contains(_UTC)


def names_no_day(pattern: str) -> bool:
    """Return whether a way of writing, in strptime's letters, is that of a bare clock."""
    return bool(pattern) and _OF_A_DAY.search(pattern) is None


def on_day(clocks: pd.Series, day: pd.Series, pattern: str = "") -> pd.Series:
    """Return bare clocks as local times of their rows' days; NaT where a cell is no clock.

    Parameters
    ----------
    clocks : Series of str
        As `is_clock` knows them, or as `pattern` says.
    day : Series of datetime64
    pattern : str, optional
        In strptime's letters.

    Examples
    --------
    >>> on_day(pd.Series(["6:30", "6:30 pm"]), pd.Series(pd.to_datetime(["2024-03-01"] * 2))).astype("str").tolist()
    ['2024-03-01 06:30:00', '2024-03-01 18:30:00']
    """
    cells = clocks if pattern else clocks.str.upper().str.replace(r"[.\s]", "", regex=True)
    at = pd.Series(pd.NaT, index=clocks.index, dtype="datetime64[us]")
    for form in [pattern] if pattern else ["%H:%M", "%H:%M:%S", "%I:%M%p", "%I:%M:%S%p"]:
        at = at.fillna(pd.to_datetime(cells.where(at.isna(), ""), format=form, errors="coerce"))
    local: pd.Series = (day + (at - at.dt.normalize())).astype("datetime64[us]")
    return local


def written_at(cells: pd.Series, day: pd.Series) -> pd.Series:
    """Return the local times of cells that tell a day and a clock behind it; the day's midnight where there is no clock.

    Examples
    --------
    >>> day = pd.Series(pd.to_datetime(["2024-01-31"] * 3))
    >>> written_at(pd.Series(["1/31/2024 10:05:00 PM", "31.1.2024 9:05", "31.1.2024"]), day).astype("str").tolist()
    ['2024-01-31 22:05:00', '2024-01-31 09:05:00', '2024-01-31 00:00:00']
    """
    clocks = cells.str.extract(_BEHIND, expand=False).fillna("")
    return on_day(clocks, day).fillna(day)


def tells_starts(cells: pd.Series) -> bool:
    """Return whether a column tells a clock in every cell that is filled, and not midnight in all of them.

    A day that a spreadsheet or a program wrote out as 2024-03-01 00:00:00 tells no start.
    """
    filled = present(cells)
    if filled.empty or not (is_clock(filled) | has_clock(filled)).all():
        return False
    return not filled.str.fullmatch(_MIDNIGHT).all()


def time_format(cells: pd.Series, day_formats: Iterable[str]) -> str | None:
    """Return the one way in which all filled cells are written, in strptime's letters.

    "" where they are bare clocks or ISO 8601, which need no telling; None where no way fits them all.

    Examples
    --------
    >>> time_format(pd.Series(["1.3.2024 6:30", ""]), ["%d.%m.%Y"])
    '%d.%m.%Y %H:%M'
    """
    filled = present(cells)
    if is_clock(filled).all() or _fits(filled, "ISO8601"):
        return ""
    patterns = (
        f"{day}{between}{clock}" for day in day_formats for between in _SEPARATORS for clock in _CLOCKS
    )
    return next((pattern for pattern in patterns if _fits(filled, pattern)), None)


def _fits(cells: pd.Series, pattern: str) -> bool:
    return bool(pd.to_datetime(cells, format=pattern, errors="coerce", utc=True).notna().all())
