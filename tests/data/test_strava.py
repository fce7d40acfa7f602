"""Strava's bulk export: one list of activities, in any language, and the files that it names."""

from __future__ import annotations

import zipfile

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.cohort import Cohort
from heavylegs.data.errors import InputError
from heavylegs.data.readers.strava import read_strava
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .accounts import accounted

ENGLISH = [
    "Activity ID",
    "Activity Date",
    "Activity Name",
    "Activity Type",
    "Activity Description",
    "Elapsed Time",
    "Distance",
    "Max Heart Rate",
    "Relative Effort",
    "Commute",
    "Activity Private Note",
    "Activity Gear",
    "Filename",
    "Athlete Weight",
    "Bike Weight",
    "Elapsed Time",
    "Moving Time",
    "Distance",
    "Max Speed",
    "Average Speed",
    "Elevation Gain",
    "Elevation Loss",
    "Elevation Low",
    "Elevation High",
    "Max Grade",
    "Average Grade",
    "Average Positive Grade",
    "Average Negative Grade",
    "Max Cadence",
    "Average Cadence",
    "Max Heart Rate",
    "Average Heart Rate",
    "Max Watts",
    "Average Watts",
    "Calories",
    "Max Temperature",
    "Average Temperature",
    "Relative Effort",
    "Total Work",
    "Number of Runs",
    "Uphill Time",
    "Downhill Time",
    "Other Time",
    "Perceived Exertion",
    "Type",
    "Start Time",
    "Weighted Average Power",
    "Power Count",
    "Prefer Perceived Exertion",
    "Perceived Relative Effort",
    "Commute",
    "Total Weight Lifted",
    "From Upload",
    "Grade Adjusted Distance",
    "Weather Observation Time",
    "Weather Condition",
    "Weather Temperature",
    "Apparent Temperature",
    "Dewpoint",
    "Humidity",
    "Weather Pressure",
    "Wind Speed",
]
# One run as Strava writes it, by the place of its column.
RUN = {
    0: "101", 1: "May 23, 2023, 10:40:57 PM", 2: "Secret Title", 3: "Run", 4: "Secret words", 5: "3700", 6: "10.02", 7: "171", 11: "Kinvara 14 (blue)",
    12: "activities/101.fit.gz", 13: "61.5", 15: "3700.0", 16: "3600.0", 17: "10020.5", 20: "88.0", 21: "90.0", 29: "84.5", 30: "171.0", 31: "150.2",
    34: "640.0", 36: "19.0", 43: "6.0", 56: "14.5", 59: "0.62", 60: "1013.2", 61: "2.5",
}  # fmt: skip


def line(**changes: str) -> list[str]:
    """Return the run's cells, with those at ``cN`` changed."""
    cells = {**RUN, **{int(k[1:]): v for k, v in changes.items()}}
    return [cells.get(i, "") for i in range(len(ENGLISH))]


@pytest.fixture
def export(tmp_path):
    """Return a function that writes an export and returns its folder."""

    def write(*rows: list[str], heading: list[str] = ENGLISH, separator: str = ",", encoding: str = "utf-8"):
        quoted = [separator.join(f'"{cell}"' for cell in row) for row in (heading, *rows)]
        (tmp_path / "activities.csv").write_bytes("\r\n".join(quoted).encode(encoding))
        return tmp_path

    return write


def cohort_of(path, **options) -> Cohort:
    return accounted(read_strava(path, athlete="ann", **options))


def test_two_activities_of_one_start_are_two(export):
    both = cohort_of(export(line(), line(c0="102", c3="Ride", c17="30000"))).activities
    assert sorted(both["sport"]) == ["cycling", "running"]
    assert both["activity_id"].nunique() == 2


def test_weather_is_its_activitys_however_the_list_is_ordered(export):
    later = line(c0="102", c1="May 24, 2023, 9:00:00 AM", c56="3.5")
    cohort = cohort_of(export(later, line(c0="103", c1="never", c56="9"), line()))
    met = cohort.activities.merge(cohort.weather, on="place_id")
    assert met.sort_values("start_time")["temperature_c"].tolist() == [14.5, 3.5]


def test_the_last_weight_is_the_athletes(export):
    later = line(c0="102", c1="May 24, 2023, 9:00:00 AM", c13="60")
    assert cohort_of(export(line(), later)).athletes["mass_kg"].tolist() == [60]


