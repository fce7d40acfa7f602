"""Commands that bring data in, as a user types them; and the page of the docs that tells what comes out."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import shutil
import tempfile
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from heavylegs.data.errors import InputError
from heavylegs.data.store import Store
from heavylegs.serve.cli import main
from heavylegs.serve.commands_import import import_export

from ..data.accounts import SOURCES, Source

PAGE = Path(__file__).resolve().parents[2] / "docs" / "importing.md"
SAMPLES_HEADING = "## Sample exports, file by file"
GPX = (
    "<gpx><trk><type>running</type><trkseg>"
    + "".join(
        f'<trkpt lat="{48 + i * 3e-5}" lon="11"><time>2024-05-01T06:00:{i:02d}Z</time></trkpt>'
        for i in range(30)
    )
    + "</trkseg></trk></gpx>"
)
WEATHER = """latitude,longitude,elevation,utc_offset_seconds,timezone,timezone_abbreviation
59.9,10.7,12.0,0,GMT,GMT

time,temperature_2m (°C),relative_humidity_2m (%)
2024-05-01T06:00,12.3,81
"""
DIARY = "Datum;Müdigkeit;Schlaf\n31.01.2024;2;7,5\n01.02.2024;5;6\n"


def run(*arguments: object) -> tuple[int, str, str]:
    """The exit code and both streams."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([str(a) for a in arguments])
    return code, out.getvalue(), err.getvalue()


def owned(store: Path) -> list[str]:
    return ["--athlete", "me", "--store", str(store)]


# -- activities and their exit codes ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"1.gpx": GPX}, 0),
        ({"1.gpx": GPX, "notes.txt": "hello"}, 0),
        ({"1.gpx": GPX, "2.gpx": "<gpx>"}, 3),
        ({"2.gpx": "<gpx>"}, 2),
    ],
)
def test_the_exit_code_tells_all_some_or_none(tmp_path: Path, files: dict[str, str], code: int):
    (tmp_path / "runs").mkdir()
    for name, text in files.items():
        (tmp_path / "runs" / name).write_text(text, encoding="utf-8")
    got, _, err = run("import", "activities", tmp_path / "runs", *owned(tmp_path / "s"))
    assert got == code
    assert ("2.gpx: line 1: is broken XML" in err) == (code > 0)
    assert run("import", "activities", tmp_path / "runs", *owned(tmp_path / "s"))[0] == code


def test_many_files_that_are_no_activities_take_one_line_and_an_export_among_them_is_told(tmp_path: Path):
    runs = tmp_path / "runs"
    runs.mkdir()
    (runs / "run.gpx").write_text(GPX, encoding="utf-8")
    for n in range(9):
        (runs / f"{n}.txt").write_text("hello", encoding="utf-8")
    (runs / "export.xml").write_text("<HealthData/>", encoding="utf-8")
    _, out, err = run("import", "activities", runs, *owned(tmp_path / "s"))
    assert "10 files, such as" in out
    assert out.count(".txt") == 3
    assert f"- runs holds more, which `heavylegs import export {runs}/export.xml` reads\n" in out
    assert err == ""
    told = json.loads(run("import", "activities", runs, *owned(tmp_path / "t"), "--json")[1])["told"]
    assert len(told) == 10


def test_what_is_not_there_is_one_clear_line(tmp_path: Path):
    code, _, err = run("import", "export", tmp_path / "gone.zip", *owned(tmp_path / "s"))
    assert (code, err.count("\n")) == (2, 1)
    assert "is not there" in err
    assert not (tmp_path / "s").exists()


