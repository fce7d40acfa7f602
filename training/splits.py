"""Who is learned from and who is forecast: time-forward for known athletes, by athlete for new ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from ..features.matrix import Matrix

Protocol = Literal["known", "new"]
Mask: TypeAlias = npt.NDArray[np.bool_]
Split: TypeAlias = tuple[Mask, Mask]

EMBARGO = np.timedelta64(1, "D")
NEW_ATHLETE_FOLDS = 5


def mornings(matrix: Matrix) -> npt.NDArray[np.datetime64]:
    """Return the morning that each row forecasts."""
    return np.asarray(matrix.day + np.timedelta64(1, "D"))


def split_at(matrix: Matrix, cutoff: np.datetime64) -> Split:
    """Learn from mornings before `cutoff` less the embargo, forecast those from `cutoff` on.

    Returns
    -------
    (learn, forecast) : boolean arrays of shape (n,)
    """
    morning = mornings(matrix)
    return morning < cutoff - EMBARGO, morning >= cutoff


def split_last_share(matrix: Matrix, share: float = 0.3) -> Split:
    """Forecast the last `share` of each athlete's own labelled days; learn from the days before.

    Each athlete's cut lies at another date, so others' later days may be learned from; nothing
    of the athlete's own is later than what is forecast.
    """
    codes = matrix.keys["athlete_id"].cat.codes.to_numpy()
    rank = np.empty(len(matrix), dtype=np.int64)
    size = np.bincount(codes, minlength=codes.max(initial=-1) + 1)
    order = np.lexsort((matrix.day, codes))
    rank[order] = np.arange(len(matrix)) - np.repeat(np.cumsum(size) - size, size)
    first = np.floor((1 - share) * size[codes])
    return rank < first - 1, rank >= first


def athlete_folds(matrix: Matrix, folds: int = NEW_ATHLETE_FOLDS, seed: int = 0) -> Iterator[Split]:
    """Yield splits in which whole athletes are forecast that were never learned from."""
    codes = matrix.keys["athlete_id"].cat.codes.to_numpy()
    athletes = np.random.default_rng(seed).permutation(np.unique(codes))
    for held_out in np.array_split(athletes, min(folds, len(athletes))):
        forecast = np.isin(codes, held_out)
        yield ~forecast, forecast


def splits(matrix: Matrix, protocol: Protocol, cutoff: np.datetime64 | None) -> list[Split]:
    """Return the splits of a protocol.

    Parameters
    ----------
    matrix : Matrix
        Labelled rows.
    protocol : {"known", "new"}
    cutoff : datetime64[D], optional
        For known athletes: the first morning to forecast; the last 30 % of each athlete's own
        days where None.
    """
    if protocol == "new":
        return list(athlete_folds(matrix))
    return [split_last_share(matrix) if cutoff is None else split_at(matrix, cutoff)]
