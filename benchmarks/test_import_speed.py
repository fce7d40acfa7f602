"""Importing FIT runs into a store (read, cleaned, stored) against a plain fitdecode loop that only parses them.

A real run is made an hour long, and copies are put on days of their own with checksums that fit. Both sides
are measured in one run; the peer, being slow, on a sample of the files, half of it before and half after, and
the ratio is per file. HEAVYLEGS_BENCH_RUNS imports fewer than the 1,000 runs; below some
500 the start of the worker processes, two seconds, shows in the ratio.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import fitdecode
import pytest

from .hour_long_runs import HOUR_S, hour_long_runs

RUNS, SAMPLE = int(os.environ.get("HEAVYLEGS_BENCH_RUNS", "1000")), 20
LEAST_RATIO, MOST_MB = 12.0, 600


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of hour-long FIT files, one a day."""
    folder = tmp_path_factory.mktemp("runs")
    hour_long_runs(folder, RUNS)
    return folder


IMPORT = """
import json, resource, sys, time
from pathlib import Path

from heavylegs.data.activity_import import import_activities
from heavylegs.data.owner import Owner
from heavylegs.data.store import Store

if __name__ == "__main__":
    started = time.perf_counter()
    store = Store(sys.argv[2])
    account = import_activities(store, [Path(sys.argv[1])], Owner("me", "Europe/Oslo"), workers=2)
    seconds = time.perf_counter() - started
    mb = 1024**2 if sys.platform == "darwin" else 1024
    own, child = (resource.getrusage(w).ru_maxrss / mb for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    rows = store.info()["rows"]
    print(json.dumps({"seconds": seconds, "peak_mb": own + 2 * child, "failed": len(account.failed),
                      "activities": rows["activities"], "records": rows["records"]}))
"""


def import_all(folder: Path, work: Path) -> dict[str, float]:
    """Import the folder in a process of its own, so that its memory is its own too."""
    program = work / "bring.py"
    program.write_text(IMPORT, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, program, folder, work / "store"], check=True, capture_output=True, text=True
    )
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def parse_only(paths: list[Path]) -> float:
    """Return the seconds that the plain loop takes."""
    started = time.perf_counter()
    for path in paths:
        with fitdecode.FitReader(path) as reader:
            messages = sum(frame.frame_type == fitdecode.FIT_FRAME_DATA for frame in reader)
        assert messages > HOUR_S
    return time.perf_counter() - started


def test_import_is_twelve_times_as_fast_as_fitdecode_only_parses(benchmark, runs: Path, tmp_path: Path):
    sample = sorted(runs.iterdir())[:SAMPLE]
    before = parse_only(sample[::2])
    figures = benchmark.pedantic(import_all, args=(runs, tmp_path), rounds=1)
    peer = 1e3 * (before + parse_only(sample[1::2])) / len(sample)
    ours = 1e3 * figures["seconds"] / RUNS
    assert (figures["failed"], figures["activities"], figures["records"]) == (0, RUNS, RUNS * HOUR_S)
    told = {
        "runs": RUNS,
        "fitdecode_ms": peer,
        "ours_ms": ours,
        "ratio": peer / ours,
        "peak_mb": figures["peak_mb"],
    }
    benchmark.extra_info.update(told)
    sys.stdout.write("\n" + ", ".join(f"{name} {value:.1f}" for name, value in told.items()) + "\n")
    assert peer / ours >= LEAST_RATIO
    assert figures["peak_mb"] < MOST_MB
