"""The command `note`: a morning's answer and a day's values, told by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from ..data.errors import InputError
from ..data.schema import BY_HAND
from .console import JsonFlag, StoreOption, WhoseOption, out, print_json

if TYPE_CHECKING:
    from ..data.entries import Entries
    from ..data.store import Store

HELP = """Note by hand how tired a morning was, values of its day, and what no watch knows of a session.

    Without anything to note it shows what the store holds of the day. What was noted before is replaced by name; all else stays.

    NAME=VALUE: fatigue (how tired you woke up, on your own scale), sleep_h (the night that ended on the day; 7.5 or 7:30), soreness_score, stress_score,
    mood_score, fluid_ml (2400 or 2.4l), carbohydrate_g, protein_g, energy_intake_kcal, illness=yes, mass_kg and every other number of the diary
    (docs/data-dictionary.md); scores run from 0 to 10. Of the day's run, or of the session that --activity names: session_rpe (0 to 10), fluid_during_ml,
    carbohydrate_during_g, sodium_during_mg, mass_before_kg, mass_after_kg. Of the person, told once: sex, birth_year, height_cm, hr_max_bpm,
    hr_rest_bpm, threshold_hr_bpm, threshold_speed_mps (3.5, or 4:45 min/km), sleep_need_h.

    --run tells a session that nobody recorded: how long (1:02, 62 min) or at which pace (5:30/km), the distance (10 km, 6 miles), how hard (at 6, from
    0 to 10; may be left out), sport and climb (300 m). Beside a distance 22:10 is read as hours and minutes or as minutes and seconds, whichever can be;
    0:22:10 and 22 min leave no doubt.

    Example: heavylegs note --store stores/me --athlete me --scale 1-10 fatigue=4 sleep_h=7:30

    Example: heavylegs note --store stores/me --date 2024-07-01 session_rpe=7 fluid_during_ml=500

    Example: heavylegs note --store stores/me fatigue=6 --run "10 km in 1:00 at 4"
    """


class Asked(NamedTuple):
    """What a person wants noted, as it was typed."""

    who: str
    day: date
    values: Sequence[str]
    runs: Sequence[str]
    scale: str | None
    activity: str | None
    new_scale: bool


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("note", help=HELP)(note)


def note(
    store: StoreOption,
    values: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME=VALUE]...", help="What is noted.", show_default=False)
    ] = None,
    athlete: WhoseOption = None,
    when: Annotated[
        str | None, typer.Option("--date", metavar="DATE", help="The day; today where not given.")
    ] = None,
    scale: Annotated[
        str | None,
        typer.Option(
            metavar="FRESH-EXHAUSTED",
            help="The scale of fatigue, such as 1-10, or 5-1 where 5 is fresh; needed for a first answer only.",
        ),
    ] = None,
    new_scale: Annotated[
        bool, typer.Option("--new-scale", help="--scale is another than before, from this answer on.")
    ] = False,
    runs: Annotated[
        list[str] | None,
        typer.Option(
            "--run",
            metavar="TEXT",
            help='A session that nobody recorded, such as "10 km in 1:00 at 4"; told again it replaces the one of that day.',
        ),
    ] = None,
    activity: Annotated[
        str | None, typer.Option(metavar="ID", help="The session that is meant, of a day with several.")
    ] = None,
    new: Annotated[bool, typer.Option("--new", help="The athlete is new to a store of others.")] = False,
    json: JsonFlag = False,
) -> None:
    """Note by hand how tired a morning was, values of its day, and what no watch knows of a session."""
    from ..data.store import Store
    from .console import day as parsed
    from .held import held_of, held_table, require_held

    day = date.fromisoformat(str(parsed(when, "--date"))) if when else date.today()
    source = Store(store)
    who = _whose(source, athlete, new)
    before = _values_of(source, who, day)
    noted: dict[str, str] = {}
    if values or runs:
        told = _kept(source, Asked(who, day, values or (), runs or (), scale, activity, new_scale))
        held = held_of(source, who, day)
        noted = _noted(told, held, before)
    elif scale or activity or new_scale:
        mend = "add fatigue=4 or session_rpe=6"
        raise InputError("--scale and --activity go with what is noted", mend=mend)
    else:
        held = held_of(source, who, day)
        require_held(source, held)
    if json:
        print_json({**held, "noted": list(noted)})
    else:
        out.print(held_table(held, "noted", noted))


def _whose(source: Store, athlete: str | None, new: bool) -> str:
    """Return who is noted of; InputError where nobody is named and several could be, or a name is not known."""
    from ..data.names import nearest_text, plain_name
    from .whose import only_athlete

    known = source.read(tables=["athletes"]).athletes["athlete_id"].tolist() if source.exists() else []
    if athlete is None:
        if not known:
            raise InputError("the store is new: nobody is in it", mend="tell who you are: --athlete me")
        return only_athlete(source)
    who = plain_name(athlete)
    if not who:
        raise InputError(f"--athlete {athlete!r} is no name", mend="tell who you are: --athlete me")
    if known and who not in known and not new:
        raise InputError(
            f"holds no athlete {who!r}",
            file=source.path,
            mend=f"{nearest_text(who, known, '')}; --new for somebody new",
        )
    return who


def _kept(source: Store, asked: Asked) -> Entries:
    """Bring what is noted into the store; return it.

    Raises
    ------
    InputError
        What cannot be noted; nothing is written then.
    """
    import pandas as pd

    from ..data.cohort import Cohort
    from ..data.entries import Entries
    from ..data.entry_words import parse_scale
    from ..data.importer import import_tables
    from ..data.imports import ImportReport
    from ..data.schema import ACTIVITIES, FIRST_YEAR

    if asked.day > date.today() or asked.day.year < FIRST_YEAR:
        when = "lies in the future" if asked.day > date.today() else f"lies before {FIRST_YEAR}"
        raise InputError(f"--date {asked.day} {when}", mend="tell the day that it was; today where not given")
    told = Entries.parse(asked.who, asked.day, asked.values, asked.runs)
    if asked.scale is not None and told.answer is None:
        raise InputError("--scale is that of fatigue, which is not noted", mend="add fatigue=4")
    if asked.activity is not None and (told.plans or not told.of_session):
        raise InputError(
            "--activity is a session of the store", mend="add session_rpe=6, and leave --run out"
        )
    if asked.new_scale and asked.scale is None:
        raise InputError("--new-scale does not tell which", mend="add --scale FRESH-EXHAUSTED")
    scale = None if asked.scale is None else parse_scale(asked.scale)
    known = source.exists() and asked.who in set(source.read(tables=["athletes"]).athletes["athlete_id"])
    cohort = source.read([asked.who]) if known else Cohort.from_tables("nobody", {})
    parts = source.parts(asked.who) if known else pd.DataFrame(columns=ACTIVITIES.names)
    import_tables(
        source, told.tables(cohort, parts, scale, asked.activity, asked.new_scale), ImportReport(BY_HAND), ""
    )
    return told


def _values_of(source: Store, who: str, day: date) -> dict[str, Any]:
    """Return the values that a store holds of a day and of the person; where it does not know them, none."""
    from .held import held_of

    if not source.exists() or who not in set(source.read(tables=["athletes"]).athletes["athlete_id"]):
        return {}
    held = held_of(source, who, day)
    return {**held["person"], **held["values"]}


def _noted(told: Entries, held: dict[str, Any], before: dict[str, Any]) -> dict[str, str]:
    """Return what to say beside each name and id of what is held that was noted."""
    from .held import plain

    names = [*(["fatigue"] if told.answer is not None else []), *told.of_day, *told.of_person]
    was = {**before, "fatigue": before.get("fatigue_native")}
    now = {**held["person"], **held["values"], "fatigue": held["values"].get("fatigue_native")}
    beside = {n: "yes" if was.get(n) in (None, now[n]) else f"yes, it was {plain(was[n])}" for n in names}
    if told.of_session or told.plans:
        own = [a["activity_id"] for a in held["activities"] if BY_HAND in str(a["source"]).split("+")]
        beside |= dict.fromkeys(own, "yes")
    return beside
