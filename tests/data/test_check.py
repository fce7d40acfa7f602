"""The check: what is covered, and which way the fatigue scale points."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.check import check_cohort, check_store
from heavylegs.data.cohort import Cohort
from heavylegs.data.readers import READERS
from heavylegs.data.store import Store

DAYS = pd.date_range("2024-01-01", periods=40, unit="us")


def cohort(direction: int = 1, people: str = "ab") -> Cohort:
    rng = np.random.default_rng(7)
    ratings, diary = [], []
    for who in people:
        tired = rng.uniform(0, 10, len(DAYS))
        scale = {"scale_min": 0.0, "scale_max": 10.0, "scale_direction": 1.0}
        ratings.append(
            pd.DataFrame({"athlete_id": who, "day": DAYS, "fatigue": tired, "fatigue_native": tired, **scale})
        )
        ready = 5 - direction * (tired - 5) * 0.8
        diary.append(pd.DataFrame({"athlete_id": who, "day": DAYS, "readiness_score": ready, "sleep_h": 8.0}))
    ratings[0] = ratings[0].drop(index=range(10, 19))
    runs = pd.DataFrame(
        {
            "activity_id": ["1", "2", "3"],
            "athlete_id": "a",
            "day": DAYS[:3],
            "sport": ["running", "running", "cycling"],
            "hr_mean_bpm": [150.0, None, 130.0],
        }
    )
    tables = {"ratings": pd.concat(ratings), "diary": pd.concat(diary), "activities": runs}
    return Cohort.from_tables("two", {**tables, "athletes": pd.DataFrame({"athlete_id": ["silent"]})})


def test_coverage_counts_days_runs_and_gaps():
    result = check_cohort(cohort())
    who = {a["athlete_id"]: a for a in result["athletes"]}
    assert who["a"]["gaps"] == [{"from": "2024-01-11", "to": "2024-01-19", "days": 9}]
    assert (who["a"]["rating_days"], who["a"]["span_days"], who["a"]["share"]) == (31, 40, 0.775)
    assert (who["a"]["runs"], who["a"]["runs_with_heart_rate"], who["b"]["runs"]) == (2, 1, 0)
    assert (who["b"]["days_with_sleep"], who["b"]["days_with_food"], who["b"]["gaps"]) == (40, 0, [])
    assert who["silent"]["share"] is None
    assert result["totals"]["rating_days"] == 71
    assert "no rating at all: silent" in result["warnings"]


@pytest.mark.parametrize("direction", [1, -1])
def test_a_scale_read_the_wrong_way_round_is_flagged(direction):
    result = check_cohort(cohort(direction))
    assert result["scale"]["suspicious_scale"] is (direction < 0)
    assert result["scale"]["fatigue_readiness_mean"] == pytest.approx(-direction)
    assert any("wrong way round" in w for w in result["warnings"]) is (direction < 0)


def rated(days: pd.DatetimeIndex, fatigue: object = 5.0, **diary: object) -> dict[str, Any]:
    """Return the check of one athlete who rates those days, and notes so much beside."""
    ratings = pd.DataFrame({"athlete_id": "a", "day": days, "fatigue": fatigue, "fatigue_native": fatigue})
    ratings = ratings.assign(scale_min=0.0, scale_max=10.0, scale_direction=1.0)
    notes = pd.DataFrame({"athlete_id": "a", "day": days, **diary})
    return check_cohort(Cohort.from_tables("one", {"ratings": ratings, "diary": notes}), TODAY)


@pytest.mark.parametrize(("away", "gaps"), [(7, 0), (8, 1)])
def test_a_gap_is_over_a_week_long(away, gaps):
    after = DAYS[:5] + pd.Timedelta(days=5 + away)
    assert len(rated(DAYS[:5].append(after))["athletes"][0]["gaps"]) == gaps


def test_mornings_are_sparse_where_fewer_than_half_are_rated():
    half, third = rated(DAYS[:2].append(DAYS[2:4] + pd.Timedelta(days=4))), rated(DAYS[::3])
    assert (half["athletes"][0]["share"], third["athletes"][0]["share"]) == (0.5, 0.35)
    for checked, sparse in ((half, False), (third, True)):
        assert any("fewer than half of the days" in w for w in checked["warnings"]) is sparse


@pytest.mark.parametrize(("correlation", "against"), [(-0.1, []), (-0.2, ["a"]), (0.4, [])])
def test_soreness_alone_tells_against_a_person_only_where_it_clearly_falls(correlation, against):
    up, apart = np.tile([1.0, -1.0], 20), np.tile([1.0, 1.0, -1.0, -1.0], 10)
    soreness = 5 + correlation * up + np.sqrt(1 - correlation**2) * apart
    result = rated(DAYS, 5 + up, soreness_score=soreness)
    assert result["athletes"][0]["fatigue_soreness"] == pytest.approx(correlation)
    assert result["scale"]["against"] == against


def test_a_correlation_needs_ten_days_and_a_yes_is_a_day_with_alcohol():
    nine, ten = (rated(DAYS[:n], np.arange(n) / 2, soreness_score=np.arange(n) / 2) for n in (9, 10))
    assert [r["athletes"][0]["fatigue_soreness"] for r in (nine, ten)] == [None, 1.0]
    assert rated(DAYS[:3], alcohol=[1.0, 0.0, np.nan])["athletes"][0]["days_with_alcohol"] == 2


def test_an_empty_cohort_is_checked_without_a_verdict():
    result = check_cohort(Cohort.from_tables("nobody", {}))
    assert result["athletes"] == []
    assert result["scale"]["suspicious_scale"] is False
    assert "could not be tested" in result["warnings"][0]


TODAY = date(2024, 6, 1)


def told(**tables: object) -> dict[str, list[str]]:
    """Return the days of each kind of finding; every table is of athlete a, on 2024-05-01 where it names no day."""
    frames = {}
    for name, columns in tables.items():
        frame = pd.DataFrame({"athlete_id": "a", **columns})
        if name != "athletes":
            frame["day"] = pd.to_datetime(frame["day"]) if "day" in frame else pd.Timestamp("2024-05-01")
        frames[name] = frame
    result = check_cohort(Cohort.from_tables("one", frames), TODAY)
    assert json.loads(json.dumps(result, allow_nan=False)) == result
    for finding in result["findings"]:
        assert finding["text"] in result["warnings"]
        assert finding["text"].startswith(f"a, {finding['days'][0]}")
    return {f["kind"]: f["days"] for f in result["findings"]}


def activity(**values: object) -> dict[str, list[object]]:
    plain = {"activity_id": "1", "sport": "running", "duration_s": 3600.0, "distance_m": 10_000.0}
    return {key: [value] for key, value in (plain | values).items()}


def at(text: str) -> pd.Timestamp:
    return pd.Timestamp(text, tz="UTC")


@pytest.mark.parametrize(
    ("start", "somewhere"),
    [
        ("2024-04-30 09:59", False),
        ("2024-04-30 10:00", True),
        ("2024-05-02 11:59", True),
        ("2024-05-02 12:00", False),
    ],
)
def test_a_start_is_of_its_day_where_a_clock_somewhere_shows_that_day(start, somewhere):
    """Clocks are from 12 hours behind UTC to 14 ahead; the day is 2024-05-01."""
    assert ("other_day" not in told(activities=activity(start_time=at(start)))) is somewhere


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"hr_max_bpm": 200.0}, "heart_rate_above_maximum"),
        ({"hr_mean_bpm": 200.0}, "heart_rate_above_maximum"),
        ({"hr_mean_bpm": 150.0, "hr_max_bpm": 140.0}, "heart_rate_mean_above_peak"),
        ({"distance_m": 25_000.0}, "speed"),
        ({"distance_m": 15_000.0, "moving_time_s": 1_800.0}, "speed"),
        ({"distance_m": 10.0}, "crawl"),
        ({"duration_s": 0.0}, "no_duration"),
        ({"moving_time_s": 4_000.0}, "moving_longer"),
        ({"duration_s": 50_000.0}, "never_stopped"),
        ({"energy_kcal": 20_000.0}, "activity_energy"),
        ({"start_time": at("2024-05-04 06:00")}, "other_day"),
        ({"start_time": at("2024-05-01 20:00")}, "zone_day"),
        ({"day": "1989-12-31"}, "epoch"),
        ({"day": "2024-06-09"}, "future"),
        ({"sport": "swimming", "distance_m": 12_000.0}, "speed"),
        ({}, None),
        ({"hr_max_bpm": 184.0, "start_time": at("2024-05-01 06:00")}, None),
        ({"sport": "cycling", "distance_m": 40_000.0}, None),
    ],
)
def test_an_activity_that_is_hardly_true_is_told_of(values, kind):
    runner = {"athlete_id": ["a"], "hr_max_bpm": [180.0], "timezone": ["Australia/Sydney"]}
    found = told(athletes=runner, activities=activity(**values))
    assert list(found) == ([kind] if kind else [])


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"sleep_h": 16.5}, "long_sleep"),
        ({"sleep_h": 0.0}, "no_sleep"),
        ({"sleep_h": 0.3125}, "short_sleep"),
        ({"energy_intake_kcal": 12_000.0}, "energy_intake"),
        ({"energy_intake_kcal": 0.0}, "no_energy"),
        ({"fluid_ml": 20_000.0}, "fluid"),
        ({"steps": 200_000.0}, "steps"),
        ({"sleep_h": 8.0, "energy_intake_kcal": 2_500.0, "fluid_ml": 2_000.0}, None),
    ],
)
def test_a_diary_day_that_is_hardly_true_is_told_of(values, kind):
    found = told(diary={key: [value] for key, value in values.items()})
    assert found == ({kind: ["2024-05-01"]} if kind else {})


def test_leaps_of_mass_overlaps_and_lost_years_are_told_of():
    days = ["2024-05-01", "2024-05-02", "2024-05-03", "2024-05-20"]
    assert told(diary={"day": days, "mass_kg": [60.0, 60.5, 133.0, 62.0]}) == {"mass_jump": ["2024-05-03"]}
    times = [at("2024-05-01 06:00"), at("2024-05-01 06:50"), at("2024-05-01 07:55")]
    runs = {"activity_id": list("123"), "start_time": times, "duration_s": [7200.25, 60.5, 60.0]}
    assert told(activities={"day": ["2024-05-01"] * 3, **runs}) == {"overlap": ["2024-05-01"]}
    assert told(diary={"day": ["2022-05-01", "2024-05-01"], "steps": 9000.0}) == {"year_gap": ["2024-05-01"]}


@pytest.mark.parametrize(
    ("trains", "mornings", "told_of", "kinds"),
    [
        (
            ["2024-02-01", "2024-02-03"],
            60,
            {},
            {"training_stops": ["2024-02-04"]},
        ),  # the import ends in the middle
        (["2024-02-01", "2024-03-20"], 60, {}, {"training_stops": ["2024-02-02"]}),
        (["2024-02-01", "2024-03-20"], 20, {}, {}),
        (["2024-02-01", "2024-03-15"], 60, {}, {"training_stops": ["2024-02-02"]}),  # 42 days
        (["2024-02-01", "2024-03-14"], 60, {}, {}),
        (["2024-02-01", "2024-03-20"], 60, {"day": ["2024-02-20"], "training_logged": 0.0}, {}),
    ],
)
def test_training_that_stops_while_mornings_go_on_is_told_of(trains, mornings, told_of, kinds):
    days = pd.date_range("2024-01-20", periods=mornings)
    scale = {"scale_min": 1.0, "scale_max": 5.0, "scale_direction": 1.0, "fatigue_native": 3.0}
    ratings = {"day": days, "fatigue": np.arange(mornings) % 10.0, **scale}
    runs = {"activity_id": [str(n) for n in range(len(trains))], "sport": "running", "day": trains}
    assert told(activities=runs, ratings=ratings, **({"diary": told_of} if told_of else {})) == kinds


def test_of_one_run_by_two_clocks_the_hours_between_them_are_told():
    both = pd.DataFrame({"activity_id": ["1", "2"], "athlete_id": "a", "day": DAYS[0], "sport": "running"})
    both = both.assign(start_time=[at("2024-01-01 06:00"), at("2024-01-01 07:30")], source=["fit", "gpx"])
    both = both.assign(distance_m=10_000.0, duration_s=3_600.0)
    (found,) = check_cohort(Cohort.from_tables("one", {"activities": both}), TODAY)["findings"]
    assert (found["kind"], "of another source 1.5 h before it" in found["text"]) == ("twin", True)


@pytest.mark.parametrize(
    ("minutes", "other", "twice"),
    [
        (120.5, {}, True),
        (-330, {"duration_s": 3_550.0}, True),
        (140, {}, False),
        (120, {"source": "fit"}, False),
        (120, {"distance_m": 9_000.0}, False),
        (120, {"sport": "cycling"}, False),
        (1440, {}, False),
    ],
)
def test_one_run_by_two_clocks_is_told_of(minutes, other, twice):
    first = at("2024-05-01 12:00")
    plain = {
        "start_time": first + pd.Timedelta(minutes=minutes),
        "distance_m": 10_000.0,
        "duration_s": 3_600.0,
    }
    second = {"sport": "running", "source": "gpx", **plain, **other}
    one = {
        "start_time": first,
        "distance_m": 10_050.0,
        "duration_s": 3_600.0,
        "sport": "running",
        "source": "fit",
    }
    pair = {key: [one[key], second[key]] for key in one} | {"activity_id": ["1", "2"]}
    day = [t.tz_localize(None).normalize() for t in pair["start_time"]]
    assert ("twin" in told(activities={**pair, "day": day})) is twice


def test_ratings_from_before_their_day_from_memory_and_all_alike_are_told_of():
    days = list(DAYS[:14])
    answers = [d.tz_localize("UTC") + pd.Timedelta(hours=7) for d in days]
    answers[3] -= pd.Timedelta(days=2)
    answers[5] += pd.Timedelta(days=4)
    answers[7] -= pd.Timedelta(hours=21)  # 14 hours ahead of UTC the day has begun
    scale = {"scale_min": 1.0, "scale_max": 5.0, "scale_direction": 1.0, "fatigue_native": 3.0}
    found = told(ratings={"day": days, "fatigue": 5.0, "answered_at": answers, **scale})
    assert found == {
        "answered_before": ["2024-01-04"],
        "answered_late": ["2024-01-06"],
        "one_answer": ["2024-01-01"],
    }


@pytest.mark.parametrize(("days_ahead", "future"), [(1, False), (2, True)])
def test_somewhere_tomorrow_has_begun_and_the_day_after_has_not(days_ahead, future):
    day = pd.Timestamp(TODAY) + pd.Timedelta(days=days_ahead)
    assert ("future" in told(diary={"day": [day], "sleep_h": 8.0})) is future


def test_a_race_of_fourteen_hours_is_no_watch_that_was_left_on():
    assert told(activities=activity(duration_s=50_400.0, distance_m=100_000.0)) == {}


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Auckland"])
@pytest.mark.parametrize(("days_later", "is_late"), [(2, False), (3, True)])
def test_answers_are_late_by_the_clock_at_home(zone, days_later, is_late):
    """Half an hour before and after midnight at home: UTC has another day at one of them."""
    for clock in ("00:30", "23:30"):
        answered = pd.DatetimeIndex([f"{DAYS[0].date()} {clock}"], tz=zone) + pd.Timedelta(days=days_later)
        scale = {"scale_min": 1.0, "scale_max": 5.0, "scale_direction": 1.0, "fatigue_native": 3.0}
        ratings = {"day": DAYS[:1], "fatigue": 5.0, "answered_at": answered.tz_convert("UTC"), **scale}
        found = told(athletes={"athlete_id": ["a"], "timezone": [zone]}, ratings=ratings)
        assert ("answered_late" in found) is is_late


@pytest.mark.parametrize(("shift", "words"), [(0, None), (1, "a day earlier"), (-1, "a day later")])
def test_nights_on_the_wrong_day_are_told_of(shift, words):
    rng = np.random.default_rng(3)
    days = pd.date_range("2024-01-01", periods=120, unit="us")
    hours = rng.normal(7.5, 1.0, len(days))
    quality = np.clip(5 + 1.5 * (hours - 7.5) + rng.normal(0, 0.7, len(days)), 0, 10)
    diary = pd.DataFrame({"athlete_id": "a", "day": days, "sleep_h": hours, "sleep_quality_score": quality})
    diary["sleep_h"] = diary["sleep_h"].shift(shift)
    found = check_cohort(Cohort.from_tables("one", {"diary": diary}), TODAY)["findings"]
    assert [f["kind"] for f in found] == (["night_shifted"] if words else [])
    assert all(words in f["text"] for f in found)


@pytest.mark.parametrize(
    ("first", "then", "told_of"), [(5, 10, True), (10, 5, True), (10, 10, False), (5, 5, False)]
)
def test_a_scale_that_changes_in_the_middle_of_a_log_is_told_of(first, then, told_of):
    chance, days = np.random.default_rng(3), pd.date_range("2024-01-01", periods=80, unit="us")
    answers = [float(chance.integers(1, (first if i < 50 else then) + 1)) for i in range(80)]
    scale = {"scale_min": 1.0, "scale_max": 10.0, "scale_direction": 1.0}
    ratings = {"athlete_id": "a", "day": days, "fatigue": answers, "fatigue_native": answers, **scale}
    found = check_cohort(Cohort.from_tables("one", {"ratings": pd.DataFrame(ratings)}))["findings"]
    assert [f["kind"] for f in found] == (["scale_changed"] if told_of else [])
    assert all("above 5 only before or since" in f["text"] for f in found)
    assert all(abs(pd.Timestamp(f["days"][0]) - days[50]) <= pd.Timedelta(days=4) for f in found)


@pytest.mark.parametrize(
    ("sources", "kind", "words"),
    [
        (
            ["note"] * 7,
            "scales_differ",
            "10 (fresh) to 1 (exhausted) on 2 mornings: right where the question changed",
        ),
        (
            ["note"] * 5 + ["table"] * 2,
            "scales_by_source",
            "on 2 mornings of table: right where each source asks",
        ),
    ],
)
def test_answers_told_to_be_on_several_scales_are_told_of(sources, kind, words):
    ratings = pd.DataFrame({"athlete_id": "a", "day": pd.date_range("2024-01-01", periods=7, unit="us")})
    ratings = ratings.assign(
        fatigue=[1.0, 2, 3, 4, 5, 6, 7], fatigue_native=2.0, scale_min=1.0, scale_max=10.0
    )
    ratings = ratings.assign(scale_direction=[1.0] * 5 + [-1.0] * 2, source=sources)
    (found,) = check_cohort(Cohort.from_tables("one", {"ratings": ratings}))["findings"]
    assert found["kind"] == kind
    assert (
        "a, 2024-01-06 and 1 more day: answers on more than one scale: 1 (fresh) to 10 (ex" in found["text"]
    )
    assert words in found["text"]
    other = ratings.assign(athlete_id=["a"] * 5 + ["b"] * 2)  # a squad may well ask each on their own
    assert not check_cohort(Cohort.from_tables("two", {"ratings": other}))["findings"]


def test_one_of_a_team_who_answers_the_other_way_round_is_told_of_by_soreness():
    team = cohort(people="abcd")
    sore = team.ratings[["athlete_id", "day", "fatigue"]].rename(columns={"fatigue": "soreness_score"})
    sore.loc[sore["athlete_id"] == "c", "soreness_score"] *= -1
    sore["soreness_score"] += 10 * (sore["athlete_id"] == "c")
    result = check_cohort(Cohort.from_tables("team", {"ratings": team.ratings, "diary": sore}))
    assert (result["scale"]["suspicious_scale"], result["scale"]["against"]) == (False, ["c"])
    assert any("or falls as soreness rises, in c:" in warning for warning in result["warnings"])


def test_shares_leave_out_days_that_cannot_be():
    days = ["1970-01-01", "2024-05-01", "2024-05-02", "2024-05-04", "2031-01-01"]
    diary = pd.DataFrame(
        {"athlete_id": "a", "day": pd.to_datetime(days), "sleep_h": [8.0, 8.0, 8.0, np.nan, 8.0]}
    )
    diary["steps"] = 9000.0
    (who,) = check_cohort(Cohort.from_tables("one", {"diary": diary}), TODAY)["athletes"]
    assert (who["first_day"], who["last_day"], who["days"]) == ("2024-05-01", "2024-05-04", 4)
    assert who["run_shares"]["heart_rate"] is None


def test_many_athletes_with_the_same_fault_are_named_together():
    diary = pd.DataFrame({"athlete_id": list("abcdefgh"), "day": pd.Timestamp("2024-05-01"), "sleep_h": 20.0})
    result = check_cohort(Cohort.from_tables("many", {"diary": diary}), TODAY)
    assert len(result["findings"]) == 8
    assert result["warnings"][-1] == "the same (long sleep) in 3 more: f, g, h"


@pytest.mark.parametrize(("name", "people"), [("pmdata", 16), ("soccermon", 50)])
def test_real_scales_point_the_right_way(real_data, tmp_path, name, people):
    imported = READERS[name](real_data / name)
    real = Cohort.from_tables(name, imported.tables)
    store = Store(tmp_path / "store")
    store.write(real, imported.report, imported.attribution)
    result = check_store(store)
    assert result == check_cohort(real)
    assert json.loads(json.dumps(result)) == result
    assert result["totals"]["athletes"] == people
    assert result["scale"]["fatigue_readiness_mean"] < -0.35
    assert result["scale"]["fatigue_soreness_mean"] > 0.15
    assert not result["scale"]["suspicious_scale"]
