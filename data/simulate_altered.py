"""What would have happened to simulated runners on another day: the truth that what-ifs are held against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from .arrays import Floats
from .simulate_doses import History

WITH_THE_RUN = (
    "minutes",
    "distance_km",
    "ascent_m",
    "descent_m",
    "hard_minutes",
    "energy_kcal",
    "carbohydrate_used_g",
    "sweat_ml",
)
TAKEN_ON_THE_RUN = ("carbohydrate_during_g", "fluid_during_ml", "sodium_during_mg")


def altered_history(history: History, change: str, day: int) -> History:
    """Return the history with one thing of one day otherwise, for everybody; all other days as they were.

    Parameters
    ----------
    history : History
    change : str
        A key of `ALTERED`, as `heavylegs.data.usual_changes.usual_changes` titles it.
    day : int
        Column of the history's arrays.
    """
    return ALTERED[change](history, day)


def _with(of: Any, day: int, **shift: Callable[[Floats], Floats]) -> Any:
    """Return a dataclass of arrays with that day's values of some of them altered."""
    new = {}
    for name, alter in shift.items():
        values = np.array(getattr(of, name))
        values[:, day] = alter(values[:, day])
        new[name] = values
    return replace(of, **new)


def _run(share: float) -> Callable[[History, int], History]:
    def alter(h: History, day: int) -> History:
        season = _with(h.season, day, **{name: lambda x: share * x for name in WITH_THE_RUN})
        if share == 0:
            season = _with(season, day, run=np.zeros_like)
        intake = _with(h.intake, day, **{name: lambda x: share * x for name in TAKEN_ON_THE_RUN})
        return replace(h, season=season, intake=intake)

    return alter


ALTERED: dict[str, Callable[[History, int], History]] = {
    "an hour more sleep the night before": lambda h, day: _with(h, day, sleep_h=lambda x: x + 1.0),
    "two points less stress": lambda h, day: replace(
        h, life=_with(h.life, day, stress=lambda x: np.maximum(x - 2.0, 0.0))
    ),
    "a litre more fluid": lambda h, day: replace(
        h, intake=_with(h.intake, day, fluid_ml=lambda x: x + 1000.0)
    ),
    "60 g more carbohydrate": lambda h, day: replace(
        h,
        intake=_with(
            h.intake,
            day,
            carbohydrate_g=lambda x: x + 60.0,
            energy_intake_kcal=lambda x: x + 240.0,
        ),
    ),
    "run half as far": _run(0.5),
    "no run": _run(0.0),
    "on the flat": lambda h, day: replace(
        h, season=_with(h.season, day, ascent_m=lambda x: 0.0 * x, descent_m=lambda x: 0.0 * x)
    ),
}
