"""Proposing a map for a tidy table from its headings and values; what is not sure is left to its owner."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import pandas as pd

from ..schema import SPORTS
from .cells import ABSENT, parse_days, parse_numbers
from .clocks import has_offset, in_utc, tells_starts, time_format
from .table_map import OPEN, columns_of
from .table_sports import REST, sport_meant
from .table_wide import ACROSS, answers_across, refuse_wide
from .table_words import ATHLETE, DATE, START, TIME, WORDS
from .text import Delimited, read_delimited
from .units import YES_NO, known_unit, tells_unit, units_of

Guessed = Literal["diary", "activities"]
_ACTIVITY_ONLY = frozenset(
    ["sport", "duration_s", "distance_m", "ascent_m", "hr_mean_bpm", "hr_max_bpm", "session_rpe"]
)
# what a question may ask for by one word: "How tired are you?"; of sleep it may be the hours or how good it was
_ASKED = ("fatigue", "soreness_score", "stress_score", "mood_score", "readiness_score", "illness", "injury")
_SCALES = ((1, 5), (1, 4), (0, 5), (1, 7), (0, 6), (1, 10), (0, 10), (0, 100))
# units that nobody writes otherwise, so that a heading need not tell them
_EITHER_SIGN = r"[-+]?\d{1,3}[.,]\d{3}"
_NO_HOURS = 12  # 38:10 is no run of 38 hours
_ENDS = r"\b(\d{1,3})\s*(?:-|\N{EN DASH}|to|bis|til)\s*(\d{1,3})\b"  # 1-10
_UNIT_LAST = r" (kg|lbs?|g|mg|ml|l|km|mi|m|min|h|hrs?|hours|stunden|std|timer|timmar|uur|heures|horas|ore|s|bpm|ms|kcal|kj|units|score|rating)$"
_AS_PICTURE = "\ufe0f"  # follows a character that is to be drawn as a picture
_OUT_OF = r"\s*/\s*(\d{1,3})$"  # 7/10
_USUAL = {"g": "g", "mg": "mg", "bpm": "bpm", "ms": "ms", "steps": "steps", "kcal": "", "0/1": ""}


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
    headings = [h for h in sheet.frame.columns if h]
    refuse_wide(list(sheet.frame.columns), path, sheet.heading_line)
    date = _date(sheet, headings)
    athlete = next((h for h in headings if _called(h, ATHLETE) and h != date), None)
    start = _start(sheet, headings, date)
    found = _found(headings, (date, athlete, start))
    _name_whether_drunk(found, sheet)
    of_sessions = _ACTIVITY_ONLY & found.keys()
    activity = len(of_sessions) >= 2 or bool(of_sessions and of_sessions == found.keys())
    if of_sessions:
        _name_spent(found)
    if (
        table is None
    ):  # of a sheet that tells of both, the ratings come first: without them there is no forecast
        table = "activities" if activity and "fatigue" not in found else "diary"
    offered = columns_of(table)
    used = {n: h for n, h in found.items() if n in offered}
    if "sport" in used and not any(
        sport_meant(word) in SPORTS for word in sheet.frame[used["sport"]].unique()
    ):
        del used["sport"]  # easy, long, tempo: kinds of sessions of one sport, which is asked
    across = None if used or start or athlete or table != "diary" else answers_across(sheet, date, headings)
    lines = [
        f"# Proposed for {json.dumps(path.name, ensure_ascii=False)}; look through it, fill in every {OPEN}, then import.",
        "[table]",
        f'name = "{table}"',
        *(
            _who(athlete)
            if across is None
            else [f'athlete_column = "{ACROSS}"  # each other heading is an athlete']
        ),
        *_when(sheet, date),
        *_blanks(sheet, [h for n, h in used.items() if offered[n][1].unit not in ("", "0/1")]),
    ]
    if sheet.decimal == "?" and any(sheet.frame[h].str.fullmatch(_EITHER_SIGN).any() for h in used.values()):
        lines.append('decimal = "?"  # the file does not tell: "." or ","')
    if table != "activities":
        start = None
    lines += _zone(sheet, start)
    if table == "activities" and "sport" not in used:
        lines.append(f'sport = "{OPEN}"  # no column tells it: one of {", ".join(SPORTS)}')
    if start:
        lines += ["", *_start_section(sheet, start)]
    for name, heading in used.items():
        lines += ["", *_section(sheet, name, heading, table)]
    if across is not None:
        about = "canonical fatigue, 10 = exhausted; where the cells tell something else, its column instead"
        told = [f"[columns.fatigue]  # {about}", f'source = "{ACROSS}"', _scale("fatigue", "", across, sheet)]
        return "\n".join([*lines, "", *told]) + "\n"
    if not used and not start:
        lines += ["", "# no column was understood"]
    if table == "diary" and activity:
        used.pop("steps", None)  # a session's, not the day's
    other = [h for n, h in found.items() if n not in offered]
    left = [h for h in headings if h not in (date, athlete, start, *used.values(), *other)]
    lines += _unused(table, other, left)
    return "\n".join(lines) + "\n"


def _found(headings: list[str], taken: tuple[str | None, ...]) -> dict[str, str]:
    """Return the heading of each column that one names, or else asks for."""
    found: dict[str, str] = {}
    for heading in headings:
        name = next((n for n, words in WORDS.items() if _called(heading, words) and n not in found), None)
        if name and heading not in taken:
            found[name] = heading
    for heading in headings:
        name = next((n for n in _ASKED if _asks(heading, WORDS[n]) and n not in found), None)
        if name and heading not in (*taken, *found.values()):
            found[name] = heading
    return found


def _name_spent(found: dict[str, str]) -> None:
    """Take energy beside the size of sessions for what they spent, unless its heading says that it was eaten."""
    heading = found.get("energy_intake_kcal")
    if heading and not re.search(
        r"eaten|intake|food|diet|gegessen|nahrung|ernährung|consum|ingeri|inntak", heading.casefold()
    ):
        del found["energy_intake_kcal"]
        found["energy_kcal"] = heading


def _name_whether_drunk(found: dict[str, str], sheet: Delimited) -> None:
    """Take alcohol that is told by yes and no for whether any was drunk."""
    heading = found.get("alcohol_g")
    if heading is None:
        return
    cells = sheet.frame[heading]
    cells = cells[~cells.str.casefold().isin(list(ABSENT))]
    if len(cells) and known_words(cells) and not cells.isin(["0", "1"]).all():
        found["alcohol"] = found.pop("alcohol_g")


def _zone(sheet: Delimited, start: str | None) -> list[str]:
    """Return the question for the zone, where starts do not tell the day at home."""
    if start and not has_offset(sheet.frame[start]).all():
        return [f'timezone = "{OPEN}"  # by whose clock the starts are told, such as "Europe/Oslo"']
    if start and in_utc(sheet.frame[start]).any():
        return [
            f'timezone = "{OPEN}"  # the starts are in UTC: where they were, such as "Europe/Oslo", for their days'
        ]
    return []


def _unused(table: str, other: list[str], left: list[str]) -> list[str]:
    """Return the remarks on headings of the other table, and on those of none."""
    lines = []
    if other:
        kind = "diary" if table == "activities" else "activities"
        told = f"# of the table {kind}, which takes a map of its own (--guess --as {kind}): {_listed(other)}"
        lines += ["", told]
    if left:
        lines += ["", "# not used: " + _listed(left)]
    return lines


def _listed(headings: Iterable[str]) -> str:
    return ", ".join(json.dumps(h, ensure_ascii=False) for h in headings)


def _bare(heading: str) -> str:
    """Return a heading in lower case without what stands in brackets, ends of a scale and pictures, words parted by single spaces."""
    text = re.sub(r"[\(\[].*?[\)\]]", " ", heading)
    text = re.sub(_ENDS, " ", text)
    text = "".join(c for c in text if unicodedata.category(c) != "So" and c != _AS_PICTURE)
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    text = re.sub(r"[_\-/.:?!]+", " ", text).casefold()
    return re.sub(r"\s+", " ", text).strip()


def _called(heading: str, words: str) -> bool:
    bare = _bare(heading)
    return any(re.fullmatch(words, text) for text in (bare, re.sub(_UNIT_LAST, "", bare)))


def _asks(heading: str, words: str) -> bool:
    """Return whether a heading is a question that holds one of the words, as those of forms are."""
    return "?" in heading and re.search(rf"\b(?:{words})\b", _bare(heading)) is not None


def _date(sheet: Delimited, headings: Iterable[str]) -> str | None:
    """Return the heading of the day: one so called, else the first whose cells all are days."""
    named = [h for h in headings if _called(h, DATE)]
    others = [h for h in headings if h not in named]
    for heading in [*named, *others]:
        days, fitting = parse_days(sheet.frame[heading])
        if fitting and days.notna().all() and (heading in named or "excel" not in fitting):
            return heading
    return named[0] if named else None


def _who(athlete: str | None) -> list[str]:
    if athlete is None:
        return ['athlete = "me"  # any short name for whose table this is']
    note = "# what stands there is kept: better a code than a name"
    return [f"athlete_column = {json.dumps(athlete, ensure_ascii=False)}  {note}"]


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


def _start(sheet: Delimited, headings: Iterable[str], date: str | None) -> str | None:
    """Return the heading that tells when a session began: a clock of its own, else the day's, where it has one."""
    clocks = [h for h in headings if h != date and tells_starts(sheet.frame[h])]
    named = [h for h in clocks if _called(h, START)]
    lasting = [h for h in headings if _called(h, WORDS["duration_s"])]
    if len(lasting) > 1:
        named += [h for h in clocks if _called(h, TIME)]
    if named:
        return named[0]
    return date if date and tells_starts(sheet.frame[date]) else None


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


