"""Open-Meteo's archive: hours in UTC, units converted, WBGT computed, no coordinates kept."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from heavylegs.data.errors import InputError
from heavylegs.data.readers.open_meteo import read_open_meteo
from heavylegs.data.schema import WEATHER

from .accounts import accounted

PREAMBLE = """\
latitude,longitude,elevation,utc_offset_seconds,timezone,timezone_abbreviation
59.894554,10.688073,12.0,7200,Europe/Oslo,GMT+2

"""
CSV = (
    PREAMBLE
    + """\
time,temperature_2m (°C),relative_humidity_2m (%),wind_speed_10m (km/h),shortwave_radiation (W/m²),surface_pressure (hPa),rain (mm)
2024-06-01T00:00,12.3,81,7.2,0.0,1009.1,0.00
2024-06-01T01:00,NaN,,,,,
2024-06-01T02:00,11.0,180,3.6,-0.2,1009.0,0.10
2024-06-01T02:00,11.0,80,3.6,0,1009.0,0.10
"""
)
JSON = {
    "latitude": 59.9,
    "longitude": 10.7,
    "utc_offset_seconds": -14400,
    "hourly_units": {"time": "iso8601", "temperature_2m": "°F", "windspeed_10m": "mp/h"},
    "hourly": {
        "time": ["2024-06-01T00:00", "2024-06-01T01:00"],
        "temperature_2m": [50.0, None],
        "windspeed_10m": [10, 0],
    },
}


def read(tmp_path, text, name="weather.csv"):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    imported = read_open_meteo(file, place="home")
    return accounted(imported).weather, imported.report


def test_local_hours_become_utc_and_units_canonical(tmp_path):
    weather, report = read(tmp_path, CSV)
    first, last = weather.to_dict("records")
    assert (first["place_id"], first["time"]) == ("home", pd.Timestamp("2024-05-31T22:00Z"))
    assert (first["temperature_c"], first["relative_humidity_pct"], first["pressure_hpa"]) == (
        12.3,
        81.0,
        1009.1,
    )
    assert (first["wind_speed_mps"], last["wind_speed_mps"]) == pytest.approx((2.0, 1.0))
    assert (last["solar_radiation_wm2"], pd.isna(last["relative_humidity_pct"])) == (0.0, True)
    assert report.tables["weather"].left_out == {"no value in this hour": 1, "the same hour again": 1}
    assert report.notes == [
        "columns left out: rain (mm)",
        "WBGT of 1 of 2 hours computed from air, wind and sun",
        "1 value of relative_humidity_2m (%): impossible (left empty; first: weather.csv, line 7)",
    ]
    assert "59.89" not in weather.to_csv()


@pytest.mark.parametrize("unix", [False, True])
def test_json_reads_like_csv(tmp_path, unix):
    data = JSON
    if unix:
        data = {**JSON, "hourly": {**JSON["hourly"], "time": [1717214400, 1717218000]}}
    weather, _ = read(tmp_path, json.dumps(data), "weather.json")
    assert weather["time"].tolist() == [pd.Timestamp("2024-06-01T04:00Z"), pd.Timestamp("2024-06-01T05:00Z")]
    assert weather["temperature_c"].iloc[0] == pytest.approx(10.0)
    assert pd.isna(weather["temperature_c"].iloc[1])
    assert weather["wind_speed_mps"].tolist() == pytest.approx([4.4704, 0.0])


MIDSUMMER = (
    PREAMBLE
    + """\
time,temperature_2m (°C),relative_humidity_2m (%),wind_speed_10m (m/s),shortwave_radiation (W/m²),surface_pressure (hPa)
2024-06-20T13:00,28,45,3.0,682,1009
2024-06-20T14:00,28,45,3.0,690,1009
2024-06-21T01:00,20,70,1.5,0,1009
"""
)


def test_wbgt_of_an_hour_is_that_of_its_air_wind_and_sun(tmp_path):
    """By Liljegren's program (lwbgt 1.2.1) 25.72 and 17.12 degC; 26.5 and 21.7 by temperature and humidity alone."""
    weather, report = read(tmp_path, MIDSUMMER)
    assert weather["wbgt_c"].tolist()[::2] == [25.7, 17.1]
    assert report.notes == ["WBGT of 3 of 3 hours computed from air, wind and sun"]


