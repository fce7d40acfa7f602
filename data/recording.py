"""One leg of a recorded activity between its file and the canonical tables."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import numpy as np
import pandas as pd

from .conform import conform
from .errors import InputError
from .imports import ImportReport
from .names import counted
from .schema import TABLES
from .zones import time_zone

RECORD_COLUMNS = tuple(n for n in TABLES["records"].names if n not in ("activity_id", "athlete_id"))
ACCOUNTS = frozenset({"polar"})
"""Sources whose recordings are those of an account's export, not files of single activities."""
_LOCATION = ("latitude_deg", "longitude_deg")
_NO_ZONE = (
    "times without a zone are read as UTC, which GPX asks for; where they are the clock's at home, import the files "
    "again with --local-clock (and --timezone, where the store does not remember it)"
)
ON_FOOT = frozenset({"running", "walking", "football"})

_SPORT_WORDS = {
    "running": "run running trail_running treadmill_running track_running trailrunning jogging virtualrun trailrun "
    "street_running indoor_running virtual_run ultra_run hardlopen",
    "cycling": "ride biking cycling bike mountain_biking road_biking indoor_cycling gravel_cycling virtual_ride "
    "virtualride ebikeride gravelride mountainbikeride e_biking cyclocross",
    "swimming": "swim swimming lap_swimming open_water_swimming openwaterswim pool_swim",
    "walking": "walk walking hike hiking casual_walking speed_walking",
    "strength": "strength strength_training weighttraining weight_training gym",
    "football": "soccer football futsal",
}
_SPORTS = {word: sport for sport, words in _SPORT_WORDS.items() for word in words.split()}


def sport_of(word: str | None) -> str | None:
    """Return the canonical sport for a file's own word, None where it is not known.

    Examples
    --------
    >>> sport_of("Trail Running"), sport_of("Biking"), sport_of("9")
    ('running', 'cycling', None)
    """
    return _SPORTS.get((word or "").strip().lower().replace(" ", "_"))


@dataclass
class Recording:
    """One leg of an activity, as its file gives it or cleaned.

    Parameters
    ----------
    sport : str
        In the canonical vocabulary.
    start_time : datetime
        UTC, aware. Where `clock_is_local`, the wall clock's reading with UTC put on.
    source : str
        "fit", "gpx", "tcx" or "polar".
    records : dict of str to ndarray
        Canonical record columns as float64 of one length, NaN where absent; ``elapsed_s`` is always there.
    summary : dict of str to float
        Canonical activity columns that the device gives, or that the clean-up fills.
    laps : sequence of (float, float)
        Seconds in motion and metres of each lap, in order, where the file tells them of every one.
    leg : int
        0, or the number of the leg of a multi-sport file.
    utc_offset_s : int, optional
        Seconds from UTC to local time, where the file tells it.
    clock_is_local : bool
        The file tells the local time only.
    zone_told : bool
        Whether its times are written with a zone, or the format has none but UTC. Where not, `start_time` is read as UTC.
    cadence_counts : {"both legs", "unknown"}
        Whether the format says what it counts.
    left_out : Counter
        Records that are no longer there, by reason.
    changed : Counter
        Values that were emptied or mended, by reason.
    notes : list of str
        What else is to be told.
    """

    sport: str
    start_time: datetime
    source: str
    records: dict[str, np.ndarray]
    summary: dict[str, float] = field(default_factory=dict)
    laps: Sequence[tuple[float, float]] = ()
    leg: int = 0
    utc_offset_s: int | None = None
    clock_is_local: bool = False
    zone_told: bool = True
    cadence_counts: str = "both legs"
    left_out: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    @property
    def n_records(self) -> int:
        """Number of records."""
        return len(self.records.get("elapsed_s", ()))

    def activity_id(self, athlete: str) -> str:
        """Return the same id for the same athlete, start second, sport and leg, whatever the file's bytes.

        Files that a watch or service writes of one recording are copies. What an account itself tells of a session
        holds more, as the effort that was felt: it has an id of its own, and is joined with a file instead of replaced.
        """
        second = int(self.start_time.timestamp())
        key = f"{athlete}\0{second}\0{self.sport}\0{self.leg}"
        key += f"\0{self.source}" if self.source in ACCOUNTS else ""
        return hashlib.blake2b(key.encode(), digest_size=8).hexdigest()


class NotAnActivity(InputError):  # noqa: N818 - it is told, not an error
    """The file is sound and holds something else: settings, monitoring, a weight.

    Parameters
    ----------
    kind : str
        What it holds instead.
    file : str or Path, optional
        The file.
    masses : list of (datetime, float, float)
        From a weight scale: instant, kilograms, body fat in percent (NaN where absent).
    foreign : bool
        Whether no watch or app for training wrote it: a photo, a note, a workbook.
    """

    def __init__(
        self,
        kind: str,
        *,
        file: str | Path | None = None,
        masses: Sequence[tuple[datetime, float, float]] = (),
        foreign: bool = False,
    ) -> None:
        super().__init__(f"not an activity: {kind}", file=file)
        self.kind = kind
        self.masses = list(masses)
        self.foreign = foreign


