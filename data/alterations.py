"""A log altered on some days: other nights, food, sessions and weather, everything else as it was.

Small pure functions from a cohort to a cohort. What was not logged stays absent under a change by an amount or to a share:
nobody knows what it would be a part of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from .cohort import Cohort
from .conform import conform
from .schema import TABLES
from .wbgt import simplified_wbgt_c

Form = Literal["to", "by", "share"]

EXTENT = (
    "duration_s",
    "moving_time_s",
    "distance_m",
    "first_half_time_s",
    "ascent_m",
    "descent_m",
    "steps",
    "energy_kcal",
    "session_load_au",
    "carbohydrate_during_g",
    "fluid_during_ml",
    "sodium_during_mg",
)
"""Columns of a session that grow with its length."""


@dataclass(frozen=True)
class Amount:
    """By how much a value is changed.

    Parameters
    ----------
    form : {"to", "by", "share"}
        The value itself, what is added to the one logged, or the share of it that is left.
    value : float

    Examples
    --------
    >>> Amount("by", -10.0).of(22.0), Amount("share", 0.5).of(22.0), Amount("to", 8.0).of(np.nan)
    (12.0, 11.0, 8.0)
    """

    form: Form
    value: float

    def of(self, old: float) -> float:
        """Return the altered value; NaN where `old` is and the value itself is not given."""
        return {"to": self.value, "by": old + self.value, "share": old * self.value}[self.form]

    def of_all(self, old: pd.Series) -> pd.Series:
        """Return the altered values."""
        return old.map(self.of).astype(float)


@dataclass(frozen=True)
class Where:
    """Which rows of a log are meant.

    Parameters
    ----------
    days : sequence of Timestamp
    athlete_id : str or None
        Everybody where None.
    """

    days: Sequence[pd.Timestamp]
    athlete_id: str | None = None

    def rows(self, frame: pd.DataFrame) -> pd.Series:
        """Return the mask of the rows of the diary, the activities or the ratings."""
        chosen = frame["day"].isin(list(self.days))
        return chosen if self.athlete_id is None else chosen & (frame["athlete_id"] == self.athlete_id)


def of_diary(cohort: Cohort, where: Where, column: str, amount: Amount, low: float = -np.inf) -> Cohort:
    """Return the cohort with a number of the diary altered; values that would fall below `low` stay as they were.

    Parameters
    ----------
    where : Where
        Whose days.
    column : str
        Of the diary, in its own unit.
    amount : Amount
        What the number becomes.
    low : float
        In the column's unit.
    """
    diary = cohort.diary.copy()
    chosen = where.rows(diary)
    old = diary.loc[chosen, column]
    new = amount.of_all(old)
    diary.loc[chosen, column] = new.where(new >= low, old)
    return replace(cohort, diary=diary)


def of_sessions(
    cohort: Cohort, where: Where, column: str, amount: Amount, sessions: Sequence[str] | None = None
) -> Cohort:
    """Return the cohort with a number of sessions altered; of all of those days where no ids are given.

    Parameters
    ----------
    where : Where
        Whose days.
    column : str
        Of the activities, in its own unit.
    amount : Amount
        What the number becomes.
    sessions : sequence of str, optional
        Their ``activity_id``; all of those days where not given.
    """
    activities = cohort.activities.copy()
    chosen = _chosen(activities, where, sessions)
    old = activities.loc[chosen, column]
    activities.loc[chosen, column] = amount.of_all(old)
    if column == "fluid_during_ml":
        # What is drunk is weighed after the run: else the runner would have sweated it.
        drunk_kg = (activities.loc[chosen, column] - old).fillna(0.0) / 1000
        activities.loc[chosen, "mass_after_kg"] += drunk_kg
    return replace(cohort, activities=activities)


def of_extent(cohort: Cohort, where: Where, share: float, sessions: Sequence[str] | None = None) -> Cohort:
    """Return the cohort with sessions of a share of their length, at the pace, effort and slope that they had.

    Parameters
    ----------
    share : float
        At 0 they are taken out, and the day is one of rest.
    """
    activities = cohort.activities
    chosen = _chosen(activities, where, sessions)
    if share == 0:
        return _without(cohort, activities[chosen])
    activities = activities.copy()
    lost = activities["mass_before_kg"] - activities["mass_after_kg"]
    activities.loc[chosen, list(EXTENT)] *= share
    activities.loc[chosen, "mass_after_kg"] = activities["mass_before_kg"] - share * lost
    records = _records_of(cohort, activities[chosen])
    for column in ("elapsed_s", "distance_m", "altitude_m"):  # speed and slope stay
        start = records.groupby("activity_id")[column].transform("first") if column == "altitude_m" else 0.0
        records[column] = start + share * (records[column] - start)
    return replace(cohort, activities=activities, records=_with_records(cohort, records))


def of_hills(cohort: Cohort, where: Where, share: float, sessions: Sequence[str] | None = None) -> Cohort:
    """Return the cohort with sessions over a share of their metres up and down, at 0 flat, as far and as fast.

    Parameters
    ----------
    where : Where
        Whose days.
    share : float
        Of the metres, from 0.
    sessions : sequence of str, optional
        Their ``activity_id``; all of those days where not given.
    """
    activities = cohort.activities.copy()
    chosen = _chosen(activities, where, sessions)
    activities.loc[chosen, ["ascent_m", "descent_m"]] *= share
    records = _records_of(cohort, activities[chosen])
    start = records.groupby("activity_id")["altitude_m"].transform("first")
    records["altitude_m"] = start + share * (records["altitude_m"] - start)
    return replace(cohort, activities=activities, records=_with_records(cohort, records))


def of_air(cohort: Cohort, where: Where, amount: Amount, sessions: Sequence[str] | None = None) -> Cohort:
    """Return the cohort with another air temperature during sessions, in degC, at the relative humidity that there was.

    Sun and wind stay too: a WBGT that was logged moves by as much as the simplified one. The hours of those sessions
    are altered, and for nobody else: they are laid at a place of their own. A hotter day before would accustom the body.

    Parameters
    ----------
    where : Where
        Whose days.
    amount : Amount
        What the temperature becomes, degC.
    sessions : sequence of str, optional
        Their ``activity_id``; all of those days where not given.
    """
    activities = cohort.activities.copy()
    chosen = _chosen(activities, where, sessions) & activities[["place_id", "start_time"]].notna().all(axis=1)
    start = activities.loc[chosen, "start_time"]
    lasted = pd.to_timedelta(activities.loc[chosen, "duration_s"].fillna(0.0), unit="s")
    places = activities.loc[chosen, ["place_id"]]
    first, last = (time.dt.floor("h") for time in (start, start + lasted))
    spans = [pd.date_range(*span, freq="h") for span in zip(first, last, strict=True)]
    hours = places.assign(time=pd.Series(spans, index=places.index, dtype=object)).explode("time")
    hours = hours.astype({"time": start.dtype})
    weather = cohort.weather.merge(hours.drop_duplicates(), on=["place_id", "time"])
    old = weather["temperature_c"]
    weather["temperature_c"] = amount.of_all(old)
    weather["wbgt_c"] += _warmed(weather, old)
    weather["place_id"] += ALTERED
    activities.loc[chosen, "place_id"] += ALTERED
    return replace(cohort, activities=activities, weather=joined(cohort.weather, weather))


ALTERED = " (altered)"


def _warmed(weather: pd.DataFrame, old_c: pd.Series) -> pd.Series:
    """Return by how many degrees WBGT rises from an old temperature to the new; a degree a degree where the humidity is not known."""
    before, after = (
        simplified_wbgt_c(t, weather["relative_humidity_pct"]) for t in (old_c, weather["temperature_c"])
    )
    return pd.Series(after - before, index=weather.index).fillna(weather["temperature_c"] - old_c)


def with_session(cohort: Cohort, session: dict[str, object], weather: dict[str, object] | None) -> Cohort:
    """Return the cohort with one session more, and with the weather of its hours where that is known.

    Parameters
    ----------
    session : dict
        A row of the activities.
    weather : dict or None
        An hour of the weather, without place and time: those of the session's start and end are laid at its place.
    """
    activities = joined(cohort.activities, conform(pd.DataFrame([session]), TABLES["activities"]))
    if weather is None:
        return replace(cohort, activities=activities)
    last = activities.iloc[-1]
    start, end = last["start_time"], last["start_time"] + pd.Timedelta(seconds=float(last["duration_s"]))
    hours = pd.date_range(start.floor("h"), end.floor("h"), freq="h")
    rows = pd.DataFrame({"time": hours, "place_id": last["place_id"], **weather})
    told = joined(cohort.weather, conform(rows, TABLES["weather"]))
    return replace(cohort, activities=activities, weather=told)


def with_day(cohort: Cohort, athlete_id: str, day: pd.Timestamp) -> Cohort:
    """Return the cohort with a diary row for that day, empty where there was none: the log then reaches it."""
    if Where([day], athlete_id).rows(cohort.diary).any():
        return cohort
    row = conform(pd.DataFrame({"athlete_id": [athlete_id], "day": [day]}), TABLES["diary"])
    return replace(cohort, diary=joined(cohort.diary, row))


def _without(cohort: Cohort, sessions: pd.DataFrame) -> Cohort:
    """Return the cohort without sessions; where none is left the day is rest, not one that nobody logged."""
    gone = sessions["activity_id"]
    left = cohort.activities[~cohort.activities["activity_id"].isin(gone)].reset_index(drop=True)
    records = cohort.records[~cohort.records["activity_id"].isin(gone)].reset_index(drop=True)
    out = replace(cohort, activities=left, records=records)
    for athlete_id, day in sessions[["athlete_id", "day"]].drop_duplicates().itertuples(index=False):
        out = with_day(out, athlete_id, day)
        out = of_diary(out, Where([day], athlete_id), "training_logged", Amount("to", 1.0))
    return out


def _chosen(activities: pd.DataFrame, where: Where, sessions: Sequence[str] | None) -> pd.Series:
    chosen = where.rows(activities)
    return chosen if sessions is None else chosen & activities["activity_id"].isin(list(sessions))


def _records_of(cohort: Cohort, sessions: pd.DataFrame) -> pd.DataFrame:
    return cohort.records[cohort.records["activity_id"].isin(sessions["activity_id"])].copy()


def _with_records(cohort: Cohort, altered: pd.DataFrame) -> pd.DataFrame:
    """Return all records with these in the place of those at the same rows."""
    if altered.empty:
        return cohort.records
    records = cohort.records.copy()
    records.loc[altered.index] = altered
    return records


def joined(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of both; without a warning of pandas on columns that one of them leaves empty."""
    if second.empty or first.empty:
        return (first if second.empty else second).reset_index(drop=True)
    return pd.DataFrame(
        {c: pd.concat([first[c], second[c]], ignore_index=True).astype(first[c].dtype) for c in first}
    )
