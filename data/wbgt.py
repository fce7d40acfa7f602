"""Wet-bulb globe temperature outdoors: 0.7 natural wet bulb + 0.2 black globe + 0.1 air.

Both thermometers by their balances of heat as Liljegren et al. (2008, 10.1080/15459620802310770) wrote them, a globe of 50.8 mm and
a wick of 7 by 25.4 mm over ground as warm as the air; the simplified one where sun and wind are not known.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from .arrays import Floats
from .moist_air import (
    AIR_G_MOL,
    HEAT_CAPACITY,
    PRANDTL,
    WATER_G_MOL,
    ZERO_C_K,
    Air,
    boiling_k,
    conductivity,
    diffusivity,
    heat_of_evaporation,
    kinematic_viscosity,
    saturation_hpa,
)
from .sun import LOWEST_COS, Sunlight

STEFAN_BOLTZMANN = 5.6696e-8
EMISSIVITY = 0.95
"""Of globe and wick alike."""
GLOBE_M = 0.0508
GLOBE_ALBEDO = 0.05
WICK_M = 0.007
WICK_LONG_M = 0.0254
WICK_ALBEDO = 0.4
GROUND_EMISSIVITY = 0.999
GROUND_ALBEDO = 0.45
CALM_MPS = 0.13
"""Warm thermometers stir the air themselves: no wind is less."""
HALVINGS = 28
"""Of a bracket of at most 240 K: what is left of it is a millionth of a degree."""
_HEIGHTS = 2.0 / 10.0
# EPA-454/R-99-005, 6.2.5 and table 6-7: how wind grows with height over built-up land, by class of stability A, B, C, D
_A, _B, _C, _D, _STABLE = 0.15, 0.15, 0.20, 0.25, 0.30
_WINDS_MPS, _RADIATIONS_WM2 = (2.0, 3.0, 5.0, 6.0), (175.0, 675.0, 925.0)
_BY_DAY = np.array([[_D, _B, _A, _A], [_D, _C, _B, _A], [_D, _C, _B, _B], [_D, _D, _C, _C], [_D, _D, _D, _C]])
_LIGHT_AT_NIGHT_MPS = 2.5


def wbgt_c(air: Air, wind_mps: npt.ArrayLike, light: Sunlight) -> Floats:
    """Return the wet-bulb globe temperature outdoors, degC.

    Parameters
    ----------
    air : Air
    wind_mps : array
        At the height of the thermometers, 2 m.
    light : Sunlight

    Returns
    -------
    array
        NaN where anything is not known.
    """
    parts = 0.7 * natural_wet_bulb_c(air, wind_mps, light) + 0.2 * globe_c(air, wind_mps, light)
    return np.asarray(parts + 0.1 * (air.temperature_k - ZERO_C_K))


def simplified_wbgt_c(temperature_c: npt.ArrayLike, relative_humidity_pct: npt.ArrayLike) -> Floats:
    """Return the simplified wet-bulb globe temperature, 0.567 T + 0.393 e + 3.94 (ACSM 1984).

    It stands for moderate sun and light wind, at any hour.

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


def vapour_pressure_hpa(temperature_c: npt.ArrayLike, relative_humidity_pct: npt.ArrayLike) -> Floats:
    """Return the water vapour pressure of air (Magnus formula as used with the simplified WBGT).

    Examples
    --------
    >>> vapour_pressure_hpa([25.0], [50.0]).round(1).tolist()
    [15.8]
    """
    t = np.asarray(temperature_c, dtype=float)
    return np.asarray(relative_humidity_pct, dtype=float) / 100 * 6.105 * np.exp(17.27 * t / (237.7 + t))


def wind_at_2m(wind_10m_mps: npt.ArrayLike, light: Sunlight) -> Floats:
    """Return the wind at 2 m from that at 10 m, m/s: a power law by how stable the air is (EPA-454/R-99-005).

    By day wind and sun tell that, at night the wind. The exponents are those of towns, whose houses and trees runners too run between.

    Parameters
    ----------
    wind_10m_mps : array
    light : Sunlight

    Examples
    --------
    >>> noon = Sunlight(np.array([900.0]), np.array([0.8]), np.array([0.9]))
    >>> wind_at_2m([4.0], noon).round(2).tolist()
    [3.14]
    """
    wind = np.asarray(wind_10m_mps, dtype=float)
    by_wind = np.searchsorted(_WINDS_MPS, wind, side="right")
    by_sun = np.searchsorted(_RADIATIONS_WM2, light.radiation_wm2, side="right")
    by_night = np.where(wind < _LIGHT_AT_NIGHT_MPS, _STABLE, _D)
    known = np.minimum(by_wind, 4), np.minimum(by_sun, 3)  # NaN lies beyond all
    exponent = np.where(light.cos_zenith > 0, _BY_DAY[known], by_night)
    return np.asarray(wind * _HEIGHTS**exponent)


