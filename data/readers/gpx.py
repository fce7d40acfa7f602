"""GPX tracks with heart rate, cadence, temperature, power and speed extensions, as every platform exports them.

Parsed with the standard library rather than gpxpy: gpxpy refuses a whole file for one point without a
position, changes the process's XML namespaces from what a file says, and takes three times as long; the
tests hold it against gpxpy.
"""

from __future__ import annotations

from xml.etree import ElementTree

from ..errors import InputError
from ..recording import NotAnActivity, Recording, sport_of
from .table_sports import named_sport
from .xml_points import check_xml, elements, local_name, recording_of, texts

_WANTED = {
    "time": "time",
    "ele": "altitude_m",
    "speed": "speed_mps",
    "hr": "hr_bpm",
    "heartrate": "hr_bpm",
    "cad": "cadence_spm",
    "cadence": "cadence_spm",
    "runcadence": "cadence_spm",
    "atemp": "temperature_c",
    "temp": "temperature_c",
    "temperature": "temperature_c",
    "power": "power_w",
    "powerinwatts": "power_w",
    "watts": "power_w",
}
# Strava writes the number of its own activity type, from before it wrote words.
_STRAVA = {"1": "cycling", "4": "walking", "9": "running", "10": "walking", "16": "swimming"}


def read_gpx(data: bytes, name: str) -> list[Recording]:
    """Read the tracks of a GPX file; nothing is cleaned.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        What to call it in messages.

    Returns
    -------
    list of Recording
        One a track; segments of a track are one recording with pauses between them.

    Raises
    ------
    NotAnActivity
        Routes or waypoints without a track.
    InputError
        Broken XML, a track without times or without points.
    """
    rows: list[dict[str, str]] = []
    recordings: list[Recording] = []
    others: set[str] = set()
    creator, tracks, points, no_place = "", 0, 0, 0
    for kind, element in elements(check_xml(data, name)):
        if kind == "trkpt":
            row = texts(element, _WANTED)
            if "lat" in element.attrib and "lon" in element.attrib:
                row["latitude_deg"], row["longitude_deg"] = element.attrib["lat"], element.attrib["lon"]
            else:
                no_place += 1
            rows.append(row)
            points += 1
            element.clear()
        elif kind == "trk":
            tracks += 1
            if any("time" in row for row in rows):
                recordings += _track(element, rows, no_place)
            rows, no_place = [], 0
            element.clear()
        elif kind in ("wpt", "rtept"):
            others.add({"wpt": "waypoints", "rtept": "a route"}[kind])
            element.clear()
        elif kind == "gpx":
            creator = element.get("creator", "")
    timed = sum(recording.n_records for recording in recordings)
    if timed < points / 2:
        what = f"{points - timed} of its {points} points have no time: it is a route, not a recording"
        raise InputError(what, file=name, mend="export the activity with times")
    if not recordings:
        if others and not tracks:
            raise NotAnActivity(" and ".join(sorted(others)), file=name)
        raise InputError("its track has no points", file=name)
    for number, recording in enumerate(recordings):
        _name_sport(recording, creator)
        recording.leg = number
    return recordings


def _track(track: ElementTree.Element, rows: list[dict[str, str]], no_place: int) -> list[Recording]:
    """Return a track's recording, if any of its times can be read; its sport is still the file's own word."""
    words = {local_name(e): (e.text or "").strip() for e in track if local_name(e) in ("type", "name")}
    word = words.get("type", "")
    if not word and sport_of(words.get("name", "").partition(" ")[0]):
        word = words["name"].partition(" ")[0]  # Runkeeper writes "Running 5/26/16 10:08 am"
    return recording_of(rows, word, "gpx", no_place)


def _name_sport(recording: Recording, creator: str) -> None:
    word = recording.sport
    sport = sport_of(word) or (_STRAVA.get(word) if creator.startswith("Strava") else None)
    recording.sport = sport or named_sport(word, recording.notes)
