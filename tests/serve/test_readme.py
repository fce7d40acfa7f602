"""What the README tells a runner and a coach to type works when pasted."""

from __future__ import annotations

import re
import shlex
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from heavylegs.serve.cli import main

README = Path(__file__).resolve().parents[2] / "README.md"
DAYS = pd.date_range("2024-06-20", "2024-07-05")
STRAVA = "Activity ID,Activity Date,Activity Name,Activity Type,Elapsed Time,Distance,Filename\n"
WEATHER = (
    "latitude,longitude,utc_offset_seconds\n59.9,10.7,0\n\ntime,temperature_2m (°C)\n2024-07-01T06:00,21\n"
)


def recording(day: str) -> str:
    points = "".join(
        f'<trkpt lat="{48 + i * 3e-5}" lon="11"><time>{day}T06:{i // 60:02d}:{i % 60:02d}Z</time></trkpt>'
        for i in range(900)
    )
    return f"<gpx><trk><type>running</type><trkseg>{points}</trkseg></trk></gpx>"


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """An empty folder of somebody whose downloads, diary and squad's sheet lie where the README has them."""
    downloads = tmp_path / "Downloads"
    (downloads / "runs").mkdir(parents=True)
    (downloads / "runs" / "run.gpx").write_text(recording("2024-07-01"), encoding="utf-8")
    with zipfile.ZipFile(downloads / "strava_export.zip", "w") as archive:
        archive.writestr("activities.csv", STRAVA + '7,"Jun 28, 2024, 5:00:00 AM",x,Run,1800,5.0,\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    Path("oslo-2024.csv").write_text(WEATHER, encoding="utf-8")
    rows = [f"{day:%d.%m.%Y};{2 + i % 3};7,5" for i, day in enumerate(DAYS)]
    Path("diary.csv").write_text("\n".join(["Datum;Müdigkeit;Schlaf", *rows]), encoding="utf-8")
    rows = [f"{who},{day:%Y-%m-%d},{1 + i % 5},6,45" for who in "AB" for i, day in enumerate(DAYS)]
    Path("squad.csv").write_text("\n".join(["Player,Date,Fatigue,RPE,Minutes", *rows]), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("who", "made"),
    [("runner", "reports/heavylegs-me-2024-07-06.html"), ("coach", "reports/effects.html")],
)
def test_the_commands_of_the_readme_work_when_pasted(desk, capsys, who, made):
    block = re.search(rf"\*\*A {who}\*\*.*?```sh\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    for line in block[1].splitlines():
        if line.startswith("heavylegs train"):  # which two weeks of two players are too few for
            continue
        command, _, target = line.partition(" #")[0].replace("~", str(desk)).partition(" > ")
        capsys.readouterr()
        assert main(shlex.split(command)[1:]) == 0, (line, capsys.readouterr().err)
        if target:  # as its owner fills it in
            proposal = capsys.readouterr().out
            filled = proposal.replace('direction = "?"', "direction = 1").replace(
                'unit = "?"', 'unit = "min"'
            )
            Path(target.strip()).write_text(filled.replace('sport = "?"', 'sport = "football"'))
    assert Path(made).is_file()
