"""The daily grid: every athlete's every calendar day, as flat arrays that features read."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..data.arrays import Floats, Mask, Whole
from ..data.cohort import Cohort
from ..data.schema import TABLES
from . import windows
from .windows import Offsets, Values

DayNumbers = Whole
ActivityValues = Floats
Compute = Callable[["Days"], Values]
ComputeEach = Callable[["Days"], ActivityValues]
T = TypeVar("T")


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
    _rows: dict[str, Whole]
    _memo: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, cohort: Cohort, known: Mapping[Hashable, Any] | None = None) -> Days:
        """Lay out the grid of `cohort`; athletes without a dated row are left out.

        `known` is what need not be derived from the tables any more, by the keys of `remember`.
        """
        frames = {table: getattr(cohort, table) for table in ("activities", "diary", "ratings")}
        coded = {table: pd.factorize(frame["athlete_id"]) for table, frame in frames.items()}
        day = {table: _day_number(frame["day"]) for table, frame in frames.items()}
        ids = np.array(sorted({name for _, names in coded.values() for name in names}), dtype=object)
        order = {name: i for i, name in enumerate(ids)}
        # what each table's codes mean among all athletes
        whose = {
            table: np.array([order[name] for name in names], dtype=np.int64)[code]
            for table, (code, names) in coded.items()
        }
        first = np.full(len(ids), np.iinfo(np.int64).max)
        last = np.full(len(ids), np.iinfo(np.int64).min)
        for table, athlete in whose.items():
            np.minimum.at(first, athlete, day[table])
            np.maximum.at(last, athlete, day[table])
        lengths = last - first + 1
        offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)
        number = np.arange(offsets[-1]) + np.repeat(first - offsets[:-1], lengths)
        rows = {table: (offsets[:-1] - first)[athlete] + day[table] for table, athlete in whose.items()}
        return cls(ids, offsets, number, cohort, rows, dict(known or {}))

    def __len__(self) -> int:
        return len(self.number)

    @functools.cached_property
    def group(self) -> Whole:
        """Index into `athlete_ids`, a row."""
        return np.repeat(np.arange(len(self.athlete_ids)), np.diff(self.offsets))

    @functools.cached_property
    def group_day(self) -> Whole:
        """Number of the group-day of each row: the same for members of one group on one day, -1 without a group."""
        groups = self.athlete_text("group_id")
        code = pd.factorize(groups)[0].astype(np.int64)
        if (code < 0).all():
            return np.full(len(self), -1)
        of_day = code[self.group]
        span = int(self.number.max() - self.number.min()) + 1
        cell = of_day * span + self.number - self.number.min()
        if (code.max() + 1) * span > 10 * len(self):  # years apart: most group-days are nobody's
            cell = pd.factorize(cell)[0].astype(np.int64)
        return np.where(of_day >= 0, cell, -1)

    @functools.cached_property
    def logged(self) -> Mask:
        """Which days' logs hold anything; the others are there because later ones do."""
        out = np.zeros(len(self), dtype=bool)
        for rows in self._rows.values():
            out[rows] = True
        return out

    @functools.cached_property
    def unknown(self) -> Values:
        """NaN on every day: what is not known of anyone. Not to be written to."""
        nothing = np.full(len(self), np.nan, dtype=np.float32)
        nothing.flags.writeable = False
        return nothing

    def remember(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` gives, made the first time only: the one memo of all that is derived from the tables."""
        if key not in self._memo:
            self._memo[key] = make()
        value: T = self._memo[key]
        return value

    def remembered(self, kind: str) -> dict[tuple[str, Any], Any]:
        """Return what stands in the memo under keys ``(kind, of what)``."""
        return {key: it for key, it in self._memo.items() if isinstance(key, tuple) and key[0] == kind}

    def rows_of(self, athlete_id: str) -> slice:
        """Return the grid rows of one athlete."""
        at = self.athlete_ids.tolist().index(athlete_id)
        return slice(int(self.offsets[at]), int(self.offsets[at + 1]))

    def once(self, compute: Compute) -> Values:
        """Return ``compute(self)``, computed the first time only: features build on each other through this."""
        return self.remember(compute, lambda: self._checked(compute))

    def _checked(self, compute: Compute) -> Values:
        values = np.asarray(compute(self), dtype=np.float32)
        if values.shape != (len(self),):
            raise ValueError(f"{compute.__name__} gave shape {values.shape} for {len(self)} days")
        return values

    def with_ratings(self, fatigue: Values) -> Days:
        """Return the same grid on which nothing but these ratings is known, shape (n,), NaN where none was given."""
        told = {("ratings", "fatigue"): np.asarray(fatigue, dtype=np.float32)}
        return Days(self.athlete_ids, self.offsets, self.number, Cohort("ratings"), {}, dict(told))

    def each(self, compute: ComputeEach) -> ActivityValues:
        """Return ``compute(self)``, one value an activity, computed the first time only."""
        return self.remember(compute, lambda: np.asarray(compute(self), dtype=np.float64))

    def rows(self, table: str) -> Whole:
        """Return the grid row of each row of the activities, the diary or the ratings."""
        return self._rows[table]

    def of_sports(self, sports: tuple[str, ...]) -> Mask:
        """Return which activities are of one of `sports`, all where empty."""

        def matching() -> Mask:
            if not sports:
                return np.ones(len(self.cohort.activities), dtype=bool)
            code, names = self.remember("sport", lambda: pd.factorize(self.cohort.activities["sport"]))
            named = np.append(np.isin(np.asarray(names, dtype=object), sports), False)  # code -1 is no sport
            return np.asarray(named[code], dtype=bool)

        return self.remember(("sports", sports), matching)

    def daily(self, table: str, column: str) -> Values:
        """Return a column of the diary or the ratings on the grid; NaN where nothing was logged."""

        def laid_out() -> Values:
            logged = getattr(self.cohort, table)[column].to_numpy(dtype=np.float32)
            if windows.silent(logged):
                return self.unknown
            out = np.full(len(self), np.nan, dtype=np.float32)
            out[self.rows(table)] = logged
            return out

        return self.remember((table, column), laid_out)

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
        """Return a numeric column of the athletes table, repeated over the athlete's days."""

        def repeated() -> Values:
            told = self.cohort.athletes[column].to_numpy(dtype=np.float32)
            return np.repeat(np.append(told, np.float32(np.nan))[self._told_in], np.diff(self.offsets))

        return self.remember(("athletes", column), repeated)

    def athlete_text(self, column: str) -> npt.NDArray[np.object_]:
        """Return a text column of the athletes table, one value an athlete, None where not told."""

        def listed() -> npt.NDArray[np.object_]:
            told = self.cohort.athletes[column]
            values = np.array([*told.astype(object).where(told.notna(), None), None], dtype=object)
            return values[self._told_in]

        return self.remember(("athletes", column), listed)

    @functools.cached_property
    def _told_in(self) -> Whole:
        """Row of the athletes table, an athlete; -1 where none tells of them."""
        row = {athlete: i for i, athlete in enumerate(self.cohort.athletes["athlete_id"])}
        return np.array([row.get(athlete, -1) for athlete in self.athlete_ids], dtype=np.int64)

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
        known = ~np.isnan(values)
        if sports:
            known &= self.of_sports(sports)
        # Many values are known of the very same activities.
        told = self.remember(("told", sports, known.tobytes()), lambda: self._told_by(sports, known))
        if told is None:
            return self.unknown
        chosen, rows, once_a_day, rest = told
        values = np.asarray(values)[chosen]
        if once_a_day:
            out = rest.copy()
            out[rows] = values
            return out
        if reduce == "sum":
            total: ActivityValues = np.bincount(rows, values, len(self)).astype(np.float64)
        else:
            total = np.zeros(len(self))
            total[rows] = -np.inf
            np.maximum.at(total, rows, values)
        return total.astype(np.float32) + rest

    def _told_by(
        self, sports: tuple[str, ...], known: Mask
    ) -> tuple[DayNumbers, DayNumbers, bool, Values] | None:
        """Return what `per_day` needs of the activities with a known value; None where there are none.

        They, their rows of the grid, whether no two are of one day, and an array that holds 0 on
        their days and on days of rest, NaN on others.
        """
        chosen = np.flatnonzero(known)
        if not len(chosen):
            return None
        rows = self.rows("activities")[chosen]
        count = np.bincount(rows, minlength=len(self))
        # Without "has logged it before", 0 on rest days and NaN on others would tell rest from
        # training to a feature that knows nothing of heat or heart rate.
        rest = np.full(len(self), np.nan, dtype=np.float32)
        rest[(self.once(training_covered) > 0) & windows.begun(count > 0, self.offsets)] = 0
        rest[self.rows("activities")[self.of_sports(sports)]] = np.nan
        rest[rows] = 0
        return chosen, rows, int(count.max()) == 1, rest

    def at_activity(self, x: npt.ArrayLike) -> ActivityValues:
        """Return a daily value on the day of each activity."""
        return np.asarray(x)[self.rows("activities")].astype(np.float64)

    def activity(self, column: str) -> ActivityValues:
        """Return a numeric column of the activities, one value an activity."""
        return self.remember(
            ("activities", column), lambda: self.cohort.activities[column].to_numpy(dtype=np.float64)
        )


def training_covered(days: Days) -> Values:
    """Return 1 on days whose training log is taken to be complete, 0 elsewhere.

    A day without activity is rest from the athlete's first activity on, unless the diary says
    that training was not logged that day.
    """
    active = np.zeros(len(days), dtype=bool)
    active[days.rows("activities")] = True
    forgotten = (days.diary("training_logged") == 0) & ~active
    return np.asarray(windows.begun(active, days.offsets) & ~forgotten, dtype=np.float32)


def _day_number(day: pd.Series) -> DayNumbers:
    return np.asarray(day.to_numpy().astype("datetime64[D]"), dtype=np.int64)
