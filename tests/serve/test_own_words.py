"""A forecast on the runner's own scale."""

from __future__ import annotations

from dataclasses import replace

import pytest
from heavylegs.data.own_scale import OwnScale
from heavylegs.serve.own_words import in_terminal, own_answer, own_rating, own_scale_sentence
from heavylegs.serve.report import render_html

from .explanations import explain, text_of

FRESHNESS = OwnScale(1, 5, -1, step=1.0)
SEVEN = OwnScale(1, 7, 1, step=1.0)


def forecast(scale, fatigue=4.0, low=3.1, high=5.1, bad=5.0, usual=3.0):
    return explain(
        {},
        level=fatigue,
        rest=0.0,
        low=low,
        high=high,
        bad_morning_from=bad,
        own_usual=usual,
        own_scale=scale,
    )


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (
            forecast(SEVEN),
            "On your own scale (1 to 7, 7 the most tired) that is 3.4 (usually 2.8), likely 3 or 4; clearly more tired than usual is 4 or more.",
        ),
        (
            forecast(FRESHNESS, bad=7.5),
            "On your own scale (1 to 5, 1 the most tired) that is 3.4 (usually 3.8), likely 3; clearly more tired than usual is 2 or less.",
        ),
        (
            forecast(FRESHNESS, 4.0, 1.0, 8.0, 10.0),
            "On your own scale (1 to 5, 1 the most tired) that is 3.4 (usually 3.8), likely 2 to 4; clearly more tired than usual is 1.",
        ),
        (
            forecast(OwnScale(0, 100, 1, step=1.0)),
            "On your own scale (0 to 100, 100 the most tired) that is 40 (usually 30), likely 31 to 51; clearly more tired than usual is 50 or more.",
        ),
        (
            forecast(OwnScale(0, 1, -1), bad=12.5, usual=None),
            "On your own scale (0 to 1, 0 the most tired) that is 0.60, likely 0.49 to 0.69.",
        ),
        (
            forecast(SEVEN, low=None, high=None, bad=None),
            "On your own scale (1 to 7, 7 the most tired) that is 3.4 (usually 2.8).",
        ),
        (
            forecast(SEVEN, 4.0, 3.6, 4.4, None),
            "On your own scale (1 to 7, 7 the most tired) that is 3.4 (usually 2.8), likely 3.2 to 3.6.",
        ),
        (
            forecast(OwnScale(6, 20, 1, step=1.0), 5.2, 5.2, 5.2, 7.5),
            "On your own scale (6 to 20, 20 the most tired) that is 13.3 (usually 10.2), likely 13.3; clearly more tired than usual is 17 or more.",
        ),
        (
            forecast(OwnScale(0, 100, -1), 4.0, 3.96, 4.04, 9.97),
            "On your own scale (0 to 100, 0 the most tired) that is 60 (usually 70), likely 60; clearly more tired than usual is 0.",
        ),
        (
            forecast(OwnScale(1, 5, 1), 4.0, 3.96, 4.44, 9.8),
            "On your own scale (1 to 5, 5 the most tired) that is 2.6 (usually 2.2), likely 2.6 to 2.8; clearly more tired than usual is 4.9 or more.",
        ),
        (
            replace(forecast(OwnScale(0, 1, 1), 0.3, -0.4, 1.0, 9.999, 0.1), tier="calibrating"),
            "On your own scale (0 to 1, 1 the most tired) that is 0.03 (mornings so far 0.01), likely 0.00 to 0.10; clearly more tired than usual is 1.",
        ),
        (forecast(OwnScale(0, 10, 1, step=1.0)), ""),
        (forecast(None), ""),
    ],
)
def test_forecast_answers_and_bad_mornings_are_told_as_the_runner_answers(told, sentence):
    assert own_scale_sentence(told) == sentence


@pytest.mark.parametrize(
    ("low", "high", "likely"),
    [(3.36, 5.1, "4"), (3.34, 5.1, "3 or 4"), (3.1, 4.96, "3 or 4"), (3.1, 4.94, "3"), (3.34, 8.3, "3 to 6")],
)
def test_an_answer_is_likely_where_it_prints_within_the_range_as_that_prints(low, high, likely):
    assert f"likely {likely};" in own_scale_sentence(forecast(SEVEN, 4.0, low, high))


@pytest.mark.parametrize(
    ("end", "written"), [(1.9, "0.77"), (2, "0.8"), (49, "19.8"), (50, "20"), (100, "40")]
)
def test_the_wider_a_scale_the_fewer_decimals_it_is_told_in(end, written):
    assert own_answer(OwnScale(0, end, 1), 4.04) == written


def test_a_rating_is_written_as_it_was_given_also_on_a_scale_of_before():
    assert [own_rating(SEVEN, f) for f in (10 / 3, 2.5, 10.0)] == ["3", "2.5", "7"]
    assert [own_rating(OwnScale(0, 1, 1), f) for f in (9.93, 9.9999)] == ["0.99", "1"]


def test_page_and_terminal_tell_the_own_scale_only_where_it_is_another():
    other, same = forecast(SEVEN), forecast(OwnScale(0, 10, 1, step=1.0))
    assert own_scale_sentence(other) in text_of(render_html(other))
    assert "your own scale" not in text_of(render_html(same))
    assert in_terminal(other).splitlines()[1] == own_scale_sentence(other)
    assert len(in_terminal(same).splitlines()) == 1
