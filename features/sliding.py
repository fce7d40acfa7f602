"""What windows over days are made of: joining the last days by doubling, and choices without a branch.

Arrays are flat, one group an athlete, as in `heavylegs.features.windows`.
"""

from __future__ import annotations

import functools
from typing import Any, NamedTuple, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from ..data.arrays import Mask, Whole

Values: TypeAlias = npt.NDArray[np.float32]
Offsets: TypeAlias = npt.NDArray[np.int32]
Indices: TypeAlias = Whole
Number = TypeVar("Number", bound=npt.NDArray[Any])
Narrow: TypeAlias = npt.NDArray[np.unsignedinteger[Any]]


def silent(x: npt.NDArray[np.floating[Any]]) -> bool:
    """Return whether no value is known."""
    return not len(x) or bool(np.isnan(x[0]) and np.isnan(x).all())


def _bits(chosen: Mask) -> npt.NDArray[np.int32]:
    """Return all bits set where chosen, none elsewhere: a choice without a branch, at a tenth of its time."""
    return np.negative(chosen.view(np.int8)).astype(np.int32)


def filled(x: Values, logged: Mask) -> Values:
    """Return the values, 0 where not logged."""
    return np.bitwise_and(x.view(np.int32), _bits(logged)).view(np.float32)


def blank(values: Values, where: Mask) -> Values:
    """Set values to NaN in place, and return them."""
    bits = values.view(np.int32)
    np.bitwise_or(bits, _bits(where), out=bits)
    return values


def looking_back(join: np.ufunc, x: Number, days: int) -> Number:
    """Return the last `days` values joined, by doubling: pairs, pairs of pairs, and of them what makes up `days`.

    A value comes of those in its window alone, so nothing drifts and an infinity is gone when its window is,
    where a running sum in float32 carries the rounding of the largest value on for good (coreforecast 0.0.20:
    means below 0 of loads that never are). Whose days they are is not heeded, and the first
    ``days - 1`` values of all mean nothing.
    """
    power, span, made, covered = x, 1, x, 0
    while span <= days:
        if days & span:
            if not covered:
                made = power
            elif covered & (covered - 1):  # made of several already, so nobody else's
                join(made[covered:], power[: max(len(x) - covered, 0)], out=made[covered:])
            else:
                made = _joined(join, made, power, covered)
            covered += span
        if 2 * span <= days:
            power = _joined(join, power, power, span)
        span *= 2
    return made


def _joined(join: np.ufunc, x: Number, earlier: Number, days: int) -> Number:
    """Return each value joined with the one of `days` days before in `earlier`; the first `days` mean nothing."""
    out: Number = np.empty_like(x)
    join(x[days:], earlier[: max(len(x) - days, 0)], out=out[days:])
    return out


class First(NamedTuple):
    """The first days of each athlete, too few for a window: their rows, and which of these are the athlete's own."""

    rows: Indices
    own: Mask | None

    @classmethod
    def of(cls, offsets: Offsets, days: int) -> First:
        """Return the first ``days - 1`` days of each athlete."""
        return _first(np.asarray(offsets, dtype=np.int32).tobytes(), days)


@functools.lru_cache(maxsize=32)  # windows of as many days, of the same athletes, ask for the same
def _first(offsets_as_bytes: bytes, days: int) -> First:
    offsets = np.frombuffer(offsets_as_bytes, dtype=np.int32)
    rows = offsets[:-1, None] + np.arange(days - 1)
    if np.diff(offsets).min(initial=days) >= days - 1:  # nobody has days: nobody has too few
        return First(rows, None)
    return First(np.minimum(rows, offsets[-1] - 1), rows < offsets[1:, None])


def rolling(join: np.ufunc, x: Number, days: int, first: First) -> Number:
    """Return an athlete's last `days` values joined, fewer in the first days."""
    made = looking_back(join, x, days) if days > 1 else x.copy()
    begun: npt.NDArray[Any] = join.accumulate(x[first.rows], axis=1, dtype=x.dtype)
    if first.own is None:
        made[first.rows] = begun
    else:
        made[first.rows[first.own]] = begun[first.own]
    return made


def narrow(chosen: Mask, most: int) -> Narrow:
    """Return 1 where chosen, else 0, in the narrowest type that counts to `most`: it is added fastest."""
    return chosen.view(np.uint8) if most < 256 else chosen.astype(np.min_scalar_type(most))


def so_far(chosen: Mask, offsets: Offsets) -> npt.NDArray[np.int32]:
    """Return how often chosen so far."""
    count = np.cumsum(chosen, dtype=np.int32)
    before = np.where(offsets[:-1] > 0, count[offsets[:-1] - 1], 0)
    count -= np.repeat(before.astype(np.int32), np.diff(offsets))
    return count
