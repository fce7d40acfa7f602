"""Ranges of forecasts for days ahead of the log: wider, the longer no morning was rated."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..data.arrays import Floats

AHEAD = (1.0, 1.0, 1.05, 1.07, 1.08, 1.1)
"""How many times as wide ranges are, by mornings since the last one rated; the last holds for more.

On held-out days ranges made for the next morning held .79 of 80 % then, and .73 to .74 further ahead (`docs/intervals.md`).
"""


def widened_ahead(
    point: npt.ArrayLike, low: npt.ArrayLike, high: npt.ArrayLike, mornings: int
) -> tuple[Floats, Floats]:
    """Return ranges of forecasts for a day ahead of the log, kept within 0-10.

    Parameters
    ----------
    point, low, high : arrays of shape (n,)
        Forecasts and their ranges as for the next morning, canonical, within 0-10.
    mornings : int
        Since the last one rated: 0 where that of the day itself was.

    Examples
    --------
    >>> [float(end.round(2)) for end in widened_ahead(4.0, 2.0, 6.0, mornings=7)]
    [1.8, 6.2]
    """
    wider, middle = AHEAD[min(mornings, len(AHEAD) - 1)], np.asarray(point, dtype=float)
    ends = (middle + wider * (np.asarray(end, dtype=float) - middle) for end in (low, high))
    below, above = (np.clip(end, 0.0, 10.0) for end in ends)
    return below, above
