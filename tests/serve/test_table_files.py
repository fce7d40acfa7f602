"""Tables as files: what is read is what was written, and whoever opens them sees days and blanks."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.errors import InputError
from heavylegs.serve.table_files import check_table_place, read_table, write_table

WHO = ["007", "1e5", "NA", "Zo\u00eb"]
TABLE = pd.DataFrame(
    {
        "athlete_id": WHO,
        "morning": pd.date_range("2024-01-31", periods=4),
        "fatigue": np.array([4.25, np.nan, 0.0, 10.0], dtype="float32"),
        "learned": [True, False, False, True],
    }
)


@pytest.mark.parametrize("who", [WHO, ["007", "010", "1e5", "42"]])
@pytest.mark.parametrize("name", ["told.csv", "told.json", "told.parquet", "told"])
def test_what_is_read_is_what_was_written(tmp_path, name, who):
    write_table(TABLE.assign(athlete_id=who), tmp_path / name)
    back = read_table(tmp_path / name)
    assert back["athlete_id"].tolist() == who
    assert pd.to_datetime(back["morning"]).tolist() == TABLE["morning"].tolist()
    np.testing.assert_array_equal(back["fatigue"].to_numpy(float), TABLE["fatigue"])
    assert back["learned"].tolist() == TABLE["learned"].tolist()


def test_a_spreadsheet_and_a_program_find_days_and_blanks(tmp_path):
    for name in ("told.csv", "told.json"):
        write_table(TABLE, tmp_path / name)
    data = (tmp_path / "told.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfathlete_id,morning,"), "the mark by which spreadsheets know UTF-8"
    assert data.decode("utf-8-sig").splitlines()[2] == "1e5,2024-02-01,,False"
    second = json.loads((tmp_path / "told.json").read_text(encoding="utf-8"))[1]
    assert second == {"athlete_id": "1e5", "morning": "2024-02-01", "fatigue": None, "learned": False}


@pytest.mark.parametrize("name", ["told.csv", "told.json", "told.parquet"])
def test_what_is_no_table_is_told_in_a_line(tmp_path, name):
    (tmp_path / name).write_bytes(b"\xff\x00 no table")
    with pytest.raises(InputError, match="cannot be read as a table"):
        read_table(tmp_path / name)
    with pytest.raises(
        InputError, match=r"told\.xlsx: is of no kind .* \(name it \.parquet, \.csv or \.json\)"
    ):
        check_table_place(tmp_path / "told.xlsx")
