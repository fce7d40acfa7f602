"""The one column that a diary must have: how tired one woke up, in the words of ten languages, or asked for."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from heavylegs.data.errors import InputError
from heavylegs.data.readers.table import read_table
from heavylegs.data.readers.table_guess import guess_map
from heavylegs.serve.cli import main

HEADINGS = """
How fatigued do you feel? (1-7)|How tired do you feel (1-5)|Rate your fatigue 1-10|Fatigue level|Morning fatigue|Exhaustion
Müde|Muede|Müdigkeitslevel|Wie müde bist du?|Erschöpfung|Fatigué(e)|Niveau de fatigue|À quel point es-tu fatigué ?
Cansado/a|¿Qué tan cansado estás?|Nivel de cansancio|Sliten|Hvor sliten er du?|Trøtt|Tretthetsnivå|Moe|Hoe moe ben je?
Stanco|Livello di stanchezza|Quanto sei stanco?|Nível de fadiga|Exaustão|Trött|Hur trött är du?|Træt|Hvor træt er du?
"""


def diary(folder: Path, heading: str, answers: tuple[str, ...] = ("3", "4", "2")) -> Path:
    rows = [f"2024-05-0{day},{answer},7.5" for day, answer in enumerate(answers, 1)]
    file = folder / "diary.csv"
    file.write_text("\n".join([f"Date,{heading},Sleep (h)", *rows]) + "\n", encoding="utf-8")
    return file


def fatigue(file: Path) -> dict[str, Any]:
    told: dict[str, Any] = tomllib.loads(guess_map(file))["columns"].get("fatigue", {})
    return told


@pytest.mark.parametrize("heading", HEADINGS.replace("\n", "|").strip("|").split("|"))
def test_how_tired_one_woke_up_is_known_in_ten_languages(tmp_path: Path, heading: str):
    assert fatigue(diary(tmp_path, heading))["source"] == heading


@pytest.mark.parametrize("heading", ["Leg freshness", "Muscle fatigue", "Form", "Feeling"])
def test_what_may_be_fatigue_and_may_not_is_asked(tmp_path: Path, heading: str):
    file = diary(tmp_path, f"{heading},Shoes", ("3,red", "4,red", "2,blue"))
    told = guess_map(file)
    assert fatigue(file)["source"] == "?"
    assert f'source = "?"  # of "{heading}"?' in told
    file.with_suffix(".toml").write_text(told, encoding="utf-8")
    with pytest.raises(InputError, match=r"line 9: source of \[columns.fatigue\] is not filled in"):
        read_table(file, file.with_suffix(".toml"))
    answered = told.replace('source = "?"', f'source = "{heading}"').replace(
        'direction = "?"', "direction = -1"
    )
    file.with_suffix(".toml").write_text(answered, encoding="utf-8")
    assert read_table(file, file.with_suffix(".toml")).tables["ratings"]["fatigue"].tolist() == [5, 2.5, 7.5]


def test_answers_in_words_are_asked_for_their_numbers(tmp_path: Path):
    told = fatigue(diary(tmp_path, "Form", ("fresh", "ok", "dead") * 3))
    assert (told["source"], told["values"]) == ("?", {"fresh": "?", "ok": "?", "dead": "?"})


@pytest.mark.parametrize(
    ("heading", "answers", "told"),
    [
        ("Fatigue", ("3", "4"), ""),
        ("Form", ("3", "4"), "there is no forecast"),
        ("Comment", ("slept well", "in Oslo"), "there is no forecast"),
    ],
)
def test_the_command_line_says_where_there_would_be_no_forecast(tmp_path, capsys, heading, answers, told):
    assert main(["import", "table", "--guess", str(diary(tmp_path, heading, answers))]) == 0
    said = capsys.readouterr()
    assert (told in said.err, bool(said.err)) == (True, bool(told))
    assert ("# no heading says that it tells how tired" in said.out) == (heading == "Comment")
