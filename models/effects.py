"""Which factors move a cohort's mornings, for whom, and how points rise with their dose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..data.arrays import Floats
from ..data.errors import InputError
from ..features.catalog import Catalog, Feature
from ..features.factors import FACTORS, NAMED
from ..features.matrix import Matrix
from .attribution import PARTS, by_part, known, refer
from .forecaster import Forecaster
from .point_intervals import Z
from .reference import Reference

CURVE_ROWS = 100_000
"""Days from which curves are drawn."""
MAIN_ROWS = 1_000
"""Days from which the main input of each factor is found."""
BINS = 10
"""Of a curve, of equally many days where values allow."""
LEAST_IN_BIN = 20
"""Days, or a bin of a curve is left out."""
_NAMED = [PARTS.index(f) for f in NAMED]


@dataclass(frozen=True)
class Bin:
    """Days on which a factor's main input was alike: its median, how many, and their mean points with interval."""

    value: float
    days: int
    points: float
    low: float
    high: float


@dataclass(frozen=True)
class FactorEffect:
    """What a factor did in a cohort.

    Parameters
    ----------
    factor, label : str
    mean_abs_points : float
        Mean of the absolute points over the days on which it could speak.
    low, high : float
        80 % interval of that mean, from the disagreement of the bag's members.
    days, share_of_days : int, float
        On how many days, and what share of all, it could speak.
    input, input_label, unit : str
        The input that carries most of its points.
    curve : tuple of Bin
        Points by that input, from the cohort's average; empty where it never varies.
    athletes : dict of str to float
        Each athlete's own mean of the absolute points; those for whom it could not speak are left out.
    """

    factor: str
    label: str
    mean_abs_points: float
    low: float
    high: float
    days: int
    share_of_days: float
    input: str
    input_label: str
    unit: str
    curve: tuple[Bin, ...]
    athletes: dict[str, float]


