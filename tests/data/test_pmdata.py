"""The PMData reader, on a small made-up copy of the layout and on the real data."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from heavylegs.data.cohort import Cohort
from heavylegs.data.errors import InputError
from heavylegs.data.readers import READERS

from .accounts import accounted

HEADING = (
    "effective_time_frame,fatigue,mood,readiness,sleep_duration_h,sleep_quality,soreness,soreness_area,stress"
)


def answer(
    time: str, fatigue: object = 3, readiness: object = 6, rest: str = "3,3,[],3", mood: object = 3
) -> str:
    return f"{time},{fatigue},{mood},{readiness},7,{rest}"


def exercise(
    start: str, name: str = "Run", minutes: float = 40, log: str = "tracker", **more: object
) -> dict[str, object]:
    return {
        "logId": int(start[8:10] + start[11:13] + start[14:16]),
        "activityName": name,
        "startTime": start,
        "duration": minutes * 60_000,
        "activeDuration": minutes * 60_000,
        "logType": log,
        "averageHeartRate": 140,
        "calories": 400,
        "steps": 6000,
        "elevationGain": 30.48,
        **more,
    }


@pytest.fixture
def person(tmp_path):
    """Return a function that writes files of person p01 and returns the folder to read."""

    def write(**files: object) -> Path:
        names = {
            "wellness": "pmsys/wellness.csv",
            "srpe": "pmsys/srpe.csv",
            "injury": "pmsys/injury.csv",
            "form": "googledocs/reporting.csv",
            "exercise": "fitbit/exercise.json",
            "sleep": "fitbit/sleep.json",
            "pulse": "fitbit/resting_heart_rate.json",
        }
        headings = {
            "wellness": HEADING,
            "srpe": "end_date_time,activity_names,perceived_exertion,duration_min",
            "injury": "effective_time_frame,injuries",
            "form": "date,timestamp,meals,weight,glasses_of_fluid,alcohol_consumed",
        }
        files = {"wellness": [answer("2020-01-10T07:00:00Z")], **files}
        for key, content in files.items():
            file = tmp_path / "p01" / names[key]
            file.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, str):
                file.write_text(content)
            elif key in headings:
                file.write_text("\n".join([headings[key], *content]) + "\n")
            else:
                file.write_text(json.dumps(content))
        return tmp_path

    return write


def read(folder: Path) -> tuple[Cohort, dict]:
    imported = READERS["pmdata"](folder)
    return accounted(imported), imported.report.to_dict()


def test_scores_are_turned_so_that_ten_is_most_tired_sorest_and_most_stressed(person):
    cohort, _ = read(person(wellness=["2020-01-10T07:00:00Z,1,5,9,6.5,5,1,[],1"]))
    rating, day = cohort.ratings.iloc[0], cohort.diary.iloc[0]
    assert (rating.fatigue, rating.fatigue_native) == (10, 1)
    assert (rating.scale_min, rating.scale_max, rating.scale_direction) == (1, 5, -1)
    assert (day.soreness_score, day.stress_score, day.mood_score, day.sleep_quality_score) == (10, 10, 10, 10)
    assert (day.readiness_score, day.sleep_h) == (9, 6.5)


def test_the_day_is_oslos_and_its_first_answer_counts(person):
    late = [
        answer("2020-01-10T23:30:00Z", fatigue=2),
        answer("2020-01-10T22:30:00Z", fatigue=4),
        answer("2020-01-11T08:00:00Z"),
    ]
    cohort, report = read(person(wellness=late))
    assert cohort.ratings["day"].dt.day.tolist() == [10, 11]
    assert cohort.ratings["fatigue_native"].tolist() == [4, 2]
    assert report["tables"]["ratings"]["left_out"] == {"second answer on the same day": 1}
    assert report["tables"]["ratings"]["examples"]["second answer on the same day"].endswith(
        "wellness.csv, line 4"
    )


def test_zero_means_not_answered(person):
    answers = [answer(f"2020-01-{d:02d}T07:00:00Z", readiness=0 if d % 3 == 0 else 5) for d in range(1, 13)]
    answers.append(answer("2020-01-13T07:00:00Z", fatigue=0))
    answers.append(answer("2020-01-14T07:00:00Z", mood=0))
    cohort, report = read(person(wellness=answers))
    assert report["tables"]["ratings"]["left_out"] == {"fatigue 0 or blank: not answered": 1}
    assert cohort.diary["readiness_score"].count() == 9
    assert cohort.diary["mood_score"].count() == 12
    rare = [answer(f"2020-01-{d:02d}T07:00:00Z", readiness=0 if d == 1 else 5) for d in range(1, 13)]
    cohort, _ = read(person(wellness=rare))
    assert cohort.diary["readiness_score"].min() == 0  # one in twelve is an answer


def test_a_session_told_in_pmsys_and_recorded_by_fitbit_counts_once(person):
    cohort, report = read(
        person(
            srpe=[
                "2020-01-10T17:45:00Z,\"['individual', 'running']\",7,50",  # overlaps the run of 17:00 UTC
                "2020-01-11T20:00:00Z,\"['individual', 'running']\",4,40",  # told two hours after
                "2020-01-12T18:00:00Z,\"['team', 'soccer']\",8,90",  # the walk was detected, not trained
                "2020-01-13T18:00:00Z,\"['individual', 'endurance']\",,",
                "2020-01-13T19:00:00Z, {},,",
            ],
            exercise=[
                exercise("2020-01-10 17:00:00", distance=8.0, distanceUnit="Kilometer"),
                exercise("2020-01-11 17:20:00", "Treadmill"),
                exercise("2020-01-12 16:40:00", "Walk", log="auto_detected"),
                exercise("2020-01-12 23:30:00", "Run", minutes=0.2),
            ],
        )
    )
    runs = cohort.activities.set_index("activity_id")
    joined = runs.loc["p01-fitbit-101700"]
    assert (joined.source, joined.session_rpe, joined.distance_m, joined.duration_s) == (
        "fitbit+pmsys",
        7,
        8000,
        2400,
    )
    assert joined.start_time == pd.Timestamp("2020-01-10 17:00", tz="UTC")
    assert runs.loc["p01-fitbit-111720", "session_rpe"] == 4
    assert pd.isna(runs.loc["p01-fitbit-111720", "ascent_m"])
    assert runs.loc["p01-srpe-20200112T1800", ["sport", "duration_s"]].tolist() == ["football", 5400]
    assert runs.loc["p01-srpe-20200113T1800", ["session_rpe", "duration_s", "start_time"]].isna().all()
    assert len(runs) == 5
    assert report["tables"]["activities"]["left_out"] == {
        "PMSys form without a session": 1,
        "Fitbit recording shorter than a minute": 1,
        "PMSys session joined with its Fitbit recording": 2,
    }


def test_an_evening_run_belongs_to_the_local_day_on_which_it_started(person):
    cohort, _ = read(person(exercise=[exercise("2020-01-10 23:10:00")]))
    assert cohort.activities["day"].tolist() == [pd.Timestamp("2020-01-11")]


def test_a_recording_left_running_says_nothing_of_its_length(person):
    left_on = exercise("2020-01-10 08:00:00", minutes=840, distance=8.5, distanceUnit="Kilometer")
    cohort, _ = read(
        person(exercise=[left_on], srpe=["2020-01-10T10:00:00Z,\"['individual', 'running']\",5,60"])
    )
    run = cohort.activities.iloc[0]
    assert pd.isna(run.hr_mean_bpm)
    assert (run.distance_m, run.duration_s, run.session_rpe) == (8500, 3600, 5)


def test_totals_of_a_part_do_not_stand_for_the_session(person):
    part = exercise(
        "2020-01-10 09:05:00", minutes=10, distance=1.5, distanceUnit="Kilometer", activeDuration=600_000
    )
    spun = exercise("2020-01-11 09:05:00", "Spinning", minutes=50, distance=0.0, distanceUnit="Kilometer")
    told = ["2020-01-10T10:00:00Z,\"['individual', 'running']\",5,60"]
    run, ride = read(person(exercise=[part, spun], srpe=told))[0].activities.to_dict("records")
    assert (run["source"], run["duration_s"], run["session_rpe"]) == ("fitbit+pmsys", 3600, 5)
    assert pd.isna([run["moving_time_s"], run["distance_m"], run["steps"], run["energy_kcal"]]).all()
    assert pd.isna(ride["distance_m"])


def test_a_night_is_as_reported_else_fitbits_longest_that_ended_on_that_day(person):
    def slept(start: str, end: str, minutes: int, day: str = "2020-01-11") -> dict[str, object]:
        return {
            "dateOfSleep": day,
            "startTime": f"2020-01-{start}",
            "endTime": f"2020-01-{end}",
            "minutesAsleep": minutes,
        }

    cohort, _ = read(
        person(
            wellness=[
                "2020-01-11T07:00:00Z,3,3,6,0,3,3,[],3",
                answer("2020-01-12T09:00:00Z", fatigue=5),
                answer("2020-01-12T07:00:00Z", fatigue=2),
            ],
            sleep=[
                slept("10 22:00:00", "11 02:00:00", 200),
                slept("11 03:00:00", "11 07:00:00", 230),
                slept("11 23:00:00", "12 07:00:00", 470),
                slept("11 23:00:00", "12 07:00:00", 480, "2020-01-12"),
            ],
        )
    )
    assert cohort.diary["sleep_h"].tolist() == [pytest.approx(230 / 60), 7.0]
    assert cohort.ratings["fatigue_native"].tolist() == [3, 2], "the earlier answer of a day"


def test_a_distance_in_miles_is_in_metres(person):
    cohort, _ = read(person(exercise=[exercise("2020-01-10 17:00:00", distance=6.0, distanceUnit="Mile")]))
    assert cohort.activities["distance_m"].tolist() == [pytest.approx(6 * 1609.344)]


def test_diary_gathers_form_night_pulse_and_injury(person):
    night = {
        "dateOfSleep": "2020-01-11",
        "startTime": "2020-01-10 23:00:00",
        "endTime": "2020-01-11T06:30:00.000",
    }
    nap = {
        "dateOfSleep": "2020-01-11",
        "startTime": "2020-01-11 14:00:00",
        "endTime": "2020-01-11T22:30:00.000",
    }
    cohort, report = read(
        person(
            form=[
                '10/01/2020,01/10/2020 21:00:00,"Breakfast, Dinner",70,6,No',
                '10/01/2020,11/01/2020 07:00:00,"Breakfast, Lunch, Dinner, Evening",70,8,Yes',
                "11/01/2020,12/01/2020 07:00:00,Dinner,700,5,Maybe",
                "12/01/2020,13/01/2020 07:00:00,,,5,No",
            ],
            sleep=[{**night, "minutesAsleep": 420}, {**nap, "minutesAsleep": 480}],
            pulse=[
                {"dateTime": "2020-01-11 00:00:00", "value": {"value": 51.5}},
                {"dateTime": "2020-01-12 00:00:00", "value": {"value": 0.0}},
            ],
            injury=["2020-01-10T07:00:00Z,{}", "2020-01-12T07:00:00Z,{'left_knee': 'minor'}"],
        )
    )
    diary = cohort.diary.set_index(cohort.diary["day"].dt.day)
    assert diary.loc[10, ["meals", "fluid_ml", "alcohol", "mass_kg", "injury", "sleep_h"]].tolist() == [
        4,
        2000,
        1,
        70,
        0,
        7,
    ]
    assert diary.loc[11, ["alcohol", "mass_kg", "injury"]].isna().all()
    assert diary.loc[11, ["sleep_h", "resting_hr_bpm", "training_logged"]].tolist() == [7, 51.5, 1]
    assert diary.loc[12, ["meals", "injury", "training_logged"]].tolist() == [0, 1, 0]
    assert pd.isna(diary.loc[12, "resting_hr_bpm"])
    assert diary["source"].tolist() == ["pmsys+googledocs", "fitbit+googledocs", "pmsys+googledocs"]
    assert report["tables"]["diary"]["left_out"] == {"an earlier form for the same day": 1}
    assert any("250 mL" in note for note in report["notes"])
    assert any(note.startswith("1 night filled") for note in report["notes"])


LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"
ROW = answer("2020-01-10T07:00:00Z")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            {"wellness": [ROW, answer("2020-01-11T07:00:00Z", fatigue=6)]},
            r"wellness.csv, line 3: fatigue 6 is outside 1-5",
        ),
        (
            {"wellness": [answer("2020-01-10T07:00:00Z", fatigue="x")]},
            r"wellness.csv, line 2: fatigue 'x' is not a number",
        ),
        (
            {"wellness": [answer("10.1.2020")]},
            r"wellness.csv, line 2: effective_time_frame '10.1.2020' is not an ISO",
        ),
        (
            {"wellness": [ROW, "2020-01-11T07:00:00Z,3"]},
            r"wellness.csv, line 3: 2 cells where the heading has 9",
        ),
        (
            {"wellness": HEADING.replace("fatigue", "fatique") + "\n"},
            r"line 1: column 'fatigue' is missing .*'fatique'",
        ),
        ({"wellness": HEADING + ",mood\n"}, "column 'mood' stands twice"),
        ({"wellness": ""}, "wellness.csv, line 1: is empty"),
        ({"wellness": LFS}, r"wellness.csv, line 1: is a Git LFS pointer.*git lfs pull"),
        ({"sleep": LFS}, r"sleep.json, line 1: is a Git LFS pointer"),
        ({"exercise": '[{"logId": 1},\n{"logId"'}, r"exercise.json, line 2: is broken JSON"),
        ({"exercise": [{"logId": 1}]}, "exercise.json: entry 1 has no 'activityName'"),
        (
            {"exercise": [exercise("2020-01-10 17:00:00", steps="many")]},
            "entry 1: steps 'many' is not a number",
        ),
        (
            {"exercise": [exercise("2020-01-10 17:00:00", distance=1, distanceUnit="Furlong")]},
            "unit 'Furlong'",
        ),
        (
            {"exercise": [exercise("2020-01-10 25:00:00")]},
            "entry 1: startTime '2020-01-10 25:00:00' is not a time",
        ),
        ({"pulse": {"value": 1}}, "resting_heart_rate.json: is not a list"),
        (
            {"srpe": ["2020-01-10T17:45:00Z,running,7,50"]},
            "srpe.csv, line 2: activity_names 'running' is not a list",
        ),
        (
            {"srpe": ["2020-01-10T17:45:00Z,['running'],11,50"]},
            "srpe.csv, line 2: perceived_exertion 11 is outside 0-10",
        ),
        ({"form": ["2020-01-10,x,Dinner,70,6,No"]}, "reporting.csv, line 2: date '2020-01-10' is not a day"),
        (
            {"form": ["10/01/2020,x,Dinner,70,six,No"]},
            "reporting.csv, line 2: glasses_of_fluid 'six' is not a number",
        ),
    ],
)
def test_bad_files_are_told_by_name_and_line(person, files, message):
    with pytest.raises(InputError, match=message):
        READERS["pmdata"](person(**files))


def test_a_folder_that_is_not_pmdata(tmp_path):
    with pytest.raises(InputError, match=r"is not PMData: no pNN/pmsys/wellness.csv"):
        READERS["pmdata"](tmp_path)


def test_files_that_need_not_be_there_are_noted(person):
    cohort, report = read(person())
    assert len(cohort.ratings) == 1
    assert cohort.activities.empty
    assert "p01 has no pmsys/srpe.csv" in report["notes"][0]
    assert any("participant-overview.xlsx" in note for note in report["notes"])


def test_a_broken_workbook_is_told(person):
    folder = person()
    (folder / "participant-overview.xlsx").write_bytes(b"not a zip")
    with pytest.raises(InputError, match=r"participant-overview.xlsx: is not a readable"):
        READERS["pmdata"](folder)


@pytest.fixture(scope="module")
def real(real_data):
    return read(real_data / "pmdata")


def test_real_data_comes_in_whole(real):
    cohort, report = real
    assert len(cohort.athletes) == 16
    assert len(cohort.ratings) == 1724
    assert report["tables"]["ratings"]["read"] == 1747  # as the data set's own page counts
    assert 450 <= (cohort.activities["source"] == "fitbit+pmsys").sum() <= 650
    assert 550 <= (cohort.activities["sport"] == "running").sum() <= 700
    assert cohort.scale().direction == -1
    p15 = cohort.diary[cohort.diary["athlete_id"] == "p15"]
    assert p15["meals"].isna().all()
    assert cohort.athletes.set_index("athlete_id").loc[
        "p01", ["sex", "height_cm", "hr_max_bpm"]
    ].tolist() == ["male", 195, 182]


def test_real_exercise_times_are_utc(real, real_data):
    """Read as UTC, recorded exercise hardly ever falls into a recorded night; an hour off, it often would."""
    cohort, _ = real
    asleep = {0: 0, 60: 0}
    for person in sorted(real_data.glob("pmdata/p0[1235678]")):
        nights = json.loads((person / "fitbit/sleep.json").read_text())
        local = cohort.activities.query("athlete_id == @person.name and source != 'pmsys'")
        start = local["start_time"].dt.tz_convert("Europe/Oslo").dt.tz_localize(None)
        for off in asleep:
            moment = (start + pd.Timedelta(minutes=5 - off)).to_numpy()[:, None]
            begin = pd.to_datetime([n["startTime"] for n in nights], format="ISO8601").to_numpy()
            end = pd.to_datetime([n["endTime"] for n in nights], format="ISO8601").to_numpy()
            asleep[off] += int(((moment > begin) & (moment < end)).any(axis=1).sum())
    assert asleep[0] <= 3 < 20 < asleep[60]
