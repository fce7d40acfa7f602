"""What single cells hold: numbers with either decimal sign, days in any common way of writing.

What cannot be told apart (1.234 where a file mixes signs, 03/04/2024) is refused, never guessed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Literal

import numpy as np
import pandas as pd

from ..schema import FIRST_YEAR
from .strava_words import month_of

Decimal = Literal[".", ",", "?"]

ABSENT = frozenset(
    ["", "-", "--", "?", "nan", "na", "n/a", "#n/a", "null", "none", "#div/0!", "#value!", "\N{EM DASH}"]
)
"""How an absent value is commonly written, in lower case."""

_COMMA = re.compile(r"[-+]?(\d+,\d{1,2}|\d+,\d{4,}|0,\d+|\d{4,},\d+|\d{1,3}(\.\d{3})+,\d+)")
_POINT = re.compile(r"[-+]?(\d+\.\d{1,2}|\d+\.\d{4,}|0\.\d+|\d{4,}\.\d+|\d{1,3}(,\d{3})+\.\d+)")
_EITHER = re.compile(r"[-+]?[1-9]\d{0,2}[.,]\d{3}")
_WHOLE = re.compile(r"[-+]?\d+")
_GROUPED = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?")
_SPACED = re.compile(r"(?<=\d)[ \u00a0\u202f'\u2019](?=\d{3})")
_PLAIN = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")

WEEKDAY = (
    r"(mon|tue|wed|thu|fri|sat|sun|lun|mar|mer|mi[eé]|jeu|jue|gio|ven|vie|sam|s[aá]b|dim|dom|seg|ter|qua|qui|sex"
    r"|die|mit|don|fre|son|man|tir|ons|tor|l[øö]r|s[øö]n|m[åa]n|tis)[a-zåäöøéáìç-]*|m[oa]|di|mi|wo|do|fr|vr|sa|za|so|zo"
)
_WEEKDAY_BEFORE = re.compile(rf"(?:{WEEKDAY})\.?,? +(?=\d)")
_MONTH_IN_WORDS = re.compile(r"(\d{1,2})\.? +(?:de +)?([^\W\d_]{3,12})\.? +(?:de +)?(\d{4})")
CLOCK_BEHIND_DAY = re.compile(
    r"(?<=\d)(?:[T ]|, )\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?\s*(?:Z|[-+]\d{2}:?\d{2})?$"
)
DAY_PATTERNS: dict[str, str] = {
    "%Y-%m-%d": r"\d{4}-\d{1,2}-\d{1,2}",
    "%Y/%m/%d": r"\d{4}/\d{1,2}/\d{1,2}",
    "%Y.%m.%d": r"\d{4}\.\d{1,2}\.\d{1,2}",
    "%Y%m%d": r"(19|20)\d{6}",
    "%d.%m.%Y": r"\d{1,2}\.\d{1,2}\.\d{4}",
    "%d.%m.%y": r"\d{1,2}\.\d{1,2}\.\d{2}",
    "%d-%m-%Y": r"\d{1,2}-\d{1,2}-\d{4}",
    "%m-%d-%Y": r"\d{1,2}-\d{1,2}-\d{4}",
    "%d/%m/%Y": r"\d{1,2}/\d{1,2}/\d{4}",
    "%m/%d/%Y": r"\d{1,2}/\d{1,2}/\d{4}",
    "%d/%m/%y": r"\d{1,2}/\d{1,2}/\d{2}",
    "%m/%d/%y": r"\d{1,2}/\d{1,2}/\d{2}",
    "%d %b %Y": r"\d{1,2} [A-Za-z]{3} \d{4}",
    "%d %B %Y": r"\d{1,2} [A-Za-z]{3,9} \d{4}",
    "%b %d, %Y": r"[A-Za-z]{3} \d{1,2}, \d{4}",
    "%B %d, %Y": r"[A-Za-z]{3,9} \d{1,2}, \d{4}",
    "excel": r"[2-7]\d{4}(\.\d+)?",
}
"""Ways to write a day, by strptime's pattern; ``excel`` counts days from 1899-12-30."""
_EPOCH = pd.Timestamp("1899-12-30")
_FIRST, _LAST = pd.Timestamp(FIRST_YEAR, 1, 1), pd.Timestamp("2099-12-31")


def present(cells: pd.Series) -> pd.Series:
    """Return the cells of text that hold something; see `ABSENT`."""
    return cells[~cells.str.casefold().isin(list(ABSENT))]


def decimal_sign(rows: list[list[str]], delimiter: str) -> Decimal:
    """Return the decimal sign by the cells that leave no doubt."""
    comma = point = False
    for row in rows[:2000]:
        for cell in row:
            comma = comma or _COMMA.fullmatch(cell) is not None
            point = point or _POINT.fullmatch(cell) is not None
    if (
        not comma
        and not point
        and delimiter == "\t"
        and any(_EITHER.fullmatch(c) for r in rows[:2000] for c in r)
    ):
        return "?"  # 1.234 in cells that tabs part may be a thousand or one and a bit
    if comma != point:
        return "," if comma else "."
    return "?" if comma or delimiter == ";" else "."


