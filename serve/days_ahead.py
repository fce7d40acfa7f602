"""How true forecasts of planned days are: held-out days forecast as if their log had ended some days before.

Run ``python -m heavylegs.serve.days_ahead STORE...`` after the model or the catalogue changed; it prints the table of
``docs/what-if.md``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..data.ahead import last_day, reaching
from ..data.alterations import joined
from ..data.arrays import Floats
from ..data.athlete_day import AthleteDay
from ..data.cohort import Cohort
from ..data.conform import conform
from ..data.schema import TABLES
from ..data.store import Store
from ..features.matrix import Matrix, build_matrix
from ..models.ahead import widened_ahead
from ..models.forecaster import Forecaster
from ..training.fit import fit_forecaster
from ..training.markdown import table
from ..training.splits import EMBARGO, mornings
from .engine import forecast_frame

AHEAD = (0, 1, 2, 3, 5, 7)
"""Days from the last day logged to the one planned; 0 is tonight's forecast."""
DATES, LEARNED = 30, 0.7
TOLD = [
    "activity_id",
    "athlete_id",
    "day",
    "start_time",
    "sport",
    "duration_s",
    "distance_m",
    "ascent_m",
    "descent_m",
]
TOLD += ["session_rpe", "session_load_au", "place_id"]
"""What a plan tells of a session; its load is time by effort."""


def until(cohort: Cohort, end: pd.Timestamp) -> Cohort:
    """Return the log up to a day."""
    cut = {name: (t := getattr(cohort, name))[t["day"] <= end] for name in ("activities", "diary", "ratings")}
    kept = cohort.records["activity_id"].isin(cut["activities"]["activity_id"])
    return replace(cohort, **cut, records=cohort.records[kept])


def known_by(cohort: Cohort, end: pd.Timestamp, day: pd.Timestamp, people: list[str]) -> Cohort:
    """Return the cohort's log until `end`, as it reaches a later day of which its sessions alone are told, as by a plan."""
    log = until(cohort, end)
    if day == end:
        return log
    for athlete in people:
        log = reaching(log, AthleteDay(athlete, day.date()))
    plans = conform(cohort.activities.loc[cohort.activities["day"] == day, TOLD], TABLES["activities"])
    return replace(log, activities=joined(log.activities, plans.reset_index(drop=True)))


def forecasts_ahead(cohort: Cohort, dates: int = DATES) -> Iterator[pd.DataFrame]:
    """Yield forecasts of late days, a frame a date, by a model that learned from the mornings before them.

    Parameters
    ----------
    cohort : Cohort
    dates : int
        Days drawn at random after the first 70 % of all rated mornings and an embargo.

    Yields
    ------
    DataFrame
        A row an athlete and number of days ahead: ``ahead``; what `forecast_frame` tells; ``came``, the rating.
    """
    labelled = build_matrix(cohort).labelled()
    cut = np.sort(mornings(labelled))[int(LEARNED * len(labelled))]
    model = fit_forecaster(labelled.rows(mornings(labelled) < cut))
    late = labelled.rows(mornings(labelled) >= cut + EMBARGO + np.timedelta64(max(AHEAD), "D"))
    days = np.unique(late.day)
    for day in np.sort(np.random.default_rng(0).choice(days, min(dates, len(days)), replace=False)):
        yield _of_day(cohort, model, late.rows(late.day == day), pd.Timestamp(day))


def _of_day(cohort: Cohort, model: Forecaster, rated: Matrix, day: pd.Timestamp) -> pd.DataFrame:
    came = pd.Series(rated.target.astype(float), index=rated.keys["athlete_id"].astype(str))
    earliest = day - pd.Timedelta(days=max(AHEAD))
    log, parts = until(cohort, earliest), []
    # The same people however far ahead.
    people = [athlete for athlete in came.index if last_day(log, athlete) == earliest]
    for ahead in AHEAD:
        known = build_matrix(known_by(cohort, day - pd.Timedelta(days=ahead), day, people))
        asked = (known.day == np.datetime64(day, "D")) & known.keys["athlete_id"].isin(people).to_numpy()
        frame = forecast_frame(model, known.rows(asked), known)
        parts.append(frame.assign(ahead=ahead, came=frame["athlete_id"].map(came)))
    told = pd.concat(parts)
    return told[told["tier"] != "not_yet"]


def figures(rows: pd.DataFrame, step: float) -> dict[str, float]:
    """Return how forecasts so many days ahead did; errors in steps of the cohort's own scale, `step` canonical points each."""
    point, low, high, came = (rows[c].to_numpy(float) for c in ("fatigue", "low", "high", "came"))
    wider = widened_ahead(point, low, high, int(rows["ahead"].iloc[0]))
    bad = rows["bad_morning_from"].notna().to_numpy()
    return {
        "mornings": len(rows),
        "typical miss": float(np.sqrt(np.mean((came - point) ** 2))) / step,
        "mean miss": float(np.mean(came - point)) / step,
        "inside as for the next morning": _inside(came, low, high),
        "inside": _inside(came, *wider),
        "chance of a bad one told": float(rows["p_bad_morning"].to_numpy(float)[bad].mean()),
        "bad ones": float((came >= rows["bad_morning_from"].to_numpy(float) - 1e-3)[bad].mean()),
    }


def _inside(came: Floats, low: npt.ArrayLike, high: npt.ArrayLike) -> float:
    return float(np.mean((came >= np.asarray(low) - 1e-6) & (came <= np.asarray(high) + 1e-6)))


def main(stores: list[str]) -> None:
    """Print a table a store."""
    for path in stores:
        cohort = Store(Path(path)).read()
        step = 10.0 / build_matrix(cohort).native_span
        told = pd.concat(forecasts_ahead(cohort))
        lines = []
        for ahead, rows in told.groupby("ahead"):
            counted, *rest = figures(rows, step).values()
            lines.append([str(ahead), f"{counted:,.0f}", *(f"{value:.3f}" for value in rest)])
        heads = ["days ahead", *figures(told.iloc[:1], step)]
        sys.stdout.write(f"{cohort.name}\n\n{table(heads, lines)}\n\n")


if __name__ == "__main__":
    main(sys.argv[1:])
