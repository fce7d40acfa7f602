"""What own mornings have answered to everything at once: a ridge regression, by scikit-learn's word and by its limits."""

from __future__ import annotations

import numpy as np
import pytest
from heavylegs.features.catalog import catalog
from heavylegs.features.own_answers import KEPT, PRIOR_DAYS, own_slopes
from sklearn.linear_model import Ridge

from .test_families import days_of


def told(term, days):
    return catalog("evening")[f"own_answer_to_{term}"].compute(days)


@pytest.fixture(scope="module")
def week():
    """Causes and answers of two athletes, of 60 and 40 days, some mornings without a report."""
    rng = np.random.default_rng(0)
    causes = rng.normal(size=(100, 3))
    answer = np.where(rng.random(100) < 0.3, np.nan, rng.normal(size=100)).astype(np.float32)
    return causes, answer, np.array([0, 60, 100], dtype=np.int32)


def test_slopes_are_those_of_a_ridge_regression_that_forgets(week):
    causes, answer, offsets = week
    slopes = own_slopes(causes, answer, offsets)
    for first, day in ((0, 59), (60, 85)):
        met = first + 1 + np.flatnonzero(~np.isnan(answer[first + 1 : day + 1]))
        weights = KEPT ** np.arange(len(met), 0, -1)
        ridge = Ridge(alpha=PRIOR_DAYS, fit_intercept=False)
        ridge.fit(causes[met - 1], answer[met], sample_weight=weights)
        np.testing.assert_allclose(slopes[day], ridge.coef_, rtol=1e-6)


def test_a_morning_without_a_report_teaches_nothing(week):
    causes, answer, offsets = week
    slopes = own_slopes(causes, answer, offsets)
    for day in np.flatnonzero(np.isnan(answer)):
        if day not in offsets:
            np.testing.assert_array_equal(slopes[day], slopes[day - 1])


def test_before_the_first_answer_there_are_no_slopes(week):
    causes, answer, offsets = week
    slopes = own_slopes(causes, answer, offsets)
    assert (slopes[offsets[:-1]] == 0).all()


def test_what_two_causes_share_is_not_counted_twice():
    rng = np.random.default_rng(1)
    one = rng.normal(size=(400, 1))
    answer = np.append(0.0, one[:-1, 0]).astype(np.float32)
    both = own_slopes(np.hstack([one, one]), answer, np.array([0, 400], dtype=np.int32))[-1]
    assert both.sum() == pytest.approx(1.0, abs=0.2)


def test_an_athlete_who_wakes_tired_after_long_days_is_expected_to_again():
    minutes = [30.0, 30.0, 120.0, 0.0] * 10
    tired = [4.0, 4.0, 4.0, 7.0] * 10  # the morning after the long day
    answers = told("load", days_of(minutes, ratings=tired))
    assert answers[-2] > 0.5  # the long day again
    assert answers[-2] > answers[-3]


def test_a_slope_against_physiology_counts_as_none():
    minutes = [30.0, 30.0, 120.0, 0.0] * 10
    fresh = [6.0, 6.0, 6.0, 3.0] * 10
    assert np.nanmax(np.abs(told("load", days_of(minutes, ratings=fresh)))) < 0.1


def test_nothing_is_said_of_a_day_without_the_cause():
    days = days_of(diary={"soreness_score": [4.0, 5.0, np.nan]}, ratings=[4.0, 5.0, 6.0])
    assert np.isnan(told("soreness", days)[2])
    assert np.isnan(told("group", days)).all()
