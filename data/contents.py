"""What a store must hold before anything can be told of it."""

from __future__ import annotations

from .errors import InputError
from .store import Store

LOGGED = ("activities", "diary", "ratings")
"""Tables that tell something of an athlete's day."""
UNRATED = "no morning is rated, and nobody has a forecast before their third rating"
IMPORT_RATINGS = "import a diary of mornings with heavylegs import table"


def require_days(store: Store) -> None:
    """Raise InputError where a store tells nothing of anybody's day."""
    rows = store.info()["rows"]
    if not any(rows[table] for table in LOGGED):
        instead = "weather and " if rows["weather"] else ""
        whose = "anybody" if rows["athletes"] else "an athlete"
        raise InputError(
            f"holds {instead}no day of {whose} yet",
            file=store.path,
            mend="import activities, and a diary of mornings with heavylegs import table",
        )


def require_ratings(store: Store) -> None:
    """Raise InputError where no morning in a store is rated, or it holds no day at all."""
    require_days(store)
    if not store.info()["rows"]["ratings"]:
        raise InputError(UNRATED, file=store.path, mend=IMPORT_RATINGS)


def unrated(store: Store) -> str:
    """Return what must be said with forecasts of a store in which no morning is rated, nothing of another."""
    return "" if store.info()["rows"]["ratings"] else f"\n{UNRATED}: {IMPORT_RATINGS}"
