"""Clean-up of a recording: each step mends one fault that devices are known for, and says so.

A step changes values only where it finds its fault; a sound recording comes out as it went in, with what
the device did not compute filled in.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from .errors import InputError
from .recording import ON_FOOT, RECORD_COLUMNS, Recording
from .recording_summary import fill_summary
from .schema import FIRST_YEAR, TABLES

DAY_S = 86_400.0
LONGEST_S = 7 * DAY_S
FASTEST_MPS = {"running": 12.5, "walking": 12.5, "football": 12.5, "swimming": 4.0, "cycling": 30.0}
FROZEN_S = 300.0  # no heart beats as many times a minute for five minutes on end
EARTH_M = 6_371_008.8


def clean(recording: Recording, name: str = "the recording") -> Recording:
    """Return the recording cleaned, with what was done in ``left_out``, ``changed`` and ``notes``.

    Parameters
    ----------
    recording : Recording
        As its reader gives it; it stays as it is.
    name : str
        What to call its file in messages.

    Returns
    -------
    Recording
        Times rise, values lie in the schema's ranges, and the summary is filled.

    Raises
    ------
    InputError
        Nothing that lasts is left, or its clock was wrong.
    """
    r = replace(
        recording,
        records=dict(recording.records),
        summary=dict(recording.summary),
        left_out=Counter(recording.left_out),
        changed=Counter(recording.changed),
        notes=list(recording.notes),
    )
    r.records.setdefault("elapsed_s", np.empty(0))
    order_times(r)
    if r.n_records:
        mend_cadence(r)  # before what is over its range is emptied: twice 170 is
        empty_impossible(r)
        drop_position_spikes(r)
        mend_distance(r)
        mend_speed(r)
        empty_heart_rate(r)
        flag_cadence_lock(r)
        drop_altitude_spikes(r)
    fill_summary(r)
    if r.summary["duration_s"] < 1.0:
        raise InputError("lasts less than a second: no activity", file=name)
    if _is_early(r.start_time):
        what = f"starts on {r.start_time:%Y-%m-%d}: the clock of the watch was not set"
        raise InputError(
            what, file=name, mend="correct the day and export it anew, or import it as a row of a table"
        )
    if _is_ahead(r.start_time):
        # Else the forecast would be for the morning after it, and all days until then would count as rest.
        what = f"starts on {r.start_time:%Y-%m-%d}, in the future: its clock was wrong"
        raise InputError(what, file=name, mend="set this computer's clock if it is that which is wrong")
    r.records = {k: v for k, v in r.records.items() if k == "elapsed_s" or np.isfinite(v).any()}
    return r


# -- times ---------------------------------------------------------------------------------------


def order_times(r: Recording) -> None:
    """Put times in order, join records of one instant, cut off what a wrong clock put days away."""
    t = r.records["elapsed_s"]
    if len(t) and (np.diff(t) < 0).any():
        run = _longest_rising(t)
        if len(run) >= 0.9 * len(t):
            _keep(r, run, "time out of order: the clock jumped for these records")
        else:
            order = np.argsort(t, kind="stable")
            r.records = {k: v[order] for k, v in r.records.items()}
            r.notes.append("the time jumped back: records were put in the order of their times")
    _cut_far_away(r)
    _join_same_instant(r)
    t = r.records["elapsed_s"]
    if len(t) and not 0 <= t[0] <= 3600:  # what the start was taken from is gone, or never fitted
        r.records["elapsed_s"] = t - t[0]
        r.start_time = _at(r, t[0])


def _longest_rising(t: np.ndarray) -> np.ndarray:
    """Return the indices of the longest run, with gaps, of times that do not fall."""
    tails: list[float] = []
    at: list[int] = []
    before = np.full(len(t), -1)
    for i, value in enumerate(t.tolist()):
        place = bisect_right(tails, value)
        before[i] = at[place - 1] if place else -1
        tails[place : place + 1] = [value]
        at[place : place + 1] = [i]
    run = []
    i = at[-1]
    while i >= 0:
        run.append(i)
        i = int(before[i])
    return np.array(run[::-1])


def _cut_far_away(r: Recording) -> None:
    """Leave out the records before or after a jump of the clock: those of years that cannot be, else the fewer."""
    while len(t := r.records["elapsed_s"]) and t[-1] - t[0] > LONGEST_S:
        cut = int(np.diff(t).argmax()) + 1
        early, ahead = _is_early(_at(r, t[0])), _is_ahead(_at(r, t[-1]))
        first = ahead if early != ahead else cut > len(t) - cut
        side = np.arange(cut) if first else np.arange(cut, len(t))
        _keep(r, side, "with times days away from the rest: the clock was wrong for these records")
        if "moving_time_s" in r.summary:  # the laps' own, those without records too; so is the distance
            r.summary.setdefault("duration_s", r.summary["moving_time_s"])


def _at(r: Recording, elapsed_s: float) -> datetime:
    return r.start_time + timedelta(seconds=float(elapsed_s))


def _is_early(when: datetime) -> bool:
    """Return whether a time is that of a clock that was not set: those count from 1970, 1980 or 1989."""
    return when.year < FIRST_YEAR


def _is_ahead(when: datetime) -> bool:
    return when > datetime.now(UTC) + timedelta(days=1)


def _join_same_instant(r: Recording) -> None:
    t = r.records["elapsed_s"]
    new = np.diff(t, prepend=-np.inf) > 0
    if new.all():
        return
    group = np.cumsum(new) - 1
    joined = {}
    for name, values in r.records.items():
        known = np.isfinite(values)
        joined[name] = np.full(int(group[-1]) + 1, np.nan)
        joined[name][group[known]] = values[known]  # the last one of an instant stays
    r.left_out["of the same instant as another: joined with it"] += int((~new).sum())
    r.records = joined


def _keep(r: Recording, rows: np.ndarray, reason: str) -> None:
    r.left_out[reason] += r.n_records - len(rows)
    r.records = {k: v[rows] for k, v in r.records.items()}


# -- values --------------------------------------------------------------------------------------


def empty_impossible(r: Recording) -> None:
    """Empty zeros that mean "not measured" and values outside the schema's ranges."""
    for name, what in (
        ("hr_bpm", "heart rates"),
        ("stance_time_ms", "stance times"),
        ("vertical_oscillation_mm", "oscillations"),
    ):
        _empty(
            r, name, r.records.get(name, np.empty(0)) == 0, f"{what} of 0, which mean not measured, emptied"
        )
    for name in RECORD_COLUMNS:
        values = r.records.get(name)
        if values is None or name == "elapsed_s":
            continue
        column = TABLES["records"].column(name)
        with np.errstate(invalid="ignore"):
            bad = (values < column.low) | (values > column.high)
        if name == "altitude_m":
            bad |= values == column.low  # a raw 0
        _empty(r, name, bad, f"{name} outside {column.low:g} to {column.high:g} emptied")


