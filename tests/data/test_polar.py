"""Polar Flow's account export: sessions are recordings, nights and days a diary, vendor scores told and not stored.

No real export was at hand: the documents are made by hand, with the names that several programs which read real ones use.
"""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.activity_import import import_activities
from heavylegs.data.cohort import Cohort
from heavylegs.data.errors import InputError
from heavylegs.data.owner import Owner
from heavylegs.data.quarantine import Quarantine
from heavylegs.data.readers.activity_files import read_activity_file
from heavylegs.data.readers.polar import read_polar
from heavylegs.data.readers.polar_names import is_session_name
from heavylegs.data.recording import Recording
from heavylegs.data.store import Store
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .accounts import accounted
from .polar_files import (
    NEW_NAME,
    OLD_NAME,
    SECONDS,
    account,
    new_session,
    night,
    old_session,
    recovery,
    write,
)

LAYOUTS = pytest.mark.parametrize("layout", [old_session, new_session], ids=["old", "new"])


def recording(session: dict[str, Any], name: str = NEW_NAME) -> Recording:
    (read,) = read_activity_file(json.dumps(session).encode(), name)
    return read


def days(folder: Path, **files: object) -> Cohort:
    named = {f"{name}_42-0c1e.json": document for name, document in files.items()}
    return accounted(read_polar(write(folder / "export", named), athlete="ann"))


# -- sessions --------------------------------------------------------------------------------------


@LAYOUTS
def test_a_session_is_the_same_recording_in_either_layout(layout):
    run = recording(layout())
    assert (run.sport, run.start_time.replace(microsecond=0)) == (
        "running",
        datetime(2024, 5, 1, 5, tzinfo=UTC),
    )
    assert (run.utc_offset_s, run.n_records) == (7200, SECONDS)
    told = {
        name: run.summary[name]
        for name in ("duration_s", "moving_time_s", "distance_m", "ascent_m", "descent_m")
    }
    assert told == {
        "duration_s": 600.0,
        "moving_time_s": 590.5,
        "distance_m": 1797.0,
        "ascent_m": 11.0,
        "descent_m": 2.0,
    }
    assert [run.summary[n] for n in ("hr_mean_bpm", "hr_max_bpm", "energy_kcal", "session_rpe")] == [
        139,
        159,
        130,
        8,
    ]


@LAYOUTS
def test_samples_come_in_metres_and_seconds_and_gaps_stay_gaps(layout):
    records = recording(layout()).records
    assert np.isnan(records["hr_bpm"][0])
    assert records["hr_bpm"][1] == 121.0
    assert records["speed_mps"][1:] == pytest.approx(3.0)
    assert records["distance_m"][-1] == 3.0 * (SECONDS - 1)
    assert "temperature_c" not in records


@LAYOUTS
def test_cadence_of_one_leg_is_doubled(layout):
    run = recording(layout())
    assert (run.records["cadence_spm"] == 168).all()
    assert run.summary["cadence_mean_spm"] == pytest.approx(168)


@LAYOUTS
def test_the_altimeters_first_zeros_are_no_climb(layout):
    run = recording(layout())
    assert np.isnan(run.records["altitude_m"][:2]).all()
    assert run.records["altitude_m"][2] == 183.0, "the altimeter's, not that of the way"
    assert run.changed["altitudes of 0 before the altimeter had settled emptied"] == 2


@LAYOUTS
def test_positions_go_to_the_samples_and_make_none_of_their_own(layout):
    run = recording(layout())
    assert np.isfinite(run.records["latitude_deg"]).all()
    assert run.n_records == SECONDS


def test_a_way_without_samples_is_a_recording():
    run = recording(new_session(samples={}, distanceMeters=None))
    assert np.isfinite(run.records["latitude_deg"]).sum() == SECONDS
    assert np.nanmax(run.records["distance_m"]) == pytest.approx(1797.0, rel=0.01)


def test_a_way_that_goes_on_after_the_exercise_is_cut_where_it_stopped():
    session = new_session(samples={})
    points = session["exercises"][0]["routes"]["route"]["wayPoints"]
    points += [{**points[-1], "elapsedMillis": 40_000_000}]
    assert recording(session).summary["duration_s"] == 600.0


def test_samples_that_leave_pauses_out_get_them_back():
    paused = [{"startTime": "2024-05-01T07:01:40", "endTime": "2024-05-01T07:11:40"}]
    run = recording(new_session(pauseTimes=paused, durationMillis=600_000, stopTime="2024-05-01T07:20:00"))
    assert run.records["elapsed_s"][[99, 100]].tolist() == [99.0, 700.0]
    assert (run.summary["duration_s"], run.summary["moving_time_s"]) == (1200.0, 600.0)


