"""SoccerMon: daily wellness and training load of two women's football teams.

Midoglu et al., Scientific Data 11, 553 (2024), data doi:10.5281/zenodo.10033832, CC BY 4.0. The subjective
part is one wide CSV a measure: the first column is the day (dd.mm.yyyy, under a heading that differs
from file to file), every other column one player, ``Team-uuid``.

Fatigue, mood, soreness, stress and sleep quality are scored 1-5 with **higher = better**; readiness 0-10.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import InputError
from ..imports import Imported, ImportReport
from ..names import nearest
from .daily import rating_table
from .pmsys import SCALE, scores
from .tabular import Progress, days, numbers, read_csv, silent

ATTRIBUTION = (
    "SoccerMon (Midoglu et al., Scientific Data 11, 553, 2024), doi:10.5281/zenodo.10033832, CC BY 4.0; "
    "scales reversed to 10 = worst for fatigue, soreness and stress."
)
_TIMEZONE = "Europe/Oslo"
_PLAYER = re.compile(r"^(Team[A-Za-z0-9]+)-([0-9A-Za-z-]+)$")
# measure: (file, least, greatest)
_WELLNESS: dict[str, tuple[str, float, float]] = {
    "fatigue": ("wellness/fatigue.csv", 1, 5),
    "mood": ("wellness/mood.csv", 1, 5),
    "readiness": ("wellness/readiness.csv", 0, 10),
    "sleep_duration": ("wellness/sleep_duration.csv", 0, 24),
    "sleep_quality": ("wellness/sleep_quality.csv", 1, 5),
    "soreness": ("wellness/soreness.csv", 1, 5),
    "stress": ("wellness/stress.csv", 1, 5),
}
_LOAD = ("training-load/daily_load.csv", 0.0, 20_000.0)


def read_soccermon(path: Path, progress: Progress = silent) -> Imported:
    """Read SoccerMon's subjective data.

    Parameters
    ----------
    path : Path
        The folder ``subjective``, or the one that holds it.
    progress : callable, optional
        Called as ``progress(done, total, file)``.

    Returns
    -------
    Imported
        Athletes, ratings, diary, and one activity for each day with a load. A load of 0 is rest or no
        report, which the data cannot tell apart: such a day has ``training_logged`` 1 only where the
        player answered the questionnaire.

    Raises
    ------
    InputError
        A folder without ``wellness/fatigue.csv``, a misspelt heading or day, a day or player twice, a
        value outside its scale.
    """
    root = path / "subjective" if (path / "subjective").is_dir() else path
    if not (root / _WELLNESS["fatigue"][0]).is_file():
        raise InputError(
            "is not SoccerMon's subjective data: subjective/wellness/fatigue.csv is not there",
            file=path,
            mend="give the folder that holds `subjective`",
        )
    report = ImportReport("soccermon")
    files = {**_WELLNESS, "load": _LOAD}
    wide: dict[str, pd.DataFrame] = {}
    for done, (measure, (name, low, high)) in enumerate(files.items()):
        progress(done, len(files), name)
        if (root / name).is_file():
            wide[measure] = _read_wide(root / name, low, high, wide.get("fatigue"))
        else:
            report.note(f"{name} is absent: {measure} is left empty")
    long = _stack(wide)
    tables = {
        "athletes": _athletes(long),
        "activities": _activities(long, report),
        "diary": _diary(long),
        "ratings": _ratings(long),
    }
    for table in ("ratings", "diary"):
        report.count(table, len(tables[table]), len(tables[table]))
    progress(len(files), len(files), "done")
    return Imported("soccermon", tables, report, ATTRIBUTION)


def _read_wide(path: Path, low: float, high: float, known: pd.DataFrame | None) -> pd.DataFrame:
    """Return one measure, indexed by day, a column a player."""
    text = read_csv(path)
    day_heading, *players = text.columns
    for player in players:
        if not _PLAYER.match(player) or (known is not None and player not in known):
            near = None if known is None else nearest(player, known.columns)
            mend = f"the nearest is {near!r}" if near else "headings read Team-uuid"
            raise InputError(f"column {player!r} is no known player", file=path, row=1, mend=mend)
    if not players:
        raise InputError("has no player's column", file=path, row=1)
    day = days(text, day_heading, path, "%d.%m.%Y", "31.01.2020")
    if day.duplicated().any():
        line = text.index[day.duplicated()][0]
        raise InputError(
            f"day {text[day_heading][line]} stands twice", file=path, row=line, mend="remove one"
        )
    cells = pd.DataFrame(
        {path.stem: pd.Series(text[players].to_numpy(dtype=object).ravel(), dtype="str")}
    ).set_axis(np.repeat(text.index.to_numpy(), len(players)))
    values = numbers(cells, path.stem, path, low, high).to_numpy().reshape(len(text), len(players))
    return pd.DataFrame(values, index=pd.Index(day, name="day"), columns=players)


def _stack(wide: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return one row a player and day of any file, with a column a measure."""
    every_day = pd.DatetimeIndex(sorted(set().union(*(f.index for f in wide.values()))))
    players = wide["fatigue"].columns
    names = _short_names(list(players))
    long = pd.DataFrame(
        {
            "athlete_id": np.repeat(np.array(list(names.values()), dtype=object), len(every_day)),
            "group_id": np.repeat(np.array([p.split("-")[0] for p in players], dtype=object), len(every_day)),
            "day": np.tile(every_day.to_numpy(), len(players)),
        }
    )
    for measure in [*_WELLNESS, "load"]:
        frame = wide.get(measure)
        long[measure] = (
            np.nan if frame is None else frame.reindex(index=every_day, columns=players).to_numpy().T.ravel()
        )
    return long


def _short_names(players: list[str]) -> dict[str, str]:
    """Return ``TeamA-d7299614`` for ``TeamA-d7299614-fa73-...``; the full name where that is not unique."""
    short = {p: "-".join(p.split("-")[:2]) for p in players}
    taken = list(short.values())
    return {p: s if taken.count(s) == 1 else p for p, s in short.items()}


def _athletes(long: pd.DataFrame) -> pd.DataFrame:
    athletes = long[["athlete_id", "group_id"]].drop_duplicates(ignore_index=True)
    return athletes.assign(sex="female", timezone=_TIMEZONE, source="soccermon")


def _activities(long: pd.DataFrame, report: ImportReport) -> pd.DataFrame:
    told = long[long["load"].notna()]
    trained = told[told["load"] > 0]
    report.count("activities", len(told), len(trained))
    report.leave_out("activities", "load 0: rest, or no report", len(told) - len(trained))
    return pd.DataFrame(
        {
            "activity_id": trained["athlete_id"] + "-" + trained["day"].dt.strftime("%Y%m%d"),
            "athlete_id": trained["athlete_id"],
            "day": trained["day"],
            "sport": "football",
            "session_load_au": trained["load"],
            "source": "soccermon",
        }
    )


def _diary(long: pd.DataFrame) -> pd.DataFrame:
    answered = long[list(_WELLNESS)].notna().any(axis=1)
    return pd.DataFrame(
        {
            "athlete_id": long["athlete_id"],
            "day": long["day"],
            "sleep_h": long["sleep_duration"],
            **scores(long),
            "training_logged": (answered | (long["load"] > 0)).astype("float64"),
            "source": "soccermon",
        }
    )


def _ratings(long: pd.DataFrame) -> pd.DataFrame:
    rated = long[long["fatigue"].notna()]
    return rating_table(rated["athlete_id"], rated["day"], rated["fatigue"], SCALE, "soccermon")
