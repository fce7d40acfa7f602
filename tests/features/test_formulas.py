"""Formulas at their edges: values that their sources publish, or that a line of arithmetic gives."""

from __future__ import annotations

import pytest
from heavylegs.features import effort

from .test_families import days_of


@pytest.mark.parametrize(
    ("climb", "cost"),
    [
        # Minetti 2002 at +.1 and -.1: odd powers cancel, 3.6 + 46.3 x .1^2 - 30.4 x .1^4 is left.
        ({"ascent_m": 500.0, "descent_m": 500.0}, 4.05996),
        ({"ascent_m": 500.0}, 4.05996),
        ({"descent_m": 500.0}, 4.05996),
        ({}, 3.6),
        # All of it uphill, as half at +.2 and half on the level: told as 0 is not untold.
        ({"ascent_m": 1000.0, "descent_m": 0.0}, (9.006688 + 3.6) / 2),
    ],
)
def test_a_climb_of_which_one_half_was_not_recorded_costs_what_the_whole_does(
    climb: dict[str, float], cost: float
) -> None:
    days = days_of([60], distance_m=10_000.0, **climb)
    assert days.each(effort.energy_kcal)[0] == pytest.approx(cost * 10_000 * 70 / 4184, rel=1e-5)
