"""FIT activity files: Garmin, Wahoo, Coros, Polar, Suunto, Stryd, Zwift, Strava.

What the format does not say plainly, and how it is taken here:

- Running and walking cadence counts one leg; steps per minute are twice cadence plus fractional cadence.
- Cadence of other sports (pedals, strokes) is no cadence of steps and is not read.
- A time below 2**28 s counts from the device's power-on: its clock was never set. The activity's
  ``local_timestamp`` then gives the local time, if anything does.
- ``local_timestamp - timestamp`` of the activity message is the offset from UTC; a difference of 0 tells
  nothing, as Coros and others write UTC into both.
- A session's ``workout_rpe`` (0-100) is the runner's own rating of exertion after the session.
- Developer fields stand in for a native field that is absent, by the native number they name or, as with
  early Stryd files, by their own name.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import PurePath

import numpy as np

from ..errors import InputError
from ..recording import ON_FOOT, NotAnActivity, Recording, sport_of
from .fit_legs import UNSET_CLOCK, Clock, Leg, clock_of, is_number, legs_of, times_of
from .fit_messages import EPOCH, Messages, Row, read_messages

_ACTIVITY = 4
_KINDS = {
    1: "device information",
    2: "settings",
    3: "sport settings",
    5: "workout",
    6: "course",
    7: "schedule",
    9: "weight",
    10: "totals",
    11: "goals",
    14: "blood pressure",
    15: "monitoring",
    20: "activity summary",
    28: "monitoring",
    32: "monitoring",
    34: "segment",
    35: "segment list",
}
_SPORTS = {
    1: "running",
    2: "cycling",
    5: "swimming",
    7: "football",
    11: "walking",
    17: "walking",
    21: "cycling",
}
_UNSPECIFIC = (0, 4, 10)  # generic, fitness equipment, training: the sub-sport tells
_SUB_SPORTS = {1: "running", 6: "cycling", 20: "strength", 45: "running"}
_FIELDS = {
    "distance_m": ("distance",),
    "speed_mps": ("speed", "enhanced_speed"),  # fitfast's expansion into the enhanced one can lose 1 mm/s
    "altitude_m": ("altitude", "enhanced_altitude"),
    "hr_bpm": ("heart_rate",),
    "power_w": ("power",),
    "temperature_c": ("temperature",),
    "vertical_oscillation_mm": ("vertical_oscillation",),
    "stance_time_ms": ("stance_time",),
    "latitude_deg": ("position_lat",),
    "longitude_deg": ("position_long",),
}
_TOTALS = {
    "duration_s": ("total_elapsed_time",),
    "moving_time_s": ("total_moving_time", "total_timer_time"),
    "distance_m": ("total_distance",),
    "ascent_m": ("total_ascent",),
    "descent_m": ("total_descent",),
    "hr_mean_bpm": ("avg_heart_rate",),
    "hr_max_bpm": ("max_heart_rate",),
    "energy_kcal": ("total_calories",),
    "temperature_mean_c": ("avg_temperature",),
}
_NATIVE = {7: "power_w", 39: "vertical_oscillation_mm", 41: "stance_time_ms"}
_NAMED = {
    "power": "power_w",
    "running power": "power_w",
    "vertical oscillation": "vertical_oscillation_mm",
    "ground time": "stance_time_ms",
    "ground contact time": "stance_time_ms",
}
_TO_CANONICAL = {
    "centimeters": 10.0,
    "cm": 10.0,
    "meters": 1000.0,
    "m": 1000.0,
    "s": 1000.0,
    "seconds": 1000.0,
}


def read_fit(data: bytes, name: str) -> list[Recording]:
    """Read a FIT file as the device wrote it; nothing is cleaned.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        What to call it in messages.

    Returns
    -------
    list of Recording
        One a leg, in order of time.

    Raises
    ------
    NotAnActivity
        Settings, monitoring, weights and the like.
    InputError
        A file of which nothing can be used.
    """
    messages = read_messages(data, name)
    _check_kind(messages, name)
    notes = [f"{PurePath(name).name} {note}" for note in messages.notes]
    for kind, what in (("hrv", "beat intervals"), ("hr", "a strap's stored heart rates")):
        if messages.counts[kind]:
            notes.append(f"holds {what}, which are not kept")
    order, times = times_of(messages)
    clock = clock_of(messages, times, name)
    legs = legs_of(messages, times)
    recordings = []
    for number, leg in enumerate(legs):
        rows = order[leg.first : leg.last]
        recording = _recording(messages, leg, rows, clock)
        recording.leg = number
        recording.notes = notes + recording.notes
        recordings.append(recording)
    return recordings


def _check_kind(messages: Messages, name: str) -> None:
    kinds = [int(row["type"]) for row in messages.rows.get("file_id", []) if is_number(row.get("type"))]
    if _ACTIVITY in kinds:
        if not messages.rows.get("session") and not len(messages.records.get("timestamp", ())):
            raise InputError("is an activity without a session or a record", file=name)
        return
    if kinds and kinds[0] in _KINDS:
        raise NotAnActivity(_KINDS[kinds[0]], file=name, masses=_masses(messages))
    if not messages.rows.get("session") or not len(messages.records.get("timestamp", ())):
        raise NotAnActivity(f"FIT file of type {kinds[0]}" if kinds else "FIT file without a type", file=name)


def _masses(messages: Messages) -> list[tuple[datetime, float, float]]:
    found = []
    for row in messages.rows.get("weight_scale", []):
        at, mass = row.get("timestamp"), row.get("weight")
        if is_number(at) and is_number(mass) and at >= EPOCH + UNSET_CLOCK:
            fat = row.get("percent_fat")
            found.append((_instant(at), float(mass), float(fat) if is_number(fat) else np.nan))
    return found


# -- one leg -------------------------------------------------------------------------------------


def _recording(messages: Messages, leg: Leg, rows: np.ndarray, clock: Clock) -> Recording:
    sport, notes = _sport(leg.session)
    if clock.note:
        notes.append(clock.note)
    columns = {k: v[rows] for k, v in messages.records.items()}
    times = columns.get("timestamp", np.empty(0))
    start = _start(leg.start, times)
    records = {"elapsed_s": times - start}
    for target, sources in _FIELDS.items():
        values = _first_of(columns, sources)
        if values is not None:
            records[target] = values
    if sport not in ON_FOOT:
        records.pop("vertical_oscillation_mm", None)
        records.pop("stance_time_ms", None)
    elif "cadence" in columns:
        fraction = np.nan_to_num(columns.get("fractional_cadence", np.zeros(len(times))))
        records["cadence_spm"] = 2.0 * (columns["cadence"] + fraction)
    for target, values in _developer(messages, columns).items():
        records.setdefault(target, values)
    records = {k: v for k, v in records.items() if k == "elapsed_s" or np.isfinite(v).any()}
    summary = _summary(leg.session, sport)
    _start_at_zero(records, summary)
    return Recording(
        sport,
        _instant(start + clock.shift_s),
        "fit",
        records,
        summary,
        laps=_laps(leg),
        utc_offset_s=clock.utc_offset_s,
        clock_is_local=clock.is_local,
        notes=notes,
    )


def _start(session_start: float, times: np.ndarray) -> float:
    """Return the session's start, or the first record's where the session's does not fit the records."""
    if not len(times):
        return session_start
    first = float(np.min(times)) if times[0] - np.min(times) < 3600 else float(times[0])
    return session_start if 0 <= first - session_start <= 3600 else first


