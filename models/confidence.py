"""How far to trust a forecast, and when there is none yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from ..data.arrays import Mask

Tier = Literal["not_yet", "calibrating", "building", "solid"]

LEAST_REPORTS, LEAST_RECENT = 3, 1
"""Own mornings for any forecast: so far, and in the last four weeks. Their evidence: `docs/intervals.md`."""
BUILDING_FROM = 14
"""Own mornings so far from which the usual level is taken as known."""
SOLID_FROM, SOLID_RECENT = 60, 14
"""Own mornings of a solid forecast: so far, and in the last four weeks."""
SOLID_COVERED = 0.5
"""Least `covered` of a solid forecast; see `confidence`."""


@dataclass(frozen=True)
class Confidence:
    """How far to trust a forecast, and why.

    Parameters
    ----------
    tier : {"not_yet", "calibrating", "building", "solid"}
        With ``not_yet`` no number is given at all.
    reason : str
    missing : int
        Mornings to report until the first forecast; 0 where there is one.
    """

    tier: Tier
    reason: str
    missing: int = 0


def confidence(reports: float, recent: float, covered: float = 1.0) -> Confidence:
    """Return the tier from own reports and from what the log tells of the day.

    Parameters
    ----------
    reports, recent : float
        Mornings reported so far, and in the last four weeks.
    covered : float
        Share of the model's factors, by the points that they usually move, with data for the day.

    Examples
    --------
    >>> confidence(2, 2)
    Confidence(tier='not_yet', reason='2 mornings reported so far; 3 are needed for a forecast', missing=1)
    >>> confidence(5, 5)
    Confidence(tier='calibrating', reason='5 mornings reported so far; 14 are needed to know your usual level', missing=0)
    >>> confidence(90, 25).tier, confidence(90, 25, covered=0.2).tier
    ('solid', 'building')
    """
    count, lately = int(reports), int(recent)
    if count < LEAST_REPORTS:
        return Confidence(
            "not_yet",
            f"{_mornings(count)} reported so far; {LEAST_REPORTS} are needed for a forecast",
            LEAST_REPORTS - count,
        )
    if lately < LEAST_RECENT:
        return Confidence(
            "not_yet",
            "no morning reported in the last four weeks; one is needed to know where you stand now",
            LEAST_RECENT - lately,
        )
    if count < BUILDING_FROM:
        return Confidence(
            "calibrating",
            f"{_mornings(count)} reported so far; {BUILDING_FROM} are needed to know your usual level",
        )
    enough = f" (solid from {SOLID_FROM} on)" if count < SOLID_FROM else ""
    lately_enough = f" (solid from {SOLID_RECENT} on)" if lately < SOLID_RECENT else ""
    told = f"{count} mornings reported so far{enough}, {lately} of them in the last four weeks{lately_enough}"
    if covered < SOLID_COVERED:
        share = "almost nothing" if covered < 0.05 else f"only about {round(100 * covered, -1):.0f} %"
        return Confidence("building", f"{told}; the log of this day holds {share} of what moves forecasts")
    return Confidence("building" if count < SOLID_FROM or lately < SOLID_RECENT else "solid", told)


def has_forecast(frame: pd.DataFrame) -> Mask:
    """Return the days of a matrix's `frame` with a forecast at all, whose tier is not ``"not_yet"``, shape (n,)."""
    reports, lately = (np.nan_to_num(frame[name]) for name in ("ratings_so_far", "ratings_28d"))
    return np.asarray((reports >= LEAST_REPORTS) & (lately >= LEAST_RECENT))


def _mornings(count: int) -> str:
    return "no morning" if count == 0 else f"{count} morning" + ("" if count == 1 else "s")
