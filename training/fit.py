"""Fitting the product's model: how far to trust each of its models is learned from days that they did not see."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..data.arrays import Floats
from ..data.errors import InputError
from ..data.names import counted
from ..features.matrix import Matrix
from ..models.causes import Causes
from ..models.forecaster import Forecaster
from ..models.starter import at_home, knows_better
from .calibrate import calibrated
from .splits import LAST_SHARE, split_last_share

LEAST_ROWS = 30
"""Rated mornings without which nothing is learned, nor judged."""
LEAST_INNER_ROWS = 200
"""Held-out mornings without which trees and causes are not followed: too few to tell whether they help."""
STARTER_PRIOR_ROWS = 200
"""Held-out mornings as which the prior of the starter's share weighs."""
STARTER_MOST = 0.5
"""The starter's prior share, and the most that it gets."""
SURE = 3.0
"""Standard errors above 0 from which the causes are followed at all."""
WORTH = 0.01
"""Share of the squared misses that the estimator must spare to be mixed with the causes: a mixture's reasons are less true."""


def boosted_share(matrix: Matrix, **parameters: Any) -> tuple[float, Matrix, Floats]:
    """Return how far forecasts should go from the own state to the boosted average, 0 to 1, and the held-out forecasts.

    A model learned from each athlete's first 70 % forecasts their last 30 %. The share that would have missed least
    there has a closed form. It is drawn to 0 by how uncertain it is, for on few rows the trees learn noise (PMData)
    and on many they do not (SoccerMon); then it is raised to what a model of all rows deserves (`with_all_rows`).

    Parameters
    ----------
    matrix : Matrix
        Labelled rows, none of which will be judged later.
    **parameters
        `FatigueRegressor`'s, its defaults where not given.

    Returns
    -------
    (share, days, forecasts)
        The rows that the inner model had not seen, and its forecasts of them with that share; no rows
        where fewer than 30 are left to learn from.
    """
    learn, judge = (matrix.rows(mask) for mask in split_last_share(matrix))
    if len(learn) < LEAST_ROWS:
        return 0.0, judge.rows(np.zeros(len(judge), dtype=bool)), np.zeros(0)
    if min(len(learn), len(judge)) < LEAST_INNER_ROWS:
        return 0.0, judge, Forecaster.fit(learn, **{**parameters, "trees": 1, "bags": 1}).predict_state(judge)
    model = Forecaster.fit(learn, boosted_share=1.0, **parameters)
    whole, state = model.predict(judge), model.predict_state(judge)
    share = with_all_rows(_drawn_share(judge, state, whole))
    return share, judge, state + share * (whole - state)


def with_all_rows(share: float) -> float:
    """Return what a share learned from the first 70 % of each log becomes for a model of all of it.

    Parameters
    ----------
    share : float
        How far forecasts should go to what was learned from n rows, 0 to 1.

    Notes
    -----
    A signal of variance S that is known with noise of variance V / n is best followed by a share of S / (S + V / n)
    (linear shrinkage). The odds of that share, S n / V, grow in proportion to the rows.
    """
    return share / (share + (1.0 - share) * (1.0 - LAST_SHARE))


@dataclass(frozen=True)
class Followed:
    """How far the causes are followed, 0 to 1, and how far their trees within them."""

    share: float = 0.0
    trees: float = 0.0


def causes_share(matrix: Matrix, days: Matrix, own: Floats, **parameters: Any) -> tuple[Followed, Floats]:
    """Return how far to follow the causes, and the forecasts of `days` with that share.

    Parameters
    ----------
    matrix : Matrix
        Labelled rows, none of which will be judged later.
    days : Matrix
        Those of them that the inner model had not seen; see `boosted_share`.
    own : array of shape (len(days),)
        What the inner model says of them.

    Notes
    -----
    Both are the shares that would have missed least. That of the trees is drawn to 0 as in `boosted_share`. That of the
    causes is 0 where it does not lie three standard errors above 0. It is 1 where following them wholly would raise the
    squared misses by less than 1 %: the estimator, which is then of hardly any use to this cohort, is left out, however
    many mornings show that it is of some.
    """
    if len(days) < LEAST_INNER_ROWS:
        return Followed(), own
    causes = Causes.fit(matrix.rows(split_last_share(matrix)[0]), **parameters)
    if causes is None:
        return Followed(), own
    bare = causes.before_trees(days)
    whole = bare + causes.trees(days)
    trees = with_all_rows(_drawn_share(days, bare, whole))
    other = bare + trees * (whole - bare)
    share = _best_share(days, own, other)
    if share <= SURE * _share_error(days, own, other, share):
        return Followed(0.0, trees), own
    mixed = own + share * (other - own)
    if _misses(days, other) <= (1.0 + WORTH) * _misses(days, mixed):
        return Followed(1.0, trees), other
    return Followed(share, trees), mixed


