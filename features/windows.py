"""Windows over days: every statistic that looks back, for all athletes at once.

Arrays are flat float32, one group an athlete, one value a calendar day without holes (see
`heavylegs.features.days`). Each function looks back only: the value of a day is built from
that day and the days before it. NaN is a day that was not logged; it is passed over, never
counted as 0.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from coreforecast.grouped_array import GroupedArray
from coreforecast.lag_transforms import (
    ExpandingMean,
    ExpandingQuantile,
    ExponentiallyWeightedMean,
    Lag,
    RollingMax,
    RollingMean,
    RollingQuantile,
    RollingStd,
)

Values: TypeAlias = npt.NDArray[np.float32]
Offsets: TypeAlias = npt.NDArray[np.int32]


def _groups(x: npt.ArrayLike, offsets: Offsets) -> GroupedArray:
    # one thread: athletes are spread over processes, and results must not depend on threads
    return GroupedArray(np.ascontiguousarray(x, dtype=np.float32), offsets, num_threads=1)


def lag(x: npt.ArrayLike, offsets: Offsets, days: int) -> Values:
    """Return the value of `days` days ago."""
    return np.asarray(Lag(days).transform(_groups(x, offsets)), dtype=np.float32)


def rolling_mean(x: npt.ArrayLike, offsets: Offsets, days: int, at_least: int = 1) -> Values:
    """Return the mean of the logged values of the last `days` days, today included.

    Parameters
    ----------
    x : array of shape (n,)
    offsets : int array of shape (athletes + 1,)
    days : int
        Length of the window.
    at_least : int
        Fewer logged values than this give NaN.
    """
    window = RollingMean(lag=0, window_size=days, min_samples=at_least, skipna=True)
    return np.asarray(window.transform(_groups(x, offsets)), dtype=np.float32)


def rolling_sum(x: npt.ArrayLike, offsets: Offsets, days: int, at_least: int = 1) -> Values:
    """Return the mean of the logged days times `days`: a sum that an unlogged day does not lower."""
    return rolling_mean(x, offsets, days, at_least) * np.float32(days)


def rolling_std(x: npt.ArrayLike, offsets: Offsets, days: int, at_least: int = 2) -> Values:
    """Return the sample standard deviation of the logged values of the last `days` days."""
    window = RollingStd(lag=0, window_size=days, min_samples=at_least, skipna=True)
    return np.asarray(window.transform(_groups(x, offsets)), dtype=np.float32)


def rolling_max(x: npt.ArrayLike, offsets: Offsets, days: int, at_least: int = 1) -> Values:
    """Return the greatest logged value of the last `days` days."""
    window = RollingMax(lag=0, window_size=days, min_samples=at_least, skipna=True)
    return np.asarray(window.transform(_groups(x, offsets)), dtype=np.float32)


def rolling_quantile(
    x: npt.ArrayLike, offsets: Offsets, days: int, share: float, at_least: int = 1
) -> Values:
    """Return the quantile `share` of the logged values of the last `days` days."""
    window = RollingQuantile(lag=0, p=share, window_size=days, min_samples=at_least, skipna=True)
    return np.asarray(window.transform(_groups(x, offsets)), dtype=np.float32)


def expanding_mean(x: npt.ArrayLike, offsets: Offsets) -> Values:
    """Return the mean of all values logged so far."""
    return np.asarray(ExpandingMean(lag=0, skipna=True).transform(_groups(x, offsets)), dtype=np.float32)


def expanding_median(x: npt.ArrayLike, offsets: Offsets) -> Values:
    """Return the median of all values logged so far."""
    return np.asarray(
        ExpandingQuantile(lag=0, p=0.5, skipna=True).transform(_groups(x, offsets)), dtype=np.float32
    )


def count_so_far(x: npt.ArrayLike, offsets: Offsets) -> Values:
    """Return how many values have been logged so far."""
    logged = np.cumsum(~np.isnan(np.asarray(x, dtype=np.float32)), dtype=np.int64)
    before = np.concatenate(([0], logged))[offsets[:-1]]
    return np.asarray(logged - np.repeat(before, np.diff(offsets)), dtype=np.float32)


def ewma(x: npt.ArrayLike, offsets: Offsets, half_life: float) -> Values:
    """Return the exponentially weighted mean of the logged values, weights halving every `half_life` of them.

    Days that were not logged are passed over and age nothing: for a person's usual level that
    forecasts better than ageing by the calendar (SoccerMon, half-life 7: RMSE .483 against .487).
    """
    window = ExponentiallyWeightedMean(lag=0, alpha=1.0 - 0.5 ** (1.0 / half_life), skipna=True)
    return np.asarray(window.transform(_groups(x, offsets)), dtype=np.float32)


def days_since(event: npt.ArrayLike, offsets: Offsets) -> Values:
    """Return the days since `event` was last true, 0 on the day itself, NaN before the first."""
    event = np.asarray(event, dtype=bool)
    index = np.arange(len(event))
    start = np.repeat(offsets[:-1], np.diff(offsets))
    last = np.maximum.accumulate(np.where(event, index, -1)) if len(event) else index
    return np.where(last >= start, index - last, np.nan).astype(np.float32)


def last_known(x: npt.ArrayLike, offsets: Offsets, within: int | None = None) -> Values:
    """Return the newest logged value, NaN where it is older than `within` days."""
    x = np.asarray(x, dtype=np.float32)
    age = days_since(~np.isnan(x), offsets)
    known = ~np.isnan(age) if within is None else age <= within
    back = np.where(known, np.nan_to_num(age), 0).astype(np.int64)
    return np.where(known, x[np.arange(len(x)) - back], np.float32(np.nan)).astype(np.float32)


def carried(x: npt.ArrayLike, offsets: Offsets, kept: float, most: float = np.inf) -> Values:
    """Return ``X_t = clip(kept X_{t-1} + x_t, 0, most)``: a debt of which a share lasts to the next day.

    The recursion forgets its start by the power of `kept`, so a fixed number of sweeps over all
    days at once gives it to a thousandth, whatever the number of days. A day that was not logged
    adds what the athlete's logged days of late did; NaN where fewer than 2 of the last 3 were.

    Parameters
    ----------
    x : array of shape (n,)
        What the day adds; negative where it pays back.
    offsets : int array of shape (athletes + 1,)
    kept : float
        Between 0 and 1.
    most : float
        The debt never grows beyond.
    """
    added = np.asarray(x, dtype=np.float32)
    logged = ~np.isnan(added)
    filled = np.nan_to_num(np.where(logged, added, ewma(added, offsets, 7)))
    debt = np.clip(filled, 0, most)
    for _ in range(int(np.ceil(np.log(1e-3) / np.log(kept)))):
        debt = np.clip(np.float32(kept) * np.nan_to_num(lag(debt, offsets, 1)) + filled, 0, most)
    known = rolling_mean(logged, offsets, 3, at_least=2) > 0.5
    return np.where(known & (count_so_far(added, offsets) > 1), debt, np.float32(np.nan)).astype(np.float32)
