"""What each family of features is worth: the own state with one family, and everything but one."""

from __future__ import annotations

from ..data.arrays import Floats
from ..features.catalog import FAMILIES
from ..features.matrix import Matrix
from ..models.baselines import Rung
from .fit import fit_forecaster

BASE = "history"
"""The family that every other is added to: without own reports there is no own state."""
WITH, ALL_BUT = f"{BASE}_and_", "all_but_"


def with_families(matrix: Matrix, families: frozenset[str]) -> Matrix:
    """Return the matrix with only those families' features among its inputs; context stays."""
    return matrix.with_inputs(f.name for f in matrix.catalog.inputs() if f.family in families)


def rungs(matrix: Matrix) -> dict[str, Rung]:
    """Return a rung a family that has values in `matrix`: ``history_and_<family>`` and ``all_but_<family>``."""
    spoken = {f.family for f in matrix.catalog.inputs() if matrix.frame[f.name].notna().any()}
    named = [f for f in FAMILIES if f in spoken]
    out: dict[str, Rung] = {BASE: _rung(frozenset({BASE}))}
    for family in named:
        if family != BASE:
            out[WITH + family] = _rung(frozenset({BASE, family}))
            out[ALL_BUT + family] = _rung(frozenset(named) - {family})
    return out


def _rung(families: frozenset[str]) -> Rung:
    def forecaster(learn: Matrix, forecast: Matrix) -> Floats:
        model = fit_forecaster(with_families(learn, families), with_starter=False)
        return model.predict(with_families(forecast, families))

    return forecaster
