"""The evaluation table: a record a forecaster, every metric in it, errors in native units."""

from __future__ import annotations

import math

import numpy as np

from ..data.arrays import Floats
from ..features.matrix import Matrix
from ..models.baselines import LADDER, PEERS
from . import metrics
from .cold_start import cold_start
from .held_out import MODEL, HeldOut
from .interval_metrics import answers_inside, coverage, own_windows, widening
from .probability_metrics import level_chances, rps_of_days
from .rank_metrics import auc, auc_macro, spearman_within
from .reach import REACHES
from .reliability import brier
from .splits import Protocol

Record = dict[str, object]
LEAST_WIDTH = 0.05
"""Canonical: an athlete who never missed still has a distribution."""
BAD_MORNING_KEYS = (
    *("n_bad_judged", "bad_share", "auc_bad", "auc_bad_own_rate"),
    *("brier", "brier_own_rate", "brier_skill"),
)
INTERVAL_KEYS = (
    "interval_level",
    "coverage",
    "coverage_macro",
    "width",
    "long_athletes",
    "fair_athletes",
    "pooled_coverage",
    "pooled_width",
    "pooled_fair_athletes",
    "width_ratio",
    "width_ratio_same_coverage",
    "width_ratio_own_windows",
    "answers_inside",
    "pooled_answers_same_coverage",
)


def records(matrix: Matrix, protocol: Protocol, held_out: HeldOut) -> list[Record]:
    """Return the evaluation table, one record a forecaster.

    Parameters
    ----------
    matrix : Matrix
        What was evaluated; tells the cohort, the information set and the scale.
    protocol : {"known", "new"}
    held_out : HeldOut

    Returns
    -------
    list of dict
        Errors, widths and the ranked probability score are in native units of the cohort's
        scale; skill is against the best baseline, whose own is 0, and `skill_vs_peer` against
        the best peer. What cannot be told is None. `docs/evaluation.md` tells every key.
    """
    who: Record = {
        "cohort": matrix.cohort,
        "protocol": protocol,
        "split": str(held_out.plan),
        "information": matrix.information,
        "n_days": len(held_out.target),
        "n_athletes": len(np.unique(held_out.athletes)),
    }
    span = matrix.native_span
    table = []
    for name in held_out.forecasts:
        record = who | {"model": name, "kind": kind(name)} | _skills(held_out, name)
        for part in (_errors, _orders, _bad_mornings, _probabilities, _intervals):
            record |= part(held_out, name, span)
        record["cold_start"] = cold_start(held_out, name, span) if protocol == "new" else None
        table.append(record)
    return [{key: told(value) for key, value in record.items()} for record in table]


def kind(name: str) -> str:
    """Return what a forecaster stands for: baseline, peer, model, family of features, or what could be reached."""
    if name in LADDER:
        return "baseline"
    if name in REACHES.values():
        return "reach"
    return "peer" if name in PEERS else "model" if name == MODEL else "family"


def _errors(held_out: HeldOut, name: str, span: float) -> Record:
    y, forecast, whose = held_out.target, held_out.forecasts[name], held_out.athletes
    return {
        "rmse": metrics.rmse(y, forecast) * span / 10.0,
        "mae": metrics.mae(y, forecast) * span / 10.0,
        "rmse_macro": metrics.rmse_macro(y, forecast, whose) * span / 10.0,
        "mae_macro": metrics.mae_macro(y, forecast, whose) * span / 10.0,
    }


def _skills(held_out: HeldOut, name: str) -> Record:
    y, forecast, whose = held_out.target, held_out.forecasts[name], held_out.athletes
    out: Record = {}
    for label, other in (("skill", held_out.best_baseline), ("skill_vs_peer", held_out.best_peer)):
        against = held_out.forecasts[other]
        low, high = metrics.skill_interval(y, forecast, against, held_out.clusters)
        out |= {
            label: metrics.skill(metrics.rmse(y, forecast), metrics.rmse(y, against)),
            f"{label}_low": low,
            f"{label}_high": high,
            f"{label}_macro": metrics.skill_macro(y, forecast, against, whose),
        }
    over = "weeks" if metrics.few(held_out.athletes) else "athletes"
    return out | {
        "interval_over": over,
        "best_baseline": held_out.best_baseline,
        "best_peer": held_out.best_peer,
    }


