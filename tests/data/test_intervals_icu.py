"""intervals.icu: scales the right way round, units, and nothing made up."""

from __future__ import annotations

import pandas as pd
import pytest
from heavylegs.data.errors import InputError
from heavylegs.data.readers.intervals_icu import read_intervals_icu

from .accounts import accounted

WELLNESS = """\
date,weight,restingHR,hrv,readiness,kcalConsumed,sleepSecs,sleepQuality,avgSleepingHR,soreness,fatigue,stress,mood,hydrationVolume,comments,injury,carbohydrates,protein,fatTotal,ctl,atl,Alcohol
2024-05-01,61.5,48,62.1,80,2450,27000,1,51,1,1,1,1,2.5,slept at Anna's,1,320,95,70,41.5,55.2,2
2024-05-02,,,,,,0,4,,4,4,4,4,,,4,,,,41.0,50.0,
2024-05-03,,0,,,,,,,0,0,0,0,,,0,,,,40.0,45.0,
2024-05-04,1600,47,,,,,,,2,5,,,3000,,2,,,,,,
"""
ACTIVITIES = """\
id,start_date_local,name,type,moving_time,distance,elapsed_time,total_elevation_gain,max_heartrate,average_heartrate,average_cadence,calories,icu_training_load,icu_rpe,icu_fatigue,start_date,timezone,gear,description
i1,2024-05-01T23:30:00,Home to Anna,Run,3000,10000,3100,50,171,152.5,86,600,70,6,55,2024-05-01T21:30:00Z,Europe/Oslo,Blue shoes,secret
i2,2024-05-02T07:00:00,Commute,VirtualRide,3600,30000,3600,0,,,85,0,40,,50,,Europe/Oslo,,
i3,2024-05-03T07:00:00,Bouldering,RockClimbing,3600,,3600,,,,,,,0,,,Nowhere/Land,,
,,broken,Run,1,1,1,,,,,,,,,,,,
"""


def read(tmp_path, text):
    file = tmp_path / "export.csv"
    file.write_text(text, encoding="utf-8-sig")
    return read_intervals_icu(file, athlete="me")


def test_wellness_fills_diary_and_ratings_the_right_way_round(tmp_path):
    imported = read(tmp_path, WELLNESS)
    cohort = accounted(imported)
    ratings = cohort.ratings.set_index("day")
    assert ratings["fatigue"].tolist() == [0.0, 10.0]
    assert ratings["fatigue_native"].tolist() == [1.0, 4.0]
    assert (cohort.scale().minimum, cohort.scale().maximum, cohort.scale().direction) == (1, 4, 1)
    first, second, last = cohort.diary.to_dict("records")
    assert {
        k: first[k] for k in ("sleep_h", "fluid_ml", "mass_kg", "hrv_rmssd_ms", "night_hr_bpm", "injury")
    } == {
        "sleep_h": 7.5,
        "fluid_ml": 2500.0,
        "mass_kg": 61.5,
        "hrv_rmssd_ms": 62.1,
        "night_hr_bpm": 51.0,
        "injury": 0.0,
    }
    scores = ["soreness_score", "stress_score", "mood_score", "sleep_quality_score"]
    assert [first[s] for s in scores] == [0, 0, 10, 10]
    assert [second[s] for s in scores] == [10, 10, 0, 0]
    assert (second["injury"], pd.isna(second["sleep_h"])) == (1.0, True)
    assert last["injury"] == 0.0, "a niggle"
    assert pd.isna([first["readiness_score"], first["alcohol_g"], last["mass_kg"], last["fluid_ml"]]).all()


def test_of_two_rows_of_a_day_the_last_that_tells_anything_counts(tmp_path):
    rows = "2024-05-01,61,48,60,1\n2024-05-01,62,49,61,2\n2024-05-01,,,,0\n"
    imported = read(tmp_path, f"date,weight,restingHR,hrv,fatigue\n{rows}")
    cohort = accounted(imported)
    assert (cohort.diary["mass_kg"].tolist(), cohort.ratings["fatigue_native"].tolist()) == ([62], [2])
    assert imported.report.tables["diary"].left_out["an earlier row of the same day"] == 1


