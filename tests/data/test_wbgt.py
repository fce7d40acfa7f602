"""Wet-bulb globe temperature: what others compute, and what must hold in any weather."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from heavylegs.data.moist_air import Air, boiling_k, saturation_hpa
from heavylegs.data.sun import Sun, Sunlight, sunlight
from heavylegs.data.wbgt import globe_c, natural_wet_bulb_c, simplified_wbgt_c, wbgt_c, wind_at_2m
from hypothesis import given
from hypothesis import strategies as st

JUNE_NOON = Sun(np.array([0.9299829]), np.array([1.0162189]))  # 45 N, 0 E, 2024-06-20 12:00 UTC
NIGHT = Sunlight(np.zeros(1), np.zeros(1), np.array([-0.3]))


def air(temperature_c: float, humidity_pct: float, pressure_hpa: float = 1010.0) -> Air:
    return Air.of(*(np.array([v]) for v in (temperature_c, humidity_pct, pressure_hpa)))


def light(radiation_wm2: float) -> Sunlight:
    return sunlight(radiation_wm2 / JUNE_NOON.above_air_wm2, JUNE_NOON)


# -- what others compute ---------------------------------------------------------------------------

# Liljegren's own program, as the package lwbgt 1.2.1 has it: globe, natural wet bulb, WBGT. It stops where a step is below .02 degC, which
# leaves the globe up to .2 short.
BY_DAY = [
    (35, 40, 900, 1.0, 1000, 54.09, 26.81, 33.09),
    (30, 70, 800, 2.0, 1010, 44.51, 27.34, 31.04),
    (25, 50, 850, 6.0, 1010, 34.45, 19.09, 22.75),
    (28, 60, 900, 0.2, 1010, 58.17, 29.24, 34.90),
    (12, 60, 600, 3.0, 1000, 22.05, 10.74, 13.13),
    (22, 80, 150, 1.5, 1005, 25.20, 20.32, 21.47),
    (24, 35, 1000, 2.0, 750, 41.63, 16.25, 22.10),
    (-8, 80, 300, 2.0, 1010, -2.02, -5.89, -5.33),
]
BY_NIGHT = [
    (25, 80, 0, 1.0, 1010, 24.14, 22.30, 22.94),
    (29, 85, 0, 2.5, 1008, 28.64, 26.86, 27.43),
    (-3, 90, 0, 1.5, 1020, -4.73, -4.01, -4.05),
    (30, 15, 0, 3.0, 950, 28.23, 13.86, 18.34),
]


@pytest.mark.parametrize(("t", "h", "s", "wind", "p", "globe", "wick", "wbgt"), BY_DAY + BY_NIGHT)
def test_globe_wick_and_index_are_those_of_liljegrens_program(
    t: float, h: float, s: float, wind: float, p: float, globe: float, wick: float, wbgt: float
) -> None:
    here, sun = air(t, h, p), light(s) if s else NIGHT
    assert globe_c(here, wind, sun)[0] == pytest.approx(globe, abs=0.25)
    assert natural_wet_bulb_c(here, wind, sun)[0] == pytest.approx(wick, abs=0.05)
    assert wbgt_c(here, wind, sun)[0] == pytest.approx(wbgt, abs=0.07)


@pytest.mark.parametrize(
    ("t", "h", "wet"), [(20.0, 60.0, 15.1), (30.0, 40.0, 20.1), (15.0, 80.0, 13.0), (35.0, 60.0, 28.2)]
)
def test_in_a_gale_at_night_the_wick_is_a_psychrometers(t: float, h: float, wet: float) -> None:
    """By the psychrometric equation of ASHRAE's handbook at sea level."""
    assert natural_wet_bulb_c(air(t, h, 1013.25), 60.0, NIGHT)[0] == pytest.approx(wet, abs=0.3)


def test_water_boils_at_the_pressure_of_the_air() -> None:
    pressures = np.array([450.0, 700.0, 1013.25])
    np.testing.assert_allclose(saturation_hpa(boiling_k(pressures)), pressures)


def test_the_simplified_one_is_that_of_acsm_1984() -> None:
    """25 degC and 50 %: a vapour pressure of 15.8 hPa, 0.567 x 25 + 0.393 x 15.8 + 3.94."""
    assert simplified_wbgt_c([25.0], [50.0])[0] == pytest.approx(24.33, abs=0.02)


