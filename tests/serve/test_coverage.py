"""Which factors a store lets speak: by anything that the log holds of them, and by their dose."""

from __future__ import annotations

import pytest
from heavylegs.data.simulate import simulate
from heavylegs.data.store import Store
from heavylegs.features.matrix import build_matrix
from heavylegs.serve.coverage import coverage


@pytest.fixture(scope="module")
def cohort():
    """Return runners who log no descent, and one of whom tells of stress."""
    cohort = simulate(athletes=4, days=60, seed=1).cohort
    cohort.activities["descent_m"] = float("nan")
    cohort.records["altitude_m"] = float("nan")
    cohort.athletes["group_id"] = cohort.athletes["athlete_id"]  # else all lived in one bucket
    mind = ["stress_score", "mood_score", "hrv_rmssd_ms"]
    cohort.diary.loc[cohort.diary["athlete_id"] != "sim-0002", mind] = float("nan")
    return cohort


@pytest.fixture(scope="module")
def rows(cohort, tmp_path_factory):
    """Return their coverage by factor."""
    store = Store(tmp_path_factory.mktemp("coverage") / "store")
    store.write(cohort)
    return {row["factor"]: row for row in coverage(store)}


def test_shares_are_of_all_days_and_the_most_heard_comes_first(cohort, rows):
    known = build_matrix(cohort, "morning").frame.notna().mean()
    for row in rows.values():
        assert row["features"] == pytest.approx({name: known[name] for name in row["features"]})
    shares = [row["share"] for row in rows.values()]
    assert shares == sorted(shares, reverse=True)
    assert (rows["stress_and_mood"]["athletes"], rows["poor_sleep"]["athletes"]) == (1, 4)


def test_a_dose_is_known_on_no_more_days_than_something_of_its_factor(rows):
    assert len(rows) == 22
    for row in rows.values():
        assert 0 <= row["dose_share"] <= row["share"] <= 1


def test_what_tells_something_of_a_factor_need_not_tell_its_dose(rows):
    assert rows["muscle_damage"]["dose_share"] == 0
    assert rows["muscle_damage"]["features"]["soreness_above_usual"] > 0.5
    assert rows["muscle_damage"]["share"] > 0.5
