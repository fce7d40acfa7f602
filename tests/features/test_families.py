"""Families of features against hand-worked days."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.cohort import Cohort
from heavylegs.data.simulate import simulate
from heavylegs.data.wbgt import simplified_wbgt_c
from heavylegs.features import (
    doses,
    effort,
    electrolytes,
    environment,
    history,
    hydration,
    load,
    muscles,
    nutrients,
    overload,
    progression,
    recovery,
    sleep,
    sweat,
    training,
    windows,
)
from heavylegs.features.catalog import catalog
from heavylegs.features.days import Days
from heavylegs.features.factors import NAMED
from heavylegs.features.matrix import build_matrix
from heavylegs.features.nutrition import carbohydrate, energy

MONDAY = pd.Timestamp("2024-01-01")


def days_of(loads=(), diary=None, ratings=None, athletes=None, **columns) -> Days:
    """One athlete's days from MONDAY on, one run a day with a load (RPE 5), diary and ratings as given."""
    count = max(len(loads), len(next(iter(diary.values()))) if diary else 0, len(ratings or ()))
    day = pd.date_range(MONDAY, periods=count)
    trained = [i for i, minutes in enumerate(loads) if minutes]
    activities = pd.DataFrame(
        {
            "activity_id": [f"r{i}" for i in trained],
            "athlete_id": "a",
            "day": day[trained],
            "start_time": (day[trained] + pd.Timedelta(hours=10)).tz_localize("UTC"),
            "sport": "running",
            "duration_s": [60.0 * loads[i] for i in trained],
            "session_rpe": 5.0,
            **columns,
        }
    )
    tables = {
        "athletes": pd.DataFrame({"athlete_id": ["a"], "mass_kg": [70.0], **(athletes or {})}),
        "diary": pd.DataFrame({"athlete_id": "a", "day": day, **(diary or {})}),
    }
    if trained:
        tables["activities"] = activities
    if ratings is not None:
        logged = [i for i, r in enumerate(ratings) if r is not None]
        tables["ratings"] = pd.DataFrame(
            {
                "athlete_id": "a",
                "day": day[logged],
                "fatigue": [ratings[i] for i in logged],
                "fatigue_native": [ratings[i] for i in logged],
                "scale_min": 0.0,
                "scale_max": 10.0,
                "scale_direction": 1.0,
            }
        )
    return Days.of(Cohort.from_tables("hand", tables))


def test_session_rpe_load_is_rpe_times_minutes():
    assert days_of([60, 0, 30]).once(load.load_1d).tolist() == [300, 0, 150]


def test_days_before_the_first_session_and_forgotten_days_are_unknown_not_rest():
    days = days_of([0, 60, 0, 0], diary={"training_logged": [1.0, 1.0, 0.0, 1.0]})
    assert days.once(load.load_1d).tolist() == pytest.approx([np.nan, 300, np.nan, 0], nan_ok=True)


def test_rest_days_tell_nothing_of_what_is_never_logged():
    """Else 0 on rest days and NaN on others would tell rest from training to a heat feature without weather."""
    days = days_of([60, 0, 60])
    assert np.isnan(days.once(environment.heat_dose)).all()
    assert np.isnan(days.once(carbohydrate.carbohydrate_demand)).all()
    gym_first = days_of([60, 0, 60], sport=["strength", "running"])
    assert np.isnan(gym_first.once(environment.heat_dose)).all()


def test_without_perceived_exertion_heart_rate_stands_in():
    days = days_of(
        [60], session_rpe=np.nan, hr_mean_bpm=140.0, athletes={"hr_max_bpm": [190.0], "hr_rest_bpm": [50.0]}
    )
    share = (140 - 50) / (190 - 50)
    assert days.once(load.load_1d)[0] == pytest.approx((share - 0.3) / 0.07 * 60, rel=1e-4)


