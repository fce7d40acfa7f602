"""The battery: whether the reasons that a forecast gives are true, whole and steady."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pandas as pd

from ..data.cohort import Cohort
from ..data.errors import InputError
from ..features.catalog import Information
from ..features.factors import NAMED
from ..features.matrix import Matrix, build_matrix
from ..models.causes import Causes
from ..models.forecaster import Forecaster
from . import audit_model
from .audit_bars import PARTS, Bar, Part, model_bars, truth_bars
from .audit_points import Fit, Say, athletes_apart, points_of
from .audit_responses import responses
from .audit_truth import agreement, truth_of, windows_full
from .fit import fit_forecaster

LEAST_ATHLETES = 4
RESPONSE_ATHLETES = 40


def audit_attribution(
    cohort: Cohort,
    truth: pd.DataFrame | None = None,
    information: Information = "morning",
    *,
    explained: float = 0.25,
    seed: int = 0,
    parts: Collection[Part] = PARTS,
    bootstraps: int = 4,
    fit: Fit = fit_forecaster,
    progress: Say = lambda _: None,
) -> dict[str, Any]:
    """Learn from a part of the athletes, explain the rest, and test the explanations.

    Parameters
    ----------
    cohort : Cohort
    truth : DataFrame, optional
        A simulated store's truth; without it the part ``truth`` is left out.
    information : {"evening", "morning"}
        The simulator's sleep contains the coming night, which only the morning knows.
    explained : float
        Share of the athletes whom the model never sees.
    parts : collection of str
        Which of `audit_bars.PARTS` to run.
    bootstraps : int
        How many models learn from athletes drawn with replacement.
    fit : callable
        From labelled rows to a forecaster; the product's own by default.

    Returns
    -------
    dict
        What was measured, ready for JSON; ``bars`` holds name, value, limit and whether it passed.

    Raises
    ------
    InputError
        Where there are fewer than four athletes, or no ratings to learn from.
    """
    progress("features")
    matrix = build_matrix(cohort, information)
    learners, others = athletes_apart(matrix, explained, seed)
    learn, judged = matrix.rows(learners).labelled(), matrix.rows(others)
    if matrix.keys["athlete_id"].nunique() < LEAST_ATHLETES or not len(learn):
        raise InputError(
            f"{matrix.keys['athlete_id'].nunique()} athletes with {len(learn)} rated mornings are too few to audit",
            mend="at least four athletes with ratings",
        )
    progress("learning")
    forecaster = fit(learn)
    record: dict[str, Any] = {
        "cohort": cohort.name,
        "information": information,
        "protocol": "unseen athletes",
        "athletes_learned": int(learn.keys["athlete_id"].nunique()),
        "rows_learned": len(learn),
        "athletes_explained": int(judged.keys["athlete_id"].nunique()),
        "rows_explained": len(judged),
        "seed": seed,
    }
    bars: list[Bar] = []
    if truth is not None and "truth" in parts:
        progress("truth")
        record["truth"] = against_truth(points_of(forecaster, judged), judged, truth)
        bars += truth_bars(record["truth"]["usual"], record["truth"]["r2"])
    record |= _without_truth(forecaster, learn, judged, fit, parts, bootstraps, seed, progress)
    if "responses" in parts:
        some = cohort.subset([str(a) for a in judged.keys["athlete_id"].unique()[:RESPONSE_ATHLETES]])
        record["responses"] = responses(forecaster, some, information, say=progress)
    bars += model_bars(record)
    return record | {"bars": [asdict(bar) for bar in bars]}


def against_truth(points: pd.DataFrame, judged: Matrix, truth: pd.DataFrame) -> dict[str, Any]:
    """Compare points with a simulation's truth against both references, on days with full windows and on all.

    Returns
    -------
    dict
        ``r2`` of the simulation, and `agreement` as ``usual`` (the bars'), ``cohort`` and ``all_days``.
    """
    owner = judged.keys["athlete_id"].to_numpy()
    true, full = truth_of(judged, truth), windows_full(judged)
    return {
        "r2": explained_share(truth),
        "usual": agreement(points[full], true[full], owner[full]),
        "cohort": agreement(points[full], true[full], owner[full], "cohort"),
        "all_days": agreement(points, true, owner),
    }


def explained_share(truth: pd.DataFrame) -> float:
    """Return the share of the variance within athletes that factors explain of factors and noise."""
    who = truth["athlete_id"].to_numpy()
    both = pd.DataFrame({"factors": truth[list(NAMED)].sum(axis=1), "noise": truth["noise"]})
    own = ((both - both.groupby(who).transform("mean")) ** 2).mean()
    return float(own["factors"] / own.sum())


def _without_truth(
    forecaster: Forecaster,
    learn: Matrix,
    judged: Matrix,
    fit: Fit,
    parts: Collection[Part],
    bootstraps: int,
    seed: int,
    say: Say,
) -> dict[str, Any]:
    """Return the parts that any cohort allows."""
    size = audit_model.mean_points(points_of(forecaster, judged), judged.keys["athlete_id"].to_numpy())
    top = str(size.index[0])
    out: dict[str, Any] = {"mean_points": {str(k): float(v) for k, v in size.items()}}
    if not np.isfinite(size).all() or size.iloc[0] == 0:
        return out  # the trees are given no share at all: nothing is said, so nothing can be wrong

    def again(rows: Matrix) -> Forecaster:
        """Learn with the shares that were learned the first time: half of the work."""
        return replace(again_alone(rows), starter=forecaster.starter, starter_share=forecaster.starter_share)

    def again_alone(rows: Matrix) -> Forecaster:
        if own_fit:
            return fit(rows)
        causes = _as_before(forecaster.causes, rows)
        model = Forecaster.fit(rows, boosted_share=share)
        return replace(model, causes=causes, causes_share=forecaster.causes_share if causes else 0.0)

    share, own_fit = forecaster.regressor.boosted_share, fit is not fit_forecaster
    # The starter cannot learn anew without a factor: only the cohort's own model is refitted and compared.
    alone = replace(forecaster, starter=None, starter_share=0.0)
    runs: dict[Part, Any] = {
        "additivity": lambda: audit_model.additivity(forecaster, judged),
        "duplicate": lambda: audit_model.duplicate(forecaster, learn, judged, again, top),
        "dummy": lambda: audit_model.dummy(learn, judged, again, top, seed),
        "shuffled_labels": lambda: audit_model.shuffled_labels(forecaster, learn, judged, fit, seed),
        "deletion": lambda: audit_model.deletion(forecaster, learn, judged),
        "refits": lambda: audit_model.refits(alone, learn, judged, again_alone, say),
        "stability": lambda: audit_model.stability(learn, judged, again, bootstraps, seed, say),
    }
    for name, run in runs.items():
        if name in parts:
            say(name.replace("_", " "))
            out[name] = run()
    return out


def _as_before(causes: Causes | None, rows: Matrix) -> Causes | None:
    """Return the causes learned anew, with as large a share of their trees."""
    if causes is None or causes.rest is None:
        return None
    return Causes.fit(rows, boosted_share=causes.rest.boosted_share)
