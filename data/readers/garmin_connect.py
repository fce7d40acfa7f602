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

import json
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..errors import InputError
from ..imports import Imported, ImportReport
from ..schema import ACTIVITIES, DIARY
from ..zones import time_zone
from .archives import LFS_POINTER, UNZIP_FAULTS
from .garmin_kinds import ACTIVITY_KEYS, Found, kind_of
from .tabular import Progress, dated_ids, empty_impossible, silent

Opener = Callable[[], bytes]
"""Reads one document, in a folder or in a zip archive."""
_LIMIT = 400_000_000  # bytes of one JSON file
_RATIO = 200  # a zip archive that unpacks to more than this many times its size is a bomb
_TOLD = ("vendor score", "not stored", "holds no data")  # told, but no fault of the file
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
        Called as ``progress(done, total, what)``.

    Returns
    -------
    Imported
        Athletes, activities and diary. The report's ``files`` row accounts for every JSON file.

    Raises
    ------
    InputError
        No JSON in it, or the one file given is broken or of no kind that is known.
    """
    if timezone:
        time_zone(timezone)
    report = ImportReport("garmin_connect")
    found = Found()
    documents = list(_documents(path))
    for done, (name, size, opener) in enumerate(documents):
        progress(done, len(documents), name)
        reason = _read_one(size, opener, found)
        report.count("files", 1, int(reason is None))
        if reason is not None:
            if path.name == name and not reason.startswith(_TOLD):
                raise InputError(reason, file=path)
            report.leave_out("files", reason, 1, name)
    progress(len(documents), len(documents), "done")
    tables = {
        "athletes": pd.DataFrame({"athlete_id": [athlete], "source": "garmin_connect"}),
        "activities": _activities(found, athlete, report),
        "diary": _diary(found, athlete, report),
    }
    if timezone:
        tables["athletes"]["timezone"] = timezone
    report.count("athletes", 1, 1)
    for text, number in found.notes.items():
        report.note(f"{text}: {number}")
    return Imported("own", tables, report)


def _documents(path: Path) -> Iterator[tuple[str, int, Opener]]:
    """Return name, size and opener of each JSON document, in the order of their names."""
    try:
        if path.is_dir():
            files = sorted(p for p in path.rglob("*.json") if p.is_file())
            found = [(str(p.relative_to(path)), p.stat().st_size, p.read_bytes) for p in files]
        elif zipfile.is_zipfile(path):
            found = _members(path)
        else:
            found = [(path.name, path.stat().st_size, path.read_bytes)]
    except FileNotFoundError:
        raise InputError("the file is missing", file=path) from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=path) from None
    if not found:
        raise InputError(
            "holds no .json file", file=path, mend="give the folder or archive of the Garmin export"
        )
    yield from found


def _members(path: Path) -> list[tuple[str, int, Opener]]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = sorted(archive.infolist(), key=lambda m: m.filename)
    except (zipfile.BadZipFile, ValueError) as error:
        raise InputError(f"is a broken zip archive: {error}", file=path) from None
    wanted = [m for m in members if m.filename.lower().endswith(".json")]
    return [
        # A bomb is given a size that is refused, so that it is told and the rest goes on.
        (
            m.filename,
            _LIMIT + 1 if m.file_size > 1_000_000 + _RATIO * m.compress_size else m.file_size,
            partial(_unpacked, path, m.filename),
        )
        for m in wanted
    ]


def _unpacked(path: Path, member: str) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read(member)


def _read_one(size: int, opener: Opener, found: Found) -> str | None:
    """Take what a document holds into `found`; return why nothing was, or None."""
    if size > _LIMIT:
        return "too large to be one of Garmin's JSON files"
    try:
        data = opener()
    except (OSError, *UNZIP_FAULTS):
        return "cannot be read"
    if data.startswith(LFS_POINTER):
        return "a Git LFS pointer, not the data: run `git lfs pull`"
    try:
        document = json.loads(
            data.decode("utf-8-sig"), object_pairs_hook=_object, parse_constant=lambda _: None
        )
    except UnicodeDecodeError:
        return "is not UTF-8 text"
    except json.JSONDecodeError as error:
        return f"broken JSON, at line {error.lineno}: fetch it anew" if data.strip() else "holds no data"
    except _TwiceError as twice:
        return f"tells {twice} twice in one record: which counts is not known"
    except (RecursionError, ValueError, MemoryError):
        return "JSON nested or written as no service does"
    records = document if isinstance(document, list) else [document]
    reasons: Counter[str] = Counter()
    before = found.size()
    for record in records:
        kind = kind_of(record) if isinstance(record, dict) and record else None
        if kind is None:
            reasons["holds no data" if record in ({}, None) else "no kind of Garmin data that is known"] += 1
        elif kind.read is None:
            reasons[kind.told] += 1
        else:
            try:
                kind.read(record, found)
            except (TypeError, ValueError, AttributeError, KeyError, OverflowError):
                reasons[f"{kind.told} in a form that is not known"] += 1
    if found.size() > before:
        for reason, number in reasons.items():
            found.notes[f"records in files of other data not stored: {reason}"] += number
        return None
    return reasons.most_common(1)[0][0] if reasons else "holds no data"


class _TwiceError(Exception):
    """A key that stands twice in one JSON object."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object, of an activity what is used, at once: real lists of activities are over 100 MB of JSON."""
    record = dict(pairs)
    if len(record) < len(pairs):
        raise _TwiceError(repr(Counter(key for key, _ in pairs).most_common(1)[0][0]))
    if "activityId" in record and ("distance" in record or "startTimeLocal" in record):
        return {key: value for key, value in record.items() if key in ACTIVITY_KEYS}
    return record


def _diary(found: Found, athlete: str, report: ImportReport) -> pd.DataFrame:
    """Return a row a day; of several values for one day and column the most, or the first taken."""
    for day, drunk in found.drinks.items():
        found.add(day, "fluid_ml", drunk if drunk > 0 else None)
    told = pd.DataFrame(found.values, columns=["day", "column", "value", "order"])
    if told.empty:
        report.count("diary", 0, 0)
        return pd.DataFrame({"athlete_id": pd.Series(dtype="str"), "day": pd.Series(dtype="datetime64[us]")})
    told = told.sort_values(["day", "column", "order"], kind="stable")
    parts = [
        part.groupby("day")["value"].agg(_REDUCE.get(str(column), "first")).rename(str(column))
        for column, part in told.groupby("column", sort=True)
    ]
    diary = pd.concat(parts, axis=1, sort=True).rename_axis("day").reset_index()
    kept = int(diary.drop(columns="day").notna().sum().sum())
    report.count("diary", len(told), kept)
    report.leave_out("diary", "another value for the same day", len(told) - kept)
    diary["day"] = pd.to_datetime(diary["day"])
    return empty_impossible(diary.assign(athlete_id=athlete, source="garmin_connect"), DIARY, report)


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
