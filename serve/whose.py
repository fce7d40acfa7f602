"""Whose day a command is about, where not all of it is told."""

from __future__ import annotations

from datetime import date, timedelta

from ..data.contents import LOGGED, require_days
from ..data.errors import InputError
from ..data.names import nearest_text
from ..data.store import Store
from ..features.catalog import Information
from .console import one_day


def whose_day(
    store: Store, athlete: str | None, on: str | None, morning: str | None, information: Information
) -> tuple[str, date]:
    """Return an athlete and a day; the only athlete of the store and the newest day, where they are not told.

    Parameters
    ----------
    store : Store
    athlete : str or None
    on, morning : str or None
        The day, or the morning after it, as --date and --morning tell them.
    information : {"evening", "morning"}
        With "morning" the newest day is the one before the last that is logged, whose night the log may tell.

    Raises
    ------
    InputError
        Where there are several athletes, none, or not that one; where the day cannot be read, or nothing is logged.
    """
    who = only_athlete(store) if athlete is None else athlete
    if on is None and morning is None:
        return who, newest_day(store, who) - timedelta(days=1 if information == "morning" else 0)
    return who, one_day(on, morning)


def only_athlete(store: Store) -> str:
    """Return the athlete of a store that holds no other.

    Raises
    ------
    InputError
        Where it holds several, or nobody.
    """
    require_days(store)
    known = store.read(tables=["athletes"]).athletes["athlete_id"].astype(str).tolist()
    if len(known) == 1:
        return known[0]
    raise InputError(
        f"holds {len(known)} athletes",
        file=store.path,
        mend=f"tell whose with --athlete: {nearest_text('', known, '')}",
    )


def newest_day(store: Store, athlete: str) -> date:
    """Return the last day of which an athlete's log tells anything.

    Raises
    ------
    InputError
        Where the store does not hold the athlete, or nothing of them.
    """
    days = store.read([athlete], tables=["athletes", *LOGGED]).days_told()["day"]
    if days.empty:
        raise InputError(
            f"holds no day of {athlete}", file=store.path, mend="import activities or a diary of mornings"
        )
    newest: date = days.max().date()
    return newest