def test_of_two_activities_of_one_second_the_last_row_counts(tmp_path):
    rows = "".join(f"i{n},2024-05-01T07:30:00,Run,{n}00,1000,{n}00\n" for n in (3, 4))
    imported = read(tmp_path, f"id,start_date_local,type,moving_time,distance,elapsed_time\n{rows}")
    assert accounted(imported).activities["moving_time_s"].tolist() == [400]


def test_a_zero_is_not_logged_and_never_none_eaten_drunk_or_walked(tmp_path):
    logged = "steps,kcalConsumed,hydrationVolume,carbohydrates,protein,fatTotal"
    cohort = accounted(
        read(tmp_path, f"date,weight,restingHR,hrv,fatigue,{logged}\n2024-05-01,61,48,60,1{',0' * 6}\n")
    )
    told = cohort.diary.iloc[0].dropna().index
    assert set(told) == {"athlete_id", "day", "mass_kg", "resting_hr_bpm", "hrv_rmssd_ms", "source"}
    row = "i1,2024-05-01T07:30:00,Run,0,0,2700,Europe/Oslo\n"
    cohort = accounted(
        read(tmp_path, f"id,start_date_local,type,moving_time,distance,elapsed_time,timezone\n{row}")
    )
    assert cohort.activities[["moving_time_s", "distance_m"]].isna().all(axis=None), "a treadmill's"


def test_wellness_counts_what_it_leaves_out(tmp_path):
    report = read(tmp_path, WELLNESS).report
    assert report.tables["diary"].left_out == {"nothing of it is used here": 1}
    assert report.tables["ratings"].left_out == {"fatigue not answered": 2}
    notes = "\n".join(report.notes)
    for told in (
        "weight: outside 0 to 250 (left empty; first: export.csv, line 5)",
        "hydrationVolume: outside 0 to 25 ",
        "fatigue: outside 0 to 4 ",
        "columns left out: readiness, comments, ctl, atl, Alcohol",
    ):
        assert told in notes


def test_activities_keep_the_local_day_and_no_titles(tmp_path):
    imported = read(tmp_path, ACTIVITIES)
    cohort = accounted(imported)
    run, ride, climb = cohort.activities.to_dict("records")
    assert (run["day"], run["start_time"]) == (pd.Timestamp("2024-05-01"), pd.Timestamp("2024-05-01T21:30Z"))
    assert ride["start_time"] == pd.Timestamp("2024-05-02T05:00Z")
    assert pd.isna(climb["start_time"])
    assert [a["sport"] for a in (run, ride, climb)] == ["running", "cycling", "other"]
    assert (run["cadence_mean_spm"], ride["cadence_mean_spm"]) == (172.0, 85.0)
    assert (run["session_rpe"], pd.isna(climb["session_rpe"]), pd.isna(ride["energy_kcal"])) == (
        6.0,
        True,
        True,
    )
    kept = cohort.activities.to_csv()
    assert not any(word in kept for word in ("Anna", "secret", "Blue", "Commute"))
    assert run["shoe_id"].startswith("shoe-")
    assert imported.report.tables["activities"].left_out == {"no start time": 1}


def test_another_file_is_told_off(tmp_path):
    with pytest.raises(InputError, match=r"export\.csv, line 1: is neither a wellness nor an activities CSV"):
        read(tmp_path, "a,b\n1,2\n")


@pytest.mark.parametrize(
    "name",
    ["wellness_header_only_csv_export", "wellness_header_only_api_dump", "activities_header_only_csv_export"],
)
def test_real_headings_without_rows_give_an_empty_import(real_data, name):
    imported = read_intervals_icu(real_data / "device_exports/intervals_icu" / f"{name}.csv", athlete="me")
    cohort = accounted(imported)
    assert all(frame.empty for frame in cohort.tables().values())
    assert "holds a heading and no row" in imported.report.notes[-1]
