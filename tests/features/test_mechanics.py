"""Start, descents, steps, stride and shoes against hand-worked runs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.cohort import Cohort
from heavylegs.features import footwear, mechanics, stride
from heavylegs.features.days import Days

from .test_families import days_of
from .test_metabolic import day
from .test_records import runs


def test_a_fast_first_third_shows_in_start_and_split():
    """Whole where all of the run was hard; at 3 to 3.3 of 3.2 m/s .58 of it was, which counts .2 + .8 x .58 = .67."""
    pace = {"speed_mps": np.repeat([3.3, 3.0, 3.0], 1200)}
    hard = runs(pace, athletes={"threshold_speed_mps": [2.6]})
    assert day(hard, "fast_start_1d_pct") == pytest.approx(10, abs=0.2)
    days = runs(pace, athletes={"threshold_speed_mps": [3.2]})
    assert day(days, "fast_start_1d_pct") == pytest.approx(6.7, abs=0.15)
    assert day(days, "fast_start_minutes_1d_min") == pytest.approx(20, abs=0.2)
    assert day(days, "positive_split_1d_pct") > 3


def test_a_slow_start_is_no_negative_dose_and_a_run_without_records_none_at_all():
    assert day(runs({"speed_mps": np.repeat([2.5, 3.0, 3.0], 600)}), "fast_start_1d_pct") == 0
    assert np.isnan(day(days_of([60], distance_m=10_000.0), "fast_start_1d_pct"))


def test_halves_of_a_summary_tell_a_fast_start_coarsely():
    """A third of 60 minutes 6 % faster than the rest: the halves take 1764 and 1836 s, as a lap says."""
    halves = {"distance_m": 10_000.0, "first_half_time_s": 1764.0}
    days = days_of([60], **halves)
    assert day(days, "positive_split_1d_pct") == pytest.approx(100 * (1836 / 1764 - 1), abs=0.01)
    easy, hard = (days_of([60], **halves, session_rpe=rpe) for rpe in (2.0, 10.0))
    assert day(hard, "fast_start_1d_pct") == pytest.approx(6, abs=0.2)
    assert day(easy, "fast_start_1d_pct") == pytest.approx(6 / 5, abs=0.05)  # still below aerobic capacity
    negative = days_of([60], distance_m=10_000.0, first_half_time_s=1850.0)
    assert day(negative, "fast_start_1d_pct") == 0


def test_a_climb_at_the_end_is_no_positive_split():
    """Slower by as much as the climb costs: even on the level's terms."""
    grade = np.repeat([0.0, 0.1], 1200)
    speed = 3.0 * 3.6 / np.where(grade > 0, 5.98, 3.6)
    days = runs({"speed_mps": speed, "altitude_m": np.cumsum(grade * speed)})
    assert day(days, "positive_split_1d_pct") == pytest.approx(0, abs=2)


def test_walk_breaks_are_counted():
    stretch = {"speed": [3.0, 1.4], "cadence": [170.0, 110.0], "seconds": [540, 60]}
    columns = {k: np.tile(np.repeat(stretch[k], stretch["seconds"]), 4) for k in ("speed", "cadence")}
    days = runs({"speed_mps": columns["speed"], "cadence_spm": columns["cadence"]})
    assert day(days, "walk_breaks_1d") == 4
    assert day(days, "walk_minutes_1d_min") == pytest.approx(4, abs=0.5)


def test_downhill_counts_by_its_steepness_and_habit_protects():
    down = {"speed_mps": np.full(1000, 3.0), "altitude_m": 500 - 0.3 * np.arange(1000)}
    days = runs(*[down] * 10)
    dose = days.once(mechanics.downhill_stretches)
    assert dose[0] == pytest.approx(300 * 0.1, rel=0.05)
    against = days.once(mechanics.downhill_stretches_unaccustomed)
    assert against[0] == pytest.approx(dose[0])
    assert (np.diff(against) <= 1e-6).all()


def test_steps_are_cadence_times_minutes():
    days = runs({"speed_mps": np.full(1800, 3.0), "cadence_spm": 172.0})
    assert day(days, "run_steps_1d") == pytest.approx(172 * 30, rel=1e-3)


def summaries(cadence, speed) -> Days:
    """Hour-long runs without records."""
    return days_of([60] * len(cadence), cadence_mean_spm=cadence, distance_m=3600.0 * np.asarray(speed))


def test_cadence_is_judged_against_own_regression_on_speed():
    """An athlete who steps 150 + 6 v: 168 at 3 m/s is usual, and so is 174 at 4; 170 at 4 is four short."""
    speed = np.array([2.6, 3.4, 3.0, 2.8, 3.2, 2.7, 3.3, 4.0, 4.0])
    cadence = 150 + 6 * speed
    cadence[-1] -= 4
    short = summaries(cadence, speed).once(stride.cadence_below_usual)
    assert np.isnan(short[:5]).all()
    assert short[7] == pytest.approx(0, abs=0.6)
    assert short[8] - short[7] == pytest.approx(4, abs=0.6)


