"""TrainingPeaks: ``workouts.csv`` and ``metrics.csv`` of its export page.

Metrics are in long form (Timestamp, Type, Value). Scales, as an earlier web form of the service listed
its answers: fatigue and stress 1 none to 7 extreme, soreness 1 none to 10 extreme, sleep quality 1 horrible to
7 best, mood 1 worse than normal to 3 better, injury 1 extremely injured to 10 extremely healthy, sickness 1
extremely sick to 7 extremely healthy. An answer is written as its number or as "Very Low (2)". A word
that says the opposite of the number, or an answer beyond the scale, shows that another scale
was used: then no answer of that kind is taken.

``Pulse`` is taken as the resting heart rate, the lowest of the day; ``HRV`` as rMSSD in milliseconds;
``Stress Level`` and ``Body Battery`` are a watch's own computation and no answer.
"""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from ..imports import Imported, ImportReport
from ..schema import DIARY, FatigueScale
from .cells import parse_numbers
from .clocks import written_at
from .daily import both_legs, measured, one_a_day, rating_table, read_export, tell_unknown_sports
from .tabular import Progress, numbered, silent
from .text import Delimited

FATIGUE = FatigueScale(1, 7, direction=1)
_WORKOUTS = ("WorkoutDay", "WorkoutType", "TimeTotalInHours")
_METRICS = ("Timestamp", "Type", "Value")
# metric's type: (canonical column, factor, which of a day's values)
_MEASURED: dict[str, tuple[str, float, str]] = {
    "pulse": ("resting_hr_bpm", 1, "min"),
    "hrv": ("hrv_rmssd_ms", 1, "last"),
    "sleep hours": ("sleep_h", 1, "max"),
    "weight kilograms": ("mass_kg", 1, "last"),
    "weight pounds": ("mass_kg", 0.45359237, "last"),
    "percent fat": ("body_fat_pct", 1, "last"),
    "body fat": ("body_fat_pct", 1, "last"),
    "steps": ("steps", 1, "max"),
    "water consumption": ("fluid_ml", 1, "max"),
}
# metric's type: (canonical column, greatest answer, whether a higher answer is a higher score)
_ANSWERED: dict[str, tuple[str, float, bool]] = {
    "fatigue": ("fatigue", 7, True),
    "soreness": ("soreness_score", 10, True),
    "stress": ("stress_score", 7, True),
    "sleep quality": ("sleep_quality_score", 7, True),
    "mood": ("mood_score", 3, True),
    "injury": ("injury", 10, False),
    "sickness": ("illness", 7, False),
}
_UNWELL = {"injury": 4, "sickness": 4}  # the greatest answer that still tells of one
_LOW = re.compile(r"\b(none|low|horrible|poor|bad|worse)\b")
_HIGH = re.compile(r"\b(high|extreme|best|better|good)\b")
_ANSWER = re.compile(r"(?:(.*?)\s*\()?\s*(\d+(?:[.,]\d+)?)\s*\)?")
# canonical column: (heading, least, greatest, factor)
_SESSION: dict[str, tuple[str, float, float, float]] = {
    "duration_s": ("TimeTotalInHours", 0, 604_800, 3600),
    "distance_m": ("DistanceInMeters", 0, 1_000_000, 1),
    "ascent_m": ("ElevationGain", 0, 30_000, 1),
    "hr_mean_bpm": ("HeartRateAverage", 25, 240, 1),
    "hr_max_bpm": ("HeartRateMax", 25, 250, 1),
    "cadence_mean_spm": ("CadenceAverage", 0, 300, 1),
    "energy_kcal": ("Calories", 0, 50_000, 1),
    "session_rpe": ("Rpe", 0, 10, 1),
}
_SPORT = {
    "run": "running",
    "bike": "cycling",
    "mtb": "cycling",
    "swim": "swimming",
    "walk": "walking",
    "hike": "walking",
    "strength": "strength",
}
_SOURCE = "trainingpeaks"


def read_trainingpeaks(path: Path, progress: Progress = silent, *, athlete: str) -> Imported:
    """Read ``workouts.csv`` or ``metrics.csv``, told apart by their headings.

    Parameters
    ----------
    path : Path
        The CSV file.
    progress : callable, optional
        Called as ``progress(done, total, file)``.
    athlete : str
        Whose it is; titles, descriptions and comments are not kept.

    Returns
    -------
    Imported
        Activities; or diary and ratings.

    Raises
    ------
    InputError
        A file of neither kind, or none that can be read.
    """
    return read_export(path, _SOURCE, progress, partial(_tables, athlete))


