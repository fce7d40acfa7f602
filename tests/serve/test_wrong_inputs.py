"""What newcomers hand in by mistake ends with one clear line and exit code 2, and leaves nothing behind; what only looks odd comes in."""

from __future__ import annotations

import contextlib
import gzip
import os
import signal
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from heavylegs.data.store import Store
from heavylegs.serve.cli import main

from .streams import told

DIARY = "Date,Fatigue,Sleep\n2024-01-30,2,7.5\n2024-01-31,3,8\n"
MAP = """\
[table]
name = "diary"
athlete = "me"
date_column = "Date"
[columns.fatigue]
source = "Fatigue"
scale = { min = 1, max = 5, direction = 1 }
[columns.sleep_h]
source = "Sleep"
unit = "h"
"""
RUNS = "Start,Minutes\n{},60\n"
RUNS_MAP = """\
[table]
name = "activities"
athlete = "me"
date_column = "Start"
timezone = "Europe/Oslo"
[columns.start_time]
source = "Start"
[columns.duration_s]
source = "Minutes"
unit = "min"
"""
POINTS = "".join(
    f'<trkpt lat="{48 + i * 3e-5}" lon="11"><time>2024-05-01T06:00:{i:02d}Z</time></trkpt>' for i in range(30)
)
GPX = f"<gpx><trk><type>running</type><trkseg>{POINTS}</trkseg></trk></gpx>"
WEB_PAGE = "\n<!DOCTYPE html><html><body>Please log in</body></html>"
HOURS = "latitude,longitude,utc_offset_seconds\n59.9,10.7,0\n\ntime,temperature_2m (°C)\n"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    Path("diary.toml").write_text(MAP)
    Path("runs.toml").write_text(RUNS_MAP)
    return tmp_path


def refused(capsys, *arguments: str) -> str:
    """The one line that is said of it; neither store nor quarantine is made."""
    assert main(list(arguments)) == 2
    assert not Path("s").exists()
    return told(capsys)


def owned(*paths: str) -> list[str]:
    return [*paths, "--athlete", "me", "--store", "s"]


def workbook(file: str) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")


# -- tables ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "mapping", "words"),
    [
        (DIARY[:19], "diary.toml", "holds no row that can be used: there is none below the heading"),
        ("Date,Fatigue,Sleep\n2024-01-30,,\n", "diary.toml", "no row that can be used: no value in this row"),
        (WEB_PAGE, "diary.toml", "t.csv: is a web page, not CSV (log in and download the file again)"),
        (RUNS.format("13.05.2024 18:30"), "runs.toml", 'such as format = "%d.%m.%Y %H:%M"'),
        (RUNS.format("13.05.2024 6:30 PM"), "runs.toml", "t.csv, line 2: column 'Start'"),
    ],
)
def test_a_table_that_cannot_be_used(here, capsys, table, mapping, words):
    Path("t.csv").write_text(table)
    assert words in refused(capsys, "import", "table", "t.csv", "--map", mapping, "--store", "s")


def test_a_time_zone_that_is_none_is_told_with_the_line_of_the_map(here, capsys):
    Path("t.csv").write_text(RUNS.format("2024-05-01 06:00"))
    Path("runs.toml").write_text(RUNS_MAP.replace("Europe/Oslo", "Oslo"))
    line = refused(capsys, "import", "table", "t.csv", "--map", "runs.toml", "--store", "s")
    assert line.startswith("heavylegs: runs.toml, line 5: 'Oslo' is no time zone")


@pytest.mark.parametrize("start", ["2024-03-31 02:30", "2024-10-27 02:30"], ids=["never", "twice"])
def test_a_clock_that_was_changed_then_costs_the_time_and_not_the_run(here, start):
    Path("t.csv").write_text(RUNS.format(start))
    assert main(["import", "table", "t.csv", "--map", "runs.toml", "--store", "s"]) == 0
    (run,) = Store("s").read().activities.to_dict("records")
    assert (str(run["start_time"]), str(run["day"].date())) == ("NaT", start[:10])


@pytest.mark.parametrize(
    "data",
    [
        DIARY.replace("\n", "\r\n").encode(),
        DIARY.replace("\n", "\r").encode(),
        DIARY.replace(",", ";").replace(".", ",").encode("utf-16"),
        DIARY.replace(",", "\t").encode("utf-8-sig"),
    ],
    ids=["Windows", "old Mac", "UTF-16, semicolons, decimal commas", "BOM, tabs"],
)
def test_however_a_table_is_written_the_same_comes_in(here, data):
    Path("plain.csv").write_text(DIARY)
    Path("odd.csv").write_bytes(data)
    for name in ("plain", "odd"):
        assert main(["import", "table", f"{name}.csv", "--map", "diary.toml", "--store", name]) == 0
    assert Store("odd").read().digest() == Store("plain").read().digest()


