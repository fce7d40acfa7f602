"""Which files of a Fitbit export are worth opening, and how one is known from another service's of like name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

_JSON = re.compile(r"(exercise|sleep|resting_heart_rate|weight)(-[\d-]+)?\.json")
_NIGHTS = re.compile(r"daily heart rate variability summary.*\.csv")
_PROFILE = "profile.csv"
_LIST = re.compile(r"\[\s*\{")
_MARKS = (
    ('"logId"', '"activityName"'),
    ('"logId"', '"dateOfSleep"'),
    ('"logId"', '"weight"'),
    ('"dateTime"', '"value"'),
)
_FOLDER = "global export data/"
_TRIED = 20  # files of a name that Garmin's might have too, looked into


def _last(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/").lower()).name


def is_wanted(name: str) -> bool:
    """Return whether a file of that name holds what tables do: of thousands the fewest do.

    Examples
    --------
    >>> [is_wanted(f"Takeout/Fitbit/Global Export Data/{n}") for n in ("sleep-2024-01-01.json", "heart_rate-2024-01-01.json")]
    [True, False]
    """
    last = _last(name)
    return bool(_JSON.fullmatch(last) or _NIGHTS.fullmatch(last)) or last == _PROFILE


def is_fitbit(text: str) -> bool:
    """Return whether a file that begins so is of a Fitbit export."""
    start = text.lstrip("\ufeff \r\n\t")
    if not start.startswith(("{", "[")):
        heading = start.partition("\n")[0].lower()
        return "rmssd" in heading and "nremhr" in heading
    # Garmin's weights have a BMI, Polar's samples a dateTime and a value.
    return bool(_LIST.match(start)) and any(all(key in start for key in keys) for keys in _MARKS)


def holds_fitbit(names: Iterable[str], head: Callable[[str], bytes]) -> bool:
    """Return whether a folder or archive of these files holds a Fitbit export; `head` returns the beginning of one."""
    names = list(names)
    if any(_FOLDER in name.replace("\\", "/").lower() for name in names):
        return True
    doubtful = sorted(n for n in names if is_wanted(n) and _last(n) != _PROFILE)[:_TRIED]
    return any(is_fitbit(head(name).decode("utf-8", "replace")) for name in doubtful)