def _orders(held_out: HeldOut, name: str, span: float) -> Record:
    y, forecast, whose = held_out.target, held_out.forecasts[name], held_out.athletes
    judged = ~np.isnan(held_out.bad)
    event, score = held_out.bad[judged] == 1.0, (forecast - held_out.usual)[judged]
    return {
        "spearman": spearman_within(y, forecast, whose),
        "auc_worse": auc(score, event),
        "auc_worse_macro": auc_macro(score, event, whose[judged]),
        "n_worse": int(event.sum()),
    }


def _bad_mornings(held_out: HeldOut, name: str, span: float) -> Record:
    """Return how the chance of a bad morning did against the athlete's own rate; nothing of other forecasters."""
    judged = ~np.isnan(held_out.bad) & ~np.isnan(held_out.chance)
    if name != MODEL or not judged.any():
        return dict.fromkeys(BAD_MORNING_KEYS)
    came, chance, own = (values[judged] for values in (held_out.bad, held_out.chance, held_out.own_rate))
    score, rate = brier(came, chance), brier(came, own)
    return {
        "n_bad_judged": len(came),
        "bad_share": float(came.mean()),
        "auc_bad": auc(chance, came == 1.0),
        "auc_bad_own_rate": auc(own, came == 1.0),
        "brier": score,
        "brier_own_rate": rate,
        "brier_skill": 1.0 - score / rate if rate > 0 else float("nan"),
    }


def _probabilities(held_out: HeldOut, name: str, span: float) -> Record:
    """Return the ranked probability score; the model's with its own widths, and as if it had one for all."""
    y, forecast, whose = held_out.target, held_out.forecasts[name], held_out.athletes

    def of_days(width: Floats) -> Floats:
        return rps_of_days(y, level_chances(y, forecast, width, whose, span), span)

    points = full = of_days(np.ones(len(y)))
    if name == MODEL and held_out.band is not None:
        full = of_days(np.maximum(held_out.band.scale, LEAST_WIDTH))
    return {
        "rps": float(full.mean()),
        "rps_macro": float(metrics.athlete_means(full, whose).mean()),
        "rps_one_width": float(points.mean()),
    }


def _intervals(held_out: HeldOut, name: str, span: float) -> Record:
    """Return how the model's intervals did, beside pooled split conformal's; nothing of other forecasters.

    Pooled intervals are also judged widened (or narrowed) to hold as many of these mornings as the model's.
    """
    band = held_out.band
    if name != MODEL or band is None:
        return dict.fromkeys(INTERVAL_KEYS)
    y, point, whose = held_out.target, held_out.forecasts[name], held_out.athletes
    own, pooled = (
        coverage(y, np.clip(low, 0.0, 10.0), np.clip(high, 0.0, 10.0), whose)
        for low, high in ((band.low, band.high), (point - band.pooled, point + band.pooled))
    )
    factor = widening(y, point, band.pooled, own.share)
    even = factor * band.pooled
    return {
        "interval_level": band.level,
        "coverage": own.share,
        "coverage_macro": own.macro,
        "width": own.width * span / 10.0,
        "long_athletes": own.long_athletes,
        "fair_athletes": own.fair_athletes,
        "pooled_coverage": pooled.share,
        "pooled_width": pooled.width * span / 10.0,
        "pooled_fair_athletes": pooled.fair_athletes,
        "width_ratio": float(band.spread.mean() / band.pooled.mean()),
        "width_ratio_same_coverage": float(band.spread.mean() / even.mean()),
        "width_ratio_own_windows": own_windows(y, point, whose, band.level) / 2.0 / float(band.pooled.mean()),
        "answers_inside": answers_inside(band.low, band.high, span),
        "pooled_answers_same_coverage": answers_inside(point - even, point + even, span),
    }


def told(value: object) -> object:
    """Return the value as JSON can hold it: None for what is not a finite number, within lists too."""
    if isinstance(value, list):
        return [told(v) for v in value]
    if isinstance(value, dict):
        return {k: told(v) for k, v in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value
