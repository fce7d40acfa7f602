"""Keeping a training in MLflow: one run with its folds below it, its evidence, and the registered model."""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..features.matrix import Matrix
from ..models.baselines import LADDER
from ..models.effects import effects
from ..models.forecaster import Forecaster
from . import evidence, metrics, promote, registry, runs
from .card import card
from .code_version import code_version
from .held_out import MODEL, HeldOut
from .judge import judge
from .runs import Run
from .splits import mornings
from .unseen import Kept
from .verdict import Verdict
from .watch import Watch

# By this tag MLflow's pages and `mlflow.load_table` know that the file is a table.
TABLE_TAG = {"mlflow.loggedArtifacts": f'[{{"path": "{evidence.TABLE}", "type": "table"}}]'}
EFFECT_ROWS = 1000
"""Mornings of which a run keeps the effects."""
TOLD = ("cohort", "mornings", "athletes", "first_morning", "last_morning", "cohort_digest")


@dataclass(frozen=True)
class Made:
    """What a training made, before it is kept.

    Parameters
    ----------
    forecaster : Forecaster
        With its account in `told`.
    matrix : Matrix
        All rows.
    held_out : HeldOut
    forecasts : DataFrame
        `heavylegs.training.unseen.frame_of` the held-out mornings.
    table : list of dict
        The evaluation table.
    attribution : str
        Source and licence of the data.
    more : mapping of str to sequence of dict
        Records of other evaluations.
    """

    forecaster: Forecaster
    matrix: Matrix
    held_out: HeldOut
    forecasts: pd.DataFrame
    table: list[dict[str, object]]
    attribution: str
    more: Mapping[str, Sequence[Mapping[str, Any]]]

    @property
    def record(self) -> dict[str, Any]:
        """The model's own row of the table."""
        return next(r for r in self.table if r["model"] == MODEL)


def keep(made: Made, watch: Watch) -> tuple[str, str, Verdict]:
    """Log everything to one MLflow run, register the model and crown it where it earned it.

    Returns
    -------
    (run_id, version, verdict)
    """
    told, model = made.forecaster.told, made.forecaster
    name = registry.registered_name(str(told["cohort"]), model.information)
    labelled = made.matrix.labelled()
    with runs.run(
        f"{told['cohort']} {model.information}", {"information": model.information, **TABLE_TAG}
    ) as run:
        with watch("log_run"):
            parameters = {k: str(v) for k, v in _parameters(model).items()}
            run.log(params=parameters, tags={"cohort": str(told["cohort"])})
            champion = _champion(name)
            verdict = _judge(made, champion)
            _log_evidence(run, made, verdict)
            _log_data(run, made, labelled)
            _log_folds(run, made, labelled)
        with watch("log_model"):
            version, model_id = registry.log_model(run, model, labelled, _told(made), parameters)
        now = _champion(name)
        if (now and now.uri) != (champion and champion.uri):  # another training was crowned meanwhile
            verdict = _judge(made, now)
        verdict = replace(verdict, candidate=f"models:/{name}/{version}")
        promote.conclude(name, version, verdict)
        run.log(metrics=_metrics(made, watch), tags={"verdict": verdict.reason[:4000]}, model_id=model_id)
    return run.run_id, version, verdict


def _champion(name: str) -> Kept | None:
    version = registry.champion(name)
    return promote.kept_of(version) if version is not None else None


def _judge(made: Made, champion: Kept | None) -> Verdict:
    last = np.datetime64(str(made.forecaster.told["last_morning"]), "D")
    return judge(made.matrix, Kept("", made.forecasts, made.forecaster, last), champion)


def _parameters(model: Forecaster) -> dict[str, object]:
    chosen = model.regressor.get_params()
    scalars = {k: v for k, v in chosen.items() if isinstance(v, bool | int | float | str)}
    lists = {"starts": chosen["starts"]} if "starts" in chosen else {}
    told = {k: model.told[k] for k in TOLD}
    catalogue = {"catalogue": model.catalog.digest(), "inputs": len(model.catalog.inputs())}
    shares = {"causes_share": model.causes_share, "starter_share": model.starter_share}
    return {**scalars, **lists, **shares, **told, **catalogue, "information": model.information}


