"""What the food is made of: macronutrient shares, protein, iron and B vitamins."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from . import windows
from .body import MASS, body_mass_kg, by_sex
from .catalog import feature
from .days import Days
from .effort import CARBOHYDRATE_KCAL_PER_G
from .windows import Values

MACRONUTRIENTS = ("diary.carbohydrate_g", "diary.fat_g", "diary.protein_g")
KCAL_PER_G = {"carbohydrate_g": CARBOHYDRATE_KCAL_PER_G, "fat_g": 9.0, "protein_g": 4.0}
RANGES_PCT = {"carbohydrate_g": (50, 70), "fat_g": (20, 30), "protein_g": (10, 20)}  # article A1
PROTEIN_G_PER_KG = 1.6  # the middle of 1.2-2.0, Thomas 2016
LEAST_PROTEIN_G_PER_KG = 1.4  # low in the same range: a week below it is a shortfall
LEAST_ENERGY_KCAL = 200.0  # less logged in a day is no day's food
# Reference intakes of women and men, US National Academies.
IRON_MG, B6_MG, B12_UG = (18.0, 8.0), (1.3, 1.3), (2.4, 2.4)


def macronutrient_energy_kcal(days: Days) -> Values:
    """Return the energy of the day's carbohydrate, fat and protein; NaN where it is no day's food."""
    kcal = [days.diary(name) * np.float32(factor) for name, factor in KCAL_PER_G.items()]
    whole: Values = kcal[0] + kcal[1] + kcal[2]
    return np.where(whole >= LEAST_ENERGY_KCAL, whole, np.float32(np.nan))


def share_pct(days: Days, column: str) -> Values:
    """Return the share of the day's energy that a macronutrient gave."""
    kcal = days.diary(column) * np.float32(KCAL_PER_G[column])
    return np.asarray(100 * kcal / days.once(macronutrient_energy_kcal), dtype=np.float32)


def outside_pct(days: Days) -> Values:
    """Return the percentage points by which the day's energy shares leave the article's ranges."""
    outside = np.zeros(len(days), dtype=np.float32)
    for column, (low, high) in RANGES_PCT.items():
        share = share_pct(days, column)
        outside = outside + np.maximum(low - share, 0) + np.maximum(share - high, 0)
    return outside


def protein_g_per_kg(days: Days) -> Values:
    """Return the day's protein a kg of body mass."""
    return days.diary("protein_g") / days.once(body_mass_kg)


@feature(
    "protein_shortfall_7d_g_per_kg",
    label="protein below 1.4 g/kg",
    unit="g/kg/day",
    factor="macronutrient_balance",
    direction=1,
    role="context",
    actionable=True,
    source="max(0, 1.4 - eaten / mass), mean of 7 days; 1.2-2.0 advised, Thomas 2016, the 1.4 is ours",
    needs=("diary.protein_g", *MASS),
)
def protein_shortfall(days: Days) -> Values:
    """Return how far a week's protein lies below 1.4 g/kg/day, low in the advised 1.2-2.0."""
    short = np.maximum(np.float32(LEAST_PROTEIN_G_PER_KG) - days.once(protein_g_per_kg), 0)
    return windows.rolling_mean(short, days.offsets, 7, at_least=3)


@feature(
    "protein_7d_g_per_kg",
    label="protein eaten, last week",
    unit="g/kg/day",
    factor="macronutrient_balance",
    direction=-1,
    role="context",
    source="eaten / mass, mean of 7 days; 1.2-2.0 advised, Thomas 2016",
    needs=("diary.protein_g", *MASS),
)
def protein_week(days: Days) -> Values:
    """Return a week's mean protein a kg of body mass."""
    return windows.rolling_mean(days.once(protein_g_per_kg), days.offsets, 7, at_least=3)


@feature(
    "macronutrient_imbalance_7d_pct",
    label="shares outside the advised ranges",
    unit="%",
    factor="macronutrient_balance",
    direction=1,
    role="context",
    actionable=True,
    source="summed distance of energy shares from 50-70, 20-30, 10-20 % (A1), mean of 7 days",
    needs=MACRONUTRIENTS,
)
def macronutrient_imbalance(days: Days) -> Values:
    """Return the percentage points by which a week's energy shares leave the article's ranges."""
    return windows.rolling_mean(days.once(outside_pct), days.offsets, 7, at_least=3)


