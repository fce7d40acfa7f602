"""What training has to fit into: stress, illness, holidays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import Floats, Mask, Whole
from .simulate_people import Runners
from .simulate_tools import Dice, autoregressive
from .simulate_weather import CLIMATES


@dataclass(frozen=True)
class Circumstances:
    """What training has to fit into, arrays of shape (athletes, days).

    `illness` is 0 in health and up to 1 on an ill day; stress and mood are on 0-10.
    """

    illness: Floats
    injury: Mask
    holiday: Mask
    place: Whole
    stress: Floats
    mood: Floats


def draw_circumstances(dice: Dice, runners: Runners, weekday: Whole) -> Circumstances:
    """Draw illness spells, injuries, holidays with their place, stress and mood."""
    cold = dice.spells("cold", 0.007, 3, 8)
    condition = dice.spells("condition", 0.0006, 20, 45)
    holiday = dice.spells("holiday", 0.005, 6, 14)
    # A trip's place is decided by the day it began: the latest start holds.
    away = dice.daily_uniform("away")
    started = holiday & ~np.concatenate([np.zeros_like(holiday[:, :1]), holiday[:, :-1]], axis=1)
    today = np.arange(dice.days)
    began = np.maximum.accumulate(np.where(started, today, 0), axis=1)
    draw = np.take_along_axis(away, began, axis=1)
    elsewhere = holiday & (draw < 0.5)
    target = np.floor(draw * 2 * len(CLIMATES)).astype(np.int64) % len(CLIMATES)
    place = np.where(elsewhere, target, runners.home)
    busy = dice.spells("busy at work", 0.012, 4, 12)
    stress = 3.6 + 0.9 * dice.person("stress") + 1.4 * autoregressive(dice.daily("stress day"), 0.75)
    stress = stress + 2.2 * busy - 1.2 * holiday + np.where(weekday < 5, 0.3, -0.7)
    stress = np.clip(stress, 0.0, 10.0)
    mood = 7.2 + 0.7 * dice.person("mood") - 0.45 * (stress - 3.6)
    mood = mood + 0.9 * autoregressive(dice.daily("mood day"), 0.7) - 1.0 * cold
    return Circumstances(
        illness=np.maximum(1.0 * cold, 0.45 * condition),
        injury=dice.spells("injury", 0.003, 5, 16),
        holiday=holiday,
        place=place,
        stress=stress,
        mood=np.clip(mood, 0.0, 10.0),
    )
