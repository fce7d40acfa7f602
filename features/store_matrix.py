"""The matrix of a store, whole or in portions, with the tables of one bucket of athletes in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ..data.store import Store
from .catalog import Information
from .matrix import CANONICAL_SPAN, Matrix, build_matrix, native_span

PORTION_ROWS = 20_000
"""Rows that are worth a pass: fewer cost more each (`heavylegs.models.tree_shap`), more take memory (20 MB a table)."""


def matrix_of_store(store: Store, information: Information = "evening") -> Matrix:
    """Compute the matrix of a whole store, one bucket of athletes in memory at a time.

    Parameters
    ----------
    store : Store
    information : {"evening", "morning"}

    Returns
    -------
    Matrix
        The very values and rows of ``build_matrix(store.read(), information)``, with the tables of
        one bucket in memory rather than all.
    """
    parts = [build_matrix(store.read_bucket(bucket), information) for bucket in store.buckets()]
    if not parts:
        return build_matrix(store.read(), information)
    return _joined(parts, native_span(store.read(tables=["ratings"])))


def portions_of_store(
    store: Store, information: Information = "evening", least: int = PORTION_ROWS
) -> Iterator[tuple[Matrix, int]]:
    """Yield the matrix of a store in portions, each with how many buckets it is of.

    Parameters
    ----------
    store : Store
    information : {"evening", "morning"}
    least : int
        Rows from which a portion is yielded; a bucket is never parted.
    """
    parts: list[Matrix] = []
    buckets = store.buckets()
    for bucket in buckets:
        parts.append(build_matrix(store.read_bucket(bucket), information))
        if sum(map(len, parts)) >= least or bucket == buckets[-1]:
            number = len(parts)
            spans = {part.native_span for part in parts if np.isfinite(part.target).any()}
            yield _joined(parts, spans.pop() if len(spans) == 1 else CANONICAL_SPAN), number


def _joined(parts: list[Matrix], native_span: float) -> Matrix:
    """Return the parts as one matrix, athletes in order; empties the list, so that parts can be forgotten."""
    names = np.concatenate([part.keys["athlete_id"].cat.categories for part in parts])
    lengths = np.concatenate([part.keys["athlete_id"].value_counts(sort=False) for part in parts])
    order = np.argsort(names)
    starts = np.empty(len(names), dtype=np.int64)
    starts[order] = np.cumsum(lengths[order]) - lengths[order]
    place = np.arange(lengths.sum()) + np.repeat(starts - np.cumsum(lengths) + lengths, lengths)

    name, features, information = parts[0].cohort, parts[0].catalog, parts[0].information
    block = np.empty((len(features), len(place)), dtype=np.float32)
    target = np.empty(len(place), dtype=np.float32)
    days, groups, first = [], [], 0
    while parts:
        part = parts.pop(0)
        rows = place[first : first + len(part)]
        for into, values in zip(block, part.frame.to_numpy().T, strict=True):
            into[rows] = values
        target[rows] = part.target
        days.append(part.keys["day"])
        groups.append(part.keys["group_id"])
        first += len(part)
    row = np.argsort(place)
    keys = pd.DataFrame(
        {
            "athlete_id": pd.Categorical.from_codes(
                np.repeat(np.arange(len(names)), lengths[order]), categories=pd.Index(names[order])
            ),
            "day": pd.concat(days, ignore_index=True).iloc[row].reset_index(drop=True),
            "group_id": pd.concat(groups, ignore_index=True).iloc[row].reset_index(drop=True),
        }
    )
    frame = pd.DataFrame(block.T, columns=features.names, copy=False)
    return Matrix(name, features, information, keys, frame, target, native_span)
