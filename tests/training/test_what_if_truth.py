"""The truth that what-ifs are held against: simulated runners who live another day."""

from __future__ import annotations

import numpy as np
import pytest
from heavylegs.data.athlete_day import AthleteDay
from heavylegs.data.simulate import BURN_IN_DAYS, simulate, simulate_history
from heavylegs.data.simulate_altered import ALTERED, altered_history
from heavylegs.data.simulate_doses import factor_doses
from heavylegs.data.simulate_tools import Dice
from heavylegs.data.usual_changes import usual_changes
from heavylegs.training.what_if_truth import figures, judged, true_changes

ATHLETES, DAYS, SEED = 6, 60, 5
DAY = BURN_IN_DAYS + 40


@pytest.fixture(scope="module")
def history():
    return simulate_history(ATHLETES, DAYS, SEED)


@pytest.mark.parametrize("change", ALTERED)
def test_another_day_changes_nothing_before_it_and_tires_nobody_more(history, change):
    lived, altered = factor_doses(history), factor_doses(altered_history(history, change, DAY))
    # The day before knows the night that follows it.
    known = DAY - 1 if "sleep" in change else DAY
    for factor, dose in lived.items():
        np.testing.assert_array_equal(altered[factor][:, :known], dose[:, :known], err_msg=factor)
    moved = true_changes(history, Dice(SEED, ATHLETES, BURN_IN_DAYS + DAYS + 1), change, DAY)
    assert moved.shape == (ATHLETES,)
    assert (moved <= 1e-9).all() or change in ("run half as far", "60 g more carbohydrate")


def test_who_rested_is_not_moved_by_less_of_a_run(history):
    moved = true_changes(history, Dice(SEED, ATHLETES, BURN_IN_DAYS + DAYS + 1), "no run", DAY)
    ran = history.season.run[:, DAY]
    assert ran.any()
    assert not ran.all()
    assert (moved[~ran] == 0).all()
    assert (moved[ran] < 0).all()


def test_the_titles_are_those_of_the_usual_changes():
    cohort = simulate(1, 30, 2).cohort
    titles = {
        change.title
        for athlete, day in cohort.diary[["athlete_id", "day"]].itertuples(index=False)
        for change in usual_changes(cohort, AthleteDay(athlete, day.date()))
    }
    assert titles >= set(ALTERED)


def test_what_ifs_of_runners_never_seen_go_with_the_truth():
    rows = judged(0.5, 3, athletes=20, learned_from=16, days=90, asked=4)
    told = figures(rows)
    assert told["days"] == len(rows) > 50
    assert told["correlation"] > 0.6
    assert told["right direction"] > 0.8
