"""What an evaluation holds: forecasts of days that nobody had seen, and what was known at the time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ..models.baselines import LADDER, PEERS
from ..models.forecaster import Forecaster
from . import metrics
from .metrics import Floats
from .splits import Plan

MODEL = "heavylegs"


@dataclass(frozen=True)
class Band:
    """Half-widths of the intervals around forecasts, canonical.

    Parameters
    ----------
    half_width : array of shape (n,)
        The model's own.
    pooled : array of shape (n,)
        Pooled split conformal's, from the same calibration: what the model's are measured against.
    level : float
        Share of mornings that should lie inside.
    """

    half_width: Floats
    pooled: Floats
    level: float


@dataclass(frozen=True)
class HeldOut:
    """Forecasts of days that the model had not seen.

    Parameters
    ----------
    rows : int array of shape (n,)
        Rows of the labelled matrix that were forecast.
    target : array of shape (n,)
        What was reported, canonical.
    forecasts : dict of str to array of shape (n,)
        By rung, and by ``"heavylegs"``; kept within 0-10.
    athletes : int array of shape (n,)
    mornings : datetime64[D] array of shape (n,)
    part : int array of shape (n,)
        The split that the day was forecast in, from 0.
    usual, reports : arrays of shape (n,)
        What was known at the time: the athlete's own usual (EWMA, half-life 28 reports; NaN without any)
        and how many mornings they had reported.
    models : tuple of Forecaster
        Heavylegs as learned for each part.
    band : Band or None
        Heavylegs' intervals; None where too few days were left to learn them from.
    plan : Plan
    """

    rows: npt.NDArray[np.int64]
    target: Floats
    forecasts: dict[str, Floats]
    athletes: npt.NDArray[np.int64]
    mornings: npt.NDArray[np.datetime64]
    part: npt.NDArray[np.int64]
    usual: Floats
    reports: Floats
    models: tuple[Forecaster, ...]
    band: Band | None
    plan: Plan

    @cached_property
    def best_baseline(self) -> str:
        """Name of the baseline with the lowest RMSE."""
        return min(LADDER, key=lambda name: metrics.rmse(self.target, self.forecasts[name]))

    @cached_property
    def best_peer(self) -> str:
        """Name of the peer with the lowest RMSE."""
        return min(PEERS, key=lambda name: metrics.rmse(self.target, self.forecasts[name]))

    @property
    def low(self) -> Floats | None:
        """Lower ends of Heavylegs' intervals, within 0-10."""
        return None if self.band is None else np.maximum(self.forecasts[MODEL] - self.band.half_width, 0.0)

    @property
    def high(self) -> Floats | None:
        """Upper ends of Heavylegs' intervals, within 0-10."""
        return None if self.band is None else np.minimum(self.forecasts[MODEL] + self.band.half_width, 10.0)
