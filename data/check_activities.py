"""Activities that are impossible or doubtful: heart rate, speed, length, energy, and clocks that went wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from .check_clocks import at_home
from .check_rules import found, number
from .check_twins import twins
from .cohort import Cohort
from .speeds import CRAWL_MPS, OTHER_MPS, RUNNING_MPS

HR_ABOVE_MAX_BPM = 5.0  # a profile's maximum is seldom exact
OVERLAP_S = 60.0
MOST_ENERGY_KCAL = 15_000


def doubtful_activities(cohort: Cohort) -> Iterator[pd.DataFrame]:
    """Yield what is hardly true of activities, as `heavylegs.data.check_rules.found` tells it."""
    rows = cohort.activities
    if rows.empty:
        return
    yield from _heart_rates(rows, cohort)
    yield from _speeds(rows)
    yield from _lengths(rows)
    energy = rows["energy_kcal"]
    yield found("activity_energy", rows, energy > MOST_ENERGY_KCAL, lambda m: number(energy[m], "kcal"))
    yield from _days(cohort)
    yield _overlaps(rows)
    twice = twins(rows)
    yield found("twin", twice, twice["hours"] > 0, lambda m: number(twice["hours"][m], "h", 1))


def _heart_rates(rows: pd.DataFrame, cohort: Cohort) -> Iterator[pd.DataFrame]:
    own = rows["athlete_id"].map(cohort.athletes.set_index("athlete_id")["hr_max_bpm"])
    mean, peak = rows["hr_mean_bpm"], rows["hr_max_bpm"]
    top = peak.fillna(mean)
    yield found(
        "heart_rate_above_maximum",
        rows,
        top > own + HR_ABOVE_MAX_BPM,
        lambda m: number(top[m], "bpm") + ", the athlete's maximum being " + number(own[m], "bpm"),
    )
    yield found(
        "heart_rate_mean_above_peak",
        rows,
        mean > peak + 0.5,
        lambda m: number(mean[m], "bpm") + " is above the highest, " + number(peak[m], "bpm"),
    )


def _speeds(rows: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield activities faster than any human, and runs at a crawl."""
    elapsed, moving, distance = (rows[c] for c in ("duration_s", "moving_time_s", "distance_m"))
    length = moving.where(moving > 0, elapsed)
    speed = distance / length.where(length > 0)
    yield found(
        "speed",
        rows,
        speed > _fastest(rows),
        lambda m: (
            rows["sport"][m] + " at " + number(speed[m], "m/s", 1) + number(distance[m], "m").radd(" over ")
        ),
    )
    crawls = (rows["sport"] == "running") & (distance > 0) & (speed < CRAWL_MPS) & ~_never_stopped(rows)
    yield found(
        "crawl",
        rows,
        crawls,
        lambda m: "a run of " + number(distance[m], "m") + number(length[m] / 60, "min").radd(" in "),
    )


def _lengths(rows: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield activities of no length, whose moving time is the longer, or whose watch was not stopped."""
    elapsed, moving = rows["duration_s"], rows["moving_time_s"]
    yield found("no_duration", rows, elapsed == 0)
    yield found(
        "moving_longer",
        rows,
        moving > elapsed * 1.01 + 2,
        lambda m: number(moving[m], "s") + ", elapsed " + number(elapsed[m], "s"),
    )
    yield found("never_stopped", rows, _never_stopped(rows), lambda m: number(elapsed[m] / 3600, "h", 1))


def _never_stopped(rows: pd.DataFrame) -> pd.Series:
    return (rows["duration_s"] > 12 * 3600) & ~(rows["distance_m"] > 20_000)


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
    return found("overlap", known, over > OVERLAP_S, lambda m: number(over[m] / 60, "min"))


def _days(cohort: Cohort) -> Iterator[pd.DataFrame]:
    """Return activities whose day is not that of their start."""
    rows = cohort.activities[cohort.activities["start_time"].notna()]
    start = rows["start_time"].dt.tz_localize(None)
    earliest, latest = ((start + pd.Timedelta(hours=h)).dt.normalize() for h in (-12, 14))
    nowhere = (rows["day"] < earliest) | (rows["day"] > latest)
    yield found("other_day", rows, nowhere, lambda m: start[m].dt.strftime("%Y-%m-%d %H:%M UTC"))
    local = at_home(rows["start_time"], rows["athlete_id"], cohort)
    abroad = local.notna() & (local.dt.normalize() != rows["day"]) & ~nowhere
    yield found("zone_day", rows, abroad, lambda m: local[m].dt.strftime("%Y-%m-%d %H:%M"))