def test_monotony_of_fosters_even_week_is_capped_and_a_week_of_rest_is_zero():
    assert days_of([60] * 7).once(load.monotony)[-1] == 4
    assert days_of([60] + [0] * 8).once(load.monotony)[-1] == 0


def test_monotony_is_mean_over_sd_of_the_week():
    minutes = [60, 0, 30, 90, 0, 45, 120]
    au = 5 * np.array(minutes)
    assert days_of(minutes).once(load.monotony)[-1] == pytest.approx(au.mean() / au.std(ddof=1), rel=1e-4)


def test_session_spike_compares_with_the_thirty_days_before():
    days = days_of([60, 30, 60, 0, 30, 60, 40, 120])
    assert days.once(load.session_spike)[-1] == pytest.approx(2.0)


def test_a_long_run_after_a_month_of_rest_is_the_greatest_spike_there_is():
    days = days_of([60] + [0] * 35 + [60], distance_m=[12_000.0, 12_000.0])
    assert days.once(load.run_distance_spike)[-1] == pytest.approx(4)
    assert days.once(load.session_spike)[-1] == 5
    assert days.once(doses.too_soon)[-2:].tolist() == pytest.approx([0, 2 * 2 + (12 / 5 - 1.1)])


def test_a_jog_after_a_month_of_rest_is_not():
    assert days_of([60] + [0] * 35 + [20], distance_m=3_000.0).once(doses.too_soon)[-1] == 0


def test_load_week_ratio_is_uncoupled():
    days = days_of([30] * 21 + [60] * 7)
    assert days.once(load.load_week_ratio)[-1] == pytest.approx(2.0)


def test_carbohydrate_is_need_less_eaten():
    # 10 km at 70 kg on the level: 3.6 x 10,000 x 70 J = 602 kcal; RPE 5 is .65 of the reserve: half carbohydrate.
    days = days_of([60], diary={"carbohydrate_g": [200.0]}, distance_m=10_000.0)
    used = 3.6 * 10_000 * 70 / 4184 * 0.5 / 4
    assert days.once(carbohydrate.carbohydrate_demand)[0] == pytest.approx(used, rel=1e-4)
    assert days.once(carbohydrate.carbohydrate_shortfall)[0] == pytest.approx(
        (used + 210 - 200) / 70, rel=1e-3
    )


def test_food_that_was_not_logged_is_not_a_fast():
    days = days_of([60], diary={"carbohydrate_g": [np.nan]}, distance_m=10_000.0)
    assert np.isnan(days.once(carbohydrate.carbohydrate_shortfall)[0])
    assert np.isfinite(days.once(carbohydrate.carbohydrate_demand)[0])


def test_shares_within_the_article_ranges_are_no_imbalance():
    # 55 % carbohydrate, 27 % fat, 18 % protein of 2,000 kcal
    food = {"carbohydrate_g": [275.0] * 3, "fat_g": [60.0] * 3, "protein_g": [90.0] * 3}
    assert days_of(diary=food).once(nutrients.macronutrient_imbalance)[-1] == pytest.approx(0, abs=1e-5)


def test_weighed_sweat_stands_before_the_estimate():
    days = days_of([60], distance_m=10_000.0, mass_before_kg=70.0, mass_after_kg=69.2, fluid_during_ml=400.0)
    assert days.once(hydration.sweat_loss)[0] == pytest.approx(1200, abs=1)


def test_fluid_deficit_is_percent_of_body_mass():
    days = days_of(
        [60], diary={"fluid_ml": [2100.0]}, mass_before_kg=70.0, mass_after_kg=68.6, fluid_during_ml=0.0
    )
    need = 32.5 * 70 + 1400
    assert days.once(hydration.fluid_deficit)[0] == pytest.approx((need - 2100) / 700, rel=1e-3)


