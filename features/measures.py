"""What is measured of the records of each activity: computed once, and held where their log is altered elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import numpy as np
import pandas as pd

from ..data.arrays import Floats
from .days import ActivityValues, Days
from .smoothing import records_of

OF_RECORDS, HELD = "of records", "held of records"
"""Kinds of what `Days.remember` keeps: measures of the records that are there, and of those that are not given again."""


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
