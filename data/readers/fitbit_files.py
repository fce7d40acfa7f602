"""Fitbit's JSON files, as PMData and a person's own export hold them: the one reading of exercises, sleep and resting heart rate.

What the files do not say, and how it is taken here:

- Times of *exercises* are UTC, those of *sleep* local. (Read as local, PMData's exercises began within a recorded sleep
  193 times instead of 34.) Days of sleep and resting heart rate are local.
- ``elevationGain`` is metres (whole feet times 0.3048 in PMData, whose accounts are metric); on a treadmill it is noise, and left out.
- A resting heart rate of 0 is a day for which Fitbit had no estimate.
- Times are written as 2019-11-01 14:56:32 in PMData, as 11/01/19 14:56:32 in exports.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..errors import InputError
from .table_sports import REST, sport_meant
from .tabular import field

Records = list[dict[str, Any]]
EXERCISE_KEYS = ("logId", "activityName", "startTime", "duration")
SLEEP_KEYS = ("dateOfSleep", "startTime", "endTime")
PULSE_KEYS = ("dateTime", "value")
SHORTEST_S = 60.0
"""A recording that is shorter was begun by mistake."""
_METRES = {"Kilometer": 1000.0, "Meter": 1.0, "Mile": 1609.344}
_SPORTS = {
    "Run": "running",
    "Treadmill": "running",
    "Walk": "walking",
    "Hike": "walking",
    "Bike": "cycling",
    "Outdoor Bike": "cycling",
    "Spinning": "cycling",
    "Swim": "swimming",
    "Weights": "strength",
}
_ISO = r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_AMERICAN = r"\d{2}/\d{2}/\d{2}(?: \d{2}:\d{2}:\d{2})?"


def clock(records: Records, key: str, file: str | Path) -> pd.Series:
    """Return one key of the records, a time without zone in either of Fitbit's ways, as datetimes without zone.

    Raises
    ------
    InputError
        With the entry, where one is no time.
    """
    text = pd.Series([str(r.get(key, "")) for r in records], dtype="str")
    values = pd.to_datetime(text.where(text.str.fullmatch(_ISO), ""), format="ISO8601", errors="coerce")
    short = text.where(text.str.fullmatch(_AMERICAN), "")
    whole = short.where((short == "") | short.str.contains(" "), short + " 00:00:00")
    values = values.fillna(pd.to_datetime(whole, format="%m/%d/%y %H:%M:%S", errors="coerce"))
    if values.isna().any():
        i = int(np.flatnonzero(values.isna())[0])
        raise InputError(f"entry {i + 1}: {key} {text[i]!r} is not a time", file=file)
    return values


def sport_of(name: str) -> str | None:
    """Return the sport that Fitbit's name of an activity means, None where it is not known.

    Examples
    --------
    >>> sport_of("Treadmill"), sport_of("Outdoor Run"), sport_of("Weightlifting"), sport_of("Workout")
    ('running', 'running', 'strength', None)
    """
    sport = _SPORTS.get(name) or sport_meant(name)
    return None if sport == REST else sport


def strange_units(records: Records) -> list[str]:
    """Return the units of distance that are not known."""
    units = {str(r["distanceUnit"]) for r in records if "distance" in r and "distanceUnit" in r}
    return sorted(units - _METRES.keys())


def exercises(records: Records, file: str | Path) -> pd.DataFrame:
    """Return recordings in canonical columns, with Fitbit's ``log_id`` and ``name``.

    ``end`` is when each ended, ``detected`` whether Fitbit noticed it by itself, and ``left_running`` whether it was never
    stopped: over 12 h, or a run slower than 1 m/s for over 2 h. Of those duration, heart rate and energy are empty, and so is
    a distance in a unit that is not known.

    Raises
    ------
    InputError
        With the entry, where a value is no number or no time.
    """
    name = pd.Series([str(r["activityName"]) for r in records], dtype="str")
    metres = np.array([_METRES.get(str(r.get("distanceUnit")), np.nan) for r in records], dtype="float64")
    frame = pd.DataFrame(
        {
            "log_id": pd.Series([str(r["logId"]) for r in records], dtype="str"),
            "name": name,
            "start_time": clock(records, "startTime", file).dt.tz_localize("UTC"),
            "sport": name.map({n: sport_of(n) or "other" for n in name.unique()}).astype("str"),
            "duration_s": field(records, "duration", file, 0) / 1000.0,
            "moving_time_s": field(records, "activeDuration", file, 0) / 1000.0,
            "distance_m": field(records, "distance", file, 0) * metres,
            "ascent_m": np.where(name == "Treadmill", np.nan, field(records, "elevationGain", file, 0)),
            "hr_mean_bpm": field(records, "averageHeartRate", file, 0),
            "steps": field(records, "steps", file, 0),
            "energy_kcal": field(records, "calories", file, 0),
            "detected": [r.get("logType") == "auto_detected" for r in records],
        }
    )
    frame["hr_mean_bpm"] = frame["hr_mean_bpm"].where(frame["hr_mean_bpm"] >= 25)
    frame["distance_m"] = frame["distance_m"].where(frame["distance_m"] > 0)  # 0: no GPS, no known stride
    frame["end"] = frame["start_time"] + pd.to_timedelta(frame["duration_s"], unit="s")
    moving = frame["moving_time_s"].fillna(frame["duration_s"])
    crawling = (frame["sport"] == "running") & (moving > 7_200) & (frame["distance_m"] / moving < 1.0)
    frame["left_running"] = crawling | (moving > 43_200)
    measures = ["duration_s", "moving_time_s", "hr_mean_bpm", "energy_kcal"]
    frame[measures] = frame[measures].mask(frame["left_running"])
    return frame


def sleeps(records: Records, file: str | Path) -> pd.DataFrame:
    """Return each sleep's ``start`` and ``end``, ``day`` of waking, ``hours`` asleep and whether it may be the ``night``'s.

    A night's began from 18:00 to 11:00 and ended on its day; the rest are naps.

    Raises
    ------
    InputError
        With the entry, where a value is no number or no time.
    """
    start, end = clock(records, "startTime", file), clock(records, "endTime", file)
    day = clock(records, "dateOfSleep", file)
    hours = pd.Series(field(records, "minutesAsleep", file, 0, 1440) / 60.0)
    night = (day == end.dt.normalize()) & ((start.dt.hour >= 18) | (start.dt.hour < 11)) & (hours > 0)
    return pd.DataFrame({"start": start, "end": end, "day": day, "hours": hours, "night": night})


def longest_nights(slept: pd.DataFrame) -> pd.Series:
    """Return the hours of the longest sleep of each night, by day of waking."""
    longest: pd.Series = slept[slept["night"]].groupby("day")["hours"].max()
    return longest


def begun_asleep(begun: pd.Series, slept: pd.DataFrame) -> int:
    """Return how many of the local times `begun` lie within a sleep: a clock that is read wrongly shows itself so."""
    ordered = slept.sort_values("start")
    last = np.searchsorted(ordered["start"].to_numpy(), begun.to_numpy(), side="right") - 1
    return int(((last >= 0) & (begun.to_numpy() < ordered["end"].to_numpy()[last])).sum())


def resting_pulses(records: Records, file: str | Path) -> pd.Series:
    """Return the resting heart rates that there are, by local day, in the order of the file; a day may come twice.

    Raises
    ------
    InputError
        With the entry, where a value is no number or no time.
    """
    inner = [r["value"] if isinstance(r["value"], dict) else {"value": r["value"]} for r in records]
    values = pd.Series(
        field(inner, "value", file, 0, 250), index=clock(records, "dateTime", file).dt.normalize()
    )
    return values[values > 0]


def lacks(record: object, keys: Iterable[str]) -> str | None:
    """Return the first of `keys` that a record has not, "no object" where it is none, None where it has all."""
    if not isinstance(record, dict):
        return "no object"
    return next((f"no {key!r}" for key in keys if record.get(key) is None), None)
