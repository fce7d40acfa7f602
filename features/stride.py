"""Stride against own usual: cadence, step length, ground contact and oscillation at that speed and grade.

Stride is judged against the athlete's own regression on speed and grade over earlier days, never
raw: cadence and step length follow speed, and people differ (Anderson 2022, 10.1186/s40798-022-00504-0).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..data.arrays import Floats
from . import windows
from .catalog import feature
from .days import ActivityValues, Days
from .effort import RUNNING, STEEPEST_GRADE, minutes, of_longest
from .measures import by_activity
from .records import STRIDE_NEEDS, Records
from .windows import Values

STRIDE_MPS, STRIDE_SPM = 1.5, 120.0  # slower or of fewer steps it is no running
LEFT = 0.5  # of a day's dose, the next day
USUAL_MPS = 3.0  # where regressions are centred
PRIOR_SHARE = 0.02  # of the weight, holds a slope near 0 until speed has varied
PRIOR_SPEED_SD, PRIOR_GRADE_SD = 0.5, 0.03  # m/s, and rise over distance: what slopes of 0 are held by
LEAST_RUNS, LEAST_MINUTES = 5, 60.0  # on earlier days, before anything is usual
STRIDES = ("cadence_spm", "step_m", "stance_ms", "oscillation_mm")
CADENCE_NEEDS = (
    *STRIDE_NEEDS,
    "activities.cadence_mean_spm",
    "activities.distance_m",
    "activities.duration_s",
    "activities.moving_time_s",
    "activities.ascent_m",
)


def stride_moments(days: Days) -> ActivityValues:
    """Return the sums over each run's records that regressions of the four `STRIDES` need.

    Returns
    -------
    array of shape (36, activities)
        Nine a stride measure: minutes, and sums of v, g, vv, vg, gg, y, vy, gy weighed by minutes.
    """
    return by_activity(days, _stride_moments, 9 * len(STRIDES))


def _stride_moments(batch: Records) -> Floats:
    v, g = batch.speed_mps.astype(np.float64), np.nan_to_num(batch.grade.astype(np.float64))
    spm = batch.cadence_spm.astype(np.float64)
    runs = (v > STRIDE_MPS) & (spm > STRIDE_SPM)
    measures = (spm, 60.0 * v / spm, batch.stance_ms, batch.oscillation_mm)
    time = np.where(runs, batch.seconds.astype(np.float64) / 60.0, 0.0)
    return np.concatenate([_moments(batch, v - USUAL_MPS, g, y, time) for y in measures])


def _moments(batch: Records, v: Floats, g: Floats, y: npt.ArrayLike, weight: Floats) -> Floats:
    y = np.asarray(y, dtype=np.float64)
    w = np.where(np.isfinite(y), weight, 0.0)
    wv, wg = w * v, w * g
    return np.stack([batch.total(x) for x in (w, wv, wg, wv * v, wv * g, wg * g, w * y, wv * y, wg * y)])


def cadence_moments(days: Days) -> ActivityValues:
    """Return the same nine of each run's summary: mean cadence on mean speed and climb, a run weighing its minutes."""
    time, y = days.each(minutes), days.activity("cadence_mean_spm")
    with np.errstate(invalid="ignore", divide="ignore"):
        v = days.activity("distance_m") / (60.0 * time) - USUAL_MPS
        g = np.clip(days.activity("ascent_m") / days.activity("distance_m"), 0.0, STEEPEST_GRADE)
        g = np.nan_to_num(g)
    sound = (np.abs(v) < 4.0) & (y > STRIDE_SPM) & days.of_sports(RUNNING)
    w = np.where(sound, time, np.nan)
    return np.stack([w, w * v, w * g, w * v * v, w * v * g, w * g * g, w * y, w * v * y, w * g * y])


def own_excess(days: Days, moments: Floats) -> ActivityValues:
    """Return each activity's mean less what the athlete's own regression of earlier days expects at its speed and grade.

    Parameters
    ----------
    moments : array of shape (9, activities)
        See `stride_moments`.

    Returns
    -------
    array of shape (activities,)
        NaN until five earlier days with 60 minutes together have it.
    """
    known = np.flatnonzero((moments[0] > 0) & days.of_sports(RUNNING))
    out = np.full(moments.shape[1], np.nan)
    if not len(known):
        return out
    mine = moments[:, known]
    ran, of = np.unique(days.rows("activities")[known], return_inverse=True)  # days with such a run
    today = pd.DataFrame(np.column_stack([*(np.bincount(of, x) for x in mine), np.ones(len(ran))]))
    before = (today.groupby(days.group[ran], sort=False).cumsum() - today).to_numpy().T[:, of]
    line = own_line(before[:9])
    own = mine[[0, 1, 2, 6]] / mine[0]
    excess = own[3] - (line[0] + line[1] * own[1] + line[2] * own[2])
    enough = (before[9] >= LEAST_RUNS) & (before[0] >= LEAST_MINUTES)
    out[known] = np.where(enough, excess, np.nan)
    return out