def test_heat_dose_counts_from_the_mark_and_only_with_weather():
    start = pd.Timestamp("2024-01-01 10:00", tz="UTC")
    days = days_of([60], place_id="here")
    assert np.isnan(days.once(environment.heat_dose)[0])
    weather = pd.DataFrame(
        {"place_id": "here", "time": [start, start + pd.Timedelta(hours=1)], "temperature_c": 30.0,
         "relative_humidity_pct": 60.0}
    )  # fmt: skip
    tables = {**days.cohort.tables(), "weather": weather}
    hot = Days.of(Cohort.from_tables("hand", tables))
    wbgt = simplified_wbgt_c([30.0], [60.0])[0]
    assert wbgt == pytest.approx(0.567 * 30 + 0.393 * 0.6 * 42.4 + 3.94, abs=0.1)
    assert hot.once(environment.heat_dose)[0] == pytest.approx((wbgt - 15) * 60 * 0.65, rel=1e-3)


def test_sleep_debt_sums_what_seven_nights_lack():
    days = days_of(diary={"sleep_h": [8, 8, 6, 8, 7, 8, 5.0]}, athletes={"sleep_need_h": [8.0]})
    assert days.once(sleep.sleep_debt)[-1] == pytest.approx(2 + 1 + 3)


def test_a_surplus_of_sleep_pays_no_debt():
    days = days_of(diary={"sleep_h": [10.0] * 7}, athletes={"sleep_need_h": [8.0]})
    assert days.once(sleep.sleep_debt)[-1] == 0


def test_own_level_is_drawn_to_the_middle_while_reports_are_few():
    days = days_of(ratings=[9.0] * 20)
    level = days.once(catalog("evening")["usual_mean_0_10"].compute)
    assert level[0] == pytest.approx(5 + 4 * 1 / 6)
    assert level[-1] == pytest.approx(5 + 4 * 20 / 25)


def test_the_own_usual_of_a_young_log_is_the_mean_of_its_mornings_and_not_the_first():
    days = days_of(ratings=[10.0] + [2.0] * 13)
    assert days.once(history.fatigue_ewma_28)[-1] == pytest.approx(36 / 14, abs=0.2)


def test_the_weekday_pattern_is_that_of_the_coming_morning():
    # Mondays are bad, all else is alike.
    ratings = [8.0 if i % 7 == 0 else 4.0 for i in range(42)]
    pattern = days_of(ratings=ratings).once(history.same_weekday)
    assert pattern[-1] > 0.5  # of a Monday, seen from Sunday
    assert (pattern[-7:-1] < 0).all()


@pytest.mark.parametrize(("grade", "cost"), [(0.0, 3.40), (-0.20, 1.73), (0.45, 18.93)])
def test_cost_of_running_meets_minettis_measurements(grade, cost):
    """The polynomial stays within the scatter of what Minetti 2002 measured (SD .2 to 1.5 J/kg/m)."""
    assert effort.cost_of_running([grade])[0] == pytest.approx(cost, abs=0.75)


def test_every_factor_has_two_features_and_an_input():
    for factor in NAMED:
        mine = [f for f in catalog() if f.factor == factor]
        assert len(mine) >= 2, factor
        assert any(f.role == "input" for f in mine), factor


def test_every_factor_speaks_on_the_default_simulated_cohort():
    matrix = build_matrix(simulate(athletes=6, days=150).cohort)  # until a second pair of shoes
    for factor in NAMED:
        inputs = [f.name for f in matrix.catalog.inputs() if f.factor == factor and f.known == "evening"]
        assert matrix.frame[inputs].notna().any(axis=1).mean() > 0.2, factor


def test_a_debt_is_carried_paid_back_and_bounded():
    offsets = np.array([0, 6, 9], dtype=np.int32)
    x = [2, 1, -5, 4, 9, 0, 3, -1, 2]
    hand = [2, 2, 0, 4, 7, 3.5, 3, 0.5, 2.25]
    carried = windows.carried(x, offsets, kept=0.5, most=7)
    known = ~np.isnan(carried)
    assert carried[known] == pytest.approx(np.array(hand)[known], abs=0.01)
    assert known.tolist() == [False, *[True] * 5, False, True, True]


