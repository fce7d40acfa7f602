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

from pathlib import Path

import pandas as pd

from ..imports import Imported, ImportReport
from ..names import counted
from ..schema import ATHLETES
from ..zones import time_zone
from .export_files import ELSEWHERE, take_files
from .json_records import diary_of, take
from .polar_kinds import KINDS, Found
from .polar_names import NOT_READ, SESSION, family_of
from .tabular import Progress, empty_impossible, silent

_OF_SEVERAL = {"steps": "max", "sleep_h": "max"}


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
        Athletes and diary. The report's ``files`` row accounts for every JSON file.

    Raises
    ------
    InputError
        No file that can be used, an unknown time zone.
    """
    if timezone:
        time_zone(timezone)
    report, found = ImportReport("polar"), Found()
    sessions: list[str] = []

    def left(name: str) -> str | None:
        family = family_of(name)
        if family == SESSION:
            sessions.append(name)
            return ELSEWHERE
        return f"not stored: {NOT_READ[family]}" if family in NOT_READ else None

    failed = take_files(
        path,
        "Polar",
        report,
        progress,
        take=lambda document, _: take(document, KINDS, found, "no kind of Polar data that is known"),
        left=left,
    )
    found.settle()
    person = pd.DataFrame({"athlete_id": [athlete], "source": "polar"}).assign(**found.athlete)
    if timezone:
        person["timezone"] = timezone
    tables = {
        "athletes": empty_impossible(person, ATHLETES, report),
        "diary": diary_of(found, athlete, "polar", report, _OF_SEVERAL),
    }
    report.count("athletes", 1, 1)
    if sessions:
        report.note(f"{counted(len(sessions), 'training session')} imported as recordings are, told below")
    return Imported("own", tables, report, failed=failed)
