"""The heart within the activity: TRIMP in three forms, minutes in zones and above threshold.

From records where there are any; else from the summary, which is coarser: the mean heart rate
stands for the whole session, so that it lies in one zone and wholly above a threshold or not at all.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..data.arrays import Floats, Whole
from .body import female, resting_hr_bpm
from .days import ActivityValues, Compute, Days
from .effort import minutes
from .measures import by_activity
from .records import LEAST_TOLD, Records
from .thresholds import first_threshold_hr_bpm, hr_max_bpm, threshold_hr_bpm

# Rows of `heart`; zones 1 to 5 stand one after the other.
TRIMP_BANISTER, TRIMP_EDWARDS, TRIMP_LUCIA, ZONE_1 = range(4)
ABOVE_THRESHOLD_HR_MIN = ZONE_1 + 5
BANISTER = {"male": (0.64, 1.92), "female": (0.86, 1.67)}
EDWARDS = np.array([0.5, 0.6, 0.7, 0.8, 0.9])  # where zones 1 to 5 begin, share of the maximum


def banister_rate(reserve: npt.ArrayLike, female: npt.ArrayLike) -> Floats:
    """Return Banister's TRIMP a minute at a share of heart-rate reserve (Banister 1991, Morton 1990).

    0.64 x exp(1.92 x) for men, 0.86 x exp(1.67 x) for women; their mean where sex is not known.

    Parameters
    ----------
    reserve : array
        (HR - resting) / (maximum - resting), kept within 0-1.
    female : array
        1, 0, or NaN where not known.

    Examples
    --------
    >>> banister_rate([0.5, 0.5], [0.0, 1.0]).round(3).tolist()
    [0.836, 0.991]
    """
    x = np.clip(np.asarray(reserve, dtype=np.float64), 0.0, 1.0)
    of_women = np.nan_to_num(np.asarray(female, dtype=np.float64), nan=0.5)
    (a, b), (c, d) = BANISTER["male"], BANISTER["female"]
    return np.asarray(x * ((1 - of_women) * a * np.exp(b * x) + of_women * c * np.exp(d * x)))


def edwards_zone(share_of_maximum: npt.ArrayLike) -> Whole:
    """Return the zone 1-5 of a heart rate, 0 below half the maximum (Edwards 1993).

    Examples
    --------
    >>> edwards_zone([0.49, 0.5, 0.85, 0.95, 1.1]).tolist()
    [0, 1, 4, 5, 5]
    """
    share = np.nan_to_num(np.asarray(share_of_maximum, dtype=np.float64))
    return np.asarray(np.searchsorted(EDWARDS, share, side="right"), dtype=np.int64)


def lucia_weight(hr_bpm: npt.ArrayLike, first_bpm: npt.ArrayLike, second_bpm: npt.ArrayLike) -> Floats:
    """Return 1 below the first threshold, 2 between, 3 above the second (Lucia 2003).

    Examples
    --------
    >>> lucia_weight([130.0, 150.0, 175.0], 145.0, 165.0).tolist()
    [1.0, 2.0, 3.0]
    """
    hr = np.asarray(hr_bpm, dtype=np.float64)
    weight = 1.0 + (hr >= np.asarray(first_bpm)) + (hr > np.asarray(second_bpm))
    return np.asarray(weight, dtype=np.float64)


def heart(days: Days) -> ActivityValues:
    """Return of each activity: Banister, Edwards, Lucia TRIMP, minutes in zones 1-5, minutes above threshold.

    Returns
    -------
    array of shape (9, activities)
    """
    limits = [days.at_activity(days.once(of)) for of in _LIMITS]
    recorded = by_activity(days, _heart_of_records, ABOVE_THRESHOLD_HR_MIN + 1, *limits)
    mean = days.activity("hr_mean_bpm")
    summary = np.where(np.isnan(mean), np.nan, _rates(mean, *limits) * days.each(minutes))
    return np.where(np.isnan(recorded), summary, recorded)


_LIMITS: tuple[Compute, ...] = (resting_hr_bpm, hr_max_bpm, first_threshold_hr_bpm, threshold_hr_bpm, female)


def _rates(hr: Floats, rest: Floats, highest: Floats, first: Floats, second: Floats, woman: Floats) -> Floats:
    """Return what a minute at each heart rate adds to the nine measures of `heart`."""
    with np.errstate(invalid="ignore", divide="ignore"):
        trimp = banister_rate((hr - rest) / np.maximum(highest - rest, 20.0), woman)
        zone = edwards_zone(hr / highest)
    zones = [(zone == z).astype(np.float64) for z in range(1, 6)]
    above = (hr > second).astype(np.float64)
    return np.stack([trimp, zone.astype(np.float64), lucia_weight(hr, first, second), *zones, above])


def _heart_of_records(batch: Records, *limits: Floats) -> Floats:
    hr = batch.hr_bpm.astype(np.float64)
    time = batch.seconds.astype(np.float64) / 60.0
    heard = np.where(np.isnan(hr), 0.0, time)
    whole, known = batch.total(time), batch.total(heard)
    scale = np.where(known >= LEAST_TOLD * whole, whole / known, np.nan)
    rates = _rates(hr, *(batch.spread(x) for x in limits))
    return np.stack([batch.total(rate * heard) for rate in rates]) * scale
