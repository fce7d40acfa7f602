"""What taking entries of one day, or of a person, out of a store changes; nothing is written here."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from .entry_words import PERSON
from .errors import InputError
from .identity import find_leaders
from .names import nearest_text
from .schema import DIARY, RECORDS
from .store_files import Files, Manifest, ordered
from .store_merge import NO_MONTH, Sessions, affected_by, homes_of, months_of, rejoined, slices, split
from .store_update import Update

RATING = "fatigue"
_NO_VALUES = (*DIARY.key, "source", "training_logged")
VALUES = (RATING, *(name for name in DIARY.names if name not in _NO_VALUES))
"""What can be taken out of a day by name: the rating, and the diary's values."""


def check_values(columns: Collection[str]) -> None:
    """Raise InputError for the first of `columns` that names no value of a day."""
    for name in columns:
        if name in PERSON:
            raise InputError(f"{name} is always so, not of a day", mend="leave the day out")
        if name not in VALUES:
            raise InputError(f"there is no value {name!r} of a day", mend=nearest_text(name, VALUES, ""))


def check_facts(names: Collection[str]) -> None:
    """Raise InputError for the first of `names` that names nothing that is always so of a person."""
    for name in names:
        if name in VALUES:
            raise InputError(f"{name} is of a day", mend="tell which: --day 2024-05-01")
        if name not in PERSON:
            raise InputError(
                f"nothing that is always so of a person is called {name!r}",
                mend=nearest_text(name, tuple(PERSON), ""),
            )


def facts_removal_of(files: Files, now: Manifest, athlete: str, names: Collection[str]) -> Update:
    """Return what taking out what is always so of an athlete changes, such as a wrong maximal heart rate.

    Raises
    ------
    InputError
        The store does not know it.
    """
    homes = homes_of(files.gather(now, "athletes", None))
    bucket = f"{homes[athlete]:02d}"
    frame = files.gather(now, "athletes", {bucket})
    mine = frame["athlete_id"] == athlete
    for name in names:
        if not (mine & frame[name].notna()).any():
            raise InputError(f"athlete {athlete!r} has no {name}", mend="look at what is known without it")
    left = frame.assign(**{name: frame[name].mask(mine) for name in names})
    return Update([("athletes", "", {bucket}, dict(split(left, homes)))], [])


def person_removal_of(files: Files, now: Manifest, athlete: str) -> Update:
    """Return what taking an athlete wholly out changes: all their days, activities and records."""
    homes = homes_of(files.gather(now, "athletes", None))
    bucket = f"{homes[athlete]:02d}"

    def left(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[frame["athlete_id"] != athlete]

    changes = [
        (table, "", {bucket}, dict(split(left(files.gather(now, table, {bucket})), homes)))
        for table in ("athletes", "diary", "ratings")
    ]
    for parts in (False, True):
        kind = "parts." if parts else ""
        activities = files.gather(now, "activities", {bucket}, parts=parts)
        months = months_of(activities)
        used = {
            f"{bucket}-{NO_MONTH}",
            *slices(activities[activities["athlete_id"] == athlete], homes, months),
        }
        records = left(files.gather(now, "records", used, parts=parts))
        changes += [
            ("activities", kind, {bucket}, dict(split(left(activities), homes))),
            ("records", kind, used, dict(split(records, homes, months))),
        ]
    return Update(changes, [])


def removal_of(
    files: Files,
    now: Manifest,
    athlete: str,
    day: pd.Timestamp,
    columns: Collection[str],
    sessions: Collection[str],
) -> Update:
    """Return what taking out these values of one day and these activities changes.

    Parameters
    ----------
    athlete : str
        One whom the store holds.
    day : Timestamp
    columns : collection of str
        Of `VALUES`.
    sessions : collection of str
        Ids of activities as the store shows them; all recordings that were joined into one go with it.

    Raises
    ------
    InputError
        The day tells no such value, or has no such activity.
    """
    homes = homes_of(files.gather(now, "athletes", None))
    bucket = f"{homes[athlete]:02d}"
    changes = []
    for table, named in (("ratings", {RATING} & set(columns)), ("diary", set(columns) - {RATING})):
        if named:
            frame = files.gather(now, table, {bucket})
            kept = _without(frame, athlete, day, sorted(named), whole=table == "ratings")
            changes.append((table, "", {bucket}, dict(split(kept, homes))))
    if sessions:
        left, used = _sessions(files, now, athlete, day, set(sessions), homes)
        shown, apart = months_of(left.activities), months_of(left.part_activities)
        changes += [
            ("activities", "", {bucket}, dict(split(left.activities, homes))),
            ("activities", "parts.", {bucket}, dict(split(left.part_activities, homes))),
            ("records", "", used, dict(split(left.records, homes, shown))),
            ("records", "parts.", used, dict(split(left.part_records, homes, apart))),
        ]
    return Update(changes, [])


def _without(
    frame: pd.DataFrame, athlete: str, day: pd.Timestamp, columns: list[str], whole: bool
) -> pd.DataFrame:
    """Return a table of days with these values of one emptied; a row of which no value is left goes."""
    row = (frame["athlete_id"] == athlete) & (frame["day"] == day)
    for name in columns:
        if not (row & frame[name].notna()).any():
            raise InputError(
                f"athlete {athlete!r} has no {name} on {day:%Y-%m-%d}", mend="look at the day without it"
            )
    if whole:
        return frame[~row]
    emptied = frame.assign(**{name: frame[name].mask(row) for name in columns})
    values = [name for name in emptied.columns if name not in (*DIARY.key, "source")]
    return emptied[~(row & emptied[values].isna().all(axis=1))]


def _sessions(
    files: Files, now: Manifest, athlete: str, day: pd.Timestamp, chosen: set[str], homes: dict[str, int]
) -> tuple[Sessions, set[str]]:
    """Return the bucket's sessions without the chosen, and the slices of records that they replace."""
    number = homes[athlete]
    shown = files.gather(now, "activities", {number})
    there = shown[(shown["athlete_id"] == athlete) & (shown["day"] == day)]["activity_id"]
    for activity in sorted(chosen - set(there)):
        raise InputError(
            f"athlete {athlete!r} has no activity {activity!r} on {day:%Y-%m-%d}",
            mend=nearest_text(activity, there, "there is none"),
        )
    apart = files.gather(now, "activities", {number}, parts=True)
    none = pd.DataFrame(columns=RECORDS.names)
    raw = Sessions(shown, none, apart, none).raw
    near = affected_by(raw, raw, chosen)
    rows = raw[raw["activity_id"].isin(near)].reset_index(drop=True)
    used = {f"{number:02d}-{NO_MONTH}", *slices(rows, homes, months_of(rows))}
    records, part_records = (files.gather(now, "records", used, parts=parts) for parts in (False, True))
    alone = records[~records["activity_id"].isin(apart["activity_id"])]
    leaders = find_leaders(rows, ordered([part_records, alone], RECORDS))
    gone = {a for a in rows["activity_id"] if leaders.get(a, a) in chosen}
    # without it, others may be doubles of each other
    left, _ = rejoined(
        Sessions(shown, records, apart, part_records),
        raw[~raw["activity_id"].isin(gone)],
        records.iloc[:0],
        near,
    )
    kept = [
        f[~np.isin(f["activity_id"], list(gone))]
        for f in (left.activities, left.records, left.part_activities, left.part_records)
    ]
    return Sessions(*kept), used
