"""The whole daily catalogue against pandas, its memory, and how it grows with the days.

`HEAVYLEGS_BENCH_ATHLETES=1370` makes a million athlete-days of it. Three figures are printed and
held: the catalogue's windows alone against the same windows in pandas; the whole build (reading of
tables, sums a day, windows and all arithmetic) against pandas' windows alone, which is the
strictest reading; and the growth when days double. One thread on both sides, timed in the
processor's seconds, the better of two.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ATHLETES = int(os.environ.get("HEAVYLEGS_BENCH_ATHLETES", "137"))
DAYS = 730
WORK = Path(__file__).with_name("daily_work.py")


def work(*arguments: object) -> dict[str, float]:
    """Run a part of `daily_work` in a process of its own; return the figures that it prints."""
    done = subprocess.run(
        [sys.executable, WORK, *map(str, arguments)], check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(done.stdout) if done.stdout else {}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A simulated store of `ATHLETES` over two years."""
    folder = tmp_path_factory.mktemp("daily") / "store"
    work("simulate", folder, ATHLETES, DAYS)
    return folder


def test_catalogue_against_pandas(benchmark, store):
    told = benchmark.pedantic(work, ("compare", store), rounds=1)
    alone, whole = told["pandas"] / told["ours"], told["pandas"] / told["build"]
    benchmark.extra_info |= {"windows alone": round(alone, 1), "whole catalogue": round(whole, 1)}
    print(
        f"\n{told['days']:,} athlete-days, one thread: the catalogue's {told['windows']} distinct windows take "
        f"{told['ours']:.2f} s, in pandas {told['pandas']:.1f} s: {alone:.1f} times as fast; the whole build "
        f"takes {told['build']:.2f} s: {whole:.1f} times as fast as pandas' windows alone"
    )
    # A million athlete-days gave 16.0 to 16.5 on one machine, the aim, and 11.8 to 12.0 on another, where 100,000 give 11.0 to 11.4:
    # below 10 something of ours has become slower. The whole build gave 3.1 times, and 1.3 since each day has own answers,
    # whose 23 slopes are solved for anew with every report (more than half of the build).
    assert alone >= (15 if told["days"] >= 1_000_000 else 10)
    assert whole >= 1.0  # 2.5 before own answers


def test_memory_and_growth(benchmark, store, tmp_path):
    work("simulate", tmp_path / "half", ATHLETES, DAYS // 2)
    told = benchmark.pedantic(work, ("build", store, tmp_path / "half"), rounds=1)
    growth = told["seconds"] / told["half"]
    benchmark.extra_info |= {"growth when days double": round(growth, 2), "peak GB": round(told["peak"], 2)}
    print(
        f"\n{told['days']:,} athlete-days bucket by bucket: {told['seconds']:.1f} s ({told['reading']:.1f} s more to "
        f"read the store), {growth:.2f} times that of half the days; peak {told['peak']:.2f} GB with the whole "
        f"matrix of {told['gigabytes']:.2f} GB held"
    )
    assert growth < 2.2
    assert told["peak"] < 2.5
