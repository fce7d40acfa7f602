"""Responses: the log is altered, the matrix built anew, and the forecast must not fall.

One hour less sleep, one litre less fluid, ten degrees more. What past reports held beyond what was said of them
is held, as in any counterfactual of the same person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..data.cohort import Cohort
from ..features.catalog import Information
from ..features.matrix import Matrix, build_matrix
from ..models.forecaster import Forecaster
from .audit_points import Say

LEAST_SLEEP_H = 1.0
FALL = 1e-6


def _less(column: str, by: float, least: float) -> Callable[[Cohort, pd.Series], Cohort]:
    def alter(cohort: Cohort, days: pd.Series) -> Cohort:
        diary = cohort.diary.copy()
        chosen = diary["day"].isin(days) & (diary[column] >= least + by)
        diary.loc[chosen, column] -= by
        return replace(cohort, diary=diary)

    return alter


def _hotter(cohort: Cohort, days: pd.Series) -> Cohort:
    """Heat the hours of the activities of those days alone: a hotter day before would accustom the body."""
    chosen = cohort.activities[cohort.activities["day"].isin(days)]
    end = chosen["start_time"] + pd.to_timedelta(chosen["duration_s"].fillna(0.0), unit="s")
    hours = pd.concat(
        [chosen[["place_id"]].assign(time=time.dt.floor("h")) for time in (chosen["start_time"], end)]
    ).drop_duplicates()
    weather = cohort.weather.merge(hours.assign(hot=10.0), on=["place_id", "time"], how="left")
    weather["temperature_c"] += weather.pop("hot").fillna(0.0)
    return replace(cohort, weather=weather)


ALTERATIONS: dict[str, Callable[[Cohort, pd.Series], Cohort]] = {
    "one hour less sleep": _less("sleep_h", 1.0, LEAST_SLEEP_H),
    "one litre less fluid": _less("fluid_ml", 1000.0, 0.0),
    "ten degrees more": _hotter,
}


def responses(
    forecaster: Forecaster,
    cohort: Cohort,
    information: Information,
    rounds: int = 12,
    say: Say = lambda _: None,
) -> dict[str, Any]:
    """Return, for each alteration, how many forecasts it changed, and how many it lowered.

    Parameters
    ----------
    cohort : Cohort
        Whose log is altered, on one day a round: `rounds` days spread over the log. Were several altered at once, what an
        athlete's mornings have answered so far would know the earlier ones.
    """
    # A run weighed after more heat would have been weighed lighter: without weighings, sweat is estimated.
    unweighed = cohort.activities.assign(mass_before_kg=np.nan, mass_after_kg=np.nan)
    cohort = replace(cohort, activities=unweighed)
    before = build_matrix(cohort, information)
    forecast = forecaster.predict(before)
    days = pd.Series(np.unique(before.keys["day"]))
    out: dict[str, Any] = {}
    for name, alter in ALTERATIONS.items():
        say(name)
        moved = [
            _moved(forecaster, before, forecast, build_matrix(alter(cohort, chosen), information), chosen)
            for chosen in (days.iloc[[(2 * r + 1) * len(days) // (2 * rounds)]] for r in range(rounds))
        ]
        change = np.concatenate(moved)
        out[name] = {
            "changed": len(change),
            "lowered": int((change < -FALL).sum()),
            "share_not_lowered": float((change >= -FALL).mean()) if len(change) else None,
            "mean_change": float(change.mean()) if len(change) else None,
            "worst_change": float(change.min()) if len(change) else None,
        }
    return out


def _moved(
    forecaster: Forecaster,
    before: Matrix,
    forecast: npt.NDArray[np.float64],
    after: Matrix,
    days: pd.Series,
) -> npt.NDArray[np.float64]:
    """Return by how much the forecasts of altered days changed whose inputs changed."""
    names = [f.name for f in before.catalog.inputs()]
    a, b = before.frame[names].to_numpy(), after.frame[names].to_numpy()
    touched = (~((a == b) | (np.isnan(a) & np.isnan(b)))).any(axis=1) & before.keys["day"].isin(
        days
    ).to_numpy()
    if not touched.any():  # what is altered was never logged
        return np.empty(0)
    # The past stays as it was: else a report that did not worsen with the night would count as good news.
    held = replace(after, whole=before, place=np.arange(len(before)))
    return np.asarray(forecaster.predict(held.rows(touched)) - forecast[touched])
