"""What readers of one person's exports share: a sheet and its account, one row a day, ratings, clocks, cadence, shoes."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from ..imports import Imported, ImportReport
from ..names import counted
from ..schema import DIARY, FatigueScale
from .tabular import Progress
from .text import Delimited, read_delimited

ONE_LEG_SPM = 130.0  # nobody runs or walks with fewer steps of both legs, nor more of one


def read_export(
    path: Path,
    source: str,
    progress: Progress,
    take: Callable[[Delimited, ImportReport], tuple[str, dict[str, pd.DataFrame]]],
) -> Imported:
    """Read one CSV file of an export, with the account that every such file gets.

    Parameters
    ----------
    path : Path
        The CSV file.
    source : str
        Whose export it is of.
    progress : callable
        Called as ``progress(done, total, file)``.
    take : callable
        Makes the canonical tables of the sheet and counts their rows; returns them after the table under
        which rows that were passed over are told.

    Raises
    ------
    InputError
        The file cannot be read, or `take` refuses it.
    """
    progress(0, 1, path.name)
    sheet = read_delimited(path)
    report = ImportReport(source)
    table, tables = take(sheet, report)
    sheet.tell(report, table)
    if not len(sheet):
        report.note(f"{path.name} holds a heading and no row")
    progress(1, 1, path.name)
    return Imported("own", tables, report)


def measured(sheet: Delimited, heading: str, low: float, high: float, factor: float = 1.0) -> pd.Series:
    """Return a column in which 0 means "not measured", times `factor`; what is impossible is emptied and counted.

    Parameters
    ----------
    sheet : Delimited
    heading : str
    low, high : float
        Least and most that can be true, in the unit of the result.
    factor : float
        From the file's unit to that of the result.
    """
    values = sheet.numbers(heading, 0, high, factor)
    values = values.where(values != 0)
    wrong = values < low
    sheet.empty(heading, "too low to be true", wrong)
    return values.mask(wrong)


def one_a_day(
    sheet: Delimited,
    day: pd.Series,
    told: pd.Series,
    report: ImportReport,
    table: str,
    silent: str,
    last: bool = True,
) -> pd.Series:
    """Return which rows to keep: with a day and told, one for each day; count the others.

    Parameters
    ----------
    sheet : Delimited
        Where the rows come from.
    day, told : Series
        Their days, NaT where none could be read, and whether they tell anything.
    report, table
        Where to count.
    silent : str
        The reason why a row that tells nothing is left out.
    last : bool
        Whether the last of a day's rows counts, or the first.
    """
    dated = day.notna()
    usable = dated & told
    again = day.where(usable).duplicated(keep="last" if last else "first") & usable
    report.count(table, len(day), int((usable & ~again).sum()))
    for reason, where in (
        ("the day cannot be read", ~dated),
        (silent, dated & ~told),
        ("an earlier row of the same day" if last else "a later answer on the same day", again),
    ):
        report.leave_out(table, reason, int(where.sum()), sheet.example(where))
    return usable & ~again


def rating_table(
    athlete: str | pd.Series, day: pd.Series, native: pd.Series, scale: FatigueScale, source: str
) -> pd.DataFrame:
    """Return ratings of one athlete, or of each row's, from answers on `scale`."""
    return pd.DataFrame(
        {
            "athlete_id": athlete,
            "day": day,
            "fatigue": scale.to_canonical(native.to_numpy()),
            "fatigue_native": native,
            "scale_min": float(scale.minimum),
            "scale_max": float(scale.maximum),
            "scale_direction": float(scale.direction),
            "source": source,
        }
    )


def in_zone(local: pd.Series, zone: str) -> pd.Series:
    """Return local times as UTC instants, NaT where the zone is unknown or the clock was put back or forward then."""
    try:
        aware = local.dt.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
    except (KeyError, ValueError, OSError):  # no such zone
        return pd.Series(pd.NaT, index=local.index, dtype="datetime64[us, UTC]")
    instants: pd.Series = aware.dt.tz_convert("UTC")
    return instants


