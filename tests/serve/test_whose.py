"""Whose day it is where a command is not told."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from heavylegs.data.cohort import Cohort
from heavylegs.data.errors import InputError
from heavylegs.data.store import Store
from heavylegs.serve.whose import whose_day


def store(path, *athletes, slept=7.0):
    """Return a store whose logs end on 10 May, but for a day on which nothing is known."""
    days = pd.date_range("2024-05-01", "2024-05-11")
    rows = [
        {"athlete_id": a, "day": d, "sleep_h": slept if d.day < 11 else None, "training_logged": 0.0}
        for a in athletes
        for d in days
    ]
    Store(path).write(Cohort.from_tables("own", {"diary": pd.DataFrame(rows)}))
    return Store(path)


def test_of_a_store_of_one_it_is_theirs_and_the_newest_that_tells_anything(tmp_path):
    mine = store(tmp_path / "mine", "me")
    assert whose_day(mine, None, None, None, "evening") == ("me", date(2024, 5, 10))
    assert whose_day(mine, None, None, None, "morning") == ("me", date(2024, 5, 9))


def test_the_newest_day_is_the_last_of_any_table(tmp_path):
    mine = store(tmp_path / "mine", "me")
    run = {"activity_id": "1", "athlete_id": "me", "day": pd.Timestamp("2024-05-12"), "sport": "running"}
    Store(tmp_path / "runs").write(
        Cohort.from_tables("own", mine.read().tables() | {"activities": pd.DataFrame([run])})
    )
    assert whose_day(Store(tmp_path / "runs"), None, None, None, "evening") == ("me", date(2024, 5, 12))


def test_a_log_that_tells_nothing_has_no_newest_day(tmp_path):
    empty = store(tmp_path / "empty", "me", slept=None)
    with pytest.raises(InputError, match="holds no day of me"):
        whose_day(empty, None, None, None, "evening")
    assert whose_day(empty, None, "2024-05-04", None, "evening") == ("me", date(2024, 5, 4))


def test_what_is_told_is_taken(tmp_path):
    squad = store(tmp_path / "squad", "ann", "bob")
    assert whose_day(squad, "bob", None, "2024-05-04", "evening") == ("bob", date(2024, 5, 3))
    assert whose_day(squad, "ann", "2024-05-04", None, "morning") == ("ann", date(2024, 5, 4))
    assert whose_day(squad, "ann", None, None, "evening") == ("ann", date(2024, 5, 10))


def test_of_several_athletes_somebody_must_be_told_and_be_there(tmp_path):
    squad = store(tmp_path / "squad", "ann", "bob")
    with pytest.raises(InputError, match=r"holds 2 athletes.*--athlete: there are 'ann', 'bob'"):
        whose_day(squad, None, None, None, "evening")
    with pytest.raises(InputError, match="holds no athlete 'cid'"):
        whose_day(squad, "cid", None, None, "evening")
