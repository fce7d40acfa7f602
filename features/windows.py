"""Windows over days: every statistic that looks back, for all athletes at once.

Arrays are flat float32, one group an athlete, one value a calendar day without holes (see
`heavylegs.features.days`). Each function looks back only: the value of a day is built from
that day and the days before it. NaN is a day that was not logged; it is passed over, never
counted as 0.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
from coreforecast.grouped_array import GroupedArray
from coreforecast.lag_transforms import (
    ExpandingMean,
    ExpandingQuantile,
    ExponentiallyWeightedMean,
)
from numpy.lib.stride_tricks import sliding_window_view

Values: TypeAlias = npt.NDArray[np.float32]
Offsets: TypeAlias = npt.NDArray[np.int32]
Indices: TypeAlias = npt.NDArray[np.int64]
Mask: TypeAlias = npt.NDArray[np.bool_]
Number = TypeVar("Number", bound=npt.NDArray[Any])

_SORTED_AT_ONCE = 4096  # rows that stay in the processor's cache with their windows
_FEW_LEVELS = 32  # as a questionnaire has
_SOME_LEVELS = 100  # as a watch that tells whole beats has


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


def _bits(chosen: Mask) -> npt.NDArray[np.int32]:
    """Return all bits set where chosen, none elsewhere: a choice without a branch, a tenth of the time of one."""
    return np.negative(chosen.view(np.int8)).astype(np.int32)


def _filled(x: Values, logged: Mask) -> Values:
    """Return the values, 0 where not logged."""
    return np.bitwise_and(x.view(np.int32), _bits(logged)).view(np.float32)


def _blank(values: Values, where: Mask) -> Values:
    """Set values to NaN in place, and return them."""
    bits = values.view(np.int32)
    np.bitwise_or(bits, _bits(where), out=bits)
    return values


def _looking_back(join: np.ufunc, x: Number, days: int) -> Number:
    """Return the last `days` values joined, by doubling: pairs, pairs of pairs, and of them what makes up `days`.

    A value comes of those in its window alone, so that nothing drifts, where a running sum in float32 carries the rounding
    of the largest value on for good (coreforecast 0.0.20: means below 0 of loads that never are). Nobody minds here
    whose days they are, and the first ``days - 1`` values of all mean nothing.
    """
    power, span, made, covered = x, 1, x, 0
    while span <= days:
        if days & span:
            made = _joined(join, made, power, covered) if covered else power
            covered += span
        if 2 * span <= days:
            power = _joined(join, power, power, span)
        span *= 2
    return made


def _joined(join: np.ufunc, x: Number, earlier: Number, days: int) -> Number:
    """Return each value joined with the one of `days` days before in `earlier`; the first `days` mean nothing."""
    out = np.empty_like(x)
    join(x[days:], earlier[: max(len(x) - days, 0)], out=out[days:])
    return out


class _First(NamedTuple):
    """The first days of each athlete, too few for a window: their rows, and which of these are the athlete's own."""

    rows: Indices
    own: Mask | None

    @classmethod
    def of(cls, offsets: Offsets, days: int) -> _First:
        rows = offsets[:-1, None] + np.arange(days - 1)
        if np.diff(offsets).min() >= days - 1:
            return cls(rows, None)
        return cls(np.minimum(rows, offsets[-1] - 1), rows < offsets[1:, None])


def _rolling(join: np.ufunc, x: Number, days: int, first: _First) -> Number:
    """Return an athlete's last `days` values joined, fewer in the first days."""
    made = _looking_back(join, x, days) if days > 1 else x.copy()
    begun = join.accumulate(x[first.rows], axis=1, dtype=x.dtype)
    if first.own is None:
        made[first.rows] = begun
    else:
        made[first.rows[first.own]] = begun[first.own]
    return made


def _narrow(chosen: Mask, most: int) -> npt.NDArray[np.unsignedinteger[Any]]:
    """Return 1 where chosen, else 0, in the narrowest type that counts to `most`: it is added fastest."""
    return chosen.view(np.uint8) if most < 256 else chosen.astype(np.min_scalar_type(most))


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
    x = np.ascontiguousarray(x, dtype=np.float32)
    logged = ~np.isnan(x)
    if not logged.any():
        return np.full(len(x), np.nan, dtype=np.float32)
    first = _First.of(offsets, days)
    with np.errstate(invalid="ignore", over="ignore"):
        count = _rolling(np.add, _narrow(logged, days), days, first)
        mean = _rolling(np.add, _filled(x, logged), days, first)
        np.divide(mean, count.astype(np.float32), out=mean)
    return mean if at_least <= 1 else _blank(mean, count < at_least)


