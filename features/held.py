"""One athlete's days anew, where little of the log is another: what is the same is held."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from ..data.cohort import Cohort
from .days import Days
from .group import GROUP_MEAN
from .measures import held_measures


def held_days(days: Days, cohort: Cohort, athlete_id: str) -> Days:
    """Return the grid of an altered log, beside that of the log as it is.

    Parameters
    ----------
    days : Days
        Of the athlete and their group, from which all features were computed: the group's means stay those of it, and
        so does what was made of records.
    cohort : Cohort
        The altered log of the athlete alone, over the same days. Of records, it need hold those of altered activities only.
    athlete_id : str
    """
    rows = days.rows_of(athlete_id)
    known: dict[Hashable, Any] = {key: mean[rows] for key, mean in days.remembered(GROUP_MEAN).items()}
    return Days.of(cohort, known | held_measures(days))
