"""Windows around a forecast that follow a person: shortest windows over misses of mornings alike, their level adapted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ..data.arrays import Floats, Whole

POOLING_DAYS = 20.0
"""Everybody's misses weigh as much as this many of the athlete's own newest ones."""
HALF_LIFE = 60.0
"""Reports after which an own miss weighs half."""
MEMORY = 100
"""Newest own misses that are looked back on."""
STEP = 0.03
"""How far the level moves after a miss outside; a morning inside moves it back by STEP (1 - coverage)."""
STRANGE = 0.7
"""Share of what the level leaves out that is held as well at an athlete's first morning.

For everybody's misses are of people long known, and of a stranger forecasts miss by more.
"""
GETTING_KNOWN = 10.0
"""Reports after which a half of that is given up."""
PLACES = 11
"""Places that are tried for a window, from all of what is left out above it to all below it."""
FORECAST_BAND = 0.35
"""Canonical points between two forecasts that make a miss weigh .61; at twice that .14."""
SPREAD_BAND = 0.5
"""The same for the athletes' spreads, in the logarithm of the spread and `LEAST_SPREAD`."""
LEAST_SPREAD = 0.3
"""Canonical: spreads below this are much alike."""
CHUNK = 2000
"""Mornings whose windows are sought at once; memory, not results, depends on it."""


def cautious(level: npt.ArrayLike, known: npt.ArrayLike) -> Floats:
    """Return the share to hold for athletes of whom so many reports are known, shape (n,); hardly more than `level` after 50.

    Examples
    --------
    >>> cautious(0.8, [0, 10, 100]).round(3).tolist()
    [0.94, 0.87, 0.8]
    """
    strange = STRANGE * 0.5 ** (np.asarray(known, dtype=float) / GETTING_KNOWN)
    return np.asarray(1.0 - (1.0 - np.asarray(level, dtype=float)) * (1.0 - strange))


def marked(mornings: Sequence[Sequence[float | None]]) -> Floats:
    """Return misses with their marks, shape (n, 3): miss, forecast, logarithm of the spread; NaN where not known."""
    rows = np.array(mornings, dtype=float).reshape(-1, 3)
    rows[:, 2] = on_spread_scale(rows[:, 2])
    return rows


def on_spread_scale(spread: Floats) -> Floats:
    """Return spreads as they are compared."""
    return np.asarray(np.log(spread + LEAST_SPREAD))


def shortest_windows(
    everybody: Floats, recent: Floats, today: Floats, level: Floats
) -> tuple[Floats, Floats]:
    """Return the ends of the shortest windows that hold a share `level` of the weighted misses and 0.

    Misses are signed and lumpy (ratings have few answers), and their spread differs in the two
    directions near the ends of a scale; the shortest window takes what is left out from the side
    where that saves most. A miss weighs the more the closer its morning's forecast and its athlete's
    spread at the time lie to today's (localised conformal prediction: Guan 2023,
    10.1093/biomet/asac040): an answer that lies two points from one forecast lies one from another.

    Parameters
    ----------
    everybody : array of shape (g, 3)
        Everybody's misses, as `marked` returns them; together they weigh 20 own ones.
    recent : array of shape (n, k, 3)
        Each athlete's own last misses, oldest first, NaN before the first; the newest weighs 1, one of
        60 reports before it a half.
    today : array of shape (n, 2)
        The forecast, and the spread as it is compared. What is not known is like everything.
    level : array of shape (n,)
        Share to hold; from 1 on the window holds every miss, at 0 and less none but 0.

    Returns
    -------
    (below, above) : arrays of shape (n,)
        At most 0 and at least 0: to be added to the forecast.
    """
    n, k, _ = recent.shape
    own = _likeness(recent[:, :, 1:], today) * 0.5 ** (np.arange(k)[::-1] / HALF_LIFE)
    own[np.isnan(recent[:, :, 0])] = 0.0
    # Where nobody's morning is like today's, all count.
    others = _likeness(everybody[None, :, 1:], today) + 1e-12
    others *= POOLING_DAYS / others.sum(axis=1, keepdims=True)
    values = np.concatenate([recent[:, :, 0], np.broadcast_to(everybody[:, 0], (n, len(everybody)))], axis=1)
    values[np.isnan(values)] = 0.0
    order = np.argsort(values, axis=1)
    values = np.take_along_axis(values, order, axis=1)
    mass = np.cumsum(np.take_along_axis(np.concatenate([own, others], axis=1), order, axis=1), axis=1)
    mass /= mass[:, -1:].copy()
    held = np.clip(level, 0.0, 1.0)[:, None]
    left_out = (1.0 - held) * np.linspace(0.0, 1.0, PLACES)
    first = (mass[:, None, :] <= left_out[:, :, None] + 1e-12).sum(axis=2)
    last = (mass[:, None, :] < (left_out + held)[:, :, None] - 1e-12).sum(axis=2)
    end = values.shape[1] - 1
    below = np.minimum(np.take_along_axis(values, np.minimum(first, end), axis=1), 0.0)
    above = np.maximum(np.take_along_axis(values, np.minimum(last, end), axis=1), 0.0)
    best = np.argmin(above - below, axis=1)[:, None]
    some = level > 0.0
    return (
        np.where(some, np.take_along_axis(below, best, axis=1)[:, 0], 0.0),
        np.where(some, np.take_along_axis(above, best, axis=1)[:, 0], 0.0),
    )


