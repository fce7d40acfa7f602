"""The causes: doses first, then the own state of what they leave."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.simulate import simulate
from heavylegs.features.factors import FACTORS
from heavylegs.features.matrix import build_matrix
from heavylegs.models import artifact
from heavylegs.models.attribution import attribute
from heavylegs.models.causes import Causes
from heavylegs.models.forecaster import Forecaster
from heavylegs.training.ablation import with_families
from heavylegs.training.fit import LEAST_INNER_ROWS, causes_share


@pytest.fixture(scope="module")
def cohort():
    return simulate(athletes=10, days=90, seed=3).cohort


@pytest.fixture(scope="module")
def causes(matrix):
    return Causes.fit(matrix.labelled())


@pytest.fixture(scope="module")
def mixed(matrix, causes):
    model = Forecaster.fit(matrix.labelled(), trees=10)
    return replace(model, causes=causes, causes_share=0.6)


def test_points_of_every_member_add_up_and_their_mean_is_the_forecast(matrix, causes, mixed):
    parts = causes.contributions_by_member(matrix)
    np.testing.assert_allclose(parts.sum(axis=2).mean(axis=0), causes.predict(matrix), atol=1e-6)
    for reference in ("cohort", "usual"):
        told = attribute(mixed, matrix, reference)
        np.testing.assert_allclose(told.points.sum(axis=1), mixed.predict(matrix), atol=1e-6)
    expected = 0.4 * replace(mixed, causes=None).predict(matrix) + 0.6 * causes.predict(matrix)
    np.testing.assert_allclose(mixed.predict(matrix), expected, atol=1e-9)


def test_a_forecast_does_not_hang_on_which_other_days_are_asked_for(matrix, causes):
    whole = causes.predict(matrix)
    for chosen in (np.array([200]), ~np.isnan(matrix.target), np.arange(len(matrix))[::-5]):
        np.testing.assert_allclose(causes.predict(matrix.rows(chosen)), whole[chosen], atol=1e-9)


@pytest.mark.parametrize("information", ["evening", "morning"])
def test_reports_and_days_to_come_do_not_move_a_forecast(cohort, information):
    before = build_matrix(cohort, information)
    model = Causes.fit(before.labelled())
    cut = before.keys["day"].min() + pd.Timedelta(days=45)
    later = cohort.ratings["day"] > cut
    other = cohort.ratings.assign(fatigue=cohort.ratings["fatigue"].where(~later, 9.0))
    other = other[~later | (np.arange(len(other)) % 2 == 0)]
    diary = cohort.diary[cohort.diary["day"] <= cut + pd.Timedelta(days=1)]
    after = build_matrix(replace(cohort, ratings=other, diary=diary), information)
    was, now = (m.rows((m.keys["day"] <= cut).to_numpy()) for m in (before, after))
    np.testing.assert_array_equal(model.predict(was), model.predict(now))
    at = (before.keys["day"] == cut + pd.Timedelta(days=1)).to_numpy()
    then = after.rows((after.keys["day"] == cut + pd.Timedelta(days=1)).to_numpy())
    assert not np.array_equal(model.predict(before.rows(at)), model.predict(then))  # the change is seen


def test_points_of_a_cause_stand_with_the_factor_of_its_dose(matrix, causes):
    model = replace(Forecaster.fit(matrix.labelled(), trees=1), causes=causes, causes_share=1.0)
    points, _ = model.feature_points(matrix)
    spoken = {matrix.catalog[n].factor for n in points if points[n].abs().max() > 0}
    assert spoken >= {"poor_sleep", "glycogen_depletion", "heat_stress", "dehydration"}
    assert spoken <= set(FACTORS)
    assert all(f.dose or f in causes.state for f in matrix.catalog.inputs() if points[f.name].abs().max() > 0)


def test_it_is_saved_and_read_whole(matrix, mixed, tmp_path):
    artifact.save(mixed, tmp_path)
    again = artifact.load(tmp_path)
    assert again.causes_share == mixed.causes_share
    np.testing.assert_array_equal(again.predict(matrix), mixed.predict(matrix))
    assert not [f for f in tmp_path.rglob("*") if f.is_file() and f.suffix not in (".txt", ".json")]


def test_without_doses_there_are_no_causes(matrix):
    bare = with_families(matrix.labelled(), frozenset({"history"}))
    assert Causes.fit(bare) is None
    days = bare.rows(np.arange(300))
    assert causes_share(bare, days, np.full(300, 5.0))[0] == 0.0


def test_they_are_followed_as_far_as_they_prove_themselves(matrix):
    days = matrix.labelled()
    rated = days.target.astype(float)
    assert causes_share(days, days, rated)[0] == 0.0  # nothing is left to prove
    assert causes_share(days, days, np.full(len(days), 5.0))[0] > 0.2
    few = days.rows(np.arange(LEAST_INNER_ROWS - 1))
    assert causes_share(days, few, np.full(len(few), 5.0))[0] == 0.0  # too few days to prove anything
