"""Fitbit's own export: the account's archive, or Fitbit's part of a Google Takeout.

Both hold the same files: in the archive by folders of their kind (``Physical Activity``, ``Sleep``, ``Personal & Account``), in a
Takeout most of them in ``Global Export Data``. A name tells whether a file is worth opening, its content what it is: of thousands
of files most are values of minutes, which no table holds. What the files do not say, and how it is taken here (of exercises,
sleep and resting heart rate: `fitbit_files`):

- ``weight`` names no unit, and is written in pounds by accounts of either kind. Its own BMI tells: only one unit gives a body height.
- ``elevationGain`` names none either. Where the export speaks of miles it is left out.
- The daily summary of heart rate variability belongs to the day of waking. Its ``nremhr``, the heart rate of light and deep sleep, is
  the night's.
- Clocks of weighings and days of summaries are local.

Names, addresses and all else of the profile are not read; time zone, sex and year of birth are.
"""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pandas as pd

from ..errors import InputError
from ..imports import Imported, ImportReport, stack
from ..names import counted
from ..schema import ACTIVITIES, ATHLETES, DETECTED
from ..zones import known_zone, time_zone
from .daily import tell_unknown_sports
from .export_files import take_files
from .fitbit_files import (
    EXERCISE_KEYS,
    PULSE_KEYS,
    SHORTEST_S,
    SLEEP_KEYS,
    Records,
    begun_asleep,
    exercises,
    lacks,
    longest_nights,
    resting_pulses,
    sleeps,
    sport_of,
    strange_units,
)
from .fitbit_names import is_wanted
from .fitbit_weight import WEIGHT_KEYS, kilograms, weighings
from .json_records import BLANK, NO_DATA, Days, diary_of, document_in, text_in
from .tabular import Progress, empty_impossible, silent

_KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("exercises", EXERCISE_KEYS),
    ("sleep", SLEEP_KEYS),
    ("weight", WEIGHT_KEYS),
    ("pulse", PULSE_KEYS),
)
_LEFT = (
    (r"_googledata/", "Google's own tables (*_GoogleData), which are not read yet"),
    (r"(^|/)(heart_rate|steps|calories|distance|altitude|swim_lengths_data|estimated_oxygen_variation)-", "values of minutes or seconds"),
    (r"(^|/)(minute spo2|heart rate variability details|device temperature|wrist temperature|active zone minutes)", "values of minutes or seconds"),
    (r"score|readiness|(^|/)sleep profile", "vendor score, not stored"),
)  # fmt: skip
_UNKNOWN = "no kind of Fitbit data that is read"
_TRIED = 50  # of a file's entries, to tell what it holds
_OTHER = "nothing that a table holds"
_ASLEEP = 5  # exercises begun asleep, from which on the clock is doubted
_MEND = "give what holds the folder `Global Export Data`, or `Physical Activity` and `Sleep`"

Told = TypeVar("Told", pd.DataFrame, pd.Series)


@dataclass
class _Found(Days):
    """What has been read: values of days, frames by kind, the profile's cells, whether miles are spoken of."""

    exercises: list[pd.DataFrame] = field(default_factory=list)
    slept: list[pd.DataFrame] = field(default_factory=list)
    weighed: list[pd.DataFrame] = field(default_factory=list)
    profile: dict[str, str] = field(default_factory=dict)
    miles: bool = False

    def add_all(self, told: pd.Series, column: str) -> None:
        """Take values by day, in their order; absent ones are none."""
        for day, value in told.dropna().items():
            self.add(pd.Timestamp(str(day)), column, float(value))


def read_fitbit(
    path: Path, *, athlete: str, timezone: str | None = None, progress: Progress = silent
) -> Imported:
    """Read a person's export from Fitbit or Google Takeout.

    Parameters
    ----------
    path : Path
        The export's folder or zip archive, or one file of it.
    athlete : str
        Whose it is.
    timezone : str, optional
        IANA name of the home time zone, for the local day of exercises; else the profile's, where the export holds it.
    progress : callable, optional
        Called as ``progress(done, 0, what)``.

    Returns
    -------
    Imported
        Athletes, activities and diary. The report's ``files`` row accounts for every JSON and CSV file.

    Raises
    ------
    InputError
        No file that can be used, an unknown time zone.
    """
    if timezone:
        time_zone(timezone)
    report = ImportReport("fitbit")
    found = _Found()
    alone = path.is_file() and not zipfile.is_zipfile(path)
    failed = take_files(
        path,
        "Fitbit",
        report,
        progress,
        take=lambda document, name: _take(document, name, found, report),
        decode=_decoded,
        left=(lambda _: None) if alone else _why_left,
        suffixes=(".json", ".csv"),
        mend=_MEND,
    )
    home = timezone or found.profile.get("timezone")
    tables = {
        "athletes": _athlete(found, athlete, home, report),
        "activities": _activities(found, athlete, home, report),
        "diary": _diary(found, athlete, report),
    }
    return Imported("own", tables, report, failed=failed)


