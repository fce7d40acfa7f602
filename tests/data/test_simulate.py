"""What the simulator promises: true parts that add up, causes before effects, gaps that are gaps."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.errors import InputError
from heavylegs.data.schema import TABLES
from heavylegs.data.simulate import (
    BURN_IN_DAYS,
    FACTOR_DOSES,
    FACTORS,
    Simulation,
    simulate,
    simulate_history,
    variance_shares,
)
from heavylegs.data.simulate_doses import factor_doses
from hypothesis import given, settings
from hypothesis import strategies as st

OTHERS = ["usual_level", "everything_else", "noise"]


@pytest.fixture(scope="module")
def season() -> Simulation:
    return simulate()


def within(x: pd.Series, athlete: pd.Series) -> float:
    return float(((x - x.groupby(athlete).transform("mean")) ** 2).mean())


def test_the_parts_of_every_morning_add_up(season: Simulation) -> None:
    truth = season.truth
    assert len(truth) == 40 * 200
    assert not truth.isna().any(axis=None)
    np.testing.assert_allclose(truth[[*FACTORS, *OTHERS]].sum(axis=1), truth["fatigue"], rtol=0, atol=1e-9)
    assert list(truth.columns) == ["athlete_id", "day", *FACTORS, *OTHERS, "fatigue"]


def test_a_rating_is_the_latent_fatigue_of_the_evening_before_clipped_and_rounded(season: Simulation) -> None:
    truth = season.truth.assign(day=season.truth["day"] + pd.Timedelta(days=1))
    both = season.cohort.ratings.merge(truth[["athlete_id", "day", "fatigue"]], on=["athlete_id", "day"])
    assert len(both) > 6000
    half_a_step = 10 / 6 / 2
    assert (both["fatigue_x"] - both["fatigue_y"].clip(0, 10)).abs().max() <= half_a_step + 1e-9


def test_the_same_seed_gives_the_same_cohort_and_another_seed_another() -> None:
    one, again, other = simulate(4, 30, seed=3), simulate(4, 30, seed=3), simulate(4, 30, seed=4)
    assert one.cohort.digest() == again.cohort.digest() != other.cohort.digest()
    pd.testing.assert_frame_equal(one.truth, again.truth)


@pytest.mark.parametrize("r2", [0.1, 0.35, 0.7])
def test_the_knob_sets_the_share_that_the_factors_explain(r2: float) -> None:
    truth = simulate(20, 120, r2=r2).truth
    owner, factors = truth["athlete_id"], truth[list(FACTORS)].sum(axis=1)
    measured = within(factors, owner) / within(factors + truth["noise"], owner)
    assert measured == pytest.approx(r2, abs=0.05)


def test_without_noise_the_factors_explain_all() -> None:
    assert (simulate(2, 20, r2=1.0).truth["noise"] == 0).all()


def test_every_factor_matters_and_none_rules(season: Simulation) -> None:
    own = season.truth.groupby("athlete_id")[list(FACTORS)].std().mean()
    assert (own > 0.01).all(), own[own <= 0.01]
    shares = variance_shares(season.truth)
    assert shares.sum() == pytest.approx(1.0)
    assert shares.max() < 0.35
    families = {
        "fuel": ["glycogen_depletion", "energy_deficit"],
        "heat and fluid": ["heat_stress", "dehydration", "electrolyte_loss"],
        "sleep": ["poor_sleep"],
        "training": ["too_much_too_soon", "overreaching", "insufficient_recovery", "cardiovascular_strain"],
    }
    assert all(shares[members].sum() > 0.05 for members in families.values())
    assert shares[["worn_footwear", "micronutrients", "overstriding"]].max() < 0.05


@given(
    factor=st.sampled_from(FACTORS),
    dose=st.floats(-1e3, 1e3),
    more=st.floats(0, 1e3),
)
def test_more_dose_never_lowers_points_and_points_level_off(factor: str, dose: float, more: float) -> None:
    response = FACTOR_DOSES[factor]
    less_points, more_points = response.points(np.array([dose, dose + more]))
    assert 0 <= less_points <= more_points <= response.most
    assert response.points(np.array([response.free]))[0] == 0


@settings(max_examples=20)
@given(day=st.integers(40, 88), seed=st.integers(0, 50))
def test_a_dose_knows_nothing_after_its_evening_but_the_night(day: int, seed: int) -> None:
    history = simulate_history(athletes=3, days=40, seed=seed)
    changed = _scaled_after(history, day)
    # The night that follows the evening belongs to the next day, and counts.
    night = history.sleep_h.copy(order="K")
    night[:, day + 2 :] *= 0.5
    changed = replace(changed, sleep_h=night)
    for factor, dose in factor_doses(history).items():
        np.testing.assert_array_equal(
            factor_doses(changed)[factor][:, : day + 1], dose[:, : day + 1], err_msg=factor
        )


def _scaled_after(part, day: int):
    """Return the history with every number after `day` made 1.7 times as large, the people as they are."""
    if isinstance(part, dict):
        return {name: _scaled_after(value, day) for name, value in part.items()}
    if is_dataclass(part):
        return replace(
            part,
            **{
                f.name: _scaled_after(getattr(part, f.name), day) for f in fields(part) if f.name != "runners"
            },
        )
    out = part.astype(float)
    out[:, day + 1 :] *= 1.7
    return out.astype(part.dtype)


def test_the_coming_night_counts() -> None:
    history = simulate_history(athletes=3, days=40, seed=1)
    day = 70
    night = history.sleep_h.copy(order="K")
    night[:, day + 1] = 2.5
    worse = factor_doses(replace(history, sleep_h=night))["poor_sleep"][:, day]
    assert (worse > factor_doses(history)["poor_sleep"][:, day]).all()


def test_a_longer_simulation_begins_with_the_same_days() -> None:
    short, long = simulate(5, 40).truth, simulate(5, 70).truth
    days = long["day"].isin(short["day"])
    pd.testing.assert_frame_equal(
        long.loc[days, short.columns[:24]].reset_index(drop=True), short[short.columns[:24]]
    )


def test_what_was_not_logged_is_absent_and_not_zero(season: Simulation) -> None:
    diary, runs = season.cohort.diary, season.cohort.activities.query("sport == 'running'")
    food = diary.groupby("athlete_id")["energy_intake_kcal"].count()
    assert 0.1 < (food == 0).mean() < 0.5
    assert (diary["energy_intake_kcal"].dropna() > 500).all()
    assert 0 < (runs.groupby("athlete_id")["hr_mean_bpm"].count() == 0).mean() < 0.3
    assert 0.1 < (diary.groupby("athlete_id")["hrv_rmssd_ms"].count() == 0).mean() < 0.7
    assert 0.10 < 1 - len(season.cohort.ratings) / (40 * 200) < 0.20
    assert len(diary) < 40 * 200
    assert runs["session_rpe"].isna().any()
    partly = diary.groupby("athlete_id")["carbohydrate_g"].transform("count") > 0
    assert diary.loc[partly, "carbohydrate_g"].isna().any()


def test_more_is_missing_after_bad_mornings(season: Simulation) -> None:
    truth = season.truth.assign(day=season.truth["day"] + pd.Timedelta(days=1))
    answered = pd.MultiIndex.from_frame(season.cohort.ratings[["athlete_id", "day"]])
    rated = pd.MultiIndex.from_frame(truth[["athlete_id", "day"]]).isin(answered)
    own = truth["fatigue"] - truth.groupby("athlete_id")["fatigue"].transform("median")
    assert rated[own > 1].mean() < rated[own < -1].mean() - 0.02


def test_without_gaps_everything_is_logged() -> None:
    cohort = simulate(6, 40, gaps=0, gaps_when_tired=0).cohort
    assert len(cohort.ratings) == len(cohort.diary) == 6 * 40
    assert (
        cohort.diary[["carbohydrate_g", "fluid_ml", "sleep_h", "hrv_rmssd_ms", "illness"]]
        .notna()
        .all(axis=None)
    )
    assert (cohort.diary["training_logged"] == 1).all()


def test_more_gaps_leave_fewer_days_and_the_causes_as_they_were() -> None:
    full, half, many = (simulate(12, 60, gaps=g) for g in (0.0, 0.5, 2.0))
    assert len(full.cohort.diary) > len(half.cohort.diary) > len(many.cohort.diary)
    pd.testing.assert_frame_equal(full.truth, many.truth)


def test_gaps_after_bad_mornings_have_a_knob_of_their_own() -> None:
    def share_after_bad(tired: float) -> float:
        made = simulate(30, 120, gaps_when_tired=tired)
        truth = made.truth.assign(day=made.truth["day"] + pd.Timedelta(days=1))
        answered = pd.MultiIndex.from_frame(made.cohort.ratings[["athlete_id", "day"]])
        rated = pd.MultiIndex.from_frame(truth[["athlete_id", "day"]]).isin(answered)
        own = truth["fatigue"] - truth.groupby("athlete_id")["fatigue"].transform("median")
        return float(rated[own > 1].mean() - rated[own < -1].mean())

    assert abs(share_after_bad(0.0)) < 0.05
    assert share_after_bad(3.0) < -0.08


def test_without_own_sensitivities_equal_doses_give_equal_points() -> None:
    alike = simulate(5, 30, sensitivity_spread=0.0).truth["too_much_too_soon"].to_numpy()
    dose = factor_doses(simulate_history(5, 30))["too_much_too_soon"][:, BURN_IN_DAYS : BURN_IN_DAYS + 30]
    np.testing.assert_allclose(alike, FACTOR_DOSES["too_much_too_soon"].points(dose).ravel())


def test_without_log_errors_the_log_holds_what_happened() -> None:
    exact, kept = (simulate(6, 40, log_errors=e) for e in (0.0, 1.0))
    pd.testing.assert_frame_equal(exact.truth, kept.truth)
    history = simulate_history(6, 40)
    logged = slice(BURN_IN_DAYS, BURN_IN_DAYS + 40)
    runs = exact.cohort.activities.query("sport == 'running'").dropna(subset=["session_rpe"])
    exertion = history.season.exertion[:, logged]
    assert np.isin(runs["session_rpe"], exertion).all()
    assert exact.cohort.athletes["sleep_need_h"].tolist() == history.runners.sleep_need_h[:, 0].tolist()
    diary = exact.cohort.diary
    assert np.isin(diary["stress_score"], history.life.stress).all()
    latent = exact.truth.assign(day=exact.truth["day"] + pd.Timedelta(days=1))
    both = exact.cohort.ratings.merge(latent, on=["athlete_id", "day"])
    np.testing.assert_allclose(both["fatigue_x"], both["fatigue_y"].clip(0, 10))


def test_more_log_errors_blur_the_log_and_leave_its_gaps() -> None:
    history = simulate_history(12, 60)
    stress = history.life.stress[:, BURN_IN_DAYS : BURN_IN_DAYS + 60].ravel()

    def off(errors: float) -> float:
        diary = simulate(12, 60, gaps=0, gaps_when_tired=0, log_errors=errors).cohort.diary
        return float((diary["stress_score"] - stress).abs().mean())

    assert off(0.0) == 0 < off(0.5) < off(1.0) < off(3.0)
    days = [len(simulate(12, 60, log_errors=errors).cohort.diary) for errors in (0.0, 1.0, 3.0)]
    assert len(set(days)) == 1


@pytest.mark.parametrize("errors", [0.0, 4.0])
def test_yes_and_no_stay_so_whatever_the_errors(errors: float) -> None:
    diary = simulate(8, 60, log_errors=errors).cohort.diary
    for flag in ("alcohol", "illness", "injury", "training_logged"):
        assert set(diary[flag].dropna()) == {0.0, 1.0}, flag


def test_runners_differ_in_noise_and_r2_holds_over_all_of_them() -> None:
    def own_noise(spread: float) -> tuple[float, float]:
        truth = simulate(60, 120, r2=0.3, noise_spread=spread).truth
        owner, factors = truth["athlete_id"], truth[list(FACTORS)].sum(axis=1)
        own = np.log(truth.groupby("athlete_id")["noise"].std())
        return float(own.std()), within(factors, owner) / within(factors + truth["noise"], owner)

    (alike, r2), (apart, r2_apart) = own_noise(0.0), own_noise(0.4)
    assert alike < 0.12  # no more than estimating 60 SDs from 120 days gives
    assert apart == pytest.approx(0.4, abs=0.08)
    assert r2 == pytest.approx(0.3, abs=0.03)
    assert r2_apart == pytest.approx(0.3, abs=0.03)


def test_habits_correlate(season: Simulation) -> None:
    runs = season.cohort.activities.query("sport == 'running'")
    weekday = runs["day"].dt.day_of_week
    by_day = runs["distance_m"].groupby(weekday).mean()
    assert by_day.idxmax() == 6
    hourly = runs["fluid_during_ml"] / runs["duration_s"]
    warm = runs["temperature_mean_c"] > 24
    assert hourly[warm].mean() > 1.5 * hourly[~warm].mean()


def test_every_run_finds_its_weather(season: Simulation) -> None:
    runs = season.cohort.activities.query("sport == 'running'")
    hour = runs["start_time"].dt.floor("h")
    found = runs.assign(time=hour).merge(season.cohort.weather, on=["place_id", "time"], how="left")
    assert found["temperature_c"].notna().all()
    assert (found["temperature_c"] - found["temperature_mean_c"]).abs().median() < 2


def test_the_log_tells_the_doses(season: Simulation) -> None:
    """Three doses, made of logged columns alone as the docs define them, follow the true points."""
    cohort, truth = season.cohort, season.truth.set_index(["athlete_id", "day"])
    every_day = truth.index

    def daily(values: pd.Series) -> pd.DataFrame:
        """Return the values as athletes x days, 0 where there is none."""
        return values.groupby(level=[0, 1]).sum().reindex(every_day).fillna(0).unstack("day")

    def agreement(dose: pd.DataFrame, factor: str, free: float) -> float:
        over = (dose - free).clip(lower=0).iloc[:, 50:-1]  # the windows are full by then
        points = truth[factor].unstack("day")[over.columns]
        return float(over.T.corrwith(points.T, method="spearman").median())

    runs = cohort.activities.query("sport == 'running'").set_index(["athlete_id", "day"])
    grade = 2 * runs["descent_m"] / runs["distance_m"]
    downhill = daily(runs["descent_m"] * grade * (grade > 0.02) + 0.15e-3 * runs["distance_m"])
    fresh = downhill / (1 + downhill.T.ewm(alpha=1 / 28, adjust=False).mean().T.shift(1, axis=1))
    damage = fresh + 0.7 * fresh.shift(1, axis=1) + 0.3 * fresh.shift(2, axis=1)
    assert agreement(damage, "muscle_damage", 0.5) > 0.9

    km = daily(runs["distance_m"]) / 1000
    usual_week = 7 * km.T.ewm(alpha=1 / 42, adjust=False).mean().T.shift(1, axis=1)
    assert agreement(km / usual_week, "low_conditioning", 0.3) > 0.8

    slept = cohort.diary.set_index(["athlete_id", "day"])["sleep_h"].reindex(every_day).unstack("day")
    need = cohort.athletes.set_index("athlete_id")["sleep_need_h"].fillna(8.0)
    short = slept.rsub(need, axis=0).clip(lower=0)
    week = short.T.rolling(6, min_periods=4).mean().T * 6
    assert agreement(week + 2.5 * short.shift(-1, axis=1), "poor_sleep", 1.5) > 0.9


def test_records_agree_with_their_summaries() -> None:
    cohort = simulate(4, 40, records=True).cohort
    records = cohort.records
    assert list(records.columns) == TABLES["records"].names
    assert (records.groupby("athlete_id")["activity_id"].nunique() <= 5).all()
    by_run = records.groupby("activity_id")
    runs = cohort.activities.set_index("activity_id").loc[list(by_run.groups)]
    np.testing.assert_allclose(by_run["distance_m"].max(), runs["distance_m"], atol=0.1)
    np.testing.assert_allclose(by_run["cadence_spm"].mean(), runs["cadence_mean_spm"], atol=1)
    has_heart = runs["hr_mean_bpm"].notna()
    np.testing.assert_allclose(by_run["hr_bpm"].mean()[has_heart], runs["hr_mean_bpm"][has_heart], atol=1)
    assert (by_run["hr_bpm"].count()[~has_heart] == 0).all()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"athletes": 0}, "athletes = 0"),
        ({"r2": 0.0}, "r2 = 0.0"),
        ({"r2": 1.5}, "share"),
        ({"start": "8/1"}, "8/1"),
        ({"gaps": -1}, "gaps = -1"),
        ({"sensitivity_spread": 9}, "sensitivity_spread = 9"),
        ({"log_errors": -0.5}, "log_errors = -0.5"),
        ({"noise_spread": 5}, "noise_spread = 5"),
    ],
)
def test_bad_arguments_are_told_in_one_line(wrong: dict, told: str) -> None:
    with pytest.raises(InputError, match=re.escape(told)):
        simulate(**wrong)


def test_any_start_date_and_the_smallest_simulation_work() -> None:
    tiny = simulate(1, 1, start="2024-02-29", records=True)
    assert len(tiny.truth) == 1
    assert tiny.truth["day"].iloc[0] == pd.Timestamp("2024-02-29")
    assert BURN_IN_DAYS >= 42


def test_the_docs_page_tells_every_dose_as_it_is() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "simulator.md").read_text(encoding="utf-8")
    for factor, response in FACTOR_DOSES.items():
        row = f"| `{factor}` | {response.dose} | {response.unit} | {response.free:g} | {response.scale:g} | {response.most:g} |"
        assert row in page, row


def test_every_dose_names_columns_that_exist_once() -> None:
    for response in FACTOR_DOSES.values():
        assert len(set(response.columns)) == len(response.columns)
        for name in response.columns:
            table, column = name.split(".")
            assert TABLES[table].column(column)
