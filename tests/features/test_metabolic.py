"""TRIMP, zones, thresholds, D' balance and decoupling against published or hand-worked values."""

from __future__ import annotations

import numpy as np
import pytest
from heavylegs.features import metabolic, thresholds
from heavylegs.features.capacity import capacity_deficit_m
from heavylegs.features.catalog import catalog

from .test_families import days_of
from .test_records import runs

MAN = {"sex": ["male"], "hr_max_bpm": [190.0], "hr_rest_bpm": [50.0], "threshold_hr_bpm": [170.0]}


def day(days, name: str, row: int = 0) -> float:
    return float(days.once(catalog()[name].compute)[row])


def beats(*minutes_at: tuple[float, float], **others: object) -> dict[str, object]:
    """A recording that holds each heart rate for its minutes."""
    return {"hr_bpm": np.concatenate([np.full(int(60 * m), hr) for m, hr in minutes_at]), **others}


def test_banister_trimp_keeps_the_coefficients_of_each_sex():
    # Half the reserve for an hour: 60 x .5 x .64 exp(.96) = 50.1; women 60 x .5 x .86 exp(.835) = 59.5.
    hour = beats((60, 120.0))
    assert day(runs(hour, athletes=MAN), "trimp_banister_1d_au") == pytest.approx(50.1, abs=0.1)
    woman = {**MAN, "sex": ["female"]}
    assert day(runs(hour, athletes=woman), "trimp_banister_1d_au") == pytest.approx(59.5, abs=0.1)


def test_edwards_and_lucia_weigh_minutes_by_zone():
    # 190 bpm: zones begin at 95, 114, 133, 152, 171; thresholds 148.75 and 170.
    days = runs(beats((10, 90.0), (10, 120.0), (10, 160.0), (10, 180.0)), athletes=MAN)
    assert day(days, "trimp_edwards_1d_au") == pytest.approx(10 * (0 + 2 + 4 + 5))
    assert day(days, "trimp_lucia_1d_au") == pytest.approx(10 * (1 + 1 + 2 + 3))
    zones = [day(days, f"heart_zone_{z}_1d_min") for z in range(1, 6)]
    assert zones == pytest.approx([0, 10, 0, 10, 10])
    assert day(days, "minutes_above_threshold_hr_1d_min") == pytest.approx(10)


def test_a_strap_that_fell_silent_counts_as_the_rest_and_one_mostly_silent_not_at_all():
    heard, silent = np.full(2400, 120.0), np.full(1200, np.nan)
    part = runs({"hr_bpm": np.concatenate([heard, silent])}, athletes=MAN)
    assert day(part, "trimp_banister_1d_au") == pytest.approx(50.1, abs=0.1)
    mostly = {"hr_bpm": np.concatenate([heard[:600], silent, silent])}
    assert np.isnan(day(runs(mostly, athletes=MAN), "trimp_banister_1d_au"))


def test_without_records_the_mean_stands_for_the_session():
    days = runs({"speed_mps": np.full(3600, 3.0)}, athletes=MAN, hr_mean_bpm=180.0)
    assert day(days, "minutes_above_threshold_hr_1d_min") == pytest.approx(60)
    assert day(days, "trimp_lucia_1d_au") == pytest.approx(180)


def test_time_above_threshold_speed_is_judged_on_the_levels_terms():
    uphill = {"speed_mps": np.full(1200, 3.0), "altitude_m": 0.3 * np.arange(1200)}
    fast = {"threshold_speed_mps": [4.0]}
    assert day(runs(uphill, athletes=fast), "minutes_above_threshold_speed_1d_min") == pytest.approx(
        20, abs=0.2
    )
    level = {"speed_mps": np.full(1200, 3.0)}
    assert day(runs(level, athletes=fast), "minutes_above_threshold_speed_1d_min") == 0


def test_riegel_carries_ten_kilometres_in_forty_minutes_to_an_hour():
    """Riegel 1981: 60 = 40 (d / 10)^1.06, so 14.66 km."""
    days = days_of([40], distance_m=10_000.0, session_rpe=9.0)
    assert 3.6 * days.once(thresholds.threshold_speed_mps)[0] == pytest.approx(14.66, abs=0.005)


