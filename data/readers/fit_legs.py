"""The legs of a FIT file: its sessions with their records and laps, and how its seconds become instants."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeGuard

import numpy as np

from ..errors import InputError
from .fit_messages import EPOCH, Messages, Row

UNSET_CLOCK = 2**28
"""Seconds below which a time counts from the device's power-on."""
_MOST_OFFSET = 14 * 3600


@dataclass(frozen=True)
class Clock:
    """How the file's own seconds become instants."""

    shift_s: float = 0.0
    is_local: bool = False
    utc_offset_s: int | None = None
    note: str = ""


@dataclass
class Leg:
    """One session, the slice of the records that belong to it, and its laps in order."""

    session: Row
    start: float
    first: int
    last: int
    laps: list[Row] = field(default_factory=list)


def times_of(messages: Messages) -> tuple[np.ndarray, np.ndarray]:
    """Return the indices of the records that have a time, and all times; order stays the file's."""
    times = messages.records.get("timestamp", np.empty(0))
    return np.flatnonzero(np.isfinite(times)), times


def clock_of(messages: Messages, times: np.ndarray, name: str) -> Clock:
    """Return how the file's seconds become instants; raise `InputError` where its day cannot be known."""
    activity = next((r for r in messages.rows.get("activity", []) if is_number(r.get("timestamp"))), {})
    at, local = _float(activity.get("timestamp")), _float(activity.get("local_timestamp"))
    both = np.isfinite(at) and np.isfinite(local)
    starts = [r["start_time"] for r in messages.rows.get("session", []) if is_number(r.get("start_time"))]
    known = [*starts, float(np.nanmedian(times))] if np.isfinite(times).any() else starts
    if not known:
        raise InputError("tells no time at all: its day cannot be known", file=name)
    if np.median(known) < EPOCH + UNSET_CLOCK:
        if not both or local < EPOCH + UNSET_CLOCK:
            raise InputError(
                "was recorded with the device's clock not set: its day cannot be known", file=name
            )
        note = "the device's clock was not set: the time is the file's local_timestamp"
        return Clock(float(local - at), is_local=True, note=note)
    offset = round((local - at) / 900.0) * 900 if both else 0
    return Clock(utc_offset_s=offset if 0 < abs(offset) <= _MOST_OFFSET else None)


def legs_of(messages: Messages, times: np.ndarray) -> list[Leg]:
    """Divide the records among the sessions: each takes those from its start to the next one's."""
    finite = times[np.isfinite(times)]
    sessions = _sessions(messages)
    if not sessions:
        return [Leg(_stand_in(messages), float(finite[0]), 0, len(finite), _laps(messages))]
    starts = [float(s["start_time"]) for s in sessions]
    # The first time at or after a start bounds a leg; a clock that jumps back inside a leg moves no record.
    bounds = [0] + [_first_at(finite, s) for s in starts[1:]] + [len(finite)]
    bounds = list(np.maximum.accumulate(bounds))
    ends = [*starts[1:], np.inf]
    return [
        Leg(session, start, int(first), int(last), _laps(messages, start if number else 0.0, end))
        for number, (session, start, end, first, last) in enumerate(
            zip(sessions, starts, ends, bounds[:-1], bounds[1:], strict=True)
        )
        if last > first or session.get("total_elapsed_time", 0)
    ] or [Leg(sessions[0], starts[0], 0, len(finite))]


def _laps(messages: Messages, start: float = 0.0, end: float = np.inf) -> list[Row]:
    """Return the laps that start in a stretch of time, in order; one that is there twice, once."""
    found: dict[float, Row] = {}
    for row in messages.rows.get("lap", []):
        at = row.get("start_time", row.get("timestamp"))
        if is_number(at) and start <= at < end:
            found.setdefault(float(at), row)
    return [found[at] for at in sorted(found)]


def _first_at(times: np.ndarray, start: float) -> int:
    later = times >= start
    return int(later.argmax()) if later.any() else len(times)


def _sessions(messages: Messages) -> list[Row]:
    """Return the sessions with a start, in order; one that is there twice, as in joined files, once."""
    found: dict[tuple[float, Any], Row] = {}
    for row in messages.rows.get("session", []):
        start = row.get("start_time", row.get("timestamp"))
        if is_number(start):
            found.setdefault((float(start), row.get("sport")), {**row, "start_time": float(start)})
    return sorted(found.values(), key=lambda row: float(row["start_time"]))


def _stand_in(messages: Messages) -> Row:
    """Return what is known of a session whose own message was lost: its sport."""
    for kind in ("sport", "lap"):
        for row in messages.rows.get(kind, []):
            if is_number(row.get("sport")):
                return {"sport": row["sport"], "sub_sport": row.get("sub_sport")}
    return {}


def is_number(value: object) -> TypeGuard[float]:
    """Return whether a field holds a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and bool(np.isfinite(value))


def _float(value: object) -> float:
    return float(value) if is_number(value) else np.nan
