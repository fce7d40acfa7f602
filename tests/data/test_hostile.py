"""What is broken in ways that files really are, or made to be: one clear line, and a store as it was."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from heavylegs.data.activity_import import import_activities
from heavylegs.data.errors import InputError
from heavylegs.data.importer import import_tables
from heavylegs.data.imports import ImportReport
from heavylegs.data.names import plain_name
from heavylegs.data.owner import Owner
from heavylegs.data.readers.garmin_connect import read_garmin_connect
from heavylegs.data.readers.table import read_table
from heavylegs.data.store import Store

MAP = """[table]
name = "diary"
athlete_column = "Name"
date_column = "Date"
[columns.sleep_h]
source = "Sleep"
unit = "h"
"""


def table(folder: Path, *rows: str, encoding: str = "utf-8") -> pd.DataFrame:
    (folder / "map.toml").write_text(MAP, encoding="utf-8")
    (folder / "diary.csv").write_text("\n".join(["Name,Date,Sleep", *rows]), encoding=encoding)
    return read_table(folder / "diary.csv", folder / "map.toml").tables["diary"]


def test_a_recording_that_was_cut_off_and_comes_again_whole_is_one(tmp_path: Path, real_data: Path) -> None:
    """Half a file tells no session: no sport, another id, another length."""
    whole = (real_data / "activity_files/fit_ok/activity-small-fenix2-run.fit").read_bytes()
    for name, data in (("half.fit", whole[: len(whole) // 2]), ("whole.fit", whole)):
        (tmp_path / name).write_bytes(data)
        import_activities(Store(tmp_path / "both"), [tmp_path / name], Owner("me"))
    import_activities(Store(tmp_path / "one"), [tmp_path / "whole.fit"], Owner("me"))
    assert Store(tmp_path / "both").read().digest() == Store(tmp_path / "one").read().digest()


@pytest.mark.parametrize("written", ["An\u200bna", "\ufeffAnna", "Anna\u00a0", "A\u00adnna"])
def test_what_cannot_be_seen_of_a_name_makes_nobody_else_of_it(tmp_path: Path, written: str) -> None:
    diary = table(tmp_path, "Anna,2024-01-01,7", f"{written},2024-01-02,8")
    assert set(diary["athlete_id"]) == {"Anna"}
    assert Owner(written).athlete == "Anna"


def test_an_umlaut_of_two_letters_is_the_one_of_one() -> None:
    assert Owner("Zoe\u0308").athlete == plain_name("Zo\u00eb")


def test_a_table_says_which_years_it_may_tell_of(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"line 3: .*'1970-01-01' is not from 1990 to 2099"):
        table(tmp_path, "me,2024-01-01,8", "me,1970-01-01,7")


def test_a_leap_day_is_a_day_of_leap_years_only(tmp_path: Path) -> None:
    assert table(tmp_path, "me,2024-02-29,8")["day"].tolist() == [pd.Timestamp("2024-02-29")]
    with pytest.raises(InputError, match=r"line 3: .*'2023-02-29' is no day"):
        table(tmp_path, "me,2023-02-28,8", "me,2023-02-29,8")


def test_a_byte_order_mark_may_stand_twice(tmp_path: Path) -> None:
    table(tmp_path, "me,2024-01-01,8")
    sheet = tmp_path / "diary.csv"
    sheet.write_bytes(b"\xef\xbb\xbf\xef\xbb\xbf" + sheet.read_bytes())
    assert len(read_table(sheet, tmp_path / "map.toml").tables["diary"]) == 1


def test_days_by_a_clock_that_was_not_set_are_left_out_and_counted(tmp_path: Path) -> None:
    """Else the grid of days would begin in 1970, with decades of rest."""
    day = pd.to_datetime(["1970-01-01", "2024-05-01"])
    diary = pd.DataFrame({"athlete_id": "me", "day": day, "steps": 5000.0})
    report = ImportReport("x")
    report.count("diary", 2, 2)
    import_tables(Store(tmp_path / "s"), {"diary": diary}, report, "", today=date(2024, 5, 2))
    assert Store(tmp_path / "s").read().diary["day"].dt.year.tolist() == [2024]
    assert report.to_dict()["tables"]["diary"]["left_out"] == {
        "lies before 1990: a clock that was not set": 1
    }


def test_json_that_tells_one_thing_twice_is_not_guessed_at(tmp_path: Path) -> None:
    night = json.dumps({"calendarDate": "2024-05-01", "sleepTimeSeconds": 27000})
    file = tmp_path / "sleep.json"
    file.write_text(f'[{{"dailySleepDTO": {night[:-1]}, "sleepTimeSeconds": 1000}}}}]')
    with pytest.raises(InputError, match="'sleepTimeSeconds' twice"):
        read_garmin_connect(file, athlete="me")
