"""From an athlete's day to its explanation: the forecast, its points and the values behind them."""

from __future__ import annotations

import warnings
from collections.abc import Hashable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from ..data.cohort import Cohort
from ..data.own_scale import OwnScale
from ..data.zones import known_zone
from ..features.catalog import Feature
from ..features.days import Days
from ..features.environment import wbgt_of_day
from ..features.factors import NAMED
from ..features.hydration import run_fluid_deficit
from ..features.load import load_1d, run_distance
from ..features.matrix import Matrix
from ..models.attribution import Attribution, attribute
from ..models.confidence import confidence, has_forecast
from ..models.explanation import Explanation, FactorPoints, FeatureValue, NotYet
from ..models.forecaster import Forecaster
from ..models.reference import USUAL_DAYS, Reference
from ..models.what_if import Log
from .engine import forecast_frame
from .printed import finite
from .what_if import single_changes

RECENT_DAYS = 56
SESSION_COLUMNS = (
    "activity_id",
    "sport",
    "distance_m",
    "duration_s",
    "hr_mean_bpm",
    "session_rpe",
    "session_load_au",
)
SIMPLE_RULES = {
    "constant": "everybody's mean",
    "own_mean": "the own mean so far",
    "own_median": "the own median so far",
    "yesterday": "the same as yesterday",
    "ewma_7": "EWMA-7, the own last days' running average",
    "ewma_28": "EWMA-28, the own last weeks' running average",
    "ridge_own_history": "a linear rule on the own last reports",
    "lightgbm_own_history": "LightGBM on the own last reports",
}
"""What each rung of the ladder does, in a runner's words."""


def explain(
    cohort: Cohort,
    model: Forecaster,
    athlete_id: str,
    day: date,
    uri: str = "",
    reference: Reference = "usual",
) -> Explanation | NotYet:
    """Return the explanation of the morning after `day`, or that there is no forecast yet.

    Parameters
    ----------
    cohort : Cohort
        Holds the athlete, and the members of their group where they have one.
    model : Forecaster
    athlete_id : str
    day : date
        The day whose log is used.
    uri : str
        Where the model came from, for the report.
    reference : {"usual", "cohort"}
        What points are measured from; "cohort" where fewer than 14 days before had a forecast.

    Raises
    ------
    InputError
        Where the athlete's log does not reach that day.
    """
    log = Log.of(cohort, model, athlete_id)
    mine, row = log.mine, log.row(day)
    forecast = forecast_frame(model, row, mine).iloc[0].to_dict()
    if forecast["tier"] == "not_yet":
        return _not_yet(cohort, row, athlete_id, day, uri)
    told, points = _points(model, mine, day, reference)
    return Explanation(
        cohort=cohort.name,
        athlete_id=athlete_id,
        day=day,
        information=model.information,
        coverage=model.intervals.coverage,
        usual_level=points["usual_level"],
        everything_else=points["everything_else"],
        factors=tuple(sorted((points[f] for f in NAMED if f in points), key=lambda part: -abs(part.points))),
        absent=tuple(f for f in NAMED if f not in points),
        unheard=tuple(f for f in NAMED if f not in {i.factor for i in model.heard}),
        activities=_sessions(cohort, athlete_id, day),
        recent=recent_of(cohort.ratings, athlete_id, day),
        model=uri,
        accuracy=accuracy_sentence(model.told),
        attribution=model.attribution,
        reference=told.reference[0],
        reference_level=float(told.level[0]),
        what_ifs=single_changes(log, day),
        own_scale=OwnScale.of(cohort.ratings, athlete_id, day),
        **_forecast(forecast),
    )


def _forecast(row: dict[Hashable, Any]) -> dict[str, Any]:
    """Return what an explanation takes from a row of `forecast_frame`."""
    return {
        "morning": row["morning"].date(),
        "fatigue": float(row["fatigue"]),
        "fatigue_raw": float(row["forecast_sum"]),
        "low": float(row["low"]),
        "high": float(row["high"]),
        "own_usual": finite(row["own_usual"]),
        "tier": row["tier"],
        "tier_reason": row["tier_reason"],
        "p_bad_morning": finite(row["p_bad_morning"]),
        "bad_morning_from": finite(row["bad_morning_from"]),
        "input_coverage": float(row["input_coverage"]),
    }


