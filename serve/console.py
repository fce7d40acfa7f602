"""What every command shares: how it speaks, asks for dates and fails."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from ..data.errors import InputError

out = Console()
err = Console(stderr=True)

StoreOption = Annotated[Path, typer.Option("--store", metavar="DIR", help="The store.", show_default=False)]
JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON for machines instead of tables.")]


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


def choice(text: str, option: str, allowed: tuple[str, ...]) -> str:
    """Return `text` where it is allowed; InputError that lists what is, otherwise."""
    if text not in allowed:
        raise InputError(f"{option} {text!r} is not known", mend="one of " + ", ".join(allowed))
    return text


@contextmanager
def working(title: str) -> Iterator[Any]:
    """Show that something is going on, on the error stream; yields ``say(what)``."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(title)
        yield lambda what: bar.update(task, description=f"{title}: {what}")


@contextmanager
def counting(title: str) -> Iterator[Any]:
    """Show a bar on the error stream; yields ``count(done, total, what="")``."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(title, total=None)

        def count(done: int, total: int, what: str = "") -> None:
            bar.update(task, completed=done, total=total, description=f"{title} {what}".rstrip())

        yield count


def print_json(value: object) -> None:
    """Print JSON on the standard output, with nothing else."""
    sys.stdout.write(json.dumps(value, indent=1, default=str, allow_nan=False) + "\n")


def write_text(file: Path, text: str) -> None:
    """Write a file whole or not at all.

    Raises
    ------
    InputError
        Where it cannot be written.
    """
    partial = file.with_name(file.name + ".part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(text, encoding="utf-8")
        partial.replace(file)
    except OSError as error:
        raise InputError(
            f"cannot be written: {error.strerror}", file=file, mend="choose another place"
        ) from None


def evaluation_table(records: list[dict[str, Any]]) -> Table:
    """Return the ladder as a table for the terminal, best forecast last."""
    first = records[0]
    table = Table(
        title=f"{first['cohort']}, {first['protocol']} athletes, {first['information']} information: "
        f"{first['n_days']} mornings of {first['n_athletes']} people",
        title_justify="left",
    )
    for heading in ("model", "RMSE", "MAE", "skill", "95 % interval"):
        table.add_column(heading, justify="left" if heading == "model" else "right")
    for r in sorted(records, key=lambda r: -r["rmse"]):
        best = " (best baseline)" if r["model"] == r["best_baseline"] else ""
        ours = r["model"] == "heavylegs"
        table.add_row(
            f"{r['model']}{best}",
            f"{r['rmse']:.4f}",
            f"{r['mae']:.4f}",
            f"{r['skill']:+.3f}",
            "" if best else f"{r['skill_low']:+.3f} to {r['skill_high']:+.3f}",
            style="bold" if ours else None,
        )
    return table
