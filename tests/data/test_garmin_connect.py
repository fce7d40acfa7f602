"""Garmin Connect's JSON: each kind is told by its content, vendor scores are told and not stored."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from heavylegs.data.cohort import Cohort
from heavylegs.data.readers.garmin_connect import read_garmin_connect
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .accounts import accounted

RUN = {
    "activityId": 7, "activityName": "Secret Title", "startTimeLocal": "2026-01-08 23:10:21", "startTimeGMT": "2026-01-09 05:10:21",
    "activityType": {"typeKey": "trail_running"}, "distance": 4261.2, "duration": 2223.3, "elapsedDuration": 2225.4, "movingDuration": 2216.0,
    "elevationGain": 151.0, "elevationLoss": 147.0, "averageHR": 142.0, "maxHR": 162.0, "calories": 390.0, "steps": 5310,
    "averageRunningCadenceInStepsPerMinute": 171.5, "startLatitude": 19.3, "ownerFullName": "Secret Name",
}  # fmt: skip


@pytest.fixture
def answers(tmp_path):
    """Return a function that writes documents as JSON files and returns their folder."""

    def write(*documents: object):
        for number, document in enumerate(documents):
            (tmp_path / f"{number}.json").write_text(json.dumps(document))
        return tmp_path

    return write


def cohort_of(path) -> Cohort:
    return accounted(read_garmin_connect(path, athlete="ann"))


def value(cohort: Cohort, day: str, column: str) -> float:
    return float(cohort.diary.set_index("day")[column][pd.Timestamp(day)])


def test_an_activity_comes_in_once_however_often_it_is_told(answers):
    details = {
        "activityId": 7,
        "activityTypeDTO": {"typeKey": "trail_running"},
        "summaryDTO": {"startTimeGMT": "2026-01-09T05:10:21.0", "startTimeLocal": "2026-01-08T23:10:21.0", "directWorkoutRpe": 70, "averageTemperature": 19.5, "distance": 4000.0},
    }  # fmt: skip
    cohort = cohort_of(
        answers(
            [RUN],
            [RUN, {**RUN, "activityId": 8, "startTimeGMT": "2026-01-10 05:10:21", "distance": None}],
            details,
        )
    )
    assert len(cohort.activities) == 2
    run = cohort.activities.iloc[0]
    assert run[["sport", "duration_s", "moving_time_s", "distance_m", "ascent_m", "hr_mean_bpm"]].tolist() == [
        "running", 2225.4, 2216.0, 4261.2, 151.0, 142.0,
    ]  # fmt: skip
    assert run[["cadence_mean_spm", "session_rpe", "temperature_mean_c"]].tolist() == [171.5, 7.0, 19.5]
    assert (run["day"], run["start_time"]) == (
        pd.Timestamp("2026-01-08"),
        pd.Timestamp("2026-01-09 05:10:21", tz="UTC"),
    )
    assert not any("Secret" in frame.to_csv() for frame in cohort.tables().values())


def test_a_gym_session_of_no_moving_time_lasts_as_long_as_it_took(answers):
    gym = {**RUN, "activityType": {"typeKey": "strength_training"}, "distance": 0.0, "movingDuration": 0.0}
    session = cohort_of(answers([gym])).activities.iloc[0]
    assert session["duration_s"] == 2225.4
    assert session[["moving_time_s", "distance_m"]].isna().all()


def test_the_accounts_export_is_in_centimetres_and_milliseconds(answers):
    activity = {
        "activityId": 9, "activityType": "running", "startTimeGmt": 1767935421000.0, "startTimeLocal": 1767913821000.0, "distance": 426120.0,
        "elapsedDuration": 2225400.0, "elevationGain": 15100.0, "avgHr": 142.0, "calories": 1631.0, "workoutRpe": 40,
    }  # fmt: skip
    run = cohort_of(answers([{"summarizedActivitiesExport": [activity]}])).activities.iloc[0]
    assert run[
        ["distance_m", "duration_s", "ascent_m", "hr_mean_bpm", "session_rpe"]
    ].tolist() == pytest.approx([4261.2, 2225.4, 151, 142, 4])
    assert pd.isna(run["energy_kcal"])
    assert run["day"] == pd.Timestamp("2026-01-08")


def test_the_legs_of_a_multisport_activity_stand_for_it(answers):
    leg = {**RUN, "activityId": 71, "parentId": 7, "startTimeGMT": "2026-01-09 05:20:00"}
    cohort = cohort_of(answers([{**RUN, "activityType": {"typeKey": "multi_sport"}}, leg]))
    assert cohort.activities["start_time"].tolist() == [pd.Timestamp("2026-01-09 05:20", tz="UTC")]


def test_a_night_belongs_to_the_day_of_waking(answers):
    def end(local: str) -> int:
        return int(pd.Timestamp(local, tz="UTC").timestamp() * 1000)

    sound = {
        "calendarDate": "2025-07-07",
        "sleepTimeSeconds": 27000,
        "averageSpO2HRSleep": 46.0,
        "sleepEndTimestampLocal": end("2025-07-07 06:00"),
    }
    moved = {
        "calendarDate": "2025-07-08",
        "sleepTimeSeconds": 25200,
        "sleepEndTimestampLocal": end("2025-07-09 06:00"),
    }
    exported = {
        "calendarDate": "2025-07-10",
        "deepSleepSeconds": 3600,
        "lightSleepSeconds": 14400,
        "remSleepSeconds": 3600,
        "awakeSleepSeconds": 900,
    }
    cohort = cohort_of(answers({"dailySleepDTO": sound}, {"dailySleepDTO": moved}, [exported]))
    assert cohort.diary["day"].dt.day.tolist() == [7, 9, 10]
    assert cohort.diary["sleep_h"].tolist() == [7.5, 7.0, 6.0]
    assert value(cohort, "2025-07-07", "night_hr_bpm") == 46


def test_absent_is_not_zero(answers):
    cohort = cohort_of(
        answers(
            [
                {"calendarDate": "2025-01-01", "totalSteps": 0},
                {"calendarDate": "2025-01-02", "totalSteps": 900},
            ],
            [
                {"calendarDate": "2025-01-01", "valueInML": 0.0},
                {"calendarDate": "2025-01-02", "valueInML": 1750.0},
            ],
            {"dailySleepDTO": {"calendarDate": "2025-01-03", "sleepTimeSeconds": None}},
        )
    )
    assert cohort.diary[["day", "steps", "fluid_ml"]].to_numpy().tolist() == [
        [pd.Timestamp("2025-01-02"), 900, 1750]
    ]


def test_a_log_of_drinks_is_added_up_and_the_first_weighing_counts(answers):
    drink = {"calendarDate": "2025-01-02", "hydrationSource": "USER", "valueInML": 250.0}
    weigh = {"calendarDate": "2025-01-02", "bodyFat": None}
    weights = [
        {**weigh, "weight": 61500.0, "date": 1735840000000},
        {**weigh, "weight": 60900.0, "date": 1735800000000, "bodyFat": 18.5},
    ]
    cohort = cohort_of(answers([drink, drink, drink], {"dateWeightList": weights}))
    row = cohort.diary.iloc[0]
    assert row[["fluid_ml", "mass_kg", "body_fat_pct"]].tolist() == [750, 60.9, 18.5]


def test_an_impossible_value_is_emptied_and_told(answers):
    folder = answers([{"calendarDate": "2025-01-02", "restingHeartRate": 300, "totalSteps": 5}])
    assert pd.isna(value(cohort_of(folder), "2025-01-02", "resting_hr_bpm"))
    notes = read_garmin_connect(folder, athlete="ann").report.notes
    assert notes == ["1 value of diary.resting_hr_bpm left empty: outside 25-120 bpm"]


def test_every_real_answer_is_stored_or_told(real_data):
    folder = real_data / "device_exports" / "garmin_connect_json"
    files = read_garmin_connect(folder, athlete="ann").report.tables["files"]
    assert (files.read, files.kept) == (75, 42)
    assert not any("known" in reason or "broken" in reason for reason in files.left_out)
    assert files.left_out["holds no data"] == 3
    assert sum(n for reason, n in files.left_out.items() if reason.startswith("vendor score")) == 26
    cohort = cohort_of(folder)
    assert len(cohort.activities) == 4
    assert sorted(set(cohort.activities["sport"])) == ["other", "running", "swimming", "walking"]
    assert len(cohort.ratings) == 0
    assert cohort.diary[["stress_score", "readiness_score", "sleep_quality_score"]].isna().all(axis=None)
    assert value(cohort, "2025-07-07", "sleep_h") == pytest.approx(24180 / 3600)
    assert value(cohort, "2023-07-20", "hrv_rmssd_ms") == 42
    assert value(cohort, "2026-01-07", "resting_hr_bpm") == 52
    assert value(cohort, "2024-06-29", "fluid_ml") == 1750
    assert value(cohort, "2025-06-14", "mass_kg") == 59.13
    assert value(cohort, "2025-06-13", "steps") == 11400


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.just("2025-01-02"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["dailySleepDTO", "calendarDate", "hrvSummaries", "hrvSummary", "dateWeightList", "dailyWeightSummaries", "weight", "metaData",
                         "metrics", "activityId", "summaryDTO", "startTimeGMT", "startTimeLocal", "distance", "restingHeartRate", "totalSteps",
                         "valueInML", "hydrationSource", "summarizedActivitiesExport", "values", "sleepTimeSeconds", "parentId", "activityType"]),
        inner, max_size=5,
    ),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=JSON)
def test_any_json_is_told_or_makes_a_sound_cohort(answers, document):
    cohort_of(answers([RUN], document))
