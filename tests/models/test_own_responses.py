"""Own responses: what an athlete's past mornings say of how they differ from everybody."""

from __future__ import annotations

import numpy as np
import pytest
from heavylegs.models.own_responses import SPREADS, OwnResponses
from hypothesis import given, settings
from hypothesis import strategies as st

ATHLETES, DAYS, DOSES = 30, 140, 4


def log(spread, seed=1, noise=0.5):
    """Return points, what everybody's responses leave of the mornings, owner, and the true own factors."""
    dice = np.random.default_rng(seed)
    owner = np.repeat(np.arange(ATHLETES), DAYS)
    points = dice.gamma(1.0, 0.5, (len(owner), DOSES))
    factors = spread * dice.normal(size=(ATHLETES, DOSES))
    left = (points * factors[owner]).sum(axis=1) + noise * dice.normal(size=len(owner))
    return points, np.where(dice.random(len(owner)) < 0.7, left, np.nan), owner, factors


@pytest.mark.parametrize(("true", "low", "high"), [(0.0, 0.0, 0.1), (0.4, 0.3, 0.5)])
def test_how_far_athletes_differ_is_learned(true, low, high):
    points, left, owner, _ = log(true)
    assert low <= OwnResponses.fit(points, left, owner, np.arange(len(owner))).spread <= high


def test_own_factors_come_to_the_truth_as_reports_come_in():
    points, left, owner, factors = log(0.3)
    own, _ = OwnResponses(0.3, 0.25).learned(points, left, owner)
    day = np.tile(np.arange(DAYS), ATHLETES)
    assert not own[day < 7].any()
    early, late = (np.corrcoef(own[day == d].ravel(), factors.ravel())[0, 1] for d in (21, DAYS - 1))
    assert early < late
    assert late > 0.7


@settings(max_examples=25)
@given(athlete=st.integers(0, ATHLETES - 1), day=st.integers(0, DAYS - 1))
def test_neither_days_to_come_nor_other_athletes_are_looked_at(athlete, day):
    points, left, owner, _ = log(0.3)
    at = athlete * DAYS + day
    others = owner != athlete
    later = np.arange(len(owner)) >= at
    changed = np.where(others | later, 9.0, left)
    other_doses = np.where((others | (np.arange(len(owner)) > at))[:, None], 7.0, points)
    one, two = (
        OwnResponses(0.3, 0.25).learned(*log_, owner) for log_ in ((points, left), (other_doses, changed))
    )
    for before, after in zip(one, two, strict=True):
        np.testing.assert_array_equal(before[at], after[at])


def test_nobody_goes_against_a_dose():
    points, left, owner, _ = log(0.3)
    own, _ = OwnResponses(max(SPREADS), 0.01).learned(points, left - 5.0 * points.sum(axis=1), owner)
    assert own.min() >= -0.9


def test_a_dose_that_never_changes_tells_nothing_of_the_answer_to_it():
    points, left, owner, _ = log(0.3)
    points[:, 0] = 1.0
    own, _ = OwnResponses(0.3, 0.25).learned(points, left + 2.0, owner)
    assert not own[:, 0].any()
    assert own[:, 1].any()


def test_where_everybody_answers_alike_nothing_is_learned():
    points, left, owner, _ = log(0.3)
    assert not any(part.any() for part in OwnResponses(0.0).learned(points, left, owner))


def test_a_log_without_reports_leaves_everybodys_responses():
    points, left, owner, _ = log(0.3)
    silent = np.full(len(left), np.nan)
    assert not OwnResponses(0.3, 0.25).learned(points, silent, owner)[0].any()
