"""Entries taken out of a store: what is left is as if they had never come, and a wrong name takes nothing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from heavylegs.data.cohort import Cohort
from heavylegs.data.errors import InputError
from heavylegs.data.quarantine import Quarantine
from heavylegs.data.store import Store
from heavylegs.serve.cli import main

from .stores import batches, cohort, contents, import_all

DAY = date(2024, 5, 1)


@pytest.fixture
def club(tmp_path: Path) -> Store:
    store = Store(tmp_path / "s")
    store.merge(cohort())
    return store


def test_values_of_a_day_go_and_all_else_stays(club: Store) -> None:
    before, files = club.read(), contents(club.path)
    rated = pd.DataFrame({"athlete_id": ["a"], "day": pd.Timestamp(DAY), "mass_kg": [70.0]})
    club.merge(Cohort.from_tables("club", {"diary": rated}))
    club.forget("a", DAY, ["mass_kg"])
    assert club.read().digest() == before.digest()
    assert {n: d for n, d in contents(club.path).items() if n.endswith("parquet")} == {
        n: d for n, d in files.items() if n.endswith("parquet")
    }


def test_a_day_of_which_no_value_is_left_is_a_day_that_was_not_logged(club: Store) -> None:
    club.forget("a", DAY, ["sleep_h"])
    assert sorted(club.read().diary["athlete_id"]) == ["b", "c", "d"]


def test_a_person_goes_wholly_and_all_others_stay(tmp_path: Path) -> None:
    with_a, without = Store(tmp_path / "s"), Store(tmp_path / "t")
    for store, who in ((with_a, "abcd"), (without, "bcd")):
        store.merge(cohort(who))
    with_a.forget_athlete("a")
    assert with_a.read().digest() == without.read().digest()
    with pytest.raises(InputError, match="'a'"):
        with_a.forget_athlete("a")


def test_a_person_of_a_group_leaves_the_others_in_the_same_files(tmp_path: Path) -> None:
    stores = []
    for who in ("ab", "b"):
        team = cohort(who)
        tables = {**team.tables(), "athletes": team.athletes.assign(group_id="foxes")}
        stores.append(Store(tmp_path / who))
        stores[-1].merge(Cohort.from_tables("club", tables))
    stores[0].forget_athlete("a")
    assert stores[0].read().digest() == stores[1].read().digest()


def test_the_files_of_a_person_who_was_taken_out_are_no_longer_known(tmp_path: Path) -> None:
    store = Store(tmp_path / "s")
    for who in "ab":
        store.merge(cohort(who), seen={f"file of {who}": {"athlete": who}})
    store.forget_athlete("a")
    assert set(store.seen()) == {"file of b"}
    store.forget_athlete("b")
    assert (len(store.read().athletes), store.seen()) == (0, {})
    store.merge(cohort("a"))
    assert store.read().athletes["athlete_id"].tolist() == ["a"]


def test_a_person_is_shown_first_and_taken_out_when_that_is_said(club: Store, capsys) -> None:
    person = ["forget", "--store", str(club.path), "--athlete", "a", "--all"]
    before = club.read().digest()
    assert main(person) == 0
    assert "nothing was taken out: give --yes" in capsys.readouterr().out
    assert club.read().digest() == before
    for wrong in (["--value", "sleep_h"], ["--day", str(DAY), "--yes"]):
        assert main([*person, *wrong]) == 2
    Quarantine.beside(club.path).keep("run.fit", b"no run", "is not a FIT file", athlete="a")
    capsys.readouterr()
    assert main([*person, "--yes"]) == 0
    assert "still in quarantine: 1 copy of files of theirs" in " ".join(capsys.readouterr().out.split())
    assert "a" not in set(club.read().athletes["athlete_id"])


def test_what_others_of_the_group_told_of_that_day_stays(tmp_path: Path) -> None:
    """A group lives in the same files."""
    store = Store(tmp_path / "s")
    team = cohort("ab")
    day = {"athlete_id": ["a", "b"], "day": pd.Timestamp(DAY), "fatigue": 4.0, "fatigue_native": 4.0}
    ratings = pd.DataFrame(day).assign(scale_min=0.0, scale_max=10.0, scale_direction=1.0)
    tables = {**team.tables(), "athletes": team.athletes.assign(group_id="foxes"), "ratings": ratings}
    store.merge(Cohort.from_tables("club", tables))
    store.forget("a", DAY, ["sleep_h", "fatigue"], ["a-1"])
    left = store.read()
    for table in (left.diary, left.ratings, left.activities, left.records):
        assert set(table["athlete_id"]) == {"b"}
    assert left.diary["sleep_h"].tolist() == [7.0]


def test_an_activity_goes_with_all_recordings_that_were_joined_into_it(tmp_path: Path) -> None:
    """A watch's and a phone's copy of one run: taken out, the store is as if neither had come, and stays so."""
    import_all(tmp_path / "s")
    store = Store(tmp_path / "s")
    shown = store.read().activities
    ours = shown[(shown["athlete_id"] == "a") & (shown["day"] == pd.Timestamp(DAY))]["activity_id"]
    store.forget("a", DAY, sessions=list(ours))
    never = Store(tmp_path / "never")
    for piece, told in batches():
        wrong = piece.activities[
            (piece.activities["athlete_id"] == "a") & (piece.activities["day"] == pd.Timestamp(DAY))
        ]
        tables = piece.tables()
        for name in ("activities", "records"):
            tables[name] = tables[name][~tables[name]["activity_id"].isin(wrong["activity_id"])]
        never.merge(Cohort.from_tables("own", tables), seen=told)
    assert store.read().digest() == never.read().digest()
    import_all(tmp_path / "s")
    assert store.read().digest() == never.read().digest()


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"columns": ["slep_h"]}, "no value 'slep_h'.*'sleep_h'"),
        ({"columns": ["sleep_h", "fatigue"]}, "no fatigue on 2024-05-01"),
        ({"sessions": ["b-1"]}, "no activity 'b-1'.*nearest is 'a-1'"),
    ],
)
def test_what_is_not_there_takes_nothing_out(club: Store, asked: dict[str, list[str]], message: str) -> None:
    before = contents(club.path)
    with pytest.raises(InputError, match=message):
        club.forget("a", DAY, **asked)
    assert contents(club.path) == before


def test_the_command_shows_a_day_and_takes_out_what_is_named(club: Store, capsys) -> None:
    day = ["forget", "--store", str(club.path), "--athlete", "a", "--day", "2024-05-01"]
    assert main([*day, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["values"], [a["activity_id"] for a in told["activities"]]) == ({"sleep_h": 7.0}, ["a-1"])
    assert main([*day, "--all"]) == 0
    assert main(day) == 2
    assert "holds nothing of athlete 'a' on 2024-05-01" in capsys.readouterr().err
    assert len(club.read().activities) == 3


def test_what_is_always_so_of_a_person_goes_by_name_and_only_theirs(club: Store) -> None:
    before = club.read()
    limits = pd.DataFrame({"athlete_id": ["a", "b"], "hr_max_bpm": [230.0, 188.0]})
    club.merge(Cohort.from_tables("club", {"athletes": limits}))
    club.forget_facts("a", ["hr_max_bpm"])
    assert club.read().athletes.set_index("athlete_id")["hr_max_bpm"].dropna().to_dict() == {"b": 188.0}
    club.forget_facts("b", ["hr_max_bpm"])
    assert club.read().digest() == before.digest()


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["hr_max"], "called 'hr_max'.*'hr_max_bpm'"),
        (["height_cm", "hr_max_bpm"], "athlete 'a' has no hr_max_bpm"),
        (["sleep_h"], "sleep_h is of a day .tell which"),
    ],
)
def test_a_fact_that_is_not_there_takes_nothing_out(club: Store, names: list[str], message: str) -> None:
    before = contents(club.path)
    with pytest.raises(InputError, match=message):
        club.forget_facts("a", names)
    assert contents(club.path) == before


def test_the_command_without_a_day_is_of_the_person(club: Store, capsys) -> None:
    person = ["forget", "--store", str(club.path), "--athlete", "a"]
    assert main([*person, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["person"] == {"height_cm": 170.0}
    assert main([*person, "--value", "height_cm"]) == 0
    assert "height_cm" in capsys.readouterr().out
    assert main([*person, "--activity", "a-1"]) == 2
    assert "--activity is of a day" in capsys.readouterr().err
    assert main([*person, "--day", "2024-05-01", "--value", "height_cm"]) == 2
    assert "height_cm is always so, not of a day" in capsys.readouterr().err
    heights = club.read().athletes.set_index("athlete_id")["height_cm"]
    assert heights.dropna().index.tolist() == ["b", "c", "d"]