def _tables(athlete: str, sheet: Delimited, report: ImportReport) -> tuple[str, dict[str, pd.DataFrame]]:
    if sheet.has(*_WORKOUTS):
        return "activities", {"activities": _workouts(sheet, athlete, report)}
    if sheet.has(*_METRICS):
        return "diary", _metrics(sheet, athlete, report)
    raise sheet.refuse(
        "is neither workouts.csv nor metrics.csv of TrainingPeaks",
        mend=f"one has {', '.join(_WORKOUTS)}, the other {', '.join(_METRICS)}",
    )


def _workouts(sheet: Delimited, athlete: str, report: ImportReport) -> pd.DataFrame:
    day = sheet.days("WorkoutDay")
    frame = pd.DataFrame({"athlete_id": athlete, "day": day})
    kind = sheet.cells("WorkoutType").str.casefold()
    frame["sport"] = kind.map(_SPORT).fillna("other")
    for column, (heading, low, high, factor) in _SESSION.items():
        # The form writes 0 for what was not recorded.
        frame[column] = measured(sheet, heading, low, high, factor)
    frame["cadence_mean_spm"] = both_legs(frame["cadence_mean_spm"], frame["sport"], report)
    frame["source"] = _SOURCE
    done = frame[["duration_s", "distance_m", "session_rpe"]].notna().any(axis=1)
    rest = kind.isin(["day off", "rest day"])
    kept = day.notna() & done & ~rest
    tell_unknown_sports(kind[kept & (kind != "") & ~kind.isin(list(_SPORT))], report)
    report.count("activities", len(frame), int(kept.sum()))
    for reason, where in (
        ("the day cannot be read", day.isna()),
        ("a day off", day.notna() & rest),
        ("planned, not done", day.notna() & ~rest & ~done),
    ):
        report.leave_out("activities", reason, int(where.sum()), sheet.example(where))
    report.note("workouts.csv tells the day and no time: activities have no start_time")
    left = sheet.unused(["Title", *_WORKOUTS, *(h for h, *_ in _SESSION.values())])
    if left:
        report.note(f"columns left out: {', '.join(left)} (plans, comments, power, computed loads)")
    frame = frame[kept]
    stamp = frame["day"].dt.strftime("%Y%m%d") + "-" + frame["sport"]
    frame["activity_id"] = numbered(f"{athlete}-trainingpeaks-" + stamp)
    return frame


def _metrics(sheet: Delimited, athlete: str, report: ImportReport) -> dict[str, pd.DataFrame]:
    day = sheet.days("Timestamp")
    frame = pd.DataFrame({"day": day, "time": written_at(sheet.cells("Timestamp"), day)})
    frame["type"] = sheet.cells("Type").str.casefold().str.replace(r"\s+", " ", regex=True)
    frame["value"] = sheet.cells("Value")
    dated = frame["day"].notna()
    frame = frame.sort_values("time", kind="stable")
    columns: dict[str, pd.Series] = {}
    for kind, (column, factor, which) in _MEASURED.items():
        values = _measured(sheet, frame[(frame["type"] == kind) & frame["day"].notna()], column, factor)
        if len(values):
            daily = values.groupby(level=0).agg(which)
            columns[column] = daily.combine_first(columns[column]) if column in columns else daily
    ratings = rating_table(athlete, frame["day"][:0], parse_numbers(frame["value"][:0]), FATIGUE, _SOURCE)
    for kind, (column, most, rising) in _ANSWERED.items():
        rows = frame[(frame["type"] == kind) & frame["day"].notna()]
        answers = _answers(sheet, rows, kind, most, rising, report)
        if kind == "fatigue":
            ratings = _ratings(sheet, athlete, rows["day"], answers, report)
        elif answers.notna().any():
            columns[column] = _by_day(rows["day"], _score(kind, answers, most))
    known = frame["type"].isin([*_MEASURED, *_ANSWERED])
    _count(sheet, frame.sort_index(), dated, known.sort_index(), report)
    diary = pd.DataFrame(columns).rename_axis("day").reset_index()
    return {"diary": diary.assign(athlete_id=athlete, source=_SOURCE), "ratings": ratings}