def test_a_fitbit_archive_is_known_by_what_it_holds(tmp_path: Path):
    run_of = {"logId": 1, "activityName": "Run", "startTime": "05/01/24 22:30:00", "duration": 3_600_000}
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("Takeout/Fitbit/Global Export Data/exercise-0.json", json.dumps([run_of]))
        archive.writestr("Takeout/Fitbit/Global Export Data/steps-2024-05-01.json", "[]")
        archive.writestr("Takeout/Fit/Activities/run.tcx", "")
    bring = ["import", "export", tmp_path / "all.zip", *owned(tmp_path / "s"), "--place", "oslo"]
    code, out, _ = run(*bring, "--timezone", "Europe/Oslo")
    assert code == 0
    assert "1 values of minutes or seconds" in " ".join(out.replace("│", " ").split())
    assert "all.zip holds more, which `heavylegs import activities` reads" in out
    kept = Store(tmp_path / "s").read().activities
    assert kept[["day", "place_id"]].to_numpy().tolist() == [[pd.Timestamp("2024-05-02"), "oslo"]]
    assert run(*bring)[0] == 0, "the zone is remembered"
    assert Store(tmp_path / "s").read().activities.equals(kept)


def test_json_alone_on_the_standard_output(tmp_path: Path):
    (tmp_path / "run.gpx").write_text(GPX, encoding="utf-8")
    _, out, _ = run("import", "activities", tmp_path / "run.gpx", *owned(tmp_path / "s"), "--json")
    assert json.loads(out)["tables"]["records"]["kept"] == 30


def test_a_polar_export_brings_its_days_and_its_sessions(tmp_path: Path):
    run_at = {
        "startTime": "2024-05-01T07:00:00",
        "stopTime": "2024-05-01T07:30:00",
        "timezoneOffsetMinutes": 120,
    }
    session = {
        "identifier": {"id": "1"},
        **run_at,
        "durationMillis": 1_800_000,
        "distanceMeters": 6000,
        "sport": {"id": "1"},
    }
    night = {"night": "2024-05-01", "evaluation": {"asleepDuration": "PT7H"}}
    export = tmp_path / "export"
    export.mkdir()
    (export / "sleep_result_1-a.json").write_text(json.dumps([night]), encoding="utf-8")
    (export / "training-session_2024-05-01T07-00-00_1-a.json").write_text(
        json.dumps(session), encoding="utf-8"
    )
    store = tmp_path / "s"
    code, _, err = run("import", "export", export, *owned(store))
    assert (code, err) == (0, "")
    cohort = Store(store).read()
    assert cohort.activities[["sport", "distance_m", "source"]].iloc[0].tolist() == [
        "running",
        6000.0,
        "polar",
    ]
    assert cohort.diary["sleep_h"].tolist() == [7.0]
    assert "1 file imported before" in run("import", "export", export, *owned(store))[1]


def test_a_broken_polar_session_waits_in_quarantine_and_the_rest_comes_in(tmp_path: Path):
    export = tmp_path / "export"
    export.mkdir()
    (export / "activity-2024-05-01-a.json").write_text(
        '{"date": "2024-05-01", "summary": {"stepCount": 9}}', encoding="utf-8"
    )
    bad = export / "training-session_2024-05-01T07-00-00_1-a.json"
    bad.write_text('{"startTime": "2024-05-01T07:00:00", "ex', encoding="utf-8")
    code, _, err = run("import", "export", export, *owned(tmp_path / "s"))
    assert (code, f"{bad.name}: broken JSON, at line 1" in err) == (3, True)
    assert Store(tmp_path / "s").read().diary["steps"].tolist() == [9.0]
    code, _, err = run("import", "export", bad, *owned(tmp_path / "t"))
    assert (code, err.count("\n")) == (2, 1)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
