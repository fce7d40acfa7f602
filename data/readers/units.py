"""From the units that people write to those of the canonical tables."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

import pandas as pd

from .cells import Decimal, to_number

_DAY_S = 86_400
Parse = Callable[[str, Decimal], float]


def _times(factor: float, offset: float = 0.0) -> Parse:
    return lambda cell, decimal: to_number(cell, decimal) * factor + offset


def _clock(*seconds: float, per: float) -> Parse:
    """Return a parser of as many parts between colons as `seconds` has, each that many seconds long."""
    shape = re.compile(r"(\d{1,3})" + r":([0-5]?\d)" * (len(seconds) - 2) + r":([0-5]?\d(?:[.,]\d+)?)")

    def parse(cell: str, decimal: Decimal) -> float:
        match = shape.fullmatch(cell.strip())
        if not match:
            return math.nan
        parts = [float(p.replace(",", ".")) for p in match.groups()]
        return sum(p * s for p, s in zip(parts, seconds, strict=True)) / per

    return parse


def _pace(metres: float) -> Parse:
    clock = _clock(60.0, 1.0, per=1.0)

    def parse(cell: str, decimal: Decimal) -> float:
        seconds = clock(cell, decimal) if ":" in cell else to_number(cell, decimal) * 60
        return metres / seconds if seconds > 0 else math.nan

    return parse


def _minutes() -> Parse:
    """Return a parser of minutes and seconds, before which hours may stand, as watches write from an hour on."""
    short, long = _clock(60, 1, per=1), _clock(3600, 60, 1, per=1)
    return lambda cell, decimal: (long if cell.count(":") == 2 else short)(cell, decimal)


def _hours(per: float) -> Parse:
    """Return a parser of hours, whole or with decimals, among which a clock to 24:00 may stand (7:30 is 7.5)."""
    plain, clock = _times(3600 / per), _clock(3600, 60, per=per)

    def parse(cell: str, decimal: Decimal) -> float:
        if ":" not in cell:
            return plain(cell, decimal)
        value = clock(cell, decimal)
        return value if value * per <= _DAY_S else math.nan  # 45:00 is rather of minutes

    return parse


_YES_WORDS = "yes y true 1 x ja j oui si s\u00ed s\u00ec sim \u2713 \u2714"
_NO_WORDS = "no n false 0 nein nei nej nee non n\u00e3o nao \u2717 \u2718"
YES_NO = dict.fromkeys(_YES_WORDS.split(), 1.0) | dict.fromkeys(_NO_WORDS.split(), 0.0)
"""Answers that need no translation, in lower case; a tick and a cross among them."""
_LB, _OZ = 0.45359237, 0.028349523125
UNITS: dict[str, dict[str, Parse]] = {
    "h": {
        "h": _hours(per=3600),
        "min": _times(1 / 60),
        "s": _times(1 / 3600),
        "days": _times(24),
        "h:mm": _clock(3600, 60, per=3600),
        "h:mm:ss": _clock(3600, 60, 1, per=3600),
    },
    "s": {
        "s": _times(1),
        "min": _times(60),
        "h": _hours(per=1),
        "h:mm": _clock(3600, 60, per=1),
        "h:mm:ss": _clock(3600, 60, 1, per=1),
        "mm:ss": _minutes(),
        "days": _times(_DAY_S),
    },
    "m": {
        "m": _times(1),
        "km": _times(1000),
        "mi": _times(1609.344),
        "ft": _times(0.3048),
        "yd": _times(0.9144),
    },
    "cm": {"cm": _times(1), "m": _times(100), "in": _times(2.54), "ft": _times(30.48)},
    "kg": {"kg": _times(1), "lb": _times(_LB), "st": _times(14 * _LB), "g": _times(0.001)},
    "g": {
        "g": _times(1),
        "mg": _times(0.001),
        "oz": _times(_OZ * 1000),
        "us drinks": _times(14),
        "uk units": _times(8),
    },
    "mg": {"mg": _times(1), "g": _times(1000), "ug": _times(0.001), "g salt": _times(1000 * 22.990 / 58.443)},
    "ug": {"ug": _times(1), "mg": _times(1000)},
    "kcal": {"kcal": _times(1), "kJ": _times(1 / 4.184)},
    "mL": {
        "ml": _times(1),
        "cl": _times(10),
        "dl": _times(100),
        "l": _times(1000),
        "fl oz": _times(29.5735295625),
        "cups": _times(236.5882365),
        "pints": _times(473.176473),
        "uk pints": _times(568.26125),
        "glasses of 250 ml": _times(250),
    },
    "degC": {"C": _times(1), "F": _times(5 / 9, -160 / 9)},
    "m/s": {
        "m/s": _times(1),
        "km/h": _times(1 / 3.6),
        "mph": _times(0.44704),
        "kn": _times(1852 / 3600),
        "min/km": _pace(1000),
        "min/mi": _pace(1609.344),
    },
    "hPa": {"hPa": _times(1), "mbar": _times(1), "kPa": _times(10), "mmHg": _times(1.33322387415)},
    "%": {"%": _times(1), "fraction": _times(100)},
    "bpm": {"bpm": _times(1)},
    "ms": {"ms": _times(1), "s": _times(1000)},
    "steps/min": {"steps/min": _times(1), "strides/min": _times(2)},
    "W/m2": {"W/m2": _times(1)},
    "0/1": {"yes/no": lambda cell, decimal: YES_NO.get(cell.strip().casefold(), math.nan), "0/1": _times(1)},
}
"""Canonical unit to the units that can be turned into it. Cups and ounces are those of the United States."""

_SAME = {
    "litres": "l", "liters": "l", "liter": "l", "litre": "l", "millilitres": "ml", "oz": "fl oz", "cup": "cups",
    "pint": "pints", "hours": "h", "hour": "h", "hrs": "h", "hr": "h", "minutes": "min", "mins": "min", "minute": "min",
    "minuten": "min", "minutos": "min", "minuti": "min", "minuter": "min", "minutter": "min",
    "stunden": "h", "std": "h", "heures": "h", "horas": "h", "ore": "h", "uur": "h", "uren": "h", "timer": "h", "timmar": "h",
    "sekunden": "s", "secondes": "s", "segundos": "s", "secondi": "s", "sekunder": "s", "seconden": "s",
    "seconds": "s", "second": "s", "secs": "s", "sec": "s", "hh:mm": "h:mm", "hh:mm:ss": "h:mm:ss", "m:ss": "mm:ss", "miles": "mi", "mile": "mi",
    "metres": "m", "kilometres": "km", "kilometers": "km", "kilometre": "km", "kilometer": "km", "k": "km", "meters": "m", "metre": "m", "meter": "m", "feet": "ft", "lbs": "lb", "pounds": "lb", "stone": "st", "kilograms": "kg", "kgs": "kg",
    "cal": "kcal", "calories": "kcal", "kilojoules": "kJ", "mcg": "ug", "\N{MICRO SIGN}g": "ug", "\N{GREEK SMALL LETTER MU}g": "ug",
    "\N{DEGREE SIGN}c": "C", "\N{DEGREE SIGN}f": "F", "degc": "C", "degf": "F", "celsius": "C", "fahrenheit": "F", "kmh": "km/h",
    "percent": "%", "pct": "%", "spm": "steps/min", "rpm": "strides/min", "/km": "min/km", "/mi": "min/mi", "kmph": "km/h", "kph": "km/h",
    "bool": "yes/no", "ja/nein": "yes/no", "beats/min": "bpm", "grams": "g", "w/m\N{SUPERSCRIPT TWO}": "W/m2",
}  # fmt: skip


def known_unit(unit: str, target: str) -> str | None:
    """Return our word for `unit` where it can be turned into the canonical unit `target`, else None.

    Examples
    --------
    >>> known_unit("Lbs", "kg"), known_unit("oz", "mL"), known_unit("oz", "g"), known_unit("km", "kg"), known_unit("km", "")
    ('lb', 'fl oz', 'oz', None, None)
    """
    choices = {name.casefold(): name for name in units_of(target)}
    wanted = unit.strip().casefold()
    return choices.get(wanted) or choices.get(_SAME.get(wanted, wanted).casefold())


def units_of(target: str) -> Mapping[str, Parse]:
    """Return the units that can be turned into the canonical unit `target`, at least itself."""
    return UNITS.get(target) or {target: _times(1)}


_SIZED = re.compile(r"([-+]?\d[\d.,:]*)\s*([^\d\s:.,].*)")
_LASTING = re.compile(
    r"(?:(\d+(?:[.,]\d+)?)\s*(?:h|hrs?|hours?|std|stunden?|heures?|horas?|ore|timer?)\.?)?\s*"
    r"(?:(\d+)\s*(?:min(?:s|utes?|uten)?\.?|m|['\u2019\u2032]|$))?\s*"
    r"(?:(\d+)\s*(?:s|secs?|seconds?|sek|\"|''|\u2033|\u2019\u2019|\u201d|$))?"
)


def lasting(cell: str) -> float:
    """Return the seconds of a time written with its own units, NaN where it is none.

    Examples
    --------
    >>> lasting("1h05"), lasting("45'"), lasting("45'30"), lasting("1 h 5 min"), lasting("65")
    (3900.0, 2700.0, 2730.0, 3900.0, nan)
    """
    match = _LASTING.fullmatch(cell.strip().casefold())
    if not match or not any(match.groups()) or cell.strip().isdigit():
        return math.nan
    hours, minutes, seconds = (float((part or "0").replace(",", ".")) for part in match.groups())
    sound = (match[1] is None or minutes < 60) and (match[2] is None or seconds < 60)
    return hours * 3600 + minutes * 60 + seconds if sound else math.nan


def tells_unit(cell: str, target: str) -> str | None:
    """Return the unit that a cell names behind its number or within it, None where it names none that is known."""
    sized = _SIZED.fullmatch(cell.strip())
    unit = known_unit(sized[2], target) if sized else None
    if unit is None and target in ("h", "s") and math.isfinite(lasting(cell)):
        return "h" if "h" in cell.casefold() else "min"
    return unit


def _own(cell: str, unit: str, target: str, decimal: Decimal) -> float:
    """Return what a cell tells that names its unit itself."""
    if target in ("h", "s") and math.isfinite(seconds := lasting(cell)):
        return seconds / 3600 if target == "h" else seconds
    sized = _SIZED.fullmatch(cell.strip())
    own = known_unit(sized[2], target) if sized else None
    if sized is None or own is None:
        return math.nan
    return units_of(target)[unit if ":" in sized[1] else own](sized[1], decimal)


def convert(cells: pd.Series, unit: str, target: str, decimal: Decimal) -> pd.Series:
    """Return text cells written in `unit` as numbers in `target`; NaN where blank or not readable.

    A cell that names its unit itself, as ``12 km`` or ``1h05``, is read by that.

    Examples
    --------
    >>> convert(pd.Series(["7:30", "8:15", "x"]), "h:mm", "h", ".").tolist()
    [7.5, 8.25, nan]
    >>> convert(pd.Series(["7,5", "7:30", "45:00"]), "h", "h", ",").tolist()
    [7.5, 7.5, nan]
    >>> convert(pd.Series(["10", "1,5"]), "mi", "m", ",").round().tolist()
    [16093.0, 2414.0]
    >>> convert(pd.Series(["12 km", "7.5mi", "10"]), "km", "m", ".").round().tolist()
    [12000.0, 12070.0, 10000.0]
    """
    read = {cell: read_cell(cell, unit, target, decimal) for cell in cells.unique()}
    return cells.map(read).astype("float64")


def read_cell(cell: str, unit: str, target: str, decimal: Decimal) -> float:
    """Return what one cell holds; see `convert`."""
    value = units_of(target)[unit](cell, decimal)
    return _own(cell, unit, target, decimal) if math.isnan(value) else value