def _blanks(sheet: Delimited, headings: Iterable[str]) -> list[str]:
    """Return the line of words that seem to stand for nothing: without a digit, in columns of mostly numbers."""
    words: set[str] = set()
    for heading in headings:
        cells = sheet.frame[heading]
        cells = cells[~cells.str.casefold().isin(list(ABSENT))]
        numeric = cells.str.contains(r"\d", regex=True)
        if numeric.mean() >= 0.5:
            words |= set(cells[~numeric])
    listed = ", ".join(json.dumps(w, ensure_ascii=False) for w in sorted(words)[:10])
    return [f"absent = [{listed}]  # read as: nothing told"] if words else []


def _section(sheet: Delimited, name: str, heading: str, table: str) -> list[str]:
    column = columns_of(table)[name][1]
    lines = [f"[columns.{name}]  # {column.about}", f"source = {json.dumps(heading, ensure_ascii=False)}"]
    cells = sheet.frame[heading]
    cells = cells[~cells.str.casefold().isin(list(ABSENT))]
    if column.unit == "0-10" and (name != "session_rpe" or _borg(heading, cells, sheet)):
        return [*lines, *_labelled(cells, sheet), _scale(name, heading, cells, sheet)]
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
    unit = _unit(heading, cells, column.unit)
    if unit:
        return [*lines, f'unit = "{unit}"']
    choices = ", ".join(units_of(column.unit))
    return [*lines, f'unit = "{OPEN}"  # not told: one of {choices}{_seen(cells, sheet)}']


