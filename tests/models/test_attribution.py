"""Points of factors: exact whatever computes them, from two references, with intervals, and they add up."""

from __future__ import annotations

from dataclasses import replace

import lightgbm as lgb
import numpy as np
import pytest
from heavylegs.data.errors import InputError
from heavylegs.features.factors import NAMED
from heavylegs.models import attribution, tree_shap
from heavylegs.models.attribution import attribute
from heavylegs.models.causes import Causes
from heavylegs.models.confidence import has_forecast
from heavylegs.models.forecaster import Forecaster
from heavylegs.models.reference import LEAST_DAYS, USUAL_DAYS
from heavylegs.models.shap_explanation import shap_explanation


@pytest.fixture(scope="module")
def table():
    """Rows with absent values, also in columns that were whole when the trees were grown."""
    rng = np.random.default_rng(0)
    x = np.round(rng.normal(size=(1_600, 12)), 1).astype(np.float32).astype(float)
    x[:, 4:][rng.random((1_600, 8)) < 0.3] = np.nan
    y = np.nansum(x[:, :6], axis=1) + np.where(np.isnan(x[:, 5]), 1.0, x[:, 1] > 0) + rng.normal(size=1_600)
    data = lgb.Dataset(x, y, weight=rng.exponential(size=1_600))
    quiet = {"verbosity": -1, "num_threads": 1, "bagging_fraction": 0.7, "bagging_freq": 1}
    booster = lgb.train({**quiet, "num_leaves": 31, "min_data_in_leaf": 5}, data, 15)
    stump = lgb.train({**quiet, "min_data_in_leaf": 1_600}, data, 2)
    x[:200, :4] = np.nan
    x[200:210] = np.nan
    return x, {"grown": booster, "without a split": stump}


@pytest.mark.parametrize("name", ["grown", "without a split"])
@pytest.mark.parametrize("way", [tree_shap.few_rows, tree_shap.many_rows])
def test_points_equal_shaps_tree_explainer(table, name, way):
    import shap

    x, boosters = table
    reference = shap.TreeExplainer(boosters[name]).shap_values(x)
    points = way(boosters[name], x)
    np.testing.assert_allclose(points[:, :-1], reference, atol=1e-5)
    np.testing.assert_allclose(points.sum(axis=1), boosters[name].predict(x), atol=1e-9)


def test_chunks_do_not_show_and_no_row_is_fine(table, monkeypatch):
    x, boosters = table
    whole = tree_shap.many_rows(boosters["grown"], x)
    monkeypatch.setattr(tree_shap, "CHUNK_ROWS", 600)
    np.testing.assert_allclose(tree_shap.many_rows(boosters["grown"], x), whole, atol=1e-12)
    assert tree_shap.tree_shap(boosters["grown"], x[:0]).shape == (0, 13)
    assert tree_shap.many_rows(boosters["grown"], x[:0]).shape == (0, 13)


def test_of_many_rows_lightgbm_is_asked_for_the_first_alone(table, monkeypatch):
    asked, lightgbm = [], tree_shap.few_rows
    monkeypatch.setattr(tree_shap, "few_rows", lambda b, rows: asked.append(len(rows)) or lightgbm(b, rows))
    tree_shap.many_rows(table[1]["grown"], table[0])
    assert asked == [tree_shap.CHECKED_ROWS]


def test_nothing_is_printed(table, capfd):
    tree_shap.many_rows(table[1]["grown"], table[0])
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("reference", ["usual", "cohort"])
def test_parts_add_up_to_the_forecast_from_either_reference(matrix, model, reference):
    told = attribute(model, matrix, reference)
    assert list(told.points) == ["usual_level", *NAMED, "everything_else"]
    np.testing.assert_allclose(told.points.sum(axis=1), model.predict(matrix), atol=1e-6)


def test_the_own_usual_level_is_the_mean_of_the_own_forecasts_of_the_days_before(matrix, model):
    told = attribute(model, matrix, "usual")
    row = np.flatnonzero(matrix.keys["athlete_id"] == "sim-0004")[80]
    before = model.predict(matrix)[row - USUAL_DAYS : row]
    assert told.reference[row] == "usual"
    assert told.level[row] == pytest.approx(before.mean(), abs=1e-9)


def test_with_few_days_before_points_stay_from_the_cohort_and_say_so(matrix, model):
    told, cohort = attribute(model, matrix, "usual"), attribute(model, matrix, "cohort")
    mine = np.flatnonzero(matrix.keys["athlete_id"] == "sim-0004")
    silent = int(np.argmax(has_forecast(matrix.frame.iloc[mine])))
    assert silent > 1  # nobody has a forecast before their third rating
    first = mine[: silent + LEAST_DAYS + 1]
    assert told.reference[first].tolist() == ["cohort"] * (silent + LEAST_DAYS) + ["usual"]
    np.testing.assert_array_equal(told.points.iloc[first[:-1]], cohort.points.iloc[first[:-1]])


