"""Windows around a forecast that follow a person: shortest windows over misses, their level adapted morning by morning."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

POOLING_DAYS = 20.0
"""Everybody's misses weigh as much as this many of the athlete's own newest ones."""
HALF_LIFE = 60.0
"""Reports after which an own miss weighs half."""
MEMORY = 100
"""Own misses that are looked back on."""
STEP = 0.03
"""How far the level moves after a miss outside; a morning inside moves it back by STEP (1 - coverage)."""
PLACES = 11
"""Places that are tried for a window, from all of what is left out above it to all below it."""


def shortest_windows(pooled: Floats, recent: Floats, level: Floats) -> tuple[Floats, Floats]:
    """Return the ends of the shortest windows that hold a share `level` of the weighted misses and 0.

    Misses are signed and lumpy (ratings have few answers), and their spread differs in the two
    directions near the ends of a scale; the shortest window takes what is left out from the side
    where that saves most.

    Parameters
    ----------
    pooled : array of shape (g,)
        Everybody's misses, rating less forecast; together they weigh 20 own ones.
    recent : array of shape (n, k)
        Each athlete's own last misses, oldest first; the newest weighs 1, one of 60 reports before it a half.
    level : array of shape (n,)
        Share to hold; from 1 on the window holds every miss, at 0 and less none but 0.

    Returns
    -------
    (below, above) : arrays of shape (n,)
        At most 0 and at least 0: to be added to the forecast.
    """
    n, k = recent.shape
    values = np.concatenate([recent, np.broadcast_to(pooled, (n, len(pooled)))], axis=1)
    weights = np.concatenate(
        [0.5 ** (np.arange(k)[::-1] / HALF_LIFE), np.full(len(pooled), POOLING_DAYS / len(pooled))]
    )
    order = np.argsort(values, axis=1, kind="stable")
    values = np.take_along_axis(values, order, axis=1)
    mass = np.cumsum(weights[order], axis=1) / weights.sum()
    mass[:, -1] = 1.0
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


def replay(pooled: Floats, streams: Sequence[Floats], coverage: float) -> list[Floats]:
    """Return the windows before each miss of every stream, and the one after its last.

    The level starts at `coverage` and is adapted online (adaptive conformal inference, Gibbs and
    Candès 2021, arXiv 2106.00170): it rises after a miss outside the window and falls a little
    after one inside, so that in the long run each athlete is covered as often as promised,
    whatever the misses do. A window never knows the miss that it is judged by.

    Parameters
    ----------
    pooled : array of shape (g,)
    streams : sequence of arrays
        Each athlete's signed misses in the order of time.
    coverage : float

    Returns
    -------
    list of arrays of shape (len(stream) + 1, 2)
        Below and above.
    """
    if not len(streams):
        return []
    lengths = np.array([len(s) for s in streams], dtype=np.int64)
    order = np.argsort(-lengths, kind="stable")
    lengths = lengths[order]
    longest = int(lengths.max(initial=0))
    misses = np.full((len(streams), longest), np.nan)
    for row, stream in enumerate(order):
        misses[row, : lengths[row]] = streams[stream]
    ends = np.zeros((len(streams), longest + 1, 2))
    level = np.full(len(streams), coverage)
    for k in range(longest + 1):
        here = int((lengths >= k).sum())
        below, above = shortest_windows(pooled, misses[:here, max(0, k - MEMORY) : k], level[:here])
        ends[:here, k, 0], ends[:here, k, 1] = below, above
        if k == longest:
            break
        on = int((lengths > k).sum())
        outside = (misses[:on, k] < below[:on] - 1e-9) | (misses[:on, k] > above[:on] + 1e-9)
        level[:on] += STEP * (outside - (1.0 - coverage))
    out: list[Floats] = [ends[0, :0]] * len(streams)
    for row, stream in enumerate(order):
        out[stream] = ends[row, : lengths[row] + 1]
    return out
