"""How this athlete's own mornings have followed all that may move them, taken together.

People differ in what tires them. One regression an athlete says how their next morning has followed the day's deviations
from usual: its slopes are learned from the days whose morning has come, drawn to 0 while those are few, and forget. They
are found together, since days of much load are also days of much else: slopes found one by one would each count what
they share.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..data.arrays import Floats
from . import group, history, load, windows
from .catalog import feature
from .days import Compute, Days
from .usual import above_own_usual
from .windows import Values

PRIOR_DAYS = 30.0
"""Typical days as which the prior of a slope of 0 weighs."""
KEPT = 0.5 ** (1 / 150)
"""Share of what was learned that is kept at each further answer: half after 150, for a person changes."""
WEEK = 7

# All that reports and the calendar share a regression with.
ALL_ELSE = (
    *load.SESSION,
    *("diary.soreness_score", "diary.stress_score", "diary.mood_score"),
    *("diary.readiness_score", "diary.sleep_quality_score", "diary.sleep_h"),
)


@dataclass(frozen=True)
class Cause:
    """Something of a day that the next morning may answer to.

    Parameters
    ----------
    term : str
        Whose answers are told together.
    typical : float
        Its usual size, in its unit, rounded from SoccerMon: what a day of the prior weighs.
    sign : {-1, 0, 1}
        Which way it can move fatigue, 0 where either: a slope of the other sign counts as none.
    values : callable
        From `Days` to the day's deviation from own usual, shape (n,); NaN where not known.
    """

    term: str
    typical: float
    sign: Literal[-1, 0, 1]
    values: Compute


def _ago(compute: Compute, number: int) -> Compute:
    return lambda days: windows.lag(days.once(compute), days.offsets, number)


def _answer_above_usual(column: str) -> Compute:
    return lambda days: above_own_usual(days, days.diary(column))


def _weekday(number: int) -> Compute:
    return lambda days: (days.number % WEEK == number).astype(np.float32)


def load_above_usual(days: Days) -> Values:
    """Return the day's load less the athlete's own usual day's."""
    return above_own_usual(days, days.once(load.load_1d))


def load_of_week_above_usual(days: Days) -> Values:
    """Return the load's EWMA of half-life 7 less its own usual."""
    return above_own_usual(days, windows.ewma(days.once(load.load_1d), days.offsets, WEEK))


def fatigue_above_usual(days: Days) -> Values:
    """Return this morning's report less the own usual of the reports before."""
    return above_own_usual(days, days.once(history.fatigue))


def fatigue_of_week_above_usual(days: Days) -> Values:
    """Return the reports' EWMA of half-life 7 less that of 28."""
    return days.once(history.fatigue_ewma_7) - days.once(history.fatigue_ewma_28)


def _group_above_usual(column: str) -> Compute:
    return lambda days: group.newest_above_usual(days, "diary", column)


CAUSES = (
    Cause("load", 330.0, 1, load_above_usual),
    Cause("load", 330.0, 1, _ago(load_above_usual, 1)),
    Cause("load", 330.0, 1, _ago(load_above_usual, 2)),
    Cause("load", 110.0, 1, load_of_week_above_usual),
    Cause("soreness", 1.6, 1, _answer_above_usual("soreness_score")),
    Cause("stress", 1.4, 0, _answer_above_usual("stress_score")),
    Cause("stress", 1.25, 0, _answer_above_usual("mood_score")),
    Cause("readiness", 1.1, 0, _answer_above_usual("readiness_score")),
    Cause("sleep", 1.6, 0, _answer_above_usual("sleep_quality_score")),
    Cause("sleep", 0.9, -1, _answer_above_usual("sleep_h")),
    Cause("fatigue", 1.4, 0, fatigue_above_usual),
    Cause("fatigue", 1.4, 0, _ago(fatigue_above_usual, 1)),
    Cause("fatigue", 0.45, 0, fatigue_of_week_above_usual),
    Cause("group", 170.0, 0, group.group_load_above_usual),
    Cause("group", 0.5, 0, _group_above_usual("readiness_score")),
    Cause("group", 0.45, 0, _group_above_usual("mood_score")),
    *(Cause("weekday", 1.0, 0, _weekday(number)) for number in range(WEEK)),
)


