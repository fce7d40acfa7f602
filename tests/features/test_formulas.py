"""Formulas at their edges: values that their sources publish, or that a line of arithmetic gives."""

from __future__ import annotations

import numpy as np
import pytest
from heavylegs.features import (
    doses,
    effort,
    electrolytes,
    environment,
    hydration,
    intensity,
    load,
    sweat,
    thresholds,
)
from heavylegs.features.catalog import catalog

from .test_families import days_of
from .test_records import runs
from .test_worked_days import in_weather, told


@pytest.mark.parametrize(
    ("climb", "cost"),
    [
        # Minetti 2002 at +.1 and -.1: odd powers cancel, 3.6 + 46.3 x .1^2 - 30.4 x .1^4 is left.
        ({"ascent_m": 500.0, "descent_m": 500.0}, 4.05996),
        ({"ascent_m": 500.0}, 4.05996),
        ({"descent_m": 500.0}, 4.05996),
        ({}, 3.6),
        # All of it uphill, as half at +.2 and half on the level: told as 0 is not untold.
        ({"ascent_m": 1000.0, "descent_m": 0.0}, (9.006688 + 3.6) / 2),
    ],
)
def test_a_climb_of_which_one_half_was_not_recorded_costs_what_the_whole_does(
    climb: dict[str, float], cost: float
) -> None:
    days = days_of([60], distance_m=10_000.0, **climb)
    assert days.each(effort.energy_kcal)[0] == pytest.approx(cost * 10_000 * 70 / 4184, rel=1e-5)


LOST_A_KILO = {"mass_before_kg": 70.0, "mass_after_kg": 69.0}


def test_scales_tell_the_sweat_where_drinking_was_noted_and_the_least_of_it_where_it_was_not() -> None:
    """1 kg lost and .8 L drunk are 1.8 L of sweat; with drinking unknown it is 1 L or more, and the estimate is .9 L."""
    noted = days_of([60], distance_m=10_000.0, fluid_during_ml=800.0, **LOST_A_KILO)
    assert noted.once(hydration.sweat_loss)[0] == pytest.approx(1800)
    unnoted = days_of([60], distance_m=10_000.0, **LOST_A_KILO)
    assert unnoted.each(sweat.estimated_sweat_loss_ml)[0] < 1000
    assert unnoted.once(hydration.sweat_loss)[0] == pytest.approx(1000)
    long = days_of([180], distance_m=30_000.0, **LOST_A_KILO)
    estimated = long.each(sweat.estimated_sweat_loss_ml)[0]
    assert estimated > 1000
    assert long.once(hydration.sweat_loss)[0] == pytest.approx(estimated)


def test_what_the_run_lacked_is_the_mass_that_it_cost_whatever_was_drunk() -> None:
    for drunk in (np.nan, 0.0, 800.0):
        days = days_of([60], distance_m=10_000.0, fluid_during_ml=drunk, **LOST_A_KILO)
        assert days.once(hydration.run_fluid_deficit)[0] == pytest.approx(100 * 1 / 70)


def test_nobody_is_taken_to_sweat_little_for_drinking_that_was_not_noted() -> None:
    light = {"mass_before_kg": 70.0, "mass_after_kg": 69.9}
    assert days_of([60] * 5, distance_m=10_000.0, **light).once(sweat.own_sweat_factor)[-1] == 1


@pytest.mark.parametrize(
    ("runner", "seen", "highest"),
    [
        ({}, {}, 185),  # of any adult
        ({}, {"hr_max_bpm": 200.0}, 200),
        ({}, {"hr_max_bpm": 210.0}, 185),  # more than 20 above: an artefact
        ({"hr_max_bpm": [160.0]}, {"hr_max_bpm": 170.0}, 160),  # a peak at the wrist unsays no statement
        ({"hr_max_bpm": [160.0]}, {"hr_mean_bpm": 165.0}, 165),  # nobody's mean is above their maximum
    ],
)
def test_effort_and_load_are_shares_of_the_highest_heart_rate_that_is_known(
    runner: dict[str, list[float]], seen: dict[str, float], highest: float
) -> None:
    log = {"hr_mean_bpm": 150.0, "session_rpe": np.nan} | seen
    days = days_of([60], athletes={"hr_rest_bpm": [60.0]} | runner, **log)
    assert days.once(thresholds.hr_max_bpm)[0] == highest
    share = (log["hr_mean_bpm"] - 60) / (highest - 60)
    assert days.each(intensity.effort)[0] == pytest.approx(share)
    assert days.once(load.load_1d)[0] == pytest.approx(60 * (share - 0.3) / 0.07, rel=1e-5)


