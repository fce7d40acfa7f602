"""Bringing a person's activity files into a store: in batches, each of which is whole or not there.

A file that was imported is known by its digest and skipped the next time; one that cannot be read goes
to the quarantine beside the store, and the rest goes on. Killed at any point and started again, an
import ends with the same tables as one that was left alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .cohort import Cohort
from .errors import InputError
from .imports import ImportReport, stack
from .names import counted, plain_name
from .quarantine import Quarantine
from .readers.activity_files import Outcome, iter_recordings
from .recording import NotAnActivity, Recording, masses_to_diary, to_tables
from .schema import FIRST_YEAR, TABLES, conform
from .store import Store
from .zones import time_zone

OWN = "own"
PUBLIC = frozenset({"pmdata", "soccermon", "lovdal2021", "simulated"})
"""Cohorts that are no one's own."""
_COUNTED = re.compile(r"(.*): ([\d,]+) (values?|activities)")
BATCH_RECORDS = 100_000  # about 28 hours at one a second, as much as the workers read ahead
BATCH_FILES = 500
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Owner:
    """Whose files they are and how to read them.

    Parameters
    ----------
    athlete : str
        Space around it and what cannot be seen do not count.
    timezone : str, optional
        IANA name, for files that tell no local time.
    place : str, optional
        Where the activities were, to join them with weather of that name.
    keep_location : bool
        Whether to keep coordinates.
    local_clock : bool
        Whether times that a file writes without a zone are by the clock of `timezone`, or of the zone that the store
        remembers; else they are UTC.

    Raises
    ------
    InputError
        Where the athlete has no name, or there is no such time zone.
    """

    athlete: str
    timezone: str | None = None
    place: str | None = None
    keep_location: bool = False
    local_clock: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "athlete", plain_name(self.athlete))
        if not self.athlete:
            raise InputError("an athlete has no name", mend="give a short word, such as --athlete me")
        if self.timezone:
            time_zone(self.timezone)

    def lacks(self, recordings: list[Recording]) -> list[str]:
        """Return the options that were not given and with which these would be read otherwise."""
        told = {
            "timezone": self.timezone or tell_their_zone(recordings),
            "local_clock": self.local_clock or all(r.zone_told for r in recordings),
            "place": self.place,
            "keep_location": self.keep_location,
        }
        return [option for option, given in told.items() if not given]


def tell_their_zone(recordings: list[Recording]) -> bool:
    """Return whether all of a file's recordings tell their local time, so that no time zone is needed."""
    return all(r.utc_offset_s is not None for r in recordings)


@dataclass
class Account:
    """What came of an import.

    Parameters
    ----------
    report : ImportReport
    failed : dict of str to str
        Files that could not be read, with the reason; they are in quarantine.
    told : dict of str to str
        Files that hold something else than an activity.
    unchanged : int
        Files that had been imported before.
    foreign : int
        Files told of that have nothing to do with training: photos, notes.
    """

    report: ImportReport
    failed: dict[str, str] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    unchanged: int = 0
    foreign: int = 0

    @property
    def nothing(self) -> bool:
        """Whether no file could be used."""
        return not self.report.tables and not self.unchanged and len(self.told) == self.foreign

    def to_dict(self) -> dict[str, object]:
        """Return plain types for JSON."""
        return {
            **self.report.to_dict(),
            "failed": self.failed,
            "told": self.told,
            "unchanged": self.unchanged,
        }


class _Copies:
    """Which of the files that tell of one activity counts: the richest, whatever their order and batches.

    A file that is imported alone later on is a correction and counts.
    """

    def __init__(self, seen: Mapping[str, Mapping[str, Any]], owner: Owner) -> None:
        """Know the files that were read with all that `owner` tells; one that lacked an option is read again."""
        self.seen = {
            d: told
            for d, told in seen.items()
            if told.get("athlete") == owner.athlete
            and not any(getattr(owner, option) for option in told.get("lacks", ()))
        }
        self.best: dict[str, tuple[int, str]] = {}
        self.zones: Counter[str] = Counter()
        """Files imported before, by the zone that told their days."""

    def meet(self, sha256: str, values: Mapping[str, int]) -> list[str]:
        """Take note of a file's activities, and return those of which it is the best so far."""
        ranks = {activity: (int(n), sha256) for activity, n in values.items()}
        ahead = [a for a, rank in ranks.items() if a not in self.best or rank > self.best[a]]
        self.best.update({a: ranks[a] for a in ahead})
        return ahead

    def meet_again(self, sha256: str) -> None:
        """Take note of a file that was imported before."""
        before = self.seen.get(sha256, {})
        told = before.get("activities", {})
        self.meet(sha256, told if isinstance(told, dict) else {})
        if before.get("timezone"):
            self.zones[before["timezone"]] += 1


