"""Apple Health's ``export.xml``, read as a stream.

What the file does not say, and how it is taken here:

- Several sources count the same steps and write the same meal: of a day the source with the most holds.
- Sleep is the time in a stage asleep, overlaps once; of several sources for a night the one that tells the
  stages holds, else the longest. Spells of sleep less than 2 h apart are one; a spell that began from
  11:00 to 18:00 and lasted less than 3 h is a nap and left out; one that both began and ended in an evening
  belongs to the night that follows it.
- Variability is SDNN over a minute, which is not rMSSD: it is told and not stored.
- Body fat is written as a share of 1 under the unit %, humidity in hundredths of a percent.
- Every date carries an offset: it gives the local day.

Names of devices and apps are used to tell sources apart, and not stored.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from ..imports import Imported, ImportReport
from ..names import counted
from ..schema import ACTIVITIES, ATHLETES, DIARY, WEATHER
from .apple_nights import Spells, nights
from .apple_workouts import KCAL, Workout, activities_of, weather_of
from .apple_xml import instant, stream
from .tabular import Progress, empty_impossible, silent

_QUANTITY = "HKQuantityTypeIdentifier"
_SLEEP = "HKCategoryTypeIdentifierSleepAnalysis"
_ASLEEP = "HKCategoryValueSleepAnalysisAsleep"
_SDNN = _QUANTITY + "HeartRateVariabilitySDNN"
_HEIGHT = _QUANTITY + "Height"
_GRAM = {
    "kg": 1e3,
    "g": 1.0,
    "mg": 1e-3,
    "mcg": 1e-6,
    "ug": 1e-6,
    "µg": 1e-6,
    "lb": 453.59237,
    "oz": 28.349523125,
    "st": 6350.29318,
}
_LITRE = {
    "L": 1.0, "dL": 0.1, "cL": 0.01, "mL": 1e-3, "l": 1.0, "ml": 1e-3, "fl_oz_us": 0.0295735296, "fl_oz_imp": 0.0284130625,
    "cup_us": 0.2365882365, "cup_imp": 0.284130625, "pt_us": 0.473176473, "pt_imp": 0.56826125,
}  # fmt: skip


def _times(units: dict[str, float], factor: float) -> dict[str, float]:
    return {unit: value * factor for unit, value in units.items()}


_KINDS: dict[str, tuple[str, str, dict[str, float]]] = {
    _QUANTITY + name: (column, how, units)
    for name, column, how, units in (
        ("StepCount", "steps", "sum", {"count": 1.0}),
        ("RestingHeartRate", "resting_hr_bpm", "mean", {"count/min": 1.0, "bpm": 1.0}),
        ("BodyMass", "mass_kg", "first", _times(_GRAM, 1e-3)),
        ("BodyFatPercentage", "body_fat_pct", "first", {"%": 1.0}),
        ("DietaryWater", "fluid_ml", "sum", _times(_LITRE, 1e3)),
        ("DietaryEnergyConsumed", "energy_intake_kcal", "sum", KCAL),
        ("DietaryCarbohydrates", "carbohydrate_g", "sum", _GRAM),
        ("DietaryProtein", "protein_g", "sum", _GRAM),
        ("DietaryFatTotal", "fat_g", "sum", _GRAM),
        ("DietarySodium", "sodium_mg", "sum", _times(_GRAM, 1e3)),
        ("DietaryPotassium", "potassium_mg", "sum", _times(_GRAM, 1e3)),
        ("DietaryMagnesium", "magnesium_mg", "sum", _times(_GRAM, 1e3)),
        ("DietaryCalcium", "calcium_mg", "sum", _times(_GRAM, 1e3)),
        ("DietaryIron", "iron_mg", "sum", _times(_GRAM, 1e3)),
        ("DietaryVitaminB6", "vitamin_b6_mg", "sum", _times(_GRAM, 1e3)),
        ("DietaryVitaminB12", "vitamin_b12_ug", "sum", _times(_GRAM, 1e6)),
    )
}
_MANY = 1_000  # sources or kinds told apart; more than any phone has


def read_apple_health(path: Path, *, athlete: str, progress: Progress = silent) -> Imported:
    """Read an Apple Health export.

    Parameters
    ----------
    path : Path
        ``export.xml``, the folder that holds it, or ``export.zip``.
    athlete : str
        Whose it is.
    progress : callable, optional
        Called as ``progress(done, total, what)`` with megabytes.

    Returns
    -------
    Imported
        Athletes, activities, diary, and the weather noted with outdoor workouts.

    Raises
    ------
    InputError
        No such export, broken or cut-off XML, entities, a bomb, a converter's CSV.
    """
    export = _Export()
    stream(path, export.start, export.end, progress)
    report = ImportReport("apple_health")
    activities = activities_of(export.workouts, athlete, report)
    weather = weather_of(activities)
    activities = activities.drop(columns=["weather_temperature_c", "weather_humidity_pct"])
    report.count("weather", len(weather), len(weather))
    tables = {
        "athletes": _athlete(export, athlete, report),
        "activities": empty_impossible(activities, ACTIVITIES, report),
        "diary": _diary(export, athlete, report),
        "weather": empty_impossible(weather, WEATHER, report),
    }
    if export.other:
        most = ", ".join(f"{name} ({number:,})" for name, number in export.other.most_common(8))
        report.note(
            f"{counted(sum(export.other.values()), 'record')} of {counted(len(export.other), 'kind')} without a column, most of them {most}"
        )
    return Imported("own", tables, report)


@dataclass
class _Export:
    """What has been read so far: sums and firsts by day, never the records themselves."""

    sums: dict[tuple[str, str], dict[int, list[float]]] = field(default_factory=dict)
    means: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    firsts: dict[tuple[str, str], tuple[str, float]] = field(default_factory=dict)
    spells: dict[int, Spells] = field(default_factory=dict)
    workouts: list[Workout] = field(default_factory=list)
    me: dict[str, Any] = field(default_factory=dict)
    read: int = 0
    out: Counter[str] = field(default_factory=Counter)
    other: Counter[str] = field(default_factory=Counter)
    sources: dict[str, int] = field(default_factory=dict)
    days: dict[str, bool] = field(default_factory=dict)
    correlations: int = 0
    workout: Workout | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take an element that begins."""
        if name == "Record":
            if not self.correlations:  # the records in it stand outside it as well
                self.record(attributes)
        elif name == "Workout":
            self.workout = Workout(attributes)
        elif name == "Correlation":
            self.correlations += 1
        elif name == "Me":
            self.me.update(attributes)
        elif self.workout is not None:
            self.workout.detail(name, attributes)

    def end(self, name: str) -> None:
        """Take an element that ends."""
        if name == "Workout" and self.workout is not None:
            self.workouts.append(self.workout)
            self.workout = None
        elif name == "Correlation":
            self.correlations -= 1

    def record(self, record: dict[str, str]) -> None:
        """Add one record to its day."""
        kind = record.get("type", "")
        wanted = _KINDS.get(kind)
        if wanted is None:
            self.unusual(kind, record)
            return
        self.read += 1
        column, how, units = wanted
        factor = units.get(record.get("unit", ""))
        start = record.get("startDate", "")
        try:
            value = float(record.get("value", "")) * (factor or 0.0)
        except ValueError:
            value = math.nan
        if not self.is_day(start[:10]):
            self.out["no date that can be read"] += 1
        elif factor is None:
            self.out[f"{column.rsplit('_', 1)[0]} in an unknown unit ({record.get('unit', '')[:12]!r})"] += 1
        elif not math.isfinite(value) or value < 0:
            self.out["no number that can be read"] += 1
        else:
            self.take(how, (column, start[:10]), start, value, record.get("sourceName", ""))

    def take(self, how: str, key: tuple[str, str], start: str, value: float, source: str) -> None:
        """Add a value to its day and column."""
        if how == "sum":
            total = self.sums.setdefault(key, {}).setdefault(self.source(source), [0.0, 0.0])
            total[0] += value
            total[1] += 1
        elif how == "mean":
            mean = self.means.setdefault(key, [0.0, 0.0])
            mean[0] += value
            mean[1] += 1
        else:
            self.out["a later weighing of the same day"] += key in self.firsts
            if key not in self.firsts or start < self.firsts[key][0]:
                self.firsts[key] = (start, value)

    def unusual(self, kind: str, record: dict[str, str]) -> None:
        """Take sleep and height; count what is not stored."""
        if kind == _SLEEP:
            self.read += 1
            stage = record.get("value", "")
            begin, end = instant(record.get("startDate")), instant(record.get("endDate"))
            if not stage.startswith(_ASLEEP):
                self.out["in bed or awake, not asleep"] += 1
            elif begin is None or end is None or not 0 < (end - begin).total_seconds() <= 86_400:
                self.out["sleep without a beginning and an end that can be"] += 1
            else:
                source = self.source(record.get("sourceName", ""))
                staged = stage[len(_ASLEEP) :] in ("Core", "Deep", "REM")
                self.spells.setdefault(source, Spells()).add(begin, end, staged)
        elif kind == _SDNN:
            self.read += 1
            self.out["heart rate variability as SDNN, which is not rMSSD"] += 1
        elif kind == _HEIGHT:
            self.me["height"] = (record.get("value", ""), record.get("unit", ""))
        else:
            name = kind.removeprefix(_QUANTITY).removeprefix("HKCategoryTypeIdentifier")[:60]
            self.other[name if len(self.other) < _MANY else "others"] += 1

    def source(self, name: str) -> int:
        """Return a number for a source's name."""
        if name not in self.sources and len(self.sources) >= _MANY:
            return _MANY
        return self.sources.setdefault(name, len(self.sources))

    def is_day(self, text: str) -> bool:
        """Return whether the text is a day from 1970 to 2100."""
        if text not in self.days:
            try:
                good = 1970 <= datetime.strptime(text, "%Y-%m-%d").year <= 2100
            except ValueError:
                return False
            self.days[text] = good
        return self.days[text]


