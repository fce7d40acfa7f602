"""All that is wrong in a table is told at once, a line each, and nothing is imported."""

from __future__ import annotations

from pathlib import Path

import pytest
from heavylegs.data.errors import InputError, InputFaultsError
from heavylegs.data.readers.table import read_table
from heavylegs.serve.cli import main
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

MAP = """\
[table]
name = "diary"
athlete_column = "Player"
date_column = "Date"
date_format = "%Y-%m-%d"
[columns.fatigue]
source = "Fatigue"
scale = { min = 1, max = 5, direction = 1 }
[columns.sleep_h]
source = "Sleep"
unit = "h"
"""
ROWS = [f"2024-05-{day:02d},{who},3,7.5" for day in range(1, 31) for who in ("ann", "bo")]


def put(folder: Path, wrong: dict[int, str]) -> tuple[Path, Path]:
    """A sound sheet but for these lines, and its map."""
    lines = ["Date,Player,Fatigue,Sleep", *ROWS]
    for line, row in wrong.items():
        lines[line - 1] = row
    (folder / "squad.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "squad.toml").write_text(MAP, encoding="utf-8")
    return folder / "squad.csv", folder / "squad.toml"


def faults(folder: Path, wrong: dict[int, str]) -> list[str]:
    """What is said of a sheet with these lines, without the file's name."""
    table, mapping = put(folder, wrong)
    with pytest.raises(InputError) as refused:
        read_table(table, mapping)
    return [line.removeprefix(str(table)).lstrip(", ") for line in str(refused.value).split("\n")]


def test_every_kind_of_fault_is_told_with_its_line_and_mend(tmp_path: Path):
    wrong = {
        3: "2024-05-01,bo,6?,7.5",
        4: "2nd May,ann,3,7.5",
        6: "2024-05-03,ann,9,27",
        8: "2024-05-04,Ann,3,7.5",
        9: "2024-05-04,bo,3,7.5,late",
        11: "2024-05-01,ann,3,7.5",
    }
    assert faults(tmp_path, wrong) == [
        "line 3: column 'Fatigue': '6?' is no number (correct the cell or the map)",
        "line 4: column 'Date': '2nd May' is no day written as %Y-%m-%d (correct the cell, or date_format)",
        "line 6: column 'Fatigue': '9' is outside the scale 1-5 (correct the cell or the map)",
        "line 6: column 'Sleep': '27' (h) is outside 0 to 24 h, all that sleep_h can be (check the unit)",
        "line 8: column 'Player': 'Ann' is there with other capitals (write it the same way)",
        "line 9: 5 cells where the heading has 4",
        "line 11: the same athlete and day as in line 2 (keep one of them; two people of one name need two)",
        ": 7 faults; nothing was imported",
    ]


def test_one_fault_is_one_line(tmp_path: Path):
    (told,) = faults(tmp_path, {3: "2024-05-01,bo,6?,7.5"})
    assert told == "line 3: column 'Fatigue': '6?' is no number (correct the cell or the map)"


def test_equal_cells_are_told_together_and_a_wrong_unit_once(tmp_path: Path):
    ill = {line: ROWS[line - 2].replace(",3,", ",ill,") for line in (3, 9, 14)}
    assert "'ill' is no number, also on lines 9, 14 (" in faults(tmp_path, ill)[0]
    minutes = {line: row.replace("7.5", str(400 + line)) for line, row in enumerate(ROWS, 2)}
    (told,) = faults(tmp_path, minutes)
    assert "'402' (h) is outside 0 to 24 h, all that sleep_h can be; nor are 59 other cells right" in told


def test_what_one_line_of_the_map_mends_is_told_once_beside_the_cells(tmp_path: Path):
    (tmp_path / "runs.csv").write_text(
        "Date,Start,km\n2024-05-01,06:30,10\n2024-05-02,06:30,x\n2024-05-03,6,8\n"
    )
    mapping = '[table]\nname = "activities"\nathlete = "me"\ndate_column = "Date"\nsport = "running"\n'
    mapping += '[columns.start_time]\nsource = "Start"\n[columns.distance_m]\nsource = "km"\nunit = "km"\n'
    (tmp_path / "runs.toml").write_text(mapping)
    with pytest.raises(InputFaultsError) as refused:
        read_table(tmp_path / "runs.csv", tmp_path / "runs.toml")
    told = [fault.what for fault in refused.value.faults]
    assert told == [
        "column 'Start': '06:30' has no offset from UTC and the map no timezone",
        "column 'km': 'x' is no number in km",
        "column 'Start': '6' is no time such as 2024-01-31T07:15:00+01:00",
        "3 faults; nothing was imported",
    ]


def test_of_many_the_first_twenty_are_told_and_no_store_is_made(tmp_path: Path, capsys):
    table, mapping = put(tmp_path, {n: ROWS[n - 2].replace(",3,", f",{n}?,") for n in range(2, 27)})
    told = ["--map", str(mapping), "--store", str(tmp_path / "store")]
    assert main(["import", "table", str(table), *told]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [f"line {n}:" in line for n, line in enumerate(lines[:-1], 2)] == [True] * 20
    assert lines[-1] == f"heavylegs: {table}: 25 faults, the first 20 above; nothing was imported"
    assert not (tmp_path / "store").exists()


CELLS = st.sampled_from(["x", "6", "0", "3 or 4", "?5", "1e9", "(2)", "7:30x"])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.integers(2, 21), CELLS, min_size=2))
def test_no_slip_waits_for_another_run(tmp_path: Path, slips: dict[int, str]):
    wrong = {line: ROWS[line - 2].replace(",3,", f",{cell},") for line, cell in slips.items()}
    table, mapping = put(tmp_path, wrong)
    with pytest.raises(InputError) as refused:
        read_table(table, mapping)
    several = isinstance(refused.value, InputFaultsError)
    assert several == (len(set(slips.values())) > 1)
    for line, cell in slips.items():
        (told,) = (one for one in str(refused.value).split("\n") if repr(cell) in one)
        alike = [n for n in sorted(slips) if slips[n] == cell]
        assert f"line {alike[0]}:" in told
        assert line in alike[:6] or f"and {len(alike) - 6} more" in told
