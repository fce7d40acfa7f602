"""TCX: laps give totals, points give records, whatever wrote them."""

from __future__ import annotations

from pathlib import Path

import pytest
from heavylegs.data.cleanup import clean
from heavylegs.data.errors import InputError
from heavylegs.data.readers.tcx import read_tcx
from heavylegs.data.recording import NotAnActivity

POINT = """<Trackpoint><Time>2024-05-01T06:{m:02d}:00Z</Time><Position><LatitudeDegrees>48.0</LatitudeDegrees>
<LongitudeDegrees>11.5</LongitudeDegrees></Position><AltitudeMeters>500</AltitudeMeters><DistanceMeters>{d}</DistanceMeters>
<HeartRateBpm><Value>{hr}</Value></HeartRateBpm><Extensions><x:TPX><x:Speed>3.1</x:Speed><x:RunCadence>86</x:RunCadence>
<x:Watts>240</x:Watts></x:TPX></Extensions></Trackpoint>"""


def lap(first: int, last: int) -> str:
    points = "".join(POINT.format(m=m, d=m * 180, hr=120 + m) for m in range(first, last))
    return f"""<Lap StartTime="2024-05-01T06:{first:02d}:00Z"><TotalTimeSeconds>600</TotalTimeSeconds>
    <DistanceMeters>1800</DistanceMeters><Calories>120</Calories><Track>{points}</Track>
    <Extensions><x:LX><x:Steps>1700</x:Steps></x:LX></Extensions></Lap>"""


def tcx(*activities: tuple[str, str], around: str = "Activities") -> bytes:
    inner = "".join(
        f'<Activity Sport="{s}"><Id>2024-05-01T06:00:00Z</Id>{laps}</Activity>' for s, laps in activities
    )
    return f"""<?xml version="1.0"?><TrainingCenterDatabase
    xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"
    xmlns:x="http://www.garmin.com/xmlschemas/ActivityExtension/v2"><{around}>{inner}</{around}>
    </TrainingCenterDatabase>""".encode()


def test_points_and_laps_come_out_in_canonical_columns():
    (run,) = read_tcx(tcx(("Running", lap(0, 10) + lap(10, 20))), "run.tcx")
    assert {name: values[1] for name, values in run.records.items()} == {
        "elapsed_s": 60,
        "latitude_deg": 48.0,
        "longitude_deg": 11.5,
        "altitude_m": 500,
        "distance_m": 180,
        "hr_bpm": 121,
        "speed_mps": 3.1,
        "cadence_spm": 86,
        "power_w": 240,
    }
    assert run.summary == {"moving_time_s": 1200, "distance_m": 3600, "energy_kcal": 240, "steps": 3400}
    assert run.sport == "running"


def test_each_activity_of_a_file_is_one_recording():
    legs = read_tcx(tcx(("Biking", lap(0, 10)), ("Running", lap(10, 20))), "race.tcx")
    assert [(r.sport, r.leg, r.n_records) for r in legs] == [("cycling", 0, 10), ("running", 1, 10)]


def test_space_before_the_declaration_is_forgiven():
    assert read_tcx(b"          " + tcx(("Running", lap(0, 10))), "strava.tcx")[0].n_records == 10


def test_courses_are_no_activity_and_empty_ones_are_told_off():
    with pytest.raises(NotAnActivity, match="course"):
        read_tcx(tcx(around="Courses").replace(b"</Courses>", b"<Course/></Courses>"), "course.tcx")
    with pytest.raises(InputError, match="no activity with points or laps"):
        read_tcx(tcx(("Running", "")), "empty.tcx")


def bare_lap(start: str, seconds: float, metres: float, pulse: int | None) -> str:
    heart = f"<AverageHeartRateBpm><Value>{pulse}</Value></AverageHeartRateBpm>" if pulse is not None else ""
    return f"""<Lap StartTime="{start}"><TotalTimeSeconds>{seconds}</TotalTimeSeconds>
    <DistanceMeters>{metres}</DistanceMeters>{heart}</Lap>"""


def test_laps_without_points_are_a_session_of_what_all_of_them_tell():
    """Ten minutes at 120, a pause of five, thirty at 160."""
    laps = (
        bare_lap("2024-05-01T06:00:00Z", 600, 1800, 120),
        bare_lap("2024-05-01T06:15:00Z", 1800, 6000, 160),
    )
    run = clean(read_tcx(tcx(("Running", "".join(laps))), "treadmill.tcx")[0])
    assert (run.n_records, run.start_time.isoformat()) == (0, "2024-05-01T06:00:00+00:00")
    assert run.summary == {
        "duration_s": 2700,
        "moving_time_s": 2400,
        "distance_m": 7800,
        "hr_mean_bpm": 150,
    }


def test_laps_before_the_clock_was_set_count_to_the_session_of_the_others():
    laps = bare_lap("1989-12-31T00:00:00Z", 600, 1800, 120) + bare_lap(
        "2024-05-01T06:15:00Z", 1800, 6000, 160
    )
    run = clean(read_tcx(tcx(("Running", laps)), "treadmill.tcx")[0])
    assert run.start_time.isoformat() == "2024-05-01T06:15:00+00:00"
    assert (run.summary["duration_s"], run.summary["distance_m"]) == (2400, 7800)
    assert "laps of a clock that was not set count to the session of the others" in run.notes


def test_points_before_the_clock_was_set_leave_distance_and_time_of_all_laps():
    laps = lap(0, 10).replace("2024-05-01", "1970-01-01") + lap(20, 30)
    run = clean(read_tcx(tcx(("Running", laps)), "run.tcx")[0])
    assert (run.n_records, run.start_time.isoformat()) == (10, "2024-05-01T06:20:00+00:00")
    assert (run.summary["duration_s"], run.summary["distance_m"]) == (1200, 3600)


@pytest.mark.parametrize("pulse", [None, 0])
def test_what_a_lap_does_not_tell_is_absent_of_the_session(pulse: int | None):
    laps = bare_lap("", 600, 0, 120).replace("</Lap>", "<Calories>90</Calories></Lap>") + bare_lap(
        "", 1800, 0, pulse
    )
    (row,) = read_tcx(tcx(("Running", laps)), "treadmill.tcx")
    assert clean(row).summary == {"duration_s": 2400, "moving_time_s": 2400}


def test_laps_that_tell_no_time_are_refused():
    with pytest.raises(InputError, match="no activity with points or laps and times"):
        read_tcx(tcx(("Running", "<Lap><DistanceMeters>5000</DistanceMeters></Lap>")), "manual.tcx")


@pytest.mark.parametrize(
    ("name", "sport", "points", "metres"),
    [
        ("test.tcx", "running", 384, 4689.2),
        ("no_hr.tcx", "running", 384, 4689.2),
        ("sup_activity_1.tcx", "other", 111, 1157.5),
        ("3173437224.tcx", "running", 3507, 4508.5),
        ("activity_5039744860.tcx", "cycling", 100, 668.2),
        ("stravalib_sample.tcx", "cycling", 827, 64670.2),
    ],
)
def test_real_files(real_data: Path, name: str, sport: str, points: int, metres: float):
    (recording,) = read_tcx((real_data / "activity_files/tcx" / name).read_bytes(), name)
    assert (recording.sport, recording.n_records) == (sport, points)
    assert recording.summary["distance_m"] == pytest.approx(metres, abs=0.1)
    assert ("hr_bpm" in recording.records) == (name != "no_hr.tcx")
