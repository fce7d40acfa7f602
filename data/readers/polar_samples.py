"""The samples of one exercise of Polar's: channels at a fixed interval or each with its times, and the way.

Positions have times of their own. They go to the nearest sample, so that no sample stands alone between two of them.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

import numpy as np

from ..arrays import Floats
from .json_records import Record, above_zero
from .polar_values import floats, list_of, record_of, since

_CHANNELS = {
    "heartrate": ("hr_bpm", 1.0),
    "speed": ("speed_mps", 1 / 3.6),
    "distance": ("distance_m", 1.0),
    "altitude": ("altitude_m", 1.0),
    "cadence": ("cadence_spm", 1.0),
    "temperature": ("temperature_c", 1.0),
}
_NEAR_S = 1.0  # a position is at most this far in time from the sample that it is put to
_LATE_S = 60.0
_UNSETTLED_M = 20.0  # nobody stands at 0 m and a second later higher than this
_WAY = {"latitude_deg": "latitude", "longitude_deg": "longitude", "altitude_m": "altitude"}

Channel = tuple[Floats, Floats]
"""Seconds since the start, and values."""


def samples_of(exercise: Record, local: datetime) -> dict[str, Floats]:
    """Return canonical record columns, on the times of the channel that has most samples.

    Parameters
    ----------
    exercise : dict
        Of either layout.
    local : datetime
        Its start, by the clock at the place.
    """
    samples = record_of(exercise.get("samples"))
    channels = _at_intervals(samples, exercise, local) if "samples" in samples else _timed(samples, local)
    route = _route(exercise, local)
    times = max((t for t, _ in (channels or route).values()), key=len, default=np.empty(0))
    stop = since(exercise.get("stopTime"), local)
    # Some ways go on for hours after the exercise was stopped.
    times = np.unique(times[np.isfinite(times) & (times <= (np.inf if stop is None else stop + _LATE_S))])
    records = {"elapsed_s": times}
    for column, (at, values) in {**route, **channels}.items():  # the altimeter's altitude before the way's
        records[column] = _nearest(times, at, values)
    return records


def settle_altitude(records: dict[str, Floats]) -> Counter[str]:
    """Empty the zeros with which an altimeter begins before it has settled, and return what was done.

    Who read real exports found them there, where other channels tell that nothing was measured.
    """
    altitude = records.get("altitude_m", np.empty(0))
    told = np.flatnonzero(np.isfinite(altitude) & (altitude != 0))
    if not len(told) or abs(altitude[told[0]]) < _UNSETTLED_M:
        return Counter()
    zeros = np.flatnonzero(altitude[: told[0]] == 0)
    altitude[zeros] = np.nan
    return Counter(
        {"altitudes of 0 before the altimeter had settled emptied": len(zeros)} if len(zeros) else {}
    )


def _at_intervals(samples: Record, exercise: Record, local: datetime) -> dict[str, Channel]:
    channels: dict[str, Channel] = {}
    for series in map(record_of, list_of(samples.get("samples"))):
        kind = str(series.get("type")).removeprefix("SAMPLE_TYPE_").replace("_", "").lower()
        step, values = above_zero(series.get("intervalMillis"), 0.001), floats(series.get("values"))
        if kind in _CHANNELS and step is not None and np.isfinite(values).any():
            column, factor = _CHANNELS[kind]
            times = np.arange(len(values), dtype=np.float64) * step
            channels[column] = (_with_pauses(times, exercise, local), values * factor)
    return channels


def _with_pauses(times: Floats, exercise: Record, local: datetime) -> Floats:
    """Return the times with the pauses put in, where the samples last as long as was trained and not as it took."""
    trained, took = above_zero(exercise.get("durationMillis"), 0.001), since(exercise.get("stopTime"), local)
    told = [
        (since(p.get("startTime"), local), since(p.get("endTime"), local))
        for p in map(record_of, list_of(exercise.get("pauseTimes")))
    ]
    pauses = sorted((a, b) for a, b in told if a is not None and b is not None and b > a)
    if trained is None or took is None or abs(times[-1] - trained) >= abs(times[-1] - took):
        return times
    for first, last in pauses:
        times = np.where(times >= first, times + (last - first), times)
    return times


def _timed(samples: Record, local: datetime) -> dict[str, Channel]:
    channels: dict[str, Channel] = {}
    for kind, series in samples.items():
        if kind.lower() in _CHANNELS:
            column, factor = _CHANNELS[kind.lower()]
            times, values = _points(list_of(series), "value", local)
            if np.isfinite(values).any():
                channels[column] = (times, values * factor)
    return channels


def _route(exercise: Record, local: datetime) -> dict[str, Channel]:
    """Return the positions, and their altitudes, of either layout."""
    way = record_of(record_of(exercise.get("routes")).get("route"))
    points = list_of(way.get("wayPoints"))
    if points:
        begun = since(way.get("startTime"), local) or 0.0
        elapsed = floats([record_of(p).get("elapsedMillis") for p in points]) / 1000.0 + begun
        route = {
            column: (elapsed, floats([record_of(p).get(key) for p in points])) for column, key in _WAY.items()
        }
    else:
        told = exercise.get("recordedRoute") or record_of(exercise.get("samples")).get("recordedRoute")
        route = {column: _points(list_of(told), key, local) for column, key in _WAY.items()}
    return {column: channel for column, channel in route.items() if np.isfinite(channel[1]).any()}


def _points(series: list[Any], key: str, local: datetime) -> Channel:
    times = floats([since(record_of(p).get("dateTime"), local) for p in series])
    return times, floats([record_of(p).get(key) for p in series])


def _nearest(times: Floats, at: Floats, values: Floats) -> Floats:
    """Return the values at the nearest of `times`, NaN where none is near."""
    placed = np.full(len(times), np.nan)
    known = np.isfinite(at) & np.isfinite(values)
    at, values = at[known], values[known]
    if len(at) and len(times):
        after = np.minimum(np.searchsorted(times, at), len(times) - 1)
        before = np.maximum(after - 1, 0)
        place = np.where(np.abs(times[before] - at) <= np.abs(times[after] - at), before, after)
        near = np.abs(times[place] - at) <= _NEAR_S
        placed[place[near]] = values[near]
    return placed
