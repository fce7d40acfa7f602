"""Responses: the log is altered, the matrix is built anew, and the forecast must not fall.

One hour less sleep, one litre less fluid, ten degrees more. The past stays as it was, reports included, as in any
what-if (`heavylegs.models.what_if`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ..data.alterations import Amount, Where, of_air, of_diary
from ..data.arrays import Floats
from ..data.cohort import Cohort
from ..features.catalog import Information
from ..features.matrix import Matrix, build_matrix
from ..models.forecaster import Forecaster
from ..models.what_if import held, touched
from .progress import Say, silent

ROUNDS = 12
"""Days of a log that are altered, each of which costs a matrix."""
LEAST_SLEEP_H = 1.0
"""Nobody's night is made shorter."""
FALL = 1e-6
"""Points below which a forecast has not fallen: what adding up in another order can do."""
ALTERATIONS: dict[str, Callable[[Cohort, Where], Cohort]] = {
    "one hour less sleep": lambda cohort, days: of_diary(
        cohort, days, "sleep_h", Amount("by", -1.0), LEAST_SLEEP_H
    ),
    "one litre less fluid": lambda cohort, days: of_diary(
        cohort, days, "fluid_ml", Amount("by", -1000.0), 0.0
    ),
    "ten degrees more": lambda cohort, days: of_air(cohort, days, Amount("by", 10.0)),
}


def responses(
    forecaster: Forecaster,
    cohort: Cohort,
    information: Information,
    say: Say = silent,
) -> dict[str, Any]:
    """Return, for each alteration, how many forecasts it changed, and how many it lowered.

    Parameters
    ----------
    cohort : Cohort
        Whose log is altered, on one of twelve days spread over the log at a time. Were several days altered at once, an
        athlete's own answers would have learned from the earlier ones.
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
            _moved(forecaster, before, forecast, build_matrix(alter(cohort, Where([day])), information), day)
            for day in (days.iloc[(2 * r + 1) * len(days) // (2 * ROUNDS)] for r in range(ROUNDS))
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
    forecast: Floats,
    after: Matrix,
    day: pd.Timestamp,
) -> Floats:
    """Return by how much the forecasts of an altered day changed whose inputs changed."""
    names = [f.name for f in before.catalog.inputs()]
    place = np.flatnonzero(touched(before.frame, after.frame, names) & (before.keys["day"] == day).to_numpy())
    if not len(place):  # what is altered was never logged
        return np.empty(0)
    return np.asarray(forecaster.predict(held(before, after.frame.iloc[place], place)) - forecast[place])
