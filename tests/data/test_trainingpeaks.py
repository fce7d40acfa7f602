"""TrainingPeaks: what was done and answered, not what was planned and computed."""

from __future__ import annotations

import pandas as pd
import pytest
from heavylegs.data.errors import InputError
from heavylegs.data.readers.trainingpeaks import read_trainingpeaks

from .accounts import accounted

WORKOUTS = '''\
"Title","WorkoutType","WorkoutDescription","PlannedDuration","PlannedDistanceInMeters","WorkoutDay","CoachComments","DistanceInMeters","PowerAverage","Energy","AthleteComments","TimeTotalInHours","CadenceAverage","HeartRateAverage","HeartRateMax","IF","TSS","Rpe","Feeling"
"Tempo with Anna","Run","3 x 10
minutes","1","12000","2024-05-01","well done","12100.5","","","legs ""heavy""","1.05","87","158","175","0.9","80","7","3"
"Shake-out","Run","","0.5","","2024-05-01","","5000","","","","0.5","84","130","141","","","2",""
"Long run","Run","easy","2","24000","2024-05-02","","","","","","","","","","","","",""
"Rest","Day Off","","","","2024-05-03","","","","","","","","","","","","",""
"Spin","Bike","","","","2024-05-04","","30000","180","650","","1","0","0","0","0.7","55","",""
'''
METRICS = """\
"Timestamp","Type","Value"
"2024-05-01 00:00:00","Pulse","58"
"2024-05-01 06:30:00","Pulse","47"
"2024-05-01 06:30:00","HRV","61.5"
"2024-05-01 06:30:00","Sleep Hours","7.25"
"2024-05-01 06:31:00","Fatigue","Very Low (2)"
"2024-05-01 20:00:00","Fatigue","High (5)"
"2024-05-01 06:31:00","Soreness","10"
"2024-05-01 06:31:00","Stress","None (1)"
"2024-05-01 06:31:00","Sleep Quality","Best (7)"
"2024-05-01 06:31:00","Mood","Worse than normal (1)"
"2024-05-01 06:31:00","Injury","Injured (3)"
"2024-05-01 06:31:00","Sickness","Very Healthy (6)"
"2024-05-01 06:31:00","Stress Level","Max : 52 / Avg : 14"
"2024-05-01 06:31:00","Notes","met Anna"
"2024-05-02 06:30:00","Weight Kilograms","61.4"
"2024-05-03 06:30:00","Weight Pounds","135.6"
"2024-05-03 06:30:00","HRV","900"
"2024-05-03 06:31:00","Fatigue","7"
"2024-05-04 06:31:00","Fatigue","tired"
"Total","Pulse","50"
"""


def read(tmp_path, text, name="export.csv"):
    file = tmp_path / name
    file.write_text(text)
    imported = read_trainingpeaks(file, athlete="me")
    return accounted(imported), imported.report


def test_workouts_that_were_done_come_in(tmp_path):
    cohort, report = read(tmp_path, WORKOUTS)
    tempo, easy, ride = cohort.activities.sort_values(["day", "activity_id"]).to_dict("records")
    assert (tempo["duration_s"], tempo["distance_m"], tempo["session_rpe"]) == (3780.0, 12100.5, 7.0)
    assert (tempo["hr_mean_bpm"], tempo["hr_max_bpm"], tempo["cadence_mean_spm"]) == (158.0, 175.0, 174.0)
    assert [a["activity_id"] for a in (tempo, easy, ride)] == [
        "me-trainingpeaks-20240501-running",
        "me-trainingpeaks-20240501-running-2",
        "me-trainingpeaks-20240504-cycling",
    ]
    assert pd.isna([ride["hr_mean_bpm"], ride["cadence_mean_spm"], ride["energy_kcal"]]).all()
    assert report.tables["activities"].left_out == {"planned, not done": 1, "a day off": 1}
    assert report.tables["activities"].examples["planned, not done"].endswith("export.csv, line 5")
    assert not any(w in cohort.activities.to_csv() for w in ("Anna", "heavy", "well done"))
    assert any("TSS" in note and "AthleteComments" in note for note in report.notes)


