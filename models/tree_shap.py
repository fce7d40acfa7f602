"""SHAP values of a booster: LightGBM's own for few rows, woodelf's for many.

Both are path-dependent TreeSHAP (Lundberg 2020, 10.1038/s42256-019-0138-9), as `shap.TreeExplainer`
computes it without a background. For a leaf, a row is nothing but the pattern of the splits on the way
there that it passes. woodelf (Nadel and Wettenstein 2026, 10.1609/aaai.v40i29.39630) works the points out once a pattern, and
rows only look theirs up: it takes a second before the first row and next to nothing a row after that.

woodelf's own explainer adds in single precision and goes through pandas; here its trees and its
formula are used and rows are added up in NumPy, in double precision: exact, and faster.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from ..data.arrays import Floats

Patterns = npt.NDArray[np.unsignedinteger[Any]]

MANY_ROWS = 1_500
"""From here on woodelf. They cross at 700 to 1,000 rows with one thread, later where LightGBM has two."""
CHUNK_ROWS = 50_000
"""Rows of one pass: memory stays the same however many there are."""
CHECKED_ROWS = 8
"""The first of every call, which are compared with LightGBM's."""
SHARES = 4
"""The trees are added up in so many shares, each by a thread where there are threads."""
FEW_PATTERNS = 32
"""Up to which the points of all patterns are worked out, also of those that no row has: looking for them costs more."""


def tree_shap(booster: lgb.Booster, inputs: Floats) -> Floats:
    """Return the points of each column and, last, the constant.

    Parameters
    ----------
    booster : Booster
        Of one output, without categorical columns.
    inputs : array of shape (n, columns)
        NaN where not known; it goes the way that the tree learned.

    Returns
    -------
    array of shape (n, columns + 1)
        Rows add up to the booster's forecast; the last column is the same in every row.

    Notes
    -----
    It takes as many threads as ``OMP_NUM_THREADS`` tells, or the processor has cores, as LightGBM does. The points are the
    same, bit for bit, for any number.
    """
    return (few_rows if len(inputs) < MANY_ROWS else many_rows)(booster, inputs)


def few_rows(booster: lgb.Booster, inputs: Floats) -> Floats:
    """Return what `tree_shap` returns, by LightGBM: at once, at an even cost a row."""
    if not len(inputs):  # LightGBM cannot
        return np.empty((0, inputs.shape[1] + 1))
    return np.asarray(booster.predict(inputs, pred_contrib=True, num_threads=0))


def many_rows(booster: lgb.Booster, inputs: Floats) -> Floats:
    """Return what `tree_shap` returns, by woodelf, `CHUNK_ROWS` at a time.

    The first rows are compared with LightGBM's; where they differ, LightGBM does the rest too.
    """
    from woodelf.core.trees.parse_models import load_decision_tree_ensemble_model  # loads treelite

    names = booster.feature_name()
    known = few_rows(booster, inputs[:CHECKED_ROWS])
    out = np.empty((len(inputs), len(names) + 1))
    trees = load_decision_tree_ensemble_model(booster, names).trees
    with ThreadPoolExecutor(_threads()) as pool:
        for first in range(0, len(inputs), CHUNK_ROWS):
            chunk = inputs[first : first + CHUNK_ROWS]
            # Double precision: a threshold lies between two single-precision values and must not be rounded to either.
            columns = {name: np.ascontiguousarray(chunk[:, i], float) for i, name in enumerate(names)}
            shares = pool.map(
                lambda part, of=columns: _points(part, of), (trees[n::SHARES] for n in range(SHARES))
            )
            out[first : first + CHUNK_ROWS, :-1] = functools.reduce(np.add, shares).T
            if not first and not np.allclose(out[: len(known), :-1], known[:, :-1], atol=1e-6):
                return few_rows(booster, inputs)
    out[:, -1] = known[0, -1] if len(known) else 0.0
    return out


def _threads() -> int:
    """Return how many threads LightGBM would take, at most one a share."""
    told = os.environ.get("OMP_NUM_THREADS", "")
    return min(int(told) if told.isdigit() and int(told) else os.cpu_count() or 1, SHARES)


def _points(trees: Sequence[Any], columns: dict[str, Floats]) -> Floats:
    """Return the points that some trees give each column, shape (columns, n)."""
    rows = _Rows(columns)
    for tree in trees:
        rows.add(tree)
    return rows.points


