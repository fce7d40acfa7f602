"""The command `forget`: a wrong entry out of a store, without importing all the rest anew."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..data.errors import InputError
from .console import JsonFlag, StoreOption, out, print_json, wrapping_table

if TYPE_CHECKING:
    from ..data.store import Store

_SHOWN = ("activity_id", "sport", "start_time", "duration_s", "distance_m", "source")
_AGAIN = (
    "correct it where it came from too: a table or an export that still tells it brings it back; "
    "a recording stays out, for its file is known"
)


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(forget)


def forget(
    store: StoreOption,
    athlete: Annotated[str, typer.Option(metavar="ID", help="Whose day it is.", show_default=False)],
    day: Annotated[str, typer.Option("--day", metavar="DATE", help="The day.", show_default=False)],
    value: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="A value to take out: fatigue, sleep_h, ...; may stand several times."
        ),
    ] = None,
    activity: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID", help="An activity to take out, with its records; may stand several times."
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Take out all that the day holds.")] = False,
    json: JsonFlag = False,
) -> None:
    """Take wrong entries of a day out of a store; without --value, --activity and --all only show what it holds.

    Example: heavylegs forget --store stores/me --athlete me --day 2024-05-01

    Example: heavylegs forget --store stores/me --athlete me --day 2024-05-01 --value sleep_h --value fatigue
    """
    from ..data.store import Store
    from .console import day as parsed

    when = date.fromisoformat(str(parsed(day, "--day")))
    held = _held(Store(store), athlete, when)
    values, sessions = list(value or ()), list(activity or ())
    if everything:
        values, sessions = list(held["values"]), [a["activity_id"] for a in held["activities"]]
    taken = bool(values or sessions)
    if taken:
        Store(store).forget(athlete, when, values, sessions)
    if json:
        print_json({**held, "taken_out": {"values": values, "activities": sessions}})
    else:
        _tell(held, values, sessions)


def _held(store: Store, athlete: str, when: date) -> dict[str, Any]:
    """Return what the store holds of that day, plain types; InputError where that is nothing."""
    import pandas as pd

    from ..data.store_removal import VALUES

    tables = ("activities", "diary", "ratings")
    cohort = store.read([athlete], tables)
    at = pd.Timestamp(when)
    activities, diary, ratings = (frame[frame["day"] == at] for frame in (getattr(cohort, t) for t in tables))
    told = {**_only(diary), **_only(ratings)}
    values = {name: told[name] for name in VALUES if pd.notna(told.get(name))}
    rows = activities[list(_SHOWN)].astype(object).where(activities[list(_SHOWN)].notna(), None)
    if not values and rows.empty:
        days = pd.concat([getattr(cohort, t)["day"] for t in tables])
        mend = (
            f"the log runs from {days.min():%Y-%m-%d} to {days.max():%Y-%m-%d}"
            if len(days)
            else "none is there"
        )
        raise InputError(f"holds nothing of athlete {athlete!r} on {when}", file=store.path, mend=mend)
    found = [
        {k: str(v) if k == "start_time" and v is not None else v for k, v in r.items()}
        for r in rows.to_dict("records")
    ]
    return {"athlete": athlete, "day": str(when), "values": values, "activities": found}


def _only(frame: Any) -> dict[str, Any]:
    return dict(frame.iloc[0]) if len(frame) else {}


def _tell(held: dict[str, Any], values: list[str], sessions: list[str]) -> None:
    taken = bool(values or sessions)
    headings = ("entry", "what (scores of 0-10)", *(["taken out"] if taken else []))
    table = wrapping_table(f"{held['athlete']}, {held['day']}", headings)
    for name, told in held["values"].items():
        table.add_row(name, f"{told:g}", *(["yes" if name in values else ""] if taken else []))
    for told in held["activities"]:
        size = [f"{told['duration_s'] / 60:.0f} min"] if told["duration_s"] is not None else []
        size += [f"{told['distance_m'] / 1000:.2f} km"] if told["distance_m"] is not None else []
        what = ", ".join([str(told["sport"] or "activity"), *size, str(told["source"] or "")])
        table.add_row(
            f"activity {told['activity_id']}",
            what,
            *(["yes" if told["activity_id"] in sessions else ""] if taken else []),
        )
    out.print(table)
    out.print(
        _AGAIN if taken else "nothing was taken out: name it by --value or --activity, or give --all",
        highlight=False,
    )
