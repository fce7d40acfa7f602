"""The cold-start curve: how far forecasts of a new athlete miss as own reports come in."""

from __future__ import annotations

import numpy as np

from ..models.baselines import LADDER
from . import metrics
from .held_out import HeldOut

STARTS = (0, 7, 14, 28, 60)
"""Own reports from which each bin of the curve begins; the last has no end."""
LEAST_DAYS, LEAST_ATHLETES = 20, 3
"""What a bin needs to be told."""


def cold_start(held_out: HeldOut, name: str, native_span: float) -> list[dict[str, object]]:
    """Return the error by how many mornings the athlete had reported before the forecast.

    Parameters
    ----------
    held_out : HeldOut
    name : str
        Forecaster.
    native_span : float
        Steps of the cohort's own scale.

    Returns
    -------
    list of dict
        A record a bin: `reports_from` to `reports_to` (None has no end), errors in native units, skill
        against the baseline that is best among the mornings of the same bin. Bins with fewer than
        20 mornings or 3 athletes are left out.
    """
    bins = np.searchsorted(STARTS, held_out.reports, side="right") - 1
    ends = (*(start - 1 for start in STARTS[1:]), None)
    curve: list[dict[str, object]] = []
    for number, (start, end) in enumerate(zip(STARTS, ends, strict=True)):
        rows = bins == number
        if rows.sum() < LEAST_DAYS or len(np.unique(held_out.athletes[rows])) < LEAST_ATHLETES:
            continue
        target, athletes = held_out.target[rows], held_out.athletes[rows]
        forecasts = {n: held_out.forecasts[n][rows] for n in (*LADDER, name)}
        error = {n: metrics.rmse(target, forecast) for n, forecast in forecasts.items()}
        best = min(LADDER, key=lambda n, e=error: e[n])  # type: ignore[misc]
        low, high = metrics.skill_interval(target, forecasts[name], forecasts[best], athletes)
        curve.append(
            {
                "reports_from": start,
                "reports_to": end,
                "n_days": int(rows.sum()),
                "n_athletes": len(np.unique(athletes)),
                "rmse": error[name] * native_span / 10.0,
                "mae": metrics.mae(target, forecasts[name]) * native_span / 10.0,
                "skill": metrics.skill(error[name], error[best]),
                "skill_low": low,
                "skill_high": high,
                "best_baseline": best,
            }
        )
    return curve