def test_a_long_run_whose_distance_is_not_known_is_a_spike_by_its_load() -> None:
    """Four weeks of 30 min a day, then 90 min: 3 x the greatest day, and a week of (6 x 30 + 90) / 210 of the usual."""
    log = {"loads": [30] * 28 + [90], "distance_m": [5000.0] * 28 + [np.nan]}
    week = (6 * 30 + 90) / 210 - 1.1
    assert days_of(**log).once(doses.too_soon)[-1] == pytest.approx(2 * (3 - 1.1) + week, rel=1e-4)


@pytest.mark.parametrize(
    ("fahrenheit", "humidity", "felt"),
    [
        # The weather service's own chart.
        (80, 40, 80), (86, 75, 97), (90, 70, 105), (96, 50, 108), (100, 55, 124), (104, 45, 124),
        # Its adjustments: 90.20 by the regression, less 3 / 4 in dry air; 92.97, and 1 x 1 more in moist air.
        (95, 10, 89.45), (82, 95, 93.97),
    ],
)  # fmt: skip
def test_the_heat_index_is_that_of_the_weather_service(
    fahrenheit: float, humidity: float, felt: float
) -> None:
    celsius = environment.heat_index_c([(fahrenheit - 32) / 1.8], [humidity])[0]
    assert celsius * 1.8 + 32 == pytest.approx(felt, abs=1 if felt == int(felt) else 0.01)


def test_the_weather_outside_is_not_told_of_a_session_in_the_gym() -> None:
    days = in_weather(days_of([60, 60], sport=["running", "strength"]), 30.0, 30.0)
    for feature in ("wbgt_max_c", "heat_index_max_c", "air_temperature_max_c"):
        assert np.isnan(told(feature, days)).tolist() == [False, True]


@pytest.mark.parametrize(
    ("notes", "left"),
    [
        ([0.0, 0.0, 1.0, 0.0, 0.0], [0, 0, 1, 0.5, 0.25]),
        # Who writes down nothing but bad days is ill on the first of them, and better on days without a word.
        ([np.nan, np.nan, 1.0, 1.0, np.nan, np.nan], [np.nan, np.nan, 1, 1.5, 0.75, np.nan]),
        ([1.0] * 6, [1, 1.5, 1.75, 1.875, 1.9375, 1.96875]),
    ],
)
def test_an_illness_counts_from_its_first_note_and_halves_after_its_last(
    notes: list[float], left: list[float]
) -> None:
    days = days_of(diary={"illness": notes})
    assert told("illness_injury_lingering", days) == pytest.approx(left, nan_ok=True, abs=2e-3)


def test_sweat_holds_the_sodium_that_barnes_measured() -> None:
    """Barnes 2019: 51.7 mmol an hour in 1.28 L an hour; 22.99 mg a mmol."""
    assert pytest.approx(51.7 / 1.28 * 22.99 / 1000, rel=5e-3) == electrolytes.SWEAT_SODIUM_MG_PER_ML


def test_the_best_of_easy_runs_does_not_make_them_hard() -> None:
    """Ten runs at 2.8 m/s, all felt as a 3: the line through their best efforts would be 2.8 m/s, nobody's threshold."""
    recorded = [{"speed_mps": np.full(2400, 2.8)}] * 10
    easy = runs(*recorded, distance_m=6720.0, session_rpe=3.0)
    assert np.isnan(easy.once(thresholds.threshold_speed_mps)).all()
    assert np.isnan(easy.each(intensity.effort_of_pace)).all()
    assert easy.each(intensity.effort_by_all)[-1] == pytest.approx(0.3 + 0.07 * 3)


@pytest.mark.parametrize(
    ("felt", "pulse"), [([3.0] * 9 + [9.0, 3.0], np.nan), (np.nan, 170.0)], ids=["by feeling", "by heart"]
)
def test_a_race_tells_how_hard_the_runs_after_it_are(felt: object, pulse: float) -> None:
    """40 minutes at 4 m/s, known as hard by what was felt or by a heart at 170 of 185: at 2.8 m/s then .85 x 2.8 / 4."""
    jog, race = {"speed_mps": np.full(2400, 2.8)}, {"speed_mps": np.full(2400, 4.0), "hr_bpm": pulse}
    days = runs(*[jog] * 9, race, jog, distance_m=[6720.0] * 9 + [9600.0, 6720.0], session_rpe=felt)
    pace = days.each(intensity.effort_of_pace)
    assert np.isnan(pace[:9]).all()
    assert pace[9:] == pytest.approx([0.85, 0.85 * 2.8 / 4], rel=5e-3)


