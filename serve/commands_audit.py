"""Commands that test the product's own claims: audit attribution."""

from __future__ import annotations

from typing import Annotated, Any, cast

import typer

from .chosen import information_set
from .console import (
    RecordFile,
    StoreOption,
    choice,
    compact_table,
    number,
    out,
    show,
    working,
    wrapping_table,
)
from .listing import Listing

audits = typer.Typer(cls=Listing, no_args_is_help=True, help="Test the product's own claims.")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(audits, name="audit")
    audits.command()(attribution)
    audits.command()(curves)


def attribution(
    store: StoreOption,
    json: RecordFile = None,
    information: Annotated[
        str | None,
        typer.Option(metavar="SET", help="'evening' or 'morning'; morning for a simulated store if absent."),
    ] = None,
    explained: Annotated[
        float, typer.Option(min=0.05, max=0.9, help="Share of the athletes to explain, never learned from.")
    ] = 0.25,
    bootstraps: Annotated[int, typer.Option(min=2, max=50, help="Models from drawn athletes.")] = 4,
    part: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this part; may be given often.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Who is learned from.")] = 0,
) -> None:
    """Test the reasons given: against the truth of a simulated store, and for what must hold on any.

    Example: heavylegs audit attribution --store stores/simulated --json audit.json
    """
    from ..data.store import Store
    from ..training.audit import audit_attribution
    from ..training.audit_bars import PARTS
    from .files import check_place, write_json

    check_place(json)
    source = Store(store)
    cohort = source.read()
    truth = source.read_truth() if source.info()["truth"] else None
    usual = "evening" if truth is None else "morning"
    known = information_set(information or usual)
    parts = cast("Any", [choice(p, "--part", PARTS) for p in part] if part else PARTS)
    with working("auditing") as say:
        how: dict[str, Any] = {"explained": explained, "seed": seed, "bootstraps": bootstraps}
        record = audit_attribution(cohort, truth, known, **how, parts=parts, progress=say)
    if json:
        write_json(json, record)
    if "truth" in record:
        show(_factors(record["truth"]["usual"]))
    out.print(_bars(record))


def curves(
    along: Annotated[
        list[str],
        typer.Option(
            metavar="NAME", help="grade, noisy, noise, learners, complete or draws; may be given often."
        ),
    ],
    json: RecordFile = None,
    fit: Annotated[
        str, typer.Option(metavar="NAME", help="'product', or 'causes': made for reasons alone.")
    ] = "product",
) -> None:
    """Measure how well reasons are recovered on simulated runners, along the grades of a log, noise or size of the cohort.

    Example: heavylegs audit curves --along grade --fit causes --json grade.json
    """
    from ..training.audit_curve import LINES, place, summary
    from ..training.audit_curve import curves as curves_along
    from ..training.audit_fits import FITS
    from .files import check_place, write_json

    name = choice(fit, "--fit", tuple(FITS))
    lines = [choice(a, "--along", tuple(LINES)) for a in along]
    check_place(json)
    with working("measuring") as say:
        points = [{"fit": name, **p} for p in curves_along(lines, FITS[name], say)]
    if json:
        write_json(json, {"curve": along, "points": points})
    show(_curves([(p["along"], place(p["along"], p), summary(p)) for p in points]))


def _curves(points: list[tuple[str, str, dict[str, Any]]]) -> Any:
    """Return the table of the points of curves."""
    heads = ("lowest", "median", "sign", "top-1", "top-3", "slopes")
    table = compact_table("Points against the truth of unseen athletes", "line", "at", *heads)
    for along, where, told in points:
        figures = [number(told[k], ".3f") for k in ("lowest", "median", "sign", "top_1", "top_3")]
        slopes = "-".join(number(told[k], ".1f") for k in ("slope_lowest", "slope_highest"))
        table.add_row(along, where.partition(":")[0], *figures, slopes)
    return table


def _bars(record: dict[str, Any]) -> Any:
    """Return the table of verdicts."""
    title = (
        f"cohort {record['cohort']}, {record['information']} information: learned from {record['athletes_learned']} "
        f"athletes ({record['rows_learned']:,} mornings), explained {record['athletes_explained']} unseen"
    )
    if "truth" in record:
        title += f", R2 {record['truth']['r2']:.2f}"
    # A bar that the log puts out of anyone's reach is not the model's to meet.
    headings = ["bar", "measured", "asked", "", *(["what the log tells"] if "truth" in record else [])]
    table = wrapping_table(title, headings, figures=("measured",))
    for bar in record["bars"]:
        verdict = {True: "pass", False: "FAIL", None: "not measured"}[bar["passed"]]
        told = [_number(bar["logged"])] if "truth" in record else []
        table.add_row(bar["name"], _number(bar["value"]), bar["limit"], verdict, *told)
    return table


def _factors(figures: dict[str, Any]) -> Any:
    """Return the table of factors against the truth."""
    columns = {
        "factor": "factor",
        "share of variance": "share_true",
        "in the points": "share_found",
        "correlation": "within",
        "pooled": "pooled",
        "sign": "sign",
        "slope": "slope",
    }
    table = compact_table("factor points against the truth, from the own usual", *columns)
    for factor in sorted(figures["factors"], key=lambda f: -f["share_true"]):
        table.add_row(
            *(v if isinstance(v, str) else _number(v) for v in (factor[key] for key in columns.values()))
        )
    return table


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.1e}" if 0 < abs(value) < 0.001 else f"{value:.3f}"
