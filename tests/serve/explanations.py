"""Explanations of every kind, made by hand, and what a reader sees of their pages."""

from __future__ import annotations

import html
import math
import re
from datetime import date, datetime, timedelta, timezone

import pytest
from heavylegs.features.factors import NAMED
from heavylegs.models.explanation import Explanation, FactorPoints, FeatureValue, WhatIf

MORNING = date(2020, 1, 14)


def ratings(days: int = 56, offset: float = 0.0) -> tuple[tuple[date, float], ...]:
    """Return plausible ratings with a few gaps."""
    wave = (2.5, 5.0, 5.0, 2.5, 5.0, 7.5, 5.0, 5.0, 2.5)
    told = [(MORNING - timedelta(days=n), wave[n % 9] + offset) for n in range(days, 0, -1)]
    return tuple(t for n, t in enumerate(told) if n % 11)


def explain(
    points: dict[str, float], level: float = 4.7, rest: float = 0.04, **changes: object
) -> Explanation:
    """Return an Explanation whose parts add up."""
    values = changes.pop("values", {})
    raw = level + sum(points.values()) + rest
    factors = tuple(
        FactorPoints(f, p, values.get(f, ()))  # type: ignore[attr-defined]
        for f, p in sorted(points.items(), key=lambda item: -abs(item[1]))
    )
    known: dict[str, object] = {
        "cohort": "pmdata",
        "athlete_id": "p01",
        "day": MORNING - timedelta(days=1),
        "morning": MORNING,
        "information": "evening",
        "fatigue": min(max(raw, 0.0), 10.0),
        "fatigue_raw": raw,
        "low": min(max(raw, 0.0), 10.0) - 1.4,
        "high": min(max(raw, 0.0), 10.0) + 1.5,
        "coverage": 0.8,
        "own_usual": 4.6,
        "tier": "solid",
        "tier_reason": "131 of your mornings are known, 24 of them in the last four weeks.",
        "usual_level": FactorPoints("usual_level", level, LEVEL),
        "everything_else": FactorPoints("everything_else", rest),
        "factors": factors,
        "absent": tuple(f for f in NAMED if f not in points),
        "activities": (RUN,),
        "recent": ratings(),
        "model": "FatigueRegressor: your own mornings in a linear part, LightGBM on the rest (simulated season, to 1 January 2020)",
        "accuracy": "On held-out days of 16 runners it was off by 1.1 points on average; the best simple rule by 1.2.",
    }
    return Explanation(**{**known, **changes})  # type: ignore[arg-type]