def test_a_debt_over_two_unlogged_days_is_not_known():
    x = np.array([1, 1, 1, np.nan, np.nan, np.nan], dtype=np.float32)
    carried = windows.carried(x, np.array([0, 6], dtype=np.int32), kept=0.5)
    assert np.isnan(carried).tolist() == [True, False, False, False, True, True]


def test_glycogen_debt_is_need_less_eaten_and_never_beyond_the_stores():
    # No training: 4 g/kg needed. 3 g/kg eaten leave 1 g/kg, of which 60 % lasts: 1, 1.6, 1.96; fasting meets the bound.
    eaten = [210.0] * 3
    days = days_of([60] + [0] * 2, diary={"carbohydrate_g": eaten}, distance_m=1e-3)
    assert days.once(carbohydrate.glycogen_debt)[2] == pytest.approx(1.96, abs=0.01)
    fast = days_of([60] + [0] * 9, diary={"carbohydrate_g": [0.0] * 10}, distance_m=1e-3)
    assert fast.once(carbohydrate.glycogen_debt)[-1] == 7


def test_energy_availability_is_what_training_leaves_a_kg_of_fat_free_mass():
    # Loucks' form: (2,570 - 602) / (70 x 0.8) is near 35: 10 short of 45.
    food = {"energy_intake_kcal": [2570.0] * 7, "body_fat_pct": [20.0] * 7}
    days = days_of([60] * 7, diary=food, distance_m=10_000.0)
    left = (2570 - 3.6 * 10_000 * 70 / 4184) / 56
    assert days.once(energy.energy_availability_3d)[-1] == pytest.approx(left, rel=1e-3)
    assert days.once(energy.energy_availability_short)[-1] == pytest.approx(45 - left, rel=1e-3)


def test_carbohydrate_during_counts_only_past_an_hour():
    days = days_of([90, 45], carbohydrate_during_g=30.0)
    assert days.once(carbohydrate.carbohydrate_during).tolist() == pytest.approx([20, np.nan], nan_ok=True)
    assert days.once(carbohydrate.carbohydrate_during_short).tolist() == pytest.approx([15, 0])


def test_iron_is_judged_by_the_reference_of_the_sex():
    food = {"iron_mg": [9.0] * 8}
    woman = days_of(diary=food, athletes={"sex": ["female"]})
    man = days_of(diary=food, athletes={"sex": ["male"]})
    assert nutrients.shortfall(woman, "iron_mg", nutrients.IRON_MG, 28)[-1] == pytest.approx(0.5)
    assert nutrients.shortfall(man, "iron_mg", nutrients.IRON_MG, 28)[-1] == 0


def test_own_sweat_rate_is_learned_from_weighed_runs():
    weighed = {"mass_before_kg": [70.0] * 6 + [np.nan], "mass_after_kg": [68.5] * 6 + [np.nan]}
    days = days_of([60] * 7, distance_m=10_000.0, fluid_during_ml=0.0, **weighed)
    estimate = days.each(sweat.estimated_sweat_loss_ml)[-1]
    usual = 1 + (1500 / estimate - 1) * 6 / 7
    assert days.once(hydration.sweat_loss)[-1] == pytest.approx(usual * estimate, rel=1e-3)


def test_sodium_lost_is_forty_millimoles_a_litre():
    days = days_of(
        [60], diary={"sodium_mg": [1500.0]}, mass_before_kg=70.0, mass_after_kg=69.0, fluid_during_ml=0.0
    )
    assert days.once(electrolytes.sodium_deficit)[0] == pytest.approx(40 * 22.99, rel=0.02)


def test_the_body_gets_used_to_downhill_running():
    """Repeated bouts: the tenth descent of 300 m wears less than the first."""
    days = days_of([60] * 10, distance_m=10_000.0, descent_m=300.0)
    wear = days.once(muscles.eccentric_dose_unaccustomed)
    assert wear[0] == pytest.approx(300 * 0.06 + 1.5, rel=1e-3)
    assert wear[9] < 0.25 * wear[0]


