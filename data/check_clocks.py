"""Instants by the clock of the athlete's home."""

from __future__ import annotations

import pandas as pd

from .cohort import Cohort


def at_home(instants: pd.Series, athletes: pd.Series, cohort: Cohort) -> pd.Series:
    """Return the instants by the clock of the athlete's home; NaT where the time zone is not known.

    Parameters
    ----------
    instants : Series of datetime with zone
    athletes : Series of str
        Whose each is, on the same index.
    cohort : Cohort
        Tells their time zones.
    """
    zone = athletes.map(cohort.athletes.set_index("athlete_id")["timezone"])
    local = pd.Series(pd.NaT, instants.index, dtype="datetime64[us]")
    for name in zone.dropna().unique():
        there = zone == name
        try:
            moved = instants[there].dt.tz_convert(str(name))
        except (KeyError, ValueError, OSError):  # no such time zone: nothing can be said
            continue
        local[there] = moved.dt.tz_localize(None)
    return local