def _why_left(name: str) -> str | None:
    """Return why a file of that name is not opened, None where it is."""
    if is_wanted(name):
        return None
    lower = name.replace("\\", "/").lower()
    return next((reason for pattern, reason in _LEFT if re.search(pattern, lower)), _OTHER)


# -- files ---------------------------------------------------------------------------------------------


class _Sheet(NamedTuple):
    """A CSV file: its headings, and each row's last line with its cells."""

    heading: set[str]
    rows: list[tuple[int, dict[str, str]]]


def _decoded(data: bytes, name: str) -> Any:
    """Return a JSON document, or a sheet; ValueError, which says why, where it is neither."""
    if name.lower().removesuffix(".gz").endswith(".json") or data.lstrip(BLANK).startswith((b"[", b"{")):
        return document_in(data)
    rows = csv.DictReader(text_in(data).splitlines(keepends=True))
    try:
        return _Sheet(set(rows.fieldnames or ()), [(rows.line_num, cells) for cells in rows])
    except csv.Error as error:
        raise ValueError(f"is not sound CSV: {error}") from None


def _take(document: Any, name: str, found: _Found, report: ImportReport) -> str | None:
    """Take what a file holds into `found`; return why nothing was, or None."""
    if isinstance(document, _Sheet):
        return _take_sheet(document, name, found, report)
    records = document if isinstance(document, list) else [document]
    if not any(records):
        return NO_DATA
    kind = next((k for k, keys in _KINDS if any(_is_of(k, keys, r) for r in records[:_TRIED])), None)
    if kind is None:
        return _UNKNOWN
    _take_records(kind, records, name, found, report)
    return None


def _is_of(kind: str, keys: tuple[str, ...], record: Any) -> bool:
    # Values of minutes are written as text.
    return lacks(record, keys) is None and (kind != "pulse" or not isinstance(record["value"], str))


def _take_records(kind: str, records: list[Any], name: str, found: _Found, report: ImportReport) -> None:
    """Take the records of one file that can be read; count the others."""
    table = "activities" if kind == "exercises" else "diary"
    keys = dict(_KINDS)[kind]
    sound: Records = []
    for number, record in enumerate(records, 1):
        missing = lacks(record, keys)
        if missing is None:
            sound.append(record)
        else:
            _leave(report, table, "an entry without what it needs", f"{name}, entry {number}: {missing}")
    if kind == "exercises":
        found.exercises.append(_each(exercises, sound, name, table, report))
        found.miles |= any(r.get("distanceUnit") == "Mile" for r in sound)
        for unit in strange_units(sound):
            report.note(f"distances in {unit[:30]!r} left empty: the unit is not known")
    elif kind == "sleep":
        found.slept.append(_each(sleeps, sound, name, table, report))
    elif kind == "weight":
        found.weighed.append(_each(weighings, sound, name, table, report))
    else:
        found.add_all(_each(resting_pulses, sound, name, table, report), "resting_hr_bpm")


def _leave(report: ImportReport, table: str, reason: str, example: str = "", rows: int = 1) -> None:
    report.count(table, rows, 0)
    report.leave_out(table, reason, rows, example)


def _each(
    read: Callable[[Records, str], Told], records: Records, name: str, table: str, report: ImportReport
) -> Told:
    """Return what `read` makes of the records; one that it refuses is left out, and the rest is read."""
    try:
        return read(records, name)
    except (InputError, ValueError, TypeError, OverflowError):
        pass
    sound = []
    for number, record in enumerate(records, 1):
        try:
            read([record], name)
        except (InputError, ValueError, TypeError, OverflowError) as error:
            what = error.what.removeprefix("entry 1: ") if isinstance(error, InputError) else str(error)
            example = f"{name}, entry {number}: {what[:100]}"
            _leave(report, table, "an entry with a value that cannot be read", example)
        else:
            sound.append(record)
    return read(sound, name)


def _take_sheet(sheet: _Sheet, name: str, found: _Found, report: ImportReport) -> str | None:
    """Take the nights of a summary of heart rate variability, or what is used of a profile; return why nothing was, or None."""
    if {"timezone", "date_of_birth"} <= sheet.heading:
        for _, cells in sheet.rows:
            found.profile |= {k: v for k in ("timezone", "gender", "date_of_birth") if (v := cells.get(k))}
    elif {"timestamp", "rmssd"} <= sheet.heading:
        for line, cells in sheet.rows:
            _night(cells, f"{name}, line {line}", found, report)
    else:
        return _UNKNOWN
    return None


