"""Frames made to fit the canonical tables: their columns, order and types, and the check of their values."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .errors import InputError
from .names import nearest
from .schema import DTYPES, Column, Table

if TYPE_CHECKING:
    import pandera.pandas as pa


def empty(table: Table) -> pd.DataFrame:
    """Return the table with its columns and no row, a frame of its own."""
    return _empty(table).copy()


@functools.cache  # made column by column it takes pandas milliseconds, and every empty cohort has six
def _empty(table: Table) -> pd.DataFrame:
    return pd.DataFrame({c.name: pd.Series(dtype=DTYPES[c.kind]) for c in table.columns})


def conform(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return `frame` with the table's columns, order and types; absent columns become empty ones.

    Raises
    ------
    InputError
        Where `frame` lacks a column of the key, has one that the table does not know, or one of another type.
    """
    strange = next((str(c) for c in frame.columns if c not in table.names), None)
    if strange is not None:
        near = nearest(strange, table.names)
        raise InputError(
            f"table {table.name}: there is no column {strange!r}",
            mend=f"the nearest is {near!r}" if near else "docs/data-dictionary.md lists all",
        )
    lacking = next((k for k in table.key if k not in frame), None)
    if lacking is not None and len(frame):
        raise InputError(f"table {table.name}: the column {lacking!r} is missing", mend="every row needs it")
    columns = {}
    for c in table.columns:
        values = frame[c.name] if c.name in frame else pd.Series(np.nan, index=frame.index, dtype="float64")
        columns[c.name] = _typed(values, c, table)
    return pd.DataFrame(columns).reset_index(drop=True)


def _typed(values: pd.Series, column: Column, table: Table) -> pd.Series:
    """Return values of the column's type; days without a time."""
    wrong = f"table {table.name}: {column.name}"
    if column.kind == "day" and values.notna().any():
        # Pandas would read 03.05.2024 as a day of March.
        if pd.api.types.infer_dtype(values, skipna=True) in ("string", "integer", "floating"):
            mend = 'pd.to_datetime(values, format="%d.%m.%Y"), with the format that they have'
            raise InputError(f"{wrong} holds no days, but {values.dtype}", mend=mend)
        if isinstance(values.dtype, pd.DatetimeTZDtype):
            mend = "days are local: values.dt.tz_localize(None)"
            raise InputError(f"{wrong} holds times with a zone", mend=mend)
    naive = column.kind == "instant" and pd.api.types.is_datetime64_dtype(values.dtype)
    if naive and values.notna().any():
        mend = 'values.dt.tz_localize("Europe/Oslo"), with the zone that they are of'
        raise InputError(f"{wrong} holds times without a zone", mend=mend)
    if values.dtype != DTYPES[column.kind]:
        try:
            values = values.astype(pd.api.types.pandas_dtype(DTYPES[column.kind]))
        except (ValueError, TypeError) as error:
            why = str(error).partition("\n")[0]
            raise InputError(f"{wrong} cannot be read: {why}", mend=f"give {column.kind}s") from None
    return values.dt.normalize() if column.kind == "day" else values


@functools.cache
def pandera_schema(table: Table) -> pa.DataFrameSchema:
    """Return the table's pandera schema: types, ranges, required values and a unique key."""
    import pandera.pandas as pa

    def column(c: Column) -> pa.Column:
        checks = []
        if c.low is not None:
            checks.append(pa.Check.ge(c.low))
        if c.high is not None:
            checks.append(pa.Check.le(c.high))
        if c.words:
            checks.append(pa.Check.isin(c.words, error=f"one of {', '.join(c.words)}"))
        return pa.Column(DTYPES[c.kind], checks, nullable=not c.required)

    return pa.DataFrameSchema(
        {c.name: column(c) for c in table.columns}, unique=list(table.key), strict=True, ordered=True
    )
