"""How the cells of a tidy table are written: their unit, their scale, their words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

import pandas as pd

from .cells import parse_numbers, present
from .table_map import OPEN
from .text import Delimited
from .units import YES_NO, known_unit, tells_unit

ENDS = r"\b(\d{1,3})\s*(?:-|\N{EN DASH}|to|bis|til)\s*(\d{1,3})\b"
"""The ends of a scale in a heading: 1-10."""
_OUT_OF = r"\s*/\s*(\d{1,3})$"  # 7/10
_SCALES = ((1, 5), (1, 4), (0, 5), (1, 7), (0, 6), (1, 10), (0, 10), (0, 100))
_ANSWERS = 12  # words that are answers on a scale; more are remarks
_LEVELS = 7  # of a scale that is all words
_NO_HOURS = 12  # 38:10 is no run of 38 hours
# units that nobody writes otherwise, so that a heading need not tell them
_USUAL = {"g": "g", "mg": "mg", "bpm": "bpm", "ms": "ms", "steps": "steps", "kcal": "", "0/1": ""}


def known_words(cells: pd.Series) -> bool:
    """Return whether all cells say yes or no in a way that needs no translation."""
    return bool(cells.str.casefold().isin(list(YES_NO)).all())


def unit_of(heading: str, cells: pd.Series, target: str) -> str | None:
    """Return the unit by the heading, else by the way the values are written; None where neither tells."""
    bracketed = re.search(r"[\(\[]\s*(.*?)\s*[\)\]]", heading)
    told = [bracketed.group(1)] if bracketed else re.split(r"[_\s]+", heading)
    units = {unit for word in told if (unit := known_unit(word, target))}
    unit = units.pop() if len(units) == 1 else None
    clocks = cells.str.contains(":", regex=False)
    if unit and (not clocks.any() or (unit == "h" and not clocks.all())):
        return unit  # 7:30 among decimals is of hours too
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


def scale_line(name: str, heading: str, cells: pd.Series, sheet: Delimited) -> str:
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


def labels(cells: pd.Series, sheet: Delimited) -> list[str]:
    """Return the line that turns answers with words into numbers: by the number that they begin with, else open."""
    plain = parse_numbers(cells.str.replace(rf"{_OUT_OF}|\s*%$", "", regex=True), sheet.decimal).notna()
    words = sorted(cells[~plain].unique())
    if not words or len(words) > _ANSWERS:
        return []
    numbers = {
        w: m[1] if (m := re.match(r"(\d{1,3})\b(?! ?[-\N{EN DASH}] ?\d)", w)) else f'"{OPEN}"' for w in words
    }
    pairs = ", ".join(f"{json.dumps(w, ensure_ascii=False)} = {n}" for w, n in numbers.items())
    return [f"values = {{ {pairs} }}"]


def may_rate(cells: pd.Series) -> bool:
    """Return whether cells may be answers on a scale: mostly whole or half numbers to 100, or few words again and again.

    Examples
    --------
    >>> words, remarks = ["low", "mid", "high"] * 2, ["slept badly", "Oslo"]
    >>> [may_rate(pd.Series(cells)) for cells in (["3", "4/5"], words, ["7:30", "8:00"], ["3/5/2024"], remarks)]
    [True, True, False, False, False]
    """
    if not len(cells):
        return False
    numbers = cells.str.fullmatch(r"(\d{1,2}|100)([.,][05]0*)?(\s*/\s*\d{1,3}|\s*%|\s+\D+|[?+].*)?")
    words = not cells.str.contains(r"\d", regex=True).any() and 3 <= cells.nunique() <= _LEVELS
    return bool(numbers.mean() > 0.5) or (words and cells.nunique() <= len(cells) / 2)


def on_another_scale(heading: str, cells: pd.Series, sheet: Delimited) -> bool:
    """Return whether exertion is told on another scale than 0-10 or 1-10, as Borg's 6-20."""
    ends = _ends(heading)
    return (ends is not None and ends[1] != 10) or bool((parse_numbers(cells, sheet.decimal) > 10).any())


def _ends(heading: str) -> tuple[float, float] | None:
    told = re.search(ENDS, heading)
    return (float(told[1]), float(told[2])) if told and float(told[1]) < float(told[2]) else None


def seen(cells: pd.Series, sheet: Delimited) -> str:
    """Return in brackets from where to where the numbers go; nothing where there are none."""
    values = parse_numbers(cells, sheet.decimal).dropna()
    return f" (values from {values.min():g} to {values.max():g})" if len(values) else ""


def blanks(sheet: Delimited, headings: Iterable[str]) -> list[str]:
    """Return the line of words that seem to stand for nothing: without a digit, in columns of mostly numbers."""
    words: set[str] = set()
    for heading in headings:
        cells = present(sheet.frame[heading])
        numeric = cells.str.contains(r"\d", regex=True)
        if numeric.mean() >= 0.5:
            words |= set(cells[~numeric])
    listed = ", ".join(json.dumps(w, ensure_ascii=False) for w in sorted(words)[:10])
    return [f"absent = [{listed}]  # read as: nothing told"] if words else []
