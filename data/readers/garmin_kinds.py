"""The kinds of record in Garmin Connect's JSON: how each is told apart, and what is taken from it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from .json_records import Days, Kind, Record, above_zero, has, has_any, number


@dataclass
class Found(Days):
    """What has been read so far.

    Parameters
    ----------
    activities : list of dict
        Canonical columns, with Garmin's own ``number`` and ``parent`` to join and leave out by.
    drinks : dict of day to mL
        Entries of the export's log of drinks, added up.
    """

    activities: list[dict[str, Any]] = field(default_factory=list)
    drinks: dict[pd.Timestamp, float] = field(default_factory=dict)

    def size(self) -> int:
        """Return how much has been read."""
        return super().size() + len(self.activities) + len(self.drinks)


def _time(value: Any) -> pd.Timestamp | None:
    """Return a time without zone, written as text or as milliseconds since 1970."""
    if isinstance(value, str):
        time = pd.to_datetime(value, format="ISO8601", errors="coerce", utc=True)
    elif number(value) is not None and 0 < value < 4_102_444_800_000:
        time = pd.Timestamp(int(value), unit="ms", tz="UTC")
    else:
        return None
    return time.tz_localize(None) if not pd.isna(time) and 1970 <= time.year <= 2100 else None


def _day(value: Any) -> pd.Timestamp | None:
    time = _time(value)
    return None if time is None else time.normalize()


# -- days --------------------------------------------------------------------------------------------


def _sleep(record: Record, found: Found) -> None:
    night = record.get("dailySleepDTO", record) or {}
    day, end = _day(night.get("calendarDate")), _time(night.get("sleepEndTimestampLocal"))
    if day is not None and end is not None and end.normalize() != day:
        found.notes["nights put on the local day on which they ended, not on the calendarDate"] += 1
        day = end.normalize()
    seconds = above_zero(night.get("sleepTimeSeconds"))
    if seconds is None:
        stages = [number(night.get(f"{stage}SleepSeconds")) for stage in ("deep", "light", "rem")]
        seconds = sum(s for s in stages if s is not None) or None
    found.add(day, "sleep_h", None if seconds is None else seconds / 3600.0)
    pulse = above_zero(night.get("avgHeartRate")) or above_zero(night.get("averageSpO2HRSleep"))
    oxygen = night.get("spo2SleepSummary")
    if pulse is None and isinstance(oxygen, dict):
        pulse = above_zero(oxygen.get("averageHR"))
    found.add(day, "night_hr_bpm", pulse)
    found.add(day, "hrv_rmssd_ms", above_zero(record.get("avgOvernightHrv")), order=1.0)
    found.add(day, "resting_hr_bpm", above_zero(record.get("restingHeartRate")), order=1.0)


def _hrv(record: Record, found: Found) -> None:
    nights = record.get("hrvSummaries") or [record.get("hrvSummary") or {}]
    for night in nights:
        found.add(_day(night.get("calendarDate")), "hrv_rmssd_ms", above_zero(night.get("lastNightAvg")))


def _health_status(record: Record, found: Found) -> None:
    for metric in record["metrics"]:
        if isinstance(metric, dict) and metric.get("type") == "HRV":
            found.add(_day(record.get("calendarDate")), "hrv_rmssd_ms", above_zero(metric.get("value")), 2.0)


def _wellness(record: Record, found: Found) -> None:
    """Take a day's summary, its heart rate, or its steps: whichever the record holds."""
    day = _day(record.get("calendarDate"))
    pulse = above_zero(record.get("currentDayRestingHeartRate")) or above_zero(record.get("restingHeartRate"))
    found.add(day, "resting_hr_bpm", pulse)
    steps = number(record.get("totalSteps"))
    if steps == 0:
        found.notes["days without a step taken as not worn"] += 1
    found.add(day, "steps", steps if steps else None)
    if record.get("includesCalorieConsumedData"):
        found.add(day, "energy_intake_kcal", above_zero(record.get("consumedKilocalories")))