def replay(
    everybody: Floats, streams: Sequence[Floats], coverage: float, before: Sequence[int]
) -> tuple[list[Floats], list[Floats]]:
    """Return the level before each miss of every stream and after its last, and the window of each miss.

    The level starts at `coverage` and is adapted online (adaptive conformal inference, Gibbs and
    Candès 2021, arXiv 2106.00170): it rises after a miss outside the window and falls a little
    after one inside, so that in the long run each athlete is covered as often as promised,
    whatever the misses do. A window never knows the miss that it is judged by.

    Parameters
    ----------
    everybody : array of shape (g, 3)
    streams : sequence of arrays of shape (k, 3)
        Each athlete's misses in the order of time, as `marked` returns them.
    coverage : float
    before : sequence of int
        How many reports each athlete had made before their first miss.

    Returns
    -------
    (levels, windows) : lists of arrays of shape (k + 1,) and (k, 2)
        Windows reach from below to above.
    """
    lengths = np.array([len(s) for s in streams], dtype=np.int64)
    order = np.argsort(-lengths, kind="stable")
    misses, met = _padded([streams[i] for i in order]), np.array(before, dtype=np.int64)[order]
    level = np.full((len(streams), misses.shape[1] + 1), coverage)
    ends = np.zeros((*misses.shape[:2], 2))
    for k in range(misses.shape[1]):
        on = int((lengths > k).sum())
        recent, now = misses[:on, max(0, k - MEMORY) : k], misses[:on, k]
        asked = cautious(level[:on, k], met[:on] + k)
        below, above = shortest_windows(everybody, recent, now[:, 1:], asked)
        ends[:on, k, 0], ends[:on, k, 1] = below, above
        outside = (now[:, 0] < below - 1e-9) | (now[:, 0] > above + 1e-9)
        level[:on, k + 1] = level[:on, k] + STEP * (outside - (1.0 - coverage))
    row = np.argsort(order)  # where each stream went
    return (
        [level[r, : len(s) + 1] for r, s in zip(row, streams, strict=True)],
        [ends[r, : len(s)] for r, s in zip(row, streams, strict=True)],
    )


def windows(
    everybody: Floats,
    streams: Sequence[Floats],
    levels: Sequence[Floats],
    whose: Whole,
    heard: Whole,
    today: Floats,
    before: Sequence[int],
) -> tuple[Floats, Floats]:
    """Return the windows of mornings that have no miss of their own, shape (n,) each: below and above.

    Parameters
    ----------
    everybody, streams
        As for `replay`, which made `levels` of them.
    levels : sequence of arrays
    whose, heard : int arrays of shape (n,)
        Whose stream the morning belongs to, and how many of its misses were known by then.
    today : array of shape (n, 2)
        The morning's own forecast and spread.
    before
        As for `replay`.
    """
    below, above = np.zeros(len(whose)), np.zeros(len(whose))
    if not len(whose):
        return below, above
    # A row of NaN for every report that could be looked back on before the first.
    misses = _padded([np.concatenate([np.full((MEMORY, 3), np.nan), s]) for s in streams])
    level = np.array([levels[i][k] for i, k in zip(whose, heard, strict=True)])
    asked = cautious(level, np.array(before, dtype=np.int64)[whose] + heard)
    for start in range(0, len(whose), CHUNK):
        rows = slice(start, start + CHUNK)
        recent = misses[whose[rows, None], heard[rows, None] + np.arange(MEMORY)]
        below[rows], above[rows] = shortest_windows(everybody, recent, today[rows], asked[rows])
    return below, above


def _likeness(marks: Floats, today: Floats) -> Floats:
    """Return how much a morning is like today's, 0 to 1, shape (n, k); `marks` has shape (n or 1, k, 2)."""
    apart = np.zeros((1, 1))
    for mark, band in enumerate((FORECAST_BAND, SPREAD_BAND)):
        steps = (marks[:, :, mark] - today[:, mark, None]) * (1.0 / band)
        steps[np.isnan(steps)] = 0.0
        apart = apart + steps * steps
    return np.asarray(np.exp(-0.5 * apart))


def _padded(streams: Sequence[Floats]) -> Floats:
    """Return streams one below the other, shape (n, longest, 3), NaN behind their ends."""
    out = np.full((len(streams), max((len(s) for s in streams), default=0), 3), np.nan)
    for row, stream in enumerate(streams):
        out[row, : len(stream)] = stream
    return out