def _seen(cells: pd.Series, sheet: Delimited) -> str:
    values = parse_numbers(cells, sheet.decimal).dropna()
    return f" (values from {values.min():g} to {values.max():g})" if len(values) else ""


def _ends(heading: str) -> tuple[float, float] | None:
    told = re.search(_ENDS, heading)
    return (float(told[1]), float(told[2])) if told and float(told[1]) < float(told[2]) else None


def _borg(heading: str, cells: pd.Series, sheet: Delimited) -> bool:
    """Return whether exertion is told on another scale than 0-10 or 1-10, as Borg's 6-20."""
    ends = _ends(heading)
    return (ends is not None and ends[1] != 10) or bool((parse_numbers(cells, sheet.decimal) > 10).any())


def _labelled(cells: pd.Series, sheet: Delimited) -> list[str]:
    """Return the line that turns answers with words into numbers: by the number that they begin with, else open."""
    plain = parse_numbers(cells.str.replace(rf"{_OUT_OF}|\s*%$", "", regex=True), sheet.decimal).notna()
    words = sorted(cells[~plain].unique())
    if not words or len(words) > 12:
        return []
    numbers = {
        w: m[1] if (m := re.match(r"(\d{1,3})\b(?! ?[-\N{EN DASH}] ?\d)", w)) else f'"{OPEN}"' for w in words
    }
    pairs = ", ".join(f"{json.dumps(w, ensure_ascii=False)} = {n}" for w, n in numbers.items())
    return [f"values = {{ {pairs} }}"]


