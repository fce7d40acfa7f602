"""How sure a factor's points are: 80 % intervals, which hold the true points on the simulator.

The members of the bag disagree where it matters who was learned from. That is the smaller part of what is unsure: all
members see a dose only as the catalogue computes it from a log, all draw points to 0 where mornings are noisy, and all
give everybody the average sensitivity. Those errors can be seen only where the truth is known, so
`heavylegs.training.reasons` measures them on simulated runners that the model never saw, for each factor and either side
(towards 0, and away from it, where points that are drawn to 0 err more):

    half-width = 1.28 x sqrt(variance over members + (relative x points)^2 + floor^2)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ..data.arrays import Floats, Mask
from .point_interval_table import SPREAD

COVERAGE = 0.80
"""Share of the true points that the intervals should hold."""
Z = 1.2816
"""Standard deviations from the middle of a normal distribution to the ends of its middle 80 %."""
Sides = tuple[float, float, float, float]
"""Floor (points) and relative part towards 0, floor and relative part away from it."""
Constants = Mapping[str, Sides]
"""The sides of each factor."""


def interval(
    points: Floats,
    members: Floats,
    parts: Sequence[str],
    usual: Mask,
    learned: Mapping[str, Constants] = SPREAD,
) -> tuple[Floats, Floats]:
    """Return the lower and upper ends of the 80 % intervals, each of shape (n, parts).

    Parameters
    ----------
    points : array of shape (n, parts)
    members : array of shape (members, n, parts)
        Each member's points, whose mean `points` is.
    parts : sequence of str
        Their names. What no simulation measured, as the two groups, has the members' disagreement alone.
    usual : bool array of shape (n,)
        Whose points are from the own usual; the others are from the cohort.
    learned : mapping of str to mapping
        The constants of each reference, by factor.
    """
    variance = disagreement(members) ** 2
    of_usual, of_cohort = (_sides(learned[reference], parts) for reference in ("usual", "cohort"))
    floor, relative, floor_away, relative_away = np.where(
        usual[:, None, None], of_usual, of_cohort
    ).transpose(2, 0, 1)
    towards = Z * np.sqrt(variance + (relative * points) ** 2 + floor**2)
    away = Z * np.sqrt(variance + (relative_away * points) ** 2 + floor_away**2)
    up = points > 0
    return points - np.where(up, towards, away), points + np.where(up, away, towards)


def disagreement(members: Floats) -> Floats:
    """Return the SD over members, shape (n, parts); 0 of one member, NaN where points are."""
    if len(members) < 2:
        return np.asarray(0.0 * members[0])
    return np.asarray(members.std(axis=0, ddof=1))


def _sides(constants: Constants, parts: Sequence[str]) -> Floats:
    """Return the sides of each part, shape (parts, 4); 0 for what no simulation measured."""
    nothing: Sides = (0.0, 0.0, 0.0, 0.0)
    return np.array([constants.get(part, nothing) for part in parts])
