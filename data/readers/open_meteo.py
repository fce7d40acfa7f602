"""Weather of one place, by the hour, as Open-Meteo's archive gives it: CSV with a preamble, or JSON.

Times are local at the file's one offset from UTC (``utc_offset_seconds``, the same in summer and winter), or
Unix seconds in UTC. Radiation is the mean of the hour that ends at the time given, the rest is of that moment.
Coordinates and elevation serve to compute WBGT, and like the name of the time zone they are not kept: the place is the word that
the caller gives it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import InputError
from ..imports import Imported, ImportReport
from ..schema import WEATHER
from .site_heat import Site, with_wbgt
from .text import Delimited, decode, read_delimited

ATTRIBUTION = "Weather data by Open-Meteo.com, CC BY 4.0"
# variable: canonical column
_VARIABLES = {
    "temperature_2m": "temperature_c",
    "relative_humidity_2m": "relative_humidity_pct",
    "relativehumidity_2m": "relative_humidity_pct",
    "wind_speed_10m": "wind_speed_mps",
    "windspeed_10m": "wind_speed_mps",
    "shortwave_radiation": "solar_radiation_wm2",
    "surface_pressure": "pressure_hpa",
}
# canonical column: unit as the file writes it: (factor, offset)
_UNITS: dict[str, dict[str, tuple[float, float]]] = {
    "temperature_c": {"\N{DEGREE SIGN}C": (1, 0), "\N{DEGREE SIGN}F": (5 / 9, -160 / 9)},
    "relative_humidity_pct": {"%": (1, 0)},
    "wind_speed_mps": {
        "m/s": (1, 0),
        "km/h": (1 / 3.6, 0),
        "mp/h": (0.44704, 0),
        "mph": (0.44704, 0),
        "kn": (1852 / 3600, 0),
    },
    "solar_radiation_wm2": {"W/m\N{SUPERSCRIPT TWO}": (1, 0), "W/m2": (1, 0)},
    "pressure_hpa": {"hPa": (1, 0)},
}
_OFFSET = "utc_offset_seconds"
_HEADING = re.compile(r"(\w+)(?:\s*\((.*)\))?")
_LARGEST_OFFSET = 14 * 3600


def read_open_meteo(path: Path, *, place: str) -> Imported:
    """Read a CSV or JSON file of Open-Meteo's archive.

    Parameters
    ----------
    path : Path
        The file, with hourly values of one place.
    place : str
        What to call the place; activities with this ``place_id`` get its weather.

    Returns
    -------
    Imported
        Weather, a row an hour, in UTC, with WBGT where place, wind and sun are told.

    Raises
    ------
    InputError
        No hourly values, more than one place, no offset from UTC, a value in a unit that is not known.
    """
    if not place.strip():
        raise InputError("a place has no name", mend="give a word, such as home")
    text, _ = decode(path)
    report = ImportReport("open_meteo")
    sheet, site = _from_json(path, text) if text.lstrip()[:1] in ("{", "[") else _from_csv(path, text)
    weather = with_wbgt(_weather(sheet, report), site, report).assign(place_id=place.strip())
    sheet.tell(report, "weather")
    return Imported("own", {"weather": weather}, report, ATTRIBUTION)


def _from_csv(path: Path, text: str) -> tuple[Delimited, Site]:
    """Return the hourly block with the preamble's offset from UTC in a column of its own, and its site."""
    sheet = read_delimited(path, start=lambda row: row[0] == "time", end=lambda row: row[0] == "time")
    preamble = [line.split(",") for line in text.splitlines()[: sheet.heading_line - 1] if line.strip()]
    if len(preamble) < 2 or _OFFSET not in preamble[0]:
        raise InputError(f"has no preamble that tells {_OFFSET}", file=path, row=1, mend="fetch it anew")
    if len(preamble) > 2:
        mend = "fetch one place a file"
        raise InputError(f"holds {len(preamble) - 1} places", file=path, row=1, mend=mend)
    head = dict(zip(preamble[0], preamble[1], strict=False))
    sheet.frame[_OFFSET] = head.get(_OFFSET, "")
    return sheet, Site.told_by(head)


