"""Factor points: what each factor moved the forecast by, from which reference, and how sure that is.

A factor's points are the signed sum of its inputs' points: TreeSHAP of the trees and the exact terms of the
linear own state. Never sum absolute points, and never the inputs' raw values, which have other units.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..data.arrays import Floats, Mask
from ..data.errors import InputError
from ..features.catalog import Catalog, Feature
from ..features.factors import FACTORS, NAMED
from ..features.matrix import Matrix
from .confidence import has_forecast
from .forecaster import Forecaster
from .point_intervals import interval
from .reference import LEAST_DAYS, REFERENCES, Reference, own_usual

LEVEL, REST = "usual_level", "everything_else"
PARTS = (LEVEL, *NAMED, REST)
"""The parts of a forecast, in the order of every array and table here."""
_LEVEL, _REST = 0, len(PARTS) - 1


@dataclass(frozen=True)
class Attribution:
    """Points of the parts of some forecasts.

    Parameters
    ----------
    points : DataFrame of shape (n, 24)
        `PARTS`; rows add up to the forecast within 1e-6. NaN for a factor without a bar: of which that day holds none
        of the inputs through which the model hears it (`Forecaster.heard`). What the model still says of it stands in
        ``everything_else``.
    low, high : DataFrames of shape (n, 24)
        80 % intervals of the points; see `heavylegs.models.point_intervals`.
    reference : array of str, shape (n,)
        "usual" or "cohort": where "usual" was asked for, "cohort" has those with fewer than 14 days before that had a
        forecast.
    level : array of shape (n,)
        Where the points start: the mean of the athlete's own forecasts of the days before ("usual"), or the
        model's constant ("cohort"). ``points["usual_level"]`` is this and what the own state adds to it.
    """

    points: pd.DataFrame
    low: pd.DataFrame
    high: pd.DataFrame
    reference: npt.NDArray[np.object_]
    level: Floats

    def rows(self, chosen: npt.ArrayLike) -> Attribution:
        """Return the rows of a boolean mask or an index array."""
        index = np.arange(len(self.points))[np.asarray(chosen)]
        points, low, high = (t.iloc[index].reset_index(drop=True) for t in (self.points, self.low, self.high))
        return Attribution(points, low, high, self.reference[index], self.level[index])

    @property
    def unclear(self) -> pd.DataFrame:
        """Where a factor's interval covers 0, shape (n, 22); a factor without points is not unclear, but absent."""
        factors = list(NAMED)
        return (self.low[factors] <= 0) & (self.high[factors] >= 0)


def attribute(model: Forecaster, matrix: Matrix, reference: Reference = "usual") -> Attribution:
    """Return the points of every row of `matrix`, which should hold the 56 days before those of interest.

    Parameters
    ----------
    model : Forecaster
    matrix : Matrix
        Of the model's catalogue.
    reference : {"usual", "cohort"}
        "usual": what made this day's forecast differ from the mean of the athlete's own forecasts of up to
        56 days before it. "cohort": from the average of all that the model learned from.

    Raises
    ------
    InputError
        Where there is no such reference.
    """
    if reference not in REFERENCES:
        raise InputError(f"there is no reference {reference!r}", mend=" or ".join(map(repr, REFERENCES)))
    if not len(matrix):  # scikit-learn would refuse
        none = _table(np.zeros((0, len(PARTS))))
        return Attribution(none, none, none, np.zeros(0, dtype=object), np.zeros(0))
    parts, level, name, heard = referred_points(model, matrix, reference)
    silent = ~heard
    for factor in np.flatnonzero(silent.any(axis=0)):
        rows = silent[:, factor]
        parts[:, rows, _REST] += parts[:, rows, factor]
        parts[:, rows, factor] = np.nan
    parts[:, :, _LEVEL] += level
    points = parts.mean(axis=0)
    low, high = interval(points, parts, PARTS, name == "usual")
    return Attribution(_table(points), _table(low), _table(high), name, level.mean(axis=0))


def factor_points(model: Forecaster, matrix: Matrix) -> pd.DataFrame:
    """Return the points of every factor and of the two groups from the cohort's average, shape (n, 24): rows sum to the forecast.

    NaN for a factor without a bar; see `Attribution`.
    """
    return attribute(model, matrix, "cohort").points[list(FACTORS)]


def member_points(model: Forecaster, matrix: Matrix) -> tuple[Floats, Floats]:
    """Return each member's points from the cohort's average, before anything is moved for being absent.

    Returns
    -------
    points : array of shape (members, n, 24)
        By `PARTS`, without the constant.
    constants : array of shape (members, n)
        With its points, each member's constant adds up to that member's forecast.
    """
    return by_part(model.contributions_by_member(matrix), model.catalog)


def by_part(contributions: Floats, catalog: Catalog) -> tuple[Floats, Floats]:
    """Return what `member_points` returns, from the points of every input and the constant, shape (members, n, inputs + 1)."""
    inputs = catalog.inputs()
    belongs = np.zeros((len(inputs), len(PARTS)))
    belongs[np.arange(len(inputs)), [PARTS.index(f.factor) for f in inputs]] = 1.0
    return contributions[:, :, :-1] @ belongs, contributions[:, :, -1]


def known(matrix: Matrix, inputs: Iterable[Feature]) -> Mask:
    """Return where a part has a value in at least one of these inputs, shape (n, 24); the two groups always count as known."""
    out = np.ones((len(matrix), len(PARTS)), dtype=bool)
    of_part: dict[str, list[str]] = {part: [] for part in NAMED}
    for f in inputs:
        if f.factor in of_part:
            of_part[f.factor].append(f.name)
    for part, names in of_part.items():
        out[:, PARTS.index(part)] = matrix.frame[names].notna().any(axis=1)
    return out


def referred_points(
    model: Forecaster, matrix: Matrix, reference: Reference
) -> tuple[Floats, Floats, npt.NDArray[np.object_], Mask]:
    """Return each member's points from a reference, before anything is moved for being absent.

    Returns
    -------
    points : array of shape (members, n, 24)
    level : array of shape (members, n)
        What they start from; with it, points add up to the member's forecast.
    reference : array of str, shape (n,)
        What it became; see `Attribution`.
    known : bool array of shape (n, 24)
    """
    members, constants = member_points(model, matrix)
    return *refer(members, constants, matrix, reference), known(matrix, model.heard)


def refer(
    members: Floats, constants: Floats, matrix: Matrix, reference: Reference
) -> tuple[Floats, Floats, npt.NDArray[np.object_]]:
    """Return the first three of `referred_points` from what `member_points` returns."""
    name = np.full(len(matrix), "cohort", dtype=object)
    if reference == "usual":
        usual, days = own_usual(members, matrix.owner, matrix.day, has_forecast(matrix.frame))
        enough = days >= LEAST_DAYS
        usual[:, ~enough] = 0.0
        name[enough] = "usual"
        members, constants = members - usual, constants + usual.sum(axis=-1)
    return members, constants, name


def _table(values: Floats) -> pd.DataFrame:
    return pd.DataFrame(values, columns=list(PARTS))
