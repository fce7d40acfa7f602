"""When a session of a tidy table began: what the proposed map says of it, and what comes in."""

from __future__ import annotations

import tomllib
from datetime import date

import pandas as pd
import pytest
from heavylegs.data.errors import InputError
from heavylegs.data.importer import import_tables
from heavylegs.data.readers.table import read_table
from heavylegs.data.readers.table_guess import guess_map
from heavylegs.data.store import Store

REST = "Distance (km),Duration,Type"


def proposed(folder, head, *starts):
    """Return the map proposed for runs that began at `starts`, cells under `head`, and the file."""
    file = folder / "runs.csv"
    rows = [f"{start},{n + 5},0:{30 + n}:00,Run" for n, start in enumerate(starts)]
    file.write_text("\n".join([f"{head},{REST}", *rows]) + "\n", encoding="utf-8")
    return guess_map(file), file


def came_in(file, told, zone="Europe/Oslo"):
    """Return the activities that the proposal brings in, its owner having named the zone."""
    mapping = file.with_suffix(".toml")
    mapping.write_text(told.replace('timezone = "?"', f'timezone = "{zone}"'), encoding="utf-8")
    imported = read_table(file, mapping)
    return imported.tables["activities"], imported.report


@pytest.mark.parametrize(
    ("head", "starts", "written"),
    [
        ("Start", ["2024-03-01 06:30", "2024-03-01 18:05"], None),
        ("Started At", ["1.3.2024 6:30", "1.3.2024 18:05"], "%d.%m.%Y %H:%M"),
        ("date", ["13/3/2024 6:30 AM", "13/3/2024 6:05 PM"], "%d/%m/%Y %I:%M %p"),
        ("Datum,Uhrzeit", ["1.3.2024,6:30", "1.3.2024,18:05"], None),
        ("Date,Time", ["2024-03-01,6:30 am", "2024-03-01,6:05 p.m."], None),
    ],
)
def test_a_proposal_keeps_the_clock_so_that_sessions_of_a_day_are_told_apart(tmp_path, head, starts, written):
    told, file = proposed(tmp_path, head, *starts)
    assert tomllib.loads(told)["columns"]["start_time"].get("format") == written
    with pytest.raises(InputError, match=r"timezone of \[table\] is not filled in"):
        came_in(file, told, zone="?")
    activities, _ = came_in(file, told)
    assert activities["start_time"].dt.strftime("%H:%M").tolist() == ["05:30", "17:05"], "UTC"
    assert activities["duration_s"].tolist() == [1800.0, 1860.0]
    assert activities["day"].nunique() == 1


def test_the_format_stays_open_where_day_and_month_cannot_be_told_apart(tmp_path):
    told, file = proposed(tmp_path, "Start", "3/4/2024 6:30", "5/4/2024 18:05")
    assert tomllib.loads(told)["columns"]["start_time"]["format"] == "?"
    decided = told.replace('date_format = "?"', 'date_format = "%d/%m/%Y"')
    with pytest.raises(InputError, match=r"format of \[columns.start_time\] is not filled in"):
        came_in(file, decided)
    activities, _ = came_in(file, decided.replace('format = "?"', 'format = "%d/%m/%Y %H:%M"'))
    assert activities["start_time"].dt.strftime("%m-%d %H:%M").tolist() == ["04-03 04:30", "04-05 16:05"]


@pytest.mark.parametrize("start", ["2024-03-01 00:00:00", "2024-03-01"])
def test_a_day_written_out_as_midnight_tells_no_start(tmp_path, start):
    told, file = proposed(tmp_path, "Date", start, start)
    assert "start_time" not in tomllib.loads(told)["columns"]
    assert "start_time" not in came_in(file, told)[0]


@pytest.mark.parametrize("utc", ["Z", "+00:00"])
def test_times_in_utc_are_of_the_day_at_home(tmp_path, utc):
    told, file = proposed(tmp_path, "start_time", f"2024-03-13T18:30:00{utc}", f"2024-03-13T06:30:00{utc}")
    activities, _ = came_in(file, told, zone="Pacific/Auckland")
    assert activities["day"].dt.strftime("%m-%d").tolist() == ["03-14", "03-13"]
    told, file = proposed(tmp_path, "start_time", "2024-03-14T07:30:00+13:00", "2024-03-13T19:30:00+13:00")
    assert "timezone" not in tomllib.loads(told)["table"], "the day is the one written"
    assert came_in(file, told)[0].equals(activities)


