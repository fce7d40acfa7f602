"""MLflow: where runs, figures and models are kept.

The default is ``sqlite:///mlflow.db`` in the working folder; ``MLFLOW_TRACKING_URI`` and
MLflow's other variables choose any server. Telemetry is switched off before MLflow loads.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from ..data.errors import InputError
from ..features.catalog import Information
from ..features.matrix import Matrix
from ..models import artifact
from ..models.forecaster import Forecaster

EXPERIMENT = "heavylegs"
DEFAULT_FILE = "mlflow.db"
CHAMPION = "champion"
_defaults: set[str] = set()
PYFUNC = Path(__file__).with_name("pyfunc.py")


def mlflow_module() -> ModuleType:
    """Return MLflow, quiet, without telemetry, and pointed at the tracking store."""
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import mlflow

    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.ERROR)
    mlflow.set_tracking_uri(tracking_uri())
    return mlflow


def tracking_uri() -> str:
    """Return the tracking store: what the environment names, else ``mlflow.db`` in the working folder."""
    named = os.environ.get("MLFLOW_TRACKING_URI")
    # MLflow writes what it is told back into the environment: our own default is not the user's choice.
    if named and named not in _defaults:
        return named
    default = f"sqlite:///{Path(DEFAULT_FILE).absolute()}"
    _defaults.add(default)
    return default


def registered_name(cohort: str, information: Information) -> str:
    """Return the name under which a cohort's models are registered."""
    return f"heavylegs-{cohort}-{information}"


@contextlib.contextmanager
def run(name: str, tags: Mapping[str, str]) -> Iterator[Any]:
    """Open an MLflow run in the experiment ``heavylegs``; an exception marks it as failed."""
    mlflow = mlflow_module()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if mlflow.get_experiment_by_name(EXPERIMENT) is None:
            mlflow.create_experiment(EXPERIMENT, _artifact_location(mlflow.get_tracking_uri()))
        mlflow.set_experiment(EXPERIMENT)
        with mlflow.start_run(run_name=name, tags=dict(tags)) as active:
            yield active


def _artifact_location(tracking_uri: str) -> str | None:
    """Return the folder beside an SQLite file; elsewhere the server decides."""
    scheme, _, file = tracking_uri.partition(":///")
    return (Path(file).absolute().parent / "mlartifacts").as_uri() if scheme == "sqlite" else None


def log_model(forecaster: Forecaster, matrix: Matrix, cohort: str) -> str:
    """Log `forecaster` to the open run and register it; return the version.

    The model is a pyfunc written as code beside text files, so nothing is pickled.
    """
    mlflow = mlflow_module()
    from mlflow.models import infer_signature

    inputs = matrix.frame[[f.name for f in matrix.catalog.inputs()]].head(5).astype("float64")
    sample = matrix.rows(range(min(5, len(matrix))))
    # MLflow tells of the registration on the error stream, past its own log level.
    quiet = contextlib.redirect_stderr(io.StringIO())
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(), quiet:
        warnings.simplefilter("ignore")
        artifact.save(forecaster, Path(folder))
        info = mlflow.pyfunc.log_model(
            name="model",
            python_model=str(PYFUNC),
            artifacts={"forecaster": folder},
            signature=infer_signature(inputs, forecaster.predict(sample)),
            pip_requirements=["heavylegs"],
            registered_model_name=registered_name(cohort, forecaster.information),
        )
    return str(info.registered_model_version)


def crown(cohort: str, information: Information, version: str) -> None:
    """Give `version` the alias ``champion``."""
    mlflow_module().MlflowClient().set_registered_model_alias(
        registered_name(cohort, information), CHAMPION, version
    )


def load_model(uri: str) -> Forecaster:
    """Load a forecaster by MLflow URI (``models:/name@champion``, ``runs:/...``) or from a folder.

    Raises
    ------
    InputError
        Where there is none, or it belongs to another catalogue.
    """
    folder = Path(uri)
    if (folder / artifact.MANIFEST).is_file():
        return artifact.load(folder)
    mlflow = mlflow_module()
    from mlflow.exceptions import MlflowException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            local = Path(mlflow.artifacts.download_artifacts(uri))
    except (MlflowException, OSError) as error:
        raise InputError(
            f"no model at {uri}: {str(error).splitlines()[0]}", mend="train one: heavylegs train --store DIR"
        ) from None
    found = sorted(local.rglob(artifact.MANIFEST))
    if not found:
        raise InputError(f"{uri} holds no Heavylegs model", mend="train one: heavylegs train --store DIR")
    return artifact.load(found[0].parent)


def champion_uri(cohort: str, information: Information) -> str:
    """Return the URI of the cohort's champion."""
    return f"models:/{registered_name(cohort, information)}@{CHAMPION}"


def best_uri(cohort: str, information: Information) -> str:
    """Return the URI of the cohort's champion, or of its newest version where none has earned the alias.

    Raises
    ------
    InputError
        Where no model of the cohort is registered.
    """
    mlflow = mlflow_module()
    from mlflow.exceptions import MlflowException

    name = registered_name(cohort, information)
    client = mlflow.MlflowClient()
    try:
        client.get_model_version_by_alias(name, CHAMPION)
    except MlflowException:
        versions = client.search_model_versions(f"name='{name}'")
        if not versions:
            raise InputError(
                f"no model of the cohort {cohort!r} for {information} information in {mlflow.get_tracking_uri()}",
                mend=f"train one: heavylegs train --store DIR --information {information}",
            ) from None
        return f"models:/{name}/{max(int(v.version) for v in versions)}"
    return champion_uri(cohort, information)
