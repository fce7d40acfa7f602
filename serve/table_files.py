"""Tables as files: Parquet for programs, CSV for spreadsheets, JSON for everything else, by the file's name."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from ..data.errors import InputError
from .files import check_place, whole

PARQUET = ("", ".parquet", ".pq")
SUFFIXES = (*PARQUET, ".csv", ".json")


def check_table_place(file: Path) -> None:
    """Raise InputError where no table can be written to `file`, before the work begins."""
    if file.suffix.lower() not in SUFFIXES:
        raise InputError(
            "is of no kind that tables are written as", file=file, mend="name it .parquet, .csv or .json"
        )
    check_place(file)


def write_table(frame: pd.DataFrame, file: Path) -> None:
    """Write a table whole or not at all.

    Parameters
    ----------
    frame : DataFrame
    file : Path
        ``.csv`` is UTF-8 with the mark by which spreadsheets know it, an unknown number an empty cell; ``.json`` is a
        list of one object a row, an unknown number null; anything else is Parquet. Days are written as YYYY-MM-DD.

    Raises
    ------
    InputError
        Where it cannot be written.
    """
    kind = file.suffix.lower()
    with whole(file) as partial:
        if kind in PARQUET:
            frame.to_parquet(partial, index=False)
        elif kind == ".csv":
            frame.to_csv(partial, index=False, encoding="utf-8-sig", date_format="%Y-%m-%d")
        else:
            partial.write_text(
                json.dumps(rows_of(frame), indent=1, ensure_ascii=False, allow_nan=False) + "\n",
                encoding="utf-8",
            )


def rows_of(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Return a table's rows as plain types: days as YYYY-MM-DD, None where a value is not known."""
    plain = frame.copy()
    for name in plain.select_dtypes("datetime"):
        plain[name] = plain[name].dt.strftime("%Y-%m-%d")
    plain = plain.astype(object).where(plain.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]


def read_table(file: Path) -> pd.DataFrame:
    """Read a table that `write_table` wrote.

    Raises
    ------
    InputError
        Where there is none, or it is of another kind.
    """
    kind = file.suffix.lower()
    try:
        if kind == ".csv":
            return pd.read_csv(
                file,
                dtype={"athlete_id": "str"},
                encoding="utf-8-sig",
                keep_default_na=False,  # blank is absent and nothing else: N. A. may be an athlete
                na_values=[""],
            )
        if kind == ".json":
            rows = json.loads(file.read_text(encoding="utf-8"))
            return pd.DataFrame(rows if isinstance(rows, list) else [])
        return pd.read_parquet(file)
    except FileNotFoundError:
        raise InputError("is not there", file=file) from None
    except (ValueError, OSError) as error:  # pyarrow's and pandas' faults of a file are both ValueErrors
        why = (str(error).splitlines() or ["no table"])[0]
        raise InputError(f"cannot be read as a table: {why}", file=file) from None