def test_a_squads_sheet_of_sessions_and_mornings_takes_two_maps(here, capsys):
    Path("t.csv").write_text("Player,Date,Fatigue,RPE,Minutes\nA,2024-01-30,2,6,45\n")
    for kind, given, there, other in (
        ("activities", ["--as", "activities"], "[columns.session_rpe]", '(--guess --as diary): "Fatigue"'),
        ("diary", [], "[columns.fatigue]", '(--guess --as activities): "RPE", "Minutes"'),
    ):
        assert main(["import", "table", "--guess", *given, "t.csv"]) == 0
        proposal = capsys.readouterr().out
        assert f'name = "{kind}"' in proposal
        assert there in proposal
        assert other in proposal


def test_the_sport_of_sessions_is_asked_for_and_never_guessed(here, capsys):
    Path("t.csv").write_text(RUNS.format("2024-05-01 06:00"))
    bring = ["import", "table", "t.csv", "--map", "runs.toml", "--store", "s"]
    for sport, words in (
        ("?", "line 6: sport of [table] is not filled in"),
        ("yoga", "'yoga'"),
    ):
        Path("runs.toml").write_text(RUNS_MAP.replace("\n[col", f'\nsport = "{sport}"\n[col', 1))
        assert words in refused(capsys, *bring)
    Path("runs.toml").write_text(RUNS_MAP.replace("\n[col", '\nsport = "running"\n[col', 1))
    assert main(bring) == 0
    assert list(Store("s").read().activities["sport"]) == ["running"]


def test_a_tables_runs_meet_the_weather_of_their_place(here, capsys):
    Path("t.csv").write_text(RUNS.format("2024-05-01 06:00"))
    Path("diary.toml").write_text(MAP.replace("[columns.fatigue]", 'place = "home"\n[columns.fatigue]'))
    assert "place in [table] is for weather, and for activities" in refused(
        capsys, "import", "table", "t.csv", "--map", "diary.toml", "--store", "s"
    )
    Path("runs.toml").write_text(RUNS_MAP.replace("\n[col", '\nsport = "running"\nplace = "home"\n[col', 1))
    assert main(["import", "table", "t.csv", "--map", "runs.toml", "--store", "s"]) == 0
    assert list(Store("s").read().activities["place_id"]) == ["home"]


def test_a_scale_of_which_little_was_seen_is_proposed_as_the_usual_one(here, capsys):
    Path("t.csv").write_text(DIARY)
    assert main(["import", "table", "--guess", "t.csv"]) == 0
    assert "scale = { min = 1, max = 5, direction" in capsys.readouterr().out


# -- exports, activities, weather ------------------------------------------------------------------


def test_exports_of_another_kind_are_told_where_to_go(here, capsys):
    Path("page.csv").write_text(WEB_PAGE)
    Path("w.csv").write_text(HOURS + "2024-05-01T06:00,12\n")
    workbook("diary.xlsx")
    for name, words in (
        ("page.csv", "is a web page, not an export"),
        ("w.csv", "it holds weather (heavylegs import weather, see its --help)"),
        ("diary.xlsx", "is an Excel workbook (save the sheet as CSV"),
    ):
        assert words in refused(capsys, "import", "export", *owned(name))


def test_weather_without_an_hour(here, capsys):
    Path("w.csv").write_text(HOURS)
    line = refused(capsys, "import", "weather", "w.csv", "--place", "oslo", "--store", "s")
    assert "there is none below the heading" in line


def test_files_among_which_there_is_no_activity(here, capsys):
    Path("photo.jpg").write_bytes(b"\xff\xd8\xff")
    Path("cut.gpx").write_text(GPX[:500])
    line = refused(capsys, "import", "activities", *owned("photo.jpg"))
    assert "photo.jpg: holds no FIT, GPX or TCX file" in line
    assert "broken XML" in refused(capsys, "import", "activities", *owned("photo.jpg", "cut.gpx"))


def test_names_with_spaces_and_umlauts_and_archives_in_archives(here):
    folder = Path("Läufe im Mai")
    folder.mkdir()
    (folder / "früh.gpx.gz").write_bytes(gzip.compress(GPX.encode("utf-8-sig")))
    with zipfile.ZipFile("inner.zip", "w") as archive:
        archive.write(folder / "früh.gpx.gz")
    with zipfile.ZipFile("äußere.zip.part", "w") as archive:
        archive.write("inner.zip")
    for path in ("Läufe im Mai", "äußere.zip.part"):
        store = f"Jörgs Daten/{path}"
        assert main(["import", "activities", path, "--athlete", "Jörg Ö", "--store", store]) == 0
        assert list(Store(store).read().activities["athlete_id"]) == ["Jörg Ö"]


# -- every command ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["import", "table", "--guess", "x" * 300],
        ["import", "export", *owned("x" * 300)],
        ["import", "activities", *owned("x" * 300)],
        ["simulate", "--store", "x" * 300],
    ],
    ids=lambda a: " ".join(a[:2]),
)
def test_a_name_that_no_disk_takes(here, capsys, arguments):
    assert "File name too long" in refused(capsys, *arguments)


