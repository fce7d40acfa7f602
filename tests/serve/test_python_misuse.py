"""What is asked wrongly from Python is told in a line, not shown as the fault of a library."""

from __future__ import annotations

import re

import numpy as np
import pytest
from heavylegs.data.errors import InputError
from heavylegs.features.matrix import build_matrix
from heavylegs.models import artifact
from heavylegs.models.attribution import attribute
from heavylegs.models.effects import effects
from heavylegs.models.fatigue import FatigueRegressor
from heavylegs.models.shap_explanation import shap_explanation
from heavylegs.serve.engine import forecast_frame
from heavylegs.training.evaluate import hold_out
from heavylegs.training.fit import fit_forecaster
from heavylegs.training.splits import Plan


@pytest.fixture(scope="module")
def nobody(matrix):
    return matrix.rows(np.zeros(len(matrix), dtype=bool))


def test_an_information_set_that_there_is_not_is_refused(cohort):
    with pytest.raises(InputError, match="no information 'noon' \\('evening' or 'morning'\\)"):
        build_matrix(cohort, "noon")


def test_a_reference_that_there_is_not_is_refused(model, matrix):
    with pytest.raises(InputError, match="no reference 'mine' \\('usual' or 'cohort'\\)"):
        attribute(model, matrix, "mine")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"by": "day"}, "no points by 'day' ('factor' or 'input')"),
        ({"by": "input", "reference": "usual"}, "by input are from the cohort's average"),
    ],
)
def test_points_that_there_are_not_are_refused(model, matrix, asked, words):
    with pytest.raises(InputError, match=re.escape(words)):
        shap_explanation(model, matrix, **asked)


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (["tomorrow"], "no protocol 'tomorrow'"),
        (["known", "2024-05-01"], "cut-off '2024-05-01' is no day of NumPy"),
    ],
)
def test_a_plan_that_nobody_can_follow_is_refused(plan, words):
    with pytest.raises(InputError, match=words):
        Plan(*plan)


def test_a_rung_of_a_name_that_is_taken_is_refused(matrix):
    with pytest.raises(InputError, match="there is a forecaster 'ewma_7' already"):
        hold_out(matrix, more={"ewma_7": lambda learn, forecast: np.zeros(len(forecast))})


def test_inputs_that_there_are_not_are_refused(matrix):
    with pytest.raises(InputError, match="no feature 'sleep_debt_7d' \\(the nearest is 'sleep_debt_7d_h'\\)"):
        matrix.with_inputs(["sleep_debt_7d"])


def test_a_matrix_without_what_the_model_reads_is_refused(model, matrix):
    from dataclasses import replace

    some = replace(matrix, frame=matrix.frame.drop(columns="sleep_debt_7d_h"))
    with pytest.raises(InputError, match="lacks sleep_debt_7d_h"):
        model.predict(some)


def test_of_no_day_there_is_no_forecast_and_no_effect(model, nobody):
    assert len(model.predict(nobody)) == len(attribute(model, nobody).points) == 0
    assert len(forecast_frame(model, nobody)) == 0
    with pytest.raises(InputError, match="no day to tell effects of"):
        effects(model, [nobody])


def test_rows_that_nothing_can_be_learned_from_are_told(matrix, nobody):
    with pytest.raises(InputError, match=r"without a rated morning \(learn from matrix\.labelled"):
        fit_forecaster(matrix)
    with pytest.raises(InputError, match="0 rated mornings to learn from"):
        fit_forecaster(nobody)


def test_a_model_is_kept_in_a_folder_named_by_text(model, matrix, tmp_path):
    artifact.save(model, str(tmp_path / "model"))
    again = artifact.load(str(tmp_path / "model"))
    assert np.array_equal(again.predict(matrix), model.predict(matrix))


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"state": ["nix"], "boosted": []}, "X has no column 'nix'"),
        ({"boosted": ["load_1d_au", "load_2d_au"], "directions": [1]}, "1 directions for 2 boosted columns"),
    ],
)
def test_parameters_of_the_estimator_that_do_not_fit_its_columns_are_told(matrix, parameters, words):
    whole = matrix.labelled()
    with pytest.raises(ValueError, match=words):
        FatigueRegressor(**parameters).fit(whole.frame[["load_1d_au", "load_2d_au"]].fillna(0), whole.target)
