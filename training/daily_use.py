"""How forecasts did in daily use: each morning by the champion of that time, against what came.

A champion learned from everything up to its last morning; of the mornings after, until the next champion
was learned, it told everybody's forecast on the evening before. Nothing has to be kept for that: the registry
knows who was champion, and a model forecasts the same today from the same log. (What was logged later
than the evening before is in the log today; files that `heavylegs predict` wrote at the time are free of that.)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

import numpy as np
import pandas as pd

from ..data.arrays import Mask, Whole
from ..features.matrix import Matrix
from ..models.bad_morning import LIKELY, ROUNDING
from ..models.baselines import LADDER, RULES
from ..models.forecaster import Forecaster
from . import champions, metrics, registry
from .fit import LEAST_ROWS
from .judge import LEAST_MORNINGS
from .splits import mornings

NEVER = np.datetime64("NaT", "D")


@dataclass(frozen=True)
class Turn:
    """A model and the mornings that were its to forecast.

    Parameters
    ----------
    uri : str
    forecaster : Forecaster
    learned_to : datetime64[D]
        The last morning of the cohort that it learned from; NaT for a model of other people.
    last : datetime64[D]
        The last that was its to forecast; NaT where that is open.
    """

    uri: str
    forecaster: Forecaster
    learned_to: np.datetime64 = NEVER
    last: np.datetime64 = NEVER

    @classmethod
    def of(cls, uri: str, forecaster: Forecaster, cohort: str) -> Turn:
        """Return the turn of a model by itself: every morning after those it learned from."""
        told = forecaster.told
        same = told.get("cohort") == cohort
        learned_to = np.datetime64(str(told.get("last_morning", "NaT")), "D") if same else NEVER
        return cls(uri, forecaster, learned_to)

    def mornings(
        self, first: np.datetime64 | None, last: np.datetime64 | None
    ) -> tuple[np.datetime64 | None, np.datetime64 | None]:
        """Return its first and last morning between two others, None where open."""
        begins = [d for d in (first, self.learned_to + np.timedelta64(1, "D")) if _told(d)]
        ends = [d for d in (last, self.last) if _told(d)]
        return max(begins, default=None), min(ends, default=None)


def _told(day: np.datetime64 | None) -> TypeGuard[np.datetime64]:
    return day is not None and not np.isnat(day)


def turns(name: str, cohort: str) -> list[Turn]:
    """Return the turns of a registered model's champions, in order; empty where it has had none.

    A champion that this version of Heavylegs cannot load has no turn: its mornings have no forecast any more.

    Parameters
    ----------
    name : str
        As `heavylegs.training.registry.registered_name` gives it.
    cohort : str
    """
    found = []
    for uri in champions.reigns(name):
        forecaster = registry.loadable(uri)
        if forecaster is not None:
            found.append(Turn.of(uri, forecaster, cohort))
    ends = [min((t.learned_to for t in found[n + 1 :]), default=NEVER) for n in range(len(found))]
    return [Turn(t.uri, t.forecaster, t.learned_to, end) for t, end in zip(found, ends, strict=True)]


def with_what_came(told: pd.DataFrame, labelled: Matrix, learned_to: np.datetime64 = NEVER) -> pd.DataFrame:
    """Return the forecasts whose mornings were reported, with what came and what simple rules said.

    Parameters
    ----------
    told : DataFrame
        Forecasts as `heavylegs predict` writes them; those without a number are left out.
    labelled : Matrix
        The cohort's reported mornings.
    learned_to : datetime64[D]
        Rungs that learn do so from mornings up to this one; from those before the first forecast where NaT.

    Returns
    -------
    DataFrame
        The same columns with ``came`` (canonical) and a column a rung of the ladder, canonical within 0-10.
    """
    morning = mornings(labelled)
    keys = pd.DataFrame(
        {
            "athlete_id": labelled.keys["athlete_id"].astype(str).to_numpy(),
            "morning": morning.astype("datetime64[us]"),
            "row": np.arange(len(labelled)),
        }
    )
    told = told[told["fatigue"].notna()].astype({"morning": "datetime64[us]", "athlete_id": str})
    found = told.merge(keys, on=["athlete_id", "morning"], how="inner").sort_values("row", ignore_index=True)
    place = found.pop("row").to_numpy()
    rows = labelled.rows(place)
    if not len(rows):
        return found.assign(came=np.empty(0))
    before = morning < morning[place].min() if np.isnat(learned_to) else morning <= learned_to
    learn, names = labelled.rows(before), tuple(LADDER)
    if len(learn) < LEAST_ROWS:  # too little for the rungs that learn; every forecast has the rules
        learn, names = rows, RULES
    rules = {name: np.clip(LADDER[name](learn, rows), 0.0, 10.0) for name in names}
    return found.assign(came=rows.target.astype(float), **rules)


def figures(frame: pd.DataFrame, native_span: float) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return how forecasts did over all, and by athlete with the largest miss first.

    Parameters
    ----------
    frame : DataFrame
        See `with_what_came`.
    native_span : float
        Width of the cohort's own scale, in whose steps errors are told.

    Returns
    -------
    dict
        ``n_days, n_athletes, first, last``; ``rmse``, ``mae``, ``best_baseline`` with its ``rmse_baseline``, ``skill``
        and its 95 % interval over athletes (weeks of fewer than five) ``skill_low, skill_high``, None for fewer than 30
        mornings; ``inside``, the share of mornings inside the likely range; ``bad``, ``warned`` and ``warned_bad``: bad
        mornings, mornings with a chance of 5 in 10 or more, and those that were both.
    list of dict
        ``athlete_id`` and the same of each athlete, against the same baseline, without the interval.
    """
    rungs = [name for name in LADDER if name in frame and frame[name].notna().all()]
    best = min(rungs, key=lambda name: metrics.rmse(frame["came"], frame[name]))
    each = [
        {"athlete_id": str(who), **_of(own, best, native_span)} for who, own in frame.groupby("athlete_id")
    ]
    low, high = _interval(frame, best)
    whole = {**_of(frame, best, native_span), "n_athletes": len(each), "best_baseline": best}
    return {**whole, "skill_low": low, "skill_high": high}, sorted(each, key=lambda e: -e["rmse"])


