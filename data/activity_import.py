"""Bringing a person's activity files into a store: in batches, each of which is whole or not there.

A file that was imported is known by its digest and skipped the next time; one that cannot be read goes
to the quarantine beside the store, and the rest goes on. Killed at any point and started again, an
import ends with the same tables as one that was left alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .cohort import Cohort
from .errors import InputError
from .importer import own_name
from .imports import ImportReport, stack
from .names import counted
from .owner import Owner, at_home, tell_their_zone
from .quarantine import Quarantine
from .readers.activity_files import Outcome, iter_recordings
from .readers.archives import Wanted
from .readers.polar_names import may_be_an_activity
from .readers.tabular import Progress, silent
from .recording import NotAnActivity, Recording, masses_to_diary, to_tables
from .store import Store

_COUNTED = re.compile(r"(.*): ([\d,]+) (values?|activities)")
BATCH_RECORDS = 100_000  # about 28 hours at one a second, as much as the workers read ahead
BATCH_FILES = 500


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
        """Whether it is time to store it."""
        return self.records >= BATCH_RECORDS or len(self.seen) >= BATCH_FILES


def import_activities(
    store: Store,
    paths: Iterable[Path],
    owner: Owner,
    *,
    workers: int = 1,
    command: str = "",
    progress: Progress = silent,
    wanted: Wanted = may_be_an_activity,
) -> Account:
    """Import every activity file at or below `paths`: FIT, GPX, TCX, gzipped, in folders and in archives.

    So are the training sessions of a Polar account's export.

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
    wanted : callable, optional
        Which files to read, by their paths; default all but those of which the name says that they are no activities.

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
    running = _Import(store, owner, command)
    outcomes = iter_recordings(paths, workers=workers, known=running.copies.seen, wanted=wanted)
    for done, outcome in enumerate(outcomes, start=1):
        progress(done, 0, Path(outcome.name).name)
        running.take(outcome)
    account = running.finish()
    if asked and account.unchanged and not account.report.tables:
        _remember_home(store, owner.athlete, asked, account.report)
    account.report.notes[:] = _summed(account.report.notes)
    for zone, files in running.copies.zones.items():
        if asked and zone != asked:
            account.report.note(
                f"{counted(files, 'file')} imported before, with {zone}: days stay those of that zone (import into a new "
                f"store to have those of {asked})"
            )
    return account


def _remember_home(store: Store, athlete: str, zone: str, report: ImportReport) -> None:
    """Let the store remember a time zone that is told where no file is new, as after a journey."""
    if at_home(Owner(athlete), store).timezone != zone:
        athletes = pd.DataFrame({"athlete_id": [athlete], "timezone": [zone]})
        report.notes += store.merge(Cohort.from_tables(own_name(store), {"athletes": athletes}))


class _Import:
    """An import under way: what has been read and is not yet stored, and the account so far."""

    def __init__(self, store: Store, owner: Owner, command: str) -> None:
        self.store, self.owner, self.command = store, owner, command
        self.quarantine = Quarantine.beside(store.path)
        self.copies = _Copies(store.seen(), owner)
        self.account = Account(ImportReport("activities"))
        self.batch = _Batch()

    def take(self, outcome: Outcome) -> None:
        """Put what came of a file into the batch, or into quarantine."""
        result = outcome.result
        if result is None:
            self.account.unchanged += 1
            self.copies.meet_again(outcome.sha256)
        elif isinstance(result, NotAnActivity):
            self._tell_of(outcome, result)
        elif isinstance(result, InputError):
            self._set_aside(outcome, result)
        else:
            self._add(outcome.sha256, result)
        if self.batch.full:
            self._put()

    def finish(self) -> Account:
        """Store what is left and return the account."""
        if self.batch.recordings or (self.batch.seen and not self.account.nothing):
            self._put()
        return self.account

    def _tell_of(self, outcome: Outcome, other: NotAnActivity) -> None:
        owner = self.owner
        self.account.told[outcome.name] = other.what
        self.account.foreign += other.foreign
        self.batch.diaries.append(masses_to_diary(other.masses, owner.athlete, owner.timezone))
        if outcome.sha256:
            lacks = [] if owner.timezone or not other.masses else ["timezone"]
            told = {"athlete": owner.athlete, "kind": other.kind, "lacks": lacks}
            self.batch.seen[outcome.sha256] = told

    def _set_aside(self, outcome: Outcome, error: InputError) -> None:
        reason = str(error).removeprefix(outcome.name).lstrip(",: ")
        self.account.failed[outcome.name] = reason
        if outcome.data:
            try:
                self.quarantine.keep(outcome.name, outcome.data, reason, self.command, self.owner.athlete)
            except InputError as full:  # a full disk must not stop the rest
                self.account.report.note(str(full))

    def _add(self, sha256: str, recordings: list[Recording]) -> None:
        owner, batch = self.owner, self.batch
        for recording in recordings:
            recording.clock_is_local |= owner.local_clock and not recording.zone_told
        legs = {r.activity_id(owner.athlete): r for r in recordings}
        values = {a: sum(int(np.isfinite(v).sum()) for v in r.records.values()) for a, r in legs.items()}
        batch.seen[sha256] = {
            "athlete": owner.athlete,
            "activities": values,
            "lacks": owner.lacks(recordings),
            "timezone": None if tell_their_zone(recordings) else owner.timezone,
        }
        best = self.copies.meet(sha256, values)
        for activity, recording in legs.items():
            poorer = batch.recordings.get(activity) if activity in best else recording
            if poorer is not None:
                _leave_out(poorer, self.account.report)
            if activity in best:
                batch.recordings[activity] = recording
        batch.records = sum(r.n_records for r in batch.recordings.values())

    def _put(self) -> None:
        """Store the batch and begin another."""
        batch, owner, report = self.batch, self.owner, self.account.report
        tables: dict[str, pd.DataFrame] = {}
        if batch.recordings:
            tables = to_tables(
                batch.recordings.values(),
                owner.athlete,
                owner.timezone,
                keep_location=owner.keep_location,
                report=report,
            )
            if owner.place:
                tables["activities"] = tables["activities"].assign(place_id=owner.place)
        masses = stack(batch.diaries)
        if len(masses):
            tables["diary"] = masses.drop_duplicates(["athlete_id", "day"], keep="last")
        with _lean():
            notes = self.store.merge(Cohort.from_tables(own_name(self.store), tables), seen=batch.seen)
        report.notes += notes
        self.batch = _Batch()


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
