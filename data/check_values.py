"""Values that are impossible or doubtful, and clocks that went wrong, each with what to do about it.

The schema refuses what can be no measurement at all (`heavylegs.data.schema`). Here is what may stand in a
table and still is hardly true.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from .check_activities import doubtful_activities
from .check_clocks import at_home
from .check_gaps import training_stops
from .check_rules import RULES, found, number
from .check_scales import scale_changes, scales_told
from .cohort import Cohort
from .imports import stack
from .names import counted

YEAR_DAYS = 365
NIGHT_PAIRS = 30  # nights with hours and a rating, below which a shift cannot be told
EPOCHS = ("1970-01-01", "1989-12-31")  # where the clocks of Unix and of FIT begin
_DAY = pd.Timedelta(days=1)


def findings(cohort: Cohort, today: date | None = None) -> list[dict[str, Any]]:
    """Return what is hardly true, one dict for each athlete and rule, as plain types.

    Parameters
    ----------
    today : date, optional
        The day after which nothing can have happened; default the system's.

    Returns
    -------
    list of dict
        ``athlete_id``, ``kind`` (a key of `heavylegs.data.check_rules.RULES`), ``level``, ``days`` (ISO, ascending),
        ``text`` (a sentence with athlete, first day and what to do), sorted by athlete and kind.
    """
    told = stack(
        [
            *doubtful_activities(cohort),
            *_diary(cohort),
            *_ratings(cohort),
            *_days(cohort, today or date.today()),
            _stops(cohort),
            scale_changes(cohort),
            scales_told(cohort),
        ]
    )
    if told.empty:
        return []
    told = told.sort_values(["athlete_id", "kind", "day"], kind="stable")
    return [
        _finding(str(athlete), str(kind), part)
        for (athlete, kind), part in told.groupby(["athlete_id", "kind"])
    ]


def _finding(athlete: str, kind: str, part: pd.DataFrame) -> dict[str, Any]:
    rule = RULES[kind]
    days = list(dict.fromkeys(part["day"].dt.strftime("%Y-%m-%d")))
    more = f" and {counted(len(days) - 1, 'more day')}" if len(days) > 1 else ""
    what = rule.what.format(part["detail"].iloc[0])
    text = f"{athlete}, {days[0]}{more}: {what}: {rule.mend}"
    return {"athlete_id": athlete, "kind": kind, "level": rule.level, "days": days, "text": text}


def _diary(cohort: Cohort) -> Iterator[pd.DataFrame]:
    rows = cohort.diary
    if rows.empty:
        return
    yield found("long_sleep", rows, rows["sleep_h"] > 16, lambda m: number(rows["sleep_h"][m], "h", 1))
    yield found("no_sleep", rows, rows["sleep_h"] == 0)
    short = (rows["sleep_h"] > 0) & (rows["sleep_h"] < 1)
    yield found("short_sleep", rows, short, lambda m: number(rows["sleep_h"][m], "h", 2))
    eaten = rows["energy_intake_kcal"]
    yield found("energy_intake", rows, eaten > 10_000, lambda m: number(eaten[m], "kcal"))
    yield found("no_energy", rows, eaten == 0)
    yield found("fluid", rows, rows["fluid_ml"] > 15_000, lambda m: number(rows["fluid_ml"][m], "mL"))
    yield found("steps", rows, rows["steps"] > 120_000, lambda m: number(rows["steps"][m], "steps"))
    weighed = rows[rows["mass_kg"].notna()].sort_values(["athlete_id", "day"], kind="stable")
    before = weighed.groupby("athlete_id")[["mass_kg", "day"]].shift()
    near = (weighed["day"] - before["day"]).dt.days <= 7
    jump = near & ((weighed["mass_kg"] - before["mass_kg"]).abs() > 0.1 * before["mass_kg"])
    yield found(
        "mass_jump",
        weighed,
        jump,
        lambda m: number(before["mass_kg"][m], "kg", 1) + " to " + number(weighed["mass_kg"][m], "kg", 1),
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
    rows = pd.DataFrame(shifted, columns=["athlete_id", "day", "told"])
    yield found("night_shifted", rows, rows["told"].notna(), lambda m: rows["told"][m])


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
    home = at_home(timed["answered_at"], timed["athlete_id"], cohort)
    utc = timed["answered_at"].dt.tz_localize(None)
    last = (utc + pd.Timedelta(hours=14)).where(home.isna(), home)
    at = timed["answered_at"].dt.strftime
    yield found("answered_before", timed, last < timed["day"], lambda m: at("%Y-%m-%d %H:%M UTC")[m])
    late = (home.fillna(utc) - timed["day"]).dt.days
    yield found("answered_late", timed, late >= 3, lambda m: late[m].astype("str"))
    answers = rows.groupby("athlete_id").agg(
        day=("day", "min"), n=("day", "size"), kinds=("fatigue", "nunique"), value=("fatigue_native", "first")
    )
    always = answers.reset_index()
    always["told"] = always["value"].map("{:g}".format) + " on all " + always["n"].astype("str") + " days"
    yield found(
        "one_answer", always, (always["kinds"] == 1) & (always["n"] >= 14), lambda m: always["told"][m]
    )


def _stops(cohort: Cohort) -> pd.DataFrame:
    rows = training_stops(cohort)
    detail = rows["day"].dt.strftime("%Y-%m-%d for ") + number(rows["days"], "days")
    return found("training_stops", rows, rows["days"] > 0, lambda m: detail[m])


def _days(cohort: Cohort, today: date) -> Iterator[pd.DataFrame]:
    """Return days that cannot be, and years without any."""
    rows = cohort.days_told().drop_duplicates().sort_values(["athlete_id", "day"], ignore_index=True)
    epoch = rows["day"].isin(pd.to_datetime(list(EPOCHS)))
    yield found("epoch", rows, epoch)
    yield found("future", rows, rows["day"] > pd.Timestamp(today) + _DAY)
    sound = rows[~epoch]
    before = sound.groupby("athlete_id")["day"].shift()
    missing = (sound["day"] - before).dt.days - 1
    yield found(
        "year_gap",
        sound,
        missing >= YEAR_DAYS,
        lambda m: (before + _DAY)[m].dt.strftime("%Y-%m-%d for ") + number(missing[m], "days"),
    )
