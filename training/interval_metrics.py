"""Whether intervals hold what they promise, for everybody together and for each athlete."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .metrics import Codes, Floats, athlete_means

LONG_DAYS = 60
"""Held-out mornings from which an athlete's own coverage says something (90 % +- 4 at 60)."""
FAIR = (0.82, 0.97)
"""Where the own coverage of such an athlete should lie at nominal 90 %."""
TOLERANCE = 1e-9


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
