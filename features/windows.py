"""Windows over days: every statistic that looks back, for all athletes at once.

Arrays are flat float32, one group an athlete, one value a calendar day without holes (see
`heavylegs.features.days`). Each function looks back only: the value of a day is built from
that day and the days before it. NaN is a day that was not logged; it is passed over, never
counted as 0.
Windows of some days are joined by doubling in numpy, exact to float32 (`heavylegs.features.sliding`); means over all days
so far and exponential ones are coreforecast's.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from coreforecast.grouped_array import GroupedArray
from coreforecast.lag_transforms import ExpandingMean, ExponentiallyWeightedMean

from ..data.arrays import Mask
from .quantiles import expanding_median as expanding_median
from .quantiles import rolling_quantile as rolling_quantile
from .sliding import First, Indices, Narrow, blank, filled, narrow, rolling, so_far
from .sliding import Offsets as Offsets
from .sliding import Values as Values
from .sliding import silent as silent


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


def lag(x: npt.ArrayLike, offsets: Offsets, days: int) -> Values:
    """Return the value of `days` days ago."""
    x = np.asarray(x, dtype=np.float32)
    out = np.empty_like(x)
    out[days:] = x[: max(len(x) - days, 0)]
    begins = (offsets[:-1, None] + np.arange(days)).ravel()
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
    x = np.ascontiguousarray(x, dtype=np.float32)
    logged = ~np.isnan(x)
    if not logged.any():
        return np.full(len(x), np.nan, dtype=np.float32)
    first = First.of(offsets, days)
    with np.errstate(invalid="ignore", over="ignore"):
        count = rolling(np.add, narrow(logged, days), days, first)
        mean = rolling(np.add, filled(x, logged), days, first)
        np.divide(mean, count.astype(np.float32), out=mean)
    return mean if at_least <= 1 else blank(mean, count < at_least)


def rolling_sum(x: npt.ArrayLike, offsets: Offsets, days: int, at_least: int = 1) -> Values:
    """Return the mean of the logged days times `days`: a sum that an unlogged day does not lower."""
    return rolling_mean(x, offsets, days, at_least) * np.float32(days)


def rolling_std(x: npt.ArrayLike, offsets: Offsets, days: int, at_least: int = 2) -> Values:
    """Return the sample standard deviation of the logged values of the last `days` days.

    See `rolling_mean` for the parameters; fewer than two values give NaN in any case.
    """
    x = np.ascontiguousarray(x, dtype=np.float32)
    logged = ~np.isnan(x)
    if not logged.any():
        return np.full(len(x), np.nan, dtype=np.float32)
    first = First.of(offsets, days)
    exact = filled(x, logged).astype(np.float64)
    # The square of a float32 is exact in float64, and so are sums of a month of the like: constants spread by 0.
    with np.errstate(all="ignore"):
        count = rolling(np.add, narrow(logged, days), days, first)
        n = count.astype(np.float64)
        spread = n * rolling(np.add, exact * exact, days, first)
        spread -= rolling(np.add, exact, days, first) ** 2
        spread /= n * (n - 1)
        out = np.sqrt(np.maximum(spread, 0).astype(np.float32))
    return blank(out, count < max(at_least, 2))


def rolling_max(x: npt.ArrayLike, offsets: Offsets, days: int, at_least: int = 1) -> Values:
    """Return the greatest logged value of the last `days` days.

    See `rolling_mean` for the parameters.
    """
    x = np.ascontiguousarray(x, dtype=np.float32)
    if silent(x):
        return np.full(len(x), np.nan, dtype=np.float32)
    first = First.of(offsets, days)
    greatest = rolling(np.fmax, x, days, first)
    if at_least <= 1:
        return greatest
    return blank(greatest, rolling(np.add, narrow(~np.isnan(x), days), days, first) < at_least)


def expanding_mean(x: npt.ArrayLike, offsets: Offsets) -> Values:
    """Return the mean of all values logged so far."""
    return _through(ExpandingMean(lag=0, skipna=True), x, offsets)


def rolling_count(x: npt.ArrayLike, offsets: Offsets, days: int) -> Narrow:
    """Return how many of the last `days` days were logged."""
    logged = ~np.isnan(np.asarray(x, dtype=np.float32))
    return rolling(np.add, narrow(logged, days), days, First.of(offsets, days))


def count_so_far(x: npt.ArrayLike, offsets: Offsets) -> Values:
    """Return how many values have been logged so far."""
    return so_far(~np.isnan(np.asarray(x, dtype=np.float32)), offsets).astype(np.float32)


def ewma(x: npt.ArrayLike, offsets: Offsets, half_life: float) -> Values:
    """Return the exponentially weighted mean of the logged values, weights halving every `half_life` of them.

    Days that were not logged are passed over and age nothing: for a person's usual level that
    forecasts better than ageing by the calendar (SoccerMon, half-life 7: RMSE .483 against .487).
    """
    window = ExponentiallyWeightedMean(lag=0, alpha=1.0 - 0.5 ** (1.0 / half_life), skipna=True)
    return _through(window, x, offsets)


def tau_of(half_life: float) -> float:
    """Return the time constant of `usual` at which weights halve every `half_life` logged days."""
    return float(1.0 / (1.0 - 0.5 ** (1.0 / half_life)))


def usual(x: npt.ArrayLike, offsets: Offsets, tau: float) -> Values:
    """Return what is usual: ``X_t = X_{t-1} + (x_t - X_{t-1}) / tau`` (Banister 1975) over the logged days.

    While a log is young its first day would count for weeks (of 42 days' weights it holds 36 % on the
    42nd): the weights of the days before it are left out, so that it begins as the plain mean.

    Parameters
    ----------
    x : array of shape (n,)
    offsets : int array of shape (athletes + 1,)
    tau : float
        Time constant in logged days.
    """
    left = 1.0 - 1.0 / tau
    level = ewma(x, offsets, np.log(0.5) / np.log(left)).astype(np.float64)
    count = count_so_far(x, offsets)
    begins = (count == 1) & ~np.isnan(np.asarray(x, dtype=np.float32))
    first = last_known(np.where(begins, x, np.nan), offsets)
    before = left**count  # weight of all that was never logged, which the recursion gives to the first day
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((level - before * first) / (1.0 - before), dtype=np.float32)


def _newest(event: Mask, offsets: Offsets) -> Indices:
    """Return the row of each day's newest event, of the athlete's first day where there was none yet."""
    begins = event.copy()
    begins[offsets[:-1][np.diff(offsets) > 0]] = True
    rows = np.flatnonzero(begins)
    return np.repeat(rows, np.diff(rows, append=len(event)))


def _age(newest: Indices) -> Indices:
    """Return how many days before each day its newest event was."""
    return np.arange(len(newest)) - newest


def days_since(event: npt.ArrayLike, offsets: Offsets) -> Values:
    """Return the days since `event` was last true, 0 on the day itself, NaN before the first."""
    event = np.asarray(event, dtype=bool)
    newest = _newest(event, offsets)
    return blank(_age(newest).astype(np.float32), ~event.take(newest))


def last_known(x: npt.ArrayLike, offsets: Offsets, within: int | None = None) -> Values:
    """Return the newest logged value, NaN where it is older than `within` days."""
    x = np.asarray(x, dtype=np.float32)
    newest = _newest(~np.isnan(x), offsets)
    value = x.take(newest)
    return value if within is None else blank(value, _age(newest) > within)


def begun(event: npt.ArrayLike, offsets: Offsets) -> Mask:
    """Return whether `event` has been true, today included."""
    event = np.asarray(event, dtype=bool)
    return event.take(_newest(event, offsets))


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
    daily = np.nan_to_num(np.where(logged, added, ewma(added, offsets, 7)))
    debt = np.clip(daily, 0, most, dtype=np.float32)
    before, starts = np.zeros_like(debt), offsets[:-1][np.diff(offsets) > 0]
    for _ in range(int(np.ceil(np.log(1e-3) / np.log(kept)))):
        np.multiply(debt[:-1], np.float32(kept), out=before[1:])
        before[starts] = 0
        np.add(before, daily, out=debt)
        np.clip(debt, 0, np.float32(most), out=debt)
    known = rolling_count(added, offsets, 3) >= 2
    return np.where(known, debt, np.float32(np.nan)).astype(np.float32)