def test_of_the_place_only_a_temperature_stays(tmp_path):
    weather, _ = read(tmp_path, MIDSUMMER)
    assert [column for column in weather if weather[column].notna().any()] == WEATHER.names
    assert weather["wbgt_c"].tolist() == weather["wbgt_c"].round(1).tolist()


def test_json_tells_the_place_too(tmp_path):
    hours = {
        "time": ["2024-06-20T13:00", "2024-06-20T14:00"],
        "temperature_2m (°C)": [28.0, 28.0],
        "relative_humidity_2m (%)": [45, 45],
        "wind_speed_10m (m/s)": [3.0, 3.0],
        "shortwave_radiation (W/m²)": [682.0, 690.0],
    }
    named = {name.partition(" (")[0]: name.partition(" (")[2].rstrip(")") for name in hours}
    data = {
        "latitude": 59.894554, "longitude": 10.688073, "elevation": 12.0, "utc_offset_seconds": 7200,
        "hourly_units": named, "hourly": dict(zip(named, hours.values(), strict=True)),
    }  # fmt: skip
    assert read(tmp_path, json.dumps(data), "weather.json")[0]["wbgt_c"][0] == 25.7
    for nowhere in (None, "here", [59.9], 10**400):
        astray = json.dumps({**data, "latitude": nowhere, "longitude": nowhere})
        assert read(tmp_path, astray, "weather.json")[0]["wbgt_c"].isna().all()


def test_the_elevation_stands_for_a_pressure_that_is_not_told(tmp_path):
    high = MIDSUMMER.replace(",12.0,", ",1500,").replace(",1009\n", ",846\n")
    told = read(tmp_path, high)[0]["wbgt_c"]
    by_elevation = read(tmp_path, high.replace(",surface_pressure (hPa)", "").replace(",846\n", "\n"))[0]
    assert by_elevation["wbgt_c"].tolist() == told.tolist() != read(tmp_path, MIDSUMMER)[0]["wbgt_c"].tolist()
    assert by_elevation["pressure_hpa"].isna().all()


@pytest.mark.parametrize(
    ("there", "instead", "lacking"),
    [
        ("wind_speed_10m", "wind_gusts_10m", "wind speed"),
        ("shortwave_radiation", "direct_radiation", "short-wave radiation"),
        ("59.894554", "", "coordinates"),
        ("10.688073", "190.0", "coordinates"),
        ("latitude,longitude", "lat,lon", "coordinates"),
    ],
)
def test_where_place_wind_or_sun_is_missing_no_wbgt_is_told(tmp_path, there, instead, lacking):
    weather, report = read(tmp_path, MIDSUMMER.replace(there, instead))
    assert weather["wbgt_c"].isna().all()
    assert report.notes[-1] == f"no {lacking}: heat is told by temperature and humidity alone"


def test_an_hour_without_wind_has_no_wbgt(tmp_path):
    weather, report = read(tmp_path, MIDSUMMER.replace("3.0,690", ",690"))
    assert weather["wbgt_c"].isna().tolist() == [False, True, False]
    assert report.notes == ["WBGT of 2 of 3 hours computed from air, wind and sun"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (CSV.replace("km/h", "furlongs"), r"line 4: column 'wind_speed_10m \(furlongs\)' is in no unit"),
        (CSV.replace("7200", "soon"), "utc_offset_seconds 'soon' is no offset"),
        (CSV.replace("\n\n", "\n1,2,3,0,GMT,GMT\n\n"), "holds 2 places"),
        (PREAMBLE + "time,rain (mm)\n2024-06-01T00:00,1\n", "line 4: holds none of the variables"),
        ("a,b\n1,2\n", "line 1: has no heading line that this reader knows"),
        ("", "line 1: is empty"),
        ('{"hourly": {"time": [1, 2], "temperature_2m": [1]}}', "differ in length"),
        ('{"hourly": 3}', "holds no hourly values"),
        ("[{}, {}]", "holds 2 places"),
        ("{", "is broken JSON"),
    ],
)
def test_what_is_not_one_places_weather_is_told_off(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        read(tmp_path, text)


def test_a_heading_alone_gives_an_empty_import(tmp_path):
    weather, _ = read(tmp_path, PREAMBLE + "time,temperature_2m (°C)\n")
    assert weather.empty