@feature(
    "macronutrient_shortfall_28d_share",
    label="protein missing and shares outside the advised ranges, four weeks",
    unit="",
    factor="macronutrient_balance",
    direction=1,
    actionable=True,
    source="share of 1.6 g/kg protein missing (middle of 1.2-2.0, Thomas 2016) + 2 x energy shares outside A1's ranges, mean of 28 days",
    needs=(*MACRONUTRIENTS, *MASS),
    dose=True,
)
def macronutrient_shortfall(days: Days) -> Values:
    """Return four weeks' missing share of protein plus twice the energy shares outside the ranges.

    A share that one nutrient has too much of, another has too little of: hence twice, as our weight.
    """
    missing = np.maximum(1 - days.once(protein_g_per_kg) / np.float32(PROTEIN_G_PER_KG), 0)
    both = missing + np.float32(2 / 100) * days.once(outside_pct)
    return windows.rolling_mean(both, days.offsets, 28, at_least=7)


def _share(column: str, word: str) -> None:
    """Declare a macronutrient's share of a week's energy."""
    low, high = RANGES_PCT[column]

    @feature(
        f"{word}_share_7d_pct",
        label=f"energy from {word}, last week",
        unit="%",
        factor="macronutrient_balance",
        direction=0,
        role="context",
        source=f"share of the energy of carbohydrate, fat and protein, mean of 7 days; {low}-{high} % in A1",
        needs=MACRONUTRIENTS,
    )
    def share(days: Days) -> Values:
        """Return the mean share of a week's energy."""
        return windows.rolling_mean(share_pct(days, column), days.offsets, 7, at_least=3)


_share("carbohydrate_g", "carbohydrate")
_share("fat_g", "fat")
_share("protein_g", "protein")


def shortfall(days: Days, column: str, amounts: tuple[float, float], window: int) -> Values:
    """Return the share of the reference intake that the mean intake of `window` days lacks, 0-1.

    Parameters
    ----------
    column : str
        Of the diary.
    amounts : (float, float)
        Reference intakes of women and men a day, in the column's unit.
    window : int
        Days.
    """
    mean = windows.rolling_mean(days.diary(column), days.offsets, window, at_least=max(3, window // 4))
    return np.asarray(np.maximum(1 - mean / by_sex(days, *amounts), 0), dtype=np.float32)


def _micronutrient(
    column: str, word: str, amounts: tuple[float, float], told: str
) -> Callable[[Days], Values]:
    """Declare and return how far four weeks' intake of a nutrient lies below the reference."""

    @feature(
        f"{column.rsplit('_', 1)[0]}_shortfall_28d_share",
        label=f"{word} below the reference, four weeks",
        unit="",
        factor="micronutrients",
        direction=1,
        role="context",
        actionable=True,
        source=f"max(0, 1 - mean of 28 days / {told}), US National Academies",
        needs=(f"diary.{column}",),
    )
    def short(days: Days) -> Values:
        """Return the share of the reference intake that four weeks' food did not hold."""
        return shortfall(days, column, amounts, 28)

    return short


_MICRONUTRIENTS = (
    _micronutrient("iron_mg", "iron", IRON_MG, "18 mg women, 8 mg men"),
    _micronutrient("vitamin_b6_mg", "vitamin B6", B6_MG, "1.3 mg"),
    _micronutrient("vitamin_b12_ug", "vitamin B12", B12_UG, "2.4 ug"),
)


@feature(
    "micronutrient_shortfall_28d_share",
    label="iron and B vitamins below the reference",
    unit="",
    factor="micronutrients",
    direction=1,
    actionable=True,
    source="mean share missing of iron (8 mg men, 18 mg women), B6 1.3 mg, B12 2.4 ug over 28 days, NIH reference intakes",
    needs=("diary.iron_mg", "diary.vitamin_b6_mg", "diary.vitamin_b12_ug"),
    dose=True,
)
def micronutrient_shortfall(days: Days) -> Values:
    """Return the mean share of the reference intakes that four weeks' food did not hold."""
    missing: npt.NDArray[np.float32] = np.stack([days.once(short) for short in _MICRONUTRIENTS])
    return np.asarray(missing.mean(axis=0), dtype=np.float32)
