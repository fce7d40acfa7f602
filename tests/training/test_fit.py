"""How far to trust what was learned: shares, and what they become with more rows."""

from __future__ import annotations

import pytest
from heavylegs.training.fit import with_all_rows
from heavylegs.training.splits import LAST_SHARE
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
