"""The summary of a recording: what the device computed, where it is possible, and the rest from the records."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .recording import ON_FOOT, Recording
from .schema import TABLES

STANDING_MPS = {"running": 0.3, "walking": 0.3, "cycling": 0.8}
"""Slower than this is standing; sports whose distance comes in steps, as a pool's lengths, are not there."""
PAUSE_S = 10.0  # a shorter stop, as at a kerb, is no pause
_FLAT_M = 3.0  # a climb smaller than this is taken as noise of the altimeter
_AGREE = 0.05  # laps and records further than this from the summary are of something else
_WIDEST = 0.1  # where the half of the way falls into a longer step than this share, its time is not known


def fill_summary(r: Recording) -> None:
    """Keep what the device computed, where it is possible; compute the rest from the records."""
    _empty_impossible(r)
    t = r.records["elapsed_s"]
    s = r.summary
    for name in ("moving_time_s", "distance_m"):
        if s.get(name) == 0:  # not measured
            del s[name]
    elapsed = float(t[-1]) if len(t) else 0.0
    if s.get("duration_s", -np.inf) < elapsed - 60:
        s["duration_s"] = elapsed
    if len(t):
        _fill_distance(r)
        _fill_climb(r)
        weights = np.minimum(np.diff(t, append=t[-1] + 1.0), 30.0)
        _fill_mean(r, "hr_bpm", "hr_mean_bpm", weights)
        if "hr_max_bpm" not in s and "hr_bpm" in r.records and np.isfinite(r.records["hr_bpm"]).any():
            s["hr_max_bpm"] = float(np.nanmax(r.records["hr_bpm"]))
        _fill_mean(r, "temperature_c", "temperature_mean_c", weights)
        _fill_cadence(r, weights)
    _fill_moving(r)
    _fill_first_half(r)
    _empty_impossible(r)


def _empty_impossible(r: Recording) -> None:
    table = TABLES["activities"]
    for name in list(r.summary):
        column = table.column(name)
        if not (column.low or 0) <= r.summary[name] <= (column.high or np.inf):
            del r.summary[name]
            r.changed[f"{name} outside {column.low:g} to {column.high:g} emptied"] += 1


def _fill_distance(r: Recording) -> None:
    d = r.records.get("distance_m")
    if d is not None and "distance_m" not in r.summary:
        r.summary["distance_m"] = float(np.nanmax(d))


def _fill_mean(r: Recording, column: str, target: str, weights: np.ndarray) -> None:
    values = r.records.get(column)
    if values is None or target in r.summary:
        return
    known = np.isfinite(values)
    if known.any():
        r.summary[target] = float(np.average(values[known], weights=weights[known]))


def _fill_cadence(r: Recording, weights: np.ndarray) -> None:
    cadence = r.records.get("cadence_spm")
    if cadence is None:
        return
    stepping = cadence > 0
    if "cadence_mean_spm" not in r.summary and stepping.any():
        r.summary["cadence_mean_spm"] = float(np.average(cadence[stepping], weights=weights[stepping]))
    if "steps" not in r.summary and r.sport in ON_FOOT and np.isfinite(cadence).mean() > 0.9:
        r.summary["steps"] = float(round(np.nansum(cadence * weights) / 60.0))


def _fill_climb(r: Recording) -> None:
    """Sum climbs of the altitude smoothed over 30 s, turns under three metres taken as noise."""
    if "ascent_m" in r.summary and "descent_m" in r.summary:
        return
    altitude = r.records.get("altitude_m")
    if altitude is None or np.isfinite(altitude).sum() < 2:
        return
    rows = np.isfinite(altitude)
    t = r.records["elapsed_s"][rows]
    area = np.concatenate([[0.0], np.cumsum(np.diff(t) * (altitude[rows][1:] + altitude[rows][:-1]) / 2)])
    early, late = np.maximum(t - 15, t[0]), np.minimum(t + 15, t[-1])
    span = late - early
    if span.min() <= 0:
        return
    smooth = (np.interp(late, t, area) - np.interp(early, t, area)) / span
    up, down = _climbs(smooth)
    r.summary.setdefault("ascent_m", up)
    r.summary.setdefault("descent_m", down)


