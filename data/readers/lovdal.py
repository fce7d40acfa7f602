"""The Dutch runners' days: training, exertion and recovery of 74 competitive runners over seven years.

Lovdal, den Hartigh and Azzopardi, "Injury Prediction in Competitive Runners With Machine Learning", IJSPP 2021,
data doi:10.34894/UWU9PV, CC0 1.0; column documentation of version 2. ``day_approach_maskedID_timeseries.csv`` has a
row an event (``Athlete ID``, ``Date``, ``injury``) with ten measures of each of the seven days before it: suffix ``.6`` is
the day before the event, no suffix is seven days before. Windows overlap, so a day stands in up to seven rows.

What the file does not say, and how it is taken here:

- ``Date`` counts days from the first record of all. Day 0 is put on 2012-01-01; weekdays and seasons mean nothing.
- Perceived recovery (0-1, "how well rested before the session") is a rating of that day, 1 = freshest. It
  is given before the session, which may be in the afternoon. Rest days carry -0.01 and have no rating.
- A training day with exactly 0 for exertion, success and recovery was not answered; nor was a recovery of 0
  by a person with whom it makes up more than a tenth of all answers.
- A day has one running activity with all its kilometres, however many sessions it had; exertion is that of the
  day's main session and goes to the run where there is one.
- The publishers took healthy events only from three weeks around which nobody was injured. So gaps between
  windows are not random: never learn from how much is missing.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from ..arrays import Floats, Whole
from ..errors import InputError
from ..imports import Imported, ImportReport
from ..names import counted
from ..schema import FatigueScale
from .cells import parse_numbers
from .daily import rating_table
from .tabular import Progress, silent
from .text import Delimited, read_delimited

ATTRIBUTION = (
    "Lovdal, den Hartigh & Azzopardi (IJSPP 2021), doi:10.34894/UWU9PV, CC0 1.0; windows unrolled into days, "
    "perceived recovery reversed to 10 = most tired."
)
SCALE = FatigueScale(0, 1, direction=-1)
ORIGIN = pd.Timestamp("2012-01-01")
FILE = "day_approach_maskedID_timeseries.csv"
WINDOW = 7
_SESSIONS, _KM, _STRENGTH, _HOURS = "nr. sessions", "total km", "strength training", "hours alternative"
_EXERTION, _SUCCESS, _RECOVERY = "perceived exertion", "perceived trainingSuccess", "perceived recovery"
# measure: greatest possible value; the least is 0, or -0.01 of what was perceived
_MEASURES = {
    _SESSIONS: 10.0,
    _KM: 300.0,
    "km Z3-4": 300.0,
    "km Z5-T1-T2": 300.0,
    "km sprinting": 300.0,
    _STRENGTH: 10.0,
    _HOURS: 24.0,
    _EXERTION: 1.0,
    _SUCCESS: 1.0,
    _RECOVERY: 1.0,
}
_PERCEIVED = [_EXERTION, _SUCCESS, _RECOVERY]
_EVENT = ("Athlete ID", "Date", "injury")
_ZERO_SHARE = 0.1


def read_lovdal(path: Path, progress: Progress = silent) -> Imported:
    """Read the day approach of the Lovdal runners' data.

    Parameters
    ----------
    path : Path
        ``day_approach_maskedID_timeseries.csv``, or the folder that holds it.
    progress : callable, optional
        Called as ``progress(done, total, step)``.

    Returns
    -------
    Imported
        Activities, diary (training logged, injury on the event's day) and ratings (0-1, higher = fresher).

    Raises
    ------
    InputError
        A missing column, a cell that is no number, a Git LFS pointer.
    """
    file = path / FILE if path.is_dir() else path
    if not file.is_file():
        raise InputError("is not the Lovdal data", file=path, mend=f"give the folder that holds {FILE}")
    report = ImportReport("lovdal2021")
    progress(0, 2, "reading")
    sheet = read_delimited(file, [*_EVENT, *(_heading(m, k) for k in range(WINDOW) for m in _MEASURES)])
    progress(1, 2, "unrolling")
    athlete, date = (_event_column(sheet, name).astype("int64") for name in _EVENT[:2])
    days = _unroll(sheet, athlete, date, report)
    days = _answered(days, report)
    days["athlete_id"] = "lovdal-" + days["athlete"].astype("str")
    days["day"] = _calendar(days["date"].to_numpy())
    tables = {
        "activities": _activities(days, report),
        "diary": _diary(sheet, days, athlete, date),
        "ratings": _ratings(days, report),
    }
    sheet.tell(report, "diary")
    progress(2, 2, "done")
    return Imported("lovdal2021", tables, report, ATTRIBUTION)


def _heading(measure: str, nth: int) -> str:
    return f"{measure}.{nth}" if nth else measure


def _calendar(days: Whole) -> pd.Series:
    return pd.Series(ORIGIN + pd.to_timedelta(days, unit="D"), dtype="datetime64[us]")


def _event_column(sheet: Delimited, name: str) -> Floats:
    values = _numbers(sheet, name)
    odd = (values != np.floor(values)) | (values < 0) | (values > 20_000)
    if odd.any():
        line = int(sheet.frame.index[int(np.flatnonzero(odd)[0])])
        raise InputError(f"{name} {sheet.cells(name)[line]!r} is no whole number", file=sheet.path, row=line)
    return values


def _numbers(sheet: Delimited, name: str) -> Floats:
    """Return a column's numbers, NaN where blank; InputError where a cell is no number."""
    cells = sheet.cells(name)
    values = parse_numbers(cells, sheet.decimal)
    bad = values.isna() & ((cells != "") | (name in _EVENT))
    if bad.any():
        line = int(cells.index[bad.to_numpy()][0])
        raise InputError(f"{name} {cells[line]!r} is not a number", file=sheet.path, row=line)
    return values.to_numpy()


def _unroll(sheet: Delimited, athlete: Whole, date: Whole, report: ImportReport) -> pd.DataFrame:
    """Return one row an athlete and day; the same day of several windows counts once, a contradicted one not at all."""
    parts = []
    for nth in range(WINDOW):
        part = pd.DataFrame({"athlete": athlete, "date": date - WINDOW + nth})
        for measure in _MEASURES:
            part[measure] = _numbers(sheet, _heading(measure, nth))
        parts.append(part)
    long = pd.concat(parts, ignore_index=True)
    blank = long[_SESSIONS].isna()
    told = long[~blank].drop_duplicates(ignore_index=True)
    contradicted = told.duplicated(["athlete", "date"], keep=False)
    days = told[~contradicted].sort_values(["athlete", "date"], ignore_index=True)
    lost = told[contradicted]
    lost_days = len(lost[["athlete", "date"]].drop_duplicates())
    report.count("diary", len(long), len(days))
    report.leave_out("diary", "number of sessions blank", int(blank.sum()))
    example = f"athlete {lost['athlete'].iloc[0]}, day {lost['date'].iloc[0]}" if len(lost) else ""
    report.leave_out("diary", "windows tell the same day differently", lost_days, example)
    again = len(long) - int(blank.sum()) - len(days) - lost_days
    report.leave_out("diary", "the same day in another window", again)
    return _possible(days, report)


def _possible(days: pd.DataFrame, report: ImportReport) -> pd.DataFrame:
    """Return the days with -0.01 as absent and impossible values emptied and counted."""
    for measure, most in _MEASURES.items():
        rest = np.isclose(days[measure], -0.01) if measure in _PERCEIVED else np.zeros(len(days), dtype=bool)
        wrong = ((days[measure] < 0) | (days[measure] > most)) & ~rest
        if wrong.any():
            report.note(f"{counted(int(wrong.sum()), 'value')} of {measure} outside 0 to {most:g} left empty")
        days[measure] = days[measure].mask(rest | wrong)
    return days


def _answered(days: pd.DataFrame, report: ImportReport) -> pd.DataFrame:
    """Return the days with forms that were not filled in emptied."""
    form = (days[_PERCEIVED] == 0).all(axis=1)
    if form.any():
        report.note(
            f"{counted(int(form.sum()), 'day')} with 0 for exertion, success and recovery taken as not answered"
        )
    days.loc[form, _PERCEIVED] = np.nan
    given = days[_RECOVERY].notna()
    share = (days[_RECOVERY] == 0)[given].groupby(days["athlete"][given]).mean()
    silent = (days[_RECOVERY] == 0) & days["athlete"].isin(share.index[share > _ZERO_SHARE])
    if silent.any():
        people = days["athlete"][silent].nunique()
        report.note(
            f"{counted(int(silent.sum()), 'recovery', 'recoveries')} of 0 taken as not answered ({counted(people, 'person', 'people')}, over a tenth of theirs)"
        )
    days[_RECOVERY] = days[_RECOVERY].mask(silent)
    return days


def _activities(days: pd.DataFrame, report: ImportReport) -> pd.DataFrame:
    """Return a run, a strength session and one of another kind for each day that had them."""
    runs, lifts, others = days[_KM] > 0, days[_STRENGTH] > 0, days[_HOURS] > 0
    unnamed = (days[_SESSIONS] > 0) & ~(runs | lifts | others)
    base = days[["athlete_id", "day", "date"]].assign(source="lovdal2021")
    exertion = days[_EXERTION] * 10.0
    parts = [
        base.assign(sport="running", distance_m=days[_KM] * 1000.0, session_rpe=exertion)[runs],
        base.assign(sport="other", duration_s=days[_HOURS] * 3600.0, session_rpe=exertion.mask(runs))[others],
        base.assign(sport="strength", session_rpe=exertion.mask(runs | others))[lifts],
        base.assign(sport="other", session_rpe=exertion)[unnamed],
    ]
    frame = pd.concat(parts, ignore_index=True)
    frame["activity_id"] = frame["athlete_id"] + "-" + frame.pop("date").astype("str") + "-" + frame["sport"]
    report.count("activities", len(frame), len(frame))
    several = int(((days[_SESSIONS] > 1) & runs).sum())
    if several:
        report.note(f"{counted(several, 'day')} with several sessions: their kilometres are one run")
    return frame


def _diary(sheet: Delimited, days: pd.DataFrame, athlete: Whole, date: Whole) -> pd.DataFrame:
    """Return a row for each day of a window, and for each event's day, which tells of an injury or none."""
    event = pd.DataFrame(
        {"athlete_id": athlete, "day": _calendar(date), "injury": _event_column(sheet, "injury")}
    )
    event["athlete_id"] = "lovdal-" + event["athlete_id"].astype("str")
    event["injury"] = event["injury"].clip(upper=1.0)
    event = event.groupby(["athlete_id", "day"], as_index=False).max()
    logged = days[["athlete_id", "day"]].assign(training_logged=1.0)
    return logged.merge(event, on=["athlete_id", "day"], how="outer").assign(source="lovdal2021")


def _ratings(days: pd.DataFrame, report: ImportReport) -> pd.DataFrame:
    rated = days[_RECOVERY].notna()
    report.count("ratings", len(days), int(rated.sum()))
    report.leave_out("ratings", "a rest day, or recovery not answered", int((~rated).sum()))
    told = days[rated]
    return rating_table(told["athlete_id"], told["day"], told[_RECOVERY], SCALE, "lovdal2021")
