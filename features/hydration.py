"""Fluid: what was lost and needed against what was drunk."""

from __future__ import annotations

import numpy as np

from . import windows
from .body import MASS, body_mass_kg
from .catalog import feature
from .days import Days
from .effort import RUNNING, rate_per_hour
from .sweat import SWEAT, activity_fluid_deficit_ml, activity_sweat_loss_ml
from .usual import mean_of_days_before
from .windows import Values

DAILY_FLUID_ML_PER_KG = 32.5  # middle of the clinical 30-35 mL/kg, food's own water aside
MOST_MASS_CHANGE_PCT = 5.0  # of mass within days: more is no fluid
DURING = ("activities.fluid_during_ml", "activities.duration_s")


@feature(
    "sweat_loss_1d_ml",
    label="sweat lost in training",
    unit="mL",
    factor="dehydration",
    direction=1,
    role="context",
    actionable=True,
    source="weighed, else from energy and air temperature after Cheuvront 2023 (mild air where not known)",
    needs=SWEAT,
)
def sweat_loss(days: Days) -> Values:
    """Return the millilitres of sweat that the day's training cost: the demand."""
    return days.per_day(days.each(activity_sweat_loss_ml))


@feature(
    "fluid_deficit_1d_pct",
    label="fluid lost and needed less drunk",
    unit="% of body mass",
    factor="dehydration",
    direction=1,
    role="context",
    actionable=True,
    source="(32.5 mL/kg + sweat - drunk) / mass; 2 % is the guideline, ACSM 2007",
    needs=("diary.fluid_ml", *SWEAT, *MASS),
)
def fluid_deficit(days: Days) -> Values:
    """Return the day's fluid need less what was drunk, in per cent of body mass."""
    mass = days.once(body_mass_kg)
    need = DAILY_FLUID_ML_PER_KG * mass + days.once(sweat_loss)
    return (need - days.diary("fluid_ml")) / (10 * mass)


@feature(
    "fluid_below_usual_ml",
    label="fluid less than usual",
    unit="mL",
    factor="dehydration",
    direction=1,
    actionable=True,
    source="own 28-day mean less the day's",
    needs=("diary.fluid_ml",),
)
def fluid_below_usual(days: Days) -> Values:
    """Return how much less than on the athlete's usual day was drunk."""
    drunk = days.diary("fluid_ml")
    return mean_of_days_before(days, drunk) - drunk


@feature(
    "mass_below_usual_pct",
    label="body mass below the last week's",
    unit="%",
    factor="dehydration",
    direction=1,
    role="context",
    source="own 7-day mean less today's, in per cent, kept within 5",
    needs=("diary.mass_kg",),
)
def mass_below_usual(days: Days) -> Values:
    """Return by how many per cent today's mass lies below that of the week before."""
    mass = days.diary("mass_kg")
    usual = windows.rolling_mean(windows.lag(mass, days.offsets, 1), days.offsets, 7, at_least=2)
    return _fallen_pct(usual, mass)


@feature(
    "alcohol_1d",
    label="alcohol",
    unit="0/1",
    factor="dehydration",
    direction=1,
    role="context",
    actionable=True,
    source="any alcohol drunk in the day; it draws water and disturbs sleep",
    needs=("diary.alcohol", "diary.alcohol_g"),
)
def alcohol(days: Days) -> Values:
    """Return 1 where alcohol was drunk, 0 where it was not."""
    grams, flag = days.diary("alcohol_g"), days.diary("alcohol")
    return np.where(np.isnan(grams), flag, (grams > 0).astype(np.float32))


@feature(
    "sweat_rate_ml_per_h",
    label="sweat an hour of training",
    unit="mL/h",
    factor="dehydration",
    direction=1,
    role="context",
    source="sweat loss / hours of the day's activities; typical 1280 +- 570 mL/h, Barnes 2019",
    needs=(*SWEAT, "activities.duration_s"),
)
def sweat_rate(days: Days) -> Values:
    """Return the sweat an hour over today's activities; NaN on days without."""
    return rate_per_hour(days, days.each(activity_sweat_loss_ml))


