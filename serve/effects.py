"""The global view: which factors move a cohort's mornings, for whom and how, as a page and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ..data.contents import require_ratings
from ..data.store import Store
from ..features.factors import FACTORS
from ..features.matrix import Matrix, build_matrix
from ..models.effects import Effects, FactorEffect, effects
from ..models.forecaster import Forecaster
from ..models.reference import Reference
from .curves import dose_curve, share_text, size_bar
from .files import whole, write_texts
from .pages import template
from .printed import fixed, quantity, shown_name, signed

SCHEMA = "heavylegs.effects/1"
PEOPLE = 60
TOP = 3


def store_effects(
    store: Store,
    model: Forecaster,
    reference: Reference = "cohort",
    progress: Callable[[int, int], None] | None = None,
) -> Effects:
    """Return the global view of a store, one bucket of athletes in memory at a time.

    Raises
    ------
    InputError
        Where no morning in the store is rated.
    """
    require_ratings(store)
    buckets = store.buckets()

    def matrices() -> Iterator[Matrix]:
        for done, bucket in enumerate(buckets, start=1):
            yield build_matrix(store.read_bucket(bucket), model.information)
            if progress:
                progress(done, len(buckets))

    return effects(model, matrices(), reference, len(buckets))


def render_effects_json(told: Effects, uri: str = "") -> str:
    """Return the global view as JSON: ``schema``, ``model`` and all of `Effects`."""
    return json.dumps({"schema": SCHEMA, "model": uri, **told.to_dict()}, indent=1, allow_nan=False) + "\n"


def render_effects(told: Effects, uri: str = "", attribution: str = "") -> str:
    """Return the global view as one self-contained HTML page: no script, nothing loaded from elsewhere.

    Parameters
    ----------
    told : Effects
    uri : str
        Where the model came from.
    attribution : str
        Whose data it holds; see `heavylegs.models.forecaster.Forecaster.attribution`.
    """
    most = max((f.high for f in told.factors), default=1.0) or 1.0
    rows, people = [_row(f, most) for f in told.factors], _people(told)
    return template("effects.html").render(
        cohort=shown_name(told.cohort),
        e=told,
        uri=uri,
        attribution=attribution,
        sentence=_sentence(told),
        rows=rows,
        curves=[row for row in rows if row["curve"] is not None],
        absent=[FACTORS[name] for name in told.absent],
        people=people[:PEOPLE],
        left_out=max(len(people) - PEOPLE, 0),
    )


def write_effects(told: Effects, folder: Path, uri: str = "", attribution: str = "") -> tuple[Path, Path]:
    """Write ``effects.html`` and ``effects.json`` into `folder` and return their paths.

    Raises
    ------
    InputError
        Where the folder cannot be written to.
    """
    page, data = Path(folder) / "effects.html", Path(folder) / "effects.json"
    write_texts({page: render_effects(told, uri, attribution), data: render_effects_json(told, uri)})
    return page, data


def write_shap_plots(model: Forecaster, matrix: Matrix, folder: Path) -> tuple[Path, Path]:
    """Write shap's own beeswarm (by input) and bar (by factor) of some days as PNG and return their paths.

    Raises
    ------
    InputError
        Where one cannot be written; it is whole or not there.
    """
    import warnings

    import matplotlib as mpl

    mpl.use("agg")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # shap's plots use what matplotlib and NumPy are about to drop
        import shap
        from matplotlib import pyplot as plt

        from ..models.shap_explanation import shap_explanation

        files = Path(folder) / "beeswarm.png", Path(folder) / "bar.png"
        plots = (
            (shap.plots.beeswarm, shap_explanation(model, matrix, "input"), 20),
            (shap.plots.bar, shap_explanation(model, matrix, "factor"), 24),
        )
        for file, (plot, explanation, shown) in zip(files, plots, strict=True):
            plot(explanation, max_display=shown, show=False)
            with whole(file) as partial:
                plt.savefig(partial, format="png", dpi=120, bbox_inches="tight")
            plt.close("all")
    return files


def _sentence(told: Effects) -> str:
    if not told.factors:
        return "The log holds nothing on any factor."
    words = [f"{f.label.lower()} ({fixed(f.mean_abs_points, 2)})" for f in told.factors[:TOP]]
    return f"On average these moved the forecast most, in points of 10: {', '.join(words)}."


def _row(f: FactorEffect, most: float) -> dict[str, Any]:
    own = sorted(f.athletes.values())
    return {
        "f": f,
        "size": fixed(f.mean_abs_points, 2),
        "range": f"{fixed(f.low, 2)} to {fixed(f.high, 2)}",
        "share": share_text(f.share_of_days),
        "who": f"{fixed(own[0], 2)} to {fixed(own[-1], 2)}" if len(own) > 1 else "",
        "bar": size_bar(f.mean_abs_points, f.low, f.high, most),
        "curve": dose_curve(f) if f.curve else None,
        "bins": [
            (
                quantity(b.value, f.unit, f.input),
                f"{b.days:,}",
                signed(b.points, 2),
                f"{signed(b.low, 2)} to {signed(b.high, 2)}",
            )
            for b in f.curve
        ],
    }


def _people(told: Effects) -> list[tuple[str, str]]:
    """Return each athlete with the factors that moved their forecasts most."""
    names = sorted({a for f in told.factors for a in f.athletes})
    out = []
    for name in names:
        own = sorted(((f.athletes[name], f.label) for f in told.factors if name in f.athletes), reverse=True)[
            :TOP
        ]
        out.append((shown_name(name), ", ".join(f"{label} {fixed(size, 2)}" for size, label in own)))
    return out
