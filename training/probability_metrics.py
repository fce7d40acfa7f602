"""What a forecast says of every level of the scale, judged by the ranked probability score."""

from __future__ import annotations

import numpy as np

from ..data.arrays import Floats
from .metrics import Codes


def level_chances(
    target: Floats, forecast: Floats, width: Floats, athletes: Codes, native_span: float
) -> Floats:
    """Return the chance that the morning is at most each level of the native scale.

    A point forecast becomes a distribution by the misses that the same forecaster made on the
    held-out mornings of *other* athletes, each divided by its day's width and multiplied by this
    day's. Every forecaster gets the distribution that its own misses call for, so scores tell
    apart how well points and widths fit the day, not how well a spread was guessed. The mornings
    of a lone athlete take the misses of the other mornings.

    Parameters
    ----------
    target, forecast : arrays of shape (n,)
        Canonical.
    width : array of shape (n,)
        How wide each day's distribution is against another's; any unit; above 0.
    athletes : int array of shape (n,)
    native_span : float
        Steps of the cohort's own scale; 4 for 1-5.

    Returns
    -------
    array of shape (n, levels - 1)
        Not falling along a row; the last level's chance, 1, is left out.
    """
    _, whose = np.unique(athletes, return_inverse=True)
    if whose.max(initial=0) == 0:
        whose = np.arange(len(target))
    edges = _levels(native_span)[:-1] + 5.0 / _steps(native_span)  # half way to the next level
    sought = (edges[None, :] - forecast[:, None]) / width[:, None]
    misses = (target - forecast) / width
    below, n = _count_at_most(misses, np.zeros_like(whose), sought), len(misses)
    own_below, own_n = _count_at_most(misses, whose, sought), np.bincount(whose)[whose][:, None]
    # The half keeps a level that no miss has reached from being called impossible.
    return np.asarray((below - own_below + 0.5) / (n - own_n + 1.0))


def rps_of_days(target: Floats, chances: Floats, native_span: float) -> Floats:
    """Return each morning's ranked probability score in native steps, shape (n,); lower is better.

    The sum over levels of (chance of at most the level - whether it was so) squared (Epstein
    1969, J. Appl. Meteorol. 8, 985), not divided by the number of levels: a forecast that is
    certain of one level scores its distance in steps, so the mean is comparable with the MAE.

    Examples
    --------
    On 1-5, certain of level 2 (canonical 2.5) where level 4 (canonical 7.5) came:

    >>> rps_of_days(np.array([7.5]), np.array([[0.0, 1.0, 1.0, 1.0]]), 4.0).tolist()
    [2.0]
    """
    happened = target[:, None] <= _levels(native_span)[None, :-1] + 2.5 / _steps(native_span)
    return np.asarray(((chances - happened) ** 2).sum(axis=1) * native_span / _steps(native_span))


def _steps(native_span: float) -> int:
    return max(1, round(native_span))


def _levels(native_span: float) -> Floats:
    """Return the levels of the native scale, canonical."""
    return np.linspace(0.0, 10.0, _steps(native_span) + 1)


def _count_at_most(values: Floats, groups: Codes, sought: Floats) -> Floats:
    """Return how many values of the row's own group are at most each sought, shape of `sought`.

    All groups share one sorted array: a group's values are moved into a stretch of their own.
    """
    low = min(values.min(), sought.min())
    stretch = max(values.max(), sought.max()) - low + 1.0
    shift = groups * stretch - low
    counts = np.searchsorted(np.sort(values + shift), sought + shift[:, None], side="right")
    size = np.bincount(groups)
    return np.asarray(counts - (np.cumsum(size) - size)[groups][:, None], dtype=float)
