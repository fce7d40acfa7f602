"""What own mornings have answered so far, by hand and by their limits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.cohort import Cohort
from heavylegs.features import sensitivity
from heavylegs.features.catalog import catalog
from heavylegs.features.days import Days
from heavylegs.features.matrix import build_matrix

from .test_families import days_of


def night_answer(name: str, days: Days) -> np.ndarray:
    return catalog("morning")[f"own_answer_to_{name}"].compute(days)


def test_a_night_is_answered_by_the_slope_of_past_mornings_drawn_to_nothing_by_ten_nights():
    """Nights of 8 h and 4 h, a morning of 4 and one of 6 after it: one answer, and none while it is the newest."""
    days = days_of(diary={"sleep_h": [8.0, 8.0, 4.0, 8.0, 6.0]}, ratings=[4.0, 4.0, 6.0, 4.0, 5.0])
    told = night_answer("last_night_of_all", days)
    mean = np.array(
        [8.0, 8.0, 20 / 3]
    )  # of the nights up to the last but one, for the nights of days 2, 3 and 4
    slope = -4.0 * 2.0 / (4.0**2 + 10)  # the night of day 3 was usual: only that of day 2 has told
    assert told[1] == told[2] == 0.0  # nothing has been answered but by the newest morning
    assert told[3] == pytest.approx(slope * (6.0 - mean[2]), rel=0.01)  # the answer weighs 199 / 200 by now
    assert np.isnan(told[4])  # the log ends: nobody knows the night after it


def test_the_newest_morning_answers_nothing_yet():
    slept, tired = [9.0, 8.0, 7.0, 5.0] * 5, [4.0, 4.0, 5.0, 7.0] * 5
    calm, bad = (days_of(diary={"sleep_h": slept}, ratings=[*tired[:-2], last, 4.0]) for last in (0.0, 10.0))
    for name in ("short_last_night", "last_night_in_week"):
        assert night_answer(name, calm)[-2] == night_answer(name, bad)[-2] != 0


def test_short_and_long_nights_have_answers_of_their_own():
    """Short nights tire this athlete at once, after long ones mornings are the usual ones."""
    slept, tired = [8.0, 8.0, 5.0, 8.0, 11.0] * 5, [4.0, 4.0, 7.0, 4.0, 5.0] * 5
    days = days_of(diary={"sleep_h": slept}, ratings=tired)
    short, long = night_answer("short_last_night", days), night_answer("long_last_night", days)
    assert short[-4] > 0.5  # the short night is to come
    assert short[-2] == 0.0  # the long one is
    assert -0.2 < long[-2] <= 0.0


def test_a_shorter_night_never_makes_any_answer_smaller():
    rng = np.random.default_rng(0)
    slept, tired = rng.normal(8, 1, 60), rng.uniform(2, 8, 60)
    before = days_of(diary={"sleep_h": list(slept)}, ratings=list(tired))
    names = [f.name for f in catalog("morning") if "last_night" in f.name and f.family == "sensitivity"]
    for day in (20, 40, 59):
        after = days_of(diary={"sleep_h": list(slept - (np.arange(60) == day))}, ratings=list(tired))
        for name in names:
            a, b = (catalog("morning")[name].compute(days) for days in (before, after))
            assert b[day - 1] >= a[day - 1], name  # the night before the morning of `day`
            assert b[day] == a[day] or np.isnan(a[day]), name  # a day later it is the night before last


def test_the_spread_starts_at_a_typical_one_and_finds_the_own():
    calm = sensitivity.own_spread(days_of(ratings=[5.0] * 200))
    assert np.isnan(calm[0])  # one report has no usual to scatter about
    assert calm[1] == pytest.approx(1.4 * np.sqrt(15 / 16))
    assert calm[-1] == pytest.approx(1.4 * np.sqrt(15 / (15 + 199)))


def test_the_spread_is_the_one_column_that_residuals_are_scaled_by():
    assert [f.name for f in catalog("evening").inputs("scale")] == ["own_spread_0_10"]


def test_nothing_is_said_of_the_spread_of_a_person_without_reports():
    assert np.isnan(sensitivity.own_spread(days_of([30, 0, 30]))).all()


def team(answers: dict[str, list[float | None]]) -> Days:
    """Return days of a group whose members reported these canonical ratings from one Monday on, and rated 5 for weeks before."""
    rows = [
        (name, pd.Timestamp("2024-01-01") + pd.Timedelta(days=i), value)
        for name, values in answers.items()
        for i, value in enumerate([5.0] * 28 + values)
        if value is not None
    ]
    ratings = pd.DataFrame(rows, columns=["athlete_id", "day", "fatigue"])
    ratings = ratings.assign(
        fatigue_native=ratings["fatigue"], scale_min=0.0, scale_max=10.0, scale_direction=1.0
    )
    athletes = pd.DataFrame({"athlete_id": list(answers), "group_id": "team"})
    return Days.of(Cohort.from_tables("team", {"athletes": athletes, "ratings": ratings}))


def test_the_groups_answer_is_its_newest_of_three_days_and_their_mean():
    days = team({"a": [7.0, None, 6.0], "b": [7.0, None, 6.0], "c": [7.0, None, 6.0]})
    frame = build_matrix(days.cohort).frame.iloc[28:31]
    newest = frame["group_fatigue_above_usual"].to_numpy()
    mean = frame["group_fatigue_above_usual_3d"].to_numpy()
    assert newest[0] == newest[1] == pytest.approx(2.0)
    assert mean[1] == pytest.approx(1.0)  # 0 on the day before, +2, and a day nobody reported
    assert mean[2] == pytest.approx((newest[0] + newest[2]) / 2)
