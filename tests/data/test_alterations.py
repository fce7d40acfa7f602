"""An altered log is another in what was asked, and in nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.alterations import Amount, Where, of_air, of_diary, of_extent, of_hills, with_day
from heavylegs.data.cohort import Cohort
from heavylegs.data.schema import ACTIVITIES

DAYS = pd.date_range("2024-05-01", periods=3)
TODAY = Where([DAYS[1]], "a")


@pytest.fixture
def log() -> Cohort:
    """Return two runners of one place, who run at the same hour of three days."""
    activities = pd.DataFrame(
        {
            "activity_id": [f"{who}{n}" for who in "ab" for n in range(3)],
            "athlete_id": [who for who in "ab" for _ in range(3)],
            "day": [*DAYS, *DAYS],
            "start_time": [d.tz_localize("UTC") + pd.Timedelta(hours=8.5) for d in (*DAYS, *DAYS)],
            "sport": "running",
            "duration_s": 3600.0,
            "distance_m": 10_000.0,
            "ascent_m": 100.0,
            "descent_m": 100.0,
            "mass_before_kg": 70.0,
            "mass_after_kg": 69.0,
            "session_rpe": 5.0,
            "place_id": "home",
        }
    )
    records = pd.DataFrame(
        {
            "activity_id": "a1",
            "athlete_id": "a",
            "elapsed_s": [0.0, 1800.0, 3600.0],
            "distance_m": [0.0, 5000.0, 10_000.0],
            "altitude_m": [200.0, 300.0, 200.0],
        }
    )
    diary = pd.DataFrame({"athlete_id": "a", "day": DAYS, "sleep_h": [7.0, 1.5, np.nan]})
    hours = pd.date_range("2024-05-01", periods=72, freq="h", tz="UTC")
    weather = pd.DataFrame({"place_id": "home", "time": hours, "temperature_c": 20.0})
    tables = {"activities": activities, "records": records, "diary": diary, "weather": weather}
    return Cohort.from_tables("hand", tables)


def temperatures(cohort: Cohort) -> dict[str, float]:
    """Return the temperature at the start of each activity."""
    starts = cohort.activities.assign(time=cohort.activities["start_time"].dt.floor("h"))
    met = starts.merge(cohort.weather, on=["place_id", "time"])
    return dict(zip(met["activity_id"], met["temperature_c"], strict=True))


def test_a_night_is_altered_within_bounds_and_an_unlogged_one_stays_absent(log):
    everywhere = Where(list(DAYS))
    slept = of_diary(log, everywhere, "sleep_h", Amount("by", -1.0), low=1.0).diary["sleep_h"]
    assert slept.tolist()[:2] == [6.0, 1.5]
    assert np.isnan(slept[2])
    assert log.diary["sleep_h"].tolist()[:2] == [7.0, 1.5]


@pytest.mark.parametrize("day", [DAYS[1], DAYS[2], DAYS[2] + pd.Timedelta(days=1)])
def test_where_no_night_can_be_altered_the_log_stays_as_it_is(log, day):
    """One too short for the change, one not logged, and one that the diary does not hold."""
    same = of_diary(log, Where([day], "a"), "sleep_h", Amount("by", -1.0), low=1.0)
    pd.testing.assert_frame_equal(same.diary, log.diary)


def in_weather(log: Cohort, hours: dict[str, Any]) -> Cohort:
    return Cohort.from_tables("log", {**log.tables(), "weather": pd.DataFrame(hours)})


def test_another_air_is_breathed_by_one_runner_on_one_day(log):
    cooler = of_air(log, TODAY, Amount("by", -10.0))
    assert temperatures(cooler) == {**temperatures(log), "a1": 10.0}
    assert cooler.activities["start_time"].equals(log.activities["start_time"])


def test_every_hour_of_a_long_run_has_another_air(log):
    long = replace(log, activities=log.activities.assign(duration_s=4 * 3600.0))
    hours = long.activities["start_time"][1].floor("h") + pd.to_timedelta(range(6), unit="h")
    weather = {"place_id": "home", "time": hours, "temperature_c": 20.0, "relative_humidity_pct": 50.0}
    told = of_air(in_weather(long, weather), TODAY, Amount("by", -10.0)).weather
    assert told["temperature_c"].tolist() == [20.0] * 6 + [10.0] * 5


@pytest.mark.parametrize(
    ("humidity", "colder"),
    [
        # Vapour at 50 %: 11.7 hPa at 20 degC, 6.1 at 10; 0.567 x 10 + 0.393 x 5.6.
        (50.0, 7.84),
        (np.nan, 10.0),
    ],
)
def test_in_a_colder_air_sun_and_wind_warm_as_they_did(log, humidity, colder):
    hours = log.activities["start_time"][1].floor("h") + pd.to_timedelta(range(2), unit="h")
    weather = {"place_id": "home", "time": hours, "temperature_c": 20.0, "relative_humidity_pct": humidity}
    sunny = in_weather(log, {**weather, "wbgt_c": [26.0, np.nan]})
    told = of_air(sunny, TODAY, Amount("by", -10.0)).weather["wbgt_c"]
    assert told[:2].tolist() == pytest.approx([26.0, np.nan], nan_ok=True)
    assert told[2:].tolist() == pytest.approx([26.0 - colder, np.nan], abs=0.02, nan_ok=True)


def test_half_a_run_is_as_fast_and_as_steep_and_loses_half_the_sweat(log):
    half = of_extent(log, TODAY, 0.5)
    run = half.activities.set_index("activity_id").loc["a1"]
    assert (run["distance_m"], run["duration_s"], run["descent_m"]) == (5000.0, 1800.0, 50.0)
    assert run["mass_after_kg"] == 69.5
    assert run["session_rpe"] == 5.0
    assert half.records["elapsed_s"].tolist() == [0.0, 900.0, 1800.0]
    assert half.records["altitude_m"].tolist() == [200.0, 250.0, 200.0]
    others = half.activities["activity_id"] != "a1"
    assert half.activities[others].equals(log.activities[others])


def test_a_run_taken_out_leaves_a_day_of_rest_even_where_the_log_began_with_it(log):
    first = Where([DAYS[0]], "b")
    rest = of_extent(log, first, 0.0)
    assert "b0" not in set(rest.activities["activity_id"])
    row = rest.diary[(rest.diary["athlete_id"] == "b")]
    assert row["day"].tolist() == [DAYS[0]]
    assert row["training_logged"].tolist() == [1.0]
    assert of_extent(log, TODAY, 0.0).records.empty


def test_a_flat_run_is_as_long(log):
    flat = of_hills(log, TODAY, 0.0)
    run = flat.activities.set_index("activity_id").loc["a1"]
    assert (run["ascent_m"], run["descent_m"], run["distance_m"]) == (0.0, 0.0, 10_000.0)
    assert flat.records["altitude_m"].tolist() == [200.0] * 3


def test_a_day_is_added_once(log):
    later = DAYS[-1] + pd.Timedelta(days=4)
    once = with_day(log, "a", later)
    assert len(once.diary) == len(log.diary) + 1
    assert with_day(once, "a", later) is once


def test_every_altered_log_is_one_that_can_be_kept(log):
    for altered in (
        of_air(log, TODAY, Amount("to", 35.0)),
        of_extent(log, TODAY, 1.7),
        of_extent(log, TODAY, 0.0),
        of_hills(log, TODAY, 2.0),
        with_day(log, "b", DAYS[-1]),
    ):
        Cohort.from_tables("altered", replace(altered).tables())


def test_what_adds_up_over_a_session_goes_with_its_length_and_nothing_else(log):
    grows = {"s", "m", "kcal", "steps", "AU", "g", "mL", "mg"}
    numbers = {
        c.name: c.unit in grows for c in ACTIVITIES.columns if c.kind == "number" and "mass" not in c.name
    }
    whole = replace(log, activities=log.activities.assign(**dict.fromkeys(numbers, 8.0)))
    half = of_extent(whole, TODAY, 0.5).activities.set_index("activity_id").loc["a1"]
    assert half[list(numbers)].to_dict() == {name: 4.0 if grown else 8.0 for name, grown in numbers.items()}
