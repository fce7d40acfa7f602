"""The command on days that were otherwise, and on sessions that may be: what-if."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ..data.errors import InputError
from .chosen import InformationOption, ModelOption, chosen_model, said_of
from .console import (
    DateOption,
    JsonFlag,
    MorningOption,
    StoreOption,
    WhoseOption,
    compact_table,
    one_day,
    print_json,
    show,
    speak,
    working,
)

if TYPE_CHECKING:
    from rich.table import Table

    from ..models.explanation import WhatIf
    from .what_if import Answers

HELP = """Tell how tired the morning would be, had the day been another: its sleep, its run, its weather, or with a planned run.

    Without --set and --run it tries single changes that suit the day's log. --set NAME=VALUE sets a value (sleep_h=8), adds to it
    (fluid_ml=+1000, temperature_c=-10) or leaves a share of it (distance_km=50%); several are applied together. Names: distance_km,
    duration_min, temperature_c, hills and session_rpe of the day's runs (of its other sessions where it has none), training (all of its sessions), fluid_during_ml,
    carbohydrate_during_g, sodium_during_mg, and every number of the diary, such as sleep_h, fluid_ml, carbohydrate_g, stress_score.

    Numbers are written as in a note: sleep_h=7:30, fluid_ml=+1l.

    --run plans a session on a day of the log or up to a week after its end, beside a rest day; give it again to compare two. It tells how long
    (1:45, 90 min) and how hard (at 6, from 0 to 10); beside them distance (18 km, 6 miles), pace (5:30/km, in place of the time), sport, air (25 C, 60 %)
    and climb (300 m). Beside a distance 22:10 is read as hours and minutes or as minutes and seconds, whichever can be; 0:22:10 and 22 min leave no doubt.

    Example: heavylegs what-if --store stores/me --athlete me --date 2024-07-01 --set sleep_h=8 --set distance_km=50%

    Example: heavylegs what-if --store stores/me --athlete me --date 2024-07-02 --run "18 km in 1:45 at 6" --run "10 km in 1:00 at 4"
    """


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("what-if", help=HELP)(what_if)


def what_if(
    store: StoreOption,
    athlete: WhoseOption = None,
    date: DateOption = None,
    morning: MorningOption = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A change of the day's log.")
    ] = None,
    runs: Annotated[
        list[str] | None,
        typer.Option("--run", metavar="TEXT", help='A planned session, such as "18 km in 1:45 at 6, 25 C".'),
    ] = None,
    model: ModelOption = None,
    information: InformationOption = "evening",
    json: JsonFlag = False,
) -> None:
    """Tell how tired the morning would be, had the day been another."""
    from ..data.plans import Plan
    from ..data.store import Store
    from .engine import cohort_of
    from .what_if import changed, planned
    from .whose import whose_day

    if changes and runs:
        raise InputError("--set and --run are not asked together", mend="tell all of a plan in --run")
    plans = [Plan.parse(text) for text in runs or ()]
    if plans:
        one_day(date, morning)  # whether a plan is for the newest day or the next nobody can guess
    source = Store(store)
    forecaster, uri = chosen_model(source, model, information)
    athlete, when = whose_day(source, athlete, date, morning, forecaster.information)
    with working("what if"):
        cohort = cohort_of(source, athlete)
        if plans:
            told = planned(cohort, forecaster, athlete, when, plans, uri)
        else:
            told = changed(cohort, forecaster, athlete, when, changes or (), uri)
    if json:
        print_json(told.to_dict())
        return
    speak(_headline(told))
    if any(w.heard for w in told.what_ifs):
        show(_plans(told) if plans else _changes(told))
    speak("\n".join(_notes(told)) + said_of(source, forecaster, uri, model))


def _headline(told: Answers) -> str:
    from .printed import capital, fixed, shown_name
    from .what_if import REST
    from .wording import usually

    who = f"{shown_name(told.athlete_id)}, morning of {told.morning}"
    if told.fatigue is None or told.low is None or told.high is None:
        return f"{who}: not yet. {capital(told.tier_reason)}."
    usual = "" if told.own_usual is None else f", {usually(told.tier)} {fixed(told.own_usual)}"
    day = " after a day of rest" if told.compared_with == REST else ""
    text = f"{who}: fatigue {fixed(told.fatigue)} of 10{day} (likely {fixed(told.low)} to {fixed(told.high)}){usual}"
    return "\n".join([text, *_on_own_scale(told)])


def _on_own_scale(told: Answers) -> list[str]:
    """Return the forecast on the runner's own scale, and what a point there is in the table below."""
    from .own_words import a_point_here, on_own_scale

    scale = told.own_scale
    if scale is None or scale.is_canonical or told.fatigue is None:
        return []
    point = a_point_here(scale)
    text = on_own_scale(scale, told.fatigue, told.own_usual, told.tier, told.low, told.high)
    return [f"{text}{point and '; '}{point}."]


def _changes(told: Answers) -> Table:
    from .printed import fixed
    from .what_if import moved_text, through

    headings = ("change", "forecast", "moves it by", "through")
    table = compact_table("had the day been so:", *headings, words=("through",))
    for w in told.what_ifs:
        if w.heard:
            table.add_row(w.change, fixed(w.fatigue), moved_text(w), through(w))
    return table


def _plans(told: Answers) -> Table:
    from .printed import fixed, range_text
    from .what_if import moved_text, through
    from .wording import chance_words

    headings = ("session", "forecast", "likely range", "bad morning", "beside rest", "through")
    table = compact_table("with:", *headings, words=("through",))

    def row(name: str, of: Answers | WhatIf, *beside_rest: str) -> None:
        bad = "" if of.p_bad_morning is None else chance_words(of.p_bad_morning).removeprefix("about ")
        table.add_row(name, fixed(of.fatigue or 0.0), range_text(of.low, of.high), bad, *beside_rest)

    row(told.compared_with, told, "", "")
    for w in told.what_ifs:
        row(w.change, w, moved_text(w), through(w))
    return table


def _notes(told: Answers) -> list[str]:
    from .printed import joined
    from .what_if import NOT_ADVICE

    if told.fatigue is None:
        return ["Without a forecast there is nothing to compare a change with."]
    lines = []
    unheard = [w.change for w in told.what_ifs if not w.heard]
    if unheard:
        lines.append(f"Nothing that this model hears of that day changes with: {'; '.join(unheard)}.")
    if not told.what_ifs:
        lines.append(
            "The log of this day holds nothing that is usually asked about: --set and --run ask for more."
        )
    if told.taken:
        lines.append(f"Taken for what the plan does not tell: {joined(list(told.taken))}.")
    if told.not_known:
        lines.append(
            f"Not known of that day: {joined(list(told.not_known))}. The forecast counts it as not logged."
        )
    return [*lines, NOT_ADVICE]