def _empty(r: Recording, name: str, bad: np.ndarray, reason: str) -> None:
    if name in r.records and bad.any():
        r.records[name] = np.where(bad, np.nan, r.records[name])
        r.changed[reason] += int(bad.sum())


def haversine_m(lat: np.ndarray, lon: np.ndarray, lat2: np.ndarray, lon2: np.ndarray) -> np.ndarray:
    """Return great-circle distances in metres between positions in degrees, on a sphere of the mean radius."""
    a, b = np.radians(lat), np.radians(lat2)
    dlat, dlon = (b - a) / 2, np.radians(lon2 - lon) / 2
    h = np.sin(dlat) ** 2 + np.cos(a) * np.cos(b) * np.sin(dlon) ** 2
    metres: np.ndarray = 2 * EARTH_M * np.arcsin(np.sqrt(np.clip(h, 0, 1)))
    return metres


def drop_position_spikes(r: Recording) -> None:
    """Empty positions that no one can have been at: 0 N 0 E, or off and back faster than the sport goes."""
    lat, lon = r.records.get("latitude_deg"), r.records.get("longitude_deg")
    if lat is None or lon is None:
        return
    bad = np.isnan(lat) != np.isnan(lon)
    bad |= (lat == 0) & (lon == 0)
    rows = np.flatnonzero(np.isfinite(lat) & np.isfinite(lon) & ~bad)
    if len(rows) > 2:
        la, lo, t = lat[rows], lon[rows], r.records["elapsed_s"][rows]
        limit = FASTEST_MPS.get(r.sport, 40.0)
        step = haversine_m(la[:-1], lo[:-1], la[1:], lo[1:]) / np.diff(t)
        across = haversine_m(la[:-2], lo[:-2], la[2:], lo[2:]) / (t[2:] - t[:-2])
        bad[rows[1:-1][(step[:-1] > limit) & (step[1:] > limit) & (across <= limit)]] = True
    if bad.any():
        r.records["latitude_deg"], r.records["longitude_deg"] = (
            np.where(bad, np.nan, lat),
            np.where(bad, np.nan, lon),
        )
        r.changed["GPS spikes: positions emptied"] += int(bad.sum())


