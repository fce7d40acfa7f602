"""Heat: the weather of the hours of an activity, and the dose that it was."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..data.arrays import Floats, Mask, Whole
from ..data.wbgt import simplified_wbgt_c
from . import windows
from .catalog import feature
from .days import ActivityValues, Days
from .effort import greatest_of_day, minutes
from .intensity import effort
from .records import running_micro
from .windows import Values

HALVING_C_MIN = 100.0  # usual daily heat dose that halves the strain; a choice
INDOORS = ("strength", "swimming")
WBGT_MARK_C = 15.0  # upper end of the best racing WBGT, Mantzios 2022
WEATHER = (
    "weather.temperature_c",
    "weather.relative_humidity_pct",
    "activities.start_time",
    "activities.place_id",
)
HEAT = (*WEATHER, "weather.wbgt_c")


def heat_index_c(temperature_c: npt.ArrayLike, relative_humidity_pct: npt.ArrayLike) -> Floats:
    """Return the heat index of the US weather service (Rothfusz 1990, with its two adjustments), in degC.

    Below 26.7 degC, where the regression does not hold, the air temperature itself; in dry air it
    lies below that. It is made for shade and a person who walks; for running, WBGT is the field's measure.

    Examples
    --------
    >>> heat_index_c([32.2222, 20.0], [70.0, 70.0]).round(0).tolist()
    [41.0, 20.0]
    """
    celsius = np.asarray(temperature_c, dtype=float)
    t, h = celsius * 1.8 + 32, np.asarray(relative_humidity_pct, dtype=float)
    felt = (
        -42.379 + 2.04901523 * t + 10.14333127 * h - 0.22475541 * t * h - 6.83783e-3 * t**2
        - 5.481717e-2 * h**2 + 1.22874e-3 * t**2 * h + 8.5282e-4 * t * h**2 - 1.99e-6 * t**2 * h**2
    )  # fmt: skip
    dry = (13 - np.minimum(h, 13)) / 4 * np.sqrt(np.maximum(17 - np.abs(t - 95), 0) / 17)
    moist = np.maximum(h - 85, 0) / 10 * np.maximum(87 - t, 0) / 5
    return np.asarray(np.where(t >= 80, (felt - dry + moist - 32) / 1.8, celsius + 0 * h))


def hours_of(days: Days) -> tuple[Whole, Whole]:
    """Return the weather's rows in order of place and hour, and where in them the hours of each activity begin and end.

    Returns
    -------
    array of shape (hours,), array of shape (2, activities)
        An activity's hours are those from its first to its last; begin and end are the same where none is known.
    """
    activities, weather = days.cohort.activities, days.cohort.weather
    if not len(weather) or not len(activities):
        return np.arange(len(weather)), np.zeros((2, len(activities)), dtype=np.int64)
    code, places = pd.factorize(weather["place_id"])
    where, named = pd.factorize(activities["place_id"])
    place = np.append(pd.Index(places).get_indexer(pd.Index(named)), -1)[where]
    start = _utc(activities["start_time"])
    lasted = (np.nan_to_num(days.activity("duration_s")) * 1e6).astype("timedelta64[us]")
    known = _cell(code, _utc(weather["time"]))
    order = np.arange(len(known)) if (np.diff(known) > 0).all() else np.argsort(known, kind="stable")
    known = known[order]
    asked = np.stack([_cell(place, time) for time in (start, start + lasted)])
    asked[:, (place < 0) | np.isnat(start)] = -1
    asked[1] += 1  # the hour after the last
    # Weather is mostly without holes: then its row is told by the place's first and the hours since.
    first = np.searchsorted(known, np.arange(len(places)) << 32)
    at = np.append(first - known[np.minimum(first, len(known) - 1)], 0)[place] + asked
    at = np.clip(at, 0, len(known) - 1)
    astray = known[at] != asked
    at[astray] = np.searchsorted(known, asked[astray])
    return order, at


def _utc(time: pd.Series) -> npt.NDArray[np.datetime64]:
    return np.asarray(time.dt.tz_convert(None).to_numpy(), dtype="datetime64[us]")


def _cell(place: Whole, time: npt.NDArray[np.datetime64]) -> Whole:
    """Return one number for a place and an hour."""
    return (place.astype(np.int64) << 32) + time.astype("datetime64[h]").astype(np.int64)


def at_activity(days: Days, column: str) -> ActivityValues:
    """Return a weather column averaged over the hours of each activity, from that in which it began to that in which it ended."""
    return over_hours(days, days.cohort.weather[column].to_numpy(dtype=np.float64))


def over_hours(days: Days, hourly: Floats) -> ActivityValues:
    """Return a value of each row of the weather averaged over the hours of each activity; NaN where none is known."""
    order, (begin, end) = days.remember(hours_of, lambda: hours_of(days))
    values = hourly[order]
    total, count = running_micro(values), running_micro(~np.isnan(values))
    with np.errstate(invalid="ignore"):
        return np.asarray((total[end] - total[begin]) / (count[end] - count[begin]))


def air_temperature_c(days: Days) -> ActivityValues:
    """Return the air temperature of each activity: the weather's, not the wrist's; NaN indoors."""
    return np.where(indoors(days), np.nan, at_activity(days, "temperature_c"))


def relative_humidity_pct(days: Days) -> ActivityValues:
    """Return the relative humidity of each activity; NaN indoors."""
    return np.where(indoors(days), np.nan, at_activity(days, "relative_humidity_pct"))


def wbgt_c(days: Days) -> ActivityValues:
    """Return the WBGT of each activity outdoors: the weather's own, in hours without one the simplified."""
    simplified = simplified_wbgt_c(days.each(air_temperature_c), days.each(relative_humidity_pct))
    weather = days.cohort.weather
    told = weather["wbgt_c"].to_numpy(dtype=np.float64)
    if windows.silent(told):
        return simplified
    by_hour = simplified_wbgt_c(weather["temperature_c"], weather["relative_humidity_pct"])
    mixed = over_hours(days, np.where(np.isnan(told), by_hour, told))
    # Where no hour has one, the simplified is that of the mean air.
    anywhere = ~np.isnan(over_hours(days, told)) & ~indoors(days)
    return np.where(anywhere, mixed, simplified)


