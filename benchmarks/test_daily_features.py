"""Windows against pandas in one run, and how the whole daily catalogue grows with the days.

`HEAVYLEGS_BENCH_ATHLETES=1370` makes a million athlete-days of it. The ratio is of a mix of rolling
means, SDs and EWMAs alone; the catalogue as a whole is not compared with pandas here.
"""

from __future__ import annotations

import os
import resource
import time

import numpy as np
import pandas as pd
from heavylegs.data.cohort import Cohort
from heavylegs.data.simulate import simulate
from heavylegs.features import windows
from heavylegs.features.matrix import build_matrix

ATHLETES = int(os.environ.get("HEAVYLEGS_BENCH_ATHLETES", "137"))
DAYS = 730
WINDOWS = (2, 3, 7, 14, 28, 42)


def cohort(athletes: int, days: int) -> Cohort:
    return simulate(athletes=athletes, days=days, seed=1).cohort


def best_of(times: int, function, *arguments):
    took = []
    for _ in range(times):
        start = time.perf_counter()
        function(*arguments)
        took.append(time.perf_counter() - start)
    return min(took)


def columns_of(athletes: int, days: int, columns: int = 8) -> tuple[list[np.ndarray], np.ndarray]:
    rng = np.random.default_rng(0)
    values = [
        np.where(rng.random(athletes * days) < 0.2, np.nan, rng.normal(size=athletes * days))
        for _ in range(columns)
    ]
    return [v.astype(np.float32) for v in values], np.arange(0, athletes * days + 1, days, dtype=np.int32)


def by_heavylegs(columns, offsets) -> None:
    for x in columns:
        for w in WINDOWS:
            windows.rolling_mean(x, offsets, w)
            windows.rolling_std(x, offsets, w)
            windows.ewma(x, offsets, w)


def by_pandas(columns, offsets) -> None:
    athlete = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    for x in columns:
        groups = pd.Series(x).groupby(athlete)
        for w in WINDOWS:
            groups.rolling(w, min_periods=1).mean()
            groups.rolling(w, min_periods=2).std()
            groups.ewm(halflife=w, ignore_na=True, adjust=False).mean()


def test_windows_against_pandas(benchmark):
    columns, offsets = columns_of(ATHLETES, DAYS)
    benchmark.pedantic(by_heavylegs, (columns, offsets), rounds=3, warmup_rounds=1)
    ratio = best_of(1, by_pandas, columns[:2], offsets) * len(columns) / 2 / benchmark.stats["min"]
    benchmark.extra_info["times as fast as pandas"] = round(ratio, 1)
    print(f"\nwindows over {ATHLETES * DAYS:,} athlete-days: {ratio:.1f} times as fast as pandas")
    assert ratio > 1


def test_whole_catalogue(benchmark):
    one = cohort(ATHLETES, DAYS // 2)
    two = cohort(ATHLETES, DAYS)
    benchmark.pedantic(build_matrix, (two,), rounds=2, warmup_rounds=1)
    growth = benchmark.stats["min"] / best_of(2, build_matrix, one)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    benchmark.extra_info["growth when days double"] = round(growth, 2)
    print(
        f"\nwhole catalogue, {ATHLETES * DAYS:,} athlete-days: {benchmark.stats['min']:.1f} s, {growth:.2f} times that of half the days, peak {peak:.2f} GB"
    )
    assert growth < 2.2