def _hydration(record: Record, found: Found) -> None:
    """Take a day's total, or one entry of the export's log: entries of a day are added up."""
    day, drunk = _day(record.get("calendarDate")), number(record.get("valueInML"))
    if "hydrationSource" not in record:
        if drunk == 0:
            found.notes["days without a drink taken as not logged"] += 1
        found.add(day, "fluid_ml", drunk if drunk else None)
        return
    if day is not None and drunk:
        found.drinks[day] = found.drinks.get(day, 0.0) + drunk


def _weights(record: Record, found: Found) -> None:
    entries: list[Any] = list(record.get("dateWeightList") or [])
    for summary in record.get("dailyWeightSummaries") or []:
        entries += summary.get("allWeightMetrics") or [summary.get("latestWeight")]
    entries += [record.get("previousDateWeight"), record.get("nextDateWeight")]
    for entry in entries:
        if isinstance(entry, dict):
            _weigh_in(entry, _day(entry.get("calendarDate")), found)


def _biometrics(record: Record, found: Found) -> None:
    _weigh_in(record["weight"], _day(record["metaData"].get("calendarDate")), found)


def _weigh_in(entry: Record, day: pd.Timestamp | None, found: Found) -> None:
    weight = above_zero(entry.get("weight"))
    time = _time(entry.get("date")) or _time(entry.get("timestampGMT"))
    order = time.timestamp() if time is not None else math.inf
    found.add(
        day, "mass_kg", None if weight is None else weight / (1000.0 if weight > 1000.0 else 1.0), order
    )
    found.add(day, "body_fat_pct", above_zero(entry.get("bodyFat")), order)


# -- activities --------------------------------------------------------------------------------------


def _sport(key: Any) -> str:
    """Return the canonical sport of one of Garmin's type keys.

    >>> [_sport(k) for k in ("trail_running", "mountain_biking", "open_water_swimming", "motorcycling_v2")]
    ['running', 'cycling', 'swimming', 'other']
    """
    key = str(key).lower()
    for sport, parts in (
        ("other", ("motor", "snow", "multi")),
        ("running", ("running", "virtual_run", "ultra_run")),
        ("cycling", ("cycling", "biking", "virtual_ride", "bmx")),
        ("swimming", ("swimming",)),
        ("walking", ("walking", "hiking", "rucking")),
        ("strength", ("strength",)),
        ("football", ("soccer",)),
    ):
        if any(part in key for part in parts):
            return sport
    return "other"


_NUMBERS: dict[str, tuple[tuple[str, ...], str]] = {
    "duration_s": (("elapsedDuration", "duration"), "time"),
    "moving_time_s": (("movingDuration",), "time"),
    "distance_m": (("distance",), "length"),
    "ascent_m": (("elevationGain",), "length"),
    "descent_m": (("elevationLoss",), "length"),
    "hr_mean_bpm": (("averageHR", "avgHr"), ""),
    "hr_max_bpm": (("maxHR", "maxHr"), ""),
    "cadence_mean_spm": (
        ("averageRunningCadenceInStepsPerMinute", "averageRunCadence", "avgDoubleCadence"),
        "",
    ),
    "steps": (("steps",), ""),
    "energy_kcal": (("calories",), "energy"),
    "session_rpe": (("directWorkoutRpe", "workoutRpe"), "rpe"),
    "temperature_mean_c": (("averageTemperature",), ""),
}
ACTIVITY_KEYS = frozenset(
    {"activityId", "parentId", "activityType", "activityTypeDTO", "summaryDTO", "metadataDTO", "startLocal"}
    | {"startTimeGMT", "startTimeGmt", "startTimeLocal", "beginTimestamp", "aerobicTrainingEffect"}
    | {key for keys, _ in _NUMBERS.values() for key in keys}
)
"""What of an activity is used; all else may be dropped while reading."""

_ZERO_IS_ABSENT = {
    "hr_mean_bpm",
    "hr_max_bpm",
    "cadence_mean_spm",
    "steps",
    "energy_kcal",
    "session_rpe",
    "duration_s",
}