@dataclass(frozen=True)
class Effects:
    """The factors that could speak, largest first, and those that never could."""

    cohort: str
    information: str
    reference: Reference
    days: int
    athletes: int
    factors: tuple[FactorEffect, ...]
    absent: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """Return plain types for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class _Part:
    """What one matrix adds to the effects, or several together.

    Parameters
    ----------
    days : int
    sums, counts : arrays of shape (1 + members, 22) and (22,)
        Sums of the absolute points of the bag's mean and of each member, and of how many days.
    by_athlete : dict of str to (array, array), both of shape (22,)
        The mean's sums and counts of each athlete.
    frame : DataFrame
        Features of some of its rows, for the curves.
    points : float32 array of shape (members, rows, 22)
        Their points from the cohort's average, NaN without a bar.
    by_input : array of shape (inputs,)
        Sums of the absolute points of each input over a few rows.
    """

    days: int
    sums: Floats
    counts: Floats
    by_athlete: dict[str, tuple[Floats, Floats]]
    frame: pd.DataFrame
    points: npt.NDArray[np.float32]
    by_input: Floats

    @classmethod
    def joined(cls, parts: Sequence[_Part]) -> _Part:
        """Return the parts as one; no athlete is in two of them."""
        return cls(
            sum(p.days for p in parts),
            np.sum([p.sums for p in parts], axis=0),
            np.sum([p.counts for p in parts], axis=0),
            {a: told for p in parts for a, told in p.by_athlete.items()},
            pd.concat([p.frame for p in parts], ignore_index=True),
            np.concatenate([p.points for p in parts], axis=1),
            np.sum([p.by_input for p in parts], axis=0),
        )

    def effect(self, factor: str, main: Feature) -> FactorEffect:
        """Return what a factor did that could speak on some day, given its main input."""
        column = NAMED.index(factor)
        days = self.counts[column]
        mean, *by_member = self.sums[:, column] / days
        apart = float(Z * np.std(by_member, ddof=1)) if len(by_member) > 1 else 0.0
        return FactorEffect(
            factor=factor,
            label=FACTORS[factor].label,
            mean_abs_points=float(mean),
            low=max(float(mean) - apart, 0.0),
            high=float(mean) + apart,
            days=int(days),
            share_of_days=int(days) / self.days,
            input=main.name,
            input_label=main.label,
            unit=main.unit,
            curve=_curve(self.frame[main.name].to_numpy(dtype=float), self.points[:, :, column]),
            athletes={
                a: float(s[column] / n[column]) for a, (s, n) in sorted(self.by_athlete.items()) if n[column]
            },
        )


def effects(
    model: Forecaster, matrices: Iterable[Matrix], reference: Reference = "cohort", parts: int = 1
) -> Effects:
    """Return the global view of some athlete-days.

    Parameters
    ----------
    model : Forecaster
    matrices : iterable of Matrix
        Each athlete's days in one of them; one is in memory at a time.
    reference : {"cohort", "usual"}
        What absolute points are measured from. Curves are always from the cohort's average.
    parts : int
        How many matrices there are: the curves take 100,000 days in all.

    Raises
    ------
    InputError
        Where there is no day in them.
    """
    seen, named = [], ("", "")
    for matrix in matrices:
        if len(matrix):
            named = matrix.cohort, matrix.information
            seen.append(_part(model, matrix, reference, parts))
    if not seen:
        raise InputError("there is no day to tell effects of", mend="give matrices that hold rows")
    whole = _Part.joined(seen)
    leading = _main_inputs(model.catalog, whole.by_input)
    spoke = {factor: bool(count) for factor, count in zip(NAMED, whole.counts, strict=True)}
    found = [whole.effect(factor, leading[factor]) for factor in NAMED if spoke[factor]]
    found.sort(key=lambda e: -e.mean_abs_points)
    return Effects(
        *named,
        reference,
        whole.days,
        len(whole.by_athlete),
        tuple(found),
        tuple(factor for factor in NAMED if not spoke[factor]),
    )


def _part(model: Forecaster, matrix: Matrix, reference: Reference, parts: int) -> _Part:
    contributions = model.contributions_by_member(matrix)
    cohort, constants = by_part(contributions, model.catalog)
    members = cohort if reference == "cohort" else refer(cohort, constants, matrix, reference)[0]
    heard = known(matrix, model.heard)[:, _NAMED]
    # Member 0 of the sums is the bag's mean, whose points are shown; the members follow.
    sizes = np.abs(np.concatenate([members.mean(axis=0)[None], members])[:, :, _NAMED]) * heard
    codes, names = pd.factorize(matrix.keys["athlete_id"].astype("str"))
    own = np.zeros((2, len(names), len(NAMED)))
    np.add.at(own[0], codes, sizes[0])
    np.add.at(own[1], codes, heard.astype(float))
    some = np.random.default_rng(0).permutation(len(matrix))[: CURVE_ROWS // parts]
    points = np.where(heard[some], cohort[:, some][:, :, _NAMED], np.nan).astype(np.float32)
    people = {str(name): (own[0, i], own[1, i]) for i, name in enumerate(names)}
    by_input = np.abs(contributions[:, some[: 1 + MAIN_ROWS // parts], :-1].mean(axis=0)).sum(axis=0)
    return _Part(
        len(matrix),
        sizes.sum(axis=1),
        heard.sum(axis=0).astype(float),
        people,
        matrix.frame.iloc[some],
        points,
        by_input,
    )


def _main_inputs(catalog: Catalog, sizes: Floats) -> dict[str, Feature]:
    """Return the input of each factor that carries most of its points, given the sizes of all inputs' on some rows."""
    leading: dict[str, tuple[float, Feature]] = {}
    for f, size in zip(catalog.inputs(), sizes, strict=True):
        if f.factor not in leading or size > leading[f.factor][0]:
            leading[f.factor] = float(size), f
    return {factor: f for factor, (_, f) in leading.items()}


def _curve(values: Floats, points: npt.NDArray[np.float32]) -> tuple[Bin, ...]:
    """Return bins of equally many days where values allow; `points` has shape (members, n)."""
    told = np.isfinite(values) & np.isfinite(points[0])
    values, points = values[told], points[:, told]
    if len(values) < LEAST_IN_BIN or np.ptp(values) == 0:
        return ()
    edges = np.unique(np.quantile(values, np.linspace(0, 1, BINS + 1)))
    place = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 1)
    out = []
    for n in np.unique(place):
        here = place == n
        if here.sum() >= LEAST_IN_BIN:
            by_member = points[:, here].mean(axis=1, dtype=float)
            mean = float(by_member.mean())
            apart = float(Z * by_member.std(ddof=1)) if len(by_member) > 1 else 0.0
            out.append(Bin(float(np.median(values[here])), int(here.sum()), mean, mean - apart, mean + apart))
    return tuple(out) if len(out) > 1 else ()
