"""Response curves: what each dose moves beside the others, never against its direction."""

from __future__ import annotations

import numpy as np
import pytest
from heavylegs.models.absent_doses import expected
from heavylegs.models.dose_curves import DoseResponses, Rises
from heavylegs.models.dose_responses import fit_responses
from hypothesis import given, settings
from hypothesis import strategies as st

ATHLETES, DAYS = 30, 200


@pytest.fixture(scope="module")
def calendar():
    return np.repeat(np.arange(ATHLETES), DAYS), np.tile(np.arange(DAYS), ATHLETES)


@pytest.fixture(scope="module")
def doses(calendar):
    """Two doses that go together (r about .8) and a third that does not."""
    dice = np.random.default_rng(4)
    hard = dice.gamma(1.0, 1.0, len(calendar[0])) * (dice.random(len(calendar[0])) < 0.6)
    return np.column_stack([hard, hard + 2.4 * dice.random(len(hard)), dice.random(len(hard))])


def learned(doses, target, calendar, directions=(1, 1, -1), members=1):
    owner, day = calendar
    return fit_responses(doses, directions, target, owner, day, np.ones((members, len(target))))


def moved(curves, doses):
    terms = curves.terms(doses)
    return terms - terms.mean(axis=0)


def test_each_of_two_doses_that_go_together_keeps_what_it_moves(doses, calendar):
    truth = np.column_stack([1.0 - np.exp(-doses[:, 0]), 0.3 * doses[:, 1], -0.8 * doses[:, 2]])
    dice = np.random.default_rng(5)
    level = dice.normal(4.0, 1.0, ATHLETES)[calendar[0]]
    noise = dice.normal(0.0, 0.5, len(level)) * np.where(calendar[0] % 2, 2.0, 0.5)
    (curves,) = learned(doses, truth.sum(axis=1) + level + noise, calendar)
    for told, true in zip(moved(curves, doses).T, truth.T, strict=True):
        assert np.corrcoef(told, true)[0, 1] > 0.95
        assert np.polyfit(told, true, 1)[0] == pytest.approx(1.0, abs=0.25)


def test_what_a_weekday_does_by_itself_is_no_doses(doses, calendar):
    """The long run is on Sundays, and the morning after is slow without it too."""
    sunday = calendar[1] % 7 == 6
    ran = doses + np.where(sunday, 3.0, 0.0)[:, None]
    (curves,) = learned(ran, 0.3 * ran[:, 0] + 2.0 * sunday, calendar)
    assert np.polyfit(ran[:, 0], curves.terms(ran)[:, :2].sum(axis=1), 1)[0] == pytest.approx(0.3, abs=0.05)


@settings(max_examples=20)
@given(seed=st.integers(0, 2**20))
def test_no_curve_goes_against_its_direction(seed, doses, calendar):
    noise = np.random.default_rng(seed).normal(size=len(doses)) + doses[:, 2] - doses[:, 0]
    (curves,) = learned(doses, noise, calendar)
    for points, direction in zip(curves.points, (1, 1, -1), strict=True):
        assert (direction * np.diff(points) >= 0).all()


def test_points_are_0_on_average_and_where_a_dose_is_absent(doses, calendar):
    known = np.random.default_rng(6).random(doses.shape) < 0.7
    gappy = np.where(known, doses, np.nan)
    (curves,) = learned(gappy, doses @ [1.0, 0.5, -1.0], calendar)
    terms = curves.terms(gappy)
    assert not terms[~known].any()
    np.testing.assert_allclose(terms.sum(axis=0), 0.0, atol=1e-6)


def test_a_dose_that_was_not_logged_does_not_raise_what_goes_with_it(doses, calendar):
    """Where the second is unknown its effect comes with the first: half of the athletes never log it."""
    truth = 0.5 * doses[:, 0] + 0.5 * doses[:, 1]
    never = np.where((calendar[0] % 2 == 0)[:, None] & (np.arange(3) == 1), np.nan, doses)
    at_mean = np.where(np.isnan(never), np.nanmean(never[:, 1]), never)
    (curves,), (naive,) = (learned(values, truth, calendar) for values in (never, at_mean))
    slope, naive_slope = (np.polyfit(doses[:, 0], c.terms(never)[:, 0], 1)[0] for c in (curves, naive))
    assert abs(slope - 0.5) < 0.5 * abs(naive_slope - 0.5)


