"""Shoes: how far each has gone, and how much of the running was on worn ones."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from . import windows
from .catalog import feature
from .days import ActivityValues, Days
from .effort import of_longest
from .records import Floats
from .stride import with_yesterday
from .windows import Values

ON_FOOT = ("running", "walking")
WORN_FROM_KM, WORN_OUT_KM, WORN_KM = 480.0, 800.0, 600.0


def shoe_distance_km(days: Days) -> ActivityValues:
    """Return the kilometres that each activity's shoe had before it; NaN without a shoe or a distance."""
    a = days.cohort.activities
    km = days.activity("distance_m") / 1000.0
    shoe, _ = pd.factorize(a["shoe_id"])
    known = np.flatnonzero((shoe >= 0) & ~np.isnan(km))
    out = np.full(len(a), np.nan)
    if not len(known):
        return out
    day = days.rows("activities")[known]
    start = a["start_time"].to_numpy(dtype="datetime64[us]")[known]
    ordered = (day[1:] > day[:-1]) | ((day[1:] == day[:-1]) & (start[1:] >= start[:-1]))
    if not ordered.all():
        order = np.lexsort((start, day))
        known, day = known[order], day[order]
    pair = days.group[day] * (shoe.max() + 1) + shoe[known]
    worn = pd.Series(km[known])
    out[known] = worn.groupby(pair, sort=False).cumsum().to_numpy() - worn.to_numpy()
    return out


def wear(shoe_km: npt.ArrayLike) -> Floats:
    """Return how worn a shoe is: 0 to 480 km (300 miles), 1 from 800 km (500 miles), straight between.

    300-500 miles is a convention; at 500 miles about 60 % of the shock absorption is left (Cook 1985).

    Examples
    --------
    >>> wear([100.0, 640.0, 900.0]).tolist()
    [0.0, 0.5, 1.0]
    """
    km = np.asarray(shoe_km, dtype=np.float64)
    return np.clip((km - WORN_FROM_KM) / (WORN_OUT_KM - WORN_FROM_KM), 0.0, 1.0)


SHOE_NEEDS = ("activities.shoe_id", "activities.distance_m")


@feature(
    "worn_shoe_distance_2d_km",
    label="kilometres on worn shoes",
    unit="km",
    factor="worn_footwear",
    direction=1,
    actionable=True,
    source="km x wear of the shoe, 0 to 480 km and 1 from 800 km (300-500 miles, a convention; Cook 1985); "
    "today + half of yesterday (ours)",
    needs=SHOE_NEEDS,
    dose=True,
)
def worn_shoe_distance(days: Days) -> Values:
    """Return two days' kilometres on foot, each counted by how worn its shoe was."""
    km = wear(days.each(shoe_distance_km)) * days.activity("distance_m") / 1000.0
    return with_yesterday(days, days.per_day(km, ON_FOOT))


@feature(
    "shoe_distance_1d_km",
    label="kilometres on the shoes of the day",
    unit="km",
    factor="worn_footwear",
    direction=0,
    role="context",
    actionable=True,
    source="logged distance of the shoe before the run; what was not logged is missing",
    needs=(*SHOE_NEEDS, "activities.duration_s", "activities.moving_time_s"),
)
def shoe_distance(days: Days) -> Values:
    """Return the kilometres on the shoe of the day's longest run."""
    return of_longest(days, days.each(shoe_distance_km), ON_FOOT)


@feature(
    "worn_shoe_share_7d",
    label="share of the week run on worn shoes",
    unit="",
    factor="worn_footwear",
    direction=1,
    role="context",
    actionable=True,
    source="share of 7 days' distance on shoes beyond 600 km, within the 300-500 miles of convention",
    needs=SHOE_NEEDS,
)
def worn_shoe_share(days: Days) -> Values:
    """Return the share of the last week's distance, where the shoe is known, that was run on worn shoes."""
    before = days.each(shoe_distance_km)
    km = np.where(np.isnan(before), np.nan, days.activity("distance_m") / 1000.0)
    week = [
        windows.rolling_sum(days.per_day(x, ON_FOOT), days.offsets, 7) for x in (km * (before > WORN_KM), km)
    ]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(week[1] > 0.1, week[0] / week[1], np.nan)
    return np.clip(share, 0.0, 1.0).astype(np.float32)
