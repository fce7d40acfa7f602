"""The runners' nights."""

from __future__ import annotations

import numpy as np

from .arrays import Floats, Whole
from .simulate_food import Intake
from .simulate_life import Circumstances
from .simulate_people import Runners
from .simulate_season import Season
from .simulate_tools import Dice, autoregressive, before


def draw_sleep(
    dice: Dice, runners: Runners, life: Circumstances, season: Season, intake: Intake, weekday: Whole
) -> Floats:
    """Return hours slept in the night that ended on each day.

    The evening before counts: 40 g of alcohol cost about half an hour, two points of stress a quarter.
    """
    early = season.run & (season.start_hour < 7.5)
    hours = runners.sleep_need_h - 0.45 + 0.35 * dice.person("sleep habit")
    hours = hours + np.where(weekday >= 5, 0.45, -0.05) - 0.45 * early
    hours = (
        hours
        + 0.75 * autoregressive(dice.daily("night"), 0.25)
        - 0.5 * dice.spells("short nights", 0.01, 3, 7)
    )
    hours = hours - 0.012 * before(intake.alcohol_g) - 0.13 * (before(life.stress, fill=3.6) - 3.6)
    return np.clip(hours + 0.4 * (life.illness > 0.9), 2.5, 11.5)
