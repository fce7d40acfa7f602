"""The evaluation table: every rung of the ladder and Heavylegs, on days that none has seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..data.errors import InputError
from ..features.matrix import Matrix
from ..models.baselines import LADDER, Rung
from . import ablation as ablations
from . import metrics
from .fit import fit_forecaster
from .splits import Protocol, Split, splits

Floats = npt.NDArray[np.float64]
MODEL = "heavylegs"
LEAST_ROWS = 30


@dataclass(frozen=True)
class HeldOut:
    """Forecasts of days that the model had not seen.

    Parameters
    ----------
    rows : int array of shape (n,)
        Rows of the labelled matrix that were forecast.
    target : array of shape (n,)
        What was reported, canonical.
    forecasts : dict of str to array of shape (n,)
        By rung, and by ``"heavylegs"``; kept within 0-10.
    athletes : int array of shape (n,)
    """

    rows: npt.NDArray[np.int64]
    target: Floats
    forecasts: dict[str, Floats]
    athletes: npt.NDArray[np.int64]

    @property
    def best_baseline(self) -> str:
        """Name of the rung with the lowest RMSE, Heavylegs aside."""
        rungs = [name for name in self.forecasts if name in LADDER]
        return min(rungs, key=lambda name: metrics.rmse(self.target, self.forecasts[name]))


def heavylegs(learn: Matrix, forecast: Matrix) -> Floats:
    """Forecast by the product's own model."""
    return fit_forecaster(learn).predict(forecast)


def hold_out(
    matrix: Matrix,
    protocol: Protocol,
    cutoff: np.datetime64 | None = None,
    progress: Callable[[str], None] | None = None,
    more: Mapping[str, Rung] | None = None,
) -> HeldOut:
    """Forecast every held-out day of a protocol by the whole ladder and the model.

    Parameters
    ----------
    matrix : Matrix
        All rows; those without a rating are passed over.
    protocol : {"known", "new"}
    cutoff : datetime64[D], optional
    progress : callable, optional
        Is told what is being fitted.
    more : mapping of str to Rung, optional
        Others to judge beside them; they count as no baseline.

    Raises
    ------
    InputError
        Where too few days are left to learn from or to forecast.
    """
    labelled = matrix.labelled()
    judged = {**LADDER, MODEL: heavylegs, **(more or {})}
    parts: dict[str, list[Floats]] = {name: [] for name in judged}
    rows: list[npt.NDArray[np.int64]] = []
    for number, split in enumerate(splits(labelled, protocol, cutoff), start=1):
        learn, forecast = _parts(labelled, split, protocol, cutoff)
        rows.append(np.flatnonzero(split[1]))
        for name, rung in judged.items():
            if progress:
                progress(f"{protocol}, part {number}: {name}")
            parts[name].append(np.clip(rung(learn, forecast), 0.0, 10.0))
    index = np.concatenate(rows)
    return HeldOut(
        index,
        labelled.target[index].astype(float),
        {name: np.concatenate(p) for name, p in parts.items()},
        labelled.keys["athlete_id"].cat.codes.to_numpy()[index].astype(np.int64),
    )


def records(matrix: Matrix, protocol: Protocol, held_out: HeldOut) -> list[dict[str, object]]:
    """Return the evaluation table, one record a rung, errors in native units of the cohort's scale.

    Skill is against the best rung of the ladder; the best rung's own is 0.
    """
    native = matrix.native_span / 10.0
    best = held_out.forecasts[held_out.best_baseline]
    best_error = metrics.rmse(held_out.target, best)
    table: list[dict[str, object]] = []
    for name, forecast in held_out.forecasts.items():
        error = metrics.rmse(held_out.target, forecast)
        low, high = metrics.skill_interval(held_out.target, forecast, best, held_out.athletes)
        table.append(
            {
                "cohort": matrix.cohort,
                "protocol": protocol,
                "information": matrix.information,
                "model": name,
                "n_days": len(held_out.target),
                "n_athletes": len(np.unique(held_out.athletes)),
                "rmse": error * native,
                "mae": metrics.mae(held_out.target, forecast) * native,
                "skill": metrics.skill(error, best_error),
                "skill_low": low,
                "skill_high": high,
                "best_baseline": held_out.best_baseline,
            }
        )
    return table


def evaluate(
    matrix: Matrix,
    protocol: Protocol = "known",
    cutoff: np.datetime64 | None = None,
    progress: Callable[[str], None] | None = None,
    ablation: bool = False,
) -> list[dict[str, object]]:
    """Return the evaluation table of `matrix` under a protocol; see `records`.

    With `ablation` it also judges the own state with one family of features at a time, and everything but one.
    """
    more = ablations.rungs(matrix) if ablation else None
    return records(matrix, protocol, hold_out(matrix, protocol, cutoff, progress, more))


def _parts(
    labelled: Matrix, split: Split, protocol: Protocol, cutoff: np.datetime64 | None
) -> tuple[Matrix, Matrix]:
    learn, forecast = (labelled.rows(mask) for mask in split)
    if len(learn) < LEAST_ROWS or len(forecast) == 0:
        where = f" with the cut-off {cutoff}" if cutoff is not None else ""
        raise InputError(
            f"{len(learn)} rated mornings to learn from and {len(forecast)} to forecast, protocol {protocol}{where}",
            mend=f"at least {LEAST_ROWS} and 1 are needed: choose another cut-off or import more days",
        )
    return learn, forecast
