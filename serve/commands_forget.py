"""The command `forget`: a wrong entry out of a store, without importing all the rest anew."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from .console import JsonFlag, StoreOption, out, print_json

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
    from .held import held_of, held_table, require_held

    when = date.fromisoformat(str(parsed(day, "--day")))
    held = held_of(Store(store), athlete, when)
    require_held(Store(store), held)
    values, sessions = list(value or ()), list(activity or ())
    if everything:
        values = [name for name in held["values"] if name != "fatigue_native"]
        sessions = [a["activity_id"] for a in held["activities"]]
    taken = [*values, *sessions]
    if taken:
        Store(store).forget(athlete, when, values, sessions)
    if json:
        print_json({**held, "taken_out": {"values": values, "activities": sessions}})
        return
    out.print(held_table(held, "taken out", dict.fromkeys(taken, "yes")))
    out.print(
        _AGAIN if taken else "nothing was taken out: name it by --value or --activity, or give --all",
        highlight=False,
    )
