"""The scale on which an athlete answers, and the answers that it has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from .arrays import Floats
from .schema import FatigueScale

ENDS = ["scale_min", "scale_max", "scale_direction"]
STEPS = (1.0, 0.5)
"""Distances between answers that questionnaires have; closer ones are those of a slider."""
MOST_STEPS = 100
"""From one end of a scale to the other: where there are more, two answers are closer than the tenths that reports print."""


@dataclass(frozen=True)
class OwnScale(FatigueScale):
    """The scale of an athlete's newest answer.

    Parameters
    ----------
    step : float or None
        Distance between two answers, in native units; None of a slider.

    Examples
    --------
    >>> OwnScale(1, 3, -1, step=0.5).answers.tolist()
    [1.0, 1.5, 2.0, 2.5, 3.0]
    """

    step: float | None = None

    @classmethod
    def of(cls, ratings: pd.DataFrame, athlete_id: str, day: date) -> OwnScale | None:
        """Return the scale of an athlete's newest answer up to a day; None where there is none.

        Parameters
        ----------
        ratings : DataFrame
            As `heavylegs.data.schema.RATINGS` has it.
        """
        mine = ratings[(ratings["athlete_id"] == athlete_id) & (ratings["day"] <= pd.Timestamp(day))]
        if mine.empty:
            return None
        newest = mine.sort_values("day")[ENDS].iloc[-1]
        return cls.shared(mine[(mine[ENDS] == newest).all(axis=1)])

    @classmethod
    def shared(cls, ratings: pd.DataFrame) -> OwnScale | None:
        """Return the scale that all ratings share; None where they differ or there is none."""
        kinds = ratings[ENDS].drop_duplicates()
        if len(kinds) != 1:
            return None
        low, high, direction = (float(v) for v in kinds.iloc[0])
        step = _step(ratings["fatigue_native"] - low, high - low)
        return cls(low, high, 1 if direction > 0 else -1, step)

    @property
    def is_canonical(self) -> bool:
        """Whether it is the scale of forecasts: 0 to 10, 10 the most tired."""
        return (self.minimum, self.maximum, self.direction) == (0.0, 10.0, 1)

    @property
    def answers(self) -> Floats:
        """All answers, native and ascending; none of a slider."""
        if self.step is None:
            return np.zeros(0)
        return np.arange(self.minimum, self.maximum + self.step / 2, self.step)


def _step(above_least: pd.Series, span: float) -> float | None:
    """Return the largest step on which all answers lie, and both ends."""
    for step in STEPS:
        places = np.append(above_least.to_numpy(dtype=float), span) / step
        if span / step <= MOST_STEPS and np.array_equal(places, places.round()):
            return step
    return None
