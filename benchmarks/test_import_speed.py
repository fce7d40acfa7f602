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
import numpy as np
import pytest
from heavylegs.data.readers.fit_walk import fit_file

RUNS, SAMPLE = int(os.environ.get("HEAVYLEGS_BENCH_RUNS", "1000")), 20
RECORD, DAY_S, HOUR_S = 20, 86_400, 3600
LEAST_RATIO, MOST_MB = 12.0, 600
# Times by message number: record, event, lap, session, activity, file_id, device_info.
TIMES = {20: {253}, 21: {253}, 19: {253, 2}, 18: {253, 2}, 34: {253, 5}, 0: {4}, 23: {253}}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    beside = Path(__file__).resolve().parents[1].parent / "shared" / "data"
    real = (
        Path(os.environ.get("HEAVYLEGS_REAL_DATA", beside))
        / "activity_files/fit_ok/activity-small-fenix2-run.fit"
    )
    if not real.is_file():
        pytest.skip("real data is not here: set HEAVYLEGS_REAL_DATA to its folder")
    folder = tmp_path_factory.mktemp("runs")
    body, times = hour_long(real.read_bytes())
    places = times[:, None] + np.arange(4)
    values = body[places].view("<u4")
    for day in range(RUNS):
        body[places] = (values + np.uint32(day * DAY_S)).view(np.uint8)
        (folder / f"{day:04d}.fit").write_bytes(fit_file(body.tobytes()))
    return folder


def hour_long(data: bytes) -> tuple[np.ndarray, np.ndarray]:
    """The messages with records repeated until the hour is full, and where in them every time stands."""
    body = data[14:-2]
    layouts: dict[
        int, tuple[int, int, dict[int, int]]
    ] = {}  # by local number: message number, length, offsets
    messages, at = [], 0
    while at < len(body):
        local = body[at] & 15
        if body[at] & 0x40:
            fields = [body[i : i + 2] for i in range(at + 6, at + 6 + 3 * body[at + 5], 3)]
            ends = np.cumsum([1, *(f[1] for f in fields)])
            offsets = {f[0]: int(end) for f, end in zip(fields, ends[:-1], strict=True)}
            layouts[local] = (int.from_bytes(body[at + 3 : at + 5], "little"), int(ends[-1]), offsets)
            length, kind = 6 + 3 * body[at + 5], None
        else:
            kind, length, _ = layouts[local]
        messages.append((kind, layouts[local][2], bytearray(body[at : at + length])))
        at += length
    records = [m for m in messages if m[0] == RECORD]
    last = messages.index(records[-1]) + 1
    extra = []
    for i, (kind, offsets, message) in enumerate(records[: HOUR_S - len(records)], 1):
        copy = bytearray(message)
        for field, step in ((253, i), (5, 300 * i)):
            value = int.from_bytes(records[-1][2][offsets[field] : offsets[field] + 4], "little") + step
            copy[offsets[field] : offsets[field] + 4] = value.to_bytes(4, "little")
        extra.append((kind, offsets, copy))
    times, start = [], 0
    whole = messages[:last] + extra + messages[last:]
    for kind, offsets, message in whole:
        times += [start + offsets[f] for f in TIMES.get(kind or -1, ()) if kind is not None and f in offsets]
        start += len(message)
    return np.frombuffer(b"".join(bytes(m[2]) for m in whole), dtype=np.uint8).copy(), np.array(times)


IMPORT = """
import json, resource, sys, time
from pathlib import Path

from heavylegs.data.importer import Owner, import_activities
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
