"""What is expected of a dose that nobody logged: the athlete's own usual, and what the day's other doses say."""

from __future__ import annotations

import numpy as np
import pytest
from heavylegs.models.absent_doses import LEAST_ROWS
from heavylegs.models.unlogged import Unlogged, usual_points

RUNNERS, DAYS = 8, 60
OWNER = np.repeat(np.arange(RUNNERS), DAYS)


@pytest.fixture(scope="module")
def points():
    """Two doses that go together, each about a level of the runner's own, and one apart."""
    rng = np.random.default_rng(0)
    level, day = rng.normal(0, 1, RUNNERS)[OWNER], rng.normal(0, 0.5, len(OWNER))
    return np.column_stack([level + day, day + rng.normal(0, 0.1, len(day)), rng.normal(0, 1, len(day))])


def lacking(points, share=0.3, dose=0):
    """Return the points with days of one dose absent, and which."""
    absent = np.random.default_rng(1).random(len(points)) < share
    gaps = points.copy()
    gaps[absent, dose] = np.nan
    return gaps, absent


def test_what_is_known_stays_and_what_is_absent_comes_near(points):
    gaps, absent = lacking(points)
    usual = usual_points(gaps, OWNER)
    filled = Unlogged.learned(gaps, usual).filled(gaps, usual)
    np.testing.assert_array_equal(filled[~np.isnan(gaps)], gaps[~np.isnan(gaps)])
    missed = filled[absent, 0] - points[absent, 0]
    assert np.mean(missed**2) < 0.2 * np.var(points[absent, 0])


def test_own_usual_alone_says_the_runners_level(points):
    gaps, absent = lacking(points)
    gaps[:, 1:] = np.nan  # nothing else was logged that day
    usual = usual_points(gaps, OWNER)
    filled = Unlogged.learned(gaps, usual).filled(gaps, usual)
    runner = np.array([points[r == OWNER, 0].mean() for r in range(RUNNERS)])
    late = absent & (np.tile(np.arange(DAYS), RUNNERS) > 20)
    assert np.corrcoef(filled[late, 0], runner[OWNER[late]])[0, 1] > 0.95


def test_a_usual_is_of_the_days_before(points):
    gaps, _ = lacking(points)
    usual = usual_points(gaps, OWNER)
    day = 25
    later = gaps.copy()
    later[(np.tile(np.arange(DAYS), RUNNERS) >= day)] = 99.0
    until = np.tile(np.arange(DAYS), RUNNERS) <= day
    np.testing.assert_array_equal(usual_points(later, OWNER)[until], usual[until])
    assert not usual[::DAYS].any()  # nothing is usual on a first day


def test_a_usual_is_the_runners_own_whoever_else_is_there(points):
    gaps, _ = lacking(points)
    whole = usual_points(gaps, OWNER)
    for first, last in ((0, 2), (1, 2), (3, RUNNERS)):
        rows = (first <= OWNER) & (last > OWNER)
        np.testing.assert_array_equal(usual_points(gaps[rows], OWNER[rows]), whole[rows])


def test_of_a_dose_that_too_few_days_know_nothing_is_expected(points):
    gaps = points.copy()
    gaps[LEAST_ROWS - 1 :, 0] = np.nan
    usual = usual_points(gaps, OWNER)
    assert not Unlogged.learned(gaps, usual).filled(gaps, usual)[LEAST_ROWS:, 0].any()


def test_two_absent_doses_are_expected_of_each_other_without_running_away(points):
    gaps, _ = lacking(lacking(points)[0], dose=1)
    usual = usual_points(gaps, OWNER)
    filled = Unlogged.learned(gaps, usual).filled(gaps, usual)
    assert np.abs(filled).max() <= 1.5 * np.abs(points).max()
