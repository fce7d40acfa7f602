"""The registry of models: registering, finding and loading them. Who is champion: `heavylegs.training.champions`."""

from __future__ import annotations

import contextlib
import hashlib
import io
import re
import tempfile
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..data.errors import InputError
from ..features.catalog import Information
from ..features.matrix import Matrix
from ..models import artifact, starter
from ..models.forecaster import Forecaster
from . import evidence, flavor, tracking
from .runs import Run

CHAMPION = "champion"
"""The alias of the version that serves a cohort."""
INSTEAD = "serves_instead"
"""Tag of a version: the model that serves its people better while it is no champion."""
PREFIX = "heavylegs-"
"""Of every registered name: a server may keep other models too."""
TRAIN = "train one: heavylegs train --store DIR"
WITHIN = ("", "*/", "*/*/")
"""Where in a folder a model may lie: itself, in MLflow's folder of a model, or of a run's artefacts."""
_UNSAFE = re.compile(r"[^\w .,+()-]")
_LONGEST = 120
"""Letters of a cohort that stand in a registered name."""


def registered_name(cohort: str, information: Information) -> str:
    """Return the name under which a cohort's models are registered.

    MLflow takes no "/" and no ":" in a name, and cannot find one with a quote or an "@". A cohort whose name had to be
    changed gets a short hash of the whole, so that two cohorts never share a name.

    Examples
    --------
    >>> registered_name("pmdata", "evening"), registered_name("squad 24/25", "evening")
    ('heavylegs-pmdata-evening', 'heavylegs-squad 24_25-18393872-evening')
    """
    safe = _UNSAFE.sub("_", cohort)[:_LONGEST]
    if safe != cohort:
        safe += f"-{hashlib.sha256(cohort.encode()).hexdigest()[:8]}"
    return f"{PREFIX}{safe}-{information}"


def log_model(
    run: Run,
    forecaster: Forecaster,
    matrix: Matrix,
    tags: Mapping[str, str],
    params: Mapping[str, str],
) -> tuple[str, str]:
    """Log `forecaster` to `run` and register it; return the registered version and the logged model's id.

    Log a run's metrics after its model: MLflow would ask for each one's history to copy it.

    Parameters
    ----------
    run : Run
    forecaster : Forecaster
    matrix : Matrix
        What it learned from.
    tags : mapping of str to str
        Kept with the version, so that a list of models needs no look into their runs.
    params : mapping of str to str
        Kept with the logged model.
    """
    mlflow = tracking.mlflow_module()
    logged = run.client.create_logged_model(run.experiment_id, "model", run.run_id, dict(tags), dict(params))
    # MLflow tells of the registration on the error stream, past its own log level.
    quiet = contextlib.redirect_stderr(io.StringIO())
    with warnings.catch_warnings(), quiet:
        warnings.simplefilter("ignore")
        info = mlflow.models.Model.log(
            artifact_path=None,
            model_id=logged.model_id,
            flavor=flavor,
            registered_model_name=registered_name(matrix.cohort, forecaster.information),
            run_id=run.run_id,
            tags=dict(tags),
            forecaster=forecaster,
            example=flavor.typical_day(matrix),
            validate_serving_input=False,
        )
    return str(info.registered_model_version), str(logged.model_id)


def download(run_id: str, path: str, folder: Path) -> Path:
    """Bring a file that a run kept into `folder`; the path returned does not exist where it kept none."""
    from mlflow.exceptions import MlflowException

    try:
        return Path(client().download_artifacts(run_id, path, str(folder)))
    except (MlflowException, OSError):
        return folder / path


def tell(name: str, version: str, tags: Mapping[str, str]) -> None:
    """Set tags of a version."""
    registry = client()
    for key, value in tags.items():
        registry.set_model_version_tag(name, version, key, value)


def client() -> Any:
    """Return a client of the registry.

    Raises
    ------
    InputError
        Where there is none yet: looking for a model makes no database.
    """
    _must_exist()
    return tracking.connect()


def _must_exist() -> None:
    if tracking.nothing_kept():
        raise InputError(f"no model is kept in {tracking.tracking_uri()} yet", mend=TRAIN)


def load_model(uri: str) -> Forecaster:
    """Load a forecaster by MLflow URI (``models:/name@champion``, ``runs:/...``), from a folder, or the ``starter``.

    Raises
    ------
    InputError
        Where there is none, or it belongs to another catalogue.
    """
    if uri == starter.URI:
        return starter.load()
    if not re.match(r"\w\w+:", uri):  # one letter is a disk of Windows
        return _load_within(Path(uri), uri)
    if uri.startswith(("models:/", "runs:/")):
        _must_exist()
    mlflow = tracking.mlflow_module()
    try:
        with warnings.catch_warnings(), tempfile.TemporaryDirectory() as copy:
            warnings.simplefilter("ignore")
            # Without a folder of its own MLflow writes beside the model, which may be on a read-only disk.
            local = Path(mlflow.artifacts.download_artifacts(uri, dst_path=copy))
            return _load_within(local, uri)
    except InputError:
        raise
    except Exception as error:  # each kind of store has its own, of libraries that need not be here
        why = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(f"no model at {uri}: {why}", mend=TRAIN) from None


