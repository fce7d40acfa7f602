"""The estimator: it beats its parts, takes itself apart exactly and says the same twice."""

from __future__ import annotations

import json
from copy import copy
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.errors import InputError
from heavylegs.data.simulate import simulate
from heavylegs.features.factors import NAMED
from heavylegs.features.matrix import build_matrix
from heavylegs.models import artifact
from heavylegs.models.attribution import factor_points
from heavylegs.models.bag import bag_weights
from heavylegs.models.fatigue import FatigueRegressor
from heavylegs.models.forecaster import Forecaster
from heavylegs.models.linear import LinearState
from heavylegs.training.calibrate import calibrated


@pytest.fixture(scope="module")
def matrix():
    return build_matrix(simulate(athletes=12, days=120, seed=1).cohort)


@pytest.fixture(scope="module")
def forecaster(matrix):
    return Forecaster.fit(matrix.labelled(), trees=40)


def test_points_of_factors_add_up_to_the_forecast(matrix, forecaster):
    points = factor_points(forecaster, matrix)
    assert list(points)[:22] == list(NAMED)
    np.testing.assert_allclose(points.sum(axis=1), forecaster.predict(matrix), atol=1e-6)


def test_a_factor_without_data_gets_no_points_and_nothing_is_lost(matrix, forecaster):
    silent = matrix.rows(np.arange(50))
    names = [f.name for f in matrix.catalog if f.factor == "poor_sleep"]
    silent.frame[names] = np.float32(np.nan)
    points = factor_points(forecaster, silent)
    assert points["poor_sleep"].isna().all()
    np.testing.assert_allclose(points.sum(axis=1), forecaster.predict(silent), atol=1e-6)


def test_contributions_equal_shaps_tree_explainer(matrix):
    """TreeSHAP of the boosted part, as the reference implementation has it."""
    import shap

    labelled = matrix.labelled()
    names = [f.name for f in matrix.catalog.inputs("boosted")]
    X = labelled.frame[names]
    model = FatigueRegressor(state=[names[0]], starts=(0.0,), bags=1, trees=30).fit(X, labelled.target)
    reference = shap.TreeExplainer(model.members_[0].boosters[0]).shap_values(X.head(40).astype("float64"))
    ours = model.contributions(X.head(40))[:, :-1]
    np.testing.assert_allclose(ours[:, 1:], reference[:, 1:], atol=1e-5)


def test_forecast_and_points_follow_the_trees_as_far_as_their_share(matrix, forecaster):
    days = forecaster.inputs(matrix.rows(np.arange(30)))

    def following(share):
        model = copy(forecaster.regressor)
        model.boosted_share = share
        return model

    alone, whole = (following(share).predict(days) for share in (0.0, 1.0))
    assert np.abs(whole - alone).min() > 0
    for share in (0.0, 0.4, 1.0):
        expected = alone + share * (whole - alone)
        np.testing.assert_allclose(following(share).predict(days), expected, atol=1e-9)
        np.testing.assert_allclose(following(share).contributions(days).sum(axis=1), expected, atol=1e-6)
        np.testing.assert_allclose(following(share).predict(days.head(1)), expected[:1], atol=1e-9)


def test_a_constrained_direction_is_never_broken():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"usual": rng.uniform(2, 8, 600), "debt": rng.uniform(0, 10, 600)})
    y = X["usual"] - 0.2 * X["debt"] + rng.normal(0, 0.3, 600)  # against physiology
    model = FatigueRegressor(["usual"], ["usual", "debt"], [0, 1]).fit(X, y)
    grid = pd.DataFrame({"usual": 5.0, "debt": np.linspace(0, 10, 50)})
    assert (np.diff(model.predict(grid)) >= -1e-9).all()


def test_trees_that_learn_in_own_spreads_scale_with_them_and_still_add_up():
    """Two kinds of people answer alike, one with twice the swing: trees in own spreads learn one answer for both."""
    rng = np.random.default_rng(0)
    spread = np.repeat([1.0, 2.0], 400)
    X = pd.DataFrame({"usual": 5.0, "debt": rng.uniform(0, 1, 800), "spread": spread})
    y = 5.0 + spread * (X["debt"] > 0.5)
    model = FatigueRegressor(["usual"], ["debt"], [1], scale="spread", starts=(1.0,), bags=1).fit(X, y)
    day = pd.DataFrame({"usual": 5.0, "debt": 1.0, "spread": [0.5, 1.0, 2.0, np.nan]})
    night = day.assign(debt=0.0)
    moved = model.predict(day) - model.predict(night)
    np.testing.assert_allclose(moved / moved[1], [0.5, 1.0, 2.0, spread.mean()], rtol=1e-6)
    np.testing.assert_allclose(model.contributions(day).sum(axis=1), model.predict(day), atol=1e-9)


