"""What a training keeps beside its model: one folder of tables, figures and the card."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..features.catalog import Catalog
from . import figures, unseen
from .held_out import MODEL, HeldOut
from .reliability import reliability

Record = Mapping[str, Any]
TABLE = "evaluation.json"
CARD = "card.md"
EFFECTS = "effects.json"
FIGURES = "figures"


def write(
    folder: Path,
    held_out: HeldOut,
    forecasts: pd.DataFrame,
    table: Sequence[Record],
    catalog: Catalog,
    more: Mapping[str, Sequence[Record]],
) -> list[str]:
    """Write tables and figures into `folder`; return the figures' names within it.

    Parameters
    ----------
    folder : Path
        Exists.
    held_out : HeldOut
    forecasts : DataFrame
        See `heavylegs.training.unseen.frame_of`.
    table : sequence of dict
        The evaluation table; written as MLflow's tables are, so that `mlflow.load_table` reads it.
    catalog : Catalog
    more : mapping of str to sequence of dict
        Records of other evaluations by name, instead of what `held_out` tells or beside it. Each is kept as
        JSON, and drawn where a figure of that name can be: ``cold_start``, ``reliability``.
    """
    forecasts.to_parquet(folder / unseen.FILE, index=False)
    (folder / TABLE).write_text(_as_table(table), encoding="utf-8")
    (folder / "catalogue.csv").write_text(catalogue(catalog), encoding="utf-8")
    (folder / FIGURES).mkdir()
    records: dict[str, list[Record]] = {k: list(v) for k, v in more.items() if v}
    ours = next(r for r in table if r["model"] == MODEL)
    if "cold_start" not in records and ours.get("cold_start"):
        records["cold_start"] = list(ours["cold_start"])
    told = ~np.isnan(held_out.bad) & ~np.isnan(held_out.chance)
    if "reliability" not in records and told.any():
        records["reliability"] = list(reliability(held_out.bad[told], held_out.chance[told]))
    drawn = {
        "skill_ladder": figures.skill_ladder(table),
        "calibration": figures.calibration(figures.calibration_records(held_out)),
        "residuals_by_athlete": figures.residuals_by_athlete(figures.residual_records(held_out)),
    }
    for name, rows in records.items():
        (folder / f"{name}.json").write_text(json.dumps(rows, indent=1, default=str) + "\n", encoding="utf-8")
    for name, draw in (("reliability", figures.reliability), ("cold_start", figures.cold_start)):
        if name in records:
            drawn[name] = draw(records[name])
    for name, svg in drawn.items():
        (folder / FIGURES / f"{name}.svg").write_text(svg, encoding="utf-8")
    return [f"{FIGURES}/{name}.svg" for name in drawn]


def catalogue(catalog: Catalog) -> str:
    """Return the features as CSV, a row each."""
    columns = ("name", "unit", "label", "factor", "known", "role", "part", "direction", "source")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([getattr(f, c) for c in columns] for f in catalog)
    return text.getvalue()


def _as_table(table: Sequence[Record]) -> str:
    columns = list(table[0])
    return json.dumps({"columns": columns, "data": [[r.get(c) for c in columns] for r in table]}, indent=1)