def test_each_exercise_of_several_is_a_leg_with_what_it_tells_itself():
    first = new_session(sport={"id": "105"}, samples={}, routes={}, statistics={})
    second = new_session(startTime="2024-05-01T07:12:00", stopTime="2024-05-01T07:22:00")
    first["exercises"] += second["exercises"]
    swim, run = read_activity_file(json.dumps(first).encode(), NEW_NAME)
    assert [(leg.sport, leg.leg) for leg in (swim, run)] == [("swimming", 0), ("running", 1)]
    assert "hr_mean_bpm" not in swim.summary, "that of the whole session is not the leg's"
    assert run.summary["hr_mean_bpm"] == 139


def test_a_session_without_exercises_is_as_it_tells_itself():
    session = {key: value for key, value in new_session().items() if key != "exercises"}
    run = recording(session)
    assert (run.summary["duration_s"], run.summary["distance_m"], run.n_records) == (600.0, 1797.0, 0)


def test_a_session_that_tells_no_offset_is_by_the_clock_at_home(tmp_path):
    session = old_session(timezoneOffset=None) | {"timeZoneOffset": None}
    write(tmp_path / "export", {OLD_NAME: session})
    store = Store(tmp_path / "st")
    import_activities(store, [tmp_path / "export"], Owner("me", timezone="Europe/Oslo"))
    run = store.read().activities.iloc[0]
    assert (run["day"], run["start_time"].hour) == (pd.Timestamp("2024-05-01"), 5)


@pytest.mark.parametrize(
    ("sport", "meant", "told"),
    [
        ("TREADMILL_RUNNING", "running", None),
        ("ROAD_BIKING", "cycling", None),
        ({"id": "11"}, "walking", None),
        ({"id": "15"}, "strength", None),
        ({"id": "47"}, "other", None),
        ({"id": "55"}, "other", "'cross-trainer'"),
        ({"id": "4242"}, "other", "number 4242 of Polar"),
        (None, "other", "names no sport"),
    ],
)
def test_a_sport_that_is_not_known_is_told_by_its_name(sport, meant, told):
    session = new_session(sport=sport) | {"sport": sport}
    run = recording(session)
    assert run.sport == meant
    assert any(told in note for note in run.notes) if told else not any("sport" in note for note in run.notes)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "holds no data"),
        (json.dumps(new_session()).encode()[:2000], "broken JSON"),
        (b'{"startTime": "yesterday", "stopTime": "", "exportVersion": "2.6"}', "no start that can be read"),
        (
            b'{"startTime": "0001-01-01T00:00:00", "stopTime": "", "exportVersion": "2.6"}',
            "no start that can be read",
        ),
        (b"[1, 2]", "is no training session"),
        (
            json.dumps(new_session() | {"exercises": [{"durationMillis": 3, "stopTime": 7}]}).encode(),
            "less than a second",
        ),
    ],
)
def test_a_broken_session_is_told_in_one_line(data, what):
    with pytest.raises(InputError, match=f"{NEW_NAME}: .*{what}"):
        read_activity_file(data, NEW_NAME)


# -- nights and days -------------------------------------------------------------------------------


def test_nights_count_to_the_day_of_waking_and_their_measures_with_them(tmp_path):
    slept = [
        night("2024-05-02", "2024-05-02T06:30:00+02:00", rating="SLEPT_WELL"),
        night("2024-05-02", "2024-05-03T07:00:00.715+02:00", "PT8H2M"),
    ]
    recovered = [recovery("2024-05-02"), recovery("2024-05-09", meanNightlyRecoveryRmssd=0)]
    diary = days(tmp_path, sleep_result=slept[1:], nightly_recovery=recovered).diary.set_index("day")
    assert diary.loc["2024-05-03", "sleep_h"] == pytest.approx(8 + 2 / 60)
    assert diary.loc["2024-05-03", ["hrv_rmssd_ms", "night_hr_bpm"]].tolist() == [48.0, 50.0]
    assert np.isnan(diary.loc["2024-05-09", "hrv_rmssd_ms"]), "0 is not measured"
    diary = days(tmp_path, sleep_result=slept[:1], nightly_recovery=[]).diary.set_index("day")
    assert diary.loc["2024-05-02", ["sleep_h", "sleep_quality_score"]].tolist() == [7.5, 10.0]


def test_a_whole_account_comes_in_and_what_is_left_out_is_told(tmp_path):
    imported = read_polar(write(tmp_path / "export", account()), athlete="ann")
    cohort = accounted(imported)
    diary = cohort.diary.set_index("day")
    assert diary.loc["2024-05-02", ["sleep_h", "sleep_quality_score", "mass_kg"]].tolist() == [7.5, 7.5, 60.5]
    assert diary.loc["2024-05-01", "steps"] == 8000
    assert np.isnan(diary.loc["2024-05-02", "steps"]), "a day without a step was not worn"
    assert cohort.athletes.iloc[0][["sex", "birth_year", "height_cm", "mass_kg"]].tolist() == [
        "female",
        1985,
        170,
        61,
    ]
    told = json.dumps(imported.report.to_dict())
    for what in (
        "sleep score",
        "ANS charge",
        "heart rates of the whole day",
        "without a step",
        "1 training session",
    ):
        assert what in told
    assert cohort.ratings.empty
    assert not any("Secret" in frame.to_csv() for frame in cohort.tables().values())