def test_training_used_what_a_device_tells_beyond_rest() -> None:
    """Two hours of 70 kg at rest are 140 kcal, which a day without training uses too; never below none."""
    ride = days_of([120], sport="cycling", energy_kcal=1_000.0)
    assert told("training_energy_1d_kcal", ride)[0] == pytest.approx(860)
    stroll = days_of([120], sport="walking", energy_kcal=100.0)
    assert told("training_energy_1d_kcal", stroll)[0] == 0


def test_rest_is_added_once_to_what_makes_sweat() -> None:
    """An hour at 26 degC, 70 kg: 600 kcal of a device hold the rest already; the 602 that the way costs are net of 70."""
    per_kcal = 4.184 * 0.8 / 2.43
    told_by_device = in_weather(days_of([60], energy_kcal=600.0), 26.0, 26.0)
    assert told("sweat_loss_1d_ml", told_by_device)[0] == pytest.approx(600 * per_kcal, rel=1e-4)
    told_by_way = in_weather(days_of([60], energy_kcal=600.0, distance_m=10_000.0), 26.0, 26.0)
    assert told("sweat_loss_1d_ml", told_by_way)[0] == pytest.approx((602.3 + 70) * per_kcal, rel=1e-4)
    unweighed = in_weather(days_of([60], distance_m=10_000.0, athletes={"mass_kg": [np.nan]}), 26.0, 26.0)
    assert told("sweat_loss_1d_ml", unweighed)[0] == pytest.approx((602.3 + 70) * per_kcal, rel=1e-4)


EFFORT, FAR, MASS = {"session_rpe": 5.0}, {"distance_m": 10_000.0}, {"mass_kg": 70.0}
SUFFICES: dict[str, tuple[dict[str, object], dict[str, float]]] = {
    "glycogen_depletion": (FAR | EFFORT, MASS | {"carbohydrate_g": 300.0}),
    "energy_deficit": (FAR, MASS | {"energy_intake_kcal": 2500.0}),
    "macronutrient_balance": ({}, MASS | {"carbohydrate_g": 300.0, "fat_g": 80.0, "protein_g": 90.0}),
    "micronutrients": ({}, {"iron_mg": 9.0, "vitamin_b6_mg": 1.0, "vitamin_b12_ug": 2.0}),
    "metabolic_byproducts": (EFFORT, {}),
    "cardiovascular_strain": (EFFORT, {}),
    "muscle_damage": (FAR | {"descent_m": 100.0}, {}),
    "overstriding": (FAR | {"cadence_mean_spm": 170.0}, {}),
    "weak_support_muscles": ({"sport": ["strength"] + ["running"] * 34}, {}),
    "worn_footwear": (FAR | {"shoe_id": ["old"] * 20 + ["new"] * 15}, {}),
    "dehydration": (FAR, MASS | {"fluid_ml": 2500.0}),
    "electrolyte_loss": (
        FAR,
        {"sodium_mg": 2000.0, "potassium_mg": 3000.0, "magnesium_mg": 300.0, "calcium_mg": 900.0},
    ),
    "too_much_too_soon": (EFFORT, {}),
    "overreaching": (EFFORT, {}),
    "insufficient_recovery": (EFFORT, {}),
    "intensity_imbalance": (EFFORT, {}),
    "fast_start": ({"first_half_time_s": 1700.0}, {}),
    "low_conditioning": (EFFORT, {}),
    "poor_sleep": ({}, {"sleep_h": 7.0}),
    "stress_and_mood": ({}, {"stress_score": 4.0, "mood_score": 6.0}),
    "illness_or_condition": ({}, {"illness": 0.0}),
}
"""What each factor is said to need in a log (`Factor.to_log`), of runs and of days; heat is below."""


@pytest.mark.parametrize("factor", SUFFICES)
def test_what_a_factor_is_said_to_need_is_enough_for_its_dose(factor: str) -> None:
    runs_of, diary_of = SUFFICES[factor]
    logged = {name: [value] * 35 for name, value in diary_of.items()} or {"steps": [9000.0] * 35}
    days = days_of(
        [60] * 35, diary=logged, athletes={"mass_kg": [np.nan]}, **{"session_rpe": np.nan} | runs_of
    )
    doses_of = [f for f in catalog("evening").doses() if f.factor == factor]
    assert np.isfinite(days.once(doses_of[0].compute)[-1])


def test_heat_needs_the_place_the_start_and_the_effort_of_runs() -> None:
    days = in_weather(days_of([60], athletes={"mass_kg": [np.nan]}), 30.0, 30.0)
    assert np.isfinite(told("heat_dose_unaccustomed_c_min", days)[0])