def test_months_of_runs_before_the_first_rating_are_nobodys_usual(matrix, model):
    rated_late = matrix.frame.assign(ratings_so_far=matrix.frame["ratings_so_far"] - 40)
    late = attribute(model, replace(matrix, frame=rated_late))
    mine = np.flatnonzero(matrix.keys["athlete_id"] == "sim-0004")
    told = has_forecast(rated_late.iloc[mine])
    usual = np.flatnonzero(late.reference[mine] == "usual")
    assert told[: usual[0]].sum() == LEAST_DAYS
    assert usual[0] > USUAL_DAYS / 2
    days = mine[: usual[0]][told[: usual[0]]]
    assert late.level[mine[usual[0]]] == pytest.approx(model.predict(matrix)[days].mean(), abs=1e-9)


def test_nothing_of_later_days_or_of_others_is_in_the_usual(matrix, model):
    mine = (matrix.keys["athlete_id"] == "sim-0004").to_numpy()
    till = mine & (matrix.day <= matrix.day[mine][70])
    whole, cut = attribute(model, matrix).rows(till), attribute(model, matrix.rows(till))
    np.testing.assert_allclose(cut.points, whole.points, atol=1e-12)


def test_the_order_of_rows_does_not_matter(matrix, model):
    order = np.random.default_rng(0).permutation(len(matrix))
    np.testing.assert_allclose(
        attribute(model, matrix.rows(order)).points, attribute(model, matrix).points.iloc[order], atol=1e-9
    )


@pytest.mark.parametrize("reference", ["usual", "cohort"])
def test_an_absent_factor_has_no_points_and_what_flows_through_it_is_everything_else(
    matrix, model, reference
):
    silent = matrix.rows(np.arange(len(matrix)))
    day = np.flatnonzero(matrix.keys["athlete_id"] == "sim-0004")[60]
    names = [f.name for f in matrix.catalog if f.factor == "poor_sleep"]
    silent.frame.loc[day, names] = np.float32(np.nan)
    told = attribute(model, silent, reference)
    assert np.isnan([t.loc[day, "poor_sleep"] for t in (told.points, told.low, told.high)]).all()
    assert not told.unclear.loc[day, "poor_sleep"]
    assert told.points.loc[day].sum() == pytest.approx(model.predict(silent)[day], abs=1e-6)
    heard = attribution.known(silent, model.heard)
    assert not heard[day, attribution.PARTS.index("poor_sleep")]


def test_of_no_day_nothing_is_told(matrix, model):
    told = attribute(model, matrix.rows(np.zeros(len(matrix), dtype=bool)))
    assert told.points.shape == told.low.shape == (0, len(attribution.PARTS))
    assert len(told.reference) == 0


def test_a_model_that_follows_no_trees_hears_its_own_state_alone(matrix):
    model = Forecaster.fit(matrix.labelled(), trees=2, bags=1, boosted_share=0.0)
    state = {f.name for f in matrix.catalog.inputs("state")}
    assert {f.name for f in model.heard} == state
    told = attribute(model, matrix).points
    assert told["heat_stress"].isna().all()  # the log tells it, but only trees would hear
    assert told["poor_sleep"].notna().any()


def test_what_no_log_told_when_it_learned_a_model_does_not_hear(matrix, model):
    labelled = matrix.labelled()
    food = [f.name for f in matrix.catalog.inputs() if f.factor in ("energy_deficit", "glycogen_depletion")]
    labelled.frame[food] = np.float32(np.nan)
    for learned in (
        Forecaster.fit(labelled, trees=2, bags=1),
        replace(model, causes=Causes.fit(labelled, trees=2), causes_share=1.0),
    ):
        assert not {f.name for f in learned.heard} & set(food)
        assert (
            attribute(learned, matrix).points[["energy_deficit", "glycogen_depletion"]].isna().all(axis=None)
        )
    assert attribute(model, matrix).points["energy_deficit"].notna().any()


def test_intervals_hold_the_points_and_widen_where_members_disagree(matrix, model):
    told = attribute(model, matrix)
    factors = told.points[list(NAMED)].to_numpy()
    heard = ~np.isnan(factors)
    low, high = told.low[list(NAMED)].to_numpy(), told.high[list(NAMED)].to_numpy()
    assert ((low <= factors) & (factors <= high))[heard].all()
    members, _ = attribution.member_points(model, matrix)
    apart = members.std(axis=0)[:, 1:-1]
    sleep = NAMED.index("poor_sleep")
    alike = heard[:, sleep] & (told.reference == "cohort")  # each reference has intervals of its own
    apart, wide = apart[alike, sleep], (high - low)[alike, sleep]
    assert wide[apart > np.quantile(apart, 0.9)].mean() > wide.mean()
    assert (told.unclear.to_numpy() == ((low <= 0) & (high >= 0))).all()


@pytest.mark.parametrize(
    ("by", "reference"), [("input", "cohort"), ("factor", "cohort"), ("factor", "usual")]
)
def test_shap_explanations_add_up_to_the_forecast(matrix, model, by, reference):
    told = shap_explanation(model, matrix, by, reference)
    np.testing.assert_allclose(told.base_values + told.values.sum(axis=1), model.predict(matrix), atol=1e-6)
    assert told.shape == told.data.shape
    assert len(told.feature_names) == told.shape[1]


def test_shap_explanations_by_input_are_from_the_cohort_alone(matrix, model):
    with pytest.raises(InputError, match="cohort"):
        shap_explanation(model, matrix, "input", "usual")
