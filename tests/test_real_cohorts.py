"""The whole path on real people, where their data lies beside the project."""

from __future__ import annotations

import numpy as np
import pytest
from heavylegs.data.check import check_cohort
from heavylegs.data.cohort import Cohort
from heavylegs.data.readers import READERS
from heavylegs.features.matrix import build_matrix
from heavylegs.models.attribution import factor_points
from heavylegs.models.forecaster import Forecaster
from heavylegs.training.metrics import rmse
from heavylegs.training.splits import split_at


@pytest.fixture(scope="module", params=["pmdata", "soccermon"])
def cohort(request, real_data) -> Cohort:
    imported = READERS[request.param](real_data / request.param)
    return Cohort.from_tables(imported.cohort_name, imported.tables)


def test_higher_canonical_fatigue_is_more_tired(cohort):
    scale = check_cohort(cohort)["scale"]
    assert scale["fatigue_readiness_mean"] < -0.2
    assert not scale["suspicious_scale"]


def test_points_add_up_for_every_day_of_everybody(cohort):
    matrix = build_matrix(cohort)
    model = Forecaster.fit(matrix.labelled(), trees=30)
    points = factor_points(model, matrix)
    assert len(points) == len(matrix)
    np.testing.assert_allclose(points.sum(axis=1), model.predict(matrix), atol=1e-6)


def test_the_model_beats_the_athletes_own_average_forward_in_time(cohort):
    if cohort.name != "soccermon":
        pytest.skip("PMData's 16 people are too few for a margin that a quick test could hold")
    matrix = build_matrix(cohort).labelled()
    learn, forecast = split_at(matrix, np.datetime64("2021-03-01"))
    judged = matrix.rows(forecast)
    model = Forecaster.fit(matrix.rows(learn), trees=100, bags=1)
    own = judged.frame["fatigue_ewma_7_0_10"].fillna(float(matrix.target[learn].mean()))
    assert rmse(judged.target, model.predict(judged)) < 0.985 * rmse(judged.target, own)