def rolling_sum(x: npt.ArrayLike, offsets: Offsets, days: int, at_least: int = 1) -> Values:
    """Return the mean of the logged days times `days`: a sum that an unlogged day does not lower."""
    return rolling_mean(x, offsets, days, at_least) * np.float32(days)


def rolling_std(x: npt.ArrayLike, offsets: Offsets, days: int, at_least: int = 2) -> Values:
    """Return the sample standard deviation of the logged values of the last `days` days."""
    x = np.ascontiguousarray(x, dtype=np.float32)
    logged = ~np.isnan(x)
    if not logged.any():
        return np.full(len(x), np.nan, dtype=np.float32)
    first = _First.of(offsets, days)
    filled = _filled(x, logged).astype(np.float64)
    # The square of a float32 is exact in float64, and so are sums of a month of the like: constants spread by 0.
    with np.errstate(all="ignore"):
        count = _rolling(np.add, _narrow(logged, days), days, first)
        n = count.astype(np.float64)
        spread = n * _rolling(np.add, filled * filled, days, first)
        spread -= _rolling(np.add, filled, days, first) ** 2
        spread /= n * (n - 1)
        out = np.sqrt(np.maximum(spread, 0).astype(np.float32))
    return _blank(out, count < max(at_least, 2))


def rolling_max(x: npt.ArrayLike, offsets: Offsets, days: int, at_least: int = 1) -> Values:
    """Return the greatest logged value of the last `days` days."""
    x = np.ascontiguousarray(x, dtype=np.float32)
    if silent(x):
        return np.full(len(x), np.nan, dtype=np.float32)
    first = _First.of(offsets, days)
    greatest = _rolling(np.fmax, x, days, first)
    if at_least <= 1:
        return greatest
    return _blank(greatest, _rolling(np.add, _narrow(~np.isnan(x), days), days, first) < at_least)


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
    # athletes are set apart by days that were not logged
    lengths = np.diff(offsets)
    ends = np.arange(days - 1, len(x) + days - 1) + np.repeat(np.arange(len(lengths)) * (days - 1), lengths)
    apart = np.full(len(x) + len(lengths) * (days - 1), np.nan, dtype=np.float32)
    apart[ends] = x
    levels = _levels(x, _SOME_LEVELS)
    if levels is not None:
        return _quantile_of_levels(apart, levels, days, share, at_least)[ends]
    # numpy sorts short rows several times as fast as a kernel keeps one window sorted
    every = sliding_window_view(apart, days)
    out = np.empty(len(x), dtype=np.float32)
    for low in range(0, len(x), _SORTED_AT_ONCE):
        rows = slice(low, low + _SORTED_AT_ONCE)
        window = every[ends[rows] - days + 1]
        window.sort(axis=1)
        out[rows] = _sorted_quantile(window, share, at_least)
    return out


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


def _quantile_of_levels(apart: Values, levels: Values, days: int, share: float, at_least: int) -> Values:
    """Return the rolling quantile of values that take few `levels`: by counting how many are up to each of them."""
    known = _looking_back(np.add, _narrow(~np.isnan(apart), days), days)
    known[: days - 1] = 0
    low, high, between = _ranks(share, days)
    low_rank, high_rank = low.astype(known.dtype)[known], high.astype(known.dtype)[known]

    def up_to(level: np.float32) -> npt.NDArray[np.unsignedinteger[Any]]:
        count = _looking_back(np.add, _narrow(apart <= level, days), days)
        count[: days - 1] = 0
        return count

    # Below the first level and above the last that is anyone's quantile nothing needs counting.
    at = bisect_left(levels[:-1], True, key=lambda level: bool((up_to(level) > low_rank).any()))
    first = np.full(len(apart), at, dtype=np.uint8)
    second = first.copy()
    someone = known > 0
    for level in levels[at:-1]:
        count = up_to(level)
        above = count <= high_rank
        if not (above & someone).any():
            break
        first += (count <= low_rank).view(np.uint8)
        second += above.view(np.uint8)
    below, beyond = levels[first], levels[second]
    return _blank(below + between[known] * (beyond - below), known < max(at_least, 1))


