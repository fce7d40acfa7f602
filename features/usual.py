"""What is usual for the athlete, and how far a day lies above it: always by the days before alone."""

from __future__ import annotations

from . import windows
from .days import Days
from .windows import Values

USUAL_DAYS, LEAST_USUAL_DAYS = 28, 5
"""Days before that a usual is the mean of, and how many of them must have been logged."""
HALF_LIFE = 28
"""Logged days after which a day weighs half in a usual that forgets."""


def mean_of_days_before(days: Days, values: Values) -> Values:
    """Return the mean of the 28 days before each day, NaN where fewer than five of them were logged, shape (n,)."""
    before = windows.lag(values, days.offsets, 1)
    return windows.rolling_mean(before, days.offsets, USUAL_DAYS, at_least=LEAST_USUAL_DAYS)


def above_own_usual(days: Days, values: Values) -> Values:
    """Return values less the athlete's own EWMA of half-life 28 of the days before, shape (n,)."""
    return values - windows.ewma(windows.lag(values, days.offsets, 1), days.offsets, HALF_LIFE)


def two_days_above_usual(days: Days, column: str) -> Values:
    """Return a diary column's mean of two days less the mean of the 28 days before today, shape (n,)."""
    values = days.diary(column)
    return windows.rolling_mean(values, days.offsets, 2) - mean_of_days_before(days, values)
