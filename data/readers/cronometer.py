"""Cronometer: ``dailysummary.csv`` (a row a day) or ``servings.csv`` (a row a food) of its export.

``Water (g)`` is all water, that in food included; it is taken as the day's fluid, 1 g = 1 mL. A blank nutrient is
one that the food's source does not tell. Days are marked "completed" by some people and not by
others: where at least half of the days are marked, the others are left out as unfinished.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pandas as pd

from ..imports import Imported, ImportReport
from .daily import food_days, read_export
from .tabular import Progress, silent
from .text import Delimited

# canonical column: headings and factors, the first that is there counts
_NUTRIENTS: dict[str, tuple[tuple[str, float], ...]] = {
    "energy_intake_kcal": (("Energy (kcal)", 1.0), ("Energy (kJ)", 1 / 4.184)),
    "carbohydrate_g": (("Carbs (g)", 1.0),),
    "protein_g": (("Protein (g)", 1.0),),
    "fat_g": (("Fat (g)", 1.0),),
    "fluid_ml": (("Water (g)", 1.0),),
    "sodium_mg": (("Sodium (mg)", 1.0),),
    "potassium_mg": (("Potassium (mg)", 1.0),),
    "magnesium_mg": (("Magnesium (mg)", 1.0),),
    "calcium_mg": (("Calcium (mg)", 1.0),),
    "iron_mg": (("Iron (mg)", 1.0),),
    "vitamin_b6_mg": (("B6 (Pyridoxine) (mg)", 1.0),),
    "vitamin_b12_ug": (("B12 (Cobalamin) (\N{MICRO SIGN}g)", 1.0), ("B12 (Cobalamin) (mcg)", 1.0)),
    "alcohol_g": (("Alcohol (g)", 1.0),),
}


def read_cronometer(path: Path, progress: Progress = silent, *, athlete: str) -> Imported:
    """Read ``dailysummary.csv`` or ``servings.csv``, told apart by their headings.

    Parameters
    ----------
    path : Path
        The CSV file.
    progress : callable, optional
        Called as ``progress(done, total, file)``.
    athlete : str
        Whose it is; names of foods are not kept.

    Returns
    -------
    Imported
        Diary: energy, macronutrients, water, minerals, B6, B12, alcohol; from servings the number of meals too.

    Raises
    ------
    InputError
        Another of the export's files, or none that can be read.
    """
    return read_export(path, "cronometer", progress, partial(_tables, athlete))


def _tables(athlete: str, sheet: Delimited, report: ImportReport) -> tuple[str, dict[str, pd.DataFrame]]:
    date = next((name for name in ("Date", "Day") if sheet.has(name)), None)
    energy = _heading(sheet, "energy_intake_kcal")[0]
    if date is None or not sheet.has(energy):
        raise sheet.refuse(
            "is neither dailysummary.csv nor servings.csv of Cronometer: it lacks Date or Energy (kcal)",
            mend="give one of these two files of the export",
        )
    day = _finished(sheet, sheet.days(date), report)
    nutrients = {}
    for column in _NUTRIENTS:
        heading, factor = _heading(sheet, column)
        nutrients[column] = sheet.numbers(heading, 0, factor=factor)
    meal = sheet.cells("Group").str.casefold() if sheet.has("Group") else None
    diary = food_days(sheet, day, nutrients, meal, athlete, report)
    diary["alcohol"] = (diary["alcohol_g"] > 0).astype("float64").where(diary["alcohol_g"].notna())
    if sheet.has("Water (g)") and len(sheet):
        report.note("Water (g) is taken as the day's fluid; it contains the water in food")
    return "diary", {"diary": diary.assign(source="cronometer")}


def _heading(sheet: Delimited, column: str) -> tuple[str, float]:
    choices = _NUTRIENTS[column]
    return next((choice for choice in choices if sheet.has(choice[0])), choices[0])


def _finished(sheet: Delimited, day: pd.Series, report: ImportReport) -> pd.Series:
    """Return the rows' days, NaT for those left out: no day, or not completed by someone who completes days."""
    undated = day.isna()
    report.count("diary", int(undated.sum()), 0)
    report.leave_out("diary", "the day cannot be read", int(undated.sum()), sheet.example(undated))
    if not sheet.has("Completed"):
        return day
    completed = sheet.cells("Completed").str.casefold().isin(["true", "yes", "1"])
    unfinished = ~completed & ~undated
    if completed[~undated].mean() < 0.5:
        report.note(
            f"{int(unfinished.sum())} days not marked as completed come in: few or none are marked at all"
        )
        return day
    report.count("diary", int(unfinished.sum()), 0)
    report.leave_out(
        "diary", "a day not marked as completed", int(unfinished.sum()), sheet.example(unfinished)
    )
    return day.mask(unfinished)
