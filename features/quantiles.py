"""Medians and other quantiles of the days so far: the windows whose values must be put in order."""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from coreforecast.grouped_array import GroupedArray
from coreforecast.lag_transforms import ExpandingQuantile
from numpy.lib.stride_tricks import sliding_window_view

from ..data.arrays import Mask
from .sliding import Indices, Narrow, Offsets, Values, blank, filled, looking_back, narrow, silent, so_far

_SORTED_AT_ONCE = 4096  # rows that stay in the processor's cache with their windows
_FEW_LEVELS = 32  # as a questionnaire has
_SOME_LEVELS = 1000  # as a watch that tells minutes has
_APART_LEVELS = 128  # of one athlete; counting more takes as long as sorting


def rolling_quantile(
    x: npt.ArrayLike, offsets: Offsets, days: int, share: float, at_least: int = 1
) -> Values:
    """Return the quantile `share` of the logged values of the last `days` days, straight between two of them.

    As pandas has it. (coreforecast 0.0.20 counts an unlogged day towards `at_least` once an athlete.)
    """
    x = np.ascontiguousarray(x, dtype=np.float32)
    if silent(x):
        return np.full(len(x), np.nan, dtype=np.float32)
    # athletes are set apart by days that were not logged
    lengths = np.diff(offsets)
    ends = np.arange(days - 1, len(x) + days - 1) + np.repeat(np.arange(len(lengths)) * (days - 1), lengths)
    space = len(x) + len(lengths) * (days - 1)
    coded = _Coded.of(x, offsets)
    if coded is not None:
        apart = np.full(space, _UNKNOWN, dtype=np.uint8)
        apart[ends] = coded.code
        return _counted_quantile(apart, ends, coded, days, share, at_least)
    every = np.full(space, np.nan, dtype=np.float32)
    every[ends] = x
    every = sliding_window_view(every, days)
    out = np.empty(len(x), dtype=np.float32)
    # numpy sorts short rows several times as fast as a kernel keeps one window sorted
    for low in range(0, len(x), _SORTED_AT_ONCE):
        rows = slice(low, low + _SORTED_AT_ONCE)
        window = every[ends[rows] - days + 1]
        window.sort(axis=1)
        out[rows] = _sorted_quantile(window, share, at_least)
    return out


_UNKNOWN = 255


class _Coded(NamedTuple):
    """Values that lie on a grid, as small numbers in their order: an athlete's lie around the same number.

    An athlete's values range over fewer steps of the grid than all athletes' do. The mean that they are
    set around is of all days, but tells nothing: the very value comes back.
    """

    code: npt.NDArray[np.uint8]  # _UNKNOWN where not logged
    base: npt.NDArray[np.int32]  # to add for the place in `table`, a day
    table: Values

    @classmethod
    def of(cls, x: Values, offsets: Offsets) -> _Coded | None:
        """Return x coded; None where its values, or those of an athlete, lie on too many steps."""
        levels = _levels(x, _SOME_LEVELS)
        if levels is None or not np.isfinite(levels).all():
            return None
        step = np.diff(levels).min() if len(levels) > 1 else np.float32(1)
        if float(levels[-1]) - float(levels[0]) > (_SOME_LEVELS - 1) * float(step):
            return None

        def placed(values: Values) -> Values:
            place: Values = np.rint((values - levels[0]) / step)
            return place

        places = placed(levels)
        if places[-1] >= _SOME_LEVELS or (np.diff(places) < 1).any():
            return None
        logged = ~np.isnan(x)
        place = filled(placed(x), logged)
        some = np.diff(offsets) > 0
        starts, lengths = offsets[:-1][some], np.diff(offsets)[some]
        count = np.add.reduceat(logged, starts, dtype=np.float32)
        centre = np.rint(np.add.reduceat(place, starts) / np.maximum(count, 1))
        place -= np.repeat(centre, lengths)
        place = blank(place, ~logged)
        least = np.fmin.reduce(place)
        if np.fmax.reduce(place) - least >= _APART_LEVELS:
            return None
        place -= least
        code = filled(place, logged).astype(np.uint8)
        code |= np.negative((~logged).view(np.uint8))
        table = np.full(_SOME_LEVELS + _APART_LEVELS, np.nan, dtype=np.float32)
        table[places.astype(np.int64)] = levels
        return cls(code, np.repeat((centre + least).astype(np.int32), lengths), table)


