"""The starter: other people's model, for a runner alone, mixed into small cohorts, never of people it learned from."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import heavylegs
import numpy as np
import pytest
from heavylegs.data.cohort import Cohort
from heavylegs.data.readers.pmdata import read_pmdata
from heavylegs.data.readers.soccermon import read_soccermon
from heavylegs.data.simulate import simulate
from heavylegs.features.matrix import build_matrix
from heavylegs.models import artifact, starter
from heavylegs.models.attribution import attribute
from heavylegs.training.fit import fit_forecaster, starter_share
from heavylegs.training.starter import make


@pytest.fixture(scope="module")
def matrix():
    return build_matrix(simulate(athletes=6, days=60, seed=3).cohort)


@pytest.fixture(scope="module")
def mixed(matrix):
    return fit_forecaster(matrix.labelled())


def test_a_small_cohort_is_helped_by_up_to_a_half(mixed):
    assert mixed.starter.told == starter.load().told
    assert 0 < mixed.starter_share <= 0.5
    assert {f.name for f in mixed.heard} >= {f.name for f in starter.load().heard}
    assert abs(np.mean(mixed.intervals.pooled)) < 0.5  # misses of the mixed forecasts, on no side of them


def test_points_of_both_models_add_up_to_the_mixed_forecast(matrix, mixed):
    for reference in ("cohort", "usual"):
        points = attribute(mixed, matrix, reference).points
        np.testing.assert_allclose(points.sum(axis=1), mixed.predict(matrix), atol=1e-6)


def test_a_mixed_model_is_saved_whole(matrix, mixed, tmp_path):
    artifact.save(mixed, tmp_path)
    again = artifact.load(tmp_path)
    assert again.starter_share == mixed.starter_share
    np.testing.assert_array_equal(again.predict(matrix), mixed.predict(matrix))


def test_people_it_learned_from_never_meet_it(matrix):
    met = str(matrix.keys["athlete_id"].cat.categories[0])
    shared = starter.load()
    learned_from = [*shared.told["learned_from"], *starter.initials([met])]
    shared.told["learned_from"], kept = learned_from, shared.told["learned_from"]
    try:
        assert starter.knows_better(matrix) is None
    finally:
        shared.told["learned_from"] = kept
    assert starter.knows_better(matrix) is shared


def test_a_starter_of_no_use_has_no_voice_and_a_perfect_one_no_more_than_half(matrix):
    days = matrix.labelled()
    rated = days.target.astype(float)
    assert starter_share(days, rated, rated + 1.0) == 0.0
    assert starter_share(days, rated + 1.0, rated) == 0.5
    assert starter_share(days.rows(np.zeros(len(days), dtype=bool)), np.zeros(0), np.zeros(0)) == 0.5


def test_it_answers_for_strangers_at_the_level_of_their_own_people_until_they_have_reported(matrix):
    """People who lie 2 points above what it says, as long as nothing is known of them."""
    days, shipped = matrix.labelled(), starter.load()
    strange = 1 - days.frame["own_reports_share"].to_numpy(dtype=float)
    said = shipped.predict(days)
    home = starter.at_home(shipped, replace(days, target=said + 2 * strange))
    drawn = strange @ strange / (strange @ strange + 10)  # to nothing, by ten first mornings
    np.testing.assert_allclose(home.predict(days) - said, 2 * drawn * strange, atol=1e-6)
    np.testing.assert_array_equal(shipped.predict(days), said)  # the shipped one stays as it was
    points = attribute(home, days, "cohort").points
    np.testing.assert_allclose(points.sum(axis=1), home.predict(days), atol=1e-6)


def test_factors_it_does_not_know_are_absent_not_zero(matrix):
    points = attribute(starter.load(), matrix, "cohort").points
    assert points["glycogen_depletion"].isna().all()
    np.testing.assert_allclose(points.sum(axis=1), starter.load().predict(matrix), atol=1e-6)


def test_whoever_holds_it_tells_whose_data_it_is_made_of(matrix):
    from heavylegs.models.forecaster import Forecaster

    shipped, own = starter.load(), Forecaster.fit(matrix.labelled(), trees=1, bags=1)
    assert own.attribution == ""
    for holder in (shipped, replace(own, starter=shipped, starter_share=0.2)):
        assert "CC BY 4.0" in holder.attribution


def test_its_files_name_nobody_and_tell_their_source():
    folder = Path(heavylegs.__file__).parent / "models" / "starter"
    told = json.loads((folder / artifact.MANIFEST).read_text())["told"]
    assert "CC BY 4.0" in told["attribution"]
    assert {len(a) for a in told["learned_from"]} == {len(a) for a in starter.initials(["somebody"])} == {12}
    assert sum(f.stat().st_size for f in folder.iterdir()) < 1_000_000


def test_the_shipped_files_are_what_the_code_makes_of_soccermon_and_beat_the_athletes_own_average(real_data):
    soccermon, pmdata = (
        Cohort.from_tables(r.cohort_name, r.tables)
        for r in (read_soccermon(real_data / "soccermon"), read_pmdata(real_data / "pmdata"))
    )
    shipped, made = starter.load(), make(soccermon, pmdata)
    matrix = build_matrix(pmdata)
    np.testing.assert_allclose(shipped.predict(matrix), made.predict(matrix), atol=1e-6)
    record = shipped.told["held_out"]
    assert record["cohort"] == "pmdata"
    assert record["skill"] > 0  # on sixteen people: its interval reaches below 0, and docs/starter.md says so
    assert record["skill"] == pytest.approx(made.told["held_out"]["skill"], abs=1e-6)


def test_it_is_no_help_where_one_of_its_inputs_is_missing(matrix):
    without = matrix.with_inputs(["usual_mean_0_10"])
    assert starter.knows_better(without) is None
