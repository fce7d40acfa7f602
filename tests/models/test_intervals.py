"""Intervals hold what they promise, for each athlete, and never know the morning that they are for."""

from __future__ import annotations

import json
from statistics import NormalDist

import numpy as np
import pytest
from heavylegs.models.ahead import widened_ahead
from heavylegs.models.intervals import Intervals, split_conformal
from hypothesis import given, settings
from hypothesis import strategies as st

DAY = np.datetime64("2024-01-01")
RUNGS = np.linspace(0, 10, 5)


def half_width(intervals: Intervals, athletes: list[str] | np.ndarray) -> np.ndarray:
    below, above = intervals.now(athletes)
    return (above - below) / 2


def cohort(seed: int, athletes: int = 12, days: int = 200, spread=(0.4, 2.5), rungs: bool = False):
    """Return athletes, mornings, forecasts and ratings whose misses are exchangeable within an athlete."""
    rng = np.random.default_rng(seed)
    who = np.repeat([f"a{i:02d}" for i in range(athletes)], days)
    when = np.tile(DAY + np.arange(days).astype("timedelta64[D]"), athletes)
    point = rng.uniform(3, 7, athletes * days)
    rated = np.clip(
        point + rng.normal(0, 1, len(who)) * np.repeat(rng.uniform(*spread, athletes), days), 0, 10
    )
    return who, when, point, RUNGS[np.abs(rated[:, None] - RUNGS).argmin(axis=1)] if rungs else rated


def calibrated(seed: int = 0, coverage: float = 0.9, **kinds):
    """Return intervals learned from a cohort's first 60 days, and its later days."""
    who, when, point, rated = cohort(seed, **kinds)
    early = when < DAY + np.timedelta64(60, "D")
    misses = (rated - point)[early]
    intervals = Intervals.fit(misses, who[early], when[early], coverage, forecasts=point[early])
    return intervals, tuple(x[~early] for x in (who, when, point, rated))


@given(seed=st.integers(0, 10_000), coverage=st.sampled_from([0.5, 0.8, 0.9]), rungs=st.booleans())
@settings(max_examples=12)
def test_as_many_mornings_lie_inside_as_promised_for_everybody_and_for_each(seed, coverage, rungs):
    intervals, (who, when, point, rated) = calibrated(seed, coverage, rungs=rungs)
    bounds = intervals.through_time(who, when, point, rated)
    inside = (rated >= bounds.lower - 1e-9) & (rated <= bounds.upper + 1e-9)
    assert inside.mean() == pytest.approx(coverage, abs=0.03)
    own = [inside[who == a].mean() for a in np.unique(who)]
    assert np.abs(np.array(own) - coverage).max() < 0.11


def test_a_calm_athletes_interval_is_narrower_than_a_wild_ones_and_a_new_one_gets_more_than_everybodys():
    rng = np.random.default_rng(0)
    misses = np.concatenate([rng.normal(0, 0.3, 200), rng.normal(0, 2.0, 200)])
    intervals = Intervals.fit(misses, ["calm"] * 200 + ["wild"] * 200)
    calm, wild, new = half_width(intervals, ["calm", "wild", "new"])
    assert calm < 0.3 * wild
    assert np.mean(np.abs(misses[200:]) <= wild) == pytest.approx(0.8, abs=0.08)
    assert np.mean(np.abs(misses) <= new) == pytest.approx(0.94, abs=0.02), (
        "strangers are missed by more than people long known"
    )


def test_the_caution_with_a_stranger_fades_with_their_reports():
    rng = np.random.default_rng(3)
    known = Intervals.fit(rng.normal(0, 1, 400), np.repeat(["a", "b", "c", "d"], 100), coverage=0.8)
    mornings, rated = DAY + np.arange(90).astype("timedelta64[D]"), 5 + rng.normal(0, 1, 90)
    bounds = known.through_time(["new"] * 90, mornings, np.full(90, 5.0), rated)
    width = bounds.upper - bounds.lower
    assert width[0] == pytest.approx(2 * 1.88, abs=0.3)
    assert width[:5].mean() > width[10:15].mean() > width[60:].mean()
    assert np.mean((rated >= bounds.lower) & (rated <= bounds.upper)) == pytest.approx(0.83, abs=0.06)
    before = known.through_time(["a"] * 90, mornings, np.full(90, 5.0), rated)
    assert (before.upper - before.lower)[0] == pytest.approx(2 * 1.28, abs=0.3)


