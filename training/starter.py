"""Making the starter: learned on SoccerMon, judged on PMData's people, whom it never saw.

``make starter`` runs this file with the folder of the real data; the outcome is committed under ``models/starter``.
SoccerMon: Midoglu et al. 2024, Scientific Data, 10.1038/s41597-024-03386-x; data 10.5281/zenodo.10033832, CC BY 4.0.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..data.cohort import Cohort
from ..features.matrix import Matrix, build_matrix
from ..models import artifact
from ..models.baselines import LADDER, RULES
from ..models.forecaster import Forecaster
from ..models.starter import initials
from . import metrics
from .account import account_of
from .calibrate import calibrated
from .splits import split_last_share

ATTRIBUTION = (
    "Learned from SoccerMon (Midoglu et al. 2024, Scientific Data; data doi:10.5281/zenodo.10033832), CC BY 4.0. "
    "Changes: fatigue turned to 10 = worst and mapped to 0-10; features derived; only the fitted trees and slopes are kept."
)
SHARE = 0.5
"""Half of what the trees add: people of another sport are followed half-way (PMData: .6466, .6489 without, .6474 whole)."""
PARAMETERS = {"leaves": 7, "trees": 100, "boosted_share": SHARE}


def for_anyone(matrix: Matrix) -> Matrix:
    """Return `matrix` with the inputs that a runner alone can have: those with values, but for the group's."""
    return matrix.with_inputs(
        f.name
        for f in matrix.catalog.inputs()
        if matrix.frame[f.name].notna().any() and "athletes.group_id" not in f.needs
    )


def make(learn_from: Cohort, judge_on: Cohort) -> Forecaster:
    """Learn the starter, and write into its account how it did on people it never saw."""
    matrix = for_anyone(build_matrix(learn_from).labelled())
    early, late = (matrix.rows(mask) for mask in split_last_share(matrix))
    model = Forecaster.fit(matrix, **PARAMETERS)
    model = calibrated(model, late, Forecaster.fit(early, **PARAMETERS).predict(late))
    told = {
        **account_of(learn_from, matrix),
        "attribution": ATTRIBUTION,
        "learned_from": initials(matrix.keys["athlete_id"].cat.categories),
        "held_out": judged(model, matrix, build_matrix(judge_on).labelled()),
    }
    # Nobody who uses it is among those it learned from: their own windows are no use to anyone.
    return replace(model, told=told, intervals=replace(model.intervals, own={}))


def judged(model: Forecaster, learned: Matrix, others: Matrix) -> dict[str, object]:
    """Return how `model` does on people it never saw, against what each could have without it."""
    rated = others.target.astype(float)
    forecast = np.clip(model.predict(others), 0.0, 10.0)
    rules = {name: LADDER[name](learned, others) for name in RULES}
    best = min(rules, key=lambda name: metrics.rmse(rated, rules[name]))
    low, high = metrics.skill_interval(rated, forecast, rules[best], others.owner)
    error = metrics.rmse(rated, forecast)
    return {
        "cohort": others.cohort,
        "protocol": "unseen cohort",
        "information": others.information,
        "n_days": len(others),
        "n_athletes": others.n_athletes,
        "rmse": error * others.native_span / 10.0,
        "skill": metrics.skill(error, metrics.rmse(rated, rules[best])),
        "skill_low": low,
        "skill_high": high,
        "best_baseline": best,
    }


def main(data: str, out: str) -> None:
    """Make the starter from the folder `data` of the real cohorts and write it into `out`."""
    from ..data.readers.pmdata import read_pmdata
    from ..data.readers.soccermon import read_soccermon

    folder_of = Path(data)
    read = (read_soccermon(folder_of / "soccermon"), read_pmdata(folder_of / "pmdata"))
    model = make(*(Cohort.from_tables(r.cohort_name, r.tables) for r in read))
    with tempfile.TemporaryDirectory() as folder:
        artifact.save(model, Path(folder))
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(folder, out)
    sys.stdout.write(f"{model.told['held_out']}\n")


if __name__ == "__main__":
    main(*sys.argv[1:3])
