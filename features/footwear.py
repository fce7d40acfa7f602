"""Shoes: how far each has gone, and how much of the running was on worn ones."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..data.arrays import Floats
from . import windows
from .catalog import feature
from .days import ActivityValues, Days
from .effort import ON_FOOT, of_longest
from .windows import Values

NEW_AFTER_DAYS = 14  # days of logging shoes after which one seen for the first time is a new one
LEFT = 0.5  # of a day's dose, the next day
WORN_FROM_KM, WORN_OUT_KM, WORN_KM = 480.0, 800.0, 600.0


def shoe_distance_km(days: Days) -> ActivityValues:
    """Return the logged kilometres that each activity's shoe had before it; NaN without a shoe or a distance."""
    return np.asarray(days.each(_shoe)[0])


def wear_of_shoe(days: Days) -> ActivityValues:
    """Return how worn each activity's shoe was, 0-1.

    Nobody knows how far a shoe had gone that was there when its owner began to log shoes: NaN until
    its logged kilometres alone make it a worn one.
    """
    km, first_seen_day = days.each(_shoe)
    return np.where((first_seen_day < NEW_AFTER_DAYS) & (km < WORN_FROM_KM), np.nan, wear(km))


def _shoe(days: Days) -> ActivityValues:
    """Return of each activity's shoe: its logged kilometres before, and the day of the owner's shoe log that first had it."""
    a = days.cohort.activities
    km = days.activity("distance_m") / 1000.0
    shoe, _ = pd.factorize(a["shoe_id"])
    known = np.flatnonzero((shoe >= 0) & ~np.isnan(km))
    out = np.full((2, len(a)), np.nan)
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
    out[0, known] = worn.groupby(pair, sort=False).cumsum().to_numpy() - worn.to_numpy()
    number = pd.Series(days.number[day])
    first, began = (number.groupby(of).transform("min") for of in (pair, days.group[day]))
    out[1, known] = first - began
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
    "today + half of what was left yesterday (ours)",
    needs=SHOE_NEEDS,
    dose=True,
)
def worn_shoe_distance(days: Days) -> Values:
    """Return the kilometres on foot, each counted by how worn its shoe was, and what is left of the days before."""
    km = days.each(wear_of_shoe) * days.activity("distance_m") / 1000.0
    today = days.per_day(km, ON_FOOT)
    return np.where(np.isnan(today), today, windows.carried(today, days.offsets, LEFT))


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
