"""Tuning looks at nothing that is judged later, goes on where it stopped, and keeps its study with MLflow's runs."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.errors import InputError
from heavylegs.data.simulate import simulate
from heavylegs.data.store import Store
from heavylegs.features.matrix import build_matrix
from heavylegs.serve.cli import main
from heavylegs.training import space, studies, tracking
from heavylegs.training.inner_folds import before_held_out, inner_folds
from heavylegs.training.splits import mornings, split_last_share
from heavylegs.training.train import train
from heavylegs.training.trial import Objective
from heavylegs.training.tune import tune, tuned

CUTOFF = np.datetime64("2024-02-20")


@pytest.fixture(scope="module")
def home(workplace):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(studies, "BEFORE_PRUNING", 1)
        yield workplace


@pytest.fixture(scope="module")
def cohort():
    return simulate(athletes=6, days=60, seed=4).cohort


@pytest.fixture(scope="module")
def first(home, matrix):
    return tune(matrix, 3)


@pytest.fixture(scope="module")
def second(first, matrix):
    return tune(matrix, 3)


def test_a_fold_learns_from_early_days_of_others_and_forecasts_late_days_and_new_athletes(matrix):
    rows = before_held_out(matrix)
    athlete, day = rows.keys["athlete_id"].to_numpy(), rows.day
    for fold in inner_folds(rows):
        assert not set(athlete[fold.learn]) & set(athlete[fold.new])
        assert set(athlete[fold.learn]) == set(athlete[fold.known])
        for one in set(athlete[fold.learn]):
            own = athlete == one
            assert day[fold.learn & own].max() + np.timedelta64(1, "D") < day[fold.known & own].min()
    assert (sum(fold.new.astype(int) for fold in inner_folds(rows)) == 1).all()


def test_a_lone_athlete_is_judged_on_late_days_alone(matrix):
    [fold] = inner_folds(
        matrix.rows(matrix.keys["athlete_id"] == matrix.keys["athlete_id"].iloc[0]).labelled()
    )
    assert fold.learn.any()
    assert fold.known.any()
    assert not fold.new.any()


def test_what_train_holds_out_is_not_looked_at(matrix):
    labelled = matrix.labelled()
    _, held_out = split_last_share(labelled)
    seen, kept = before_held_out(matrix).keys, labelled.rows(held_out).keys
    assert not len(pd.merge(seen, kept, on=["athlete_id", "day"]))


def test_another_life_after_the_cutoff_changes_nothing(cohort, matrix):
    later = cohort.ratings["day"].to_numpy().astype("datetime64[D]") >= CUTOFF
    turned = cohort.ratings.assign(
        fatigue=cohort.ratings["fatigue"].where(~later, 10 - cohort.ratings["fatigue"])
    )
    other = build_matrix(replace(cohort, ratings=turned))
    judges = [Objective(before_held_out(m, CUTOFF)) for m in (matrix, other)]
    assert (mornings(judges[0].matrix) < CUTOFF).all()
    assert judges[0].study == judges[1].study, "the name tells rows, inputs and ratings"
    pd.testing.assert_frame_equal(judges[0].matrix.frame, judges[1].matrix.frame)


def test_the_defaults_are_judged_first_and_the_best_is_at_least_as_good(first):
    assert first.finished + first.pruned == 3
    assert first.best.rmse <= first.default.rmse
    assert first.default.rmse**2 == pytest.approx(
        (first.default.rmse_known**2 + first.default.rmse_new**2) / 2
    )


def test_going_on_adds_trials_and_judges_the_defaults_once(first, second):
    assert second.study == first.study
    assert second.finished + second.pruned == 6
    assert second.default == first.default
    assert second.best.rmse <= first.best.rmse
    with studies.open_study(second.study) as study:
        trials = study.trials
    assert [t.params == space.default() for t in trials] == [True] + [False] * 5
    assert len({json.dumps(t.params) for t in trials}) == 6, "no seed draws the same again"


def test_trials_that_do_badly_on_early_folds_are_cut_short(second):
    with studies.open_study(second.study) as study:
        trials = study.trials
    steps = {
        state: [len(t.intermediate_values) for t in trials if t.state.name == state]
        for state in ("PRUNED", "COMPLETE")
    }
    assert second.pruned == len(steps["PRUNED"]) > 0
    assert min(steps["PRUNED"]) < 4
    assert set(steps["COMPLETE"]) == {4}


def test_each_trial_is_a_run_below_that_of_its_session(second):
    found = tracking.mlflow_module().search_runs(experiment_names=[tracking.EXPERIMENT], output_format="list")
    parents = [r for r in found if r.data.tags.get("study") == second.study]
    trials = [r for r in found if "mlflow.parentRunId" in r.data.tags]
    assert len(parents) == 2
    assert {r.data.tags["mlflow.parentRunId"] for r in trials} == {r.info.run_id for r in parents}
    assert sorted(r.info.run_name for r in trials) == [f"trial {n}" for n in range(6)]
    assert all(r.data.metrics["rmse"] > 0 and r.data.params["leaves"] for r in trials)


def test_mlflow_and_optuna_live_in_one_file(second, home):
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    assert second.kept_in == str(home / "mlflow.db")
    with closing(sqlite3.connect(home / "mlflow.db")) as database:
        assert database.execute("select count(*) from trials").fetchone() == (6,)
        assert len(database.execute("select * from alembic_version").fetchall()) == 1
    store = SqlAlchemyStore(f"sqlite:///{home / 'mlflow.db'}", str(home))  # refuses a foreign schema
    assert store.get_experiment_by_name(tracking.EXPERIMENT)
    assert not (home / "optuna.db").exists()


def test_beside_an_mlflow_server_studies_have_a_file_of_their_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    with studies.open_study("one") as study:
        assert study.trials == []
    assert (tmp_path / studies.kept_in()).exists()


def test_stopping_keeps_what_is_done(home, cohort):
    def stop(done, total, what):
        if done == 1:
            raise KeyboardInterrupt

    short = tune(build_matrix(cohort, "morning"), 5, progress=stop)
    assert short.stopped
    assert short.finished == 1
    assert not short.better


def test_a_study_whose_defaults_nobody_judged_is_none(home, matrix):
    """Broken off before its first trial, or given no time for one."""
    early = matrix.rows(mornings(matrix) < np.datetime64("2024-02-25"))

    def stop(done, total, what):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tune(early, 1, progress=stop)
    with pytest.raises(InputError, match="was not tuned on these days"):
        tuned(early)
    with pytest.raises(InputError, match="has no finished trial"):
        tune(early, 1, minutes=0.0)
    assert tune(early, 1).finished == 1


def test_training_takes_what_was_found_on_its_days(second, cohort, matrix):
    found = tuned(matrix)
    assert found == (second.parameters if second.better else {})
    chosen = train(cohort, parameters=tuned).forecaster.regressor.get_params()
    assert {k: chosen[k] for k in space.TUNED} == {**space.parameters_of(space.default()), **found}


def test_days_that_were_not_tuned_on_are_told(second, matrix):
    with pytest.raises(InputError, match="was not tuned on these days"):
        tuned(matrix.rows(mornings(matrix) < np.datetime64("2024-02-20")))


def test_too_few_days_are_told(home, matrix):
    with pytest.raises(InputError, match="at least 30 are needed"):
        tune(matrix.rows(np.arange(40)), 1)


def test_the_command_writes_parameters_that_train_reads(first, cohort, home, capsys):
    Store(home / "store").write(cohort)
    assert main(["tune", "--store", "store", "--trials", "1", "--out", "best.json", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["study"] == first.study
    read = space.read_parameters(home / "best.json")
    assert {k: list(v) if isinstance(v, tuple) else v for k, v in read.items()} == told["parameters"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "no parameters can be read"),
        ("[1]", "no JSON object"),
        ('{"tree": 3}', "'tree' is no parameter"),
        ('{"trees": 1.5}', "a whole number from 1"),
        ('{"row_share": 2}', "a number from 0.001 to 1"),
        ('{"l2": true}', "a number from 0"),
        ('{"starts": []}', r"such as \[1, 0\]"),
        ('{"extra_trees": 1}', "true or false"),
    ],
)
def test_a_file_of_parameters_that_cannot_be_used_is_told(tmp_path, text, said):
    (tmp_path / "p.json").write_text(text)
    with pytest.raises(InputError, match=said):
        space.read_parameters(tmp_path / "p.json")
