"""Any tidy table by a map, and the map that is proposed for it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pandas as pd
import pytest
from heavylegs.data.errors import InputError
from heavylegs.data.readers.table import read_table
from heavylegs.data.readers.table_guess import guess_map
from heavylegs.data.readers.units import convert
from heavylegs.data.table_sessions import sheet_key
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .accounts import accounted

DIARY = """\
Datum;Müdigkeit (1-5);Schlaf;Gewicht (lb);Wasser [L];krank;Kommentar
31.01.2024;2;7:30;135,5;2,5;nein;bei Anna
01.02.2024;5;k.A.;;;ja;
02.02.2024;;8:00;136;1;;
"""
MAP = """\
[table]
name = "diary"
athlete = "me"
date_column = "Datum"
date_format = "%d.%m.%Y"
absent = ["k.A."]

[columns.fatigue]
source = "Müdigkeit (1-5)"
scale = { min = 1, max = 5, direction = -1 }

[columns.sleep_h]
source = "Schlaf"
unit = "h:mm"

[columns.mass_kg]
source = "Gewicht (lb)"
unit = "lb"

[columns.fluid_ml]
source = "Wasser [L]"
unit = "litres"

[columns.illness]
source = "krank"
unit = "0/1"
values = { "ja" = 1, "nein" = 0 }
"""


GUIDE = Path(__file__).resolve().parents[2] / "docs" / "tables.md"


def put(folder, table=DIARY, mapping=MAP, encoding="utf-8"):
    (folder / "my.csv").write_bytes(table.encode(encoding))
    (folder / "my.toml").write_text(mapping, encoding="utf-8")
    return folder / "my.csv", folder / "my.toml"


def read(folder, *args, **options):
    imported = read_table(*put(folder, *args, **options))
    return accounted(imported), imported.report


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_a_diary_with_units_scale_and_own_words(tmp_path, encoding):
    cohort, report = read(tmp_path, encoding=encoding)
    first, second, third = cohort.diary.to_dict("records")
    assert (first["sleep_h"], first["fluid_ml"], first["illness"]) == (7.5, 2500.0, 0.0)
    assert first["mass_kg"] == pytest.approx(61.46, abs=0.01)
    assert (second["illness"], pd.isna(second["sleep_h"]), pd.isna(third["illness"])) == (1.0, True, True)
    assert cohort.ratings["fatigue"].tolist() == [7.5, 0.0]
    assert cohort.ratings["day"].dt.strftime("%m-%d").tolist() == ["01-31", "02-01"]
    assert cohort.scale().direction == -1
    assert report.tables["ratings"].left_out == {"no value in this row": 1}
    assert any("does not name: Kommentar" in n for n in report.notes)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (";7:30;", ";7,5x;", r"my\.csv, line 2: column 'Schlaf': '7,5x' is no number in h:mm"),
        (
            ";7:30;",
            ";27:30;",
            r"line 2: column 'Schlaf': '27:30' \(h:mm\) is outside 0 to 24 h.*check the unit",
        ),
        (
            "\n01.02.2024;5",
            "\n01.02.2024;6",
            r"line 3: column 'Müdigkeit \(1-5\)': '6' is outside the scale 1-5",
        ),
        ("01.02.2024", "2/1/2024", r"line 3: column 'Datum': '2/1/2024' is no day written as %d.%m.%Y"),
        (
            "01.02.2024",
            "31.01.2024",
            r"line 3: the same athlete and day as in line 2 \(keep one of them, or is a",
        ),
        ("nein", "vielleicht", r"line 2: column 'krank': 'vielleicht' is not among values of the map"),
        (
            "Schlaf",
            "Schlafdauer",
            r"line 1: column 'Schlaf', which my.toml names, is missing \(the nearest is 'Schlafd",
        ),
        ("Kommentar", "Schlaf", r"line 1: column 'Schlaf' stands twice in the heading"),
        (";bei Anna", "", r"my\.csv, line 2: 6 cells where the heading has 7"),
        ("135,5", "1.234", r"line 2: column 'Gewicht \(lb\)': '1.234' \(lb\) is outside 25 to 250 kg"),
    ],
)
def test_a_bad_cell_is_told_with_file_line_and_column(tmp_path, old, new, message):
    with pytest.raises(InputError, match=message):
        read(tmp_path, DIARY.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'name = "diary"',
            'name = "dairy"',
            r"my\.toml, line 2: there is no table 'dairy' \(one of diary, ratings",
        ),
        (
            "[columns.sleep_h]",
            "[columns.sleep]",
            r"line 12: table diary has no column 'sleep' \(the nearest is 'sleep_h'",
        ),
        (
            'unit = "lb"',
            'unit = "km"',
            r"line 18: unit 'km' of mass_kg is not known \(one of kg, lb, st, g\)",
        ),
        ('unit = "lb"\n', "", r"line 16: mass_kg needs its unit"),
        (
            "direction = -1",
            "direction = 0",
            r"line 10: which way fatigue runs is not told .*a higher answer is more tired",
        ),
        (", direction = -1", "", r"which way fatigue runs is not told \(direction null\)"),
        ("min = 1", "min = 9", r"line 10: fatigue needs min and max of its scale"),
        ('athlete = "me"', "", r"line 1: needs either athlete"),
        (
            "date_format",
            "date_fromat",
            r"line 5: \[table\] has no key 'date_fromat' \(the nearest is 'date_format'\)",
        ),
        ('source = "Schlaf"', "source = Schlaf", r"my\.toml, line 13: is not TOML"),
        ("[columns", "[column", r"has no key 'column'"),
    ],
)
def test_a_bad_map_is_told_with_its_line(tmp_path, old, new, message):
    with pytest.raises(InputError, match=message):
        read(tmp_path, mapping=MAP.replace(old, new))


@pytest.mark.parametrize(
    ("who", "message"),
    [
        ("Ann", "line 4: the same athlete and day as in line 2"),
        ("ann", "line 4: column 'Wer': 'ann' is there with other capitals"),
        ("", "line 4: column 'Wer': '' does not tell who"),
    ],
)
def test_whose_row_it_is_must_be_clear(tmp_path, who, message):
    table = f"Wer,Tag,Schlaf\nAnn,2024-01-31,7\nBob,2024-01-31,8\n{who},2024-01-31,6\n"
    told = '[table]\nname = "diary"\nathlete_column = "Wer"\ndate_column = "Tag"\n'
    with pytest.raises(InputError, match=rf"my\.csv, {message}"):
        read(tmp_path, table, told + '[columns.sleep_h]\nsource = "Schlaf"\nunit = "h"\n')


def test_a_cell_with_a_unit_has_another_cure_than_one_with_either_decimal_sign(tmp_path):
    told = '[table]\nname = "diary"\nathlete = "me"\ndate_column = "Tag"\n'
    told += '[columns.sleep_h]\nsource = "Schlaf"\nunit = "h"\n'
    for cell, mend in (("7,5 x", "correct the cell or the map"), ("7,500", "say decimal in the map")):
        with pytest.raises(InputError, match=rf"my\.csv, line 2: .*'{cell}' is no number in h \({mend}\)"):
            read(tmp_path, f"Tag;Schlaf\n2024-01-31;{cell}\n", told)


def test_a_map_is_read_as_a_shell_of_windows_writes_it(tmp_path):
    table, told = put(tmp_path)
    told.write_bytes(MAP.replace("\n", "\r\n").encode("utf-16"))
    assert len(read_table(table, told).tables["ratings"]) == 2


def test_activities_get_ids_sports_and_instants(tmp_path):
    table = """\
