"""Fitbit's own export: exercises by UTC, nights by the local clock, weights by what their BMI tells, the rest counted."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from heavylegs.data.cohort import Cohort
from heavylegs.data.errors import InputError
from heavylegs.data.importer import import_tables
from heavylegs.data.readers.fitbit import read_fitbit
from heavylegs.data.readers.pmdata import read_pmdata
from heavylegs.data.schema import DETECTED
from heavylegs.data.store import Store
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .accounts import accounted

TAKEOUT = "Takeout/Fitbit/Global Export Data"
NIGHTS = "Takeout/Fitbit/Heart Rate Variability/Daily Heart Rate Variability Summary - 2024-05-(01).csv"
PROFILE = "full_name,email_address,date_of_birth,timezone,gender,weight\r\nSecret Name,secret@x.y,1984-02-29,America/New_York,FEMALE,61\r\n"


def exercise(
    number: int = 1, start: str = "05/01/24 22:30:00", name: str = "Run", **more: object
) -> dict[str, object]:
    return {
        "logId": number, "activityName": name, "startTime": start, "duration": 3_600_000, "activeDuration": 3_540_000, "logType": "tracker",
        "averageHeartRate": 150, "calories": 600, "steps": 9000, "elevationGain": 30.48, "distance": 10.0, "distanceUnit": "Kilometer",
        "source": {"name": "Secret Watch", "id": "Secret Serial"},
    } | more  # fmt: skip


def sleep(start: str, end: str, minutes: int = 450, day: str | None = None) -> dict[str, object]:
    return {
        "logId": 5,
        "dateOfSleep": day or end[:10],
        "startTime": start,
        "endTime": end,
        "minutesAsleep": minutes,
    }


def pulse(day: str, value: float) -> dict[str, object]:
    return {
        "dateTime": f"{day} 00:00:00",
        "value": {"date": day if value else None, "value": value, "error": 6.7},
    }


def weight(
    value: float, bmi: float = 0.0, time: str = "07:00:00", day: str = "05/02/24", **more: object
) -> dict[str, object]:
    return {"logId": 9, "weight": value, "bmi": bmi, "date": day, "time": time} | more


@pytest.fixture
def export(tmp_path):
    """Return a function that writes files of an export, JSON or text, and returns its folder."""

    def write(files: dict[str, object]) -> Path:
        for name, content in files.items():
            file = tmp_path / "export" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return tmp_path / "export"

    return write


def cohort_of(path: Path, timezone: str | None = "Europe/Oslo") -> Cohort:
    return accounted(read_fitbit(path, athlete="ann", timezone=timezone))


def told(path: Path, timezone: str | None = "Europe/Oslo") -> str:
    report = read_fitbit(path, athlete="ann", timezone=timezone).report
    return "; ".join([*report.notes, *(why for t in report.tables.values() for why in t.left_out)])


# -- exercises -------------------------------------------------------------------------------------


def test_an_exercise_is_written_by_the_clock_of_utc_and_belongs_to_its_local_day(export):
    run = cohort_of(export({f"{TAKEOUT}/exercise-0.json": [exercise()]})).activities.iloc[0]
    assert (run["start_time"], run["day"]) == (
        pd.Timestamp("2024-05-01 22:30", tz="UTC"),
        pd.Timestamp("2024-05-02"),
    )
    measures = [
        "sport",
        "duration_s",
        "moving_time_s",
        "distance_m",
        "ascent_m",
        "hr_mean_bpm",
        "steps",
        "energy_kcal",
        "source",
    ]
    assert run[measures].tolist() == [
        "running",
        3600.0,
        3540.0,
        10_000.0,
        30.48,
        150.0,
        9000.0,
        600.0,
        "fitbit",
    ]


def test_nothing_of_names_and_devices_is_kept(export):
    files = {f"{TAKEOUT}/exercise-0.json": [exercise()], "Takeout/Fitbit/Your Profile/Profile.csv": PROFILE}
    cohort = cohort_of(export(files))
    assert not any(
        "Secret" in frame.to_csv() or "secret" in frame.to_csv() for frame in cohort.tables().values()
    )


@pytest.mark.parametrize(
    ("files", "day", "zone", "said"),
    [
        ({"Your Profile/Profile.csv": PROFILE}, "2024-05-01", "America/New_York", "those of America/New_York, the profile's"),
        ({"Personal & Account/Profile.csv": PROFILE.replace("America/New_York", "?")}, "2024-05-01", None, "are UTC days: give --timezone"),
    ],
)  # fmt: skip
def test_the_profile_tells_the_time_zone_where_nobody_else_does(export, files, day, zone, said):
    folder = export({"exercise-0.json": [exercise()], **files})
    cohort = cohort_of(folder, None)
    assert cohort.activities["day"].tolist() == [pd.Timestamp(day)]
    assert cohort.athletes["timezone"].astype(object).where(
        cohort.athletes["timezone"].notna(), None
    ).tolist() == [zone]
    assert cohort.athletes[["sex", "birth_year"]].to_numpy().tolist() == [["female", 1984.0]]
    assert said in told(folder, None)


def test_exercises_that_begin_asleep_are_told_of(export):
    nights = [sleep(f"2024-05-0{d}T23:00:00.000", f"2024-05-0{d + 1}T07:00:00.000") for d in range(1, 7)]

    def written(clock: str) -> str:
        runs = [exercise(d, f"05/0{d}/24 {clock}") for d in range(1, 7)]
        return told(export({"exercise-0.json": runs, "sleep-2024-05-01.json": nights}))

    assert "6 exercises begin within a recorded sleep, 0 if their times are local" in written("22:30:00")
    assert "within a recorded sleep" not in written("16:30:00")


def test_miles_are_metres_and_what_climbs_in_an_unknown_unit_is_left_out(export):
    folder = export({"exercise-0.json": [exercise(distanceUnit="Mile"), exercise(2, "05/02/24 08:00:00")]})
    cohort = cohort_of(folder)
    assert cohort.activities["distance_m"].tolist() == pytest.approx([16_093.44, 10_000])
    assert cohort.activities["ascent_m"].isna().all()
    assert "ascent of 2 recordings left empty" in told(folder)
    strange = export({"exercise-0.json": [exercise(distanceUnit="Furlong")]})
    assert cohort_of(strange).activities["distance_m"].isna().all()
    assert "distances in 'Furlong' left empty: the unit is not known" in told(strange)


def test_what_was_never_measured_is_absent_and_what_was_left_running_has_no_length(export):
    folder = export(
        {
            "exercise-0.json": [
                exercise(1, "05/01/24 08:00:00", averageHeartRate=0, distance=0),
                exercise(2, "05/02/24 08:00:00", activeDuration=50_000_000, duration=50_000_000),
                exercise(3, "05/03/24 08:00:00", duration=30_000),
            ]
        }
    )
    rows = cohort_of(folder).activities.set_index("activity_id")
    assert rows.index.tolist() == ["ann-fitbit-1", "ann-fitbit-2"]
    assert rows.loc["ann-fitbit-1", ["hr_mean_bpm", "distance_m"]].isna().all()
    assert rows.loc["ann-fitbit-2", ["duration_s", "moving_time_s", "energy_kcal"]].isna().all()
    assert "1 recording left running" in told(folder)
    assert "shorter than a minute" in told(folder)


def test_a_sport_that_is_not_known_is_other_and_told(export):
    names = ["Treadmill", "Outdoor Bike", "Weights", "Hiking", "Zorbing"]
    folder = export(
        {"exercise-0.json": [exercise(n, f"05/0{n}/24 08:00:00", name) for n, name in enumerate(names, 1)]}
    )
    assert cohort_of(folder).activities["sport"].tolist() == [
        "running",
        "cycling",
        "strength",
        "walking",
        "other",
    ]
    assert "1 activity taken as sport 'other': 'Zorbing' (1)" in told(folder)


def test_pages_that_tell_a_recording_twice_tell_it_once(export):
    folder = export(
        {"exercise-0.json": [exercise()], "exercise-100.json": [exercise(), exercise(2, "05/03/24 08:00:00")]}
    )
    assert len(cohort_of(folder).activities) == 2
    assert "the same recording in another file" in told(folder)


@pytest.mark.parametrize("first", ["fitbit", "strava"])
def test_a_walk_that_the_watch_noticed_does_not_stand_beside_the_run_of_another_source(
    export, tmp_path, first
):
    """Whichever comes first: while Strava recorded, the watch took the first slow half of the run for a walk."""
    noticed = exercise(
        1, "05/01/24 06:05:00", "Walk", duration=1_500_000, activeDuration=1_500_000, logType="auto_detected"
    )
    own = exercise(2, "05/02/24 06:05:00", "Walk", logType="auto_detected")
    fitbit = read_fitbit(export({"exercise-0.json": [noticed, own]}), athlete="ann", timezone="UTC")
    run = {
        "activity_id": "s", "athlete_id": "ann", "day": pd.Timestamp("2024-05-01"), "start_time": pd.Timestamp("2024-05-01 06:00", tz="UTC"),
        "sport": "running", "duration_s": 3300.0, "source": "strava",
    }  # fmt: skip
    parts = {"fitbit": fitbit.tables, "strava": {"activities": pd.DataFrame([run])}}
    store = Store(tmp_path / "store")
    for name in (first, "strava" if first == "fitbit" else "fitbit"):
        import_tables(store, parts[name], fitbit.report, "")
    kept = store.read().activities
    assert kept[["sport", "source"]].to_numpy().tolist() == [
        ["walking", DETECTED],
        ["running", f"strava+{DETECTED}"],
    ]
    assert kept["hr_mean_bpm"].fillna(0).tolist() == [150.0, 0.0]


# -- days ------------------------------------------------------------------------------------------


def test_a_night_belongs_to_the_day_of_waking_and_naps_are_left_out(export):
    folder = export(
        {
            f"{TAKEOUT}/sleep-2024-05-01.json": [
                sleep("2024-05-01T23:10:00.000", "2024-05-02T06:55:00.000", 420),
                sleep("2024-05-02T14:00:00.000", "2024-05-02T15:30:00.000", 80),
                sleep("2024-05-02T07:30:00.000", "2024-05-02T08:20:00.000", 45),
                sleep("2024-05-03T00:20:00.000", "2024-05-03T07:00:00.000", 0),
            ]
        }
    )
    diary = cohort_of(folder).diary
    assert diary[["day", "sleep_h"]].to_numpy().tolist() == [[pd.Timestamp("2024-05-02"), 7.0]]
    left = read_fitbit(folder, athlete="ann").report.tables["diary"].left_out
    assert left == {"a nap": 2, "another sleep of the same night, no longer": 1}


def test_a_resting_heart_rate_of_nought_is_none(export):
    """Fitbit pads its years: days without an estimate, and those to come."""
    folder = export(
        {
            "resting_heart_rate-2024-01-01.json": [
                pulse("05/01/24", 0.0),
                pulse("05/02/24", 52.25),
                pulse("12/31/24", 0.0),
            ]
        }
    )
    diary = cohort_of(folder).diary
    assert diary[["day", "resting_hr_bpm"]].to_numpy().tolist() == [[pd.Timestamp("2024-05-02"), 52.25]]
    assert diary["night_hr_bpm"].isna().all(), "it is the day's, not known at waking"


def test_the_nights_variability_comes_from_the_daily_summary(export):
    rows = "timestamp,rmssd,nremhr,entropy\n2024-05-01T00:00:00,38.2,49.6,2.4\n2024-05-02T00:00:00,0.0,,\n?,40,50,2\n"
    folder = export({NIGHTS: rows, NIGHTS.replace("Summary", "Histogram"): "timestamp,bucket_values\n"})
    diary = cohort_of(folder).diary
    assert diary[["day", "hrv_rmssd_ms", "night_hr_bpm"]].to_numpy().tolist() == [
        [pd.Timestamp("2024-05-01"), 38.2, 49.6]
    ]
    assert "a night without a day or a value that can be read" in told(folder)


@pytest.mark.parametrize(
    ("entries", "kg", "said"),
    [
        ([weight(154.3, 21.6)], 69.99, "1 weight taken as pounds"),
        ([weight(70.0, 21.6)], 70.0, "1 weight taken as kilograms"),
        ([weight(11.02, 21.6)], 69.98, "1 weight taken as stones"),
        ([weight(156.0, 21.8, "23:59:59"), weight(154.3, 21.6)], 69.99, "another value for the same day"),  # the first of the day
        ([weight(154.3), weight(155.0, 21.7, day="05/03/24")], 69.99, "2 weights taken as pounds"),
        ([weight(154.3)], None, "a weight whose unit nothing tells"),
        ([weight(154.3, 12.0)], None, "a weight whose unit nothing tells"),
    ],
)  # fmt: skip
def test_the_body_mass_index_tells_the_unit_of_a_weight_and_nothing_else_does(export, entries, kg, said):
    folder = export(
        {"Personal & Account/weight-2024-05-01.json": [{**entries[0], "fat": 18.5}, *entries[1:]]}
    )
    row = cohort_of(folder).diary.set_index("day").loc["2024-05-02"]
    assert pd.isna(row["mass_kg"]) if kg is None else row["mass_kg"] == pytest.approx(kg, abs=0.01)
    assert said in told(folder)
    if len(entries) == 1:
        assert row["body_fat_pct"] == 18.5


# -- files -----------------------------------------------------------------------------------------


def test_both_layouts_and_an_archive_of_them_read_alike(export, tmp_path):
    files = {
        "exercise-0.json": ("Physical Activity", [exercise()]),
        "sleep-2024-05-01.json": ("Sleep", [sleep("2024-05-01T23:10:00.000", "2024-05-02T06:55:00.000")]),
        "resting_heart_rate-2024-01-01.json": ("Physical Activity", [pulse("05/02/24", 52.0)]),
    }
    account = cohort_of(
        export({f"Ann/{folder}/{name}": content for name, (folder, content) in files.items()})
    )
    with zipfile.ZipFile(tmp_path / "takeout.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (_, content) in files.items():
            archive.writestr(f"{TAKEOUT}/{name}", json.dumps(content, indent=2))
    takeout = cohort_of(tmp_path / "takeout.zip")
    assert len(takeout.diary) == len(takeout.activities) == 1
    assert takeout.digest() == account.digest()


def test_times_are_read_in_either_of_fitbits_ways(export):
    american = cohort_of(export({"exercise-0.json": [exercise()]})).digest()
    assert (
        cohort_of(export({"exercise-0.json": [exercise(start="2024-05-01 22:30:00")]})).digest() == american
    )


def test_minutes_scores_and_googles_own_tables_are_counted_and_not_opened(export):
    broken = "{" * 10
    folder = export(
        {
            f"{TAKEOUT}/exercise-0.json": [exercise()],
            f"{TAKEOUT}/heart_rate-2024-05-01.json": broken,
            f"{TAKEOUT}/steps-2024-05-01.json": broken,
            "Takeout/Fitbit/Sleep Score/sleep_score.csv": broken,
            "Takeout/Fitbit/Physical Activity_GoogleData/steps_2024-05-01.csv": broken,
            f"{TAKEOUT}/badge.json": broken,
        }
    )
    files = read_fitbit(folder, athlete="ann").report.tables["files"]
    assert (files.read, files.kept) == (6, 1)
    assert files.left_out == {
        "values of minutes or seconds": 2,
        "vendor score, not stored": 1,
        "Google's own tables (*_GoogleData), which are not read yet": 1,
        "nothing that a table holds": 1,
    }


def test_a_bad_entry_does_not_keep_the_others_back(export):
    folder = export(
        {
            "exercise-0.json": [
                exercise(),
                exercise(2, duration="an hour"),
                exercise(3, "yesterday"),
                {"logId": 4},
                "what",
            ],
        }
    )
    report = read_fitbit(folder, athlete="ann").report
    assert len(cohort_of(folder).activities) == 1
    assert report.tables["activities"].left_out == {
        "an entry with a value that cannot be read": 2,
        "an entry without what it needs": 2,
    }
    assert report.tables["activities"].examples["an entry with a value that cannot be read"] == (
        "exercise-0.json, entry 2: duration 'an hour' is not a number in 0-inf"
    )


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("steps-2024-05-01.json", [{"dateTime": "05/01/24 00:00:00", "value": "3"}], "no kind of Fitbit data that is read"),
        ("nights.csv", "timestamp,pulse\n", "no kind of Fitbit data that is read"),
        ("Profile.csv", "version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer"),
    ],
)  # fmt: skip
def test_a_single_file_that_cannot_be_used_is_one_line(export, name, content, message):
    with pytest.raises(InputError, match=message):
        read_fitbit(export({name: content}) / name, athlete="ann")


def test_a_folder_without_anything_of_fitbits_is_one_line(export):
    with pytest.raises(InputError, match=r"holds no file of Fitbit's .*Global Export Data"):
        read_fitbit(export({f"{TAKEOUT}/steps-2024-05-01.json": []}), athlete="ann")


def test_a_single_file_of_any_name_is_known_by_what_it_holds(export):
    folder = export(
        {
            "my runs.json": [exercise()],
            "hrv": "timestamp,rmssd,nremhr,entropy\n2024-05-01T00:00:00,38.2,49.6,2.4\n",
        }
    )
    assert len(cohort_of(folder / "my runs.json").activities) == 1
    assert len(cohort_of(folder / "hrv").diary) == 1


# -- real files ------------------------------------------------------------------------------------


def test_real_files_read_as_pmdatas_own_reader_does(real_data):
    """Its people's Fitbit files, without what else was asked of them."""
    pmdata = Cohort.from_tables("pmdata", read_pmdata(real_data / "pmdata").tables)
    for person in ("p01", "p05", "p16"):
        cohort = cohort_of(real_data / "pmdata" / person / "fitbit")
        theirs = pmdata.activities[
            (pmdata.activities["athlete_id"] == person) & (pmdata.activities["source"] == "fitbit")
        ]
        ours = cohort.activities.assign(
            activity_id=cohort.activities["activity_id"].str.replace("ann", person)
        )
        ours = ours.set_index("activity_id").loc[theirs["activity_id"]].drop(columns=["athlete_id", "source"])
        pd.testing.assert_frame_equal(
            ours, theirs.set_index("activity_id").drop(columns=["athlete_id", "source"])
        )
        assert len(cohort.diary) > 100
        days = pmdata.diary[pmdata.diary["athlete_id"] == person].set_index("day")["resting_hr_bpm"].dropna()
        pulses = cohort.diary.set_index("day")["resting_hr_bpm"].dropna()
        pd.testing.assert_series_equal(pulses, days)
        assert cohort.diary["sleep_h"].between(1, 14).sum() > 70


# -- any files -------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    ["", "2024-05-01", "05/01/24 22:30:00", "2024-05-01T06:00:00.000", "99/99/99 00:00:00", "Run", "Mile"]
)
VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | WORDS
    | st.lists(st.integers(), max_size=1)
)
KEYS = st.sampled_from(["logId", "activityName", "startTime", "duration", "activeDuration", "distance", "distanceUnit", "dateOfSleep", "endTime",
                        "minutesAsleep", "dateTime", "value", "weight", "bmi", "date", "time", "fat"])  # fmt: skip
SOUND = st.sampled_from(
    [
        exercise(3),
        sleep("2024-05-01T23:10:00.000", "2024-05-02T06:55:00.000"),
        pulse("05/02/24", 50),
        weight(70.0, 22.0),
    ]
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    records=st.lists(
        st.builds(
            lambda a, b: a | b,
            SOUND,
            st.dictionaries(KEYS, VALUES | st.dictionaries(KEYS, VALUES, max_size=2), max_size=3),
        ),
        max_size=4,
    )
)
def test_any_entries_are_told_or_make_a_sound_cohort(export, records):
    cohort_of(export({"exercise-0.json": [exercise()], "sleep-2024-05-01.json": records}))