def own_slopes(causes: Floats, answer: Values, offsets: windows.Offsets) -> Floats:
    """Return each day's slopes, as the mornings up to that day have answered.

    Parameters
    ----------
    causes : array of shape (n, causes)
        In typical sizes; 0 where not known.
    answer : array of shape (n,)
        This morning's report above own usual; NaN where there was none.
    offsets : int array of shape (athletes + 1,)
        Athlete i has the rows ``offsets[i]:offsets[i + 1]``.

    Returns
    -------
    array of shape (n, causes)
        Points of 10 a typical size: the ridge regression of answers on the causes of the day before each, weighing what is
        older less.
    """
    lengths = np.diff(offsets)
    order, prior = np.argsort(-lengths, kind="stable"), PRIOR_DAYS * np.eye(causes.shape[1])
    normal = np.tile(prior, (len(lengths), 1, 1))
    pull, slopes = (np.zeros((len(lengths), causes.shape[1])) for _ in range(2))
    out = np.zeros(causes.shape)
    for day in range(1, int(lengths.max(initial=0))):
        alive = order[: np.searchsorted(-lengths[order], -day)]
        rows = offsets[alive] + day
        told = ~np.isnan(answer[rows])
        who, at = alive[told], rows[told]
        if len(who):
            cause = causes[at - 1]
            normal[who] = KEPT * (normal[who] + cause[:, :, None] * cause[:, None, :]) + (1 - KEPT) * prior
            pull[who] = KEPT * (pull[who] + cause * answer[at, None])
            slopes[who] = np.linalg.solve(normal[who], pull[who][:, :, None])[:, :, 0]
        out[rows] = slopes[alive]
    return out


def own_terms(days: Days) -> dict[str, Values]:
    """Return the answer expected tomorrow to each term of today's causes, in points of 10, shape (n,) each.

    NaN where none of a term's causes is known.
    """
    known = np.stack([days.once(cause.values) for cause in CAUSES], axis=1).astype(np.float64)
    known /= [cause.typical for cause in CAUSES]
    causes = np.nan_to_num(known)
    answer = days.once(history.fatigue) - windows.lag(days.once(history.fatigue_ewma_28), days.offsets, 1)
    slopes = own_slopes(causes, answer, days.offsets)
    signs = np.array([cause.sign for cause in CAUSES])
    answers = np.where(signs * slopes < 0, 0.0, slopes) * causes
    out = {}
    for term, mine in _terms():
        told = np.where(np.isnan(known[:, mine]).all(axis=1), np.nan, answers[:, mine].sum(axis=1))
        out[term] = told.astype(np.float32)
    return out


def _terms() -> Iterator[tuple[str, list[int]]]:
    """Yield each term with the positions of its causes."""
    for term in dict.fromkeys(cause.term for cause in CAUSES):
        yield term, [at for at, cause in enumerate(CAUSES) if cause.term == term]


def _term(
    term: str, label: str, factor: str, of: str, needs: tuple[str, ...], actionable: bool = False
) -> None:
    """Declare what own mornings have answered to one term."""

    @feature(
        f"own_answer_to_{term}",
        label=f"expected from own mornings after {label}",
        unit="points of 10",
        factor=factor,
        direction=1,
        part="both",
        actionable=actionable,
        source=f"own slopes of the next morning on {of}, learned together with all other own answers, "
        "drawn to 0 with the weight of 30 days, x the day's deviations",
        needs=tuple(dict.fromkeys((*needs, *history.RATING))),
    )
    def answer(days: Days) -> Values:
        """Return the own answer to these causes."""
        return days.remember("own answers", lambda: own_terms(days))[term]


_term(
    "load",
    "such loads",
    "cardiovascular_strain",
    "the load of three days and of the week above usual",
    load.SESSION,
    actionable=True,
)
_term("soreness", "such soreness", "muscle_damage", "soreness above usual", ("diary.soreness_score",))
_term(
    "stress",
    "such stress and mood",
    "stress_and_mood",
    "stress and mood above usual",
    ("diary.stress_score", "diary.mood_score"),
)
_term(
    "readiness",
    "such readiness",
    "insufficient_recovery",
    "readiness above usual",
    ("diary.readiness_score",),
)
_term(
    "sleep",
    "such a night",
    "poor_sleep",
    "hours and quality of this morning's night above usual",
    ("diary.sleep_h", "diary.sleep_quality_score"),
    actionable=True,
)
# What is left to reports and the calendar depends on what all else takes: these are no features of ratings alone.
_term("fatigue", "such mornings", "usual_level", "two mornings and the week above usual", ALL_ELSE)
_term("weekday", "such a weekday", "usual_level", "the weekday", ALL_ELSE)
_term(
    "group",
    "such days of the group",
    "everything_else",
    "the group's load, readiness and mood above usual",
    ("athletes.group_id", *load.SESSION, "diary.readiness_score", "diary.mood_score"),
)
