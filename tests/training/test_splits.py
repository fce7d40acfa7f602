"""Nobody is judged on days that the model could have learned from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from heavylegs.data.errors import InputError
from heavylegs.data.simulate import simulate
from heavylegs.features.matrix import build_matrix
from heavylegs.training.evaluate import evaluate, hold_out
from heavylegs.training.splits import athlete_folds, mornings, split_at, split_last_share


@pytest.fixture(scope="module")
def matrix():
    return build_matrix(simulate(athletes=10, days=100, seed=2).cohort).labelled()


def test_a_cut_off_leaves_a_day_of_embargo(matrix):
    cutoff = np.datetime64("2024-03-10")
    learn, forecast = split_at(matrix, cutoff)
    assert mornings(matrix)[forecast].min() == cutoff
    assert mornings(matrix)[learn].max() == cutoff - np.timedelta64(2, "D")


def test_the_last_share_of_each_athlete_is_forecast(matrix):
    learn, forecast = split_last_share(matrix, 0.3)
    athlete = matrix.keys["athlete_id"].to_numpy()
    for a in np.unique(athlete.astype(str)):
        mine = athlete == a
        assert matrix.day[mine & learn].max() < matrix.day[mine & forecast].min()
        assert forecast[mine].mean() == pytest.approx(0.3, abs=0.03)


def test_new_athletes_are_never_learned_from_and_all_are_forecast(matrix):
    codes = matrix.keys["athlete_id"].cat.codes.to_numpy()
    times = np.zeros(len(matrix), dtype=int)
    for learn, forecast in athlete_folds(matrix):
        assert not set(codes[learn]) & set(codes[forecast])
        times += forecast
    assert (times == 1).all()


def test_skill_vanishes_when_the_target_is_shuffled_within_athletes(matrix):
    rng = np.random.default_rng(0)
    target = matrix.target.copy()
    codes = matrix.keys["athlete_id"].cat.codes.to_numpy()
    for code in np.unique(codes):
        target[codes == code] = rng.permutation(target[codes == code])
    records = {r["model"]: r for r in evaluate(replace(matrix, target=target), "known")}
    assert records["heavylegs"]["skill_low"] < 0.02


def test_the_table_has_a_record_a_rung_with_the_agreed_keys(matrix):
    records = evaluate(matrix, "new")
    keys = [
        "cohort",
        "protocol",
        "information",
        "model",
        "n_days",
        "n_athletes",
        "rmse",
        "mae",
        "skill",
        "skill_low",
        "skill_high",
    ]
    assert all(set(keys) <= set(r) for r in records)
    assert {r["model"] for r in records} >= {
        "constant", "own_mean", "own_median", "yesterday", "ewma_7", "ewma_28", "ridge_own_history", "heavylegs"
    }  # fmt: skip
    assert {r["n_days"] for r in records} == {len(matrix)}


def test_errors_are_in_the_units_of_the_cohorts_own_scale(matrix):
    wide = replace(matrix, native_span=10.0)
    native, canonical = (
        next(r for r in evaluate(m, "known") if r["model"] == "ewma_7")["rmse"] for m in (matrix, wide)
    )
    assert native == pytest.approx(canonical * 0.6)  # the simulated scale is 1-7


def test_too_few_days_are_told_not_crashed(matrix):
    with pytest.raises(InputError, match="to learn from"):
        hold_out(matrix, "known", np.datetime64("2024-01-09"))
