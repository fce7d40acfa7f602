"""Tables as coaches and runners really keep them: read right, or refused with the line to mend."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest
from heavylegs.data.errors import InputError
from heavylegs.data.importer import import_tables
from heavylegs.data.imports import Imported
from heavylegs.data.readers.table import read_table
from heavylegs.data.readers.table_guess import guess_map
from heavylegs.data.store import Store

from .accounts import accounted


def sheet(folder: Path, head: str, rows: Iterable[str], between: str = ",") -> Path:
    """A file with a heading and a row a day from 1 March 2024."""
    lines = [head, *(f"2024-03-{day:02d}{between}{row}" for day, row in enumerate(rows, 1))]
    (folder / "sheet.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / "sheet.csv"


def columns(file: Path) -> dict[str, dict[str, object]]:
    return tomllib.loads(guess_map(file))["columns"]


def as_proposed(file: Path, **answers: str) -> Imported:
    """The sheet by the map that is proposed for it, each "?" answered: a direction with 1, else by `answers`."""
    proposed = guess_map(file).replace('direction = "?"', "direction = 1")
    for key, answer in answers.items():
        proposed = proposed.replace(f'{key} = "?"', f'{key} = "{answer}"')
    file.with_suffix(".toml").write_text(proposed, encoding="utf-8")
    return read_table(file, file.with_suffix(".toml"))


# -- what was done ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "sport"),
    [
        ("Course à pied", "running"),
        ("Corsa", "running"),
        ("Corrida", "running"),
        ("Löpning", "running"),
        ("Dauerlauf", "running"),
        ("Strides", "running"),
        ("Skilanglauf", "other"),
        ("Vélo", "cycling"),
        ("Day off", "rest"),
    ],
)
def test_words_for_sports_are_understood_in_many_languages(tmp_path: Path, word: str, sport: str):
    file = sheet(tmp_path, "Date,Sport,km,min", [f"{word},10,60", "Run,10,60"])
    assert columns(file)["sport"]["values"] == {word: sport, "Run": "running"}


def test_a_word_that_is_no_known_sport_is_asked_and_never_taken_for_another_sport(tmp_path: Path):
    file = sheet(tmp_path, "Date,Type,km,min", ["Run,10,60", "Tempo,8,40"])
    assert columns(file)["sport"]["values"] == {"Run": "running", "Tempo": "?"}
    with pytest.raises(InputError, match="'Tempo' means is not filled in"):
        as_proposed(file)


def test_kinds_of_sessions_are_no_sports(tmp_path: Path):
    file = sheet(tmp_path, "Date,Type,km,min", ["Easy,10,60", "Tempo,8,40", "Rest,,"])
    assert set(accounted(as_proposed(file, sport="running")).activities["sport"]) == {"running"}


@pytest.mark.parametrize("row", ["Rest,0,0", "Rest,,", "Run,0,0", "Run,,0:00:00"])
def test_a_day_of_rest_is_no_session(tmp_path: Path, row: str):
    file = sheet(tmp_path, "Date,Sport,km,min", ["Run,10,60", row])
    file.with_suffix(".toml").write_text(
        '[table]\nname = "activities"\nathlete = "me"\ndate_column = "Date"\n[columns.sport]\nsource = "Sport"\n'
        'values = { "Run" = "running", "Rest" = "rest" }\n[columns.distance_m]\nsource = "km"\nunit = "km"\n'
        f'[columns.duration_s]\nsource = "min"\nunit = "{"h:mm:ss" if ":" in row else "min"}"\n'
    )
    if ":" in row:
        file.write_text(file.read_text().replace("60", "1:00:00"))
    imported = read_table(file, file.with_suffix(".toml"))
    assert len(accounted(imported).activities) == 1
    assert imported.report.tables["activities"].left_out == {"rest: nothing was done": 1}


def test_a_rest_that_tells_of_a_session_is_refused(tmp_path: Path):
    file = sheet(tmp_path, "Date,Sport,km,min", ["Run,10,60", "Rest,5,30"])
    with pytest.raises(InputError, match=r"line 3: column 'Sport': 'Rest' is rest, and its row tells"):
        as_proposed(file)


def test_a_session_of_no_size_counts_as_done_and_is_told(tmp_path: Path):
    imported = as_proposed(sheet(tmp_path, "Date,Sport,km,min", ["Run,10,60", "Run,,", "Strength,,"]))
    assert len(accounted(imported).activities) == 3
    assert [
        note
        for note in imported.report.notes
        if note.startswith("sessions with neither time nor distance: 2;")
    ]


# -- how it is written -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "seconds"),
    [
        (["1h05", "45min", "50'"], [3900, 2700, 3000]),
        (["45'30", "50'", "38'05''"], [2730, 3000, 2285]),
        (["1 h 5 min", "2 h", "1:30 h"], [3900, 7200, 5400]),
        (["45:00", "1:05:00", "38:10"], [2700, 3900, 2290]),
        (["45 min", "90 min", "60 min"], [2700, 5400, 3600]),
    ],
)
def test_times_are_read_as_people_write_them(tmp_path: Path, cells: list[str], seconds: list[int]):
    file = sheet(tmp_path, "Date,Sport,km,Duration", [f"Run,12 km,{cell}" for cell in cells])
    activities = accounted(as_proposed(file)).activities.sort_values("day")
    assert (list(activities["duration_s"]), set(activities["distance_m"])) == (seconds, {12_000})


def test_sleep_as_a_spreadsheet_keeps_it_is_hours(tmp_path: Path):
    cohort = accounted(as_proposed(sheet(tmp_path, "Date,Sleep", ["0.3125", "0.34375"])))
    assert list(cohort.diary["sleep_h"]) == [7.5, 8.25]


@pytest.mark.parametrize("heading", ["Sleep (h)", "Sleep"])
def test_hours_may_be_decimals_and_clocks_in_one_column(tmp_path: Path, heading: str):
    file = sheet(tmp_path, f"Date,{heading}", ["7.5", "7:30", "8"])
    assert columns(file)["sleep_h"]["unit"] == "h"
    assert list(accounted(as_proposed(file)).diary["sleep_h"]) == [7.5, 7.5, 8]


@pytest.mark.parametrize(("cell", "seconds"), [("1:30", 5400), ("45:00", None), ("1:75", None)])
def test_a_session_told_in_hours_may_have_a_clock_that_is_no_time_of_minutes(
    tmp_path: Path, cell: str, seconds: int | None
):
    file = sheet(tmp_path, "Date,Sport,km,Duration (h)", ["Run,10,1.0", f"Run,15,{cell}"])
    if seconds is None:
        with pytest.raises(InputError, match=rf"line 3: .*'{cell}' is no number in h"):
            as_proposed(file)
        return
    assert list(accounted(as_proposed(file)).activities["duration_s"]) == [3600, seconds]


def test_answers_out_of_ten_with_labels_and_unknown_ones(tmp_path: Path):
    rows = ["7/10,3 (ok),7h30,80%", "2/10,1 - none,7 h,65 %", "?,n/a,-,"]
    cohort = accounted(as_proposed(sheet(tmp_path, "Date,Fatigue,Soreness (1-5),Sleep,Readiness", rows)))
    assert list(cohort.ratings["fatigue_native"]) == [7, 2]
    assert set(cohort.ratings["scale_max"]) == {10}
    assert list(cohort.diary["soreness_score"]) == [5, 0]
    assert list(cohort.diary["readiness_score"]) == [8, 6.5]
    assert list(cohort.diary["sleep_h"]) == [7.5, 7]


def test_an_answer_out_of_another_scale_is_refused(tmp_path: Path):
    file = sheet(tmp_path, "Date,Fatigue (1-5)", ["3/5", "7/10"])
    with pytest.raises(InputError, match=r"line 2: column 'Fatigue .*': '3/5' is no number"):
        as_proposed(file)


def test_exertion_on_borgs_scale_is_proposed_as_such(tmp_path: Path):
    file = sheet(tmp_path, "Date,Sport,km,RPE", ["Run,10,13", "Run,12,20"])
    assert list(accounted(as_proposed(file)).activities["session_rpe"]) == [5, 10]


def test_thousands_that_may_be_decimals_are_asked_where_tabs_part_the_cells(tmp_path: Path):
    file = sheet(tmp_path, "Datum\tSchritte", ["12.000", "9.500"], "\t")
    assert 'decimal = "?"' in guess_map(file)
    assert list(accounted(as_proposed(file, decimal=",")).diary["steps"]) == [12_000, 9_500]


# -- the same diary again --------------------------------------------------------------------------


def brought(folder: Path, rows: Iterable[str]) -> list[str]:
    """Import a diary into the folder's store, and return what is said of days that were there."""
    imported = as_proposed(sheet(folder, "Date,Fatigue (1-5),Sleep (h)", rows))
    import_tables(Store(folder / "store"), imported.tables, imported.report, "")
    return [note for note in imported.report.notes if " of diary:" in note or " of ratings:" in note]