@pytest.mark.parametrize(
    ("first", "second", "code"), [("2024-05-01", "2024-05-02", 0), ("2024-05-01", None, 3), (None, None, 2)]
)
def test_the_exit_code_of_an_account_tells_all_some_or_none(
    tmp_path: Path, source: Source, first: str | None, second: str | None, code: int
):
    export, store = tmp_path / "export", tmp_path / "s"
    export.mkdir()
    for name, day in ((source.first, first), (source.second, second)):
        (export / name).write_bytes(source.night(day) if day else source.night("2024-05-02")[:-9])
    got, out, err = run("import", "export", export, *owned(store), "--source", source.name, "--json")
    assert (got, err.count("\n")) == (code, int(code == 2))
    assert (store.exists(), (tmp_path / "quarantine").exists()) == (code != 2, code == 3)
    if code != 2:
        broken = {str(export / source.second): "broken JSON, at line 1: fetch it anew"} if code else {}
        assert json.loads(out)["failed"] == broken
        told = run("import", "export", export, *owned(store))[2]
        assert told == "".join(f"! {name}: {reason}\n" for name, reason in broken.items())


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_a_file_of_an_account_is_tried_again_by_the_reader_that_refused_it(tmp_path: Path, source: Source):
    export, store = tmp_path / "export", tmp_path / "s"
    export.mkdir()
    (export / source.first).write_bytes(source.night("2024-05-01"))
    (export / source.second).write_bytes(source.night("2024-05-02")[:-9])
    run("import", "export", export, *owned(store), "--timezone", "Europe/Oslo")
    (entry,) = json.loads(run("quarantine", "list", "--store", store, "--json")[1])
    copy = tmp_path / "quarantine" / entry["file"]
    options = f"--source {source.name} --athlete me --store {store} --timezone Europe/Oslo"
    assert entry["command"] == f"heavylegs import export {copy} {options}"
    assert run("quarantine", "retry", *owned(store))[1] == "0 files imported, 1 still cannot be read\n"
    copy.write_bytes(source.night("2024-05-02"))  # as if a later version read it
    assert run("quarantine", "retry", *owned(store))[1] == "1 file imported, 0 still cannot be read\n"
    assert Store(store).read().diary["day"].dt.day.tolist() == [1, 2]


def test_an_account_of_nothing_but_broken_sessions_is_not_a_partial_one(tmp_path: Path):
    export = tmp_path / "export"
    export.mkdir()
    (export / "training-session_2024-05-01T07-00-00_1-a.json").write_text('{"startTime": ', encoding="utf-8")
    assert run("import", "export", export, *owned(tmp_path / "s"), "--source", "polar")[0] == 2


def test_quarantine_is_listed_and_tried_again(tmp_path: Path):
    (tmp_path / "bad.gpx").write_text("<gpx>", encoding="utf-8")
    store = tmp_path / "s"
    run("import", "activities", tmp_path / "bad.gpx", *owned(store))
    _, listed, _ = run("quarantine", "list", "--store", store, "--json")
    (entry,) = json.loads(listed)
    assert (entry["name"], "broken XML" in entry["reason"]) == ("bad.gpx", True)
    assert f"--athlete me --store {store}" in entry["command"]
    assert run("quarantine", "retry", *owned(store))[1] == "0 files imported, 1 still cannot be read\n"
    (tmp_path / "quarantine" / entry["file"]).write_text(
        GPX, encoding="utf-8"
    )  # as if a later version read it
    assert run("quarantine", "retry", *owned(store))[1] == "1 file imported, 0 still cannot be read\n"
    assert run("quarantine", "list", "--store", store)[1] == "0 files\n"
    assert len(Store(store).read().activities) == 1


def test_a_quarantined_file_is_tried_again_with_the_options_that_it_came_with(tmp_path: Path):
    (tmp_path / "bad.gpx").write_text("<gpx>", encoding="utf-8")
    store = tmp_path / "s"
    run("import", "activities", tmp_path / "bad.gpx", *owned(store), "--place", "the lake", "--keep-location")
    (entry,) = json.loads(run("quarantine", "list", "--store", store, "--json")[1])
    assert entry["command"].endswith(f"--athlete me --store {store} --place 'the lake' --keep-location")
    assert "\n1 file\n" in run("quarantine", "list", "--store", store)[1]
    (tmp_path / "quarantine" / entry["file"]).write_text(GPX, encoding="utf-8")
    run("quarantine", "retry", *owned(store))
    assert Store(store).read().activities["place_id"].tolist() == ["the lake"]