@feature(
    "run_fluid_deficit_1d_pct",
    label="sweat of the run not drunk back during it",
    unit="% of body mass",
    factor="dehydration",
    direction=1,
    role="context",
    actionable=True,
    source="(mass before - after, else sweat - drunk during) / mass; 2 % is the guideline, ACSM 2007",
    needs=(*SWEAT, *MASS),
)
def run_fluid_deficit(days: Days) -> Values:
    """Return the fluid that today's runs cost beyond what was drunk in them, in per cent of body mass."""
    return days.per_day(days.each(activity_fluid_deficit_ml), RUNNING) / (10 * days.once(body_mass_kg))


@feature(
    "fluid_strain_1d_pct",
    label="fluid missing in the run and over the day",
    unit="% of body mass",
    factor="dehydration",
    direction=1,
    actionable=True,
    source="half of the run's deficit + max(0, the day's deficit); ACSM 2007, half is our convention",
    needs=("diary.fluid_ml", *SWEAT, *MASS),
    dose=True,
)
def fluid_strain(days: Days) -> Values:
    """Return the day's remaining fluid deficit plus half of what the run had cost before it was made good.

    Where neither scales nor notes tell the run's deficit, its whole sweat is taken as that.
    """
    sweat = days.per_day(days.each(activity_sweat_loss_ml), RUNNING) / (10 * days.once(body_mass_kg))
    run = days.once(run_fluid_deficit)
    in_run = np.where(np.isnan(run), sweat, run)
    return np.maximum(days.once(fluid_deficit), 0) + np.float32(0.5) * in_run


@feature(
    "fluid_deficit_3d_pct",
    label="fluid lost and needed less drunk, three days",
    unit="% of body mass/day",
    factor="dehydration",
    direction=1,
    role="context",
    source="mean of 3 days",
    needs=("diary.fluid_ml", *SWEAT, *MASS),
)
def fluid_deficit_3d(days: Days) -> Values:
    """Return the mean daily fluid deficit of three days."""
    return windows.rolling_mean(days.once(fluid_deficit), days.offsets, 3, at_least=2)


@feature(
    "fluid_during_run_ml_per_h",
    label="fluid an hour during the run",
    unit="mL/h",
    factor="dehydration",
    direction=-1,
    role="context",
    actionable=True,
    source="drunk during / hours of the runs in which drinking was noted",
    needs=DURING,
)
def fluid_during(days: Days) -> Values:
    """Return what was drunk an hour of today's runs; NaN on days without."""
    return rate_per_hour(days, days.activity("fluid_during_ml"), RUNNING)


@feature(
    "mass_change_overnight_pct",
    label="body mass lost since yesterday",
    unit="%",
    factor="dehydration",
    direction=1,
    role="context",
    source="yesterday's mass less today's, in per cent, kept within 5",
    needs=("diary.mass_kg",),
)
def mass_change(days: Days) -> Values:
    """Return by how many per cent today's mass lies below yesterday's: fluid not made good overnight."""
    mass = days.diary("mass_kg")
    before = windows.lag(mass, days.offsets, 1)
    return _fallen_pct(before, mass)


@feature(
    "alcohol_7d_g",
    label="alcohol, last week",
    unit="g/week",
    factor="dehydration",
    direction=1,
    role="context",
    actionable=True,
    source="mean of the logged days of 7 x 7",
    needs=("diary.alcohol_g",),
)
def alcohol_week(days: Days) -> Values:
    """Return the grams of alcohol of a week."""
    return windows.rolling_sum(days.diary("alcohol_g"), days.offsets, 7, at_least=3)


def _fallen_pct(before_kg: Values, mass_kg: Values) -> Values:
    """Return by how many per cent a mass has fallen, within +-5."""
    fallen = 100 * (before_kg - mass_kg) / before_kg
    return np.asarray(np.clip(fallen, -MOST_MASS_CHANGE_PCT, MOST_MASS_CHANGE_PCT), dtype=np.float32)