class _Batch:
    """Recordings that are stored in one step, with the files that they come from."""

    def __init__(self) -> None:
        self.recordings: dict[str, Recording] = {}
        self.diaries: list[pd.DataFrame] = []
        self.seen: dict[str, Mapping[str, Any]] = {}
        self.records = 0

    @property
    def full(self) -> bool:
        return self.records >= BATCH_RECORDS or len(self.seen) >= BATCH_FILES


def at_home(owner: Owner, store: Store) -> Owner:
    """Return the owner with the time zone that an earlier import told the store, where this one tells none."""
    if owner.timezone or not store.exists():
        return owner
    athletes = store.read(tables=["athletes"]).athletes
    known = athletes.loc[athletes["athlete_id"] == owner.athlete, "timezone"].dropna()
    return replace(owner, timezone=str(known.iloc[0])) if len(known) else owner


def _remember_home(store: Store, athlete: str, zone: str, report: ImportReport) -> None:
    """Let the store remember a time zone that is told where no file is new, as after a journey."""
    athletes = pd.DataFrame({"athlete_id": [athlete], "timezone": [zone]})
    if at_home(Owner(athlete), store).timezone != zone:
        for note in store.merge(Cohort.from_tables(own_name(store), {"athletes": athletes})):
            report.note(note)


def import_activities(
    store: Store,
    paths: Iterable[Path],
    owner: Owner,
    *,
    workers: int = 1,
    command: str = "",
    progress: Progress | None = None,
) -> Account:
    """Import every activity file at or below `paths`: FIT, GPX, TCX, gzipped, in folders and in archives.

    Parameters
    ----------
    store : Store
        Made where it is not there.
    paths : iterable of Path
    owner : Owner
    workers : int
        Processes that read.
    command : str
        What to type to try a quarantined file again; ``{file}`` stands for its copy.
    progress : callable, optional
        Is told files done, 0 and the file's name.

    Returns
    -------
    Account

    Raises
    ------
    InputError
        The store cannot be written, or holds one of the activities under another athlete; `owner` has a local
        clock, and neither it nor the store knows the zone.
    """
    store.tidy()
    asked, owner = owner.timezone, at_home(owner, store)
    if owner.local_clock and not owner.timezone:
        raise InputError("--local-clock needs the clock's zone", mend="such as --timezone Europe/Oslo")
    copies = _Copies(store.seen(), owner)
    account, batch = Account(ImportReport("activities")), _Batch()
    quarantine = Quarantine.beside(store.path)
    for done, outcome in enumerate(iter_recordings(paths, workers=workers, known=copies.seen), start=1):
        if progress:
            progress(done, 0, Path(outcome.name).name)
        _take(outcome, owner, batch, copies, account, quarantine, command)
        if batch.full:
            _store(batch, store, owner, account)
            batch = _Batch()
    if batch.recordings or (batch.seen and not account.nothing):
        _store(batch, store, owner, account)
    if asked and account.unchanged and not account.report.tables:
        _remember_home(store, owner.athlete, asked, account.report)
    account.report.notes[:] = _summed(account.report.notes)
    for zone, files in copies.zones.items():
        if asked and zone != asked:
            account.report.note(
                f"{counted(files, 'file')} imported before, with {zone}: days stay those of that zone (import into a new "
                f"store to have those of {asked})"
            )
    return account


def _take(
    outcome: Outcome,
    owner: Owner,
    batch: _Batch,
    copies: _Copies,
    account: Account,
    quarantine: Quarantine,
    command: str,
) -> None:
    """Put what came of a file into the batch, or into quarantine."""
    result = outcome.result
    seen = {"athlete": owner.athlete}
    if result is None:
        account.unchanged += 1
        copies.meet_again(outcome.sha256)
    elif isinstance(result, NotAnActivity):
        account.told[outcome.name] = result.what
        account.foreign += result.foreign
        batch.diaries.append(masses_to_diary(result.masses, owner.athlete, owner.timezone))
        if outcome.sha256:
            lacks = [] if owner.timezone or not result.masses else ["timezone"]
            batch.seen[outcome.sha256] = {**seen, "kind": result.kind, "lacks": lacks}
    elif isinstance(result, InputError):
        account.failed[outcome.name] = str(result).removeprefix(outcome.name).lstrip(",: ")
        if outcome.data:
            try:
                quarantine.keep(outcome.name, outcome.data, account.failed[outcome.name], command)
            except InputError as error:  # a full disk must not stop the rest
                account.report.note(str(error))
    else:
        for recording in result:
            recording.clock_is_local |= owner.local_clock and not recording.zone_told
        legs = {r.activity_id(owner.athlete): r for r in result}
        values = {a: sum(int(np.isfinite(v).sum()) for v in r.records.values()) for a, r in legs.items()}
        zone = None if tell_their_zone(result) else owner.timezone
        batch.seen[outcome.sha256] = {
            **seen,
            "activities": values,
            "lacks": owner.lacks(result),
            "timezone": zone,
        }
        best = copies.meet(outcome.sha256, values)
        for activity, recording in legs.items():
            poorer = batch.recordings.get(activity) if activity in best else recording
            if poorer is not None:
                _leave_out(poorer, account.report)
            if activity in best:
                batch.recordings[activity] = recording
        batch.records = sum(r.n_records for r in batch.recordings.values())