def _night(cells: dict[str, str], where: str, found: _Found, report: ImportReport) -> None:
    day = pd.to_datetime(str(cells.get("timestamp"))[:10], format="%Y-%m-%d", errors="coerce")
    told = pd.to_numeric(pd.Series([cells.get("rmssd"), cells.get("nremhr")], dtype="str"), errors="coerce")
    if pd.isna(day) or not (told > 0).any():
        _leave(report, "diary", "a night without a day or a value that can be read", where)
        return
    for column, value in zip(("hrv_rmssd_ms", "night_hr_bpm"), told, strict=True):
        found.add(day, column, float(value) if 0 < value < np.inf else None)


# -- tables --------------------------------------------------------------------------------------------


def _athlete(found: _Found, athlete: str, home: str | None, report: ImportReport) -> pd.DataFrame:
    frame = pd.DataFrame({"athlete_id": [athlete], "source": "fitbit"})
    if known_zone(home):
        frame["timezone"] = home
    sex = found.profile.get("gender", "").lower()
    if sex in ("female", "male"):
        frame["sex"] = sex
    born = found.profile.get("date_of_birth", "")[:4]
    if born.isdecimal():
        frame["birth_year"] = float(born)
    report.count("athletes", 1, 1)
    return empty_impossible(frame, ATHLETES, report)


def _activities(found: _Found, athlete: str, home: str | None, report: ImportReport) -> pd.DataFrame:
    """Return each recording once, with its local day."""
    told = stack(found.exercises)
    if told.empty:
        report.count("activities", 0, 0)
        return pd.DataFrame({"activity_id": pd.Series(dtype="str"), "athlete_id": pd.Series(dtype="str")})
    short, again = told["duration_s"] < SHORTEST_S, told["log_id"].duplicated()
    kept = told[~short & ~again].sort_values(["start_time", "log_id"], kind="stable", ignore_index=True)
    report.count("activities", len(told), len(kept))
    report.leave_out("activities", "shorter than a minute", int((short & ~again).sum()))
    report.leave_out("activities", "the same recording in another file", int(again.sum()))
    tell_unknown_sports((n for n in kept["name"] if sport_of(n) is None), report)
    if kept["left_running"].any():
        number = counted(int(kept["left_running"].sum()), "recording")
        report.note(
            f"{number} left running (over 12 h, or a run slower than 1 m/s for over 2 h): duration, heart rate and energy left empty"
        )
    climbed = int(kept["ascent_m"].notna().sum())
    if found.miles and climbed:
        kept["ascent_m"] = np.nan
        report.note(
            f"ascent of {counted(climbed, 'recording')} left empty: the export speaks of miles, and nothing tells whether it climbs in metres or feet"
        )
    walk = kept["detected"] & (kept["sport"] == "walking")
    frame = kept.assign(
        activity_id=f"{athlete}-fitbit-" + kept["log_id"],
        athlete_id=athlete,
        day=_at_home(kept["start_time"], found, home, report).dt.normalize(),
        source=pd.Series("fitbit", index=kept.index).mask(walk, DETECTED),
    ).drop(columns=["log_id", "name", "end", "detected", "left_running"])
    return empty_impossible(frame, ACTIVITIES, report)


def _at_home(start: pd.Series, found: _Found, home: str | None, report: ImportReport) -> pd.Series:
    """Return starts by the clock at home, of UTC where that is not known; tell which it is, and where it seems wrong."""
    zone = known_zone(home)
    if zone is None:
        report.note("days of exercises are UTC days: give --timezone if runs start near midnight there")
    elif home == found.profile.get("timezone"):
        report.note(f"days of exercises are those of {home}, the profile's time zone")
    written = start.dt.tz_localize(None)
    local: pd.Series = start.dt.tz_convert(zone).dt.tz_localize(None) if zone else written
    slept = stack(found.slept)
    if zone and len(slept):
        as_utc, as_local = begun_asleep(local, slept), begun_asleep(written, slept)
        if as_utc >= _ASLEEP and as_utc > 2 * as_local:
            report.note(
                f"{as_utc} exercises begin within a recorded sleep, {as_local} if their times are local and not UTC: they may be"
            )
    return local


def _diary(found: _Found, athlete: str, report: ImportReport) -> pd.DataFrame:
    """Return a row a day; every value that was told is counted."""
    slept, weighed = stack(found.slept), stack(found.weighed)
    if len(slept):
        nights, naps = longest_nights(slept), int((~slept["night"]).sum())
        found.add_all(nights, "sleep_h")
        _leave(report, "diary", "a nap", rows=naps)
        _leave(
            report,
            "diary",
            "another sleep of the same night, no longer",
            rows=len(slept) - naps - len(nights),
        )
    if len(weighed):
        weighed = weighed.sort_values("at", kind="stable")
        days = weighed["at"].dt.normalize()
        mass, fat = kilograms(weighed, report), weighed["body_fat_pct"]
        found.add_all(mass.set_axis(days), "mass_kg")
        found.add_all(fat.where(fat > 0).set_axis(days), "body_fat_pct")
        _leave(report, "diary", "a weight whose unit nothing tells", rows=int(mass.isna().sum()))
    return diary_of(found, athlete, "fitbit", report, {})
