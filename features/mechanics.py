"""How the running was done: the start, walk breaks, descents and steps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..data.arrays import Floats
from . import windows
from .catalog import feature
from .days import ActivityValues, Days
from .effort import ON_FOOT, RUNNING, minutes, of_longest
from .hard_running import hard_part
from .measures import by_activity
from .records import RECORD_NEEDS, STRIDE_NEEDS, Records
from .thresholds import SPEED_NEEDS, threshold_speed_mps
from .windows import Values

DOWNHILL_GRADE = -0.02  # flatter ways down are no descent: our convention
WALK_MPS, WALK_SPM, WALK_BREAK_S = (0.4, 2.0), 140.0, 10.0  # m/s, steps a minute below, and for how long
MUCH_FASTER_PCT = 50.0  # splits are kept within it
THIRD_OF_HALVES = 1.5  # a fast first third from the split of the halves, see `start_pct`
EASY_START = 0.2  # how much the start of a wholly easy run counts
# Rows of `course`.
START_PCT, SPLIT_PCT, FAST_START_MIN, WALK_BREAKS, WALKED_MIN, DOWNHILL_M, STEPS = range(7)
HALVES_NEEDS = (
    *RECORD_NEEDS,
    "activities.first_half_time_s",
    "activities.duration_s",
    "activities.moving_time_s",
)


def steep_descent_m(grade: npt.ArrayLike, metres: npt.ArrayLike) -> Floats:
    """Return descent x steepness of each stretch steeper down than 2 %, 0 elsewhere.

    No standard exists; our proposal after Bontemps 2020 (10.1007/s40279-020-01355-z), who finds damage to
    grow with slope and distance.

    Parameters
    ----------
    grade : array
        Rise over distance.
    metres : array
        Distance run on it.

    Examples
    --------
    >>> steep_descent_m([-0.1, -0.01, 0.1], [1000.0, 1000.0, 1000.0]).round(6).tolist()
    [10.0, 0.0, 0.0]
    """
    i = np.asarray(grade, dtype=np.float64)
    return np.where(i < DOWNHILL_GRADE, i**2, 0.0) * np.asarray(metres, dtype=np.float64)


def split_pct(first_mps: npt.ArrayLike, rest_mps: npt.ArrayLike) -> Floats:
    """Return by how many percent the first part was faster than the rest, within +-50.

    Examples
    --------
    >>> split_pct([3.3], [3.0]).round(6).tolist()
    [10.0]
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.asarray(first_mps, dtype=np.float64) / np.asarray(rest_mps, dtype=np.float64)
    return np.clip(100.0 * (ratio - 1.0), -MUCH_FASTER_PCT, MUCH_FASTER_PCT)


def course(days: Days) -> ActivityValues:
    """Return how each recorded activity was run.

    Returns
    -------
    array of shape (7, activities)
        First third against the rest (%), positive split (%), minutes of the first third above
        threshold speed, walk breaks, minutes walked, downhill dose (m), steps.
    """
    return by_activity(days, _course, 7, days.at_activity(days.once(threshold_speed_mps)))


def _course(batch: Records, threshold: Floats) -> Floats:
    v = batch.graded_mps.astype(np.float64)
    time = np.where(np.isnan(v), 0.0, batch.seconds)
    at, whole = batch.so_far(time), batch.total(time)
    third = time * (at <= batch.spread(whole / 3))
    way, thirds = batch.total(v * time), batch.total(third)
    first = batch.total(v * third)
    start = split_pct(first / thirds, (way - first) / (whole - thirds))
    half = batch.total(time * (batch.so_far(v * time) <= batch.spread(way / 2)))
    positive = split_pct((whole - half) / half, 1.0)
    fast = batch.total((v > batch.spread(threshold)) * third) / 60.0
    fast = np.where(np.isnan(threshold), np.nan, fast)
    slow = (batch.speed_mps > WALK_MPS[0]) & (batch.speed_mps < WALK_MPS[1])
    walks, walked = batch.bouts(slow & ~(batch.cadence_spm >= WALK_SPM), WALK_BREAK_S)
    flat = batch.speed_mps.astype(np.float64) * batch.seconds
    down = batch.total(steep_descent_m(batch.grade, flat))
    down = np.where(batch.total(np.isfinite(batch.grade)) > 0, down, np.nan)
    stepping = np.isfinite(batch.cadence_spm)
    steps = batch.total(batch.cadence_spm * batch.seconds) / 60.0
    steps = np.where(batch.total(stepping * batch.seconds) > 0.5 * batch.total(batch.seconds), steps, np.nan)
    return np.stack([*np.where(whole > 0, [start, positive, fast, walks, walked], np.nan), down, steps])


