"""Documents as Polar Flow's account export writes them, in its older and its newer layout: made by hand."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

OLD_NAME = "training-session-2024-05-01-7001-0c1e.json"
NEW_NAME = "training-session_2024-05-01T07-00-00_7001-0c1e.json"
SECONDS = 600
START = datetime(2024, 5, 1, 7, 0, 0, 850_000)
"""By the clock in Oslo, two hours ahead of UTC."""
HEART = [120.0 + i % 40 for i in range(SECONDS)]
WAY = [3.0 * i for i in range(SECONDS)]
HEIGHT = [0.0, 0.0, *(183.0 + i / 60 for i in range(SECONDS - 2))]


def old_session(**changes: Any) -> dict[str, Any]:
    """Return a run of ten minutes as ``exportVersion`` 2.6 tells it."""

    def at(second: float) -> str:
        return (START + timedelta(seconds=second)).isoformat(timespec="milliseconds")

    def samples(values: list[float | None]) -> list[dict[str, Any]]:
        return [{"dateTime": at(i), **({} if v is None else {"value": v})} for i, v in enumerate(values)]

    exercise = {
        "startTime": at(0), "stopTime": at(SECONDS), "timezoneOffset": 120, "duration": "PT9M50.5S", "distance": 1797.0,
        "sport": "TRAIL_RUNNING", "ascent": 11.0, "descent": 2.0, "kiloCalories": 130, "heartRate": {"min": 120, "avg": 139, "max": 159},
        "speed": {"avg": 10.8, "max": 12.0}, "cadence": {"avg": 84, "max": 90}, "loadInformation": {"cardioLoad": 12.0, "sessionRpe": "RPE_HARD"},
        "samples": {
            "heartRate": samples([None, *HEART[1:]]), "speed": samples([10.8] * SECONDS), "distance": samples(list(WAY)),
            "altitude": samples(list(HEIGHT)), "cadence": samples([84.0] * SECONDS), "temperature": samples([None] * SECONDS),
            "recordedRoute": [{"dateTime": at(i + 0.2), "latitude": 59.9 + i * 2.7e-5, "longitude": 10.7, "altitude": 150.0} for i in range(SECONDS)],
        },
    }  # fmt: skip
    session = {
        "exportVersion": "2.6", "name": "Secret Title", "deviceId": "Secret Device", "startTime": at(0), "stopTime": at(SECONDS), "timeZoneOffset": 120,
        "distance": 1797.0, "duration": "PT9M50.5S", "maximumHeartRate": 159, "averageHeartRate": 139, "kiloCalories": 130, "note": "Secret Note",
        "feeling": "0.75", "physicalInformationSnapshot": {"dateTime": at(0), "sex": "FEMALE", "weight, kg": 61.0},
    }  # fmt: skip
    return {**session, "exercises": [exercise | changes]}


def new_session(**changes: Any) -> dict[str, Any]:
    """Return the same run as exports of 2026 tell it."""
    at = [(START + timedelta(seconds=s)).replace(microsecond=0).isoformat() for s in (0, SECONDS)]
    exercise = {
        "identifier": {"id": "9001"}, "startTime": at[0], "stopTime": at[1], "timezoneOffsetMinutes": 120, "durationMillis": 590_500,
        "distanceMeters": 1797.0, "ascentMeters": 11.0, "descentMeters": 2.0, "calories": 130, "sport": {"id": "27"},
        "trainingLoadReport": {"cardioLoad": 12.0, "sessionRpe": "RPE_HARD"},
        "statistics": {"statistics": [{"type": "STATISTICS_TYPE_HEART_RATE", "min": 120, "avg": 139, "max": 159}]},
        "samples": {"samples": [
            {"type": "HEART_RATE", "intervalMillis": 1000, "values": ["NaN", *HEART[1:]]},
            {"type": "SPEED", "intervalMillis": 1000, "values": [float("nan"), *[10.8] * (SECONDS - 1)]},
            {"type": "DISTANCE", "intervalMillis": 1000, "values": WAY},
            {"type": "ALTITUDE", "intervalMillis": 1000, "values": HEIGHT},
            {"type": "CADENCE", "intervalMillis": 1000, "values": [84] * SECONDS},
            {"type": "STRIDE_LENGTH", "intervalMillis": 1000, "values": [110] * SECONDS},
        ]},
        "routes": {"route": {"startTime": at[0], "wayPoints": [
            {"latitude": 59.9 + i * 2.7e-5, "longitude": 10.7, "altitude": 150.0, "elapsedMillis": i * 1000 + 4} for i in range(SECONDS)
        ]}},
        "laps": {}, "pauseTimes": [],
    }  # fmt: skip
    session = {
        "identifier": {"id": "7001"}, "created": at[1], "modified": at[1], "startTime": at[0], "stopTime": at[1], "name": "Secret Title",
        "timezoneOffsetMinutes": 120, "durationMillis": 590_500, "distanceMeters": 1797.0, "hrAvg": 139, "hrMax": 159, "calories": 130,
        "sport": {"id": "27"}, "latitude": 59.9, "longitude": 10.7,
    }  # fmt: skip
    return {**session, "exercises": [exercise | changes]}


def night(date: str, end: str, asleep: str = "PT7H30M", rating: str = "UNKNOWN") -> dict[str, Any]:
    """Return a night of a ``sleep_result`` file."""
    return {
        "night": date,
        "evaluation": {
            "sleepType": "SLEEP_PLUS_STAGES",
            "sleepSpan": "PT8H",
            "asleepDuration": asleep,
            "age": 40.4,
        },
        "sleepResult": {
            "hypnogram": {"sleepStart": "2024-05-01T23:00:00+02:00", "sleepEnd": end, "rating": rating}
        },
    }


def recovery(date: str, **changes: Any) -> dict[str, Any]:
    """Return a night of a ``nightly_recovery`` file."""
    told = {
        "night": date,
        "meanNightlyRecoveryRri": 1200,
        "meanNightlyRecoveryRmssd": 48,
        "ansStatus": 1.5,
        "ansRate": 4,
    }
    return told | changes


def account() -> dict[str, object]:
    """Return an export of one athlete: every file by its name."""
    return {
        NEW_NAME: new_session(),
        "sleep_result_42-0c1e.json": [night("2024-05-02", "2024-05-02T06:30:00.715+02:00", rating="SLEPT_QUITE_WELL")],
        "sleep_score_42-0c1e.json": [{"night": "2024-05-02", "sleepScoreResult": {"sleepScore": 82}}],
        "nightly_recovery_42-0c1e.json": [recovery("2024-05-02")],
        "activity-2024-05-01-0c1e.json": {"date": "2024-05-01", "exportVersion": "1.2", "summary": {"stepCount": 8000}},
        "activity-2024-05-02-0c1e.json": {"date": "2024-05-02", "exportVersion": "1.2", "summary": {"stepCount": 0}},
        "calendar-items-42-0c1e.json": {"exportVersion": "1.3", "weights": [{"date": "2024-05-02", "weight": 60.5}], "physicalInformations": []},
        "account-data-42-0c1e.json": {
            "exportVersion": "1.4", "username": "Secret Name",
            "physicalInformation": {"sex": "FEMALE", "birthday": "1985-07-10", "height, cm": 170.0, "weight, kg": 61.0, "maximumHeartRate": 180},
        },
        "247ohr_42_05-0c1e.json": {"deviceDays": [{"date": "2024-05-01", "samples": []}]},
    }  # fmt: skip


def write(folder: Path, files: dict[str, object]) -> Path:
    """Write documents as JSON files, and return their folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in files.items():
        (folder / name).write_text(json.dumps(document), encoding="utf-8")
    return folder