def test_without_strength_training_logged_ever_nothing_is_said_of_it():
    assert np.isnan(days_of([60] * 20).once(muscles.run_hours_without_strength)).all()


def test_a_third_more_than_usual_is_a_rise_beyond_ten_per_cent():
    days = days_of([60] * 28, distance_m=[10_000.0] * 21 + [13_000.0] * 7)
    assert days.once(progression.rise_beyond_convention)[-1] == pytest.approx(0.2, abs=1e-4)
    assert days.once(progression.week_distance)[-1] == pytest.approx(91_000, rel=1e-4)


def test_the_first_run_far_beyond_the_longest_stands_out():
    days = days_of([60] * 10, distance_m=[10_000.0] * 9 + [20_000.0])
    assert days.once(progression.run_beyond_longest)[-2:].tolist() == pytest.approx([0, 0.9])


def test_a_layoff_is_counted_up_to_the_day_of_return():
    days = days_of([60, 0, 0, 0, 60])
    assert days.once(progression.days_since_run).tolist() == pytest.approx([np.nan, 1, 2, 3, 4], nan_ok=True)


def test_polarised_training_scores_above_two_and_all_threshold_zero():
    # Treff 2019: 75 % easy, 5 % middle, 20 % hard give log10(75 / 5 x 20) = 2.48.
    rpe = [4.0] * 15 + [6.0] + [9.0] * 4
    days = days_of([60] * 20, session_rpe=rpe)
    assert days.once(training.polarisation)[-1] == pytest.approx(np.log10(0.75 / 0.05 * 0.2 * 100), abs=0.01)
    assert days_of([60] * 20, session_rpe=6.0).once(training.polarisation)[-1] == 0


def test_a_run_the_day_after_a_hard_one_is_run_on_tired_legs():
    days = days_of([60, 60, 0, 0, 0, 60], session_rpe=[8.0, 4.0, 4.0])
    tired = days.once(training.load_on_tired_legs)
    assert tired[1] > 0
    assert tired[5] == 0


def test_pace_at_the_same_heart_rate_falls():
    metres = [10_000.0] * 42 + [9_000.0] * 14
    days = days_of([60] * 56, distance_m=metres, hr_mean_bpm=150.0)
    assert days.once(overload.pace_at_heart_rate_trend)[-1] == pytest.approx(10, rel=1e-3)


def test_illness_fades_by_half_a_day():
    ill = [0.0, 1.0, 0.0, 0.0]
    left = days_of(diary={"illness": ill}).once(recovery.illness_lingering)
    assert left[1:].tolist() == pytest.approx([1, 0.5, 0.25], abs=0.01)


def test_impossible_days_stay_finite():
    """What the schema would refuse must not become an infinity either: a table may be built by hand."""
    food = {
        "energy_intake_kcal": [20_000.0, 0.0] * 20,
        "carbohydrate_g": [0.0, 9_000.0] * 20,
        "protein_g": 0.0,
        "fat_g": 0.0,
        "hrv_rmssd_ms": [0.0, 60.0] * 20,
        "mass_kg": 70.0,
    }
    runs = {
        "duration_s": [-60.0, 0.0, 1.0, 3600.0] * 10,
        "distance_m": 0.0,
        "descent_m": 50.0,
        "hr_mean_bpm": 300.0,
    }
    good = days_of([60] * 40).cohort
    bad = replace(good, diary=good.diary.assign(**food), activities=good.activities.assign(**runs))
    frame = build_matrix(bad).frame
    assert not np.isinf(frame.to_numpy()).any()
    assert np.isnan(frame["energy_availability_1d_kcal_per_kg"].to_numpy()[0])
    assert frame["glycogen_debt_g_per_kg"].max() <= 7
