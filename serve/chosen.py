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
"""Rated mornings from which training is worth a try: of fewer, 30 to learn from and some to judge by hardly remain. Of fewer than
five people the starter mostly does as well (docs/starter.md)."""
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


def information_set(text: str) -> Information:
    """Return the information set that --information asks for; InputError that lists both, where it is none."""
    from .console import choice

    return cast("Information", choice(text, "--information", SETS))


def chosen_model(store: Store, uri: str | None, information: str) -> tuple[Forecaster, str]:
    """Return the model asked for, else the cohort's best; see `heavylegs.training.registry.best_uri`.

    A model knows its own information set; it is refused where another than the default is asked for.

    Parameters
    ----------
    uri : str or None
        As --model tells it.
    information : str
        As --information tells it.

    Returns
    -------
    (forecaster, uri)

    Raises
    ------
    InputError
        Where there is no such model, it cannot be loaded, it forecasts from another information set, or it was not
        asked for and is one of other people.
    """
    from ..data.errors import InputError
    from ..models.starter import URI
    from ..training import registry

    known = information_set(information)
    chosen = uri or registry.best_uri(str(store.info()["name"]), known)
    model = registry.load_model(chosen)
    if uri is None and chosen != URI:
        mend = f"train in another working folder, or say --model: {URI}, or this one all the same"
        registry.require_acquainted(model, chosen, athletes_of(store), mend)
    if known != SETS[0] and model.information != known:
        raise InputError(
            f"{chosen} forecasts from {model.information} information, not {known}",
            mend="leave --information out",
        )
    return model, chosen


def athletes_of(store: Store) -> list[str]:
    """Return the ids of a store's people."""
    return [str(a) for a in store.read(tables=["athletes"]).athletes["athlete_id"]]


def said_of(store: Store, model: Forecaster, uri: str, asked: str | None) -> str:
    """Return what must be said with every use of the starter, and of a model that is no champion unless it was asked for."""
    from ..models.starter import URI, initials
    from ..training.metrics import FEW_PEOPLE
    from ..training.registry import newest, uri_of
    from .explain import proof

    if uri != URI:
        unproved = asked is None and "@" not in uri
        return (
            f"\n{uri} is the newest model and no champion: it has not shown that it beats simple rules. --model starter asks the starter instead"
            if unproved
            else ""
        )
    here = initials(athletes_of(store))
    met = len(set(here).intersection(cast("list[str]", model.told["learned_from"])))
    known = (
        f" It learned from {met} of the people in this store: what it says of the days that it learned from is no forecast."
        if met
        else ""
    )
    trained = newest(str(store.info()["name"]), model.information) if asked is None else None
    own = ""
    if trained is not None:
        own = f", which {uri_of(trained)} of their own has not beaten"
    elif store.info()["rows"]["ratings"] >= ENOUGH and len(here) >= FEW_PEOPLE:
        own = ", until you train one of this cohort's own"
    source = model.attribution.partition(" Changes:")[0]  # reports and docs/starter.md tell them
    return f"\nBy the starter, a model of other people{own}: {proof(model.told)}.{known} {source}"
