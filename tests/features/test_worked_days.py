"""What single features say of a day that anyone can work out by hand: sign, window, lag and unit of each."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.cohort import Cohort
from heavylegs.features import body, environment, sleep, sweat, thresholds
from heavylegs.features.catalog import catalog
from heavylegs.features.days import Days
from heavylegs.features.matrix import build_matrix

from .test_families import MONDAY, days_of

LN2 = float(np.log(2))
KM = 1000.0


class Worked(NamedTuple):
    """A feature, the log of one athlete, and its value on the last day, or on `day`."""

    feature: str
    log: dict[str, object]
    value: float
    day: int = -1


def diary(column: str, *values: float) -> dict[str, object]:
    return {"diary": {column: list(values)}}


def told(feature: str, days: Days) -> np.ndarray:
    return days.once(catalog("morning")[feature].compute)


# Ten usual days, then two that are not: the usual is of the days before, yesterday's among them.
TWO_LOW, TWO_HIGH = [8.0] * 10 + [6.0, 6.0], [2.0] * 10 + [4.0, 4.0]
OFF = 2 - 2 / 11

ANSWERS = [
    Worked("soreness_above_usual", diary("soreness_score", *TWO_HIGH), OFF),
    Worked("stress_above_usual", diary("stress_score", *TWO_HIGH), OFF),
    Worked("mood_below_usual", diary("mood_score", *TWO_LOW), OFF),
    Worked("readiness_below_usual", diary("readiness_score", *TWO_LOW), OFF),
    Worked("sleep_quality_below_usual", diary("sleep_quality_score", *TWO_LOW), OFF),
    Worked("soreness_rise_7d", diary("soreness_score", *[2.0] * 28, *[5.0] * 7), 3),
    Worked("strain_of_mind_3d", {"diary": {"stress_score": [6.0], "mood_score": [3.0]}}, 6.5),
    Worked("illness_injury_7d_share", {"diary": {"illness": [0.0] * 6, "injury": [0.0] * 4 + [1.0, np.nan]}}, 1 / 6),
]  # fmt: skip
HEART = [
    Worked("hrv_below_usual_ln_ms", diary("hrv_rmssd_ms", *[60.0] * 53, *[30.0] * 7), 53 / 60 * LN2),
    Worked("last_night_hrv_below_usual_ln_ms", diary("hrv_rmssd_ms", *[60.0] * 20, 30.0), LN2, day=-2),
    Worked("resting_hr_deviation_bpm", diary("resting_hr_bpm", *[50.0] * 10, 58.0), 8),
    Worked("resting_hr_rise_7d_bpm", diary("resting_hr_bpm", *[50.0] * 28, *[54.0] * 7), 4),
    Worked("night_hr_above_usual_bpm", diary("night_hr_bpm", *[50.0] * 10, 58.0), 8),
    Worked("last_night_hr_above_usual_bpm", diary("night_hr_bpm", *[50.0] * 10, 58.0), 8, day=-2),
]
SLEEP = [
    Worked("last_night_sleep_below_usual_h", diary("sleep_h", *[8.0] * 10, 6.0), 2, day=-2),
    Worked("sleep_last_known_shortfall_h", diary("sleep_h", *[8.0] * 10, 6.0), 2),
    Worked("last_night_sleep_shortfall_h", diary("sleep_h", *[8.0] * 10, 6.0), 2, day=-2),
    Worked("sleep_debt_3d_h", diary("sleep_h", *[8.0] * 10, 7.0, 6.0), 3),
    Worked("sleep_debt_14d_h", diary("sleep_h", *[8.0] * 10, 7.0, 6.0), 3 / 12 * 14),
    # The coming night counts two and a half times; one that nobody logged counts as those before it.
    Worked("sleep_debt_with_last_night_h", diary("sleep_h", *[8.0] * 10, 7.0, 6.0), 1 + 2.5 * 2, day=-2),
    Worked("sleep_debt_with_last_night_h", diary("sleep_h", *[7.0] * 7, np.nan), 6 + 2.5, day=-2),
]
EATEN = [
    Worked("fluid_below_usual_ml", diary("fluid_ml", *[2500.0] * 10, 1500.0), 1000),
    Worked("meals_below_usual", diary("meals", *[4.0] * 10, 1.0), 3),
    Worked("mass_below_usual_pct", diary("mass_kg", 70.0, 70.0, 69.3), 1),
    Worked("mass_below_usual_pct", diary("mass_kg", *[70.0] * 7, 60.0), 5),  # more is an error of the scales
    Worked("mass_change_overnight_pct", diary("mass_kg", 68.0, 70.0, 69.3), 1),
    Worked("alcohol_1d", {"diary": {"alcohol_g": [0.0], "alcohol": [1.0]}}, 0),
    Worked("alcohol_7d_g", diary("alcohol_g", *[10.0, np.nan] * 4), 70),
    Worked("carbohydrate_eaten_1d_g_per_kg", diary("carbohydrate_g", 280.0), 4),
    Worked("protein_shortfall_7d_g_per_kg", diary("protein_g", *[70.0] * 3), 0.4),
    Worked("carbohydrate_share_7d_pct", {"diary": {"carbohydrate_g": [225.0] * 3, "fat_g": [100.0] * 3, "protein_g": [50.0] * 3}}, 45),
    Worked("potassium_shortfall_7d_share", {**diary("potassium_mg", *[1700.0] * 3), "athletes": {"sex": ["male"]}}, 0.5),
    Worked("energy_balance_3d_kcal_per_kg", {**diary("energy_intake_kcal", *[3000.0] * 3), "loads": [60, 0, 0], "distance_m": 1e-3}, 3000 / 70 - 24 * 1.35),
]  # fmt: skip
LOAD = [
    Worked("load_2d_au", {"loads": [90, 30, 60]}, 450),
    Worked("load_3d_au", {"loads": [90, 30, 60]}, 300),
    Worked("load_unaccustomed_ratio", {"loads": [30] * 20 + [60]}, 2),
    Worked("session_spike_ratio", {"loads": [120] + [30] * 29 + [60]}, 0.5),  # thirty days ago still counts,
    Worked("session_spike_ratio", {"loads": [120] + [30] * 30 + [60]}, 2),  # the day before that does not
    Worked("day_beyond_30_pct_of_week", {"loads": [30] * 20 + [120]}, 120 / (7 * 30) - 0.3),
    Worked("session_beyond_greatest_30d_ratio", {"loads": [30] * 29 + [60]}, 2 - 1.1),
    Worked("session_beyond_greatest_30d_ratio", {"loads": [60] * 29 + [30]}, 0),
    # Where no distance is logged: twice the day's spike, and the rise of the week.
    Worked("too_soon", {"loads": [30] * 29 + [60]}, 2 * (2 - 1.1) + (6 * 30 + 60) / (7 * 30) - 1.1),
    Worked("strain_7d_au", {"loads": [60] * 7}, 7 * 300 * 4),
    Worked("days_since_rest_d", {"loads": [60, 0, 60, 60]}, 2),
    Worked("hard_minutes_1d_min", {"loads": [60], "session_rpe": 7.0}, 60),
    Worked("hard_minutes_1d_min", {"loads": [60], "session_rpe": 6.0}, 0),
    Worked("hard_days_beyond_two_7d", {"loads": [60] * 7, "session_rpe": [8.0, 3.0] * 3 + [8.0]}, 2),
    Worked("hard_days_in_a_row_d", {"loads": [60] * 4, "session_rpe": [8.0, 3.0, 8.0, 8.0]}, 2),
    Worked("overload_sustained_7d_ratio", {"loads": [60] * 20}, 0),
    # Six days in a row, too light to tire anyone or to be rest: one beyond five.
    Worked("recovery_shortfall", {"loads": [60, 0, *[20] * 6], "session_rpe": 1.0}, 0.3),
]
DISTANCE = [
    Worked("run_distance_week_ratio", {"loads": [60] * 28, "distance_m": [10 * KM] * 21 + [13 * KM] * 7}, 1.3),
    Worked("run_distance_two_week_ratio", {"loads": [60] * 28, "distance_m": [10 * KM] * 14 + [15 * KM] * 14}, 1.5),
    Worked("load_rise_7d_au", {"loads": [30] * 7 + [60] * 7}, 7 * 150),
    Worked("run_share_of_usual_week", {"loads": [60] * 21, "distance_m": [10 * KM] * 20 + [21 * KM]}, 0.3),
    Worked("longest_run_30d_m", {"loads": [60] * 10, "distance_m": [10 * KM] * 9 + [21 * KM]}, 10 * KM),
    Worked("run_days_28d", {"loads": [60, 0] * 14}, 3.5),
    Worked("weeks_of_running_12w", {"loads": [60] + [0] * 13}, 12 * 0.5 * 14 / 84),
    Worked("descent_unaccustomed_m", {"loads": [60] * 3, "descent_m": [100.0, 100.0, 300.0]}, 100),
    # 2 sessions a week lack to the advised 2 where there was 1 in a fortnight: .5 of them.
    Worked("run_hours_without_strength_h", {"loads": [60] * 14, "sport": ["strength"] + ["running"] * 13}, 1.5),
    Worked("days_since_strength_d", {"loads": [60] * 4, "sport": ["strength"] + ["running"] * 3}, 3),
]  # fmt: skip
REPORTS = [
    Worked("fatigue_last_0_10", {"ratings": [3.0, 4.0, None]}, 4),
    Worked("fatigue_raised_14d", {"ratings": [3.0] * 42 + [5.0] * 14}, 2),
    Worked("ratings_28d", {"ratings": [3.0, None] * 20}, 14),
    Worked("weekday_0_6", {"ratings": [3.0]}, 1),  # after a Monday
    Worked("weekday_0_6", {"ratings": [3.0] * 7}, 0),
]


@pytest.mark.parametrize(
    "worked",
    [*ANSWERS, *HEART, *SLEEP, *EATEN, *LOAD, *DISTANCE, *REPORTS],
    ids=lambda w: w.feature,
)
def test_a_day_worked_out_by_hand(worked: Worked) -> None:
    days = days_of(**worked.log)
    assert told(worked.feature, days)[worked.day] == pytest.approx(worked.value, rel=2e-3, abs=1e-3)


def test_a_week_of_more_load_is_above_what_is_usual() -> None:
    assert told("load_above_chronic_au", days_of([30] * 21 + [90] * 7))[-1] > 50


@pytest.mark.parametrize("ago", [1, 2, 3])
def test_reports_of_the_last_days_are_told_apart(ago: int) -> None:
    days = days_of(ratings=[5.0] * 10 + [9.0, 5.0, 6.0, 5.0])
    newest = told("last_report_above_usual", days)
    np.testing.assert_array_equal(told(f"report_{ago}_ago_above_usual", days)[-4:], newest[-4 - ago : -ago])


def test_long_nights_of_the_week_do_not_raise_the_need_that_they_are_held_against() -> None:
    days = days_of(diary={"sleep_h": [7.0] * 14 + [9.0] * 7})
    assert days.once(sleep.need_before_week_h)[-1] == 7.5
    assert days.once(sleep.sleep_need_h)[-1] > 8


def test_half_of_what_the_run_lacked_is_added_to_what_the_day_lacked() -> None:
    """1.4 L of sweat, .4 L drunk in the run, the rest later: 1 L of 70 kg was missing on the way, nothing in the end."""
    weighed = {"mass_before_kg": 70.0, "mass_after_kg": 69.0}
    noted = days_of([60], diary={"fluid_ml": [5000.0]}, fluid_during_ml=400.0, **weighed)
    assert told("fluid_strain_1d_pct", noted)[0] == pytest.approx(0.5 * 1000 / 700, rel=1e-4)
    # Where the run was neither weighed nor its drinking noted, all that was sweated is missing.
    unnoted = days_of([60], diary={"fluid_ml": [5000.0]}, distance_m=10_000.0)
    sweat = told("sweat_loss_1d_ml", unnoted)[0]
    assert told("fluid_strain_1d_pct", unnoted)[0] == pytest.approx(0.5 * sweat / 700, rel=1e-4)
    assert np.isnan(told("run_fluid_deficit_1d_pct", unnoted)[0])


def test_sweat_comes_of_all_energy_also_of_what_resting_would_have_taken() -> None:
    """1 kcal/kg/h is added to what the way of a run costs, whatever the device says; what it says of a ride holds it."""
    run = days_of([60], distance_m=10 * KM, energy_kcal=999.0)
    ride = days_of([60], sport=["cycling"], energy_kcal=600.0)
    for days, kcal in ((run, 3.6 * 10_000 * 70 / 4184 + 70), (ride, 600)):
        expected = float(sweat.sweat_loss_ml(kcal, sweat.MILD_C))
        assert told("sweat_loss_1d_ml", days)[0] == pytest.approx(expected, rel=1e-4)


def test_a_third_of_a_sodium_debt_lasts_to_the_next_day() -> None:
    dry = {"mass_before_kg": 70.0, "mass_after_kg": 70.0, "fluid_during_ml": 0.0}  # no sweat
    debt = told("sodium_debt_mg", days_of([60, 0, 0], diary={"sodium_mg": [500.0] * 3}, **dry))
    assert debt[1:].tolist() == pytest.approx([1330, 1000 + 0.33 * 1330], abs=2)


@pytest.mark.parametrize(
    ("feature", "column"),
    [
        ("fluid_during_run_ml_per_h", "fluid_during_ml"),
        ("sodium_during_run_mg_per_h", "sodium_during_mg"),
    ],
)
def test_a_rate_is_over_the_hours_of_the_runs_in_which_it_was_noted(feature: str, column: str) -> None:
    rate = told(feature, days_of([90, 0, 60], **{column: [300.0, np.nan]}))
    assert rate.tolist() == pytest.approx([200, np.nan, np.nan], nan_ok=True)


def test_a_run_without_the_value_that_others_have_is_no_rest() -> None:
    """Rest days hold nothing of it once it was noted; a run that lacks it holds an unknown amount."""
    days = days_of([60, 0, 60], fluid_during_ml=[300.0, np.nan])
    drunk = days.per_day(days.activity("fluid_during_ml"))
    assert drunk.tolist() == pytest.approx([300, 0, np.nan], nan_ok=True)


def test_of_an_athlete_whom_no_table_describes_nothing_is_known() -> None:
    cohort = squad({"a": 30, "b": 60}).cohort
    described = cohort.athletes.assign(mass_kg=60.0).iloc[:1]
    told = Days.of(replace(cohort, athletes=described)).athlete("mass_kg")
    assert told.tolist() == pytest.approx([60, np.nan], nan_ok=True)


def test_the_best_speed_is_that_of_ninety_days() -> None:
    best = days_of([60] + [0] * 90, distance_m=12 * KM).once(thresholds.hour_speed_mps)
    assert best[[0, 89]].tolist() == pytest.approx([12 / 3.6] * 2)
    assert np.isnan(best[90])


def test_a_weight_stands_for_ninety_days_and_then_the_one_that_was_told() -> None:
    weighed = days_of(diary={"mass_kg": [60.0, *[np.nan] * 91]}).once(body.body_mass_kg)
    assert weighed[[0, 90, 91]].tolist() == [60, 60, 70]


def test_each_athletes_log_has_its_own_first_day() -> None:
    diary = pd.DataFrame({"athlete_id": [*"aab"], "day": [MONDAY, MONDAY + pd.Timedelta(days=2), MONDAY + pd.Timedelta(days=1)], "steps": 9000.0})  # fmt: skip
    assert build_matrix(Cohort.from_tables("hand", {"diary": diary})).days_into_log.tolist() == [0, 1, 2, 0]


# -- weather ---------------------------------------------------------------------------------------


def in_weather(days: Days, *celsius: float) -> Days:
    """Return the days with these temperatures at 60 % from 10:00 UTC of each on, one an hour, and all sessions there."""
    times = [
        (pd.Timestamp(day) + pd.Timedelta(hours=10 + n)).tz_localize("UTC")
        for day in days.number.astype("datetime64[D]")
        for n in range(len(celsius))
    ]
    weather = {"place_id": "here", "time": times, "temperature_c": list(celsius) * len(days), "relative_humidity_pct": 60.0}  # fmt: skip
    activities = days.cohort.activities.assign(place_id="here")
    tables = {**days.cohort.tables(), "activities": activities, "weather": pd.DataFrame(weather)}
    return Days.of(Cohort.from_tables("hand", tables))


def test_the_air_of_a_run_is_the_mean_of_its_hours_from_the_first_to_the_last() -> None:
    assert told("air_temperature_max_c", in_weather(days_of([60]), 20.0, 30.0))[0] == pytest.approx(25)
    # Six hours from 10:00 to 16:00 meet the noon; an hour without weather is passed over.
    sun = (20.0, 23.0, 26.0, 29.0, 28.0, np.nan, 24.0, 50.0)
    assert told("air_temperature_max_c", in_weather(days_of([360]), *sun))[0] == pytest.approx(25)
    assert np.isnan(told("air_temperature_max_c", in_weather(days_of([10]), np.nan, 20.0))[0])


def with_wbgt(days: Days, *by_hour: float) -> Days:
    """Return the days with these WBGTs in the hours that `in_weather` laid out."""
    weather = days.cohort.weather.assign(wbgt_c=list(by_hour) * len(days))
    return Days.of(replace(days.cohort, weather=weather))


def test_the_heat_of_a_run_is_the_wbgt_that_was_logged_and_in_hours_without_one_the_simplified() -> None:
    # From 10:00 to 12:00 in air of 30 degC and 60 %, where the simplified one is 30.92: vapour of 25.4 hPa.
    days = in_weather(days_of([120]), 30.0, 30.0, 30.0)
    assert told("wbgt_max_c", days)[0] == pytest.approx(30.92, abs=0.01)
    assert told("wbgt_max_c", with_wbgt(days, 24.0, 26.0, 28.0))[0] == pytest.approx(26.0)
    assert told("wbgt_max_c", with_wbgt(days, 24.0, np.nan, 28.0))[0] == pytest.approx(27.64, abs=0.01)
    noon = with_wbgt(days, 24.0, 26.0, 28.0)
    dose, simple = told("heat_dose_1d_c_min", noon)[0], told("heat_dose_1d_c_min", days)[0]
    assert dose / simple == pytest.approx((26 - 15) / (30.92 - 15), abs=0.002)


def test_a_wbgt_that_was_measured_needs_no_thermometer() -> None:
    blind = with_wbgt(in_weather(days_of([60]), np.nan, np.nan), 22.0, 24.0)
    assert told("wbgt_max_c", blind)[0] == pytest.approx(23.0)
    assert np.isnan(told("air_temperature_max_c", blind)[0])


def test_a_run_whose_hours_hold_no_wbgt_is_as_hot_as_where_none_is_logged_at_all() -> None:
    days = in_weather(days_of([60, 60]), 28.0, 20.0)
    other_day = with_wbgt(days, *[np.nan] * 2)
    other_day.cohort.weather.loc[[2, 3], "wbgt_c"] = 10.0
    heat = told("wbgt_max_c", other_day)
    assert heat[0] == told("wbgt_max_c", days)[0]
    assert heat[1] == 10.0


def test_a_gym_in_the_sun_is_a_gym() -> None:
    days = with_wbgt(in_weather(days_of([60], sport=["strength"]), 30.0, 30.0), 30.0, 30.0)
    assert np.isnan(told("wbgt_max_c", days)[0])


def test_the_first_hot_run_finds_a_body_that_nothing_has_accustomed() -> None:
    days = in_weather(days_of([60, 60]), 30.0, 30.0)
    dose, unaccustomed = told("heat_dose_1d_c_min", days), told("heat_dose_unaccustomed_c_min", days)
    assert unaccustomed[0] == dose[0] > 0
    assert unaccustomed[1] == pytest.approx(dose[1] / (1 + dose[0] / environment.HALVING_C_MIN), rel=1e-4)


def test_the_gym_is_without_the_suns_heat() -> None:
    days = in_weather(days_of([60, 60], sport=["running", "strength"]), 30.0, 30.0)
    assert told("heat_dose_1d_c_min", days)[1] == 0


# -- groups ----------------------------------------------------------------------------------------


def squad(minutes: dict[str, float]) -> Days:
    """Return one day of a group whose members ran so long, at an effort of 5; NaN where training was not logged."""
    ran = {who: m for who, m in minutes.items() if m > 0}
    activities = pd.DataFrame(
        {"activity_id": list(ran), "athlete_id": list(ran), "day": MONDAY, "sport": "running",
         "duration_s": [60.0 * m for m in ran.values()], "session_rpe": 5.0}
    )  # fmt: skip
    seen = pd.DataFrame({"athlete_id": list(minutes), "day": MONDAY, "mood_score": 5.0})
    athletes = pd.DataFrame({"athlete_id": list(minutes), "group_id": "squad"})
    return Days.of(
        Cohort.from_tables("hand", {"athletes": athletes, "activities": activities, "diary": seen})
    )


def test_the_load_of_the_group_is_the_mean_of_those_who_logged_theirs() -> None:
    days = squad({"a": 30, "b": 60, "c": 90, "d": 0})
    assert told("group_load_1d_au", days).tolist() == [300] * 4
    assert told("load_above_group_au", days)[:3].tolist() == [-150, 0, 150]


@pytest.mark.parametrize("later", [1, 2000])
def test_groups_do_not_share_their_days(later: int) -> None:
    """One begins a day, or years, after the other: a day of one is never the next day of the other."""
    who, started = np.repeat([*"abcdef"], 3), np.repeat([0, 0, 0, later, later, later], 3)
    day = MONDAY + pd.to_timedelta(np.tile([0, 1, 2], 6) + started, unit="D")
    minutes = np.tile([30.0, 60.0, 90.0], 6) * np.where(started, 2, 1)
    activities = pd.DataFrame(
        {"activity_id": [f"r{i}" for i in range(18)], "athlete_id": who, "day": day, "sport": "running",
         "duration_s": 60.0 * minutes, "session_rpe": 5.0}
    )  # fmt: skip
    athletes = pd.DataFrame({"athlete_id": [*"abcdef"], "group_id": ["early"] * 3 + ["late"] * 3})
    days = Days.of(Cohort.from_tables("hand", {"athletes": athletes, "activities": activities}))
    assert told("group_load_1d_au", days).tolist() == [150, 300, 450] * 3 + [300, 600, 900] * 3


def test_who_is_in_no_group_has_none_of_another() -> None:
    days = squad({"a": 30, "b": 60, "c": 90, "d": 60})
    athletes = days.cohort.athletes.assign(group_id=["squad"] * 3 + [None])
    told_of = Days.of(Cohort.from_tables("hand", {**days.cohort.tables(), "athletes": athletes}))
    assert told("group_load_1d_au", told_of).tolist() == pytest.approx([300] * 3 + [np.nan], nan_ok=True)


def test_two_are_no_group() -> None:
    assert np.isnan(told("group_load_1d_au", squad({"a": 30, "b": 60, "c": 0}))).all()
