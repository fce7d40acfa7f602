"""The command on a whole cohort: effects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from .chosen import LEVELS, InformationOption, ModelOption, ReferenceOption, chosen_model, said_of
from .console import FolderOption, JsonFlag, StoreOption, choice, counting, out, print_json, speak

if TYPE_CHECKING:
    from ..models.reference import Reference

PLOTTED = 5_000


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(effects)


def effects(
    store: StoreOption,
    folder: FolderOption,
    model: ModelOption = None,
    information: InformationOption = "evening",
    reference: ReferenceOption = "cohort",
    shap_plots: Annotated[
        bool, typer.Option("--shap-plots", help="Also write shap's own beeswarm and bar as PNG.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Show which factors move a cohort's mornings, for whom, and by which dose: a page and JSON.

    Example: heavylegs effects --store stores/pmdata --out effects
    """
    import numpy as np

    from ..data.store import Store
    from ..features.matrix import build_matrix
    from .effects import store_effects, write_effects, write_shap_plots
    from .files import check_place

    level = cast("Reference", choice(reference, "--reference", LEVELS))
    source = Store(store)
    forecaster, uri = chosen_model(source, model, information)
    check_place(folder / "effects.html")
    with counting("attributing") as count:
        told = store_effects(source, forecaster, level, count)
    files = list(write_effects(told, folder, uri, forecaster.attribution))
    if shap_plots:
        matrix = build_matrix(source.read_bucket(source.buckets()[0]), forecaster.information)
        some = np.random.default_rng(0).permutation(len(matrix))[:PLOTTED]
        files += write_shap_plots(forecaster, matrix.rows(np.sort(some)), folder)
    if json:
        print_json({"files": [str(f) for f in files], "model": uri, **told.to_dict()})
        return
    for f in told.factors[:5]:
        out.print(f"{f.mean_abs_points:.2f} ({f.low:.2f} to {f.high:.2f})  {f.label}", highlight=False)
    lines = "\n".join(str(f) for f in files)
    speak(f"{lines}{said_of(source, forecaster, uri, model)}")