date,who,start,what,km,time,pace,rpe,shoes
45322,a,06:30,Lauf,10.5,0:52:30,5:00,6,Anna's reds
45322,a,18:00:30,Yoga,,1:00:00,,,
45323,b,,Lauf,"999.25",90:00:00,,,
"""
    mapping = """\
[table]
name = "activities"
athlete_column = "who"
date_column = "date"
timezone = "Europe/Oslo"
[columns.start_time]
source = "start"
[columns.sport]
source = "what"
values = { "Lauf" = "running", "Yoga" = "other" }
[columns.distance_m]
source = "km"
unit = "km"
[columns.duration_s]
source = "time"
unit = "h:mm:ss"
[columns.session_rpe]
source = "rpe"
[columns.shoe_id]
source = "shoes"
"""
    cohort, _ = read(tmp_path, table, mapping)
    run, yoga, ultra = cohort.activities.to_dict("records")
    assert (run["start_time"], yoga["start_time"]) == (
        pd.Timestamp("2024-01-31T05:30Z"),
        pd.Timestamp("2024-01-31T17:00:30Z"),
    )
    assert (run["distance_m"], run["duration_s"], run["session_rpe"]) == (10_500.0, 3150.0, 6.0)
    sheet = sheet_key("my", "my", "")
    assert [a["activity_id"] for a in (run, yoga)] == [
        f"a-table-20240131-0530Z-{sheet}-1",
        f"a-table-20240131-other-1700Z-{sheet}-1",
    ]
    assert ultra["activity_id"].startswith(f"b-table-20240201-{sheet}")
    assert (ultra["distance_m"], ultra["sport"], "Anna" in cohort.activities.to_csv()) == (
        999_250.0,
        "running",
        False,
    )


def test_weather_and_athletes_are_tables_too(tmp_path):
    hours = "[table]\nname = 'weather'\nplace = 'home'\n[columns.time]\nsource = 'at'\n[columns.temperature_c]\nsource = 't'\nunit = 'F'\n"
    cohort, _ = read(tmp_path, "at,t\n2024-06-01T12:00:00+02:00,50\n", hours)
    assert cohort.weather[["time", "temperature_c"]].values.tolist() == [
        [pd.Timestamp("2024-06-01T10:00Z"), pytest.approx(10)]
    ]
    people = (
        "[table]\nname = 'athletes'\nathlete_column = 'id'\n[columns.height_cm]\nsource = 'h'\nunit = 'in'\n"
    )
    cohort, _ = read(tmp_path, "id,h\na,70\n", people)
    assert cohort.athletes["height_cm"].tolist() == [pytest.approx(177.8)]
    homes = "[table]\nname = 'athletes'\nathlete_column = 'id'\n[columns.timezone]\nsource = 'home'\n"
    cohort, _ = read(tmp_path, "id,home\na,Europe/Oslo\nb,\n", homes)
    assert cohort.athletes["timezone"].tolist() == ["Europe/Oslo"]
    with pytest.raises(
        InputError, match=r"line 2: column 'home': 'Oslo' is no time zone \(give an IANA name"
    ):
        read(tmp_path, "id,home\na,Oslo\n", homes)


@pytest.mark.parametrize(
    ("unit", "target", "cell", "value"),
    [
        ("km", "m", "1,5", 1500.0),
        ("mi", "m", "1", 1609.344),
        ("min", "h", "450", 7.5),
        ("mm:ss", "s", "52:30", 3150.0),
        ("h:mm:ss", "s", "1:00:00,5", 3600.5),
        ("st", "kg", "10", 63.503),
        ("kJ", "kcal", "4184", 1000.0),
        ("fl oz", "mL", "8", 236.588),
        ("cups", "mL", "2", 473.176),
        ("F", "degC", "212", 100.0),
        ("fraction", "%", "0,25", 25.0),
        ("g salt", "mg", "1", 393.37),
        ("ug", "mg", "500", 0.5),
        ("min/km", "m/s", "4:10", 4.0),
        ("strides/min", "steps/min", "88", 176.0),
        ("min/mi", "m/s", "8:00", 3.3528),
        ("mph", "m/s", "10", 4.4704),
        ("ft", "m", "100", 30.48),
        ("yd", "m", "100", 91.44),
        ("lb", "kg", "150", 68.0389),
        ("dl", "mL", "5", 500.0),
        ("pints", "mL", "1", 473.176),
        ("uk pints", "mL", "1", 568.261),
        ("uk units", "g", "2", 16.0),
        ("us drinks", "g", "2", 28.0),
        ("mg", "ug", "2", 2000.0),
        ("s", "ms", "0,065", 65.0),
        ("kPa", "hPa", "101,3", 1013.0),
        ("mmHg", "hPa", "760", 1013.25),
        ("h", "h", "1h05", 13 / 12),
        ("h", "h", "1h75", float("nan")),
        ("min", "s", "45'75", float("nan")),
    ],
)
def test_units_that_people_use(unit, target, cell, value):
    assert convert(pd.Series([cell]), unit, target, ",").tolist() == [
        pytest.approx(value, rel=1e-4, nan_ok=True)
    ]


def test_a_time_without_an_answer_is_no_rating_and_is_counted(tmp_path):
    rows = "day,f,at\n2024-05-01,3,2024-05-01T07:00:00+02:00\n2024-05-02,,2024-05-02T07:00:00+02:00\n"
    rated = "[table]\nname = 'ratings'\nathlete = 'a'\ndate_column = 'day'\n[columns.answered_at]\nsource = 'at'\n"
    scale = "[columns.fatigue]\nsource = 'f'\nscale = { min = 1, max = 5, direction = 1 }\n"
    cohort, report = read(tmp_path, rows, rated + scale)
    assert cohort.ratings["fatigue"].tolist() == [5]
    assert report.tables["ratings"].left_out == {"no value in this row": 1}
    with pytest.raises(InputError, match=r"line 5: ratings need \[columns.fatigue\]"):
        read(tmp_path, rows, rated)


@pytest.mark.parametrize(("direction", "scores"), [(1, [0, 5, 10]), (-1, [10, 5, 0])])
def test_a_score_runs_as_its_map_says(tmp_path, direction, scores):
    mood = (
        "[table]\nname = 'diary'\nathlete = 'a'\ndate_column = 'day'\n[columns.mood_score]\nsource = 'mood'\n"
    )
    mood += f"scale = {{ min = 1, max = 5, direction = {direction} }}\n"
    cohort, _ = read(tmp_path, "day,mood\n2024-05-01,1\n2024-05-02,3\n2024-05-03,5\n", mood)
    assert cohort.diary["mood_score"].tolist() == scores


def test_a_run_whose_time_is_written_as_0_is_no_rest(tmp_path):
    runs = "[table]\nname = 'activities'\nathlete = 'a'\ndate_column = 'day'\nsport = 'running'\n"
    runs += "[columns.distance_m]\nsource = 'km'\nunit = 'km'\n[columns.duration_s]\nsource = 'min'\nunit = 'min'\n"
    cohort, _ = read(tmp_path, "day,km,min\n2024-05-01,10,0\n2024-05-02,0,0\n2024-05-03,8,45\n", runs)
    assert cohort.activities["distance_m"].tolist() == [10_000, 8_000]


def test_numbers_beside_words_of_the_map_keep_the_decimal_sign_of_the_sheet(tmp_path):
    steps = "[table]\nname = 'diary'\nathlete = 'a'\ndate_column = 'Tag'\ndecimal = ','\n"
    steps += "[columns.steps]\nsource = 'Schritte'\nunit = 'steps'\nvalues = { 'krank' = 500.125 }\n"
    cohort, _ = read(tmp_path, "Tag;Schritte\n1.5.2024;10.500\n2.5.2024;krank\n3.5.2024;900,5\n", steps)
    assert cohort.diary["steps"].tolist() == [10_500, 500.125, 900.5]


def test_the_example_of_the_guide_works(tmp_path):
    _, table, mapping, *_ = re.findall(
        r"```(?:toml)?\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL
    )
    cohort, report = read(tmp_path, table, mapping)
    assert (len(cohort.diary), len(cohort.ratings), report.notes) == (2, 2, [])


def test_a_proposed_map_stops_the_import_until_the_direction_is_told(tmp_path):
    file, _ = put(tmp_path)
    proposed = guess_map(file)
    data = tomllib.loads(proposed)
    assert data["table"] == {
        "name": "diary",
        "athlete": "me",
        "date_column": "Datum",
        "date_format": "%d.%m.%Y",
        "absent": ["k.A."],
    }
    assert data["columns"]["fatigue"]["scale"] == {"min": 1, "max": 5, "direction": "?"}
    assert data["columns"]["mass_kg"] == {"source": "Gewicht (lb)", "unit": "lb"}
    assert data["columns"]["fluid_ml"]["unit"] == "l"
    assert '# not used: "Kommentar"' in proposed
    with pytest.raises(InputError, match=r"my\.toml, line \d+: which way fatigue runs is not told"):
        read(tmp_path, mapping=proposed)
    decided = proposed.replace('direction = "?"', "direction = 1")
    cohort, _ = read(tmp_path, mapping=decided)
    assert cohort.ratings["fatigue"].tolist() == [2.5, 10.0]
    assert data["columns"]["illness"]["unit"] == "yes/no"


def test_a_proposal_leaves_open_what_the_file_does_not_tell(tmp_path):
    table = "Date,Runner,Weight,Distance,Duration,Type\n03/04/2024,Anna,61,10,0:50:00,Morning Run\n"
    proposed = guess_map(put(tmp_path, table)[0])
    data = tomllib.loads(proposed)
    assert (data["table"]["name"], data["table"]["date_format"], data["table"]["athlete_column"]) == (
        "activities",
        "?",
        "Runner",
    )
    assert data["columns"]["distance_m"]["unit"] == "?"
    assert data["columns"]["duration_s"]["unit"] == "h:mm:ss"
    assert data["columns"]["sport"]["values"] == {"Morning Run": "running"}
    with pytest.raises(InputError, match="date_format is not filled in"):
        read(tmp_path, table, proposed)


@pytest.mark.parametrize(
    ("heading", "column", "unit"),
    [
        ("km", "distance_m", "km"),
        ("Kilometers", "distance_m", "km"),
        ("miles", "distance_m", "mi"),
        ("min", "duration_s", "min"),
        ("hours", "duration_s", "h"),
        ("Distance km", "distance_m", "km"),
    ],
)
def test_a_heading_that_is_a_unit_tells_what_it_measures(tmp_path, heading, column, unit):
    table = f"Date,{heading},Session RPE\n2024-01-31,10,5\n"
    columns = tomllib.loads(guess_map(put(tmp_path, table)[0], "activities"))["columns"]
    assert columns[column] == {"source": heading, "unit": unit}


def test_the_questions_of_a_form_are_understood_and_a_heading_tells_the_ends_of_its_scale(tmp_path):
    table = "Timestamp,How tired are you? (1-10),How well did you sleep?,Ill?\n1/13/2024 7:15:02,4,3,No\n"
    columns = tomllib.loads(guess_map(put(tmp_path, table)[0]))["columns"]
    assert columns["fatigue"]["scale"] == {"min": 1, "max": 10, "direction": "?"}
    assert columns["illness"] == {"source": "Ill?", "unit": "yes/no"}
    assert "sleep_h" not in columns, "hours or quality, the question does not tell"


HEADINGS = st.lists(
    st.sampled_from(
        ["fatigue", 'we"ight', "sleep\\h", "día", "HR", "Date", "x # y", "stress]", "[a]\tb", "💤", ""]
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    HEADINGS,
    st.lists(
        st.sampled_from(["", "1", "7:30", "2024-01-31", "1,5", "x", "-", "99999"]), min_size=6, max_size=6
    ),
)
def test_every_proposal_is_toml_and_every_failure_one_clear_line(tmp_path, headings, cells):
    quoted = ",".join('"' + h.replace('"', '""') + '"' for h in headings)
    table = quoted + "\n" + ",".join(f'"{c}"' for c in cells[: len(headings)]) + "\n"
    file, mapping = put(tmp_path, table)
    try:
        proposed = guess_map(file)
        tomllib.loads(proposed)
        mapping.write_text(proposed, encoding="utf-8")
        read_table(file, mapping)
    except InputError as error:
        message = str(error)
    else:
        message = ""
    assert "\n" not in message
