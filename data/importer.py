"""Bringing tables into a store: what a reader or a person made of a log, without days that cannot have been."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pandas as pd

from .cohort import Cohort
from .conform import conform
from .errors import InputError
from .imports import ImportReport
from .quarantine import Quarantine
from .readers.archives import find_files
from .schema import FIRST_YEAR, TABLES
from .store import Store

OWN = "own"
PUBLIC = frozenset({"pmdata", "soccermon", "lovdal2021", "simulated"})
"""Cohorts that are no one's own."""


def own_name(store: Store) -> str:
    """Return what people's own logs are called in a store: the name that they have there, else the folder's.

    Models are kept by the cohort's name: two squads of one name would share a champion.
    """
    if store.exists():
        return next((part for part in store.info()["name"].split("+") if part not in PUBLIC), OWN)
    folder = store.path.resolve().name
    return OWN if PUBLIC & {folder, *folder.split("+")} else folder or OWN


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


def set_aside(
    store: Store, path: Path, athlete: str, failed: Mapping[str, str], command: str, report: ImportReport
) -> None:
    """Copy the files of an athlete that `failed` names by their paths, with the reason, into the quarantine beside the store.

    They are read again from the export at `path`, so that none waits in memory; one that cannot even be opened leaves no copy. `command`
    is what to type to try again. A quarantine that cannot be written, as on a full disk, is told in the report and does not undo the import.
    """
    quarantine = Quarantine.beside(store.path)
    try:
        for name, data in find_files([path] if failed else [], failed.__contains__):
            if isinstance(data, bytes):
                quarantine.keep(name, data, failed[name], command, athlete)
    except InputError as full:
        report.note(str(full))
