"""Open-Meteo's archive: hours in UTC, units converted, no coordinates."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from heavylegs.data.errors import InputError
from heavylegs.data.readers.open_meteo import read_open_meteo

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