def test_nobodys_run_becomes_anothers_by_another_try(tmp_path: Path):
    (tmp_path / "bad.gpx").write_text("<gpx>", encoding="utf-8")
    stores = {who: tmp_path / "club" / who for who in ("anna", "bob")}
    for who, store in stores.items():
        run("import", "activities", tmp_path / "bad.gpx", "--athlete", who, "--store", store)
    (copy,) = (tmp_path / "club" / "quarantine").glob("*.gpx")
    copy.write_text(GPX, encoding="utf-8")
    code, _, err = run("quarantine", "retry", "--store", stores["bob"], "--athlete", "ann")
    assert (code, err) == (2, "heavylegs: no file of athlete 'ann' waits (there are 'bob')\n")
    assert run("quarantine", "retry", "--store", stores["bob"])[1].startswith("1 file imported")
    assert Store(stores["bob"]).read().activities["athlete_id"].tolist() == ["bob"]
    told = run("quarantine", "list", "--store", stores["bob"])[1]
    assert told == "0 files\n1 file of other stores in the same folder: anna\n"
    assert run("quarantine", "retry", "--store", stores["anna"])[1].startswith("1 file imported")
    assert Store(stores["anna"]).read().activities["athlete_id"].tolist() == ["anna"]
    assert not copy.exists()


def test_copies_in_quarantine_hold_coordinates_and_can_be_cleared(tmp_path: Path):
    (tmp_path / "bad.gpx").write_text(GPX[:-40], encoding="utf-8")
    store = tmp_path / "s"
    run("import", "activities", tmp_path / "bad.gpx", *owned(store))
    (copy,) = (tmp_path / "quarantine").glob("*.gpx")
    assert 'lat="48' in copy.read_text()
    assert "coordinates too" in run("quarantine", "list", "--store", store)[1]
    code, shown, _ = run("quarantine", "clear", "--store", store)
    assert (code, shown.splitlines()[-1]) == (0, "1 file; give --yes to remove the copies")
    assert copy.exists()
    assert run("quarantine", "clear", "--store", store, "--yes")[1].startswith("bad.gpx: ")
    assert not copy.exists()
    assert (tmp_path / "bad.gpx").exists()


# -- weather and tables ----------------------------------------------------------------------------


def test_runs_and_weather_meet_at_a_place(tmp_path: Path):
    (tmp_path / "run.gpx").write_text(GPX, encoding="utf-8")
    (tmp_path / "w.csv").write_text(WEATHER, encoding="utf-8")
    assert (
        run("import", "activities", tmp_path / "run.gpx", *owned(tmp_path / "s"), "--place", "oslo")[0] == 0
    )
    assert run("import", "weather", tmp_path / "w.csv", "--place", "oslo", "--store", tmp_path / "s")[0] == 0
    cohort = Store(tmp_path / "s").read()
    assert list(cohort.activities["place_id"]) == list(cohort.weather["place_id"]) == ["oslo"]
    assert list(cohort.weather["time"]) == [pd.Timestamp("2024-05-01T06:00Z")]


def test_weather_of_a_place_where_no_session_is_says_so(tmp_path: Path):
    (tmp_path / "run.gpx").write_text(GPX, encoding="utf-8")
    (tmp_path / "w.csv").write_text(WEATHER, encoding="utf-8")
    store = tmp_path / "s"

    def told(place: str) -> str:
        return " ".join(
            run("import", "weather", tmp_path / "w.csv", "--place", place, "--store", store)[1].split()
        )

    assert "no session" not in told("oslo")  # nor anywhere else
    run("import", "activities", tmp_path / "run.gpx", *owned(store))
    assert "no session is at 'oslo' yet: import sessions with the same --place" in told("oslo")
    run("import", "activities", tmp_path / "run.gpx", *owned(store), "--place", "oslo")
    assert "no session" not in told("oslo")
    assert "no session is at 'olso' yet: the nearest is 'oslo'" in told("olso")