def mend_distance(r: Recording) -> None:
    """Compute the distance from positions where there is none; take out steps back and impossible jumps."""
    d = r.records.get("distance_m")
    if d is not None and not np.nan_to_num(d).any():
        del r.records["distance_m"]
        if r.summary.get("distance_m") == 0:
            r.notes.append("a distance of 0 throughout is taken as not measured")
        d = None
    if r.summary.get("distance_m") == 0 and d is None:
        del r.summary["distance_m"]
    if d is None:
        d = _distance_of_positions(r)
        if d is None:
            return
        r.records["distance_m"] = d
    rows = np.flatnonzero(np.isfinite(d))
    steps, dt = np.diff(d[rows]), np.diff(r.records["elapsed_s"][rows])
    limit = FASTEST_MPS.get(r.sport, 40.0)
    back, far = steps < 0, steps > limit * dt + 100
    for wrong, reason in (
        (back, "distance running back: steps taken out"),
        (far, "distance jumping faster than the sport goes: steps taken out"),
    ):
        if wrong.any():
            r.changed[reason] += int(wrong.sum())
    if (back | far).any():
        steps = np.where(back | far, 0.0, steps)
        mended = np.full(len(d), np.nan)
        mended[rows] = d[rows[0]] + np.concatenate([[0.0], np.cumsum(steps)])
        r.records["distance_m"] = mended


def _distance_of_positions(r: Recording) -> np.ndarray | None:
    lat, lon = r.records.get("latitude_deg"), r.records.get("longitude_deg")
    if lat is None or lon is None:
        return None
    rows = np.flatnonzero(np.isfinite(lat) & np.isfinite(lon))
    if len(rows) < 2:
        return None
    la, lo = lat[rows], lon[rows]
    d = np.full(len(lat), np.nan)
    d[rows] = np.concatenate([[0.0], np.cumsum(haversine_m(la[:-1], lo[:-1], la[1:], lo[1:]))])
    return d


def mend_speed(r: Recording) -> None:
    """Empty speeds past the sport's fastest; where there is no speed, take distance over ten seconds."""
    limit = FASTEST_MPS.get(r.sport, 40.0)
    speed = r.records.get("speed_mps")
    if speed is not None and np.isfinite(speed).any():
        _empty(r, "speed_mps", speed > limit, "speeds faster than the sport goes emptied")
        return
    speed = _speed_of_distance(r, 5.0)
    if speed is not None:
        r.records["speed_mps"] = np.where(speed > limit, np.nan, speed)
        r.notes.append("speed is computed from distance over 10 s")


