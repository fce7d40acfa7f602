"""Forecasts that a model made of mornings it had not learned from: what a fair comparison needs.

Each training keeps what its evaluation forecast of the held-out mornings (``held_out.parquet``).
Mornings that came after a model was trained it can still forecast itself.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ..data.arrays import Floats, Mask
from ..features.matrix import Matrix
from ..models.forecaster import Forecaster
from .held_out import MODEL, HeldOut
from .splits import EMBARGO, mornings

FILE = "held_out.parquet"
KEYS = ["athlete", "morning"]


@dataclass(frozen=True)
class Kept:
    """A registered model with all that a later comparison may use.

    Parameters
    ----------
    uri : str
    held_out : DataFrame
        See `frame_of`; empty where its run kept none.
    forecaster : Forecaster or None
        None where this version of Heavylegs cannot load it.
    last_morning : datetime64[D]
        The last that it learned from; NaT where not told.
    """

    uri: str
    held_out: pd.DataFrame
    forecaster: Forecaster | None
    last_morning: np.datetime64


def frame_of(labelled: Matrix, held_out: HeldOut) -> pd.DataFrame:
    """Return what to keep: athlete, morning and a column a forecaster, canonical, float32.

    Athletes stand there by a hash of their id, and ratings are left out: both are in the store.
    """
    rows = labelled.rows(held_out.rows)
    forecasts = {name: np.asarray(v, dtype=np.float32) for name, v in held_out.forecasts.items()}
    return pd.concat([keys_of(rows), pd.DataFrame(forecasts)], axis=1)


def keys_of(matrix: Matrix) -> pd.DataFrame:
    """Return hashed athlete and morning of each row, by which frames of forecasts are joined."""
    ids = matrix.keys["athlete_id"].cat
    hashed = np.array([_hashed(matrix.cohort, a) for a in ids.categories], dtype=object)
    morning = mornings(matrix).astype("datetime64[us]")
    return pd.DataFrame({"athlete": pd.array(hashed[ids.codes.to_numpy()], dtype="str"), "morning": morning})


def read(file: Path) -> pd.DataFrame:
    """Read what a training kept; an empty frame where it kept nothing."""
    if file.is_file():
        return pd.read_parquet(file)
    return pd.DataFrame({"athlete": pd.array([], dtype="str"), "morning": np.array([], "datetime64[us]")})


def after_training(kept: Kept, labelled: Matrix) -> Mask:
    """Return which rows lie after all that the model learned from, where it can forecast them itself."""
    none = np.zeros(len(labelled), dtype=bool)
    if kept.forecaster is None or np.isnat(kept.last_morning):
        return none
    return none | (mornings(labelled) > kept.last_morning + EMBARGO)


def unseen(kept: Kept, labelled: Matrix) -> Floats:
    """Return the model's forecasts of the rows that it had not learned from, NaN elsewhere; shape (n,)."""
    out = saved(kept.held_out, labelled, MODEL)
    later = after_training(kept, labelled)
    if kept.forecaster is not None and later.any():
        out[later] = np.clip(kept.forecaster.predict(labelled.rows(later)), 0.0, 10.0)
    return out


def saved(held_out: pd.DataFrame, labelled: Matrix, name: str) -> Floats:
    """Return a forecaster's kept forecasts for the rows of `labelled`, NaN where it kept none."""
    if name not in held_out:
        return np.full(len(labelled), np.nan)
    column = held_out[[*KEYS, name]].drop_duplicates(KEYS)
    return keys_of(labelled).merge(column, on=KEYS, how="left")[name].to_numpy(dtype=float, copy=True)


def _hashed(cohort: str, athlete_id: object) -> str:
    return hashlib.sha256(f"{cohort}/{athlete_id}".encode()).hexdigest()[:16]