def starter_share(days: Matrix, own: Floats, other: Floats) -> float:
    """Return how much of the starter's forecasts to mix in, 0 to a half.

    Parameters
    ----------
    days : Matrix
        Labelled rows, shape (n,), that the forecasting models had not seen.
    own, other : arrays of shape (n,)
        What the cohort's model and the starter say of them.

    Notes
    -----
    The share that would have missed least, drawn to a half with the weight of 200 rows, and never more: people
    of the cohort tell more of themselves than others do. Where the starter does not help at all on 200 rows or
    more it is left out.
    """
    best = _best_share(days, own, other)
    if best == 0.0 and len(days) >= STARTER_PRIOR_ROWS:
        return 0.0
    drawn = (best * len(days) + STARTER_MOST * STARTER_PRIOR_ROWS) / (len(days) + STARTER_PRIOR_ROWS)
    return min(drawn, STARTER_MOST)


def fit_forecaster(matrix: Matrix, with_starter: bool = True, **parameters: Any) -> Forecaster:
    """Learn from labelled rows.

    How far to follow the trees, the causes and the starter, and all of the calibration, is learned from inner
    held-out days.

    Parameters
    ----------
    matrix : Matrix
    with_starter : bool
        Whether the starter may be mixed in, where it may at all; see `heavylegs.models.starter`.
    parameters
        `FatigueRegressor`'s, its defaults where not given.

    Raises
    ------
    InputError
        Where a row's morning was not rated, or fewer than two are left.
    """
    unrated = int(np.isnan(matrix.target).sum())
    if unrated:
        raise InputError(
            f"{counted(unrated, 'row')} without a rated morning", mend="learn from matrix.labelled()"
        )
    if len(matrix) < 2:
        raise InputError(f"{counted(len(matrix), 'rated morning')} to learn from", mend="give two or more")
    share, days, forecasts = boosted_share(matrix, **parameters)
    model = Forecaster.fit(matrix, boosted_share=share, **parameters)
    followed, forecasts = causes_share(matrix, days, forecasts, **parameters)
    if followed.share > 0:
        causes = Causes.fit(matrix, boosted_share=followed.trees, **parameters)
        model = replace(model, causes=causes, causes_share=followed.share)
    starter = knows_better(matrix) if with_starter else None
    if starter is not None:
        other = at_home(starter, matrix.rows(split_last_share(matrix)[0])).predict(days)
        mixed = starter_share(days, forecasts, other)
        forecasts = (1 - mixed) * forecasts + mixed * other
        model = replace(model, starter=at_home(starter, matrix), starter_share=mixed) if mixed > 0 else model
    return calibrated(model, days, forecasts)


def _best_share(days: Matrix, own: Floats, other: Floats) -> float:
    """Return how far to go from `own` to `other` to miss `days` least, 0 to 1."""
    gap, missing = other - own, days.target.astype(float) - own
    squares = float(gap @ gap)
    return float(np.clip(gap @ missing / squares, 0.0, 1.0)) if squares > 0 else 0.0


def _misses(days: Matrix, forecasts: Floats) -> float:
    """Return the mean squared miss."""
    return float(np.mean((days.target.astype(float) - forecasts) ** 2))


def _drawn_share(days: Matrix, own: Floats, other: Floats) -> float:
    """Return the best share, drawn to 0 by its standard error; 0 where that is larger.

    Positive-part shrinkage (James and Stein 1961).
    """
    share = _best_share(days, own, other)
    return max(share - _share_error(days, own, other, share) ** 2 / share, 0.0) if share > 0 else 0.0


def _share_error(days: Matrix, own: Floats, other: Floats, share: float) -> float:
    """Return the standard error of a share: over athletes, whose days go together, or over days where that is more."""
    gap = other - own
    pull = gap * (days.target.astype(float) - own - share * gap)
    by_athlete = np.bincount(days.owner, pull)
    variance = max(float(pull @ pull), float(by_athlete @ by_athlete))
    return float(np.sqrt(variance) / (gap @ gap)) if variance > 0 else 0.0
