"""Ratings whose scale grew or shrank in the middle of a log, as where 1-5 was given up for 1-10 in the same column."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from .cohort import Cohort

LEAST = 28  # answers on either side
BEYOND = 0.4  # of the answers on the wide side; at most 0.39 in the logs of SoccerMon, PMData and simulated runners


def scale_changes(cohort: Cohort) -> pd.DataFrame:
    """Return athletes who kept to the lower half of their scale for long and then used the upper one, or the reverse.

    Returns
    -------
    DataFrame
        A finding each: ``athlete_id``, ``day`` (the first on the new side), ``detail`` (the highest answer on the
        narrow side) and ``kind``.
    """
    found: list[tuple[Any, ...]] = []
    ordered = cohort.ratings.sort_values(["athlete_id", "day"], kind="stable")
    for athlete, own in ordered.groupby("athlete_id"):
        answers, days = own["fatigue_native"].to_numpy(dtype=float), own["day"].to_numpy()
        middle = ((own["scale_min"] + own["scale_max"]) / 2).to_numpy(dtype=float)
        at, narrow = _change(answers, middle)
        if at is None:
            back, narrow = _change(answers[::-1], middle[::-1])
            at = None if back is None else len(answers) - back
        if at is not None:
            found.append((athlete, days[at], f"{narrow:g}"))
    table = pd.DataFrame(found, columns=["athlete_id", "day", "detail"])
    return table.assign(day=pd.to_datetime(table["day"]), kind="scale_changed")


def _change(answers: np.ndarray, middle: np.ndarray) -> tuple[int | None, float]:
    """Return where the answers leave the lower half for good, and the highest before."""
    above = np.flatnonzero(answers > middle)
    at = int(above[0]) if len(above) else 0
    if min(at, len(answers) - at) < LEAST:
        return None, np.nan
    highest = float(answers[:at].max())
    return (at if (answers[at:] > highest).mean() >= BEYOND else None), highest
