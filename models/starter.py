"""The starter: a model of other people, for a runner alone and for cohorts too small to learn from.

Its text files ship with the package; `heavylegs.training.starter` makes them anew.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable
from dataclasses import replace
from importlib.resources import as_file, files
from typing import cast

from ..features.matrix import Matrix
from . import artifact
from .forecaster import Forecaster

URI = "starter"
KNOWN_SHARE = "own_reports_share"
"""How far the own state follows own reports; the rest of it is the level of the people learned from."""
PRIOR_MORNINGS = 10.0
"""First mornings as which the prior of no offset weighs; see `at_home`."""


@functools.cache
def load() -> Forecaster:
    """Return the starter that ships with this version.

    Raises
    ------
    InputError
        Where the features that it reads are declared otherwise by now: a fault of the package.
    """
    with as_file(files(__package__) / URI) as folder:
        return artifact.load(folder)


def initials(athlete_ids: Iterable[str]) -> list[str]:
    """Return a short hash of each athlete id, sorted: enough to tell whether the starter learned from them."""
    return sorted(hashlib.sha256(str(a).encode()).hexdigest()[:12] for a in athlete_ids)


def knows_better(matrix: Matrix) -> Forecaster | None:
    """Return the starter where it may help to forecast `matrix`, None where that would be no fair help.

    It is of no use where some of its inputs are not among the matrix's, and its forecasts of people whose
    days it learned from are no forecasts at all.
    """
    starter = load()
    inputs = {f.name for f in matrix.catalog.inputs()}
    if not inputs.issuperset(f.name for f in starter.catalog.inputs()):
        return None
    learned_from = cast("list[str]", starter.told["learned_from"])
    met = set(learned_from).intersection(initials(matrix.keys["athlete_id"].cat.categories))
    return None if met else starter


def at_home(starter: Forecaster, matrix: Matrix) -> Forecaster:
    """Return the starter at the level of other people: it answers for strangers as they do, not as those it learned from.

    Parameters
    ----------
    starter : Forecaster
    matrix : Matrix
        Labelled rows of people whom the starter never saw.

    Notes
    -----
    How far they lie above what it says is learned as an offset that fades with a person's own reports, offset x
    (1 - own_reports_share), just as their own state fades in; with the weight of 10 first mornings it is drawn to nothing. It
    becomes part of the linear state, so that points still add up.
    """
    strange = 1.0 - matrix.frame[KNOWN_SHARE].to_numpy(dtype=float)
    missing = matrix.target.astype(float) - starter.predict(matrix)
    offset = float(strange @ missing / (strange @ strange + PRIOR_MORNINGS))
    return replace(starter, regressor=starter.regressor.with_term(KNOWN_SHARE, -offset, offset))
