"""Opening CSV files as people have them."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from heavylegs.data.errors import InputError
from heavylegs.data.imports import ImportReport
from heavylegs.data.readers.cells import parse_days, to_number
from heavylegs.data.readers.text import read_delimited
from hypothesis import given
from hypothesis import strategies as st

WANT = [("2024-01-31", 7.5, "Müde"), ("2024-02-01", 8.25, "gut")]


def written(delimiter=",", decimal=".", quote=""):
    lines = [delimiter.join(["day", "sleep", "note"])]
    for day, hours, note in WANT:
        number = quote + str(hours).replace(".", decimal) + quote
        lines.append(delimiter.join([day, number, note]))
    return "\r\n".join(lines) + "\r\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (written(), "utf-8"),
        (written(), "utf-8-sig"),
        (written(), "utf-16"),
        (written(), "utf-16-le"),
        (written(";", ","), "latin-1"),
        (written("\t", ","), "cp1252"),
        (written(",", ",", '"'), "utf-8"),
        ("sep=;\n" + written(";", ","), "utf-8"),
        (written().replace("\r\n", "\r"), "utf-8"),
    ],
)
def test_encoding_delimiter_and_decimal_sign_are_found(tmp_path, text, encoding):
    file = tmp_path / "a.csv"
    file.write_bytes(text.encode(encoding))
    sheet = read_delimited(file, ["Day", "Sleep"])
    assert sheet.days("day").dt.strftime("%Y-%m-%d").tolist() == [d for d, _, _ in WANT]
    assert sheet.numbers("sleep").tolist() == [h for _, h, _ in WANT]
    assert sheet.cells("note").tolist() == [n for _, _, n in WANT]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", r"a\.csv, line 1: is empty"),
        (b"\xef\xbb\xbf\r\n \n", r"a\.csv, line 1: is empty"),
        (b"day,sleep\n2024-01-01,\x007\n", r"a\.csv, line 2: holds NUL bytes"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n",
            r"a\.csv, line 1: is a Git LFS pointer",
        ),
        (b"PK\x03\x04rest", r"a\.csv: is a zip archive or an Excel workbook.*save the sheet as CSV"),
        (b"dya,sleep\n2024-01-01,7\n", r"a\.csv, line 1: column 'day' is missing \(the nearest is 'dya'"),
        (b'day,sleep\n2024-01-01,7\n"2024-01-02,7\n', r"a\.csv, line 3: is not sound CSV"),
        (b"sep=;\nday;sleep\n2024-01-01;7;5\n", r"a\.csv, line 3: 3 cells where the heading has 2"),
        (b"day,sleep\n2024-01-01,7,5\n2024-01-02,8,5\n2024-01-03,7\n", r"a\.csv, line 2: 3 cells"),
        (b"day,sleep\n2024-01-01,7,5\n2024-01-02,8,5\n", r"a\.csv, line 2: 3 cells where the heading has 2"),
        (b"\x89HDF\x01\x02", r"a\.csv, line 1: holds bytes that no text has"),
        (
            b"# mine\nday,sleep\n2024-01-01,7\n",
            r"a\.csv, line 2: 2 cells where the heading has 1 \(take out what",
        ),
    ],
)
def test_what_cannot_be_read_is_told_with_file_and_line(tmp_path, data, message):
    file = tmp_path / "a.csv"
    file.write_bytes(data)
    with pytest.raises(InputError, match=message):
        read_delimited(file, ["day"])


def test_what_windows_alone_writes_is_read(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"day,note\n2024-01-01,run \x96 5 \x80\n")
    assert read_delimited(tmp_path / "a.csv").cells("note").tolist() == ["run \N{EN DASH} 5 \N{EURO SIGN}"]


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(InputError, match="the file is missing"):
        read_delimited(tmp_path / "none.csv")


def test_rows_that_do_not_fit_are_passed_over_and_told(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text(
        'day,note,sleep\n2024-01-01,"two\nlines",7\n2024-01-02,x\n2024-01-03,,many\n2024-01-04,,80,\n'
    )
    sheet = read_delimited(file)
    assert sheet.frame.index.tolist() == [2, 5, 6]
    assert sheet.numbers("sleep", 0, 24).isna().tolist() == [False, True, True]
    report = ImportReport("test")
    sheet.tell(report, "diary")
    assert report.tables["diary"].left_out == {"not as many cells as the heading": 1}
    assert (
        report.tables["diary"]
        .examples["not as many cells as the heading"]
        .endswith("a.csv, line 4: 2 cells where the heading has 3")
    )
    assert report.notes == [
        "1 value of sleep: not a number (left empty; first: a.csv, line 5)",
        "1 value of sleep: outside 0 to 24 (left empty; first: a.csv, line 6)",
    ]


def test_a_doubled_heading_matters_only_where_it_is_used(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("day,sleep,x,x\n2024-01-01,7,1,2\n")
    sheet = read_delimited(file, ["sleep"])
    assert sheet.numbers("sleep").tolist() == [7.0]
    with pytest.raises(InputError, match=r"a\.csv, line 1: column 'x' stands twice"):
        sheet.numbers("x")


@pytest.mark.parametrize(
    "cells",
    [
        ["2024-01-31", "2024-02-01"],
        ["2024-01-31T06:00:00+02:00", "2024-02-01 23:59"],
        ["31.01.2024", "1.2.2024"],
        ["31/01/2024", "01/02/2024"],
        ["01/31/2024", "02/01/2024"],
        ["1/31/24 10:20 PM", "2/1/24"],
        ["Jan 31, 2024, 6:00:00 AM", "Feb 1, 2024"],
        ["31 January 2024", "1 February 2024"],
        ["45322", "45323.75"],
        ["20240131", "20240201"],
    ],
)
def test_days_are_read_as_they_are_written(cells):
    days, fitting = parse_days(pd.Series(cells, dtype="str"))
    assert days.dt.strftime("%Y-%m-%d").tolist() == ["2024-01-31", "2024-02-01"]
    assert len(fitting) == 1


@pytest.mark.parametrize(
    "cells",
    [["2024-01-31", "easy", "long"], ["31.01.1899", "01.02.1899"], ["31.01.2124", "01.02.2124"]],
)
def test_words_with_a_day_among_them_and_years_that_cannot_be_are_no_days(cells):
    days, fitting = parse_days(pd.Series(cells, dtype="str"))
    assert (days.notna().any(), fitting) == (False, [])


@pytest.mark.parametrize(
    ("days", "message"),
    [
        (["03/04/2024", "05/06/2024"], "line 2: .*'03/04/2024' may have the day or the month first"),
        (["03/03/2024", "05/06/2024"], "line 3: .*'05/06/2024' may have the day or the month first"),
        (["13/04/2024", "04/14/2024"], "line 3: .*'04/14/2024' has day and month the other way round than"),
    ],
)
def test_a_day_that_may_be_a_month_is_refused(tmp_path, days, message):
    file = tmp_path / "a.csv"
    file.write_text("\n".join(["day", *days]))
    with pytest.raises(InputError, match=rf"a\.csv, {message}"):
        read_delimited(file).days("day")


@given(st.floats(-1e7, 1e7).map(lambda x: round(x, 2)), st.sampled_from([(",", "."), (".", ","), (" ", ",")]))
def test_a_number_is_the_same_in_every_country(value, signs):
    group, decimal = signs
    text = f"{value:,.2f}".replace(",", "_").replace(".", decimal).replace("_", group)
    assert to_number(text, decimal) == value
    assert to_number(text, "?") == value


@pytest.mark.parametrize(
    "text", ["", "inf", "1e999", "0x10", "7h", "1,2,3", "12,34.5", "--5", "NaN", "1_000"]
)
def test_what_is_no_number_is_absent(text):
    assert math.isnan(to_number(text))
