"""Hourly weather of three stylised climates, and the heat that a run meets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .arrays import Floats, Whole
from .simulate_tools import Dice, written

LEAD_HOURS = 24


@dataclass(frozen=True)
class Climate:
    """A place: means and swings of its weather, and its hills.

    Temperatures in degC, humidity in %, wind in m/s, hills in metres climbed a kilometre. All places
    keep one clock without summer time: local days are 24 hours long, and travel moves no day.
    """

    place_id: str
    timezone: str
    offset_h: int
    latitude_deg: float
    temperature: float
    season_swing: float
    warmest_day: int
    daily_swing: float
    weather_swing: float
    humidity: float
    humidity_summer: float
    cloud: float
    wind: float
    altitude_m: float
    hills_m_per_km: float


CLIMATES = (
    Climate("temperate", "Etc/GMT-1", 1, 35.7, 15.8, 10.8, 213, 3.8, 2.6, 65, 8, 0.45, 2.9, 40, 9),
    Climate("hot-humid", "Etc/GMT-1", 1, 1.4, 27.8, 0.8, 140, 3.2, 0.9, 80, 0, 0.5, 2.1, 15, 5),
    Climate("cold-hilly", "Etc/GMT-1", 1, 64.1, 5.3, 5.8, 205, 1.9, 3.0, 77, 2, 0.6, 5.2, 60, 24),
)


@dataclass(frozen=True)
class Weather:
    """Hourly weather, arrays of shape (hours, places); hour 0 is `LEAD_HOURS` before the first local midnight UTC."""

    first_hour: pd.Timestamp
    temperature_c: Floats
    humidity_pct: Floats
    wind_mps: Floats
    solar_wm2: Floats
    pressure_hpa: Floats

    def wbgt_c(self) -> Floats:
        """Return WBGT without wind and sun, 0.567 T + 0.393 e + 3.94 (ACSM 1984), degC."""
        return wbgt(self.temperature_c, self.humidity_pct)

    def table(self, errors: float = 1.0) -> dict[str, object]:
        """Return the columns of the canonical weather table; `errors` is a multiple of the rounding."""
        hours, places = self.temperature_c.shape
        times = self.first_hour.as_unit("us") + pd.to_timedelta(np.arange(hours), unit="h")
        return {
            "place_id": np.repeat([c.place_id for c in CLIMATES], hours),
            "time": pd.DatetimeIndex(np.tile(times.to_numpy(), places)).tz_localize("UTC"),
            "temperature_c": written(self.temperature_c.T.ravel(), 1, errors),
            "relative_humidity_pct": written(self.humidity_pct.T.ravel(), 0, errors),
            "wind_speed_mps": written(self.wind_mps.T.ravel(), 1, errors),
            "solar_radiation_wm2": written(self.solar_wm2.T.ravel(), 0, errors),
            "pressure_hpa": written(self.pressure_hpa.T.ravel(), 1, errors),
        }


def wbgt(temperature_c: Floats, humidity_pct: Floats) -> Floats:
    """Return WBGT estimated from temperature and humidity, degC.

    0.567 T + 0.393 e + 3.94 with e in hPa (ACSM 1984); e by Magnus' formula. Written out here, as all formulas of the simulator are:
    a mistake in one that truth and features shared would show nowhere.
    """
    vapour_hpa = humidity_pct / 100.0 * 6.105 * np.exp(17.27 * temperature_c / (237.7 + temperature_c))
    return np.asarray(0.567 * temperature_c + 0.393 * vapour_hpa + 3.94)


def offsets_h(place: Whole) -> Whole:
    """Return the hours by which local time is ahead of UTC at each place."""
    return np.array([c.offset_h for c in CLIMATES])[place]


def draw_weather(dice: Dice, first_day: pd.Timestamp) -> Weather:
    """Draw seasons, daily cycles and passing weather; `dice.days` local days from `first_day`."""
    hours = dice.days * 24 + 2 * LEAD_HOURS
    shape = (hours // 24, len(CLIMATES))
    first_hour = first_day - pd.Timedelta(hours=LEAD_HOURS)
    utc = np.arange(hours)[:, None]

    def each(name: str) -> Floats:
        return np.array([getattr(c, name) for c in CLIMATES], dtype=float)

    def passing(name: str, memory: float) -> Floats:
        shocks = dice.stream("weather " + name).standard_normal(shape)
        for t in range(1, shape[0]):
            shocks[t] = memory * shocks[t - 1] + np.sqrt(1 - memory**2) * shocks[t]
        return np.asarray(np.repeat(shocks, 24, axis=0))

    local = utc + each("offset_h")
    year_day = first_hour.day_of_year + local / 24.0
    summer = np.cos(2 * np.pi * (year_day - each("warmest_day")) / 365.25)
    afternoon = np.cos(2 * np.pi * (local - 14.5) / 24.0)
    front = passing("front", 0.75)
    temperature = (
        each("temperature")
        + each("season_swing") * summer
        + each("daily_swing") * afternoon
        + each("weather_swing") * front
    )
    humidity = (
        each("humidity") + each("humidity_summer") * summer - 10.0 * afternoon + 8.0 * passing("moist", 0.6)
    )
    wind = each("wind") * np.exp(0.35 * passing("wind", 0.5)) * (1.0 + 0.2 * afternoon)
    clear = 1.0 - each("cloud") * np.clip(0.9 + 0.5 * passing("cloud", 0.5), 0.1, 1.5)
    return Weather(
        first_hour=first_hour,
        temperature_c=temperature,
        humidity_pct=np.clip(humidity, 15.0, 100.0),
        wind_mps=wind,
        solar_wm2=1000.0
        * np.clip(clear, 0.1, 1.0)
        * _sun_height(each("latitude_deg"), year_day, local % 24.0),
        pressure_hpa=1013.0 - each("altitude_m") / 8.3 + 7.0 * passing("pressure", 0.7),
    )


def _sun_height(latitude_deg: Floats, year_day: Floats, hour: Floats) -> Floats:
    """Return the sine of the sun's height over the horizon, 0 at night."""
    declination = np.deg2rad(-23.44) * np.cos(2 * np.pi * (year_day + 10.0) / 365.25)
    latitude = np.deg2rad(latitude_deg)
    hour_angle = 2 * np.pi * (hour - 12.0) / 24.0
    height = np.sin(latitude) * np.sin(declination) + np.cos(latitude) * np.cos(declination) * np.cos(
        hour_angle
    )
    return np.asarray(np.maximum(height, 0.0))
