"""A small cohort to store, an import in steps, and what a store's folder holds; also imported by the processes that tests kill."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pandas as pd
from heavylegs.data.cohort import Cohort
from heavylegs.data.imports import ImportReport
from heavylegs.data.store import Store


def cohort(people: Iterable[str] = "abcd", sleep: float = 7.0, name: str = "club") -> Cohort:
    """Return one day of each athlete: a run with two records, a night, the weather of a place."""
    day = pd.Timestamp("2024-05-01")
    ids = list(people)
    start = pd.Timestamp("2024-05-01 06:00", tz="UTC")
    activities = pd.DataFrame(
        {
            "activity_id": [f"{i}-1" for i in ids],
            "athlete_id": ids,
            "day": day,
            "start_time": start,
            "sport": "running",
        }
    )
    records = pd.DataFrame(
        {
            "activity_id": [f"{i}-1" for i in ids for _ in range(2)],
            "athlete_id": [i for i in ids for _ in range(2)],
            "elapsed_s": [0.0, 1.0] * len(ids),
            "hr_bpm": [100.0, None] * len(ids),
        }
    )
    weather = pd.DataFrame({"place_id": ["x"], "time": [start], "temperature_c": [20.0]})
    return Cohort.from_tables(
        name,
        {
            "athletes": pd.DataFrame({"athlete_id": ids, "height_cm": 170.0}),
            "activities": activities,
            "records": records,
            "diary": pd.DataFrame({"athlete_id": ids, "day": day, "sleep_h": sleep}),
            "weather": weather,
        },
    )


def state(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Return each file's node, time of change and bytes, locks left out."""
    return {
        p.name: (p.stat().st_ino, p.stat().st_mtime_ns, p.read_bytes())
        for p in folder.iterdir()
        if p.suffix != ".lock"
    }


@cache
def batches() -> list[tuple[Cohort, dict[str, dict[str, object]]]]:
    """Return an import in four steps: a watch's files and a phone's copies of the same runs."""
    steps = []
    for n in range(4):
        piece, source, late = cohort("ab", sleep=7.0 + n, name="own"), ("fit", "gpx")[n % 2], n // 2
        start = piece.activities["start_time"] + pd.Timedelta(days=40 * late, minutes=n % 2)
        ids = {i: f"{source}-{i}-{late}" for i in piece.activities["activity_id"]}
        runs = piece.activities.assign(start_time=start, day=start.dt.tz_localize(None).dt.normalize())
        tables = {
            **piece.tables(),
            "activities": runs.assign(activity_id=runs["activity_id"].map(ids), source=source),
            "records": piece.records.assign(activity_id=piece.records["activity_id"].map(ids)),
        }
        steps.append((Cohort.from_tables("own", tables), {f"file{n}": {"outcome": "kept", "n": n}}))
    return steps


def import_all(folder: str | Path) -> None:
    """Import what is not there yet, as the command line does."""
    store = Store(folder)
    store.tidy()
    for piece, told in batches():
        if not told.keys() <= store.seen().keys():
            store.merge(piece, ImportReport("club"), "The club, CC0", seen=told)


def contents(folder: Path) -> dict[str, bytes]:
    """Return each file's bytes."""
    return {name: data for name, (_, _, data) in state(folder).items()}
