"""Food diaries: days summed, meals counted, impossible days told."""

from __future__ import annotations

import pandas as pd
import pytest
from heavylegs.data.errors import InputError
from heavylegs.data.readers.cronometer import read_cronometer
from heavylegs.data.readers.myfitnesspal import read_myfitnesspal

from .accounts import accounted

MFP = (
    "Date,Meal,Calories,Fat (g),Saturated Fat,Cholesterol,Sodium (mg),Potassium,Carbohydrates (g),Fiber,Sugar,"
    "Protein (g),Vitamin A,Vitamin C,Calcium,Iron,Note"
)
SERVINGS = (
    "Day,Group,Food Name,Amount,Energy (kcal),Alcohol (g),Water (g),B12 (Cobalamin) (µg),B6 (Pyridoxine) (mg),"
    "Calcium (mg),Iron (mg),Magnesium (mg),Potassium (mg),Sodium (mg),Carbs (g),Fat (g),Protein (g)"
)
SUMMARY = "Date,Energy (kcal),Alcohol (g),Water (g),Iron (mg),Carbs (g),Fat (g),Protein (g),Completed"


def read(reader, tmp_path, *lines, encoding="utf-8"):
    file = tmp_path / "food.csv"
    file.write_text("\r\n".join(lines) + "\r\n", encoding=encoding)
    imported = reader(file, athlete="me")
    return accounted(imported).diary, imported.report


def test_meals_are_summed_to_days(tmp_path):
    diary, report = read(
        read_myfitnesspal,
        tmp_path,
        MFP,
        "2024-05-01,Breakfast,500,10,2,0,300,0,80,5,20,20,10,40,55,20,",
        '2024-05-01,Breakfast,100,1,0,0,50,0,20,0,10,3,,,,,"second helping at Anna\'s"',
        '2024-05-01,Dinner,"1,200.5",40,9,0,1200,0,130,8,15,60,,,,,',
        "2024-05-02,Post-Workout,300,5,0,0,,0,40,0,30,25,,,,,",
        "2024-05-03,Lunch,20000,10,0,0,100,0,80,0,0,20,,,,,",
        "2024-05-04,Lunch,800,10,0,0,55000,0,80,0,0,20,,,,,",
        "Total,,22900,,,,,,,,,,,,,,",
        encoding="utf-8-sig",
    )
    first, second, last = diary.to_dict("records")
    assert (first["energy_intake_kcal"], first["carbohydrate_g"], first["protein_g"]) == (1800.5, 230.0, 83.0)
    assert (first["sodium_mg"], first["meals"], second["meals"]) == (1550.0, 2.0, 1.0)
    assert pd.isna([first["potassium_mg"], first["calcium_mg"], first["iron_mg"], second["sodium_mg"]]).all()
    assert (last["energy_intake_kcal"], pd.isna(last["sodium_mg"])) == (800.0, True)
    counted = report.tables["diary"]
    assert counted.left_out == {"a day of more than 15,000 kcal": 1, "the day cannot be read": 1}
    assert counted.examples["a day of more than 15,000 kcal"].endswith("food.csv, line 6")
    assert "sodium_mg: more than 40,000 in a day (left empty; first: food.csv, line 7)" in report.notes[-1]
    assert report.notes[0].startswith("Vitamin A, Vitamin C, Calcium, Iron left out: per cent")


@pytest.mark.parametrize(("fat", "carbohydrate"), [(20, 100), (75, 10)])
def test_kilojoules_are_not_taken_for_kilocalories(tmp_path, fat, carbohydrate):
    energy = round(4.184 * (4 * carbohydrate + 4 * 55 + 9 * fat))
    kilojoules = f"2024-05-01,Lunch,{energy},{fat},,,,,{carbohydrate},,,55,,,,,"
    diary, report = read(read_myfitnesspal, tmp_path, MFP, kilojoules)
    assert diary["energy_intake_kcal"].isna().all()
    assert "looks like kilojoules" in report.notes[0]


def test_an_evening_of_wine_alone_is_no_kilojoules(tmp_path):
    diary, _ = read(read_myfitnesspal, tmp_path, MFP, "2024-05-01,Dinner,480,0,,,,,28,,,1,,,,,")
    assert diary["energy_intake_kcal"].tolist() == [480]


def test_servings_give_minerals_vitamins_water_and_meals(tmp_path):
    diary, _ = read(
        read_cronometer,
        tmp_path,
        SERVINGS,
        '2024-05-01,Breakfast,"Oats, rolled","1.00 cup (2-2/3"" dia)",300,0,200,,0.1,40,4,120,300,5,54,5,10',
        "2024-05-01,Dinner,Beer,500 mL,215,20,460,0.1,0.2,20,0,30,135,20,18,0,2",
        "2024-05-01,Snacks,Black tea,1,0,,,,,,,,,,,,",
        "2024-05-02,Lunch,Mystery,1,100,,,,,,,,,,,,",
        encoding="utf-8",
    )
    first, second = diary.to_dict("records")
    got = {
        k: first[k]
        for k in ("energy_intake_kcal", "fluid_ml", "alcohol_g", "alcohol", "magnesium_mg", "meals")
    }
    assert got == {
        "energy_intake_kcal": 515.0,
        "fluid_ml": 660.0,
        "alcohol_g": 20.0,
        "alcohol": 1.0,
        "magnesium_mg": 150.0,
        "meals": 2.0,
    }
    assert (first["vitamin_b12_ug"], round(first["vitamin_b6_mg"], 3), first["iron_mg"]) == (0.1, 0.3, 4.0)
    assert pd.isna([second["alcohol"], second["fluid_ml"], second["iron_mg"]]).all()


def test_energy_in_kilojoules_is_turned_into_kilocalories(tmp_path):
    heading = SUMMARY.replace("Energy (kcal)", "Energy (kJ)")
    diary, _ = read(read_cronometer, tmp_path, heading, "2024-05-01,8368,0,2500,12,250,60,90,true")
    assert diary["energy_intake_kcal"].tolist() == [pytest.approx(2000)]


@pytest.mark.parametrize(
    ("marks", "days"),
    [(["true", "true", "false"], 2), (["false", "false", "false"], 3)],
)
def test_unfinished_days_count_only_where_days_are_never_marked(tmp_path, marks, days):
    rows = [f"2024-05-0{n},2000,0,2500,12,250,60,90,{mark}" for n, mark in enumerate(marks, 1)]
    diary, report = read(read_cronometer, tmp_path, SUMMARY, *rows, "2024-05-09,0,0,0,0,0,0,0,true")
    assert len(diary) == days
    left = report.tables["diary"].left_out
    assert (left["a day not marked as completed"], left["a day on which nothing was logged"]) == (3 - days, 1)


@pytest.mark.parametrize("reader", [read_myfitnesspal, read_cronometer])
def test_another_file_of_the_export_is_told_off(tmp_path, reader):
    with pytest.raises(InputError, match=r"food\.csv, line 1: is n"):
        read(reader, tmp_path, "Date,Weight", "2024-05-01,61")


@pytest.mark.parametrize(("reader", "heading"), [(read_myfitnesspal, MFP), (read_cronometer, SUMMARY)])
def test_a_heading_alone_gives_an_empty_import(tmp_path, reader, heading):
    diary, report = read(reader, tmp_path, heading)
    assert diary.empty
    assert any("holds a heading and no row" in n for n in report.notes)
