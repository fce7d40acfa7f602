"""Which factors a store lets speak: by anything that the log holds of them, and by their dose."""

from __future__ import annotations

import pytest
from heavylegs.data.simulate import simulate
from heavylegs.data.store import Store
from heavylegs.serve.coverage import coverage


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """The coverage of runners who log no descent, by factor."""
    cohort = simulate(athletes=4, days=60, seed=1).cohort
    cohort.activities["descent_m"] = float("nan")
    cohort.records["altitude_m"] = float("nan")
    store = Store(tmp_path_factory.mktemp("coverage") / "store")
    store.write(cohort)
    return {row["factor"]: row for row in coverage(store)}


def test_a_dose_is_known_on_no_more_days_than_something_of_its_factor(rows):
    assert len(rows) == 22
    for row in rows.values():
        assert 0 <= row["dose_share"] <= row["share"] <= 1


def test_what_tells_something_of_a_factor_need_not_tell_its_dose(rows):
    assert rows["muscle_damage"]["dose_share"] == 0
    assert rows["muscle_damage"]["features"]["soreness_above_usual"] > 0.5
    assert rows["muscle_damage"]["share"] > 0.5
