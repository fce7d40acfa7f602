"""Electrolytes: what sweat carried away and the body needs, against what was eaten and drunk."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from . import windows
from .catalog import feature
from .days import Days
from .effort import RUNNING, rate_per_hour
from .hydration import sweat_loss
from .nutrients import shortfall
from .sweat import SWEAT
from .windows import Values

SWEAT_SODIUM_MG_PER_ML = 0.93  # 51.7 mmol over 1.28 L an hour, Barnes 2019: about 40 mmol/L
DAILY_SODIUM_MG = 1500.0  # adequate intake without much sweat, US National Academies
DEBT_KEPT = 0.33  # share of a debt that lasts to the next day
SODIUM = ("diary.sodium_mg", *SWEAT)


@feature(
    "sodium_lost_1d_mg",
    label="sodium lost in sweat",
    unit="mg",
    factor="electrolyte_loss",
    direction=1,
    role="context",
    actionable=True,
    source="0.93 mg a mL of sweat (40 mmol/L), Barnes 2019; people lie between 18 and 71 mmol/L, Baker 2016",
    needs=SWEAT,
)
def sodium_lost(days: Days) -> Values:
    """Return the sodium that the day's sweat carried away: the demand."""
    return np.float32(SWEAT_SODIUM_MG_PER_ML) * days.once(sweat_loss)


@feature(
    "sodium_deficit_1d_mg",
    label="sodium lost and needed less taken",
    unit="mg",
    factor="electrolyte_loss",
    direction=1,
    role="context",
    actionable=True,
    source="1500 mg (US National Academies) + 0.93 mg a mL of sweat (Barnes 2019) - taken",
    needs=SODIUM,
)
def sodium_deficit(days: Days) -> Values:
    """Return the sodium that the day needed less what was eaten and drunk."""
    return DAILY_SODIUM_MG + days.once(sodium_lost) - days.diary("sodium_mg")


@feature(
    "sodium_debt_mg",
    label="sodium debt",
    unit="mg",
    factor="electrolyte_loss",
    direction=1,
    role="context",
    actionable=True,
    source="a third of yesterday's debt + the day's deficit, at least 0; the third is our convention",
    needs=SODIUM,
)
def sodium_debt(days: Days) -> Values:
    """Return the sodium deficit carried over days: kidneys hold sodium back within two or three.

    Not known on a day whose food was not logged, for most of the debt is the day's own.
    """
    deficit = days.once(sodium_deficit)
    return np.where(np.isnan(deficit), deficit, windows.carried(deficit, days.offsets, DEBT_KEPT, 10_000.0))


def _mineral(column: str, word: str, amounts: tuple[float, float], told: str) -> Callable[[Days], Values]:
    """Declare and return how far a week's intake of a mineral lies below the reference."""

    @feature(
        f"{word}_shortfall_7d_share",
        label=f"{word} below the reference, last week",
        unit="",
        factor="electrolyte_loss",
        direction=1,
        role="context",
        actionable=True,
        source=f"max(0, 1 - mean of 7 days / {told}), US National Academies",
        needs=(f"diary.{column}",),
    )
    def short(days: Days) -> Values:
        """Return the share of the reference intake that a week's food and drink did not hold."""
        return shortfall(days, column, amounts, 7)

    return short


_MINERALS = (
    _mineral("potassium_mg", "potassium", (2600.0, 3400.0), "2600 mg women, 3400 mg men"),
    _mineral("magnesium_mg", "magnesium", (320.0, 420.0), "320 mg women, 420 mg men"),
    _mineral("calcium_mg", "calcium", (1000.0, 1000.0), "1000 mg"),
)


@feature(
    "electrolyte_shortfall",
    label="electrolytes lost and needed less taken",
    unit="",
    factor="electrolyte_loss",
    direction=1,
    actionable=True,
    source="sodium debt / 1500 mg + mean share of potassium, magnesium and calcium missing in 7 days; US National Academies, Barnes 2019",
    needs=(*SODIUM, "diary.potassium_mg", "diary.magnesium_mg", "diary.calcium_mg"),
    dose=True,
)
def electrolyte_shortfall(days: Days) -> Values:
    """Return the sodium debt and the other minerals' shortfall, in days' reference amounts."""
    missing = np.stack([days.once(short) for short in _MINERALS]).mean(axis=0)
    return np.asarray(days.once(sodium_debt) / DAILY_SODIUM_MG + missing, dtype=np.float32)


@feature(
    "sodium_during_run_mg_per_h",
    label="sodium an hour during the run",
    unit="mg/h",
    factor="electrolyte_loss",
    direction=-1,
    role="context",
    actionable=True,
    source="taken during / hours of the runs in which it was noted",
    needs=("activities.sodium_during_mg", "activities.duration_s"),
)
def sodium_during(days: Days) -> Values:
    """Return the sodium an hour taken in today's runs; NaN on days without."""
    return rate_per_hour(days, days.activity("sodium_during_mg"), RUNNING)