def _levels(x: Values, most: int) -> Values | None:
    """Return the distinct logged values in order; None where there are more than `most`."""
    for some in (x[:_SORTED_AT_ONCE], x):
        levels = np.unique(some)
        if len(levels) > most + 1:
            return None
    return levels[~np.isnan(levels)]


def _ranks(share: float, most: int) -> tuple[Indices, Indices, Values]:
    """Return for 0 to `most` sorted values the two that the quantile lies between, and how far from the first."""
    last = np.maximum(np.arange(most + 1) - 1, 0)
    at = share * last
    low = at.astype(np.int64)
    return low, np.minimum(low + 1, last), (at - low).astype(np.float32)


def _counted_quantile(
    apart: npt.NDArray[np.uint8], ends: Indices, coded: _Coded, days: int, share: float, at_least: int
) -> Values:
    """Return the quantile of the window of each of `ends`: by counting how many values are up to each code."""

    def counted(chosen: Mask) -> Narrow:
        count = looking_back(np.add, narrow(chosen, days), days)
        count[: days - 1] = 0
        return count

    known = counted(apart < _UNKNOWN)
    low, high, between = _ranks(share, days)
    # a window of too few is never above a code nor up to it
    few = np.arange(days + 1) < max(at_least, 1)
    low_rank = np.where(few, np.iinfo(known.dtype).max, low).astype(known.dtype).take(known)
    needed = np.where(few, 0, high + 1).astype(known.dtype).take(known)
    # Below the first code and above the last that is anyone's quantile nothing needs counting.
    codes = range(int(coded.code[coded.code < _UNKNOWN].max()))
    at = bisect_left(codes, True, key=lambda c: bool((counted(apart <= c) > low_rank).any()))
    first = np.full(len(apart), at, dtype=np.uint8)
    second = first.copy()
    for code in codes[at:]:
        count = counted(apart <= code)
        above = count < needed
        if not above.any():
            break
        first += (count <= low_rank).view(np.uint8)
        second += above.view(np.uint8)
    known = known[ends]
    # a window of too few may have counted beyond the table, and is blanked
    below = coded.table.take(coded.base + first[ends], mode="wrap")
    beyond = coded.table.take(coded.base + second[ends], mode="wrap")
    return blank(below + between.take(known) * (beyond - below), known < max(at_least, 1))


def _sorted_quantile(window: Values, share: float, at_least: int) -> Values:
    """Return the quantile of each sorted row, NaN at its end passed over."""
    # a product counts rows far faster than a sum of booleans
    known = (~np.isnan(window) @ np.ones(window.shape[1], dtype=np.float32)).astype(np.int64)
    low, high, between = _ranks(share, window.shape[1])
    first = np.arange(0, window.size, window.shape[1])
    below, above = window.ravel()[first + low[known]], window.ravel()[first + high[known]]
    return blank(below + between[known] * (above - below), known < max(at_least, 1))


def expanding_median(x: npt.ArrayLike, offsets: Offsets) -> Values:
    """Return the median of all values logged so far."""
    x = np.asarray(x, dtype=np.float32)
    if silent(x):
        return np.full(len(x), np.nan, dtype=np.float32)
    levels = _levels(x, _FEW_LEVELS)
    if levels is not None:
        return _median_of_levels(x, offsets, levels)
    logged = ~np.isnan(x)
    count = np.concatenate(([0], np.cumsum(logged)))
    bounds = count[offsets].astype(np.int32)
    median = ExpandingQuantile(lag=0, p=0.5, skipna=True)
    medians = median.transform(GroupedArray(x[logged], bounds, num_threads=1))
    known = count[1:] > np.repeat(count[offsets[:-1]], np.diff(offsets))
    out = np.full(len(x), np.nan, dtype=np.float32)
    out[known] = medians[count[1:][known] - 1]
    return out


def _median_of_levels(x: Values, offsets: Offsets, levels: Values) -> Values:
    """Return the expanding median of values that take few `levels`: by counting how many are up to each of them."""
    count = so_far(~np.isnan(x), offsets)
    low_rank, high_rank = (count - 1) >> 1, count >> 1
    low, high = np.zeros(len(x), dtype=np.uint8), np.zeros(len(x), dtype=np.uint8)
    for level in levels[:-1]:
        upto = so_far(x <= level, offsets)
        low += (upto <= low_rank).view(np.uint8)
        high += (upto <= high_rank).view(np.uint8)
    below, above = levels.take(low), levels.take(high)
    return blank(below + np.float32(0.5) * (above - below), count < 1)
