"""A cohort: one scale where all share it, and everybody who is named anywhere."""

from __future__ import annotations

import pandas as pd
import pytest
from heavylegs.data.cohort import Cohort
from heavylegs.data.errors import InputError
from heavylegs.data.importer import import_tables
from heavylegs.data.imports import ImportReport
from heavylegs.data.schema import FatigueScale
from heavylegs.data.store import Store

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


NIGHTS = pd.DataFrame({"athlete_id": "anna", "day": pd.date_range(DAY, periods=3), "sleep_h": 7.0})


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"diaries": NIGHTS}, "there is no table 'diaries'"),
        (
            {"diary": NIGHTS.rename(columns={"sleep_h": "sleep"})},
            "no column 'sleep' (the nearest is 'sleep_h')",
        ),
        ({"diary": NIGHTS.drop(columns="day")}, "diary: the column 'day' is missing"),
        ({"diary": NIGHTS.drop(columns="athlete_id")}, "diary: the column 'athlete_id' is missing"),
        ({"diary": NIGHTS.assign(sleep_h="8h")}, "diary: sleep_h cannot be read: could not convert"),
        ({"diary": NIGHTS.assign(day="03.05.2024")}, "diary: day holds no days, but str"),
        (
            {"diary": NIGHTS.assign(day=NIGHTS["day"].dt.tz_localize("UTC"))},
            "diary: day holds times with a zone",
        ),
        ({"diary": NIGHTS.assign(day=DAY + pd.Timedelta(hours=1) * NIGHTS.index)}, "diary: duplicate row"),
        (
            {"weather": pd.DataFrame({"place_id": "home", "time": NIGHTS["day"]})},
            "weather: time holds times without a zone",
        ),
        (
            {"activities": NIGHTS[["athlete_id", "day"]].assign(activity_id=list("abc"), sport="jogging")},
            "sport = jogging breaks one of running, cycling",
        ),
    ],
)
def test_a_table_of_ones_own_that_cannot_be_used_is_told_in_a_line(tmp_path, tables, words):
    for bring in (
        Cohort.from_tables,
        lambda name, t: import_tables(Store(tmp_path / name), t, ImportReport("own"), ""),
    ):
        with pytest.raises(InputError) as refused:
            bring("own", tables)
        assert words in str(refused.value)
    assert not Store(tmp_path / "own").exists()


def test_days_may_be_dates_and_in_any_order(tmp_path):
    dates = NIGHTS.assign(day=NIGHTS["day"].dt.date)[::-1]
    assert Cohort.from_tables("own", {"diary": dates}).diary["day"].tolist() == NIGHTS["day"].tolist()


@pytest.mark.parametrize(("ends", "direction"), [((1, 5), 0), ((5, 1), 1), ((3, 3), 1)])
def test_a_scale_that_maps_nothing_is_refused(ends, direction):
    with pytest.raises(InputError):
        FatigueScale(*ends, direction)
