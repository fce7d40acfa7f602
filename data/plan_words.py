"""A session in a runner's words: ``18 km in 1:45 at 6``."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from .changes import DAY_S
from .errors import InputError
from .schema import SPORTS
from .speeds import possible_speeds

WORDS = {"run": "running", "walk": "walking", "ride": "cycling", "swim": "swimming"} | {s: s for s in SPORTS}
EXAMPLE = 'write it as "18 km in 1:45 at 6" or "football 90 min at 7, 25 C, 60 %"'
_NUMBER = r"(-?\d+(?:\.\d+)?)"
PARTS = {
    "clock": r"(\d+):([0-5]\d)(?::([0-5]\d))?(?!\d)(?:\s*(h|min)\b)?",
    "distance_km": _NUMBER + r"\s*km\b",
    "minutes": _NUMBER + r"\s*min\b",
    "hours": _NUMBER + r"\s*h\b",
    "session_rpe": r"\bat\s+" + _NUMBER + r"(?![\d.:]|\s*(?:km|min|h|m|°?c|%))",
    "temperature_c": _NUMBER + r"\s*°?c\b",
    "humidity_pct": _NUMBER + r"\s*%",
    "climb_m": _NUMBER + r"\s*m\b",
}


def read_plan(text: str) -> dict[str, Any]:
    """Return what a text tells of a session, by the names of `heavylegs.data.plans.Plan`; numbers are NaN where not told.

    Raises
    ------
    InputError
        Where words are not understood, time or effort is missing, or a time may be neither hours nor minutes.
    """
    told, left = {}, text.lower()
    for name, pattern in PARTS.items():
        found = re.search(pattern, left)
        if found:
            told[name] = found
            left = left[: found.start()] + " " + left[found.end() :]
    words = [w for w in re.findall(r"[^\s,;]+", left) if w not in ("in", "and", "a", "of", "up", "rpe")]
    sports = [WORDS[w] for w in words if w in WORDS]
    strange = [w for w in words if w not in WORDS]
    if strange or len(sports) > 1:
        raise wrong(text, f"cannot read {' '.join(strange or words)!r}")
    sport = sports[0] if sports else "running"
    number = {name: float(found[1]) for name, found in told.items() if name != "clock"}
    distance_m = 1000 * number.get("distance_km", np.nan)
    if "clock" in told:
        seconds = _by_clock(text, told["clock"], sport, distance_m)
    else:
        seconds = 3600.0 * number.get("hours", 0.0) + 60.0 * number.get("minutes", 0.0)
    if not seconds:
        raise wrong(text, "it does not tell how long it lasts")
    if "session_rpe" not in number:
        raise wrong(text, "it does not tell how hard it feels, from 0 to 10")
    rest = ("session_rpe", "climb_m", "temperature_c", "humidity_pct")
    return {
        "sport": sport,
        "duration_s": seconds,
        "distance_m": distance_m,
        **{name: number.get(name, np.nan) for name in rest},
    }


def _by_clock(text: str, clock: re.Match[str], sport: str, distance_m: float) -> float:
    """Return the seconds of ``1:02:30``, and of ``1:45`` or ``22:10``: hours and minutes, or minutes and seconds.

    Of two figures the unit behind them decides, else the distance: of the two readings the one that gives a speed at
    which the sport is possible. Where both or none can be told so, they are hours and minutes.
    """
    first, second, third, unit = clock.groups()
    long, short = 3600.0 * int(first) + 60.0 * int(second), 60.0 * int(first) + int(second)
    if third is not None:
        return long + int(third)
    if unit is not None:
        return short if unit == "min" else long
    forms = f'write "{_figures(long)}" or "{_figures(short)}", whichever is meant'
    if distance_m > 0:
        slow, fast = possible_speeds(sport, distance_m)
        readings = [s for s in (long, short) if s and s <= DAY_S and slow <= distance_m / s <= fast]
        if not readings:
            raise wrong(text, f"{_speed_words(clock[0].strip(), (long, short), distance_m)}", forms)
        return readings[0]
    if long > DAY_S:
        raise wrong(text, f"without a distance {first}:{second} is hours and minutes: over a day", forms)
    return long


def _speed_words(written: str, readings: tuple[float, float], distance_m: float) -> str:
    """Return at which speeds a time would be, read both ways."""
    hours, minutes = (f"{3.6 * distance_m / s:.3g} km/h" if s else "no time" for s in readings)
    return f"{written} is {hours} as hours and minutes, {minutes} as minutes and seconds: nobody goes so"


def _figures(seconds: float) -> str:
    """Return ``0:22:10``."""
    minutes, second = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{second:02d}"


def wrong(text: str, what: str, mend: str = EXAMPLE) -> InputError:
    """Return the line that refuses a plan."""
    return InputError(f"--run {text!r}: {what}", mend=mend)
