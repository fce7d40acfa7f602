"""Forecasts over a store: a portion of the athletes in memory at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import cast

import numpy as np
import pandas as pd

from ..data.arrays import Floats, Mask
from ..data.cohort import Cohort
from ..data.store import Store
from ..features.factors import NAMED
from ..features.matrix import Matrix
from ..features.store_matrix import portions_of_store
from ..models.attribution import Attribution, attribute
from ..models.bad_morning import threshold
from ..models.confidence import confidence
from ..models.forecaster import Forecaster
from ..models.intervals import Bounds
from ..models.reference import USUAL_DAYS, Reference
from ..models.starter import initials
from ..training.calibrate import SPREAD, USUAL

NUMBERS = ("fatigue", "low", "high", "own_usual", "p_bad_morning", "bad_morning_from", "forecast_sum")
"""Columns that are NaN where there is no forecast yet; so are the points."""


def forecasts(
    store: Store,
    model: Forecaster,
    first: np.datetime64 | None = None,
    last: np.datetime64 | None = None,
    progress: Callable[[int, int], None] | None = None,
    reference: Reference = "usual",
) -> Iterator[pd.DataFrame]:
    """Yield a frame of forecasts a portion of the athletes, mornings from `first` to `last`.

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
    done, buckets = 0, len(store.buckets())
    for log, number in portions_of_store(store, model.information):
        # The days before the first are forecast too: they are what is usual.
        before = None if first is None else first - np.timedelta64(USUAL_DAYS, "D")
        matrix = between(log, before, last)
        if len(between(matrix, first, last)):
            frame = forecast_frame(model, matrix, log, reference)
            asked = frame["morning"] >= (frame["morning"].min() if first is None else pd.Timestamp(first))
            yield frame[asked].reset_index(drop=True)
        done += number
        if progress:
            progress(done, buckets)


def between(matrix: Matrix, first: np.datetime64 | None, last: np.datetime64 | None) -> Matrix:
    """Return the rows whose morning lies from `first` to `last`."""
    morning = matrix.day + np.timedelta64(1, "D")
    chosen: Mask = np.ones(len(matrix), dtype=bool)
    if first is not None:
        chosen &= morning >= first
    if last is not None:
        chosen &= morning <= last
    return matrix.rows(chosen)


def forecast_frame(
    model: Forecaster, matrix: Matrix, log: Matrix | None = None, reference: Reference = "cohort"
) -> pd.DataFrame:
    """Return one row a row of `matrix`.

    Parameters
    ----------
    model : Forecaster
    matrix : Matrix
        The days whose mornings are forecast.
    log : Matrix, optional
        All days of the same athletes: intervals are adapted to how earlier forecasts did. The days of `matrix`
        alone where None.

    Returns
    -------
    DataFrame
        athlete_id, day (whose log is used), morning (that is forecast), information; canonical
        ``fatigue``, ``low``, ``high`` within 0-10 and ``own_usual``; ``p_bad_morning``, the chance of a morning
        from ``bad_morning_from`` up; ``tier``, ``tier_reason`` and ``input_coverage``; ``forecast_sum``, to
        which the columns that follow add up: ``usual_level``, one column a factor (NaN where it has no
        data that day) and ``everything_else``; ``reference`` and ``reference_level``, what points are
        measured from (see `Attribution`); ``unclear``, the ids of the factors whose interval covers 0,
        largest points first, parted by a space. With the tier ``not_yet`` every number of the forecast is NaN.
    """
    athletes = matrix.keys["athlete_id"].astype("str")
    raw = model.predict(matrix)
    told = attribute(model, matrix, reference)
    covered = model.input_coverage(told.points)
    bounds = _bounds(model, matrix, raw, matrix if log is None else log)
    usual = matrix.frame[USUAL].to_numpy(dtype=float)
    bad, limit = _bad_mornings(model, matrix, raw, usual)
    reports, lately = (np.nan_to_num(matrix.frame[c]) for c in ("ratings_so_far", "ratings_28d"))
    tiers = [confidence(*each) for each in zip(reports, lately, covered, strict=True)]
    frame = pd.DataFrame(
        {
            "athlete_id": athletes,
            "day": matrix.keys["day"],
            "morning": matrix.keys["day"] + pd.Timedelta(days=1),
            "information": model.information,
            "fatigue": np.clip(raw, 0, 10),
            "low": np.clip(bounds.lower, 0, 10),
            "high": np.clip(bounds.upper, 0, 10),
            "own_usual": usual,
            "p_bad_morning": bad,
            "bad_morning_from": limit,
            "tier": [c.tier for c in tiers],
            "tier_reason": [c.reason for c in tiers],
            "input_coverage": covered,
            "forecast_sum": raw,
        }
    )
    parts = told.points.set_index(frame.index)
    after = {"reference": told.reference, "reference_level": told.level, "unclear": unclear_names(told)}
    frame = pd.concat([frame, parts, pd.DataFrame(after, index=frame.index)], axis=1)
    silent = frame["tier"] == "not_yet"
    frame.loc[silent, [*NUMBERS, "reference_level", *parts.columns]] = np.nan
    frame.loc[silent, "unclear"] = ""
    return frame