def test_something_else_where_mlflow_keeps_its_runs(here, capsys, monkeypatch):
    Path("mlflow.db").write_text("my notes")
    assert "mlflow.db: MLflow keeps its runs in this file, and it is no database" in refused(
        capsys, "models", "list"
    )
    assert Path("mlflow.db").read_text() == "my notes"
    Path("mlflow.db").unlink()
    Path("mlflow.db").mkdir()
    assert "it is a folder" in refused(capsys, "models", "list")
    Path("mlflow.db").rmdir()
    Path("mlflow.db").write_bytes(b"SQLite format 3\x00" + b"\xff" * 5000)
    assert "(move the file away, work in another folder" in refused(capsys, "models", "list")


@pytest.mark.parametrize(
    ("address", "line"),
    [
        ("my runs", "MLflow cannot keep runs in my runs"),
        (
            "postgresql://anna:secret@db/runs",
            "runs in postgresql://anna:***@db/runs: that database needs the Python module",
        ),
        ("oracle://anna:se/c@ret@db/runs", "runs in oracle://anna:***@db/runs: "),
        ("http://anna:secret@127.0.0.1:9", "no MLflow server answers at http://anna:***@127.0.0.1:9"),
    ],
)
def test_an_address_that_mlflow_cannot_use_is_told_without_its_password(
    here, capsys, monkeypatch, address, line
):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
    told = refused(capsys, "models", "list")
    assert line in told
    assert "mend MLFLOW_TRACKING_URI" in told


@pytest.fixture
def altered(here, monkeypatch):
    """Return what makes MLflow's database, alters it, and goes where it then lies: MLflow remembers the places it has seen."""
    from heavylegs.training import runs

    def alter(statement: str) -> None:
        runs.prepare()
        Path("other").mkdir()
        monkeypatch.chdir(Path("mlflow.db").rename("other/mlflow.db").parent)
        with contextlib.closing(sqlite3.connect("mlflow.db")) as database:
            database.execute(statement)
            database.commit()

    return alter


def test_a_database_of_another_mlflow_is_told_with_what_to_do(altered, capsys):
    altered("update alembic_version set version_num = 'later'")
    line = refused(capsys, "models", "list")
    assert "out-of-date database schema" in line
    assert "mlflow db upgrade sqlite:///" in line


def test_a_database_that_could_not_be_made_whole_is_not_left_in_the_way(here, capsys, full_disk):
    from heavylegs.data.errors import InputError
    from heavylegs.training import runs

    with full_disk(300_000), pytest.raises(InputError, match="make room there"):
        runs.prepare()
    assert not [file.name for file in here.iterdir() if file.name.startswith("mlflow")]


# Trainings that begin in processes forked after the slow imports and before any connection or thread.
BEGINNINGS = """
import os, signal, sys, time, traceback
from pathlib import Path
import mlflow.data.pandas_dataset, mlflow.models, mlflow.pyfunc, mlflow.store.tracking.sqlalchemy_store
from heavylegs.training import runs

def begun() -> int:
    child = os.fork()
    if child == 0:
        try:
            runs.prepare()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return child

def end(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

def made() -> int:
    return max((file.stat().st_size for name in ("mlflow.db", "mlflow.db.making") if (file := Path(name)).exists()), default=-1)

def killed_at(size: int) -> int:
    child = begun()
    while made() < size:
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    return end(child)
"""
forking = pytest.mark.skipif(not hasattr(os, "fork"), reason="trains in forked processes")


def ends(steps: str) -> list[int]:
    """How the processes ended that `steps` tells to begin."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", f"{BEGINNINGS}\nprint(*({steps}))"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return [int(code) for code in done.stdout.split()]


@forking
def test_a_training_killed_while_it_makes_the_database_leaves_none_in_the_way(here):
    killed = -signal.SIGKILL
    assert ends("killed_at(0), killed_at(400_000), end(begun())") == [killed, killed, 0]
    assert [file.name for file in here.iterdir() if file.name.startswith("mlflow")] == ["mlflow.db"]


@forking
def test_first_trainings_at_once_find_one_database(here):
    assert ends("end(child) for child in [begun() for _ in range(3)]") == [0, 0, 0]
    assert [file.name for file in here.iterdir() if file.name.startswith("mlflow")] == ["mlflow.db"]


def test_what_mlflow_fails_at_is_one_line(altered, capsys):
    altered("drop table registered_models")
    assert main(["models", "list"]) == 1
    assert told(capsys).startswith("heavylegs: MLflow failed: Database migration in unexpected state")


def test_ctrl_c_says_so_and_leaves_nothing(here, capsys):
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        assert main(["simulate", "--store", "s", "--athletes", "500", "--days", "3650"]) == 130
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert told(capsys) == "heavylegs: stopped"
    assert not Path("s").exists()
