"""Whether intervals hold what they promise, for everybody together and for each athlete."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..data.arrays import Floats
from .metrics import Codes, athlete_means

LONG_DAYS = 60
"""Held-out mornings from which an athlete's own coverage says something (90 % +- 4 at 60)."""
FAIR = (0.82, 0.97)
"""Where the own coverage of such an athlete should lie at nominal 90 %."""
TOLERANCE = 1e-9
"""What adding up in another order can do: an end within it holds the report."""
ON_THE_RIM = 1e-6
"""Steps of the scale: ratings are stored in single precision, and an interval that ends on one holds that answer."""


@dataclass(frozen=True)
class Coverage:
    """How often mornings lay inside, and how wide the intervals were.

    Parameters
    ----------
    share : float
        Of all mornings.
    macro : float
        Mean over athletes of their own share.
    width : float
        Mean width, in the units of the intervals.
    long_athletes : int
        Athletes with at least 60 held-out mornings.
    fair_athletes : float
        Share of those whose own coverage lies in 0.82 to 0.97, NaN where there is none.
    """

    share: float
    macro: float
    width: float
    long_athletes: int
    fair_athletes: float


def coverage(target: Floats, low: Floats, high: Floats, athletes: Codes) -> Coverage:
    """Return how intervals did on held-out mornings; a report on the rim lies inside.

    Parameters
    ----------
    target, low, high : arrays of shape (n,)
    athletes : int array of shape (n,)

    Examples
    --------
    >>> coverage(np.array([1.0, 2.0]), np.array([0.0, 0.0]), np.array([1.5, 1.5]), np.array([0, 0])).share
    0.5
    """
    inside = (target >= low - TOLERANCE) & (target <= high + TOLERANCE)
    own = athlete_means(inside, athletes)
    long = np.unique(athletes, return_counts=True)[1] >= LONG_DAYS
    fair = (own[long] >= FAIR[0] - TOLERANCE) & (own[long] <= FAIR[1] + TOLERANCE)
    return Coverage(
        share=float(inside.mean()),
        macro=float(own.mean()),
        width=float(np.mean(high - low)),
        long_athletes=int(long.sum()),
        fair_athletes=float(fair.mean()) if long.any() else float("nan"),
    )


def widening(target: Floats, forecast: Floats, half_width: Floats, share: float) -> float:
    """Return the least factor by which intervals of `half_width` about the forecasts hold `share` of the mornings.

    Widths can be compared only at the same coverage: intervals that hold less than they promise are cheap.

    Parameters
    ----------
    target, forecast, half_width : arrays of shape (n,)
        Half-widths above 0.
    share : float

    Examples
    --------
    >>> widening(np.array([1.0, 2.0, 3.0, 4.0]), np.zeros(4), np.full(4, 2.0), 0.75)
    1.5
    """
    needed = np.sort(np.abs(target - forecast) / half_width)
    return float(needed[max(int(np.ceil(share * len(needed) - TOLERANCE)), 1) - 1])


def own_windows(target: Floats, forecast: Floats, athletes: Codes, share: float) -> float:
    """Return the mean width of windows that know everyone's own held-out misses beforehand.

    Each athlete has one window for all mornings, the shortest that holds the forecast and `share` of the own
    mornings. No intervals that tell people apart but not mornings can be narrower and hold as much for each.

    Parameters
    ----------
    target, forecast : arrays of shape (n,)
    athletes : int array of shape (n,)
    share : float
    """
    miss, total = target - forecast, 0.0
    for athlete in np.unique(athletes):
        own = np.sort(miss[athletes == athlete])
        held = max(int(np.ceil(share * len(own) - TOLERANCE)), 1)
        low, high = np.minimum(own[: len(own) - held + 1], 0.0), np.maximum(own[held - 1 :], 0.0)
        total += len(own) * float((high - low).min())
    return total / len(miss)


def answers_inside(low: Floats, high: Floats, native_span: float) -> float:
    """Return how many answers of the scale lie inside, mean over mornings: a width that no drawing of lines changes.

    Parameters
    ----------
    low, high : arrays of shape (n,)
        Canonical.
    native_span : float
        Highest less lowest answer of the scale; answers are a native unit apart.
    """
    step = 10.0 / native_span
    first = np.ceil(np.clip(low, 0.0, 10.0) / step - ON_THE_RIM)
    last = np.floor(np.clip(high, 0.0, 10.0) / step + ON_THE_RIM)
    return float(np.mean(last - first + 1.0))
