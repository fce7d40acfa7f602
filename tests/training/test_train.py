"""Training keeps everything in MLflow, without a pickle, and the registry gives it back."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from heavylegs.data.errors import InputError
from heavylegs.data.simulate import simulate
from heavylegs.features.matrix import build_matrix
from heavylegs.training import tracking
from heavylegs.training.train import train


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("work")
    before = os.getcwd(), os.environ.get("MLFLOW_TRACKING_URI")
    os.chdir(folder)
    os.environ.pop("MLFLOW_TRACKING_URI", None)
    yield folder
    os.chdir(before[0])
    if before[1]:
        os.environ["MLFLOW_TRACKING_URI"] = before[1]


@pytest.fixture(scope="module")
def cohort():
    return simulate(athletes=16, days=120, seed=4, r2=0.5).cohort


@pytest.fixture(scope="module")
def trained(home, cohort):
    return train(cohort)


def test_a_model_that_beats_the_best_baseline_is_champion(trained):
    assert trained.champion == (trained.record["skill"] > 0)
    uri = tracking.best_uri("simulated", "evening")
    assert uri.endswith("@champion" if trained.champion else f"/{trained.version}")


def test_the_registered_model_forecasts_as_the_trained_one(trained, cohort):
    matrix = build_matrix(cohort)
    again = tracking.load_model(tracking.best_uri("simulated", "evening"))
    np.testing.assert_array_equal(again.predict(matrix), trained.forecaster.predict(matrix))


def test_the_run_tells_parameters_metrics_data_and_signature(trained):
    mlflow = tracking.mlflow_module()
    run = mlflow.get_run(trained.run_id)
    assert run.data.params["catalogue"] == trained.forecaster.catalog.digest()
    assert run.data.metrics["rmse"] == pytest.approx(trained.record["rmse"])
    assert run.inputs.dataset_inputs[0].dataset.digest == trained.forecaster.told["cohort_digest"]
    table = json.loads(mlflow.artifacts.load_text(f"runs:/{trained.run_id}/evaluation.json"))
    assert {r["model"] for r in table} == {r["model"] for r in trained.table}
    assert mlflow.models.get_model_info(trained.model_uri).signature is not None


def test_nothing_that_was_kept_is_a_pickle(trained, home):
    kept = [p for p in (home / "mlartifacts").rglob("*") if p.is_file()]
    assert kept
    assert not [p for p in kept if p.suffix in (".pkl", ".pickle", ".joblib", ".cloudpickle")]
    assert not [p for p in kept if p.read_bytes()[:2] in (b"\x80\x04", b"\x80\x05")]


def test_mlflows_own_loader_serves_it(trained, cohort, home):
    """In a process of its own, as a server would: MLflow's pyfunc loader warns of things we cannot mend."""
    matrix = build_matrix(cohort)
    inputs = matrix.frame[[f.name for f in matrix.catalog.inputs()]].head(5).astype("float64")
    inputs.to_parquet(home / "inputs.parquet")
    code = (
        "import mlflow, pandas as pd; mlflow.set_tracking_uri('sqlite:///mlflow.db');"
        f"m = mlflow.pyfunc.load_model('{trained.model_uri}');"
        "print(*m.predict(pd.read_parquet('inputs.parquet')).tolist())"
    )
    environment = {**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=home, env=environment, capture_output=True, text=True, check=True
    )
    served = [float(v) for v in done.stdout.split()]
    np.testing.assert_allclose(
        served, trained.forecaster.predict(matrix.rows(range(5))).clip(0, 10), atol=1e-6
    )


def test_days_after_until_are_not_learned_from(home, cohort):
    last = np.datetime64("2024-04-01")
    early = train(cohort, last=last)
    assert early.forecaster.told["last_morning"] <= str(last)


def test_a_cohort_without_ratings_is_told(home, cohort):
    from dataclasses import replace

    with pytest.raises(InputError, match="no rated morning"):
        train(replace(cohort, ratings=cohort.ratings.iloc[:0]))


def test_a_model_that_is_not_there_is_told(home):
    with pytest.raises(InputError, match="no model"):
        tracking.load_model("models:/nobody@champion")
    with pytest.raises(InputError, match="train one"):
        tracking.best_uri("nobody", "evening")
