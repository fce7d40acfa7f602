"""What-ifs: the forecast of a day had its log been another, with the past held as it was.

The same person answers both: what is usual, how mornings have followed so far, and what past reports held beyond what was
said of them all stay. Were the past rebuilt too, a report that did not worsen with the night would count as good news.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..data.arrays import Mask
from ..data.athlete_day import AthleteDay
from ..data.cohort import Cohort
from ..data.errors import InputError
from ..features.catalog import Catalog, catalog
from ..features.days import Days
from ..features.held import held_days
from ..features.matrix import Matrix, matrix_of
from .attribution import PARTS, member_points
from .forecaster import Forecaster

Alter = Callable[[Cohort], Cohort]
NOTHING = 1e-6
"""Points below which a forecast has not moved: what adding up in another order can do."""


@dataclass(frozen=True)
class Moved:
    """How far one altered day moves its forecast.

    Parameters
    ----------
    before, after : float
        Forecasts in canonical points, not kept within 0-10.
    parts : dict of str to float
        By factor and group (`attribution.PARTS`); they add up to `difference` within 1e-6.
    members : tuple of float
        The difference by each member of the bag.
    heard : bool
        Whether anything that the model hears was altered, or its forecast moved at all.
    """

    before: float
    after: float
    parts: dict[str, float]
    members: tuple[float, ...]
    heard: bool

    @property
    def difference(self) -> float:
        """How far the forecast moves."""
        return self.after - self.before

    @property
    def unclear(self) -> bool:
        """Whether members of the bag disagree on the direction."""
        return min(self.members) < -NOTHING and max(self.members) > NOTHING


def held(before: Matrix, frame: pd.DataFrame, place: npt.ArrayLike) -> Matrix:
    """Return altered days whose past is that of `before`.

    Parameters
    ----------
    before : Matrix
        Every day of the athletes, as logged.
    frame : DataFrame of shape (n, features)
        Features of the altered days.
    place : int array of shape (n,)
        Their rows of `before`.
    """
    at = np.asarray(place, dtype=np.int64)
    rows = before.rows(at)
    return replace(rows, frame=frame[before.frame.columns].reset_index(drop=True), whole=before, place=at)


def touched(before: pd.DataFrame, after: pd.DataFrame, names: Sequence[str]) -> Mask:
    """Return the rows of which any of these features differ, absent ones alike."""
    a, b = before[list(names)].to_numpy(), after[list(names)].to_numpy()
    return np.asarray((~((a == b) | (np.isnan(a) & np.isnan(b)))).any(axis=1))


@dataclass(frozen=True)
class Log:
    """An athlete's log with what a model hears of it, ready to be altered on one day at a time.

    Parameters
    ----------
    model : Forecaster
    cohort : Cohort
        The athlete alone.
    days : Days
        Of the athlete and their group, whose day stays as it was.
    mine : Matrix
        Every day of the athlete, as logged.
    athlete_id : str
    """

    model: Forecaster
    cohort: Cohort
    days: Days
    mine: Matrix
    athlete_id: str

    @classmethod
    def of(cls, cohort: Cohort, model: Forecaster, athlete_id: str) -> Log:
        """Compute all features of `cohort`, which holds the athlete and the members of their group."""
        days = Days.of(cohort)
        whole = matrix_of(days, catalog(model.information), model.information)
        mine = whole.rows((whole.keys["athlete_id"] == athlete_id).to_numpy())
        return cls(model, cohort.subset([athlete_id]), days, mine, athlete_id)

    def row(self, day: date) -> Matrix:
        """Return one day; InputError where the log does not reach it."""
        return self.mine.rows([self.at(day)])

    def at(self, day: date) -> int:
        """Return the row of a day in `mine`; InputError where the log does not reach it."""
        here = np.flatnonzero(self.mine.day == np.datetime64(day))
        if len(here) != 1:
            mine = self.mine
            span = f"it covers {mine.day.min()} to {mine.day.max()}" if len(mine) else "it is empty"
            raise InputError(f"the log of athlete {self.athlete_id!r} does not hold {day}", mend=span)
        return int(here[0])

    def who(self, day: date) -> AthleteDay:
        """Return whose day it is, and whether its night is known."""
        return AthleteDay(self.athlete_id, day, self.model.information == "morning")

    @cached_property
    def _inputs(self) -> Catalog:
        return Catalog(tuple(self.mine.catalog[name] for name in self.model.input_names))

    def altered(self, day: date, alters: Sequence[Alter]) -> pd.DataFrame:
        """Return one day's features by altered logs, a row each."""
        place = self.at(day)
        records, todays = self.cohort.records, self.who(day).sessions(self.cohort)["activity_id"]
        log = replace(self.cohort, records=records[records["activity_id"].isin(todays)])
        out = self.mine.frame.iloc[[place] * len(alters)].reset_index(drop=True)
        for n, alter in enumerate(alters):
            days = held_days(self.days, alter(log), self.athlete_id)
            frame = matrix_of(days, self._inputs, self.mine.information).frame
            out.loc[n, self._inputs.names] = frame.iloc[place]
        return out

    def moved(self, day: date, altered: pd.DataFrame, base: pd.DataFrame | None = None) -> list[Moved]:
        """Return how far each altered day moves the forecast, from `base` where it is not the day as logged."""
        return what_ifs(self.model, self.mine, self.at(day), altered, base)


def what_ifs(
    model: Forecaster, before: Matrix, row: int, altered: pd.DataFrame, base: pd.DataFrame | None = None
) -> list[Moved]:
    """Return how far each alteration moves the forecast of one day.

    Parameters
    ----------
    model : Forecaster
    before : Matrix
        All days of the athlete, as logged.
    row : int
        The day.
    altered : DataFrame of shape (n, features)
        The day's features, a row an alteration, from logs altered on that day alone.
    base : DataFrame of shape (1, features), optional
        What they are measured from; the day as logged where None.
    """
    if altered.empty:
        return []
    now = (before.frame.iloc[[row]] if base is None else base).iloc[[0] * len(altered)].reset_index(drop=True)
    days = held(before, pd.concat([now.iloc[[0]], altered], ignore_index=True), [row] * (1 + len(altered)))
    forecast = model.predict(days)
    heard = touched(now, altered, [f.name for f in model.heard]) | (
        np.abs(forecast[1:] - forecast[0]) > NOTHING
    )
    points, constants = member_points(model, days)
    by_member = points[:, 1:] - points[:, :1]
    moved = by_member.mean(axis=0)
    members = by_member.sum(axis=2) + constants[:, 1:] - constants[:, :1]
    return [
        Moved(
            float(forecast[0]),
            float(forecast[n + 1]),
            dict(zip(PARTS, moved[n].tolist(), strict=True)),
            tuple(members[:, n].tolist()),
            bool(heard[n]),
        )
        for n in range(len(altered))
    ]
