"""Proposing a map for a tidy table from its headings and values; what is not sure is left to its owner."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from ..schema import SPORTS
from .cells import ABSENT, parse_days, present
from .clocks import has_offset, in_utc, time_format
from .table_headings import Guessed, Headings
from .table_map import OPEN, columns_of
from .table_people import MOST_SESSIONS, of_several, rows_a_day, tells_apart
from .table_sports import REST, sport_meant
from .table_values import blanks, labels, may_rate, on_another_scale, scale_line, seen, unit_of
from .table_wide import ACROSS, answers_across, refuse_wide
from .text import Delimited, read_delimited
from .units import units_of

_MOST_LISTED = 12  # headings that may be fatigue
_EITHER_SIGN = r"[-+]?\d{1,3}[.,]\d{3}"


def guess_map(path: Path, table: Guessed | None = None) -> str:
    """Return a proposed map as TOML text, with "?" wherever the file does not tell.

    Headings and values tell columns, day, most units and the ends of scales. Which way a scale runs, they
    do not tell: importing with the map stops there until its owner has written it.

    Parameters
    ----------
    path : Path
        The CSV file.
    table : {"diary", "activities"}, optional
        What its rows are; by its headings where absent. A file that tells of both takes a map for each, and the diary's
        is proposed first where it tells of fatigue.

    Raises
    ------
    InputError
        A file that cannot be read, or that has a column a day or a week.
    """
    sheet = read_delimited(path)
    refuse_wide(list(sheet.frame.columns), path, sheet.heading_line)
    told = Headings.of(sheet)
    table = table or told.table
    used = _used(sheet, told, table)
    apart = table == "diary" and not (used or told.start or told.athlete)
    across = answers_across(sheet, told.date, told.named) if apart else None
    start = told.start if table == "activities" else None
    lines = [
        f"# Proposed for {json.dumps(path.name, ensure_ascii=False)}; look through it, fill in every {OPEN}, then import.",
        "[table]",
        f'name = "{table}"',
        *_who(sheet, told, used, table, across is not None),
        *_when(sheet, told.date),
        *_cells(sheet, used, table),
        *_zone(sheet, start),
        *_sport(used, table),
    ]
    if start:
        lines += ["", *_start_section(sheet, start)]
    if table == "diary" and across is None and "fatigue" not in used:
        lines += ["", *_fatigue_untold(sheet, _left(told, used, table))]
    for name, heading in used.items():
        lines += ["", *_section(sheet, name, heading, table)]
    if across is not None:
        lines += ["", *_across_section(across, sheet)]
        return "\n".join(lines) + "\n"
    if not used and not start:
        lines += ["", "# no column was understood"]
    return "\n".join([*lines, *_unused(told, used, table)]) + "\n"


def lacks_fatigue(proposed: str) -> bool:
    """Return whether a proposed map is of a diary that tells of no morning's fatigue, or not by which heading."""
    told = tomllib.loads(proposed)
    fatigue = told.get("columns", {}).get("fatigue", {})
    return bool(told["table"]["name"] == "diary" and fatigue.get("source", OPEN) == OPEN)


def _used(sheet: Delimited, told: Headings, table: Guessed) -> dict[str, str]:
    """Return the heading of each column that a table has."""
    offered = columns_of(table)
    used = {n: h for n, h in told.found.items() if n in offered}
    if "sport" in used and not any(
        sport_meant(word) in SPORTS for word in sheet.frame[used["sport"]].unique()
    ):
        del used["sport"]  # easy, long, tempo: kinds of sessions of one sport, which is asked
    if table == "diary" and told.of_sessions:
        used.pop("steps", None)  # a session's, not the day's
    return used


def _cells(sheet: Delimited, used: dict[str, str], table: Guessed) -> list[str]:
    """Return the lines on how cells are written: what stands for nothing, and the decimal sign where the file does not tell."""
    offered = columns_of(table)
    lines = blanks(sheet, [h for n, h in used.items() if offered[n][1].unit not in ("", "0/1")])
    if sheet.decimal == "?" and any(sheet.frame[h].str.fullmatch(_EITHER_SIGN).any() for h in used.values()):
        lines.append('decimal = "?"  # the file does not tell: "." or ","')
    return lines


