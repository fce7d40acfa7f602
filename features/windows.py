"""Windows over days: every statistic that looks back, for all athletes at once.

Arrays are flat float32, one group an athlete, one value a calendar day without holes (see
`heavylegs.features.days`). Each function looks back only: the value of a day is built from
that day and the days before it. NaN is a day that was not logged; it is passed over, never
counted as 0.
"""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
from coreforecast.grouped_array import GroupedArray
from coreforecast.lag_transforms import (
    ExpandingMean,
    ExpandingQuantile,
    ExponentiallyWeightedMean,
    RollingMax,
    RollingMean,
    RollingStd,
)
from numpy.lib.stride_tricks import sliding_window_view

Values: TypeAlias = npt.NDArray[np.float32]
Offsets: TypeAlias = npt.NDArray[np.int32]
Indices: TypeAlias = npt.NDArray[np.int64]
Mask: TypeAlias = npt.NDArray[np.bool_]

_SORTED_AT_ONCE = 4096  # rows that stay in the processor's cache with their windows
_FEW_LEVELS = 32  # as a questionnaire has


class Transform(Protocol):
    """A window of coreforecast."""

    def transform(self, ga: GroupedArray) -> npt.NDArray[Any]:
        """Return the window's value of each day."""


def _groups(x: npt.ArrayLike, offsets: Offsets) -> GroupedArray:
    # one thread: athletes are spread over processes, and results must not depend on threads
    return GroupedArray(np.ascontiguousarray(x, dtype=np.float32), offsets, num_threads=1)


def _through(window: Transform, x: npt.ArrayLike, offsets: Offsets) -> Values:
    """Return what a coreforecast window makes of x; at once where nothing was logged at all."""
    values = np.asarray(x, dtype=np.float32)
    if silent(values):
        return np.full(len(values), np.nan, dtype=np.float32)
    return np.asarray(window.transform(_groups(values, offsets)), dtype=np.float32)


def silent(x: npt.NDArray[np.floating[Any]]) -> bool:
    """Return whether no value is known."""
    return not len(x) or bool(np.isnan(x[0]) and np.isnan(x).all())


def lag(x: npt.ArrayLike, offsets: Offsets, days: int) -> Values:
    """Return the value of `days` days ago."""
    x = np.asarray(x, dtype=np.float32)
    out = np.empty_like(x)
    out[days:] = x[: max(len(x) - days, 0)]
    for first in range(days):
        begins = offsets[:-1] + first
        out[begins[begins < len(x)]] = np.nan
    return out


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
    return _through(RollingMean(lag=0, window_size=days, min_samples=at_least, skipna=True), x, offsets)


def rolling_sum(x: npt.ArrayLike, offsets: Offsets, days: int, at_least: int = 1) -> Values:
    """Return the mean of the logged days times `days`: a sum that an unlogged day does not lower."""
    return rolling_mean(x, offsets, days, at_least) * np.float32(days)


def rolling_std(x: npt.ArrayLike, offsets: Offsets, days: int, at_least: int = 2) -> Values:
    """Return the sample standard deviation of the logged values of the last `days` days."""
    return _through(RollingStd(lag=0, window_size=days, min_samples=at_least, skipna=True), x, offsets)


def rolling_max(x: npt.ArrayLike, offsets: Offsets, days: int, at_least: int = 1) -> Values:
    """Return the greatest logged value of the last `days` days."""
    return _through(RollingMax(lag=0, window_size=days, min_samples=at_least, skipna=True), x, offsets)


def rolling_quantile(
    x: npt.ArrayLike, offsets: Offsets, days: int, share: float, at_least: int = 1
) -> Values:
    """Return the quantile `share` of the logged values of the last `days` days, straight between two of them.

    As pandas has it. (coreforecast 0.0.20 counts an unlogged day towards `at_least` once an athlete.)
    """
    x = np.asarray(x, dtype=np.float32)
    out = np.full(len(x), np.nan, dtype=np.float32)
    if silent(x):
        return out
    # numpy sorts short rows several times as fast as a kernel keeps one window sorted; athletes are set apart
    lengths = np.diff(offsets)
    begins = np.arange(len(x)) + np.repeat(np.arange(len(lengths)) * (days - 1), lengths)
    apart = np.full(len(x) + len(lengths) * (days - 1), np.nan, dtype=np.float32)
    apart[begins + days - 1] = x
    every = sliding_window_view(apart, days)
    for low in range(0, len(x), _SORTED_AT_ONCE):
        rows = slice(low, low + _SORTED_AT_ONCE)
        window = every[begins[rows]]
        window.sort(axis=1)
        out[rows] = _sorted_quantile(window, share, at_least)
    return out


def _sorted_quantile(window: Values, share: float, at_least: int) -> Values:
    """Return the quantile of each sorted row, NaN at its end passed over."""
    # a product counts rows far faster than a sum of booleans
    known = (~np.isnan(window) @ np.ones(window.shape[1], dtype=np.float32)).astype(np.int64)
    last = np.maximum(known - 1, 0)
    at = share * last
    low = at.astype(np.int64)
    first = np.arange(0, window.size, window.shape[1])
    below, above = window.ravel()[first + low], window.ravel()[first + np.minimum(low + 1, last)]
    between = (at - low).astype(np.float32)
    out: Values = below + between * (above - below)
    out[known < max(at_least, 1)] = np.nan
    return out


def expanding_mean(x: npt.ArrayLike, offsets: Offsets) -> Values:
    """Return the mean of all values logged so far."""
    return _through(ExpandingMean(lag=0, skipna=True), x, offsets)