def own_line(moments: Floats) -> Floats:
    """Return intercept and slopes on speed and grade of the least-squares planes of these sums.

    A weak prior holds: own slopes are 0 unless speed (SD .5 m/s) and grade (SD .03) have told
    otherwise. The normal equations are solved by elimination, at once for all.

    Parameters
    ----------
    moments : array of shape (9, n)
        See `stride_moments`.

    Returns
    -------
    array of shape (3, n)
    """
    w, v, g, vv, vg, gg, y, vy, gy = moments
    w = np.maximum(w, 1e-9)
    vv, gg = vv + PRIOR_SHARE * w * PRIOR_SPEED_SD**2, gg + PRIOR_SHARE * w * PRIOR_GRADE_SD**2
    by_v, by_g = v / w, g / w
    left_v, left_vg = vv - by_v * v, vg - by_v * g
    rest_v, rest_g = vy - by_v * y, gy - by_g * y
    on = left_vg / left_v
    slope_g = (rest_g - on * rest_v) / (gg - by_g * g - on * left_vg)
    slope_v = (rest_v - left_vg * slope_g) / left_v
    return np.stack([(y - v * slope_v - g * slope_g) / w, slope_v, slope_g])


def cadence_shortfall(days: Days) -> ActivityValues:
    """Return each run's steps a minute below own usual at that speed and grade: from records, else from the summary."""
    recorded = own_excess(days, days.each(stride_moments)[:9])
    summary = own_excess(days, days.each(cadence_moments))
    return -np.where(np.isnan(recorded), summary, recorded)


def stride_excess(days: Days) -> ActivityValues:
    """Return of each run: step length (m), ground contact (ms), oscillation (mm) above own usual, and mean step length.

    Returns
    -------
    array of shape (4, activities)
    """
    moments = days.each(stride_moments).reshape(len(STRIDES), 9, -1)
    with np.errstate(invalid="ignore", divide="ignore"):
        step = moments[1, 6] / moments[1, 0]
        summary = days.activity("distance_m") / (days.activity("cadence_mean_spm") * days.each(minutes))
    summary = np.where((summary > 0.3) & (summary < 2.5), summary, np.nan)
    step = np.where(np.isfinite(step), step, summary)
    return np.stack([*(own_excess(days, m) for m in moments[1:]), step])


@feature(
    "cadence_shortfall_dose_2d_spm_h",
    label="hours run with too few steps a minute",
    unit="steps/min x h",
    factor="overstriding",
    direction=1,
    actionable=True,
    source="steps/min below own regression on speed and grade (earlier days) x hours, after Anderson 2022; "
    "today + half of yesterday (ours)",
    needs=CADENCE_NEEDS,
    dose=True,
)
def cadence_shortfall_dose(days: Days) -> Values:
    """Return the day's cadence below own usual times the hours run, 0 where it was not below, and half of yesterday's."""
    below = np.maximum(days.each(cadence_shortfall), 0.0)
    today = days.per_day(below * days.each(minutes) / 60.0, RUNNING)
    yesterday = np.nan_to_num(windows.lag(today, days.offsets, 1))
    return np.asarray(today + np.float32(LEFT) * yesterday, dtype=np.float32)


@feature(
    "cadence_shortfall_1d_spm",
    label="steps a minute below own usual at that speed",
    unit="steps/min",
    factor="overstriding",
    direction=1,
    role="context",
    actionable=True,
    source="own regression on speed and grade less cadence, Anderson 2022; from means without records",
    needs=CADENCE_NEEDS,
)
def cadence_below_usual(days: Days) -> Values:
    """Return the cadence shortfall of the day's longest run; below 0 the steps were quicker than usual."""
    return of_longest(days, days.each(cadence_shortfall))


def _excess(row: int, name: str, label: str, unit: str, *needs: str) -> None:
    """Declare a stride measure above own usual, which stands in a `row` of `stride_excess` and needs records."""

    @feature(
        name,
        label=label,
        unit=unit,
        factor="overstriding",
        direction=0,
        role="context",
        actionable=True,
        source="run's mean less own regression on speed and grade over earlier days, Anderson 2022",
        needs=(*STRIDE_NEEDS, *needs),
    )
    def excess(days: Days) -> Values:
        """Return how far the day's longest run lay above own usual."""
        return of_longest(days, days.each(stride_excess)[row])


_excess(0, "step_length_excess_1d_m", "steps longer than own usual at that speed", "m")
_excess(
    1,
    "ground_contact_excess_1d_ms",
    "ground contact longer than own usual at that speed",
    "ms",
    "records.stance_time_ms",
)
_excess(
    2,
    "vertical_oscillation_excess_1d_mm",
    "bounce above own usual at that speed",
    "mm",
    "records.vertical_oscillation_mm",
)


@feature(
    "step_length_1d_m",
    label="mean step length",
    unit="m",
    factor="overstriding",
    direction=0,
    role="context",
    source="speed over cadence while running; to be read beside speed, not by itself",
    needs=CADENCE_NEEDS,
)
def step_length(days: Days) -> Values:
    """Return the mean step length of the day's longest run."""
    return of_longest(days, days.each(stride_excess)[3])
