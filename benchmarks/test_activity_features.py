"""Features within the activity, against fitfast parsing the same runs: hour-long, 1 Hz, measured in one run.

The peer parses records into columns (its fastest way) of a sample of the files, and the ratio is per run; ours is the whole of them, from the tables to
every feature of the families that read records. The number of runs is `HEAVYLEGS_BENCH_RUNS`, 200 by default;
the claim is made for 1000.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path

import fitfast
import numpy as np
import pandas as pd
import pytest
from heavylegs.data.cohort import Cohort
from heavylegs.data.readers.activity_files import read_activity_file
from heavylegs.data.recording import to_tables
from heavylegs.features.catalog import catalog
from heavylegs.features.days import Days

from .hour_long_runs import HOUR_S, hour_long_runs

RUNS = int(os.environ.get("HEAVYLEGS_BENCH_RUNS", "200"))
SAMPLE = 20
MOST_RATIO = 3.0
FAMILIES = ("metabolic", "mechanics", "stride", "footwear")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A sample of hour-long FIT files for the peer, one a day."""
    return hour_long_runs(tmp_path_factory.mktemp("runs"), SAMPLE)


def tiled(path: Path) -> Cohort:
    """The run on `RUNS` days, at speeds and heart rates that differ from day to day."""
    tables = to_tables(read_activity_file(path.read_bytes(), path.name), "a")
    one, records = tables["activities"].iloc[0], tables["records"]
    day = np.repeat(np.arange(RUNS), len(records))
    ids = pd.Series([f"r{i:05d}" for i in range(RUNS)], dtype="str")
    many = records.iloc[np.tile(np.arange(len(records)), RUNS)].reset_index(drop=True)
    many["activity_id"] = ids.take(day).reset_index(drop=True)
    factor = np.random.default_rng(0).uniform(0.85, 1.1, RUNS)[day]
    for column in ("speed_mps", "hr_bpm"):
        many[column] *= factor
    activities = pd.DataFrame([one] * RUNS).reset_index(drop=True)
    activities["activity_id"] = ids
    activities["day"] = one["day"] + pd.to_timedelta(np.arange(RUNS), unit="D").as_unit("us")
    athletes = pd.DataFrame({"athlete_id": ["a"], "sex": ["male"], "birth_year": [1985.0]})
    kinds = {c: records[c].dtype for c in records}
    frames = {"athletes": athletes, "activities": activities.astype(tables["activities"].dtypes.to_dict())}
    return Cohort.from_tables("tiled", {**frames, "records": many.astype(kinds)})


def features_of(cohort: Cohort) -> dict[str, np.ndarray]:
    """Return every feature of the families that read records, by name."""
    days = Days.of(cohort)
    return {f.name: days.once(f.compute) for f in catalog() if f.family in FAMILIES}


def test_activity_features_take_less_than_three_times_the_parsing(benchmark, files: list[Path]):
    def parse() -> float:
        started = time.perf_counter()
        for path in files:
            assert len(fitfast.records(path.read_bytes())["timestamp"]) >= HOUR_S
        return (time.perf_counter() - started) / len(files)

    cohort = tiled(files[0])
    assert len(cohort.records) >= RUNS * HOUR_S
    features_of(cohort.subset([]))  # imports, not features
    before = parse()
    values = benchmark.pedantic(features_of, args=(cohort,), rounds=3)
    peer = min(before, parse())
    assert np.isfinite(values["aerobic_decoupling_1d_pct"]).sum() == RUNS
    ours = benchmark.stats.stats.median / RUNS
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1024 if sys.platform != "darwin" else 1024**2
    )
    benchmark.extra_info.update(
        runs=RUNS, fitfast_ms=1e3 * peer, ours_ms=1e3 * ours, ratio=ours / peer, peak_mb=peak
    )
    assert ours / peer < MOST_RATIO