def test_skibas_balance_spends_by_the_metre_recovers_by_the_exponential_and_never_overdraws():
    v, t = np.repeat([5.0, 3.0, 9.0], [100, 100, 100]), np.ones(300)
    deficit = capacity_deficit_m(v, t, np.full(300, 4.0), np.full(300, 200.0))
    assert deficit[99] == pytest.approx(100)
    assert deficit[199] == pytest.approx(100 * np.exp(-100 / 200))
    assert deficit[-1] == 200
    later = capacity_deficit_m([5.0, 4.0], [100.0, 1.0], [4.0] * 2, [200.0] * 2, pause_s=[50.0, 0.0])
    assert later[1] == pytest.approx(100 * np.exp(-4 * 50 / 200))


def test_intervals_are_counted_and_spend_the_reserve():
    repeat = np.concatenate([np.full(180, 5.0), np.full(120, 2.5)])
    days = runs({"speed_mps": np.tile(repeat, 6)}, athletes={"threshold_speed_mps": [4.5]})
    assert day(days, "hard_bouts_1d_per_h") == pytest.approx(12, abs=0.1)
    assert day(days, "fast_metres_spent_1d_ratio") == pytest.approx(
        6 * 180 * 0.5 / 150, rel=0.1
    )  # smoothed over 15 s
    assert 0 < day(days, "fast_metres_left_least_1d_ratio") < 0.5


def test_decoupling_is_what_the_second_half_loses():
    # EF 3.0 / 150 against 3.0 / 165: (1/150 - 1/165) x 150 = 9.1 %.
    days = runs(beats((30, 150.0), (30, 165.0), speed_mps=np.full(3600, 3.0)))
    assert day(days, "aerobic_decoupling_1d_pct") == pytest.approx(100 * (1 - 150 / 165), abs=0.2)
    assert day(days, "efficiency_1d_m_per_beat") == pytest.approx(180 / 157.5, rel=1e-3)


def test_drift_is_the_slope_after_the_warm_up():
    at = np.arange(3600) / 3600
    warm = np.where(at < 1 / 6, 110.0, 140 + 12 * at)
    assert day(runs({"hr_bpm": warm, "speed_mps": 3.0}), "heart_rate_drift_1d_bpm_per_h") == pytest.approx(
        12, abs=0.1
    )


def test_efficiency_is_set_against_own_past_only():
    usual = [beats((30, 150.0), speed_mps=np.full(1800, 3.0))] * 6
    days = runs(*usual, beats((30, 165.0), speed_mps=np.full(1800, 3.0)))
    below = days.once(metabolic.efficiency_below_usual)
    assert np.isnan(below[:5]).all()
    assert below[-1] == pytest.approx(100 * (1 - 150 / 165), abs=0.2)


def test_usual_efficiency_is_that_of_the_runs_so_far_and_not_of_the_first():
    pulses = (100.0, 160.0, 160.0, 160.0, 160.0, 160.0)
    days = runs(*(beats((30, pulse), speed_mps=np.full(1800, 3.0)) for pulse in pulses))
    usual = np.mean([180 / pulse for pulse in pulses[:-1]])
    below = days.once(metabolic.efficiency_below_usual)[-1]
    assert below == pytest.approx(100 * (1 - (180 / 160) / usual), abs=1.5)


def test_every_real_run_with_heart_rate_yields_its_features(real_data):
    """From the bare file: neither age, mass, nor maximal heart rate of the runner is known."""
    from heavylegs.data.cohort import Cohort
    from heavylegs.data.errors import InputError
    from heavylegs.data.readers.activity_files import read_activity_file
    from heavylegs.data.recording import to_tables
    from heavylegs.features import efficiency, effort, heart, intensity, mechanics, stride
    from heavylegs.features.days import Days

    seen = 0
    for path in sorted((real_data / "activity_files/fit_ok").glob("*.fit")):
        try:
            tables = to_tables(read_activity_file(path.read_bytes(), path.name), "a")
        except InputError:  # settings, weights
            continue
        days = Days.of(Cohort.from_tables("real", tables))
        a = days.cohort.activities
        runs_heard = (a["sport"] == "running").to_numpy() & a["hr_mean_bpm"].notna().to_numpy()
        assert np.isfinite(days.each(heart.heart)[:, runs_heard]).all(), path.name
        with_way = runs_heard & (a["distance_m"] > 0).to_numpy()
        for measured in (
            days.each(efficiency.efficiency)[1],
            days.each(effort.energy_kcal),
            days.each(intensity.carbohydrate_used_g),
            *days.each(mechanics.course)[:2],
        ):
            assert np.isfinite(measured[with_way]).all(), path.name
        stepped = with_way & a["cadence_mean_spm"].notna().to_numpy()
        assert np.isfinite(days.each(stride.stride_excess)[3][stepped]).all(), path.name
        seen += int(with_way.sum())
    assert seen >= 7
