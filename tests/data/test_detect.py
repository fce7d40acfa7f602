"""The reader of a file or folder is found by what it holds, not by its name."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from heavylegs.data.errors import InputError
from heavylegs.data.readers.apple_health import read_apple_health
from heavylegs.data.readers.detect import kind_of, left_by

HEALTH = b'<?xml version="1.0"?>\n<HealthData locale="de_DE"><Me/></HealthData>'
GPX = b"<gpx><trk/></gpx>"
FITBIT = b'[{\n  "logId" : 1,\n  "dateOfSleep" : "2024-05-01"\n}]'
JSON = b'[{"calendarDate": "2024-05-01", "totalSteps": 1}]'
POLAR_NIGHT = (
    b'[{"night": "2024-05-01", "evaluation": {"asleepDuration": "PT8H"}, "sleepResult": {"hypnogram": {}}}]'
)
POLAR_DAY = b'{"date": "2024-05-01", "exportVersion": "1.2", "summary": {"stepCount": 10}}'
POLAR_RUN = b'{"identifier": {"id": "1"}, "startTime": "2024-05-01T07:00:00", "stopTime": "", "durationMillis": 1, "exercises": []}'


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (HEALTH, "apple"),
        (GPX, "activities"),
        (b"\x0e\x10\x5c\x08\x00\x00\x00\x00.FIT\x00\x00", "activities"),
        (JSON, "garmin"),
        (POLAR_NIGHT, "polar"),
        (POLAR_DAY, "polar"),
        (POLAR_RUN, "activities"),
        (b'{"dateWeightList": [{"bmi": 21.6, "weight": 60000.0}]}', "garmin"),
        (FITBIT, "fitbit"),
        (b'[{"logId" : 1,\n  "activityName" : "Run"}]', "fitbit"),
        (b'[{"logId": 1, "weight": 150.5, "bmi": 21.6}]', "fitbit"),
        (b'[{"dateTime": "05/01/24 00:00:00", "value": {"value": 52.1}}]', "fitbit"),
        (b"timestamp,rmssd,nremhr,entropy\n", "fitbit"),
        (b'\n {"hourly": {"temperature_2m": [1.0]}}', "weather"),
        (b"latitude,longitude\n59,10\n\ntime,temperature_2m (C)\n", "weather"),
        (b"Activity ID,Activity Date,Activity Name,Elapsed Time\n", "strava"),
        ("\ufeffAktivitäts-ID,Aktivitätsdatum,Verstrichene Zeit,Distanz\r\n".encode(), "strava"),
        (b"\xef\xbb\xbfid,start_date_local,icu_training_load\n", "intervals"),
        (b"date,restingHR,ctl,atl\n", "intervals"),
        (b"Title,WorkoutType,WorkoutDay\n", "trainingpeaks"),
        (b'"Timestamp","Type","Value"\n', "trainingpeaks"),
        (b"Date,Meal,Calories,Fat (g)\n", "myfitnesspal"),
        (b"Date,Energy (kcal),Water (g)\n", "cronometer"),
        (b"Date,Energy (kJ),Water (g)\n", "cronometer"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_a_file_by_its_content(tmp_path: Path, data: bytes, kind: str):
    file = tmp_path / "oddly named"
    file.write_bytes(data)
    assert kind_of(file) == kind


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        ({"Exportieren.xml": HEALTH, "export_cda.xml": b"<ClinicalDocument/>"}, "apple"),
        ({"apple_health_export/exportar.xml": HEALTH}, "apple"),
        ({"activities.csv": b"", "activities/1.gpx": GPX}, "strava"),
        ({"DI_CONNECT/x.json": JSON}, "garmin"),
        ({"sleep_result_42-a.json": POLAR_NIGHT, "profile-picture-42-a.data": b""}, "polar"),
        ({"export/training-session_2024-05-01T07-00-00_1-a.json": POLAR_RUN}, "polar"),
        ({"activity-2024-05-01-a.json": JSON, "sleep_result_1-a.json": JSON}, "garmin"),
        ({"DI_CONNECT/x.json": JSON, "y.json": POLAR_DAY}, "garmin"),
        ({"answers/sleep-2024-05-01.json": JSON}, "garmin"),
        ({"Ann/Sleep/sleep-2024-05-01.json": FITBIT, "Ann/a.json": JSON}, "fitbit"),
        ({"Takeout/Fitbit/Global Export Data/steps-2024-05-01.json": b"[]"}, "fitbit"),
        ({"Daily Heart Rate Variability Summary - 2024-05-(01).csv": b"timestamp,rmssd,nremhr\n"}, "fitbit"),
        ({"2024/run.GPX.gz": b"", "notes.txt": b"", "other.xml": b"<a/>"}, "activities"),
        ({"p01/pmsys/wellness.csv": b""}, "pmdata"),
        ({"subjective/wellness/fatigue.csv": b""}, "soccermon"),
        ({"day_approach_maskedID_timeseries.csv": b""}, "lovdal"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_a_folder_by_what_is_in_it(tmp_path: Path, files: dict[str, bytes], kind: str):
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    assert kind_of(tmp_path) == kind


@pytest.mark.parametrize(
    ("member", "data", "kind"),
    [
        ("apple_health_export/esportazione.xml", HEALTH, "apple"),
        ("export_1/activities.csv", b"", "strava"),
        ("DI_CONNECT/sleep.json", JSON, "garmin"),
        ("activity-2024-05-01-a.json", POLAR_DAY, "polar"),
        ("activity-2024-05-01-a.json", JSON, "garmin"),
        (
            "user/nightly_recovery_1-a.json",
            b'[{"night": "2024-05-01", "meanNightlyRecoveryRri": 900}]',
            "polar",
        ),
        ("MyFitbitData/Ann/Sleep/sleep-2024-05-01.json", FITBIT, "fitbit"),
        ("Takeout/Google Health/Global Export Data/exercise-0.json", b"[]", "fitbit"),
        ("run.fit", b"", "activities"),
    ],
)
def test_an_archive_by_what_is_in_it(tmp_path: Path, member: str, data: bytes, kind: str):
    with zipfile.ZipFile(tmp_path / "a.bin", "w") as archive:
        archive.writestr("readme.txt", "hello")
        archive.writestr(member, data)
    assert kind_of(tmp_path / "a.bin") == kind


@pytest.mark.parametrize(
    ("files", "kind", "commands"),
    [
        (["DI_CONNECT/x_sleepData.json", "strava/activities.csv"], "strava", ["export --source garmin"]),
        (["DI_CONNECT/x_sleepData.json", "strava/activities.csv"], "garmin", ["export --source strava"]),
        (
            ["DI_CONNECT/x.json", "DI_CONNECT/DI-Connect-Uploaded-Files/UploadedFiles_1.zip"],
            "garmin",
            ["activities"],
        ),
        (["export.xml", "workout-routes/route_1.gpx"], "apple", ["activities"]),
        (["DI_CONNECT/x.json", "Global Export Data/exercise-0.json"], "garmin", ["export --source fitbit"]),
        (["DI_CONNECT/x.json", "Global Export Data/exercise-0.json"], "fitbit", ["export --source garmin"]),
        (["activities.csv", "activities/1.fit.gz"], "strava", []),
        (["sleep_result_42-a.json", "run.tcx"], "polar", ["activities"]),
        (["sleep_result_42-a.json", "run.tcx"], "activities", ["export --source polar"]),
        (["sleep_result_42-a.json", "DI_CONNECT/x.json"], "polar", ["export --source garmin"]),
    ],
)
def test_what_else_a_folder_or_archive_holds_is_known(
    tmp_path: Path, files: list[str], kind: str, commands: list[str]
):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for name in files:
            archive.writestr(name, b"{}")
            (tmp_path / "all" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "all" / name).touch()
    assert left_by(tmp_path / "all.zip", kind) == left_by(tmp_path / "all", kind) == commands


def test_tables_and_apples_export_are_found_anywhere_in_a_folder(tmp_path: Path):
    files = {
        "a/My export.xml": "<HealthData/>",
        "b/w.csv": "date,restingHR,ctl,atl\n",
        "c/notes.csv": "day,timestamp,type\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text)
    assert left_by(tmp_path, "activities") == [
        f"export '{tmp_path}/a/My export.xml'",
        f"export {tmp_path}/b/w.csv",
    ]
    assert left_by(tmp_path, "apple") == [f"export {tmp_path}/b/w.csv"]


def test_what_is_unknown_missing_or_damaged_is_told_in_one_line(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 and no more")
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables/w.csv").write_bytes(b"date,restingHR,ctl,atl\n")
    for name, words in (
        ("notes.txt", "nothing that Heavylegs knows"),
        ("a.zip", "damaged archive"),
        ("gone", "is not there"),
        ("tables", "holds w.csv, of intervals"),
    ):
        with pytest.raises(InputError, match=words):
            kind_of(tmp_path / name)


def test_the_real_samples_are_told_apart(real_data: Path):
    exports = real_data / "device_exports"
    kinds = {p: kind_of(exports / p) for p in ("apple_health", "garmin_connect_json")}
    assert kinds == {"apple_health": "apple", "garmin_connect_json": "garmin"}
    assert {kind_of(p) for p in (exports / "garmin_connect_json").iterdir()} == {"garmin"}
    assert kind_of(real_data / "activity_files") == "activities"
    assert kind_of(real_data / "pmdata") == "pmdata"
    assert kind_of(real_data / "soccermon") == "soccermon"


def test_the_reader_finds_the_export_that_made_a_folder_apples(real_data: Path):
    folder = real_data / "device_exports/apple_health"
    by_folder, by_file = (
        read_apple_health(p, athlete="me") for p in (folder, folder / "export6s3sample.xml")
    )
    assert by_folder.report.to_dict() == by_file.report.to_dict()
