"""The sun: how high it stands over a place, and which share of its light comes straight from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from .arrays import Floats

SOLAR_CONSTANT_WM2 = 1367.0
CLEAREST = 0.85
"""Most of the light above the air that reaches the ground (Liljegren 2008)."""
LOWEST_COS = 0.00873
"""Half a degree over the horizon: below, nothing comes straight from the sun."""
MOST_DIRECT = 0.9
_J2000 = pd.Timestamp("2000-01-01T12:00Z")
_HOUR = pd.Timedelta(hours=1)
_PARTS_OF_HOUR = 12


@dataclass(frozen=True)
class Sun:
    """Where the sun stands, arrays of one shape.

    Parameters
    ----------
    cos_zenith : array
        Cosine of the angle to the zenith, which is the sine of the height; below 0 at night.
    distance_au : array
        In the mean distance of the earth from it.
    """

    cos_zenith: Floats
    distance_au: Floats

    @property
    def above_air_wm2(self) -> Floats:
        """Radiation on a level above all air; 0 at night."""
        return np.asarray(SOLAR_CONSTANT_WM2 * np.maximum(self.cos_zenith, 0.0) / self.distance_au**2)


@dataclass(frozen=True)
class Sunlight:
    """What of the sun reaches level ground, arrays of one shape.

    Parameters
    ----------
    radiation_wm2 : array
        Global short-wave radiation.
    direct_share : array
        Which part of it comes straight from the sun, 0 to 1.
    cos_zenith : array
        As of `Sun`.
    """

    radiation_wm2: Floats
    direct_share: Floats
    cos_zenith: Floats


def sun_over(time: pd.DatetimeIndex, latitude_deg: float, longitude_deg: float) -> Sun:
    """Return where the sun stands, by the low-precision formulas of the Astronomical Almanac (within .02 deg from 1950 to 2050).

    Parameters
    ----------
    time : DatetimeIndex
        Instants in UTC.
    latitude_deg, longitude_deg : float
        Of the place; north and east are positive.

    Returns
    -------
    Sun
        Without the air's refraction, which lifts the sun by half a degree at the horizon and by nothing where it warms.

    Examples
    --------
    >>> noon = pd.DatetimeIndex(["2024-06-20T12:02Z", "2024-12-21T11:58Z"])
    >>> np.degrees(np.arcsin(sun_over(noon, 50.0, 0.0).cos_zenith)).round(1).tolist()
    [63.4, 16.6]
    """
    days = np.asarray((time - _J2000) / pd.Timedelta(days=1), dtype=float)
    anomaly = np.radians(357.528 + 0.9856003 * days)
    longitude = np.radians(280.460 + 0.9856474 * days + 1.915 * np.sin(anomaly) + 0.020 * np.sin(2 * anomaly))
    tilt = np.radians(23.439 - 4e-7 * days)
    ascension = np.arctan2(np.cos(tilt) * np.sin(longitude), np.cos(longitude))
    declination = np.arcsin(np.sin(tilt) * np.sin(longitude))
    sidereal_h = 18.697374558 + 24.06570982441908 * days
    hour_angle = np.radians(15 * sidereal_h + longitude_deg) - ascension
    latitude = np.radians(latitude_deg)
    level, upright = np.cos(latitude) * np.cos(declination), np.sin(latitude) * np.sin(declination)
    return Sun(
        cos_zenith=np.asarray(upright + level * np.cos(hour_angle)),
        distance_au=np.asarray(1.00014 - 0.01671 * np.cos(anomaly) - 0.00014 * np.cos(2 * anomaly)),
    )


def sunlight(share: npt.ArrayLike, sun: Sun) -> Sunlight:
    """Return the light that reaches the ground where the air lets a share of it through (Liljegren 2008).

    The clearer the air, the more of the light is direct: exp(3 - 1.34 s - 1.65 / s) at a share s.

    Parameters
    ----------
    share : array
        Global radiation on the ground over that above the air; more than `CLEAREST` is a sensor's error, and cut.
    sun : Sun

    Examples
    --------
    >>> sunlight([0.75], Sun(np.array([1.0]), np.array([1.0]))).direct_share.round(2).tolist()
    [0.81]
    """
    clear = np.minimum(np.asarray(share, dtype=float), CLEAREST)
    direct = np.minimum(np.exp(3 - 1.34 * clear - 1.65 / np.maximum(clear, 0.01)), MOST_DIRECT)
    direct = np.where(sun.cos_zenith >= LOWEST_COS, direct, 0.0 * clear)  # what is not known stays so
    return Sunlight(clear * sun.above_air_wm2, direct, sun.cos_zenith)


def sunlight_by_hours(
    time: pd.DatetimeIndex, radiation_wm2: npt.ArrayLike, latitude_deg: float, longitude_deg: float
) -> Sunlight:
    """Return the light at each time, of radiation that is told as the mean of the hour which ends then.

    The share that comes through the air is taken over the hours before and after; by a mean over an hour a sun that has just risen would
    shine as at noon (after Kong and Huber 2022, 10.1029/2021EF002334).

    Parameters
    ----------
    time : DatetimeIndex
        Instants in UTC, each once.
    radiation_wm2 : array
        Global radiation; NaN where not known. Where one of two hours is, it stands for both.
    latitude_deg, longitude_deg : float
    """
    ended = pd.Series(np.asarray(radiation_wm2, dtype=float), index=time)
    told = np.stack([ended.to_numpy(), ended.reindex(time + _HOUR).to_numpy()])
    above = np.stack([_mean_above_air_wm2(t, latitude_deg, longitude_deg) for t in (time, time + _HOUR)])
    known = ~np.isnan(told)
    reached, sent = np.sum(told, axis=0, where=known), np.sum(above, axis=0, where=known)
    share = np.divide(reached, sent, out=np.zeros(len(time)), where=sent > 0)
    return sunlight(np.where(known.any(axis=0), share, np.nan), sun_over(time, latitude_deg, longitude_deg))


def _mean_above_air_wm2(time: pd.DatetimeIndex, latitude_deg: float, longitude_deg: float) -> Floats:
    """Return the mean radiation above the air of the hours that end at `time`."""
    parts = [time - (part + 0.5) / _PARTS_OF_HOUR * _HOUR for part in range(_PARTS_OF_HOUR)]
    return np.asarray(
        np.mean([sun_over(t, latitude_deg, longitude_deg).above_air_wm2 for t in parts], axis=0)
    )