def test_what_strava_writes_as_0_was_not_measured(export):
    ride = cohort_of(export(line(c3="Ride", c16="0", c17="0", c34="0.0", c43="0"))).activities.iloc[0]
    assert ride[["moving_time_s", "distance_m", "energy_kcal", "session_rpe"]].isna().all()


def test_a_run_comes_in_with_plain_numbers_and_without_words(export):
    cohort = cohort_of(export(line()), timezone="Europe/Oslo")
    run = cohort.activities.iloc[0]
    told = run[["sport", "duration_s", "moving_time_s", "distance_m", "ascent_m", "descent_m", "hr_mean_bpm"]]
    assert told.tolist() == ["running", 3700, 3600, 10020.5, 88, 90, 150.2]
    assert run[["hr_max_bpm", "cadence_mean_spm", "session_rpe"]].tolist() == [171, 169, 6]
    assert run[["energy_kcal", "temperature_mean_c", "shoe_id"]].tolist() == [640, 19, "kinvara-14-blue"]
    assert run["start_time"] == pd.Timestamp("2023-05-23 22:40:57", tz="UTC")
    assert run["day"] == pd.Timestamp("2023-05-24"), "the day is the local one"
    weather = cohort.weather.iloc[0]
    assert weather["place_id"] == run["place_id"]
    assert weather[["temperature_c", "relative_humidity_pct", "pressure_hpa", "wind_speed_mps"]].tolist() == [
        14.5,
        62,
        1013.2,
        2.5,
    ]
    assert cohort.athletes["mass_kg"].tolist() == [61.5]
    assert not any("Secret" in frame.to_csv() for frame in cohort.tables().values())
    assert len(cohort.ratings) == 0


GERMAN = {
    0: "Aktivitäts-ID", 1: "Aktivitätsdatum", 3: "Aktivitätsart", 5: "Verstrichene Zeit", 6: "Distanz", 12: "Dateiname", 15: "Verstrichene Zeit",
    16: "Bewegungszeit", 17: "Distanz", 43: "Gefühlte Anstrengung", 44: "Art",
}  # fmt: skip
WORD = '<span class=""translation_missing"" title=""translation missing: xx.horton_values.{}"">X</span>'


@pytest.mark.parametrize(
    "heading",
    [
        [GERMAN.get(i, f"Spalte {i}") for i in range(len(ENGLISH))],
        [{15: "w5", 17: "w6"}.get(i, f"w{i}") for i in range(len(ENGLISH))],  # a language never seen
        [WORD.format(name.lower().replace(" ", "_")) if i > 42 else name for i, name in enumerate(ENGLISH)],
    ],
    ids=["German", "unknown", "untranslated"],
)
def test_headings_are_known_in_any_language(export, heading):
    plain = cohort_of(export(line())).activities
    other = cohort_of(export(line(), heading=heading)).activities
    pd.testing.assert_frame_equal(plain, other)


@pytest.mark.parametrize(
    "date",
    ["May 23, 2023, 12:40:57 PM", "May 23, 2023, 12:40:57\u202fPM", "23.05.2023, 12:40:57", "23 mai 2023 à 12:40:57", "23 mei 2023 12:40:57",
     "23 de mai. de 2023, 12:40:57", "23 mag 2023, 12:40:57", "23 may 2023 12:40:57 p. m.", "2023-05-23 12:40:57", "5/23/2023 12:40:57", "45069.528437500"],
)  # fmt: skip
def test_dates_of_all_languages_are_utc(export, date):
    start = cohort_of(export(line(c1=date))).activities["start_time"].iloc[0]
    assert start == pd.Timestamp("2023-05-23 12:40:57", tz="UTC")


def test_a_date_that_could_be_two_is_refused(export):
    with pytest.raises(InputError, match=r"activities\.csv, line 2: .*day/month or month/day"):
        read_strava(export(line(c1="05/06/2023 12:40")), athlete="ann")


def test_a_spreadsheets_copy_reads_the_same(export):
    saved = line(
        c6="10,02",
        c17="10020,5",
        c29="84,5",
        c31="150,2",
        c56="14,5",
        c59="0,62",
        c60="1013,2",
        c61="2,5",
        c13="61,5",
    )
    plain = cohort_of(export(line()))
    again = cohort_of(export(saved, separator=";", encoding="cp1252"))
    assert plain.digest() == again.digest()


def test_the_shown_distance_is_kilometres_but_metres_for_swims(export):
    rows = [
        line(c17="", c1=f"May 2{i}, 2023, 8:00:00 AM", c0=str(i), c3=kind, c44="", c6="1,500")
        for i, kind in enumerate(["Course à pied", "Natation"])
    ]
    assert cohort_of(export(*rows)).activities["distance_m"].tolist() == [1500, 1.5]


