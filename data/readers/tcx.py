"""TCX: Garmin's training centre files, also written by Polar, Suunto, Wahoo and Strava.

Laps give time, distance and energy; where cadence counts one leg, as the format means it to, the clean-up
finds out, because not every writer keeps to that.
"""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np

from ..errors import InputError
from ..recording import ON_FOOT, NotAnActivity, Recording, sport_of
from .table_sports import named_sport
from .xml_points import check_xml, elements, local_name, number, recording_of, texts

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
        Broken XML, an activity without points or times.
    """
    rows: list[dict[str, str]] = []
    laps: list[dict[str, float]] = []
    recordings: list[Recording] = []
    activities, others = 0, set()
    for kind, element in elements(check_xml(data, name)):
        if kind == "trackpoint":
            rows.append(texts(element, _WANTED))
            element.clear()
        elif kind == "lap":
            laps.append(_lap(element))
            element.clear()
        elif kind == "activity":
            activities += 1
            if rows:
                recordings += _activity(element, rows, laps)
            rows, laps = [], []
            element.clear()
        elif kind in ("course", "workout"):
            others.add(kind)
            rows, laps = [], []
            element.clear()
    if not recordings:
        if others and not activities:
            raise NotAnActivity(" and ".join(sorted(others)), file=name)
        raise InputError(
            "holds no activity with points and times", file=name, mend="export the activity with times"
        )
    for leg, recording in enumerate(recordings):
        recording.leg = leg
    return recordings


def _activity(
    element: ElementTree.Element, rows: list[dict[str, str]], laps: list[dict[str, float]]
) -> list[Recording]:
    word = element.get("Sport", "")
    notes: list[str] = []
    found = recording_of(rows, sport_of(word) or named_sport(word, notes), "tcx")
    for recording in found:
        recording.notes += notes
        _add_totals(recording, laps)
    return found


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
    """Return a lap's own totals; those of its points are not among its children."""
    totals = {_LAP[local_name(e)]: number(e.text) for e in lap if local_name(e) in _LAP}
    for extension in lap:
        if local_name(extension) == "extensions":
            steps = [number(e.text) for e in extension.iter() if local_name(e) == "steps"]
            totals |= {"steps": steps[0]} if steps else {}
    return totals
