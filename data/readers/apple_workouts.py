"""Apple Health's workouts as activities."""

from __future__ import annotations

import math
import re
from datetime import UTC
from typing import Any

import numpy as np
import pandas as pd

from ..imports import ImportReport
from .apple_xml import instant
from .tabular import dated_ids

_METRE = {"km": 1000.0, "m": 1.0, "cm": 0.01, "mi": 1609.344, "yd": 0.9144, "ft": 0.3048}
_SECOND = {"min": 60.0, "s": 1.0, "sec": 1.0, "hr": 3600.0, "h": 3600.0, "ms": 0.001}
KCAL = {"kcal": 1.0, "Cal": 1.0, "cal": 1e-3, "kJ": 1 / 4.184, "J": 1 / 4184.0}
_BPM = {"count/min": 1.0, "bpm": 1.0, "count/s": 60.0}
_SPORTS = {
    "Running": "running", "TrackAndField": "running", "Walking": "walking", "Hiking": "walking", "Cycling": "cycling", "HandCycling": "cycling",
    "Swimming": "swimming", "TraditionalStrengthTraining": "strength", "FunctionalStrengthTraining": "strength", "Soccer": "football",
}  # fmt: skip
_QUANTITY = "HKQuantityTypeIdentifier"
_WRITTEN = re.compile(r"\s*(-?[0-9.]+(?:[eE][-+]?\d+)?)\s*(\S*)")
_TOGETHER_S = 120.0  # two recordings of one sport that begin so near each other are of the same bout


def _measured(value: str | None, unit: str | None, units: dict[str, float]) -> float:
    """Return a value above zero in the base unit; NaN where absent, zero or in an unknown unit."""
    try:
        number = float(value or "") * units.get(unit or "", math.nan)
    except ValueError:
        return math.nan
    return number if math.isfinite(number) and number > 0 else math.nan


class Workout:
    """One workout, from its element's attributes and those of the elements in it."""

    def __init__(self, attributes: dict[str, str]) -> None:
        kind = attributes.get("workoutActivityType", "").removeprefix("HKWorkoutActivityType")
        self.start = instant(attributes.get("startDate"))
        self.end = instant(attributes.get("endDate"))
        self.values: dict[str, Any] = {
            "sport": _SPORTS.get(kind, "other"),
            "moving_time_s": _measured(attributes.get("duration"), attributes.get("durationUnit"), _SECOND),
            "distance_m": _measured(
                attributes.get("totalDistance"), attributes.get("totalDistanceUnit"), _METRE
            ),
            "energy_kcal": _measured(
                attributes.get("totalEnergyBurned"), attributes.get("totalEnergyBurnedUnit"), KCAL
            ),
        }

    def detail(self, name: str, attributes: dict[str, str]) -> None:
        """Take a statistic or a note that stands in the workout."""
        if name == "WorkoutStatistics":
            self._statistic(attributes.get("type", "").removeprefix(_QUANTITY), attributes)
        elif name == "MetadataEntry":
            self._note(attributes.get("key", ""), attributes.get("value", ""))

    def _statistic(self, kind: str, told: dict[str, str]) -> None:
        unit = told.get("unit")
        if kind.startswith("Distance"):
            self._set("distance_m", _measured(told.get("sum"), unit, _METRE))
        elif kind == "ActiveEnergyBurned":
            self._set("energy_kcal", _measured(told.get("sum"), unit, KCAL))
        elif kind == "BasalEnergyBurned":
            self._set("resting_kcal", _measured(told.get("sum"), unit, KCAL))
        elif kind == "HeartRate":
            self._set("hr_mean_bpm", _measured(told.get("average"), unit, _BPM))
            self._set("hr_max_bpm", _measured(told.get("maximum"), unit, _BPM))
        elif kind == "StepCount":
            self._set("steps", _measured(told.get("sum"), unit, {"count": 1.0}))

    def _note(self, key: str, text: str) -> None:
        written = _WRITTEN.match(text)
        if written is None:
            return
        if key == "HKElevationAscended":
            self._set("ascent_m", _measured(written[1], written[2], _METRE))
        elif key in ("HKWeatherTemperature", "HKWeatherHumidity"):
            try:
                number = float(written[1])
            except ValueError:
                return
            if key == "HKWeatherTemperature" and written[2] in ("degF", "degC"):
                self._set("weather_temperature_c", (number - 32.0) / 1.8 if written[2] == "degF" else number)
            elif key == "HKWeatherHumidity":
                self._set("weather_humidity_pct", number / 100.0 if number > 100.0 else number)

    def value(self, column: str) -> float:
        """Return the value of a column of the activities table, NaN where it is absent.

        Apple's energy of a workout is active energy; what the body used at rest stands beside it, where at all.
        """
        told = float(self.values.get(column, math.nan))
        rest = self.values.get("resting_kcal", 0.0) if column == "energy_kcal" else 0.0
        return told + float(rest)

    def _set(self, column: str, value: float) -> None:
        if math.isfinite(value) and not math.isfinite(self.values.get(column, math.nan)):
            self.values[column] = value


