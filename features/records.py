"""The cohort's records as flat arrays, one stretch an activity, smoothed and ready to be summed.

Nothing here loops over samples: sums over an activity are `numpy.add.reduceat`, windows are
differences of cumulative sums, and the one recursion is a scan over blocks. Cumulative sums are
kept in whole micro-units, so that an activity's values do not depend on which others stand before it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..data.arrays import Floats, Mask, Whole
from .days import ActivityValues, Days
from .effort import cost_of_running

Samples = npt.NDArray[np.float32]

PAUSE_S = 30.0  # a longer hole between two records is a pause, not running
SPEED_WINDOW_S = 15.0  # over which speed is smoothed
ALTITUDE_WINDOW_S = 30.0  # over which the slope is taken
CLIMB_MPS = 5.0  # nobody's height changes faster on foot: a jump of the altimeter
STANDING_M = 5.0  # over a shorter way the grade is noise of the altimeter
FASTEST_MPS = 40.0  # of any sport, as in imports; faster is an error of the device
RECORD_NEEDS = ("records.speed_mps", "records.distance_m", "records.altitude_m", "records.elapsed_s")
STRIDE_NEEDS = (*RECORD_NEEDS, "records.cadence_spm")
MICRO = 1e6  # cumulative sums count millionths
OF_RECORDS, HELD = "of records", "held of records"
BATCH_SAMPLES = 200_000
_BLOCK = 64
_NO_CAP = 1e30


@dataclass(frozen=True)
class Records:
    """Records of some activities, sorted by activity and time.

    Parameters
    ----------
    rows : int array, shape (recorded activities,)
        Row of each in the activities table.
    offsets : int array, shape (recorded activities + 1,)
        Activity i has the samples ``offsets[i]:offsets[i + 1]``; never an empty stretch.
    seconds, pause_s : float32 arrays
        Time that a sample stands for, and the pause after it.
    hr_bpm, speed_mps, grade, cadence_spm, stance_ms, oscillation_mm : float32 arrays
        Speed and grade are smoothed; NaN where not recorded.
    graded_mps : float32 array
        Grade-adjusted speed; the level is taken where altitude was not recorded.
    """

    rows: Whole
    offsets: Whole
    seconds: Samples
    pause_s: Samples
    hr_bpm: Samples
    speed_mps: Samples
    grade: Samples
    graded_mps: Samples
    cadence_spm: Samples
    stance_ms: Samples
    oscillation_mm: Samples

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def segment(self) -> Whole:
        """Number of its activity, a sample."""
        return np.repeat(np.arange(len(self)), np.diff(self.offsets))

    def spread(self, values: npt.ArrayLike) -> Floats:
        """Repeat one value an activity over its samples."""
        return np.repeat(np.asarray(values, dtype=np.float64), np.diff(self.offsets))

    def total(self, x: npt.ArrayLike) -> Floats:
        """Return the sum over each activity, NaN passed over."""
        if not len(self):
            return np.empty(0)
        known = np.nan_to_num(np.asarray(x, dtype=np.float64))
        return np.asarray(np.add.reduceat(known, self.offsets[:-1]))

    def highest(self, x: npt.ArrayLike) -> Floats:
        """Return the greatest value of each activity, NaN passed over, NaN where there is none."""
        if not len(self):
            return np.empty(0)
        return np.asarray(np.fmax.reduceat(np.asarray(x, dtype=np.float64), self.offsets[:-1]))

    def so_far(self, x: npt.ArrayLike) -> Floats:
        """Return the sum within the activity up to and including each sample."""
        running = running_micro(x)
        before = running[self.offsets[:-1]]
        return np.asarray((running[1:] - np.repeat(before, np.diff(self.offsets))) / MICRO)

    def bouts(self, mask: Mask, least_s: float) -> tuple[Floats, Floats]:
        """Return how many stretches of `mask` last `least_s` or longer, and their minutes together."""
        if not len(self):
            return np.empty(0), np.empty(0)
        begins = np.ones(len(mask), dtype=bool)
        begins[1:] = mask[1:] != mask[:-1]
        begins[self.offsets[:-1]] = True
        first = np.flatnonzero(begins)
        lasts = np.add.reduceat(self.seconds.astype(np.float64), first)
        counted = mask[first] & (lasts >= least_s)
        of = self.segment[first[counted]]
        count = np.bincount(of, minlength=len(self)).astype(np.float64)
        return count, np.bincount(of, lasts[counted], minlength=len(self)) / 60.0

    def batches(self) -> Iterator[Records]:
        """Yield the activities in batches of about `BATCH_SAMPLES`, which stay in the processor's cache."""
        for first, last in _spans(self.offsets):
            low, high = self.offsets[first], self.offsets[last]
            samples = {f.name: getattr(self, f.name)[low:high] for f in fields(self)[2:]}
            yield Records(self.rows[first:last], self.offsets[first : last + 1] - low, **samples)


