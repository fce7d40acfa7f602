"""The bars that the battery is held to, and which of them a record passes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np

Part = Literal[
    "truth",
    "additivity",
    "duplicate",
    "dummy",
    "shuffled_labels",
    "deletion",
    "refits",
    "stability",
    "responses",
]
PARTS: tuple[Part, ...] = get_args(Part)
"""The tests of the battery, in the order in which they run."""
LEAST_SHARE = 0.03
"""Of the variance within athletes: smaller factors have no bar of their own."""
NOISY_BELOW = 0.2
"""Share explained below which the bars for R2 about .1 hold instead of those for about .3."""
LIMITS = {"lowest": 0.90, "median": 0.95, "sign": 0.95, "top_1": 0.75, "top_3": 0.95}
"""At R2 about .3: least correlation of a factor that counts, that of the median one, signs, top factors."""
NOISY_LIMITS = {"sign": 0.88, "top_3": 0.85}
"""At R2 about .1."""
SLOPES = 0.8, 1.2
"""Between which calibration slopes of factors that count should lie, at any R2."""


@dataclass(frozen=True)
class Bar:
    """One line of the verdict.

    Parameters
    ----------
    name : str
    value : float or None
        What was measured; None where it could not be.
    limit : str
        The bar in words.
    passed : bool or None
        None where nothing was measured.
    logged : float or None
        What the log would let anyone reach; None where that is not known.
    """

    name: str
    value: float | None
    limit: str
    passed: bool | None
    logged: float | None = None


def at_least(name: str, value: float | None, limit: float) -> Bar:
    """Return the bar ``value >= limit``; of a value that is None or NaN nothing was measured."""
    known = None if value is None or math.isnan(value) else value
    return Bar(name, known, f"at least {limit:g}", None if known is None else known >= limit)


def at_most(name: str, value: float | None, limit: float) -> Bar:
    """Return the bar ``value <= limit``; of a value that is None or NaN nothing was measured."""
    known = None if value is None or math.isnan(value) else value
    return Bar(name, known, f"at most {limit:g}", None if known is None else known <= limit)


def truth_bars(told: Mapping[str, Any]) -> list[Bar]:
    """Return the bars of points against truth, each with what the log tells; `told` comes from `audit_truth.against_truth`."""
    logged = {bar.name: bar.value for bar in _truth_bars(told["logged"], told["r2"])}
    return [replace(bar, logged=logged.get(bar.name)) for bar in _truth_bars(told["usual"], told["r2"])]


def of_factors(figures: Mapping[str, Any]) -> dict[str, float | None]:
    """Return what the bars ask of all factors together, from `audit_truth.agreement`; None for what cannot be told.

    Returns
    -------
    dict
        ``lowest``: correlation of the worst factor with 3 % of the variance; ``median``: of the median factor;
        ``slope_lowest``, ``slope_highest``: calibration slopes of the factors with 3 % of the variance.
    """
    judged = [f for f in figures["factors"] if f["within"] is not None]
    large = [f for f in judged if f["share_true"] >= LEAST_SHARE]
    slopes = [f["slope"] for f in large if f["slope"] is not None]
    return {
        "lowest": min((f["within"] for f in large), default=None),
        "median": float(np.median([f["within"] for f in judged])) if judged else None,
        "slope_lowest": min(slopes, default=None),
        "slope_highest": max(slopes, default=None),
    }


def _truth_bars(figures: Mapping[str, Any], r2: float) -> list[Bar]:
    together = of_factors(figures)
    slopes = [
        at_least("calibration slope, lowest", together["slope_lowest"], SLOPES[0]),
        at_most("calibration slope, highest", together["slope_highest"], SLOPES[1]),
    ]
    slopes = [bar for bar in slopes if bar.passed is not None]
    if r2 < NOISY_BELOW:
        return [
            at_least("sign right, R2 about .1", figures["sign"], NOISY_LIMITS["sign"]),
            at_least("true top factor among three, R2 about .1", figures["top_3"], NOISY_LIMITS["top_3"]),
            *slopes,
        ]
    return [
        at_least("correlation, lowest of factors with 3 % of variance", together["lowest"], LIMITS["lowest"]),
        at_least("correlation, median factor", together["median"], LIMITS["median"]),
        at_least("sign right", figures["sign"], LIMITS["sign"]),
        at_least("true top factor first", figures["top_1"], LIMITS["top_1"]),
        at_least("true top factor among three", figures["top_3"], LIMITS["top_3"]),
        *slopes,
    ]


def model_bars(record: Mapping[str, Any]) -> list[Bar]:
    """Return the bars that hold on any cohort, of the parts that `record` holds."""
    bars: list[Bar] = []
    if "additivity" in record:
        bars.append(at_most("points add up to the forecast, gap", record["additivity"]["largest_gap"], 1e-6))
    if "duplicate" in record:
        bars.append(at_least("an input given twice: correlation", record["duplicate"]["correlation"], 0.95))
    if "dummy" in record:
        bars.append(at_most("an input that says nothing: points", record["dummy"]["mean_points"], 0.02))
    if "shuffled_labels" in record:
        bars.append(at_most("labels shuffled: points left", record["shuffled_labels"]["share_left"], 1 / 3))
    if "deletion" in record:
        bars.append(
            at_least("deletion hurts in the order given, area", record["deletion"]["area"], 0.0),
        )
    if "refits" in record:
        agreed = record["refits"]["median_correlation"]
        bars.append(at_least("refit without the factor: correlation", agreed, 0.7))
    if "stability" in record:
        bars.append(at_least("athlete bootstraps: correlation", record["stability"]["correlation"], 0.9))
    for name, told in record.get("responses", {}).items():
        bars.append(at_least(f"{name} never lowers the forecast", told["share_not_lowered"], 1.0))
    return bars