def _leave_out(copy: Recording, report: ImportReport) -> None:
    report.count("activities", 1, 0)
    report.leave_out("activities", "the same activity twice: the fuller recording was kept")
    report.count("records", copy.n_records + copy.left_out.total(), 0)
    report.leave_out("records", "of an activity that is there twice", copy.n_records)
    for reason, n in copy.left_out.items():
        report.leave_out("records", reason, n)


@contextmanager
def _lean() -> Iterator[None]:
    """Let Arrow hand memory back to the system after each batch: its own pool holds on to some 80 MB."""
    import pyarrow as pa

    before = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(before)


def _store(batch: _Batch, store: Store, owner: Owner, account: Account) -> None:
    tables: dict[str, pd.DataFrame] = {}
    if batch.recordings:
        tables = to_tables(
            batch.recordings.values(),
            owner.athlete,
            owner.timezone,
            keep_location=owner.keep_location,
            report=account.report,
        )
        if owner.place:
            tables["activities"] = tables["activities"].assign(place_id=owner.place)
    masses = stack(batch.diaries)
    if len(masses):
        tables["diary"] = masses.drop_duplicates(["athlete_id", "day"], keep="last")
    with _lean():
        notes = store.merge(Cohort.from_tables(own_name(store), tables), seen=batch.seen)
    for note in notes:
        account.report.note(note)


def own_name(store: Store) -> str:
    """Return what people's own logs are called in a store: the name that they have there, else the folder's.

    Models are kept by the cohort's name: two squads of one name would share a champion.
    """
    if store.exists():
        return next((part for part in store.info()["name"].split("+") if part not in PUBLIC), OWN)
    folder = store.path.resolve().name
    return OWN if PUBLIC & {folder, *folder.split("+")} else folder or OWN


def _summed(notes: Iterable[str]) -> list[str]:
    """Return each note once, with the counts of all batches together."""
    counts: dict[tuple[str, bool], int] = {}
    for note in notes:
        found = _COUNTED.fullmatch(note)
        key = (found[1], found[3].startswith("value")) if found else (note, False)
        counts[key] = counts.get(key, 0) + (int(found[2].replace(",", "")) if found else 1)
    return [
        f"{text}: {counted(n, 'value')}"
        if values
        else f"{text}: {counted(n, 'activity', 'activities')}"
        if n > 1
        else text
        for (text, values), n in counts.items()
    ]


def import_tables(
    store: Store,
    tables: Mapping[str, pd.DataFrame],
    report: ImportReport,
    attribution: str,
    today: date | None = None,
) -> None:
    """Merge what a reader of a person's export made into the store, and tell of joined activities.

    What lies in the future, as planned sessions do, is left out: nothing of it has happened, and the forecast
    would be for the morning after the last of it. So is what a clock that was not set dates decades back: all
    days since would count as rest.

    Parameters
    ----------
    today : date, optional
        Default the system's; a day more is allowed, as somewhere it has begun.
    """
    store.tidy()
    last = pd.Timestamp(today or date.today()) + pd.Timedelta(days=1)
    happened = {name: conform(t, TABLES[name]) if name in TABLES else t for name, t in tables.items()}
    for name in ("activities", "diary", "ratings"):
        if name in happened and len(happened[name]):
            day = happened[name]["day"]
            ahead, lost = day > last, day < pd.Timestamp(FIRST_YEAR, 1, 1)
            happened[name] = happened[name][~ahead & ~lost]
            if (ahead | lost).any():
                report.count(name, 0, -int((ahead | lost).sum()))
            report.leave_out(name, "lies in the future", int(ahead.sum()))
            report.leave_out(name, f"lies before {FIRST_YEAR}: a clock that was not set", int(lost.sum()))
    for note in store.merge(Cohort.from_tables(own_name(store), happened), attribution=attribution):
        report.note(note)