def _bad_mornings(model: Forecaster, matrix: Matrix, raw: Floats, usual: Floats) -> tuple[Floats, Floats]:
    """Return the chance of a bad morning and the fatigue from which it is one, NaN where the model knows none."""
    known = model.bad_mornings
    if known is None:
        return np.full(len(matrix), np.nan), np.full(len(matrix), np.nan)
    return known.chance(raw, usual, matrix.frame[SPREAD]), threshold(usual, known.step)


def _bounds(model: Forecaster, matrix: Matrix, raw: Floats, log: Matrix) -> Bounds:
    """Return the intervals of `matrix`, adapted to the misses of earlier mornings that the model had not learned from."""
    told = model.told
    same = told.get("cohort") == matrix.cohort
    past = log.labelled()
    learned = np.zeros(len(past), dtype=bool)
    if same and "last_morning" in told:
        learned = past.day + np.timedelta64(1, "D") <= np.datetime64(str(told["last_morning"]))
        learned &= past.keys["athlete_id"].astype(str).isin(list(model.intervals.own)).to_numpy()
    past = past.rows(~learned)
    intervals = model.intervals if same else replace(model.intervals, own={})
    both = intervals.through_time(
        np.concatenate([p.keys["athlete_id"].astype(str) for p in (past, matrix)]),
        np.concatenate([past.day, matrix.day]),
        np.concatenate([model.predict(past), raw]),
        np.concatenate([past.target.astype(float), np.full(len(matrix), np.nan)]),
        spreads=np.concatenate([p.frame[SPREAD].to_numpy(float) for p in (past, matrix)]),
    )
    return Bounds(both.lower[len(past) :], both.upper[len(past) :])


def learned(model: Forecaster, cohort: str, athletes: pd.Series, mornings: pd.Series) -> Mask:
    """Return which mornings are of the time and people that the model learned from: of them it tells no forecast; shape (n,).

    Parameters
    ----------
    model : Forecaster
    cohort : str
        Name of the cohort that the athletes belong to.
    athletes, mornings : Series of shape (n,)
        Ids, and the mornings as timestamps.
    """
    told = model.told
    met = np.full(len(athletes), told.get("cohort") == cohort)
    if "learned_from" in told:  # the starter keeps hashes of those it learned from, wherever they come again
        people = {hashed: name for name in athletes.unique() for hashed in initials([name])}
        known = [people[h] for h in cast("list[str]", told["learned_from"]) if h in people]
        met = athletes.isin(known).to_numpy()
    last = np.datetime64(str(told.get("last_morning", "NaT")), "D")
    return np.asarray(met & (mornings.to_numpy().astype("datetime64[D]") <= last))


def unclear_names(told: Attribution) -> list[str]:
    """Return the factors of each row whose interval covers 0, largest points first, parted by a space."""
    points = told.points[list(NAMED)].abs().to_numpy()
    unclear = told.unclear.to_numpy()
    names = np.array(NAMED, dtype=object)
    order = np.argsort(-np.nan_to_num(points), axis=1, kind="stable")
    return [" ".join(names[row][which[row]]) for row, which in zip(order, unclear, strict=True)]


def cohort_of(store: Store, athlete_id: str) -> Cohort:
    """Return the athlete with all whose rows bear on theirs: the members of their group."""
    me = store.read([athlete_id])
    group = me.athletes["group_id"].iloc[0]
    if pd.isna(group):
        return me
    everyone = store.read(tables=["athletes"]).athletes
    return store.read(everyone.loc[everyone["group_id"] == group, "athlete_id"])