def test_a_treadmills_zeros_are_not_measured(export):
    run = cohort_of(export(line(c16="0", c17="0.0"))).activities.iloc[0]
    assert run["duration_s"] == 3700.0
    assert run[["moving_time_s", "distance_m"]].isna().all()


def test_what_is_left_out_is_told(export):
    broken = line(c0="5")[:20]
    twin = line(c0="102", c43="")
    folder = export(
        line(),
        line(),
        twin,
        line(c0="103", c1="soon"),
        broken,
        line(c0="104", c1="May 24, 2023", c31="400", c3="Quidditch", c44=""),
    )
    report = read_strava(folder, athlete="ann").report
    assert report.tables["activities"].left_out == {
        "uploaded twice: joined with the line of same start, sport and length": 1,
        "no date that can be read": 1,
        "the same activity stands twice": 1,
        "a line cut off or with extra cells": 1,
    }
    assert report.tables["activities"].examples["no date that can be read"] == "activities.csv, line 5"
    notes = "; ".join(report.notes)
    assert "1 value of activities.hr_mean_bpm left empty: outside 25-240 bpm" in notes
    assert "'Quidditch'" in notes


def test_only_files_inside_the_export_are_named(export):
    names = [
        "activities/101.fit.gz",
        "../secret.gpx",
        "/etc/run.fit",
        "activities/gone.tcx",
        "media/photo.jpg",
    ]
    folder = export(*[line(c0=str(i), c12=name) for i, name in enumerate(names)])
    (folder / "activities").mkdir()
    (folder / "activities/101.fit.gz").write_bytes(b"x")
    (folder.parent / "secret.gpx").write_bytes(b"x")
    notes = read_strava(folder, athlete="ann").report.notes
    assert "2 activity files are named, 1 of them are there" in notes
    assert "3 file names passed over: no activity file, or outside the export" in notes


def test_the_archive_reads_as_its_folder_does(export, tmp_path):
    folder = export(line())
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.write(folder / "activities.csv", "export_1/activities.csv")
    assert cohort_of(tmp_path / "export.zip").digest() == cohort_of(folder).digest()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"),
        (b"Date,Steps\n1,2\n", "is not Strava's activities.csv"),
        (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer"),
        (b"PK\x03\x04broken", "not Strava's|not text|broken"),
        (b'Activity ID,"Activity Date\n', "is not sound CSV"),
    ],
)
def test_what_is_no_list_is_refused(tmp_path, data, why):
    file = tmp_path / "activities.csv"
    file.write_bytes(data)
    with pytest.raises(InputError, match=why):
        read_strava(file, athlete="ann")


def test_other_faults_are_told(export, tmp_path):
    with pytest.raises(InputError, match="no time zone"):
        read_strava(export(line()), athlete="ann", timezone="Mars/Base")
    with pytest.raises(InputError, match="missing"):
        read_strava(tmp_path / "gone.csv", athlete="ann")


def test_the_real_export(real_data):
    path = real_data / "device_exports" / "strava" / "activities_strava_py.csv"
    cohort = cohort_of(path)
    assert (len(cohort.activities), set(cohort.activities["sport"])) == (7, {"cycling"})
    ride = cohort.activities[cohort.activities["activity_id"] == "ann-strava-20230523T124057"].iloc[0]
    assert (ride["duration_s"], ride["moving_time_s"], ride["session_rpe"]) == (6124, 5103, 6)
    assert ride["distance_m"] == pytest.approx(33912.48046875)
    header = real_data / "device_exports" / "strava" / "activities_2026_header_only.csv"
    assert len(cohort_of(header).activities) == 0


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.floats(0, 1), new=st.binary(min_size=1, max_size=4), cut=st.booleans())
def test_damage_is_told_or_harmless(export, at, new, cut):
    folder = export(line(), line(c0="102", c1="May 25, 2023, 8:00:00 AM"))
    file = folder / "activities.csv"
    data = file.read_bytes()
    place = int(at * len(data))
    file.write_bytes(data[:place] + new + (b"" if cut else data[place + len(new) :]))
    try:
        imported = read_strava(folder, athlete="ann")
    except InputError:
        return
    Cohort.from_tables("own", imported.tables)
    assert np.all(imported.tables["activities"]["source"] == "strava")
