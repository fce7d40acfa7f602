"""Time zones by name."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .errors import InputError


def time_zone(name: str) -> ZoneInfo:
    """Return the time zone of that IANA name; InputError where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(
            f"{name[:60]!r} is no time zone", mend="give an IANA name such as Europe/Oslo"
        ) from None


def known_zone(name: object) -> ZoneInfo | None:
    """Return the time zone of that name, None where it is none or absent."""
    try:
        return time_zone(name) if isinstance(name, str) and name else None
    except InputError:
        return None