def test_athletes_weigh_the_same_over_the_whole_bag(matrix):
    """A ridge drawn to its constant is a mean of the ratings: over the bag, everybody's."""
    labelled = matrix.labelled()
    names = [f.name for f in matrix.catalog.inputs("state")]
    owner = labelled.keys["athlete_id"].cat.codes
    model = FatigueRegressor(names, alpha=1e12, trees=1, bags=5, random_state=3)
    model.fit(labelled.frame[names], labelled.target, owner)
    assert model.state_.constant == pytest.approx(float(labelled.target.mean()), abs=0.02)


def test_members_weigh_athletes_by_half_more_or_less():
    """What they disagree on tells how far reasons hang on who was learned from."""
    owner = np.repeat(np.arange(40), 5)
    weights = bag_weights(owner, len(owner), 25, 0)[:, ::5]
    np.testing.assert_allclose(weights.mean(axis=1), 1.0)
    assert weights.std(axis=0).mean() == pytest.approx(0.5, abs=0.05)


def test_the_same_seed_gives_the_same_text_at_any_number_of_threads(matrix):
    labelled = matrix.labelled()
    texts = [
        [
            b.model_to_string().split("\nparameters")[0]
            for m in Forecaster.fit(labelled, trees=8, bags=2, threads=n).regressor.members_
            for b in m.boosters
        ]
        for n in (1, 2)
    ]
    assert texts[0] == texts[1]


def test_a_boosted_share_of_nothing_is_the_own_state_alone(matrix):
    labelled = matrix.labelled()
    state = Forecaster.fit(labelled, trees=20, boosted_share=0.0)
    columns = [f.name for f in labelled.catalog.inputs("state")]
    linear = state.regressor.state_.predict(labelled.frame[columns].to_numpy(float))
    np.testing.assert_allclose(state.predict(labelled), linear, atol=1e-9)


def test_a_saved_model_forecasts_the_same_and_holds_no_pickle(matrix, forecaster, tmp_path):
    labelled = matrix.labelled()
    kept = replace(
        calibrated(forecaster, labelled, forecaster.predict(labelled)), told={"cohort": "simulated"}
    )
    artifact.save(kept, tmp_path)
    again = artifact.load(tmp_path)
    np.testing.assert_array_equal(again.predict(matrix), forecaster.predict(matrix))
    assert again.intervals == kept.intervals
    assert again.bad_morning == kept.bad_morning is not None
    assert again.factor_weights == kept.factor_weights
    assert again.told == kept.told
    assert {p.suffix for p in tmp_path.iterdir()} == {".txt", ".json"}


def test_a_model_of_another_catalogue_is_refused(forecaster, tmp_path):
    artifact.save(forecaster, tmp_path)
    manifest = tmp_path / artifact.MANIFEST
    told = json.loads(manifest.read_text()) | {"catalogue": "0" * 16}
    del told["digest"]  # which is of what was written here
    manifest.write_text(json.dumps(told))
    with pytest.raises(InputError, match="another feature catalogue"):
        artifact.load(tmp_path)


def test_a_folder_without_a_model_is_told(tmp_path):
    with pytest.raises(InputError, match="no Heavylegs model"):
        artifact.load(tmp_path)


def test_a_column_alike_others_learns_from_them_while_it_is_seldom_told():
    rng = np.random.default_rng(0)
    often, seldom = rng.normal(size=400), np.where(np.arange(400) < 8, rng.normal(size=400), 0.0)
    columns = np.column_stack([often, seldom])
    alone = LinearState.fit(columns, often, alpha=100.0)
    together = LinearState.fit(columns, often, alpha=100.0, alike=[0, 1])
    assert alone.slopes[1] < 0.1 < 0.6 < together.slopes[1]
    np.testing.assert_allclose(
        together.predict(columns), together.terms(columns)[0].sum(axis=1) + together.constant
    )