def _take_activity(record: Record, summary: Record, found: Found, scale: dict[str, float]) -> None:
    start = _time(summary.get("startTimeGMT") or summary.get("startTimeGmt") or summary.get("beginTimestamp"))
    local = _time(summary.get("startTimeLocal"))
    day = local or start
    if day is None:
        found.notes["activities left out: without a start"] += 1
        return
    kind = record.get("activityType") or record.get("activityTypeDTO")
    row: dict[str, Any] = {
        "number": str(record.get("activityId")),
        "parent": None if record.get("parentId") is None else str(record["parentId"]),
        "day": day.normalize(),
        "start_time": None if start is None else start.tz_localize("UTC"),
        "sport": _sport(kind.get("typeKey") if isinstance(kind, dict) else kind),
    }
    for column, (keys, unit) in _NUMBERS.items():
        taken = above_zero if column in _ZERO_IS_ABSENT else number
        values = (taken(summary.get(key), scale.get(unit, 1.0)) for key in keys)
        row[column] = next((v for v in values if v is not None), None)
    found.activities.append(row)


_SERVICE = {"rpe": 0.1}
_EXPORT = {"rpe": 0.1, "time": 0.001, "length": 0.01, "energy": math.nan}


def _activity(record: Record, found: Found) -> None:
    _take_activity(record, record, found, _SERVICE)


def _activity_detail(record: Record, found: Found) -> None:
    _take_activity(record, record["summaryDTO"], found, _SERVICE)


def _exported_activities(record: Record, found: Found) -> None:
    for activity in record["summarizedActivitiesExport"] or []:
        before = len(found.activities)
        _take_activity(activity, activity, found, _EXPORT)
        for row in found.activities[before:]:
            if row["energy_kcal"] is not None:
                row["energy_kcal"] = None
                found.notes["activities without energy: the account's export does not tell its unit"] += 1


# -- the list ----------------------------------------------------------------------------------------


def _daily(inner: str) -> Callable[[Record], bool]:
    return lambda r: isinstance(r.get("values"), dict) and inner in r["values"]


def _wrapped(parts: Iterable[str]) -> Callable[[Record], bool]:
    return lambda record: any(part in key.lower() for key in record for part in parts)


KINDS: tuple[Kind[Found], ...] = (
    Kind("activities of the export", has("summarizedActivitiesExport"), _exported_activities),
    Kind("an activity's details", lambda r: "activityId" in r and isinstance(r.get("summaryDTO"), dict), _activity_detail),
    Kind("an activity", lambda r: "activityId" in r and bool(has_any("startTimeGMT", "startTimeGmt", "startTimeLocal")(r)), _activity),
    Kind("not stored: an index of activities, without length or start in UTC", has("activityId", "startLocal")),
    Kind("sleep", has_any("dailySleepDTO", "deepSleepSeconds", "sleepWindowConfirmationType"), _sleep),
    Kind("heart rate variability", has_any("hrvSummaries", "hrvSummary"), _hrv),
    Kind("weights", has_any("dateWeightList", "dailyWeightSummaries"), _weights),
    Kind("biometrics", lambda r: isinstance(r.get("weight"), dict) and isinstance(r.get("metaData"), dict), _biometrics),
    Kind("health status", lambda r: "calendarDate" in r and isinstance(r.get("metrics"), list), _health_status),
    Kind("vendor score, not stored: body battery and stress", has_any("bodyBatteryValuesArray", "stressValuesArray")),
    Kind("a day's summary, heart rate or steps", has("calendarDate", "restingHeartRate"), _wellness),
    Kind("a day's steps", has("calendarDate", "totalSteps"), _wellness),
    Kind("hydration", has("calendarDate", "valueInML"), _hydration),
    Kind("not stored: sums of a week, not of a day", _daily("totalSteps")),
    Kind("vendor score, not stored: stress", _daily("overallStressLevel")),
    Kind("not stored: intensity minutes, which have no column", has("moderateValue", "vigorousValue")),
    Kind("vendor score, not stored: training readiness", has_any("acwrFactorPercent", "recoveryTimeFactorPercent", "sleepScoreFactorPercent")),
    Kind("vendor score, not stored: endurance or hill score", has_any("overallScore", "enduranceScore", "strengthScore")),
    Kind("vendor score, not stored: training status and load", _wrapped(("trainingstatus", "vo2max", "trainingload", "acuteload"))),
    Kind("vendor score, not stored: a bare number a day (sleep score or stress)", lambda r: set(r) == {"calendarDate", "value"}),
)  # fmt: skip