def records_of(days: Days) -> Records:
    """Return the records behind `days`, laid out the first time only."""
    return days.remember(_lay_out, lambda: _lay_out(days))


def by_activity(
    days: Days, measure: Callable[..., Floats], measures: int, *parameters: ActivityValues
) -> ActivityValues:
    """Return what `measure` makes of each recorded activity, NaN for those without records.

    Parameters
    ----------
    measure : callable
        From a batch of `Records` and the batch's `parameters` to an array (measures, activities).
    measures : int
        How many.
    *parameters : arrays of shape (activities,)
        One value an activity, such as a threshold.

    Returns
    -------
    array of shape (measures, activities)
    """
    return days.remember((OF_RECORDS, measure), lambda: _measured(days, measure, measures, *parameters))


def _measured(
    days: Days, measure: Callable[..., Floats], measures: int, *parameters: ActivityValues
) -> ActivityValues:
    shape = (measures, len(days.cohort.activities))
    held: pd.DataFrame | None = days.remember((HELD, measure), lambda: None)
    out = np.full(shape, np.nan)
    if held is not None:
        out = held.reindex(days.cohort.activities["activity_id"]).to_numpy().T.copy()
    if not len(days.cohort.records):
        return out
    records = records_of(days)
    for batch in records.batches():
        with np.errstate(invalid="ignore", divide="ignore"):
            out[:, batch.rows] = measure(batch, *(p[batch.rows] for p in parameters))
    out[~np.isfinite(out)] = np.nan
    return out


def held_measures(days: Days) -> dict[Hashable, pd.DataFrame]:
    """Return what `by_activity` has made of the activities of `days`, for a grid to which their records are not given again."""
    ids = days.cohort.activities["activity_id"]
    return {
        (HELD, measure): pd.DataFrame(out.T, index=ids)
        for (_, measure), out in days.remembered(OF_RECORDS).items()
    }


def running_micro(x: npt.ArrayLike) -> Whole:
    """Return the cumulative sum in millionths, as whole numbers, with a 0 in front; NaN adds nothing."""
    whole = np.rint(np.nan_to_num(np.asarray(x, dtype=np.float64)) * MICRO).astype(np.int64)
    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(whole)))


