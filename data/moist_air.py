"""Moist air: its properties where heat and water pass between it and a thermometer.

Kinetic theory of gases after Bird, Stewart and Lightfoot, *Transport Phenomena*, with the constants that Liljegren et al.
(2008, 10.1080/15459620802310770) took for WBGT. All temperatures are in kelvin.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import Floats

ZERO_C_K = 273.15
HEAT_CAPACITY = 1003.5
"""Of air at constant pressure, J/(kg K)."""
AIR_G_MOL = 28.97
WATER_G_MOL = 18.015
GAS_CONSTANT = 8314.34 / AIR_G_MOL
"""Of air, J/(kg K)."""
PRANDTL = HEAT_CAPACITY / (HEAT_CAPACITY + 1.25 * GAS_CONSTANT)
_WET = 1.004  # vapour in air rather than alone, Buck 1981


@dataclass(frozen=True)
class Air:
    """The air of some hours, arrays of one shape.

    Parameters
    ----------
    temperature_k : array
        In the shade.
    vapour_hpa : array
        Pressure of the water vapour in it.
    pressure_hpa : array
        Of the air at the place, not at sea level.
    """

    temperature_k: Floats
    vapour_hpa: Floats
    pressure_hpa: Floats

    @classmethod
    def of(cls, temperature_c: Floats, relative_humidity_pct: Floats, pressure_hpa: Floats) -> Air:
        """Return the air of a temperature in degC, a relative humidity in % and a pressure in hPa."""
        kelvin = np.asarray(temperature_c, dtype=float) + ZERO_C_K
        vapour = np.asarray(relative_humidity_pct, dtype=float) / 100 * saturation_hpa(kelvin)
        return cls(kelvin, vapour, np.asarray(pressure_hpa, dtype=float))

    @property
    def sky_emissivity(self) -> Floats:
        """How much heat the sky sends down, as a share of a black body of the air's temperature (after Oke)."""
        return np.asarray(0.575 * self.vapour_hpa**0.143)


def saturation_hpa(kelvin: Floats) -> Floats:
    """Return the vapour pressure over water at a temperature, supercooled below freezing (Buck 1981).

    Examples
    --------
    >>> saturation_hpa(np.array([293.15])).round(1).tolist()
    [23.5]
    """
    return np.asarray(_WET * 6.1121 * np.exp(17.502 * (kelvin - ZERO_C_K) / (kelvin - 32.18)))


def boiling_k(pressure_hpa: Floats) -> Floats:
    """Return the temperature at which the vapour pressure is that of the air: the inverse of `saturation_hpa`."""
    y = np.log(pressure_hpa / (_WET * 6.1121)) / 17.502
    return np.asarray((ZERO_C_K - 32.18 * y) / (1 - y))


def viscosity(kelvin: Floats) -> Floats:
    """Return the viscosity of air, kg/(m s)."""
    collisions = (kelvin / 97 - 2.9) / 0.4 * -0.034 + 1.048
    return np.asarray(2.6693e-6 * np.sqrt(AIR_G_MOL * kelvin) / (3.617**2 * collisions))


def conductivity(kelvin: Floats) -> Floats:
    """Return the thermal conductivity of air, W/(m K)."""
    return (HEAT_CAPACITY + 1.25 * GAS_CONSTANT) * viscosity(kelvin)


def kinematic_viscosity(kelvin: Floats, pressure_hpa: Floats) -> Floats:
    """Return viscosity over density, m2/s."""
    return viscosity(kelvin) * GAS_CONSTANT * kelvin / (100 * pressure_hpa)


def diffusivity(kelvin: Floats, pressure_hpa: Floats) -> Floats:
    """Return the diffusivity of water vapour in air, m2/s."""
    critical_k, critical_atm = (132.0, 647.3), (36.4, 218.0)
    reduced = kelvin / np.sqrt(critical_k[0] * critical_k[1])
    scale = (critical_atm[0] * critical_atm[1]) ** (1 / 3) * (critical_k[0] * critical_k[1]) ** (5 / 12)
    scale *= np.sqrt(1 / AIR_G_MOL + 1 / WATER_G_MOL)
    return np.asarray(3.640e-8 * reduced**2.334 * scale / (pressure_hpa / 1013.25))


def heat_of_evaporation(kelvin: Floats) -> Floats:
    """Return the heat that a kilogram of water takes to evaporate, J/kg, as Liljegren's program has it.

    In nature it falls with temperature (2,478 kJ at 10 degC, 2,407 at 40); there it rises to the same 2,407. Kept, for the method was held
    against measured WBGT with it, and wet bulbs come out by up to .3 degC nearer to a psychrometer's than with nature's.

    Examples
    --------
    >>> heat_of_evaporation(np.array([283.15, 313.15])).tolist()
    [2336200.0, 2407300.0]
    """
    return 2.4073e6 - 71_100 * (313.15 - kelvin) / 30
