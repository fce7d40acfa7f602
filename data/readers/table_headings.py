"""Which heading of a tidy table tells what, by its words and by the cells below it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from .cells import parse_days, present
from .clocks import tells_starts
from .table_people import MOST_SESSIONS, rows_a_day, share_apart, tells_apart
from .table_values import ENDS, known_words
from .table_words import ASKING, ATHLETE, CODE, DATE, NAME, START, TIME, WORDS
from .text import Delimited

Guessed = Literal["diary", "activities"]
_ACTIVITY_ONLY = frozenset(
    ["sport", "duration_s", "distance_m", "ascent_m", "hr_mean_bpm", "hr_max_bpm", "session_rpe"]
)
# what a question may ask for by one word: "How tired are you?"; of sleep it may be the hours or how good it was
_ASKED = ("fatigue", "soreness_score", "stress_score", "mood_score", "readiness_score", "illness", "injury")
_UNIT_LAST = r" (kg|lbs?|g|mg|ml|l|km|mi|m|min|h|hrs?|hours|stunden|std|timer|timmar|uur|heures|horas|ore|s|bpm|ms|kcal|kj|units|score|rating)$"
_AS_PICTURE = "\ufe0f"  # follows a character that is to be drawn as a picture


@dataclass(frozen=True)
class Headings:
    """What the headings of a sheet were taken for.

    Parameters
    ----------
    named : list of str
        All headings that are not empty.
    date, athlete, start : str or None
        The heading of the day, of whose row it is, and of when a session began; None where no column tells it.
    found : dict of str to str
        The heading of each canonical column, of either table.
    of_sessions : bool
        Whether the rows tell of sessions rather than of days.
    """

    named: list[str]
    date: str | None
    athlete: str | None
    start: str | None
    found: dict[str, str]
    of_sessions: bool

    @classmethod
    def of(cls, sheet: Delimited) -> Headings:
        """Return what the headings of `sheet` seem to mean."""
        named = [h for h in sheet.frame.columns if h]
        date = _date(sheet, named)
        start = _start(sheet, named, date)
        found = _found(named, (date, start))
        _name_whether_drunk(found, sheet)
        telling = _ACTIVITY_ONLY & found.keys()
        of_sessions = len(telling) >= 2 or bool(telling and telling == found.keys())
        if telling:
            _name_spent(found)
        titled = of_sessions and "fatigue" not in found
        athlete = _athlete(sheet, [h for h in named if h not in (date, start, *found.values())], date, titled)
        return cls(named, date, athlete, start, found, of_sessions)

    @property
    def table(self) -> Guessed:
        """The table to propose first: of a sheet that tells of both the diary, for without ratings there is no forecast."""
        return "activities" if self.of_sessions and "fatigue" not in self.found else "diary"


def _athlete(sheet: Delimited, headings: list[str], date: str | None, titled: bool) -> str | None:
    """Return the heading that tells whose row it is: of several the one that tells the rows of a day apart best.

    Names are people's where sessions cannot have them as titles (`titled`) or each day is many people's, codes only where
    they recur and tell the rows of a day apart: a sheet may number its rows.
    """
    days = parse_days(sheet.frame[date])[0] if date else pd.Series(pd.NaT, index=sheet.frame.index)
    people = [h for h in headings if _called(h, ATHLETE)]
    names = [h for h in headings if _called(h, NAME)]
    if titled:
        of_many = rows_a_day(days) > MOST_SESSIONS
        names = [h for h in names if of_many or present(sheet.frame[h]).nunique() == 1]
    codes = [h for h in headings if _called(h, CODE) and tells_apart(sheet.frame[h], days)]
    offered = {h: share_apart(sheet.frame[h], days) for h in people or names or codes}
    return max(offered, key=lambda h: offered[h]) if offered else None


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
    cells = present(sheet.frame[heading])
    if len(cells) and known_words(cells) and not cells.isin(["0", "1"]).all():
        found["alcohol"] = found.pop("alcohol_g")


def _date(sheet: Delimited, headings: Iterable[str]) -> str | None:
    """Return the heading of the day: one so called, else the first whose cells all are days."""
    named = [h for h in headings if _called(h, DATE)]
    others = [h for h in headings if h not in named]
    for heading in [*named, *others]:
        days, fitting = parse_days(sheet.frame[heading])
        if fitting and days.notna().all() and (heading in named or "excel" not in fitting):
            return heading
    return named[0] if named else None


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


def _called(heading: str, words: str) -> bool:
    bare = _bare(heading)
    return any(re.fullmatch(words, text) for text in (bare, re.sub(_UNIT_LAST, "", bare)))


def _asks(heading: str, words: str) -> bool:
    """Return whether a heading is a question that holds one of the words, as those of forms are."""
    bare = _bare(heading)
    asks = "?" in heading or re.match(ASKING, bare) is not None
    return asks and re.search(rf"\b(?:{words})\b", bare) is not None


def _bare(heading: str) -> str:
    """Return a heading in lower case without what stands in brackets, ends of a scale and pictures, words parted by single spaces."""
    text = re.sub(r"[\(\[].*?[\)\]]", " ", unicodedata.normalize("NFC", heading))
    text = re.sub(ENDS, " ", text)
    text = "".join(c for c in text if unicodedata.category(c) != "So" and c != _AS_PICTURE)
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    text = re.sub(r"[_\-/.:?!]+", " ", text).casefold()
    return re.sub(r"\s+", " ", text).strip()
