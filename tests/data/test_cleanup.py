"""Clean-up: each fault is mended and named, and a sound recording stays as it is."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from heavylegs.data.cleanup import clean
from heavylegs.data.cohort import Cohort
from heavylegs.data.errors import InputError
from heavylegs.data.recording import Recording, to_tables
from heavylegs.data.schema import TABLES
from hypothesis import given, settings
from hypothesis import strategies as st

START = datetime(2024, 5, 1, 6, 0, tzinfo=UTC)
METRE = 180 / np.pi / 6_371_008.8  # degrees of latitude


def run(seconds: int = 1200, sport: str = "running", **changes: np.ndarray | None) -> Recording:
    """A sound run at 3 m/s due north, one record a second."""
    t = np.arange(float(seconds))
    records = {
        "elapsed_s": t,
        "distance_m": 3.0 * t,
        "speed_mps": np.full(seconds, 3.0),
        "altitude_m": 500 + 20 * np.sin(t / 100),
        "hr_bpm": np.round(140 + 15 * np.sin(t / 90)),
        "cadence_spm": np.round(170 + 3 * np.sin(t / 7)),
        "latitude_deg": 48 + 3.0 * t * METRE,
        "longitude_deg": np.full(seconds, 11.5),
    }
    records = {k: v for k, v in (records | changes).items() if v is not None}
    return Recording(sport, START, "fit", records)


def changed(values: np.ndarray, at: slice | int | list[int], to: float) -> np.ndarray:
    out = np.array(values)
    out[at] = to
    return out


def test_a_sound_run_stays_as_it_is_and_its_summary_is_filled():
    before = run()
    after = clean(before)
    assert (after.left_out, after.changed, after.notes) == ({}, {}, [])
    for name, values in before.records.items():
        np.testing.assert_array_equal(after.records[name], values)
    s = after.summary
    assert (s["duration_s"], s["moving_time_s"], s["distance_m"]) == (1199, 1199, 3597)
    assert s["hr_mean_bpm"] == pytest.approx(np.mean(before.records["hr_bpm"]))
    assert s["steps"] == pytest.approx(1200 / 60 * 170, rel=0.01)
    assert s["ascent_m"] == pytest.approx(69, abs=4)


def test_what_the_device_computed_is_kept():
    told = {
        "duration_s": 1210.0,
        "moving_time_s": 1190.0,
        "distance_m": 3650.0,
        "ascent_m": 12.0,
        "hr_mean_bpm": 139.0,
    }
    assert clean(replace(run(), summary=told)).summary.items() >= told.items()


def test_one_leg_cadence_is_doubled_only_where_the_format_does_not_say():
    one_leg = run(cadence_spm=run().records["cadence_spm"] / 2)
    doubled = clean(replace(one_leg, cadence_counts="unknown"))
    np.testing.assert_array_equal(doubled.records["cadence_spm"], run().records["cadence_spm"])
    assert doubled.notes == ["cadence counted one leg: doubled"]
    assert clean(one_leg).notes == []


def test_a_walk_at_its_own_cadence_is_not_doubled():
    walk = replace(run(sport="walking", cadence_spm=np.full(1200, 108.0)), cadence_counts="unknown")
    assert clean(walk).summary["cadence_mean_spm"] == 108


def test_doubled_treadmill_cadence_is_halved_with_its_steps():
    twice = replace(run(cadence_spm=2 * run().records["cadence_spm"]), summary={"steps": 6800.0})
    after = clean(twice)
    np.testing.assert_array_equal(after.records["cadence_spm"], run().records["cadence_spm"])
    assert after.summary["steps"] == 3400
    assert "halved" in after.notes[0]


def test_a_record_with_a_time_out_of_order_is_left_out():
    t = run().records["elapsed_s"]
    for wrong in (-500.0, 90_000.0):
        after = clean(run(elapsed_s=changed(t, 600, t[600] + wrong)))
        assert after.n_records == 1199
        assert sum(after.left_out.values()) == 1
        assert (np.diff(after.records["elapsed_s"]) > 0).all()


def test_records_in_disorder_are_put_in_order():
    order = np.random.default_rng(1).permutation(1200)
    shuffled = run(**{k: v[order] for k, v in run().records.items()})
    after = clean(shuffled)
    np.testing.assert_array_equal(after.records["distance_m"], run().records["distance_m"])
    assert "jumped back" in after.notes[0]


def test_records_of_one_instant_are_joined():
    records = {k: np.repeat(v, 2) for k, v in run().records.items()}
    records["hr_bpm"][::2] = np.nan
    records["cadence_spm"][1::2] = np.nan
    after = clean(run(**records))
    assert after.left_out == {"of the same instant as another: joined with it": 1200}
    for name, values in run().records.items():
        np.testing.assert_array_equal(after.records[name], values)


def test_records_days_away_are_left_out_and_the_start_moves_with_them():
    t = run().records["elapsed_s"]
    after = clean(run(elapsed_s=np.where(t < 5, t, t + 40 * 86_400)))
    assert (after.n_records, after.records["elapsed_s"][0]) == (1195, 0)
    assert (after.start_time - START).days == 40


def test_of_two_values_of_one_instant_the_last_stays():
    records = {k: np.repeat(v, 2) for k, v in run().records.items()}
    records["hr_bpm"][::2] = 99
    np.testing.assert_array_equal(clean(run(**records)).records["hr_bpm"], run().records["hr_bpm"])


def test_a_stop_counts_as_elapsed_but_not_as_moving():
    t, d = run().records["elapsed_s"], run().records["distance_m"]
    stopped = {"elapsed_s": np.where(t < 600, t, t + 300), "speed_mps": None, "latitude_deg": None}
    after = clean(run(distance_m=d, **stopped))
    assert after.summary["duration_s"] == 1499
    assert after.summary["moving_time_s"] == pytest.approx(1199, abs=2)
    assert any("stops" in note for note in after.notes)


def test_gps_spikes_are_emptied_and_do_not_lengthen_the_run():
    lat = changed(run().records["latitude_deg"], [300, 700], 48.5)
    after = clean(
        run(
            latitude_deg=changed(lat, 900, 0.0),
            longitude_deg=changed(np.full(1200, 11.5), 900, 0.0),
            distance_m=None,
        )
    )
    assert after.changed == {"GPS spikes: positions emptied": 3}
    assert after.summary["distance_m"] == pytest.approx(3597, abs=0.1)


def test_distance_running_back_or_jumping_is_mended():
    d = run().records["distance_m"]
    reset = clean(run(distance_m=np.where(np.arange(1200) < 600, d, d - 1800)))
    jumped = clean(run(distance_m=np.where(np.arange(1200) < 600, d, d + 600)))
    assert reset.summary["distance_m"] == pytest.approx(3597, abs=4)
    assert jumped.summary["distance_m"] == pytest.approx(3597, abs=4)
    assert [list(r.changed) for r in (reset, jumped)] == [
        ["distance running back: steps taken out"],
        ["distance jumping faster than the sport goes: steps taken out"],
    ]


def test_a_distance_of_nothing_is_absent_not_zero():
    indoor = replace(
        run(distance_m=np.zeros(1200), latitude_deg=None, speed_mps=None), summary={"distance_m": 0.0}
    )
    after = clean(indoor)
    assert "distance_m" not in after.summary
    assert "distance_m" not in after.records
    assert after.notes == ["a distance of 0 throughout is taken as not measured"]


def test_a_total_of_nothing_is_absent_with_records_of_more_or_none():
    told = {"duration_s": 3600.0, "moving_time_s": 3600.0, "distance_m": 0.0}
    bare = clean(replace(run(sport="strength"), records={}, summary=dict(told)))
    assert bare.summary == {"duration_s": 3600, "moving_time_s": 3600}
    assert clean(replace(run(), summary=dict(told))).summary["distance_m"] == 3597


def test_the_way_before_the_first_record_counts_also_where_steps_are_mended():
    d = run().records["distance_m"] + 40
    back = np.where(np.arange(1200) < 600, d, d - 1800)
    for distance in (d, back):
        assert clean(run(distance_m=distance)).summary["distance_m"] == pytest.approx(3637, abs=4)


def test_heart_rate_drop_outs_are_emptied_and_do_not_enter_the_mean():
    hr = run().records["hr_bpm"]
    after = clean(run(hr_bpm=changed(changed(hr, slice(0, 50), 0), slice(400, 800), 91)))
    assert np.isnan(after.records["hr_bpm"]).sum() == 450
    assert sorted(after.changed.values()) == [50, 400]
    assert after.summary["hr_mean_bpm"] > 125


def test_a_heart_rate_that_runs_with_the_cadence_is_flagged_not_emptied():
    after = clean(run(hr_bpm=run().records["cadence_spm"] + 1))
    assert "runs with the cadence" in after.notes[0]
    assert np.isfinite(after.records["hr_bpm"]).all()


def test_what_devices_write_for_not_measured_is_emptied():
    nothing = {"stance_time_ms": 0.0, "vertical_oscillation_mm": 0.0, "altitude_m": -500.0}
    sound = {"stance_time_ms": 250.0, "vertical_oscillation_mm": 90.0, "altitude_m": 500.0}
    after = clean(
        run(
            **{
                name: changed(np.full(1200, value), slice(0, 600), nothing[name])
                for name, value in sound.items()
            }
        )
    )
    for name, value in sound.items():
        assert np.isnan(after.records[name][:600]).all()
        assert (after.records[name][600:] == value).all()
    assert after.summary["ascent_m"] == 0


def test_what_is_odd_and_true_stays():
    """A car ride is no spike of GPS, the equator is a place, sprinters take 210 steps, and a sparse record repeats itself."""
    t = np.arange(1200.0)
    driven = clean(run(latitude_deg=48 + 25.0 * t * METRE, distance_m=None, speed_mps=None))
    assert "GPS spikes: positions emptied" not in driven.changed
    assert clean(run(latitude_deg=np.zeros(1200))).changed == {}
    assert clean(run(cadence_spm=np.full(1200, 210.0))).summary["cadence_mean_spm"] == 210
    sparse = {k: v[::60] for k, v in run(hr_bpm=np.full(1200, 140.0)).records.items()}
    assert np.isfinite(clean(run(**sparse)).records["hr_bpm"]).all()


def test_cadence_of_another_sport_is_kept_only_where_it_can_be_steps():
    pedals, steps = (clean(run(sport="other", cadence_spm=np.full(1200, rate))) for rate in (90.0, 160.0))
    assert "cadence_spm" not in pedals.records
    assert steps.summary["cadence_mean_spm"] == 160


def test_speed_from_distance_is_that_of_the_seconds_around():
    t = np.arange(1200.0)
    faster = clean(
        run(distance_m=np.where(t < 600, 2 * t, 1200 + 4 * (t - 600)), speed_mps=None, latitude_deg=None)
    )
    assert faster.records["speed_mps"][[590, 610]].tolist() == [2, 4]
    assert faster.notes == ["speed is computed from distance over 10 s"]


def test_means_are_of_the_time_recorded_and_the_steps_taken():
    """Not of the pause after a record, nor of the seconds without a step; a device's shorter length is of a part."""
    t, cadence = run().records["elapsed_s"], np.full(1200, 170.0)
    paused = replace(
        run(
            elapsed_s=np.where(t < 600, t, t + 3000),
            hr_bpm=changed(np.tile([119.0, 121.0], 600), 599, 180),
            cadence_spm=changed(cadence, slice(0, 500), 0),
        ),
        summary={"duration_s": 3700.0},
    )
    after = clean(paused).summary
    assert after["hr_mean_bpm"] == pytest.approx(120, abs=2)
    assert after["cadence_mean_spm"] == 170
    assert after["duration_s"] == 4199


