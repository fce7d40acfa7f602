"""Controls: what holds no information earns no skill, and the future changes no forecast."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.simulate import simulate
from heavylegs.features.matrix import build_matrix
from heavylegs.training.evaluate import evaluate, hold_out
from heavylegs.training.splits import Plan, mornings

CUTOFF = np.datetime64("2024-03-08")
ROLLING = Plan(cutoff=CUTOFF, blocks=2)
QUICK = {"trees": 15, "bags": 2}


@pytest.fixture(scope="module")
def cohort():
    return simulate(athletes=11, days=100, seed=5, r2=0.5).cohort


@pytest.fixture(scope="module")
def held_out(matrix):
    return hold_out(matrix, ROLLING, parameters=QUICK)


def skill(matrix):
    return next(r["skill"] for r in evaluate(matrix, "known") if r["model"] == "heavylegs")


def test_the_instrument_sees_skill_where_there_is_some(matrix):
    assert skill(matrix) > 0.05


def test_skill_vanishes_when_ratings_are_shuffled_within_athletes(cohort):
    shuffled = cohort.ratings.copy()
    rng = np.random.default_rng(0)
    shuffled["fatigue"] = shuffled.groupby("athlete_id", observed=True)["fatigue"].transform(rng.permutation)
    assert skill(build_matrix(replace(cohort, ratings=shuffled))) < 0.02


def test_skill_vanishes_on_random_targets(matrix):
    target = np.random.default_rng(1).uniform(0, 10, len(matrix)).astype(np.float32)
    assert skill(replace(matrix, target=np.where(np.isnan(matrix.target), np.nan, target))) < 0.02


def test_ratings_after_a_day_change_no_forecast_up_to_it(cohort, held_out):
    """From the tables on: another future of ratings, features computed anew, everything refitted."""
    last = held_out.mornings.max() - np.timedelta64(9, "D")
    assert last > held_out.mornings[held_out.part == 1].min()
    future = cohort.ratings["day"] > pd.Timestamp(last)
    ratings = cohort.ratings.copy()
    ratings.loc[future, "fatigue"] = 10.0 - ratings.loc[future, "fatigue"]
    changed = hold_out(build_matrix(replace(cohort, ratings=ratings)), ROLLING, parameters=QUICK)
    same = held_out.mornings <= last + np.timedelta64(1, "D")
    for name, forecast in held_out.forecasts.items():
        np.testing.assert_array_equal(changed.forecasts[name][same], forecast[same], err_msg=name)
    for told in ("low", "high", "chance", "own_rate"):
        np.testing.assert_array_equal(getattr(changed, told)[same], getattr(held_out, told)[same])
    assert not np.array_equal(changed.forecasts["ewma_7"], held_out.forecasts["ewma_7"])


def test_nothing_from_the_embargo_on_is_learned(matrix, held_out):
    begin = held_out.mornings[held_out.part == 1].min()
    later = mornings(matrix) >= begin - np.timedelta64(1, "D")
    target = np.where(later, 10.0 - matrix.target, matrix.target).astype(np.float32)
    changed = hold_out(replace(matrix, target=target), Plan(cutoff=begin), parameters=QUICK)
    for name, forecast in held_out.forecasts.items():
        np.testing.assert_array_equal(changed.forecasts[name], forecast[held_out.part == 1], err_msg=name)
