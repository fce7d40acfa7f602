"""How much of a run was hard: sample by sample where there are records, else from its mean effort."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..data.arrays import Floats
from .body import resting_hr_bpm
from .days import ActivityValues, Days
from .effort import RUNNING, minutes
from .intensity import (
    THRESHOLD_OXYGEN_SHARE,
    effort_by_all,
    effort_felt,
    effort_of_heart,
    effort_of_pace,
    sure_threshold_speed_mps,
)
from .measures import by_activity
from .records import LEAST_TOLD, Records
from .thresholds import hr_max_bpm
from .windows import Values

EASY_EFFORT = 0.65  # half of the energy still comes from fat, Romijn 1993
WHOLLY_HARD_EFFORT = 0.95  # effort at which running is hard throughout


def hard_share(effort: npt.ArrayLike) -> Floats:
    """Return the share of running at an effort that counts as hard: 0 up to .65, 1 from .95, straight between.

    Our convention. Of a mean effort: a session is mixed from easy running at .65 of the reserve and hard
    running at .95, so its mean tells the mixture.

    Examples
    --------
    >>> hard_share([0.5, 0.65, 0.8, 1.0]).round(2).tolist()
    [0.0, 0.0, 0.5, 1.0]
    """
    above = np.asarray(effort, dtype=float) - EASY_EFFORT
    return np.asarray(np.clip(above / (WHOLLY_HARD_EFFORT - EASY_EFFORT), 0.0, 1.0))


def hard_part(days: Days) -> ActivityValues:
    """Return the share of each activity that was hard, 0-1; NaN where nothing tells its effort.

    Without records that of the mean effort, which pace, heart and feeling tell together. With records pace
    and heart tell it sample by sample, for the easy way to the repeats and the jogging between them take
    nothing from how hard these were; beside them stands what the whole session's means and feeling say.
    """
    of_means = hard_share(days.each(effort_by_all))
    limits = (sure_threshold_speed_mps, resting_hr_bpm, hr_max_bpm)
    recorded = by_activity(days, _hard_of_records, 2, *(days.at_activity(days.once(of)) for of in limits))
    means = [hard_share(days.each(of)) for of in (effort_of_pace, effort_of_heart)]
    told = np.stack([*np.where(np.isnan(recorded), means, recorded), hard_share(days.each(effort_felt))])
    heard = (~np.isnan(told)).sum(axis=0)
    together = np.nan_to_num(told).sum(axis=0) / np.where(heard > 0, heard, np.nan)
    return np.where(np.isnan(recorded).all(axis=0), of_means, together)


def _hard_of_records(batch: Records, threshold: Floats, rest: Floats, highest: Floats) -> Floats:
    """Return the hard share of each activity by pace and by heart, shape (2, activities)."""
    speed = batch.graded_mps.astype(np.float64) / batch.spread(threshold)
    reserve = (batch.hr_bpm.astype(np.float64) - batch.spread(rest)) / batch.spread(highest - rest)
    return np.stack([_mean_share(batch, effort) for effort in (THRESHOLD_OXYGEN_SHARE * speed, reserve)])


def _mean_share(batch: Records, effort: Floats) -> Floats:
    time = batch.seconds.astype(np.float64)
    known = np.where(np.isnan(effort), 0.0, time)
    told, whole = batch.total(known), batch.total(time)
    return np.where(told >= LEAST_TOLD * whole, batch.total(hard_share(effort) * known) / told, np.nan)


def hard_run_minutes(days: Days) -> Values:
    """Return the minutes of today's running that were hard."""
    return days.per_day(days.each(hard_part) * days.each(minutes), RUNNING)


def run_minutes_with_effort(days: Days) -> Values:
    """Return the minutes of today's running whose effort is known."""
    known = ~np.isnan(days.each(hard_part))
    return days.per_day(np.where(known, days.each(minutes), np.nan), RUNNING)