def expanding_median(x: npt.ArrayLike, offsets: Offsets) -> Values:
    """Return the median of all values logged so far."""
    x = np.asarray(x, dtype=np.float32)
    logged = ~np.isnan(x)
    values = x[logged]
    so_far = np.concatenate(([0], np.cumsum(logged)))
    bounds = so_far[offsets].astype(np.int32)
    levels = np.unique(values)
    if len(levels) <= _FEW_LEVELS:
        medians = _median_of_levels(values, bounds, levels)
    else:
        median = ExpandingQuantile(lag=0, p=0.5, skipna=True)
        medians = np.asarray(median.transform(_groups(values, bounds)), dtype=np.float32)
    known = so_far[1:] > np.repeat(so_far[offsets[:-1]], np.diff(offsets))
    out = np.full(len(x), np.nan, dtype=np.float32)
    out[known] = medians[so_far[1:][known] - 1]
    return out


def _median_of_levels(values: Values, offsets: Offsets, levels: Values) -> Values:
    """Return the expanding median of values without holes that take few `levels`: by counting them."""
    count = np.arange(len(values)) - np.repeat(offsets[:-1], np.diff(offsets)) + 1
    low, high = np.zeros(len(values), dtype=np.int64), np.zeros(len(values), dtype=np.int64)
    for level in levels[:-1]:
        below = np.cumsum(values <= level, dtype=np.int32)
        below -= np.repeat(np.concatenate((np.zeros(1, np.int32), below))[offsets[:-1]], np.diff(offsets))
        low += below <= (count - 1) // 2
        high += below <= count // 2
    if not len(levels):
        return values
    return levels[low] + np.float32(0.5) * (levels[high] - levels[low])


def rolling_count(x: npt.ArrayLike, offsets: Offsets, days: int) -> npt.NDArray[np.int32]:
    """Return how many of the last `days` days were logged."""
    so_far = np.concatenate((np.zeros(1, np.int32), np.cumsum(~np.isnan(np.asarray(x)), dtype=np.int32)))
    start = np.repeat(offsets[:-1], np.diff(offsets))
    before = so_far[np.maximum(np.arange(len(start)) - days + 1, start)]
    return so_far[1:] - before


def count_so_far(x: npt.ArrayLike, offsets: Offsets) -> Values:
    """Return how many values have been logged so far."""
    logged = np.cumsum(~np.isnan(np.asarray(x, dtype=np.float32)), dtype=np.int32)
    before = np.concatenate((np.zeros(1, dtype=np.int32), logged))[offsets[:-1]]
    return (logged - np.repeat(before, np.diff(offsets))).astype(np.float32)


def ewma(x: npt.ArrayLike, offsets: Offsets, half_life: float) -> Values:
    """Return the exponentially weighted mean of the logged values, weights halving every `half_life` of them.

    Days that were not logged are passed over and age nothing: for a person's usual level that
    forecasts better than ageing by the calendar (SoccerMon, half-life 7: RMSE .483 against .487).
    """
    window = ExponentiallyWeightedMean(lag=0, alpha=1.0 - 0.5 ** (1.0 / half_life), skipna=True)
    return _through(window, x, offsets)


def _stretches(event: npt.NDArray[np.bool_], offsets: Offsets) -> tuple[Indices, Indices, Mask]:
    """Return where stretches begin, each with an event or an athlete, how long they are, and which lack an event."""
    begins = event.copy()
    begins[offsets[:-1][np.diff(offsets) > 0]] = True
    first = np.flatnonzero(begins)
    return first, np.diff(first, append=len(event)), ~event[first]


def days_since(event: npt.ArrayLike, offsets: Offsets) -> Values:
    """Return the days since `event` was last true, 0 on the day itself, NaN before the first."""
    event = np.asarray(event, dtype=bool)
    first, lengths, without = _stretches(event, offsets)
    age = (np.arange(len(event)) - np.repeat(first, lengths)).astype(np.float32)
    age[np.repeat(without, lengths)] = np.nan
    return age


def last_known(x: npt.ArrayLike, offsets: Offsets, within: int | None = None) -> Values:
    """Return the newest logged value, NaN where it is older than `within` days."""
    x = np.asarray(x, dtype=np.float32)
    first, lengths, _ = _stretches(~np.isnan(x), offsets)
    newest = np.repeat(x[first], lengths)
    if within is not None:
        newest[np.arange(len(x)) - np.repeat(first, lengths) > within] = np.nan
    return newest


def begun(event: npt.ArrayLike, offsets: Offsets) -> Mask:
    """Return whether `event` has been true, today included."""
    event = np.asarray(event, dtype=bool)
    _, lengths, without = _stretches(event, offsets)
    return ~np.repeat(without, lengths)


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
    if silent(added):
        return np.full(len(added), np.nan, dtype=np.float32)
    logged = ~np.isnan(added)
    filled = np.nan_to_num(np.where(logged, added, ewma(added, offsets, 7)))
    debt = np.clip(filled, 0, most, dtype=np.float32)
    before, starts = np.zeros_like(debt), offsets[:-1][np.diff(offsets) > 0]
    for _ in range(int(np.ceil(np.log(1e-3) / np.log(kept)))):
        np.multiply(debt[:-1], np.float32(kept), out=before[1:])
        before[starts] = 0
        np.add(before, filled, out=debt)
        np.clip(debt, 0, np.float32(most), out=debt)
    known = rolling_mean(logged, offsets, 3, at_least=2) > 0.5
    return np.where(known & (count_so_far(added, offsets) > 1), debt, np.float32(np.nan)).astype(np.float32)
