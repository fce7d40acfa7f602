"""What MLflow serves: an input that cannot be used is told, not shown as the fault of a library."""

from __future__ import annotations

import pandas as pd
import pytest
from heavylegs.data.errors import InputError
from heavylegs.serve.pyfunc import Served


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda frame: frame.iloc[:0], "has no row"),
        (lambda frame: frame.assign(day="yesterday"), "days as YYYY-MM-DD"),
        (lambda frame: frame.assign(day="01/03/2024"), "days as YYYY-MM-DD"),
        (lambda frame: frame.assign(load_1d_au="much"), "cannot be read: could not convert"),
        (lambda frame: frame[["load_1d_au"]], "the model's input lacks"),
        (lambda frame: frame.assign(day=pd.Timestamp("2024-03-01", tz="UTC")), "days as YYYY-MM-DD"),
        (lambda frame: frame.assign(store=[["a", "b"]] * 3), "a store that is no text"),
    ],
)
def test_what_is_no_matrix_is_told(model, matrix, change, words):
    with pytest.raises(InputError, match=words):
        Served(model).predict(change(matrix.frame.iloc[:3]))


def test_rows_of_nobody_known_are_forecast(model, matrix):
    rows = matrix.frame.iloc[40:43]
    told = Served(model).predict(rows.assign(athlete_id=None, day=matrix.keys["day"].iloc[40:43]))
    assert told["fatigue"].notna().all()
    assert set(told["athlete_id"]) == {"unknown"}
