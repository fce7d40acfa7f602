"""Training keeps everything in MLflow, without a pickle, and the registry gives it back."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.errors import InputError
from heavylegs.data.simulate import simulate
from heavylegs.data.store import Store
from heavylegs.features.factors import NAMED
from heavylegs.features.matrix import build_matrix
from heavylegs.models import starter
from heavylegs.serve.engine import forecasts
from heavylegs.training import champions, promote, registry, runs, tracking
from heavylegs.training.card import card
from heavylegs.training.train import train
from heavylegs.training.watch import Watch
from sklearn.base import clone

QUICK = {"trees": 20, "alpha": 30.0}  # other than by default, also where no tree is followed
RELIABILITY = [{"said": 0.1, "came": 0.12, "mornings": 50.0}, {"said": 0.4, "came": 0.37, "mornings": 50.0}]


@pytest.fixture(scope="module")
def cohort():
    return simulate(athletes=8, days=100, seed=4, r2=0.5).cohort


@pytest.fixture(scope="module")
def few():
    """Too few to be any good, quick to learn from."""
    return replace(simulate(athletes=3, days=45, seed=5).cohort, name="few")


@pytest.fixture(scope="module")
def trained(workplace, cohort):
    return train(cohort, attribution="Made up, CC0", more={"reliability": RELIABILITY})


@pytest.fixture(scope="module")
def learned(workplace, few):
    return train(few, parameters=QUICK)


def kept(trained, path: str) -> Path:
    mlflow = tracking.mlflow_module()
    return Path(mlflow.artifacts.download_artifacts(f"runs:/{trained.run_id}/{path}"))


def test_the_first_model_is_champion_where_it_beats_the_best_baseline(trained):
    [comparison] = trained.verdict.comparisons
    assert trained.champion == (trained.record["skill_low"] > 0)
    assert comparison.skill == pytest.approx(trained.record["skill"], abs=1e-5)
    uri = registry.best_uri("simulated", "evening")
    assert uri.endswith("@champion" if trained.champion else f"/{trained.version}")


def test_the_registered_model_forecasts_as_the_trained_one(trained, cohort):
    matrix = build_matrix(cohort)
    again = registry.load_model(registry.best_uri("simulated", "evening"))
    np.testing.assert_array_equal(again.predict(matrix), trained.forecaster.predict(matrix))


def test_the_run_tells_parameters_metrics_data_code_and_verdict(trained):
    run = tracking.mlflow_module().get_run(trained.run_id)
    assert run.info.status == "FINISHED"
    assert run.data.params["catalogue"] == trained.forecaster.catalog.digest()
    assert run.data.metrics["rmse"] == pytest.approx(trained.record["rmse"])
    assert run.data.metrics["seconds_log_model"] > 0
    assert {d.dataset.digest for d in run.inputs.dataset_inputs} == {trained.forecaster.told["cohort_digest"]}
    assert run.data.tags["heavylegs"]
    assert len(run.data.tags.get("mlflow.source.git.commit", "0" * 40)) == 40
    assert run.data.tags["verdict"] == trained.verdict.reason


def test_each_part_of_the_evaluation_is_a_run_below(trained):
    mlflow = tracking.mlflow_module()
    [part] = mlflow.search_runs(
        experiment_names=[tracking.EXPERIMENT],
        filter_string=f"tags.mlflow.parentRunId = '{trained.run_id}'",
        output_format="list",
    )
    assert part.data.metrics["rmse"] == pytest.approx(trained.record["rmse"], rel=1e-5)
    assert part.data.metrics["skill"] == pytest.approx(trained.record["skill"], abs=1e-5)
    assert int(part.data.params["mornings"]) == trained.record["n_days"]


def test_trials_can_be_logged_below_a_run(workplace):
    with runs.run("tuning", {}) as run:
        trial = runs.nested("trial 0", {"leaves": 15}, {"rmse": 0.5})
    told = tracking.mlflow_module().get_run(trial.run_id)
    assert told.data.tags["mlflow.parentRunId"] == run.run_id
    assert (told.data.params, told.data.metrics) == ({"leaves": "15"}, {"rmse": 0.5})


def test_a_full_disk_is_told_in_one_line(trained, full_disk, capfd):
    with full_disk(4_096), pytest.raises(InputError, match=r"MLflow cannot keep a run .* \(make room there"):
        runs.run("too much", {}).__enter__()
    assert "SQL" not in capfd.readouterr().err


def test_a_run_that_breaks_is_marked_as_failed(workplace):
    with pytest.raises(ZeroDivisionError), runs.run("broken", {}) as run:
        raise ZeroDivisionError
    assert tracking.mlflow_module().get_run(run.run_id).info.status == "FAILED"


def test_the_evaluation_table_is_one_that_mlflow_reads(trained):
    client, experiment = runs.prepare()
    table = client.load_table(experiment, "evaluation.json", run_ids=[trained.run_id])
    assert set(table["model"]) == {r["model"] for r in trained.table}


def test_the_run_tells_which_factors_move_mornings_and_names_nobody(trained):
    told = json.loads(Path(kept(trained, "effects.json")).read_text())
    assert {f["factor"] for f in told["factors"]} | set(told["absent"]) == set(NAMED)
    assert all(f["athletes"] == {} for f in told["factors"])


def test_the_catalogue_is_kept_as_a_table(trained):
    table = pd.read_csv(kept(trained, "catalogue.csv"), keep_default_na=False)
    assert list(table["name"]) == trained.forecaster.catalog.names


def test_figures_are_whole_and_those_without_records_are_left_out(trained):
    files = {f.stem: f for f in kept(trained, "figures").iterdir()}
    assert files.keys() == {"skill_ladder", "calibration", "residuals_by_athlete", "reliability"}
    for file in files.values():
        assert ElementTree.parse(file).getroot().tag.endswith("svg")  # noqa: S314  # our own file


def test_the_card_tells_cohort_protocol_information_baseline_limits_and_licence(trained, cohort):
    card = kept(trained, "card.md").read_text(encoding="utf-8")
    record = trained.record
    for word in ("simulated", "known athletes", "evening", str(record["best_baseline"]), "No medical advice"):
        assert word in card
    assert "Made up, CC0" in card
    assert f"{record['skill']:+.3f}" in card
    assert f"| {record['best_baseline']} (best baseline) |" in card
    assert "| lightgbm_all (peer) |" in card
    assert not [athlete for athlete in cohort.athletes["athlete_id"] if athlete in card]


def test_the_card_tells_whose_models_are_mixed_in_how_far_and_by_whose_licence(trained):
    table = [{**record, "interval_over": "weeks"} for record in trained.table]
    both = replace(
        trained.forecaster,
        causes=trained.forecaster.causes or object(),
        causes_share=0.5,
        starter=starter.load(),
        starter_share=0.2,
    )
    text = card(both, table)
    assert "40% of each forecast is that of a second model" in text
    assert "20% of each forecast is that of the starter" in text
    assert "CC BY 4.0" in text
    assert "95 % interval over weeks" in text
    assert "the starter" not in card(replace(both, starter=None, starter_share=0.0), table)


def test_the_card_says_where_the_trees_are_not_followed(trained):
    model = trained.forecaster
    for share, told in ((0.0, True), (0.5, False)):
        regressor = clone(model.regressor).set_params(boosted_share=share)
        text = card(replace(model, regressor=regressor), trained.table)
        assert ("LightGBM is not followed here" in text) == told


def test_nothing_that_was_kept_is_a_pickle_or_code(trained, workplace):
    files = [p for p in (workplace / "mlartifacts").rglob("*") if p.is_file()]
    assert files
    assert {p.suffix for p in files} <= {"", ".json", ".csv", ".md", ".svg", ".parquet", ".txt", ".yaml"}
    assert not [p for p in files if p.read_bytes()[:2] in (b"\x80\x04", b"\x80\x05")]


def test_mlflows_own_loader_serves_a_store_and_a_matrix(trained, cohort, workplace):
    """In a process of its own, as a server would: MLflow's pyfunc loader warns of things we cannot mend."""
    store = Store(workplace / "store")
    store.write(cohort)
    matrix = build_matrix(cohort)
    inputs = matrix.frame.assign(athlete_id=matrix.keys["athlete_id"].astype("str"), day=matrix.keys["day"])
    inputs.head(5).to_parquet(workplace / "inputs.parquet")
    code = (
        "import json, mlflow, pandas as pd; mlflow.set_tracking_uri('sqlite:///mlflow.db');"
        f"m = mlflow.pyfunc.load_model('{trained.model_uri}');"
        "days = dict(first='2024-04-01', last='2024-04-02');"
        "parts = dict(store=m.predict({'store': 'store'}, params=days),"
        "matrix=m.predict(pd.read_parquet('inputs.parquet')), example=m.predict(m.input_example));"
        "print(json.dumps({k: p.to_json(orient='split', double_precision=15) for k, p in parts.items()}));"
        "print(json.dumps([c.name for c in m.metadata.get_output_schema()]))"
    )
    environment = {**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=workplace,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    told, promised = (json.loads(line) for line in done.stdout.splitlines())
    served = {k: pd.read_json(io.StringIO(v), orient="split") for k, v in told.items()}
    whole = pd.concat(forecasts(store, trained.forecaster)).sort_values(["athlete_id", "day"])
    april = whole[whole["morning"].between("2024-04-01", "2024-04-02")]
    for name, expected in (("store", april), ("matrix", whole.head(5))):
        for column in ("fatigue", "low", "high", *NAMED):
            np.testing.assert_allclose(served[name][column], expected[column], atol=1e-6)
        assert promised == list(served[name])
    assert served["example"]["fatigue"].between(0, 10).all()


def test_days_after_until_are_not_learned_from(workplace, few):
    early = train(few, last=np.datetime64("2024-02-10"), parameters=QUICK)
    assert early.forecaster.told["last_morning"] <= "2024-02-10"


def test_two_trainings_give_the_same_text_byte_by_byte_at_one_and_two_threads(learned, few, monkeypatch):
    from heavylegs.models.forecaster import Forecaster
    from heavylegs.training import fit

    class OnTwoThreads(Forecaster):
        @classmethod
        def fit(cls, matrix, **parameters):
            return Forecaster.fit(matrix, threads=2, **parameters)

    texts = [trees(learned), trees(train(few, parameters=QUICK))]
    monkeypatch.setattr(fit, "Forecaster", OnTwoThreads)
    on_two = train(few, parameters=QUICK)
    assert on_two.forecaster.regressor.threads == 2
    assert texts[0]
    assert texts[0] == texts[1] == trees(on_two)


def test_judging_in_a_second_process_says_what_judging_in_turn_says(learned, few, monkeypatch):
    monkeypatch.setattr("heavylegs.training.train.SIDE_BY_SIDE_ROWS", 0)
    aside = train(few, parameters=QUICK)
    assert aside.table == learned.table
    assert trees(aside) == trees(learned)
    with pytest.raises(InputError, match="the reports never change"):  # told from there as from here
        train(replace(few, ratings=few.ratings.assign(fatigue=5.0)))


def trees(trained) -> dict[str, bytes]:
    """LightGBM's text as the registry keeps it, by file; the starter's have the same names in a folder of their own."""
    folder = Path(tracking.mlflow_module().artifacts.download_artifacts(trained.model_uri))
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("trees-*.txt")}


