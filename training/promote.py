"""Giving a registered model the alias ``champion`` where it earned it; `heavylegs.training.judge` tells when it does."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from ..data.cohort import Cohort
from ..data.errors import InputError
from ..features.matrix import build_matrix
from . import champions, registry, unseen
from .judge import judge
from .progress import Say, silent
from .registry import uri_of
from .unseen import Kept
from .verdict import Verdict


def promote(cohort: Cohort, uri: str, progress: Say = silent) -> Verdict:
    """Give a registered model the alias ``champion``, if it earns it.

    Parameters
    ----------
    cohort : Cohort
        The one it was trained on, as it is now.
    uri : str
        ``models:/NAME/VERSION``, ``models:/NAME@ALIAS`` or a name.
    progress : callable
        Is told what is being done.

    Raises
    ------
    InputError
        Where there is no such model, it cannot be loaded, or belongs to another cohort.
    """
    version = registry.find(uri)
    name, number = str(version.name), str(version.version)
    current = registry.champion(name)
    if current is not None and str(current.version) == number:
        mine = uri_of(version)
        return Verdict(True, f"{mine} is the champion already", mine, mine)
    progress("loading the models")
    candidate = kept_of(version)
    if candidate.forecaster is None:
        registry.load_model(candidate.uri)  # tells why
        raise InputError(f"{candidate.uri} cannot be loaded")
    theirs = str(candidate.forecaster.told.get("cohort"))
    if theirs != cohort.name:
        raise InputError(
            f"{candidate.uri} was trained on the cohort {theirs!r}, the store holds {cohort.name!r}",
            mend="give the store that it was trained on",
        )
    champion = kept_of(current) if current is not None else None
    progress("features")
    matrix = build_matrix(cohort, candidate.forecaster.information)
    progress("comparing")
    verdict = judge(matrix, candidate, champion)
    conclude(name, number, verdict)
    return verdict


def conclude(name: str, version: str, verdict: Verdict) -> None:
    """Keep the verdict with the version, and crown it where it won."""
    registry.tell(name, version, {"verdict": verdict.reason[:4000], registry.INSTEAD: verdict.instead})
    if verdict.promoted:
        champions.crown(name, version)


def kept_of(version: Any) -> Kept:
    """Return a registered version with what its run kept for comparisons."""
    uri = uri_of(version)
    forecaster = registry.loadable(uri)
    with tempfile.TemporaryDirectory() as folder:
        held_out = unseen.read(registry.download(str(version.run_id), unseen.FILE, Path(folder)))
    told = forecaster.told if forecaster is not None else {}
    return Kept(uri, held_out, forecaster, np.datetime64(str(told.get("last_morning", "NaT")), "D"))