def _load_within(folder: Path, uri: str) -> Forecaster:
    """Load the model that lies in a folder, not far below it: somebody may name their home."""
    found = [file for below in WITHIN for file in sorted(folder.glob(below + artifact.MANIFEST))]
    if not found:
        what = "it holds no Heavylegs model" if folder.exists() else "there is nothing of that name"
        raise InputError(f"no model at {uri}: {what}", mend=TRAIN)
    return artifact.load(found[0].parent)


def champion_uri(cohort: str, information: Information) -> str:
    """Return the URI of the cohort's champion."""
    return f"models:/{registered_name(cohort, information)}@{CHAMPION}"


def best_uri(cohort: str, information: Information) -> str:
    """Return the URI of the cohort's champion, else of its newest version, else the starter's.

    A version that has not earned the alias still goes before the starter: it holds the starter's forecasts, mixed
    with what the cohort's own days say. Not so one of fewer than five people, see `heavylegs.training.promote`.

    Raises
    ------
    InputError
        Where nothing is registered and morning information is asked for, of which the starter knows nothing.
    """
    found = newest(cohort, information)
    if found is not None and champion(str(found.name)) is not None:
        return champion_uri(cohort, information)
    if found is not None:
        return found.tags.get(INSTEAD) or uri_of(found)
    if information == "morning":
        raise InputError(
            f"no model of the cohort {cohort!r} for morning information is registered, and the starter knows no nights",
            mend="train one: heavylegs train --store DIR --information morning",
        )
    return starter.URI


def require_acquainted(model: Forecaster, uri: str, athletes: Iterable[str], mend: str) -> None:
    """Refuse a model of other people, which another cohort of the same name registered.

    Parameters
    ----------
    model : Forecaster
        What stands at `uri`.
    athletes : iterable of str
        Ids of the cohort's people.
    mend : str
        What to do instead.

    Raises
    ------
    InputError
        Where it learned from none of them.
    """
    learned_from = set(model.intervals.own)
    if learned_from and learned_from.isdisjoint(athletes):
        raise InputError(
            f"{uri} learned from none of the people in this store: another store of the same name registered it",
            mend=mend,
        )


def uri_of(version: Any) -> str:
    """Return the URI of a registered version."""
    return f"models:/{version.name}/{version.version}"


def newest(cohort: str, information: Information) -> Any | None:
    """Return MLflow's newest version of the cohort's model, None where there is none."""
    if tracking.nothing_kept():
        return None
    return next(iter(versions(registered_name(cohort, information))), None)


def versions(name: str | None = None) -> list[Any]:
    """Return MLflow's versions of a registered model, or of all that Heavylegs registered, newest first."""
    if name and "'" in name:
        return []  # MLflow's filter has no way to write it, so none is registered that could be found
    asked = f"name='{name}'" if name else f"name LIKE '{PREFIX}%'"
    registry, found, token = client(), [], None
    while True:
        page = registry.search_model_versions(asked, page_token=token)
        found += list(page)
        token = page.token
        if not token:
            return sorted(found, key=lambda v: (v.name, -int(v.version)))


def champion(name: str) -> Any | None:
    """Return the version that holds the alias ``champion``, None where none does."""
    from mlflow.exceptions import MlflowException

    registry = client()
    try:
        return registry.get_model_version_by_alias(name, CHAMPION)
    except MlflowException:
        return None


def find(uri: str) -> Any:
    """Return the registered version behind ``models:/NAME/VERSION``, ``models:/NAME@ALIAS`` or ``NAME``.

    A bare name is its champion, or its newest version where none is.

    Raises
    ------
    InputError
        Where there is none, telling what there is.
    """
    from mlflow.exceptions import MlflowException

    registry = client()
    path = uri.removeprefix("models:/").strip("/")
    name, at, alias = path.partition("@")
    name, _, number = name.partition("/")
    known = versions(name) if name and ":" not in name else []
    if not known:
        others = sorted({v.name for v in versions()})
        mend = f"there are {', '.join(others)}" if others else TRAIN
        raise InputError(f"no registered model {uri!r}", mend=mend)
    try:
        if at:
            return registry.get_model_version_by_alias(name, alias)
        if number:
            return registry.get_model_version(name, number)
    except MlflowException:
        there = ", ".join(str(v.version) for v in reversed(known))
        missing = f"alias {alias!r}" if at else f"version {number!r}"
        raise InputError(f"{name} has no {missing}", mend=f"its versions are {there}") from None
    return champion(name) or known[0]


def shown(version: Any) -> dict[str, Any]:
    """Return what a version's run kept for people: ``card`` (None where none), ``metrics``, ``figures`` (addresses)."""
    registry, run_id = client(), str(version.run_id)
    run = registry.get_run(run_id)
    with tempfile.TemporaryDirectory() as folder:
        file = download(run_id, evidence.CARD, Path(folder))
        card = file.read_text(encoding="utf-8") if file.is_file() else None
    root = str(run.info.artifact_uri).rstrip("/")
    figures = [f"{root}/{f.path}" for f in registry.list_artifacts(run_id, evidence.FIGURES)]
    return {"card": card, "metrics": dict(sorted(run.data.metrics.items())), "figures": figures}


def loadable(uri: str) -> Forecaster | None:
    """Return a model, None where this version of Heavylegs cannot load it."""
    try:
        return load_model(uri)
    except InputError:
        return None
