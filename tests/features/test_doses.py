"""What a dose must tell: on an exact, complete log the truth itself; on any log, nothing absurd."""

from __future__ import annotations

import numpy as np
import pytest
from heavylegs.data.simulate import BURN_IN_DAYS, FACTOR_DOSES, Simulation, simulate, simulate_history
from heavylegs.data.simulate_doses import factor_doses
from heavylegs.features import body, intensity, overload, sleep, training, windows
from heavylegs.features.matrix import build_matrix
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression

from .test_families import days_of

EXACT = {
    "muscle_damage": "eccentric_dose_unaccustomed_3d",
    "weak_support_muscles": "run_hours_without_strength_h",
    "too_much_too_soon": "too_soon",
    "macronutrient_balance": "macronutrient_shortfall_28d_share",
    "micronutrients": "micronutrient_shortfall_28d_share",
    "cardiovascular_strain": "heart_strain_2d_au",
    "poor_sleep": "sleep_debt_with_last_night_h",
}
"""Doses that `docs/simulator.md` says are recovered exactly."""
NEARLY = {
    "glycogen_depletion": "glycogen_debt_g_per_kg",
    "energy_deficit": "energy_availability_short_of_45_kcal_per_kg",
    "heat_stress": "heat_dose_unaccustomed_c_min",
    "dehydration": "fluid_strain_1d_pct",
    "overreaching": "overload_and_monotony_7d",
    "insufficient_recovery": "recovery_shortfall",
    "low_conditioning": "day_beyond_30_pct_of_week",
    "fast_start": "fast_start_1d_pct",
    "stress_and_mood": "strain_of_mind_3d",
}
ATHLETES, DAYS, FULL = 12, 200, 120


@pytest.fixture(scope="module")
def exact() -> Simulation:
    return simulate(ATHLETES, DAYS, gaps=0, gaps_when_tired=0, log_errors=0)


def test_a_log_without_errors_recovers_the_doses(exact: Simulation) -> None:
    """Up to the shape of the response, once windows of six weeks have forgotten how they began."""
    matrix = build_matrix(exact.cohort, "morning")
    doses = factor_doses(simulate_history(ATHLETES, DAYS))
    told = {}
    for factor, name in (EXACT | NEARLY).items():
        logged = matrix.frame[name].to_numpy(dtype=float).reshape(ATHLETES, DAYS)[:, FULL:].ravel()
        true = doses[factor][:, BURN_IN_DAYS + FULL : BURN_IN_DAYS + DAYS].ravel()
        true = np.maximum(true - FACTOR_DOSES[factor].free, 0)
        known = ~np.isnan(logged)
        shaped = IsotonicRegression().fit_transform(logged[known], true[known])
        told[factor] = np.corrcoef(shaped, true[known])[0, 1]
    assert {f: c for f, c in told.items() if c < (0.999 if f in EXACT else 0.98)} == {}


def test_what_is_usual_is_not_ruled_by_the_first_day() -> None:
    """A race on the first day, then 41 days of 100: a plain EWMA of tau 42 would still say 434."""
    load = np.array([1000.0] + [100.0] * 41, dtype=np.float32)
    offsets = np.array([0, 42], dtype=np.int32)
    usual = windows.usual(load, offsets, 42)
    assert usual[0] == pytest.approx(1000)
    assert usual[1] == pytest.approx((1000 * 41 / 42 + 100) / (41 / 42 + 1), rel=1e-4)
    assert usual[-1] == pytest.approx(100 + 900 * 0.0137, rel=0.01)


def test_an_old_log_follows_banisters_recursion() -> None:
    load = np.random.default_rng(0).uniform(0, 500, 400).astype(np.float32)
    level, recursion = windows.usual(load, np.array([0, 400], dtype=np.int32), 7), load[0]
    for x in load[1:]:
        recursion += (x - recursion) / 7
    assert level[-1] == pytest.approx(recursion, rel=1e-5)


def test_at_threshold_speed_the_effort_is_known_from_the_pace_alone() -> None:
    told = days_of([60], distance_m=12_600.0, athletes={"threshold_speed_mps": [3.5]})
    assert told.each(intensity.effort_of_pace)[0] == pytest.approx(0.85, rel=1e-3)
    untold = days_of([60], distance_m=12_600.0)
    assert np.isnan(untold.each(intensity.effort_of_pace)[0])