@feature(
    "wbgt_max_c",
    label="WBGT during training",
    unit="degC",
    factor="heat_stress",
    direction=0,
    role="context",
    source="outdoors, as logged (measured, or from air, wind and sun: Liljegren 2008), else 0.567 T + 0.393 e + 3.94, ACSM 1984",
    needs=HEAT,
)
def wbgt_of_day(days: Days) -> Values:
    """Return the highest WBGT of the day's activities outdoors; NaN on a day without any."""
    return greatest_of_day(days, days.each(wbgt_c))


@feature(
    "heat_dose_1d_c_min",
    label="heat dose of training",
    unit="degC min",
    factor="heat_stress",
    direction=1,
    role="context",
    actionable=True,
    source="max(0, WBGT - 15 degC) x minutes x relative effort, after Mantzios 2022",
    needs=HEAT,
)
def heat_dose(days: Days) -> Values:
    """Return the day's heat dose; NaN until the weather of an activity outdoors is known."""
    above = np.maximum(days.each(wbgt_c) - WBGT_MARK_C, 0.0)
    above = np.where(indoors(days), 0.0, above)
    dose = days.per_day(above * days.each(minutes) * days.each(effort))
    told = np.zeros(len(days), dtype=bool)
    told[days.rows("activities")[~np.isnan(days.each(wbgt_c))]] = True
    # The gym is without the sun's heat, but where nothing is known of the weather its 0 would tell rest from running.
    return np.where(windows.begun(told, days.offsets), dose, np.float32(np.nan))


