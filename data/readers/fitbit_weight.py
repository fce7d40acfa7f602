"""Fitbit's log of weighings, whose unit only the body mass index beside each weight tells."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ..imports import ImportReport
from ..names import counted
from .fitbit_files import Records, clock
from .tabular import field

WEIGHT_KEYS = ("weight", "date")
_KG = {"kilograms": 1.0, "pounds": 0.45359237, "stones": 6.35029318}
_HEIGHT_M = (1.42, 2.10)  # narrow enough that no weight and BMI fit in two units


def weighings(records: Records, file: str | Path) -> pd.DataFrame:
    """Return when each weighing was, by the local clock, with ``weight`` and ``bmi`` as written and ``body_fat_pct``.

    Raises
    ------
    InputError
        With the entry, where a value is no number or no time.
    """
    stamped = [{"at": f"{r['date']} {r.get('time') or '23:59:59'}"} for r in records]
    return pd.DataFrame(
        {
            "at": clock(stamped, "at", file),
            "weight": field(records, "weight", file, 0, 2000),
            "bmi": field(records, "bmi", file, 0),
            "body_fat_pct": field(records, "fat", file, 0, 100),
        }
    )


def kilograms(weighed: pd.DataFrame, report: ImportReport) -> pd.Series:
    """Return the weights in kilograms, absent where nothing tells the unit; tell the units.

    A weight over its BMI is the square of a height: in kilograms that of a person, in pounds one of three metres. One without a BMI
    is in the unit of all others, where they agree.

    Examples
    --------
    >>> told = pd.DataFrame({"weight": [70.0, 154.3, 11.0, 150.0], "bmi": [21.6, 21.6, 21.6, 0.0]})
    >>> kilograms(told, ImportReport("fitbit")).round(1).tolist()
    [70.0, 70.0, 69.9, nan]
    >>> kilograms(told.iloc[[1, 3]], ImportReport("fitbit")).round(1).tolist()
    [70.0, 68.0]
    """
    unit = pd.Series("", index=weighed.index)
    indexed = weighed["bmi"] > 0
    for name, kg in _KG.items():
        height = (weighed["weight"] * kg / weighed["bmi"].where(indexed)) ** 0.5
        unit = unit.mask(height.between(*_HEIGHT_M), name)
    told = unit[unit != ""].unique()
    if len(told) == 1:
        unit = unit.mask(~indexed & (weighed["weight"] > 0), told[0])
    for name in told:
        number = (unit == name).sum()
        report.note(
            f"{counted(int(number), 'weight')} taken as {name}: the body mass index beside it fits no other unit"
        )
    return weighed["weight"] * unit.map(_KG).astype("float64")
