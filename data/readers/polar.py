"""Polar Flow: the nights, days and weights of the account's export ("Download your data").

Its training sessions are read as activity files are (`polar_sessions`). What the files do not say, and how it is
taken here:

- ``night`` is a date; where the end of the sleep is told, the night belongs to its local day, and so do the
  measures of the nightly recovery, which name the night alone.
- The measures of the nightly recovery are means over four hours that begin half an hour after falling asleep. Its
  heart rate is that of the mean interval between beats.
- ``rating`` of a sleep is the person's own answer of five, from slept badly to slept well.
- A day with no step was not worn: absent, not zero. A day whose weight is told twice was weighed first.
- Sleep score, ANS charge, recovery status, training load and benefit are the vendor's computed scores: none is
  stored. What a session felt like (``feeling``) has no scale that is known, and the notes are private.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd

from ..errors import InputError
from ..imports import Imported, ImportReport
from ..names import counted
from ..schema import ATHLETES
from ..zones import time_zone
from .archives import find_files
from .json_records import TOLD, diary_of, document_in, take
from .polar_kinds import KINDS, Found
from .polar_names import NOT_READ, SESSION, family_of
from .tabular import Progress, empty_impossible, silent

_OF_SEVERAL = {"steps": "max", "sleep_h": "max"}
_UNKNOWN = "no kind of Polar data that is known"


def read_polar(
    path: Path, *, athlete: str, timezone: str | None = None, progress: Progress = silent
) -> Imported:
    """Read what a Polar account's export tells of days and nights.

    Parameters
    ----------
    path : Path
        One JSON file, a folder of them (folders in it too), or the zip archive of the export.
    athlete : str
        Whose it is.
    timezone : str, optional
        IANA name of the home time zone; only kept with the athlete, since Polar writes local days.
    progress : callable, optional
        Called as ``progress(done, 0, what)``.

    Returns
    -------
    Imported
        Athletes and diary. The report's ``files`` row accounts for every JSON file but the training sessions.

    Raises
    ------
    InputError
        No JSON in it, or the one file given is broken or of no kind that is known.
    """
    if timezone:
        time_zone(timezone)
    report, found, names = ImportReport("polar"), Found(), _Names(path)
    if not path.exists():
        raise InputError("the file is missing", file=path)
    for done, (name, data) in enumerate(find_files([path], names.wanted)):
        progress(done, 0, Path(name).name)
        reason = str(data.what) if isinstance(data, InputError) else _read(data, found)
        report.count("files", 1, int(reason is None))
        if reason is not None:
            if name == str(path) and not reason.startswith(TOLD):
                raise InputError(reason, file=path)
            report.leave_out("files", reason, 1, name)
    if not names.seen and not report.tables:
        mend = "give the folder or archive of the Polar export"
        raise InputError("holds no .json file", file=path, mend=mend)
    for family, files in sorted(names.passed.items()):
        report.count("files", files, 0)
        report.leave_out("files", f"not stored: {NOT_READ[family]}", files)
    found.settle()
    person = pd.DataFrame({"athlete_id": [athlete], "source": "polar"}).assign(**found.athlete)
    if timezone:
        person["timezone"] = timezone
    tables = {
        "athletes": empty_impossible(person, ATHLETES, report),
        "diary": diary_of(found, athlete, "polar", report, _OF_SEVERAL),
    }
    report.count("athletes", 1, 1)
    if names.sessions:
        report.note(f"{counted(names.sessions, 'training session')} imported as recordings are, told below")
    for text, number in found.notes.items():
        report.note(f"{text}: {number}")
    return Imported("own", tables, report)


class _Names:
    """Which files at or below a path are read here: JSON, but neither sessions nor what is not stored."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self.seen = self.sessions = 0
        self.passed: Counter[str] = Counter()

    def wanted(self, name: str) -> bool:
        """Return whether to read a file, and take note of those that are not."""
        if name != self.path and not name.lower().removesuffix(".gz").endswith(".json"):
            return False
        self.seen += 1
        family = family_of(name)
        self.sessions += family == SESSION
        if family in NOT_READ:
            self.passed[family] += 1
        return family != SESSION and family not in NOT_READ


def _read(data: bytes, found: Found) -> str | None:
    """Take what a document holds into `found`; return why nothing was, or None."""
    try:
        return take(document_in(data), KINDS, found, _UNKNOWN)
    except ValueError as fault:
        return str(fault)
