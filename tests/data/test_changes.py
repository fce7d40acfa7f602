"""Changes by name: what they are read as, what they do, and how they are refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.alterations import Amount
from heavylegs.data.athlete_day import AthleteDay
from heavylegs.data.changes import DIARY, all_together, parse_amount, parse_change
from heavylegs.data.cohort import Cohort
from heavylegs.data.errors import InputError
from heavylegs.data.usual_changes import usual_changes
from hypothesis import given, settings
from hypothesis import strategies as st

DAY = date(2024, 5, 2)
WHO = AthleteDay("a", DAY)


def log(runs: int = 1, **diary: float) -> Cohort:
    """Return a day with so many runs of an hour and 10 km, and what else the diary holds; and the day after, with a night."""
    day = pd.Timestamp(DAY)
    activities = pd.DataFrame(
        {
            "activity_id": [f"r{n}" for n in range(runs)],
            "athlete_id": "a",
            "day": day,
            "sport": "running",
            "duration_s": 3600.0,
            "distance_m": 10_000.0,
        }
    )
    rows = pd.DataFrame([{"athlete_id": "a", "day": day, **diary}])
    after = pd.DataFrame([{"athlete_id": "a", "day": day + pd.Timedelta(days=1), "sleep_h": 6.0}])
    tables = {"diary": pd.concat([rows, after])} | ({"activities": activities} if runs else {})
    return Cohort.from_tables("hand", tables)


@settings(deadline=None)
@given(st.floats(0, 1e4).map(lambda x: round(x, 2)), st.floats(0.001, 1e4).map(lambda x: round(x, 3)))
def test_a_value_says_by_its_form_what_becomes_of_another(value, old):
    def amount(text: str) -> Amount:
        return parse_amount(text, "fluid_ml")

    assert amount(f"{value}") == Amount("to", value)
    assert amount(f"{value}".replace(".", ",")) == Amount("to", value)
    assert amount(f"+{value}").of(old) == pytest.approx(old + value)
    assert amount(f"-{value}").of(old) == pytest.approx(old - value)
    assert amount(f"{value}%").of(old) == pytest.approx(old * value / 100)
    assert amount(f"-{value}%").of(old) == pytest.approx(old * max(1 - value / 100, 0))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("sleep_h=7,5", Amount("to", 7.5)),
        ("sleep_h=7:30", Amount("to", 7.5)),
        ("sleep_h=+0:30", Amount("by", 0.5)),
        ("fluid_ml=+1l", Amount("by", 1000.0)),
        ("temperature_c=68F", Amount("to", 20.0)),
        ("temperature_c=-18F", Amount("by", -10.0)),
        ("distance_km=10 mi", Amount("to", 16.09344)),
        ("distance_km=42,195", Amount("to", 42.195)),
        ("duration_min=1h05", Amount("to", 65.0)),
        ("distance_km=12,5%", Amount("share", 0.125)),
        ("illness=no", Amount("to", 0.0)),
    ],
)
def test_values_are_written_as_in_a_note(text, amount):
    name, _, value = text.partition("=")
    told = parse_amount(value, name)
    assert (told.form, told.value) == (amount.form, pytest.approx(amount.value))


def test_a_night_is_that_before_the_day_or_with_morning_information_that_after_it():
    cohort = log(sleep_h=7.0)
    evening = parse_change("sleep_h=+1", cohort, WHO)
    assert (evening.old, evening.new) == (7.0, 8.0)
    assert evening.alter(cohort).diary["sleep_h"].tolist() == [8.0, 6.0]
    morning = parse_change("sleep_h=+1", cohort, AthleteDay("a", DAY, morning=True))
    assert morning.alter(cohort).diary["sleep_h"].tolist() == [7.0, 7.0]


@pytest.mark.parametrize(
    ("name", "kcal"),
    [("carbohydrate_g", 4), ("protein_g", 4), ("fat_g", 9), ("alcohol_g", 7), ("fluid_ml", 0)],
)
def test_what_is_eaten_is_energy_too(name, kcal):
    cohort = log(energy_intake_kcal=2000.0, **{name: 300.0})
    more = parse_change(f"{name}=+20", cohort, WHO).alter(cohort).diary
    assert more["energy_intake_kcal"].iloc[0] == 2000 + 20 * kcal


def test_what_is_taken_on_the_longest_run_is_of_the_day_too():
    cohort = log(runs=2, carbohydrate_g=300.0, energy_intake_kcal=2000.0, fluid_ml=1500.0)
    told = {
        "duration_s": [3600.0, 5400.0],
        "carbohydrate_during_g": 20.0,
        "fluid_during_ml": 300.0,
        "mass_after_kg": 69.0,
    }
    cohort = replace(cohort, activities=cohort.activities.assign(**told))
    changes = all_together(["carbohydrate_during_g=+60", "fluid_during_ml=800"], cohort, WHO)
    altered = changes[1].alter(changes[0].alter(cohort))
    assert altered.activities["carbohydrate_during_g"].tolist() == [20, 80]
    assert altered.activities["fluid_during_ml"].tolist() == [300, 800]
    assert altered.activities["mass_after_kg"].tolist() == [69, 69.5]  # what is drunk is no sweat
    day = altered.diary.iloc[0]
    assert day[["carbohydrate_g", "energy_intake_kcal", "fluid_ml"]].tolist() == [360, 2240, 2000]


def test_two_runs_of_a_day_are_shortened_together():
    cohort = log(runs=2)
    shorter = parse_change("distance_km=5", cohort, WHO)
    assert (shorter.old, shorter.new) == (20_000.0, 5000.0)
    assert shorter.alter(cohort).activities["distance_m"].tolist() == [2500.0, 2500.0]


def test_of_a_day_with_a_run_only_runs_are_altered_and_all_sessions_fill_the_day():
    cohort = log(runs=2)
    cohort = replace(
        cohort, activities=cohort.activities.assign(sport=["cycling", "running"], duration_s=[7.2e4, 3600.0])
    )
    assert parse_change("distance_km=50%", cohort, WHO).alter(cohort).activities["distance_m"].tolist() == [
        10_000,
        5000,
    ]
    with pytest.raises(InputError, match="would last over a day"):
        parse_change("duration_min=300", cohort, WHO)


def test_half_the_training_is_told_in_time_only_where_all_of_it_is_known():
    cohort = log(runs=2)
    assert (
        parse_change("training=50%", cohort, WHO).new,
        parse_change("training=50%", cohort, WHO).unit,
    ) == (3600, "s")
    partly = replace(cohort, activities=cohort.activities.assign(duration_s=[3600.0, np.nan]))
    change = parse_change("training=50%", partly, WHO)
    assert (change.old, change.new, change.unit) == (1.0, 0.5, "share")


@pytest.mark.parametrize(("air_c", "offered"), [(14.0, False), (15.0, True)])
def test_cooler_air_is_offered_where_it_was_warm(air_c, offered):
    start = pd.Timestamp("2024-05-02T10:20", tz="UTC")
    cohort = replace(log(), activities=log().activities.assign(start_time=start, place_id="home"))
    hours = pd.DataFrame({"place_id": "home", "time": [start.floor("h")], "temperature_c": air_c})
    warm = Cohort.from_tables("hand", {**cohort.tables(), "weather": hours})
    assert ("ten degrees cooler" in [c.title for c in usual_changes(warm, WHO)]) is offered


def test_changes_are_made_one_after_the_other():
    cohort = log(sleep_h=7.0)
    changes = all_together(["training=50%", "distance_km=50%", "sleep_h=+1"], cohort, WHO)
    assert [c.new for c in changes] == [1800.0, 2500.0, 8.0]


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (
            ["sleep_h=8", "distance_km=50%", "sleep_h=9"],
            "--set sleep_h=9: sleep_h is told twice (tell it once)",
        ),
        (
            ["distance_km=50%", "duration_min=20"],
            "duration_min=20: distance_km is told too, and runs keep their pace",
        ),
    ],
)
def test_a_change_that_is_told_twice_is_asked(texts, told):
    with pytest.raises(InputError) as refused:
        all_together(texts, log(sleep_h=7.0), WHO)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sleep=8", "nothing is called 'sleep' (the nearest is sleep_h"),
        ("sleep_h", "'' is no value (write sleep_h=8"),
        ("sleep_h=long", "'long' is no value"),
        ("fluid_ml=+1,500", "may be thousands or decimals (write fluid_ml=+1500 or fluid_ml=+1.5)"),
        ("duration_min=1:30", "'1:30' is no value"),  # hours or minutes?
        ("sleep_h=25", "25 is impossible (sleep_h lies within 0 to 24 h)"),
        ("sleep_h=-8", "-1 is impossible"),
        ("fluid_ml=+1000", "the log holds no fluid_ml of a on 2024-05-02 to change (give the value itself"),
        ("stress_score=12", "12 is impossible (stress_score lies within 0 to 10)"),
        ("illness=0.5", "'0.5' is no value (write illness=yes or illness=no)"),
        ("distance_km=-11", "less than nothing left of the session"),
        ("duration_min=1500", "the sessions would last over a day"),
        ("hills=+10", "hills takes a share (such as hills=50%)"),
        ("hills=0%", "the log holds no metres climbed"),
        ("temperature_c=-10", "the store holds no air temperature of the sessions"),
        ("training=30", "training takes a share"),
    ],
)
def test_what_cannot_be_changed_is_told_in_a_line(text, told):
    with pytest.raises(InputError) as refused:
        parse_change(text, log(sleep_h=7.0), WHO)
    assert told in str(refused.value)
    assert str(refused.value).startswith(f"--set {text}: ")


def test_a_day_of_rest_has_no_session_to_change():
    with pytest.raises(InputError, match="holds no session of a on 2024-05-02"):
        parse_change("distance_km=50%", log(runs=0, sleep_h=7.0), WHO)


def test_usual_changes_are_of_what_the_day_holds():
    def titles(cohort: Cohort) -> list[str]:
        return [c.title for c in usual_changes(cohort, WHO)]

    assert titles(log(runs=0, mood_score=5.0)) == []
    assert titles(log(runs=0, sleep_h=7.0)) == ["an hour more sleep the night before"]
    assert titles(log(sleep_h=11.0)) == ["run half as far", "no run"]
    fed = log(runs=2, fluid_ml=1500.0, carbohydrate_g=200.0, stress_score=1.0)
    assert titles(fed) == ["a litre more fluid", "60 g more carbohydrate", "runs half as far", "no runs"]


@pytest.mark.parametrize("value", [0.0, 1.0])
@pytest.mark.parametrize("name", sorted(DIARY))
def test_every_number_of_the_diary_can_be_told(name, value):
    column = DIARY[name]
    value = value if column.unit == "0/1" else column.low + value
    cohort = log(sleep_h=7.0)
    change = parse_change(f"{name}={value}", cohort, WHO)
    assert np.isnan(change.old) or name == "sleep_h"
    assert WHO.logged(change.alter(cohort), name) == value
