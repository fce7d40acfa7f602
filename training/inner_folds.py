"""Folds to choose parameters on: grouped by athlete and forward in time, within what a model may learn from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..data.arrays import Mask
from ..features.matrix import Matrix
from .splits import Plan, athlete_folds, split_last_share

FOLDS = 4
"""Groups of athletes: each fold costs every trial a fit."""


@dataclass(frozen=True)
class InnerFold:
    """One fit that is judged in both of the product's tasks.

    Parameters
    ----------
    learn : boolean array of shape (n,)
        The early days of the athletes outside the fold's group.
    known : boolean array of shape (n,)
        The late days of the same athletes.
    new : boolean array of shape (n,)
        All days of the fold's group; none where there is one athlete only.
    """

    learn: Mask
    known: Mask
    new: Mask


def before_held_out(matrix: Matrix, cutoff: np.datetime64 | None = None) -> Matrix:
    """Return the labelled rows that parameters may be chosen on: none that an evaluation forecasts.

    Parameters
    ----------
    matrix : Matrix
    cutoff : datetime64[D], optional
        First morning that an evaluation forecasts; each athlete's own last 30 % where None, as `train` holds out.
    """
    labelled = matrix.labelled()
    [(learn, _)] = Plan("known", cutoff).splits(labelled)
    return labelled.rows(learn)


def inner_folds(matrix: Matrix) -> Iterator[InnerFold]:
    """Yield folds of labelled rows, one a group of athletes.

    Early are each athlete's first 70 % of days, late the others, with a day of embargo between them.
    Every late day is forecast as a known athlete's in all folds but one, and in that one as a new athlete's.
    """
    early, late = split_last_share(matrix)
    if matrix.n_athletes < 2:
        yield InnerFold(early, late, np.zeros(len(matrix), dtype=bool))
        return
    for known, new in athlete_folds(matrix, FOLDS):
        yield InnerFold(early & known, late & known, new)
