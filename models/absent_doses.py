"""What stands for an absent dose while responses are learned: what the day's other doses let one expect.

Were it put to its mean, its effect would be credited to the doses that go with it: on days whose strength sessions
nobody logged, hours of running would count twice. What a forecast puts in the place of an absent dose is another
matter: `heavylegs.models.unlogged`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..data.arrays import Floats

RIDGE = 100.0
"""Rows with as much weight as the prior of a slope of 0."""
ROUNDS = 2
"""The doses that one is expected from may be absent too: the second round has better values for them."""
LEAST_ROWS = 50
"""Rows that must know a dose before it is expected anywhere."""
TOLD = 3
"""Columns that `_told` makes of a dose."""


def expected(columns: Floats, ends: Sequence[int]) -> Floats:
    """Return columns with absent values put to their regression on the other doses (Buck 1960).

    Parameters
    ----------
    columns : array of shape (n, columns)
        Columns of mean 0, those of a dose side by side; NaN where the dose is absent.
    ends : sequence of int, one a dose
        Where the columns of each dose end.

    Returns
    -------
    array of shape (n, columns)
        0 for a dose that fewer than 50 rows know.
    """
    starts = [0, *ends[:-1]]
    absent = np.isnan(columns[:, starts])
    out = np.where(np.isnan(columns), 0.0, columns)
    told = np.concatenate([_told(out[:, a:b]) for a, b in zip(starts, ends, strict=True)], axis=1)
    whose = np.arange(told.shape[1]) // TOLD
    gaps = [d for d in np.flatnonzero(absent.any(axis=0)) if (~absent[:, d]).sum() >= LEAST_ROWS]
    for _ in range(ROUNDS if gaps else 0):
        for dose in gaps:
            known, own = ~absent[:, dose], slice(starts[int(dose)], ends[int(dose)])
            x = told[:, whose != dose]
            middle, level = x[known].mean(axis=0), out[known, own].mean(axis=0)
            slopes = drawn_slopes(x[known] - middle, out[known, own] - level)
            out[~known, own] = level + (x[~known] - middle) @ slopes
            told[np.ix_(~known, whose == dose)] = _told(out[~known, own])
    return out


def drawn_slopes(x: Floats, y: Floats) -> Floats:
    """Return the slopes of a ridge regression, each drawn to 0 with the weight of 100 rows.

    Parameters
    ----------
    x : array of shape (n, columns)
        Of mean 0.
    y : array of shape (n,) or (n, outputs)
        Of mean 0.

    Returns
    -------
    array of shape (columns,) or (columns, outputs)
    """
    normal = x.T @ x
    normal[np.diag_indices_from(normal)] += RIDGE * x.var(axis=0) + 1e-6
    return np.asarray(np.linalg.solve(normal, x.T @ y))


def _told(segments: Floats) -> Floats:
    """Return what a dose tells of others, shape (n, 3): whether there was any, how much, how much beyond the middle."""
    middle = segments.shape[1] // 2
    return np.stack([segments[:, 0], segments.sum(axis=1), segments[:, middle:].sum(axis=1)], axis=1)
