"""The cohort: the canonical tables of some athletes, together and checked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from .conform import conform, empty, pandera_schema
from .errors import InputError
from .own_scale import OwnScale
from .schema import TABLES, Table


def _none(name: str) -> pd.DataFrame:
    return empty(TABLES[name])


@dataclass(frozen=True)
class Cohort:
    """The canonical tables of some athletes.

    Build one with `Cohort.from_tables`, which conforms and checks them.

    Parameters
    ----------
    name : str
        Named with every accuracy figure.
    athletes, activities, records, diary, ratings, weather : DataFrame
        See `heavylegs.data.schema`; a table that a source lacks is empty, never None.
    """

    name: str
    athletes: pd.DataFrame = field(default_factory=lambda: _none("athletes"))
    activities: pd.DataFrame = field(default_factory=lambda: _none("activities"))
    records: pd.DataFrame = field(default_factory=lambda: _none("records"))
    diary: pd.DataFrame = field(default_factory=lambda: _none("diary"))
    ratings: pd.DataFrame = field(default_factory=lambda: _none("ratings"))
    weather: pd.DataFrame = field(default_factory=lambda: _none("weather"))

    @classmethod
    def from_tables(cls, name: str, tables: Mapping[str, pd.DataFrame]) -> Cohort:
        """Return a checked cohort; athletes named in any table get a row in `athletes`.

        Raises
        ------
        InputError
            Naming the first faults: a table or column that there is none of, an impossible value, a duplicate key,
            a missing value.
        """
        strange = next((t for t in tables if t not in TABLES), None)
        if strange is not None:
            raise InputError(f"there is no table {strange!r}", mend=f"there are {', '.join(TABLES)}")
        frames = {t: conform(tables[t], TABLES[t]) if t in tables else _none(t) for t in TABLES}
        frames["athletes"] = _complete_athletes(frames)
        for table in TABLES.values():
            frames[table.name] = frames[table.name].sort_values(
                list(table.key), kind="stable", ignore_index=True
            )
            check_table(frames[table.name], table)
        return cls(name, **frames)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables by name."""
        return {t: getattr(self, t) for t in TABLES}

    def subset(self, athlete_ids: Iterable[str]) -> Cohort:
        """Return the cohort of those athletes only; weather stays whole."""
        wanted = set(athlete_ids)
        parts = {
            name: frame[frame["athlete_id"].isin(wanted)].reset_index(drop=True)
            for name, frame in self.tables().items()
            if "athlete_id" in frame
        }
        return replace(self, **parts)  # type: ignore[arg-type]  # `name` is not among the tables

    def days_told(self) -> pd.DataFrame:
        """Return athlete and day of every activity, every diary row that tells anything, and every rating.

        A diary row whose ``training_logged`` is 1 tells of rest; one that holds only its 0 tells nothing.
        """
        values = self.diary.drop(columns=["athlete_id", "day", "source"])
        values["training_logged"] = values["training_logged"].where(values["training_logged"] > 0)
        logged = (self.activities, self.diary[values.notna().any(axis=1)], self.ratings)
        keys = [table[["athlete_id", "day"]] for table in logged]
        return pd.concat([table for table in keys if len(table)] or keys[:1])

    def scale(self) -> OwnScale | None:
        """Return the fatigue scale that all ratings share, or None where sources differ or none rated."""
        return OwnScale.shared(self.ratings)

    def digest(self) -> str:
        """Return a hash of all values, the same for the same data on any machine."""
        h = hashlib.sha256()
        for name, frame in self.tables().items():
            h.update(f"{name}:{len(frame)}".encode())
            if len(frame):
                h.update(np.asarray(pd.util.hash_pandas_object(frame, index=False), dtype="<u8").tobytes())
        return h.hexdigest()[:16]


def check_table(frame: pd.DataFrame, table: Table) -> None:
    """Raise InputError where `frame` breaks the table's schema, naming up to three faults."""
    if frame.empty:
        return  # `conform` has seen to its columns, and pandera takes its time
    import pandera.errors

    try:
        pandera_schema(table).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        raise InputError(f"table {table.name}: {_faults(error.failure_cases, frame, table)}") from None


def _faults(cases: pd.DataFrame, frame: pd.DataFrame, table: Table) -> str:
    faults: list[str] = []
    # A duplicate key is reported once a key column: one of them says it all.
    distinct = cases.drop_duplicates(["index", "check"])
    for case in distinct.head(3).to_dict("records"):
        where = ""
        if pd.notna(case["index"]):
            row = frame.iloc[int(case["index"])].to_dict()
            where = " at " + ", ".join(f"{k} {row[k]}" for k in table.key if k in row)
        broken = f"{case['column']} = {case['failure_case']} breaks {case['check']}"
        what = "duplicate row" if "unique" in str(case["check"]) else broken
        faults.append(what + where)
    more = f"; and {len(distinct) - 3} more" if len(distinct) > 3 else ""
    return "; ".join(faults) + more


def _complete_athletes(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    athletes = frames["athletes"]
    seen = pd.concat([frames[t]["athlete_id"] for t in ("activities", "diary", "ratings")]).unique()
    missing = sorted(set(seen) - set(athletes["athlete_id"]))
    if not missing:
        return athletes
    extra = conform(pd.DataFrame({"athlete_id": missing}), TABLES["athletes"])
    return pd.concat([athletes, extra], ignore_index=True) if len(athletes) else extra