def _sorted_quantile(window: Values, share: float, at_least: int) -> Values:
    """Return the quantile of each sorted row, NaN at its end passed over."""
    # a product counts rows far faster than a sum of booleans
    known = (~np.isnan(window) @ np.ones(window.shape[1], dtype=np.float32)).astype(np.int64)
    low, high, between = _ranks(share, window.shape[1])
    first = np.arange(0, window.size, window.shape[1])
    below, above = window.ravel()[first + low[known]], window.ravel()[first + high[known]]
    return _blank(below + between[known] * (above - below), known < max(at_least, 1))


def expanding_mean(x: npt.ArrayLike, offsets: Offsets) -> Values:
    """Return the mean of all values logged so far."""
    return _through(ExpandingMean(lag=0, skipna=True), x, offsets)


def expanding_median(x: npt.ArrayLike, offsets: Offsets) -> Values:
    """Return the median of all values logged so far."""
    x = np.asarray(x, dtype=np.float32)
    if silent(x):
        return np.full(len(x), np.nan, dtype=np.float32)
    levels = _levels(x, _FEW_LEVELS)
    if levels is not None:
        return _median_of_levels(x, offsets, levels)
    logged = ~np.isnan(x)
    so_far = np.concatenate(([0], np.cumsum(logged)))
    median = ExpandingQuantile(lag=0, p=0.5, skipna=True)
    medians = median.transform(_groups(x[logged], so_far[offsets].astype(np.int32)))
    known = so_far[1:] > np.repeat(so_far[offsets[:-1]], np.diff(offsets))
    out = np.full(len(x), np.nan, dtype=np.float32)
    out[known] = medians[so_far[1:][known] - 1]
    return out


def _so_far(chosen: Mask, offsets: Offsets) -> npt.NDArray[np.int32]:
    """Return how often chosen so far."""
    count = np.cumsum(chosen, dtype=np.int32)
    before = np.where(offsets[:-1] > 0, count[offsets[:-1] - 1], 0)
    count -= np.repeat(before.astype(np.int32), np.diff(offsets))
    return count


def _median_of_levels(x: Values, offsets: Offsets, levels: Values) -> Values:
    """Return the expanding median of values that take few `levels`: by counting how many are up to each of them."""
    count = _so_far(~np.isnan(x), offsets)
    low_rank, high_rank = (count - 1) >> 1, count >> 1
    low, high = np.zeros(len(x), dtype=np.uint8), np.zeros(len(x), dtype=np.uint8)
    for level in levels[:-1]:
        upto = _so_far(x <= level, offsets)
        low += (upto <= low_rank).view(np.uint8)
        high += (upto <= high_rank).view(np.uint8)
    below, above = levels[low], levels[high]
    return _blank(below + np.float32(0.5) * (above - below), count < 1)


def rolling_count(x: npt.ArrayLike, offsets: Offsets, days: int) -> npt.NDArray[np.int32]:
    """Return how many of the last `days` days were logged."""
    logged = ~np.isnan(np.asarray(x, dtype=np.float32))
    return _rolling(np.add, _narrow(logged, days), days, _First.of(offsets, days)).astype(np.int32)


def count_so_far(x: npt.ArrayLike, offsets: Offsets) -> Values:
    """Return how many values have been logged so far."""
    return _so_far(~np.isnan(np.asarray(x, dtype=np.float32)), offsets).astype(np.float32)


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


def _age(first: Indices, lengths: Indices) -> npt.NDArray[np.int32]:
    """Return how many days before each day its stretch began."""
    step = np.ones(int(lengths.sum()), dtype=np.int32)
    step[first[1:]] -= lengths[:-1]
    step[:1] = 0
    return np.cumsum(step, dtype=np.int32)


def days_since(event: npt.ArrayLike, offsets: Offsets) -> Values:
    """Return the days since `event` was last true, 0 on the day itself, NaN before the first."""
    first, lengths, without = _stretches(np.asarray(event, dtype=bool), offsets)
    age = _age(first, lengths).astype(np.float32)
    for start, length in zip(first[without], lengths[without], strict=True):  # one an athlete at most
        age[start : start + length] = np.nan
    return age


def last_known(x: npt.ArrayLike, offsets: Offsets, within: int | None = None) -> Values:
    """Return the newest logged value, NaN where it is older than `within` days."""
    x = np.asarray(x, dtype=np.float32)
    first, lengths, _ = _stretches(~np.isnan(x), offsets)
    newest = np.repeat(x[first], lengths)
    return newest if within is None else _blank(newest, _age(first, lengths) > within)


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