def steps(days: Days) -> ActivityValues:
    """Return the steps of each activity: recorded, else counted by the device, else mean cadence x minutes."""
    recorded, counted = days.each(course)[STEPS], days.activity("steps")
    estimated = days.activity("cadence_mean_spm") * days.each(minutes)
    return np.where(~np.isnan(recorded), recorded, np.where(~np.isnan(counted), counted, estimated))


def halves_pct(days: Days) -> ActivityValues:
    """Return the positive split of each activity's summary, %, where laps tell the time of the first half."""
    first, whole = days.activity("first_half_time_s"), 60.0 * days.each(minutes)
    return np.where(first < whole, split_pct(whole - first, first), np.nan)


def start_pct(days: Days) -> ActivityValues:
    """Return by how many percent each activity's first third was faster than the rest.

    From records; else from the summary's halves: where a first third was faster by f and the rest
    even, the second half takes 2/3 f longer than the first (for f of a few percent). The level is
    taken then, and a slowing at any other time counts as one too.
    """
    recorded = days.each(course)[START_PCT]
    told = np.clip(THIRD_OF_HALVES * days.each(halves_pct), -MUCH_FASTER_PCT, MUCH_FASTER_PCT)
    return np.where(np.isnan(recorded), told, recorded)


@feature(
    "fast_start_1d_pct",
    label="first third of the run faster than the rest (easy runs count a fifth)",
    unit="%",
    factor="fast_start",
    direction=1,
    actionable=True,
    source="grade-adjusted speed of the first third of the time over the rest, above 0, at most 50 (A4); "
    "without records 1.5 x the positive split of the halves; x (0.2 + 0.8 x hard share of the run) (ours)",
    needs=HALVES_NEEDS,
    dose=True,
)
def fast_start(days: Days) -> Values:
    """Return by how many percent a run's first third was faster than the rest, the worst of the day; 0 where slower.

    A start above aerobic capacity spends carbohydrate early (A4), one that is still easy does not: it
    counts whole in a wholly hard run, a fifth in an easy one; whole where the effort is not known.
    """
    hard = np.nan_to_num(days.each(hard_part), nan=1.0)
    counted = EASY_START + (1.0 - EASY_START) * hard
    return days.per_day(np.maximum(days.each(start_pct), 0.0) * counted, RUNNING, reduce="max")


@feature(
    "positive_split_1d_pct",
    label="second half slower than the first",
    unit="%",
    factor="fast_start",
    direction=0,
    role="context",
    actionable=True,
    source="time of the second half of the grade-adjusted distance over the first, less 1; of the plain distance without records",
    needs=HALVES_NEEDS,
)
def positive_split(days: Days) -> Values:
    """Return the positive split of the day's longest run; below 0 it was a negative split."""
    recorded = days.each(course)[SPLIT_PCT]
    return of_longest(days, np.where(np.isnan(recorded), days.each(halves_pct), recorded))


@feature(
    "fast_start_minutes_1d_min",
    label="minutes faster than threshold in the first third",
    unit="min",
    factor="fast_start",
    direction=1,
    role="context",
    actionable=True,
    source="minutes of the first third above own threshold speed, grade-adjusted (A4)",
    needs=SPEED_NEEDS,
)
def fast_start_minutes(days: Days) -> Values:
    """Return the minutes above threshold speed within the first third of today's runs."""
    return days.per_day(days.each(course)[FAST_START_MIN], RUNNING)