def test_a_cohort_without_ratings_is_told(workplace, cohort):
    with pytest.raises(InputError, match="no rated morning"):
        train(replace(cohort, ratings=cohort.ratings.iloc[:0]))


def test_a_model_that_is_not_there_is_told(workplace):
    with pytest.raises(InputError, match="no model"):
        registry.load_model("models:/nobody@champion")


def test_a_model_is_looked_for_near_and_told_where_there_is_none(workplace):
    (workplace / "home" / "a" / "b" / "c").mkdir(parents=True)
    for uri, words in (
        ("home", "no model at home: it holds no Heavylegs model"),
        ("nowhere", "there is nothing of that name"),
        ("http://127.0.0.1:9/x", "no model at http"),
    ):
        with pytest.raises(InputError, match=words):
            registry.load_model(uri)


@pytest.mark.parametrize("name", ["it's", "x: 24/25 [/b] @y"])
def test_a_cohort_may_have_any_name(workplace, few, name):
    trained = train(replace(few, name=name), parameters=QUICK)
    assert registry.load_model(trained.model_uri).told["cohort"] == name
    assert registry.find(trained.model_uri).tags["cohort"] == name


def test_few_people_are_forecast_by_the_starter_until_a_model_of_their_own_has_beaten_it(workplace, few):
    trained = train(replace(few, name="family"), parameters=QUICK)
    assert trained.verdict.reason.endswith("meanwhile the starter forecasts these people")
    assert registry.best_uri("family", "evening") == "starter"
    earned = replace(trained.verdict, promoted=True, reason="earned", instead="")
    promote.conclude("heavylegs-family-evening", trained.version, earned)
    assert registry.best_uri("family", "evening") == registry.champion_uri("family", "evening")
    assert registry.find(registry.champion_uri("family", "evening")).tags["verdict"] == "earned"