def _climbs(altitude: np.ndarray) -> tuple[float, float]:
    turns = np.flatnonzero(np.diff(np.sign(np.diff(altitude))) != 0) + 1
    points = altitude[np.concatenate([[0], turns, [len(altitude) - 1]])]
    up = down = 0.0
    held = float(points[0])
    for value in points.tolist():
        if abs(value - held) >= _FLAT_M:
            up, down = up + max(value - held, 0.0), down + max(held - value, 0.0)
            held = value
    return up, down


def _fill_moving(r: Recording) -> None:
    """Take pauses out of the moving time: those the device took out, or those the distance shows."""
    s = r.summary
    if not r.n_records and "moving_time_s" not in s:
        return
    told = min(s.get("moving_time_s", s["duration_s"]), s["duration_s"])
    track = _track(r)
    pauses, paused = (track.stops, track.stopped_s) if track else (0, 0.0)
    seen = max(s["duration_s"] - paused, 0.0)
    if pauses and "moving_time_s" not in s:
        r.notes.append("stops of 10 s or more are taken out of the moving time")
        told = seen
    elif pauses and seen < told - max(60.0, 0.05 * told):
        r.notes.append("stops of 10 s or more are taken out of the moving time, where the device counted on")
        told = seen
    s["moving_time_s"] = told


class _Track(NamedTuple):
    """The way so far (m) against the seconds in motion so far, and the stops of 10 s or more left out of these."""

    metres: np.ndarray
    seconds: np.ndarray
    stops: int = 0
    stopped_s: float = 0.0


def _track(r: Recording) -> _Track | None:
    """Return what the records tell of the way, None where fewer than half of them tell it."""
    d = r.records.get("distance_m")
    if d is None:
        return None
    rows = np.flatnonzero(np.isfinite(d))
    if len(rows) < 0.5 * len(d) or len(rows) < 2:
        return None
    t = r.records["elapsed_s"][rows]
    dt = np.diff(t)
    still = np.diff(d[rows]) < STANDING_MPS.get(r.sport, -np.inf) * dt
    edges = np.flatnonzero(np.diff(np.concatenate([[False], still, [False]]).astype(int)))
    first, last = edges[::2], edges[1::2]
    long = t[last] - t[first] >= PAUSE_S
    stopped = np.zeros(len(t))
    for begin, end in zip(first[long], last[long], strict=True):
        stopped[begin + 1 : end + 1] = dt[begin:end]
    return _Track(d[rows], t - np.cumsum(stopped), int(long.sum()), float(stopped.sum()))


def _fill_first_half(r: Recording) -> None:
    """Take the time of the first half from the records, else from the laps, whichever tell the whole way."""
    way, moving = r.summary.get("distance_m", 0.0), r.summary.get("moving_time_s", 0.0)
    if way <= 0 or moving <= 0:
        return
    for track in (_track(r), _laps(r)):
        if track and _near(track.metres[-1], way) and _near(track.seconds[-1], moving):
            share = _share_of_first_half(track)
            if np.isfinite(share):
                r.summary["first_half_time_s"] = round(share * moving, 1)
                return


def _laps(r: Recording) -> _Track | None:
    if not r.laps:
        return None
    seconds, metres = np.cumsum(np.asarray(r.laps), axis=0).T
    return _Track(metres, seconds)


def _near(value: float, whole: float) -> bool:
    return bool(abs(value - whole) <= _AGREE * whole)


def _share_of_first_half(track: _Track) -> float:
    """Return the share of the time that the first half of the way took, NaN where the step over it is wide."""
    metres, seconds = (np.concatenate([[0.0], values]) for values in track[:2])
    half = metres[-1] / 2
    at = int(np.searchsorted(metres, half))
    step = metres[at] - metres[at - 1]
    if step > _WIDEST * metres[-1] or (np.diff(metres) < 0).any():
        return np.nan
    into = (half - metres[at - 1]) / step
    return float(seconds[at - 1] + into * (seconds[at] - seconds[at - 1])) / float(seconds[-1])