def indoors(days: Days) -> Mask:
    """Return which activities the weather does not reach."""
    return np.asarray(days.cohort.activities["sport"].isin(INDOORS))


@feature(
    "heat_dose_unaccustomed_c_min",
    label="heat dose beyond the usual",
    unit="degC min",
    factor="heat_stress",
    direction=1,
    actionable=True,
    source="heat dose / (1 + its 14-day EWMA / 100): acclimatisation takes 7 to 14 days; the 100 is ours",
    needs=HEAT,
    dose=True,
)
def heat_dose_unaccustomed(days: Days) -> Values:
    """Return the heat dose, the less the more heat the last two weeks have accustomed the body to."""
    usual = np.nan_to_num(days.once(acclimatisation)) / np.float32(HALVING_C_MIN)
    return np.asarray(days.once(heat_dose) / (1 + usual), dtype=np.float32)


@feature(
    "air_temperature_max_c",
    label="air temperature during training",
    unit="degC",
    factor="heat_stress",
    direction=0,
    role="context",
    source="highest of the day's activities outdoors",
    needs=WEATHER,
)
def temperature_of_day(days: Days) -> Values:
    """Return the highest air temperature of the day's activities outdoors."""
    return greatest_of_day(days, days.each(air_temperature_c))


@feature(
    "heat_index_max_c",
    label="heat index during training",
    unit="degC",
    factor="heat_stress",
    direction=0,
    role="context",
    source="Rothfusz 1990, highest of the day's activities outdoors; the air temperature below 26.7 degC",
    needs=WEATHER,
)
def heat_index_of_day(days: Days) -> Values:
    """Return the highest heat index of the day's activities outdoors."""
    return greatest_of_day(days, heat_index_c(days.each(air_temperature_c), days.each(relative_humidity_pct)))


@feature(
    "wbgt_above_usual_c",
    label="WBGT above that of the last two weeks' training",
    unit="degC",
    factor="heat_stress",
    direction=1,
    role="context",
    source="highest WBGT of the day less its mean over the training days of the 14 before",
    needs=HEAT,
)
def wbgt_above_usual(days: Days) -> Values:
    """Return how much hotter than in the last two weeks' training it was."""
    highest = days.once(wbgt_of_day)
    return highest - windows.rolling_mean(windows.lag(highest, days.offsets, 1), days.offsets, 14, at_least=3)


@feature(
    "heat_acclimatisation_14d_c_min",
    label="heat the body is used to",
    unit="degC min/day",
    factor="heat_stress",
    direction=-1,
    role="context",
    source="14-day EWMA of the heat dose before today; acclimatisation takes 7 to 14 days",
    needs=HEAT,
)
def acclimatisation(days: Days) -> Values:
    """Return the daily heat dose that the body is used to."""
    return windows.usual(windows.lag(days.once(heat_dose), days.offsets, 1), days.offsets, 14)


@feature(
    "heat_dose_3d_c_min",
    label="heat dose a day, three days",
    unit="degC min/day",
    factor="heat_stress",
    direction=1,
    role="context",
    source="mean of 3 days, after Mantzios 2022",
    needs=HEAT,
)
def heat_dose_3d(days: Days) -> Values:
    """Return the mean daily heat dose of three days."""
    return windows.rolling_mean(days.once(heat_dose), days.offsets, 3, at_least=2)


@feature(
    "heat_dose_14d_c_min",
    label="heat dose a day, two weeks",
    unit="degC min/day",
    factor="heat_stress",
    direction=0,
    role="context",
    source="mean of 14 days, after Mantzios 2022",
    needs=HEAT,
)
def heat_dose_14d(days: Days) -> Values:
    """Return the mean daily heat dose of two weeks: strain and acclimatisation at once, so without direction."""
    return windows.rolling_mean(days.once(heat_dose), days.offsets, 14, at_least=7)
