"""One athlete's days anew give the very features of everybody's, and another day's change only what it may."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.alterations import Amount, Where, of_diary, of_extent
from heavylegs.data.cohort import Cohort
from heavylegs.data.simulate import simulate
from heavylegs.features.catalog import catalog
from heavylegs.features.days import Days
from heavylegs.features.held import held_days
from heavylegs.features.matrix import Matrix, build_matrix, matrix_of

CATALOG = catalog("morning")


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    """Return a small group, whose last runs are recorded second by second."""
    return simulate(athletes=5, days=60, seed=11, records=True).cohort


@pytest.fixture(scope="module")
def days(cohort: Cohort) -> Days:
    """Return the days of all, of which every feature has been computed."""
    out = Days.of(cohort)
    matrix_of(out, CATALOG, "morning")
    return out


def of_one(matrix: Matrix, athlete: str) -> pd.DataFrame:
    rows = (matrix.keys["athlete_id"] == athlete).to_numpy()
    return matrix.frame[rows].reset_index(drop=True)


def test_the_same_log_gives_the_same_features_without_the_others_and_without_records(cohort, days):
    whole = build_matrix(cohort, "morning")
    assert cohort.athletes["group_id"].nunique() < len(cohort.athletes)
    for athlete in cohort.athletes["athlete_id"]:
        alone = cohort.subset([athlete])
        bare = replace(alone, records=alone.records.iloc[:0])
        again = matrix_of(held_days(days, bare, athlete), CATALOG, "morning")
        pd.testing.assert_frame_equal(again.frame, of_one(whole, athlete), check_exact=True)


def test_half_of_a_recorded_run_is_computed_from_its_own_records_alone(cohort, days):
    run = cohort.activities[cohort.activities["activity_id"].isin(cohort.records["activity_id"])].iloc[-1]
    athlete, where = run["athlete_id"], Where([run["day"]], run["athlete_id"])
    alone = cohort.subset([athlete])
    # Without a group the altered log built as a whole is the truth.
    lonely = replace(alone, athletes=alone.athletes.assign(group_id=pd.NA))
    base = Days.of(lonely)
    matrix_of(base, CATALOG, "morning")
    truth = of_one(build_matrix(of_extent(lonely, where, 0.5), "morning"), athlete)
    todays = lonely.records["activity_id"] == run["activity_id"]
    altered = of_extent(replace(lonely, records=lonely.records[todays]), where, 0.5)
    found = matrix_of(held_days(base, altered, athlete), CATALOG, "morning").frame
    row = int((run["day"] - pd.Timestamp(int(base.number[0]), unit="D")).days)
    pd.testing.assert_frame_equal(found.iloc[: row + 1], truth.iloc[: row + 1], check_exact=True)


def test_a_night_altered_leaves_every_day_before_as_it_was(cohort, days):
    athlete = cohort.athletes["athlete_id"].iloc[0]
    alone = cohort.subset([athlete])
    slept = alone.diary.dropna(subset=["sleep_h"])
    day = slept["day"].iloc[len(slept) // 2]
    less = of_diary(alone, Where([day], athlete), "sleep_h", Amount("by", -2.0))
    before = of_one(build_matrix(cohort, "morning"), athlete)
    after = matrix_of(held_days(days, less, athlete), CATALOG, "morning").frame
    here = int((days.number[days.rows_of(athlete)] == np.datetime64(day, "D").astype(int)).argmax())
    # The night before a morning belongs to the day before it.
    pd.testing.assert_frame_equal(after.iloc[: here - 1], before.iloc[: here - 1], check_exact=True)
    assert after["sleep_last_known_shortfall_h"].iloc[here] == pytest.approx(
        before["sleep_last_known_shortfall_h"].iloc[here] + 2
    )