def test_altitude_noise_makes_no_climb():
    noise = np.random.default_rng(2).normal(0, 1.5, 1200)
    flat = clean(run(altitude_m=changed(500 + noise, 300, 540)))
    assert flat.changed == {"altitude spikes emptied": 1}
    assert flat.summary["ascent_m"] < 4
    hill = clean(run(altitude_m=500 + np.minimum(np.arange(1200), 600) / 6 + noise))
    assert hill.summary["ascent_m"] == pytest.approx(100, abs=6)


def test_a_run_of_tomorrow_was_recorded_by_a_wrong_clock():
    ahead = replace(run(), start_time=datetime.now(UTC) + timedelta(days=3))
    with pytest.raises(
        InputError, match=r"run.fit: starts on \d{4}-\d\d-\d\d, in the future: its clock was wrong"
    ):
        clean(ahead, "run.fit")
    assert clean(replace(run(), start_time=datetime.now(UTC) - timedelta(hours=1))).n_records


@pytest.mark.parametrize("unset", [datetime(1970, 1, 1, tzinfo=UTC), datetime(1989, 12, 31, tzinfo=UTC)])
@pytest.mark.parametrize("before", [1, 300, 900])
def test_of_a_clock_that_was_set_on_the_way_the_sound_part_tells_the_day(unset: datetime, before: int):
    """However much of the run was recorded before: no year before 1990 can be true."""
    jump = (START - unset).total_seconds()
    t = np.arange(1200.0)
    after = clean(replace(run(elapsed_s=np.where(t < before, t, t + jump)), start_time=unset))
    assert after.start_time == START + timedelta(seconds=before)
    assert after.n_records == 1200 - before
    (why,) = (reason for reason, n in after.left_out.items() if n == before)
    assert why == "with times days away from the rest: the clock was wrong for these records"