@dataclass(frozen=True)
class _Place:
    """Where a walk through a tree stands: the splits passed so far, merged by column.

    `patterns` has a bit a column, the first column highest: 1 for rows that pass all its splits.
    `covers` holds the share of the training rows that did.
    """

    node: Any
    patterns: Patterns
    columns: tuple[str, ...] = ()
    covers: tuple[float, ...] = ()


class _Rows:
    """Rows whose points are being added up, tree by tree; `points` has shape (columns, n)."""

    def __init__(self, columns: dict[str, Floats]) -> None:
        self.columns = columns
        self.points = np.zeros((len(columns), len(next(iter(columns.values())))))
        self._row_of = {name: i for i, name in enumerate(columns)}
        self._looked_up = np.empty(self.points.shape[1])

    def add(self, tree: Any) -> None:
        """Add the points of one tree."""
        waiting = [_Place(tree, np.zeros(self.points.shape[1], np.uint16))]
        while waiting:
            place = waiting.pop()
            if place.node.is_leaf():
                self._add_leaf(place)
                continue
            left, right = self._children(place)
            new = len(left.columns) > len(place.columns)
            if new and place.columns and left.node.is_leaf() and right.node.is_leaf():
                # Two leaves of one split have each other's pattern but for the last bit: looked up together.
                self._add_leaf(left, beside=right.node.value)
            else:
                waiting += (right, left)

    def _children(self, at: _Place) -> tuple[_Place, _Place]:
        node, name = at.node, at.node.feature_name
        goes_left = node.shall_go_left(self.columns)
        shares = node.left.cover / node.cover, node.right.cover / node.cover
        ways = (node.left, goes_left, shares[0]), (node.right, ~goes_left, shares[1])
        if name not in at.columns:
            # Patterns begin as 16 bits, which most walks never fill.
            wide = at.patterns.astype(np.uint32) if len(at.columns) == 16 else at.patterns
            children = [
                _Place(child, (wide << 1) | passes, (*at.columns, name), (*at.covers, share))
                for child, passes, share in ways
            ]
        else:
            k = at.columns.index(name)
            bit = at.patterns.dtype.type(1 << (len(at.columns) - 1 - k))
            children = [
                _Place(
                    child,
                    at.patterns & ~np.where(passes, at.patterns.dtype.type(0), bit),
                    at.columns,
                    (*at.covers[:k], at.covers[k] * share, *at.covers[k + 1 :]),
                )
                for child, passes, share in ways
            ]
        return children[0], children[1]

    def _add_leaf(self, leaf: _Place, beside: float | None = None) -> None:
        if not leaf.columns:  # a tree without a split moves nothing
            return
        found, which = _distinct(leaf.patterns, 1 << len(leaf.columns))
        for name, points in zip(leaf.columns, _leaf_points(leaf, found, beside), strict=True):
            np.take(points, which, out=self._looked_up, mode="clip")
            self.points[self._row_of[name]] += self._looked_up


def _distinct(patterns: Patterns, size: int) -> tuple[Patterns, npt.NDArray[np.intp]]:
    """Return the patterns there are, and which of them each row has; quicker than sorting."""
    if size <= FEW_PATTERNS:
        return np.arange(size, dtype=patterns.dtype), patterns.astype(np.intp)
    seen = np.zeros(size, dtype=bool)
    seen[patterns] = True
    found = np.flatnonzero(seen)
    place = np.empty(size, dtype=np.intp)
    place[found] = np.arange(len(found))
    return found.astype(patterns.dtype), place[patterns]


def _leaf_points(leaf: _Place, patterns: Patterns, beside: float | None) -> Floats:
    """Return the points of each column for each pattern, shape (columns, patterns)."""
    from woodelf.core.path_to_s_vectors import lts_recursive_p2s as woodelf

    covers = np.array(leaf.covers)
    weights = woodelf.shapley_values_f_w(len(covers))
    if beside is None:
        points = woodelf.improved_linear_tree_shap_magic(covers, patterns, weights, leaf.node.value)
    else:
        points = woodelf.improved_linear_tree_shap_magic_for_neighbors(
            covers, patterns, weights, leaf.node.value, beside
        )
    return np.ascontiguousarray(points.T)