def _diary(export: _Export, athlete: str, report: ImportReport) -> pd.DataFrame:
    """Return a row a day on which anything was measured or eaten."""
    values: dict[str, dict[str, float]] = {}
    doubled = 0
    for (column, day), by_source in export.sums.items():
        total, _ = max(by_source.values())
        doubled += int(sum(n for _, n in by_source.values()) - max(by_source.values())[1])
        # A counter that was not worn writes no step; a log in which nothing was written holds nothing.
        if total > 0:
            values.setdefault(column, {})[day] = total
        else:
            export.out["a zero: nothing was counted"] += int(max(by_source.values())[1])
    for (column, day), (total, number) in export.means.items():
        values.setdefault(column, {})[day] = total / number
    for (column, day), (_, value) in export.firsts.items():
        share = column == "body_fat_pct" and value <= 1.0
        values.setdefault(column, {})[day] = 100.0 * value if share else value
    export.out["another source counts the same day"] += doubled
    slept = nights(export.spells)
    export.out.update(slept.left_out)
    if len(slept.hours):
        values["sleep_h"] = slept.hours
    diary = pd.DataFrame({c: pd.Series(by_day, dtype="float64") for c, by_day in sorted(values.items())})
    diary = diary.sort_index().rename_axis("day").reset_index()
    diary["day"] = pd.to_datetime(diary["day"].astype("str"))
    report.count("diary", export.read, export.read - sum(export.out.values()))
    for reason, number in export.out.items():
        report.leave_out("diary", reason, number)
    return empty_impossible(diary.assign(athlete_id=athlete, source="apple_health"), DIARY, report)


def _athlete(export: _Export, athlete: str, report: ImportReport) -> pd.DataFrame:
    born = export.me.get("HKCharacteristicTypeIdentifierDateOfBirth", "")[:4]
    sex = (
        export.me.get("HKCharacteristicTypeIdentifierBiologicalSex", "")
        .removeprefix("HKBiologicalSex")
        .lower()
    )
    height, unit = export.me.get("height", ("", ""))
    factor = {"cm": 1.0, "m": 100.0, "in": 2.54, "ft": 30.48}.get(unit, math.nan)
    frame = pd.DataFrame(
        {
            "athlete_id": [athlete],
            "sex": pd.Series([sex if sex in ("female", "male") else None], dtype="str"),
            "birth_year": pd.to_numeric(pd.Series([born]), errors="coerce"),
            "height_cm": factor * pd.to_numeric(pd.Series([height]), errors="coerce"),
            "source": "apple_health",
        }
    )
    report.count("athletes", 1, 1)
    return empty_impossible(frame, ATHLETES, report)
