"""The linear part: a ridge on standardised columns, some of which may share a slope."""

from __future__ import annotations

import numpy as np
import pytest
from heavylegs.models.linear import LinearState

RNG = np.random.default_rng(0)
COLUMNS = RNG.normal([5.0, 1.0, 40.0], [0.5, 2.0, 10.0], size=(200, 3))
SLOPES, CONSTANT = np.array([2.0, -1.0, 0.1]), 3.0
TARGET = COLUMNS @ SLOPES + CONSTANT


@pytest.mark.parametrize("alike", [[], [0, 1], [0, 1, 2]])
def test_without_a_penalty_the_true_slopes_are_found_whichever_columns_are_alike(alike: list[int]) -> None:
    found = LinearState.fit(COLUMNS, TARGET, 1e-9, alike=alike)
    np.testing.assert_allclose(found.slopes, SLOPES, atol=1e-6)
    np.testing.assert_allclose(found.predict(COLUMNS), TARGET, atol=1e-6)


def test_slopes_of_columns_that_are_alike_are_drawn_to_each_other() -> None:
    apart, together = (
        LinearState.fit(COLUMNS[:, :2], TARGET, 100.0, alike=alike).slopes for alike in ([], [0, 1])
    )
    assert abs(np.diff(together)[0]) < abs(np.diff(apart)[0])


def test_what_is_absent_stands_at_its_mean_and_moves_nothing() -> None:
    gaps = COLUMNS.copy()
    gaps[::3, 0] = np.nan
    found = LinearState.fit(gaps, TARGET, 1.0)
    assert found.means[0] == pytest.approx(np.nanmean(gaps[:, 0]))
    terms, constant = found.terms(gaps)
    assert not terms[::3, 0].any()
    np.testing.assert_allclose(found.predict(gaps), terms.sum(axis=1) + constant)
    assert LinearState.mean([found, found.plus(1, 2.0, 1.0)]).slopes[1] == pytest.approx(
        found.slopes[1] + 1.0
    )


@pytest.mark.parametrize("alike", [[], [0, 1]])
def test_the_unit_of_a_column_changes_no_prediction(alike: list[int]) -> None:
    units = np.array([1.0, 1.0, 1000.0])  # columns that are alike are all in points
    one, other = (
        LinearState.fit(values, TARGET, 100.0, alike=alike).predict(values)
        for values in (COLUMNS, COLUMNS * units)
    )
    np.testing.assert_allclose(one, other, rtol=1e-6)
