"""A cohort: one scale where all share it, and everybody who is named anywhere."""

from __future__ import annotations

import pandas as pd
import pytest
from heavylegs.data.cohort import Cohort

DAY = pd.Timestamp("2024-05-01")


def rated(*scales: tuple[float, float, float]) -> Cohort:
    rows = [
        {"athlete_id": f"a{n}", "day": DAY, "fatigue": 5.0, "fatigue_native": low}
        | {"scale_min": low, "scale_max": high, "scale_direction": direction}
        for n, (low, high, direction) in enumerate(scales)
    ]
    return Cohort.from_tables("any", {"ratings": pd.DataFrame(rows)} if rows else {})


@pytest.mark.parametrize(
    ("scales", "shared"),
    [
        ([(1, 5, -1), (1, 5, -1)], (1, 5, -1)),
        ([(0, 10, 1)], (0, 10, 1)),
        ([(1, 5, -1), (1, 5, 1)], None),
        ([(1, 5, 1), (1, 7, 1)], None),
        ([], None),
    ],
)
def test_a_scale_is_told_where_all_ratings_share_it(scales, shared):
    scale = rated(*scales).scale()
    assert (None if scale is None else (scale.minimum, scale.maximum, scale.direction)) == shared


@pytest.mark.parametrize("table", ["activities", "diary"])
def test_whoever_a_table_names_is_an_athlete(table):
    rows = pd.DataFrame({"athlete_id": ["b", "a"], "day": DAY})
    extra = {"activity_id": ["1", "2"]} if table == "activities" else {"sleep_h": 7.0}
    cohort = Cohort.from_tables(
        "any", {table: rows.assign(**extra), "athletes": pd.DataFrame({"athlete_id": ["c"]})}
    )
    assert cohort.athletes["athlete_id"].tolist() == ["a", "b", "c"]


def test_a_day_is_told_by_an_activity_a_rating_or_a_diary_row_that_holds_anything():
    days = pd.date_range(DAY, periods=6)
    diary = pd.DataFrame(
        {"athlete_id": "a", "day": days[:4], "source": "sheet", "sleep_h": [7, None, None, None]}
    )
    tables = rated((1, 5, -1)).tables() | {
        "diary": diary.assign(training_logged=[None, 1.0, 0.0, None]),
        "activities": pd.DataFrame({"activity_id": ["1"], "athlete_id": "a", "day": days[4]}),
    }
    tables["ratings"] = tables["ratings"].assign(athlete_id="a", day=days[5])
    told = Cohort.from_tables("any", tables).days_told()
    assert sorted(told["day"]) == [days[0], days[1], days[4], days[5]]
    assert rated().days_told().empty
