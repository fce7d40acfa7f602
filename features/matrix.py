"""The matrix: one row an athlete-day, the catalogue's columns, and tomorrow's rating."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..data.arrays import Whole
from ..data.cohort import Cohort
from ..data.errors import InputError
from ..data.names import nearest_text
from .catalog import Catalog, Information, catalog
from .days import Days

CANONICAL_SPAN = 10.0


@dataclass(frozen=True)
class Matrix:
    """Features of athlete-days, and the fatigue reported on the morning after.

    Parameters
    ----------
    cohort : str
        Name of the cohort.
    catalog : Catalog
        The features that `frame` holds.
    information : {"evening", "morning"}
        What was known.
    keys : DataFrame
        athlete_id, day and group_id, a row each.
    frame : DataFrame
        One float32 column a feature.
    target : float32 array, shape (n,)
        Canonical fatigue of the next morning, NaN where it was not reported.
    native_span : float
        Width of the cohort's own fatigue scale; 10 where sources differ.
    whole : Matrix or None
        What these rows were chosen from: every day of their athletes, so that a model can look back from any
        selection. None for a matrix that was chosen from nothing.
    place : int array of shape (n,) or None
        Rows of `whole`.
    """

    cohort: str
    catalog: Catalog
    information: Information
    keys: pd.DataFrame
    frame: pd.DataFrame
    target: npt.NDArray[np.float32]
    native_span: float
    whole: Matrix | None = None
    place: Whole | None = None

    def __len__(self) -> int:
        return len(self.frame)

    def rows(self, chosen: npt.ArrayLike) -> Matrix:
        """Return the rows of a boolean mask or an index array."""
        index = np.arange(len(self))[np.asarray(chosen)]
        whole, place = self.origin()
        return Matrix(
            self.cohort,
            self.catalog,
            self.information,
            self.keys.iloc[index].reset_index(drop=True),
            self.frame.iloc[index].reset_index(drop=True),
            self.target[index],
            self.native_span,
            whole,
            place[index],
        )

    def origin(self) -> tuple[Matrix, Whole]:
        """Return every day that these rows were chosen from, and where among them they stand."""
        if self.whole is None or self.place is None:
            return self, np.arange(len(self))
        return self.whole, self.place

    def own_days(self) -> Whole:
        """Return the rows of the `origin` that hold a day of these rows' athletes, ascending."""
        whole, place = self.origin()
        owner = whole.owner
        return np.flatnonzero(np.isin(owner, owner[place]) & ~np.isnat(whole.day))

    def with_inputs(self, names: Iterable[str]) -> Matrix:
        """Return the matrix with `names` as its catalogue's only inputs; every other feature is context.

        Raises
        ------
        InputError
            Where there is no feature of that name.
        """
        chosen = list(names)
        strange = next((n for n in chosen if n not in self.catalog.names), None)
        if strange is not None:
            near = nearest_text(strange, self.catalog.names, "")
            raise InputError(f"there is no feature {strange!r}", mend=near)
        return replace(self, catalog=self.catalog.with_inputs(chosen))

    def labelled(self) -> Matrix:
        """Return the rows whose next morning was reported."""
        return self.rows(~np.isnan(self.target))

    @property
    def day(self) -> npt.NDArray[np.datetime64]:
        """The days, as datetime64[D]."""
        return self.keys["day"].to_numpy().astype("datetime64[D]")

    @property
    def owner(self) -> Whole:
        """Whose row it is, shape (n,): the place of the athlete among the categories of ``keys["athlete_id"]``."""
        return self.keys["athlete_id"].cat.codes.to_numpy().astype(np.int64)

    @property
    def n_athletes(self) -> int:
        """How many athletes have a row."""
        return len(np.unique(self.owner))

    @property
    def days_into_log(self) -> Whole:
        """Days since the first that is known of the athlete, shape (n,): while few, the windows of doses are not full."""
        whole, place = self.origin()
        first = whole.keys.groupby("athlete_id", observed=True)["day"].transform("min")
        return np.asarray((whole.keys["day"] - first).dt.days.to_numpy()[place])


def build_matrix(cohort: Cohort, information: Information = "evening") -> Matrix:
    """Compute every feature of `cohort` that `information` allows.

    Parameters
    ----------
    cohort : Cohort
    information : {"evening", "morning"}

    Returns
    -------
    Matrix
        One row for every calendar day of every athlete.

    Raises
    ------
    InputError
        Where the cohort holds nobody, or there is no such information set.
    """
    if information not in get_args(Information):
        raise InputError(f"there is no information {information!r}", mend="'evening' or 'morning'")
    if cohort.athletes.empty:
        raise InputError(f"cohort {cohort.name} holds nobody", mend="import a log with rows in it")
    return matrix_of(Days.of(cohort), catalog(information), information)


def matrix_of(days: Days, features: Catalog, information: Information) -> Matrix:
    """Compute `features` of days that are laid out already; see `build_matrix`."""
    # One block, a feature a row: a column of the frame is contiguous and nothing is copied.
    block = np.empty((len(features), len(days)), dtype=np.float32)
    for row, f in zip(block, features, strict=True):
        _finite(days.once(f.compute), row)
    groups = pd.array(days.athlete_text("group_id"), dtype="str")
    keys = pd.DataFrame(
        {
            "athlete_id": pd.Categorical.from_codes(days.group, categories=pd.Index(days.athlete_ids)),
            "day": days.number.astype("datetime64[D]").astype("datetime64[us]"),
            "group_id": groups[days.group],
        }
    )
    return Matrix(
        days.cohort.name,
        features,
        information,
        keys,
        pd.DataFrame(block.T, columns=features.names, copy=False),
        days.lead(days.daily("ratings", "fatigue")),
        native_span(days.cohort),
    )


def native_span(cohort: Cohort) -> float:
    """Return the width of the cohort's own fatigue scale; 10, the canonical one's, where sources differ."""
    scale = cohort.scale()
    return scale.span if scale else CANONICAL_SPAN


def _finite(values: npt.NDArray[np.float32], out: npt.NDArray[np.float32]) -> None:
    """Copy values, infinities as NaN: they come from dividing by a usual value of zero, and such a ratio is not known."""
    with np.errstate(invalid="ignore"):
        np.multiply(values, np.float32(0), out=out)  # NaN for an infinity, else 0
    np.add(values, out, out=out)
