"""What a merge changes in a store: the buckets concerned are read, nothing else is, and nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from .cohort import Cohort
from .schema import TABLES
from .store_files import WHOLE, Files, Manifest
from .store_merge import (
    NO_MONTH,
    Sessions,
    affected_by,
    bucket_of,
    check_owners,
    check_spelling,
    homes_of,
    merged,
    months_of,
    rejoined,
    slices,
    split,
)
from .store_notes import notes_on_answers, notes_on_homes, notes_on_replaced
from .table_sessions import notes_on_others, outdated

SESSIONS = ("activities", "records")


@dataclass(frozen=True)
class Update:
    """What to write.

    Parameters
    ----------
    changes : list
        Table, ``"parts."`` or ``""``, the buckets that go, and the new ones.
    notes : list of str
        Sentences on activities that were joined or replaced, and on answers that were corrected or are not told again.
    """

    changes: list[tuple[str, str, set[str], dict[str, pd.DataFrame]]]
    notes: list[str]


@dataclass(frozen=True)
class _Homes:
    """Who lives where, without and with the new rows."""

    before: dict[str, int]
    after: dict[str, int]
    touched: set[int]

    @property
    def moved(self) -> set[str]:
        """Those whose group changed."""
        return {a for a, home in self.before.items() if home != self.after[a]}


def update_of(files: Files, now: Manifest, cohort: Cohort) -> Update:
    """Return what adding `cohort` to the store of that manifest changes.

    Raises
    ------
    InputError
        An activity is there under another athlete, an athlete under another spelling, or a file of the store is
        damaged.
    """
    homes = _homes(files, now, cohort)
    gone = {f"{number:02d}" for number in homes.touched} | {WHOLE}
    changes, answers = [], []
    for name, frame in cohort.tables().items():
        if name not in SESSIONS:
            before = files.gather(now, name, homes.touched)
            if name == "athletes":
                answers += notes_on_homes(before, frame)
            if name in ("diary", "ratings"):
                answers += notes_on_answers(before, frame, TABLES[name])
            whole = merged(before, frame, TABLES[name])
            changes.append((name, "", gone, dict(split(whole, homes.after))))
    sessions, used, notes = _sessions(files, now, cohort, homes)
    shown, apart = months_of(sessions.activities), months_of(sessions.part_activities)
    changes += [
        ("activities", "", gone, dict(split(sessions.activities, homes.after))),
        ("activities", "parts.", gone, dict(split(sessions.part_activities, homes.after))),
        ("records", "", used, dict(split(sessions.records, homes.after, shown))),
        ("records", "parts.", used, dict(split(sessions.part_records, homes.after, apart))),
    ]
    return Update(changes, notes + answers)


def _homes(files: Files, now: Manifest, cohort: Cohort) -> _Homes:
    athletes = files.gather(now, "athletes", None)
    before = homes_of(athletes)
    check_spelling(before, cohort.athletes["athlete_id"])
    after = homes_of(merged(athletes, cohort.athletes, TABLES["athletes"]))
    came = {a for f in cohort.tables().values() if "athlete_id" in f for a in f["athlete_id"].unique()}
    touched = {after.get(a, bucket_of(a)) for a in came}
    touched |= {home for a in before for home in (before[a], after[a]) if before[a] != after[a]}
    return _Homes(before, after, touched)


def _sessions(
    files: Files, now: Manifest, cohort: Cohort, homes: _Homes
) -> tuple[Sessions, set[str], list[str]]:
    """Return the touched buckets' sessions with the new ones, and the slices of records they replace."""
    shown = files.gather(now, "activities", homes.touched)
    apart = files.gather(now, "activities", homes.touched, parts=True)
    none = cohort.records.iloc[:0]
    held = Sessions(shown, none, apart, none).raw
    check_owners(_owners(files, now, homes.touched), held, cohort.activities, cohort.records)
    gone, told = outdated(held, cohort.activities)
    kept = held[~held["activity_id"].isin(gone)]
    raw = merged(kept, cohort.activities, TABLES["activities"])
    movers = set(held.loc[held["athlete_id"].isin(homes.moved), "activity_id"])
    came = set(cohort.activities["activity_id"]) | set(cohort.records["activity_id"].unique())
    affected = affected_by(held, raw, came | movers | gone)
    used = {f"{number:02d}-{NO_MONTH}" for number in homes.touched}
    for rows, where in ((held, homes.before), (raw, homes.after)):
        used |= set(slices(rows[rows["activity_id"].isin(affected)], where, months_of(rows)))
    records = files.gather(now, "records", used)
    sessions = Sessions(shown, records, apart, files.gather(now, "records", used, parts=True))
    affected |= set(records.loc[records["athlete_id"].isin(homes.moved), "activity_id"])
    joined, notes = rejoined(sessions, raw, cohort.records, affected)
    told += notes_on_others(kept, cohort.activities, joined.part_activities["activity_id"])
    return joined, used, notes + notes_on_replaced(held, cohort.activities) + told


def _owners(files: Files, now: Manifest, touched: set[int]) -> Mapping[str, str]:
    """Return whose each activity of the other buckets is."""
    kinds = (now["tables"]["activities"], now["parts"].get("activities", {}))
    entries = [entry for kind in kinds for b, entry in kind.items() if int(b) not in touched]
    frames = [files.frame(entry, ["activity_id", "athlete_id"]) for entry in entries]
    return {a: who for f in frames for a, who in zip(f["activity_id"], f["athlete_id"], strict=True)}
