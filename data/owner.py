"""Whose files they are that come in, and by which clock and at which place they are read."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .errors import InputError
from .names import plain_name
from .recording import Recording
from .store import Store
from .zones import time_zone


@dataclass(frozen=True)
class Owner:
    """Whose files they are and how to read them.

    Parameters
    ----------
    athlete : str
        Space around it and what cannot be seen do not count.
    timezone : str, optional
        IANA name, for files that tell no local time.
    place : str, optional
        Where the activities were, to join them with weather of that name.
    keep_location : bool
        Whether to keep coordinates.
    local_clock : bool
        Whether times that a file writes without a zone are by the clock of `timezone`, or of the zone that the store
        remembers; else they are UTC.

    Raises
    ------
    InputError
        Where the athlete has no name, or there is no such time zone.
    """

    athlete: str
    timezone: str | None = None
    place: str | None = None
    keep_location: bool = False
    local_clock: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "athlete", plain_name(self.athlete))
        if not self.athlete:
            raise InputError("an athlete has no name", mend="give a short word, such as --athlete me")
        if self.timezone:
            time_zone(self.timezone)

    def lacks(self, recordings: list[Recording]) -> list[str]:
        """Return the options that were not given and with which these would be read otherwise."""
        told = {
            "timezone": self.timezone or tell_their_zone(recordings),
            "local_clock": self.local_clock or all(r.zone_told for r in recordings),
            "place": self.place,
            "keep_location": self.keep_location,
        }
        return [option for option, given in told.items() if not given]


def tell_their_zone(recordings: list[Recording]) -> bool:
    """Return whether all of a file's recordings tell their local time, so that no time zone is needed."""
    return all(r.utc_offset_s is not None for r in recordings)


def at_home(owner: Owner, store: Store) -> Owner:
    """Return the owner with the time zone that an earlier import told the store, where this one tells none."""
    if owner.timezone or not store.exists():
        return owner
    athletes = store.read(tables=["athletes"]).athletes
    known = athletes.loc[athletes["athlete_id"] == owner.athlete, "timezone"].dropna()
    return replace(owner, timezone=str(known.iloc[0])) if len(known) else owner