@pytest.mark.parametrize(
    ("wind", "radiation", "exponent"),
    [
        # EPA-454/R-99-005, table 6-7 and 6.2.5: A, B, C, D of towns.
        (1.9, 925.0, 0.15), (1.9, 174.0, 0.25), (2.0, 500.0, 0.20), (4.0, 700.0, 0.15), (5.0, 926.0, 0.20),
        (6.0, 926.0, 0.20), (6.0, 900.0, 0.25),
    ],
)  # fmt: skip
def test_wind_falls_off_to_the_ground_by_how_stable_the_air_is(
    wind: float, radiation: float, exponent: float
) -> None:
    told = wind_at_2m([wind], Sunlight(np.array([radiation]), np.zeros(1), np.array([0.7])))[0]
    assert told == pytest.approx(wind * 0.2**exponent)


def test_at_night_a_light_wind_hardly_reaches_the_ground() -> None:
    assert wind_at_2m([2.0], NIGHT)[0] == pytest.approx(2.0 * 0.2**0.30)
    assert wind_at_2m([3.0], NIGHT)[0] == pytest.approx(3.0 * 0.2**0.25)


# -- what must hold in any weather -----------------------------------------------------------------

WARMTH, HUMIDITY, PRESSURE = st.floats(-20, 45), st.floats(5, 100), st.floats(600, 1050)
WIND, HEIGHT, DIRECT = st.floats(0.2, 15), st.floats(0.02, 1), st.floats(0, 0.9)


@st.composite
def weathers(draw: st.DrawFn) -> dict[str, Any]:
    height = draw(HEIGHT)
    radiation = draw(st.floats(0, 0.85)) * 1367 * height
    names = ("t", "h", "p", "wind", "direct")
    drawn = [draw(strategy) for strategy in (WARMTH, HUMIDITY, PRESSURE, WIND, DIRECT)]
    return {**dict(zip(names, drawn, strict=True)), "s": radiation, "height": height}


def of(weather: dict[str, Any], **other: float) -> float:
    w = {**weather, **other}
    sun = Sunlight(*(np.array([w[name]]) for name in ("s", "direct", "height")))
    return float(wbgt_c(air(w["t"], w["h"], w["p"]), w["wind"], sun)[0])


@given(weathers(), st.floats(0.5, 10))
def test_wbgt_rises_with_temperature_humidity_and_more_of_the_same_sun(
    weather: dict[str, Any], more: float
) -> None:
    told = of(weather)
    assert of(weather, t=weather["t"] + more) > told
    assert of(weather, h=min(weather["h"] + more, 100)) >= told
    assert of(weather, s=weather["s"] + 10 * more) > told


@given(weathers(), st.floats(1.05, 5))
def test_under_a_sun_that_warms_wind_cools_whatever_the_air(weather: dict[str, Any], times: float) -> None:
    """Globe and wick both take in more than they give off, and wind brings them nearer to air and wet bulb."""
    sunny = {**weather, "s": 300.0 + weather["s"], "height": max(weather["height"], 0.4)}
    assert of(sunny, wind=times * sunny["wind"]) < of(sunny) + 1e-5


@given(st.floats(5, 35), st.floats(30, 100), st.floats(1, 15))
def test_at_night_wbgt_is_near_that_of_a_psychrometer(t: float, h: float, wind: float) -> None:
    here = air(t, h)
    psychrometer = 0.7 * natural_wet_bulb_c(here, 60.0, NIGHT)[0] + 0.3 * t
    assert wbgt_c(here, wind, NIGHT)[0] == pytest.approx(psychrometer, abs=0.9)


@given(
    st.floats(-60, 60), st.floats(0, 100), st.floats(0, 80), st.floats(450, 1100),
    st.floats(0, 1.5), st.sampled_from([-0.5, 0.0, 0.001, 0.01, 0.1, 0.5, 1.0]),
)  # fmt: skip
def test_any_weather_that_the_table_takes_has_a_wbgt(
    t: float, h: float, wind: float, p: float, share: float, height: float
) -> None:
    here, lit = air(t, h, p), sunlight([share], Sun(np.array([height]), np.ones(1)))
    assert np.isfinite(wbgt_c(here, wind_at_2m([wind], lit), lit)).all()
    assert globe_c(here, wind, lit)[0] < t + 100


@pytest.mark.parametrize("absent", ["temperature", "humidity", "pressure", "wind", "sun"])
def test_of_what_is_not_known_comes_no_wbgt(absent: str) -> None:
    def told(name: str, value: float) -> float:
        return np.nan if name == absent else value

    here = air(told("temperature", 25.0), told("humidity", 50.0), told("pressure", 1000.0))
    lit = light(told("sun", 500.0))
    assert np.isnan(wbgt_c(here, wind_at_2m([told("wind", 3.0)], lit), lit)).all()
