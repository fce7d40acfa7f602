"""The SoccerMon reader, on a small made-up copy of the layout and on the real data."""

from __future__ import annotations

import pandas as pd
import pytest
from heavylegs.data.cohort import Cohort
from heavylegs.data.errors import InputError
from heavylegs.data.readers import READERS

from .accounts import accounted

ONE, TWO = "TeamA-11111111-aaaa", "TeamB-22222222-bbbb"


@pytest.fixture
def folder(tmp_path):
    """Return a function that writes the wide files, each a list of lines, and returns the folder to read."""

    def write(**files: list[str]):
        defaults = {
            "fatigue": [f"Day,{ONE},{TWO}", "01.06.2021,1.0,", "02.06.2021,,5"],
            "readiness": [f"Date,{ONE},{TWO}", "01.06.2021,2.0,", "02.06.2021,,9"],
            "soreness": [f",{ONE},{TWO}", "01.06.2021,1.0,", "02.06.2021,,4"],
            "daily_load": [
                f"!Date,{ONE},{TWO}",
                "01.06.2021,0.0,0.0",
                "02.06.2021,450.0,0.0",
                "03.06.2021,0,0",
            ],
        }
        for name, lines in {**defaults, **files}.items():
            part = "training-load" if name == "daily_load" else "wellness"
            file = tmp_path / "subjective" / part / f"{name}.csv"
            file.parent.mkdir(parents=True, exist_ok=True)
            if lines:
                file.write_text("\n".join(lines) + "\n")
        return tmp_path

    return write


def read(path) -> tuple[Cohort, dict]:
    imported = READERS["soccermon"](path)
    return accounted(imported), imported.report.to_dict()


def test_wide_files_become_canonical_tables(folder):
    cohort, report = read(folder())
    assert cohort.athletes[["athlete_id", "group_id"]].to_numpy().tolist() == [
        ["TeamA-11111111", "TeamA"],
        ["TeamB-22222222", "TeamB"],
    ]
    assert cohort.ratings[["fatigue", "fatigue_native", "scale_direction"]].to_numpy().tolist() == [
        [10, 1, -1],
        [0, 5, -1],
    ]
    first = cohort.diary.iloc[0]
    assert (first.soreness_score, first.readiness_score) == (10, 2)
    session = cohort.activities.iloc[0]
    assert (session.session_load_au, session.sport, session.day) == (
        450,
        "football",
        pd.Timestamp("2021-06-02"),
    )
    assert report["tables"]["activities"]["left_out"] == {"load 0: rest, or no report": 5}
    assert "wellness/mood.csv is absent: mood is left empty" in report["notes"]


def test_a_day_without_load_is_rest_only_where_the_player_answered(folder):
    cohort, _ = read(folder().joinpath("subjective"))
    logged = cohort.diary.pivot(index="day", columns="athlete_id", values="training_logged")
    assert logged["TeamA-11111111"].tolist() == [1, 1, 0]
    assert logged["TeamB-22222222"].tolist() == [0, 1, 0]


def test_short_names_that_clash_stay_long(folder):
    twin = "TeamA-11111111-cccc"
    cohort, _ = read(
        folder(
            fatigue=[f"Day,{ONE},{twin},{TWO}", "01.06.2021,1,2,3"],
        )
    )
    assert sorted(cohort.athletes["athlete_id"]) == [ONE, twin, "TeamB-22222222"]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"fatigue": []}, "is not SoccerMon's subjective data"),
        ({"fatigue": [f"Day,{ONE}", "01.06.2021,6"]}, "fatigue.csv, line 2: fatigue 6 is outside 1-5"),
        (
            {"readiness": [f"Day,{ONE}", "01.06.2021,6", "02.06.2021,11"]},
            "readiness.csv, line 3: readiness 11 is outside 0-10",
        ),
        ({"fatigue": [f"Day,{ONE}", "01.06.2021,tired"]}, "line 2: fatigue 'tired' is not a number"),
        ({"fatigue": [f"Day,{ONE}", "01.06.2021,3", "01.06.2021,3"]}, "line 3: day 01.06.2021 stands twice"),
        (
            {"fatigue": [f"Day,{ONE}", "2021-06-01,3"]},
            "line 2: Day '2021-06-01' is not a day written like 31.01.2020",
        ),
        ({"fatigue": [f"Day,{ONE},{ONE}", "01.06.2021,3,3"]}, f"line 1: column '{ONE}' stands twice"),
        ({"fatigue": ["Day,Team-A", "01.06.2021,3"]}, "line 1: column 'Team-A' is no known player"),
        (
            {"soreness": [f"Day,{ONE[:-1]}x", "01.06.2021,3"]},
            f"soreness.csv, line 1: .*aaax' is no known .*nearest is '{ONE}'",
        ),
        ({"fatigue": ["Day", "01.06.2021"]}, "has no player's column"),
        ({"fatigue": [f"Day,{ONE},{TWO}", "01.06.2021,3"]}, "line 2: 2 cells where the heading has 3"),
        (
            {"daily_load": [f"Day,{ONE}", "01.06.2021,-30"]},
            "daily_load.csv, line 2: daily_load -30 is outside",
        ),
        ({"fatigue": ["version https://git-lfs.github.com/spec/v1"]}, "Git LFS pointer"),
    ],
)
def test_bad_files_are_told_by_name_and_line(folder, files, message):
    with pytest.raises(InputError, match=message):
        READERS["soccermon"](folder(**files))


def test_real_data_comes_in_whole(real_data):
    cohort, report = read(real_data / "soccermon")
    assert (len(cohort.athletes), len(cohort.ratings), len(cohort.activities)) == (50, 12158, 10579)
    assert cohort.athletes["group_id"].value_counts().to_dict().keys() == {"TeamA", "TeamB"}
    assert cohort.ratings["fatigue_native"].between(1, 5).all()
    assert report["notes"] == []
