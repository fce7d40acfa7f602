"""Speed against heart rate within the run: metres a heartbeat, decoupling, drift."""

from __future__ import annotations

import numpy as np

from ..data.arrays import Floats
from .days import ActivityValues, Days
from .effort import RUNNING, minutes
from .measures import by_activity
from .records import Records

M_PER_BEAT, DECOUPLING_PCT, DRIFT_BPM_PER_H = range(3)  # rows of `efficiency`
WARM_UP_S = 600.0  # before which no drift is taken; as much must follow it
HALF_BOUND = 0.5  # decoupling is kept within it


def efficiency(days: Days) -> ActivityValues:
    """Return of each run: efficiency (m/beat), decoupling (%), heart-rate drift (bpm/h).

    Efficiency is graded speed over heart rate; without records, distance over beats, on the level.

    Returns
    -------
    array of shape (3, activities)
    """
    measures = by_activity(days, _efficiency_of_records, 3)
    with np.errstate(invalid="ignore", divide="ignore"):
        summary = days.activity("distance_m") / (days.each(minutes) * days.activity("hr_mean_bpm"))
    summary = np.where((summary > 0.2) & (summary < 4.0), summary, np.nan)
    per_beat = np.where(measures[0] > 0.1, measures[0], summary)  # standing is no efficiency
    return np.where(days.of_sports(RUNNING), np.stack([per_beat, *measures[1:]]), np.nan)


def _efficiency_of_records(batch: Records) -> Floats:
    v, hr = batch.graded_mps.astype(np.float64), batch.hr_bpm.astype(np.float64)
    time = np.where(np.isnan(v) | np.isnan(hr), 0.0, batch.seconds)
    at = batch.so_far(time)
    whole = batch.total(time)
    early = time * (at <= batch.spread(whole / 2))
    per_beat = [60.0 * batch.total(v * w) / batch.total(hr * w) for w in (time, early, time - early)]
    decoupling = np.clip((per_beat[1] - per_beat[2]) / per_beat[1], -HALF_BOUND, HALF_BOUND)
    warm = np.where(at > WARM_UP_S, time, 0.0)
    hours, weight = at / 3600.0, batch.total(warm)
    mean_at, mean_hr = batch.total(warm * hours) / weight, batch.total(warm * hr) / weight
    off = hours - batch.spread(mean_at)
    drift = batch.total(warm * off * (hr - batch.spread(mean_hr))) / batch.total(warm * off**2)
    drift = np.where(weight >= WARM_UP_S, np.clip(drift, -60.0, 60.0), np.nan)
    return np.stack([per_beat[0], 100.0 * decoupling, drift])
