"""A forecaster as an MLflow model: text files, a signature and an example; no code and no pickle.

MLflow's own `pyfunc.log_model` spends seconds on asking which packages are installed and on starting
a trial server. Heavylegs knows what it needs, so it is a flavour of its own, as MLflow's documentation
describes them: a module with `save_model`, handed to `mlflow.models.Model.log`.
"""

from __future__ import annotations

import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from ..features.factors import NAMED
from ..features.matrix import Matrix
from ..models import artifact
from ..models.forecaster import Forecaster

LOADER = "heavylegs.serve.pyfunc"
"""The module that MLflow loads the model with: it is imported from the installed package."""
DATA = "forecaster"


def save_model(
    path: str,
    mlflow_model: Any,
    forecaster: Forecaster,
    example: pd.DataFrame,
    **_options: Any,
) -> None:
    """Write an MLflow model folder.

    Parameters
    ----------
    path : str
        The folder; it is made.
    mlflow_model : mlflow.models.Model
        Is completed with flavour, signature and example.
    forecaster : Forecaster
    example : DataFrame
        An input that fits the signature; see `typical_day`.
    """
    import mlflow
    from mlflow.models.utils import _save_example

    folder = Path(path)
    artifact.save(forecaster, folder / DATA)
    mlflow_model.signature = signature(forecaster)
    _save_example(mlflow_model, example, path)
    needed = f"mlflow=={mlflow.__version__}\nheavylegs=={version('heavylegs')}\n"
    (folder / "requirements.txt").write_text(needed, encoding="utf-8")
    (folder / "python_env.yaml").write_text(
        f"python: {platform.python_version()}\ndependencies:\n- -r requirements.txt\n", encoding="utf-8"
    )
    mlflow.pyfunc.add_to_model(mlflow_model, LOADER, data=DATA, python_env="python_env.yaml")
    mlflow_model.save(str(folder / "MLmodel"))


def signature(forecaster: Forecaster) -> Any:
    """Return the signature: a store or a matrix in, forecasts out.

    Every input is optional for MLflow, which has no "either, or"; the loader says what is missing. Outputs are the columns of
    `heavylegs.serve.engine.forecast_frame`, in order.
    """
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, ParamSchema, ParamSpec, Schema

    keys = [("string", "store"), ("string", "athlete_id"), ("datetime", "day")]
    features = [("double", name) for name in forecaster.catalog.names]
    dates = [
        ("string", "athlete_id"),
        ("datetime", "day"),
        ("datetime", "morning"),
        ("string", "information"),
    ]
    figures = ["fatigue", "low", "high", "own_usual", "p_bad_morning", "bad_morning_from"]
    points = ["input_coverage", "forecast_sum", "usual_level", *NAMED, "everything_else"]
    told = [
        *dates,
        *(("double", c) for c in figures),
        ("string", "tier"),
        ("string", "tier_reason"),
        *(("double", c) for c in points),
        ("string", "reference"),
        ("double", "reference_level"),
        ("string", "unclear"),
    ]
    return ModelSignature(
        inputs=Schema([ColSpec(kind, name, required=False) for kind, name in keys + features]),
        outputs=Schema([ColSpec(kind, name) for kind, name in told]),
        params=ParamSchema([ParamSpec("first", "string", ""), ParamSpec("last", "string", "")]),
    )


def typical_day(matrix: Matrix) -> pd.DataFrame:
    """Return one row of the medians of all inputs and their context: an example that is nobody's day."""
    return matrix.frame.median().to_frame().T.astype("float64")