def test_a_table_is_guessed_refused_while_unsure_and_then_read(tmp_path: Path):
    (tmp_path / "diary.csv").write_text(DIARY, encoding="utf-8")
    code, proposal, _ = run("import", "table", "--guess", tmp_path / "diary.csv")
    assert (code, 'direction = "?"' in proposal) == (0, True)
    bring = [
        "import",
        "table",
        tmp_path / "diary.csv",
        "--map",
        tmp_path / "diary.toml",
        "--store",
        tmp_path / "s",
    ]
    (tmp_path / "diary.toml").write_text(proposal, encoding="utf-8")
    code, _, err = run(*bring)
    assert (code, "direction" in err, (tmp_path / "s").exists()) == (2, True, False)
    (tmp_path / "diary.toml").write_text(proposal.replace('"?"', "-1"), encoding="utf-8")
    assert run(*bring)[0] == 0
    cohort = Store(tmp_path / "s").read()
    assert list(cohort.diary["sleep_h"]) == [7.5, 6.0]
    assert cohort.ratings["fatigue"].is_monotonic_decreasing


def test_a_table_without_a_map_says_what_to_give(tmp_path: Path):
    (tmp_path / "diary.csv").write_text(DIARY, encoding="utf-8")
    code, _, err = run("import", "table", tmp_path / "diary.csv")
    assert (code, "--guess" in err) == (2, True)


# -- the docs --------------------------------------------------------------------------------------


def test_the_commands_of_the_page_work_when_pasted(
    real_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    exports = real_data / "device_exports"
    shutil.copytree(exports / "garmin_connect_json", "garmin-export")
    shutil.copytree(exports / "apple_health", "apple_health_export")
    for folder in ("runs", "strava"):
        Path(folder).mkdir()
    shutil.copy(exports / "strava/activities_strava_py.csv", "strava/activities.csv")
    Path("runs/run.gpx").write_text(GPX, encoding="utf-8")
    Path("oslo-2024.csv").write_text(WEATHER, encoding="utf-8")
    Path("diary.csv").write_text(DIARY, encoding="utf-8")
    blocks = re.findall(r"```sh\n(.+?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    lines = "".join(blocks).splitlines()
    assert len(lines) == 16
    for line in lines:
        command, _, target = line.removeprefix("heavylegs ").partition(" > ")
        code, out, err = run(*shlex.split(command, comments=True))
        assert code == 0, (line, err)
        if target:
            Path("diary.toml").write_text(out.replace('"?"', "-1"), encoding="utf-8")


def test_the_page_tells_what_comes_out_of_every_sample_export(real_data: Path):
    page = PAGE.read_text(encoding="utf-8")
    assert page.endswith(samples_table(real_data / "device_exports")), (
        "run `python tests/serve/test_commands_import.py`"
    )


def samples_table(exports: Path) -> str:
    """Return the table of what `import export` makes of each file."""
    rows = ["| file | read as | what comes in | what is told |", "|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as folder:
        for file in sorted(p for p in exports.rglob("*") if p.is_file()):
            name = file.relative_to(exports).as_posix()
            store = Path(folder) / name.replace("/", "-")
            cells = _sample_cells(file, store)
            rows.append(f"| `{name}` | {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _sample_cells(file: Path, store: Path) -> tuple[str, str, str]:
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            import_export(file, "me", store, timezone="Europe/Oslo", json=True)
    except InputError as error:
        assert not store.exists()
        return "-", "**refused**", error.what
    report = json.loads(out.getvalue())
    came = ", ".join(f"{t}: {n}" for t, n in Store(store).info()["rows"].items() if n and t != "athletes")
    left = [f"{why}: {n}" for t in report["tables"].values() for why, n in t["left_out"].items()]
    return report["source"], came or "nothing", "; ".join([*left, *report["notes"]])


if __name__ == "__main__":
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    data = Path(os.environ.get("HEAVYLEGS_REAL_DATA", beside)) / "device_exports"
    above, heading, below = PAGE.read_text(encoding="utf-8").partition(SAMPLES_HEADING)
    words = below.partition("| file |")[0]
    PAGE.write_text(above + heading + words + samples_table(data), encoding="utf-8")
