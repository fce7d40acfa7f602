"""What an evaluation holds: forecasts of days that nobody had seen, and what was known at the time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ..data.arrays import Floats, Whole
from ..models.baselines import LADDER, PEERS
from ..models.forecaster import Forecaster
from . import metrics
from .splits import Plan

MODEL = "heavylegs"


@dataclass(frozen=True)
class Band:
    """Heavylegs' intervals around its forecasts, canonical, arrays of shape (n,).

    Parameters
    ----------
    low, high : array
        Their ends as a runner is told them, but for being kept within 0-10.
    spread : array
        Half their width before the ends are kept within 0-10.
    pooled : array
        Half-width of pooled split conformal, from the same calibration: what `spread` is measured
        against.
    scale : array
        Half the width that the same misses ask for whatever the forecast is: how far the athlete's ratings
        scatter at the time, wherever the answers of the scale lie.
    level : float
        Share of mornings that should lie inside.
    """

    low: Floats
    high: Floats
    spread: Floats
    pooled: Floats
    scale: Floats
    level: float

    @classmethod
    def joined(cls, bands: Sequence[Band | None]) -> Band | None:
        """Return the intervals of all parts one after the other, None where a part has none."""
        known = [band for band in bands if band is not None]
        if not known or len(known) < len(bands):
            return None
        sides = {
            name: np.concatenate([getattr(band, name) for band in known])
            for name in ("low", "high", "spread", "pooled", "scale")
        }
        return cls(**sides, level=known[0].level)


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
    bad : array of shape (n,)
        1 where the morning was bad, 0 where not, NaN where no usual was known; see `heavylegs.models.bad_morning`.
    chance : array of shape (n,)
        What Heavylegs said of that, NaN where too few days were left to learn it from.
    own_rate : array of shape (n,)
        The athlete's share of bad mornings until then: the baseline of `chance`.
    plan : Plan
    """

    rows: Whole
    target: Floats
    forecasts: dict[str, Floats]
    athletes: Whole
    mornings: npt.NDArray[np.datetime64]
    part: Whole
    usual: Floats
    reports: Floats
    models: tuple[Forecaster, ...]
    band: Band | None
    bad: Floats
    chance: Floats
    own_rate: Floats
    plan: Plan

    @cached_property
    def best_baseline(self) -> str:
        """Name of the baseline with the lowest RMSE."""
        return min(LADDER, key=lambda name: metrics.rmse(self.target, self.forecasts[name]))

    @cached_property
    def best_peer(self) -> str:
        """Name of the peer with the lowest RMSE."""
        return min(PEERS, key=lambda name: metrics.rmse(self.target, self.forecasts[name]))

    @cached_property
    def clusters(self) -> Whole:
        """What a bootstrap draws whole, shape (n,): see `metrics.drawn_whole`."""
        return np.asarray(metrics.drawn_whole(self.athletes, self.mornings))

    @property
    def low(self) -> Floats | None:
        """Lower ends of Heavylegs' intervals, within 0-10."""
        return None if self.band is None else np.clip(self.band.low, 0.0, 10.0)

    @property
    def high(self) -> Floats | None:
        """Upper ends of Heavylegs' intervals, within 0-10."""
        return None if self.band is None else np.clip(self.band.high, 0.0, 10.0)