def _of(frame: pd.DataFrame, best: str, native_span: float) -> dict[str, Any]:
    came, step = frame["came"].to_numpy(), native_span / 10.0
    told = metrics.rmse(came, frame["fatigue"]), metrics.rmse(came, frame[best])
    inside, bad, warned = verdicts(frame)
    skill = metrics.skill(*told)
    return {
        "n_days": len(frame),
        "first": str(frame["morning"].min().date()),
        "last": str(frame["morning"].max().date()),
        "rmse": told[0] * step,
        "mae": metrics.mae(came, frame["fatigue"]) * step,
        "rmse_baseline": told[1] * step,
        "skill": None if math.isnan(skill) else skill,
        "inside": float(inside.mean()) if frame["low"].notna().all() else None,
        "bad": int(bad.sum()),
        "warned": int(warned.sum()),
        "warned_bad": int((bad & warned).sum()),
    }


def verdicts(frame: pd.DataFrame) -> tuple[Mask, Mask, Mask]:
    """Return of each morning whether it came inside the likely range, was bad, and had been warned of.

    Parameters
    ----------
    frame : DataFrame
        See `with_what_came`. What has no range, limit or chance is none of these.
    """
    came, low, high = (frame[name].to_numpy(float) for name in ("came", "low", "high"))
    limit, chance = frame["bad_morning_from"].to_numpy(float), frame["p_bad_morning"].to_numpy(float)
    inside = (came >= low - ROUNDING) & (came <= high + ROUNDING)
    return inside, came >= limit - ROUNDING, chance >= LIKELY


def _interval(frame: pd.DataFrame, best: str) -> tuple[float | None, float | None]:
    """Return the skill's interval over athletes, or over weeks of few; None where too few mornings tell skill from luck."""
    if len(frame) < LEAST_MORNINGS:
        return None, None
    who: Whole = pd.factorize(frame["athlete_id"])[0]
    drawn = metrics.drawn_whole(who, frame["morning"].to_numpy())
    came, told, rule = (frame[name].to_numpy(float) for name in ("came", "fatigue", best))
    low, high = metrics.skill_interval(came, told, rule, drawn)
    return (None, None) if math.isnan(low) else (low, high)


def joined(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the parts as one frame, with the rungs that all of them have."""
    full = [part for part in parts if len(part)]
    return pd.concat(full, ignore_index=True, join="inner") if full else pd.DataFrame({"came": []})