def _count(
    sheet: Delimited, frame: pd.DataFrame, dated: pd.Series, known: pd.Series, report: ImportReport
) -> None:
    """Count every row of the file: those of fatigue under ratings (by `_ratings`), all others under diary."""
    other = frame["type"] != "fatigue"
    report.count("diary", int(other.sum()), int((other & dated & known).sum()))
    report.leave_out(
        "diary", "the day cannot be read", int((other & ~dated).sum()), sheet.example(other & ~dated)
    )
    for kind in sorted(set(frame["type"][dated & ~known])):
        where = dated & ~known & (frame["type"] == kind)
        report.leave_out("diary", f"metric {kind!r} is not used", int(where.sum()), sheet.example(where))
    undated = ~other & ~dated
    report.count("ratings", int(undated.sum()), 0)
    report.leave_out("ratings", "the day cannot be read", int(undated.sum()), sheet.example(undated))


def _measured(sheet: Delimited, rows: pd.DataFrame, column: str, factor: float) -> pd.Series:
    """Return one type's values indexed by day; what is no number or impossible is emptied and counted."""
    values = parse_numbers(rows["value"], sheet.decimal) * factor
    sheet.empty(f"metric for {column}", "not a number", values.isna() & (rows["value"] != ""))
    values = values.where(values != 0)  # not measured, as no one sleeps, walks or drinks nothing
    limits = DIARY.column(column)
    wrong = (values < (limits.low or 0)) | (values > (limits.high or np.inf))
    sheet.empty(f"metric for {column}", "impossible", wrong)
    kept = values.notna() & ~wrong
    return pd.Series(values[kept].to_numpy(), index=pd.DatetimeIndex(rows["day"][kept]))


def _answers(
    sheet: Delimited, rows: pd.DataFrame, kind: str, most: float, rising: bool, report: ImportReport
) -> pd.Series:
    """Return the numbers of one item's answers; all absent where they are of another scale."""
    pairs = [_answer(text) for text in rows["value"]]
    values = pd.Series([number for _, number in pairs], index=rows.index, dtype="float64")
    sheet.empty(f"metric {kind!r}", "no answer with a number", values.isna() & (rows["value"] != ""))
    middle = (1 + most) / 2
    opposite = [
        rising
        and (
            (_LOW.search(word) and n > middle)
            or (_HIGH.search(word) and not _LOW.search(word) and n < middle)
        )
        for word, n in pairs
    ]
    foreign = (
        (values < 1)
        | (values > most)
        | pd.Series([bool(o) for o in opposite], index=rows.index, dtype="bool")
    )
    if foreign.any():
        line = int(rows.index[foreign.to_numpy()][0])
        report.note(
            f"metric {kind!r}: {rows['value'][line]!r} ({sheet.path.name}, line {line}) does not fit the scale 1-{most:g} "
            f"that is known of it, so none of its {len(rows)} answers is taken"
        )
        return pd.Series(np.nan, index=values.index)
    return values


def _answer(text: str) -> tuple[str, float]:
    match = _ANSWER.fullmatch(text)
    if not match:
        return "", np.nan
    return (match.group(1) or "").casefold(), float(match.group(2).replace(",", "."))


def _score(kind: str, answers: pd.Series, most: float) -> pd.Series:
    if kind in _UNWELL:
        return (answers <= _UNWELL[kind]).astype("float64").where(answers.notna())
    return pd.Series(FatigueScale(1, most, 1).to_canonical(answers.to_numpy()), index=answers.index)


def _by_day(day: pd.Series, values: pd.Series) -> pd.Series:
    """Return the first answer of each day."""
    kept = values.notna()
    return pd.Series(values[kept].to_numpy(), index=pd.DatetimeIndex(day[kept])).groupby(level=0).first()


def _ratings(
    sheet: Delimited, athlete: str, day: pd.Series, native: pd.Series, report: ImportReport
) -> pd.DataFrame:
    kept = one_a_day(sheet, day, native.notna(), report, "ratings", "no answer on the scale 1-7", last=False)
    return rating_table(athlete, day[kept], native[kept], FATIGUE, _SOURCE)
