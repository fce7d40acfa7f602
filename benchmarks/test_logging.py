"""Logging and registering a model, beside MLflow's own `lightgbm.log_model` and `pyfunc.log_model`, in one run.

Heavylegs keeps the boosters of a whole bag, MLflow's flavours one or none. All are given their requirements, without which MLflow's own take seconds more. What the machine is
doing at the time falls on all alike: the ratio is what counts.
"""

from __future__ import annotations

import time
import warnings

import pytest
from heavylegs.data.simulate import simulate
from heavylegs.features.matrix import build_matrix
from heavylegs.models.forecaster import Forecaster
from heavylegs.training import registry, runs

ROUNDS = 5
NEEDED = ["lightgbm", "heavylegs"]


@pytest.fixture(scope="module")
def made():
    """A forecaster and the simulated rows that it learned from."""
    matrix = build_matrix(simulate(athletes=20, days=150, seed=1).cohort).labelled()
    return Forecaster.fit(matrix), matrix


@pytest.fixture
def experiment(tmp_path, monkeypatch):
    """The id of an experiment in a tracking database of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    return runs.prepare()[1]


def nothing(model_input: list[str]) -> list[float]:
    """The least model that MLflow's pyfunc flavour takes."""
    return [0.0] * len(model_input)


def by_heavylegs(made) -> None:
    """The whole forecaster, as Heavylegs keeps and registers it."""
    with runs.run("benchmark", {}) as run:
        registry.log_model(run, *made, {}, {})


def by_mlflow_lightgbm(made, experiment) -> None:
    """One booster of the bag, as MLflow's LightGBM flavour keeps it."""
    import mlflow.lightgbm

    model, matrix = made
    inputs = matrix.frame[[f.name for f in matrix.catalog.inputs()]].head(1).astype("float64")
    with mlflow.start_run(experiment_id=experiment):
        mlflow.lightgbm.log_model(
            model.regressor.members_[0].boosters[0],
            name="model",
            registered_model_name="benchmark-lightgbm",
            pip_requirements=NEEDED,
            input_example=inputs,
        )


def by_mlflow_pyfunc(made, experiment) -> None:
    """An empty model, as MLflow's pyfunc flavour pickles it."""
    import mlflow.pyfunc

    with mlflow.start_run(experiment_id=experiment):
        mlflow.pyfunc.log_model(
            python_model=nothing,
            name="model",
            registered_model_name="benchmark-pyfunc",
            pip_requirements=NEEDED,
        )


def seconds_of(function, *arguments) -> float:
    """Return the seconds that a call takes."""
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


@pytest.mark.filterwarnings("ignore")
def test_logging_a_model(benchmark, made, experiment):
    """The first in a process is what a training waits for; the ones after it tell the work itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import mlflow.lightgbm  # noqa: F401  # loading it is not what is compared

        others = {"lightgbm.log_model of one booster": by_mlflow_lightgbm}
        others["pyfunc.log_model of an empty model"] = by_mlflow_pyfunc
        ours = seconds_of(by_heavylegs, made)
        first = {name: seconds_of(function, made, experiment) / ours for name, function in others.items()}
        benchmark.pedantic(by_heavylegs, (made,), rounds=ROUNDS)
        again = benchmark.stats["min"]
        later = {
            name: min(seconds_of(function, made, experiment) for _ in range(ROUNDS)) / again
            for name, function in others.items()
        }
    print(f"\nlogging and registering, first in a process {ours:.2f} s, then {again:.2f} s; MLflow's own")
    for name in others:
        print(f"  {name}: {first[name]:.1f} times as long at first, {later[name]:.1f} times then")
    assert first["lightgbm.log_model of one booster"] > 1
