"""What the simulated runners do not write down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import Floats, Mask
from .simulate_tools import Dice


@dataclass(frozen=True)
class Gaps:
    """What is written down, masks of shape (athletes, days); the true doses go on regardless."""

    diary: Mask
    food: Mask
    heart: Mask
    hrv: Mask
    night: Mask
    scales: Mask
    answer: Mask
    activity: Mask
    exertion: Mask
    weighed: Mask
    rate: float


def draw_gaps(dice: Dice, this_morning: Floats, gaps: float = 1.0, when_tired: float = 1.0) -> Gaps:
    """Draw gaps: people who never log a thing, lost weeks, single days, and more after bad mornings.

    Parameters
    ----------
    this_morning : ndarray
        Latent fatigue of each day's own morning.
    gaps, when_tired : float
        Multiples of the rates at random, and of what bad mornings add to them; 0 leaves none.
    """
    worse = np.clip(this_morning - np.median(this_morning, axis=1, keepdims=True), 0.0, 4.0)
    silent = dice.spells("silent", 0.008, 4, 14) & (dice.daily_uniform("diary in silence") < 0.8 * gaps)

    def keeps(name: str, owners: float, missing: float, after_bad: float = 0.0) -> Mask:
        own = dice.person_uniform(name + " owner") < 1.0 - gaps * (1.0 - owners)
        lost = gaps * missing + when_tired * after_bad * worse
        return np.asarray(own & (dice.daily_uniform(name + " kept") > lost))

    pauses = dice.spells("food pause", 0.012, 3, 10) & (dice.person_uniform("pauses food") < gaps)
    diary = ~silent & keeps("diary", 1.0, 0.03, 0.02)
    return Gaps(
        diary=diary,
        food=keeps("food", 0.7, 0.06, 0.04) & ~pauses,
        heart=keeps("heart rate", 0.88, 0.03),
        hrv=keeps("hrv", 0.6, 0.08),
        night=keeps("watch at night", 0.75, 0.05),
        scales=keeps("scales", 0.55, 0.45),
        answer=~silent & keeps("answer", 1.0, 0.06, 0.035),
        activity=keeps("activity", 1.0, 0.025),
        exertion=keeps("exertion", 1.0, 0.08, 0.01),
        weighed=keeps("weighed run", 0.35, 0.6),
        rate=gaps,
    )
