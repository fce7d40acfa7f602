"""MyFitnessPal: the nutrition summary of its data export, a row a meal (or a row an entry, where there are times).

Vitamin A and C, calcium and iron are per cent of a daily value that the file does not name, and are left out.
Potassium is milligrams. Foods of which sodium or potassium is not known count as 0 there, so a day whose
sum is 0 is taken as not known, and other sums are lower bounds.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pandas as pd

from ..imports import Imported, ImportReport
from .daily import food_days, read_export
from .tabular import Progress, silent
from .text import Delimited

# canonical column: headings, the first that is there counts
_NUTRIENTS: dict[str, tuple[str, ...]] = {
    "energy_intake_kcal": ("Calories", "Energy"),
    "carbohydrate_g": ("Carbohydrates (g)", "Carbohydrates"),
    "protein_g": ("Protein (g)", "Protein"),
    "fat_g": ("Fat (g)", "Fat"),
    "sodium_mg": ("Sodium (mg)", "Sodium"),
    "potassium_mg": ("Potassium (mg)", "Potassium"),
}
_UNKNOWN_AT_ZERO = ("sodium_mg", "potassium_mg")
_PER_CENT = ("Vitamin A", "Vitamin C", "Calcium", "Iron")


def read_myfitnesspal(path: Path, progress: Progress = silent, *, athlete: str) -> Imported:
    """Read ``Nutrition-Summary-....csv``.

    Parameters
    ----------
    path : Path
        The CSV file.
    progress : callable, optional
        Called as ``progress(done, total, file)``.
    athlete : str
        Whose it is; notes are not kept.

    Returns
    -------
    Imported
        Diary: energy, carbohydrate, protein, fat, sodium, potassium, and how many different meals were logged.

    Raises
    ------
    InputError
        Another of the export's files, or none that can be read.
    """
    return read_export(path, "myfitnesspal", progress, partial(_tables, athlete))


def _tables(athlete: str, sheet: Delimited, report: ImportReport) -> tuple[str, dict[str, pd.DataFrame]]:
    energy = next((h for h in _NUTRIENTS["energy_intake_kcal"] if sheet.has(h)), None)
    if not sheet.has("Date", "Meal") or energy is None:
        raise sheet.refuse(
            "is not MyFitnessPal's nutrition summary: it lacks Date, Meal or Calories",
            mend="give Nutrition-Summary-....csv of the export",
        )
    day = sheet.days("Date")
    report.count("diary", int(day.isna().sum()), 0)
    report.leave_out("diary", "the day cannot be read", int(day.isna().sum()), sheet.example(day.isna()))
    nutrients = {
        column: sheet.numbers(next((h for h in headings if sheet.has(h)), headings[0]), 0)
        for column, headings in _NUTRIENTS.items()
    }
    diary = food_days(sheet, day, nutrients, sheet.cells("Meal").str.casefold(), athlete, report)
    for column in _UNKNOWN_AT_ZERO:
        diary[column] = diary[column].where(diary[column] > 0)
    per_cent = [name for name in _PER_CENT if sheet.has(name)]
    if per_cent:
        report.note(f"{', '.join(per_cent)} left out: per cent of a daily value that the file does not name")
    return "diary", {"diary": diary.assign(source="myfitnesspal")}