def test_a_diary_that_comes_again_tells_what_it_changes_and_what_it_leaves(tmp_path: Path):
    assert brought(tmp_path, ["3,7", "2,8", "4,6"]) == []
    assert brought(tmp_path, ["3,7", "2,8", "4,6", "1,9"]) == []
    notes = brought(tmp_path, ["5,7", ",", "4,", "1,9"])
    assert [re.split(r"[,;]", note)[0] for note in notes] == [
        "2 days of diary: told before and not any more",
        "1 day of ratings: other values than before",
        "1 day of ratings: told before and not any more",
    ]
    held = Store(tmp_path / "store").read()
    assert list(held.ratings["fatigue_native"]) == [5, 2, 4, 1]
    assert list(held.diary["sleep_h"]) == [7, 8, 6, 9]
    assert brought(tmp_path, ["5,7", "2,8", "4,6", "1,9"]) == []


def test_the_decimal_sign_is_asked_only_where_a_cell_hangs_on_it(tmp_path: Path):
    assert 'decimal = "?"' not in guess_map(
        sheet(tmp_path, "Date;Weight (kg);Sleep (h)", ["60;7", "61;8"], ";")
    )
    assert 'decimal = "?"' in guess_map(sheet(tmp_path, "Date;Steps;Sleep (h)", ["9.500;7", "8.000;8"], ";"))


