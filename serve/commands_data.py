"""Commands that bring data in and look at it: simulate, fetch, check."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ..data.names import counted
from .commands_import import imports
from .console import JsonFlag, StoreOption, compact_table, out, print_json, show, speak


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(imports, name="import")
    app.command()(simulate)
    app.command()(fetch)
    app.command()(check)


def simulate(
    store: StoreOption,
    athletes: Annotated[int, typer.Option(min=1, max=100_000, help="Runners.")] = 40,
    days: Annotated[int, typer.Option(min=2, max=3_650, help="Days of their season.")] = 200,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same cohort.")] = 7,
    r2: Annotated[
        float, typer.Option(min=0.01, max=0.99, help="Share of fatigue that the factors explain.")
    ] = 0.35,
    gaps: Annotated[
        float, typer.Option(min=0, max=4, help="How much goes unlogged, by chance; 0 is a complete log.")
    ] = 1.0,
    gaps_when_tired: Annotated[
        float, typer.Option(min=0, max=4, help="How much more goes unlogged after bad mornings.")
    ] = 1.0,
    sensitivity_spread: Annotated[
        float, typer.Option(min=0, max=1, help="How much runners differ in what tires them; 0: not at all.")
    ] = 0.35,
    log_errors: Annotated[
        float,
        typer.Option(
            min=0, max=4, help="How much error and rounding the log has; 0: it holds what happened."
        ),
    ] = 1.0,
    noise_spread: Annotated[
        float, typer.Option(min=0, max=2, help="How much runners differ in how noisy their mornings are.")
    ] = 0.4,
) -> None:
    """Make a cohort of simulated runners whose causes of fatigue are known.

    Example: heavylegs simulate --store stores/simulated --athletes 40 --days 200
    """
    from ..data.simulate import simulate as make
    from ..data.store import Store

    made = make(
        athletes,
        days,
        seed,
        r2,
        gaps=gaps,
        gaps_when_tired=gaps_when_tired,
        sensitivity_spread=sensitivity_spread,
        log_errors=log_errors,
        noise_spread=noise_spread,
    )
    Store(store).write(made.cohort, truth=made.truth)
    parts = (athletes, "runner"), (days, "day"), (len(made.cohort.ratings), "rated morning")
    out.print(f"{', '.join(counted(*part) for part in parts)} in {store}", highlight=False)


def fetch(
    name: Annotated[str, typer.Argument(help="pmdata, soccermon or lovdal2021.", show_default=False)],
    to: Annotated[Path | None, typer.Option("--to", help="Folder; a cache folder where not given.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Accept the data set's licence.")] = False,
) -> None:
    """Download a public data set, after showing its licence.

    Example: heavylegs fetch soccermon --yes
    """
    from ..data.fetch import fetch as download

    speak(str(download(name, to, accept=yes)))


def check(
    store: StoreOption,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page with calendars.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Tell what a store covers and what looks wrong in it.

    Example: heavylegs check --store stores/pmdata --html check.html
    """
    from ..data.check import check_store
    from ..data.contents import require_days
    from ..data.store import Store
    from .checkpage import write_check_page
    from .files import check_place

    check_place(html)
    source = Store(store)
    require_days(source)
    result = check_store(source)
    if html:
        write_check_page(result, source, html)
    if json:
        print_json(result)
    else:
        _print_check(result)


def _print_check(result: dict[str, Any]) -> None:
    from .checkpage import scale_verdict

    columns = {
        "athlete": "athlete_id",
        "rated\ndays": "rating_days",
        "from": "first_rating",
        "to": "last_rating",
        "share": "share",
        "runs": "runs",
        "with\nHR": "runs_with_heart_rate",
        "sleep\ndays": "days_with_sleep",
        "fluid\ndays": "days_with_fluid",
        "food\ndays": "days_with_food",
    }
    table = compact_table(f"cohort {result['cohort']}", *columns)
    for athlete in result["athletes"]:
        cells = ["" if athlete[key] is None else athlete[key] for key in columns.values()]
        table.add_row(*(f"{c:.0%}" if isinstance(c, float) else str(c) for c in cells))
    show(table)
    scale = result["scale"]
    if scale["tested"]:
        out.print(scale_verdict(scale)[1], highlight=False)
    for warning in result["warnings"]:
        out.print(f"! {warning}", highlight=False)
