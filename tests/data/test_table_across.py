"""A sheet with a column an athlete comes in as the tidy one that tells the same."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from heavylegs.data.errors import InputError
from heavylegs.data.imports import Imported
from heavylegs.data.readers.table import read_table
from heavylegs.data.readers.table_guess import guess_map

ACROSS = 'Date,Anna,Bj\u00f8rn,"O\'Neill, Pat"\n2024-05-01,2,,5\n2024-05-02,3,4,1\n'
TIDY = "Date,Player,Fatigue\n" + "".join(
    f"2024-05-0{day},{who},{answer}\n"
    for day, who, answer in (
        (1, "Anna", 2),
        (1, '"O\'Neill, Pat"', 5),
        (2, "Anna", 3),
        (2, "Bj\u00f8rn", 4),
        (2, '"O\'Neill, Pat"', 1),
    )
)


def as_proposed(folder: Path, text: str) -> Imported:
    file = folder / "sheet.csv"
    file.write_text(text, encoding="utf-8")
    told = guess_map(file).replace('direction = "?"', "direction = 1")
    file.with_suffix(".toml").write_text(told, encoding="utf-8")
    return read_table(file, file.with_suffix(".toml"))


def test_what_comes_in_is_what_the_tidy_sheet_tells(tmp_path):
    across, tidy = (as_proposed(tmp_path, text) for text in (ACROSS, TIDY))
    keys = ["athlete_id", "day"]
    both = [t.tables["ratings"].sort_values(keys, ignore_index=True) for t in (across, tidy)]
    pd.testing.assert_frame_equal(*both, check_like=True)
    counted = across.report.tables["ratings"]
    assert (counted.read, counted.kept) == (6, 5)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (ACROSS.replace(",2,,5", ",2x,,5"), "line 2: column 'Anna': '2x' is no number"),
        (ACROSS.replace("Bj\u00f8rn", "anna "), "columns 'Anna' and 'anna' are of one name"),
    ],
)
def test_what_is_wrong_is_told_by_athlete_and_line(tmp_path, text, words):
    read = "[table]\nname = 'ratings'\nathlete_column = '*'\ndate_column = 'Date'\n[columns.fatigue]\nsource = '*'\n"
    (tmp_path / "map.toml").write_text(read + "scale = { min = 1, max = 5, direction = 1 }\n")
    (tmp_path / "sheet.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        read_table(tmp_path / "sheet.csv", tmp_path / "map.toml")


def test_columns_of_measures_are_not_taken_for_athletes(tmp_path):
    file = tmp_path / "sheet.csv"
    file.write_text("Date,Alpha,Beta,Gamma\n2024-05-01,2,140,5\n2024-05-02,3,150,1\n")
    assert "no column was understood" in guess_map(file)
