"""The matrix: one row an athlete-day, the catalogue's columns, and tomorrow's rating."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..data.cohort import Cohort
from .catalog import Catalog, Information, catalog
from .days import Days

TARGET = "next_fatigue"


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
    """

    cohort: str
    catalog: Catalog
    information: Information
    keys: pd.DataFrame
    frame: pd.DataFrame
    target: npt.NDArray[np.float32]
    native_span: float

    def __len__(self) -> int:
        return len(self.frame)

    def rows(self, chosen: npt.ArrayLike) -> Matrix:
        """Return the rows of a boolean mask or an index array."""
        index = np.arange(len(self))[np.asarray(chosen)]
        return Matrix(
            self.cohort,
            self.catalog,
            self.information,
            self.keys.iloc[index].reset_index(drop=True),
            self.frame.iloc[index].reset_index(drop=True),
            self.target[index],
            self.native_span,
        )

    def labelled(self) -> Matrix:
        """Return the rows whose next morning was reported."""
        return self.rows(~np.isnan(self.target))

    @property
    def day(self) -> npt.NDArray[np.datetime64]:
        """The days, as datetime64[D]."""
        return self.keys["day"].to_numpy().astype("datetime64[D]")


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
    """
    features = catalog(information)
    days = Days.of(cohort)
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
    scale = cohort.scale()
    return Matrix(
        cohort.name,
        features,
        information,
        keys,
        pd.DataFrame(block.T, columns=features.names, copy=False),
        days.lead(days.daily("ratings", "fatigue")),
        scale.span if scale else 10.0,
    )


def _finite(values: npt.NDArray[np.float32], out: npt.NDArray[np.float32]) -> None:
    """Copy values, infinities as NaN: they come from dividing by a usual value of zero, and such a ratio is not known."""
    with np.errstate(invalid="ignore"):
        np.multiply(values, np.float32(0), out=out)  # NaN for an infinity, else 0
    np.add(values, out, out=out)
