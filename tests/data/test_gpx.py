"""GPX: every point that can be used, whoever wrote it."""

from __future__ import annotations

from pathlib import Path

import gpxpy
import numpy as np
import pytest
from heavylegs.data.errors import InputError
from heavylegs.data.readers.gpx import read_gpx
from heavylegs.data.recording import NotAnActivity

POINT = """<trkpt lat="{lat}" lon="11.5"><ele>{ele}</ele><time>2024-05-01T06:00:{i:02d}{zone}</time><extensions>
<g:TrackPointExtension><g:hr>{hr}</g:hr><g:cad>85</g:cad><g:atemp>18</g:atemp></g:TrackPointExtension><power>250</power>
</extensions></trkpt>"""


def gpx(points: str, kind: str = "<type>running</type>", creator: str = "test") -> bytes:
    text = f"""<?xml version="1.0" encoding="UTF-8"?><gpx version="1.1" creator="{creator}"
    xmlns="http://www.topografix.com/GPX/1/1" xmlns:g="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">
    <trk>{kind}<trkseg>{points}</trkseg></trk></gpx>"""
    return text.encode()


def points(n: int = 30, zone: str = "Z") -> str:
    return "".join(POINT.format(lat=48 + i * 3e-5, ele=500 + i, i=i, hr=120 + i, zone=zone) for i in range(n))


def test_extensions_come_out_in_canonical_columns():
    (run,) = read_gpx(gpx(points()), "run.gpx")
    got = {name: values[1] for name, values in run.records.items()}
    assert got == {
        "elapsed_s": 1,
        "latitude_deg": 48.00003,
        "longitude_deg": 11.5,
        "altitude_m": 501,
        "hr_bpm": 121,
        "cadence_spm": 85,
        "temperature_c": 18,
        "power_w": 250,
    }
    assert (run.sport, run.cadence_counts, run.utc_offset_s) == ("running", "unknown", None)


@pytest.mark.parametrize(
    ("kind", "creator", "sport"),
    [
        ("<type>trail_running</type>", "Garmin Connect", "running"),
        ("<type>9</type>", "StravaGPX", "running"),
        ("<type>4</type>", "StravaGPX", "walking"),
        ("<type>4</type>", "x", "other"),
        ("<type>hiking</type>", "x", "walking"),
        ("<name>Running 5/26/16 10:08 am</name>", "Runkeeper", "running"),
        ("<name>Around the lake</name>", "x", "other"),
        ("<type>Course à pied</type>", "x", "running"),
        ("<type>Laufen</type>", "x", "running"),
        ("<type>Kitesurfen</type>", "x", "other"),
    ],
)
def test_the_sport_is_the_files_own_word(kind: str, creator: str, sport: str):
    (run,) = read_gpx(gpx(points(), kind, creator), "run.gpx")
    assert run.sport == sport
    assert any("names no sport" in note for note in run.notes) == ("lake" in kind)
    assert any("'Kitesurfen': taken as 'other'" in note for note in run.notes) == ("Kite" in kind)


@pytest.mark.parametrize(("zone", "offset"), [("-05:00", -18_000), ("-0330", -12_600), ("+00:00", None)])
def test_an_offset_may_be_behind_utc_and_one_of_nothing_tells_no_zone(zone, offset):
    (run,) = read_gpx(gpx(points(zone=zone)), "run.gpx")
    assert (run.utc_offset_s, run.zone_told) == (offset, True)


def test_a_time_with_an_offset_tells_the_local_day():
    (run,) = read_gpx(gpx(points(zone="+05:30")), "run.gpx")
    assert (run.utc_offset_s, run.start_time.hour) == (19_800, 0)


def test_a_point_without_position_or_time_costs_only_itself():
    odd = '<trkpt><time>2024-05-01T06:00:40Z</time></trkpt><trkpt lat="48" lon="11"/><trkpt lat="x" lon="1"/>'
    (run,) = read_gpx(gpx(points() + odd), "run.gpx")
    assert run.n_records == 31
    assert run.left_out == {"points without a time": 2}
    assert run.changed == {"positions without latitude or longitude": 1}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (gpx('<trkpt lat="48" lon="11"/>' * 9), "9 of its 9 points have no time"),
        (gpx(""), "no points"),
        (gpx(points())[:-40], "line .* is broken XML"),
        (
            b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 99 + b'">]>' + gpx("&a;").partition(b"?>")[2],
            "document type",
        ),
        (
            b'<!DOCTYPE gpx SYSTEM "file:///etc/hostname">' + gpx(points()).partition(b"?>")[2],
            "document type",
        ),
        (b"<gpx>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</gpx>", "nests"),
        (gpx(points()).replace(b"UTF-8", b"klingon"), "encoding"),
        (b"<gpx><a:trk/></gpx>", "unbound prefix"),
    ],
)
def test_what_cannot_be_used_is_told_off_with_a_reason(data: bytes, reason: str):
    with pytest.raises(InputError, match=reason):
        read_gpx(data, "run.gpx")


def test_an_entity_hidden_by_another_encoding_is_refused_too():
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE gpx [<!ENTITY a "b">]><gpx>&a;</gpx>'
    with pytest.raises(InputError, match="document type"):
        read_gpx(text.encode("utf-16"), "run.gpx")


def test_routes_and_waypoints_are_no_activity():
    with pytest.raises(NotAnActivity, match="waypoints"):
        read_gpx(b'<gpx><wpt lat="1" lon="2"/></gpx>', "places.gpx")


def test_every_real_track_agrees_with_gpxpy(real_data: Path):
    compared = 0
    for path in sorted((real_data / "activity_files/gpx").glob("*.gpx")):
        try:
            theirs = gpxpy.parse(path.read_text(encoding="utf-8-sig"))
            ours = read_gpx(path.read_bytes(), path.name)
        except (gpxpy.gpx.GPXException, InputError):
            continue
        expected = [
            p for track in theirs.tracks for segment in track.segments for p in segment.points if p.time
        ]
        got = ours[0].records
        np.testing.assert_array_equal(got["latitude_deg"], [p.latitude for p in expected])
        np.testing.assert_array_equal(got["altitude_m"], [p.elevation for p in expected])
        seconds = [(p.time - expected[0].time).total_seconds() for p in expected]
        np.testing.assert_allclose(got["elapsed_s"], seconds, atol=1e-6)
        compared += 1
    assert compared == 7
