"""The time of the first half of the way: from records, else from laps, and only where they tell it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from heavylegs.data.cleanup import clean
from heavylegs.data.cohort import Cohort
from heavylegs.data.readers.activity_files import read_activity_file
from heavylegs.data.readers.fit import read_fit
from heavylegs.data.readers.tcx import read_tcx
from heavylegs.data.recording import Recording, to_tables
from heavylegs.features.days import Days
from heavylegs.features.mechanics import halves_pct

from .test_cleanup import START, run


def first_half(recording: Recording) -> float | None:
    return clean(recording).summary.get("first_half_time_s")


def told(laps: list[tuple[float, float]], metres: float, moving_s: float) -> Recording:
    """A run of which the device tells totals and laps, and no record."""
    summary = {"duration_s": moving_s, "moving_time_s": moving_s, "distance_m": metres}
    return Recording("running", START, "fit", {}, summary, laps=laps)


def test_records_tell_when_half_of_the_way_was_done():
    """1200 s at 3 m/s, then 1800 s at 2 m/s: half of the 7200 m is done after 1200 s."""
    metres = np.concatenate([[0.0], np.cumsum(np.repeat([3.0, 2.0], [1200, 1800]))])
    fading = run(3001, distance_m=metres, latitude_deg=None, longitude_deg=None)
    assert first_half(fading) == pytest.approx(1200, abs=0.1)


def test_a_stop_counts_in_neither_half():
    speed = np.repeat([3.0, 0.0, 3.0], [300, 200, 900])
    stopped = run(1400, distance_m=np.cumsum(speed), latitude_deg=None, longitude_deg=None)
    assert first_half(stopped) == pytest.approx(600, abs=2)


def test_laps_tell_it_where_there_are_no_records():
    """Five kilometres of 300 s and five of 330 s."""
    assert first_half(told([(300, 1000)] * 5 + [(330, 1000)] * 5, 10_000, 3150)) == 1500


def test_within_a_lap_the_pace_is_taken_as_even_where_the_lap_is_short():
    """Half of 10.5 km lies in the middle of the sixth lap."""
    laps = [(300.0, 1000.0)] * 10 + [(150.0, 500.0)]
    assert first_half(told(laps, 10_500, 3150)) == 1575
    assert first_half(told([(1500, 5000), (1600, 5200)], 10_200, 3100)) is None


@pytest.mark.parametrize(
    ("what", "recording"),
    [
        ("laps of a part of the way", told([(300, 1000)] * 5, 10_000, 3150)),
        ("laps whose time is not the run's", told([(300, 1000)] * 10, 10_000, 4000)),
        ("no laps", told([], 10_000, 3150)),
        ("no distance", run(distance_m=None, latitude_deg=None, longitude_deg=None)),
    ],
)
def test_what_is_not_known_is_absent(what: str, recording: Recording):
    assert first_half(recording) is None, what


# -- real files ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def files(real_data: Path) -> Path:
    return real_data / "activity_files"


def test_laps_of_a_real_run_agree_with_its_records(files: Path):
    """Eleven laps of a mile and less: interpolating within one costs a thousandth."""
    (whole,) = read_fit((files / "fit_bad/mornindew-broken.fit").read_bytes(), "broken.fit")
    by_records = first_half(whole)
    assert len(whole.laps) == 11
    whole.records = {"elapsed_s": whole.records["elapsed_s"]}
    assert first_half(whole) == pytest.approx(by_records, rel=0.002)


def test_laps_of_a_multisport_day_go_to_their_own_legs(files: Path):
    path = files / "fit_ok/activity-large-fenxi2-multisport.fit"
    legs = read_activity_file(path.read_bytes(), path.name)
    assert [len(leg.laps) for leg in legs] == [1] * 7
    for leg in legs:
        assert leg.laps[0][1] == pytest.approx(leg.summary["distance_m"], rel=0.02, abs=2)


def test_laps_of_a_tcx_file_are_read(files: Path):
    (run,) = read_tcx((files / "tcx/test.tcx").read_bytes(), "test.tcx")
    seconds, metres = np.sum(run.laps, axis=0)
    assert (seconds, metres) == pytest.approx((run.summary["moving_time_s"], run.summary["distance_m"]))


def test_the_summary_alone_then_speaks_of_the_split(files: Path):
    """The road run of docs/three-runs.md: the second half took a fifth longer on the plain distance."""
    path = files / "fit_ok/activity-small-fenix2-run.fit"
    tables = to_tables(read_activity_file(path.read_bytes(), path.name), "anna")
    days = Days.of(Cohort.from_tables("own", {"activities": tables["activities"]}))
    assert days.each(halves_pct)[0] == pytest.approx(20.8, abs=0.5)