def to_tables(
    recordings: Iterable[Recording],
    athlete: str,
    timezone: str | None = None,
    *,
    keep_location: bool = False,
    report: ImportReport | None = None,
) -> dict[str, pd.DataFrame]:
    """Turn recordings of one athlete into the canonical tables.

    Parameters
    ----------
    recordings : iterable of Recording
        Of one athlete, cleaned; no two with the same `Recording.activity_id`.
    athlete : str
        Whose they are.
    timezone : str, optional
        IANA name of the time zone in which to find the day where a file does not tell; UTC where absent.
    keep_location : bool
        Keep coordinates; they are left out otherwise.
    report : ImportReport, optional
        Gets the account of every record and activity.

    Returns
    -------
    dict of str to DataFrame
        ``activities``, ``records``, and ``athletes`` where a time zone was given.
    """
    zone = time_zone(timezone) if timezone is not None else UTC
    account = report if report is not None else ImportReport("activities")
    kept = list(recordings)
    _tell(kept, account, timezone)
    tables = {
        "activities": _activities(kept, athlete, zone),
        "records": _records(kept, athlete, keep_location),
    }
    if timezone is not None:
        row = pd.DataFrame({"athlete_id": [athlete], "timezone": [timezone]})
        tables["athletes"] = conform(row, TABLES["athletes"])
    return tables


def masses_to_diary(
    masses: Iterable[tuple[datetime, float, float]], athlete: str, timezone: str | None = None
) -> pd.DataFrame:
    """Return a weight scale's measures as diary rows: the first possible one of each local day.

    Parameters
    ----------
    masses : iterable of (datetime with zone, float, float)
        When, body mass in kg, body fat in %; NaN where not measured.
    athlete : str
    timezone : str, optional
        By whose clock days begin; UTC where not given.
    """
    zone = time_zone(timezone) if timezone is not None else UTC
    rows = [(at.astimezone(zone).date(), mass, fat) for at, mass, fat in sorted(masses, key=lambda m: m[0])]
    frame = pd.DataFrame(rows, columns=["day", "mass_kg", "body_fat_pct"])
    for name in ("mass_kg", "body_fat_pct"):
        column = TABLES["diary"].column(name)
        frame[name] = frame[name].where(frame[name].between(column.low or 0.0, column.high or np.inf))
    frame["day"] = pd.to_datetime(frame["day"])
    frame = frame[frame["mass_kg"].notna()].drop_duplicates("day")
    return conform(frame.assign(athlete_id=athlete, source="fit"), TABLES["diary"])


def _tell(recordings: list[Recording], account: ImportReport, timezone: str | None) -> None:
    account.count("activities", len(recordings), len(recordings))
    kept = sum(r.n_records for r in recordings)
    account.count("records", kept + sum(r.left_out.total() for r in recordings), kept)
    changed: Counter[str] = Counter()
    told: Counter[str] = Counter()
    for r in recordings:
        for reason, n in r.left_out.items():
            account.leave_out("records", reason, n)
        changed.update(r.changed)
        told.update(set(r.notes))
        if timezone is None and r.utc_offset_s is None and not r.clock_is_local:
            told["the day is taken in UTC: neither the file nor --timezone tells the local time"] += 1
        if not r.zone_told and not r.clock_is_local:
            told[_NO_ZONE] += 1
    for reason, n in sorted(changed.items()):
        account.note(f"{reason}: {counted(n, 'value')}")
    for note, n in sorted(told.items()):
        account.note(note if n == 1 else f"{note}: {counted(n, 'activity', 'activities')}")


def _activities(recordings: list[Recording], athlete: str, zone: tzinfo) -> pd.DataFrame:
    rows = []
    for r in recordings:
        start = r.start_time
        if r.clock_is_local:
            local = start.replace(tzinfo=None)
            start = local.replace(tzinfo=zone).astimezone(UTC)
        elif r.utc_offset_s is not None:
            local = (start + timedelta(seconds=r.utc_offset_s)).replace(tzinfo=None)
        else:
            local = start.astimezone(zone).replace(tzinfo=None)
        rows.append(
            {
                "activity_id": r.activity_id(athlete),
                "athlete_id": athlete,
                "day": local.replace(hour=0, minute=0, second=0, microsecond=0),
                "start_time": start,
                "sport": r.sport,
                "source": r.source,
                **r.summary,
            }
        )
    return conform(pd.DataFrame(rows), TABLES["activities"])


def _records(recordings: list[Recording], athlete: str, keep_location: bool) -> pd.DataFrame:
    lengths = np.array([r.n_records for r in recordings], dtype=int)
    total = int(lengths.sum())
    ids = pd.Series([r.activity_id(athlete) for r in recordings], dtype="str")
    columns: dict[str, object] = {
        "activity_id": ids.take(np.repeat(np.arange(len(lengths)), lengths)).reset_index(drop=True),
        "athlete_id": pd.Series([athlete], dtype="str")
        .take(np.zeros(total, dtype=int))
        .reset_index(drop=True),
    }
    for name in RECORD_COLUMNS:
        if name in _LOCATION and not keep_location:
            continue
        if any(name in r.records for r in recordings):
            columns[name] = np.concatenate(
                [r.records.get(name, np.full(r.n_records, np.nan)) for r in recordings]
            )
    return conform(pd.DataFrame(columns), TABLES["records"])
