"""Strava's bulk export: ``activities.csv``, one line a recorded activity, and the files that it names.

What the file does not say, and how it is taken here:

- Headings stand twice: the second *Elapsed Time* and *Distance* are plain seconds and metres; the first
  distance is in kilometres, as a person of that language writes them (a swim's in metres).
- Headings are translated, or left as an untranslated ``<span>`` that holds the name's key. The order of the
  columns is the same in every language, and only one pair of headings comes back three places apart:
  elapsed time and distance. Where they come back begins the block of plain numbers.
- Dates are UTC, whatever the language writes. The local day needs the time zone of the athlete.
- A run's cadence counts one leg, as the devices write it.
- Weather is that of the hour of the start; humidity is a share of 1.

Titles, descriptions and notes are never read into a table.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd

from ..imports import Imported, ImportReport
from ..names import counted
from ..schema import ACTIVITIES, ATHLETES, WEATHER
from ..zones import time_zone
from .daily import tell_unknown_sports
from .strava_listing import Listing, read_listing
from .strava_words import SPORTS, plain, when
from .tabular import Progress, dated_ids, empty_impossible, silent

_FILE = re.compile(r"\.(fit|gpx|tcx)(\.gz)?$", re.IGNORECASE)
_ON_FOOT = ("running", "walking")
_ONE_LEG_SPM = 120.0  # nobody runs with fewer steps of both legs a minute, or more of one


def read_strava(
    path: Path, *, athlete: str, timezone: str | None = None, progress: Progress = silent
) -> Imported:
    """Read the list of activities of a Strava bulk export.

    The activity files beside it are not read here.

    Parameters
    ----------
    path : Path
        The export's folder or zip archive, or its ``activities.csv``.
    athlete : str
        Whose it is.
    timezone : str, optional
        IANA name of the home time zone, for the local day. UTC days where it is not given.
    progress : callable, optional
        Called as ``progress(done, total, what)``.

    Returns
    -------
    Imported
        Athletes, activities, and the weather that Strava noted at their starts.

    Raises
    ------
    InputError
        Not a list of activities, broken CSV, dates that can be read two ways, an unknown time zone.
    """
    zone = time_zone(timezone) if timezone else None
    listing = read_listing(path)
    report = ImportReport("strava")
    progress(0, len(listing.rows), listing.file.name)
    activities = _activities(listing, athlete, zone, report)
    weather = _weather(listing, activities, report)
    activities["place_id"] = activities["activity_id"].where(
        activities["activity_id"].isin(weather["place_id"])
    )
    kept = activities.drop(columns="row")
    _tell_files(path, listing, report)
    progress(len(listing.rows), len(listing.rows), "done")
    tables = {
        "athletes": _athlete(listing, athlete, timezone, report),
        "activities": kept,
        "weather": weather,
    }
    return Imported("own", tables, report)


def _file_names(cells: Iterable[str]) -> list[str]:
    """Return the names of activity files that stay inside the export."""
    names = []
    for cell in cells:
        name = PurePosixPath(cell.replace("\\", "/"))
        inside = not name.is_absolute() and ".." not in name.parts and ":" not in cell
        if inside and _FILE.search(name.name):
            names.append(str(name))
    return names


def _tell_files(path: Path, listing: Listing, report: ImportReport) -> None:
    named = [cell for cell in listing.text("file") if cell]
    sound = _file_names(named)
    if len(sound) < len(named):
        report.note(
            f"{counted(len(named) - len(sound), 'file name')} passed over: no activity file, or outside the export"
        )
    if sound and not zipfile.is_zipfile(path):
        there = len({name for name in sound if (listing.file.parent / name).is_file()})
        report.note(f"{len(sound)} activity files are named, {there} of them are there")


def _numbers(text: pd.Series) -> pd.Series:
    """Return numbers as any of the languages writes them; NaN for what is none."""
    cells = text.str.replace(r"[\s'\u2019]", "", regex=True)
    both = cells.str.contains(",", regex=False) & cells.str.contains(".", regex=False)
    comma_last = cells.str.rfind(",") > cells.str.rfind(".")
    cells = cells.mask(both & comma_last, cells.str.replace(".", "", regex=False))
    cells = cells.mask(both & ~comma_last, cells.str.replace(",", "", regex=False))
    cells = cells.str.replace(",", ".", regex=False)
    values = pd.to_numeric(cells, errors="coerce").astype("float64")
    return values.where(np.isfinite(values))


def _activities(listing: Listing, athlete: str, zone: object, report: ImportReport) -> pd.DataFrame:
    """Return the activities that count, with the `row` of the listing that each is from."""
    start = when(list(listing.text("date")), listing.file, listing.lines)
    sport = _sports(listing, report)
    elapsed = _numbers(listing.text("elapsed")).fillna(_numbers(listing.text("elapsed_shown")))
    cadence = _numbers(listing.text("cadence")).where(sport.isin(_ON_FOOT))
    effort, energy = _numbers(listing.text("effort")), _numbers(listing.text("energy"))
    frame = pd.DataFrame(
        {
            "row": np.arange(len(listing.rows)),
            "number": listing.text("id"),
            "athlete_id": athlete,
            "day": (start.dt.tz_convert(zone) if zone else start).dt.tz_localize(None).dt.normalize(),
            "start_time": start,
            "sport": sport,
            "duration_s": elapsed,
            "moving_time_s": _numbers(listing.text("moving")),
            "distance_m": _metres(listing, sport),
            "ascent_m": _numbers(listing.text("ascent")),
            "descent_m": _numbers(listing.text("descent")),
            "hr_mean_bpm": _numbers(listing.text("hr_mean")),
            "hr_max_bpm": _numbers(listing.text("hr_max")),
            "cadence_mean_spm": cadence.mask(cadence < _ONE_LEG_SPM, 2.0 * cadence),
            "steps": _numbers(listing.text("steps")),
            "energy_kcal": energy.where(energy > 0),  # 0 is not measured: no one burns nothing
            "session_rpe": effort.where(effort > 0),  # Strava's scale begins at 1
            "temperature_mean_c": _numbers(listing.text("temperature")),
            "shoe_id": [
                shoe if s in _ON_FOOT else None
                for s, shoe in zip(sport, map(_slug, listing.text("gear")), strict=True)
            ],
            "source": "strava",
        }
    ).astype({"shoe_id": "str"})
    kept = _kept(frame, listing, report)
    if not zone:
        report.note("days are UTC days: give the time zone if runs start near midnight there")
    kept.insert(0, "activity_id", dated_ids(f"{athlete}-strava", kept["start_time"]))
    return empty_impossible(kept.drop(columns="number"), ACTIVITIES, report)


def _kept(frame: pd.DataFrame, listing: Listing, report: ImportReport) -> pd.DataFrame:
    """Return the activities with a date, each once, in order of time; count every line of the listing."""
    undated = frame["start_time"].isna()
    again = ~undated & (frame["number"] != "") & frame["number"].duplicated()
    sound = frame[~undated & ~again].sort_values(["start_time", "number"], kind="stable", ignore_index=True)
    kept = _once(sound)
    report.count("activities", len(frame) + len(listing.uneven), len(kept))
    report.leave_out(
        "activities",
        "uploaded twice: joined with the line of same start, sport and length",
        len(sound) - len(kept),
    )
    lines = np.array(listing.lines, dtype=int)
    for reason, rows in (
        ("no date that can be read", lines[undated.to_numpy()]),
        ("the same activity stands twice", lines[again.to_numpy()]),
        ("a line cut off or with extra cells", np.array(listing.uneven, dtype=int)),
    ):
        report.leave_out(
            "activities", reason, len(rows), f"{listing.file.name}, line {rows[0]}" if len(rows) else ""
        )
    return kept


def _once(activities: pd.DataFrame) -> pd.DataFrame:
    """Return activities with those of same start, sport and length made one; the later line fills gaps."""
    same = ["start_time", "sport", "duration_s", "distance_m"]
    whole = activities.groupby(same, dropna=False, sort=False, as_index=False).first()
    return whole[activities.columns].sort_values(["start_time", "number"], kind="stable", ignore_index=True)


def _metres(listing: Listing, sport: pd.Series) -> pd.Series:
    """Return metres: the plain column, else the one for people, which is in kilometres but for swims."""
    shown = _numbers(listing.text("distance_shown")) * np.where(sport == "swimming", 1.0, 1000.0)
    if listing.columns.get("distance") == listing.columns.get("distance_shown"):
        return shown
    return _numbers(listing.text("distance")).fillna(shown)


def _sports(listing: Listing, report: ImportReport) -> pd.Series:
    """Return canonical sports from the plain type where there is one, else from the translated one."""
    shown, exact = listing.text("type"), listing.text("sport_type")
    found = [
        SPORTS.get(plain(e).replace(" ", "")) or SPORTS.get(plain(s).replace(" ", ""))
        for s, e in zip(shown, exact, strict=True)
    ]
    tell_unknown_sports((s for s, f in zip(shown, found, strict=True) if f is None), report)
    return pd.Series([f or "other" for f in found], dtype="str")


def _slug(gear: str) -> str | None:
    """Return a short name for a shoe; a hash where nothing of it is left in plain letters.

    >>> _slug("Saucony Kinvara 14 (blue)")
    'saucony-kinvara-14-blue'
    """
    if not gear:
        return None
    slug = re.sub(r"[^a-z0-9]+", "-", plain(gear)).strip("-")
    if 0 < len(slug) <= 32:
        return slug
    return f"{slug[:24]}-{hashlib.blake2b(gear.encode(), digest_size=3).hexdigest()}".strip("-")


def _weather(listing: Listing, activities: pd.DataFrame, report: ImportReport) -> pd.DataFrame:
    """Return the weather at each start, under a place of the activity's own."""
    humidity = _numbers(listing.text("humidity"))
    every = pd.DataFrame(
        {
            "temperature_c": _numbers(listing.text("weather_temperature")),
            "relative_humidity_pct": humidity.mask(humidity <= 1.0, 100.0 * humidity),
            "wind_speed_mps": _numbers(listing.text("wind")),
            "pressure_hpa": _numbers(listing.text("pressure")),
        }
    )
    weather = every.iloc[activities["row"]].reset_index(drop=True)
    weather.insert(0, "place_id", activities["activity_id"])
    weather.insert(1, "time", activities["start_time"].dt.floor("h"))
    told = weather["temperature_c"].notna()
    report.count("weather", int(told.sum()), int(told.sum()))
    return empty_impossible(weather[told].reset_index(drop=True), WEATHER, report)


def _athlete(listing: Listing, athlete: str, timezone: str | None, report: ImportReport) -> pd.DataFrame:
    mass = _numbers(listing.text("weight")).dropna()
    frame = pd.DataFrame(
        {"athlete_id": [athlete], "mass_kg": [mass.iloc[-1] if len(mass) else np.nan], "source": "strava"}
    )
    report.count("athletes", 1, 1)
    if timezone:
        frame["timezone"] = timezone
    return empty_impossible(frame, ATHLETES, report)