def _points(
    model: Forecaster, mine: Matrix, day: date, reference: Reference
) -> tuple[Attribution, dict[str, FactorPoints]]:
    """Return the day's points as attributed, and by factor with the values behind; without those that have no data."""
    last = np.datetime64(day)
    lately = mine.rows((mine.day >= last - np.timedelta64(USUAL_DAYS, "D")) & (mine.day <= last))
    told = attribute(model, lately, reference).rows([-1])
    behind = _values(model, lately, told.reference[0])
    parts = {}
    for name in told.points:
        points, low, high = (float(t[name].iloc[0]) for t in (told.points, told.low, told.high))
        if np.isfinite(points):
            parts[str(name)] = FactorPoints(str(name), points, behind.get(str(name), ()), low, high)
    return told, parts


def _not_yet(cohort: Cohort, row: Matrix, athlete_id: str, day: date, uri: str) -> NotYet:
    reports, lately = (float(np.nan_to_num(row.frame[c].iloc[0])) for c in ("ratings_so_far", "ratings_28d"))
    told = confidence(reports, lately)
    return NotYet(
        cohort=cohort.name,
        athlete_id=athlete_id,
        day=day,
        morning=day + timedelta(days=1),
        information=row.information,
        tier_reason=told.reason,
        reports=int(reports),
        missing=told.missing,
        first_forecast=day + timedelta(days=1 + told.missing),
        activities=_sessions(cohort, athlete_id, day),
        recent=recent_of(cohort.ratings, athlete_id, day),
        model=uri,
        own_scale=OwnScale.of(cohort.ratings, athlete_id, day),
    )


def facts_of(cohort: Cohort, athlete_id: str, day: date) -> dict[str, float]:
    """Return what the rules of `heavylegs.serve.flags` ask of the log; what it does not tell is left out.

    Returns
    -------
    dict
        ``longest_run_90d_m``, of the 90 days before `day`; ``easy_days_14d``, days of the last 14
        with at most half of the usual load of the six weeks before them; ``injury`` on that day; ``wbgt_c`` and
        ``run_fluid_deficit_pct``, the heat of its sessions and the sweat of its runs that was not drunk back.
    """
    days = Days.of(cohort.subset([athlete_id]))
    here = int(np.datetime64(day).astype("datetime64[D]").astype(int)) - int(days.number[0])
    distance, load = days.once(run_distance), days.once(load_1d)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a stretch without any value has no mean
        facts = {
            "longest_run_90d_m": float(np.nanmax(distance[max(here - 90, 0) : here], initial=np.nan)),
            "injury": float(days.diary("injury")[here]),
            "wbgt_c": float(days.once(wbgt_of_day)[here]),
            "run_fluid_deficit_pct": float(days.once(run_fluid_deficit)[here]),
        }
        usual = float(np.nanmean(load[max(here - 55, 0) : max(here - 13, 0)]))
    lately = load[max(here - 13, 0) : here + 1]
    if np.isfinite(usual) and np.isfinite(lately).sum() >= 10:
        facts["easy_days_14d"] = float((lately <= usual / 2).sum())
    return {name: value for name, value in facts.items() if np.isfinite(value)}


def unit_of(native_span: object) -> str:
    """Return what errors are told in: points where the scale is as wide, and where a cohort's scales differ."""
    return "points of 10" if native_span == 10 else "steps of the cohort's own scale"


