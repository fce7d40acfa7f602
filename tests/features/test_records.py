"""Records as flat arrays, and the thresholds that training shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.cohort import Cohort
from heavylegs.data.simulate import simulate
from heavylegs.features import thresholds
from heavylegs.features.capacity import bounded_recursion
from heavylegs.features.catalog import catalog
from heavylegs.features.days import Days
from heavylegs.features.matrix import build_matrix
from heavylegs.features.smoothing import records_of
from hypothesis import given, settings
from hypothesis import strategies as st

MONDAY = pd.Timestamp("2024-01-01")
OURS = ("metabolic", "mechanics", "stride", "footwear")


def runs(*recorded: dict[str, object], athletes: dict[str, object] | None = None, **columns: object) -> Days:
    """One run a day from MONDAY on, each from 1 Hz columns; ``elapsed_s`` may be given."""
    frames, rows = [], []
    for i, given_columns in enumerate(recorded):
        count = max((len(np.atleast_1d(v)) for v in given_columns.values()), default=0)
        frame = {"activity_id": f"r{i:03d}", "athlete_id": "a", "elapsed_s": np.arange(float(count))}
        frames.append(pd.DataFrame({**frame, **given_columns}, index=range(count)))
        length = float(np.atleast_1d(frames[-1]["elapsed_s"])[-1] + 1) if count else 0.0
        rows.append((f"r{i:03d}", "a", MONDAY + pd.Timedelta(days=i), "running", length))
    names = ["activity_id", "athlete_id", "day", "sport", "duration_s"]
    tables = {
        "athletes": pd.DataFrame({"athlete_id": ["a"], **(athletes or {})}),
        "activities": pd.DataFrame(rows, columns=names).assign(**columns),
        "records": pd.concat(frames, ignore_index=True),
    }
    return Days.of(Cohort.from_tables("hand", tables))


def test_grade_comes_from_smoothed_altitude_and_costs_what_minetti_says():
    way = 3.0 * np.arange(600)
    noise = np.random.default_rng(0).normal(0, 0.3, 600)
    laid = records_of(runs({"speed_mps": 3.0, "altitude_m": 100 + 0.1 * way + noise}))
    assert laid.grade[50:-50] == pytest.approx(0.1, abs=0.03)
    assert np.median(laid.graded_mps) == pytest.approx(3.0 * 5.98 / 3.6, rel=0.03)


def test_an_altimeter_that_has_not_settled_makes_no_hill():
    altitude = np.concatenate([[95.0], np.full(3, 142.0), np.full(596, 56.0)])
    laid = records_of(runs({"speed_mps": np.full(600, 3.0), "altitude_m": altitude}))
    assert np.nanmax(np.abs(laid.grade)) < 0.01


def test_a_short_recording_without_jumps_keeps_its_hill():
    laid = records_of(runs({"speed_mps": np.full(20, 3.0), "altitude_m": 100 + 0.3 * np.arange(20)}))
    assert (laid.grade > 0.05).all()  # of .1, which smoothing lowers in so short a time


def test_without_altitude_the_way_is_level_but_no_descent_is_known():
    laid = records_of(runs({"speed_mps": np.full(60, 3.0)}))
    assert np.isnan(laid.grade).all()
    assert laid.graded_mps == pytest.approx(3.0)


def test_a_pause_is_not_running_time():
    elapsed = np.concatenate([np.arange(100.0), 700 + np.arange(100.0)])
    laid = records_of(runs({"elapsed_s": elapsed, "speed_mps": np.full(200, 3.0)}))
    assert laid.total(laid.seconds)[0] == pytest.approx(200, abs=8)
    assert laid.total(laid.pause_s)[0] == pytest.approx(600, abs=8)


def test_shuffled_and_foreign_records_are_put_in_order_or_left_out():
    days = runs({"speed_mps": np.linspace(2, 4, 300)}, {"speed_mps": np.linspace(3, 5, 200)})
    stray = days.cohort.records.iloc[:5].assign(activity_id="nobody's")
    mixed = pd.concat([days.cohort.records, stray]).sample(frac=1, random_state=0, ignore_index=True)
    shuffled = records_of(Days.of(replace(days.cohort, records=mixed)))
    for name, expected in vars(records_of(days)).items():
        np.testing.assert_array_equal(getattr(shuffled, name), expected, err_msg=name)


@settings(max_examples=40)
@given(st.integers(1, 400), st.integers(0, 2**32 - 1))
def test_the_scan_over_blocks_is_the_plain_recursion(count, seed):
    rng = np.random.default_rng(seed)
    a, b, cap = rng.uniform(0, 1, count), rng.uniform(0, 5, count), rng.uniform(3, 9, count)
    a[rng.random(count) < 0.1] = 0.0
    x, plain = 0.0, []
    for k in range(count):
        x = min(cap[k], a[k] * x + b[k])
        plain.append(x)
    np.testing.assert_allclose(bounded_recursion(a, b, cap), plain, rtol=1e-9)


def test_critical_speed_is_found_again_from_best_efforts():
    """All-out runs that an athlete of 4 m/s and 200 m can just do, one a day."""
    efforts = [{"speed_mps": np.full(int(t) + 1, 4.0 + 200.0 / t)} for t in thresholds.EFFORTS_S]
    days = runs(*efforts, session_rpe=10.0)
    assert days.once(thresholds.critical_speed_mps)[-1] == pytest.approx(4.0, rel=0.01)
    assert days.once(thresholds.distance_capacity_m)[-1] == pytest.approx(200, rel=0.1)
    assert np.isnan(days.once(thresholds.critical_speed_mps)[0])


def test_critical_speed_is_that_of_the_efforts_that_are_known():
    seconds = [120.0, 300.0, 600.0, 1200.0]
    metres = [[4 * t + 200] for t in seconds]
    metres[1] = [np.nan]
    assert thresholds.fit_critical_speed(metres, seconds).ravel().tolist() == pytest.approx([4, 200])


def test_the_maximal_heart_rate_is_raised_by_ten_seconds_of_a_run_and_stays_there():
    easy, hard = np.full(300, 140.0), np.full(300, 140.0)
    easy[100:105], hard[100:115] = 188.0, 184.0
    shown = [{"hr_bpm": beats, "speed_mps": 3.0} for beats in (easy, hard, easy)]
    days = runs(*shown, athletes={"birth_year": [1984.0]})
    assert days.once(thresholds.hr_max_bpm).tolist() == pytest.approx([180, 184, 184], abs=0.5)


def test_a_summarys_peak_raises_the_maximal_heart_rate_where_none_was_stated():
    for athlete, expected in (({"birth_year": [1984.0]}, 185), ({"hr_max_bpm": [180.0]}, 180)):
        days = runs({"speed_mps": [3.0] * 60}, athletes=athlete, hr_max_bpm=185.0)
        assert days.once(thresholds.hr_max_bpm)[0] == pytest.approx(expected, abs=0.5)


def test_thresholds_are_stated_else_seen_else_by_age():
    held = {"hr_bpm": np.full(1500, 176.0), "speed_mps": 3.0}
    assert runs(held, athletes={"threshold_hr_bpm": [171.0]}).once(thresholds.threshold_hr_bpm)[0] == 171
    by_age = runs(held, athletes={"birth_year": [1984.0]})
    assert by_age.once(thresholds.hr_max_bpm)[0] == pytest.approx(180, abs=0.5)
    assert by_age.once(thresholds.threshold_hr_bpm)[0] == pytest.approx(0.95 * 180, abs=0.5)


def test_a_heart_rate_far_above_the_maximum_is_an_artefact_and_stays_bounded():
    days = runs({"hr_bpm": np.full(600, 239.0), "speed_mps": 3.0}, athletes={"hr_max_bpm": [180.0]})
    assert days.once(thresholds.hr_max_bpm)[0] == 180
    trimp = days.once(catalog()["trimp_banister_1d_au"].compute)[0]
    assert trimp == pytest.approx(10 * (0.64 * np.exp(1.92) + 0.86 * np.exp(1.67)) / 2, rel=1e-3)


@pytest.mark.parametrize(
    "broken",
    [
        {"hr_bpm": [150.0], "speed_mps": [3.0], "altitude_m": [10.0], "cadence_spm": [170.0]},
        {"hr_bpm": [np.nan] * 5, "speed_mps": [np.nan] * 5},
        {"hr_bpm": [150.0] * 30, "speed_mps": [0.0] * 30, "altitude_m": [10.0] * 30, "cadence_spm": [0.0] * 30},
        {"hr_bpm": [150.0] * 3, "speed_mps": [3.0] * 3, "elapsed_s": [0.0, 500_000.0, 600_000.0]},
        {"hr_bpm": [25.0, 250.0] * 30, "speed_mps": [40.0, 0.0] * 30, "altitude_m": [9000.0, -500.0] * 30},
    ],
    ids=["one sample", "nothing known", "standing", "holes of days", "nonsense"],
)  # fmt: skip
def test_broken_recordings_are_bounded_or_unknown(broken):
    days = runs(broken, {}, {"speed_mps": np.full(1500, 3.0), "hr_bpm": 150.0})
    for feature in catalog():
        if feature.family in OURS:
            with np.errstate(all="raise", under="ignore"):
                values = days.once(feature.compute)
            assert not np.isinf(values).any(), feature.name
            assert (np.abs(values[np.isfinite(values)]) < 1e5).all(), feature.name


def test_features_from_records_do_not_move_when_later_records_change():
    cohort = simulate(athletes=4, days=40, seed=5, records=True).cohort
    last = cohort.activities[cohort.activities["activity_id"].isin(cohort.records["activity_id"])]
    cut = last["day"].sort_values().iloc[len(last) // 2]
    later = cohort.activities.loc[cohort.activities["day"] > cut, "activity_id"]
    changed = cohort.records.copy()
    rows = changed["activity_id"].isin(later).to_numpy()
    assert 0 < rows.sum() < len(rows)
    for column in ("speed_mps", "hr_bpm", "cadence_spm", "altitude_m"):
        changed.loc[rows, column] *= 0.8
    a, b = build_matrix(cohort), build_matrix(replace(cohort, records=changed))
    past = (a.keys["day"] <= cut).to_numpy()
    pd.testing.assert_frame_equal(a.frame[past], b.frame[past], check_exact=True)
    assert not a.frame[~past].equals(b.frame[~past])


def test_athletes_records_do_not_bear_on_each_other():
    cohort = simulate(athletes=4, days=30, seed=6, records=True).cohort
    whole = build_matrix(cohort)
    names = [f.name for f in whole.catalog if f.family in OURS]
    part = cohort.athletes["athlete_id"][2:]
    alone = build_matrix(cohort.subset(part))
    mine = whole.rows(whole.keys["athlete_id"].isin(part).to_numpy())
    pd.testing.assert_frame_equal(mine.frame[names], alone.frame[names])