LEVEL = (
    FeatureValue("fatigue_last_0_10", "fatigue last reported", "0-10", 5.0, 4.6, 0.1, "input"),
    FeatureValue("ratings_28d", "mornings reported in four weeks", "mornings", 24, None, 0.0, "context"),
)
RUN = {
    "sport": "running",
    "start": datetime(2020, 1, 13, 17, 5, tzinfo=timezone(timedelta(hours=1))),
    "distance_m": 12_430.0,
    "duration_s": 3_972.0,
    "hr_mean_bpm": 151.0,
    "session_rpe": 6.0,
    "activity_id": "p01-2020-01-13-1",
}
VALUES = {
    "poor_sleep": (
        FeatureValue("sleep_debt_7d_h", "sleep debt of the last week", "h", 4.5, 1.2, 0.41, "input"),
        FeatureValue(
            "sleep_last_known_shortfall_h",
            "sleep short of the need, the night before",
            "h",
            1.1,
            0.2,
            0.11,
            "input",
        ),
        FeatureValue(
            "sleep_quality_below_usual",
            "sleep quality below own usual",
            "points of 10",
            None,
            0.0,
            0.0,
            "input",
        ),
    ),
    "heat_stress": (
        FeatureValue("heat_dose_1d_c_min", "heat dose of training", "degC min", 210.0, 0.0, 0.31, "input"),
        FeatureValue("wbgt_max_c", "WBGT during training", "degC", 24.3, 14.0, 0.0, "context"),
    ),
    "insufficient_recovery": (
        FeatureValue("load_2d_au", "load of the last two days", "AU", 397.0, 640.0, -0.4, "input"),
        FeatureValue("days_since_rest_d", "training days since a rest day", "d", 1.0, 3.0, -0.03, "input"),
    ),
    "low_conditioning": (
        FeatureValue(
            "load_unaccustomed_ratio", "load of the day against the usual day", "", 1.38, 1.0, 0.12, "input"
        ),
        FeatureValue("run_distance_1d_m", "distance run", "m", 12_430.0, 8_000.0, 0.0, "context"),
    ),
    "dehydration": (
        FeatureValue(
            "fluid_deficit_1d_pct",
            "fluid lost and needed less drunk",
            "% of body mass",
            1.4,
            0.8,
            0.17,
            "input",
        ),
        FeatureValue("sweat_loss_1d_ml", "sweat lost in training", "mL", 1240.0, 700.0, 0.0, "input"),
    ),
}
TYPICAL = {
    "poor_sleep": 0.52, "heat_stress": 0.31, "insufficient_recovery": -0.43, "dehydration": 0.17,
    "low_conditioning": 0.12, "muscle_damage": -0.06, "too_much_too_soon": 0.04, "stress_and_mood": -0.02,
    "energy_deficit": 0.01,
}  # fmt: skip
SURE = (
    FactorPoints("poor_sleep", 0.52, VALUES["poor_sleep"], 0.11, 1.32),
    FactorPoints("insufficient_recovery", -0.43, VALUES["insufficient_recovery"], -0.9, 0.12),
    FactorPoints("too_much_too_soon", 0.02, (), -0.1, 0.3),
)
OTHERWISE = (
    WhatIf("no run (12.4 \u2192 0\u00a0km)", 3.9, -1.31, {"heat_stress": -0.7, "poor_sleep": -0.61}),
    WhatIf(
        "carbohydrate during the run (not logged \u2192 60\u00a0g)",
        5.4,
        0.12,
        {"dehydration": 0.12},
        unclear=True,
    ),
    WhatIf("an hour more sleep (6.7 \u2192 7.7\u00a0h)", 5.2, -0.04, {"poor_sleep": -0.04}),
)
EVERY = {name: 0.31 * (-0.82) ** n for n, name in enumerate(NAMED)}
HOSTILE = '<script>alert("x")</script>/../' + "runner\u202e" * 40
EXAMPLES = {
    "from the own usual": explain(
        {f.factor: f.points for f in SURE}, factors=SURE, level=5.0, reference="usual", reference_level=4.4
    ),
    "typical": explain(TYPICAL, values=VALUES),
    "with what-ifs": explain(TYPICAL, values=VALUES, what_ifs=OTHERWISE),
    "new runner": explain(
        {"cardiovascular_strain": 0.2}, own_usual=None, low=math.nan, high=math.nan, recent=(), tier="calibrating",
        tier_reason="No morning of yours is known yet.", accuracy="",
    ),
    "all absent": explain({}, rest=0.9, activities=()),
    "all 22": explain(EVERY, values=VALUES),
    "too tired for the scale": explain({"overreaching": 1.9, "poor_sleep": 0.8}, level=8.1, own_usual=7.6, recent=ratings(offset=2.5)),
    "too fresh for the scale": explain({"overreaching": -0.9, "poor_sleep": -0.8}, level=0.9, own_usual=1.1),
    "hostile": explain(TYPICAL, athlete_id=HOSTILE, cohort="<b>c</b>", tier_reason="<i>x</i> & y"),
    "unknown numbers": explain(
        {"poor_sleep": 0.4, "heat_stress": -0.3},
        values={"poor_sleep": (FeatureValue("sleep_debt_7d_h", "sleep debt", "h", math.nan, None, math.nan, "input"),)},
        recent=((MORNING - timedelta(days=2), math.nan),), own_usual=math.nan,
        activities=({"sport": None, "start": None, "distance_m": math.nan, "duration_s": None},),
    ),
}  # fmt: skip

every_example = pytest.mark.parametrize("e", EXAMPLES.values(), ids=EXAMPLES.keys())


def text_of(page: str) -> str:
    """Return the words that a reader sees, with plain minus signs and spaces."""
    body = re.sub(r"<style>.*?</style>", " ", page, flags=re.S)
    words = html.unescape(re.sub(r"<[^>]+>", " ", body)).replace("\u2212", "-").replace("\u00a0", " ")
    return " ".join(words.split())


def sum_shown(page: str) -> tuple[list[float], float]:
    """Return the addends and the total of the table of bars."""
    cells = re.findall(r'<td role="cell" class="points">([^<]+)</td>', page)
    numbers = [float(c.replace("\u2212", "-")) for c in cells]
    return numbers[:-1], numbers[-1]
