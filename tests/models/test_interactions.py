"""Doses that act together: how much is learned, and whose points it is."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from heavylegs.features.factors import NAMED
from heavylegs.models.dose_responses import fit_responses
from heavylegs.models.interactions import TOGETHER, Pair, columns_of
from hypothesis import given, settings
from hypothesis import strategies as st

ATHLETES, DAYS = 60, 120


@pytest.fixture(scope="module")
def calendar():
    return np.repeat(np.arange(ATHLETES), DAYS), np.tile(np.arange(DAYS), ATHLETES)


@pytest.fixture(scope="module")
def doses(calendar):
    dice = np.random.default_rng(1)
    return dice.gamma(1.0, 0.5, (len(calendar[0]), 3)) * (dice.random((len(calendar[0]), 3)) < 0.7)


def learned(doses, target, calendar, pairs=((0, 1),), directions=(1, 1, 1)):
    return fit_responses(doses, directions, target, *calendar, np.ones((1, len(target))), pairs)[0]


def own(doses):
    return 1.0 - np.exp(-doses)


@pytest.mark.parametrize("size", [0.0, 1.5])
def test_what_two_doses_move_together_is_learned_and_shared_evenly(size, doses, calendar):
    each = own(doses)
    both = size * each[:, 0] * each[:, 1]
    noise = np.random.default_rng(2).normal(0.0, 0.3, len(both))
    curves = learned(doses, each.sum(axis=1) + both + noise, calendar)
    assert curves.pairs[0].size == pytest.approx(size, abs=0.2)
    truth = each + np.column_stack([both / 2, both / 2, 0.0 * both])
    for told, true in zip(curves.terms(doses).T, truth.T, strict=True):
        assert np.polyfit(told, true, 1)[0] == pytest.approx(1.0, abs=0.05)
    apart = learned(doses, each.sum(axis=1) + both + noise, calendar, pairs=())
    if size:  # without the pair both doses get all of it
        assert np.polyfit(apart.terms(doses)[:, 0], truth[:, 0], 1)[0] < 0.9


@settings(max_examples=20)
@given(seed=st.integers(0, 2**20), directions=st.tuples(*[st.sampled_from([-1, 1])] * 3))
def test_more_of_a_dose_never_goes_against_its_direction(seed, directions, doses, calendar):
    dice = np.random.default_rng(seed)
    target = dice.normal(size=len(doses)) + doses @ dice.normal(size=3) - doses[:, 0] * doses[:, 1]
    curves = learned(doses, target, calendar, directions=directions)
    days = np.where(dice.random((50, 3)) < 0.2, np.nan, doses[dice.integers(len(doses), size=50)])
    for dose in range(3):
        rising = [
            curves.terms(np.where(np.arange(3) == dose, days + more, days)).sum(axis=1)
            for more in (0, 0.3, 2)
        ]
        for less, more in pairwise(rising):
            assert (directions[dose] * (more - less) >= -1e-9).all()


def test_an_absent_dose_gets_nothing_and_the_other_meets_its_usual(doses, calendar):
    pair = learned(doses, own(doses).sum(axis=1) + 2.0 * own(doses)[:, 0] * own(doses)[:, 1], calendar).pairs[
        0
    ]
    shares = pair.shares(np.array([[0.5, np.nan, 0.0], [np.nan, 0.5, 0.0], [np.nan, np.nan, 0.0]]))
    assert shares[0, 0] == pytest.approx(pair.size * (0.5 - pair.usual[0]) * pair.usual[1])
    assert not shares[[0, 1, 2, 2], [1, 0, 0, 1]].any()


def test_points_stay_0_on_average(doses, calendar):
    gappy = np.where(np.random.default_rng(3).random(doses.shape) < 0.8, doses, np.nan)
    curves = learned(gappy, own(doses).sum(axis=1) + own(doses)[:, 0] * own(doses)[:, 1], calendar)
    np.testing.assert_allclose(curves.terms(gappy).mean(axis=0), 0.0, atol=0.01)


def test_doses_that_hardly_anybody_logs_together_make_no_pair(doses, calendar):
    few = np.where((np.arange(len(doses)) < 20)[:, None] | [True, False, True], doses, np.nan)
    assert not learned(few, own(doses).sum(axis=1), calendar).pairs
    assert Pair.of(0, 1, few) is None


def test_pairs_are_of_named_factors_and_only_where_both_have_a_dose():
    assert {factor for pair in TOGETHER for factor in pair} <= set(NAMED)
    assert columns_of(["dehydration", "poor_sleep", "heat_stress"]) == [(2, 0)]
    assert columns_of(["dehydration", "poor_sleep"]) == []
