"""Commands about the catalogue: what features there are, and which factors can speak in a store."""

from __future__ import annotations

from typing import Annotated

import typer

from .console import (
    JsonFlag,
    StoreOption,
    choice,
    compact_table,
    counting,
    out,
    print_json,
    show,
    wrapping_table,
)
from .listing import Listing

features = typer.Typer(cls=Listing, no_args_is_help=True, help="The feature catalogue.")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(features, name="features")


@features.command("list")
def features_list(
    factor: Annotated[str | None, typer.Option(metavar="ID", help="Only those of one factor.")] = None,
    json: JsonFlag = False,
) -> None:
    """List every feature: unit, factor, role, direction and source of its formula.

    Example: heavylegs features list --factor dehydration
    """
    from dataclasses import asdict

    from ..features.catalog import catalog
    from ..features.factors import FACTORS

    wanted = choice(factor, "--factor", tuple(FACTORS)) if factor else None
    chosen = [f for f in catalog("morning") if wanted in (None, f.factor)]
    if json:
        print_json([{k: v for k, v in asdict(f).items() if k != "compute"} for f in chosen])
        return
    headings = ("feature", "factor", "unit", "role", "direction", "known", "source")
    table = compact_table(f"{len(chosen)} features", *headings, words=headings)
    for f in chosen:
        sign = f"{f.direction:+d}" if f.direction else ""
        table.add_row(f.name, f.factor, f.unit, f.role, sign, f.known, f.source)
    show(table)


@features.command("coverage")
def features_coverage(store: StoreOption, json: JsonFlag = False) -> None:
    """Tell which factors can speak in a store, on how many of its days, and what to log to wake the others.

    "With dose": days that tell the factor's own dose, such as descent of muscle damage, and not only something of it.

    Example: heavylegs features coverage --store stores/pmdata
    """
    from ..data.store import Store
    from ..features.factors import FACTORS
    from .coverage import coverage

    with counting("reading") as count:
        rows = coverage(Store(store), progress=count)
    if json:
        print_json(rows)
        return
    headings = ("factor", "days", "with dose", "people", "to tell more of it, log")
    table = wrapping_table("what the log tells of each factor", headings, headings[1:4])
    for row in rows:
        hint = "" if row["dose_share"] > 0.9 else FACTORS[row["factor"]].to_log
        shares = (f"{row[share]:.0%}" for share in ("share", "dose_share"))
        table.add_row(FACTORS[row["factor"]].label, *shares, str(row["athletes"]), hint)
    out.print(table)
    out.print(
        "days: share of the days that tell anything of a factor; with dose: that tell its main number, such as hours slept "
        "for sleep; people: of whom any day does",
        highlight=False,
    )
