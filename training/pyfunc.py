"""The model as MLflow loads it: this file as code, and the forecaster's text files beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from heavylegs.models import artifact
from mlflow.pyfunc.model import PythonModel


class HeavylegsModel(PythonModel):
    """Takes a frame of the catalogue's inputs and returns canonical fatigue."""

    def load_context(self, context: Any) -> None:
        """Read the forecaster from the logged text files."""
        self.forecaster = artifact.load(Path(context.artifacts["forecaster"]))

    def predict(self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> Any:
        """Return next-morning fatigue, 0 fresh to 10 exhausted, kept within the scale."""
        return self.forecaster.regressor.predict(model_input).clip(0.0, 10.0)


mlflow.models.set_model(HeavylegsModel())
