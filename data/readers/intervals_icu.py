"""intervals.icu: the wellness and the activities CSV of its settings page, and dumps of its API as CSV.

What the files do not say, and how it is taken here:

- The scales run 1-4 and a 0 means "cleared". Several programs that write to the service name the steps alike:
  fatigue, soreness and stress 1 low, 2 average, 3 high, 4 extreme; mood 1 great to 4 grumpy; sleep quality 1 great
  to 4 poor; injury 1 none, 2 niggle, 3 poor, 4 injured. The vendor's own page was not at hand to confirm it.
- ``sleepSecs`` is seconds, ``hydrationVolume`` litres, ``weight`` kilograms, ``hrv`` rMSSD in milliseconds.
  A watch that is connected may fill ``sleepQuality`` by itself.
- Activities are in metres and seconds; cadence of walks and runs is that of one leg, so it is doubled below 130.
- ``icu_fatigue``, ``ctl``, ``atl`` and ``readiness`` are computed: no rating is made of them.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pandas as pd

from ..imports import Imported, ImportReport
from ..schema import FatigueScale
from .daily import (
    both_legs,
    in_zone,
    measured,
    one_a_day,
    rating_table,
    read_export,
    shoe_ids,
    tell_unknown_sports,
)
from .tabular import NOT_MEASURED, Progress, silent
from .text import Delimited

SCALE = FatigueScale(1, 4, direction=1)
_LITRES = 25.0
_WELLNESS = {"restingHR", "hrv", "sleepSecs", "soreness", "fatigue", "weight"}
_ACTIVITIES = ("start_date_local", "type", "moving_time")
# canonical column: (heading, least, greatest, factor)
_MEASURED: dict[str, tuple[str, float, float, float]] = {
    "sleep_h": ("sleepSecs", 0, 24, 1 / 3600),
    "night_hr_bpm": ("avgSleepingHR", 25, 140, 1),
    "hrv_rmssd_ms": ("hrv", 1, 400, 1),
    "resting_hr_bpm": ("restingHR", 25, 120, 1),
    "steps": ("steps", 0, 300_000, 1),
    "mass_kg": ("weight", 25, 250, 1),
    "body_fat_pct": ("bodyFat", 2, 70, 1),
    "energy_intake_kcal": ("kcalConsumed", 0, 15_000, 1),
    "carbohydrate_g": ("carbohydrates", 0, 2_500, 1),
    "protein_g": ("protein", 0, 1_000, 1),
    "fat_g": ("fatTotal", 0, 1_000, 1),
    "fluid_ml": ("hydrationVolume", 0, _LITRES * 1000, 1000),
}
_WORST = {"soreness_score": "soreness", "stress_score": "stress"}
_BEST = {"mood_score": "mood", "sleep_quality_score": "sleepQuality"}
# canonical column: (heading, least, greatest)
_SESSION: dict[str, tuple[str, float, float]] = {
    "duration_s": ("elapsed_time", 0, 604_800),
    "moving_time_s": ("moving_time", 0, 604_800),
    "distance_m": ("distance", 0, 1_000_000),
    "ascent_m": ("total_elevation_gain", 0, 30_000),
    "hr_mean_bpm": ("average_heartrate", 25, 240),
    "hr_max_bpm": ("max_heartrate", 25, 250),
    "cadence_mean_spm": ("average_cadence", 0, 300),
    "energy_kcal": ("calories", 0, 50_000),
    "session_rpe": ("icu_rpe", 0, 10),
}
_SPORTS = {
    "running": ("run", "virtualrun", "trailrun", "treadmill"),
    "walking": ("walk", "hike", "snowshoe"),
    "cycling": (
        "ride",
        "virtualride",
        "gravelride",
        "mountainbikeride",
        "ebikeride",
        "emountainbikeride",
        "handcycle",
    ),
    "swimming": ("swim", "openwaterswim"),
    "strength": ("weighttraining", "crossfit", "workout"),
    "football": ("soccer",),
}
_SPORT = {name: sport for sport, names in _SPORTS.items() for name in names}


def read_intervals_icu(path: Path, progress: Progress = silent, *, athlete: str) -> Imported:
    """Read a wellness or an activities CSV of intervals.icu, told apart by their headings.

    Parameters
    ----------
    path : Path
        The CSV file.
    progress : callable, optional
        Called as ``progress(done, total, file)``.
    athlete : str
        Whose it is; the account's own id, names, notes and comments are not kept.

    Returns
    -------
    Imported
        Diary and ratings (scale 1-4, higher = more tired), or activities. A file with nothing but a heading
        gives empty tables and a note.

    Raises
    ------
    InputError
        A file of neither kind, or none that can be read.
    """
    return read_export(path, "intervals_icu", progress, partial(_tables, athlete))


def _tables(athlete: str, sheet: Delimited, report: ImportReport) -> tuple[str, dict[str, pd.DataFrame]]:
    if sheet.has(*_ACTIVITIES):
        return "activities", {"activities": _activities(sheet, athlete, report)}
    if (sheet.has("date") or sheet.has("id")) and sum(map(sheet.has, _WELLNESS)) >= 3:
        return "diary", _wellness(sheet, athlete, report)
    raise sheet.refuse(
        "is neither a wellness nor an activities CSV of intervals.icu",
        mend=f"one has {', '.join(_ACTIVITIES)}, the other date, restingHR, hrv, sleepSecs, ...",
    )


def _wellness(sheet: Delimited, athlete: str, report: ImportReport) -> dict[str, pd.DataFrame]:
    day = sheet.days("date" if sheet.has("date") else "id")
    diary = pd.DataFrame({"athlete_id": athlete, "day": day})
    for column, (heading, low, high, factor) in _MEASURED.items():
        # A watch or a form writes 0 for "not measured": a day without a step, a bite or a drop was not logged.
        diary[column] = measured(sheet, heading, low, high, factor)
    for column, heading in {**_WORST, **_BEST}.items():
        score = SCALE.to_canonical(_answers(sheet, heading).to_numpy())
        diary[column] = score if column in _WORST else 10.0 - score
    hurt = _answers(sheet, "injury")
    diary["injury"] = (hurt >= 3).astype("float64").where(hurt.notna())
    diary["source"] = "intervals_icu"
    native = _answers(sheet, "fatigue")
    told = diary.drop(columns=["athlete_id", "day", "source"]).notna().any(axis=1)
    kept = one_a_day(sheet, day, told, report, "diary", "nothing of it is used here")
    rated = one_a_day(sheet, day, native.notna(), report, "ratings", "fatigue not answered")
    ratings = rating_table(athlete, day[rated], native[rated], SCALE, "intervals_icu")
    left = sheet.unused(
        [
            "date",
            "id",
            "fatigue",
            "injury",
            *_WORST.values(),
            *_BEST.values(),
            *(h for h, *_ in _MEASURED.values()),
        ]
    )
    if left:
        report.note(f"columns left out: {', '.join(left)} (computed, private, or of no sure unit)")
    return {"diary": diary[kept], "ratings": ratings}


def _answers(sheet: Delimited, heading: str) -> pd.Series:
    """Return the answers to one 1-4 item, NaN where it was not answered or cleared (0)."""
    values = sheet.numbers(heading, 0, 4)
    return values.where(values >= 1)


def _activities(sheet: Delimited, athlete: str, report: ImportReport) -> pd.DataFrame:
    local = _clock(sheet.cells("start_date_local"))
    frame = pd.DataFrame(
        {"athlete_id": athlete, "day": local.dt.normalize(), "start_time": _start(sheet, local)}
    )
    kind = sheet.cells("type").str.casefold().str.replace(r"[^a-z]", "", regex=True)
    frame["sport"] = kind.map(_SPORT).fillna("other")
    written = sheet.cells("type")
    tell_unknown_sports(written[(written != "") & ~kind.isin(list(_SPORT))], report)
    for column, (heading, low, high) in _SESSION.items():
        frame[column] = sheet.numbers(heading, low, high)
    for column in (
        *NOT_MEASURED,
        "hr_mean_bpm",
        "hr_max_bpm",
        "cadence_mean_spm",
        "session_rpe",
        "energy_kcal",
    ):
        frame[column] = frame[column].where(frame[column] != 0)
    frame["cadence_mean_spm"] = both_legs(frame["cadence_mean_spm"], frame["sport"], report)
    frame["shoe_id"] = shoe_ids(sheet.cells("gear")).where(frame["sport"].isin(["running", "walking"]))
    frame["source"] = "intervals_icu"
    stamp = local.dt.strftime("%Y%m%dT%H%M%S")
    frame["activity_id"] = f"{athlete}-intervals-" + stamp
    dated = local.notna()
    twice = frame["activity_id"].where(dated).duplicated(keep="last") & dated
    kept = dated & ~twice
    report.count("activities", len(frame), int(kept.sum()))
    report.leave_out("activities", "no start time", int((~dated).sum()), sheet.example(~dated))
    report.leave_out(
        "activities", "another row starts the same second", int(twice.sum()), sheet.example(twice)
    )
    return frame[kept]


def _clock(cells: pd.Series) -> pd.Series:
    bare = cells.str.replace(r"(Z|[-+]\d{2}:?\d{2})$", "", regex=True)
    return pd.to_datetime(bare, format="ISO8601", errors="coerce").astype("datetime64[us]")


def _start(sheet: Delimited, local: pd.Series) -> pd.Series:
    """Return starts in UTC: ``start_date`` where it is there, else local time in the row's own time zone."""
    start = pd.to_datetime(sheet.cells("start_date"), format="ISO8601", utc=True, errors="coerce")
    for zone in sheet.cells("timezone")[start.isna()].unique():
        where = start.isna() & (sheet.cells("timezone") == zone) & local.notna()
        if zone and where.any():
            start = start.where(~where, in_zone(local.where(where), zone))
    return start.astype("datetime64[us, UTC]")
