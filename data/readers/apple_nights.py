"""Nights from Apple Health's spells of sleep."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from ..arrays import Floats, Mask, Whole

_HOUR = 3600.0
_DAY = 86_400.0
_APART = 2 * _HOUR  # a longer time awake ends a sleep
_NAP_FROM, _NAP_TO, _NAP = 11 * _HOUR, 18 * _HOUR, 3 * _HOUR
_EVENING = 18 * _HOUR


@dataclass
class Spells:
    """One source's spells asleep: seconds since 1970, the offset at the end, whether a stage was told."""

    start: array[float] = field(default_factory=lambda: array("d"))
    end: array[float] = field(default_factory=lambda: array("d"))
    offset: array[float] = field(default_factory=lambda: array("d"))
    staged: array[int] = field(default_factory=lambda: array("b"))

    def add(self, start: datetime, end: datetime, staged: bool) -> None:
        """Add a spell."""
        offset = end.utcoffset()
        self.start.append(start.timestamp())
        self.end.append(end.timestamp())
        self.offset.append(offset.total_seconds() if offset is not None else 0.0)
        self.staged.append(staged)


@dataclass(frozen=True)
class Nights:
    """Hours slept by day of waking, and how many spells did not count, by reason."""

    hours: dict[str, float]
    left_out: Counter[str]


@dataclass(frozen=True)
class _Sleeps:
    """One source's sleeps: their day of waking, seconds asleep, spells, whether any told its stage."""

    day: Whole
    seconds: Floats
    spells: Whole
    staged: Mask
    nap: Mask


def nights(by_source: dict[int, Spells]) -> Nights:
    """Return the nights of all sources together, each told by one of them."""
    left_out: Counter[str] = Counter()
    best: dict[int, tuple[bool, float, int]] = {}
    for source in sorted(by_source):
        sleeps = _sleeps(by_source[source])
        left_out["a nap"] += int(sleeps.spells[sleeps.nap].sum())
        for day in np.unique(sleeps.day[~sleeps.nap]).tolist():
            of = (sleeps.day == day) & ~sleeps.nap
            told = (
                bool(sleeps.staged[of].any()),
                float(sleeps.seconds[of].sum()),
                int(sleeps.spells[of].sum()),
            )
            other = best.get(day)
            if other is not None:
                left_out["another source tells the same night"] += min(told, other)[2]
            best[day] = told if other is None else max(told, other)
    hours = {str(np.datetime64(day, "D")): seconds / _HOUR for day, (_, seconds, _) in sorted(best.items())}
    return Nights(hours, left_out)


def _sleeps(spells: Spells) -> _Sleeps:
    """Join a source's spells less than two hours apart; what overlaps counts once."""
    start, end = np.array(spells.start), np.array(spells.end)
    order = np.lexsort((end, start))
    start, end = start[order], end[order]
    offset, staged = np.array(spells.offset)[order], np.array(spells.staged, dtype=bool)[order]
    reach = np.maximum.accumulate(end)
    before = np.concatenate([[-np.inf], reach[:-1]])
    asleep = np.clip(end - np.maximum(start, before), 0.0, None)
    first = np.flatnonzero(start - before > _APART)
    last = np.concatenate([first[1:], [len(start)]]) - 1
    seconds = np.add.reduceat(asleep, first)
    begin, wake = start[first] + offset[last], reach[last] + offset[last]
    clock = begin % _DAY
    same_evening = (clock >= _EVENING) & (begin // _DAY == wake // _DAY)
    return _Sleeps(
        day=(wake // _DAY).astype(np.int64) + same_evening,
        seconds=seconds,
        spells=last - first + 1,
        staged=np.logical_or.reduceat(staged, first),
        nap=(clock >= _NAP_FROM) & (clock < _NAP_TO) & (seconds < _NAP),
    )
