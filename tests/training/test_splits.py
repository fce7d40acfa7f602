"""Nobody is judged on days that the model could have learned from."""

from __future__ import annotations

import numpy as np
import pytest
from heavylegs.data.errors import InputError
from heavylegs.data.simulate import simulate
from heavylegs.features.matrix import build_matrix
from heavylegs.training.splits import (
    Plan,
    athlete_folds,
    mornings,
    rolling_origin,
    split_at,
    split_last_share,
)

DAY = np.timedelta64(1, "D")
CUTOFF = np.datetime64("2024-03-10")


@pytest.fixture(scope="module")
def matrix():
    return build_matrix(simulate(athletes=6, days=100, seed=2).cohort).labelled()


def codes(matrix):
    return matrix.keys["athlete_id"].cat.codes.to_numpy()


def test_a_cut_off_leaves_a_day_of_embargo(matrix):
    learn, forecast = split_at(matrix, CUTOFF)
    assert mornings(matrix)[forecast].min() == CUTOFF
    assert mornings(matrix)[learn].max() == CUTOFF - 2 * DAY


def test_the_last_share_of_each_athlete_is_forecast(matrix):
    learn, forecast = split_last_share(matrix, 0.3)
    for athlete in np.unique(codes(matrix)):
        mine = codes(matrix) == athlete
        assert matrix.day[mine & learn].max() < matrix.day[mine & forecast].min() - DAY
        assert forecast[mine].mean() == pytest.approx(0.3, abs=0.03)


def test_the_last_share_is_of_days_whatever_the_order_of_rows(matrix):
    shuffled = np.random.default_rng(0).permutation(len(matrix))
    for whole, mixed in zip(split_last_share(matrix), split_last_share(matrix.rows(shuffled)), strict=True):
        np.testing.assert_array_equal(mixed, whole[shuffled])


@pytest.mark.parametrize("how", [{"blocks": 3}, {"every": 7}])
def test_every_block_learns_from_all_that_lies_before_it_less_the_embargo(matrix, how):
    times, morning, last = np.zeros(len(matrix), dtype=int), mornings(matrix), CUTOFF
    for learn, forecast in rolling_origin(matrix, CUTOFF, **how):
        begin = morning[forecast].min()
        assert begin >= last
        np.testing.assert_array_equal(learn, morning < begin - DAY)
        last = morning[forecast].max() + DAY
        times += forecast
    np.testing.assert_array_equal(times == 1, morning >= CUTOFF)


def test_blocks_are_as_many_and_as_long_as_asked(matrix):
    assert len(list(rolling_origin(matrix, CUTOFF, blocks=3))) == 3
    weeks = [mornings(matrix)[forecast] for _, forecast in rolling_origin(matrix, CUTOFF, every=7)]
    assert all(np.ptp(week) < 7 * DAY for week in weeks)
    for plan, parts in ((Plan(cutoff=CUTOFF, every=7), len(weeks)), (Plan(cutoff=CUTOFF, blocks=3), 3)):
        assert len(plan.splits(matrix)) == parts > 1


def test_without_a_cut_off_blocks_cover_the_last_30_percent(matrix):
    forecast = np.any([f for _, f in rolling_origin(matrix, blocks=2)], axis=0)
    assert forecast.mean() == pytest.approx(0.3, abs=0.03)


@pytest.mark.parametrize(("folds", "parts"), [(4, 4), ("loo", 6), (50, 6)])
def test_new_athletes_are_never_learned_from_and_all_are_forecast(matrix, folds, parts):
    times = np.zeros(len(matrix), dtype=int)
    splits = list(athlete_folds(matrix, folds))
    for learn, forecast in splits:
        assert not set(codes(matrix)[learn]) & set(codes(matrix)[forecast])
        times += forecast
    assert len(splits) == parts
    assert (times == 1).all()


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"protocol": "new", "blocks": 3}, "belong to the protocol known"),
        ({"protocol": "new", "cutoff": CUTOFF}, "belong to the protocol known"),
        ({"folds": "loo"}, "belong to the protocol new"),
        ({"blocks": 3, "every": 7}, "by their number or by their days"),
        ({"blocks": 0}, "too few"),
        ({"every": -1}, "too few"),
        ({"protocol": "new", "folds": 1}, "nobody to learn from"),
    ],
)
def test_choices_that_do_not_belong_together_are_told(choices, words):
    with pytest.raises(InputError, match=words):
        Plan(**choices)


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (Plan(), "last 30 % of each"),
        (Plan(cutoff=CUTOFF), "from 2024-03-10"),
        (Plan(cutoff=CUTOFF, every=7), "from 2024-03-10, every 7 days"),
        (Plan(blocks=3), "last 30 %, 3 blocks"),
        (Plan("new"), "5 folds"),
        (Plan("new", folds="loo"), "one left out at a time"),
    ],
)
def test_a_plan_says_in_words_what_it_does(plan, words):
    assert str(plan) == words


def test_a_lone_athlete_cannot_be_new(matrix):
    with pytest.raises(InputError, match="nobody to learn from"):
        Plan("new").splits(matrix.rows(codes(matrix) == 0))