def _sport(session: Row) -> tuple[str, list[str]]:
    if not is_number(session.get("sport")):
        return "other", ["the file names no sport: taken as 'other'"]
    sport = int(session["sport"])
    sub = int(session["sub_sport"]) if is_number(session.get("sub_sport")) else -1
    if sport in _UNSPECIFIC:
        word = str(session.get("sport_profile_name", "")).partition(" ")[0] if sport == 0 else ""
        return _SUB_SPORTS.get(sub) or sport_of(word) or "other", []
    return _SPORTS.get(sport, "other"), []


def _first_of(columns: dict[str, np.ndarray], sources: tuple[str, ...]) -> np.ndarray | None:
    found = [columns[s] for s in sources if s in columns]
    if not found:
        return None
    values = found[0]
    for other in found[1:]:
        if np.isnan(values).any():
            values = np.where(np.isnan(values), other, values)
    return values


def _developer(messages: Messages, columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return developer fields that mean a canonical column, in its unit."""
    found: dict[str, np.ndarray] = {}
    for row in messages.rows.get("field_description", []):
        name = row.get("field_name")
        name = str(name[0] if isinstance(name, list | tuple) and name else name)
        target = _NATIVE.get(row.get("native_field_num") or -1) or _NAMED.get(name.strip().lower())
        if target and name in columns:
            unit = row.get("units")
            unit = str(unit[0] if isinstance(unit, list | tuple) and unit else unit)
            factor = 1.0 if target == "power_w" else _TO_CANONICAL.get(unit.strip().lower(), 1.0)
            found[target] = columns[name] * factor
    return found


def _summary(session: Row, sport: str) -> dict[str, float]:
    summary = {}
    for target, sources in _TOTALS.items():
        total = _first_number(session, sources)
        if total is not None:
            summary[target] = total
    for nought in ("energy_kcal", "hr_mean_bpm", "hr_max_bpm"):
        if summary.get(nought) == 0:  # not measured, as no one burns or beats nothing
            del summary[nought]
    if sport in ON_FOOT:
        cadence = session.get("avg_cadence", session.get("avg_running_cadence"))
        if is_number(cadence) and cadence:
            fraction = session.get("avg_fractional_cadence")
            summary["cadence_mean_spm"] = 2.0 * (cadence + (fraction if is_number(fraction) else 0.0))
        strides = session.get("total_strides", session.get("total_cycles"))
        if is_number(strides) and strides:
            summary["steps"] = 2.0 * strides
    rpe = session.get("workout_rpe", session.get("unknown_193", session.get("193")))
    if is_number(rpe) and 0 < rpe <= 100:
        summary["session_rpe"] = rpe / 10.0
    return summary


def _first_number(row: Row, sources: tuple[str, ...]) -> float | None:
    return next((float(row[s]) for s in sources if is_number(row.get(s))), None)


def _laps(leg: Leg) -> list[tuple[float, float]]:
    """Return seconds in motion and metres of each lap; none where a lap does not tell both."""
    told = [
        (_first_number(lap, _TOTALS["moving_time_s"]), _first_number(lap, _TOTALS["distance_m"]))
        for lap in leg.laps
    ]
    laps = [(t, d) for t, d in told if t is not None and d is not None]
    return laps if len(laps) == len(told) else []


def _start_at_zero(records: dict[str, np.ndarray], summary: dict[str, float]) -> None:
    """Take off the distance of the legs before, where the device counts on from leg to leg."""
    distance, total = records.get("distance_m"), summary.get("distance_m")
    if distance is None or total is None:
        return
    known = distance[np.isfinite(distance)]
    if known[0] > 50 and abs(known[-1] - known[0] - total) < abs(known[-1] - total):
        records["distance_m"] = distance - known[0]


def _instant(unix: float) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=float(unix))
