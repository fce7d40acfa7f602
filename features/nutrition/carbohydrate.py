"""Carbohydrate: what training used of the stores against what was eaten, before, after and on the way."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...data.arrays import Floats
from .. import windows
from ..body import MASS, body_mass_kg
from ..catalog import feature
from ..days import ActivityValues, Days
from ..effort import RUNNING, greatest_of_day, minutes
from ..intensity import PACE_NEEDS, carbohydrate_used_g
from ..windows import Values

DAILY_CARBOHYDRATE_G_PER_KG = 3.0  # least of the range for light training, Thomas 2016
MIDDLE_CARBOHYDRATE_G_PER_KG = 4.0  # middle of the range for light days, Thomas 2016
GLYCOGEN_STORE_G_PER_KG = 7.0  # about 500 g in muscles and liver
DEBT_KEPT = 0.6  # share of a glycogen debt that lasts to the next day
CARBOHYDRATE_PER_H_G = 30.0  # least advised past an hour, A4
CARBOHYDRATE = ("activities.energy_kcal", "activities.hr_mean_bpm", "activities.session_rpe", *PACE_NEEDS)


@feature(
    "run_carbohydrate_used_g",
    label="carbohydrate used in training",
    unit="g",
    factor="glycogen_depletion",
    direction=1,
    role="context",
    actionable=True,
    source="energy (Minetti 2002) x carbohydrate share (Romijn 1993)",
    needs=CARBOHYDRATE,
)
def carbohydrate_demand(days: Days) -> Values:
    """Return the grams of carbohydrate that today's training used: the demand, whatever was eaten."""
    return days.per_day(days.each(carbohydrate_used_g))


@feature(
    "carbohydrate_shortfall_1d_g_per_kg",
    label="carbohydrate used less eaten",
    unit="g/kg",
    factor="glycogen_depletion",
    direction=1,
    role="context",
    actionable=True,
    source="used in training + 3 g/kg - eaten, Thomas 2016",
    needs=("diary.carbohydrate_g", *CARBOHYDRATE, *MASS),
)
def carbohydrate_shortfall(days: Days) -> Values:
    """Return the day's carbohydrate need less what was eaten, a kg of body mass."""
    mass = days.once(body_mass_kg)
    need = days.once(carbohydrate_demand) + DAILY_CARBOHYDRATE_G_PER_KG * mass
    return (need - days.diary("carbohydrate_g")) / mass


@feature(
    "carbohydrate_shortfall_3d_g_per_kg",
    label="carbohydrate used less eaten, three days",
    unit="g/kg/day",
    factor="glycogen_depletion",
    direction=1,
    role="context",
    actionable=True,
    source="mean of 3 days, Thomas 2016",
    needs=("diary.carbohydrate_g", *CARBOHYDRATE, *MASS),
)
def carbohydrate_shortfall_3d(days: Days) -> Values:
    """Return the mean daily carbohydrate shortfall of three days."""
    return windows.rolling_mean(days.once(carbohydrate_shortfall), days.offsets, 3, at_least=2)


@feature(
    "glycogen_debt_g_per_kg",
    label="carbohydrate stores drawn down",
    unit="g/kg",
    factor="glycogen_depletion",
    direction=1,
    actionable=True,
    source="debt = 0.6 x yesterday's + 4 g/kg + used in training - eaten, kept within 0-7 g/kg; Thomas 2016, Romijn 1993",
    needs=("diary.carbohydrate_g", *CARBOHYDRATE, *MASS),
    dose=True,
)
def glycogen_debt(days: Days) -> Values:
    """Return how far the carbohydrate stores are drawn down, g/kg.

    The stores hold about 7 g/kg; each day adds its need less what was eaten, and 60 % of a debt
    lasts to the next day (our convention: refilling takes one to two days of enough carbohydrate).
    A day whose food was not logged adds what logged days of late did; on it the debt is not known, for
    most of it is the day's own.
    """
    more = np.float32(MIDDLE_CARBOHYDRATE_G_PER_KG - DAILY_CARBOHYDRATE_G_PER_KG)
    balance = days.once(carbohydrate_shortfall) + more
    debt = windows.carried(balance, days.offsets, DEBT_KEPT, GLYCOGEN_STORE_G_PER_KG)
    return np.where(np.isnan(balance), balance, debt)