def _told(made: Made) -> dict[str, str]:
    """Return the tags of the registered version."""
    model, record = made.forecaster, made.record
    figures = ("protocol", "skill", "skill_low", "skill_high", "rmse", "best_baseline")
    told = {k: model.told[k] for k in TOLD} | {k: record[k] for k in figures}
    told |= {"information": model.information, "catalogue": model.catalog.digest()}
    return {k: str(v) for k, v in told.items() if v is not None}


def _metrics(made: Made, watch: Watch) -> dict[str, float]:
    """Return every figure of the model, the error of every rung, and the seconds of every part."""
    own = {k: v for k, v in made.record.items() if isinstance(v, bool | int | float)}
    rungs = {f"rmse_{r['model']}": r["rmse"] for r in made.table}
    parts = {f"seconds_{part}": s for part, s in watch.seconds.items()}
    told = {**own, **rungs, **parts}
    return {k: float(v) for k, v in told.items() if isinstance(v, int | float) and math.isfinite(v)}


def _log_evidence(run: Run, made: Made, verdict: Verdict) -> None:
    model = made.forecaster
    with tempfile.TemporaryDirectory() as path:
        folder = Path(path)
        figures = evidence.write(folder, made.held_out, made.forecasts, made.table, model.catalog, made.more)
        text = card(model, made.table, figures, verdict.reason, made.attribution)
        (folder / evidence.CARD).write_text(text, encoding="utf-8")
        (folder / evidence.EFFECTS).write_text(_effects(made), encoding="utf-8")
        run.client.log_artifacts(run.run_id, path)


def _effects(made: Made) -> str:
    """Return what moves the cohort's mornings as JSON, from up to 1,000 evenly spaced ones; no athlete is named."""
    labelled = made.matrix.labelled()
    rows = np.unique(np.linspace(0, len(labelled) - 1, EFFECT_ROWS).astype(int))
    seen = effects(made.forecaster, [labelled.rows(rows)])
    nameless = replace(seen, factors=tuple(replace(f, athletes={}) for f in seen.factors))
    return json.dumps(nameless.to_dict(), indent=1) + "\n"


def _log_data(run: Run, made: Made, labelled: Matrix) -> None:
    """Log digests and schema of what was learned from and what was held out; the data stays in the store."""
    from mlflow.data.code_dataset_source import CodeDatasetSource
    from mlflow.data.pandas_dataset import from_pandas
    from mlflow.entities import Dataset, DatasetInput, InputTag

    digest, source = str(made.forecaster.told["cohort_digest"]), CodeDatasetSource(tags=code_version())
    names = [f.name for f in made.matrix.catalog.inputs()]
    inputs = []
    for context, rows in (("training", labelled), ("held out", labelled.rows(made.held_out.rows))):
        frame = rows.frame[names].assign(next_fatigue=rows.target)
        data = from_pandas(frame, source, "next_fatigue", f"{rows.cohort} {context}", digest)
        inputs.append(DatasetInput(Dataset(**data.to_dict()), [InputTag("mlflow.data.context", context)]))
    run.uses(inputs)


def _log_folds(run: Run, made: Made, labelled: Matrix) -> None:
    """Log a run a part of the evaluation below `run`."""
    held_out, span = made.held_out, made.matrix.native_span / 10.0
    for number in np.unique(held_out.part):
        rows = held_out.part == number
        forecast = labelled.rows(held_out.rows[rows])
        target = held_out.target[rows]
        errors = {n: metrics.rmse(target, f[rows]) for n, f in held_out.forecasts.items()}
        best = min((n for n in errors if n in LADDER), key=lambda n, e=errors: e[n])  # type: ignore[misc]
        params = {
            "mornings": len(forecast),
            "athletes": forecast.n_athletes,
            "first_morning": str(mornings(forecast).min()),
            "last_morning": str(mornings(forecast).max()),
            "best_baseline": best,
        }
        figures = {f"rmse_{n}": e * span for n, e in errors.items()}
        figures["rmse"] = errors[MODEL] * span
        if errors[best] > 0:
            figures["skill"] = metrics.skill(errors[MODEL], errors[best])
        run.nested(f"part {int(number) + 1}", params, figures)
