"""Ratings whose scale grew or shrank in the middle of a log, as where 1-5 was given up for 1-10 in the same column.

And those that are told to be on another scale than the athlete's others.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd

from .cohort import Cohort
from .imports import stack
from .names import counted
from .own_scale import ENDS
from .schema import FatigueScale

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


def scales_told(cohort: Cohort) -> pd.DataFrame:
    """Return athletes whose answers are told to be on more than one scale, from one source or by source.

    Returns
    -------
    DataFrame
        A finding for each answer that is not on the scale of most: ``athlete_id``, ``day``, ``detail`` (the scales) and ``kind``.
    """
    found = []
    several = cohort.ratings.groupby("athlete_id")[ENDS].nunique().gt(1).any(axis=1)
    mine = cohort.ratings[cohort.ratings["athlete_id"].isin(several[several].index)]
    for _, own in mine.sort_values(["athlete_id", "day"], kind="stable").groupby("athlete_id"):
        words = own[ENDS].apply(_in_words, axis=1)
        sources = own["source"].fillna("no source told")
        by_source = bool((words.groupby(sources).nunique() == 1).all())
        counts = words.value_counts(sort=False).sort_values(ascending=False, kind="stable")
        parts = [
            f"{scale} on {counted(n, 'morning')}"
            + (f" of {_names(sources[words == scale])}" if by_source else "")
            for scale, n in counts.items()
        ]
        kind = "scales_by_source" if by_source else "scales_differ"
        others = own.loc[words != counts.index[0], ["athlete_id", "day"]]
        found.append(others.assign(detail=", ".join(parts), kind=kind))
    return stack(found) if found else pd.DataFrame(columns=["athlete_id", "day", "detail", "kind"])


def _in_words(ends: pd.Series) -> str:
    direction: Literal[1, -1] = 1 if ends["scale_direction"] > 0 else -1
    return FatigueScale(ends["scale_min"], ends["scale_max"], direction).in_words


def _names(sources: pd.Series) -> str:
    return " and ".join(sorted(sources.unique()))


def _change(answers: np.ndarray, middle: np.ndarray) -> tuple[int | None, float]:
    """Return where the answers leave the lower half for good, and the highest before."""
    above = np.flatnonzero(answers > middle)
    at = int(above[0]) if len(above) else 0
    if min(at, len(answers) - at) < LEAST:
        return None, np.nan
    highest = float(answers[:at].max())
    return (at if (answers[at:] > highest).mean() >= BEYOND else None), highest
