"""Calibration: intervals, the chance of a bad morning and the factors' weights, from days that the model did not see."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ..features.factors import NAMED
from ..features.matrix import Matrix
from ..models.attribution import factor_points
from ..models.bad_morning import BadMorning
from ..models.forecaster import Forecaster
from ..models.intervals import Intervals
from .splits import mornings

WEIGHED_ROWS = 150
"""Days from which the weights of the factors are taken."""
USUAL, SPREAD = "fatigue_ewma_28_0_10", "fatigue_spread_28d_0_10"


def calibrated(forecaster: Forecaster, days: Matrix, forecasts: npt.ArrayLike) -> Forecaster:
    """Return the model with what its inner twin's misses tell.

    Parameters
    ----------
    forecaster : Forecaster
        Learned from all days.
    days : Matrix
        Labelled rows, each athlete's last, that the inner model had not seen; may be empty.
    forecasts : array of shape (len(days),)
        What a model of the same make, learned from the days before, says of them.

    Notes
    -----
    With fewer than 30 rows the intervals are those of a normal miss of SD 1.5 canonical points;
    with fewer than 100, or fewer than 10 bad or good mornings, no chance of a bad morning is told.
    """
    point = np.clip(np.asarray(forecasts, dtype=float), 0.0, 10.0)
    rated = days.target.astype(float)
    usual, spread = (days.frame[name].to_numpy(dtype=float) for name in (USUAL, SPREAD))
    whose = days.keys["athlete_id"].astype(str)
    intervals = Intervals.fit(rated - point, whose, mornings(days), forecasts=point, spreads=spread)
    bad_morning = BadMorning.fit(rated, point, usual, spread, step=10.0 / days.native_span)
    return replace(
        forecaster,
        intervals=intervals,
        bad_morning=bad_morning,
        factor_weights=factor_weights(forecaster, days),
    )


def factor_weights(forecaster: Forecaster, days: Matrix) -> dict[str, float]:
    """Return each factor's share of the points that the named factors move, on up to 150 of the days.

    A factor that is silent on a day moves nothing there, so a factor seldom logged weighs little.
    """
    if not len(days):
        return {}
    rows = np.unique(np.linspace(0, len(days) - 1, WEIGHED_ROWS).astype(int))
    points = factor_points(forecaster, days.rows(rows))[list(NAMED)].fillna(0.0).abs().mean()
    total = float(points.sum())
    return {name: round(float(points[name]) / total, 4) for name in NAMED} if total > 0 else {}
