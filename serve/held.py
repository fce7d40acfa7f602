"""What a store holds of one athlete's day, its values and its sessions, and what is always so of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..data.entry_words import PERSON
from ..data.errors import InputError
from ..data.schema import SAID_BY_HAND
from ..data.store import Store
from ..data.store_removal import VALUES
from .console import wrapping_table

if TYPE_CHECKING:
    from rich.table import Table

_TABLES = ("activities", "diary", "ratings")
_SHOWN = ("activity_id", "sport", "start_time", "duration_s", "distance_m", *SAID_BY_HAND, "source")


def held_of(store: Store, athlete: str, when: date) -> dict[str, Any]:
    """Return what a store holds of a day, as plain types.

    Returns
    -------
    dict
        ``athlete``, ``day``, ``values`` by name (``fatigue`` from 0 to 10, and ``fatigue_native`` as it was answered), ``activities``
        with what is known of each, ``person``: what is always so of the athlete.

    Raises
    ------
    InputError
        No store, or an athlete that it does not hold.
    """
    cohort = store.read([athlete], ["athletes", *_TABLES])
    at = pd.Timestamp(when)
    activities, diary, ratings = (
        frame[frame["day"] == at] for frame in (getattr(cohort, t) for t in _TABLES)
    )
    told = {**_only(diary), **_only(ratings)}
    names = (VALUES[0], "fatigue_native", *VALUES[1:])
    values = {name: told[name] for name in names if pd.notna(told.get(name))}
    rows = activities[list(_SHOWN)].astype(object).where(activities[list(_SHOWN)].notna(), None)
    found = [
        {k: str(v) if k == "start_time" and v is not None else v for k, v in r.items()}
        for r in rows.to_dict("records")
    ]
    return {
        "athlete": athlete,
        "day": str(when),
        "values": values,
        "activities": found,
        "person": _facts(cohort.athletes),
    }


def facts_of(store: Store, athlete: str) -> dict[str, Any]:
    """Return what a store holds that is always so of an athlete: ``athlete``, and ``person`` by name.

    Raises
    ------
    InputError
        No store, or an athlete that it does not hold.
    """
    return {"athlete": athlete, "person": _facts(store.read([athlete], ["athletes"]).athletes)}


def person_of(store: Store, athlete: str) -> dict[str, Any]:
    """Return what `facts_of` does, with ``rows``: how many rows of each table the store holds of an athlete.

    Raises
    ------
    InputError
        No store, or an athlete that it does not hold.
    """
    cohort = store.read([athlete], ["athletes", *_TABLES])
    rows = {table: len(getattr(cohort, table)) for table in _TABLES}
    return {"athlete": athlete, "person": _facts(cohort.athletes), "rows": rows}


def require_held(store: Store, held: dict[str, Any]) -> None:
    """Raise InputError where a store holds nothing of a day."""
    if held["values"] or held["activities"]:
        return
    days = pd.concat([getattr(store.read([held["athlete"]], _TABLES), t)["day"] for t in _TABLES])
    mend = (
        f"the log runs from {days.min():%Y-%m-%d} to {days.max():%Y-%m-%d}" if len(days) else "none is there"
    )
    raise InputError(
        f"holds nothing of athlete {held['athlete']!r} on {held['day']}", file=store.path, mend=mend
    )


def held_table(held: dict[str, Any], mark: str, marked: Mapping[str, str]) -> Table:
    """Return a day's entries as a table; with a column `mark` that says what `marked` has for names and ids, if any."""
    headings = ("entry", "what (scores of 0-10)", *([mark] if marked else []))
    table = wrapping_table(f"{held['athlete']}, {held['day']}", headings)

    def add(name: str, what: str, known_as: str) -> None:
        table.add_row(name, what, *([marked.get(known_as, "")] if marked else []))

    for name, told in held["values"].items():
        if name != "fatigue_native":
            own = held["values"]["fatigue_native"] if name == "fatigue" else told
            add(name, f"{told:g}" if own == told else f"{told:.2f} (answered {own:g})", name)
    for told in held["activities"]:
        add(f"activity {told['activity_id']}", _session(told), told["activity_id"])
    for name in held["person"]:
        if name in marked:
            add(f"{name} (always)", plain(held["person"][name]), name)
    return table


def facts_table(facts: dict[str, Any], taken: Collection[str]) -> Table:
    """Return what is always so of an athlete as a table, with a mark beside what was taken out, if anything."""
    table = wrapping_table(facts["athlete"], ("always so", "what", *(["taken out"] if taken else [])))
    for name, told in facts["person"].items():
        table.add_row(name, plain(told), *([("yes" if name in taken else "")] if taken else []))
    return table


def plain(value: float | str) -> str:
    """Return a value as text."""
    return value if isinstance(value, str) else f"{value:g}"


def _session(told: dict[str, Any]) -> str:
    size = [f"{told['duration_s'] / 60:.0f} min"] if told["duration_s"] is not None else []
    size += [f"{told['distance_m'] / 1000:.2f} km"] if told["distance_m"] is not None else []
    said = [f"{name} {told[name]:g}" for name in SAID_BY_HAND if told[name] is not None]
    return ", ".join([str(told["sport"] or "activity"), *size, *said, str(told["source"] or "")])


def _facts(athletes: pd.DataFrame) -> dict[str, Any]:
    row = _only(athletes)
    return {name: row[name] for name in PERSON if pd.notna(row.get(name))}


def _only(frame: pd.DataFrame) -> dict[str, Any]:
    return dict(frame.iloc[0]) if len(frame) else {}