def test_a_weight_that_the_profile_holds_counts_when_it_changes(tmp_path):
    told = [("2024-03-01T08:00:00", 61.0), ("2024-01-01T08:00:00", 62.0), ("2024-02-01T08:00:00", 62.0)]
    items = {
        "physicalInformations": [{"dateTime": when, "weight, kg": kg} for when, kg in told],
        "weights": [],
    }
    diary = days(tmp_path, **{"calendar-items": items}).diary.set_index("day")["mass_kg"]
    assert diary.to_dict() == {pd.Timestamp("2024-01-01"): 62.0, pd.Timestamp("2024-03-01"): 61.0}


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.sampled_from([10**400, "PT8H", "2024-05-01", "NaN", "RPE_HARD", "27"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["night", "evaluation", "samples", "values", "type", "exercises", "startTime", "summary", "date"]), inner, max_size=4
    ),
    max_leaves=12,
)  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(sorted({*new_session(), *old_session()})), json_values), json_values)
def test_whatever_a_session_and_a_night_hold_is_read_or_refused(tmp_path, changes, other):
    for layout in (old_session, new_session):
        with contextlib.suppress(InputError):
            read_activity_file(json.dumps(layout() | changes).encode(), NEW_NAME)
    accounted(read_polar(write(tmp_path / "odd", {"sleep_result_1-a.json": other, "b.json": {**night("2024-05-01", ""), "evaluation": other}}), athlete="a"))  # fmt: skip


# -- into a store ----------------------------------------------------------------------------------

TCX = """<?xml version="1.0"?><TrainingCenterDatabase><Activities><Activity Sport="{sport}"><Id>2024-05-01T05:00:00.850Z</Id>
<Lap StartTime="2024-05-01T05:00:00.850Z"><TotalTimeSeconds>590.5</TotalTimeSeconds><DistanceMeters>1797</DistanceMeters><Track>{points}</Track></Lap>
</Activity></Activities></TrainingCenterDatabase>"""
POINT = (
    "<Trackpoint><Time>2024-05-01T05:{m:02d}:{s:02d}.850Z</Time><DistanceMeters>{d}</DistanceMeters>"
    "<HeartRateBpm><Value>{h}</Value></HeartRateBpm></Trackpoint>"
)


@pytest.mark.parametrize("first", ["polar", "tcx"])
@pytest.mark.parametrize("sport", ["Running", "Other"])
def test_the_session_and_its_tcx_file_are_one_activity_whichever_comes_first(tmp_path, first, sport):
    points = "".join(POINT.format(m=i // 60, s=i % 60, d=3.0 * i, h=120 + i % 40) for i in range(SECONDS))
    folder = write(tmp_path / "polar", {OLD_NAME: old_session()})
    (tmp_path / "run.tcx").write_text(TCX.format(sport=sport, points=points))
    store, files = Store(tmp_path / "st"), [folder, tmp_path / "run.tcx"]
    for path in files if first == "polar" else files[::-1]:
        import_activities(store, [path], Owner("me"))
    cohort = store.read()
    run = cohort.activities.iloc[0]
    assert len(cohort.activities) == 1
    assert run[["sport", "session_rpe", "distance_m"]].tolist() == ["running", 8.0, 1797.0]
    assert set(run["source"].split("+")) == {"polar", "tcx"}
    assert len(cohort.records) == SECONDS


def test_a_session_that_comes_again_with_a_later_export_is_known(tmp_path):
    store = Store(tmp_path / "st")
    folder = write(tmp_path / "export", account())
    first = import_activities(store, [folder], Owner("me"), wanted=is_session_name)
    again = import_activities(store, [folder], Owner("me"), wanted=is_session_name)
    assert (first.report.tables["activities"].kept, again.unchanged, first.told, first.failed) == (
        1,
        1,
        {},
        {},
    )
    assert "latitude_deg" not in store.read().records.dropna(axis=1, how="all")


def test_a_session_that_was_cut_off_stays_in_quarantine_until_it_can_be_read(tmp_path):
    store, data = Store(tmp_path / "st"), json.dumps(new_session()).encode()
    (tmp_path / NEW_NAME).write_bytes(data[:200])
    assert NEW_NAME in str(import_activities(store, [tmp_path / NEW_NAME], Owner("me")).failed)
    (waiting,) = Quarantine.beside(store.path).entries()
    copy = Quarantine.beside(store.path).path(waiting)
    assert import_activities(store, [copy], Owner("me")).failed, "it is not taken for something else"
    copy.write_bytes(data)
    assert not import_activities(store, [copy], Owner("me")).failed


def test_the_two_layouts_of_one_session_are_one_activity(tmp_path):
    store = Store(tmp_path / "st")
    for name, session in ((OLD_NAME, old_session()), (NEW_NAME, new_session())):
        import_activities(store, [write(tmp_path / name[:18], {name: session})], Owner("me"))
    assert len(store.read().activities) == 1