def test_steps_beside_sessions_are_the_sessions_and_are_told_as_not_used(tmp_path):
    told = guess_map(
        sheet(tmp_path, "Date,Fatigue,Sport,Distance (km),Steps", ["3,Run,10,9500", "4,Run,8,7800"]), "diary"
    )
    assert "[columns.steps]" not in told
    assert re.search(r"# not used: .*Steps", told)


def test_a_name_is_one_athlete_however_its_spaces_and_umlauts_are_typed(tmp_path: Path):
    rows = ["Jörg B,3", "Jo\N{COMBINING DIAERESIS}rg  B,4"]
    cohort = accounted(as_proposed(sheet(tmp_path, "Date,Athlete,Fatigue", rows)))
    assert list(cohort.athletes["athlete_id"]) == ["Jörg B"]


# -- headings --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "row", "understood"),
    [
        ("Date,Attività,Distanza (km),Durata", "Corsa,10,1:00:00", "sport distance_m duration_s"),
        ("Date,Atividade,Distância (km),Duração", "Corrida,10,1:00:00", "sport distance_m duration_s"),
        ("Date,Aktivitet,Sträcka (km),Tid", "Löpning,10,1:00:00", "sport distance_m duration_s"),
        ("Date,Sport,FC moy,Durée", "Course,150,1:00:00", "sport hr_mean_bpm duration_s"),
        ("Date,Stanchezza,Sonno (h),Peso (kg)", "3,7,60", "fatigue sleep_h mass_kg"),
        ("Date,Cansaço,Sono (h),Humor", "3,7,4", "fatigue sleep_h mood_score"),
        ("Date,Trötthet,Sömn (h),Träningsvärk", "3,7,4", "fatigue sleep_h soreness_score"),
        ("Date,Session,RPE (1-10)", "easy 10k,4", "session_rpe"),
        ("Date,Sleep hrs,Alcohol units", "7.5,2", "sleep_h alcohol_g"),
        ("Date,Session duration (min),RPE", "60,4", "duration_s session_rpe"),
        ("Date,Run miles,Run time", "3.1,28:31", "distance_m duration_s"),
        ("Datum,Lauf km,Dauer", "10,1:00:00", "distance_m duration_s"),
        ("Datum,Schlafqualität 1-10,Stimmung 😀", "7,4", "sleep_quality_score mood_score"),
        ("Dato,Søvn timer,Sårhet", "7.5,2", "sleep_h soreness_score"),
    ],
)
def test_headings_are_understood_in_many_languages(tmp_path: Path, head: str, row: str, understood: str):
    assert set(columns(sheet(tmp_path, head, [row]))) == set(understood.split())


@pytest.mark.parametrize(
    "days",
    [
        ["Mi, 01.05.2024", "Do, 02.05.2024"],
        ["Mittwoch, 1. Mai 2024", "Donnerstag, 2. Mai 2024"],
        ["1. mai 2024", "2. mai 2024"],
        ["1 de mayo de 2024", "2 de mayo de 2024"],
        ["Wed 1 May 2024", "Thu 2 May 2024"],
        ["mer. 1 mai 2024 07:30", "jeu. 2 mai 2024 07:30"],
    ],
)
def test_days_are_read_as_spreadsheets_write_them_out(tmp_path: Path, days: list[str]):
    file = tmp_path / "sheet.csv"
    file.write_text("Date;Fatigue\n" + "".join(f"{day};3\n" for day in days), encoding="utf-8")
    told = as_proposed(file).tables["ratings"]["day"]
    assert told.dt.strftime("%Y-%m-%d").tolist() == ["2024-05-01", "2024-05-02"]


def test_yes_and_no_are_understood_in_many_languages_and_tell_whether_any_was_drunk(tmp_path: Path):
    told = columns(sheet(tmp_path, "Dato;Tretthet;Syk;Alkohol", ["2;Nei;ja", "2;Ja;nei"], ";"))
    assert (told["illness"]["unit"], told["alcohol"]["unit"]) == ("yes/no", "yes/no")
    told = columns(sheet(tmp_path, "Dato;Tretthet;Alkohol (g)", ["2;0", "2;1"], ";"))
    assert told["alcohol_g"]["unit"] == "g"


