"""The daily grid: every athlete's every calendar day, as flat arrays that features read."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..data.cohort import Cohort
from ..data.schema import TABLES
from . import windows
from .windows import Offsets, Values

DayNumbers = npt.NDArray[np.int64]
ActivityValues = npt.NDArray[np.float64]
Compute = Callable[["Days"], Values]
ComputeEach = Callable[["Days"], ActivityValues]


@dataclass
class Days:
    """All calendar days of some athletes, from each one's first logged day to the last.

    Parameters
    ----------
    athlete_ids : array of str, shape (athletes,)
    offsets : int32 array, shape (athletes + 1,)
        Athlete i has the rows ``offsets[i]:offsets[i + 1]``.
    number : int64 array, shape (n,)
        Days since 1970-01-01.
    cohort : Cohort
        The tables behind it.
    """

    athlete_ids: npt.NDArray[np.object_]
    offsets: Offsets
    number: DayNumbers
    cohort: Cohort
    _memo: dict[Compute, Values] = field(default_factory=dict, repr=False)
    _each: dict[ComputeEach, ActivityValues] = field(default_factory=dict, repr=False)
    _rows: dict[str, npt.NDArray[np.int64]] = field(default_factory=dict, repr=False)
    _sports: dict[tuple[str, ...], npt.NDArray[np.bool_]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, cohort: Cohort) -> Days:
        """Lay out the grid of `cohort`; athletes without a dated row are left out."""
        dated = pd.concat(
            [getattr(cohort, table)[["athlete_id", "day"]] for table in ("activities", "diary", "ratings")],
            ignore_index=True,
        )
        span = dated.groupby("athlete_id")["day"].agg(["min", "max"])
        first, last = (_day_number(span[edge]) for edge in ("min", "max"))
        lengths = last - first + 1
        offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)
        within = np.arange(offsets[-1]) - np.repeat(offsets[:-1], lengths)
        return cls(span.index.to_numpy(dtype=object), offsets, np.repeat(first, lengths) + within, cohort)

    def __len__(self) -> int:
        return len(self.number)

    @property
    def group(self) -> npt.NDArray[np.int64]:
        """Index into `athlete_ids`, a row."""
        return np.repeat(np.arange(len(self.athlete_ids)), np.diff(self.offsets))

    @functools.cached_property
    def group_day(self) -> npt.NDArray[np.int64]:
        """Number of the group-day of each row: the same for members of one group on one day, -1 without a group."""
        groups = self.cohort.athletes.set_index("athlete_id")["group_id"].reindex(self.athlete_ids)
        code = pd.factorize(groups)[0].astype(np.int64)[self.group]
        cell = pd.factorize(code * 1_000_000 + self.number)[0]
        return np.where(code >= 0, cell, -1)

    def once(self, compute: Compute) -> Values:
        """Return ``compute(self)``, computed the first time only: features build on each other through this."""
        if compute not in self._memo:
            values = np.asarray(compute(self), dtype=np.float32)
            if values.shape != (len(self),):
                raise ValueError(f"{compute.__name__} gave shape {values.shape} for {len(self)} days")
            self._memo[compute] = values
        return self._memo[compute]

    def each(self, compute: ComputeEach) -> ActivityValues:
        """Return ``compute(self)``, one value an activity, computed the first time only."""
        if compute not in self._each:
            self._each[compute] = np.asarray(compute(self), dtype=np.float64)
        return self._each[compute]

    def rows(self, table: str) -> npt.NDArray[np.int64]:
        """Return the grid row of each row of a table, by its athlete_id and day; matched once."""
        if table not in self._rows:
            frame = getattr(self.cohort, table)
            self._rows[table] = self._match(frame) if len(frame) else np.empty(0, dtype=np.int64)
        return self._rows[table]

    def _match(self, frame: pd.DataFrame) -> npt.NDArray[np.int64]:
        athlete = pd.Index(self.athlete_ids).get_indexer(pd.Index(frame["athlete_id"]))
        first = self.offsets[athlete]
        return first + _day_number(frame["day"]) - self.number[first]

    def of_sports(self, sports: tuple[str, ...]) -> npt.NDArray[np.bool_]:
        """Return which activities are of one of `sports`, all where empty."""
        if sports not in self._sports:
            activities = self.cohort.activities
            everything = np.ones(len(activities), dtype=bool)
            self._sports[sports] = activities["sport"].isin(sports).to_numpy() if sports else everything
        return self._sports[sports]

    def daily(self, table: str, column: str) -> Values:
        """Return a column of the diary or the ratings on the grid; NaN where nothing was logged."""
        frame = getattr(self.cohort, table)
        out = np.full(len(self), np.nan, dtype=np.float32)
        out[self.rows(table)] = frame[column].to_numpy(dtype=np.float32)
        return out

    def diary(self, column: str) -> Values:
        """Return a diary column on the grid."""
        return self.daily("diary", column)

    def tonight(self, column: str) -> Values:
        """Return a diary column of the coming morning: the night that a morning forecast may use.

        Raises
        ------
        ValueError
            Where the schema does not say that the column is known at waking: anything else of
            the coming day would leak.
        """
        if TABLES["diary"].column(column).known != "waking":
            raise ValueError(f"{column} of the coming day is not known at waking")
        return self.lead(self.diary(column))

    def lead(self, x: npt.ArrayLike) -> Values:
        """Return tomorrow's value. Only the target and `tonight` may look ahead."""
        x = np.asarray(x, dtype=np.float32)
        out = np.full(len(self), np.nan, dtype=np.float32)
        out[:-1] = x[1:]
        out[self.offsets[1:] - 1] = np.nan
        return out

    def athlete(self, column: str) -> Values:
        """Return a column of the athletes table, repeated over the athlete's days."""
        known = self.cohort.athletes.set_index("athlete_id")[column]
        values: Values = known.reindex(self.athlete_ids).to_numpy(dtype=np.float32)
        return values[self.group]

    def per_day(self, values: ActivityValues, sports: tuple[str, ...] = (), reduce: str = "sum") -> Values:
        """Reduce one value an activity to one a day.

        Parameters
        ----------
        values : array of shape (activities,)
        sports : tuple of str
            Only these; all where empty.
        reduce : {"sum", "max"}

        Returns
        -------
        float32 array of shape (n,)
            On a day without such an activity: 0 where the training log covers the day and the
            athlete has logged such a value before, else NaN. On a day whose activities all lack
            the value: NaN.
        """
        chosen = self.of_sports(sports)
        rows, values = self.rows("activities")[chosen], values[chosen]
        known = ~np.isnan(values)
        logged = np.zeros(len(self), dtype=bool)
        logged[rows[known]] = True
        # Without "has logged it before", 0 on rest days and NaN on others would tell rest from
        # training to a feature that knows nothing of heat or heart rate.
        begun = ~np.isnan(windows.days_since(logged, self.offsets))
        out = np.where((self.once(training_covered) > 0) & begun, 0.0, np.nan)
        out[rows] = np.nan
        out[rows[known]] = 0.0 if reduce == "sum" else -np.inf
        (np.add if reduce == "sum" else np.maximum).at(out, rows[known], values[known])
        return out.astype(np.float32)

    def at_activity(self, x: npt.ArrayLike) -> ActivityValues:
        """Return a daily value on the day of each activity."""
        return np.asarray(x, dtype=np.float64)[self.rows("activities")]

    def activity(self, column: str) -> ActivityValues:
        """Return a numeric column of the activities, one value an activity."""
        return self.cohort.activities[column].to_numpy(dtype=np.float64)


def training_covered(days: Days) -> Values:
    """Return 1 on days whose training log is taken to be complete, 0 elsewhere.

    A day without activity is rest from the athlete's first activity on, unless the diary says
    that training was not logged that day.
    """
    active = np.zeros(len(days), dtype=bool)
    active[days.rows("activities")] = True
    begun = ~np.isnan(windows.days_since(active, days.offsets))
    forgotten = (days.diary("training_logged") == 0) & ~active
    return np.asarray(begun & ~forgotten, dtype=np.float32)


def _day_number(day: pd.Series) -> DayNumbers:
    return np.asarray(day.to_numpy().astype("datetime64[D]"), dtype=np.int64)
