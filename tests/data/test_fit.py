"""FIT: what the device wrote is what comes out, whole or as far as the file is sound."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.cleanup import clean
from heavylegs.data.errors import InputError
from heavylegs.data.readers.fit import read_fit
from heavylegs.data.readers.fit_messages import EPOCH, read_messages
from heavylegs.data.recording import NotAnActivity, masses_to_diary, to_tables

from .fit_files import ENUM, START, U8, U16, U32, fit_file, message

FILE_ID = message(0, [{(0, ENUM): 4}])


def records(n: int = 60, first: int = START) -> bytes:
    rows = [{(253, U32): first + i, (3, U8): 140, (4, U8): 85, (5, U32): i * 300} for i in range(n)]
    return message(20, rows)


def session(sport: int = 1, start: int = START, seconds: int = 59, rpe: int = 255) -> bytes:
    row = {(253, U32): start + seconds, (2, U32): start, (7, U32): seconds * 1000, (5, ENUM): sport}
    return message(18, [row | {(193, U8): rpe}])


def activity(local_minus_utc: int) -> bytes:
    end = START + 60
    return message(34, [{(253, U32): end, (5, U32): end + local_minus_utc}])


def one(data: bytes):
    (recording,) = read_fit(data, "run.fit")
    return recording


def test_a_run_comes_out_in_canonical_columns():
    run = one(fit_file(FILE_ID, records(), session(rpe=60)))
    assert (run.sport, run.start_time.timestamp(), run.n_records) == ("running", START + EPOCH, 60)
    assert run.records["cadence_spm"][0] == 170, "the file counts one leg"
    assert run.records["distance_m"][-1] == pytest.approx(59 * 3.0)
    assert run.summary["session_rpe"] == 6.0
    assert run.notes == []


@pytest.mark.parametrize(("offset_h", "day"), [(14, "2023-11-15"), (-11, "2023-11-14"), (0, "2023-11-14")])
def test_the_day_is_the_local_one_that_the_file_tells(offset_h: int, day: str):
    run = one(fit_file(FILE_ID, records(), session(), activity(offset_h * 3600)))
    assert str(to_tables([run], "anna")["activities"]["day"][0].date()) == day


def test_equal_local_and_utc_time_tell_nothing_so_the_athletes_zone_is_asked():
    run = one(fit_file(FILE_ID, records(), session(), activity(0)))
    assert str(to_tables([run], "anna", "Asia/Tokyo")["activities"]["day"][0].date()) == "2023-11-15"


def test_a_clock_that_was_never_set_gives_way_to_the_local_timestamp_or_the_file_is_told_off():
    powered_on = {"first": 1000}
    unset = [message(18, [{(253, U32): 1060, (2, U32): 1000, (7, U32): 60_000, (5, ENUM): 1}])]
    told = message(34, [{(253, U32): 1060, (5, U32): START}])
    run = one(fit_file(FILE_ID, records(**powered_on), *unset, told))
    assert run.clock_is_local
    assert run.start_time.timestamp() == START + EPOCH - 60
    with pytest.raises(InputError, match="clock not set"):
        read_fit(fit_file(FILE_ID, records(**powered_on), *unset), "run.fit")


def test_legs_divide_the_records_among_them():
    bike = session(2, START, 29)
    legs = read_fit(fit_file(FILE_ID, records(), bike, session(1, START + 30, 29)), "race.fit")
    assert [(r.sport, r.leg, r.n_records) for r in legs] == [("cycling", 0, 30), ("running", 1, 30)]
    assert legs[1].records["elapsed_s"][0] == 0
    assert "cadence_spm" not in legs[0].records, "pedals are no steps"


def test_a_leg_of_a_device_that_counts_on_begins_at_0_m():
    row = {(253, U32): START + 59, (2, U32): START + 30, (7, U32): 29_000, (5, ENUM): 1, (9, U32): 8_700}
    legs = read_fit(fit_file(FILE_ID, records(), session(2, START, 29), message(18, [row])), "race.fit")
    assert [leg.records["distance_m"][[0, -1]].tolist() for leg in legs] == [[0, 87], [0, 87]]


@pytest.mark.parametrize(("number", "sport"), [(1, "running"), (11, "walking"), (17, "walking")])
def test_the_devices_totals_are_of_both_legs_and_its_zeros_were_not_measured(number: int, sport: str):
    times = {
        (253, U32): START + 59,
        (2, U32): START,
        (7, U32): 59_000,
        (8, U32): 50_000,
        (5, ENUM): number,
    }
    totals = {
        (10, U32): 80,
        (11, U16): 0,
        (16, U8): 0,
        (17, U8): 0,
        (18, U8): 85,
        (22, U16): 12,
        (23, U16): 9,
    }
    run = one(fit_file(FILE_ID, records(), message(18, [times | totals])))
    told = {"duration_s": 59, "moving_time_s": 50, "ascent_m": 12, "descent_m": 9}
    assert (run.sport, run.summary) == (sport, told | {"cadence_mean_spm": 170, "steps": 160})


def test_a_moving_time_of_nothing_is_not_measured():
    row = {(253, U32): START + 59, (2, U32): START, (7, U32): 59_000, (8, U32): 0, (5, ENUM): 1}
    run = clean(one(fit_file(FILE_ID, records(), message(18, [row]))))
    assert run.summary["moving_time_s"] == 59.0


def test_a_file_without_the_headers_own_checksum_is_sound():
    run = one(fit_file(FILE_ID, records(), session(), header_checksum=False))
    assert (run.n_records, run.notes) == (60, [])


def test_a_cut_file_keeps_what_stands_before_the_cut_and_says_so():
    whole = fit_file(FILE_ID, records(), session())
    run = one(whole[: len(whole) // 2])
    assert 0 < run.n_records < 60
    assert "the file ends too early" in run.notes[0]
    assert f"{run.n_records} records before it were kept" in run.notes[0]


def test_a_damaged_definition_makes_no_noise(capfd: pytest.CaptureFixture[str]):
    strange = message(20, [{(253, U32): START, (3, 0x33): 140}])
    run = one(fit_file(FILE_ID, strange, records(), session()))
    assert run.n_records >= 60
    assert capfd.readouterr().err == ""


def test_a_wrong_checksum_is_told():
    data = bytearray(fit_file(FILE_ID, records(), session()))
    data[-1] ^= 0xFF
    assert "checksum is wrong" in one(bytes(data)).notes[0]


# -- real files ------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def files(real_data: Path) -> Path:
    return real_data / "activity_files"


def test_the_fast_pass_agrees_with_fitdecode_on_every_real_file(files: Path):
    compared = 0
    for path in sorted(files.glob("fit_*/*.fit")):
        fast = read_messages(path.read_bytes(), path.name)
        slow = read_messages(path.read_bytes(), path.name, tolerant=True)
        assert set(fast.records) == set(slow.records), path.name
        for name in fast.records:
            lost = 0.00101 if name == "enhanced_speed" else 1e-9  # fitfast rounds its expansion of speed down
            np.testing.assert_allclose(
                fast.records[name], slow.records[name], rtol=0, atol=lost, err_msg=f"{path.name} {name}"
            )
            compared += 1
        for kind in ("session", "activity"):
            for a, b in zip(fast.rows.get(kind, []), slow.rows.get(kind, []), strict=True):
                for key in ("timestamp", "start_time", "local_timestamp", "sport", "total_elapsed_time"):
                    assert a.get(key) == b.get(key), f"{path.name} {kind} {key}"
    assert compared > 200


def test_records_equal_the_published_ones_of_a_garmin_run(files: Path):
    (run,) = read_fit((files / "fit_ok/garmin-fenix-5-run.fit").read_bytes(), "run.fit")
    with (files / "fit_ok/garmin-fenix-5-run-records.csv").open() as handle:
        rows = list(csv.DictReader(handle))
    expected = {name: np.array([float(row[name]) for row in rows]) for name in rows[0] if name != "timestamp"}
    clock = [row["timestamp"].split()[3].split(":") for row in rows]
    seconds = np.array([int(h) * 3600 + int(m) * 60 + int(s) for h, m, s in clock])
    got = run.records
    np.testing.assert_array_equal(got["elapsed_s"], seconds - seconds[0])
    np.testing.assert_array_equal(got["hr_bpm"], expected["heart_rate"])
    np.testing.assert_array_equal(np.floor(got["cadence_spm"] / 2), expected["cadence"])
    np.testing.assert_array_equal(got["speed_mps"], expected["speed"])
    np.testing.assert_array_equal(got["distance_m"], expected["distance"])
    np.testing.assert_array_equal(got["temperature_c"], expected["temperature"])
    np.testing.assert_allclose(got["altitude_m"], expected["altitude"], atol=1e-9)
    np.testing.assert_allclose(got["latitude_deg"] * 2**31 / 180, expected["position_lat"], atol=1e-3)
    np.testing.assert_allclose(got["longitude_deg"] * 2**31 / 180, expected["position_long"], atol=1e-3)


def test_records_equal_the_published_ones_where_speed_and_distance_are_packed(files: Path):
    (run,) = read_fit((files / "fit_ok/compressed-speed-distance.fit").read_bytes(), "run.fit")
    with (files / "fit_ok/compressed-speed-distance-records.csv").open() as handle:
        rows = list(csv.reader(handle))[1:]
    table = np.array([[np.nan if cell == "null" else float(cell) for cell in row] for row in rows])
    got = {name: values[1:] for name, values in run.records.items()}  # the first record holds a time only
    np.testing.assert_array_equal(got["elapsed_s"], table[:, 0] - 17217864)
    np.testing.assert_array_equal(got["hr_bpm"], table[:, 1])
    np.testing.assert_array_equal(got["speed_mps"], table[:, 2])
    np.testing.assert_array_equal(got["distance_m"], table[:, 3])
    np.testing.assert_array_equal(got["cadence_spm"] / 2, table[:, 4])


def test_developer_fields_fill_what_the_watch_does_not_measure(files: Path):
    (run,) = read_fit((files / "fit_bad/mornindew-broken.fit").read_bytes(), "run.fit")
    stands = run.records["stance_time_ms"] == 0
    assert np.nanmedian(run.records["power_w"]) == pytest.approx(190, abs=30)
    assert np.nanmedian(run.records["stance_time_ms"][~stands]) == pytest.approx(320, abs=60)
    assert np.nanmedian(run.records["vertical_oscillation_mm"]) == pytest.approx(60, abs=20), (
        "centimetres in the file"
    )


def test_a_triathlon_is_five_legs_each_from_its_own_start(files: Path):
    legs = read_fit((files / "fit_ok/sample_mulitple_header.fit").read_bytes(), "race.fit")
    assert [r.sport for r in legs] == ["swimming", "other", "cycling", "other", "running"]
    for leg in legs:
        assert np.nanmax(leg.records["distance_m"]) == pytest.approx(
            leg.summary["distance_m"], rel=0.02, abs=20
        )


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("MonitoringFile.fit", "monitoring"),
        ("Settings.fit", "settings"),
        ("WeightScaleSingleUser.fit", "weight"),
    ],
)
def test_other_kinds_are_told_not_imported(files: Path, name: str, kind: str):
    with pytest.raises(NotAnActivity) as told:
        read_fit((files / "fit_ok" / name).read_bytes(), name)
    assert told.value.kind == kind
    if kind == "weight":
        diary = masses_to_diary(told.value.masses, "anna")
        assert diary[["mass_kg", "body_fat_pct"]].round(2).to_numpy().tolist() == [[75.8, 22.3]]


def test_the_first_possible_weight_of_a_local_day_counts():
    at = datetime(2024, 5, 1, 22, tzinfo=UTC)
    masses = [(at, 0.5, np.nan), (at + timedelta(hours=9), 71.0, 12.0), (at + timedelta(hours=1), 70.0, 90.0)]
    diary = masses_to_diary(masses, "anna", "Europe/Oslo")
    assert diary["day"].tolist() == [pd.Timestamp("2024-05-02")]
    assert diary["mass_kg"].tolist() == [70.0]
    assert diary["body_fat_pct"].isna().all()
