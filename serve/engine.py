"""Forecasts over a store: one bucket of athletes in memory at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..data.cohort import Cohort
from ..data.store import Store
from ..features.factors import NAMED
from ..features.matrix import Matrix, build_matrix
from ..models.attribution import Attribution, attribute
from ..models.forecast import Tier
from ..models.forecaster import Forecaster
from ..models.reference import USUAL_DAYS, Reference

BUILDING_FROM = 14
SOLID_FROM = 60
SOLID_RECENT = 14


@dataclass(frozen=True)
class Confidence:
    """How far to trust a forecast, and why."""

    tier: Tier
    reason: str


def confidence(reports: float, recent: float) -> Confidence:
    """Return the tier from the mornings reported so far and in the last four weeks.

    Examples
    --------
    >>> confidence(5, 5)
    Confidence(tier='calibrating', reason='5 mornings reported so far; 14 are needed to know your usual level')
    >>> confidence(90, 25).tier
    'solid'
    """
    count, lately = int(reports), int(recent)
    if count < BUILDING_FROM:
        word = "morning" if count == 1 else "mornings"
        return Confidence(
            "calibrating",
            f"{count} {word} reported so far; {BUILDING_FROM} are needed to know your usual level",
        )
    if count < SOLID_FROM or lately < SOLID_RECENT:
        return Confidence(
            "building", f"{count} mornings reported so far, {lately} of them in the last four weeks"
        )
    return Confidence("solid", f"{count} mornings reported so far, {lately} of them in the last four weeks")


def forecasts(
    store: Store,
    model: Forecaster,
    first: np.datetime64 | None = None,
    last: np.datetime64 | None = None,
    progress: Callable[[int, int], None] | None = None,
    reference: Reference = "usual",
) -> Iterator[pd.DataFrame]:
    """Yield a frame of forecasts a bucket, mornings from `first` to `last`.

    Parameters
    ----------
    store : Store
    model : Forecaster
    first, last : datetime64[D], optional
        Mornings, both included.
    progress : callable, optional
        Is told buckets done and in all.
    reference : {"usual", "cohort"}
        What factor points are measured from.

    Yields
    ------
    DataFrame
        See `forecast_frame`.
    """
    buckets = store.buckets()
    for done, bucket in enumerate(buckets, start=1):
        cohort = store.read_bucket(bucket)
        # The days before the first are read too: they are what is usual.
        before = None if first is None else first - np.timedelta64(USUAL_DAYS, "D")
        matrix = between(build_matrix(cohort, model.information), before, last)
        if len(between(matrix, first, last)):
            frame = forecast_frame(model, matrix, reference)
            asked = frame["morning"] >= (frame["morning"].min() if first is None else pd.Timestamp(first))
            yield frame[asked].reset_index(drop=True)
        if progress:
            progress(done, len(buckets))


def between(matrix: Matrix, first: np.datetime64 | None, last: np.datetime64 | None) -> Matrix:
    """Return the rows whose morning lies from `first` to `last`."""
    morning = matrix.day + np.timedelta64(1, "D")
    chosen: npt.NDArray[np.bool_] = np.ones(len(matrix), dtype=bool)
    if first is not None:
        chosen &= morning >= first
    if last is not None:
        chosen &= morning <= last
    return matrix.rows(chosen)


def forecast_frame(model: Forecaster, matrix: Matrix, reference: Reference = "cohort") -> pd.DataFrame:
    """Return one row a row of `matrix`.

    Returns
    -------
    DataFrame
        athlete_id, day (whose log is used), morning (that is forecast), information; canonical
        ``fatigue``, ``low``, ``high`` within 0-10 and ``own_usual``; ``tier``, ``tier_reason``;
        ``forecast_sum``, to which the columns that follow add up: ``usual_level``, one column a
        factor (NaN where it has no data that day) and ``everything_else``; ``reference`` and
        ``reference_level``, what points are measured from (see `Attribution`); ``unclear``, the ids of the factors
        whose interval covers 0, largest points first, parted by a space.
    """
    athletes = matrix.keys["athlete_id"].astype("str")
    raw = model.predict(matrix)
    half = model.intervals.half_width(athletes)
    tiers = [
        confidence(n, lately)
        for n, lately in zip(
            np.nan_to_num(matrix.frame["ratings_so_far"]),
            np.nan_to_num(matrix.frame["ratings_28d"]),
            strict=True,
        )
    ]
    frame = pd.DataFrame(
        {
            "athlete_id": athletes,
            "day": matrix.keys["day"],
            "morning": matrix.keys["day"] + pd.Timedelta(days=1),
            "information": model.information,
            "fatigue": np.clip(raw, 0, 10),
            "low": np.clip(raw - half, 0, 10),
            "high": np.clip(raw + half, 0, 10),
            "own_usual": matrix.frame["fatigue_ewma_28_0_10"].astype("float64"),
            "tier": [c.tier for c in tiers],
            "tier_reason": [c.reason for c in tiers],
            "forecast_sum": raw,
        }
    )
    told = attribute(model, matrix, reference)
    parts = told.points.set_index(frame.index)
    after = {"reference": told.reference, "reference_level": told.level, "unclear": unclear_names(told)}
    return pd.concat([frame, parts, pd.DataFrame(after, index=frame.index)], axis=1)


def unclear_names(told: Attribution) -> list[str]:
    """Return the factors of each row whose interval covers 0, largest points first, parted by a space."""
    points = told.points[list(NAMED)].abs().to_numpy()
    unclear = told.unclear.to_numpy()
    names = np.array(NAMED, dtype=object)
    order = np.argsort(-np.nan_to_num(points), axis=1)
    return [" ".join(names[row][which[row]]) for row, which in zip(order, unclear, strict=True)]


def cohort_of(store: Store, athlete_id: str) -> Cohort:
    """Return the athlete with all whose rows bear on theirs: the members of their group."""
    me = store.read([athlete_id])
    group = me.athletes["group_id"].iloc[0]
    if pd.isna(group):
        return me
    everyone = store.read(tables=["athletes"]).athletes
    return store.read(everyone.loc[everyone["group_id"] == group, "athlete_id"])
