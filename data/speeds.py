"""How fast and how slow a session can be on the whole, by sport."""

from __future__ import annotations

# World records on foot are 7.6 m/s over 1 km, 6.6 over 5 km, 5.8 over the marathon (World Athletics, 2024): the
# greatest mean speed by least distance, a little above them.
RUNNING_MPS = ((0.0, 12.5), (1_000.0, 7.8), (5_000.0, 6.8), (42_000.0, 6.0))
OTHER_MPS = {"walking": 4.5, "swimming": 2.5, "cycling": 20.0}
ANY_MPS = 40.0
"""Of a sport of which no limit is known."""
CRAWL_MPS = 0.5
"""Nobody runs slower on the whole."""
CREEP_MPS = {"walking": 0.1, "swimming": 0.1}
"""Steep walks and swims with breaks are slower than any run."""


def possible_speeds(sport: str, distance_m: float) -> tuple[float, float]:
    """Return the least and the greatest mean speed of a session, in m/s.

    Parameters
    ----------
    sport : str
        One of `heavylegs.data.schema.SPORTS`.
    distance_m : float

    Examples
    --------
    >>> possible_speeds("running", 10_000.0), possible_speeds("cycling", 10_000.0)
    ((0.5, 6.8), (0.5, 20.0))
    """
    fastest = OTHER_MPS.get(sport, ANY_MPS)
    if sport in ("running", "football"):
        fastest = next((limit for least, limit in reversed(RUNNING_MPS) if distance_m >= least), fastest)
    return CREEP_MPS.get(sport, CRAWL_MPS), fastest
