"""What a model tells of the mornings that it learned from."""

from __future__ import annotations

from ..data.cohort import Cohort
from ..features.matrix import Matrix
from .splits import mornings


def account_of(cohort: Cohort, labelled: Matrix) -> dict[str, object]:
    """Return the manifest's account of what was learned from: whose mornings, how many, from when to when.

    Parameters
    ----------
    cohort : Cohort
    labelled : Matrix
        Its rows that taught the model.
    """
    days = mornings(labelled)
    return {
        "cohort": cohort.name,
        "cohort_digest": cohort.digest(),
        "mornings": len(labelled),
        "athletes": labelled.n_athletes,
        "first_morning": str(days.min()),
        "last_morning": str(days.max()),
        "native_span": labelled.native_span,
    }