def both_legs(cadence: pd.Series, sport: pd.Series, report: ImportReport) -> pd.Series:
    """Return steps per minute of both legs; tell how many cadences of one leg were doubled."""
    single = sport.isin(["running", "walking"]) & (cadence < ONE_LEG_SPM)
    if single.any():
        report.note(f"{counted(int(single.sum()), 'cadence')} of one leg doubled to steps of both")
    return cadence.where(~single, cadence * 2)


def shoe_ids(names: pd.Series) -> pd.Series:
    """Return a short code for each gear name, absent where blank: shoes are told apart, their names not kept."""
    code = {
        n: f"shoe-{hashlib.blake2b(n.encode(), digest_size=4).hexdigest()}" if n else np.nan
        for n in names.unique()
    }
    return names.map(code).astype("str")


def food_days(
    sheet: Delimited,
    day: pd.Series,
    nutrients: Mapping[str, pd.Series],
    meal: pd.Series | None,
    athlete: str,
    report: ImportReport,
) -> pd.DataFrame:
    """Return a food diary summed to days, impossible days left out.

    A nutrient that no row of a day tells is absent on that day. Rows are counted in `report`.

    Parameters
    ----------
    sheet : Delimited
        Where the rows come from.
    day : Series
        The rows' days, NaT where they are left out already.
    nutrients : mapping of str to Series
        Canonical diary column to the rows' values.
    meal : Series, optional
        The rows' meals; those with energy are counted.
    athlete : str
        Whose diary.
    report : ImportReport
        Gets the rows kept, and those of impossible days.
    """
    dated = day.notna()
    frame = pd.DataFrame(nutrients)[dated]
    days = frame.groupby(day[dated]).sum(min_count=1)
    first = pd.Series(frame.index, index=frame.index).groupby(day[dated]).first()
    if meal is not None:
        eaten = frame["energy_intake_kcal"] > 0
        days["meals"] = meal[dated][eaten].groupby(day[dated][eaten]).nunique().astype("float64")
    _kilojoules(days, report)
    most = DIARY.column("energy_intake_kcal").high or np.inf
    glut = days["energy_intake_kcal"] > most
    nothing = ~(days["energy_intake_kcal"] > 0) & ~(days.fillna(0) > 0).any(axis=1)
    kept = int(day.isin(days.index[~glut & ~nothing]).sum())
    report.count("diary", int(dated.sum()), kept)
    for reason, where in (
        (f"a day of more than {most:,.0f} kcal", glut),
        ("a day on which nothing was logged", nothing),
    ):
        rows = dated & day.isin(days.index[where])
        report.leave_out("diary", reason, int(rows.sum()), sheet.example(rows))
    days = days[~glut & ~nothing]
    for column in days:
        high = DIARY.column(str(column)).high or np.inf
        wrong = pd.Series((days[column] > high).to_numpy(), index=first.reindex(days.index).to_numpy())
        sheet.empty(str(column), f"more than {high:,.0f} in a day", wrong)
        days[column] = days[column].mask(days[column] > high)
    return days.rename_axis("day").reset_index().assign(athlete_id=athlete)


def _kilojoules(days: pd.DataFrame, report: ImportReport) -> None:
    """Empty the energy where it is four times what the nutrients give: kilojoules under the name of kilocalories."""
    atwater = 4 * days["carbohydrate_g"] + 4 * days["protein_g"] + 9 * days["fat_g"]
    ratio = (days["energy_intake_kcal"] / atwater.where(atwater > 200)).median()
    if 3.5 < ratio < 5.0:
        report.note(
            f"energy is {ratio:.1f} times what carbohydrate, protein and fat give: it looks like kilojoules, left empty"
        )
        days["energy_intake_kcal"] = np.nan


def tell_unknown_sports(words: Iterable[str], report: ImportReport) -> None:
    """Tell which words for sports, one an activity, are of none that is known, so that it is taken as 'other'."""
    unknown = Counter(words)
    if unknown:
        most = ", ".join(f"{word[:30]!r} ({n})" for word, n in unknown.most_common(5))
        report.note(f"{counted(unknown.total(), 'activity', 'activities')} taken as sport 'other': {most}")