def _scale(name: str, heading: str, cells: pd.Series, sheet: Delimited) -> str:
    """Return the scale's line: the ends by the heading, else by the values seen; the direction always open."""
    out_of = {float(top) for top in cells.str.extract(_OUT_OF)[0].dropna()}
    began = cells.str.extract(r"^(\d{1,3}(?:[.,]\d+)?)\b")[0].fillna("")
    values = parse_numbers(began, sheet.decimal).dropna()
    ends = _ends(heading)
    if ends is None and len(out_of) == 1:
        ends = (min(1.0, values.min()), out_of.pop())
    if ends is None and name == "session_rpe":
        ends = (6.0, 20.0)
    if not len(values):
        low, high = ends or (1, 5)
        return f'scale = {{ min = {low:g}, max = {high:g}, direction = "{OPEN}" }}  # no values were seen: correct the ends too'
    low, high = values.min(), values.max()
    if ends is None or not ends[0] <= low <= high <= ends[1]:
        ends = next(((a, b) for a, b in _SCALES if a == low and high == b), None)
    ends = ends or next(((a, b) for a, b in _SCALES if a <= low and high <= b), (low, high))
    return (
        f'scale = {{ min = {ends[0]:g}, max = {ends[1]:g}, direction = "{OPEN}" }}  '
        f"# values from {low:g} to {high:g}: correct the ends if they differ; direction = 1 where the highest answer is what "
        "10 means in the line above, -1 where it is the opposite"
    )


def _unit(heading: str, cells: pd.Series, target: str) -> str | None:
    """Return the unit by the heading, else by the way the values are written; None where neither tells."""
    bracketed = re.search(r"[\(\[]\s*(.*?)\s*[\)\]]", heading)
    told = [bracketed.group(1)] if bracketed else re.split(r"[_\s]+", heading)
    units = {unit for word in told if (unit := known_unit(word, target))}
    unit = units.pop() if len(units) == 1 else None
    if unit and not cells.str.contains(":", regex=False).any():
        return unit
    cells = cells[cells.str.contains(r"\d", regex=True)] if target != "0/1" else cells
    own = {tells_unit(cell, target) for cell in cells.unique()}
    if len(cells) and None not in own:
        return sorted(str(u) for u in own)[0]
    if target in ("h", "s") and len(cells):
        if target == "s" and cells.str.fullmatch(r"(\d{1,2}:)?\d{1,3}:\d{2}").all():
            firsts = cells[cells.str.count(":") == 1].str.split(":").str[0].astype("float64")
            if len(firsts) and firsts.median() >= _NO_HOURS:
                return "mm:ss"
        if cells.str.fullmatch(r"\d{1,3}:\d{2}:\d{2}([.,]\d+)?").all():
            return "h:mm:ss"
        if target == "h" and cells.str.fullmatch(r"\d{1,2}:\d{2}").all():
            return "h:mm"
        values = parse_numbers(cells, ",").dropna()
        if target == "h" and len(values) and 2 < values.median() < 14:
            return "h"
        if target == "h" and len(values) and 0.1 < values.median() < 0.7:
            return "days"  # as a spreadsheet keeps 7:30
    if target == "kcal" and re.search(r"calor|kalor|kcal", heading.casefold()):
        return "kcal"
    if target == "0/1" and len(cells):
        return "yes/no" if known_words(cells) else None
    return _USUAL.get(target) or None


def known_words(cells: pd.Series) -> bool:
    """Return whether all cells say yes or no in a way that needs no translation."""
    return bool(cells.str.casefold().isin(list(YES_NO)).all())
