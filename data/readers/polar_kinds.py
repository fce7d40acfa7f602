"""The kinds of record in Polar Flow's account export: how each is told apart, and what is taken from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from .json_records import Days, Kind, Record, above_zero, has, has_any, number
from .polar_values import clock_time, length_s, list_of, record_of

_WEIGHT, _HEIGHT = "weight, kg", "height, cm"
_SLEPT = ("SLEPT_BAD", "SLEPT_QUITE_BAD", "SLEPT_NEITHER_BAD_NOR_WELL", "SLEPT_QUITE_WELL", "SLEPT_WELL")
_SEXES = {"FEMALE": "female", "MALE": "male"}


@dataclass
class Found(Days):
    """What has been read so far.

    Parameters
    ----------
    wakings : dict of night to day
        On which day the nights ended of which sleep tells.
    recoveries : list of (night, column, value)
        Measures of nights whose end only the sleep tells.
    athlete : dict
        Canonical columns of the person.
    """

    wakings: dict[pd.Timestamp, pd.Timestamp] = field(default_factory=dict)
    recoveries: list[tuple[pd.Timestamp, str, float]] = field(default_factory=list)
    athlete: dict[str, Any] = field(default_factory=dict)

    def size(self) -> int:
        """Return how much has been read."""
        return super().size() + len(self.recoveries) + len(self.athlete)

    def settle(self) -> None:
        """Put the measures of nights on the days of waking; of a night without sleep, its date is that day."""
        for night, column, value in self.recoveries:
            self.add(self.wakings.get(night, night), column, value)
        self.recoveries.clear()


def _day(value: object) -> pd.Timestamp | None:
    """Return the day that a date or a time is on, by its own clock."""
    time = clock_time(value)
    return None if time is None else pd.Timestamp(time.year, time.month, time.day)


def _sleep(record: Record, found: Found) -> None:
    slept = record_of(record_of(record.get("sleepResult")).get("hypnogram"))
    night, day = _day(record.get("night")), _day(slept.get("sleepEnd"))
    if day is None:
        day = night
    elif night is not None:
        found.wakings[night] = day
        if night != day:
            found.notes["nights put on the local day on which they ended, not on the date of the night"] += 1
    asleep = length_s(record_of(record.get("evaluation")).get("asleepDuration"))
    found.add(day, "sleep_h", asleep / 3600.0 if asleep else None)
    rating = str(slept.get("rating") or "UNKNOWN")
    if rating not in (*_SLEPT, "UNKNOWN"):
        found.notes[
            f"own ratings of the night in words that are not known ({rating[:30]!r}), left empty"
        ] += 1
    found.add(day, "sleep_quality_score", 2.5 * _SLEPT.index(rating) if rating in _SLEPT else None)


def _recovery(record: Record, found: Found) -> None:
    night = _day(record.get("night")) or _day(record.get("sleepResultDate"))
    beat_ms = above_zero(record.get("meanNightlyRecoveryRri"))
    measures = {
        "hrv_rmssd_ms": above_zero(record.get("meanNightlyRecoveryRmssd")),
        "night_hr_bpm": None if beat_ms is None else 60_000.0 / beat_ms,
    }
    if night is not None:
        found.recoveries += [(night, column, v) for column, v in measures.items() if v is not None]
    if has_any("ansStatus", "ansRate", "recoveryIndicator")(record):
        found.notes["vendor score, not stored: ANS charge and nightly recharge status"] += 1


def _activity(record: Record, found: Found) -> None:
    day, summary = _day(record.get("date")), record_of(record.get("summary"))
    steps = number(summary.get("stepCount"))
    if not steps:
        found.notes["days without a step taken as not worn"] += 1
    found.add(day, "steps", steps if steps else None)


def _calendar(record: Record, found: Found) -> None:
    """Take each weighing, and each change of the weight that the profile held."""
    for entry in map(record_of, list_of(record.get("weights"))):
        found.add(_day(entry.get("date")), "mass_kg", above_zero(entry.get("weight")))
    held: float | None = None
    told = sorted(
        map(record_of, list_of(record.get("physicalInformations"))), key=lambda e: str(e.get("dateTime"))
    )
    for entry in told:
        mass = above_zero(entry.get(_WEIGHT))
        if mass is not None and mass != held:
            held = mass
            found.add(_day(entry.get("dateTime")), "mass_kg", mass, order=1.0)


def _account(record: Record, found: Found) -> None:
    body = record_of(record.get("physicalInformation"))
    born = clock_time(body.get("birthday"))
    told = {
        "sex": _SEXES.get(str(body.get("sex"))),
        "birth_year": None if born is None else float(born.year),
        "height_cm": above_zero(body.get(_HEIGHT)),
        "mass_kg": above_zero(body.get(_WEIGHT)),
    }
    found.athlete |= {column: value for column, value in told.items() if value is not None}


KINDS: tuple[Kind[Found], ...] = (
    Kind("not stored here: a training session under another name, which `heavylegs import activities` reads", has("startTime", "stopTime")),
    Kind("sleep", lambda r: "night" in r and has_any("evaluation", "sleepResult")(r), _sleep),
    Kind("vendor score, not stored: sleep score", has_any("sleepScoreResult")),
    Kind("nightly recovery", has_any("meanNightlyRecoveryRri", "meanNightlyRecoveryRmssd"), _recovery),
    Kind("a day's activity", lambda r: "date" in r and has_any("summary", "samples")(r), _activity),
    Kind("weights", has_any("physicalInformations", "weights"), _calendar),
    Kind("the account", has("physicalInformation", "exportVersion"), _account),
)  # fmt: skip
