"""Heat: the weather of the hours of an activity, and the dose that it was."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from . import windows
from .catalog import feature
from .days import ActivityValues, Days
from .effort import effort, minutes
from .windows import Values

WBGT_MARK_C = 15.0  # upper end of the best racing WBGT, Mantzios 2022
WEATHER = (
    "weather.temperature_c",
    "weather.relative_humidity_pct",
    "activities.start_time",
    "activities.place_id",
)


def vapour_pressure_hpa(
    temperature_c: npt.ArrayLike, relative_humidity_pct: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """Return the water vapour pressure of air (Magnus formula as used with the simplified WBGT).

    Examples
    --------
    >>> vapour_pressure_hpa([25.0], [50.0]).round(1).tolist()
    [15.8]
    """
    t = np.asarray(temperature_c, dtype=float)
    return np.asarray(relative_humidity_pct, dtype=float) / 100 * 6.105 * np.exp(17.27 * t / (237.7 + t))


def simplified_wbgt_c(
    temperature_c: npt.ArrayLike, relative_humidity_pct: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """Return the simplified wet-bulb globe temperature, 0.567 T + 0.393 e + 3.94 (ACSM 1984).

    It stands for moderate sun and light wind; measured sun and wind are not used.

    Parameters
    ----------
    temperature_c, relative_humidity_pct : array

    Examples
    --------
    >>> simplified_wbgt_c([25.0], [50.0]).round(1).tolist()
    [24.3]
    """
    t = np.asarray(temperature_c, dtype=float)
    return 0.567 * t + 0.393 * vapour_pressure_hpa(t, relative_humidity_pct) + 3.94


def at_activity(days: Days, column: str) -> ActivityValues:
    """Return a weather column averaged over the hours in which each activity began and ended."""
    activities, weather = days.cohort.activities, days.cohort.weather
    if not len(weather) or not len(activities):
        return np.full(len(activities), np.nan)
    known = pd.Series(
        weather[column].to_numpy(), pd.MultiIndex.from_arrays([weather["place_id"], weather["time"]])
    )
    start = activities["start_time"]
    end = start + pd.to_timedelta(np.nan_to_num(days.activity("duration_s")), unit="s")
    hours = [
        known.reindex(pd.MultiIndex.from_arrays([activities["place_id"], time.dt.floor("h")])).to_numpy(
            dtype=float
        )
        for time in (start, end)
    ]
    return np.where(np.isnan(hours[1]), hours[0], (hours[0] + hours[1]) / 2)


def air_temperature_c(days: Days) -> ActivityValues:
    """Return the air temperature of each activity: the weather's, not the wrist's."""
    return at_activity(days, "temperature_c")


def wbgt_c(days: Days) -> ActivityValues:
    """Return the simplified WBGT of each activity."""
    return simplified_wbgt_c(days.each(air_temperature_c), at_activity(days, "relative_humidity_pct"))


@feature(
    "wbgt_max_c",
    label="WBGT during training",
    unit="degC",
    factor="heat_stress",
    direction=0,
    role="context",
    source="0.567 T + 0.393 e + 3.94, ACSM 1984",
    needs=WEATHER,
)
def wbgt_of_day(days: Days) -> Values:
    """Return the highest WBGT of the day's activities; NaN on a day without any."""
    highest = days.per_day(days.each(wbgt_c), reduce="max")
    active = days.per_day(np.ones(len(days.cohort.activities))) > 0
    return np.where(active, highest, np.float32(np.nan))


@feature(
    "heat_dose_1d_c_min",
    label="heat dose of training",
    unit="degC min",
    factor="heat_stress",
    direction=1,
    actionable=True,
    source="max(0, WBGT - 15 degC) x minutes x relative effort, after Mantzios 2022",
    needs=WEATHER,
)
def heat_dose(days: Days) -> Values:
    """Return the day's heat dose."""
    above = np.maximum(days.each(wbgt_c) - WBGT_MARK_C, 0.0)
    return days.per_day(above * days.each(minutes) * days.each(effort))


@feature(
    "heat_dose_unaccustomed_c_min",
    label="heat dose beyond the usual",
    unit="degC min",
    factor="heat_stress",
    direction=1,
    actionable=True,
    source="heat dose less its 14-day EWMA (acclimatisation)",
    needs=WEATHER,
)
def heat_dose_unaccustomed(days: Days) -> Values:
    """Return the heat dose beyond that of the usual training day of the last two weeks."""
    dose = days.once(heat_dose)
    usual = windows.ewma(windows.lag(dose, days.offsets, 1), days.offsets, 14 * np.log(2))
    return np.maximum(dose - np.nan_to_num(usual), np.float32(0))
