"""A training session of Polar Flow's account export: each of its exercises is a recording.

Two layouts are known. Older exports (``exportVersion`` 1 and 2) write lengths of time as ISO 8601, sports as words
and a time beside every sample. Newer ones write milliseconds, sports as numbers and samples at a fixed interval.
In both, times are the clock's at the place, with its offset from UTC in minutes beside them; speed is in km/h,
distance in metres since the start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from ..cleanup import is_of_one_leg
from ..errors import InputError
from ..recording import ON_FOOT, Recording
from .json_records import Record, above_zero, document_in, number
from .polar_samples import samples_of, settle_altitude
from .polar_sports import sport_meant_by
from .polar_values import clock_time, length_s, list_of, record_of, since

_RPE = [
    "NONE",
    "EASY",
    "LIGHT",
    "FAIRLY_BRISK",
    "BRISK",
    "MODERATE",
    "FAIRLY_HARD",
    "HARD",
    "EXHAUSTING",
    "EXTREME",
]
_SIGNS = (b'"startTime"', b'"stopTime"')
_MOST_OFFSET = 14 * 60  # minutes


def is_polar_session(data: bytes) -> bool:
    """Return whether a JSON document is a training session of Polar's."""
    head = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    return (
        head.startswith(b"{")
        and all(sign in data for sign in _SIGNS)
        and (b'"durationMillis"' in data or b'"exportVersion"' in data)
    )


def read_polar_session(data: bytes, name: str) -> list[Recording]:
    """Read one training session; nothing is cleaned.

    Parameters
    ----------
    data : bytes
        A ``training-session`` file of the export.
    name : str
        What to call it in messages.

    Returns
    -------
    list of Recording
        One an exercise, in order.

    Raises
    ------
    InputError
        Broken JSON, or no start that can be read.
    """
    try:
        session = document_in(data)
    except ValueError as fault:
        raise InputError(str(fault), file=name) from None
    if not isinstance(session, dict):
        raise InputError("is no training session of Polar's", file=name, mend="download the export anew")
    exercises = [e for e in list_of(session.get("exercises")) if isinstance(e, dict)] or [session]
    return [_recording(e, session, leg, len(exercises) == 1, name) for leg, e in enumerate(exercises)]


def _recording(exercise: Record, session: Record, leg: int, alone: bool, name: str) -> Recording:
    local = clock_time(exercise.get("startTime")) or clock_time(session.get("startTime"))
    if local is None:
        mend = "correct its startTime, or leave the file out"
        raise InputError("has no start that can be read", file=name, mend=mend)
    offset = _offset_s(exercise, session, local)
    notes: list[str] = []
    sport = sport_meant_by(exercise.get("sport") or session.get("sport"), notes)
    if offset is None:
        notes.append("tells no offset from UTC: its times are taken for the clock's at home (--timezone)")
    wall = local.replace(tzinfo=UTC)
    records = samples_of(exercise, local)
    recording = Recording(
        sport=sport,
        start_time=wall - timedelta(seconds=offset or 0),
        source="polar",
        records=records,
        summary=_summary(exercise, session if alone else {}, local),
        leg=leg,
        utc_offset_s=offset,
        clock_is_local=offset is None,
        cadence_counts="unknown",
        notes=notes,
        changed=settle_altitude(records),
    )
    effort = _effort(exercise) or _effort(session)
    if effort is not None:
        recording.summary["session_rpe"] = effort
    if "cadence_spm" not in records:
        _take_mean_cadence(recording, exercise)
    return recording


def _offset_s(exercise: Record, session: Record, local: datetime) -> int | None:
    """Return the seconds from UTC to the clock at the place, None where nothing tells them."""
    told = local.utcoffset()
    if told is not None:
        return int(told.total_seconds())
    keys = ("timezoneOffset", "timeZoneOffset", "timezoneOffsetMinutes")
    minutes = next(
        (m for r in (exercise, session) for k in keys if (m := number(r.get(k))) is not None), None
    )
    return None if minutes is None or abs(minutes) > _MOST_OFFSET else int(minutes * 60)


# -- the summary -------------------------------------------------------------------------------------


def _summary(exercise: Record, session: Record, local: datetime) -> dict[str, float]:
    """Return what the exercise tells of itself, and of what it does not tell what the session does."""
    both = (exercise, session)
    trained = _told(both, length_s, "duration") or _told(both, above_zero, "durationMillis", 0.001)
    lengths = [s for s in (trained, since(exercise.get("stopTime"), local)) if s is not None and s > 0]
    heart = {**_statistic(exercise, "HEART_RATE"), **record_of(exercise.get("heartRate"))}
    told = {
        "duration_s": max(lengths, default=None),
        "moving_time_s": trained,
        "distance_m": _told(both, above_zero, "distanceMeters distance"),
        "ascent_m": _told((exercise,), number, "ascentMeters ascent"),
        "descent_m": _told((exercise,), number, "descentMeters descent"),
        "hr_mean_bpm": above_zero(heart.get("avg"))
        or _told((session,), above_zero, "hrAvg averageHeartRate"),
        "hr_max_bpm": above_zero(heart.get("max")) or _told((session,), above_zero, "hrMax maximumHeartRate"),
        "energy_kcal": _told(both, above_zero, "calories kiloCalories"),
    }
    return {column: value for column, value in told.items() if value is not None}


def _told(
    records: Iterable[Record], taken: Callable[[Any], float | None], keys: str, factor: float = 1.0
) -> float | None:
    """Return the first value that one of `records` has under one of `keys`, times `factor`."""
    values = (taken(record.get(key)) for record in records for key in keys.split())
    return next((v * factor for v in values if v is not None), None)


def _effort(told: Record) -> float | None:
    """Return the effort that the person chose, one of ten steps from 1 (none) to 10 (extreme)."""
    load = {**record_of(told.get("trainingLoadReport")), **record_of(told.get("loadInformation"))}
    word = str(load.get("sessionRpe") or "").removeprefix("RPE_")
    return float(_RPE.index(word) + 1) if word in _RPE else None


def _take_mean_cadence(recording: Recording, exercise: Record) -> None:
    """Take the mean cadence on foot where there are no samples of it; Polar counts one leg or both."""
    told = {**_statistic(exercise, "CADENCE"), **record_of(exercise.get("cadence"))}
    mean = above_zero(told.get("avg"))
    if mean is None or recording.sport not in ON_FOOT:
        return
    if is_of_one_leg(mean, recording.sport):
        mean *= 2
        recording.notes.append("cadence counted one leg: doubled")
    recording.summary["cadence_mean_spm"] = mean


def _statistic(exercise: Record, kind: str) -> Record:
    listed = list_of(record_of(exercise.get("statistics")).get("statistics"))
    found = (s for s in listed if isinstance(s, dict) and str(s.get("type")).endswith(kind))
    return next(found, {})
