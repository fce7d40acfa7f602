"""Who is learned from and who is forecast: time-forward for known athletes, by athlete for new ones.

`Plan` names a protocol and makes its splits; the functions below it are the protocols. Between
the mornings learned from and those forecast lies a day of embargo, for the evening's data of
one and the report of the other are a night apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from ..data.arrays import Mask
from ..data.errors import InputError
from ..data.names import counted
from ..features.matrix import Matrix

Protocol = Literal["known", "new"]
Folds = int | Literal["loo"]
Split: TypeAlias = tuple[Mask, Mask]

EMBARGO = np.timedelta64(1, "D")
NEW_ATHLETE_FOLDS = 5
LAST_SHARE = 0.3
"""Of each athlete's days, held out where no cut-off is given."""


@dataclass(frozen=True)
class Plan:
    """A protocol with its choices.

    Parameters
    ----------
    protocol : {"known", "new"}
        Athletes whose past was learned from, forward in time; or athletes never learned from.
    cutoff : datetime64[D], optional
        Known athletes: the first morning to forecast; each athlete's own last 30 % where None.
    blocks, every : int, optional
        Known athletes, rolling origin: so many blocks, or blocks of so many days, learned anew
        before each. Without `cutoff` they cover the last 30 % of all rated mornings.
    folds : int or "loo", optional
        New athletes: how many folds of athletes, five where None; "loo" leaves out one at a time.

    Raises
    ------
    InputError
        Where there is no such protocol, the cut-off is no day, or the choices do not belong together.
    """

    protocol: Protocol = "known"
    cutoff: np.datetime64 | None = None
    blocks: int | None = None
    every: int | None = None
    folds: Folds | None = None

    def __post_init__(self) -> None:
        """Refuse what no protocol knows."""
        if self.protocol not in get_args(Protocol):
            raise InputError(f"there is no protocol {self.protocol!r}", mend="'known' or 'new'")
        if self.cutoff is not None and not isinstance(self.cutoff, np.datetime64):
            raise InputError(
                f"the cut-off {self.cutoff!r} is no day of NumPy", mend='np.datetime64("2024-05-01")'
            )
        rolling = self.blocks is not None or self.every is not None
        if self.protocol == "new" and (rolling or self.cutoff is not None):
            raise InputError(
                "a cut-off or blocks belong to the protocol known: new athletes are forecast on all their days",
                mend="leave them out, or use --protocol known",
            )
        if self.protocol == "known" and self.folds is not None:
            raise InputError("folds belong to the protocol new", mend="add --protocol new, or leave them out")
        if self.blocks is not None and self.every is not None:
            raise InputError("blocks are told by their number or by their days", mend="--blocks or --every")
        for name, value in (("blocks", self.blocks), ("every", self.every)):
            if value is not None and value < 1:
                raise InputError(f"{name} {value} is too few", mend="at least 1")
        if isinstance(self.folds, int) and self.folds < 2:
            raise InputError(f"--folds {self.folds} leaves nobody to learn from", mend="at least 2, or loo")

    def splits(self, matrix: Matrix) -> list[Split]:
        """Return the splits of labelled rows: (learn, forecast), boolean, shape (n,) each.

        Raises
        ------
        InputError
            Where there are fewer athletes than two.
        """
        if self.protocol == "new":
            return list(athlete_folds(matrix, self.folds or NEW_ATHLETE_FOLDS))
        if self.blocks is not None or self.every is not None:
            return list(rolling_origin(matrix, self.cutoff, self.blocks, self.every))
        return [split_last_share(matrix) if self.cutoff is None else split_at(matrix, self.cutoff)]

    def __str__(self) -> str:
        """Return the protocol in words, for tables."""
        if self.protocol == "new":
            return (
                "one left out at a time"
                if self.folds == "loo"
                else f"{self.folds or NEW_ATHLETE_FOLDS} folds"
            )
        begin = "last 30 % of each" if self.cutoff is None else f"from {self.cutoff}"
        if self.blocks is None and self.every is None:
            return begin
        begin = "last 30 %" if self.cutoff is None else begin
        return f"{begin}, " + (f"every {self.every} days" if self.every else f"{self.blocks} blocks")


def mornings(matrix: Matrix) -> npt.NDArray[np.datetime64]:
    """Return the morning that each row forecasts, datetime64[D] of shape (n,)."""
    return np.asarray(matrix.day + np.timedelta64(1, "D"))


def split_at(matrix: Matrix, cutoff: np.datetime64) -> Split:
    """Learn from mornings before `cutoff` less the embargo, forecast those from `cutoff` on.

    Returns
    -------
    (learn, forecast) : boolean arrays of shape (n,)
    """
    morning = mornings(matrix)
    return morning < cutoff - EMBARGO, morning >= cutoff


def split_last_share(matrix: Matrix, share: float = LAST_SHARE) -> Split:
    """Forecast the last `share` of each athlete's own labelled days; learn from the days before.

    Each athlete's cut lies at another date, so others' later days may be learned from; nothing
    of the athlete's own is later than what is forecast.
    """
    owner = matrix.owner
    rank = np.empty(len(matrix), dtype=np.int64)
    size = np.bincount(owner, minlength=owner.max(initial=-1) + 1)
    order = np.lexsort((matrix.day, owner))
    rank[order] = np.arange(len(matrix)) - np.repeat(np.cumsum(size) - size, size)
    first = np.floor((1 - share) * size[owner])
    return rank < first - 1, rank >= first


def rolling_origin(
    matrix: Matrix,
    start: np.datetime64 | None = None,
    blocks: int | None = None,
    every: int | None = None,
) -> Iterator[Split]:
    """Forecast block after block of mornings, each learned from all before it less the embargo.

    Parameters
    ----------
    matrix : Matrix
        Labelled rows.
    start : datetime64[D], optional
        First morning to forecast; from where 70 % of the mornings lie before it where None.
    blocks, every : int, optional
        So many blocks of equal length, or blocks of `every` days; one of the two.

    Yields
    ------
    (learn, forecast) : boolean arrays of shape (n,)
        Blocks without a rated morning are passed over.
    """
    morning = mornings(matrix)
    if not len(morning):
        return
    first = np.sort(morning)[int((1 - LAST_SHARE) * len(morning))] if start is None else start
    days = int((morning.max() - first) / np.timedelta64(1, "D")) + 1
    edges = np.linspace(0, days, blocks + 1).round() if blocks else np.arange(0, days + (every or 1), every)
    for begin, end in pairwise(first + edges.astype("timedelta64[D]")):
        forecast = (morning >= begin) & (morning < end)
        if forecast.any():
            yield morning < begin - EMBARGO, forecast


def athlete_folds(matrix: Matrix, folds: Folds = NEW_ATHLETE_FOLDS) -> Iterator[Split]:
    """Yield splits in which whole athletes are forecast that were never learned from.

    More folds than athletes leave one out at a time, as "loo" does.

    Parameters
    ----------
    matrix : Matrix
        Labelled rows.
    folds : int or "loo"

    Raises
    ------
    InputError
        Where there is one athlete only.
    """
    owner = matrix.owner
    athletes = np.random.default_rng(0).permutation(np.unique(owner))
    if len(athletes) < 2:
        few = counted(len(athletes), "athlete")
        raise InputError(f"{few} with rated mornings: nobody to learn from", mend="use --protocol known")
    for held_out in np.array_split(athletes, len(athletes) if folds == "loo" else min(folds, len(athletes))):
        forecast = np.isin(owner, held_out)
        yield ~forecast, forecast
