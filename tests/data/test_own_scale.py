"""The scale on which an athlete answers."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from heavylegs.data.own_scale import OwnScale

DAYS = pd.date_range("2024-05-01", periods=4)


def ratings(native, low=1.0, high=5.0, direction=-1.0, athlete="a", days=DAYS):
    told = {"athlete_id": athlete, "day": days[: len(native)], "fatigue_native": native}
    return pd.DataFrame(told | {"scale_min": low, "scale_max": high, "scale_direction": direction})


def test_it_is_that_of_the_newest_answer_known_on_the_day():
    early, late = ratings([2.0, 3.0]), ratings([40.0, 41.0], 0.0, 100.0, 1.0, days=DAYS[2:])
    both = pd.concat([late, early, ratings([3.3] * 4, athlete="b")])
    assert OwnScale.of(both, "a", date(2024, 5, 2)) == OwnScale(1, 5, -1, step=1.0)
    assert OwnScale.of(both, "a", date(2024, 5, 4)) == OwnScale(0, 100, 1, step=1.0)
    assert OwnScale.of(both, "a", date(2024, 5, 3)) == OwnScale(0, 100, 1, step=1.0)
    assert OwnScale.of(both, "a", date(2024, 4, 30)) is None
    widened = pd.concat([ratings([2.0, 2.5]), ratings([6.0, 7.0], 1.0, 7.0, days=DAYS[2:])])
    assert OwnScale.of(widened, "a", date(2024, 5, 4)) == OwnScale(1, 7, -1, step=1.0)


def test_a_scale_is_shared_where_all_ratings_have_it():
    ann, bob = ratings([2.0, 3.0]), ratings([1.0, 2.5], athlete="b")
    assert OwnScale.shared(pd.concat([ann, bob])) == OwnScale(1, 5, -1, step=0.5)
    assert OwnScale.shared(pd.concat([ann, ratings([2.0], 1, 5, 1, athlete="b")])) is None
    assert OwnScale.shared(ann.head(0)) is None


@pytest.mark.parametrize(
    ("native", "low", "high", "step"),
    [
        ([1.0, 4.0], 1, 5, 1.0),
        ([1.0, 2.5], 1, 5, 0.5),
        ([0.5, 2.5], 0.5, 4.5, 1.0),
        ([1.0, 2.25], 1, 5, None),
        ([0.0, 3.0], 0, 2.4, None),
        ([6.0, 13.0], 6, 20, 1.0),
        ([0.0, 31.0], 0, 100, 1.0),
        ([0.0, 30.5], 0, 100, None),
        ([100.0, 700.0], 0, 1000, None),
    ],
)
def test_its_answers_lie_as_far_apart_as_the_given_ones(native, low, high, step):
    assert OwnScale.of(ratings(native, low, high), "a", date(2024, 5, 4)).step == step


@pytest.mark.parametrize(
    ("scale", "answers"),
    [
        (OwnScale(1, 5, -1, step=1.0), [1, 2, 3, 4, 5]),
        (OwnScale(-1, 1, 1, step=0.5), [-1, -0.5, 0, 0.5, 1]),
        (OwnScale(0, 1, -1), []),
    ],
)
def test_its_answers_are_told_from_end_to_end_and_a_slider_has_none(scale, answers):
    assert scale.answers.tolist() == answers


def test_that_of_forecasts_is_canonical():
    assert OwnScale(0, 10, 1).is_canonical
    assert not OwnScale(0, 10, -1).is_canonical
