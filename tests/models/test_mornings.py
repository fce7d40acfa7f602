"""Mornings in order: what is left of them without their levels and without yesterday's share."""

from __future__ import annotations

import numpy as np
import pytest
from heavylegs.models.mornings import LEVEL_DAYS, Mornings

OWNER = np.repeat([0, 1], LEVEL_DAYS + 20)
DAY = np.tile(np.delete(np.arange(LEVEL_DAYS + 21), 7), 2)


def test_a_morning_follows_the_day_before_of_the_same_athlete_and_stretch():
    mornings = Mornings.of(OWNER, DAY)
    alone = np.isin(DAY, [0, 8, LEVEL_DAYS])  # the first, the one after the gap, and the new stretch's
    np.testing.assert_array_equal(mornings.follows, ~alone)


@pytest.mark.parametrize("memory", [0.0, 0.6])
def test_nothing_is_left_of_a_level_whatever_mornings_keep_of_the_day_before(memory):
    mornings = Mornings.of(OWNER, DAY)
    levels = np.random.default_rng(0).normal(size=mornings.stretch.max() + 1)
    weights = np.where(OWNER == 0, 1.0, 3.0)
    left = mornings.whitened(levels[mornings.stretch][:, None], weights, memory)
    np.testing.assert_allclose(left, 0.0, atol=1e-12)


def test_what_is_left_of_mornings_that_keep_half_of_the_day_before_hangs_on_it_no_more():
    dice = np.random.default_rng(1)
    owner, day = np.repeat(np.arange(40), LEVEL_DAYS), np.tile(np.arange(LEVEL_DAYS), 40)
    rest = dice.normal(size=len(owner))
    for i in np.flatnonzero(day):
        rest[i] += 0.5 * rest[i - 1]
    mornings = Mornings.of(owner, day)
    memory = mornings.memory(rest)
    assert memory == pytest.approx(0.5, abs=0.06)
    left = mornings.whitened(rest[:, None], np.ones(len(rest)), memory)[:, 0]
    assert mornings.memory(left) == pytest.approx(0.0, abs=0.03)


def test_squares_of_what_is_left_are_those_of_generalised_least_squares():
    days, memory = 12, 0.6
    y, ones = np.random.default_rng(2).normal(size=days), np.ones(days)
    sure = np.linalg.inv(memory ** np.abs(np.subtract.outer(np.arange(days), np.arange(days))))
    about_level = y - (ones @ sure @ y) / (ones @ sure @ ones)
    left = Mornings.of(np.zeros(days, dtype=int), np.arange(days)).whitened(y[:, None], ones, memory)
    assert (left**2).sum() == pytest.approx((1 - memory**2) * about_level @ sure @ about_level)
