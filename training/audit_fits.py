"""The fits whose reasons are audited: the product's own, and its causes model alone."""

from __future__ import annotations

from dataclasses import replace

from ..features.matrix import Matrix
from ..models.causes import Causes
from ..models.forecaster import Forecaster
from .audit_points import Fit
from .fit import fit_forecaster


def fit_causes(matrix: Matrix) -> Forecaster:
    """Learn from labelled rows, and follow the causes model alone."""
    own = Forecaster.fit(matrix, boosted_share=0.0, trees=1, bags=1)
    return replace(own, causes=Causes.fit(matrix), causes_share=1.0)


FITS: dict[str, Fit] = {"product": fit_forecaster, "causes": fit_causes}