def test_a_heart_that_beats_fast_in_heat_burns_no_more_carbohydrate() -> None:
    runner = {"threshold_speed_mps": [3.5], "hr_max_bpm": [190.0], "hr_rest_bpm": [50.0]}
    cool, hot = (
        days_of([60], distance_m=9_450.0, hr_mean_bpm=bpm, athletes=runner) for bpm in (140.0, 165.0)
    )
    assert hot.each(intensity.effort)[0] > cool.each(intensity.effort)[0]
    used = [d.each(intensity.carbohydrate_used_g)[0] for d in (cool, hot)]
    assert used[0] == used[1]


def test_recovery_is_counted_to_the_hour() -> None:
    """A hard run at 10 h, the next at 10 h two days later; then one from 10 h to the next day."""
    days = days_of([60, 0, 30, 30], session_rpe=[9.0, 2.0, 2.0], distance_m=[12_000.0, 5_000.0, 5_000.0])
    hours = 24 * days.once(training.days_of_recovery)
    assert hours[2] == pytest.approx(48)
    later = days.cohort.activities["start_time"] + np.array([8, 0, 0]) * np.timedelta64(1, "h")
    later = days_of(
        [60, 0, 30, 30],
        session_rpe=[9.0, 2.0, 2.0],
        distance_m=[12_000.0, 5_000.0, 5_000.0],
        start_time=later,
    )
    assert 24 * later.once(training.days_of_recovery)[2] == pytest.approx(40)


def test_a_streak_counts_days_of_training_and_none_that_was_not_logged() -> None:
    assert days_of([60] * 10).once(training.training_streak).tolist() == list(range(1, 11))
    untold = days_of(
        [60, 0, 60, 60] + [0] * 20 + [60], diary={"training_logged": [1.0] * 4 + [0.0] * 20 + [1.0]}
    )
    assert untold.once(training.training_streak)[[3, 23, 24]].tolist() == [2, 2, 3]
    told = untold.once(training.days_since_rest)
    assert told[[1, 3, 24]].tolist() == [0, 2, 3]
    assert np.isnan(told[23])


@pytest.mark.parametrize(
    ("light", "streak"),
    [
        ({"sport": "walking", "session_rpe": 2.0}, 0),
        ({"sport": "walking", "session_rpe": None}, 0),  # nobody told how hard
        ({"sport": "cycling", "session_rpe": 2.0}, 0),
        ({"sport": "cycling", "session_rpe": 3.0}, 4),
        ({"sport": "walking", "session_rpe": 6.0}, 4),  # a hike uphill is training
        ({"sport": "running", "session_rpe": 2.0}, 4),
    ],
)
def test_a_day_of_light_movement_is_one_of_rest(light: dict, streak: int) -> None:
    """Article A2: active recovery. Three runs, then an hour of something else."""
    sport, rpe = (["running"] * 3 + [light["sport"]], [5.0] * 3 + [light["session_rpe"]])
    days = days_of([60] * 4, sport=sport, session_rpe=rpe)
    assert days.once(training.training_streak)[3] == streak


def test_overload_is_the_week_against_the_weeks_before_it() -> None:
    """Six weeks of half an hour, then one of an hour: twice the usual, though both EWMAs have moved."""
    days = days_of([30] * 42 + [60] * 7)
    ratio = days.once(overload.week_over_usual)
    assert np.isnan(ratio[15])  # nine days before the week are no habit yet
    assert ratio[[16, 41, 48]] == pytest.approx([1, 1, 2], rel=1e-3)


def test_women_are_taken_to_carry_more_fat_than_men_where_it_was_not_measured() -> None:
    lean = [
        days_of(diary={"mass_kg": [60.0]}, athletes={"sex": [sex]}).once(body.fat_free_mass_kg)[0]
        for sex in ("female", "male", None)
    ]
    assert lean == pytest.approx([60 * 0.77, 60 * 0.85, 60 * 0.81])


def test_the_need_of_sleep_lies_half_way_to_what_the_athlete_sleeps_on_good_nights() -> None:
    days = days_of(diary={"sleep_h": [9.0] * 40})
    assert days.once(sleep.sleep_need_h)[[5, 39]].tolist() == [8.0, 8.5]


@settings(max_examples=10)
@given(
    nights=st.lists(st.floats(3, 11, width=16), min_size=30, max_size=30),
    ago=st.integers(0, 6),
    less=st.floats(0.1, 2.5),
)
def test_less_sleep_in_any_night_of_the_week_never_lowers_the_debt(nights, ago: int, less: float) -> None:
    shorter = list(nights)
    shorter[-1 - ago] -= less
    before, after = (days_of(diary={"sleep_h": slept}) for slept in (nights, shorter))
    for debt in (sleep.sleep_debt, sleep.sleep_debt_3d):
        assert after.once(debt)[-1] >= before.once(debt)[-1] - 1e-5
