"""What an explanation and the rules for seeking help are told of the log."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.cohort import Cohort
from heavylegs.serve.explain import accuracy_sentence, explain, facts_of, recent_of
from heavylegs.serve.wording import session

DAYS = pd.date_range("2024-01-01", periods=70)


def log(minutes: np.ndarray, injury: float) -> Cohort:
    ran = minutes > 0
    activities = pd.DataFrame(
        {
            "activity_id": [f"r{i}" for i in range(int(ran.sum()))],
            "athlete_id": "a",
            "day": DAYS[ran],
            "sport": "running",
            "duration_s": 60.0 * minutes[ran],
            "distance_m": 180.0 * minutes[ran],
            "session_rpe": 5.0,
        }
    )
    diary = pd.DataFrame({"athlete_id": "a", "day": DAYS[-1:], "injury": injury})
    return Cohort.from_tables("hand", {"activities": activities, "diary": diary})


def test_facts_look_back_and_leave_the_day_itself_out_of_the_longest_run():
    minutes = np.full(70, 60.0)
    minutes[20] = 120
    minutes[-14:] = [60, 30, 60, 30, 60, 0, 60, 30, 60, 60, 60, 60, 60, 200]
    facts = facts_of(log(minutes, injury=1.0), "a", DAYS[-1].date())
    assert facts == {"longest_run_90d_m": pytest.approx(21_600), "injury": 1.0, "easy_days_14d": 4.0}


def test_what_the_log_does_not_tell_is_left_out():
    minutes = np.zeros(70)
    minutes[-1] = 60
    assert facts_of(log(minutes, injury=np.nan), "a", DAYS[-1].date()) == {}


def test_facts_tell_the_heat_of_the_day_and_what_its_run_lacked():
    cohort = log(np.array([0.0] * 69 + [60.0]), injury=np.nan)
    noon = pd.Timestamp(DAYS[-1]).tz_localize("UTC") + pd.Timedelta(hours=12)
    ran = {"start_time": noon, "place_id": "here", "mass_before_kg": 70.0, "mass_after_kg": 68.6}
    tables = cohort.tables() | {
        "activities": cohort.activities.assign(**ran),
        "athletes": pd.DataFrame({"athlete_id": ["a"], "mass_kg": [70.0]}),
        "weather": pd.DataFrame(
            {"place_id": "here", "time": [noon], "temperature_c": 25.0, "relative_humidity_pct": 50.0}
        ),
    }
    facts = facts_of(Cohort.from_tables("hand", tables), "a", DAYS[-1].date())
    assert facts == {"wbgt_c": pytest.approx(24.3, abs=0.05), "run_fluid_deficit_pct": pytest.approx(2.0)}


@pytest.mark.parametrize(
    ("zone", "clock"), [("Europe/Oslo", "18:30"), (None, "16:30 UTC"), ("Oslo", "16:30 UTC")]
)
def test_a_session_is_told_by_the_clock_at_home_where_it_is_known(model, cohort, zone, clock):
    started = cohort.activities[cohort.activities["sport"] == "running"].iloc[-1]
    day = started["day"]
    activities = cohort.activities.assign(start_time=(day + pd.Timedelta(hours=16.5)).tz_localize("UTC"))
    at_home = replace(cohort, activities=activities, athletes=cohort.athletes.assign(timezone=zone))
    told = explain(at_home, model, started["athlete_id"], day.date())
    assert [abs(f.points) for f in told.factors] == sorted(
        (abs(f.points) for f in told.factors), reverse=True
    )
    assert told.activities
    assert all(session(a)[0].replace("\u00a0", " ").endswith(f", {clock}") for a in told.activities)


@pytest.mark.parametrize(
    ("skill", "verdict"), [(0.19, "10.0 % below"), (-0.21, "10.0 % above"), (0.0, "0.0 % below")]
)
def test_accuracy_is_told_as_the_share_of_the_best_rules_miss(skill, verdict):
    record = {
        "protocol": "time",
        "information": "evening",
        "n_days": 1200,
        "n_athletes": 16,
        "cohort": "hand",
    }
    record |= {"rmse": 0.459, "skill": skill, "best_baseline": "ewma_7"}
    told = accuracy_sentence({"held_out": record})
    assert f"(RMSE) was 0.46 steps of the cohort's own scale, {verdict} the best simple rule (EWMA-7" in told
    told = accuracy_sentence({"held_out": record, "native_span": 10.0})  # several scales, or one of 10
    assert "(RMSE) was 0.46 points of 10" in told
    assert accuracy_sentence({}) == ""


def test_recent_mornings_are_of_eight_weeks_up_to_the_day_itself():
    ratings = pd.DataFrame({"athlete_id": "a", "day": DAYS, "fatigue": np.arange(70.0) / 10})
    others = ratings.assign(athlete_id="b", fatigue=9.9)
    told = recent_of(pd.concat([ratings, others]), "a", DAYS[65].date())
    assert (told[0], told[-1], len(told)) == ((DAYS[10].date(), 1.0), (DAYS[65].date(), 6.5), 56)


def test_what_is_usual_beside_a_value_is_of_the_eight_weeks_before_the_day(model, cohort, matrix):
    own = matrix.rows((matrix.keys["athlete_id"] == "sim-0003").to_numpy())
    day = own.day[70]
    told = explain(cohort, model, "sim-0003", day.item())
    before = own.rows((own.day < day) & (own.day >= day - np.timedelta64(56, "D"))).frame.mean()
    values = {v.name: v for f in told.factors for v in f.values if v.usual is not None}
    assert len(values) > 20
    for part in told.factors:
        assert sum(v.points for v in part.values) == pytest.approx(part.points, abs=1e-5)
    for name, value in values.items():
        assert value.usual == pytest.approx(before[name], rel=1e-5, abs=1e-6)
