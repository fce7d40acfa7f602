"""The fits whose reasons are audited: the product's own, and one made for nothing but telling causes apart."""

from __future__ import annotations

from dataclasses import replace

from ..features.catalog import Catalog, Feature, Information
from ..features.matrix import Matrix
from ..models.causes import SLOW_STATE
from ..models.forecaster import Forecaster
from .audit_points import Fit
from .fit import fit_forecaster

GROUPS = ("usual_level", "everything_else")


def fit_causes(matrix: Matrix) -> Forecaster:
    """Learn from labelled rows with as little for causes to hide in as can be.

    One dose a factor, weighed against each other in the linear part first, where none is greedy; of the
    own state only the slow level; then small trees of one or two columns, so that every dose grows in
    turn; the trees' share whole. It forecasts worse than the product, and its directions are not assured.
    """
    catalog = Catalog(tuple(_bared(f, matrix.information) for f in matrix.catalog))
    return Forecaster.fit(
        replace(matrix, catalog=catalog),
        boosted_share=1.0,
        trees=1200,
        learning_rate=0.05,
        column_share=0.05,
        bags=1,
    )


def _bared(feature: Feature, information: Information) -> Feature:
    if feature.factor in GROUPS:
        slow = feature.name in SLOW_STATE
        return replace(feature, part="state") if slow else replace(feature, role="context")
    weaker = feature.name == "sleep_debt_7d_h" and information == "morning"
    chosen = feature.dose and not weaker
    return replace(feature, part="both") if chosen else replace(feature, role="context")


FITS: dict[str, Fit] = {"product": fit_forecaster, "causes": fit_causes}
