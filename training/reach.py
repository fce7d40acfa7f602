"""How far forecasts could get on simulated runners: somebody who is told what truly moved each morning, but for the noise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..data.arrays import Floats
from ..features.factors import NAMED
from ..features.matrix import Matrix
from ..models.baselines import Rung
from ..models.linear import LinearState

REACHES = {"reachable": "true_factors", "reachable_with_past": "true_factors_past"}
"""What a record's key starts with, and the forecaster that it is of."""
HALF_LIVES = (2.0, 7.0, 28.0)
"""In days, of the means that tell of the past."""
PAST = ["yesterday", *(f"ewma_{h:g}" for h in HALF_LIVES), "mean"]
ALPHA = 10.0
"""Ridge penalty, as that of the baseline `ridge_own_history`."""


def reaches(truth: pd.DataFrame) -> dict[str, Rung]:
    """Return the forecasters that know the sum of the true factors: of the day, and of all days before it too.

    Each is the product's own linear part on the same reports and the same split, with the truth in
    place of the catalogue's doses. Who knows the past too can take out of a report what moved it,
    and is left with the own level and noise: no forecast can be expected to do better.

    Parameters
    ----------
    truth : DataFrame
        A simulated store's. Its sleep contains the coming night, which the evening does not know.
    """
    days = _sums(truth)
    return {REACHES["reachable"]: _rung(days, []), REACHES["reachable_with_past"]: _rung(days, PAST)}


def with_reach(records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the records with the reachable skills, and which share of each was reached."""
    skill = {r["model"]: r["skill"] for r in records}
    out = []
    for record in records:
        told = dict(record)
        for key, name in REACHES.items():
            told[f"{key}_skill"] = skill[name]
            # A share of a skill below 0 would say nothing: there is nothing to reach.
            told[f"{key}_share"] = record["skill"] / skill[name] if (skill[name] or 0.0) > 0.0 else None
        out.append(told)
    return out


def _sums(truth: pd.DataFrame) -> pd.DataFrame:
    """Return the factors' sum of every athlete-day, and what it was on the days before."""
    out = truth[["athlete_id", "day"]].assign(today=truth[list(NAMED)].sum(axis=1))
    out["yesterday"] = out.groupby("athlete_id")["today"].shift(1)
    before = out.groupby("athlete_id")["yesterday"]
    for h in HALF_LIVES:
        out[f"ewma_{h:g}"] = before.transform(lambda x, h=h: x.ewm(halflife=h).mean())
    out["mean"] = before.transform(lambda x: x.expanding().mean())
    return out


def _rung(days: pd.DataFrame, past: list[str]) -> Rung:
    def told(matrix: Matrix) -> Floats:
        state = matrix.frame[[f.name for f in matrix.catalog.inputs("state")]].to_numpy(dtype=float)
        keys = matrix.keys[["athlete_id", "day"]].astype({"athlete_id": "str"})
        true = keys.merge(days, on=["athlete_id", "day"], how="left", validate="one_to_one")
        return np.column_stack([state, true[["today", *past]].to_numpy(dtype=float)])

    def forecaster(learn: Matrix, forecast: Matrix) -> Floats:
        model = LinearState.fit(told(learn), learn.target.astype(float), ALPHA)
        return model.predict(told(forecast))

    return forecaster