@feature(
    "walk_breaks_1d",
    label="walk breaks",
    unit="",
    factor="metabolic_byproducts",
    direction=0,
    role="context",
    actionable=True,
    source="stretches of 10 s or more at .4-2 m/s and under 140 steps/min within runs, our definition",
    needs=STRIDE_NEEDS,
)
def walk_breaks(days: Days) -> Values:
    """Return how often today's runs were broken by walking."""
    return days.per_day(days.each(course)[WALK_BREAKS], RUNNING)


@feature(
    "walk_minutes_1d_min",
    label="minutes walked within runs",
    unit="min",
    factor="metabolic_byproducts",
    direction=0,
    role="context",
    actionable=True,
    source="minutes of the walk breaks",
    needs=STRIDE_NEEDS,
)
def walk_minutes(days: Days) -> Values:
    """Return the minutes walked within today's runs."""
    return days.per_day(days.each(course)[WALKED_MIN], RUNNING)


@feature(
    "downhill_stretches_1d_m",
    label="downhill running, stretch by stretch",
    unit="m",
    factor="muscle_damage",
    direction=1,
    role="context",
    actionable=True,
    source="sum of descent x grade over stretches steeper than 2 % down, ours after Bontemps 2020",
    needs=RECORD_NEEDS,
)
def downhill_stretches(days: Days) -> Values:
    """Return today's downhill dose on foot from records; more than the summary's, whose grade is a mean."""
    return days.per_day(days.each(course)[DOWNHILL_M], ON_FOOT)


@feature(
    "downhill_stretches_usual_28d_m",
    label="downhill stretches that the legs are used to",
    unit="m/day",
    factor="muscle_damage",
    direction=-1,
    role="context",
    source="28-day EWMA of the recorded downhill dose by yesterday: repeated bouts protect, Bontemps 2020",
    needs=RECORD_NEEDS,
)
def downhill_stretches_usual(days: Days) -> Values:
    """Return the usual recorded downhill dose a day by yesterday."""
    before = windows.lag(days.once(downhill_stretches), days.offsets, 1)
    return windows.usual(before, days.offsets, 28)


@feature(
    "downhill_stretches_unaccustomed_1d_ratio",
    label="downhill stretches against what the legs are used to",
    unit="",
    factor="muscle_damage",
    direction=1,
    role="context",
    actionable=True,
    source="recorded downhill dose / (1 m + its 28-day EWMA of the days before), ours; at most 100",
    needs=RECORD_NEEDS,
)
def downhill_stretches_unaccustomed(days: Days) -> Values:
    """Return today's recorded downhill dose over the protection of the weeks before."""
    used_to = np.nan_to_num(days.once(downhill_stretches_usual))
    return np.minimum(days.once(downhill_stretches) / (np.float32(1) + used_to), np.float32(100))


STEP_NEEDS = (
    "records.cadence_spm",
    "records.elapsed_s",
    "activities.steps",
    "activities.cadence_mean_spm",
    "activities.duration_s",
    "activities.moving_time_s",
)


@feature(
    "run_steps_1d",
    label="steps run",
    unit="steps",
    factor="muscle_damage",
    direction=1,
    role="context",
    actionable=True,
    source="steps of runs: each is an impact; mean cadence x minutes where not counted",
    needs=STEP_NEEDS,
)
def run_steps(days: Days) -> Values:
    """Return the steps of today's runs."""
    return days.per_day(days.each(steps), RUNNING)


@feature(
    "run_steps_unaccustomed_1d",
    label="steps run beyond the usual day's",
    unit="steps",
    factor="muscle_damage",
    direction=1,
    role="context",
    actionable=True,
    source="steps less their 28-day EWMA of the days before",
    needs=STEP_NEEDS,
)
def run_steps_unaccustomed(days: Days) -> Values:
    """Return today's running steps less the usual day's by yesterday."""
    today = days.once(run_steps)
    return today - windows.usual(windows.lag(today, days.offsets, 1), days.offsets, 28)
