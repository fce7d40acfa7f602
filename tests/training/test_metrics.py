"""Every metric against a hand-worked example, the definition spelt out, or another library."""

from __future__ import annotations

import numpy as np
import pytest
from heavylegs.training.interval_metrics import answers_inside, coverage, own_windows, widening
from heavylegs.training.metrics import mae_macro, rmse_macro, skill, skill_interval, skill_macro
from heavylegs.training.probability_metrics import level_chances, rps_of_days
from heavylegs.training.rank_metrics import (
    auc,
    auc_macro,
    ranks_within,
    spearman_within,
)
from scipy import stats
from sklearn.metrics import roc_auc_score


@pytest.fixture(scope="module")
def cohort():
    """Forecasts of a 1-5 scale for 12 athletes, ties and all, in mixed order."""
    rng = np.random.default_rng(3)
    athletes = rng.permutation(np.repeat(np.arange(12) * 7, rng.integers(20, 90, 12)))
    level = rng.normal(5, 1.5, 84)[athletes]
    target = np.clip(np.round((level + rng.normal(0, 2, len(level))) / 2.5), 0, 4) * 2.5
    forecast = np.round(level + 0.4 * (target - level) + rng.normal(0, 1, len(level)), 1)
    return target, forecast, athletes


def own(athletes):
    return [athletes == a for a in np.unique(athletes)]


def test_half_the_error_is_three_quarters_of_the_skill():
    assert skill(0.5, 1.0) == 0.75
    assert skill(1.0, 1.0) == 0.0
    assert np.isnan(skill(0.0, 0.0))


def test_macro_averages_count_every_athlete_once(cohort):
    target, forecast, athletes = cohort
    parts = [target[m] - forecast[m] for m in own(athletes)]
    assert rmse_macro(*cohort) == pytest.approx(np.mean([np.sqrt((p**2).mean()) for p in parts]))
    assert mae_macro(*cohort) == pytest.approx(np.mean([np.abs(p).mean() for p in parts]))
    # Two athletes: errors of 1 on three mornings against 2, of 3 on one morning against 3.
    target, whose = np.zeros(4), np.array([0, 0, 0, 1])
    found = skill_macro(target, np.array([1.0, 1, 1, 3]), np.array([2.0, 2, 2, 3]), whose)
    assert found == pytest.approx(1 - (1 + 9) / (4 + 9))


def test_the_interval_of_the_skill_is_the_bootstrap_of_athletes_and_not_of_days(cohort):
    target, forecast, athletes = cohort
    baseline = np.full(len(target), target.mean())
    rng = np.random.default_rng(0)
    people = own(athletes)
    skills = []
    for drawn in rng.integers(0, len(people), size=(2000, len(people))):
        rows = np.concatenate([np.flatnonzero(people[p]) for p in drawn])
        miss = [((target - f)[rows] ** 2).sum() for f in (forecast, baseline)]
        skills.append(1 - miss[0] / miss[1])
    expected = np.quantile(skills, [0.025, 0.975])
    assert skill_interval(target, forecast, baseline, athletes) == pytest.approx(tuple(expected))


def test_draws_that_the_baseline_fits_perfectly_tell_no_skill():
    target, clusters = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0, 0, 1, 1])
    baseline = np.array([1.0, 2.0, 4.0, 5.0])
    assert skill_interval(target, target + 0.5 * (baseline - target), baseline, clusters) == pytest.approx(
        (0.75, 0.75)
    )
    assert np.isnan(skill_interval(target, baseline, target, clusters)).all()


def test_ranks_are_scipys_for_each_athlete(cohort):
    _, forecast, athletes = cohort
    ranks = ranks_within(forecast, athletes)
    for mine in own(athletes):
        np.testing.assert_array_equal(ranks[mine], stats.rankdata(forecast[mine]))


def test_spearman_is_the_mean_of_scipys_over_athletes(cohort):
    target, forecast, athletes = cohort
    each = [stats.spearmanr(target[m], forecast[m]).statistic for m in own(athletes)]
    assert spearman_within(*cohort) == pytest.approx(np.mean(each))


def test_spearman_counts_a_forecast_that_never_moves_as_no_order_and_passes_over_the_silent():
    target = np.array([1.0, 2, 3, 1, 2, 3, 5, 5, 5, 1, 2])
    forecast = np.array([1.0, 2, 3, 4, 4, 4, 1, 2, 3, 2, 1])
    athletes = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3])  # 2 reports always the same, 3 only twice
    assert spearman_within(target, forecast, athletes, least=3) == pytest.approx((1 + 0) / 2)
    assert np.isnan(spearman_within(target[6:], forecast[6:], athletes[6:], least=3))


def test_auc_is_sklearns_and_its_macro_average_the_athletes_own(cohort):
    target, forecast, athletes = cohort
    event = target >= 7.5
    assert auc(forecast, event) == pytest.approx(roc_auc_score(event, forecast))
    each = [roc_auc_score(event[m], forecast[m]) for m in own(athletes) if 0 < event[m].mean() < 1]
    assert auc_macro(forecast, event, athletes) == pytest.approx(np.mean(each))
    assert np.isnan(auc(forecast, np.zeros(len(forecast), dtype=bool)))


def test_an_athlete_counts_in_the_macro_average_from_the_least_number_of_mornings_on():
    score, event, athletes = (
        np.array([1.0, 2, 3, 1, 2]),
        np.array([0, 1, 1, 1, 0]) > 0,
        np.array([0, 0, 0, 1, 1]),
    )
    assert auc_macro(score, event, athletes, least=3) == 1.0
    assert auc_macro(score, event, athletes, least=2) == 0.5
    assert np.isnan(auc_macro(score, event, athletes, least=4))


