"""What must hold of factor points on any cohort, where no truth is known.

Throughout, `learn` are labelled rows to learn from and `judged` those of unseen athletes to explain; `fit` makes a
forecaster of a matrix, and `forecaster` is what it made of `learn`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ..data.arrays import Floats
from ..features.catalog import Catalog
from ..features.factors import NAMED
from ..features.matrix import Matrix
from ..models.attribution import factor_points
from ..models.forecaster import Forecaster
from .audit_points import Fit, bootstrapped, deviations, points_of, without_factor
from .metrics import rmse
from .progress import Say, silent

REFITTED_FACTORS = 6
"""The largest, each of which costs a fit."""
SHUFFLES = 3
"""Of the labels, each of which costs a fit."""
LEAST_MEAN_POINTS = 0.01
"""Mean absolute points below which a factor's stability says nothing."""


def additivity(forecaster: Forecaster, judged: Matrix) -> dict[str, Any]:
    """Return the largest gap between a forecast and the sum of all its points."""
    gap = factor_points(forecaster, judged).sum(axis=1).to_numpy() - forecaster.predict(judged)
    return {"largest_gap": float(np.abs(gap).max())}


def mean_points(points: pd.DataFrame, owner: np.ndarray) -> pd.Series:
    """Return each factor's mean absolute points against the own usual, largest first; 0 without a bar."""
    size = deviations(points, owner).abs().mean().fillna(0.0)
    return size.sort_values(ascending=False)


def dummy(learn: Matrix, judged: Matrix, fit: Fit, factor: str, seed: int = 0) -> dict[str, Any]:
    """Give the model a shuffled copy of an input of `factor`, and see what it makes of it.

    Parameters
    ----------
    factor : str
    seed : int

    Returns
    -------
    dict
        ``of``: the input; ``mean_points``: mean absolute points of its copy; ``mean_points_of_inputs``: of the average input.
    """
    name = _chief_input(learn, factor)
    with_copy = [_with_copy(m, name, np.random.default_rng(seed + i)) for i, m in enumerate((learn, judged))]
    points, _ = fit(with_copy[0]).feature_points(with_copy[1])
    size = (points - points.mean()).abs().mean()
    return {"of": name, "mean_points": float(size["copy"]), "mean_points_of_inputs": float(size.mean())}


def duplicate(forecaster: Forecaster, learn: Matrix, judged: Matrix, fit: Fit, factor: str) -> dict[str, Any]:
    """Give the model an input of `factor` twice: the factor's points must stay as they were.

    Parameters
    ----------
    factor : str
    """
    name = _chief_input(learn, factor)
    doubled = fit(_with_copy(learn, name))
    before = points_of(forecaster, judged)[factor]
    after = points_of(doubled, _with_copy(judged, name))[factor]
    return {"factor": factor, "of": name, **_same(before, after)}


def shuffled_labels(
    forecaster: Forecaster, learn: Matrix, judged: Matrix, fit: Fit, times: int = SHUFFLES, seed: int = 0
) -> dict[str, Any]:
    """Shuffle the labels within athletes, some times over: what is left of the factors' points is noise.

    ``share_left`` is None where the factors had no points to begin with.

    Parameters
    ----------
    times : int
        Shuffles, each of which costs a fit.
    seed : int
    """
    taught = learn.owner
    order, rng = np.argsort(taught, kind="stable"), np.random.default_rng(seed)
    owner = judged.keys["athlete_id"].to_numpy()

    def points(model: Forecaster) -> float:
        return float(mean_points(points_of(model, judged), owner).sum())

    was, left = points(forecaster), []
    for _ in range(times):
        target = learn.target.copy()
        target[order] = learn.target[np.lexsort((rng.random(len(taught)), taught))]
        left.append(points(fit(replace(learn, target=target))))
    mean = float(np.mean(left))
    return {"points": was, "points_left": mean, "share_left": mean / was if was else None}


