"""The days after a log's end: what fills them, and what nobody knows of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from heavylegs.data.ahead import in_between, last_day, mornings_unrated, not_known, reaching, taken_between
from heavylegs.data.alterations import Amount, Where, of_diary, with_day
from heavylegs.data.athlete_day import AthleteDay
from heavylegs.data.cohort import Cohort
from heavylegs.data.errors import InputError

from .logs import ten_days


@pytest.fixture
def log() -> Cohort:
    return ten_days(rest=[7])


def test_a_plan_may_lie_a_week_ahead_and_no_further(log):
    assert last_day(log, "a") == pd.Timestamp("2024-05-10")
    week = AthleteDay("a", date(2024, 5, 17))
    assert reaching(log, week).diary["day"].max() == week.at
    for day in (date(2024, 5, 18), date(2024, 4, 30)):
        with pytest.raises(InputError, match="it covers 2024-05-01 to 2024-05-10"):
            reaching(log, AthleteDay("a", day))


def test_days_in_between_hold_the_sessions_of_a_week_before_and_nothing_else(log):
    saturday = AthleteDay("a", date(2024, 5, 16))
    then = reaching(log, saturday)
    again = then.activities[then.activities["day"] > last_day(log, "a")]
    assert list(again["day"].dt.day) == [11, 12, 13, 15], (
        "rest on the 7th is rest on the 14th, and the day itself is free"
    )
    assert list(again["start_time"].dt.day) == [11, 12, 13, 15]
    assert then.activities["activity_id"].is_unique
    assert (len(then.ratings), len(then.records)) == (len(log.ratings), len(log.records))
    assert list(then.diary["day"].dt.day) == [*range(1, 11), 16]
    assert taken_between(log, saturday) == ["training of 2024-05-11 to 2024-05-15 as a week before"]


def test_a_log_ends_with_the_last_day_that_tells_anything(log):
    silent = with_day(with_day(log, "a", pd.Timestamp("2024-05-12")), "a", pd.Timestamp("2024-05-13"))
    silent = of_diary(silent, Where([pd.Timestamp("2024-05-13")]), "training_logged", Amount("to", 0.0))
    assert last_day(silent, "a") == pd.Timestamp("2024-05-10")
    slept = of_diary(silent, Where([pd.Timestamp("2024-05-12")]), "sleep_h", Amount("to", 7.0))
    assert last_day(slept, "a") == pd.Timestamp("2024-05-12")


def test_a_log_that_reaches_the_day_or_the_day_before_has_nothing_in_between(log):
    for day in (5, 10, 11):
        who = AthleteDay("a", date(2024, 5, day))
        assert (len(in_between(log, who)), taken_between(log, who)) == (0, [])
        assert len(reaching(log, who).activities) == len(log.activities)


def test_mornings_are_unrated_from_the_last_rating_on(log):
    unrated = [mornings_unrated(log, AthleteDay("a", date(2024, 5, day))) for day in (4, 10, 11, 14)]
    assert unrated == [0, 0, 1, 4]


def test_what_is_not_known_of_a_day_ahead_is_told(log):
    assert not_known(log, AthleteDay("a", date(2024, 5, 10))) == ["the heart rate of the session"]
    assert not_known(log, AthleteDay("a", date(2024, 5, 12))) == [
        "how the mornings of 2024-05-11 to 2024-05-12 were",
        "the night",
        "the heart rate of the session",
    ]


def test_the_group_is_silent_where_it_logs_sessions_and_none_of_that_day(log):
    others = log.activities.assign(athlete_id="b", activity_id="b" + log.activities["activity_id"])
    for missing, told in ((pd.Timestamp("2024-05-04"), True), (pd.Timestamp("2024-05-05"), False)):
        some = others[others["day"] != pd.Timestamp("2024-05-04")]
        group = replace(log, activities=pd.concat([log.activities, some], ignore_index=True))
        assert ("what the group does" in not_known(group, AthleteDay("a", missing.date()))) is told
