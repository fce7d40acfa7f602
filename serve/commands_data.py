"""Commands that bring data in and look at it: import, simulate, fetch, check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .console import JsonFlag, StoreOption

if TYPE_CHECKING:
    from ..data.imports import Imported

imports = typer.Typer(no_args_is_help=True, help="Read run logs into a store.")
PathArgument = Annotated[
    Path, typer.Argument(metavar="PATH", help="The data set's folder.", show_default=False)
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(imports, name="import")
    app.command()(simulate)
    app.command()(fetch)
    app.command()(check)


@imports.command("pmdata")
def import_pmdata(path: PathArgument, store: StoreOption, json: JsonFlag = False) -> None:
    """Read PMData (folders p01 to p16) into a store.

    Example: heavylegs import pmdata data/pmdata --store stores/pmdata
    """
    _import("pmdata", path, store, json)


@imports.command("soccermon")
def import_soccermon(path: PathArgument, store: StoreOption, json: JsonFlag = False) -> None:
    """Read SoccerMon's subjective data into a store.

    Example: heavylegs import soccermon data/soccermon --store stores/soccermon
    """
    _import("soccermon", path, store, json)


def _import(source: str, path: Path, folder: Path, as_json: bool) -> None:
    from ..data.cohort import Cohort
    from ..data.readers import READERS
    from ..data.store import Store
    from .console import counting

    with counting(f"reading {source}") as count:
        imported = READERS[source](path, progress=count)
    cohort = Cohort.from_tables(imported.cohort_name, imported.tables)
    Store(folder).write(cohort, imported.report, imported.attribution)
    _tell(imported, folder, as_json)


def _tell(imported: Imported, folder: Path, as_json: bool) -> None:
    from rich.table import Table

    from .console import out, print_json

    if as_json:
        print_json(imported.report.to_dict())
        return
    table = Table(title=f"{imported.cohort_name} in {folder}", title_justify="left")
    for heading in ("table", "rows read", "kept", "left out", "why"):
        table.add_column(heading, justify="right" if heading in ("rows read", "kept", "left out") else "left")
    for name, t in imported.report.tables.items():
        why = "; ".join(f"{n} {reason}" for reason, n in t.left_out.most_common())
        table.add_row(name, f"{t.read:,}", f"{t.kept:,}", f"{sum(t.left_out.values()):,}", why)
    out.print(table)
    for note in imported.report.notes:
        out.print(f"- {note}", highlight=False)
    if imported.attribution:
        out.print(f"Source: {imported.attribution}", highlight=False)


def simulate(
    store: StoreOption,
    athletes: Annotated[int, typer.Option(min=1, max=100_000, help="Runners.")] = 40,
    days: Annotated[int, typer.Option(min=2, max=3_650, help="Days of their season.")] = 200,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same cohort.")] = 7,
    r2: Annotated[
        float, typer.Option(min=0.01, max=0.99, help="Share of fatigue that the factors explain.")
    ] = 0.35,
) -> None:
    """Make a cohort of simulated runners whose causes of fatigue are known.

    Example: heavylegs simulate --store stores/simulated --athletes 40 --days 200
    """
    from ..data.simulate import simulate as make
    from ..data.store import Store
    from .console import out

    made = make(athletes=athletes, days=days, seed=seed, r2=r2)
    target = Store(store)
    target.write(made.cohort)
    target.write_truth(made.truth)
    rated = len(made.cohort.ratings)
    out.print(f"{athletes} runners, {days} days, {rated:,} rated mornings in {store}", highlight=False)


def fetch(
    name: Annotated[str, typer.Argument(help="pmdata or soccermon.", show_default=False)],
    to: Annotated[Path | None, typer.Option("--to", help="Folder; a cache folder where not given.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Accept the data set's licence.")] = False,
) -> None:
    """Download a public data set, after showing its licence.

    Example: heavylegs fetch soccermon --yes
    """
    from ..data.fetch import fetch as download
    from .console import out

    out.print(str(download(name, to, accept=yes)), highlight=False, soft_wrap=True)


def check(store: StoreOption, json: JsonFlag = False) -> None:
    """Tell what a store covers and what looks wrong in it.

    Example: heavylegs check --store stores/pmdata
    """
    from ..data.check import check_store
    from ..data.store import Store
    from .console import print_json

    result = check_store(Store(store))
    if json:
        print_json(result)
    else:
        _print_check(result)


def _print_check(result: dict[str, Any]) -> None:
    from rich.table import Table

    from .console import out

    columns = {
        "athlete": "athlete_id",
        "rated days": "rating_days",
        "from": "first_rating",
        "to": "last_rating",
        "share": "share",
        "runs": "runs",
        "with HR": "runs_with_heart_rate",
        "food days": "days_with_food",
        "fluid days": "days_with_fluid",
        "sleep days": "days_with_sleep",
    }
    table = Table(title=f"cohort {result['cohort']}", title_justify="left")
    for heading in columns:
        table.add_column(heading, justify="left" if heading in ("athlete", "from", "to") else "right")
    for athlete in result["athletes"]:
        cells = ["" if athlete[key] is None else athlete[key] for key in columns.values()]
        table.add_row(*(f"{c:.0%}" if isinstance(c, float) else str(c) for c in cells))
    out.print(table)
    scale = result["scale"]
    if scale["fatigue_readiness_mean"] is not None:
        out.print(
            f"fatigue against readiness, mean correlation within a person: {scale['fatigue_readiness_mean']:+.2f} "
            f"({scale['fatigue_readiness_athletes']} people); below 0 is as it should be",
            highlight=False,
        )
    for warning in result["warnings"]:
        out.print(f"! {warning}", highlight=False)
