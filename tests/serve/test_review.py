"""Past forecasts against what came: only mornings that the model had not learned from, judged as the ladder is."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.store import Store
from heavylegs.features.matrix import build_matrix
from heavylegs.models import artifact
from heavylegs.models.baselines import LADDER
from heavylegs.serve.cli import main
from heavylegs.training.splits import mornings

from .streams import told

SHARED = ["--store", "store", "--model", "model"]


@pytest.fixture(scope="module")
def home(squads_home):
    assert main(["review", *SHARED, "--out", "mornings.csv"]) == 0
    assert main(["predict", *SHARED, "--out", "kept.csv"]) == 0
    later = pd.read_csv("kept.csv").assign(information="morning", athlete_id="somebody else")
    later.to_csv("night.csv", index=False)
    return squads_home


def test_misses_over_several_scales_are_told_in_points(home, capsys):
    cohort = Store("store").read()
    ratings = cohort.ratings.copy()
    ratings.loc[ratings.index[0], "scale_max"] += 1
    Store("scales").write(replace(cohort, ratings=ratings))
    for store, unit in (("store", "steps of the cohort's own scale"), ("scales", "points of 10")):
        capsys.readouterr()
        assert main(["review", "kept.csv", "--store", store]) == 0
        assert f"miss: in {unit};" in capsys.readouterr().out


@pytest.fixture
def review(home, capsys):
    capsys.readouterr()
    assert main(["review", *SHARED, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_figures_are_those_of_the_models_own_forecasts_after_its_training(home, review):
    model = artifact.load(home / "model")
    matrix = build_matrix(Store("store").read())
    labelled = matrix.labelled()
    new = mornings(labelled) > np.datetime64(model.told["last_morning"])
    rows, step = labelled.rows(new), labelled.native_span / 10
    miss = np.clip(model.predict(rows), 0, 10) - rows.target
    assert review["n_days"] == len(rows)
    assert review["rmse"] == pytest.approx(np.sqrt(np.mean(miss**2)) * step)
    rules = {name: rule(labelled.rows(~new), rows).clip(0, 10) for name, rule in LADDER.items()}
    errors = {name: np.sqrt(np.mean((f - rows.target) ** 2)) * step for name, f in rules.items()}
    best = min(errors, key=errors.get)
    assert (review["best_baseline"], review["rmse_baseline"]) == (best, pytest.approx(errors[best]))
    assert review["skill"] == pytest.approx(1 - (review["rmse"] / review["rmse_baseline"]) ** 2)


def test_athletes_add_up_to_the_whole(review):
    each = review["athletes"]
    assert sum(a["n_days"] for a in each) == review["n_days"] == sum(review["by"].values())
    squares = sum(a["rmse"] ** 2 * a["n_days"] for a in each)
    assert np.sqrt(squares / review["n_days"]) == pytest.approx(review["rmse"])
    for key in ("bad", "warned", "warned_bad"):
        assert sum(a[key] for a in each) == review[key]
    assert [a["rmse"] for a in each] == sorted((a["rmse"] for a in each), reverse=True)


def test_the_table_of_mornings_holds_what_the_figures_count(home, review):
    frame = pd.read_csv(home / "mornings.csv", encoding="utf-8-sig")
    inside = (frame["came"] >= frame["low"] - 1e-3) & (frame["came"] <= frame["high"] + 1e-3)
    assert inside.mean() == pytest.approx(review["inside"])
    assert (frame["came"] >= frame["bad_morning_from"] - 1e-3).sum() == review["bad"]
    assert (frame["p_bad_morning"] >= 0.45).sum() == review["warned"]
    assert not frame["learned"].any()


def test_kept_files_are_judged_alike_and_what_the_model_had_learned_from_never_counts(home, review, capsys):
    kept = pd.read_csv("kept.csv")
    assert kept["learned"].sum() > review["n_days"]
    assert main(["review", "kept.csv", "--store", "store", "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["by"] == {"kept.csv": review["n_days"]}
    for key in ("n_days", "rmse", "inside", "bad", "warned_bad"):
        assert again[key] == pytest.approx(review[key])


def test_a_part_of_the_mornings_can_be_asked_for(home, review, capsys):
    half = [review["first"], "2024-04-01"]
    counts = []
    for files in (["kept.csv", "--store", "store"], SHARED):
        assert main(["review", *files, "--from", half[0], "--to", half[1], "--json"]) == 0
        part = json.loads(capsys.readouterr().out)
        assert half[0] <= part["first"] <= part["last"] <= half[1]
        counts.append(part["n_days"])
    assert counts[0] == counts[1] < review["n_days"]


def test_the_first_telling_of_a_morning_counts(home, review, capsys):
    kept = pd.read_csv("kept.csv")
    kept.assign(fatigue=kept["fatigue"] + 3).to_csv("later.csv", index=False)
    assert main(["review", "kept.csv", "later.csv", "--store", "store", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rmse"] == pytest.approx(review["rmse"])


def test_the_starter_is_held_against_rules_that_need_no_learning(home, capsys):
    assert main(["review", "--store", "store", "--model", "starter", "--to", "2024-01-20", "--json"]) == 0
    told_of = json.loads(capsys.readouterr().out)
    assert told_of["by"] == {"starter": told_of["n_days"]}
    assert told_of["best_baseline"] in ("own_mean", "own_median", "yesterday", "ewma_7", "ewma_28")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([*SHARED, "--to", "2024-02-01"], "no reported morning between --from and --to has a forecast after"),
        (["--store", "store", "store/store.json"], "lacks athlete_id"),
        (["--store", "store", "nothing.csv"], "nothing.csv: is not there"),
        ([*SHARED, "kept.csv"], "--model cannot be heeded beside files"),
        (
            ["--store", "store", "kept.csv", "night.csv"],
            "of evening and of morning information (review each apart)",
        ),
        ([*SHARED, "--out", "x.xlsx"], "name it .parquet, .csv or .json"),
    ],
)
def test_what_cannot_be_judged_is_told_in_one_line(home, capsys, arguments, words):
    assert main(["review", *arguments]) == 2
    assert words in told(capsys)
