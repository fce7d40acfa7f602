"""The evaluation table: every forecaster, every metric, against the right rung."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from heavylegs.data.errors import InputError
from heavylegs.data.simulate import simulate
from heavylegs.features.matrix import build_matrix
from heavylegs.training.calibrate import SPREAD
from heavylegs.training.cold_start import cold_start
from heavylegs.training.evaluate import evaluate, hold_out
from heavylegs.training.reach import with_reach
from heavylegs.training.records import records
from heavylegs.training.splits import Plan, mornings

BASELINES = {
    "constant", "own_mean", "own_median", "yesterday", "ewma_7", "ewma_28", "ridge_own_history",
    "lightgbm_own_history",
}  # fmt: skip
EARLIER_KEYS = {
    "cohort", "protocol", "information", "model", "n_days", "n_athletes", "rmse", "mae", "skill",
    "skill_low", "skill_high", "best_baseline",
}  # fmt: skip


@pytest.fixture(scope="module")
def matrix():
    return build_matrix(simulate(athletes=8, days=100, seed=2).cohort).labelled()


@pytest.fixture(scope="module")
def held_out(matrix):
    return hold_out(matrix, Plan("new", folds=2))


@pytest.fixture(scope="module")
def table(matrix, held_out):
    return {r["model"]: r for r in records(matrix, "new", held_out)}


def test_there_is_a_record_a_forecaster_with_the_agreed_keys(matrix, table):
    assert set(table) == BASELINES | {"lightgbm_all", "heavylegs"}
    assert all(set(r) >= EARLIER_KEYS for r in table.values())
    assert len({frozenset(r) for r in table.values()}) == 1
    assert {r["n_days"] for r in table.values()} == {len(matrix)}
    assert {r["split"] for r in table.values()} == {"2 folds"}


def test_records_are_json_without_numbers_that_json_does_not_know(table):
    json.dumps(list(table.values()), allow_nan=False)


def test_skill_is_against_the_best_baseline_and_the_peer_is_none(table):
    best = min(BASELINES, key=lambda name: table[name]["rmse"])
    assert {name: r["kind"] for name, r in table.items()} == {
        **dict.fromkeys(BASELINES, "baseline"),
        "lightgbm_all": "peer",
        "heavylegs": "model",
    }
    for r in table.values():
        assert r["best_baseline"] == best
        assert r["skill"] == pytest.approx(1 - (r["rmse"] / table[best]["rmse"]) ** 2)
        assert r["skill_vs_peer"] == pytest.approx(1 - (r["rmse"] / table["lightgbm_all"]["rmse"]) ** 2)
        assert r["skill_low"] <= r["skill"] <= r["skill_high"]
        assert r["skill_vs_peer_low"] <= r["skill_vs_peer"] <= r["skill_vs_peer_high"]


def test_errors_are_in_the_units_of_the_cohorts_own_scale(matrix, held_out, table):
    wide = {r["model"]: r for r in records(replace(matrix, native_span=10.0), "new", held_out)}
    for key in ("rmse", "mae", "rmse_macro", "width"):  # the simulated scale is 1-7
        assert table["heavylegs"][key] == pytest.approx(wide["heavylegs"][key] * 0.6)


def test_a_flat_forecast_orders_nothing_and_tells_no_bad_morning_of_its_own_usual(table):
    assert table["constant"]["spearman"] == 0.0
    assert table["ewma_28"]["auc_worse"] == 0.5  # it forecasts the usual itself


def test_the_model_alone_is_judged_by_its_intervals_beside_one_width_for_all(held_out, table):
    ours = table["heavylegs"]
    assert ours["interval_level"] == 0.9
    assert 0.75 < ours["coverage"] <= 1
    spread = held_out.band.spread.mean() / held_out.band.pooled.mean()
    assert ours["width_ratio"] == pytest.approx(spread)
    cheap = (
        ours["pooled_coverage"] < ours["coverage"]
    )  # then widths would not be compared at the same coverage
    assert (ours["width_ratio_same_coverage"] <= ours["width_ratio"]) == cheap
    assert 0 < ours["width_ratio_own_windows"] < 1.5
    assert table["ewma_7"]["coverage"] is None


def test_the_chance_of_a_bad_morning_is_judged_beside_the_athletes_own_rate(held_out, table):
    ours, known = table["heavylegs"], ~np.isnan(held_out.chance) & ~np.isnan(held_out.bad)
    assert ours["brier"] == pytest.approx(np.mean((held_out.chance - held_out.bad)[known] ** 2))
    assert 0 < ours["bad_share"] < 1
    assert ours["n_bad_judged"] <= ours["n_days"]
    assert ours["auc_bad"] > 0.5
    assert ours["brier_skill"] == pytest.approx(1 - ours["brier"] / ours["brier_own_rate"])
    assert table["ewma_7"]["brier"] is None


def test_own_widths_move_only_the_models_score_of_levels(table):
    assert table["heavylegs"]["rps"] != table["heavylegs"]["rps_one_width"]
    assert all(r["rps"] == r["rps_one_width"] for r in table.values() if r["kind"] != "model")


def test_intervals_are_judged_as_the_product_tells_them(matrix, held_out):
    """They know the forecast and how the athlete's ratings scatter; the scale of a day knows neither."""
    rows = held_out.part == 0
    days, points = matrix.rows(held_out.rows[rows]), held_out.forecasts["heavylegs"][rows]
    told = days.keys["athlete_id"].astype(str), mornings(days), points, days.target
    intervals, spreads = held_out.models[0].intervals.at(0.9), days.frame[SPREAD].to_numpy(dtype=float)
    bounds = intervals.through_time(*told, spreads=spreads)
    np.testing.assert_array_equal(held_out.band.low[rows], bounds.lower)
    assert not np.array_equal(bounds.lower, intervals.through_time(*told).lower)
    plain = intervals.whatever_the_forecast().through_time(*told)
    np.testing.assert_array_equal(held_out.band.scale[rows], (plain.upper - plain.lower) / 2)


