"""Whether a chance of a bad morning is as frequent as it says, and better than knowing the runner's own rate."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..data.arrays import Floats

RATE_WEIGHT = 10.0
"""Own mornings as which everybody's rate weighs."""
BINS = 10
"""Of chances, equally wide."""


def brier(bad: npt.ArrayLike, chance: npt.ArrayLike) -> float:
    """Return the mean squared distance of chances from what came, 0 or 1 (Brier 1950)."""
    return float(np.mean((np.asarray(chance, dtype=float) - np.asarray(bad, dtype=float)) ** 2))


def own_rate(
    bad: npt.ArrayLike, athletes: npt.ArrayLike, mornings: npt.ArrayLike, everybodys: float
) -> Floats:
    """Return each athlete's share of bad mornings before each morning, the baseline to beat, shape (n,).

    Parameters
    ----------
    bad : array of shape (n,)
        0 or 1.
    athletes, mornings : arrays of shape (n,)
    everybodys : float
        Rate on the days learned from; it weighs as much as 10 own mornings.
    """
    came, who, when = np.asarray(bad, dtype=float), np.asarray(athletes), np.asarray(mornings)
    out = np.empty(len(came))
    for athlete in np.unique(who):
        rows = np.flatnonzero(who == athlete)
        rows = rows[np.argsort(when[rows], kind="stable")]
        before = np.cumsum(came[rows]) - came[rows]
        out[rows] = (before + RATE_WEIGHT * everybodys) / (np.arange(len(rows)) + RATE_WEIGHT)
    return out


def reliability(bad: npt.ArrayLike, chance: npt.ArrayLike, bins: int = BINS) -> list[dict[str, float]]:
    """Return the reliability diagram as records: what was said and how often it came, in bins of equal width.

    Examples
    --------
    >>> reliability([0, 1], [0.05, 0.95], bins=2)[1]
    {'from': 0.5, 'to': 1.0, 'mornings': 1.0, 'said': 0.95, 'came': 1.0}
    """
    said, came = np.asarray(chance, dtype=float), np.asarray(bad, dtype=float)
    which = np.minimum((said * bins).astype(int), bins - 1)
    return [
        {
            "from": b / bins,
            "to": (b + 1) / bins,
            "mornings": float((which == b).sum()),
            "said": float(said[which == b].mean()),
            "came": float(came[which == b].mean()),
        }
        for b in range(bins)
        if (which == b).any()
    ]
