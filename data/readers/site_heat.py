"""WBGT of the hours of a weather file, computed while the file's coordinates are at hand, and none of them kept."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..arrays import Floats
from ..imports import ImportReport
from ..moist_air import Air
from ..schema import WEATHER
from ..sun import sunlight_by_hours
from ..wbgt import wbgt_c, wind_at_2m

_DIGITS = 1
"""A thermometer tells no more, and from more digits the height of the sun could be worked out again, and from that the place."""


@dataclass(frozen=True)
class Site:
    """Where a weather file is of; NaN where it does not tell.

    Parameters
    ----------
    latitude_deg, longitude_deg : float
        North and east are positive.
    elevation_m : float
        Above sea level.
    """

    latitude_deg: float
    longitude_deg: float
    elevation_m: float

    @classmethod
    def told_by(cls, head: Mapping[str, Any]) -> Site:
        """Return the site of a file's head, such as ``{"latitude": "59.9", "longitude": "10.7", "elevation": "12"}``."""
        return cls(
            _within(head.get("latitude"), -90, 90),
            _within(head.get("longitude"), -180, 180),
            _within(head.get("elevation"), -500, 9_000),
        )

    @property
    def pressure_hpa(self) -> float:
        """Pressure of the standard atmosphere at that elevation."""
        return float(1013.25 * (1 - 2.25577e-5 * self.elevation_m) ** 5.25588)


def with_wbgt(weather: pd.DataFrame, site: Site, report: ImportReport) -> pd.DataFrame:
    """Return the hours with their WBGT, where place, air, wind and sun are told, and tell what was done.

    Parameters
    ----------
    weather : DataFrame
        Columns of the weather table, each instant once; radiation is the mean of the hour that ends then, the rest is of that moment.
        Where the pressure is not known, that of the elevation stands for it: it hardly matters.
    site : Site
    report : ImportReport
    """
    lacking = _lacking(weather, site)
    if lacking:
        report.note(f"no {' or '.join(lacking)}: heat is told by temperature and humidity alone")
        return weather
    told = _wbgt_c(weather, site)
    limits = WEATHER.column("wbgt_c")
    told = told.mask((told < limits.low) | (told > limits.high))
    report.note(f"WBGT of {told.count():,} of {len(told):,} hours computed from air, wind and sun")
    return weather.assign(wbgt_c=told)


def _wbgt_c(weather: pd.DataFrame, site: Site) -> pd.Series:
    def column(name: str) -> Floats:
        return weather[name].to_numpy(dtype=np.float64)

    time = pd.DatetimeIndex(weather["time"])
    light = sunlight_by_hours(time, column("solar_radiation_wm2"), site.latitude_deg, site.longitude_deg)
    pressure = np.full(len(weather), site.pressure_hpa)
    if "pressure_hpa" in weather:
        pressure = np.where(weather["pressure_hpa"].isna(), pressure, column("pressure_hpa"))
    air = Air.of(column("temperature_c"), column("relative_humidity_pct"), pressure)
    told = wbgt_c(air, wind_at_2m(column("wind_speed_mps"), light), light)
    return pd.Series(told.round(_DIGITS), index=weather.index)


def _lacking(weather: pd.DataFrame, site: Site) -> list[str]:
    """Return in words what WBGT needs and nothing tells."""
    words = {
        "temperature_c": "temperature",
        "relative_humidity_pct": "relative humidity",
        "wind_speed_mps": "wind speed",
        "solar_radiation_wm2": "short-wave radiation",
    }
    out = [word for name, word in words.items() if name not in weather or weather[name].isna().all()]
    if math.isnan(site.latitude_deg + site.longitude_deg):
        out.append("coordinates")
    if math.isnan(site.elevation_m) and (
        "pressure_hpa" not in weather or weather["pressure_hpa"].isna().all()
    ):
        out.append("pressure or elevation")
    return out


def _within(value: Any, low: float, high: float) -> float:
    """Return a number that may be text, NaN where it is none or lies outside."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan
    return number if low <= number <= high else math.nan
