"""A planned session in words, and the day that it is laid on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.athlete_day import AthleteDay
from heavylegs.data.cohort import Cohort
from heavylegs.data.errors import InputError
from heavylegs.data.plans import Plan, at_rest, recent_sessions
from hypothesis import given
from hypothesis import strategies as st

from .logs import ten_days


@pytest.fixture
def log() -> Cohort:
    return ten_days()


def test_a_plan_is_read_in_a_runners_words():
    plan = Plan.parse("18 km in 1:45 at 6, 25 C, 70 %, 300 m up")
    assert (plan.sport, plan.distance_m, plan.duration_s, plan.session_rpe) == ("running", 18_000, 6300, 6)
    assert (plan.temperature_c, plan.humidity_pct, plan.climb_m) == (25, 70, 300)
    football = Plan.parse("Football 90 min at 7")
    assert (football.sport, football.duration_s) == ("football", 5400)
    assert np.isnan(football.distance_m)
    assert Plan.parse("1.5 h at 3").duration_s == 5400


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "it does not tell how long it lasts"),
        ("10 km at 5", "it does not tell how long it lasts"),
        ("10 km in 50 min at 11", "effort is told from 0 to 10"),
        ("10 km in 10 min at 9", "nobody goes that fast"),
        ("swim 3 km in 15 min at 9", "nobody goes that fast"),
        ("25 h at 5", "it lasts over a day"),
        ("9999:00 at 5", "over a day"),
        ("10 km in 0:00 at 5", "it does not tell how long it lasts"),
        ("10 km in 50 min at 5.5.5", "cannot read 'at 5.5.5'"),
        ("10 km in 50 min at 0:00/km", "cannot read 'at 0:00/km'"),
        ("ten km in 50 min at 5", "cannot read 'ten km'"),
        ("10 km in 50 min at 5:00/furlong", "cannot read"),
        ("-3 km in 50 min at 5", "more than 0 km"),
        ("10 km in 50 min at 5, 99 C", "no temperature to run in"),
        ("10 km in 50 min at 5, 20 C, 120 %", "humidity lies within 0 and 100 %"),
        ("10 km in 50 min at 5, -30 m", "nobody climbs so much"),
        ("50 min at 5, 3000 m up", "nobody climbs so much"),
        ("18 km in 1:45 at 6, 9000 m", "nobody climbs so much"),
    ],
)
def test_a_plan_that_cannot_be_read_is_told_in_a_line_with_an_example(text, told):
    with pytest.raises(InputError) as refused:
        Plan.parse(text)
    assert told in str(refused.value)
    assert '"18 km in 1:45 at 6"' in str(refused.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("10,5 km in 1:00 at 5", {"distance_m": 10_500, "duration_s": 3600, "session_rpe": 5}),
        ("10 km in 50 min at 5,5", {"session_rpe": 5.5}),
        ("10 km in 50 min at rpe 6/10", {"session_rpe": 6}),
        ("42,195 km in 3:30 at 9", {"distance_m": 42_195}),
        ("10k in 50 min", {"distance_m": 10_000}),
        ("6 miles in 1:00 at 5", {"distance_m": 9656.064, "duration_s": 3600}),
        ("6 mi at 8:30/mi at 5", {"distance_m": 9656.064, "duration_s": 3060, "session_rpe": 5}),
        ("10 km at 5:30/km", {"distance_m": 10_000, "duration_s": 3300}),
        ("10 km at 5:30 per km at 6", {"duration_s": 3300, "session_rpe": 6}),
        ("10 km in 55 min, 5:30 min/km", {"distance_m": 10_000, "duration_s": 3300}),
        ("45 min at 5:00/km at 6", {"distance_m": 9000, "duration_s": 2700}),
        ("ride 2 h at 25 km/h at 4", {"distance_m": 50_000, "sport": "cycling"}),
        ("10 mi at 6 mph", {"duration_s": 6000}),
        ("1h30 at 4", {"duration_s": 5400}),
        ("2h30min at 4", {"duration_s": 9000}),
        ("22 min 10 s at 8", {"duration_s": 1330}),
        ("10 km in 50' at 5", {"duration_s": 3000}),
        ("swim 1500 m in 30:00 at 5", {"distance_m": 1500, "duration_s": 1800, "sport": "swimming"}),
        ("10 km in 1:00 at 5, 77 F", {"temperature_c": 25}),
        ("90 min at 5, 1000 ft up", {"climb_m": 304.8}),
        ("football at 7,90 min", {"session_rpe": 7, "duration_s": 5400}),
        ("18 km in 1:45 at 6,25 C", {"session_rpe": 6, "temperature_c": 25}),
    ],
)
def test_a_plan_is_read_in_any_common_notation(text, told):
    plan = Plan.parse(text)
    assert {name: getattr(plan, name) for name in told} == pytest.approx(told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("10 km in 50 min at 6:00/km", "distance and time make 5:00 min/km, which is not the pace"),
        ("10 km in 1:00 30 min", "it tells two times (leave one of them out)"),
        ("10 km in 3:00 at 6, 1,200 m", "thousands or decimals (write 1200 m or 1.2 m)"),
        ("800 m in 4:00 at 8", '800 m may be a climb or a distance (write "800 m up", or "0.8 km")'),
        ("10 km at 1:30/km", "nobody goes that fast"),
    ],
)
def test_what_may_be_meant_in_two_ways_or_contradicts_itself_is_asked(text, told):
    with pytest.raises(InputError) as refused:
        Plan.parse(text)
    assert told in str(refused.value)


WORDS = [
    "0",
    "7",
    "22",
    "1,5",
    "2.400",
    "5:30",
    "22:10",
    "1:02:03",
    "km",
    "mi",
    "m",
    "h",
    "min",
    "'",
    "/",
    "at",
    "C",
    "%",
]


@given(st.lists(st.sampled_from(WORDS), max_size=8), st.sampled_from(["", " "]))
def test_whatever_is_told_is_refused_or_a_session_of_a_day(words, between):
    try:
        plan = Plan.parse(between.join(words))
    except InputError:
        return
    assert 1 <= plan.duration_s <= 86_400
    assert not plan.distance_m <= 0


def test_a_plan_without_an_effort_can_be_noted_and_not_be_forecast_from(log):
    plan = Plan.parse("10 km in 50 min")
    assert np.isnan(plan.session_rpe)
    with pytest.raises(
        InputError, match="how hard it feels, from 0 to 10, and a forecast goes by time and effort"
    ):
        plan.on(AthleteDay("a", date(2024, 5, 10)))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5 km in 22:10 at 8", 1330),
        ("10 km in 50:00 at 5", 3000),
        ("10 km in 1:02 at 5", 3720),
        ("10 km in 1:02:30 at 5", 3750),
        ("0.4 km in 1:10 at 9", 70),
        ("walk 3 km in 4:00 at 5", 14_400),  # up a mountain
        ("walk 3 km in 40:00 at 2", 2400),
        ("ride 20 km in 40:00 at 5", 2400),
        ("ride 60 km in 2:30 at 5", 9000),
        ("swim 1 km in 20:00 at 5", 1200),
        ("other 36 km in 20:00 at 5", 72_000),  # both are possible
        ("football 1:30 at 5", 5400),
        ("10 km in 22:10 h at 2", 79_800),
        ("1:45 h at 3", 6300),
        ("45:00 min at 3", 2700),
    ],
)
def test_of_hours_and_minutes_and_minutes_and_seconds_the_one_is_meant_that_can_be(text, seconds):
    assert Plan.parse(text).duration_s == seconds


@given(st.floats(1, 42), st.integers(180, 420))
def test_a_run_is_read_as_any_watch_writes_it(distance_km, pace_s):
    seconds = int(distance_km * pace_s)
    clock = f"{seconds // 60}:{seconds % 60:02d}"
    if seconds >= 3600:
        clock = f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    assert Plan.parse(f"{distance_km:.3f}0 km in {clock} at 5").duration_s == seconds


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2 km in 1:30 at 5", "1:30 is 1.33 km/h as hours and minutes, 80 km/h as minutes and seconds"),
        ("10 km in 0:10 at 5", 'nobody goes so (write "0:10:00" or "0:00:10", whichever is meant)'),
        ("football 90:00 at 7", 'hours and minutes: over a day (write "1:30:00", if that is meant)'),
    ],
)
def test_a_time_that_cannot_be_either_is_told_with_what_it_was_read_as(text, told):
    with pytest.raises(InputError) as refused:
        Plan.parse(text)
    assert told in str(refused.value)


def test_a_plan_takes_the_place_of_what_the_day_held(log):
    who = AthleteDay("a", date(2024, 5, 10))
    planned = Plan.parse("18 km in 1:45 at 6, 25 C").on(who)(log)
    today = who.sessions(planned)
    assert today["distance_m"].tolist() == [18_000.0]
    assert today["start_time"].dt.hour.tolist() == [12]
    assert planned.weather["temperature_c"].tolist() == [25.0, 25.0]
    assert planned.weather["relative_humidity_pct"].tolist() == [60.0, 60.0]
    Cohort.from_tables("planned", planned.tables())


@pytest.mark.parametrize(
    "after_midnight_h", [26.5, -4.0, 12.25]
)  # an evening in California, a morning in Sydney
def test_a_plan_starts_as_long_after_its_days_midnight_as_sessions_do(log, after_midnight_h):
    since = pd.Timedelta(hours=after_midnight_h)
    started = replace(
        log, activities=log.activities.assign(start_time=log.activities["day"].dt.tz_localize("UTC") + since)
    )
    who = AthleteDay("a", date(2024, 5, 12))
    planned = who.sessions(Plan.parse("10 km in 1:00 at 5").on(who)(started))
    assert planned["start_time"].tolist() == [who.at.tz_localize("UTC") + since]


def test_a_plan_without_weather_is_where_the_last_session_before_it_was(log):
    places = ["home"] * 7 + ["away", np.nan, "the day itself"]
    moved = replace(log, activities=log.activities.assign(place_id=places))
    who = AthleteDay("a", date(2024, 5, 10))
    assert who.sessions(Plan.parse("10 km in 1:00 at 5").on(who)(moved))["place_id"].tolist() == ["away"]
    assert "the day itself" not in set(recent_sessions(moved, who)["place_id"])


def test_a_plan_that_tells_no_hills_is_as_hilly_as_sessions_were_lately(log):
    hilly = replace(
        log, activities=log.activities.assign(distance_m=10_000.0, ascent_m=150.0, descent_m=120.0)
    )
    who = AthleteDay("a", date(2024, 5, 10))

    def climbed(text: str) -> list[float]:
        row = who.sessions(Plan.parse(text).on(who)(hilly)).iloc[0]
        return [row["ascent_m"], row["descent_m"]]

    assert climbed("20 km in 2:00 at 5") == [300.0, 240.0]
    assert climbed("20 km in 2:00 at 5, 50 m up") == [50.0, 50.0]
    assert np.isnan(climbed("football 2:00 at 5")).all()
    assert Plan.parse("20 km in 2:00 at 5").taken(hilly, who) == ["15 m climbed a km"]
    assert Plan.parse("20 km in 2:00 at 5, 20 C").taken(log, who) == ["60 % of humidity"]


def test_a_day_at_rest_holds_no_session(log):
    who = AthleteDay("a", date(2024, 5, 10))
    assert who.sessions(at_rest(who)(log)).empty
