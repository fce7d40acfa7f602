"""Whether forecasts put an athlete's mornings in the right order, and tell the bad ones apart."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..data.arrays import Floats, Mask
from .metrics import Codes

LEAST_DAYS = 20
"""Held-out mornings an athlete needs to count in a macro average of orders."""


def ranks_within(values: npt.ArrayLike, athletes: Codes) -> Floats:
    """Return each value's rank among the athlete's own, from 1, ties at their mean.

    Examples
    --------
    >>> ranks_within([5.0, 1.0, 1.0, 7.0], np.array([0, 0, 0, 1])).tolist()
    [3.0, 1.5, 1.5, 1.0]
    """
    values = np.asarray(values, dtype=float)
    order = np.lexsort((values, athletes))
    value, whose = values[order], np.asarray(athletes)[order]
    new_athlete = np.append(True, whose[1:] != whose[:-1])
    new_value = new_athlete | np.append(True, value[1:] != value[:-1])
    place = np.arange(len(values), dtype=float)
    tie = np.cumsum(new_value) - 1
    mean_place = (np.bincount(tie, weights=place) / np.bincount(tie))[tie]
    athlete = np.cumsum(new_athlete) - 1
    ranks = np.empty(len(values))
    ranks[order] = mean_place - place[new_athlete][athlete] + 1
    return ranks


def spearman_within(target: Floats, forecast: Floats, athletes: Codes, least: int = LEAST_DAYS) -> float:
    """Return the mean over athletes of their own rank correlation of forecast and report.

    Athletes with fewer than `least` mornings, and those who always reported the same, say nothing
    and are passed over. A forecast that never moves for an athlete puts nothing in order and
    counts 0 for them, so that every forecaster is averaged over the same people.

    Parameters
    ----------
    target, forecast : arrays of shape (n,)
    athletes : int array of shape (n,)

    Returns
    -------
    float
        -1 to 1; NaN where nobody can be judged.
    """
    _, codes = np.unique(athletes, return_inverse=True)
    n = np.bincount(codes)
    x, y = ranks_within(forecast, codes), ranks_within(target, codes)
    x, y = (r - (np.bincount(codes, weights=r) / n)[codes] for r in (x, y))
    xx, yy, xy = (np.bincount(codes, weights=w) for w in (x * x, y * y, x * y))
    judged = (n >= least) & (yy > 0)
    spread = np.sqrt(xx * yy)
    own = np.divide(xy, spread, out=np.zeros_like(xy), where=spread > 0)
    return float(own[judged].mean()) if judged.any() else float("nan")


def auc(score: Floats, event: Mask) -> float:
    """Return the chance that a random event has the higher score than a random other, ties a half.

    NaN where there is no event or nothing else.
    """
    return float(_auc_by(score, event, np.zeros(len(score), dtype=np.int64))[0]) if len(score) else np.nan


def auc_macro(score: Floats, event: Mask, athletes: Codes, least: int = LEAST_DAYS) -> float:
    """Return the mean over athletes of their own AUC: those with `least` mornings, events and others."""
    _, codes = np.unique(athletes, return_inverse=True)
    own = _auc_by(score, event, codes)[np.bincount(codes) >= least]
    own = own[~np.isnan(own)]
    return float(own.mean()) if len(own) else float("nan")


def _auc_by(score: Floats, event: Mask, codes: Codes) -> Floats:
    """Return each athlete's AUC by the rank-sum (Mann-Whitney) form, NaN without both kinds of mornings."""
    events = np.bincount(codes, weights=event)
    others = np.bincount(codes) - events
    rank_sum = np.bincount(codes, weights=ranks_within(score, codes) * event)
    pairs = events * others
    wins = rank_sum - events * (events + 1) / 2
    none: Floats = np.full(len(pairs), np.nan)
    return np.asarray(np.divide(wins, pairs, out=none, where=pairs > 0))
