"""Commands about the registry: models list, show and rollback, and promote."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ..data.errors import InputError
from ..data.names import counted
from .console import JsonFlag, StoreOption, compact_table, print_json, show, speak, working
from .listing import Listing

NOT_PROMOTED = 1
models = typer.Typer(cls=Listing, no_args_is_help=True, help="The registered models.")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(models, name="models")
    app.command()(promote)


def promote(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="models:/NAME/VERSION, as train prints it.")],
    store: StoreOption,
    json: JsonFlag = False,
) -> None:
    """Make a model champion if it beats the champion and the best baseline on mornings new to both.

    Exit code: 0 it is champion, 1 it is not (and why), 2 the input cannot be used.

    Example: heavylegs promote models:/heavylegs-pmdata-evening/2 --store stores/pmdata
    """
    from ..data.store import Store
    from ..training.promote import promote as judged

    with working("promote") as say:
        verdict = judged(Store(store).read(), model, progress=say)
    if json:
        print_json(verdict.to_dict())
    else:
        people = counted(verdict.athletes, "person", "people")
        where = f" ({counted(verdict.mornings, 'morning')} of {people}: {verdict.judged_on})"
        speak(f"{verdict.candidate}: {verdict.reason}{where if verdict.mornings else ''}")
    if not verdict.promoted:
        raise typer.Exit(NOT_PROMOTED)


@models.command("list")
def models_list(json: JsonFlag = False) -> None:
    """List the registered models: who is champion, of which cohort, how good, how old.

    Example: heavylegs models list
    """
    from ..training.champions import champions
    from ..training.registry import versions

    crowned = champions()
    rows = [_row(v, crowned) for v in versions()]
    if not rows:
        raise InputError("no model is registered yet", mend="train one: heavylegs train --store DIR")
    if json:
        print_json(rows)
        return
    for name in dict.fromkeys(r["name"] for r in rows):
        mine = [r for r in rows if r["name"] == name]
        title = f"{name}: cohort {mine[0]['cohort']}, {mine[0]['information']} information"
        table = compact_table(title, "version", "", "skill", "against", "mornings", "made")
        for r in mine:
            skill = (
                ""
                if r["skill"] is None
                else "{skill:+.3f} ({skill_low:+.3f} to {skill_high:+.3f})".format(**r)
            )
            told = (skill, r["best_baseline"], r["mornings"], r["made"][:10])
            table.add_row(r["version"], "champion" if r["champion"] else "", *(str(v or "") for v in told))
        show(table)


@models.command("show")
def models_show(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="models:/NAME/VERSION, models:/NAME@champion or NAME.")
    ],
    json: JsonFlag = False,
) -> None:
    """Show one model: its card, metrics and the addresses of its figures.

    Example: heavylegs models show heavylegs-pmdata-evening
    """
    from ..training.champions import champions
    from ..training.registry import find, shown

    version = find(model)
    told = shown(version)
    if json:
        print_json({**_row(version, champions()), **told})
        return
    lines = [f"{k} {v:.4g}" for k, v in told["metrics"].items()]
    # Markdown as it was written: lines broken to the window would break its tables.
    speak(told["card"] or "no card was kept with this model")
    speak("Metrics: " + ", ".join(lines))
    speak("\n".join(["Figures:", *told["figures"]]))


@models.command("rollback")
def models_rollback(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Registered name, see models list.")],
    json: JsonFlag = False,
) -> None:
    """Give the alias champion back to the champion before.

    Example: heavylegs models rollback heavylegs-pmdata-evening
    """
    from ..training.champions import rollback

    lost, champion = rollback(name.removeprefix("models:/"))
    if json:
        print_json({"name": name, "champion": champion, "was": lost})
        return
    speak(f"{name}: version {champion} is champion again, in place of {lost}")


def _row(version: Any, champions: dict[str, str]) -> dict[str, Any]:
    """Return a version as plain types; what an older training did not tell is None."""
    from datetime import UTC, datetime

    from ..training.registry import uri_of

    tags = version.tags
    numbers = {k: float(tags[k]) if k in tags else None for k in ("skill", "skill_low", "skill_high")}
    texts = ("cohort", "information", "best_baseline", "protocol", "mornings", "athletes")
    history = ("last_morning", "catalogue", "crowned", "previous_champion", "rolled_back", "verdict")
    made = datetime.fromtimestamp(version.creation_timestamp / 1000, UTC)
    return {
        "uri": uri_of(version),
        "name": version.name,
        "version": str(version.version),
        "champion": champions.get(version.name) == str(version.version),
        "made": made.isoformat(timespec="seconds"),
        "run_id": version.run_id,
        **numbers,
        **{k: tags.get(k) or None for k in (*texts, *history)},
    }
