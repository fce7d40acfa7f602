"""The same points as `shap.Explanation`, for anyone who wants shap's plots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from ..data.errors import InputError
from ..features.factors import FACTORS
from ..features.matrix import Matrix
from .attribution import LEVEL, PARTS, attribute, known
from .forecaster import Forecaster
from .reference import Reference

if TYPE_CHECKING:
    import shap


def shap_explanation(
    model: Forecaster,
    matrix: Matrix,
    by: Literal["input", "factor"] = "factor",
    reference: Reference = "cohort",
) -> shap.Explanation:
    """Return points with their base values and data; shap's plots add them up to the forecast.

    Parameters
    ----------
    model : Forecaster
    matrix : Matrix
    by : {"factor", "input"}
        Points of the 24 parts, or of every input (from the cohort's average only).
    reference : {"cohort", "usual"}
        See `heavylegs.models.attribution.attribute`.

    Returns
    -------
    shap.Explanation
        ``values`` of shape (n, parts or inputs), ``base_values`` of shape (n,). By input, ``data`` are the inputs' values. By
        factor they are 1 where it has data and NaN where not, never the sum of its inputs: summing an Explanation over a
        group also sums hours, degrees and grams, which means nothing.

    Raises
    ------
    InputError
        By input from the own usual, or by something else.

    Examples
    --------
    >>> explanation = shap_explanation(model, matrix)  # doctest: +SKIP
    >>> shap.plots.beeswarm(explanation)  # doctest: +SKIP
    """
    if by not in ("factor", "input"):
        raise InputError(f"there are no points by {by!r}", mend="'factor' or 'input'")
    if by == "input" and reference != "cohort":
        raise InputError("points by input are from the cohort's average", mend="reference='cohort'")
    import shap  # 2 s, and it brings numba

    if by == "input":
        points, constant = model.feature_points(matrix)
        return shap.Explanation(
            points.to_numpy(),
            base_values=np.full(len(points), constant),
            data=matrix.frame[list(points)].to_numpy(dtype=float),
            feature_names=[matrix.catalog[str(name)].label for name in points],
        )
    told = attribute(model, matrix, reference)
    points = told.points.fillna(0.0)
    points[LEVEL] -= told.level
    return shap.Explanation(
        points.to_numpy(),
        base_values=told.level,
        data=np.where(known(matrix, model.heard), 1.0, np.nan),
        feature_names=[FACTORS[part].label for part in PARTS],
    )
