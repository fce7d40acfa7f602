"""Named random streams and the windows over days that the simulator is made of.

Arrays are (athletes, days) throughout. Random numbers are drawn day by day from a stream of
their own name, so a longer simulation begins with the same days as a shorter one, and a new
quantity does not change the old ones.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from .arrays import Floats, Mask


@dataclass(frozen=True)
class Dice:
    """The random numbers of one simulation, each quantity from its own named stream.

    Parameters
    ----------
    seed : int
        The same seed gives the same numbers on any machine.
    athletes, days : int
        Shape of what is drawn.
    """

    seed: int
    athletes: int
    days: int

    def stream(self, name: str) -> np.random.Generator:
        """Return a fresh generator that belongs to `name`."""
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])

    def person(self, name: str) -> Floats:
        """Return a standard normal number an athlete, shape (athletes, 1)."""
        return self.stream(name).standard_normal((self.athletes, 1))

    def person_uniform(self, name: str) -> Floats:
        """Return a number in [0, 1) an athlete, shape (athletes, 1)."""
        return self.stream(name).random((self.athletes, 1))

    def daily(self, name: str) -> Floats:
        """Return a standard normal number an athlete-day, shape (athletes, days)."""
        return self.stream(name).standard_normal((self.days, self.athletes)).T

    def daily_uniform(self, name: str) -> Floats:
        """Return a number in [0, 1) an athlete-day, shape (athletes, days)."""
        return self.stream(name).random((self.days, self.athletes)).T

    def weekly(self, name: str, weeks: int) -> Floats:
        """Return a standard normal number an athlete-week, shape (athletes, weeks)."""
        return self.stream(name).standard_normal((weeks, self.athletes)).T

    def spells(self, name: str, starts_a_day: Floats | float, shortest: int, longest: int) -> Mask:
        """Return days that lie in spells which start at random and last `shortest` to `longest` days."""
        starts = self.daily_uniform(name) < starts_a_day
        lengths = self.stream(name + " length").integers(shortest, longest + 1, (self.days, self.athletes)).T
        today = np.arange(self.days)
        ends = np.maximum.accumulate(np.where(starts, today + lengths, -1), axis=1)
        return np.asarray(ends > today)


def autoregressive(shocks: Floats, memory: float) -> Floats:
    """Return a stationary AR(1) series of unit variance, made of standard normal shocks."""
    out = np.array(shocks)
    fresh = np.sqrt(1.0 - memory**2)
    for t in range(1, shocks.shape[1]):
        out[:, t] = memory * out[:, t - 1] + fresh * shocks[:, t]
    return out


def ewma(x: Floats, tau_days: float, start: Floats | float | None = None) -> Floats:
    """Return ``X_t = X_{t-1} + (x_t - X_{t-1}) / tau`` (Banister 1975); `start` is X before the first day."""
    out = np.empty_like(x)
    level = np.broadcast_to(x[:, 0] if start is None else start, (x.shape[0],)).astype(float)
    for t in range(x.shape[1]):
        level = level + (x[:, t] - level) / tau_days
        out[:, t] = level
    return out


def carried(x: Floats, kept: float, most: Floats | float = np.inf) -> Floats:
    """Return ``X_t = clip(kept X_{t-1} + x_t, 0, most)``: a debt of which a share lasts to the next day."""
    out = np.empty_like(x)
    level = np.zeros(x.shape[0])
    for t in range(x.shape[1]):
        level = np.clip(kept * level + x[:, t], 0.0, most)
        out[:, t] = level
    return out


def before(x: Floats, days: int = 1, fill: float = 0.0) -> Floats:
    """Return what `x` was `days` earlier."""
    out = np.full_like(x, fill)
    out[:, days:] = x[:, :-days]
    return out


def after(x: Floats) -> Floats:
    """Return what `x` is on the next day; the last day repeats itself."""
    return np.concatenate([x[:, 1:], x[:, -1:]], axis=1)


def trailing_sum(x: Floats, days: int) -> Floats:
    """Return the sum of today and the days before it, `days` in all (fewer at the start)."""
    total = np.cumsum(x, axis=1)
    total[:, days:] = total[:, days:] - total[:, :-days]
    return total


def trailing_mean(x: Floats, days: int) -> Floats:
    """Return the mean of today and the days before it, `days` in all (fewer at the start)."""
    return trailing_sum(x, days) / np.minimum(np.arange(x.shape[1]) + 1, days)


def trailing_max(x: Floats, days: int) -> Floats:
    """Return the greatest of today and the days before it, `days` in all; `x` is not negative."""
    padded = np.concatenate([np.zeros((x.shape[0], days - 1)), x], axis=1)
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, days, axis=1).max(axis=2))


def days_since(event: Mask, most: int = 60) -> Floats:
    """Return the days since the last day on which `event` held (0 today, at most `most`)."""
    today = np.arange(event.shape[1])
    last = np.maximum.accumulate(np.where(event, today, -most), axis=1)
    return np.minimum(today - last, most).astype(float)


def written(x: Floats, places: int, errors: float = 1.0) -> Floats:
    """Return `x` rounded to `places`; to a multiple of that step, or not at all where `errors` is 0.

    Examples
    --------
    >>> [written(np.array([7.26]), 1, errors).tolist() for errors in (0.0, 1.0, 5.0)]
    [[7.26], [7.3], [7.5]]
    """
    if errors in (0.0, 1.0):
        return np.asarray(x if errors == 0.0 else np.round(x, places))
    step = errors * 10.0**-places
    return np.asarray(np.round(x / step) * step)