def test_a_clock_that_was_never_set_is_told_with_what_can_be_done():
    lost = replace(run(), start_time=datetime(1989, 12, 31, tzinfo=UTC))
    with pytest.raises(InputError, match=r"starts on 1989-12-31: the clock .* was not set \(correct the day"):
        clean(lost, "run.fit")


def test_a_point_alone_is_no_activity():
    with pytest.raises(InputError, match="less than a second"):
        clean(run(seconds=1))


def test_the_id_is_the_same_for_the_same_start_and_sport_only():
    a, b = run(), run(seconds=30)
    assert a.activity_id("anna") == b.activity_id("anna")
    assert (
        len(
            {
                r.activity_id(who)
                for r in (a, run(sport="walking"), replace(a, leg=1))
                for who in ("anna", "ben")
            }
        )
        == 6
    )


def test_location_is_kept_only_on_request():
    records = [to_tables([clean(run())], "anna", keep_location=keep)["records"] for keep in (False, True)]
    assert [bool(r["latitude_deg"].notna().all()) for r in records] == [False, True]
    assert records[0]["latitude_deg"].isna().all()


_NAMES = [c.name for c in TABLES["records"].columns if c.kind == "number"][1:]
_ODD = [np.nan, 0.0, 1e9, -1e9, -500.0, 50.0, 90.0, 170.0, 300.0, 2.0]