_COLUMNS = (
    "moving_time_s", "distance_m", "energy_kcal", "hr_mean_bpm", "hr_max_bpm", "steps", "ascent_m", "weather_temperature_c", "weather_humidity_pct",
)  # fmt: skip


def activities_of(workouts: list[Workout], athlete: str, report: ImportReport) -> pd.DataFrame:
    """Return a row a workout, with its weather in two columns more; one that two apps wrote is one."""
    dated = [w for w in workouts if w.start is not None and w.end is not None and w.end >= w.start]
    frame = pd.DataFrame(
        {
            "start_time": pd.Series(
                [w.start.astimezone(UTC) for w in dated if w.start], dtype="datetime64[us, UTC]"
            ),
            "day": pd.Series([w.start.date() for w in dated if w.start], dtype="datetime64[us]"),
            "sport": pd.Series([w.values["sport"] for w in dated], dtype="str"),
            "duration_s": np.array(
                [(w.end - w.start).total_seconds() for w in dated if w.start and w.end], dtype=np.float64
            ),
            **{c: np.array([w.value(c) for w in dated], dtype=np.float64) for c in _COLUMNS},
        }
    )
    once = _once(frame)
    report.count("activities", len(workouts), len(once))
    report.leave_out("activities", "no beginning and end that can be", len(workouts) - len(dated))
    report.leave_out("activities", "another app's copy of the same workout: joined", len(dated) - len(once))
    once.insert(0, "activity_id", dated_ids(f"{athlete}-apple", once["start_time"]))
    return once.assign(athlete_id=athlete, source="apple_health")


def _once(frame: pd.DataFrame) -> pd.DataFrame:
    """Join workouts of one sport that begin within two minutes and differ by a tenth in length at most."""
    frame = frame.sort_values(["sport", "start_time", "duration_s"], kind="stable", ignore_index=True)
    near = frame["start_time"].diff().dt.total_seconds().abs() <= _TOGETHER_S
    alike = (frame["duration_s"] / frame["duration_s"].shift() - 1.0).abs() <= 0.1
    bout = (~(near & alike & (frame["sport"] == frame["sport"].shift()))).cumsum().rename("bout")
    told = frame.notna().sum(axis=1)
    richest = frame.loc[told.sort_values(ascending=False, kind="stable").index]
    once = richest.groupby(bout, sort=False).first()
    return once[frame.columns].sort_values(["start_time", "sport"], kind="stable", ignore_index=True)


def weather_of(activities: pd.DataFrame) -> pd.DataFrame:
    """Return the weather noted with workouts, under a place of each workout's own, which it is given."""
    told = activities["weather_temperature_c"].notna()
    activities["place_id"] = activities["activity_id"].where(told)
    return pd.DataFrame(
        {
            "place_id": activities["activity_id"][told],
            "time": activities["start_time"][told].dt.floor("h"),
            "temperature_c": activities["weather_temperature_c"][told],
            "relative_humidity_pct": activities["weather_humidity_pct"][told],
        }
    ).reset_index(drop=True)
