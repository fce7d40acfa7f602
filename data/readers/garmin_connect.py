"""Garmin Connect: the JSON that its service answers with, and the JSON of the account's own export.

What each file holds is told by its content, never by its name; `garmin_kinds` lists the kinds. What the
files do not say, and how it is taken here:

- ``calendarDate`` of a night is the day of waking; where the night's local end says another day, the end holds.
- ``lastNightAvg`` is the mean rMSSD of the night. The night's heart rate is its mean, which older answers
  give only over the blood-oxygen measurement.
- Weights are grams. The first weigh-in of a day counts: later ones carry the day's food and drink.
- A day with no step, or no drink logged, was not worn or not logged: absent, not zero.
- The service writes activities in metres and seconds, the account's export in centimetres and milliseconds.
- Body battery, stress, sleep scores, training readiness and status are the vendor's computed scores. None
  is a feeling that a person reported, and none is stored. The effort that a person chose after a session
  (``directWorkoutRpe``, tenths) is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..imports import Imported, ImportReport
from ..schema import ACTIVITIES
from ..zones import time_zone
from .export_files import take_files
from .garmin_kinds import ACTIVITY_KEYS, KINDS, Found
from .json_records import Record, diary_of, document_in, take, whole_object
from .tabular import Progress, dated_ids, empty_impossible, silent

_REDUCE = {"steps": "max", "fluid_ml": "max", "sleep_h": "max"}


def read_garmin_connect(
    path: Path, *, athlete: str, timezone: str | None = None, progress: Progress = silent
) -> Imported:
    """Read Garmin Connect's JSON.

    Parameters
    ----------
    path : Path
        One JSON file, a folder of them (folders in it too), or the zip archive of the account's export.
    athlete : str
        Whose it is.
    timezone : str, optional
        IANA name of the home time zone; only kept with the athlete, since Garmin writes local days.
    progress : callable, optional
        Called as ``progress(done, 0, what)``.

    Returns
    -------
    Imported
        Athletes, activities and diary. The report's ``files`` row accounts for every JSON file.

    Raises
    ------
    InputError
        No file that can be used, an unknown time zone.
    """
    if timezone:
        time_zone(timezone)
    report = ImportReport("garmin_connect")
    found = Found()
    failed = take_files(
        path,
        "Garmin",
        report,
        progress,
        take=lambda document, _: take(document, KINDS, found, "no kind of Garmin data that is known"),
        decode=lambda data, _: document_in(data, _object),
    )
    tables = {
        "athletes": pd.DataFrame({"athlete_id": [athlete], "source": "garmin_connect"}),
        "activities": _activities(found, athlete, report),
        "diary": _diary(found, athlete, report),
    }
    if timezone:
        tables["athletes"]["timezone"] = timezone
    report.count("athletes", 1, 1)
    return Imported("own", tables, report, failed=failed)


def _object(pairs: list[tuple[str, Any]]) -> Record:
    """Return an object, of an activity what is used, at once: real lists of activities are over 100 MB of JSON."""
    record = whole_object(pairs)
    if "activityId" in record and ("distance" in record or "startTimeLocal" in record):
        return {key: value for key, value in record.items() if key in ACTIVITY_KEYS}
    return record


def _diary(found: Found, athlete: str, report: ImportReport) -> pd.DataFrame:
    for day, drunk in found.drinks.items():
        found.add(day, "fluid_ml", drunk if drunk > 0 else None)
    return diary_of(found, athlete, "garmin_connect", report, _REDUCE)


def _activities(found: Found, athlete: str, report: ImportReport) -> pd.DataFrame:
    """Return each activity once, whichever answers told of it."""
    frame = pd.DataFrame(found.activities)
    if frame.empty:
        report.count("activities", 0, 0)
        return pd.DataFrame({"activity_id": pd.Series(dtype="str"), "athlete_id": pd.Series(dtype="str")})
    frame["told"] = frame.notna().sum(axis=1)
    frame = frame.sort_values("told", ascending=False, kind="stable")
    once = frame.groupby("number", sort=False, as_index=False).first()
    legs = set(once["parent"].dropna())
    whole = once["number"].isin(legs)
    kept = once[~whole].sort_values(["start_time", "number"], kind="stable", ignore_index=True)
    report.count("activities", len(frame), len(kept))
    report.leave_out("activities", "the same activity in another answer: joined", len(frame) - len(once))
    report.leave_out("activities", "several sports in one: its legs are stored", int(whole.sum()))
    kept = kept.drop(columns=["number", "parent", "told"]).astype({"sport": "str"})
    numeric = kept.columns.intersection([c.name for c in ACTIVITIES.columns if c.kind == "number"])
    kept[numeric] = kept[numeric].astype(np.float64)
    # Some answers know the local clock alone: such an activity is named by its day.
    when = kept["start_time"].dt.tz_localize(None).fillna(kept["day"]) if len(kept) else kept["start_time"]
    kept.insert(0, "activity_id", dated_ids(f"{athlete}-garmin", when))
    return empty_impossible(kept.assign(athlete_id=athlete, source="garmin_connect"), ACTIVITIES, report)