def refits(
    forecaster: Forecaster, learn: Matrix, judged: Matrix, fit: Fit, say: Say = silent
) -> dict[str, Any]:
    """Leave each of the largest factors out, learn again, and compare what it moved with its points.

    Parameters
    ----------
    say : callable
        Is told what is being done.
    """
    owner = judged.keys["athlete_id"].to_numpy()
    points, whole = points_of(forecaster, judged), forecaster.predict(judged)
    size = mean_points(points, owner)
    out = []
    for factor in [str(f) for f in size.index[:REFITTED_FACTORS] if size[f] > 0]:
        say(f"refit without {factor}")
        left = fit(without_factor(learn, factor)).predict(without_factor(judged, factor))
        moved = deviations(pd.DataFrame({"p": points[factor], "m": whole - left}), owner)
        out.append(
            {
                "factor": factor,
                "mean_points": float(size[factor]),
                "mean_moved": float(moved["m"].abs().mean()),
                "correlation": float(moved["p"].corr(moved["m"])),
                "rmse_rise": _error(judged, left) - _error(judged, whole),
            }
        )
    table = pd.DataFrame(out)
    both = table["mean_points"].corr(table["mean_moved"], method="spearman") if len(table) > 1 else np.nan
    return {
        "factors": out,
        "median_correlation": float(table["correlation"].median()) if len(table) else None,
        "rank_agreement": None if np.isnan(both) else float(both),
    }


def stability(
    learn: Matrix, judged: Matrix, fit: Fit, times: int = 4, seed: int = 0, say: Say = silent
) -> dict[str, Any]:
    """Learn from athletes drawn with replacement, and correlate the factor points of each two models.

    Parameters
    ----------
    times : int
        Models, each of which costs a fit.
    seed : int
    say : callable
        Is told what is being done.
    """
    rng = np.random.default_rng(seed)
    owner = judged.keys["athlete_id"].to_numpy()
    tables = []
    for i in range(times):
        say(f"bootstrap {i + 1} of {times}")
        tables.append(deviations(points_of(fit(bootstrapped(learn, rng)), judged), owner))
    pairs = [(a, b) for i, a in enumerate(tables) for b in tables[:i]]
    size = pd.concat([t.abs().mean() for t in tables], axis=1).mean(axis=1)
    each = {
        f: float(np.mean([a[f].corr(b[f]) for a, b in pairs])) for f in NAMED if size[f] > LEAST_MEAN_POINTS
    }
    flat = [(a.fillna(0.0).to_numpy().ravel(), b.fillna(0.0).to_numpy().ravel()) for a, b in pairs]
    return {
        "bootstraps": times,
        "correlation": float(
            np.mean([np.corrcoef(a, b)[0, 1] if a.any() and b.any() else 0.0 for a, b in flat])
        ),
        "factors": each,
    }


def _error(judged: Matrix, forecast: Floats) -> float:
    """Return the canonical RMSE over the mornings that were reported."""
    known = ~np.isnan(judged.target)
    return rmse(judged.target[known], forecast[known])


def _same(before: pd.Series, after: pd.Series) -> dict[str, float]:
    known = before.notna() & after.notna()
    a, b = before[known] - before[known].mean(), after[known] - after[known].mean()
    return {
        "correlation": float(a.corr(b)),
        "mean_points_before": float(a.abs().mean()),
        "mean_points_after": float(b.abs().mean()),
    }


def _chief_input(matrix: Matrix, factor: str) -> str:
    """Return the factor's most often known boosted input that varies."""
    names = [f.name for f in matrix.catalog.inputs("boosted") if f.factor == factor]
    known = matrix.frame[names].notna().mean().where(matrix.frame[names].std() > 0, 0.0)
    return str(known.idxmax())


def _with_copy(matrix: Matrix, name: str, shuffle: np.random.Generator | None = None) -> Matrix:
    """Return the matrix with a second column of an input, shuffled over all days where a generator is given."""
    whole, place = matrix.origin()
    values = whole.frame[name].to_numpy()
    values = values if shuffle is None else shuffle.permutation(values)
    catalog = Catalog((*matrix.catalog, replace(matrix.catalog[name], name="copy")))
    wider = replace(whole, catalog=catalog, frame=whole.frame.assign(copy=values))
    frame = matrix.frame.assign(copy=values[place])
    return replace(matrix, catalog=catalog, frame=frame, whole=wider, place=place)
