"""One athlete's day, of which changes and plans are asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from .alterations import Where
from .cohort import Cohort
from .schema import DIARY

NIGHT = frozenset(c.name for c in DIARY.columns if c.known == "waking")
"""Columns of the diary that tell of a night, on the day of waking."""


@dataclass(frozen=True)
class AthleteDay:
    """Whose day is altered, and what is known of it.

    Parameters
    ----------
    athlete_id : str
    day : date
        The morning after it is forecast.
    morning : bool
        Whether the night after it is known: then nights are altered there, else the night before the day.
    """

    athlete_id: str
    day: date
    morning: bool = False

    @property
    def at(self) -> pd.Timestamp:
        """The day."""
        return pd.Timestamp(self.day)

    @property
    def night(self) -> pd.Timestamp:
        """The day of waking of the last night that is known."""
        return self.at + pd.Timedelta(days=int(self.morning))

    def where(self, column: str = "") -> Where:
        """Return where a column of this day stands."""
        return Where([self.night if column in NIGHT else self.at], self.athlete_id)

    def sessions(self, cohort: Cohort) -> pd.DataFrame:
        """Return the day's sessions."""
        return cohort.activities[self.where().rows(cohort.activities)]

    def logged(self, cohort: Cohort, column: str) -> float:
        """Return a number of the diary, NaN where it was not logged."""
        found = cohort.diary.loc[self.where(column).rows(cohort.diary), column]
        return float(found.iloc[0]) if len(found) else np.nan
