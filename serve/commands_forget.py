"""The command `forget`: a wrong entry out of a store, without importing all the rest anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from ..data.errors import InputError
from ..data.names import counted
from .console import JsonFlag, StoreOption, out, print_json, speak

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
    everything: Annotated[
        bool,
        typer.Option("--all", help="Take out all that the day holds; without --day, with --yes, the person."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --all and no --day: take the person out.")] = False,
    json: JsonFlag = False,
) -> None:
    """Take wrong entries of a day, or of a person, out of a store; without --value, --activity and --all only show them.

    Example: heavylegs forget --store stores/me --athlete me --day 2024-05-01

    Example: heavylegs forget --store stores/me --athlete me --day 2024-05-01 --value sleep_h --value fatigue

    Example: heavylegs forget --store stores/me --athlete me --value hr_max_bpm

    Example: heavylegs forget --store stores/squad --athlete Jose --all --yes
    """
    from ..data.store import Store
    from .console import day as parsed
    from .console import require_heeded

    if everything:
        mend = "leave it out: --all takes all"
        require_heeded("beside --all", mend, value=value or None, activity=activity or None)
    if yes and (day is not None or not everything):
        raise InputError("--yes is for a whole person", mend="give --all without --day, or leave it out")
    source, values, sessions = Store(store), value or (), activity or ()
    if day is not None:
        when = date.fromisoformat(str(parsed(day, "--day")))
        _day(source, athlete, when, values, sessions, everything, json)
    elif everything:
        _person(source, athlete, yes, json)
    else:
        _facts(source, athlete, values, sessions, json)


def _day(
    store: Store,
    athlete: str,
    when: date,
    values: Sequence[str],
    sessions: Sequence[str],
    everything: bool,
    json: bool,
) -> None:
    """Show what a day holds, and take out what is named, or all of it."""
    from .held import held_of, held_table, require_held

    held = held_of(store, athlete, when)
    require_held(store, held)
    if everything:
        values = [name for name in held["values"] if name != "fatigue_native"]
        sessions = [a["activity_id"] for a in held["activities"]]
    taken = [*values, *sessions]
    if taken:
        store.forget(athlete, when, values, sessions)
    if json:
        print_json({**held, "taken_out": {"values": list(values), "activities": list(sessions)}})
        return
    out.print(held_table(held, "taken out", dict.fromkeys(taken, "yes")))
    out.print(_AGAIN if taken else _NOTHING, highlight=False)


def _facts(store: Store, athlete: str, values: Sequence[str], sessions: Sequence[str], json: bool) -> None:
    """Show what is always so of an athlete, and take out what is named."""
    from .held import facts_of, facts_table

    if sessions:
        raise InputError("--activity is of a day", mend="tell which: --day 2024-05-01")
    facts = facts_of(store, athlete)
    if values:
        store.forget_facts(athlete, values)
    if json:
        print_json({**facts, "taken_out": {"values": list(values)}})
        return
    out.print(facts_table(facts, values))
    out.print(_AGAIN if values else _NOTHING, highlight=False)


def _person(store: Store, athlete: str, yes: bool, json: bool) -> None:
    """Show how much a store holds of an athlete, and with `yes` take them out."""
    from ..data.quarantine import Quarantine
    from .held import person_of

    held = person_of(store, athlete)
    waiting = sum(e.athlete == athlete for e in Quarantine.beside(store.path).entries())
    if yes:
        store.forget_athlete(athlete)
    if json:
        print_json({**held, "quarantined": waiting, "taken_out": {"athlete": yes}})
        return
    rows = held["rows"]
    sizes = (
        counted(rows["ratings"], "rated morning"),
        counted(rows["diary"], "day of a diary", "days of a diary"),
        counted(rows["activities"], "activity", "activities"),
    )
    done = "taken out; their files can be imported again" if yes else "nothing was taken out: give --yes"
    out.print(f"{athlete}: {', '.join(sizes)}\n{done}", highlight=False, markup=False)
    if waiting:
        copies = counted(waiting, "copy", "copies")
        speak(f"still in quarantine: {copies} of files of theirs (`heavylegs quarantine clear`)")
