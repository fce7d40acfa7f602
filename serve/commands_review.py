"""The command on past forecasts: review."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .chosen import SETS, ModelOption, chosen_model, information_set, said_of
from .console import (
    FromOption,
    JsonFlag,
    StoreOption,
    ToOption,
    compact_table,
    day,
    number,
    print_json,
    require_heeded,
    show,
    speak,
    working,
)

if TYPE_CHECKING:
    from rich.table import Table

    from ..data.store import Store
    from ..training.daily_use import Turn
    from .review import Review


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(review)


def review(
    store: StoreOption,
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE...", help="Forecasts that predict wrote at the time.")
    ] = None,
    first: FromOption = None,
    last: ToOption = None,
    file: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Every morning as a table: .parquet, .csv or .json."),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write a page with everybody's mornings drawn."),
    ] = None,
    model: ModelOption = None,
    information: Annotated[
        str | None,
        typer.Option(
            metavar="SET",
            help="What was known: 'evening', as where not given, or 'morning' with the night before; files tell it themselves.",
        ),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Hold past forecasts against what came: how far off, for whom, and whether a simple rule did as well.

    Without files each morning is forecast by the champion of that time, from the log as it is now; a morning
    that a model had learned from never counts.

    Example: heavylegs review --store stores/squad --from 2024-07-01 --to 2024-07-31 --html july.html

    Example: heavylegs review kept/2024-07-*.csv --store stores/squad
    """
    from ..data.contents import require_ratings
    from ..data.store import Store
    from .files import check_place
    from .review import review_files, review_turns
    from .review_page import write_review_page
    from .table_files import check_table_place, write_table

    source, begins, ends = Store(store), day(first, "--from"), day(last, "--to")
    if files:
        mend = "files tell what a model forecast, and from which information: leave it out, or the files"
        require_heeded("beside files", mend, model=model, information=information)
    if file is not None:
        check_table_place(file)
    check_place(html)
    require_ratings(source)
    said = ""
    with working("review") as say:
        if files:
            told = review_files(source, files, begins, ends, say)
        else:
            turns, said = _turns(source, model, information or SETS[0])
            told = review_turns(source, turns, begins, ends, say)
    if file is not None:
        write_table(told.frame, file)
    if html is not None:
        write_review_page(told, html, said)
    if json:
        print_json(told.to_dict())
        return
    show(_review_table(told))
    speak(f"{_review_words(told)}\n{html}{said}" if html else f"{_review_words(told)}{said}")


def _turns(source: Store, model: str | None, information: str) -> tuple[list[Turn], str]:
    """Return the cohort's champions with their mornings, or the model asked for, or what speaks where none is champion; and what must be said of it."""
    from ..training import registry
    from ..training.daily_use import Turn, turns

    name = str(source.info()["name"])
    if model is None:
        known = information_set(information)
        found = turns(registry.registered_name(name, known), name)
        if found:
            return found, ""
    forecaster, uri = chosen_model(source, model, information)
    return [Turn.of(uri, forecaster, name)], said_of(source, forecaster, uri, model)


def _review_table(told: Review) -> Table:
    """Return how forecasts did by athlete as a table for the terminal, all together last."""
    from .printed import shown_name

    o = told.overall
    table = compact_table(
        f"{told.cohort}, forecasts in daily use, {told.information} information: {o['n_days']:,} mornings "
        f"of {o['first']} to {o['last']}",
        "athlete", "mornings", "miss", "the rule's", "inside", "bad", "warned", "rightly",
    )  # fmt: skip
    for row in [*told.athletes, {**o, "athlete_id": "all"}]:
        table.add_row(
            shown_name(row["athlete_id"]),
            f"{row['n_days']:,}",
            number(row["rmse"], ".2f"),
            number(row["rmse_baseline"], ".2f"),
            number(row["inside"], ".0%"),
            *(str(row[key]) for key in ("bad", "warned", "warned_bad")),
            style="bold" if row not in told.athletes else None,
        )
    return table


def _review_words(told: Review) -> str:
    """Return what the table says, and how to read it."""
    from .review_page import makers_sentence, skill_sentence, warning_sentence

    return (
        f"{skill_sentence(told)}\n{warning_sentence(told)}\n{makers_sentence(told)}\n"
        f"miss: in {told.unit}; inside: the likely range; bad: clearly more tired than usual; "
        "warned: its chance was 5 in 10 or more"
    )
