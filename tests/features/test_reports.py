"""What was said of past reports is taken from the own state exactly, from any selection of days."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.simulate import simulate
from heavylegs.features.matrix import Matrix, build_matrix
from heavylegs.features.reports import moved_by, rated_after


@pytest.fixture(scope="module")
def cohort():
    return simulate(athletes=4, days=70, seed=5).cohort


def said(matrix: Matrix) -> np.ndarray:
    """Say something of a day that is another on every day."""
    return np.nan_to_num(matrix.frame["usual_ewma_3_0_10"].to_numpy(dtype=float)) / 5


def test_it_is_what_the_matrix_of_the_lowered_reports_would_hold(cohort, matrix):
    state = [f for f in matrix.catalog.inputs("state") if f.needs == ("ratings.fatigue",)]
    keys = matrix.keys[["athlete_id", "day"]].astype({"athlete_id": "str"})
    of_morning = keys.assign(day=keys["day"] + pd.Timedelta(days=1), said=said(matrix))
    ratings = cohort.ratings.merge(of_morning, on=["athlete_id", "day"], how="left")
    lowered = ratings["fatigue"] - ratings.pop("said").fillna(0.0)
    less = build_matrix(replace(cohort, ratings=ratings.assign(fatigue=lowered)))
    names = [f.name for f in state]
    gap = (matrix.frame[names] - less.frame[names]).fillna(0.0)
    assert gap.abs().to_numpy().max() > 0.5
    np.testing.assert_allclose(moved_by(matrix, state, said), gap, atol=1e-5)


def test_any_selection_of_days_looks_back_as_far_as_the_whole(matrix):
    state = matrix.catalog.inputs("state")
    whole = moved_by(matrix, state, said)
    for chosen in (np.array([50]), np.arange(len(matrix))[::7], np.array([120, 3, 3])):
        np.testing.assert_array_equal(moved_by(matrix.rows(chosen), state, said), whole[chosen])
    twice = matrix.labelled().rows([9])
    row = np.flatnonzero(~np.isnan(matrix.target))[[9]]
    np.testing.assert_array_equal(moved_by(twice, state, said), whole[row])


def test_days_of_nobody_known_move_nothing(matrix):
    undated = replace(matrix, keys=matrix.keys.assign(day=pd.NaT))
    assert not moved_by(undated, matrix.catalog.inputs("state"), said).any()


def test_the_rating_of_the_morning_after_is_the_one_that_the_next_row_knows(matrix):
    told, target = rated_after(matrix), matrix.target
    known = ~np.isnan(told)
    np.testing.assert_allclose(told[known], target[known], atol=1e-5)
    first = matrix.frame["last_report_above_usual"].isna().to_numpy()  # a first report is above nothing
    assert not known[~np.append(~first[1:], False)].any()
    assert known.sum() >= (~np.isnan(target)).sum() - 3 * matrix.keys["athlete_id"].nunique()
    every_other = matrix.rows(np.arange(len(matrix))[::2])
    assert np.isnan(rated_after(every_other)).all()
