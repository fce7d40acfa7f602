"""A cohort on disk: Parquet files by athlete bucket, and one manifest that says which of them count.

A bucket holds whole groups, so that it is the unit of work for memory, process pool and Dask alike.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from .cohort import Cohort
from .errors import InputError
from .imports import ImportReport
from .names import nearest_text
from .schema import TABLES
from .store_files import WHOLE, Files, Manifest, blank
from .store_merge import bucket_of, homes_of, months_of, split
from .store_removal import check_facts, check_values, facts_removal_of, person_removal_of, removal_of
from .store_update import SESSIONS, Update, update_of

Read = TypeVar("Read")


class Store:
    """A folder that holds one cohort.

    Parameters
    ----------
    path : str or Path
        The folder; it is made by the first `write`.

    Examples
    --------
    >>> import tempfile
    >>> cohort = Cohort.from_tables("tiny", {"diary": pd.DataFrame(
    ...     {"athlete_id": ["anna"], "day": pd.to_datetime(["2024-05-01"]), "sleep_h": [7.5]})})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = Store(folder)
    ...     store.write(cohort)
    ...     store.read().digest() == cohort.digest()
    True
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._files = Files(self.path)

    def exists(self) -> bool:
        """Return whether a store is there."""
        return self._files.exists()

    # -- reading ---------------------------------------------------------------------------------

    def info(self) -> dict[str, Any]:
        """Return name, attribution, rows by table, buckets and import reports, as plain types."""
        manifest = self._files.manifest()
        return {
            "name": manifest["name"],
            "attribution": "\n".join(manifest["attributions"]),
            "rows": {t: sum(f["rows"] for f in files.values()) for t, files in manifest["tables"].items()},
            "buckets": _numbers(manifest),
            "imports": manifest["imports"],
            "files_seen": manifest["seen"]["rows"] if manifest["seen"] else 0,
            "truth": manifest["truth"] is not None,
        }

    def buckets(self) -> list[int]:
        """Return the numbers of the buckets that hold anyone."""
        return _numbers(self._files.manifest())

    def read(self, athletes: Iterable[str] | None = None, tables: Iterable[str] | None = None) -> Cohort:
        """Return the cohort, or those athletes and tables of it; tables not asked for are empty.

        Raises
        ------
        InputError
            No store, a damaged or newer one, an athlete or table that it does not hold.
        """
        if athletes is None:
            return self._steadily(lambda now: self._gather(now, None, tables))
        wanted = [athletes] if isinstance(athletes, str) else list(athletes)
        return self._steadily(lambda now: self._gather(now, self._find(now, wanted), tables)).subset(wanted)

    def read_bucket(self, number: int, tables: Iterable[str] | None = None) -> Cohort:
        """Return the athletes of one bucket; weather is whole."""
        return self._steadily(lambda now: self._gather(now, {number}, tables))

    def parts(self, athlete: str) -> pd.DataFrame:
        """Return the recordings of an athlete that were joined into activities, as they came."""

        def apart(now: Manifest) -> pd.DataFrame:
            all_parts = self._files.gather(now, "activities", self._find(now, [athlete]), parts=True)
            return all_parts[all_parts["athlete_id"] == athlete]

        return self._steadily(apart)

    def read_truth(self) -> pd.DataFrame:
        """Return the simulator's own account of what it did; InputError where none was written."""

        def truth(now: Manifest) -> pd.DataFrame:
            if now["truth"] is None:
                raise InputError("holds no truth: only a simulated cohort has one", file=self.path)
            return self._files.frame(now["truth"])

        return self._steadily(truth)

    def seen(self) -> dict[str, dict[str, Any]]:
        """Return what came of each source file imported before, by the digest given to `merge`."""
        if not self.exists():
            return {}
        log = self._steadily(lambda now: self._files.frame(now["seen"]) if now["seen"] else None)
        if log is None:
            return {}
        return {d: json.loads(told) for d, told in zip(log["digest"], log["told"], strict=True)}

    def _steadily(self, read: Callable[[Manifest], Read]) -> Read:
        """Return what `read` finds by one manifest: a writer may swap it, and remove its files, meanwhile."""
        for _ in range(5):
            manifest = self._files.manifest()
            try:
                return read(manifest)
            except InputError:
                if self._files.manifest() == manifest:
                    raise
        raise InputError("is being rewritten all the time", file=self.path, mend="try again")

    def _find(self, manifest: Manifest, wanted: list[str]) -> set[int]:
        """Return the buckets that hold those athletes; a member of a group lives where the group does."""
        own = {bucket_of(a) for a in wanted}
        if set(wanted) <= set(self._files.gather(manifest, "athletes", own)["athlete_id"]):
            return own
        homes = homes_of(self._files.gather(manifest, "athletes", None))
        for athlete in wanted:
            if athlete not in homes:
                mend = nearest_text(athlete, sorted(homes), "it holds nobody")
                raise InputError(f"holds no athlete {athlete!r}", file=self.path, mend=mend)
        return {homes[a] for a in wanted}

    def _gather(self, manifest: Manifest, numbers: set[int] | None, tables: Iterable[str] | None) -> Cohort:
        names = set(TABLES if tables is None else tables)
        if names - TABLES.keys():
            raise InputError(
                f"there is no table {sorted(names - TABLES.keys())[0]!r}", mend=f"one of {', '.join(TABLES)}"
            )
        frames = {name: self._files.gather(manifest, name, numbers) for name in names}
        return Cohort(manifest["name"], **frames)

    # -- writing ---------------------------------------------------------------------------------

    def write(
        self,
        cohort: Cohort,
        report: ImportReport | None = None,
        attribution: str = "",
        truth: pd.DataFrame | None = None,
    ) -> None:
        """Write the cohort in place of the one of that name.

        A bucket that did not change keeps its very file. The truth of a simulation, the log of imported
        files and the parts of joined activities go where their data does.

        Parameters
        ----------
        truth : DataFrame, optional
            What truly made a simulated cohort's mornings, kept beside it; `read` never returns it.

        Raises
        ------
        InputError
            Another cohort is there, the folder holds other files or cannot be written, someone else writes.
        """
        with self._files.writing() as old:
            if old and old["name"] != cohort.name:
                raise InputError(
                    f"holds the cohort {old['name']!r}, not {cohort.name!r}",
                    file=self.path,
                    mend="give another folder",
                )
            new = blank(cohort.name)
            homes, months = homes_of(cohort.athletes), months_of(cohort.activities)
            for name, frame in cohort.tables().items():
                cut = months if name == "records" else None
                new["tables"][name] = {b: self._files.put(name, b, p) for b, p in split(frame, homes, cut)}
            if old and old["tables"] == new["tables"]:
                new |= {key: old[key] for key in ("parts", "truth", "seen")}
            new["attributions"] = [attribution] if attribution else []
            new["imports"] = [report.to_dict()] if report else []
            if truth is not None:
                new["truth"] = self._files.put("truth", WHOLE, truth.reset_index(drop=True))
            self._files.swap(new)

    def merge(
        self,
        cohort: Cohort,
        report: ImportReport | None = None,
        attribution: str = "",
        seen: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> list[str]:
        """Add the cohort to the one that is there; makes the store where there is none.

        Rows with the same key are replaced and others kept, with these exceptions: what an athlete's, a
        day's or an hour's row does not tell erases nothing; an activity that comes with records loses all
        that it had before; an activity recorded twice is joined (see `heavylegs.data.identity`).

        Parameters
        ----------
        cohort : Cohort
            May be empty, as where nothing could be read of the files in `seen`.
        seen : mapping of str to mapping, optional
            What came of each source file, plain types by the file's digest; kept with the data in one step.

        Returns
        -------
        list of str
            Sentences on activities that were joined or replaced, and on answers that were corrected or are not told again.

        Raises
        ------
        InputError
            As `write`; or an activity that is there under another athlete, or an athlete that is there with
            other capitals. Nothing is written then.
        """
        with self._files.writing() as old:
            now = old or blank(cohort.name)
            update = update_of(self._files, now, cohort)
            names = now["name"].split("+")
            told = now["imports"] + ([report.to_dict()] if report else [])
            thanks = now["attributions"] + ([attribution] if attribution else [])
            self._files.swap(
                {
                    "name": now["name"] if cohort.name in names else f"{now['name']}+{cohort.name}",
                    "attributions": _once(thanks),
                    **self._put(now, update),
                    "truth": now["truth"],
                    "seen": self._log(now, seen or {}),
                    "imports": _once(told),
                }
            )
            return update.notes

    def forget(
        self, athlete: str, day: date, columns: Collection[str] = (), sessions: Collection[str] = ()
    ) -> None:
        """Take values of an athlete's day out, and activities with all recordings that were joined into them.

        The files that were imported stay known: importing one again brings no activity back that was taken out.
        A table or an export that still tells it does.

        Parameters
        ----------
        athlete : str
        day : date
        columns : collection of str
            ``fatigue`` for the rating, else columns of the diary.
        sessions : collection of str
            Ids of activities of that day.

        Raises
        ------
        InputError
            No store, athlete, value or activity of that name; nothing is written then.
        """
        check_values(columns)
        self._steadily(lambda now: self._find(now, [athlete]))
        with self._files.writing() as now:
            if now is not None:
                update = removal_of(self._files, now, athlete, pd.Timestamp(day), columns, sessions)
                self._files.swap({**now, **self._put(now, update)})

    def forget_facts(self, athlete: str, names: Collection[str]) -> None:
        """Take out what is always so of an athlete, such as a wrong maximal heart rate.

        Parameters
        ----------
        athlete : str
        names : collection of str
            Columns of the athletes table that can be noted: `heavylegs.data.entry_words.PERSON`.

        Raises
        ------
        InputError
            No store, athlete or value of that name; nothing is written then.
        """
        check_facts(names)
        self._steadily(lambda now: self._find(now, [athlete]))
        with self._files.writing() as now:
            if now is not None:
                update = facts_removal_of(self._files, now, athlete, names)
                self._files.swap({**now, **self._put(now, update)})

    def forget_athlete(self, athlete: str) -> None:
        """Take an athlete out, and that their files were imported: they can be imported again.

        Raises
        ------
        InputError
            No store, or no athlete of that name.
        """
        self._steadily(lambda now: self._find(now, [athlete]))
        with self._files.writing() as now:
            if now is not None:
                update = person_removal_of(self._files, now, athlete)
                log = self._log_without(now, athlete)
                self._files.swap({**now, **self._put(now, update), "seen": log})

    def _put(self, now: Manifest, update: Update) -> dict[str, Any]:
        """Write the files of an update, when everything is checked, and return the manifest's entries of all tables."""
        tables = {name: dict(now["tables"].get(name, {})) for name in TABLES}
        parts = {name: dict(now["parts"].get(name, {})) for name in SESSIONS}
        for name, kind, replaced, frames in update.changes:
            files = tables if kind == "" else parts
            kept = {b: e for b, e in files[name].items() if b not in replaced}
            files[name] = kept | {b: self._files.put(kind + name, b, p) for b, p in frames.items()}
        return {"tables": tables, "parts": {name: files for name, files in parts.items() if files}}

    def tidy(self) -> None:
        """Remove files that a killed writer left behind; each `write` and `merge` does it too.

        An import calls it first: where all of its files are in `seen`, it merges nothing.
        """
        if self.exists():
            with self._files.writing() as now:
                if now is not None:
                    self._files.swap(now)

    def _log(self, now: Manifest, seen: Mapping[str, Mapping[str, Any]]) -> dict[str, Any] | None:
        """Write the log of imported files with these added, and return its entry."""
        if not seen:
            return None if now["seen"] is None else dict(now["seen"])
        told = {d: json.dumps(what, sort_keys=True) for d, what in seen.items()}
        if now["seen"]:
            log = self._files.frame(now["seen"])
            told = dict(zip(log["digest"], log["told"], strict=True)) | told
        rows = sorted(told.items())
        return self._files.put("seen", WHOLE, pd.DataFrame(rows, columns=["digest", "told"], dtype="str"))

    def _log_without(self, now: Manifest, athlete: str) -> dict[str, Any] | None:
        """Write the log of imported files without those of an athlete, and return its entry."""
        if not now["seen"]:
            return None
        log = self._files.frame(now["seen"])
        kept = log[[json.loads(told).get("athlete") != athlete for told in log["told"]]]
        return self._files.put("seen", WHOLE, kept) if len(kept) else None


def _numbers(manifest: Manifest) -> list[int]:
    return sorted({int(b[:2]) for files in manifest["tables"].values() for b in files if b != WHOLE})


def _once(items: list[Any]) -> list[Any]:
    return [item for i, item in enumerate(items) if item not in items[:i]]
