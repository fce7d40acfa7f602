"""The command that looks for better parameters: tune."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .chosen import InformationOption, information_set
from .console import (
    STOPPED,
    JsonFlag,
    StoreOption,
    compact_table,
    counting,
    day,
    number,
    print_json,
    show,
    speak,
)

if TYPE_CHECKING:
    from ..training.tune import Tuning


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(tune)


def tune(
    store: StoreOption,
    trials: Annotated[int, typer.Option(metavar="N", min=1, help="How many trials to add.")] = 50,
    minutes: Annotated[
        float | None, typer.Option(metavar="M", min=0, help="Begin no trial after so many minutes.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="Use mornings up to this one, as train does.")
    ] = None,
    cutoff: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            help="First morning to keep for evaluate --cutoff; each one's last 30 % if absent, as train holds out.",
        ),
    ] = None,
    information: InformationOption = "evening",
    file: Annotated[
        Path | None, typer.Option("--out", metavar="FILE.json", help="Write the best parameters there.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Look for better parameters on inner folds, never on the mornings that train holds out.

    Goes on where the last session on the same days stopped; Ctrl-C keeps what is done. Use what it
    found with train --tuned, or with --out and train --params.

    Example: heavylegs tune --store stores/pmdata --trials 40
    """
    from ..data.store import Store
    from ..features.store_matrix import matrix_of_store
    from ..training.train import until as up_to
    from ..training.tune import tune as search
    from .files import check_place, write_json

    known = information_set(information)
    last, first_kept = day(until, "--until"), day(cutoff, "--cutoff")
    check_place(file)
    with counting("tuning") as count:
        matrix = up_to(matrix_of_store(Store(store), known), last)
        tuning = search(matrix, trials, first_kept, minutes, count)
    if file:
        write_json(file, tuning.parameters)
    if json:
        print_json(_record(tuning))
    else:
        _show(tuning, information)
    if tuning.stopped:
        raise typer.Exit(STOPPED)


def _record(tuning: Tuning) -> dict[str, Any]:
    from dataclasses import asdict
    from math import isfinite

    told = asdict(tuning)
    for score in ("default", "best"):
        told[score] = {k: v if isfinite(v) else None for k, v in told[score].items()}
    return {**told, "better": tuning.better}


def _show(tuning: Tuning, information: str) -> None:
    from ..training import space

    defaults = space.parameters_of(space.default())
    table = compact_table("", "", "defaults", f"trial {tuning.trial}")
    for name, words in (("rmse", "RMSE"), ("rmse_known", "known athletes"), ("rmse_new", "new athletes")):
        values = (getattr(score, name) for score in (tuning.default, tuning.best))
        table.add_row(words, *(number(v if v == v else None, ".4f") for v in values))
    table.add_row("seconds", *(number(s.seconds, ".1f") for s in (tuning.default, tuning.best)))
    for name in space.TUNED:
        table.add_row(name, *(_shown(told[name]) for told in (defaults, tuning.parameters)))
    speak(
        f"{tuning.study.split()[0]}, {information} information, inner folds: "
        f"{tuning.mornings:,} mornings of {tuning.athletes} people"
    )
    show(table)
    verdict = (
        "better than the defaults: train --tuned uses it" if tuning.better else "no better than the defaults"
    )
    speak(
        f"{'stopped; ' if tuning.stopped else ''}{tuning.finished} trials finished, {tuning.pruned} cut short; "
        f"{verdict}\nstudy {tuning.study!r} in {tuning.kept_in}"
    )


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(f"{v:g}" for v in value)
    return f"{value:.4g}" if isinstance(value, float) else str(value)
