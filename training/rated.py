"""The rated mornings of a matrix, or why there is none to learn from."""

from __future__ import annotations

from ..data.errors import InputError
from ..data.names import counted
from ..features.matrix import Matrix


def rated(matrix: Matrix) -> Matrix:
    """Return the rows whose next morning was rated.

    Raises
    ------
    InputError
        Where there is none: nobody rated a morning, none of the rows chosen lies before one, or logs begin with their ratings.
    """
    labelled = matrix.labelled()
    if len(labelled):
        return labelled
    whole, _ = matrix.origin()
    if len(whole.labelled()):
        raise InputError(f"cohort {matrix.cohort} has no rated morning up to then", mend="choose a later day")
    answers = int(whole.frame["ratings_so_far"].groupby(whole.owner).max().sum())
    if not answers:
        raise InputError(f"cohort {matrix.cohort} has no rated morning to learn from", mend="import ratings")
    raise InputError(
        f"{counted(answers, 'morning is', 'mornings are')} rated, but none has the day before it in the log, from which it is forecast",
        mend="log a day more, or rate the next morning",
    )
