"""The battery: whether the reasons that a forecast gives are true, whole and steady."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ..data.arrays import Mask
from ..data.cohort import Cohort
from ..data.errors import InputError
from ..features.catalog import Information
from ..features.matrix import Matrix, build_matrix
from ..models.causes import Causes
from ..models.forecaster import Forecaster
from . import audit_model
from .audit_bars import PARTS, Bar, Part, model_bars, truth_bars
from .audit_ceiling import true_responses
from .audit_deletion import deletion
from .audit_points import Fit, athletes_apart, points_of
from .audit_responses import responses
from .audit_truth import against_truth
from .fit import fit_forecaster
from .progress import Say, silent
from .records import told

LEAST_ATHLETES = 4
"""Of the usual quarter of them one is explained."""
RESPONSE_ATHLETES = 40
"""Explained athletes whose logs are altered."""


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
    progress: Say = silent,
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
        What was measured, ready for JSON (None for what could not be); ``bars`` holds an `audit_bars.Bar` each, as a dict.

    Raises
    ------
    InputError
        Where there are fewer than four athletes, or no ratings to learn from.
    """
    progress("features")
    trial = _Trial.of(build_matrix(cohort, information), fit, explained, seed, progress)
    learn, judged = trial.learn, trial.judged
    record: dict[str, Any] = {
        "cohort": cohort.name,
        "information": information,
        "protocol": "unseen athletes",
        "athletes_learned": learn.n_athletes,
        "rows_learned": len(learn),
        "athletes_explained": judged.n_athletes,
        "rows_explained": len(judged),
        "seed": seed,
    }
    bars: list[Bar] = []
    if truth is not None and "truth" in parts:
        progress("truth")
        record["truth"] = trial.against(truth)
        bars += truth_bars(record["truth"])
    record |= trial.without_truth(parts, bootstraps)
    if "responses" in parts:
        some = cohort.subset([str(a) for a in judged.keys["athlete_id"].unique()[:RESPONSE_ATHLETES]])
        record["responses"] = responses(trial.forecaster, some, information, say=progress)
    bars += model_bars(record)
    return {name: told(part) for name, part in (record | {"bars": [asdict(bar) for bar in bars]}).items()}


@dataclass(frozen=True)
class _Trial:
    """A model, how it was learned, who taught it, and the athletes whom it never saw."""

    matrix: Matrix
    learners: Mask
    learn: Matrix
    judged: Matrix
    forecaster: Forecaster
    fit: Fit
    seed: int
    say: Say

    @classmethod
    def of(cls, matrix: Matrix, fit: Fit, explained: float, seed: int, say: Say) -> _Trial:
        learners, others = athletes_apart(matrix, explained, seed)
        learn, athletes = matrix.rows(learners).labelled(), matrix.n_athletes
        if athletes < LEAST_ATHLETES or not len(learn):
            raise InputError(
                f"{athletes} athletes with {len(learn)} rated mornings are too few to audit",
                mend="at least four athletes with ratings",
            )
        say("learning")
        return cls(matrix, learners, learn, matrix.rows(others), fit(learn), fit, seed, say)

    def against(self, truth: pd.DataFrame) -> dict[str, Any]:
        """Return how true the points are, and how true the log lets anyone's be."""
        logged = true_responses(self.matrix.rows(self.learners), self.judged, truth)
        return against_truth(points_of(self.forecaster, self.judged), logged, self.judged, truth)

    def without_truth(self, parts: Collection[Part], bootstraps: int) -> dict[str, Any]:
        """Return the parts that any cohort allows."""
        owner = self.judged.keys["athlete_id"].to_numpy()
        size = audit_model.mean_points(points_of(self.forecaster, self.judged), owner)
        out: dict[str, Any] = {"mean_points": {str(k): float(v) for k, v in size.items()}}
        if not np.isfinite(size).all() or size.iloc[0] == 0:
            return out  # the trees are given no share at all: nothing is said, so nothing can be wrong
        top, both = str(size.index[0]), (self.learn, self.judged)
        # The starter learns nothing here, from other labels or without a factor: only the cohort's own model does.
        alone = _alone(self.forecaster)
        runs: dict[Part, Any] = {
            "additivity": lambda: audit_model.additivity(self.forecaster, self.judged),
            "duplicate": lambda: audit_model.duplicate(self.forecaster, *both, self.again, top),
            "dummy": lambda: audit_model.dummy(*both, self.again, top, self.seed),
            "shuffled_labels": lambda: audit_model.shuffled_labels(
                alone, *both, self.fit_alone, seed=self.seed
            ),
            "deletion": lambda: deletion(self.matrix.labelled(), self.fit, self.say),
            "refits": lambda: audit_model.refits(alone, *both, self.again_alone, self.say),
            "stability": lambda: audit_model.stability(*both, self.again, bootstraps, self.seed, self.say),
        }
        for name, run in runs.items():
            if name in parts:
                self.say(name.replace("_", " "))
                out[name] = run()
        return out

    def fit_alone(self, rows: Matrix) -> Forecaster:
        """Learn without the starter, which no labels here teach."""
        return _alone(self.fit(rows))

    def again(self, rows: Matrix) -> Forecaster:
        """Learn with the shares that were learned the first time: half of the work."""
        first = self.forecaster
        return replace(self.again_alone(rows), starter=first.starter, starter_share=first.starter_share)

    def again_alone(self, rows: Matrix) -> Forecaster:
        """Learn so, without the starter."""
        first = self.forecaster
        if self.fit is not fit_forecaster:
            return self.fit(rows)
        causes = _as_before(first.causes, rows)
        model = Forecaster.fit(rows, boosted_share=first.regressor.boosted_share)
        return replace(model, causes=causes, causes_share=first.causes_share if causes else 0.0)


def _alone(forecaster: Forecaster) -> Forecaster:
    return replace(forecaster, starter=None, starter_share=0.0)


def _as_before(causes: Causes | None, rows: Matrix) -> Causes | None:
    """Return the causes learned anew, with as large a share of their trees."""
    if causes is None or causes.rest is None:
        return None
    return Causes.fit(rows, boosted_share=causes.rest.boosted_share)
