"""A session in a runner's words: ``18 km in 1:45 at 6``, ``6 miles at 8:30/mi``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from .changes import DAY_S
from .errors import InputError
from .schema import SPORTS
from .speeds import possible_speeds
from .told_numbers import told_number

WORDS = {"run": "running", "walk": "walking", "ride": "cycling", "swim": "swimming"} | {s: s for s in SPORTS}
FILLING = ("in", "for", "and", "with", "a", "of", "up", "rpe")
EXAMPLE = 'write it as "18 km in 1:45 at 6" or "football 90 min at 7, 25 C, 60 %"'
ALIKE = 0.05
"""By so much of the distance may a distance, a time and a pace differ that are told together."""
_NUMBER = r"(?<![\d:])(?<!\d[.,])(-?\d+(?:[.,]\d+)*)"
_END = r"(?![a-z])"
_BEHIND = rf"(?:km|k|kilomet\w+|mi|miles?|min\w*|h|hrs?|hours?|s|secs?|seconds?|m|met\w+|ft|feet|°?[cf]|mph|kph|kmh|per){_END}|[/%°:]"
"""What follows a number that is no effort."""
_PACE = rf"(?:\bat\s+)?(?:(?<![\d:.,])(\d{{1,2}}:[0-5]\d)|{_NUMBER})\s*(?:min\s*)?(?:/|per)\s*(km|k|miles?|mi){_END}"
_EFFORT = rf"\b(?:at\s+rpe|at|rpe)\s+{_NUMBER}(?:\s*/\s*10)?(?![\d.]|\s*(?:{_BEHIND}))"


class _Part(NamedTuple):
    """How a value is written, number and unit; the unit that is meant, the canonical one and what is possible in that."""

    pattern: str
    unit: str = ""
    target: str = ""
    within: tuple[float, float] = (0.0, 0.0)


PACE = _Part(_PACE, "", "m/s", (0.1, 40.0))
PARTS = {
    "pace": PACE,
    "speed": _Part(rf"(?:\bat\s+)?({_NUMBER}\s*(?:km/h|kmh|kph|mph|m/s)){_END}", "km/h", "m/s", (0.0, 40.0)),
    "session_rpe": _Part(_EFFORT, "0-10", "0-10", (0.0, 10.0)),
    "clock": _Part(rf"(\d+):([0-5]\d)(?::([0-5]\d))?(?!\d)(?:\s*(h|hours?|min|minutes?){_END})?"),
    "compact": _Part(rf"(?<![\d.,])(\d+)\s*h([0-5]\d){_END}"),
    "distance_m": _Part(
        rf"({_NUMBER}\s*(?:km|k|kilomet(?:re|er)s?|miles?|mi)){_END}", "km", "m", (0, 99_999)
    ),
    "hours": _Part(rf"({_NUMBER}\s*(?:h|hrs?|hours?)){_END}", "h", "s", (0.0, DAY_S)),
    "minutes": _Part(rf"({_NUMBER}\s*(?:min|mins|minutes?|['\u2019\u2032])){_END}", "min", "s", (0.0, DAY_S)),
    "seconds": _Part(rf"({_NUMBER}\s*(?:s|secs?|seconds?)){_END}", "s", "s", (0.0, DAY_S)),
    "temperature_c": _Part(rf"({_NUMBER}\s*°?\s*[cf]){_END}", "C", "degC", (-50.0, 60.0)),
    "humidity_pct": _Part(rf"({_NUMBER}\s*%)", "%", "%", (0.0, 100.0)),
    "climb_m": _Part(
        rf"({_NUMBER}\s*(?:met(?:re|er)s?|m|ft|feet)){_END}(\s*(?:of\s+)?(?:up|climb))?", "m", "m", (0, 9_999)
    ),
}
"""In the order in which they are looked for: ``25 km/h`` holds a distance, and ``at 6,25 C`` an effort and a temperature."""
_UNITS_OF_TIME = ("hours", "minutes", "seconds")


def read_plan(text: str) -> dict[str, Any]:
    """Return what a text tells of a session, by the names of `heavylegs.data.plans.Plan`; numbers are NaN where not told.

    Raises
    ------
    InputError
        Where words are not understood, the time is missing, or something may be meant in two ways.
    """
    told, left = _parts(text.lower())
    words = [w for w in re.findall(r"[^\s,;]+", left) if w not in FILLING]
    sports = [WORDS[w] for w in words if w in WORDS]
    strange = [w for w in words if w not in WORDS]
    if strange or len(sports) > 1:
        raise wrong(text, f"cannot read {' '.join(strange or words)!r}")
    sport = sports[0] if sports else "running"
    number = {
        name: _number(text, told[name], told[name][1], part)
        for name, part in PARTS.items()
        if part.unit and name in told
    }
    if "climb_m" in told and "distance_m" not in number:
        _metres_alone(text, told["climb_m"], sport, number)
    seconds, distance_m = _extent(text, told, number, sport)
    rest = ("session_rpe", "climb_m", "temperature_c", "humidity_pct")
    return {
        "sport": sport,
        "duration_s": seconds,
        "distance_m": distance_m,
        **{name: number.get(name, np.nan) for name in rest},
    }


def _parts(left: str) -> tuple[dict[str, re.Match[str]], str]:
    """Return where each part stands, and the words that are left."""
    told = {}
    for name, part in PARTS.items():
        found = re.search(part.pattern, left)
        if found:
            told[name] = found
            left = left[: found.start()] + " " + left[found.end() :]
    return told, left


def _number(text: str, found: re.Match[str], written: str, part: _Part) -> float:
    value = told_number(written, part.unit, part.target, part.within, f"--run {text!r}")
    if np.isnan(value):
        raise wrong(text, f"cannot read {found[0].strip()!r}")
    return value


def _metres_alone(text: str, metres: re.Match[str], sport: str, number: dict[str, float]) -> None:
    """Take metres without a distance beside them for that of a swim; of other sports they must say that they are a climb."""
    if sport == "swimming":
        number["distance_m"] = number.pop("climb_m")
    elif metres[3] is None:
        forms = f'write "{metres[1]} up", or "{number["climb_m"] / 1000:g} km"'
        raise wrong(text, f"{metres[1]} may be a climb or a distance", forms)


def _extent(
    text: str, told: Mapping[str, re.Match[str]], number: Mapping[str, float], sport: str
) -> tuple[float, float]:
    """Return time and distance: each as it is told, or by the other and the pace."""
    distance_m, speed = number.get("distance_m", np.nan), number.get("speed", np.nan)
    if "pace" in told:
        clock, plain, unit = told["pace"].groups()
        per = PACE._replace(unit="min/km" if unit.startswith("k") else "min/mi")
        speed = _number(text, told["pace"], clock or plain, per)
    seconds = _seconds(text, told, number, sport, distance_m)
    if speed > 0 and seconds and distance_m > 0 and abs(speed * seconds - distance_m) > ALIKE * distance_m:
        minutes, second = divmod(round(1000 * seconds / distance_m), 60)
        pace = f"{minutes}:{second:02d} min/km"
        raise wrong(
            text,
            f"distance and time make {pace}, which is not the pace that is told",
            "leave one of them out",
        )
    if speed > 0 and not seconds:
        seconds = distance_m / speed
    elif speed > 0 and np.isnan(distance_m):
        distance_m = speed * seconds
    if not abs(seconds) > 0:
        raise wrong(text, "it does not tell how long it lasts")
    return seconds, distance_m


def _seconds(
    text: str,
    told: Mapping[str, re.Match[str]],
    number: Mapping[str, float],
    sport: str,
    distance_m: float,
) -> float:
    """Return how long it lasts, 0 where that is not told."""
    times = [name for name in ("clock", "compact") if name in told]
    if len(times) + any(name in number for name in _UNITS_OF_TIME) > 1:
        raise wrong(text, "it tells two times", "leave one of them out")
    if "clock" in told:
        return _by_clock(text, told["clock"], sport, distance_m)
    if "compact" in told:
        return 3600.0 * int(told["compact"][1]) + 60.0 * int(told["compact"][2])
    return sum(number.get(name, 0.0) for name in _UNITS_OF_TIME)


def _by_clock(text: str, clock: re.Match[str], sport: str, distance_m: float) -> float:
    """Return the seconds of ``1:02:30``, and of ``1:45`` or ``22:10``: hours and minutes, or minutes and seconds.

    Of two figures the unit behind them decides, else the distance: of the two readings the one that gives a speed at
    which the sport is possible. Where both can be, and without a distance, they are hours and minutes.
    """
    first, second, third, unit = clock.groups()
    long, short = 3600.0 * int(first) + 60.0 * int(second), 60.0 * int(first) + int(second)
    if third is not None:
        return long + int(third)
    if unit is not None:
        return short if unit.startswith("min") else long
    if not long:
        return 0.0
    mend = _forms([s for s in (long, short) if s <= DAY_S])
    if distance_m > 0:
        slow, fast = possible_speeds(sport, distance_m)
        readings = [s for s in (long, short) if s and s <= DAY_S and slow <= distance_m / s <= fast]
        if not readings:
            raise wrong(text, _speed_words(clock[0].strip(), (long, short), distance_m), mend)
        return readings[0]
    if long > DAY_S:
        raise wrong(text, f"without a distance {first}:{second} is hours and minutes: over a day", mend)
    return long


def _forms(readings: Sequence[float]) -> str:
    """Return how to write a time so that it can be read in one way."""
    forms = [f'"{_figures(s)}"' for s in readings]
    more = "whichever is meant" if len(forms) > 1 else "if that is meant"
    return f"write {' or '.join(forms)}, {more}" if forms else EXAMPLE


def _speed_words(written: str, readings: tuple[float, float], distance_m: float) -> str:
    """Return at which speeds a time would be, read both ways."""
    hours, minutes = (f"{3.6 * distance_m / s:.3g} km/h" for s in readings)
    return f"{written} is {hours} as hours and minutes, {minutes} as minutes and seconds: nobody goes so"


def _figures(seconds: float) -> str:
    """Return ``0:22:10``."""
    minutes, second = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{second:02d}"


def wrong(text: str, what: str, mend: str = EXAMPLE) -> InputError:
    """Return the line that refuses a plan."""
    return InputError(f"--run {text!r}: {what}", mend=mend)
