"""Intervals that fit the person: conformal windows over held-out misses, shared while new, adapted with every report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.arrays import Floats, Mask, Whole
from .adaptive import MEMORY, marked, on_spread_scale, replay, windows

Morning = tuple[float, float | None, float | None]
"""A held-out miss, and the forecast and the athlete's spread of that morning; None where not known."""

COVERAGE = 0.80
"""Share of mornings that an interval should hold where no other is asked for."""
POOLED_POINTS = 200
"""Misses that are kept of everybody: enough for any coverage that is told, and few enough for a manifest."""
STRATA = 20
"""Of forecasts, over which the kept mornings are spread."""
LEAST_MISSES = 30
"""Held-out misses without which an interval is that of a normal."""
LEARNED_BEFORE = 7 / 3
"""Reports before each kept miss: the misses of a log's last 30 % are kept."""
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
    own : dict of str to tuple of (miss, forecast, spread)
        Each athlete's own last 100 held-out misses in the order of time: the state from which
        intervals are adapted as reports come in.
    alike : tuple of (miss, forecast, spread)
        At most 200 of everybody's mornings, evenly over forecasts and misses: what is looked for mornings like
        today's. Empty where forecasts were not told or too few days were held out: then every morning is like
        every other, and `pooled` stands for everybody's.
    """

    coverage: float = COVERAGE
    pooled: tuple[float, ...] = field(default_factory=_unknown)
    own: dict[str, tuple[Morning, ...]] = field(default_factory=dict)
    alike: tuple[Morning, ...] = ()

    @classmethod
    def fit(
        cls,
        misses: npt.ArrayLike,
        athletes: npt.ArrayLike,
        mornings: npt.ArrayLike | None = None,
        coverage: float = COVERAGE,
        forecasts: npt.ArrayLike | None = None,
        spreads: npt.ArrayLike | None = None,
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
        forecasts : array of float, optional
            Canonical; without them no morning is more like today's than another.
        spreads : array of float, optional
            SD of the athlete's ratings of 28 days, canonical, as known when the forecast was made; NaN where it was not.

        Notes
        -----
        With fewer than 30 misses the shape of a normal of SD 1.5 stands for everybody's.
        """
        miss, who = np.asarray(misses, dtype=float).round(3), np.asarray(athletes).astype(str)
        when = np.arange(len(miss)) if mornings is None else np.asarray(mornings)
        unknown = np.full(len(miss), np.nan)
        forecast, spread = (
            unknown if given is None else np.asarray(given, dtype=float).round(2)
            for given in (forecasts, spreads)
        )
        held_out = np.column_stack([miss, forecast, spread])
        order = np.lexsort((when, who))
        names, starts = np.unique(who[order], return_index=True)
        ends = np.append(starts, len(miss))[1:]
        own = {
            str(name): _told(held_out[order[max(start, end - MEMORY) : end]])
            for name, start, end in zip(names, starts, ends, strict=True)
        }
        enough = len(miss) >= LEAST_MISSES
        alike = () if forecasts is None or not enough else _told(_sample(held_out))
        return cls(coverage, _grid(miss) if enough else _unknown(), own, alike)

    def at(self, coverage: float) -> Intervals:
        """Return the intervals for another coverage."""
        return replace(self, coverage=coverage)

    def whatever_the_forecast(self) -> Intervals:
        """Return the intervals of the same misses for which every morning is like every other."""
        return replace(self, alike=())

    @property
    def pooled_half_width(self) -> float:
        """Half-width of pooled split conformal: what everybody would get without adaptation."""
        return split_conformal(self.pooled, self.coverage)

    def now(self, athletes: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Return how far intervals reach below (at most 0) and above (at least 0) a forecast, shape (n,) each.

        The state is that after the last held-out day, whatever the forecast; an athlete without any gets everybody's.
        """
        names, whose = np.unique(np.asarray(athletes).astype(str), return_inverse=True)
        streams = [self._stream(name) for name in names]
        heard = np.array([len(s) for s in streams], dtype=np.int64)[whose]
        everybody = self._everybody()
        before = [self._before(name) for name in names]
        levels, _ = replay(everybody, streams, self.coverage, before)
        return windows(everybody, streams, levels, whose, heard, np.full((len(whose), 2), np.nan), before)

    def through_time(
        self,
        athletes: npt.ArrayLike,
        mornings: npt.ArrayLike,
        forecasts: npt.ArrayLike,
        ratings: npt.ArrayLike,
        learned: npt.ArrayLike | None = None,
        spreads: npt.ArrayLike | None = None,
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
        spreads : array of shape (n,), optional
            As for `fit`; None or NaN where not known.

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
        marks = self._marks(point, spreads)
        names, codes = np.unique(who, return_inverse=True)
        order = np.lexsort((honest, np.asarray(mornings), codes))
        starts = np.searchsorted(codes[order], np.arange(len(names)))
        ends = np.append(starts, len(order))[1:]
        misses, heard = np.column_stack([rated - point, marks])[order], honest[order]
        kept = [self._stream(name) for name in names]
        streams = [
            np.concatenate([mine, misses[start:end][heard[start:end]]])
            for mine, start, end in zip(kept, starts, ends, strict=True)
        ]
        known = np.array([len(mine) for mine in kept], dtype=np.int64)
        so_far = known[codes[order]] + _count_before(heard, starts, ends)
        everybody, before = self._everybody(), [self._before(name) for name in names]
        levels, met = replay(everybody, streams, self.coverage, before)
        reach = np.empty((len(who), 2))  # in the order of athletes and time
        reach[heard] = np.concatenate([np.zeros((0, 2)), *(w[k:] for w, k in zip(met, known, strict=True))])
        silent = codes[order][~heard], so_far[~heard], marks[order][~heard]
        reach[~heard] = np.column_stack(windows(everybody, streams, levels, *silent, before))
        below, above = np.empty((2, len(who)))
        below[order], above[order] = reach.T
        return Bounds(point + below, point + above)

    def _marks(self, point: Floats, spreads: npt.ArrayLike | None) -> Floats:
        """Return what tells mornings alike, shape (n, 2): forecast and spread; NaN where this model tells none."""
        if not self.alike:
            return np.full((len(point), 2), np.nan)
        spread = np.full(len(point), np.nan) if spreads is None else np.asarray(spreads, dtype=float)
        return np.column_stack([point, on_spread_scale(spread)])

    def to_dict(self) -> dict[str, Any]:
        """Return plain types for the manifest."""
        return {
            "coverage": self.coverage,
            "pooled": list(self.pooled),
            "own": {name: [list(morning) for morning in mornings] for name, mornings in self.own.items()},
            "alike": [list(morning) for morning in self.alike],
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Intervals:
        """Return what `to_dict` told, or an earlier version's, which kept misses alone."""
        own = {str(name): _mornings(misses) for name, misses in told["own"].items()}
        return cls(told["coverage"], tuple(told["pooled"]), own, _mornings(told.get("alike", [])))

    def _stream(self, athlete: str) -> Floats:
        stream = marked(self.own.get(athlete, ()))
        if not self.alike:
            stream[:, 1:] = np.nan
        return stream

    def _before(self, athlete: str) -> int:
        """Return how many mornings the athlete had reported before the first kept miss."""
        return round(LEARNED_BEFORE * len(self.own.get(athlete, ())))

    def _everybody(self) -> Floats:
        return marked(self.alike or _mornings(self.pooled))


def _grid(misses: Floats) -> tuple[float, ...]:
    if len(misses) <= POOLED_POINTS:
        return tuple(np.sort(misses).tolist())
    places = (np.arange(POOLED_POINTS) + 0.5) / POOLED_POINTS
    return tuple(np.quantile(misses, places).round(3).tolist())


def _sample(held_out: Floats) -> Floats:
    """Return at most 200 of the mornings, shape (n, 3): evenly over misses within twenty strata of forecasts."""
    if len(held_out) <= POOLED_POINTS:
        return held_out
    rank = np.empty(len(held_out), dtype=np.int64)
    rank[np.argsort(held_out[:, 1], kind="stable")] = np.arange(len(held_out))
    order = np.lexsort((held_out[:, 0], rank * STRATA // len(held_out)))
    return np.asarray(
        held_out[order[((np.arange(POOLED_POINTS) + 0.5) * len(order) / POOLED_POINTS).astype(int)]]
    )


def _told(held_out: Floats) -> tuple[Morning, ...]:
    """Return mornings as plain numbers, None for NaN."""
    return tuple(
        (miss, None if np.isnan(forecast) else forecast, None if np.isnan(spread) else spread)
        for miss, forecast, spread in held_out.tolist()
    )


def _mornings(kept: Iterable[Any]) -> tuple[Morning, ...]:
    """Return mornings as they were kept: of misses alone nothing else is known."""
    return tuple((m, None, None) if isinstance(m, int | float) else (m[0], m[1], m[2]) for m in kept)


def _count_before(chosen: Mask, starts: Whole, ends: Whole) -> Whole:
    """Return how many rows of the same athlete before each row are chosen, rows sorted by athlete and time."""
    total: Whole = np.cumsum(chosen) - chosen
    return total - np.repeat(total[starts], ends - starts)
