"""Holding out: every rung of the ladder and Heavylegs forecast days that none has seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..data.arrays import Floats
from ..data.errors import InputError
from ..features.matrix import Matrix
from ..models.bad_morning import is_bad
from ..models.baselines import LADDER, PEERS, Rung
from ..models.forecaster import Forecaster
from . import ablation as ablations
from . import metrics
from .calibrate import SPREAD, USUAL
from .fit import LEAST_ROWS, fit_forecaster
from .held_out import MODEL, Band, HeldOut
from .progress import Say, silent
from .rated import rated
from .reach import reaches, with_reach
from .records import records
from .reliability import own_rate
from .splits import Plan, Protocol, Split, mornings

NOMINAL = 0.90
"""Coverage at which intervals are judged here; forecasts are told with one of 80 %."""


def hold_out(
    matrix: Matrix,
    plan: Plan | Protocol = "known",
    cutoff: np.datetime64 | None = None,
    progress: Say = silent,
    more: Mapping[str, Rung] | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> HeldOut:
    """Forecast every held-out day of a protocol by the ladder, its peers and the model.

    Parameters
    ----------
    matrix : Matrix
        All rows; those without a rating are passed over.
    plan : Plan, "known" or "new"
    cutoff : datetime64[D], optional
        Of a protocol given by its name.
    progress : callable
        Is told what is being fitted.
    more : mapping of str to Rung, optional
        Others to judge beside them, families of features or models of your own; they count as no baseline.
    parameters : mapping of str to value, optional
        The estimator's, its defaults where not given.

    Raises
    ------
    InputError
        Where too few days are left to learn from or to forecast, nothing can be told apart, or one of `more` has the
        name of a forecaster that is there.
    ValueError
        Where one of `more` does not forecast every row by a finite number.
    """
    plan = plan if isinstance(plan, Plan) else Plan(plan, cutoff)
    taken = {*LADDER, *PEERS, MODEL}.intersection(more or {})
    if taken:
        raise InputError(f"there is a forecaster {min(taken)!r} already", mend="give yours another name")
    labelled = rated(matrix)
    parts = plan.splits(labelled)
    if not parts:
        raise InputError(
            f"no rated morning to forecast, protocol {plan.protocol} ({plan})",
            mend="choose another cut-off or import more days",
        )
    learned = []
    for number, (learn, forecast) in enumerate(parts, start=1):
        where = f"{plan.protocol} athletes, part {number} of {len(parts)}"
        learned.append(
            _judge(labelled.rows(learn), labelled.rows(forecast), where, progress, more or {}, parameters)
        )
    out = _joined(labelled, plan, parts, learned)
    if metrics.rmse(out.target, out.forecasts[out.best_baseline]) == 0.0:
        raise InputError(
            f"all {len(out.target)} mornings to forecast are known without a model: the reports never change",
            mend="nothing can be judged until they do",
        )
    return out


def _joined(labelled: Matrix, plan: Plan, parts: Sequence[Split], learned: Sequence[_Learned]) -> HeldOut:
    """Put the parts' held-out days together, in their order."""
    index = np.concatenate([np.flatnonzero(forecast) for _, forecast in parts])
    held = labelled.rows(index)
    bad, rate = _bad_mornings(labelled, parts)
    return HeldOut(
        rows=index,
        target=held.target.astype(float),
        forecasts={
            name: np.concatenate([part.forecasts[name] for part in learned]) for name in learned[0].forecasts
        },
        athletes=held.owner,
        mornings=mornings(held),
        part=np.repeat(np.arange(len(parts)), [int(forecast.sum()) for _, forecast in parts]),
        usual=held.frame[USUAL].to_numpy(dtype=float),
        reports=held.frame["ratings_so_far"].to_numpy(dtype=float),
        models=tuple(part.model for part in learned),
        band=Band.joined([part.band for part in learned]),
        bad=bad[index],
        chance=np.concatenate([part.chance for part in learned]),
        own_rate=rate[index],
        plan=plan,
    )


def evaluate(
    matrix: Matrix,
    plan: Plan | Protocol = "known",
    cutoff: np.datetime64 | None = None,
    progress: Say = silent,
    ablation: bool = False,
    parameters: Mapping[str, Any] | None = None,
    truth: pd.DataFrame | None = None,
) -> list[dict[str, object]]:
    """Return the evaluation table of `matrix` under a protocol; see `records`.

    With `ablation` it also judges the own state with one family of features at a time, and everything but one. With
    the `truth` of a simulated store it also tells the skill that could be reached, see `reach`.
    """
    more = {**(ablations.rungs(matrix) if ablation else {}), **(reaches(truth) if truth is not None else {})}
    held_out = hold_out(matrix, plan, cutoff, progress, more, parameters)
    table = records(matrix, held_out.plan.protocol, held_out)
    return table if truth is None else with_reach(table)


