"""Values that are impossible or doubtful, and clocks that went wrong, each with what to do about it.

The schema refuses what can be no measurement at all (`heavylegs.data.schema`). Here is what may stand in a
table and still is hardly true.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd

from .check_gaps import training_stops
from .check_scales import scale_changes
from .check_twins import twins
from .cohort import Cohort
from .imports import stack
from .schema import DIARY

Level = Literal["impossible", "doubtful", "clock"]
Detail = Callable[[pd.Series], pd.Series]

HR_ABOVE_MAX_BPM = 5.0  # a profile's maximum is seldom exact
OVERLAP_S, YEAR_DAYS = 60.0, 365
CRAWL_MPS = 0.5  # nobody runs slower on the whole
NIGHT_PAIRS = 30  # nights with hours and a rating, below which a shift cannot be told
EPOCHS = ("1970-01-01", "1989-12-31")  # where the clocks of Unix and of FIT begin
# World records are 7.6 m/s over 1 km, 6.6 over 5 km, 5.8 over the marathon (World Athletics, 2024): the
# greatest mean speed by least distance, a little above them.
RUNNING_MPS = ((0.0, 12.5), (1_000.0, 7.8), (5_000.0, 6.8), (42_000.0, 6.0))
OTHER_MPS = {"walking": 4.5, "swimming": 2.5, "cycling": 20.0}
_DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class Rule:
    """What is wrong and what to do; ``{}`` in `what` stands for the value."""

    level: Level
    what: str
    mend: str


RULES: dict[str, Rule] = {
    "heart_rate_above_maximum": Rule(
        "doubtful", "heart rate {}", "raise the maximum in the profile, or the sensor slipped"
    ),
    "heart_rate_mean_above_peak": Rule(
        "impossible", "mean heart rate {} of the same activity", "import the activity anew"
    ),
    "speed": Rule("impossible", "{}", "check sport, distance and duration of the activity"),
    "crawl": Rule(
        "doubtful",
        "{}",
        "check the units: metres are not kilometres, minutes not seconds; or the watch was not stopped",
    ),
    "no_duration": Rule("impossible", "an activity of no length{}", "import it anew, or leave it out"),
    "moving_longer": Rule("impossible", "moving time is {}", "import the activity anew"),
    "never_stopped": Rule(
        "doubtful", "an activity of {}", "the watch was perhaps not stopped: cut the end off"
    ),
    "activity_energy": Rule(
        "doubtful", "an activity of {}", "check the unit: kilojoules are not kilocalories"
    ),
    "twin": Rule(
        "clock",
        "an activity like one of another source {} before it",
        "if it is the same, a clock or time zone was wrong: import one of the two only",
    ),
    "overlap": Rule(
        "doubtful", "an activity starts {} before another one ends", "take out the one that is wrong"
    ),
    "long_sleep": Rule(
        "doubtful", "slept {}", "correct the night, or leave it empty; a nap is not the night"
    ),
    "no_sleep": Rule("doubtful", "slept 0 h{}", "leave the night empty where it was not measured"),
    "short_sleep": Rule(
        "doubtful",
        "slept {}",
        "check the unit: hours are expected, a spreadsheet writes 7:30 as 0.31 of a day",
    ),
    "energy_intake": Rule("doubtful", "ate {}", "check the unit: kilojoules are not kilocalories"),
    "no_energy": Rule("doubtful", "ate 0 kcal{}", "leave the day empty where food was not logged"),
    "fluid": Rule("doubtful", "drank {}", "check the unit: millilitres are expected"),
    "steps": Rule("doubtful", "{} in a day", "check the day's total"),
    "mass_jump": Rule(
        "doubtful",
        "body mass goes from {} within a week",
        "correct the mass: pounds, or someone else on the scale?",
    ),
    "future": Rule("clock", "lies in the future{}", "set the device's clock, and correct the day"),
    "epoch": Rule(
        "clock", "is the day on which a clock that was never set begins{}", "give the activity its day"
    ),
    "other_day": Rule(
        "clock",
        "an activity starts at {}, nowhere on that day",
        "correct the day, or the time zone it was read with",
    ),
    "zone_day": Rule(
        "clock",
        "an activity starts at {} by the clock at home",
        "right where the athlete travelled; else correct the time zone",
    ),
    "answered_before": Rule(
        "clock", "a rating answered at {}, before its day", "check the time zone of the answers"
    ),
    "answered_late": Rule(
        "doubtful", "a rating answered {} days later", "a rating from memory: better leave it out"
    ),
    "night_shifted": Rule(
        "clock",
        "hours of sleep fit the sleep rated {} better than that of the same day",
        "a night belongs to the day of waking: import the sleep with its days shifted",
    ),
    "one_answer": Rule("doubtful", "always the same answer, {}", "ask whether the scale was understood"),
    "scale_changed": Rule(
        "doubtful", "fatigue above {} only before or since", "a new scale? import each apart"
    ),
    "training_stops": Rule(
        "doubtful",
        "no activity from {} though mornings were logged",
        "import the training of that time: such days count as rest",
    ),
    "year_gap": Rule(
        "doubtful",
        "nothing logged from {}",
        "look for the files of that time, or start a new athlete after it",
    ),
}


def findings(cohort: Cohort, today: date | None = None) -> list[dict[str, Any]]:
    """Return what is hardly true, one dict for each athlete and rule, as plain types.

    Parameters
    ----------
    today : date, optional
        The day after which nothing can have happened; default the system's.

    Returns
    -------
    list of dict
        ``athlete_id``, ``kind`` (a key of `RULES`), ``level``, ``days`` (ISO, ascending), ``text`` (a sentence
        with athlete, first day and what to do), sorted by athlete and kind.
    """
    found = stack(
        [
            *_activities(cohort),
            *_diary(cohort),
            *_ratings(cohort),
            *_days(cohort, today or date.today()),
            _stops(cohort),
            scale_changes(cohort),
        ]
    )
    if found.empty:
        return []
    found = found.sort_values(["athlete_id", "kind", "day"], kind="stable")
    return [
        _finding(str(athlete), str(kind), part)
        for (athlete, kind), part in found.groupby(["athlete_id", "kind"])
    ]


def _finding(athlete: str, kind: str, part: pd.DataFrame) -> dict[str, Any]:
    rule = RULES[kind]
    days = list(dict.fromkeys(part["day"].dt.strftime("%Y-%m-%d")))
    more = f" and {len(days) - 1} more day{'s' if len(days) > 2 else ''}" if len(days) > 1 else ""
    what = rule.what.format(part["detail"].iloc[0])
    text = f"{athlete}, {days[0]}{more}: {what}: {rule.mend}"
    return {"athlete_id": athlete, "kind": kind, "level": rule.level, "days": days, "text": text}


def _found(kind: str, rows: pd.DataFrame, mask: pd.Series, detail: Detail | None = None) -> pd.DataFrame:
    """Return athlete and day of the rows where `mask` holds, with the value that shows it.

    Parameters
    ----------
    detail : callable, optional
        Given the mask, so that values are spelt out for the rows found and no others.
    """
    held = mask.fillna(False).astype(bool)
    told = rows.loc[held, ["athlete_id", "day"]]
    shown = detail(held) if detail and len(told) else pd.Series("", told.index, dtype="str")
    return told.assign(detail=shown.astype("str"), kind=kind)


def _number(values: pd.Series, unit: str, digits: int = 0) -> pd.Series:
    return values.map(f"{{:,.{digits}f}} {unit}".format).astype("str")


def _activities(cohort: Cohort) -> Iterator[pd.DataFrame]:
    rows = cohort.activities
    if rows.empty:
        return
    own = rows["athlete_id"].map(cohort.athletes.set_index("athlete_id")["hr_max_bpm"])
    mean, peak, elapsed, moving, distance = (
        rows[c] for c in ("hr_mean_bpm", "hr_max_bpm", "duration_s", "moving_time_s", "distance_m")
    )
    top = peak.fillna(mean)
    yield _found(
        "heart_rate_above_maximum",
        rows,
        top > own + HR_ABOVE_MAX_BPM,
        lambda m: _number(top[m], "bpm") + ", the athlete's maximum being " + _number(own[m], "bpm"),
    )
    yield _found(
        "heart_rate_mean_above_peak",
        rows,
        mean > peak + 0.5,
        lambda m: _number(mean[m], "bpm") + " is above the highest, " + _number(peak[m], "bpm"),
    )
    length = moving.where(moving > 0, elapsed)
    speed = distance / length.where(length > 0)
    yield _found(
        "speed",
        rows,
        speed > _fastest(rows),
        lambda m: (
            rows["sport"][m] + " at " + _number(speed[m], "m/s", 1) + _number(distance[m], "m").radd(" over ")
        ),
    )
    idle = (elapsed > 12 * 3600) & ~(distance > 20_000)
    crawls = (rows["sport"] == "running") & (distance > 0) & (speed < CRAWL_MPS) & ~idle
    yield _found(
        "crawl",
        rows,
        crawls,
        lambda m: "a run of " + _number(distance[m], "m") + _number(length[m] / 60, "min").radd(" in "),
    )
    yield _found("no_duration", rows, elapsed == 0)
    yield _found(
        "moving_longer",
        rows,
        moving > elapsed * 1.01 + 2,
        lambda m: _number(moving[m], "s") + ", elapsed " + _number(elapsed[m], "s"),
    )
    yield _found("never_stopped", rows, idle, lambda m: _number(elapsed[m] / 3600, "h", 1))
    energy = rows["energy_kcal"]
    yield _found("activity_energy", rows, energy > 15_000, lambda m: _number(energy[m], "kcal"))
    yield from _clock(cohort)
    yield _overlaps(rows)
    twice = twins(rows)
    yield _found("twin", twice, twice["hours"] > 0, lambda m: _number(twice["hours"][m], "h", 1))


def _fastest(rows: pd.DataFrame) -> pd.Series:
    """Return the speed in m/s beyond which no human goes, for each activity; NaN where none is known."""
    limit = rows["sport"].map(OTHER_MPS)
    running = rows["sport"] == "running"
    for least, fastest in RUNNING_MPS:
        limit = limit.mask(running & (rows["distance_m"] >= least), fastest)
    return limit.astype("float64")


def _overlaps(rows: pd.DataFrame) -> pd.DataFrame:
    known = rows[rows["start_time"].notna()].sort_values(["athlete_id", "start_time"], kind="stable")
    # Adding a length in fractions of a second makes nanoseconds of it; both must count the same unit.
    end = (known["start_time"] + pd.to_timedelta(known["duration_s"].fillna(0), unit="s")).dt.as_unit("us")
    latest = end.astype("int64").groupby(known["athlete_id"]).cummax().groupby(known["athlete_id"]).shift()
    over = (latest - known["start_time"].dt.as_unit("us").astype("int64")) / 1e6
    return _found("overlap", known, over > OVERLAP_S, lambda m: _number(over[m] / 60, "min"))


def _clock(cohort: Cohort) -> Iterator[pd.DataFrame]:
    """Return activities whose day is not that of their start."""
    rows = cohort.activities[cohort.activities["start_time"].notna()]
    start = rows["start_time"].dt.tz_localize(None)
    earliest, latest = ((start + pd.Timedelta(hours=h)).dt.normalize() for h in (-12, 14))
    nowhere = (rows["day"] < earliest) | (rows["day"] > latest)
    yield _found("other_day", rows, nowhere, lambda m: start[m].dt.strftime("%Y-%m-%d %H:%M UTC"))
    local = _local(rows["start_time"], rows["athlete_id"], cohort)
    abroad = local.notna() & (local.dt.normalize() != rows["day"]) & ~nowhere
    yield _found("zone_day", rows, abroad, lambda m: local[m].dt.strftime("%Y-%m-%d %H:%M"))


def _local(instants: pd.Series, athletes: pd.Series, cohort: Cohort) -> pd.Series:
    """Return the instants by the clock of the athlete's home; NaT where the time zone is not known."""
    zone = athletes.map(cohort.athletes.set_index("athlete_id")["timezone"])
    local = pd.Series(pd.NaT, instants.index, dtype="datetime64[us]")
    for name in zone.dropna().unique():
        there = zone == name
        try:
            moved = instants[there].dt.tz_convert(str(name))
        except (KeyError, ValueError, OSError):  # no such time zone: nothing can be said
            continue
        local[there] = moved.dt.tz_localize(None)
    return local


