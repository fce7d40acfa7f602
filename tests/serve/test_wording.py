"""Numbers and sentences as a runner reads them: the right way round, and rounded as they are shown."""

from __future__ import annotations

import math
from datetime import date

import pytest
from heavylegs.data.changes import Change
from heavylegs.models.explanation import FactorPoints, NotYet, WhatIf
from heavylegs.serve.printed import duration, long_day, pace, quantity, tenths
from heavylegs.serve.what_if import change_text, moved_text, through
from heavylegs.serve.wording import (
    bad_morning_sentence,
    chance_words,
    clock,
    comparison,
    first_forecast_sentence,
    interval_sentence,
    moved_sentence,
    range_words,
)

from .explanations import explain


@pytest.mark.parametrize(
    ("value", "unit", "name", "shown"),
    [
        (1.0, "steps", "", "1 step"),
        (2.0, "steps", "", "2 steps"),
        (1.0, "d/week", "", "1 day a week"),
        (0.95, "d", "", "0.95 days"),
        (7.55, "h", "", "7.6 h"),
        (1_250.0, "mL", "", "1.3 L"),
        (12_345.0, "mg", "", "12.3 g"),
        (950.0, "mg", "", "950 mg"),
        (1_240.0, "m", "ascent_1d_m", "1,240 m"),
        (1_240.0, "m", "run_distance_1d_m", "1.2 km"),
        (0.275, "share", "", "28 %"),
        (0.105, "ln rMSSD", "", "10 %"),
        (-0.105, "ln rMSSD", "", "\N{MINUS SIGN}11 %"),
        (1.38, "", "load_ratio", "1.4 times"),
        (4.0, "m/s", "", "4:10 min/km"),
        (0.2, "m/s", "", "0.2 m/s"),
        (95.0, "min", "", "1 h 35 min"),
        (3_599.0, "s", "", "1 h 00 min"),
        (1.0, "0/1", "", "yes"),
        (0.0, "0/1", "", "no"),
        (0.0, "0 = Monday", "", "Monday"),
        (6.0, "0 = Monday", "", "Sunday"),
        (320.0, "AU/week", "", "320 load units a week"),
        (float("nan"), "h", "", "not logged"),
        (0.0, "h", "", "0 h"),
    ],
)
def test_a_quantity_is_told_as_a_runner_would(value, unit, name, shown):
    assert quantity(value, unit, name).replace("\N{NO-BREAK SPACE}", " ") == shown


def test_times_and_days_are_rounded_to_the_nearest_and_named():
    assert (duration(89.9), duration(3569)) == ("1\N{NO-BREAK SPACE}min", "59\N{NO-BREAK SPACE}min")
    assert pace(1000 / 299.6) == "5:00\N{NO-BREAK SPACE}min/km"
    assert long_day(date(2020, 1, 14)) == "Tuesday 14 January 2020"
    assert (clock("2020-01-14T07:10:00+00:00"), clock("2020-01-14T07:10:00+01:00"), clock("soon")) == (
        "07:10\N{NO-BREAK SPACE}UTC",
        "07:10",
        "",
    )
    assert [tenths(v) for v in (0.25, 0.35, -0.25, 0.249)] == [3, 4, -3, 2]


@pytest.mark.parametrize(
    ("forecast", "words"),
    [
        (4.6, "just your usual 4.6"),
        (4.8, "about your usual 4.6"),
        (4.9, "a little more tired than your usual 4.6"),
        (4.3, "a little fresher than your usual 4.6"),
        (5.6, "more tired than your usual 4.6"),
        (6.6, "much more tired than your usual 4.6"),
        (2.5, "much fresher than your usual 4.6"),
    ],
)
def test_a_forecast_is_held_against_the_usual_the_right_way_round(forecast, words):
    assert comparison(forecast, 4.6) == words


@pytest.mark.parametrize(
    ("factors", "rest", "words"),
    [
        ([("poor_sleep", 0.5), ("heat_stress", -0.3)], 0.0, "Sleep moved it up by 0.5; heat moved it down by 0.3."),
        ([("poor_sleep", -0.5), ("heat_stress", 0.3)], 0.0, "Sleep moved it down by 0.5; heat moved it up by 0.3."),
        ([("poor_sleep", 0.9), ("heat_stress", 0.3), ("dehydration", 0.2)], 0.0, "Sleep moved it up by 0.9 and heat by 0.3."),
        ([("poor_sleep", 0.04)], 0.0, "No single factor moved the forecast by as much as 0.1."),
        (
            [("poor_sleep", 0.2)],
            -0.6,
            "Sleep moved it up by 0.2. Weekday, season and what the log does not hold moved it down by 0.6.",
        ),
    ],
)  # fmt: skip
def test_what_moved_the_forecast_most_is_told_first_and_with_its_direction(factors, rest, words):
    assert moved_sentence(factors, rest) == words


def test_a_forecast_far_from_a_few_mornings_is_not_called_tired_or_fresh_beside_them():
    told = comparison(2.2, 0.0, "your mornings so far")
    assert told == "your mornings so far, 0.0 on average, are few: the forecast still leans on what is common"
    assert (
        comparison(1.0, 0.4, "your mornings so far") == "a little more tired than your mornings so far, 0.4"
    )


