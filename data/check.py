"""What a cohort covers, whether its fatigue scale points the right way, and what in it is hardly true.

Canonical fatigue is 10 = exhausted. Within a person it must then fall as readiness rises, and rise with
soreness; a source whose scale was read the wrong way round shows the opposite.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from .check_values import EPOCHS, findings
from .cohort import Cohort
from .contents import IMPORT_RATINGS, LOGGED, UNRATED
from .imports import stack
from .store import Store

GAP_DAYS = 7
SENTENCES = 5  # of one kind; more athletes with the same are only named
NAMES = 20  # in one sentence
_PAIRS_NEEDED = 10  # days with both answers, below which a correlation says nothing
_FALLS = -0.15
"""Correlation of fatigue with soreness below which answers point the other way: no lower than -0.09 in 105 people whose scale is known."""
_FOOD = ("meals", "energy_intake_kcal", "carbohydrate_g", "protein_g", "fat_g")

DAY_KINDS: dict[str, tuple[str, ...]] = {
    "sleep": ("sleep_h",),
    "sleep_quality": ("sleep_quality_score",),
    "hrv": ("hrv_rmssd_ms",),
    "resting_hr": ("resting_hr_bpm", "night_hr_bpm"),
    "soreness": ("soreness_score",),
    "readiness": ("readiness_score",),
    "food": _FOOD,
    "fluid": ("fluid_ml",),
    "alcohol": ("alcohol_g", "alcohol"),
    "mass": ("mass_kg",),
    "steps": ("steps",),
}
"""Kinds of diary data, and the columns of which any one shows that it is there."""

RUN_KINDS: dict[str, tuple[str, ...]] = {
    "duration": ("duration_s", "moving_time_s"),
    "distance": ("distance_m",),
    "heart_rate": ("hr_mean_bpm",),
    "session_rpe": ("session_rpe",),
    "cadence": ("cadence_mean_spm", "steps"),
    "ascent": ("ascent_m",),
    "place": ("place_id",),
}
"""Kinds of data on a run."""


def check_cohort(cohort: Cohort, today: date | None = None) -> dict[str, Any]:
    """Return coverage by athlete, totals, the scale's sign test and what is doubtful, as plain types for JSON.

    Parameters
    ----------
    today : date, optional
        The day after which nothing can have happened; default the system's.

    Returns
    -------
    dict
        ``cohort``, ``athletes`` (one dict each), ``totals``, ``scale``, ``findings`` (see
        `heavylegs.data.check_values.findings`) and ``warnings`` (sentences, the findings' among them).
        A gap is a run of more than 7 days without a rating between two ratings; ``share`` is days with a
        rating over the days from the first to the last. ``day_shares`` has the share of days, from the first to
        the last with anything at all, that hold each kind of data, ``run_shares`` the same of runs (None without
        any). Correlations are Pearson's within one athlete, None where fewer than 10 days have both
        answers or one never varies.
    """
    day = today or date.today()
    return _summary(cohort.name, _coverage(cohort, day), findings(cohort, day))


def check_store(store: Store, today: date | None = None) -> dict[str, Any]:
    """Return the same for a store, one bucket in memory at a time."""
    day = today or date.today()
    parts, found = [], []
    for number in store.buckets():
        cohort = store.read_bucket(number, ("athletes", *LOGGED))
        parts.append(_coverage(cohort, day))
        found += findings(cohort, day)
    table = stack(parts)
    if len(table):
        table = table.sort_values("athlete_id")
    found.sort(key=lambda f: (f["athlete_id"], f["kind"]))
    return _summary(str(store.info()["name"]), table, found)


def _coverage(cohort: Cohort, today: date) -> pd.DataFrame:
    """Return one row an athlete."""
    athletes = pd.Index(sorted(cohort.athletes["athlete_id"]), name="athlete_id")
    rated = cohort.ratings.groupby("athlete_id")["day"]
    runs = cohort.activities[cohort.activities["sport"] == "running"]
    days = _sound_days(cohort, today).groupby("athlete_id")["day"]
    table = pd.DataFrame(
        {
            "rating_days": rated.size(),
            "first_rating": rated.min(),
            "last_rating": rated.max(),
            "first_day": days.min(),
            "last_day": days.max(),
            "activities": cohort.activities.groupby("athlete_id").size(),
            "activity_days": cohort.activities.groupby("athlete_id")["day"].nunique(),
            "diary_days": cohort.diary.groupby("athlete_id").size(),
            "runs": runs.groupby("athlete_id").size(),
            **{f"runs_with_{kind}": _with(runs, columns) for kind, columns in RUN_KINDS.items()},
            **{f"days_with_{kind}": _with(cohort.diary, columns) for kind, columns in DAY_KINDS.items()},
            "gaps": _gaps(cohort.ratings),
            "fatigue_readiness": _within(cohort, "readiness_score"),
            "fatigue_soreness": _within(cohort, "soreness_score"),
        }
    )
    return table.reindex(athletes).reset_index()


def _with(rows: pd.DataFrame, columns: tuple[str, ...]) -> pd.Series:
    """Return each athlete's number of rows that have any of the columns."""
    return rows[rows[list(columns)].notna().any(axis=1)].groupby("athlete_id").size()


def _sound_days(cohort: Cohort, today: date) -> pd.DataFrame:
    """Return days with anything at all, without those of a clock that was never set or runs ahead."""
    rows = cohort.days_told()
    late = rows["day"] > pd.Timestamp(today) + pd.Timedelta(days=1)
    return rows[~late & ~rows["day"].isin(pd.to_datetime(list(EPOCHS)))]


def _gaps(ratings: pd.DataFrame) -> pd.Series:
    """Return each athlete's stretches without a rating, as lists of dicts."""
    ordered = ratings.sort_values(["athlete_id", "day"])[["athlete_id", "day"]]
    before = ordered.groupby("athlete_id")["day"].shift()
    missing = (ordered["day"] - before).dt.days - 1
    long = missing > GAP_DAYS
    day = pd.Timedelta(days=1)
    found: dict[str, list[dict[str, Any]]] = {}
    for athlete, last, after, length in zip(
        ordered["athlete_id"][long], before[long], ordered["day"][long], missing[long], strict=True
    ):
        gap = {"from": str((last + day).date()), "to": str((after - day).date()), "days": int(length)}
        found.setdefault(athlete, []).append(gap)
    return pd.Series(found, dtype=object)


def _within(cohort: Cohort, column: str) -> pd.Series:
    """Return each athlete's correlation of canonical fatigue with a score of the same day."""
    both = cohort.ratings[["athlete_id", "day", "fatigue"]].merge(
        cohort.diary[["athlete_id", "day", column]].dropna(), on=["athlete_id", "day"]
    )
    groups = both.groupby("athlete_id")
    x = both["fatigue"] - groups["fatigue"].transform("mean")
    y = both[column] - groups[column].transform("mean")
    sums = pd.DataFrame({"xy": x * y, "xx": x * x, "yy": y * y}).groupby(both["athlete_id"]).sum()
    enough = (groups.size() >= _PAIRS_NEEDED) & (sums["xx"] > 1e-9) & (sums["yy"] > 1e-9)
    kept = sums[enough]
    return kept["xy"] / np.sqrt(kept["xx"] * kept["yy"])


def _summary(name: str, table: pd.DataFrame, found: list[dict[str, Any]]) -> dict[str, Any]:
    athletes = [_plain(row) for row in table.to_dict("records")]
    spans = ("span_days", "days")
    keys = [
        k for k in (athletes[0] if athletes else {}) if isinstance(athletes[0][k], int) and k not in spans
    ]
    totals: dict[str, Any] = {"athletes": len(athletes), **{k: sum(a[k] for a in athletes) for k in keys}}
    totals["gaps"] = sum(len(a["gaps"]) for a in athletes)
    scale = _scale(athletes)
    return {
        "cohort": name,
        "athletes": athletes,
        "totals": totals,
        "scale": scale,
        "findings": found,
        "warnings": _warnings(athletes, scale) + _sentences(found),
    }


def _plain(row: dict[Any, Any]) -> dict[str, Any]:
    def count(key: str) -> int:
        return 0 if pd.isna(row[key]) else int(row[key])

    def share(key: str) -> float | None:
        return None if pd.isna(row[key]) else round(float(row[key]), 4)

    def day(key: str) -> str | None:
        return None if pd.isna(row[key]) else str(row[key].date())

    def days(first: str, last: str) -> int:
        return 0 if pd.isna(row[first]) else (row[last] - row[first]).days + 1

    span, whole = days("first_rating", "last_rating"), days("first_day", "last_day")
    counted = ("rating_days", "activities", "activity_days", "diary_days", "runs")
    kinds = [f"runs_with_{kind}" for kind in RUN_KINDS] + [f"days_with_{kind}" for kind in DAY_KINDS]
    counts = {key: count(key) for key in (*counted, *kinds)}
    day_counts = {"rating": counts["rating_days"], "activity": counts["activity_days"]}
    day_counts |= {kind: counts[f"days_with_{kind}"] for kind in DAY_KINDS}
    return {
        "athlete_id": str(row["athlete_id"]),
        **counts,
        **{key: day(key) for key in ("first_rating", "last_rating", "first_day", "last_day")},
        "span_days": span,
        "days": whole,
        "share": round(counts["rating_days"] / span, 4) if span else None,
        "day_shares": {kind: _share(n, whole) for kind, n in day_counts.items()},
        "run_shares": {kind: _share(counts[f"runs_with_{kind}"], counts["runs"]) for kind in RUN_KINDS},
        "gaps": row["gaps"] if isinstance(row["gaps"], list) else [],
        "fatigue_readiness": share("fatigue_readiness"),
        "fatigue_soreness": share("fatigue_soreness"),
    }


def _share(part: int, whole: int) -> float | None:
    return round(min(part / whole, 1.0), 4) if whole else None


def _scale(athletes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the sign test: mean within-athlete correlations, and whom they point the wrong way for."""
    result: dict[str, Any] = {}
    for key in ("fatigue_readiness", "fatigue_soreness"):
        values = [a[key] for a in athletes if a[key] is not None]
        result[f"{key}_mean"] = round(float(np.mean(values)), 4) if values else None
        result[f"{key}_athletes"] = len(values)
    readiness, soreness = result["fatigue_readiness_mean"], result["fatigue_soreness_mean"]
    # Readiness decides; soreness only where nobody gave readiness.
    wrong = readiness > 0 if readiness is not None else soreness is not None and soreness < 0
    result["suspicious_scale"] = bool(wrong)
    result["tested"] = readiness is not None or soreness is not None
    result["against"] = [a["athlete_id"] for a in athletes if _against(a)]
    return result


def _against(athlete: dict[str, Any]) -> bool:
    """Return whether an athlete's answers point the other way: by readiness, else clearly by soreness."""
    readiness, soreness = athlete["fatigue_readiness"], athlete["fatigue_soreness"]
    if readiness is not None:
        return bool(readiness > 0)
    return soreness is not None and bool(soreness < _FALLS)


def _warnings(athletes: list[dict[str, Any]], scale: dict[str, Any]) -> list[str]:
    texts = []
    if scale["suspicious_scale"]:
        how = (
            "rises with readiness"
            if scale["fatigue_readiness_mean"] is not None
            else "falls as soreness rises"
        )
        texts.append(f"fatigue {how}: the fatigue scale seems to be read the wrong way round")
    elif not scale["tested"]:
        texts.append(
            "the direction of the fatigue scale could not be tested: neither readiness nor soreness is there"
        )
    elif scale["against"]:
        texts.append(
            f"fatigue rises with readiness, or falls as soreness rises, in {_names(scale['against'])}: "
            "ask whether they read the scale alike"
        )
    silent = [a["athlete_id"] for a in athletes if not a["rating_days"]]
    if len(silent) == len(athletes):
        texts.append(f"{UNRATED}: {IMPORT_RATINGS}")
    elif silent:
        texts.append(f"no rating at all: {_names(silent)}")
    sparse = [a["athlete_id"] for a in athletes if a["share"] is not None and a["share"] < 0.5]
    if sparse:
        texts.append(f"a rating on fewer than half of the days: {_names(sparse)}")
    return texts


def _names(athletes: list[str]) -> str:
    """Return the names, so many as a line holds."""
    more = f" and {len(athletes) - NAMES} more" if len(athletes) > NAMES else ""
    return ", ".join(athletes[:NAMES]) + more


def _sentences(found: list[dict[str, Any]]) -> list[str]:
    """Return what was found, at most five sentences of a kind and then names only."""
    kinds: dict[str, list[dict[str, Any]]] = {}
    for finding in found:
        kinds.setdefault(finding["kind"], []).append(finding)
    texts = []
    for same in kinds.values():
        texts += [finding["text"] for finding in same[:SENTENCES]]
        if len(same) > SENTENCES:
            others = [finding["athlete_id"] for finding in same[SENTENCES:]]
            texts.append(
                f"the same ({same[0]['kind'].replace('_', ' ')}) in {len(others)} more: {_names(others)}"
            )
    return texts
