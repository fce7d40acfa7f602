"""Numbers, days and names as a runner reads them."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from datetime import date

from ..models.explanation import FeatureValue
from . import units

MINUS = "\u2212"
NBSP = "\u00a0"
NOT_LOGGED = "not logged"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
MOST_LETTERS = 60
"""Of a name on a page or in a table."""


def finite(value: object) -> float | None:
    """Return a number, or None for None, NaN, infinities and whatever is no number."""
    if value is None or isinstance(value, str | bytes):
        return None
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def tenths(value: float) -> int:
    """Return a number in whole tenths, halves away from zero, as it is shown."""
    return int(math.copysign(math.floor(abs(value) * 10 + 0.5 + 1e-9), value))


def fixed(value: float, digits: int = 1) -> str:
    """Return a number with a true minus sign and no negative zero.

    Examples
    --------
    >>> fixed(4.649), fixed(-0.04), fixed(1234.5, 0)
    ('4.6', '0.0', '1,235')
    """
    scale = 10**digits
    rounded = math.copysign(math.floor(abs(value) * scale + 0.5 + 1e-9), value) / scale
    text = f"{abs(rounded):,.{digits}f}"
    return MINUS + text if rounded < 0 else text


def signed(value: float, digits: int = 1) -> str:
    """Return a number with its sign, plus or true minus; zero has none."""
    text = fixed(value, digits)
    return text if text.startswith(MINUS) or not text.strip("0.,") else f"+{text}"


def long_day(day: date, year: bool = True) -> str:
    """Return ``Tuesday 14 January 2020``, in English wherever it runs."""
    return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}" + (f" {day.year}" if year else "")


def shown_name(text: str) -> str:
    """Return a name cut to a readable length, without control and direction characters."""
    visible = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in text).strip()
    return visible if len(visible) <= MOST_LETTERS else visible[: MOST_LETTERS - 1] + "\u2026"


def capital(text: str) -> str:
    """Return a text that begins with a capital and is otherwise as it was."""
    return text[0].upper() + text[1:]


def range_text(low: float | None, high: float | None) -> str:
    """Return ``3.1 to 5.2``, nothing where it is not known."""
    return "" if low is None or high is None else f"{fixed(low)} to {fixed(high)}"


def short_day(day: date) -> str:
    """Return ``14 Jan``."""
    return f"{day.day}{NBSP}{MONTHS[day.month - 1][:3]}"


def joined(parts: Sequence[str]) -> str:
    """Return ``a``, ``a and b`` or ``a, b and c``."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def duration(seconds: float) -> str:
    """Return ``52 min`` or ``1 h 06 min``."""
    minutes = int(seconds / 60 + 0.5)
    if minutes < 60:
        return f"{minutes}{NBSP}min"
    return f"{minutes // 60}{NBSP}h{NBSP}{minutes % 60:02d}{NBSP}min"


def pace(metres_per_second: float) -> str:
    """Return ``5:19 min/km``."""
    seconds = int(1000 / metres_per_second + 0.5)
    return f"{seconds // 60}:{seconds % 60:02d}{NBSP}min/km"


def quantity(value: float | None, unit: str, name: str = "", beside: float | None = None) -> str:
    """Return a value with its unit, as a runner would say it.

    Parameters
    ----------
    value : float or None
        None and NaN are told as "not logged".
    unit : str
        As the catalogue writes it.
    name : str
        The feature: tells shares, ratios and metres of height from other numbers.
    beside : float, optional
        A value shown next to it; both get the same unit and digits.

    Examples
    --------
    >>> quantity(12_400, "m").split(), quantity(None, "h"), quantity(1.0, "0/1")
    (['12.4', 'km'], 'not logged', 'yes')
    """
    number, other = finite(value), finite(beside)
    if number is None:
        return NOT_LOGGED
    size = max(abs(number), abs(other or 0.0))
    if unit == "0/1":
        return "yes" if number >= 0.5 else "no"
    if unit == "0 = Monday":
        return DAYS[int(number) % 7]
    if unit == "s":
        return duration(number)
    if unit in ("m/s", "mps"):
        return pace(number) if number > 0.3 else f"{fixed(number)}{NBSP}m/s"
    if unit == "min" and size >= 90 and number >= 0:
        return duration(60 * number)
    if unit.startswith("ln "):
        # A log difference below the usual is a share below it, which a runner can read.
        return f"{fixed(100 * -math.expm1(-number), 0)}{NBSP}%"
    if unit in ("share", "fraction") or (not unit and name.endswith("_share")):
        return f"{fixed(100 * number, 0)}{NBSP}%"
    scale, shown = _scaled(unit, name, size)
    first, *rest = shown.split(" ")
    # 66 mornings, beside 41.3 of them
    counted = first in units.COUNTED and first != "points" and number == round(number)
    digits = 0
    if number and not counted:
        digits = _digits(scale * number, None if other is None else scale * other)
    digits = min(digits, units.FINEST.get(shown, 2))
    if first in units.COUNTED and digits == 0 and tenths(number) == 10:
        shown = " ".join([first.removesuffix("s"), *rest])
    return fixed(scale * number, digits) + (f"{NBSP}{shown}" if shown else "")


def _scaled(unit: str, name: str, size: float) -> tuple[float, str]:
    height = any(word in name for word in ("ascent", "descent", "climb", "altitude"))
    if unit in ("m", "m/day", "m/week") and size >= 1000 and not height:
        return 0.001, "k" + units.UNITS.get(unit, unit)
    if unit == "mL" and size >= 1000:
        return 0.001, "L"
    if unit == "mg" and size >= 10_000:
        return 0.001, "g"
    if not unit and name.endswith("_ratio"):
        return 1.0, "times"
    return 1.0, units.UNITS.get(unit, unit)


def _digits(number: float, other: float | None) -> int:
    numbers = [number] if other is None else [number, other]
    if all(abs(n - round(n)) < 1e-6 for n in numbers) or max(map(abs, numbers)) >= 100:
        return 0
    return 1 if max(map(abs, numbers)) >= 1 else 2


def value_and_usual(feature: FeatureValue) -> tuple[str, str]:
    """Return a feature's value and the athlete's usual, in one unit; "" where no usual is known.

    A long unit is said once, so that the pair fits a phone.
    """
    shown = quantity(feature.value, feature.unit, feature.name, feature.usual)
    if finite(feature.usual) is None:
        return shown, ""
    usual = quantity(feature.usual, feature.unit, feature.name, feature.value)
    number, _, unit = usual.partition(NBSP)
    return shown, number if len(unit) > 4 and shown.endswith(NBSP + unit) else usual


def value_line(feature: FeatureValue) -> str:
    """Return ``sleep debt: 4.5 h, usually 1.2 h``."""
    shown, usual = value_and_usual(feature)
    return f"{feature.label}: {shown}" + (f", usually {usual}" if usual else "")
