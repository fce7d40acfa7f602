"""Hour-long FIT files for benchmarks: a real run repeated until the hour is full, on days of its own, checksums that fit."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from heavylegs.data.readers.fit_walk import fit_file

RECORD, DAY_S, HOUR_S = 20, 86_400, 3600
# Times by message number: record, event, lap, session, activity, file_id, device_info.
TIMES = {20: {253}, 21: {253}, 19: {253, 2}, 18: {253, 2}, 34: {253, 5}, 0: {4}, 23: {253}}


def hour_long_runs(folder: Path, days: int) -> list[Path]:
    """Write an hour-long run of each day into `folder` and return the files; skip where real data is not here."""
    beside = Path(__file__).resolve().parents[1].parent / "shared" / "data"
    files = Path(os.environ.get("HEAVYLEGS_REAL_DATA", beside)) / "activity_files/fit_ok"
    real = files / "activity-small-fenix2-run.fit"
    if not real.is_file():
        pytest.skip("real data is not here: set HEAVYLEGS_REAL_DATA to its folder")
    body, times = _hour_long(real.read_bytes())
    places = times[:, None] + np.arange(4)
    values = body[places].view("<u4")
    made = []
    for day in range(days):
        body[places] = (values + np.uint32(day * DAY_S)).view(np.uint8)
        made.append(folder / f"{day:04d}.fit")
        made[-1].write_bytes(fit_file(body.tobytes()))
    return made


def _hour_long(data: bytes) -> tuple[np.ndarray, np.ndarray]:
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