def _from_json(path: Path, text: str) -> tuple[Delimited, Site]:
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        row = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        raise InputError("is broken JSON", file=path, row=row, mend="fetch it anew") from None
    if isinstance(data, list):
        if len(data) != 1:
            raise InputError(f"holds {len(data)} places", file=path, mend="fetch one place a file")
        data = data[0]
    hourly = data.get("hourly") if isinstance(data, Mapping) else None
    if (
        not isinstance(hourly, Mapping)
        or not all(isinstance(v, list) for v in hourly.values())
        or "time" not in hourly
    ):
        raise InputError("holds no hourly values", file=path, mend="ask the archive for hourly variables")
    if len({len(v) for v in hourly.values()}) != 1:
        raise InputError("its hourly lists differ in length", file=path, mend="fetch it anew")
    units = data.get("hourly_units")
    units = units if isinstance(units, Mapping) else {}
    columns = {
        f"{k} ({units[k]})" if k in units and k != "time" else k: map(_cell, v) for k, v in hourly.items()
    }
    frame = pd.DataFrame({k: list(v) for k, v in columns.items()}, dtype="str")
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="line")
    frame[_OFFSET] = _cell(data.get(_OFFSET))
    return Delimited(path, frame), Site.told_by(data)


def _cell(value: Any) -> str:
    return "" if value is None else str(value)


def _weather(sheet: Delimited, report: ImportReport) -> pd.DataFrame:
    frame = pd.DataFrame({"time": _instants(sheet)})
    left = []
    for heading in sheet.frame.columns:
        match = _HEADING.fullmatch(heading)
        column = _VARIABLES.get(match.group(1)) if match else None
        if column is None:
            left += [heading] if heading not in ("time", _OFFSET) else []
            continue
        unit, known = match.group(2) if match else "", _UNITS[column]
        if unit not in known:
            raise InputError(
                f"column {heading!r} is in no unit that is known",
                file=sheet.path,
                row=sheet.heading_line,
                mend=f"one of {', '.join(known)}",
            )
        factor, offset = known[unit]
        values = sheet.numbers(heading) * factor + offset
        limits = WEATHER.column(column)
        # a night's radiation may come out a hair below 0
        values = (
            values.clip(lower=0).where(values > -1, values) if column == "solar_radiation_wm2" else values
        )
        wrong = (values < limits.low) | (values > limits.high)
        sheet.empty(heading, "impossible", wrong)
        frame[column] = values.mask(wrong)
    if len(frame.columns) == 1:
        mend = "fetch temperature_2m, relative_humidity_2m, wind_speed_10m, shortwave_radiation, surface_pressure"
        raise InputError(
            "holds none of the variables used here", file=sheet.path, row=sheet.heading_line, mend=mend
        )
    if left:
        report.note(f"columns left out: {', '.join(left)}")
    return _hours(sheet, frame, report)


def _hours(sheet: Delimited, frame: pd.DataFrame, report: ImportReport) -> pd.DataFrame:
    """Return the hours that tell anything, each once."""
    untimed = frame["time"].isna()
    blank = frame.drop(columns="time").isna().all(axis=1) & ~untimed
    again = frame["time"].where(~untimed & ~blank).duplicated() & ~untimed & ~blank
    kept = ~untimed & ~blank & ~again
    report.count("weather", len(frame), int(kept.sum()))
    for reason, where in (
        ("the time cannot be read", untimed),
        ("no value in this hour", blank),
        ("the same hour again", again),
    ):
        report.leave_out("weather", reason, int(where.sum()), sheet.example(where))
    return frame[kept]


def _instants(sheet: Delimited) -> pd.Series:
    cells, offsets = sheet.cells("time"), sheet.cells(_OFFSET)
    if cells.str.fullmatch(r"\d{9,11}").all() and len(cells):
        return pd.to_datetime(cells.astype("int64"), unit="s", utc=True).astype("datetime64[us, UTC]")
    offset = offsets.iloc[0] if len(offsets) else "0"
    if not re.fullmatch(r"-?\d{1,5}", offset) or abs(int(offset)) > _LARGEST_OFFSET:
        raise InputError(f"{_OFFSET} {offset!r} is no offset from UTC", file=sheet.path, mend="fetch it anew")
    local = pd.to_datetime(cells, format="ISO8601", errors="coerce", utc=True)
    return (local - pd.Timedelta(seconds=int(offset))).astype("datetime64[us, UTC]")