def test_own_planes_of_stride_solve_the_normal_equations_where_speed_and_grade_go_together():
    dice = np.random.default_rng(0)
    v = dice.normal(3.0, 0.4, 500)
    g = 0.05 * (v - 3.0) + dice.normal(0, 0.02, 500)
    ones, y = np.ones(500), 150 + 8 * v - 60 * g + dice.normal(0, 2, 500)
    w, *sums = (np.sum(x) for x in (ones, v, g, v * v, v * g, g * g, y, v * y, g * y))
    sv, sg, vv, vg, gg, *right = sums
    prior = stride.PRIOR_SHARE * w
    normal = [[w, sv, sg], [sv, vv + prior * 0.5**2, vg], [sg, vg, gg + prior * 0.03**2]]
    found = stride.own_line(np.array([w, *sums])[:, None])[:, 0]
    assert found.tolist() == pytest.approx(np.linalg.solve(normal, right).tolist(), rel=1e-6)


def test_the_cadence_of_today_does_not_judge_itself():
    cadence, speed = np.array([168.0] * 8), np.linspace(2.8, 3.2, 8)
    changed = np.append(cadence[:-1], 140.0)
    a, b = (summaries(c, speed).once(stride.cadence_below_usual) for c in (cadence, changed))
    np.testing.assert_array_equal(a[:-1], b[:-1])
    assert b[-1] - a[-1] == pytest.approx(28, abs=1e-3)


def test_the_dose_is_steps_short_times_hours_and_half_of_it_lasts_a_day():
    cadence = np.array([168.0] * 7 + [160.0, 168.0])
    dose = summaries(cadence, np.full(9, 3.0)).once(stride.cadence_shortfall_dose)
    assert dose[7] == pytest.approx(8, abs=0.1)
    assert dose[8] == pytest.approx(4, abs=0.1)


def test_ground_contact_is_judged_at_equal_speed():
    rng = np.random.default_rng(0)
    runs_before = []
    for v in np.linspace(2.6, 3.6, 8):
        speed = v + 0.1 * rng.standard_normal(900)
        runs_before.append(
            {"speed_mps": speed, "cadence_spm": 168.0, "stance_time_ms": np.full(900, 330 - 30 * v)}
        )
    longer = {**runs_before[4], "stance_time_ms": runs_before[4]["stance_time_ms"] + 15}
    excess = day(runs(*runs_before, longer), "ground_contact_excess_1d_ms", 8)
    assert excess == pytest.approx(15, abs=2)


def test_a_shoe_wears_by_the_distance_run_before():
    days = days_of(
        [60] * 4, shoe_id=["old", "old", "new", "old"], distance_m=[640_000.0, 10_000.0, 10_000.0, 20_000.0]
    )
    assert days.once(footwear.shoe_distance).tolist() == [0, 640, 0, 650]
    share = days.once(footwear.worn_shoe_share)
    assert share[-1] == pytest.approx(30 / 680, rel=1e-3)


def test_kilometres_on_worn_shoes_linger():
    """A pair bought on the 21st day of logging shoes is new; what was there before is not known until it is worn."""
    shoes, km = ["there"] * 20 + ["bought"] * 4, [30.0] * 20 + [640.0, 10.0, 0.0, 20.0]
    days = days_of([60] * 24, shoe_id=shoes, distance_m=[1000.0 * x for x in km])
    worn = days.once(footwear.worn_shoe_distance)
    assert np.isnan(worn[:16]).all()
    assert (worn[17:20] > 0).all()  # from 480 logged kilometres on
    half = footwear.wear([640.0, 650.0])
    expected = [worn[19] / 2]
    for today in (10 * half[0], 0.0, 20 * half[1]):
        expected.append(expected[-1] / 2 + today)
    assert worn[20:].tolist() == pytest.approx(expected, rel=1e-2)


def test_without_a_named_shoe_nothing_is_known_of_shoes():
    days = days_of([60, 60], distance_m=10_000.0)
    assert np.isnan(days.once(footwear.worn_shoe_distance)).all()
    assert np.isnan(days.once(footwear.shoe_distance)).all()


def test_two_athletes_may_name_a_shoe_alike():
    rows = {"activity_id": ["x", "y"], "athlete_id": ["a", "b"], "day": pd.Timestamp("2024-01-01")}
    table = pd.DataFrame(
        {**rows, "sport": "running", "duration_s": 3600.0, "distance_m": 9e5, "shoe_id": "red"}
    )
    days = Days.of(Cohort.from_tables("two", {"activities": table}))
    assert days.each(footwear.shoe_distance_km).tolist() == [0, 0]