def to_number(text: str, decimal: Decimal = ".") -> float:
    """Return the number that a cell holds, NaN where it is blank or none.

    Examples
    --------
    >>> to_number("1.234,5", ","), to_number("1,234.5"), to_number("7,5", "?"), to_number("1,234", "?")
    (1234.5, 1234.5, 7.5, nan)
    """
    cell = _SPACED.sub("", text.strip().replace("\N{MINUS SIGN}", "-"))
    if decimal == "?":
        if _COMMA.fullmatch(cell):
            decimal = ","
        elif not _POINT.fullmatch(cell) and not _WHOLE.fullmatch(cell):
            return math.nan
    if decimal == ",":
        cell = re.sub(r"\.(?=\d{3}(?!\d))", "", cell).replace(",", ".")
    elif _GROUPED.fullmatch(cell):
        cell = cell.replace(",", "")
    return float(cell) if _PLAIN.fullmatch(cell) and math.isfinite(float(cell)) else math.nan


def decimals_of(number: str) -> tuple[Decimal, ...]:
    """Return the decimal signs by which a number that stands alone can be read: one, or the comma and the point.

    Examples
    --------
    >>> decimals_of("7,5"), decimals_of("1,234.5"), decimals_of("2,400"), decimals_of("2.400")
    ((',',), ('.',), (',', '.'), ('.', ','))
    """
    if _EITHER.fullmatch(number):
        return (",", ".") if "," in number else (".", ",")
    return (",",) if _COMMA.fullmatch(number) else (".",)


def parse_numbers(text: pd.Series, decimal: Decimal = ".") -> pd.Series:
    """Return a text column as float64, NaN where a cell is blank or no number."""
    known = {cell: to_number(cell, decimal) for cell in text.unique()}
    return text.map(known).astype("float64")


def parse_days(text: pd.Series, patterns: Iterable[str] = DAY_PATTERNS) -> tuple[pd.Series, list[str]]:
    """Return a text column as days, and the patterns that fit its cells best.

    Two patterns are returned where the day may be the month as well and the days differ; none where fewer
    than half of the cells are days. A time of day behind the day is cut off: the day is the one written; so is a
    weekday before it, and a month in words of another language is read as its number, where no pattern fits without.
    """
    cells = text.str.strip().str.replace(CLOCK_BEHIND_DAY, "", regex=True)
    days, fitting = _fitting(cells, list(patterns))
    if not fitting:
        figures = cells.map({cell: _in_figures(cell) for cell in cells.unique()})
        if not figures.equals(cells):
            days, fitting = _fitting(figures.astype("str"), list(patterns))
    return days, fitting


def _in_figures(cell: str) -> str:
    """Return ``1.5.2024`` for ``Mittwoch, 1. Mai 2024``, and a cell without its weekday."""
    day = _WEEKDAY_BEFORE.sub("", cell.casefold()) if _WEEKDAY_BEFORE.match(cell.casefold()) else cell
    worded = _MONTH_IN_WORDS.fullmatch(day)
    month = month_of(worded[2]) if worded else None
    return f"{worded[1]}.{month}.{worded[3]}" if worded and month else day


def _fitting(cells: pd.Series, patterns: list[str]) -> tuple[pd.Series, list[str]]:
    filled = ~cells.str.casefold().isin(list(ABSENT))
    best: list[tuple[str, pd.Series]] = []
    most = max(1, math.ceil(filled.sum() / 2))
    for pattern in patterns:
        days = _days(cells, pattern)
        fitting = int(days.notna().sum())
        if fitting > most:
            best, most = [], fitting
        if fitting == most and not any(days.equals(other) for _, other in best):
            best.append((pattern, days))
    if not best:
        return pd.Series(pd.NaT, index=cells.index, dtype="datetime64[us]"), []
    return best[0][1], [pattern for pattern, _ in best]


def contested(text: pd.Series, patterns: list[str]) -> tuple[pd.Series, str]:
    """Return which cells leave open which of two patterns a column is written in, and what to say of them."""
    one, other = (parse_days(text, [pattern])[0] for pattern in patterns[:2])
    either = one.notna() & other.notna() & (one != other)
    if either.any():
        return either, "may have the day or the month first"
    only = one.notna().ne(other.notna())
    before = one.notna()[only].iloc[0]
    return only & one.notna().ne(before), "has day and month the other way round than a cell above it"


def _days(cells: pd.Series, pattern: str) -> pd.Series:
    if pattern == "excel":
        serial = parse_numbers(cells.where(cells.str.fullmatch(DAY_PATTERNS["excel"]), ""))
        days = _EPOCH + pd.to_timedelta(np.floor(serial), unit="D")
    else:
        shape = DAY_PATTERNS.get(pattern)
        kept = cells.where(cells.str.fullmatch(shape), "") if shape else cells
        days = pd.to_datetime(kept, format=pattern, errors="coerce").dt.normalize()
    days = days.astype("datetime64[us]")
    possible: pd.Series = days.where(days.between(_FIRST, _LAST))
    return possible
