"""A squad in daily use: a store, and a model that learned from it up to thirty days ago."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from heavylegs.data.cohort import Cohort
from heavylegs.data.simulate import simulate
from heavylegs.data.store import Store
from heavylegs.features.matrix import build_matrix
from heavylegs.models import artifact
from heavylegs.training.fit import fit_forecaster
from heavylegs.training.splits import mornings

SILENT = "sim-0005"
"""Tells nothing in the last three days."""


def squad_of_eight(folder: Path) -> None:
    """Write ``store`` and ``model`` into `folder`."""
    cohort = simulate(athletes=8, days=100, seed=3).cohort
    end = cohort.ratings["day"].max()
    tables = {
        name: t[(t["athlete_id"] != SILENT) | (t["day"] <= end - pd.Timedelta(days=3))] if "day" in t else t
        for name, t in cohort.tables().items()
    }
    Store(folder / "store").write(Cohort.from_tables(cohort.name, tables))
    matrix = build_matrix(cohort)
    labelled = matrix.labelled()
    last = mornings(matrix).max() - np.timedelta64(30, "D")
    learned = labelled.rows(mornings(labelled) <= last)
    told = {"cohort": cohort.name, "last_morning": str(last), "native_span": matrix.native_span}
    model = fit_forecaster(learned, with_starter=False)
    artifact.save(replace(model, told=told), folder / "model")
