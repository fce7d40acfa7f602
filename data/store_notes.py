"""What must be said where something comes again: activities and answers that change, and days that are not told any more."""

from __future__ import annotations

import pandas as pd

from .names import counted
from .schema import Table
from .table_sessions import TABLE

_KEY = ["athlete_id", "day"]
_OTHERS = ("source", "training_logged")


def notes_on_answers(held: pd.DataFrame, came: pd.DataFrame, table: Table) -> list[str]:
    """Return sentences on a person's table of days that comes again, with corrections.

    Parameters
    ----------
    held, came : DataFrame
        Of one canonical table with a row a day: what the store holds and what is added.
    table : Table
        ``diary`` or ``ratings``.

    Returns
    -------
    list of str
        How many days come with other values, and how many values of the days between the first and last that
        came were told by an earlier table, are not told by this one and stay: nothing that is absent erases.
    """
    came = came[came["source"] == TABLE]
    held = held[held["source"].fillna("").str.split("+").map(lambda told: TABLE in told)]
    if came.empty or held.empty:
        return []
    span = came.groupby("athlete_id")["day"].agg(["min", "max"]).reindex(held["athlete_id"])
    inside = (held["day"].to_numpy() >= span["min"].to_numpy()) & (
        held["day"].to_numpy() <= span["max"].to_numpy()
    )
    told = [c for c in table.names if c not in (*_KEY, *_OTHERS) and came[c].notna().any()]
    before = held[inside].set_index(_KEY)[told]
    after = came.set_index(_KEY)[told].reindex(before.index)
    other = (before.notna() & after.notna() & (before != after)).any(axis=1)
    gone = (before.notna() & after.isna()).any(axis=1)
    notes = []
    for days, what in (
        (other, "other values than before, which they replace"),
        (gone, "told before and not any more; it stays; `heavylegs forget` takes it out"),
    ):
        if days.any():
            first = before.index.get_level_values("day")[days.to_numpy()].min()
            notes.append(
                f"{counted(int(days.sum()), 'day')} of {table.name}: {what} (for example {first:%Y-%m-%d})"
            )
    return notes


def notes_on_homes(held: pd.DataFrame, came: pd.DataFrame) -> list[str]:
    """Return a sentence for each athlete whose home another time zone takes the place of: later imports go by it."""
    before, after = (
        dict(zip(t["athlete_id"], t["timezone"], strict=True)) for t in (held, came.dropna(subset="timezone"))
    )
    return [
        f"the home of {athlete} was {before[athlete]} and is {zone} from now on, for later imports too: back from a journey, "
        f"give --timezone {before[athlete]} once"
        for athlete, zone in after.items()
        if isinstance(before.get(athlete), str) and before[athlete] != zone
    ]


def notes_on_replaced(held: pd.DataFrame, came: pd.DataFrame) -> list[str]:
    """Return a sentence where activities that were held with other values are replaced by those that came."""
    both = came[came["activity_id"].isin(held["activity_id"])].set_index("activity_id")
    before = held.set_index("activity_id").loc[both.index]
    same = (both == before) | (both.isna() & before.isna())
    other = both[~same.drop(columns="source").all(axis=1)]
    if other.empty:
        return []
    count = "1 activity was" if len(other) == 1 else f"{len(other)} activities were"
    return [
        f"{count} there with other values, which these replace (for example on {other['day'].min():%Y-%m-%d})"
    ]
