"""Running above critical speed: what it draws from D', and how often."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..data.arrays import Floats
from .days import ActivityValues, Days
from .measures import by_activity
from .records import Records
from .thresholds import critical_speed_mps, distance_capacity_m, threshold_speed_mps

ABOVE_THRESHOLD_MIN, SPENT_SHARE, LEFT_SHARE, BOUTS_PER_H = range(4)  # rows of `pace`
HARD_BOUT_S = 30.0  # above critical speed, to count as a bout
_BLOCK = 64  # steps that are joined: the loop is as long as this
_NO_CAP = 1e30


def capacity_deficit_m(
    speed_mps: npt.ArrayLike,
    seconds: npt.ArrayLike,
    critical_mps: npt.ArrayLike,
    capacity_m: npt.ArrayLike,
    pause_s: npt.ArrayLike = 0.0,
    starts: npt.ArrayLike = (0,),
) -> Floats:
    """Return the metres of D' that are spent after each sample: Skiba 2015's differential form, for speed.

    Above critical speed the deficit grows by (v - CS) dt and stops at D'; below it decays at the
    rate (CS - v) / D'. A pause is standing.

    Parameters
    ----------
    speed_mps, seconds, critical_mps, capacity_m, pause_s : arrays of shape (n,)
    starts : int array
        Samples with which activities begin, fresh.

    Examples
    --------
    >>> capacity_deficit_m([5.0, 3.0], [50.0, 100.0], 4.0, 200.0).round(2).tolist()
    [50.0, 30.33]
    """
    v = np.nan_to_num(np.asarray(speed_mps, dtype=np.float64))
    t, above = np.asarray(seconds, dtype=np.float64), v - np.asarray(critical_mps, dtype=np.float64)
    capacity = np.broadcast_to(np.asarray(capacity_m, dtype=np.float64), v.shape)
    stood = np.broadcast_to(np.asarray(pause_s, dtype=np.float64), v.shape)
    before = np.concatenate((np.zeros(1), stood[:-1]))[: len(v)] * np.asarray(critical_mps, dtype=np.float64)
    kept = np.exp(-(np.maximum(-above, 0.0) * t + before) / capacity)
    kept[np.asarray(starts, dtype=np.int64)] = 0.0
    return bounded_recursion(kept, np.maximum(above, 0.0) * t, capacity)


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


def pace(days: Days) -> ActivityValues:
    """Return of each run: minutes above threshold speed, D' spent (times D'), lowest D' left (share), hard bouts an hour.

    Graded speed is laid against the athlete's own threshold speed and critical speed of that day.

    Returns
    -------
    array of shape (4, activities)
    """
    limits = [
        days.at_activity(days.once(of))
        for of in (threshold_speed_mps, critical_speed_mps, distance_capacity_m)
    ]
    return by_activity(days, _pace_of_records, 4, *limits)


def _pace_of_records(batch: Records, threshold: Floats, critical: Floats, capacity: Floats) -> Floats:
    v, time = batch.graded_mps.astype(np.float64), batch.seconds.astype(np.float64)
    cs, room = batch.spread(critical), batch.spread(capacity)
    deficit = capacity_deficit_m(v, time, cs, room, batch.pause_s, batch.offsets[:-1])
    hard = batch.total((v > batch.spread(threshold)) * time) / 60.0
    spent = batch.total(np.maximum(v - cs, 0.0) * time) / capacity
    bouts, _ = batch.bouts(np.asarray(v > cs), HARD_BOUT_S)
    hours = batch.total(time) / 3600.0
    measures = np.stack(
        [hard, np.minimum(spent, 100.0), 1.0 - batch.highest(deficit) / capacity, bouts / hours]
    )
    moved = batch.total(np.where(np.isnan(v), 0.0, time)) > 0
    return np.where(moved & np.isfinite(critical), measures, np.nan)
