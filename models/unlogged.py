"""What a dose that nobody logged is expected to have moved: from the athlete's own usual and the day's other doses.

A runner whose food is not in the diary has eaten all the same, much as on other days. To take everybody's average for
an absent dose would say that whoever logs nothing is like everybody. What is expected moves the forecast only: the
factor has no bar that day, and the points stand in *everything else* (`heavylegs.models.attribution`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..data.arrays import Floats, Whole
from ..features import windows
from .absent_doses import LEAST_ROWS, drawn_slopes

USUAL_TAU = 14.0
"""Time constant, in logged days, of what a dose usually moves an athlete."""
ROUNDS = 3
"""The other doses may be absent too: each round starts from what the one before expected of them."""


@dataclass(frozen=True)
class Unlogged:
    """Slopes of each dose's points on the own usual and on the other doses' points.

    Parameters
    ----------
    level : array of shape (doses,)
        Points expected where nothing else is known; 0 for a dose that fewer than 50 rows know or that is never absent.
    usual : array of shape (doses,)
        Slopes on what the dose usually moved this athlete.
    others : array of shape (doses, doses)
        Slopes on what the other doses moved that day, a row a dose; 0 on the diagonal.
    """

    level: Floats
    usual: Floats
    others: Floats

    @classmethod
    def none(cls, doses: int) -> Unlogged:
        """Return the one that expects 0 points of every absent dose."""
        return cls(np.zeros(doses), np.zeros(doses), np.zeros((doses, doses)))

    @classmethod
    def learned(cls, points: Floats, usual: Floats) -> Unlogged:
        """Learn from the days that know each dose.

        Parameters
        ----------
        points : array of shape (n, doses)
            What each dose moved, NaN where it is absent.
        usual : array of shape (n, doses)
            See `usual_points`.
        """
        absent = np.isnan(points)
        gaps = np.flatnonzero(absent.any(axis=0) & ((~absent).sum(axis=0) >= LEAST_ROWS))
        found = cls.none(points.shape[1])
        for _ in range(ROUNDS if len(gaps) else 0):
            filled = found.filled(points, usual)
            found = cls.none(points.shape[1])
            for dose in gaps:
                known = ~absent[:, dose]
                x = filled[known]
                x[:, dose] = usual[known, dose]
                middle, level = x.mean(axis=0), points[known, dose].mean()
                slopes = drawn_slopes(x - middle, points[known, dose] - level)
                found.level[dose], found.usual[dose] = level - middle @ slopes, slopes[dose]
                slopes[dose] = 0.0
                found.others[dose] = slopes
        return found

    def filled(self, points: Floats, usual: Floats) -> Floats:
        """Return `points` with their gaps filled by what is expected, shape (n, doses); see `learned`."""
        absent, own = np.isnan(points), self.level + self.usual * usual
        out = np.where(absent, 0.0, points)
        for _ in range(ROUNDS):
            out = np.where(absent, own + out @ self.others.T, points)
        return out


def usual_points(points: Floats, owner: Whole) -> Floats:
    """Return what each dose usually moved the athlete before each day, shape (n, doses); 0 before it was ever logged.

    Parameters
    ----------
    points : array of shape (n, doses)
        NaN where a dose is absent.
    owner : int array of shape (n,)
        Whose day it is; rows in order of owner and day.
    """
    offsets = np.append(0, np.flatnonzero(np.diff(owner, append=-1)) + 1).astype(np.int32)
    before = [windows.lag(windows.usual(dose, offsets, USUAL_TAU), offsets, 1) for dose in points.T]
    return np.nan_to_num(np.stack(before, axis=1).astype(np.float64))
