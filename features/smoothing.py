"""From the table of records to `Records`: in the order of time, pauses told, speed and slope smoothed."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..data.arrays import Floats, Whole
from .days import Days
from .effort import STEEPEST_GRADE, cost_of_running
from .records import MICRO, Records, running_micro, spans

PAUSE_S = 30.0  # a longer hole between two records is a pause, not running
SPEED_WINDOW_S = 15.0  # over which speed is smoothed
ALTITUDE_WINDOW_S = 30.0  # over which the slope is taken
CLIMB_MPS = 5.0  # nobody's height changes faster on foot: a jump of the altimeter
STANDING_M = 5.0  # over a shorter way the grade is noise of the altimeter
FASTEST_MPS = 40.0  # of any sport, as in imports; faster is an error of the device
MOST_REACH = 10_000  # samples of a window to either side, where a device writes many a second


def records_of(days: Days) -> Records:
    """Return the records behind `days`, laid out the first time only."""
    return days.remember(_lay_out, lambda: _lay_out(days))


def _lay_out(days: Days) -> Records:
    frame = days.cohort.records
    code, ids = pd.factorize(frame["activity_id"])
    row = pd.Index(days.cohort.activities["activity_id"]).get_indexer(pd.Index(ids))
    of = np.append(row, -1)[code]  # factorize says -1 where there is no id
    elapsed = frame["elapsed_s"].to_numpy(dtype=np.float64)
    keep = (of >= 0) & np.isfinite(elapsed)
    order = np.flatnonzero(keep)
    of, elapsed = of[order], elapsed[order]
    if len(of) and not _sorted(of, elapsed):
        sort = np.lexsort((elapsed, of))
        of, elapsed, order = of[sort], elapsed[sort], order[sort]
    first = np.flatnonzero(np.diff(of, prepend=-1))
    offsets = np.append(first, len(of)).astype(np.int64)
    take = slice(None) if len(order) == len(frame) and (np.diff(order) == 1).all() else order
    raw = {
        name: frame[name].to_numpy(dtype=np.float64)[take]
        for name in (
            "speed_mps",
            "distance_m",
            "altitude_m",
            "hr_bpm",
            "cadence_spm",
            "stance_time_ms",
            "vertical_oscillation_mm",
        )
    }
    out = {f.name: np.empty(len(of), dtype=np.float32) for f in fields(Records)[2:]}
    for low, high in spans(offsets):
        samples = slice(offsets[low], offsets[high])
        batch = _smooth(
            offsets[low : high + 1] - offsets[low],
            elapsed[samples],
            {name: x[samples] for name, x in raw.items()},
        )
        for name, values in batch.items():
            out[name][samples] = values
    return Records(of[first].astype(np.int64), offsets, **out)


def _sorted(of: npt.NDArray[np.intp], elapsed: Floats) -> bool:
    """Whether each activity is one stretch in the order of time; the stretches may stand in any order."""
    change = of[1:] != of[:-1]
    one_stretch = change.sum() + 1 == len(np.unique(of[np.append(True, change)]))
    return bool(one_stretch and ((elapsed[1:] >= elapsed[:-1]) | change).all())


def _smooth(offsets: Whole, elapsed: Floats, raw: dict[str, Floats]) -> dict[str, Floats]:
    """Return the columns of `Records` for some activities."""
    step, usual = _steps(offsets, elapsed)
    seconds = np.where(step > PAUSE_S, np.minimum(np.repeat(usual, np.diff(offsets)), PAUSE_S), step)
    near, wide = (_around(offsets, usual, window_s) for window_s in (SPEED_WINDOW_S, ALTITUDE_WINDOW_S))
    by_way = _speed_of(raw["distance_m"], step, offsets[1:])
    speed = np.where(np.isnan(raw["speed_mps"]), by_way, raw["speed_mps"])
    speed = np.where(speed <= FASTEST_MPS, speed, np.nan)
    smooth_speed = _mean(speed, seconds, near)
    altitude = _without_jumps(raw["altitude_m"], step, seconds, offsets[:-1])
    grade = _grade(_mean(altitude, seconds, near), np.nan_to_num(speed) * seconds, wide)
    cost = np.asarray(cost_of_running(np.nan_to_num(grade)) / cost_of_running(0.0))
    return {
        "seconds": seconds,
        "pause_s": step - seconds,
        "hr_bpm": raw["hr_bpm"],
        "speed_mps": smooth_speed,
        "grade": grade,
        "graded_mps": smooth_speed * cost,
        "cadence_spm": raw["cadence_spm"],
        "stance_ms": raw["stance_time_ms"],
        "oscillation_mm": raw["vertical_oscillation_mm"],
    }


def _steps(offsets: Whole, elapsed: Floats) -> tuple[Floats, Floats]:
    """Return the seconds from each sample to the next, shape (samples,), and what they usually are, shape (activities,).

    The usual is a fair guess of the interval at which the device writes: it is also what the last sample stands for.
    """
    first, last = offsets[:-1], offsets[1:]
    lengths = np.diff(offsets)
    step = np.zeros(len(elapsed))
    step[:-1] = np.diff(elapsed)
    step[last - 1] = 0.0
    span = np.add.reduceat(np.minimum(step, PAUSE_S), first)
    usual = np.where(lengths > 1, span / np.maximum(lengths - 1, 1), 0.0)
    step[last - 1] = usual
    return step, usual


def _around(offsets: Whole, usual_s: Floats, window_s: float) -> tuple[Whole, Whole]:
    """Return the window of samples around each: its first, and the one behind its last, within the activity."""
    lengths = np.diff(offsets)
    half = np.clip(np.rint(window_s / 2 / np.maximum(usual_s, 0.1)), 0, MOST_REACH).astype(np.int64)
    at, reach = np.arange(offsets[-1]), np.repeat(half, lengths)
    low, high = np.repeat(offsets[:-1], lengths), np.repeat(offsets[1:], lengths)
    return np.maximum(at - reach, low), np.minimum(at + reach + 1, high)


def _grade(altitude: Floats, metres: Floats, window: tuple[Whole, Whole]) -> Floats:
    """Return rise over distance, from the first to the last sample of each window; 0 where hardly any way lies between."""
    first, last = window[0], window[1] - 1
    way = running_micro(metres)
    between = (way[last] - way[first]) / MICRO
    rise = altitude[last] - altitude[first]
    with np.errstate(invalid="ignore", divide="ignore"):
        grade = np.clip(rise / between, -STEEPEST_GRADE, STEEPEST_GRADE)
        return np.where(between >= STANDING_M, grade, rise * 0.0)  # NaN where the altitude is not known


def _speed_of(distance: Floats, step: Floats, last: Whole) -> Floats:
    """Return the speed that the distance tells, where it does."""
    way = np.append(np.diff(distance), np.nan)
    way[last - 1] = np.nan
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(step > 0, np.maximum(way, 0.0) / step, np.nan)


def _without_jumps(altitude: Floats, step: Floats, seconds: Floats, first: Whole) -> Floats:
    """Return the altitude without short stretches between jumps, as altimeters write before they have settled."""
    begins = np.zeros(len(altitude), dtype=bool)
    begins[1:] = np.abs(np.diff(altitude)) > CLIMB_MPS * np.maximum(step[:-1], 1.0)
    begins[first] = True
    starts = np.flatnonzero(begins)
    lasts = np.add.reduceat(seconds, starts)
    alone = np.diff(np.searchsorted(starts, np.append(first, len(altitude)))) == 1
    whole = np.zeros(len(altitude), dtype=bool)
    whole[first] = alone
    kept = (lasts >= ALTITUDE_WINDOW_S) | whole[starts]
    return np.where(np.repeat(kept, np.diff(np.append(starts, len(altitude)))), altitude, np.nan)


def _mean(x: Floats, seconds: Floats, window: tuple[Whole, Whole]) -> Floats:
    """Return the mean of x over a window of samples, by the time each stands for; NaN where none is known."""
    weight = np.where(np.isnan(x), 0.0, np.maximum(seconds, 1e-3))
    weighed, weights = running_micro(np.nan_to_num(x) * weight), running_micro(weight)
    low, high = window
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((weighed[high] - weighed[low]) / (weights[high] - weights[low]))