def test_metrics_become_diary_and_ratings(tmp_path):
    cohort, report = read(tmp_path, METRICS)
    assert cohort.ratings["fatigue_native"].tolist() == [2.0, 7.0]
    assert cohort.ratings["fatigue"].tolist() == pytest.approx([10 / 6, 10.0])
    first, second, third = cohort.diary.to_dict("records")
    assert (first["resting_hr_bpm"], first["hrv_rmssd_ms"], first["sleep_h"]) == (47.0, 61.5, 7.25)
    assert [first[f"{s}_score"] for s in ("soreness", "stress", "sleep_quality", "mood")] == [10, 0, 10, 0]
    assert (first["injury"], first["illness"]) == (1.0, 0.0)
    assert (second["mass_kg"], round(third["mass_kg"], 2), pd.isna(third["hrv_rmssd_ms"])) == (
        61.4,
        61.51,
        True,
    )
    assert report.tables["ratings"].left_out == {
        "no answer on the scale 1-7": 1,
        "a later answer on the same day": 1,
    }
    assert report.tables["diary"].left_out == {
        "the day cannot be read": 1,
        "metric 'notes' is not used": 1,
        "metric 'stress level' is not used": 1,
    }
    assert any("hrv_rmssd_ms: impossible (left empty; first: export.csv, line 18)" in n for n in report.notes)


@pytest.mark.parametrize(
    ("kind", "column", "answers"),
    [
        ("Mood", "mood_score", {1: 0, 2: 5, 3: 10}),
        ("Stress", "stress_score", {1: 0, 4: 5, 7: 10}),
        ("Sleep Quality", "sleep_quality_score", {1: 0, 4: 5, 7: 10}),
        ("Soreness", "soreness_score", {1: 0, 10: 10}),
        ("Injury", "injury", {1: 1, 4: 1, 5: 0, 10: 0}),
        ("Sickness", "illness", {1: 1, 4: 1, 5: 0, 7: 0}),
    ],
)
def test_each_kind_of_answer_has_its_own_scale(tmp_path, kind, column, answers):
    rows = "".join(f"2024-05-{day:02d},{kind},{answer}\n" for day, answer in enumerate(answers, 1))
    cohort, _ = read(tmp_path, "Timestamp,Type,Value\n" + rows)
    assert cohort.diary[column].tolist() == list(answers.values())


def test_a_metric_of_zero_is_not_measured(tmp_path):
    metrics = '"Timestamp","Type","Value"\n"2024-05-01 06:30:00","Pulse","47"\n'
    zeros = "".join(
        f'"2024-05-01 06:30:00","{kind}","0"\n' for kind in ("Sleep Hours", "Steps", "Water Consumption")
    )
    cohort, _ = read(tmp_path, metrics + zeros)
    assert cohort.diary[["sleep_h", "steps", "fluid_ml"]].isna().all(axis=None)


@pytest.mark.parametrize("answer", ["Extremely Low (7)", "9"])
def test_answers_on_an_unknown_scale_are_not_taken(tmp_path, answer):
    cohort, report = read(
        tmp_path, f"Timestamp,Type,Value\n2024-05-01,Fatigue,3\n2024-05-02,Fatigue,{answer}\n"
    )
    assert cohort.ratings.empty
    assert any(f"'{answer}' (export.csv, line 3) does not fit the scale 1-7" in n for n in report.notes)


@pytest.mark.parametrize(
    ("early", "late"),
    [
        ("2024-01-31 09:00:00", "2024-01-31 10:00:00"),
        ("2024-01-31 9:00", "2024-01-31 10:00"),
        ("1/31/2024 9:00:00 AM", "1/31/2024 1:00:00 PM"),
        ("31.1.2024 9:00", "31.1.2024 10:00"),
    ],
)
def test_the_days_first_answer_and_last_measure_are_told_by_the_clock(tmp_path, early, late):
    """A spreadsheet that saved the file has written its clocks anew, without leading zeros or with halves of the day."""
    rows = f"{late},Fatigue,5\n{early},Fatigue,2\n{late},HRV,50\n{early},HRV,40\n"
    cohort, _ = read(tmp_path, "Timestamp,Type,Value\n" + rows)
    assert cohort.ratings["fatigue_native"].tolist() == [2]
    assert cohort.diary["hrv_rmssd_ms"].tolist() == [50]


@pytest.mark.parametrize("heading", ["Timestamp,Type,Value\n", WORKOUTS.split("\n")[0] + "\n"])
def test_a_heading_alone_gives_an_empty_import(tmp_path, heading):
    cohort, report = read(tmp_path, heading)
    assert all(frame.empty for frame in cohort.tables().values())
    assert any("holds a heading and no row" in n for n in report.notes)


def test_another_file_is_told_off(tmp_path):
    with pytest.raises(InputError, match=r"export\.csv, line 1: is neither workouts\.csv nor metrics\.csv"):
        read(tmp_path, "a,b\n1,2\n")


def test_a_kind_of_workout_that_is_not_known_is_told(tmp_path):
    cohort, report = read(tmp_path, WORKOUTS.replace('"Bike"', '"Laufen"'))
    assert list(cohort.activities["sport"]) == ["running", "running", "other"]
    assert "1 activity taken as sport 'other': 'laufen' (1)" in report.notes
    assert not any("day off" in note for note in report.notes)