def test_those_who_never_log_a_dose_may_have_more_of_it_at_nobodys_cost(doses, calendar):
    """Half of the athletes never log the second, and have twice as much of it as those who do."""
    never = calendar[0] % 2 == 0
    truth = 0.5 * doses[:, 0] + np.where(never, 1.0, 0.5) * doses[:, 1]
    noise = np.random.default_rng(8).normal(0.0, 1.0, len(truth))
    logged = np.where(never[:, None] & (np.arange(3) == 1), np.nan, doses)
    (curves,) = learned(logged, truth + noise, calendar)
    first, second = (np.polyfit(doses[~never, d], curves.terms(doses[~never])[:, d], 1)[0] for d in (0, 1))
    assert first == pytest.approx(0.5, abs=0.1)
    assert second == pytest.approx(0.5, abs=0.1)


def test_the_largest_doses_ever_logged_do_not_bend_a_curve(doses, calendar):
    """Points level off, and few days have very much."""
    dice = np.random.default_rng(9)
    rare = np.where(dice.random(len(doses)) < 0.002, 40.0, 0.0)
    wide = doses + np.outer(rare, [1.0, 0.0, 0.0])
    truth = 1.0 - np.exp(-wide[:, 0] / 3)
    (curves,) = learned(wide, truth + dice.normal(0.0, 0.2, len(truth)), calendar)
    much = (rare == 0) & (doses[:, 0] > 2) & (doses[:, 0] < 4)
    told = curves.terms(wide)[:, 0] - curves.points[0].min()
    np.testing.assert_allclose(told[much], truth[much], atol=0.15)


def test_differences_between_people_teach_nothing(doses, calendar):
    people = np.random.default_rng(7).normal(size=ATHLETES)[calendar[0]]
    own = np.column_stack([people + 0.01 * doses[:, 0], doses[:, 1:]])
    (curves,) = learned(own, 3.0 * people, calendar)
    assert np.ptp(curves.terms(own)[:, 0]) < 0.01


def test_members_differ_by_whom_they_weigh(doses, calendar):
    owner, day = calendar
    target = doses[:, 0] * np.where(owner < ATHLETES / 2, 1.0, 3.0)
    weights = np.where(np.arange(2)[:, None] == (owner >= ATHLETES / 2), 1.0, 0.01)
    some, others = fit_responses(doses, [1, 1, -1], target, owner, day, weights)
    assert np.ptp(others.points[0]) > 2 * np.ptp(some.points[0])


def test_beyond_what_was_seen_a_curve_is_flat():
    curve = DoseResponses((np.array([1.0, 2.0]),), (np.array([-0.5, 0.5]),))
    np.testing.assert_allclose(curve.terms(np.array([[0.0], [1.5], [9.0]])), [[-0.5], [0.0], [0.5]])


@pytest.mark.parametrize("case", ["never", "always the same", "few rows"])
def test_doses_that_teach_nothing_move_nothing(case, doses, calendar):
    column = {"never": np.full(len(doses), np.nan), "always the same": np.ones(len(doses))}
    column["few rows"] = np.where(np.arange(len(doses)) < 20, doses[:, 0], np.nan)
    known = np.column_stack([column[case], doses[:, 1:]])
    (curves,) = learned(known, doses[:, 1] + 0.0, calendar)
    assert np.isfinite(curves.terms(known)).all()
    assert np.ptp(curves.terms(known)[:, 0]) < 0.3


def test_an_absent_value_is_what_the_others_let_one_expect():
    dice = np.random.default_rng(8)
    first = dice.normal(size=20_000)
    columns = np.column_stack([first - first.mean(), 2.0 * (first - first.mean())])
    gaps = dice.random(len(first)) < 0.3
    filled = expected(np.where(gaps[:, None] & [False, True], np.nan, columns), [1, 2])
    np.testing.assert_allclose(filled[gaps, 1], columns[gaps, 1], rtol=0.05, atol=0.01)
    np.testing.assert_array_equal(filled[~gaps], columns[~gaps])


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_mornings_of_those_who_scatter_widely_weigh_little(doses, calendar, seed):
    wild = calendar[0] % 2 == 1
    noise = np.random.default_rng(seed).normal(size=len(doses)) * np.where(wild, 20.0, 0.3)
    (curves,) = learned(doses, 0.5 * doses[:, 0] + noise, calendar)
    assert np.polyfit(doses[:, 0], curves.terms(doses)[:, 0], 1)[0] == pytest.approx(0.5, abs=0.03)


def test_a_bend_costs_and_a_straight_line_does_not(doses):
    rises = Rises.of(doses, (1, 1, -1))
    widths = np.concatenate([np.diff(at) for at in rises.at])
    bent = widths * np.where(np.arange(len(widths)) == 1, 1.5, 1.0)
    smooth, rough = (heights @ rises.penalty(1.0, 0.0) @ heights for heights in (widths, bent))
    assert smooth == pytest.approx(0.0, abs=1e-9)
    assert rough > 0.1
