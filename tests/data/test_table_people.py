"""Whose row it is: a squad's sheet must not become one person's diary."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from heavylegs.data.errors import InputError
from heavylegs.data.readers.table import read_table
from heavylegs.data.readers.table_guess import Guessed, guess_map

DAYS = [f"2024-05-{day:02d}" for day in range(1, 11)]
SQUAD = ("anna", "bo", "cleo")


def squad(folder: Path, heading: str, people: tuple[str, ...] = SQUAD) -> Path:
    """Mornings and sessions of several people, a row each a day."""
    rows = [f"{day},{who},{1 + n % 5},5,60" for n, day in enumerate(DAYS) for who in people]
    return sheet(folder, f"Date,{heading},Fatigue,RPE,Duration (min)", rows)


def sheet(folder: Path, heading: str, rows: list[str]) -> Path:
    file = folder / "squad.csv"
    file.write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8")
    return file


def proposed(file: Path, kind: Guessed | None = None) -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads(guess_map(file, kind))["table"]
    return table


HEADINGS = """
Spieler Spielerin Athlet Läufer*in Teilnehmer-ID Nachname Nom Joueur Coureuse Prénom Jugador Nombre Deportista
Navn Spiller Utøver Deltaker Naam Speler Deelnemer Atleet Atleta Giocatore Cognome Jogador(a) Nome Spelare Löpare
Namn Løber Udøver Deltager Code Player_ID PlayerName Kürzel Email
"""


@pytest.mark.parametrize("heading", HEADINGS.split())
def test_a_column_of_people_is_known_in_ten_languages(tmp_path: Path, heading: str):
    kinds: tuple[Guessed, ...] = ("diary", "activities")
    for kind in kinds:
        assert proposed(squad(tmp_path, heading), kind)["athlete_column"] == heading


@pytest.mark.parametrize("heading", ["Name der Spielerin", "Nom de l'athlète", "Dein Name?", "Who are you?"])
def test_so_is_one_that_a_form_asks_for(tmp_path: Path, heading: str):
    assert proposed(squad(tmp_path, heading))["athlete_column"] == heading


def test_of_two_columns_of_people_the_one_is_taken_that_tells_all_apart(tmp_path: Path):
    file = squad(tmp_path, "Vorname,Nachname", ("Anna,A", "Anna,B", "Cleo,C"))
    assert proposed(file)["athlete_column"] == "Nachname"


@pytest.mark.parametrize("kind", ["diary", "activities"])
@pytest.mark.parametrize("people", [SQUAD, ("7", "9", "11")])
def test_a_column_that_nothing_names_but_the_days_is_asked_for(tmp_path: Path, kind: Guessed, people):
    told = guess_map(squad(tmp_path, "Xyz", people), kind)
    assert 'athlete_column = "?"' in told
    assert 'whose row it is, "Xyz"?' in told
    file = tmp_path / "squad.csv"
    file.with_suffix(".toml").write_text(told, encoding="utf-8")
    with pytest.raises(InputError, match=r"squad.toml, line 4: athlete_column of \[table\] is not filled in"):
        read_table(file, file.with_suffix(".toml"))


def test_mornings_of_many_without_any_name_are_asked_for_too(tmp_path: Path):
    assert proposed(sheet(tmp_path, "Date,Fatigue", [f"{d},3" for d in DAYS * 3]))["athlete_column"] == "?"


@pytest.mark.parametrize(
    ("heading", "rows"),
    [
        ("Date,Fatigue", [f"{day},3" for day in [*DAYS, DAYS[4]]]),  # a slip
        ("Date,Nr,Fatigue", [f"{day},{n},3" for n, day in enumerate(DAYS)]),  # rows are numbered
        ("Date,Nom,km,min", [f"{day},Sortie {n % 3},10,60" for n, day in enumerate(DAYS)]),  # titles
        ("Date,km,min", [f"{day},{km},60" for day in DAYS for km in (10, 6)]),  # twice a day
    ],
)
def test_a_runner_s_own_sheet_stays_one_person_s(tmp_path: Path, heading: str, rows: list[str]):
    assert proposed(sheet(tmp_path, heading, rows))["athlete"] == "me"


ONE = '[table]\nname = "{}"\nathlete = "me"\ndate_column = "Date"\n'
RATED = '[columns.fatigue]\nsource = "Fatigue"\nscale = { min = 1, max = 5, direction = 1 }\n'
DONE = 'sport = "football"\n[columns.duration_s]\nsource = "Duration (min)"\nunit = "min"\n'


def test_a_squad_mapped_as_one_person_is_told_so_and_not_to_delete_rows(tmp_path: Path):
    file, mapping = squad(tmp_path, "Spieler"), tmp_path / "squad.toml"
    mapping.write_text(ONE.format("diary") + RATED)
    with pytest.raises(InputError, match=r"or is a column of names missing from the map\?\)$"):
        read_table(file, mapping)
    mapping.write_text(ONE.format("activities") + DONE)
    assert [n for n in read_table(file, mapping).report.notes if "3 sessions a day, all of 'me'" in n]
    mapping.write_text(ONE.format("diary").replace('athlete = "me"', 'athlete_column = "Spieler"') + RATED)
    file.write_text(file.read_text().replace("bo,", "anna,"))
    with pytest.raises(InputError, match=r"line 3: .* \(keep one of them; two people of one name need two\)"):
        read_table(file, mapping)