@pytest.mark.parametrize(("rated", "ground"), [(True, "your recent mornings"), (False, "other runners")])
def test_a_day_without_a_log_says_where_the_forecast_starts(rated, ground):
    assert moved_sentence([], spoke=False, rated=rated).endswith(f"{ground}.")


@pytest.mark.parametrize(
    ("low", "high", "chance", "said"),
    [
        (4.0, 6.4, 0.1, "Your usual lies inside it, so an ordinary morning is well possible."),
        (4.0, 6.4, 0.6, "Your usual lies inside it."),
        (5.0, 6.4, 0.1, "Your usual lies outside it."),
        (1.0, 4.5, 0.1, "Your usual lies outside it."),
        (1.0, 7.1, 0.1, "It is so wide that the forecast says little."),
    ],
)
def test_a_range_says_whether_the_usual_lies_in_it(low, high, chance, said):
    e = explain({}, level=5.2, rest=0.0, low=low, high=high, p_bad_morning=chance)
    assert interval_sentence(e, 4.6).endswith(said)


@pytest.mark.parametrize(
    ("low", "high", "chance", "side"),
    [
        (2.3, 5.2, 0.1, "below"),
        (5.1, 7.0, 0.1, "above"),
        (2.3, 5.2, 0.6, None),
        (4.4, 5.2, 0.1, None),
        (2.3, 5.4, 0.1, None),
    ],
)
def test_a_range_that_ends_at_its_forecast_says_why(low, high, chance, side):
    told = interval_sentence(explain({}, level=5.2, rest=0.0, low=low, high=high, p_bad_morning=chance), None)
    assert ("ends at the forecast" in told) is (side is not None)
    if side:
        assert f"most answers after forecasts like this one were {side} it" in told


@pytest.mark.parametrize(
    ("chance", "words"),
    [
        (0.02, "hardly any"),
        (0.05, "about 1 in 20"),
        (0.08, "about 1 in 10"),
        (0.26, "about 3 in 10"),
        (0.94, "about 9 in 10"),
        (0.95, "nearly all"),
    ],
)
def test_a_chance_is_told_in_tenths_and_never_as_ten_in_ten(chance, words):
    assert chance_words(chance) == words


@pytest.mark.parametrize(
    ("limit", "words"),
    [(7.5, "should be rated 7.5 or more, clearly"), (10.0, "should be rated 10.0, clearly"), (12.5, "")],
)
def test_a_bad_morning_is_told_where_the_scale_has_one(limit, words):
    told = bad_morning_sentence(explain({}, p_bad_morning=0.31, bad_morning_from=limit))
    assert (words in told, bool(told)) == (True, bool(words))


@pytest.mark.parametrize(
    ("low", "high", "unclear"), [(0.11, 1.32, False), (-0.2, 0.4, True), (-0.9, -0.1, False)]
)
def test_the_range_of_a_factors_points_says_whether_its_direction_is_clear(low, high, unclear):
    words = range_words(FactorPoints("poor_sleep", (low + high) / 2, (), low, high))
    assert ("direction is unclear" in words) is unclear


@pytest.mark.parametrize(
    ("name", "old", "new", "unit", "words"),
    [
        ("distance_km", 12_400.0, 6_200.0, "m", "so (12.4 \N{RIGHTWARDS ARROW} 6.2 km)"),
        ("sleep_h", math.nan, 8.0, "h", "so (not logged \N{RIGHTWARDS ARROW} 8 h)"),
        ("training", 1.0, 0.5, "share", "so (100 \N{RIGHTWARDS ARROW} 50 %)"),
        ("illness", 1.0, 0.0, "0/1", "so (yes \N{RIGHTWARDS ARROW} no)"),
    ],
)
def test_a_change_is_told_from_what_was_to_what_would_be(name, old, new, unit, words):
    told = change_text(Change(name, "so", old, new, unit, lambda cohort: cohort))
    assert told.replace("\N{NO-BREAK SPACE}", " ") == words


def test_what_a_change_moves_is_told_with_its_sign_and_the_factors_that_it_goes_through():
    what = WhatIf(
        "so", 4.0, -0.304, {"poor_sleep": -0.4, "dehydration": 0.1, "heat_stress": 0.004}, unclear=True
    )
    assert moved_text(what) == "\N{MINUS SIGN}0.30 (unclear)"
    assert through(what) == "Sleep \N{MINUS SIGN}0.40, Fluid +0.10"


@pytest.mark.parametrize(
    ("missing", "words"), [(1, "Rate the next morning as"), (2, "Rate the next 2 mornings as")]
)
def test_who_has_no_forecast_yet_hears_how_many_mornings_to_rate_and_when_it_comes(missing, words):
    day, first = date(2020, 1, 13), date(2020, 1, 15)
    told = NotYet("c", "a", day, day, "evening", "too few", 3 - missing, missing, first, (), (), "")
    assert first_forecast_sentence(told).startswith(words)
    assert "for the morning of Wednesday 15 January 2020." in first_forecast_sentence(told)
