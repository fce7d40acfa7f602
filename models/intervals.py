"""Intervals that fit the person: conformal windows over held-out misses, shared while new, adapted with every report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

from .adaptive import MEMORY, replay

Floats = npt.NDArray[np.float64]

COVERAGE = 0.80
POOLED_POINTS = 200
LEAST_MISSES = 30
UNKNOWN_SPREAD = 1.5
"""SD of a forecast's miss in canonical points where none was held out; PMData's, the larger of the real cohorts."""


@dataclass(frozen=True)
class Bounds:
    """The ends of intervals in canonical points, arrays of shape (n,); the forecast lies within."""

    lower: Floats
    upper: Floats


def split_conformal(misses: npt.ArrayLike, coverage: float) -> float:
    """Return the half-width of pooled split conformal: the ceil((n + 1) coverage)-th smallest absolute miss.

    Source: Lei et al. 2018, 10.1080/01621459.2017.1307116. It is the yardstick; the product's
    intervals are narrower and fairer to the single athlete.

    Examples
    --------
    >>> split_conformal([0.1, -0.4, 0.2, 0.3], 0.5)
    0.3
    """
    sizes = np.sort(np.abs(np.asarray(misses, dtype=float)))
    return float(sizes[min(int(np.ceil((len(sizes) + 1) * coverage)), len(sizes)) - 1])


def _unknown() -> tuple[float, ...]:
    normal = NormalDist(0.0, UNKNOWN_SPREAD)
    return tuple(round(normal.inv_cdf((i + 0.5) / POOLED_POINTS), 3) for i in range(POOLED_POINTS))


@dataclass(frozen=True)
class Intervals:
    """What is known of how forecasts miss, and the intervals that follow from it at any coverage.

    Parameters
    ----------
    coverage : float
        Share of mornings that should lie inside.
    pooled : tuple of float
        Everybody's signed misses (rating less forecast, canonical) on held-out days, at most 200
        evenly spaced quantiles of them; a normal of SD 1.5 where too few were held out.
    own : dict of str to tuple of float
        Each athlete's own last 100 held-out misses in the order of time: the state from which
        intervals are adapted as reports come in.
    """

    coverage: float = COVERAGE
    pooled: tuple[float, ...] = field(default_factory=_unknown)
    own: dict[str, tuple[float, ...]] = field(default_factory=dict)

    @classmethod
    def fit(
        cls,
        misses: npt.ArrayLike,
        athletes: npt.ArrayLike,
        mornings: npt.ArrayLike | None = None,
        coverage: float = COVERAGE,
    ) -> Intervals:
        """Learn from held-out days, shape (n,) each.

        Parameters
        ----------
        misses : array of float
            Rating less forecast, canonical, on days that the forecasting model had not seen.
        athletes : array of str
            Whose.
        mornings : array of datetime64[D], optional
            When; the order given where None.
        coverage : float

        Notes
        -----
        With fewer than 30 misses the shape of a normal of SD 1.5 stands for everybody's.
        """
        miss, who = np.asarray(misses, dtype=float).round(3), np.asarray(athletes).astype(str)
        when = np.arange(len(miss)) if mornings is None else np.asarray(mornings)
        order = np.lexsort((when, who))
        names, starts = np.unique(who[order], return_index=True)
        ends = np.append(starts, len(miss))[1:]
        own = {
            str(name): tuple(miss[order[max(start, end - MEMORY) : end]].tolist())
            for name, start, end in zip(names, starts, ends, strict=True)
        }
        return cls(
            coverage,
            _grid(miss) if len(miss) >= LEAST_MISSES else _unknown(),
            own,
        )

    def at(self, coverage: float) -> Intervals:
        """Return the intervals for another coverage."""
        return replace(self, coverage=coverage)

    @property
    def pooled_half_width(self) -> float:
        """Half-width of pooled split conformal: what everybody would get without adaptation."""
        return split_conformal(self.pooled, self.coverage)

    def now(self, athletes: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Return how far intervals reach below (at most 0) and above (at least 0) a forecast, shape (n,) each.

        The state is that after the last held-out day; an athlete without any gets everybody's.
        """
        who = np.asarray(athletes).astype(str)
        names, index = np.unique(who, return_inverse=True)
        ends = replay(np.asarray(self.pooled), [self._stream(name) for name in names], self.coverage)
        last = np.array([e[-1] for e in ends]).reshape(-1, 2)[index]
        return last[:, 0], last[:, 1]

    def through_time(
        self,
        athletes: npt.ArrayLike,
        mornings: npt.ArrayLike,
        forecasts: npt.ArrayLike,
        ratings: npt.ArrayLike,
        learned: npt.ArrayLike | None = None,
    ) -> Bounds:
        """Return each morning's interval, which rests only on misses of mornings before it.

        Parameters
        ----------
        athletes, mornings : arrays of shape (n,)
            In any order; a row of a morning without rating may stand beside the rated one.
        forecasts : array of shape (n,)
            Canonical; kept within 0-10 here.
        ratings : array of shape (n,)
            What was reported, NaN where nothing was or where it shall not be learned from.
        learned : boolean array of shape (n,), optional
            Rows that the model itself was trained on: their misses are too small to learn from, and
            the athlete's kept state stands there. None where all rows were held out.

        Returns
        -------
        Bounds
            Not cut at 0 and 10.
        """
        who = np.asarray(athletes).astype(str)
        point = np.clip(np.asarray(forecasts, dtype=float), 0.0, 10.0)
        rated = np.asarray(ratings, dtype=float)
        honest = ~np.isnan(rated)
        if learned is not None:
            honest &= ~(np.asarray(learned) & np.isin(who, list(self.own)))
        names, codes = np.unique(who, return_inverse=True)
        order = np.lexsort((honest, np.asarray(mornings), codes))
        starts = np.searchsorted(codes[order], np.arange(len(names)))
        miss, heard = (rated - point)[order], honest[order]
        ends = np.append(starts[1:], len(order))
        streams, known = [], np.zeros(len(names), dtype=np.int64)
        for i, name in enumerate(names):
            mine = slice(starts[i], ends[i])
            kept = self._stream(name)
            known[i] = len(kept)
            streams.append(np.concatenate([kept, miss[mine][heard[mine]]]))
        windows = replay(np.asarray(self.pooled), streams, self.coverage)
        first = np.cumsum([0, *(len(w) for w in windows[:-1])])
        before = _count_before(heard, starts, ends)
        flat = np.concatenate(windows) if windows else np.zeros((0, 2))
        below, above = np.empty(len(who)), np.empty(len(who))
        rows = first[codes[order]] + known[codes[order]] + before
        below[order], above[order] = flat[rows, 0], flat[rows, 1]
        return Bounds(point + below, point + above)

    def to_dict(self) -> dict[str, Any]:
        """Return plain types for the manifest."""
        return {
            "coverage": self.coverage,
            "pooled": list(self.pooled),
            "own": {name: list(misses) for name, misses in self.own.items()},
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Intervals:
        """Return what `to_dict` told."""
        own = {str(name): tuple(misses) for name, misses in told["own"].items()}
        return cls(told["coverage"], tuple(told["pooled"]), own)

    def _stream(self, athlete: str) -> Floats:
        return np.asarray(self.own.get(athlete, ()), dtype=float)


def _grid(misses: Floats) -> tuple[float, ...]:
    if len(misses) <= POOLED_POINTS:
        return tuple(np.sort(misses).tolist())
    places = (np.arange(POOLED_POINTS) + 0.5) / POOLED_POINTS
    return tuple(np.quantile(misses, places).round(3).tolist())


def _count_before(
    chosen: npt.NDArray[np.bool_], starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Return how many rows of the same athlete before each row are chosen, rows sorted by athlete and time."""
    total: npt.NDArray[np.int64] = np.cumsum(chosen) - chosen
    return total - np.repeat(total[starts], ends - starts)