def _sport(used: dict[str, str], table: Guessed) -> list[str]:
    """Return the question for the sport, where no column tells it."""
    if table != "activities" or "sport" in used:
        return []
    return [f'sport = "{OPEN}"  # no column tells it: one of {", ".join(SPORTS)}']


def _across_section(cells: pd.Series, sheet: Delimited) -> list[str]:
    """Return the section of a sheet with a column an athlete."""
    about = "canonical fatigue, 10 = exhausted; where the cells tell something else, its column instead"
    scale = scale_line("fatigue", "", cells, sheet)
    return [f"[columns.fatigue]  # {about}", f'source = "{ACROSS}"', scale]


def _fatigue_untold(sheet: Delimited, left: list[str]) -> list[str]:
    """Return the question for the one column without which there is no forecast; a remark where no column can be it."""
    why = "no heading says that it tells how tired one woke up, and without that there is no forecast"
    able = [h for h in left if may_rate(present(sheet.frame[h]))]
    if not able:
        return [f"# {why}"]
    shown = able[:_MOST_LISTED]
    more = f" and {len(able) - len(shown)} more" if len(able) > len(shown) else ""
    lines = [
        f"[columns.fatigue]  # canonical fatigue, 10 = exhausted: {why}",
        f'source = "{OPEN}"  # of {_listed(shown)}{more}? Where none tells it, take this section out',
    ]
    if len(able) == 1:
        cells = present(sheet.frame[able[0]])
        return [*lines, *labels(cells, sheet), scale_line("fatigue", able[0], cells, sheet)]
    about = "its ends; direction = 1 where the highest answer is the most tired, -1 where it is the freshest"
    return [*lines, f'scale = {{ min = 1, max = 5, direction = "{OPEN}" }}  # {about}']


def _other(told: Headings, table: Guessed) -> list[str]:
    """Return the headings that were understood as columns of the other table."""
    return [h for n, h in told.found.items() if n not in columns_of(table)]


def _left(told: Headings, used: dict[str, str], table: Guessed) -> list[str]:
    """Return the headings that no table has a use for."""
    taken = {told.date, told.athlete, *used.values(), *_other(told, table)}
    if table == "activities":
        taken.add(told.start)
    return [h for h in told.named if h not in taken]


def _unused(told: Headings, used: dict[str, str], table: Guessed) -> list[str]:
    """Return the remarks on headings of the other table, and on those of none."""
    left, other = _left(told, used, table), _other(told, table)
    lines = []
    if other:
        kind = "diary" if table == "activities" else "activities"
        about = f"# of the table {kind}, which takes a map of its own (--guess --as {kind}): {_listed(other)}"
        lines += ["", about]
    if left:
        lines += ["", "# not used: " + _listed(left)]
    return lines


def _who(sheet: Delimited, told: Headings, used: dict[str, str], table: Guessed, across: bool) -> list[str]:
    """Return the line of whose rows they are; open where the same days stand again and again and no heading is of names."""
    if across:
        return [f'athlete_column = "{ACROSS}"  # each other heading is an athlete']
    if told.athlete is not None:
        note = "# what stands there is kept: better a code than a name"
        return [f"athlete_column = {json.dumps(told.athlete, ensure_ascii=False)}  {note}"]
    days = _days_told(sheet, told.date, used)
    free = [h for h in told.named if h not in (told.date, told.start, *told.found.values())]
    names = [h for h in free if tells_apart(sheet.frame[h][days.index], days)]
    if names or (table == "diary" and of_several(days)) or rows_a_day(days) > MOST_SESSIONS:
        which = f", {_listed(names)}" if names else ""
        why = f"# days stand more than once: which heading tells whose row it is{which}?"
        return [f'athlete_column = "{OPEN}"  {why} Where all are one person\'s, athlete = "me" in its place']
    return ['athlete = "me"  # any short name for whose table this is']