def test_the_pooled_half_width_is_split_conformals_as_mapie_computes_it():
    mapie = pytest.importorskip("mapie.regression")
    from sklearn.dummy import DummyRegressor

    rated = np.random.default_rng(1).normal(0, 1.3, 99)
    X = np.zeros((99, 1))
    oracle = mapie.SplitConformalRegressor(
        DummyRegressor(strategy="constant", constant=0.0).fit(X, rated), confidence_level=0.9, prefit=True
    )
    _, ends = oracle.conformalize(X, rated).predict_interval(np.zeros((1, 1)))
    assert split_conformal(rated, 0.9) == pytest.approx(float(ends[0, 1, 0]), abs=1e-9)
    assert Intervals.fit(rated, ["x"] * 99, coverage=0.9).pooled_half_width == pytest.approx(
        float(ends[0, 1, 0]), abs=1e-3
    )


@pytest.mark.parametrize("rungs", [False, True])
def test_a_changed_rating_moves_no_interval_of_its_own_morning_or_an_earlier_one(rungs):
    intervals, (who, when, point, rated) = calibrated(3, rungs=rungs)
    before = intervals.through_time(who, when, point, rated)
    shuffled = np.random.default_rng(0).permutation(len(who))
    changed = rated.copy()
    at = 100
    changed[(who == "a01") & (when >= DAY + np.timedelta64(at, "D"))] = 0.0
    after = intervals.through_time(who[shuffled], when[shuffled], point[shuffled], changed[shuffled])
    lower, upper = np.empty(len(who)), np.empty(len(who))
    lower[shuffled], upper[shuffled] = after.lower, after.upper
    free = (who != "a01") | (when <= DAY + np.timedelta64(at, "D"))
    np.testing.assert_array_equal(lower[free], before.lower[free])
    np.testing.assert_array_equal(upper[free], before.upper[free])
    assert (lower[~free] != before.lower[~free]).any()


def test_a_morning_without_rating_gets_the_interval_that_a_rated_one_would():
    intervals, (who, when, point, rated) = calibrated(4)
    whole = intervals.through_time(who, when, point, rated)
    last = when == when.max()  # of each athlete
    unrated = intervals.through_time(who, when, point, np.where(last, np.nan, rated))
    np.testing.assert_array_equal(unrated.lower[last], whole.lower[last])
    np.testing.assert_array_equal(unrated.upper[last], whole.upper[last])


def test_a_row_without_rating_beside_the_rated_one_of_its_morning_has_the_same_interval():
    intervals, days = calibrated(4, athletes=4)
    who, when, point, rated = (np.concatenate([x, x]) for x in days)
    rated[len(days[0]) :] = np.nan
    bounds = intervals.through_time(who, when, point, rated)
    alone = intervals.through_time(*days)
    for both, one in ((bounds.lower, alone.lower), (bounds.upper, alone.upper)):
        np.testing.assert_array_equal(both, np.concatenate([one, one]))


def test_days_that_the_model_learned_from_move_nothing():
    intervals, (who, when, point, rated) = calibrated(5)
    learned = np.ones(len(who), dtype=bool)
    bounds = intervals.through_time(who, when, point, rated, learned=learned)
    silent = intervals.through_time(who, when, point, np.full(len(who), np.nan))
    np.testing.assert_array_equal(bounds.upper, silent.upper)
    plain = intervals.whatever_the_forecast()
    bounds = plain.through_time(who, when, point, rated, learned=learned)
    below, above = plain.now(who)
    np.testing.assert_allclose(bounds.upper - bounds.lower, above - below, atol=1e-9)


def test_mornings_with_a_similar_forecast_tell_most():
    rng = np.random.default_rng(6)
    point = rng.uniform(0, 10, 2000)
    misses = rng.normal(0, np.where(point < 5, 0.3, 2.0))
    intervals = Intervals.fit(misses, rng.choice(["a", "b"], 2000), forecasts=point)
    for athlete in ("a", "new"):
        bounds = intervals.through_time([athlete] * 2, [DAY] * 2, [2.0, 8.0], [np.nan] * 2)
        calm, wild = bounds.upper - bounds.lower
        assert wild > 3 * calm