def globe_c(air: Air, wind_mps: npt.ArrayLike, light: Sunlight) -> Floats:
    """Return the temperature of a black globe, degC: what it takes from sun, sky and ground it gives off to the air.

    Parameters are those of `wbgt_c`.
    """
    wind, height = _stirred(wind_mps), np.maximum(light.cos_zenith, LOWEST_COS)
    beam = 1 + light.direct_share * (1 / (2 * height) - 1)
    sun = (1 - GLOBE_ALBEDO) * light.radiation_wm2 / 2 * (beam + GROUND_ALBEDO)
    around = _heat_around(air)

    def gains(kelvin: Floats) -> Floats:
        film = (kelvin + air.temperature_k) / 2
        reynolds = wind * GLOBE_M / kinematic_viscosity(film, air.pressure_hpa)
        passing = conductivity(film) / GLOBE_M * (2 + 0.6 * np.sqrt(reynolds) * PRANDTL ** (1 / 3))
        given = EMISSIVITY * STEFAN_BOLTZMANN * kelvin**4
        return np.asarray(sun + around - given - passing * (kelvin - air.temperature_k))

    return _balanced(gains, 0.75 * air.temperature_k, air.temperature_k + 150) - ZERO_C_K


def natural_wet_bulb_c(air: Air, wind_mps: npt.ArrayLike, light: Sunlight) -> Floats:
    """Return the temperature of a wet wick in the open, degC: evaporation cools it, air, sun, sky and ground warm it.

    Parameters are those of `wbgt_c`.
    """
    wind, height = _stirred(wind_mps), np.maximum(light.cos_zenith, LOWEST_COS)
    end = WICK_M / WICK_LONG_M / 4
    beam = np.sqrt(1 - height**2) / height / np.pi
    sides = (1 - light.direct_share) * (1 + end) + light.direct_share * (beam + end) + GROUND_ALBEDO
    sun, around = (1 - WICK_ALBEDO) * light.radiation_wm2 * sides, _heat_around(air)

    def gains(kelvin: Floats) -> Floats:
        film = (kelvin + air.temperature_k) / 2
        friction = kinematic_viscosity(film, air.pressure_hpa)
        reynolds = wind * WICK_M / friction
        passing = conductivity(film) / WICK_M * 0.281 * reynolds**0.6 * PRANDTL**0.44
        wet = saturation_hpa(kelvin)
        spread = (PRANDTL * diffusivity(film, air.pressure_hpa) / friction) ** 0.56
        dried = (wet - air.vapour_hpa) / (air.pressure_hpa - wet) * spread
        cooling = heat_of_evaporation(film) * WATER_G_MOL / (HEAT_CAPACITY * AIR_G_MOL) * dried
        given = EMISSIVITY * STEFAN_BOLTZMANN * kelvin**4
        return np.asarray(air.temperature_k - kelvin - cooling + (sun + around - given) / passing)

    # No wick is as warm as boiling water, at which the balance has no meaning.
    highest = np.minimum(air.temperature_k + 120, boiling_k(air.pressure_hpa) - 0.01)
    return _balanced(gains, air.temperature_k - 120, highest) - ZERO_C_K


def _stirred(wind_mps: npt.ArrayLike) -> Floats:
    return np.asarray(np.maximum(np.asarray(wind_mps, dtype=float), CALM_MPS))


def _heat_around(air: Air) -> Floats:
    """Return what a thermometer takes of the heat that sky and ground send, W/m2."""
    sent = (air.sky_emissivity + GROUND_EMISSIVITY) / 2
    return EMISSIVITY * STEFAN_BOLTZMANN * sent * air.temperature_k**4


def _balanced(gains: Callable[[Floats], Floats], low: Floats, high: Floats) -> Floats:
    """Return the temperatures between `low` and `high` at which falling `gains` are 0, by halving; NaN where one is."""
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        warmer = gains(middle) > 0
        low, high = np.where(warmer, middle, low), np.where(warmer, high, middle)
    middle = (low + high) / 2
    return np.where(np.isnan(gains(middle)), np.nan, middle)