def _numbers(name: str, forecasts: npt.ArrayLike, n: int) -> Floats:
    """Return a rung's forecasts; ValueError where they are not one finite number a row."""
    out = np.asarray(forecasts, dtype=float)
    if out.shape != (n,) or not np.isfinite(out).all():
        raise ValueError(
            f"{name} must forecast {n} mornings by one finite number each, got shape {out.shape}"
        )
    return out


@dataclass(frozen=True)
class _Learned:
    """What came of one split."""

    forecasts: dict[str, Floats]
    model: Forecaster
    band: Band | None
    chance: Floats


def _judge(
    learn: Matrix,
    forecast: Matrix,
    where: str,
    progress: Say,
    more: Mapping[str, Rung],
    parameters: Mapping[str, Any] | None,
) -> _Learned:
    if len(learn) < LEAST_ROWS or len(forecast) == 0:
        raise InputError(
            f"{len(learn)} rated mornings to learn from and {len(forecast)} to forecast, {where}",
            mend=f"at least {LEAST_ROWS} and 1 are needed: choose another cut-off or import more days",
        )

    def say(what: str) -> None:
        progress(f"{where}: {what}")

    def judged(rungs: Mapping[str, Rung]) -> dict[str, Floats]:
        out = {}
        for name, rung in rungs.items():
            say(name)
            out[name] = np.clip(_numbers(name, rung(learn, forecast), len(forecast)), 0.0, 10.0)
        return out

    forecasts = judged({**LADDER, **PEERS})
    say(MODEL)
    model = fit_forecaster(learn, **(parameters or {}))
    forecasts[MODEL] = np.clip(model.predict(forecast), 0.0, 10.0)
    say("intervals")
    band = _band(model, forecast, forecasts[MODEL])
    chance = np.full(len(forecast), np.nan)
    if model.bad_morning is not None:
        usual, spread = (forecast.frame[name].to_numpy(dtype=float) for name in (USUAL, SPREAD))
        chance = model.bad_morning.chance(forecasts[MODEL], usual, spread)
    return _Learned(forecasts | judged(more), model, band, chance)


def _band(forecaster: Forecaster, forecast: Matrix, points: Floats) -> Band | None:
    """Return the model's intervals on held-out days, at 90 %, adapted morning by morning as the product does.

    Parameters
    ----------
    forecaster : Forecaster
        With intervals from days that its inner twin had not seen.
    forecast : Matrix
        Labelled rows of the split.
    points : array of shape (len(forecast),)
        What `forecaster` says of `forecast`, canonical, within 0-10.

    Returns
    -------
    Band or None
        None where too few days were learned from.
    """
    intervals = forecaster.intervals.at(NOMINAL)
    if not intervals.own:
        return None
    told = forecast.keys["athlete_id"].astype(str), mornings(forecast), points, forecast.target
    ends = intervals.through_time(*told, spreads=forecast.frame[SPREAD].to_numpy(dtype=float))
    plain = intervals.whatever_the_forecast().through_time(*told)
    half, scale = ((found.upper - found.lower) / 2 for found in (ends, plain))
    pooled = np.full(len(points), intervals.pooled_half_width)
    return Band(ends.lower, ends.upper, half, pooled, scale, NOMINAL)


def _bad_mornings(labelled: Matrix, parts: Sequence[Split]) -> tuple[Floats, Floats]:
    """Return which mornings were bad (NaN without a usual) and the own rate until each, shape (n,) each.

    An athlete's rate starts at everybody's on the days learned from.
    """
    bad = is_bad(labelled.target, labelled.frame[USUAL].to_numpy(dtype=float), 10.0 / labelled.native_span)
    known, rate = ~np.isnan(bad), np.full(len(bad), np.nan)
    who, when = labelled.owner[known], mornings(labelled)[known]
    for learn, forecast in parts:
        before = bad[learn & known]
        everybodys = float(before.mean()) if len(before) else 0.0
        until, told = np.full(len(bad), np.nan), forecast & known
        until[known] = own_rate(bad[known], who, when, everybodys)
        rate[told] = until[told]
    return bad, rate
