"""Past forecasts against what came: those that the champions told, or those that files kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..data.errors import InputError
from ..data.store import Store
from ..features.catalog import Information
from ..features.matrix import Matrix
from ..features.store_matrix import matrix_of_store
from ..training.daily_use import Turn, figures, joined, with_what_came
from .engine import forecasts, learned
from .explain import unit_of
from .table_files import read_table

SCHEMA = "heavylegs.review/1"
COLUMNS = (
    "athlete_id", "morning", "information", "fatigue", "low", "high", "own_usual",
    "p_bad_morning", "bad_morning_from", "tier", "learned", "by",
)  # fmt: skip
"""What is taken from a table of forecasts; `by` is added."""
Day = np.datetime64 | None


@dataclass(frozen=True)
class Review:
    """How past forecasts did.

    Parameters
    ----------
    cohort, information : str
    overall : dict
        See `heavylegs.training.daily_use.figures`.
    athletes : list of dict
        The same of each, the largest miss first.
    by : dict of str to int
        How many of the mornings each model, or file, forecast.
    frame : DataFrame
        A row a morning: the forecast, ``came``, and what each simple rule said; canonical.
    unit : str
        What misses are told in.
    """

    cohort: str
    information: str
    overall: dict[str, Any]
    athletes: list[dict[str, Any]]
    by: dict[str, int]
    frame: pd.DataFrame
    unit: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain types for JSON, without the single mornings."""
        told = {
            "schema": SCHEMA,
            "cohort": self.cohort,
            "protocol": "daily use",
            "information": self.information,
            "unit": self.unit,
        }
        return {**told, **self.overall, "by": self.by, "athletes": self.athletes}  # fmt: skip


def review_turns(
    store: Store, turns: Sequence[Turn], first: Day, last: Day, progress: Callable[[str], None]
) -> Review:
    """Judge what models told of mornings that they had not learned from.

    Parameters
    ----------
    store : Store
        Which tells the mornings as they came.
    turns : sequence of Turn
        Which model spoke when.
    first, last : datetime64[D] or None
        Mornings to judge; all where None.
    progress : callable
        Is told what is being done.

    Raises
    ------
    InputError
        Where no such morning was reported.
    """
    name, information = store.info()["name"], turns[0].forecaster.information
    progress("features")
    labelled = matrix_of_store(store, information).labelled()
    parts = []
    for turn in turns:
        begins, ends = turn.mornings(first, last)
        if begins is not None and ends is not None and begins > ends:
            continue
        progress(f"forecasts of {turn.uri}")
        for told in forecasts(store, turn.forecaster, begins, ends):
            seen = learned(turn.forecaster, name, told["athlete_id"], told["morning"])
            parts.append((turn, told.assign(learned=seen, by=turn.uri)))
    judged = [
        with_what_came(_new(pd.concat(own)), labelled, turn.learned_to)
        for turn in turns
        if (own := [part for t, part in parts if t is turn])
    ]
    return _review(joined(judged), labelled, _none_reported(store, turns, first, last))


def review_files(
    store: Store, files: Sequence[Path], first: Day, last: Day, progress: Callable[[str], None]
) -> Review:
    """Judge the forecasts that `heavylegs predict` wrote at the time; of a morning told twice, the first file's counts.

    Parameters
    ----------
    store : Store
        Which tells the mornings as they came.
    files : sequence of Path
        Tables of forecasts.
    first, last : datetime64[D] or None
        Mornings to judge; all where None.
    progress : callable
        Is told what is being done.

    Raises
    ------
    InputError
        Where a file is no table of forecasts, or no morning in them was reported.
    """
    told = _new(pd.concat([_read(file) for file in files], ignore_index=True))
    told = told.drop_duplicates(["athlete_id", "morning"])
    if first is not None:
        told = told[told["morning"] >= first]
    if last is not None:
        told = told[told["morning"] <= last]
    known = told["information"].unique()
    if len(known) > 1:
        raise InputError(
            "these forecasts are of evening and of morning information", mend="review each apart"
        )
    progress("features")
    information: Information = known[0] if len(known) else "evening"
    labelled = matrix_of_store(store, information).labelled()
    wrong = "no forecast in these files is of a reported morning that its model had not learned from"
    return _review(
        with_what_came(told, labelled),
        labelled,
        InputError(wrong, mend="give files that heavylegs predict wrote on the evening before"),
    )


def _review(frame: pd.DataFrame, labelled: Matrix, none: InputError) -> Review:
    if not len(frame):
        raise none
    overall, athletes = figures(frame, labelled.native_span)
    by = {str(name): int(n) for name, n in frame["by"].value_counts(sort=False).items()}
    return Review(
        labelled.cohort, labelled.information, overall, athletes, by, frame, unit_of(labelled.native_span)
    )


def _none_reported(store: Store, turns: Sequence[Turn], first: Day, last: Day) -> InputError:
    """Return what to say where no morning can be judged."""
    ends = [t.learned_to for t in turns if not np.isnat(t.learned_to)]
    after = f" after {min(ends)}, up to which the model learned" if ends else ""
    between = " between --from and --to" if first or last else ""
    return InputError(
        f"no reported morning{between} has a forecast{after}",
        file=store.path,
        mend="import the mornings since",
    )


def _new(told: pd.DataFrame) -> pd.DataFrame:
    """Return the forecasts of mornings that their model had not learned from, in the columns that are judged."""
    return told.loc[~told["learned"].astype(bool), list(COLUMNS)]


def _read(file: Path) -> pd.DataFrame:
    frame = read_table(file)
    lacking = [name for name in COLUMNS[:-1] if name not in frame]
    if lacking:
        raise InputError(
            f"is no table of forecasts: it lacks {lacking[0]}",
            file=file,
            mend="give what heavylegs predict wrote",
        )
    try:
        morning = pd.to_datetime(frame["morning"]).astype("datetime64[us]")
        frame = frame.astype(
            dict.fromkeys(("fatigue", "low", "high", "p_bad_morning", "bad_morning_from"), float)
        )
    except (ValueError, TypeError) as error:
        raise InputError(f"cannot be read: {str(error).splitlines()[0]}", file=file) from None
    return frame.assign(morning=morning, athlete_id=frame["athlete_id"].astype(str), by=file.name)
