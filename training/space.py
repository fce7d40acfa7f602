"""The estimator's parameters that can be tuned: their ranges, and files that hold them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

from ..data.errors import InputError
from ..models.fatigue import FatigueRegressor

if TYPE_CHECKING:
    from optuna import Trial


@dataclass(frozen=True)
class Range:
    """Where a number is searched, from `low` to `high`, and the least and most that a file may give.

    It is a whole number where `low` is one.
    """

    low: float
    high: float
    least: float
    most: float = math.inf
    log: bool = False

    @property
    def whole(self) -> bool:
        """Whether it is a count."""
        return isinstance(self.low, int)


RANGES = {
    "alpha": Range(10.0, 3000.0, 0.0, log=True),
    "trees": Range(50, 400, 1, 20000),
    "learning_rate": Range(0.01, 0.1, 1e-6, log=True),
    "leaves": Range(3, 31, 2, 131072, log=True),
    "least_in_leaf": Range(10, 200, 1, log=True),
    "l2": Range(1.0, 300.0, 0.0, log=True),
    "column_share": Range(0.2, 1.0, 0.001, 1.0),
    "row_share": Range(0.3, 1.0, 0.001, 1.0),
}
STARTS = {"residual": (1.0,), "mean": (0.0,), "both": (1.0, 0.0)}
EXTRA_TREES = (False, True)
TUNED = (*RANGES, "starts", "extra_trees")


def suggest(trial: Trial) -> dict[str, Any]:
    """Return the parameters of a trial, as `FatigueRegressor` takes them."""
    out: dict[str, Any] = {}
    for name, r in RANGES.items():
        if r.whole:
            out[name] = trial.suggest_int(name, int(r.low), int(r.high), log=r.log)
        else:
            out[name] = trial.suggest_float(name, r.low, r.high, log=r.log)
    out["starts"] = STARTS[trial.suggest_categorical("starts", tuple(STARTS))]
    out["extra_trees"] = trial.suggest_categorical("extra_trees", EXTRA_TREES)
    return out


def parameters_of(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a finished trial, which tells `starts` by their name."""
    return {**told, "starts": STARTS[told["starts"]]}


def default() -> dict[str, Any]:
    """Return the estimator's defaults as a trial tells them."""
    chosen = {name: FatigueRegressor().get_params()[name] for name in TUNED}
    [chosen["starts"]] = [name for name, starts in STARTS.items() if starts == tuple(chosen["starts"])]
    return chosen


def read_parameters(file: Path) -> dict[str, Any]:
    """Read parameters as ``heavylegs tune --out`` writes them: a JSON object, any of `TUNED`.

    Raises
    ------
    InputError
        Where it is none, or a name or a value cannot be used.
    """
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"no parameters can be read: {why}", file=file, mend="heavylegs tune --out FILE"
        ) from None
    if not isinstance(told, dict):
        raise InputError("holds no JSON object of parameters", file=file, mend='such as {"trees": 200}')
    return {name: _checked(name, value, file) for name, value in told.items()}


def _checked(name: str, value: object, file: Path) -> object:
    if name not in TUNED:
        raise InputError(f"{name!r} is no parameter", file=file, mend="one of " + ", ".join(TUNED))
    if name == "starts":
        if isinstance(value, list) and value and all(_number(v) and 0 <= v <= 1 for v in value):
            return tuple(float(v) for v in value)
        raise InputError(f"starts {value!r} cannot be used", file=file, mend="such as [1, 0], [1] or [0]")
    if name == "extra_trees":
        if isinstance(value, bool):
            return value
        raise InputError(f"extra_trees {value!r} cannot be used", file=file, mend="true or false")
    r = RANGES[name]
    if not _number(value) or not r.least <= value <= r.most or (r.whole and value != int(value)):
        kind = "a whole number" if r.whole else "a number"
        span = f"from {r.least:g}" + (f" to {r.most:g}" if math.isfinite(r.most) else "")
        raise InputError(f"{name} {value!r} cannot be used", file=file, mend=f"{kind} {span}")
    return int(value) if r.whole else float(value)


def _number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