def _days_told(sheet: Delimited, date: str | None, used: dict[str, str]) -> pd.Series:
    """Return the days of the rows that tell something."""
    if date is None:
        return pd.Series(pd.NaT, index=sheet.frame.index)
    told = [~sheet.frame[h].str.casefold().isin(list(ABSENT)) for h in used.values()]
    rows = pd.concat(told, axis=1).any(axis=1) if told else pd.Series(True, index=sheet.frame.index)
    days: pd.Series = parse_days(sheet.frame[date])[0][rows]
    return days


def _when(sheet: Delimited, date: str | None) -> list[str]:
    if date is None:
        return [f'date_column = "{OPEN}"  # no column of days was found']
    _, fitting = parse_days(sheet.frame[date])
    lines = [f"date_column = {json.dumps(date, ensure_ascii=False)}"]
    if len(fitting) == 1:
        lines.append(f'date_format = "{fitting[0]}"')
    elif fitting:
        choices = " or ".join(f'"{f}"' for f in fitting)
        lines.append(f'date_format = "{OPEN}"  # the day may come first or the month: {choices}')
    return lines


def _zone(sheet: Delimited, start: str | None) -> list[str]:
    """Return the question for the zone, where starts do not tell the day at home."""
    if start and not has_offset(sheet.frame[start]).all():
        return [f'timezone = "{OPEN}"  # by whose clock the starts are told, such as "Europe/Oslo"']
    if start and in_utc(sheet.frame[start]).any():
        return [
            f'timezone = "{OPEN}"  # the starts are in UTC: where they were, such as "Europe/Oslo", for their days'
        ]
    return []


def _start_section(sheet: Delimited, heading: str) -> list[str]:
    """Return the section of the start, so that sessions of one day are told apart and known again in other files."""
    about = columns_of("activities")["start_time"][1].about
    lines = [f"[columns.start_time]  # {about}", f"source = {json.dumps(heading, ensure_ascii=False)}"]
    _, fitting = parse_days(sheet.frame[heading])
    written = time_format(sheet.frame[heading], fitting) if len(fitting) < 2 else None
    if written is None:
        shape = f'such as "{fitting[0]} %H:%M"' if fitting else "in strptime's letters"
        return [*lines, f'format = "{OPEN}"  # how day and clock are written, {shape}']
    return [*lines, f'format = "{written}"'] if written else lines


def _section(sheet: Delimited, name: str, heading: str, table: str) -> list[str]:
    column = columns_of(table)[name][1]
    lines = [f"[columns.{name}]  # {column.about}", f"source = {json.dumps(heading, ensure_ascii=False)}"]
    cells = present(sheet.frame[heading])
    if column.unit == "0-10" and (name != "session_rpe" or on_another_scale(heading, cells, sheet)):
        return [*lines, *labels(cells, sheet), scale_line(name, heading, cells, sheet)]
    if column.kind == "text":
        words = sorted(cells.unique())[:20]
        pairs = ", ".join(
            f"{json.dumps(w, ensure_ascii=False)} = {json.dumps(sport_meant(w) or OPEN)}" for w in words
        )
        unsure = (
            f"  # {OPEN}: one of {', '.join(SPORTS)}, or {REST} where nothing was done"
            if OPEN in pairs
            else ""
        )
        return [*lines, f"values = {{ {pairs} }}{unsure}"] if words and name == "sport" else lines
    if len(units_of(column.unit)) == 1:
        return lines
    unit = unit_of(heading, cells, column.unit)
    if unit:
        return [*lines, f'unit = "{unit}"']
    choices = ", ".join(units_of(column.unit))
    return [*lines, f'unit = "{OPEN}"  # not told: one of {choices}{seen(cells, sheet)}']


def _listed(headings: Iterable[str]) -> str:
    return ", ".join(json.dumps(h, ensure_ascii=False) for h in headings)
