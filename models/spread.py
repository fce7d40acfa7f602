"""How sure a factor's points are: 80 % intervals that hold the true share on the simulator.

The members of the bag disagree where it matters who was learned from. That is the smaller part of what is unsure:
all members share a catalogue that sees a dose only through a log, all pull points towards nothing where
mornings are noisy, and nobody's sensitivity is everybody's. Those errors can be seen only where the truth is
known, so `heavylegs.training.reasons` measures them on simulated runners that the model never saw, for each factor and
either side (towards 0, and away from it, where shrunk points err more):

    half-width = 1.28 x sqrt(variance over members + (relative x points)^2 + floor^2)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from .reference import Reference
from .spread_table import SPREAD

Floats = npt.NDArray[np.float64]
COVERAGE = 0.80
Z = 1.2816
Sides = tuple[float, float, float, float]
"""Floor (points) and relative part towards 0, floor and relative part away from it."""


def interval(
    points: Floats, members: Floats, parts: Sequence[str], usual: npt.NDArray[np.bool_]
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
    """
    variance = disagreement(members) ** 2
    halves = []
    for side in (0, 2):
        floor, relative = np.where(
            usual[:, None, None], _constants("usual", parts), _constants("cohort", parts)
        )[:, :, side : side + 2].transpose(2, 0, 1)
        halves.append(Z * np.sqrt(variance + (relative * points) ** 2 + floor**2))
    towards, away = halves
    up = points > 0
    return points - np.where(up, towards, away), points + np.where(up, away, towards)


def disagreement(members: Floats) -> Floats:
    """Return the SD over members, shape (n, parts); 0 of one member, NaN where points are."""
    if len(members) < 2:
        return np.asarray(0.0 * members[0])
    return np.asarray(members.std(axis=0, ddof=1))


def _constants(reference: Reference, parts: Sequence[str]) -> Floats:
    nothing: Sides = (0.0, 0.0, 0.0, 0.0)
    return np.array([SPREAD[reference].get(part, nothing) for part in parts])
