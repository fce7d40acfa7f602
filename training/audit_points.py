"""What the audits share: fitting, factor points, the reference they are told against, who is explained."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..data.arrays import Mask
from ..features.factors import NAMED
from ..features.matrix import Matrix
from ..models.attribution import factor_points
from ..models.forecaster import Forecaster
from ..models.reference import Reference

Fit: TypeAlias = Callable[[Matrix], Forecaster]
NOTICEABLE = 0.05
"""Points, canonical 0-10: a bar below this prints as 0.0, so that its sign says nothing."""


def points_of(forecaster: Forecaster, matrix: Matrix) -> pd.DataFrame:
    """Return the named factors' points, shape (n, 22); NaN where a factor has no bar.

    The one place where the audits ask for points: another way to compute them goes here.
    """
    return factor_points(forecaster, matrix)[list(NAMED)]


def deviations(points: pd.DataFrame, owner: npt.ArrayLike, reference: Reference = "usual") -> pd.DataFrame:
    """Return points against a reference, of the rows where the factor has a bar.

    Parameters
    ----------
    points : DataFrame, shape (n, factors)
    owner : array of shape (n,)
        Whose row it is.
    reference : {"usual", "cohort"}
        Each athlete's own mean over the rows given, or everybody's.
    """
    if reference == "cohort":
        return points - points.mean()
    return points - points.groupby(np.asarray(owner)).transform("mean")


def athletes_apart(matrix: Matrix, explained: float = 0.25, seed: int = 0) -> tuple[Mask, Mask]:
    """Return who is learned from and who is explained, as masks: whole athletes, drawn at random.

    Parameters
    ----------
    explained : float
        Share of the athletes that the model never sees; at least one.
    """
    owner = matrix.owner
    athletes = np.random.default_rng(seed).permutation(np.unique(owner))
    apart = np.isin(owner, athletes[: max(1, round(explained * len(athletes)))])
    return ~apart, apart


def bootstrapped(matrix: Matrix, rng: np.random.Generator) -> Matrix:
    """Return the rows of as many athletes as there are, drawn with replacement."""
    owner = matrix.owner
    drawn = rng.choice(np.unique(owner), size=len(np.unique(owner)))
    return matrix.rows(np.concatenate([np.flatnonzero(owner == c) for c in drawn]))


def without_factor(matrix: Matrix, factor: str) -> Matrix:
    """Return the matrix with none of the factor's features among its inputs."""
    return matrix.with_inputs(f.name for f in matrix.catalog.inputs() if f.factor != factor)