def carbohydrate_need_g_per_kg(training_hours: npt.ArrayLike) -> Floats:
    """Return the daily carbohydrate need by hours of training, middle of the ranges of Thomas 2016.

    3-5 g/kg on light days, 5-7 for about 1 h, 6-10 for 1-3 h, 8-12 beyond 4 h; straight between.

    Examples
    --------
    >>> carbohydrate_need_g_per_kg([0.0, 1.0, 2.0, 5.0]).tolist()
    [4.0, 6.0, 8.0, 10.0]
    """
    hours = np.asarray(training_hours, dtype=float)
    return np.asarray(np.interp(hours, [0.0, 1.0, 2.0, 4.0], [4.0, 6.0, 8.0, 10.0]))


@feature(
    "carbohydrate_eaten_1d_g_per_kg",
    label="carbohydrate eaten",
    unit="g/kg",
    factor="glycogen_depletion",
    direction=-1,
    role="context",
    source="eaten / mass",
    needs=("diary.carbohydrate_g", *MASS),
)
def carbohydrate_eaten(days: Days) -> Values:
    """Return the day's carbohydrate a kg of body mass."""
    return days.diary("carbohydrate_g") / days.once(body_mass_kg)


@feature(
    "carbohydrate_below_training_need_g_per_kg",
    label="carbohydrate below the need of the day's training hours",
    unit="g/kg",
    factor="glycogen_depletion",
    direction=1,
    role="context",
    source="3-5, 5-7, 6-10, 8-12 g/kg (middles) by training hours - eaten, Thomas 2016",
    needs=("diary.carbohydrate_g", "activities.duration_s", *MASS),
)
def carbohydrate_below_need(days: Days) -> Values:
    """Return the carbohydrate need of the day's training hours less what was eaten."""
    hours = days.per_day(days.each(minutes)) / 60
    return carbohydrate_need_g_per_kg(hours).astype(np.float32) - days.once(carbohydrate_eaten)


def carbohydrate_rate_g_per_h(days: Days) -> ActivityValues:
    """Return the carbohydrate taken an hour in activities of more than an hour, NaN for shorter ones."""
    hours = days.each(minutes) / 60
    return np.where(hours > 1, days.activity("carbohydrate_during_g") / np.maximum(hours, 1), np.nan)


@feature(
    "carbohydrate_during_run_g_per_h",
    label="carbohydrate an hour during long runs",
    unit="g/h",
    factor="glycogen_depletion",
    direction=-1,
    role="context",
    actionable=True,
    source="taken / hours of runs past 1 h; 30-60 g/h advised (A4, Thomas 2016)",
    needs=("activities.carbohydrate_during_g", "activities.duration_s"),
)
def carbohydrate_during(days: Days) -> Values:
    """Return the carbohydrate an hour in today's runs past an hour; NaN on other days."""
    return greatest_of_day(days, days.each(carbohydrate_rate_g_per_h), RUNNING)


@feature(
    "carbohydrate_during_run_short_g",
    label="carbohydrate missing during long runs",
    unit="g",
    factor="glycogen_depletion",
    direction=1,
    role="context",
    actionable=True,
    source="max(0, 30 g/h - taken an hour) x hours of runs past 1 h, A4",
    needs=("activities.carbohydrate_during_g", "activities.duration_s"),
)
def carbohydrate_during_short(days: Days) -> Values:
    """Return the grams that today's runs past an hour lacked to 30 g/h; 0 where none passed an hour."""
    rate, hours = days.each(carbohydrate_rate_g_per_h), days.each(minutes) / 60
    short = np.maximum(CARBOHYDRATE_PER_H_G - rate, 0) * hours
    logs_them = np.isfinite(days.activity("carbohydrate_during_g"))
    return days.per_day(np.where(logs_them & (hours <= 1), 0.0, short), RUNNING)


@feature(
    "run_carbohydrate_used_3d_g",
    label="carbohydrate used in training, three days",
    unit="g/day",
    factor="glycogen_depletion",
    direction=1,
    role="context",
    source="mean of 3 days, Minetti 2002 and Romijn 1993",
    needs=CARBOHYDRATE,
)
def carbohydrate_demand_3d(days: Days) -> Values:
    """Return the mean daily carbohydrate used in training over three days."""
    return windows.rolling_mean(days.once(carbohydrate_demand), days.offsets, 3, at_least=2)
