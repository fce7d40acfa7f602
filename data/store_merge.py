"""How new rows meet those that a store holds: pure functions on frames.

The store keeps activities that were recorded twice as they came, in its *parts*, beside the one activity
that its tables show. What is shown is so a function of all that ever came in, whatever came first, and
importing one of the parts again, or a corrected one, finds it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .conform import conform
from .errors import InputError
from .identity import find_leaders, join, notes_on, same_pairs
from .schema import TABLES, Table
from .store_files import WHOLE, ordered

BUCKETS = 16
NO_MONTH = "000000"  # of records whose activity is not told
_VALUE_BY_VALUE = ("athletes", "diary", "weather")  # elsewhere a row is one statement, replaced whole


def bucket_of(name: str) -> int:
    """Return the bucket of a group or of an athlete without one, the same on every machine."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big") % BUCKETS


def homes_of(athletes: pd.DataFrame) -> dict[str, int]:
    """Return each athlete's bucket: that of the group, so that a team is never torn apart."""
    names = athletes["group_id"].fillna(athletes["athlete_id"])
    return {a: bucket_of(n) for a, n in zip(athletes["athlete_id"], names, strict=True)}


def split(
    frame: pd.DataFrame, homes: Mapping[str, int], months: Mapping[str, str] | None = None
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Return the non-empty buckets of a table; of records, a bucket is cut by the activities' months."""
    if frame.empty:
        return
    if "athlete_id" not in frame:
        yield WHOLE, frame.reset_index(drop=True)
        return
    for bucket, part in frame.groupby(slices(frame, homes, months).to_numpy(), sort=True):
        yield str(bucket), part.reset_index(drop=True)


def slices(
    frame: pd.DataFrame, homes: Mapping[str, int], months: Mapping[str, str] | None = None
) -> pd.Series:
    """Return each row's bucket, as the manifest writes it.

    Records are cut by month, so that adding a run rewrites a month and not a life.
    """
    names = {a: f"{homes.get(a, bucket_of(a)):02d}" for a in frame["athlete_id"].unique()}
    bucket = frame["athlete_id"].map(names).astype("str")
    if months is None:
        return bucket
    ids = frame["activity_id"]
    return bucket + "-" + ids.map({a: months.get(a, NO_MONTH) for a in ids.unique()}).astype("str")


def months_of(*activities: pd.DataFrame) -> dict[str, str]:
    """Return the month of each activity, as 202405; of an activity told twice, the later one's."""
    return {
        a: m
        for frame in activities
        for a, m in zip(frame["activity_id"], frame["day"].dt.strftime("%Y%m"), strict=True)
    }


def merged(before: pd.DataFrame, after: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return `before` with the rows of `after` in place of those of the same key.

    Of athletes, diary and weather single values are replaced, and one that is absent erases none. An
    activity that comes with records loses all records that it had.
    """
    key = ["activity_id"] if table.name == "records" else list(table.key)
    values = table.name in _VALUE_BY_VALUE
    if values and "source" in after:
        after = after.assign(source=_both_sources(pd.Series(np.nan, after.index), after["source"]).array)
    if before.empty or after.empty:
        return ordered([before, after], table)
    if len(key) == 1:
        replaced = before[key[0]].isin(after[key[0]].unique())
    else:
        replaced = pd.Series(pd.MultiIndex.from_frame(before[key]).isin(pd.MultiIndex.from_frame(after[key])))
    if values:
        new = after.set_index(key)
        known = before.set_index(key).reindex(new.index)
        filled = new.where(new.notna(), known)
        if "source" in filled:
            filled["source"] = _both_sources(known["source"], new["source"]).array
        after = conform(filled.reset_index(), table)
    return ordered([before[~replaced.to_numpy()], after], table)


def _both_sources(before: pd.Series, after: pd.Series) -> pd.Series:
    """Return the sources of both, in the order of the alphabet: whichever came first, it reads the same."""
    pairs = pd.DataFrame({"before": before.to_numpy(), "after": after.to_numpy()}, dtype="str")
    told = pairs.drop_duplicates()
    both = [_union(had, came) for had, came in zip(told["before"], told["after"], strict=True)]
    return pairs.merge(told.assign(both=pd.array(both, dtype="str")), how="left")["both"]


def _union(before: object, after: object) -> str | float:
    had, came = ({*s.split("+")} if isinstance(s, str) else set() for s in (before, after))
    if isinstance(before, str) and came <= had:
        return before  # a source that is told again changes no byte
    return "+".join(sorted(had | came)) or np.nan


@dataclass(frozen=True)
class Sessions:
    """Activities and their records, as shown and as they came where several were joined."""

    activities: pd.DataFrame
    records: pd.DataFrame
    part_activities: pd.DataFrame
    part_records: pd.DataFrame

    @property
    def raw(self) -> pd.DataFrame:
        """All activities as they came."""
        alone = ~self.activities["activity_id"].isin(self.part_activities["activity_id"])
        return ordered([self.activities[alone], self.part_activities], TABLES["activities"])


def affected_by(before: pd.DataFrame, after: pd.DataFrame, changed: set[str]) -> set[str]:
    """Return the activities whose joining may change: all that hang together with a changed one.

    Parameters
    ----------
    before, after : DataFrame
        All activities concerned as they came, without and with the change.
    changed : set of str
        Ids of what is new, corrected or moved.
    """
    edges: dict[str, set[str]] = {}
    for raw in (before, after):
        ids = raw["activity_id"].to_numpy(dtype=object)
        for i, j in same_pairs(raw):
            edges.setdefault(ids[i], set()).add(ids[j])
            edges.setdefault(ids[j], set()).add(ids[i])
    reached, waiting = set(changed), list(changed)
    while waiting:
        fresh = edges.get(waiting.pop(), set()) - reached
        reached |= fresh
        waiting += fresh
    return reached


def rejoined(
    now: Sessions, raw: pd.DataFrame, records: pd.DataFrame, affected: set[str]
) -> tuple[Sessions, list[str]]:
    """Return the sessions with the `affected` activities joined anew, and sentences on what was joined.

    Parameters
    ----------
    now : Sessions
        What the store holds; its records may lack those of activities that are not affected.
    raw : DataFrame
        All activities as they are to be, unjoined.
    records : DataFrame
        The new records; an activity named here loses those that it had.
    """
    table = TABLES["records"]
    apart = now.part_records["activity_id"].isin(affected)
    ours = now.records["activity_id"].isin(affected)
    in_parts = now.records["activity_id"].isin(now.part_activities["activity_id"])
    had = ordered([now.part_records[apart], now.records[ours & ~in_parts]], table)
    samples = merged(had, records, table)
    rows = raw[raw["activity_id"].isin(affected)].reset_index(drop=True)
    leaders = find_leaders(rows, samples)
    shown, shown_samples = join(rows, samples, leaders)
    doubled = rows["activity_id"].isin(leaders)
    still = ~now.activities["activity_id"].isin(affected)
    still_apart = ~now.part_activities["activity_id"].isin(affected)
    sessions = Sessions(
        ordered([now.activities[still], shown], TABLES["activities"]),
        ordered([now.records[~ours], shown_samples], table),
        ordered([now.part_activities[still_apart], rows[doubled]], TABLES["activities"]),
        ordered(
            [now.part_records[~apart], samples[samples["activity_id"].isin(leaders)]],
            table,
        ),
    )
    return sessions, notes_on(rows, leaders)


def check_spelling(known: Collection[str], athletes: Iterable[str]) -> None:
    """Raise InputError where one of `athletes` is new but for its capitals: one person would become two."""
    there = {who.casefold(): who for who in known}
    for who in athletes:
        before = there.setdefault(who.casefold(), who)
        if before != who and who not in known:
            raise InputError(
                f"athlete {who!r} is there as {before!r}", mend="write it the same way, capitals too"
            )


def check_owners(known: Mapping[str, str], *frames: pd.DataFrame) -> None:
    """Raise InputError where an activity comes under another athlete than it is `known` under."""
    owners = dict(known)
    for frame in frames:
        pairs = frame[["activity_id", "athlete_id"]].drop_duplicates()
        for activity, athlete in zip(pairs["activity_id"], pairs["athlete_id"], strict=True):
            if owners.setdefault(activity, athlete) != athlete:
                raise InputError(
                    f"activity {activity!r} of athlete {athlete!r} is there already as one of "
                    f"athlete {owners[activity]!r}",
                    mend="import it for that athlete, or into another store",
                )
