"""Which session is which where tables come again: a sheet grows and is corrected, and another tells of other sessions.

A session of a table has an id of its athlete, day and sport, of the start or else the size, and of the sheet that told it. So a row
put in above renames none below it, and of the days that a sheet tells the sessions are replaced as a set: what it told before and
tells no more goes. Sheets never take anything from each other but what they tell alike.
"""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd

from .names import counted, plain_name
from .schema import ACTIVITIES, SPORTS

TABLE = "table"
"""Source of what came from a person's own table."""

_SIZES = ["duration_s", "moving_time_s", "distance_m"]
_DAY = ["athlete_id", "day", "sport"]
_SAME = [*_DAY, "start_time", *_SIZES]
_TOLD = [c for c in ACTIVITIES.names if c not in ("activity_id", "source", *_SAME)]
# The sheet, the size where no start is told, and a number; older versions knew neither sheet nor size.
_ID = (
    rf"-{TABLE}-\d{{8}}(?:-(?:{'|'.join(SPORTS)}))?(?:-\d{{4}}Z)?(?:-([0-9a-f]{{6}})(?:[0-9a-f]{{4}})?)?-\d+$"
)


def sheet_key(*names: str) -> str:
    """Return what ids hold of a sheet: a hash of its names, six digits.

    Parameters
    ----------
    *names : str
        What it is known by; capitals and what cannot be seen do not matter. Of file names nothing else is kept.
    """
    told = "\n".join(plain_name(name).casefold() for name in names)
    return hashlib.blake2b(told.encode(), digest_size=3).hexdigest()


def session_ids(sessions: pd.DataFrame, sheet: str) -> pd.Series:
    """Return an id for each session of a sheet.

    Parameters
    ----------
    sessions : DataFrame
        ``athlete_id``, ``day`` and what else of the activities' columns the sheet tells.
    sheet : str
        As `sheet_key` returns it.
    """
    rows = sessions.reindex(columns=_SAME)
    sport = rows["sport"].astype("str").fillna("")
    sport = ("-" + sport).where(~sport.isin(["", "running"]), "")
    start = pd.to_datetime(rows["start_time"], utc=True).dt.strftime("-%H%MZ").astype("str").fillna("")
    sizes = rows[_SIZES].astype("float64").itertuples(index=False)
    size = pd.Series([_hash(":".join(f"{v:g}" for v in row)) for row in sizes], rows.index, dtype="str")
    stamp = rows["athlete_id"] + f"-{TABLE}-" + rows["day"].dt.strftime("%Y%m%d") + sport + start
    stamp += f"-{sheet}" + size.where(start == "", "")
    ids: pd.Series = stamp + "-" + (stamp.groupby(stamp).cumcount() + 1).astype("str")
    return ids


def tellers(activities: pd.DataFrame) -> pd.Series:
    """Return who told of each activity: its source, of a table with the sheet; "" where that is not known."""
    source = activities["source"].astype("str").fillna("")
    ours = source == TABLE
    sheets = _sheets(activities.loc[ours, "activity_id"])
    return source.mask(ours, TABLE + " " + sheets.reindex(source.index).fillna("")).astype("str")


def outdated(held: pd.DataFrame, came: pd.DataFrame) -> tuple[set[str], list[str]]:
    """Return the ids of sessions that a sheet that comes makes outdated, and sentences on them.

    Parameters
    ----------
    held, came : DataFrame
        Activities as they came: what a store holds, and what is added.

    Returns
    -------
    set of str
        What the same sheet told, from the first to the last day that it tells now of that athlete, and tells no more; and what
        another sheet or an older version told of the same session and size, where the new row tells all of that too.
    list of str
    """
    came = came[came["source"] == TABLE].assign(sheet=lambda rows: _sheets(rows["activity_id"]))
    came = came[came["sheet"].fillna("") != ""]
    held = held[(held["source"] == TABLE) & ~held["activity_id"].isin(came["activity_id"])]
    if came.empty or held.empty:
        return set(), []
    held = held.assign(sheet=_sheets(held["activity_id"]))
    span = came.groupby(["athlete_id", "sheet"])["day"].agg(["min", "max"])
    own = span.reindex(pd.MultiIndex.from_frame(held[["athlete_id", "sheet"]]))
    day = held["day"].to_numpy()
    gone = held[(day >= own["min"].to_numpy()) & (day <= own["max"].to_numpy())]
    later = held[day > own["max"].to_numpy()]
    alike = _alike(held[own["min"].isna().to_numpy()], came)
    return {*gone["activity_id"], *alike}, [
        f"{counted(len(rows), 'session')} {what} (for example on {rows['day'].min():%Y-%m-%d})"
        for rows, what in (
            (gone, "that this table told before and tells otherwise or no more: taken out"),
            (later, "after its last day, told by this table before: kept, `heavylegs forget` takes out"),
        )
        if len(rows)
    ]


def notes_on_others(held: pd.DataFrame, came: pd.DataFrame, joined: pd.Series) -> list[str]:
    """Return a sentence where new sessions of a table stand beside another table's of the same day and sport.

    Parameters
    ----------
    held, came : DataFrame
        What the store held, without what is outdated, and what is added.
    joined : Series
        Ids of the activities that were joined with others.
    """
    new = came[(came["source"] == TABLE) & ~came["activity_id"].isin([*held["activity_id"], *joined])]
    there = held[(held["source"] == TABLE) & ~held["activity_id"].isin([*came["activity_id"], *joined])]
    pairs = new[[*_DAY, "activity_id"]].assign(teller=tellers(new))
    pairs = pairs.merge(there[_DAY].assign(teller=tellers(there)), on=_DAY, suffixes=("", "_2"))
    beside = pairs[pairs["teller"] != pairs["teller_2"]].drop_duplicates("activity_id")
    if beside.empty:
        return []
    what = "beside others that another table told of the same day and sport: all count"
    mend = "`heavylegs forget` takes out what is there twice"
    return [
        f"{counted(len(beside), 'session')} {what}; {mend} (for example on {beside['day'].min():%Y-%m-%d})"
    ]


def _alike(held: pd.DataFrame, came: pd.DataFrame) -> list[str]:
    """Return the ids of held sessions of which one that came, of the same day, sport, start and size, tells all that they tell."""
    there, here = (rows.assign(number=_number(rows)) for rows in (held, came))
    pairs = there.merge(here, on=[*_SAME, "number"], suffixes=("", "_2"))
    lacks = np.zeros(len(pairs), dtype=bool)
    for column in _TOLD:
        lacks |= (pairs[column].notna() & pairs[f"{column}_2"].isna()).to_numpy()
    return [str(a) for a in pairs.loc[~lacks, "activity_id"]]


def _number(rows: pd.DataFrame) -> pd.Series:
    """Return each row's place among those of its sheet that are alike."""
    ranked = rows.assign(sheet=rows["sheet"].fillna("")).sort_values("activity_id")
    return ranked.groupby(["sheet", *_SAME], dropna=False).cumcount().reindex(rows.index)


def _sheets(ids: pd.Series) -> pd.Series:
    """Return each id's sheet: NaN where it is told by the id of none, as those of older versions and of one's own are."""
    return ids.astype("str").str.extract(_ID)[0]


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=2).hexdigest()
