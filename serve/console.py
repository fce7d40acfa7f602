"""What every command shares: how it speaks, asks for dates and fails."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.measure import Measurement
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from ..data.errors import InputError
from ..data.names import counted, nearest

# What is printed holds people's and folders' names: "[/b]" and ":ice:" are part of a name, not of our speech.
_LITERAL: dict[str, Any] = {"markup": False, "emoji": False}
out = Console(**_LITERAL)
err = Console(stderr=True, **_LITERAL)
WIDEST = 1_000
STOPPED = 130
"""Exit code of Ctrl-C, as shells have it."""

StoreOption = Annotated[Path, typer.Option("--store", metavar="DIR", help="The store.", show_default=False)]
JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON for machines instead of tables.")]
RecordFile = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write the record there.")]
FolderOption = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="Where to write.", show_default=False)
]
WhoseOption = Annotated[
    str | None, typer.Option("--athlete", metavar="ID", help="Whose day; of a store of one athlete, theirs.")
]
FromOption = Annotated[str | None, typer.Option("--from", metavar="DATE", help="First morning.")]
ToOption = Annotated[str | None, typer.Option("--to", metavar="DATE", help="Last morning.")]
DateOption = Annotated[
    str | None, typer.Option("--date", metavar="DATE", help="The day; the morning after is forecast.")
]
MorningOption = Annotated[
    str | None,
    typer.Option("--morning", metavar="DATE", help="The morning itself, in place of the day before."),
]


def day(text: str | None, option: str) -> np.datetime64 | None:
    """Return a day written as YYYY-MM-DD, None where none was given.

    Raises
    ------
    InputError
        Where it is no such day.
    """
    if text is None:
        return None
    try:
        return np.datetime64(date.fromisoformat(text), "D")
    except ValueError:
        raise InputError(
            f"{option} {text!r} is no day", mend="write it as YYYY-MM-DD, such as 2021-03-01"
        ) from None


def one_day(on: str | None, morning: str | None) -> date:
    """Return the day that either --date or --morning tells, of a morning the day before.

    Raises
    ------
    InputError
        Where none or both are given, or it is no day.
    """
    given, wakes = day(on, "--date"), day(morning, "--morning")
    if given is not None and wakes is None:
        return date.fromisoformat(str(given))
    if wakes is not None and given is None:
        return date.fromisoformat(str(wakes - np.timedelta64(1, "D")))
    raise InputError("tell which day", mend="either --date DATE or --morning DATE")


def choice(text: str, option: str, allowed: tuple[str, ...]) -> str:
    """Return `text` where it is allowed; InputError that lists what is, otherwise."""
    if text not in allowed:
        near = nearest(text, allowed)
        raise InputError(
            f"{option} {text!r} is not known",
            mend=(f"the nearest is {near!r}; " if near else "") + "one of " + ", ".join(allowed),
        )
    return text


def require_heeded(beside: str, mend: str, **options: object) -> None:
    """Refuse options that would be passed over.

    Parameters
    ----------
    beside : str
        Beside or without what.
    mend : str
    **options
        Each by its name, ``shap_plots`` for --shap-plots; None or False where it was not given.

    Raises
    ------
    InputError
        Where one was given.

    Examples
    --------
    >>> require_heeded("without --out", "add --out DIR", reports=5)
    Traceback (most recent call last):
    heavylegs.data.errors.InputError: --reports cannot be heeded without --out (add --out DIR)
    """
    given = [
        f"--{n.replace('_', '-')}" for n, value in options.items() if value is not None and value is not False
    ]
    if given:
        names = ", ".join(given[:-1]) + " and " * (len(given) > 1) + given[-1]
        raise InputError(f"{names} cannot be heeded {beside}", mend=mend)


@contextmanager
def working(title: str) -> Iterator[Any]:
    """Show that something is going on, on the error stream; yields ``say(what)``."""
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(title)
        yield lambda what: bar.update(task, description=f"{title}: {what}")


@contextmanager
def counting(title: str) -> Iterator[Any]:
    """Show a bar on the error stream; yields ``count(done, total, what="")``, where a `total` of 0 is not known."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed}{task.fields[of]}"),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(title, total=None, of="")

        def count(done: int, total: int, what: str = "") -> None:
            of = f"/{total}" if total else ""
            bar.update(
                task, completed=done, total=total or None, of=of, description=f"{title} {what}".rstrip()
            )

        yield count