def _speed_of_distance(r: Recording, half_s: float) -> np.ndarray | None:
    d = r.records.get("distance_m")
    if d is None or np.isfinite(d).sum() < 2:
        return None
    rows = np.isfinite(d)
    t = r.records["elapsed_s"]
    early, late = np.maximum(t - half_s, t[rows][0]), np.minimum(t + half_s, t[rows][-1])
    way = np.interp(late, t[rows], d[rows]) - np.interp(early, t[rows], d[rows])
    span = late - early
    return np.where(span > 0, way / np.where(span > 0, span, 1.0), np.nan)


def mend_cadence(r: Recording) -> None:
    """Bring cadence to steps per minute of both legs."""
    cadence = r.records.get("cadence_spm")
    if cadence is None:
        return
    moving = cadence[(cadence > 30) & (cadence <= 600)]
    median = float(np.median(moving)) if len(moving) else 0.0
    factor = 1.0
    if r.sport in ON_FOOT:
        if r.cadence_counts == "unknown" and is_of_one_leg(median, r.sport):
            factor = 2.0
            r.notes.append("cadence counted one leg: doubled")
        elif 240 < median <= 480:
            factor = 0.5
            r.notes.append("cadence was twice what legs can do (a treadmill counted double): halved")
        r.cadence_counts = "both legs"
    elif r.sport in ("cycling", "swimming") or median < 120:
        del r.records["cadence_spm"]  # pedals or strokes
        return
    if factor != 1.0:
        r.records["cadence_spm"] = cadence * factor
        if factor < 1.0:
            for name in ("steps", "cadence_mean_spm"):
                if name in r.summary:
                    r.summary[name] *= factor


def is_of_one_leg(cadence: float, sport: str) -> bool:
    """Return whether a mean cadence per minute on foot is too low to count the steps of both legs."""
    return 0 < cadence < (75 if sport == "walking" else 110)


def empty_heart_rate(r: Recording) -> None:
    """Empty a heart rate that stands still for five minutes: the sensor lost the skin and held its last value."""
    hr = r.records.get("hr_bpm")
    if hr is None:
        return
    rows = np.flatnonzero(np.isfinite(hr))
    if len(rows) < 2:
        return
    t = r.records["elapsed_s"][rows]
    new = np.diff(hr[rows], prepend=np.nan) != 0
    start = np.flatnonzero(new)
    end = np.append(start[1:], len(rows)) - 1
    frozen = (t[end] - t[start] >= FROZEN_S) & (end - start >= 60)
    bad = np.zeros(len(hr), dtype=bool)
    bad[rows] = frozen[np.cumsum(new) - 1]
    _empty(r, "hr_bpm", bad, "heart rates frozen at one value for five minutes or more emptied")


def flag_cadence_lock(r: Recording) -> None:
    """Tell where an optical sensor may have counted steps for beats; nothing is emptied."""
    hr, cadence = r.records.get("hr_bpm"), r.records.get("cadence_spm")
    if hr is None or cadence is None or r.sport not in ON_FOOT:
        return
    with np.errstate(invalid="ignore"):
        both = np.isfinite(hr) & (cadence > 130)
        near = both & (np.abs(hr - cadence) <= 3)
    if both.sum() >= 300 and near.sum() >= 0.5 * both.sum():
        r.notes.append(
            "heart rate runs with the cadence for most of the time: the sensor may have counted steps for beats"
        )


def drop_altitude_spikes(r: Recording) -> None:
    """Empty single altitudes over 20 m off the median of the five around them."""
    altitude = r.records.get("altitude_m")
    if altitude is None:
        return
    rows = np.flatnonzero(np.isfinite(altitude))
    if len(rows) < 5:
        return
    values = altitude[rows]
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(values, 2, mode="edge"), 5)
    bad = np.zeros(len(altitude), dtype=bool)
    suspects = np.abs(np.diff(values, prepend=values[0])) > 20
    if suspects.any():
        bad[rows] = np.abs(values - np.median(windows, axis=1)) > 20
        _empty(r, "altitude_m", bad, "altitude spikes emptied")
