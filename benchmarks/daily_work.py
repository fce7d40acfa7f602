"""The work of `test_daily_features.py`, each part in a process of its own so that its memory and time are its own.

`simulate STORE ATHLETES DAYS` writes a cohort; `build STORE HALF` builds every bucket's matrix and holds
them all, and those of half the days; `compare STORE` builds them again, one at a time, and gives pandas the windows that each
build asked for. The last two print JSON.
"""

from __future__ import annotations

import hashlib
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from heavylegs.data.simulate import simulate
from heavylegs.data.store import Store
from heavylegs.features import windows
from heavylegs.features.matrix import build_matrix


@dataclass(frozen=True)
class Call:
    """A window that the catalogue asked for."""

    name: str
    x: np.ndarray
    offsets: np.ndarray
    arguments: tuple[Any, ...]
    named: dict[str, Any]

    def by_heavylegs(self) -> np.ndarray:
        """Return what the catalogue gets."""
        return getattr(windows, self.name)(self.x, self.offsets, *self.arguments, **self.named)

    def by_pandas(self, athlete: np.ndarray) -> np.ndarray:
        """Return what pandas makes of the same values, athletes told by number."""
        return IN_PANDAS[self.name](pd.Series(self.x), athlete, *self.arguments, **self.named).to_numpy()


def rolling(x: pd.Series, athlete: np.ndarray, days: int, at_least: int) -> Any:
    """Return the windows of `days` days that end on each day, within each athlete, in pandas."""
    return x.groupby(athlete).rolling(days, min_periods=at_least)


def age_in_pandas(event: pd.Series, athlete: np.ndarray) -> pd.Series:
    """Return the days since the last event of each athlete, NaN before the first, in pandas."""
    at = pd.Series(np.arange(len(event), dtype=float))
    return at - at.where(event).groupby(athlete).ffill()


IN_PANDAS: dict[str, Callable[..., pd.Series]] = {
    "lag": lambda x, a, days: x.groupby(a).shift(days),
    "rolling_mean": lambda x, a, days, at_least=1: rolling(x, a, days, at_least).mean(),
    "rolling_std": lambda x, a, days, at_least=2: rolling(x, a, days, at_least).std(),
    "rolling_max": lambda x, a, days, at_least=1: rolling(x, a, days, at_least).max(),
    "rolling_count": lambda x, a, days: rolling(x, a, days, 0).count(),
    "rolling_quantile": lambda x, a, days, q, at_least=1: rolling(x, a, days, at_least).quantile(q),
    "expanding_mean": lambda x, a: x.groupby(a).expanding().mean(),
    "expanding_median": lambda x, a: x.groupby(a).expanding().median(),
    "ewma": lambda x, a, h: x.groupby(a).ewm(halflife=h, ignore_na=True, adjust=False).mean(),
    "count_so_far": lambda x, a: x.notna().groupby(a).cumsum(),
    "last_known": lambda x, a, within=None: x.groupby(a).ffill(limit=within),
    "days_since": age_in_pandas,
}


@contextmanager
def recorded() -> Iterator[list[Call]]:
    """Note the distinct windows that are asked for meanwhile; the same values asked for twice count once."""
    calls: dict[object, Call] = {}
    kept = {name: getattr(windows, name) for name in IN_PANDAS}

    def noting(name: str) -> Callable[..., np.ndarray]:
        def window(x: Any, offsets: np.ndarray, *arguments: Any, **named: Any) -> np.ndarray:
            values = np.array(x)
            told = hashlib.blake2b(values.tobytes() + offsets.tobytes()).digest()
            call = Call(name, values, offsets, arguments, named)
            calls.setdefault((name, told, arguments, tuple(sorted(named.items()))), call)
            return kept[name](x, offsets, *arguments, **named)

        return window

    found: list[Call] = []
    try:
        for name in kept:
            setattr(windows, name, noting(name))
        yield found
    finally:
        for name, function in kept.items():
            setattr(windows, name, function)
        found.extend(calls.values())


def timed(function: Callable[..., Any], *arguments: Any) -> tuple[float, Any]:
    """Return the seconds that a call takes, and what it makes."""
    start = time.perf_counter()
    made = function(*arguments)
    return time.perf_counter() - start, made


def better_of_two(function: Callable[..., Any], *arguments: Any) -> float:
    """Return the processor's seconds of a call, the better of two."""
    took = []
    for _ in range(2):
        start = time.process_time()
        function(*arguments)
        took.append(time.process_time() - start)
    return min(took)


def build(store: Store, half: Store) -> dict[str, float]:
    """Build the matrix of every bucket and hold them all; beside each, that of the same athletes' first half.

    The two are timed in turns, three times each, and the best time of each counts.
    """
    told = {"days": 0, "seconds": 0.0, "half": 0.0, "reading": 0.0}
    held = []
    for bucket in store.buckets():
        reading, cohort = timed(store.read_bucket, bucket)
        shorter = half.read_bucket(bucket)
        took = [[timed(build_matrix, c, "morning")[0] for c in (cohort, shorter)] for _ in range(3)]
        held.append(build_matrix(cohort, "morning"))
        told["days"] += len(held[-1])
        told["reading"] += reading
        told["seconds"] += min(whole for whole, _ in took)
        told["half"] += min(part for _, part in took)
    told["gigabytes"] = sum(m.frame.to_numpy().nbytes for m in held) / 1e9
    told["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return told


def compare(store: Store) -> dict[str, float]:
    """Time the whole build of each bucket, its windows alone, and pandas on its windows, in turns.

    All are of one thread, and timed in the processor's seconds, so that what else runs on the machine
    takes no side; of each the better of two times counts.
    """
    told = {"days": 0, "windows": 0, "build": 0.0, "ours": 0.0, "pandas": 0.0}
    for bucket in store.buckets():
        cohort = store.read_bucket(bucket)
        with recorded() as calls:
            matrix = build_matrix(cohort, "morning")
        told["days"] += len(matrix)
        told["windows"] = max(told["windows"], len(calls))
        told["build"] += better_of_two(build_matrix, cohort, "morning")
        for call in calls:
            groups = np.repeat(np.arange(len(call.offsets) - 1), np.diff(call.offsets))
            told["ours"] += better_of_two(call.by_heavylegs)
            told["pandas"] += better_of_two(call.by_pandas, groups)
    return told


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "simulate":
        athletes, days = map(int, rest[1:])
        Store(rest[0]).write(simulate(athletes=athletes, days=days, seed=1).cohort)
    else:
        print(json.dumps({"build": build, "compare": compare}[what](*map(Store, rest))))
