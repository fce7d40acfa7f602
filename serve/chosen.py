"""Which model a command uses, and what must be said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

if TYPE_CHECKING:
    from ..data.store import Store
    from ..features.catalog import Information
    from ..models.forecaster import Forecaster

SETS = ("evening", "morning")
LEVELS = ("usual", "cohort")
ENOUGH = 60
"""Rated mornings from which training is worth a try: of fewer, 30 to learn from and some to judge by hardly remain."""
InformationOption = Annotated[
    str, typer.Option(metavar="SET", help="What is known: 'evening', or 'morning' with the night before.")
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="URI",
        help="MLflow URI, folder or 'starter'; the cohort's champion where not given.",
    ),
]
ReferenceOption = Annotated[
    str,
    typer.Option(
        metavar="NAME", help="What points are measured from: the own 'usual' day, or the 'cohort' average."
    ),
]


def chosen_model(store: Store, uri: str | None, information: str) -> tuple[Forecaster, str]:
    """Return the model asked for, or the cohort's champion, else its newest version, else the starter.

    A model knows its own information set; it is refused where another than the default is asked for.
    """
    from ..data.errors import InputError
    from ..training import registry
    from .console import choice

    known = cast("Information", choice(information, "--information", SETS))
    chosen = uri or registry.best_uri(str(store.info()["name"]), known)
    model = registry.load_model(chosen)
    if known != SETS[0] and model.information != known:
        raise InputError(
            f"{chosen} forecasts from {model.information} information, not {known}",
            mend="leave --information out",
        )
    return model, chosen


def of_starter(store: Store, model: Forecaster, uri: str) -> str:
    """Return what must be said with every use of the starter, nothing of another model."""
    from ..models.starter import URI, initials
    from .explain import accuracy_sentence

    if uri != URI:
        return ""
    here = initials(store.read(tables=["athletes"]).athletes["athlete_id"])
    met = len(set(here).intersection(cast("list[str]", model.told["learned_from"])))
    known = (
        f" It learned from {met} of the people in this store: what it says of the days that it learned from is no forecast."
        if met
        else ""
    )
    enough = store.info()["rows"]["ratings"] >= ENOUGH
    own = ": train one of this cohort's own" if enough else ""
    return (
        f"\nBy the starter, a model of other people{own}.{known} "
        f"{accuracy_sentence(model.told)} {model.attribution}"
    )
