"""What each rung of the ladder forecasts, where it is simple enough to be said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from heavylegs.features.matrix import Matrix
from heavylegs.models.baselines import LADDER, RULES

BY_PANDAS = {
    "own_mean": lambda rated: rated.expanding().mean(),
    "own_median": lambda rated: rated.expanding().median(),
    "ewma_7": lambda rated: rated.ewm(halflife=7).mean(),
    "ewma_28": lambda rated: rated.ewm(halflife=28).mean(),
}


@pytest.mark.parametrize("name", BY_PANDAS)
def test_a_rule_repeats_what_the_athletes_own_ratings_come_to(cohort, matrix: Matrix, name: str) -> None:
    rows = matrix.labelled()
    forecast = pd.Series(LADDER[name](rows, rows), index=[rows.keys["athlete_id"].astype(str), rows.day])
    for athlete, rated in cohort.ratings.sort_values("day").groupby("athlete_id")["fatigue"]:
        day = cohort.ratings.loc[rated.index, "day"]
        expected = pd.Series(BY_PANDAS[name](rated).to_numpy(), index=day)
        mine = forecast[str(athlete)]
        both = mine.index.intersection(expected.index)  # on other days the newest is of an earlier morning
        assert len(both) > 30
        np.testing.assert_allclose(mine[both], expected[both], atol=0.02)


def test_where_there_is_no_own_rating_a_rule_says_what_everybody_reports(matrix: Matrix) -> None:
    rows = matrix.labelled()
    silent = rows.frame["fatigue_mean_0_10"].isna().to_numpy()
    assert silent.any()
    for name in RULES:
        forecast = LADDER[name](rows, rows)
        np.testing.assert_allclose(forecast[silent], rows.target.mean(), rtol=1e-6)
        assert np.ptp(forecast[~silent]) > 1


@pytest.mark.parametrize("name", ["ridge_own_history", "lightgbm_own_history"])
def test_what_learns_from_own_history_reads_nothing_else(matrix: Matrix, name: str) -> None:
    rows = matrix.labelled()
    others = [f.name for f in matrix.catalog.inputs() if f.needs != ("ratings.fatigue",)]
    blank = replace(rows, frame=rows.frame.assign(**dict.fromkeys(others, np.float32(0))))
    forecast = LADDER[name](rows, rows)
    np.testing.assert_array_equal(LADDER[name](blank, blank), forecast)
    assert np.corrcoef(forecast, rows.target)[0, 1] > 0.3
