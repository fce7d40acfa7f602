"""The model as MLflow serves it: a store or a matrix in, forecasts with interval and points out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..data.errors import InputError
from ..data.store import Store
from ..features.matrix import Matrix
from ..models import artifact
from ..models.forecaster import Forecaster
from .console import day
from .engine import forecast_frame, forecasts


class Served:
    """What `mlflow.pyfunc.load_model` gives for a Heavylegs model.

    Parameters
    ----------
    forecaster : Forecaster

    Examples
    --------
    ::

        model = mlflow.pyfunc.load_model("models:/heavylegs-soccermon-evening@champion")
        model.predict({"store": "stores/soccermon"}, params={"first": "2021-06-01", "last": "2021-06-07"})
        model.predict(matrix.frame)
    """

    def __init__(self, forecaster: Forecaster) -> None:
        self.forecaster = forecaster

    def predict(
        self, model_input: str | Path | pd.DataFrame, params: dict[str, Any] | None = None
    ) -> pd.DataFrame:
        """Forecast the mornings of a store, or of the rows of a matrix.

        Parameters
        ----------
        model_input : str, Path or DataFrame
            The folder of a store, or a frame with the column ``store``; otherwise one row a day with
            the catalogue's inputs (NaN where not known), and, where they are known, ``athlete_id``,
            ``day`` and the catalogue's context, on which interval and confidence depend. Give an athlete's
            days together: the causes look back among them (see `heavylegs.models.causes`).
        params : dict, optional
            ``first`` and ``last`` morning of a store to forecast, as YYYY-MM-DD.

        Returns
        -------
        DataFrame
            See `heavylegs.serve.engine.forecast_frame`.

        Raises
        ------
        InputError
            Where it is neither, has no row or what is no number, or the store cannot be read.
        """
        if isinstance(model_input, str | Path):
            return self._of_stores([str(model_input)], params or {})
        if not len(model_input):
            raise InputError("the model's input has no row", mend="give a store, or one row a day")
        if "store" in model_input and model_input["store"].notna().all():
            return self._of_stores(list(model_input["store"]), params or {})
        return forecast_frame(self.forecaster, self._matrix(model_input))

    def _of_stores(self, stores: list[str], params: dict[str, Any]) -> pd.DataFrame:
        if not all(isinstance(path, str) for path in stores):
            raise InputError("the model's input names a store that is no text", mend="give a folder a row")
        first = day(params.get("first") or None, "first")
        last = day(params.get("last") or None, "last")
        parts = [part for path in stores for part in forecasts(Store(path), self.forecaster, first, last)]
        if not parts:
            raise InputError("no morning to forecast between first and last", file=stores[0])
        return pd.concat(parts, ignore_index=True).sort_values(["athlete_id", "day"], ignore_index=True)

    def _matrix(self, frame: pd.DataFrame) -> Matrix:
        model = self.forecaster
        missing = [f.name for f in model.catalog.inputs() if f.name not in frame]
        if missing:
            raise InputError(
                f"the model's input lacks {', '.join(missing[:3])}"
                + (f" and {len(missing) - 3} more" if len(missing) > 3 else ""),
                mend="give a frame with a column 'store', or with every input of the catalogue, NaN where unknown",
            )
        columns = {n: frame.get(n, np.nan) for n in model.catalog.names}
        athletes = (
            frame["athlete_id"].fillna("unknown") if "athlete_id" in frame else ["unknown"] * len(frame)
        )
        days = frame["day"] if "day" in frame else [pd.NaT] * len(frame)
        try:
            values = pd.DataFrame(columns, index=frame.index).astype("float32").reset_index(drop=True)
            day = pd.to_datetime(pd.Series(list(days), dtype="object"), format="ISO8601")
            day = day.astype("datetime64[us]")  # which no time with a zone becomes
        except (ValueError, TypeError) as error:
            why = str(error).partition(". ")[0]
            raise InputError(
                f"the model's input cannot be read: {why}", mend="give numbers, and days as YYYY-MM-DD"
            ) from None
        keys = pd.DataFrame(
            {
                "athlete_id": pd.Categorical(list(athletes)),
                "day": day,
                "group_id": pd.array([None] * len(frame), dtype="str"),
            }
        )
        none = np.full(len(values), np.nan, dtype=np.float32)
        return Matrix(
            str(model.told.get("cohort", "unknown")),
            model.catalog,
            model.information,
            keys,
            values,
            none,
            float(str(model.told.get("native_span", 10.0))),
        )


def _load_pyfunc(data_path: str) -> Served:
    """Load the model for MLflow, which finds this function by its name."""
    return Served(artifact.load(Path(data_path)))