def test_an_answer_of_two_numbers_is_asked(tmp_path: Path):
    told = columns(sheet(tmp_path, "Date,Fatigue", ["3", "3-4", "4+"]))
    assert told["fatigue"]["values"] == {"3-4": "?", "4+": 4}


def test_of_a_sheet_that_tells_of_sessions_and_mornings_the_ratings_come_first(tmp_path: Path):
    file = sheet(tmp_path, "Date,Fatigue,Distance (km),Duration", ["3,10,1:00:00"])
    assert tomllib.loads(guess_map(file))["table"]["name"] == "diary"


@pytest.mark.parametrize(
    ("head", "column"),
    [
        ("Date,Aktivitätstyp,Distanz (km),Kalorien,Zeit,Ø Herzfrequenz", "energy_kcal"),
        ("Date,Activity Type,Distance (km),Calories,Time,Avg HR", "energy_kcal"),
        ("Date,Activity Type,Distance (km),Calories eaten,Time,Avg HR", None),
    ],
)
def test_what_a_session_spent_is_never_taken_for_what_was_eaten(
    tmp_path: Path, head: str, column: str | None
):
    file = sheet(tmp_path, head, ["Run,10,724,0:52:31.5,150"])
    energy = [name for name, told in columns(file).items() if told["source"] in head.split(",")[3]]
    assert energy == ([column] if column else [])
    eaten = tomllib.loads(guess_map(file, "diary")).get("columns", {})
    assert list(eaten) == ([] if column else ["energy_intake_kcal"])


def test_two_heading_rows_are_told_as_such(tmp_path: Path):
    (tmp_path / "sheet.csv").write_text(
        "Week 1,,,Sleep,\nDate,km,min,Hours,Quality\n2024-03-01,10,60,7.5,3\n"
    )
    with pytest.raises(InputError, match=r"line 2: 5 cells where the heading has 4 .* in one heading row"):
        guess_map(tmp_path / "sheet.csv")


# -- rows that are there twice ---------------------------------------------------------------------


def test_two_rows_of_one_start_are_refused(tmp_path: Path):
    rows = ["07:00,Run,10,60", "07:00,Run,10,60"]
    file = sheet(tmp_path, "Date,Start,Sport,km,min", rows)
    file.write_text(file.read_text().replace("03-02", "03-01"))
    with pytest.raises(InputError, match="line 3: the same athlete and sport and start as in line 2"):
        as_proposed(file, timezone="Europe/Oslo")


def test_sessions_of_a_day_that_are_alike_count_and_are_told(tmp_path: Path):
    file = sheet(tmp_path, "Date,Sport,km,min", ["Run,10,60", "Run,10,60", "Run,8,50"])
    file.write_text(file.read_text().replace("03-02", "03-01"))
    imported = as_proposed(file)
    assert len(accounted(imported).activities) == 3
    assert [
        n
        for n in imported.report.notes
        if "sessions like another of their day: 1 (for example on 2024-03-01)" in n
    ]


# -- sheets that lie across ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (",2024-01-01,2024-01-02", "days"),
        ("Müdigkeit,01.01.,02.01.,03.01.", "days"),
        ("Metric,45292,45293,45294", "days"),
        ("Day,Week 1,Week 2", "weeks"),
        ("Week,Mon,Tue,Wed,Thu,Fri,Sat,Sun", "weekdays"),
    ],
)
def test_a_sheet_with_a_column_a_day_or_a_week_is_refused_with_how_to_turn_it(tmp_path, head, told):
    with pytest.raises(InputError, match=f"line 1: lies across, with {told} as headings .* each day a row"):
        guess_map(sheet(tmp_path, head, [",".join("3" * head.count(","))]))


def test_headings_that_only_look_like_it_are_read(tmp_path):
    assert 'name = "activities"' in guess_map(sheet(tmp_path, "Date,Set 1,Set 2,km,min", ["3,4,10,60"]))


@pytest.mark.parametrize("heading", ["Minuten", "minutos", "Minuter", "minutes", "min"])
def test_a_heading_that_is_a_unit_in_another_language_tells_the_unit(tmp_path: Path, heading: str):
    rows = [f"{who};{minutes};{km}" for who, minutes, km in (("Anna", 45, "8,2"), ("Bo", 30, "5,1"))]
    proposed = guess_map(sheet(tmp_path, f"Datum;Name;{heading};km", rows, ";"), "activities")
    duration = tomllib.loads(proposed)["columns"]["duration_s"]
    assert (duration["source"], duration["unit"]) == (heading, "min")
