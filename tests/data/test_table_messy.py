"""Tables as coaches and runners really keep them: read right, or refused with the line to mend."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest
from heavylegs.data.errors import InputError
from heavylegs.data.imports import Imported
from heavylegs.data.readers.table import guess_map, read_table

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
        note for note in imported.report.notes if note.startswith("2 sessions have neither time nor distance")
    ]