def _diary(cohort: Cohort) -> Iterator[pd.DataFrame]:
    rows = cohort.diary
    if rows.empty:
        return
    yield _found("long_sleep", rows, rows["sleep_h"] > 16, lambda m: _number(rows["sleep_h"][m], "h", 1))
    yield _found("no_sleep", rows, rows["sleep_h"] == 0)
    short = (rows["sleep_h"] > 0) & (rows["sleep_h"] < 1)
    yield _found("short_sleep", rows, short, lambda m: _number(rows["sleep_h"][m], "h", 2))
    eaten = rows["energy_intake_kcal"]
    yield _found("energy_intake", rows, eaten > 10_000, lambda m: _number(eaten[m], "kcal"))
    yield _found("no_energy", rows, eaten == 0)
    yield _found("fluid", rows, rows["fluid_ml"] > 15_000, lambda m: _number(rows["fluid_ml"][m], "mL"))
    yield _found("steps", rows, rows["steps"] > 120_000, lambda m: _number(rows["steps"][m], "steps"))
    weighed = rows[rows["mass_kg"].notna()].sort_values(["athlete_id", "day"], kind="stable")
    before = weighed.groupby("athlete_id")[["mass_kg", "day"]].shift()
    near = (weighed["day"] - before["day"]).dt.days <= 7
    jump = near & ((weighed["mass_kg"] - before["mass_kg"]).abs() > 0.1 * before["mass_kg"])
    yield _found(
        "mass_jump",
        weighed,
        jump,
        lambda m: _number(before["mass_kg"][m], "kg", 1) + " to " + _number(weighed["mass_kg"][m], "kg", 1),
    )
    yield from _nights(rows)


