"""Doses that move a morning more together than each by itself: which pairs, and which of the two gets the points.

Dehydration raises strain more in heat than in the cool, and heavy work costs more on little carbohydrate. An additive
fit would give what a pair moves together to both of its doses in full, so that their points came out too large.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..data.arrays import Floats

TOGETHER: tuple[tuple[str, str], ...] = (
    ("heat_stress", "dehydration"),  # Montain and Coyle 1992; Sawka et al. 2007 (ACSM)
    ("cardiovascular_strain", "glycogen_depletion"),  # Bergström et al. 1967; Thomas, Erdman and Burke 2016
)
"""Factors whose doses act together, by physiology; how strongly, and whether at all, is learned."""
LEAST_ROWS = 50
"""Days that know both doses, without which a pair is not learned."""


@dataclass(frozen=True)
class Pair:
    """What two doses move together: `size` times the product of what each moves above its least.

    Both terms of the product are above 0 and rise with their doses, so it keeps their directions. Each dose gets half of
    it: the Shapley value of a product against a day without either.

    Parameters
    ----------
    one, other : int
        Columns of the doses.
    size : float
        At least 0; a product of 1 point by 1 point moves the morning so many points.
    usual : tuple of two floats
        Mean points above the least of either: where one is absent, the other meets its usual amount.
    product : float
        Mean product over the days that know both.
    """

    one: int
    other: int
    size: float
    usual: tuple[float, float]
    product: float

    @classmethod
    def of(cls, one: int, other: int, above: Floats, size: float = 1.0) -> Pair | None:
        """Return the pair as the days of `above` (see `shares`) have it; None where fewer than 50 know both doses."""
        a, b = above[:, one], above[:, other]
        known = ~np.isnan(a * b)
        if known.sum() < LEAST_ROWS:
            return None
        return cls(
            one,
            other,
            size,
            (float(np.nanmean(a)), float(np.nanmean(b))),
            float(np.mean(a[known] * b[known])),
        )

    def shares(self, above: Floats) -> Floats:
        """Return what either dose gets of it, shape (n, 2), about 0 on average.

        Parameters
        ----------
        above : array of shape (n, doses)
            Points of each dose above its least, NaN where it is absent. Such a dose gets nothing, and the other all.
        """
        own = above[:, [self.one, self.other]]
        half = self.size * (own.prod(axis=1, keepdims=True) - self.product) / 2
        alone = self.size * (own - self.usual) * self.usual[::-1]
        return np.asarray(np.nan_to_num(np.where(np.isnan(half), alone, half)))


def columns_of(factors: Sequence[str]) -> list[tuple[int, int]]:
    """Return where the pairs stand among doses of these factors; those that stand there whole."""
    return [
        (factors.index(one), factors.index(other))
        for one, other in TOGETHER
        if one in factors and other in factors
    ]
