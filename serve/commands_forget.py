"""The command `forget`: a wrong entry out of a store, without importing all the rest anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from .console import JsonFlag, StoreOption, out, print_json

if TYPE_CHECKING:
    from ..data.store import Store

_AGAIN = (
    "correct it where it came from too: a table or an export that still tells it brings it back; "
    "a recording stays out, for its file is known"
)


_NOTHING = "nothing was taken out: name it by --value; of a day also by --activity, or give --all"


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(forget)


def forget(
    store: StoreOption,
    athlete: Annotated[str, typer.Option(metavar="ID", help="Whose entries they are.", show_default=False)],
    day: Annotated[
        str | None,
        typer.Option("--day", metavar="DATE", help="The day; without it, what is always so of the person."),
    ] = None,
    value: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="A value to take out: fatigue, sleep_h, hr_max_bpm, ...; may stand several times.",
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
    """Take wrong entries of a day, or of a person, out of a store; without --value, --activity and --all only show them.

    Example: heavylegs forget --store stores/me --athlete me --day 2024-05-01

    Example: heavylegs forget --store stores/me --athlete me --day 2024-05-01 --value sleep_h --value fatigue

    Example: heavylegs forget --store stores/me --athlete me --value hr_max_bpm
    """
    from ..data.store import Store
    from .console import day as parsed
    from .held import held_of, held_table, require_held

    if day is None:
        _facts(Store(store), athlete, value or (), activity or (), everything, json)
        return
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
    out.print(_AGAIN if taken else _NOTHING, highlight=False)


def _facts(
    store: Store, athlete: str, values: Sequence[str], sessions: Sequence[str], everything: bool, json: bool
) -> None:
    """Show what is always so of an athlete, and take out what is named."""
    from ..data.errors import InputError
    from .held import facts_of, facts_table

    if sessions or everything:
        told = "--activity" if sessions else "--all"
        raise InputError(f"{told} is of a day", mend="tell which: --day 2024-05-01")
    facts = facts_of(store, athlete)
    if values:
        store.forget_facts(athlete, values)
    if json:
        print_json({**facts, "taken_out": {"values": list(values)}})
        return
    out.print(facts_table(facts, values))
    out.print(_AGAIN if values else _NOTHING, highlight=False)