def test_ends_of_intervals_lie_on_the_scale(held_out):
    beyond = replace(held_out.band, low=held_out.band.low - 9, high=held_out.band.high + 9)
    told = replace(held_out, band=beyond)
    assert (told.low.min(), told.high.max()) == (0, 10)
    assert replace(held_out, band=None).low is None


def test_the_cold_start_curve_puts_every_morning_in_one_bin_of_own_reports(held_out, table):
    curve = table["heavylegs"]["cold_start"]
    assert [(c["reports_from"], c["reports_to"]) for c in curve] == [
        (0, 6), (7, 13), (14, 27), (28, 59), (60, None)
    ]  # fmt: skip
    assert sum(c["n_days"] for c in curve) == len(held_out.target)
    assert curve[0]["n_days"] == (held_out.reports < 7).sum()
    assert curve[0]["n_athletes"] == len(np.unique(held_out.athletes[held_out.reports < 7]))
    squares = sum(c["rmse"] ** 2 * c["n_days"] for c in curve) / len(held_out.target)
    assert np.sqrt(squares) == pytest.approx(table["heavylegs"]["rmse"])


def test_a_bin_of_few_mornings_or_athletes_is_not_told(held_out):
    def with_reports(new: np.ndarray) -> list[dict[str, object]]:
        return cold_start(replace(held_out, reports=np.where(new, 0, 99)), "heavylegs", 4.0)

    rows, people = np.arange(len(held_out.target)), held_out.athletes
    spread = rows % (len(rows) // 20) == 0  # over most of the athletes
    assert [c["reports_from"] for c in with_reports(spread)] == [0, 60]
    assert [c["reports_from"] for c in with_reports(spread & (np.cumsum(spread) < 20))] == [60]
    assert [c["reports_from"] for c in with_reports(np.isin(people, np.unique(people)[:2]))] == [60]


def test_the_skill_of_a_lone_athlete_has_an_interval_over_weeks(matrix):
    alone = matrix.rows(matrix.keys["athlete_id"].cat.codes.to_numpy() == 0)
    [ours] = [r for r in records(alone, "known", hold_out(alone)) if r["kind"] == "model"]
    assert ours["interval_over"] == "weeks"
    assert ours["skill_low"] < ours["skill"] < ours["skill_high"]
    assert ours["coverage"] is None or 0 <= ours["coverage"] <= 1


def test_too_few_days_are_told_not_crashed(matrix):
    with pytest.raises(InputError, match="to learn from"):
        hold_out(matrix, "known", np.datetime64("2024-01-09"))
    with pytest.raises(InputError, match="to forecast"):
        hold_out(matrix, Plan(cutoff=np.datetime64("2031-01-01"), blocks=2))


def test_a_model_of_ones_own_must_forecast_every_morning(matrix):
    def half(learn, forecast):
        return np.where(np.arange(len(forecast)) % 2, 5.0, np.nan)

    with pytest.raises(ValueError, match="half must forecast"):
        hold_out(matrix, "known", more={"half": half})


def test_reports_that_never_change_are_told(matrix):
    flat = replace(
        matrix,
        target=np.full_like(matrix.target, 5.0),
        frame=matrix.frame.assign(fatigue_mean_0_10=np.float32(5.0)),
    )
    with pytest.raises(InputError, match="never change"):
        hold_out(flat, "known")


def test_a_simulated_store_tells_what_could_be_reached():
    """Whoever knows what truly moved this morning and all before is ahead of the model, and of who knows this morning's alone."""
    made = simulate(athletes=12, days=120, seed=2, r2=0.6, gaps=0, gaps_when_tired=0)
    matrix = build_matrix(made.cohort, "morning")
    quick = {"trees": 40, "bags": 1}
    table = {r["model"]: r for r in evaluate(matrix, "known", truth=made.truth, parameters=quick)}
    model, day, past = (table[name] for name in ("heavylegs", "true_factors", "true_factors_past"))
    assert max(model["skill"], day["skill"]) < past["skill"]
    assert model["reachable_skill"] == day["skill"] == day["reachable_skill"]
    assert model["reachable_share"] == pytest.approx(model["skill"] / day["skill"])
    assert model["reachable_with_past_share"] == pytest.approx(model["skill"] / past["skill"])
    assert day["kind"] == past["kind"] == "reach"
    assert model["best_baseline"] in BASELINES
    json.dumps(list(table.values()), allow_nan=False)


def test_there_is_no_share_of_what_reaches_less_than_a_baseline():
    skills = {"heavylegs": -0.02, "true_factors": -0.01, "true_factors_past": 0.1}
    told = with_reach([{"model": name, "skill": skill} for name, skill in skills.items()])[0]
    assert told["reachable_share"] is None
    assert told["reachable_with_past_share"] == pytest.approx(-0.2)
