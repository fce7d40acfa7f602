"""Whether the rows of a sheet are of several people, and which column tells them apart."""

from __future__ import annotations

import pandas as pd

from .cells import present

MOST_SESSIONS = 2.5
"""Sessions a day on average, beyond which they are not of one person."""
_NEARLY = 0.95  # share of rows: a slip or two is in every sheet
_CROWDED = 1.2  # rows a day, beyond which days are there twice not by a slip
_ROSTER = 3  # times as many people in a squad as answer on its fullest day; a measure has more values


def rows_a_day(days: pd.Series) -> float:
    """Return how many rows a day has on average, 0 where no row has one."""
    told = days.dropna()
    return len(told) / told.nunique() if len(told) else 0.0


def of_several(days: pd.Series) -> bool:
    """Return whether days stand more often than one person's would."""
    return rows_a_day(days) > _CROWDED


def share_apart(names: pd.Series, days: pd.Series) -> float:
    """Return the share of rows that have a name which no row above has on their day."""
    rows = pd.DataFrame({"name": present(names).str.casefold(), "day": days}).dropna()
    return float((~rows.duplicated()).sum()) / max(len(names), 1)


def tells_apart(names: pd.Series, days: pd.Series) -> bool:
    """Return whether a column's cells come again from day to day and make each row of a day another's.

    Examples
    --------
    >>> days = pd.to_datetime(pd.Series(["2024-05-01"] * 3 + ["2024-05-02"] * 3))
    >>> squad, comments, team = ["a", "b", "c"] * 2, list("klmnop"), ["red"] * 6
    >>> [tells_apart(pd.Series(cells), days) for cells in (squad, comments, team)]
    [True, False, False]
    """
    dated = days.notna()
    told = present(names[dated]).str.casefold()
    if not of_several(days) or share_apart(names[dated], days[dated]) < _NEARLY:
        return False
    fullest = int(days.value_counts().iloc[0])
    figures = told.str.fullmatch(r"[-+]?[\d.,]+").any()
    most = min(len(told) / 2, _ROSTER * fullest) if figures else len(told) / 2
    return 2 <= told.nunique() <= most