@settings(max_examples=60)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(1, 300),
    oddness=st.sampled_from([0.0, 0.01, 0.3, 1.0]),
    sport=st.sampled_from(["running", "walking", "cycling", "swimming", "other"]),
    names=st.sets(st.sampled_from(_NAMES)),
)
def test_whatever_a_device_writes_the_tables_are_sound_and_a_second_cleaning_finds_nothing(
    seed: int, n: int, oddness: float, sport: str, names: set[str]
):
    rng = np.random.default_rng(seed)
    t = np.cumsum(rng.integers(0, 3, n)).astype(float)
    records = {
        "elapsed_s": np.where(rng.random(n) < oddness / 5, t + rng.integers(-(2**31), 2**31, n), t) - t[0]
    }
    for name in sorted(names):
        smooth = rng.uniform(1, 200) + np.cumsum(rng.normal(0, rng.uniform(0, 2), n))
        records[name] = np.where(rng.random(n) < oddness, rng.choice(_ODD, n), smooth)
    summary = {k: float(rng.choice(_ODD[1:])) for k in ("duration_s", "distance_m", "hr_mean_bpm", "steps")}
    try:
        once = clean(Recording(sport, START, "fit", records, summary, cadence_counts="unknown"))
    except InputError:
        return
    Cohort.from_tables("own", to_tables([once], "anna", keep_location=True))
    twice = clean(replace(once, notes=[], changed=Counter(), left_out=Counter()))
    assert twice.left_out == {}
    summary_only = {f"{name} outside" for name in TABLES["activities"].names}
    again = [r for r in twice.changed if " ".join(r.split()[:2]) not in summary_only and "spike" not in r]
    assert not any("emptied" in reason for reason in again), again
