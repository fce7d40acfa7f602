"""How what is noted is written: ``NAME=VALUE`` in any of a value's units, and the ends of a scale."""

from __future__ import annotations

import numpy as np

from .errors import InputError
from .names import nearest_text
from .schema import ATHLETES, DIARY, RATINGS, SAID_BY_HAND, TABLES, Column, FatigueScale
from .told_numbers import told_value

FATIGUE = "fatigue"
DAY = {c.name: c for c in DIARY.columns if c.kind == "number"}
SESSION = {name: TABLES["activities"].column(name) for name in SAID_BY_HAND}
SEX = "sex"
PERSON = {c.name: c for c in ATHLETES.columns if c.name == SEX or (c.kind == "number" and c.name not in DAY)}
NAMES = (FATIGUE, *DAY, *SESSION, *PERSON)
"""What can be noted: how tired a day's morning was, the diary's values, what is said of a session and of the person."""
_SEXES = dict.fromkeys(("female", "f", "woman", "w"), "female") | dict.fromkeys(("male", "m", "man"), "male")


def parse_entry(text: str) -> tuple[str, float | str]:
    """Return the name and the canonical value of ``NAME=VALUE``; of fatigue the answer as it was given.

    Parameters
    ----------
    text : str
        The value in its own unit, or with another one: ``sleep_h=7:30``, ``fluid_ml=2.4l``, ``illness=no``.

    Raises
    ------
    InputError
        A name that is not known, a value that cannot be read, may be two or is impossible.

    Examples
    --------
    >>> parse_entry("sleep_h=7:30"), parse_entry("threshold_speed_mps=5:00 min/km")[1].__round__(2), parse_entry("sex=f")
    (('sleep_h', 7.5), 3.33, ('sex', 'female'))
    """
    name, equals, written = (part.strip() for part in text.partition("="))
    if not equals or not written:
        raise InputError(f"{text!r} notes nothing", mend="write NAME=VALUE, such as sleep_h=7.5")
    if name not in NAMES:
        mend = f"{nearest_text(name, NAMES, '')}; see heavylegs note --help for all"
        raise InputError(f"{text}: nothing is called {name!r}", mend=mend)
    if name == SEX:
        if written.casefold() not in _SEXES:
            raise InputError(f"{text}: {written!r} is not known", mend="write sex=female or sex=male")
        return name, _SEXES[written.casefold()]
    column = {**DAY, **SESSION, **PERSON, FATIGUE: RATINGS.column("fatigue_native")}[name]
    value = told_value(written, column, text, f"{name}=")
    if np.isnan(value):
        raise InputError(f"{text}: {written!r} is no value", mend=f"write {_allowed(name, column)}")
    low, high = column.low, column.high
    if low is not None and high is not None and not low <= value <= high:
        raise InputError(f"{text}: {value:g} is impossible", mend=f"write {_allowed(name, column)}")
    return name, value


def _allowed(name: str, column: Column) -> str:
    """Return what may be written for a name."""
    if column.low is None or column.high is None:
        return f"{name}= and a number"
    if column.unit == "0/1":
        return f"{name}=yes or {name}=no"
    unit = "" if column.unit == "0-10" else f" {column.unit}"
    return f"{name}= and a number from {column.low:g} to {column.high:g}{unit}"


def parse_scale(text: str) -> FatigueScale:
    """Return the scale that runs from fresh to exhausted as ``1-10`` or ``5-1`` says.

    Raises
    ------
    InputError
        Where it is no such pair.

    Examples
    --------
    >>> parse_scale("5-1")
    FatigueScale(minimum=1.0, maximum=5.0, direction=-1)
    """
    ends = text.replace("\N{EN DASH}", "-").split("-")
    try:
        fresh, exhausted = (float(end) for end in ends)
    except ValueError:
        fresh = exhausted = np.nan
    if not fresh != exhausted or not np.isfinite(fresh - exhausted):
        raise InputError(
            f"--scale {text!r} is no scale",
            mend="tell the answer for fresh, then the one for exhausted: --scale 1-10, or --scale 5-1 where 5 is fresh",
        )
    return FatigueScale(min(fresh, exhausted), max(fresh, exhausted), 1 if fresh < exhausted else -1)
