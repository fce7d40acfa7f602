"""The command on everybody's next morning: squad."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .chosen import InformationOption, ModelOption, chosen_model, said_of
from .console import (
    JsonFlag,
    StoreOption,
    compact_table,
    day,
    print_json,
    require_heeded,
    show,
    speak,
    working,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.table import Table

    from ..data.store import Store
    from ..models.forecaster import Forecaster
    from .squad import Squad

REPORTS = 3


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(squad)


def squad(
    store: StoreOption,
    folder: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Also write a page, JSON and reports there.")
    ] = None,
    morning: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            help="The one after the newest day that half of the people have logged, or its own with morning information.",
        ),
    ] = None,
    reports: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="N",
            help=f"With --out: reports of the first N, linked from the page; {REPORTS} where not given.",
        ),
    ] = None,
    model: ModelOption = None,
    information: InformationOption = "evening",
    json: JsonFlag = False,
) -> None:
    """Tell how everybody will wake, most worth a look first: a table, and with --out a page with reports.

    Example: heavylegs squad --store stores/squad --out tomorrow --reports 3
    """
    from ..data.contents import unrated
    from ..data.store import Store
    from .files import check_place
    from .squad import squad as everybody
    from .squad_page import write_squad

    if folder is None:
        require_heeded("without --out", "add --out DIR", reports=reports)
    source, when = Store(store), day(morning, "--morning")
    forecaster, uri = chosen_model(source, model, information)
    if folder is not None:
        check_place(folder / "squad.html")
    with working("squad") as say:
        told = everybody(source, forecaster, uri, when)
        files: list[Path] = []
        if folder is not None:
            told, files = _with_reports(
                source, forecaster, told, folder, REPORTS if reports is None else reports, say
            )
            files = [*write_squad(told, folder), *files]
    if json:
        print_json({**told.to_dict(), "files": [str(f) for f in files]})
        return
    if any(a.told for a in told.athletes):
        show(_table(told))
    lines = [*_words(told), *(str(f) for f in files)]
    speak("\n".join(lines) + unrated(source) + said_of(source, forecaster, uri, model))


def _with_reports(
    source: Store, forecaster: Forecaster, told: Squad, folder: Path, count: int, say: Callable[[str], None]
) -> tuple[Squad, list[Path]]:
    """Write the reports of the first `count` who have a forecast, and tell the squad where they are."""
    from datetime import timedelta

    from .engine import cohort_of
    from .explain import explain, facts_of
    from .report_files import write_report

    people, files = list(told.athletes), []
    for n, athlete in enumerate(people[:count]):
        if not athlete.told:
            break
        say(f"report of {athlete.athlete_id}")
        cohort, day = cohort_of(source, athlete.athlete_id), told.morning - timedelta(days=1)
        explanation = explain(cohort, forecaster, athlete.athlete_id, day, told.model)
        page, _ = write_report(explanation, folder, facts_of(cohort, athlete.athlete_id, day))
        people[n] = replace(athlete, report=page.name)
        files.append(page)
    return replace(told, athletes=tuple(people)), files


def _table(told: Squad) -> Table:
    """Return the outlook as a table for the terminal."""
    from .printed import fixed, range_text, shown_name
    from .squad_page import chance_text, moved_words

    def shown(value: float | None) -> str:
        return "" if value is None else fixed(value)

    table = compact_table(
        f"{told.cohort}, morning of {told.morning}, {told.information} information",
        "athlete", "bad morning", "forecast", "likely range", "usual", "last week", "week before", "moved most by",
        words=("moved most by",),
    )  # fmt: skip
    for a in (a for a in told.athletes if a.told):
        table.add_row(
            shown_name(a.athlete_id),
            chance_text(a),
            shown(a.fatigue),
            range_text(a.low, a.high),
            shown(a.own_usual),
            shown(a.last_week.mean),
            shown(a.week_before.mean),
            moved_words(a),
        )
    return table


def _words(told: Squad) -> list[str]:
    """Return what stands below the table: the day in a sentence, who has no forecast, and signs to heed."""
    from .printed import shown_name
    from .squad_page import sentence, signs_text

    signs = [f"{shown_name(a.athlete_id)}: {signs_text(a)}" for a in told.athletes if a.signs]
    return [sentence(told), *_waiting(told), *signs]


def _waiting(told: Squad) -> list[str]:
    """Return a line for each reason why athletes have no forecast, with their names."""
    from .printed import shown_name

    people: dict[str, list[str]] = {}
    for a in (a for a in told.athletes if not a.told):
        people.setdefault(a.tier_reason, []).append(shown_name(a.athlete_id))
    return [f"no forecast for {', '.join(names)}: {why}" for why, names in people.items()]