def test_chances_of_levels_come_from_the_misses_of_other_athletes(cohort):
    target, forecast, athletes = cohort
    width = np.random.default_rng(1).uniform(0.5, 2, len(target))
    chances = level_chances(target, forecast, width, athletes, 4.0)
    misses = (target - forecast) / width
    for row in (0, 100, 300):
        others = misses[athletes != athletes[row]]
        for level, edge in enumerate((1.25, 3.75, 6.25, 8.75)):
            below = (forecast[row] + width[row] * others <= edge).sum()
            assert chances[row, level] == pytest.approx((below + 0.5) / (len(others) + 1))


def test_a_lone_athletes_chances_leave_out_the_morning_itself():
    target, forecast = np.array([0.0, 2.5, 10.0]), np.array([5.0, 5.0, 5.0])
    chances = level_chances(target, forecast, np.ones(3), np.zeros(3, dtype=int), 4.0)
    np.testing.assert_allclose(chances[2], [1.5 / 3, 2.5 / 3, 2.5 / 3, 2.5 / 3])


def test_where_nobody_was_ever_missed_levels_below_the_forecast_are_next_to_impossible():
    always = np.full(6, 10.0)
    chances = level_chances(always, always, np.ones(6), np.repeat([0, 1], 3), 4.0)
    np.testing.assert_allclose(chances, 0.5 / 4)


def test_rps_of_a_hand_worked_morning():
    # 1-5, reported 2; chances of the levels .1 .4 .3 .2 0: (.1-0)2 + (.5-1)2 + (.8-1)2 + (1-1)2
    chances = np.array([[0.1, 0.5, 0.8, 1.0]])
    assert rps_of_days(np.array([2.5]), chances, 4.0)[0] == pytest.approx(0.01 + 0.25 + 0.04)


def test_rps_rewards_widths_that_fit_the_day():
    rng = np.random.default_rng(0)
    athletes = np.repeat(np.arange(40), 50)
    width = np.where(athletes % 2, 0.3, 2.5)
    forecast = np.full(len(athletes), 5.0)
    target = np.clip(np.round((forecast + width * rng.normal(size=len(athletes))) / 2.5), 0, 4) * 2.5
    fitting, same = (
        rps_of_days(target, level_chances(target, forecast, w, athletes, 4.0), 4.0).mean()
        for w in (width, np.ones(len(athletes)))
    )
    assert fitting < same


def test_coverage_is_what_counting_gives(cohort):
    target, forecast, athletes = cohort
    low, high = forecast - 2.5, forecast + 2.5
    inside = [((target >= low) & (target <= high))[m] for m in own(athletes)]
    long = [i.mean() for i in inside if len(i) >= 60]
    found = coverage(target, low, high, athletes)
    assert found.share == pytest.approx(np.concatenate(inside).mean())
    assert found.macro == pytest.approx(np.mean([i.mean() for i in inside]))
    assert found.width == pytest.approx(5.0)
    assert found.long_athletes == len(long)
    assert found.fair_athletes == pytest.approx(np.mean([0.82 <= s <= 0.97 for s in long]))


def test_who_is_covered_too_seldom_or_too_often_is_not_fairly_covered():
    """Of promised 90 %, 82 to 97 % are fair."""
    inside = np.repeat([81, 82, 97, 98], 100) > np.tile(np.arange(100), 4)
    found = coverage(
        np.where(inside, 5.0, 9.0), np.full(400, 4.0), np.full(400, 6.0), np.repeat([0, 1, 2, 3], 100)
    )
    assert found.fair_athletes == 0.5


def test_a_report_on_the_rim_lies_inside_and_an_unjudged_share_is_not_known():
    found = coverage(np.array([2.5, 5.0]), np.array([2.5, 5.1]), np.array([5.0, 6.0]), np.array([0, 0]))
    assert found.share == 0.5
    assert np.isnan(found.fair_athletes)


def test_widened_intervals_hold_the_share_that_was_asked_for_and_none_narrower_does(cohort):
    target, forecast, _ = cohort
    half = np.random.default_rng(4).uniform(0.5, 2, len(target))
    for share in (0.3, 0.9, 1.0):
        factor = widening(target, forecast, half, share)
        held = [np.mean(np.abs(target - forecast) <= f * half + 1e-12) for f in (factor, factor - 1e-6)]
        assert held[0] >= share > held[1]


def test_windows_that_know_everyones_misses_are_the_narrowest_found_by_trying_all(cohort):
    target, forecast, athletes = cohort
    widths = np.empty(len(target))
    for mine in own(athletes):
        misses = (target - forecast)[mine]
        ends = np.append(misses, 0.0)  # a window holds the forecast itself
        tried = [
            b - a
            for a in ends[ends <= 0]
            for b in ends[ends >= 0]
            if np.mean((misses >= a) & (misses <= b)) >= 0.9
        ]
        widths[mine] = min(tried)
    assert own_windows(target, forecast, athletes, 0.9) == pytest.approx(widths.mean())


def test_answers_inside_are_counted_with_those_on_the_rim_and_none_off_the_scale():
    low, high = np.array([2.5, 2.6, 6.0, -4.0]), np.array([5.0, 4.9, 13.0, 1.0])  # 0, 2.5, 5, 7.5, 10
    assert answers_inside(low, high, 4.0) == pytest.approx((2 + 0 + 2 + 1) / 4)
    third = float(np.float32(10 / 3))  # as ratings of a scale of 0-3 or 1-7 are stored
    assert answers_inside(np.array([third]), np.array([2 * third]), 3.0) == 2