def test_who_was_crowned_while_a_model_was_being_kept_is_its_opponent(workplace, few, monkeypatch):
    rivals, quick = replace(few, name="rivals"), {"trees": 3, "bags": 1}
    first = train(rivals, parameters=quick)
    assert first.verdict.champion is None
    assert first.forecaster.regressor.get_params().items() >= quick.items()

    class Meanwhile(Watch):
        @contextlib.contextmanager
        def __call__(self, part):
            with super().__call__(part):
                yield
            if part == "log_model":
                champions.crown("heavylegs-rivals-evening", first.version)

    monkeypatch.setattr("heavylegs.training.train.Watch", Meanwhile)
    assert train(rivals, parameters=quick).verdict.champion == first.model_uri


def test_to_look_for_champions_makes_no_database(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert champions.reigns("nobody") == []
    with pytest.raises(InputError, match="no model"):
        registry.load_model("models:/nobody@champion")
    assert not list(tmp_path.iterdir())


def test_who_has_no_model_has_the_starter_which_knows_no_nights(workplace):
    assert registry.load_model(registry.best_uri("nobody", "evening")).told["cohort"] == "soccermon"
    with pytest.raises(InputError, match="starter knows no nights"):
        registry.best_uri("nobody", "morning")


def test_a_server_that_does_not_answer_is_told_before_anything_is_learned(workplace, cohort, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    with pytest.raises(InputError, match="no MLflow server answers"):
        runs.prepare()
