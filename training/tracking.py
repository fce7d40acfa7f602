"""MLflow, as the rest of Heavylegs uses it: runs (`runs`) and the registry of models (`registry`)."""

from __future__ import annotations

from .registry import best_uri, champion, champion_uri, crown, load_model, log_model, registered_name
from .runs import EXPERIMENT, Run, mlflow_module, nested, prepare, run, tracking_uri

__all__ = [
    "EXPERIMENT",
    "Run",
    "best_uri",
    "champion",
    "champion_uri",
    "crown",
    "load_model",
    "log_model",
    "mlflow_module",
    "nested",
    "prepare",
    "registered_name",
    "run",
    "tracking_uri",
]
