"""How far to trust what was learned: shares, and what they become with more rows."""

from __future__ import annotations

import numpy as np
import pytest
from heavylegs.data.simulate import simulate
from heavylegs.features.matrix import Matrix, build_matrix
from heavylegs.models.forecaster import Forecaster
from heavylegs.training.fit import boosted_share, starter_share, with_all_rows
from heavylegs.training.splits import LAST_SHARE, split_last_share
from hypothesis import given
from hypothesis import strategies as st

positive = st.floats(min_value=1e-3, max_value=1e3)


@given(signal=positive, noise=positive, rows=positive)
def test_a_share_learned_from_a_part_of_the_rows_becomes_that_of_all(
    signal: float, noise: float, rows: float
) -> None:
    """Linear shrinkage: a signal S known with noise V / n is followed best by S / (S + V / n)."""

    def best(n: float) -> float:
        return signal / (signal + noise / n)

    assert with_all_rows(best(rows * (1 - LAST_SHARE))) == pytest.approx(best(rows))


def test_nothing_stays_nothing_and_all_stays_all() -> None:
    assert with_all_rows(0.0) == 0.0
    assert with_all_rows(1.0) == 1.0


@pytest.fixture(scope="module")
def days() -> Matrix:
    return build_matrix(simulate(athletes=4, days=80, seed=3).cohort).labelled().rows(np.arange(200))


@pytest.mark.parametrize(
    ("rows", "best", "share"),
    [
        (200, 0.0, 0.0),  # of no help on enough days: no voice
        (50, 0.0, 0.4),  # on few days drawn to a half: (0 x 50 + .5 x 200) / 250
        (200, 0.3, 0.4),
        (200, 1.0, 0.5),  # never more than a half
    ],
)
def test_the_starter_has_half_a_voice_until_days_tell(
    days: Matrix, rows: int, best: float, share: float
) -> None:
    some = days.rows(np.arange(rows))
    rated = some.target.astype(float)
    own = rated + 1.0
    other = own - 1.0 / best if best else own + 1.0
    assert starter_share(some, own, other) == pytest.approx(share)


def test_trees_are_followed_where_they_spare_misses_on_days_that_they_did_not_see() -> None:
    matrix = build_matrix(simulate(athletes=16, days=120, seed=3, r2=0.6).cohort).labelled()
    share, judged, forecasts = boosted_share(matrix, trees=40, bags=1)
    assert 0.1 < share < 1
    held_out = matrix.rows(split_last_share(matrix)[1])
    np.testing.assert_array_equal(judged.target, held_out.target)
    learned = matrix.rows(split_last_share(matrix)[0])
    alone = Forecaster.fit(learned, trees=1, bags=1).predict_state(held_out)
    assert np.mean((held_out.target - forecasts) ** 2) < np.mean((held_out.target - alone) ** 2)