def test_a_cell_without_a_clock_leaves_the_start_absent_and_is_counted(tmp_path):
    told, file = proposed(tmp_path, "Start", "2024-03-01 06:30", "2024-03-02 18:05")
    file.write_text(file.read_text().replace(" 18:05", ""))
    activities, report = came_in(file, told)
    assert activities["start_time"].isna().tolist() == [False, True]
    assert any("a day without a clock" in note for note in report.notes)


def test_a_way_of_writing_a_bare_clock_is_of_the_rows_day(tmp_path):
    told, file = proposed(tmp_path, "Date,Start", "2024-03-01,06.30", "2024-03-02,18.05")
    told += '\n[columns.start_time]\nsource = "Start"\nformat = "%H.%M"\n'
    told = told.replace("[table]", '[table]\ntimezone = "Europe/Oslo"', 1)
    start = came_in(file, told)[0]["start_time"]
    assert start.tolist() == [pd.Timestamp("2024-03-01T05:30Z"), pd.Timestamp("2024-03-02T17:05Z")]


def test_no_distance_is_not_a_run_of_0_km(tmp_path):
    told, file = proposed(tmp_path, "Date", "2024-03-01", "2024-03-02")
    file.write_text(file.read_text().replace(",5,", ",0,"))
    activities, report = came_in(file, told)
    assert activities["distance_m"].fillna(-1).tolist() == [-1, 6000]
    assert any("0, which means not measured" in note for note in report.notes)


def test_planned_sessions_are_left_out_and_counted(tmp_path):
    told, file = proposed(tmp_path, "Date", "2024-03-01", "2024-03-02", "2024-03-05")
    came_in(file, told)
    imported, store = read_table(file, file.with_suffix(".toml")), Store(tmp_path / "store")
    import_tables(store, imported.tables, imported.report, "", today=date(2024, 3, 1))
    assert store.read().activities["day"].dt.day.tolist() == [1, 2], "somewhere the next day has begun"
    counted = imported.report.tables["activities"]
    assert (counted.read, counted.kept, counted.left_out) == (3, 2, {"lies in the future": 1})


def test_a_sheet_of_gym_sessions_does_not_replace_the_runs_of_the_same_days(tmp_path):
    store = Store(tmp_path / "store")
    for sport in ("running", "strength"):
        (tmp_path / "sheet.csv").write_text("Date,Minutes\n2024-03-01,45\n")
        mapping = f"[table]\nname = 'activities'\nathlete = 'me'\ndate_column = 'Date'\nsport = '{sport}'\n"
        mapping += "[columns.duration_s]\nsource = 'Minutes'\nunit = 'min'\n"
        (tmp_path / "sheet.toml").write_text(mapping)
        imported = read_table(tmp_path / "sheet.csv", tmp_path / "sheet.toml")
        import_tables(store, imported.tables, imported.report, "")
    assert sorted(store.read().activities["sport"]) == ["running", "strength"]


def imported(store, folder, name, rows, start):
    """Import a sheet of runs, with starts or without, and return what is said of it."""
    file, mapping = folder / f"{name}.csv", folder / f"{name}.toml"
    file.write_text("day,start,km\n" + "\n".join(rows) + "\n", encoding="utf-8")
    told = '[table]\nname = "activities"\nathlete = "me"\ndate_column = "day"\nsport = "running"\ntimezone = "Europe/Oslo"\n'
    told += '[columns.distance_m]\nsource = "km"\nunit = "km"\n'
    mapping.write_text(told + ('[columns.start_time]\nsource = "start"\n' if start else ""), encoding="utf-8")
    sheet = read_table(file, mapping)
    import_tables(store, sheet.tables, sheet.report, "")
    return [note for note in sheet.report.notes if "other values" in note]


def test_sheets_of_mornings_and_of_evenings_keep_each_other_s_runs(tmp_path):
    store = Store(tmp_path / "store")
    assert not imported(store, tmp_path, "mornings", ["2024-05-01,06:30,8"], start=True)
    assert not imported(store, tmp_path, "evenings", ["2024-05-01,18:00,11"], start=True)
    assert store.read().activities["distance_m"].tolist() == [8000.0, 11000.0]
