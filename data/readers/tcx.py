"""TCX: Garmin's training centre files, also written by Polar, Suunto, Wahoo and Strava.

Laps give time, distance and energy, and the whole session where it has no points; where cadence counts one leg, as the format means it to, the clean-up
finds out, because not every writer keeps to that.
"""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree

import numpy as np

from ..errors import InputError
from ..recording import ON_FOOT, NotAnActivity, Recording, sport_of
from ..schema import FIRST_YEAR
from .table_sports import named_sport
from .xml_points import check_xml, elements, instants, local_name, number, recording_of, texts

_WANTED = {
    "time": "time",
    "latitudedegrees": "latitude_deg",
    "longitudedegrees": "longitude_deg",
    "altitudemeters": "altitude_m",
    "distancemeters": "distance_m",
    "value": "hr_bpm",  # of HeartRateBpm, the only element with one
    "runcadence": "cadence_spm",
    "cadence": "cadence_spm",
    "speed": "speed_mps",
    "watts": "power_w",
}
_LAP = {"totaltimeseconds": "moving_time_s", "distancemeters": "distance_m", "calories": "energy_kcal"}
_HEART = {"averageheartratebpm": "hr_mean_bpm", "maximumheartratebpm": "hr_max_bpm"}


def read_tcx(data: bytes, name: str) -> list[Recording]:
    """Read the activities of a TCX file; nothing is cleaned.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        What to call it in messages.

    Returns
    -------
    list of Recording
        One an activity, or one a leg of a multi-sport session.

    Raises
    ------
    NotAnActivity
        Courses or workouts without an activity.
    InputError
        Broken XML, an activity without times.
    """
    rows: list[dict[str, str]] = []
    laps: list[dict[str, float]] = []
    began = ""
    recordings: list[Recording] = []
    activities, others = 0, set()
    for kind, element in elements(check_xml(data, name)):
        if kind == "trackpoint":
            rows.append(texts(element, _WANTED))
            element.clear()
        elif kind == "lap":
            began = began or element.get("StartTime", "")
            laps.append(_lap(element))
            element.clear()
        elif kind == "activity":
            activities += 1
            if rows or laps:
                recordings += _activity(element, rows, laps, began)
            rows, laps, began = [], [], ""
            element.clear()
        elif kind in ("course", "workout"):
            others.add(kind)
            rows, laps, began = [], [], ""
            element.clear()
    if not recordings:
        if others and not activities:
            raise NotAnActivity(" and ".join(sorted(others)), file=name)
        raise InputError(
            "holds no activity with points or laps and times",
            file=name,
            mend="export the activity with times",
        )
    for leg, recording in enumerate(recordings):
        recording.leg = leg
    return recordings


def _activity(
    element: ElementTree.Element, rows: list[dict[str, str]], laps: list[dict[str, float]], began: str
) -> list[Recording]:
    word = element.get("Sport", "")
    notes: list[str] = []
    sport = sport_of(word) or named_sport(word, notes)
    began = began or texts(element, {"id": "time"}).get("time", "")  # an activity's id is its time
    found = recording_of(rows, sport, "tcx") or _of_laps(began, laps, sport)
    for recording in found:
        recording.notes += notes
        _add_totals(recording, laps)
    return found


def _of_laps(began: str, laps: list[dict[str, float]], sport: str) -> list[Recording]:
    """Return a session without points as its laps tell it; none where they tell no time."""
    seconds = np.array([lap.get("moving_time_s", np.nan) for lap in laps])
    found = recording_of([{"time": began}], sport, "tcx")
    if not found or not len(laps) or not np.isfinite(seconds).all():
        return []
    recording = found[0]
    recording.records = {"elapsed_s": np.empty(0)}
    starts = np.array([lap["start_s"] for lap in laps])
    told = starts >= datetime(FIRST_YEAR, 1, 1, tzinfo=UTC).timestamp()
    if told.any() and (starts < starts[told].min()).any():  # the clock was set in the middle of the session
        recording.start_time = datetime.fromtimestamp(starts[told].min(), UTC)
        recording.notes.append("laps of a clock that was not set count to the session of the others")
    elapsed = np.ptp(np.concatenate([starts[told], (starts + seconds)[told]])) if told.any() else 0.0
    recording.summary["duration_s"] = float(max(elapsed, seconds.sum()))
    lasting = seconds > 0
    for column in _HEART.values():
        beats = np.array([lap.get(column, np.nan) for lap in laps])[lasting]
        # 0 is not measured, and what some laps lack is not known of the whole
        if len(beats) and (beats > 0).all():
            whole = beats.max() if column == "hr_max_bpm" else np.average(beats, weights=seconds[lasting])
            recording.summary[column] = float(whole)
    recording.notes.append("holds laps and no points: the session is as its laps tell it")
    return [recording]


def _add_totals(recording: Recording, laps: list[dict[str, float]]) -> None:
    for column in ("moving_time_s", "distance_m", "energy_kcal", "steps"):
        told = [lap[column] for lap in laps if np.isfinite(lap.get(column, np.nan))]
        if told and len(told) == len(laps) and sum(told) > 0:
            recording.summary[column] = float(sum(told))
    told_both = [(lap.get("moving_time_s", np.nan), lap.get("distance_m", np.nan)) for lap in laps]
    recording.laps = told_both if np.isfinite(told_both).all() else []
    if recording.sport not in ON_FOOT:
        recording.summary.pop("steps", None)


def _lap(lap: ElementTree.Element) -> dict[str, float]:
    """Return a lap's own totals and start (Unix seconds); those of its points are not among its children."""
    totals = {_LAP[local_name(e)]: number(e.text) for e in lap if local_name(e) in _LAP}
    totals["start_s"] = float(instants([{"time": lap.get("StartTime", "")}])[0])
    for child in lap:
        if local_name(child) in _HEART:
            totals[_HEART[local_name(child)]] = number(texts(child, {"value": "hr"}).get("hr"))
        if local_name(child) == "extensions":
            steps = [number(e.text) for e in child.iter() if local_name(e) == "steps"]
            totals |= {"steps": steps[0]} if steps else {}
    return totals
