"""A trained model carries intervals and chances that hold on days it has not seen."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.simulate import simulate
from heavylegs.features.matrix import build_matrix
from heavylegs.models.attribution import factor_points
from heavylegs.models.bad_morning import is_bad
from heavylegs.models.forecaster import Forecaster
from heavylegs.models.intervals import Intervals
from heavylegs.training.calibrate import SPREAD, USUAL, calibrated, factor_weights
from heavylegs.training.fit import fit_forecaster
from heavylegs.training.reliability import brier, own_rate, reliability
from heavylegs.training.splits import mornings, split_last_share
from sklearn.metrics import roc_auc_score


@pytest.fixture(scope="module")
def labelled():
    return build_matrix(simulate(athletes=20, days=140, seed=5).cohort).labelled()


@pytest.fixture(scope="module")
def parts(labelled):
    """Days to learn from, days to calibrate on, days to judge."""
    learn, judge = (labelled.rows(m) for m in split_last_share(labelled))
    early, late = (learn.rows(m) for m in split_last_share(learn))
    return early, late, judge


@pytest.fixture(scope="module")
def model(parts):
    early, late, _ = parts
    plain = Forecaster.fit(early, trees=20, bags=1)
    return calibrated(plain, late, plain.predict(late))


def columns(matrix, *names):
    return tuple(matrix.frame[name].to_numpy(dtype=float) for name in names)


def test_intervals_hold_ninety_in_a_hundred_of_the_days_not_seen(model, parts):
    judge = parts[2]
    athletes = judge.keys["athlete_id"].astype(str)
    bounds = model.intervals.at(0.9).through_time(
        athletes, mornings(judge), model.predict(judge), judge.target
    )
    inside = (judge.target >= bounds.lower - 1e-6) & (judge.target <= bounds.upper + 1e-6)
    assert inside.mean() == pytest.approx(0.9, abs=0.03)
    own = pd.Series(inside).groupby(athletes.to_numpy()).mean()
    assert own.min() > 0.75


def test_a_forecast_beyond_the_scale_is_missed_from_its_end(model, parts):
    days = parts[1]
    for far, end in ((25.0, 10.0), (-25.0, 0.0)):
        beyond, at_the_end = (calibrated(model, days, np.full(len(days), p)) for p in (far, end))
        assert beyond.intervals == at_the_end.intervals


@pytest.mark.parametrize(("too_low", "side"), [(1.5, 1), (-1.5, -1)])
def test_intervals_reach_to_where_ratings_lay(model, parts, too_low, side):
    days = parts[1]
    below, above = calibrated(model, days, model.predict(days) - too_low).intervals.now(["somebody new"])
    assert side * (above + below)[0] > 1.0


def test_the_chance_of_a_bad_morning_beats_the_runners_own_rate_and_is_as_frequent_as_it_says(model, parts):
    _, late, judge = parts
    usual, spread = columns(judge, USUAL, SPREAD)
    step = model.bad_morning.step
    assert step == pytest.approx(10 / judge.native_span)
    bad = is_bad(judge.target, usual, step)
    chance = model.bad_morning.chance(model.predict(judge), usual, spread)
    rate = own_rate(
        bad,
        judge.keys["athlete_id"].astype(str),
        mornings(judge),
        np.nanmean(is_bad(late.target, *columns(late, USUAL), step)),
    )
    assert 1 - brier(bad, chance) / brier(bad, rate) > 0.1
    assert roc_auc_score(bad, chance) > 0.7
    for each in reliability(bad, chance, bins=4):
        if each["mornings"] >= 80:  # the days of 20 runners go together: three standard errors of 80 mornings
            error = np.sqrt(each["said"] * (1 - each["said"]) / 80)
            assert each["came"] == pytest.approx(each["said"], abs=3 * error)


def test_factor_weights_are_shares_of_the_points(model, parts):
    weights = factor_weights(model, parts[1])
    assert sum(weights.values()) == pytest.approx(1.0, abs=0.01)
    assert min(weights.values()) >= 0
    points = factor_points(model, parts[2])
    covered = model.input_coverage(points)
    assert ((covered >= 0) & (covered <= 1 + 1e-9)).all()
    assert (model.input_coverage(points * np.nan) == 0).all()


def test_a_factor_that_is_seldom_logged_weighs_little(model, parts):
    days = parts[1]
    sleep = [f.name for f in days.catalog if f.factor == "poor_sleep"]
    seldom = days.rows(np.arange(len(days)))
    seldom.frame.loc[np.arange(len(days)) % 5 > 0, sleep] = np.float32(np.nan)
    often, now = (factor_weights(model, each)["poor_sleep"] for each in (days, seldom))
    assert 0 < now < 0.5 * often


def test_few_days_leave_the_stated_fallbacks(labelled):
    few = labelled.rows(np.arange(len(labelled)) < 35)
    model = fit_forecaster(few)
    assert model.intervals.pooled == Intervals().pooled
    assert model.bad_morning is None


def test_the_own_rate_knows_only_the_past():
    bad = np.array([1.0, 0.0, 1.0, 1.0])
    who, when = np.array(["a", "a", "b", "a"]), np.array([1, 2, 1, 3])
    np.testing.assert_allclose(own_rate(bad, who, when, 0.2), [0.2, 3 / 11, 0.2, 3 / 12])
