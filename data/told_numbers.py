"""Numbers as people type them: with either decimal sign, in any of a value's units."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from .errors import InputError
from .readers.cells import Decimal, decimals_of
from .readers.units import read_cell, tells_unit
from .schema import Column

FAR = 10.0
"""So many times beyond what is possible a value is a slip that nobody makes: 70,125 kg are no 70 tons."""
_FIGURES = re.compile(r"\d[\d.,]*(?<![.,])")


def told_number(
    written: str, unit: str, target: str, within: tuple[float, float], said: str, before: str = ""
) -> float:
    """Return what is written in the canonical unit `target`, NaN where it is no value.

    A point or a comma before three figures (``2,400``) may part thousands or decimals. It is read where one of the two
    is out of the question.

    Parameters
    ----------
    written : str
        Such as ``7,5``, ``2.4l`` or ``7:30``.
    unit : str
        That of a number which names none; a key of `heavylegs.data.readers.units.UNITS` of `target`.
    within : (float, float)
        Least and greatest value that is possible, in `target`. They choose between readings and refuse nothing.
    said : str
        All that was said, for the error.
    before : str
        What stood before it, such as ``fluid_ml=``, for the error.

    Raises
    ------
    InputError
        Where it may be two values.

    Examples
    --------
    >>> told_number("7,5", "h", "h", (0, 24), ""), told_number("42,195", "km", "m", (0, 1e6), "")
    (7.5, 42195.0)
    """
    figures = _FIGURES.search(written)
    signs: tuple[Decimal, ...] = decimals_of(figures[0]) if figures else (".",)
    value, *thousands = (read_cell(written, unit, target, sign) for sign in signs)
    if figures is None or not thousands:
        return value
    low, high = within
    if not low <= value <= high:
        return thousands[0] if low <= thousands[0] <= high else value
    if not low / FAR <= thousands[0] <= high * FAR:
        return value
    forms = [f"{before}{written.replace(figures[0], form)}" for form in _plainly(figures[0])]
    raise InputError(f"{said}: {written!r} may be thousands or decimals", mend=f"write {' or '.join(forms)}")


def told_value(written: str, column: Column, said: str, before: str) -> float:
    """Return a column's value, NaN where it is none; see `told_number`."""
    usual = {
        "h": "h:mm" if ":" in written else "h",
        "0/1": "0/1" if written[:1].isdigit() else "yes/no",
        "mL": "ml",
        "degC": "C",
    }
    unit = usual.get(column.unit, column.unit)
    if column.unit == "m/s":
        unit = tells_unit(written, "m/s") or unit
    low = -math.inf if column.low is None else column.low
    high = math.inf if column.high is None else column.high
    value = told_number(written, unit, column.unit, (low, high), said, before)
    return value if column.unit != "0/1" or value in (0.0, 1.0) else math.nan


def told_difference(written: str, read: Callable[[str], float]) -> float:
    """Return by how much ``1l`` or ``0:30`` is more than nothing, as `read` reads both; NaN where it is no number."""
    return read(written) - read(_FIGURES.sub("0", written)) if _FIGURES.search(written) else math.nan


def _plainly(figures: str) -> tuple[str, str]:
    """Return both readings of ``2,400`` so that each can be read in one way: ``2400`` and ``2.4``."""
    whole, part = re.split("[.,]", figures)
    fewer = part.rstrip("0")
    return whole + part, whole if not fewer else f"{whole}.{fewer if len(fewer) < 3 else part + '0'}"
