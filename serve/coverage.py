"""Which factors a store's log lets speak, and how often."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

import numpy as np

from ..data.contents import require_days
from ..data.store import Store
from ..features.factors import NAMED
from ..features.matrix import build_matrix


class Coverage(TypedDict):
    """How often a factor can speak: share of all days, that with its dose known, and the number of athletes in whom it ever can."""

    factor: str
    share: float
    dose_share: float
    athletes: int
    features: dict[str, float]


def coverage(store: Store, progress: Callable[[int, int], None] | None = None) -> list[Coverage]:
    """Return one row a factor, the most often heard first; a factor speaks where one of its inputs has a value.

    A model that follows its causes most hears it on the days of ``dose_share`` alone. ``features`` holds the share of days on which each of the factor's inputs has a value.

    Raises
    ------
    InputError
        Where the store holds no day.
    """
    require_days(store)
    days = 0
    heard = dict.fromkeys(NAMED, 0)
    with_dose = dict.fromkeys(NAMED, 0)
    people = dict.fromkeys(NAMED, 0)
    each: dict[str, dict[str, int]] = {factor: {} for factor in NAMED}
    buckets = store.buckets()
    for done, bucket in enumerate(buckets, start=1):
        matrix = build_matrix(store.read_bucket(bucket), "morning")
        days += len(matrix)
        for dose in matrix.catalog.doses():
            with_dose[dose.factor] += int(matrix.frame[dose.name].notna().sum())
        athlete = matrix.keys["athlete_id"].cat.codes.to_numpy()
        for factor in NAMED:
            names = [f.name for f in matrix.catalog.inputs() if f.factor == factor]
            known = matrix.frame[names].notna().to_numpy()
            any_known = known.any(axis=1) if names else np.zeros(len(matrix), dtype=bool)
            heard[factor] += int(any_known.sum())
            people[factor] += len(np.unique(athlete[any_known]))
            for name, count in zip(names, known.sum(axis=0), strict=True):
                each[factor][name] = each[factor].get(name, 0) + int(count)
        if progress:
            progress(done, len(buckets))
    rows = [
        Coverage(
            factor=factor,
            share=heard[factor] / days if days else 0.0,
            athletes=people[factor],
            dose_share=with_dose[factor] / days if days else 0.0,
            features={name: count / days for name, count in each[factor].items()},
        )
        for factor in NAMED
    ]
    return sorted(rows, key=lambda row: -row["share"])