def bounded_recursion(a: Floats, b: Floats, cap: Floats) -> Floats:
    """Return ``x[k] = min(cap[k], a[k] x[k-1] + b[k])`` from 0, for `a` not below 0.

    Such steps can be joined into one of the same kind, so whole blocks are stepped through at once
    and the blocks joined by the same function: the loop is as long as a block, not as the samples.

    Examples
    --------
    >>> half = np.full(4, 0.5)
    >>> bounded_recursion(half, np.array([8.0, 0.0, 8.0, 8.0]), np.full(4, 9.0)).tolist()
    [8.0, 4.0, 9.0, 9.0]
    """
    count = len(a)
    blocks = -(-count // _BLOCK)
    steps = []
    for values, neutral in ((a, 1.0), (b, 0.0), (cap, _NO_CAP)):
        padded = np.full(blocks * _BLOCK, neutral)
        padded[:count] = values
        steps.append(np.ascontiguousarray(padded.reshape(blocks, _BLOCK).T))
    factor, plus, top = steps
    start = np.zeros(blocks)
    if blocks > 1:
        f, p, t = factor[0].copy(), plus[0].copy(), top[0].copy()
        for j in range(1, _BLOCK):
            f, p, t = factor[j] * f, factor[j] * p + plus[j], np.minimum(top[j], factor[j] * t + plus[j])
        start[1:] = bounded_recursion(f, p, t)[:-1]
    out = np.empty((_BLOCK, blocks))
    for j in range(_BLOCK):
        start = np.minimum(top[j], factor[j] * start + plus[j])
        out[j] = start
    return out.T.reshape(-1)[:count]


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
    for low, high in _spans(offsets):
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


def _spans(offsets: Whole) -> Iterator[tuple[int, int]]:
    """Yield the first activity of each batch of about `BATCH_SAMPLES`, and the one behind its last."""
    first, count = 0, len(offsets) - 1
    while first < count:
        fits = int(np.searchsorted(offsets, offsets[first] + BATCH_SAMPLES, side="right")) - 1
        last = min(max(fits, first + 1), count)
        yield first, last
        first = last


def _smooth(offsets: Whole, elapsed: Floats, raw: dict[str, Floats]) -> dict[str, Floats]:
    """Return the columns of `Records` for some activities."""
    first, last = offsets[:-1], offsets[1:]
    lengths = np.diff(offsets)
    low, high = np.repeat(first, lengths), np.repeat(last, lengths)
    step = np.zeros(len(elapsed))
    step[:-1] = np.diff(elapsed)
    step[last - 1] = 0.0
    span = np.add.reduceat(np.minimum(step, PAUSE_S), first)
    # A fair guess of the interval, also of what the last sample stands for.
    usual = np.where(lengths > 1, span / np.maximum(lengths - 1, 1), 0.0)
    step[last - 1] = usual
    seconds = np.where(step > PAUSE_S, np.minimum(np.repeat(usual, lengths), PAUSE_S), step)

    def window(window_s: float) -> tuple[Whole, Whole]:
        half = np.clip(np.rint(window_s / 2 / np.maximum(usual, 0.1)), 0, 10_000).astype(np.int64)
        at, reach = np.arange(len(elapsed)), np.repeat(half, lengths)
        return np.maximum(at - reach, low), np.minimum(at + reach + 1, high)

    speed = np.where(np.isnan(raw["speed_mps"]), _speed_of(raw["distance_m"], step, last), raw["speed_mps"])
    speed = np.where(speed <= FASTEST_MPS, speed, np.nan)
    near = window(SPEED_WINDOW_S)
    smooth_speed = _mean(speed, seconds, near)
    wide = window(ALTITUDE_WINDOW_S)
    altitude = _mean(_without_jumps(raw["altitude_m"], step, seconds, first), seconds, near)
    way = running_micro(np.nan_to_num(speed) * seconds)
    metres = (way[wide[1] - 1] - way[wide[0]]) / MICRO  # from the first to the last sample of the window
    rise = altitude[wide[1] - 1] - altitude[wide[0]]
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = np.where(metres >= STANDING_M, np.clip(rise / metres, -0.45, 0.45), rise * 0.0)
    cost = np.asarray(cost_of_running(np.nan_to_num(slope)) / cost_of_running(0.0))
    return {
        "seconds": seconds,
        "pause_s": step - seconds,
        "hr_bpm": raw["hr_bpm"],
        "speed_mps": smooth_speed,
        "grade": slope,
        "graded_mps": smooth_speed * cost,
        "cadence_spm": raw["cadence_spm"],
        "stance_ms": raw["stance_time_ms"],
        "oscillation_mm": raw["vertical_oscillation_mm"],
    }


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