def _nights(rows: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Return athletes whose hours of sleep follow the rated quality of a day before or after.

    Rated quality follows the hours of its own night. A correlation that is greater at a shift of a day, by
    2.6 standard errors of the difference of Fisher's z, tells that hours and ratings disagree on the day.
    """
    shifted = []
    for athlete, own in rows.groupby("athlete_id"):
        quality, hours = (own.set_index("day")[c] for c in ("sleep_quality_score", "sleep_h"))
        if min(quality.notna().sum(), hours.notna().sum()) < NIGHT_PAIRS:
            continue
        same, same_error = _fisher(quality, hours, 0)
        for shift, name in ((1, "a day later"), (-1, "a day earlier")):
            other, error = _fisher(quality, hours, shift)
            if other - same > 2.6 * np.hypot(same_error, error):
                shifted.append((athlete, quality.index.min(), name))
    found = pd.DataFrame(shifted, columns=["athlete_id", "day", "told"])
    yield _found("night_shifted", found, found["told"].notna(), lambda m: found["told"][m])


def _fisher(quality: pd.Series, hours: pd.Series, shift: int) -> tuple[float, float]:
    """Return Fisher's z of the correlation, and its standard error; NaN where it cannot be told."""
    pair = pd.concat([quality, hours.shift(freq=_DAY * shift)], axis=1, sort=False).dropna()
    if len(pair) < NIGHT_PAIRS or pair.std().min() < 1e-9:
        return np.nan, np.nan
    r = float(pair.iloc[:, 0].corr(pair.iloc[:, 1]))
    return float(np.arctanh(np.clip(r, -0.999, 0.999))), float(1 / np.sqrt(len(pair) - 3))


def _ratings(cohort: Cohort) -> Iterator[pd.DataFrame]:
    rows = cohort.ratings
    if rows.empty:
        return
    timed = rows[rows["answered_at"].notna()]
    home = _local(timed["answered_at"], timed["athlete_id"], cohort)
    utc = timed["answered_at"].dt.tz_localize(None)
    last = (utc + pd.Timedelta(hours=14)).where(home.isna(), home)
    at = timed["answered_at"].dt.strftime
    yield _found("answered_before", timed, last < timed["day"], lambda m: at("%Y-%m-%d %H:%M UTC")[m])
    late = (home.fillna(utc) - timed["day"]).dt.days
    yield _found("answered_late", timed, late >= 3, lambda m: late[m].astype("str"))
    answers = rows.groupby("athlete_id").agg(
        day=("day", "min"), n=("day", "size"), kinds=("fatigue", "nunique"), value=("fatigue_native", "first")
    )
    always = answers.reset_index()
    always["told"] = always["value"].map("{:g}".format) + " on all " + always["n"].astype("str") + " days"
    yield _found(
        "one_answer", always, (always["kinds"] == 1) & (always["n"] >= 14), lambda m: always["told"][m]
    )


def days_with_anything(cohort: Cohort) -> pd.DataFrame:
    """Return athlete and day of every activity, rating and diary row that tells a value of its own."""
    told = [c for c in DIARY.names if c not in (*DIARY.key, "training_logged", "source")]
    diary = cohort.diary[cohort.diary[told].notna().any(axis=1)]
    return pd.concat([frame[["athlete_id", "day"]] for frame in (cohort.activities, diary, cohort.ratings)])


def _stops(cohort: Cohort) -> pd.DataFrame:
    rows = training_stops(cohort)
    detail = rows["day"].dt.strftime("%Y-%m-%d for ") + _number(rows["days"], "days")
    return _found("training_stops", rows, rows["days"] > 0, lambda m: detail[m])


def _days(cohort: Cohort, today: date) -> Iterator[pd.DataFrame]:
    """Return days that cannot be, and years without any."""
    rows = days_with_anything(cohort).drop_duplicates().sort_values(["athlete_id", "day"], ignore_index=True)
    epoch = rows["day"].isin(pd.to_datetime(list(EPOCHS)))
    yield _found("epoch", rows, epoch)
    yield _found("future", rows, rows["day"] > pd.Timestamp(today) + _DAY)
    sound = rows[~epoch]
    before = sound.groupby("athlete_id")["day"].shift()
    missing = (sound["day"] - before).dt.days - 1
    yield _found(
        "year_gap",
        sound,
        missing >= YEAR_DAYS,
        lambda m: (before + _DAY)[m].dt.strftime("%Y-%m-%d for ") + _number(missing[m], "days"),
    )
