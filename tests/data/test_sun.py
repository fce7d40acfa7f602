"""The sun stands where almanacs have it, and shines by the hour as it does by the moment."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.sun import CLEAREST, Sun, sun_over, sunlight, sunlight_by_hours


def at(*instants: str) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(instants, tz="UTC")


def height_deg(sun: Sun) -> np.ndarray:
    return np.degrees(np.arcsin(sun.cos_zenith))


def test_the_sun_stands_where_the_example_of_nrels_algorithm_has_it() -> None:
    """Reda and Andreas 2008, NREL/TP-560-34302: a zenith of 50.1116 deg, of which .0163 are refraction, and .99654 au."""
    sun = sun_over(at("2003-10-17T19:30:30"), 39.742476, -105.1786)
    assert 90 - height_deg(sun)[0] == pytest.approx(50.1116 + 0.0163, abs=0.005)
    assert sun.distance_au[0] == pytest.approx(0.99654, abs=1e-4)


@pytest.mark.parametrize(
    ("instant", "latitude", "longitude", "height"),
    [
        # Noon at a solstice: 90 - latitude +- 23.44; the clock at noon is that of the equation of time.
        ("2024-06-20T12:02", 23.44, 0.0, 90.0),
        ("2024-12-21T11:58", 60.0, 0.0, 6.56),
        ("2024-06-20T00:02", 70.0, 180.0, 43.44),
        ("2024-06-20T00:02", 70.0, 0.0, 3.44),  # a midnight sun
    ],
)
def test_noons_and_midnights_of_solstices(
    instant: str, latitude: float, longitude: float, height: float
) -> None:
    assert height_deg(sun_over(at(instant), latitude, longitude))[0] == pytest.approx(height, abs=0.2)


def test_the_clearer_the_air_the_more_of_the_light_is_direct() -> None:
    shares = np.array([0.0, 0.2, 0.5, 0.8, 1.2])
    light = sunlight(shares, Sun(np.full(5, 0.5), np.ones(5)))
    # By the formula of Liljegren 2008: exp(3 - 1.34 s - 1.65 / s), at most .9.
    assert light.direct_share.round(3).tolist() == [0.0, 0.004, 0.379, 0.874, 0.9]
    assert light.radiation_wm2[-1] == pytest.approx(CLEAREST * 1367 / 2)


def test_no_light_is_direct_below_the_horizon() -> None:
    light = sunlight([0.5, 0.5], Sun(np.array([-0.2, 0.001]), np.ones(2)))
    assert light.direct_share.tolist() == [0.0, 0.0]
    assert light.radiation_wm2.round(0).tolist() == [0.0, 1.0]


def test_a_clear_day_told_by_the_hour_is_as_clear_at_every_moment_of_it() -> None:
    """Also at sunrise, where the mean of an hour is far more than what a sun at the horizon gives."""
    minutes = pd.date_range("2024-06-20", periods=24 * 60 + 1, freq="min", tz="UTC")
    by_minute = pd.Series(0.6 * sun_over(minutes, 50.0, 0.0).above_air_wm2, index=minutes)
    by_hour = by_minute[1:].resample("h", closed="right", label="right").mean()
    light = sunlight_by_hours(by_hour.index, by_hour, 50.0, 0.0)
    np.testing.assert_allclose(light.radiation_wm2, by_minute[by_hour.index], atol=4.0)
    assert np.ptp(light.direct_share[light.cos_zenith > 0.1]) < 0.02


def test_of_two_hours_the_one_that_is_known_stands_for_both() -> None:
    time = at("2024-06-20T10:00", "2024-06-20T11:00", "2024-06-20T12:00", "2024-06-20T13:00")
    light = sunlight_by_hours(time, [500.0, np.nan, np.nan, 700.0], 50.0, 0.0)
    assert np.isnan(light.radiation_wm2).tolist() == [False, True, False, False]
    assert np.isnan(light.direct_share).tolist() == [False, True, False, False]
