"""Held-out days forecast as if their log had ended before: what is known of them, and how it is judged."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.simulate import simulate
from heavylegs.serve.days_ahead import AHEAD, TOLD, figures, forecasts_ahead, known_by


@pytest.fixture(scope="module")
def cohort():
    return simulate(athletes=4, days=80, seed=3).cohort


def test_of_a_day_ahead_its_sessions_alone_are_known_as_a_plan_tells_them(cohort):
    day, end = pd.Timestamp("2024-03-10"), pd.Timestamp("2024-03-06")
    people = cohort.athletes["athlete_id"].tolist()
    known = known_by(cohort, end, day, people)
    assert known.ratings["day"].max() == end
    assert known.diary.drop(columns=["athlete_id", "day"])[known.diary["day"] > end].isna().all(axis=None)
    told = known.activities[known.activities["day"] == day]
    assert sorted(told["activity_id"]) == sorted(
        cohort.activities.loc[cohort.activities["day"] == day, "activity_id"]
    )
    assert told.drop(columns=TOLD).isna().all(axis=None)
    between = known.activities[known.activities["day"].between(end, day, inclusive="neither")]
    assert between["activity_id"].str.startswith("a week after").all()


def test_tonights_forecast_is_of_the_log_as_it_is_and_further_ones_of_the_same_mornings(cohort):
    told = pd.concat(forecasts_ahead(cohort, dates=2))
    by = told.pivot(index=["athlete_id", "morning"], columns="ahead", values=["fatigue", "came"])
    assert list(by["came"].columns) == list(AHEAD)
    assert by["came"].nunique(axis=1).eq(1).all()
    assert (by["fatigue"].nunique(axis=1) > 1).all()


def test_figures_are_in_steps_of_the_own_scale():
    rows = pd.DataFrame(
        {
            "fatigue": [5.0, 5.0, 2.5],
            "low": [2.5, 4.0, 1.0],
            "high": [7.5, 6.0, 4.9],
            "came": [7.5, 2.5, 5.0],
            "p_bad_morning": [0.2, 0.2, np.nan],
            "bad_morning_from": [7.5, 7.5, np.nan],
            "ahead": 7,
        }
    )
    told = figures(rows, step=2.5)
    assert told["typical miss"] == pytest.approx(1.0)
    assert told["mean miss"] == pytest.approx(1 / 3)
    assert told["inside as for the next morning"] == pytest.approx(1 / 3)
    assert told["inside"] == pytest.approx(2 / 3), "ranges a week ahead are wider by a tenth"
    assert (told["chance of a bad one told"], told["bad ones"]) == (0.2, 0.5)
