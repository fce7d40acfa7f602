"""The bag: models of the same days that weigh the athletes differently, so that they tell how far reasons hang on whom."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..data.arrays import Floats

BAG_SHAPE = 4.0
"""Of the gamma weights: they spread by half their mean."""


def bag_weights(groups: npt.ArrayLike | None, rows: int, bags: int, seed: int) -> Floats:
    """Return row weights a member, 1 on average; all 1 without `groups`.

    Parameters
    ----------
    groups : array of shape (rows,), optional
        Whose row it is.
    rows, bags, seed : int

    Returns
    -------
    array of shape (bags, rows)
        The same for all rows of an athlete.

    Notes
    -----
    Gamma weights of spread about a half, balanced: over the members every athlete weighs the same (Davison, Hinkley and
    Schechtman 1986, the balanced bootstrap), so that a bag of one weighs all alike. Unbalanced exponential weights tell as
    much about who was learned from, but cost accuracy.
    """
    if groups is None:
        return np.ones((bags, rows))
    _, codes = np.unique(np.asarray(groups), return_inverse=True)
    drawn = np.random.default_rng(seed).gamma(BAG_SHAPE, size=(bags, codes.max() + 1))
    drawn = (drawn / drawn.mean(axis=0))[:, codes]
    return np.asarray(drawn / drawn.mean(axis=1, keepdims=True))