def accuracy_sentence(told: dict[str, object]) -> str:
    """Return how the model did on days it had not seen: cohort, protocol, information set, best baseline."""
    record = told.get("held_out")
    if not isinstance(record, dict):
        return ""
    if record["protocol"] == "unseen cohort":
        days = f"all days of people whom it never met, {record['information']} information"
    else:
        days = f"the last 30 % of each person's days, {record['information']} information"
    return (
        f"On {record['n_days']:,} mornings of {record['n_athletes']} people of the cohort {record['cohort']} that the "
        f"model had not seen ({days}) its typical "
        f"miss (RMSE) was {record['rmse']:.2f} {unit_of(told.get('native_span'))}, {_beside_the_best_rule(record)}."
    )


def proof(told: dict[str, object]) -> str:
    """Return in a clause what `accuracy_sentence` says of a model judged on people of another cohort; empty without figures."""
    record = told.get("held_out")
    if not isinstance(record, dict):
        return ""
    return (
        f"on {record['n_athletes']} people whom it never met (cohort {record['cohort']}, all days, {record['information']} "
        f"information) its typical miss was {_beside_the_best_rule(record)}"
    )


def _beside_the_best_rule(record: dict[str, Any]) -> str:
    """Return how far the typical miss of a record of `evaluate` lies from that of the best rule of its ladder."""
    gain = 100 * (1 - (1 - record["skill"]) ** 0.5)
    verdict = f"{gain:.1f} % below" if gain >= 0 else f"{-gain:.1f} % above"
    rule = SIMPLE_RULES.get(record["best_baseline"], record["best_baseline"])
    return f"{verdict} the best simple rule ({rule})"


def _values(model: Forecaster, lately: Matrix, reference: Reference) -> dict[str, tuple[FeatureValue, ...]]:
    """Return the values behind each factor on the last day of `lately`: inputs by their points, then context."""
    before = has_forecast(lately.frame.iloc[:-1]) if reference == "usual" else slice(None)
    all_points, _ = model.feature_points(lately)
    points = all_points.iloc[[-1]]
    if reference == "usual":
        points = points - all_points.iloc[:-1][before].mean()
    row = lately.rows([len(lately) - 1])
    # The mean of the same days as the points': beside a median of 0 a bar could point the other way than its own value.
    means = lately.frame.iloc[:-1][before].mean()

    def value(f: Feature) -> FeatureValue:
        now, usual = row.frame[f.name].iloc[0], means.get(f.name, np.nan)
        moved = float(points[f.name].iloc[0]) if f.role == "input" else 0.0
        return FeatureValue(f.name, f.label, f.unit, finite(now), finite(usual), moved, f.role)

    out: dict[str, list[FeatureValue]] = {}
    for f in model.catalog:
        out.setdefault(f.factor, []).append(value(f))
    return {k: tuple(sorted(v, key=lambda x: (x.role != "input", -abs(x.points)))) for k, v in out.items()}


def _sessions(cohort: Cohort, athlete_id: str, day: date) -> tuple[dict[str, object], ...]:
    activities = cohort.activities
    todays = activities[(activities["athlete_id"] == athlete_id) & (activities["day"] == pd.Timestamp(day))]
    zone = known_zone(cohort.athletes.set_index("athlete_id")["timezone"].get(athlete_id))
    found = []
    for row in todays.to_dict("records"):
        session: dict[str, object] = {c: None if pd.isna(row[c]) else row[c] for c in SESSION_COLUMNS}
        start = row["start_time"]
        if not pd.isna(start) and zone is not None:
            start = start.tz_convert(zone)  # the clock at home, which a runner knows
        session["start"] = None if pd.isna(start) else start.isoformat()
        found.append(session)
    return tuple(found)


def recent_of(ratings: pd.DataFrame, athlete_id: str, day: date) -> tuple[tuple[date, float], ...]:
    """Return the ratings of the eight weeks up to a day, canonical."""
    since = pd.Timestamp(day) - pd.Timedelta(days=RECENT_DAYS)
    chosen = ratings[
        (ratings["athlete_id"] == athlete_id)
        & (ratings["day"] > since)
        & (ratings["day"] <= pd.Timestamp(day))
    ]
    return tuple((d.date(), float(f)) for d, f in zip(chosen["day"], chosen["fatigue"], strict=True))