@pytest.mark.parametrize(("held_out", "kept"), [(100, 100), (1000, 200)])
def test_of_many_mornings_two_hundred_stand_for_everybodys_evenly(held_out, kept):
    point = np.linspace(0, 10, held_out)
    alike = Intervals.fit(point / 10, ["a"] * held_out, forecasts=point).alike
    assert len(set(alike)) == kept
    assert np.mean([miss for miss, *_ in alike]) == pytest.approx(0.5, abs=0.01)


def test_answers_on_few_rungs_are_held_as_often_by_narrower_intervals():
    intervals, days = calibrated(9, athletes=30, rungs=True)
    found = []
    for each in (intervals, intervals.whatever_the_forecast()):
        bounds = each.through_time(*days)
        inside = (days[3] >= bounds.lower - 1e-9) & (days[3] <= bounds.upper + 1e-9)
        found.append((inside.mean(), (bounds.upper - bounds.lower).mean()))
    (held, width), (held_before, width_before) = found
    assert held == pytest.approx(held_before, abs=0.015)
    assert width < 0.93 * width_before


def test_a_new_athlete_starts_with_the_misses_of_people_of_a_like_spread():
    rng = np.random.default_rng(7)
    misses = np.concatenate([rng.normal(0, 0.3, 400), rng.normal(0, 2.0, 400)])
    spreads = np.repeat([0.4, 2.0], 400)
    who = np.repeat([f"a{i}" for i in range(8)], 100)
    intervals = Intervals.fit(misses, who, forecasts=np.full(800, 5.0), spreads=spreads)
    names, when, nothing = ["calm", "wild", "unknown", "never changing"], np.full(4, DAY), np.full(4, np.nan)
    bounds = intervals.through_time(names, when, np.full(4, 5.0), nothing, spreads=[0.4, 2.0, np.nan, 0.0])
    calm, wild, unknown, never = bounds.upper - bounds.lower
    assert calm < unknown < wild
    assert max(calm, never) < 0.4 * wild


def test_what_an_earlier_version_kept_is_read_and_treats_all_mornings_alike():
    intervals, (who, when, point, rated) = calibrated(10)
    told = intervals.to_dict()
    del told["alike"]
    told["own"] = {name: [miss for miss, *_ in mornings] for name, mornings in told["own"].items()}
    old = Intervals.from_dict(json.loads(json.dumps(told)))
    a, b = (i.through_time(who, when, point, rated) for i in (old, intervals.whatever_the_forecast()))
    np.testing.assert_array_equal(a.lower, b.lower)
    np.testing.assert_array_equal(a.upper, b.upper)


def test_with_too_few_held_out_days_a_stated_normal_stands_in():
    few = Intervals.fit([0.1] * 5, ["a"] * 5, coverage=0.8)
    assert few.pooled == Intervals().pooled == tuple(-miss for miss in few.pooled[::-1])
    assert half_width(Intervals(), ["new"])[0] == pytest.approx(NormalDist(0, 1.5).inv_cdf(0.97), abs=0.08)
    assert Intervals.fit([0.1] * 29, ["a"] * 29, forecasts=[5.0] * 29).alike == ()
    nobody = Intervals.fit([], [])
    assert half_width(nobody, ["new"])[0] == half_width(Intervals(), ["new"])[0]
    assert len(nobody.through_time([], np.array([], "datetime64[D]"), [], []).lower) == 0


def test_another_coverage_needs_no_other_state_and_json_keeps_everything():
    intervals, (who, _when, _point, _rated) = calibrated(8)
    again = Intervals.from_dict(json.loads(json.dumps(intervals.to_dict())))
    assert again == intervals
    narrow, wide = (half_width(intervals.at(c), who).mean() for c in (0.5, 0.95))
    assert narrow < half_width(intervals, who).mean() < wide


def test_ranges_of_days_ahead_widen_with_mornings_unrated_and_stay_on_the_scale():
    near = widened_ahead([5.0, 9.0], [3.0, 7.0], [6.0, 9.8], mornings=1)
    assert [end.tolist() for end in near] == [[3.0, 7.0], [6.0, 9.8]]
    widths = [float(np.subtract(*widened_ahead(5.0, 3.0, 6.0, k)[::-1])) for k in range(12)]
    assert widths == sorted(widths)
    assert widths[11] == widths[5] == pytest.approx(1.1 * widths[0])
    assert widened_ahead(9.0, 7.0, 10.0, mornings=7)[1] == 10.0