def speak(words: str) -> None:
    """Print words as they are: nothing is coloured, and lines are left to the terminal to break."""
    out.print(words, highlight=False, soft_wrap=True)


def print_json(value: object) -> None:
    """Print JSON on the standard output, with nothing else."""
    sys.stdout.write(json.dumps(value, indent=1, default=str, allow_nan=False) + "\n")


def evaluation_table(records: list[dict[str, Any]]) -> Table:
    """Return the ladder as a table for the terminal, best forecast last; `*` marks the best baseline."""
    first = records[0]
    split = f" ({first['split']})" if "split" in first else ""
    table = compact_table(
        f"{first['cohort']}, {first['protocol']} athletes{split}, {first['information']} information: "
        f"{counted(first['n_days'], 'morning')} of {counted(first['n_athletes'], 'person', 'people')}",
        "model", "RMSE", "MAE", "skill", "95 % interval", "vs peer", "order", "AUC", "RPS",
    )  # fmt: skip
    for r in sorted(records, key=lambda r: -r["rmse"]):
        best = r["model"] == r["best_baseline"]
        table.add_row(
            r["model"] + (" *" if best else " (peer)" if r["kind"] == "peer" else ""),
            number(r["rmse"], ".4f"),
            number(r["mae"], ".4f"),
            number(r["skill"], "+.3f"),
            "" if best else span(r["skill_low"], r["skill_high"], "+.3f"),
            number(r["skill_vs_peer"], "+.3f"),
            number(r["spearman"], "+.2f"),
            number(r["auc_worse_macro"], ".2f"),
            number(r["rps"], ".3f"),
            style="bold" if r["kind"] == "model" else None,
        )
    return table


def compact_table(title: str, *headings: str, words: Collection[str] = ()) -> Table:
    """Return an empty table that wastes no columns: the first one and those of `words` left, figures right."""
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for heading in headings:
        figures = table.columns and heading not in words
        table.add_column(heading, justify="right" if figures else "left", no_wrap=True)
    return table


def wrapping_table(title: str, headings: Sequence[str], figures: Collection[str] = ()) -> Table:
    """Return an empty table whose cells may take several lines: words left, the columns of `figures` right."""
    table = Table(title=title, title_justify="left")
    for heading in headings:
        right = heading in figures
        table.add_column(heading, justify="right" if right else "left", no_wrap=right)
    return table


def show(table: Table) -> None:
    """Print a table of figures: a terminal too narrow for it loses the last columns and is told so, a file gets all."""
    whole = out.options.update(width=WIDEST)
    if not out.is_terminal:
        file = Console(width=Measurement.get(out, whole, table).maximum, **_LITERAL)
        with file.capture() as text:
            file.print(table)
        file.file.write("".join(f"{line.rstrip()}\n" for line in text.get().splitlines()))
        return
    left_out = []
    while Measurement.get(out, whole, table).maximum > out.width and len(table.columns) > 2:
        left_out.append(str(table.columns.pop().header).replace("\n", " "))
    out.print(table)
    if left_out:
        names = ", ".join(reversed(left_out))
        out.print(f"(a wider window also shows: {names})", style="dim", highlight=False)


def number(value: float | None, form: str) -> str:
    """Return the figure as text, nothing where it is not known."""
    return "" if value is None else format(value, form)


def span(low: float | None, high: float | None, form: str) -> str:
    """Return an interval as text, nothing where it is not known."""
    return "" if low is None or high is None else f"{low:{form}} to {high:{form}}"
