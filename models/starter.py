"""The starter: a model of other people, for a runner alone and for cohorts too small to learn from.

Its text files ship with the package; `heavylegs.training.starter` makes them anew.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable
from importlib.resources import as_file, files
from typing import cast

from ..features.matrix import Matrix
from . import artifact
from .forecaster import Forecaster

URI = "starter"


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
