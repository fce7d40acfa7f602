"""How Polar's account export writes values: lengths of time, times of the clock, numbers that may be missing."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import numpy as np

from ..arrays import Floats
from .json_records import Record, number

_LENGTH = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")


def length_s(value: object) -> float | None:
    """Return an ISO 8601 length of time in seconds, None where it is none.

    >>> length_s("PT1H2M3.5S"), length_s("PT4050.564S"), length_s("P1DT2S"), length_s("an hour")
    (3723.5, 4050.564, 86402.0, None)
    """
    found = _LENGTH.fullmatch(value) if isinstance(value, str) else None
    if found is None or not any(found.groups()):
        return None
    parts = (float(part or 0) for part in found.groups())
    return sum(part * unit for part, unit in zip(parts, (86_400, 3600, 60, 1), strict=True))


def clock_time(value: object) -> datetime | None:
    """Return a time as it is written, with or without zone; None where it is none of these centuries.

    >>> clock_time("2026-01-03T09:51:43.850"), clock_time("yesterday")
    (datetime.datetime(2026, 1, 3, 9, 51, 43, 850000), None)
    """
    try:
        time = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return time if time is not None and 1900 <= time.year <= 2100 else None


def since(when: object, start: datetime) -> float | None:
    """Return the seconds from the start to a time that is written as the start is, None where it is not."""
    time = clock_time(when)
    if time is None or (time.utcoffset() is None) != (start.utcoffset() is None):
        return None
    return (time - start).total_seconds()


def record_of(value: object) -> Record:
    """Return an object, an empty one where there is none."""
    return value if isinstance(value, dict) else {}


def list_of(value: object) -> list[Any]:
    """Return a list, an empty one where there is none."""
    return value if isinstance(value, list) else []


def floats(values: object) -> Floats:
    """Return numbers as float64, NaN for what is none, such as the text "NaN"."""
    told = [number(v) for v in list_of(values)]
    return np.array([np.nan if v is None else v for v in told], dtype=np.float64)
