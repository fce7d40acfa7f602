"""Own-history features of other ratings than those given: what past reports hold beyond a forecast of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ..data.arrays import Floats
from ..data.cohort import Cohort
from . import windows
from .catalog import Feature
from .days import Days
from .history import RATING
from .matrix import Matrix

Say = Callable[[Matrix], Floats]
REPORTED = "last_report_above_usual"
"""Has a value on the days whose morning was reported."""
NEWEST = "fatigue_last_0_10"
"""On such a day, that morning's rating."""


def moved_by(matrix: Matrix, features: Sequence[Feature], say: Say) -> Floats:
    """Return how far each feature would lie lower had every past report been lower by what was said of it.

    Parameters
    ----------
    matrix : Matrix
        Its rows may be any selection: the days before are looked up in `Matrix.whole`.
    features : sequence of Feature
        Those made of nothing but ratings must be linear in them; the others are not moved.
    say : callable
        From rows of a matrix to points, one a row, of the morning after.

    Returns
    -------
    array of shape (n, features)
        0 where no day before is known. A row looks at nothing later than its own morning's report.
    """
    out = np.zeros((len(matrix), len(features)))
    whole, place = matrix.origin()
    rows = matrix.own_days()
    if not len(rows):
        return out
    days = Days.of(Cohort(whole.cohort, ratings=whole.keys.iloc[rows][["athlete_id", "day"]]))
    cell = np.full(len(whole), -1)
    cell[rows] = days.rows("ratings")
    reported = np.zeros(len(days), dtype=bool)
    reported[cell[rows]] = whole.frame[REPORTED].iloc[rows].notna()
    followed = rows[np.append(reported[1:], False)[cell[rows]]]
    said = np.zeros(len(days), dtype=np.float32)
    if len(followed):
        said[cell[followed]] = say(whole.rows(followed))
    # A first report has no day before it: nothing was said of it.
    said = np.nan_to_num(windows.lag(said, days.offsets, 1))
    with_said, without = (
        days.with_ratings(np.where(reported, values, np.nan)) for values in (said, 0.0 * said)
    )
    known = cell[place] >= 0
    for column, feature in enumerate(features):
        if feature.needs == RATING:
            moved = with_said.once(feature.compute) - without.once(feature.compute)
            out[known, column] = np.nan_to_num(moved[cell[place[known]]])
    return out


def rated_after(matrix: Matrix) -> Floats:
    """Return the rating of the morning after each row, as the next day's row knows it, shape (n,); NaN without one.

    Rows must be in order of athlete and day. Unlike `Matrix.target` it is there for every matrix of features, and tells
    nothing that the later row does not.
    """
    follows = (np.diff(matrix.day) == np.timedelta64(1, "D")) & (np.diff(matrix.owner) == 0)
    rated = matrix.frame[NEWEST].where(matrix.frame[REPORTED].notna()).to_numpy(dtype=float)
    return np.append(np.where(follows, rated[1:], np.nan), np.nan) if len(rated) else rated
