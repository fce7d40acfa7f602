"""Records of activities as flat arrays, one stretch an activity, ready to be summed.

Nothing loops over samples: sums over an activity are `numpy.add.reduceat`, and windows are differences of cumulative
sums. These are kept in whole micro-units, so that an activity's values do not depend on which others stand before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from ..data.arrays import Floats, Mask, Whole

Samples = npt.NDArray[np.float32]

RECORD_NEEDS = ("records.speed_mps", "records.distance_m", "records.altitude_m", "records.elapsed_s")
STRIDE_NEEDS = (*RECORD_NEEDS, "records.cadence_spm")
LEAST_TOLD = 0.5  # share of an activity's time that samples of a measure must tell, else it is as without
MICRO = 1e6  # cumulative sums count millionths
BATCH_SAMPLES = 200_000  # whose columns stay in the processor's cache


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
        """Yield the activities in batches of about `BATCH_SAMPLES`."""
        for first, last in spans(self.offsets):
            low, high = self.offsets[first], self.offsets[last]
            samples = {f.name: getattr(self, f.name)[low:high] for f in fields(self)[2:]}
            yield Records(self.rows[first:last], self.offsets[first : last + 1] - low, **samples)


def running_micro(x: npt.ArrayLike) -> Whole:
    """Return the cumulative sum in millionths, as whole numbers, with a 0 in front; NaN adds nothing."""
    whole = np.rint(np.nan_to_num(np.asarray(x, dtype=np.float64)) * MICRO).astype(np.int64)
    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(whole)))


def spans(offsets: Whole) -> Iterator[tuple[int, int]]:
    """Yield the first activity of each batch of about `BATCH_SAMPLES`, and the one behind its last."""
    first, count = 0, len(offsets) - 1
    while first < count:
        fits = int(np.searchsorted(offsets, offsets[first] + BATCH_SAMPLES, side="right")) - 1
        last = min(max(fits, first + 1), count)
        yield first, last
        first = last
