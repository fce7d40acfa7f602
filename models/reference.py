"""What points are measured from: the cohort's average, or the athlete's own usual day."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from ..data.arrays import Floats, Mask, Whole

Reference = Literal["usual", "cohort"]
REFERENCES: tuple[Reference, ...] = ("usual", "cohort")
USUAL_DAYS = 56
"""Days before a day, from which its usual is taken."""
LEAST_DAYS = 14
"""Own days before with a forecast, with fewer of which points are measured from the cohort."""


def own_usual(
    points: Floats, athlete: npt.NDArray[np.integer], day: npt.NDArray[np.datetime64], told: Mask
) -> tuple[Floats, Whole]:
    """Return the mean points of each athlete's own days before that had a forecast, and how many those are.

    For day *t* these are the days *t - 56* to *t - 1* of the same athlete. Every one of them was forecast with what was
    known then, so nothing of day *t* or later is in its usual. Over the parts a usual sums to the mean of those days'
    forecasts, so that usual + differences = forecast. Days without a forecast are left out: of days before a runner's third
    rating a model would say what is usual for others.

    Parameters
    ----------
    points : array of shape (..., n, parts)
        Points from the cohort's average, before anything is moved for being absent.
    athlete : int array of shape (n,)
    day : datetime64[D] array of shape (n,)
    told : bool array of shape (n,)
        Which days had a forecast; the others count in nobody's usual.

    Returns
    -------
    usual : array of shape (..., n, parts)
        0 where there is no day before.
    days : int array of shape (n,)

    Examples
    --------
    >>> points, told = np.array([[9.0], [1.0], [3.0], [8.0]]), np.array([False, True, True, True])
    >>> usual, days = own_usual(points, np.zeros(4, int), np.arange("2024-01-01", "2024-01-05", dtype="M8[D]"), told)
    >>> usual.ravel().tolist(), days.tolist()
    ([0.0, 0.0, 1.0, 2.0], [0, 0, 1, 2])
    """
    if not len(day):
        return np.zeros(points.shape), np.zeros(0, dtype=np.int64)
    number = day.astype("datetime64[D]").astype(np.int64)
    order = np.lexsort((number, athlete))
    # One line of time for all: athletes stand further apart than any window reaches.
    span = int(np.ptp(number)) + USUAL_DAYS + 1
    when = np.asarray(athlete, dtype=np.int64)[order] * span + number[order] - number.min()
    first = np.searchsorted(when, when - USUAL_DAYS)
    last = np.searchsorted(when, when)
    before = np.zeros((*points.shape[:-2], len(when) + 1, points.shape[-1]))
    np.cumsum(points[..., order, :] * told[order, None], axis=-2, out=before[..., 1:, :])
    sums = before[..., last, :] - before[..., first, :]
    number_before = np.concatenate([[0], np.cumsum(told[order])])
    counts = number_before[last] - number_before[first]
    usual, days = np.empty_like(sums), np.empty_like(counts)
    usual[..., order, :] = sums / np.maximum(counts, 1)[:, None]
    days[order] = counts
    return usual, days
