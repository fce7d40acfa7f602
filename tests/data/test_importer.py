"""Importing activity files into a store: nothing lost, nothing twice, whole whenever it stops.

HEAVYLEGS_MUTATIONS sets how many damaged copies are imported beside sound files.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from heavylegs.data import activity_import
from heavylegs.data.activity_import import Account, import_activities
from heavylegs.data.cohort import Cohort
from heavylegs.data.errors import InputError
from heavylegs.data.importer import import_tables
from heavylegs.data.imports import Imported, ImportReport
from heavylegs.data.owner import Owner
from heavylegs.data.quarantine import Quarantine
from heavylegs.data.readers.activity_files import read_activity_file
from heavylegs.data.readers.fit_walk import fit_file
from heavylegs.data.store import Store

from .fit_files import ENUM, U16, U32, message

MUTATIONS = int(os.environ.get("HEAVYLEGS_MUTATIONS", "60"))
ME = Owner("me", "Europe/Oslo")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "activity-files.md"
RUN = "activity_files/fit_ok/activity-small-fenix2-run.fit"
FIT_EPOCH = datetime(1989, 12, 31, tzinfo=UTC)


def gpx(day: int, *, points: int = 60, pulse: int = 140, lon: float = 11.0) -> bytes:
    """A run on that day of May 2024."""
    track = "".join(
        f'<trkpt lat="{48 + i * 3e-5}" lon="{lon}"><time>2024-05-{day:02d}T06:{i // 60:02d}:{i % 60:02d}Z</time>'
        f"<extensions><hr>{pulse}</hr></extensions></trkpt>"
        for i in range(points)
    )
    return f"<gpx><trk><type>running</type><trkseg>{track}</trkseg></trk></gpx>".encode()


def on_another_day(data: bytes, days: int) -> bytes:
    """The FIT file with every time in it that many days later, and checksums that fit."""
    start = read_activity_file(data, "run.fit")[0].start_time
    low = (start - timedelta(hours=14) - FIT_EPOCH).total_seconds()
    out = bytearray(data)
    every = np.lib.stride_tricks.sliding_window_view(np.frombuffer(data, np.uint8), 4)
    times = np.ascontiguousarray(every).view("<u4").ravel()
    for at in np.flatnonzero((times >= low) & (times <= low + 30 * 3600)):
        out[at : at + 4] = int(times[at] + days * 86_400).to_bytes(4, "little")
    return fit_file(bytes(out[14:-2]))


def bring(store: Path, *paths: Path, owner: Owner = ME, **options: object) -> Account:
    return import_activities(Store(store), paths, owner, **options)  # type: ignore[arg-type]


def hashes(store: Path) -> dict[str, str]:
    """Every file of a store, by name: tables and manifest."""
    return {
        p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in store.iterdir() if p.suffix != ".lock"
    }


def filled(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


# -- what comes in ---------------------------------------------------------------------------------


def page_rows() -> dict[str, str]:
    """What docs/activity-files.md says of each file."""
    return dict(re.findall(r"^\| `(\S+)` \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))


@pytest.fixture(scope="module")
def real(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Path], Account]:
    store = tmp_path_factory.mktemp("real") / "store"
    files = [real_data / "activity_files" / name for name in page_rows()]
    return store, files, bring(store, *files, command="heavylegs import activities {file}")


def test_the_fifty_real_files_come_in_as_the_page_says(real: tuple[Path, list[Path], Account]):
    _, files, account = real
    rows = page_rows()
    refused = {Path(n).name for n, cell in rows.items() if cell.startswith("**refused**")}
    told = {Path(n).name for n, cell in rows.items() if cell.startswith("told")}
    legs = sum(len(re.findall(r"\d{4}-\d\d-\d\d, [\d,]+ records", cell)) for cell in rows.values())
    assert (len(files), len(refused), len(told)) == (50, 4, 7)
    assert {Path(n).name for n in account.failed} == refused
    assert {Path(n).name for n in account.told} == told
    assert account.report.tables["activities"].read == legs
    for count in account.report.tables.values():
        assert count.read == count.kept + count.left_out.total()


def test_what_cannot_be_read_waits_in_quarantine_with_its_reason(real: tuple[Path, list[Path], Account]):
    store, files, account = real
    quarantine = Quarantine.beside(store)
    entries = {e.name: e for e in quarantine.entries()}
    assert {name: e.reason for name, e in entries.items()} == {
        Path(name).name: reason for name, reason in account.failed.items()
    }
    for file in files:
        if file.name in entries:
            entry = entries[file.name]
            assert quarantine.path(entry).read_bytes() == file.read_bytes()
            assert str(quarantine.path(entry)) in entry.command


def test_importing_everything_twice_changes_no_byte(real: tuple[Path, list[Path], Account]):
    store, files, first = real
    before = hashes(store)
    again = bring(store, *files)
    assert hashes(store) == before
    assert again.unchanged + len(again.failed) == len(files)
    assert again.failed == first.failed
    assert len(Quarantine.beside(store).entries()) == len(first.failed)


def test_neither_the_order_of_files_nor_the_size_of_batches_matters(
    real: tuple[Path, list[Path], Account], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    store, files, _ = real
    monkeypatch.setattr(activity_import, "BATCH_FILES", 7)
    shuffled = np.random.default_rng(1).permutation(len(files))
    bring(tmp_path / "store", *(files[i] for i in shuffled))
    assert Store(tmp_path / "store").read().digest() == Store(store).read().digest()


def test_coordinates_are_kept_only_where_asked_for(tmp_path: Path):
    run = filled(tmp_path / "runs", {"run.gpx": gpx(1)})

    def located(store: Path) -> int:
        tables = [pd.read_parquet(p) for p in store.glob("*.parquet")]
        columns = [t[c].notna().sum() for t in tables for c in t if c.endswith("tude_deg") and c[0] == "l"]
        return int(sum(columns))

    bring(tmp_path / "a", run)
    bring(tmp_path / "b", run, owner=Owner("me", keep_location=True))
    assert (located(tmp_path / "a"), located(tmp_path / "b")) == (0, 120)


def test_the_place_joins_the_weather(tmp_path: Path):
    bring(tmp_path / "s", filled(tmp_path / "runs", {"run.gpx": gpx(1)}), owner=Owner("me", None, "oslo"))
    assert list(Store(tmp_path / "s").read().activities["place_id"]) == ["oslo"]


def test_two_squads_in_one_place_have_names_of_their_own_which_moving_the_store_keeps(tmp_path: Path):
    """Models are kept by the cohort's name: squads of one name would share a champion."""
    night = pd.DataFrame({"athlete_id": ["anna"], "day": pd.to_datetime(["2024-05-01"]), "sleep_h": [7.5]})

    def imported(store: Store) -> str:
        import_tables(store, {"diary": night}, ImportReport("diary"), "")
        return str(store.info()["name"])

    assert [imported(Store(tmp_path / name)) for name in ("u19", "u23", "pmdata")] == ["u19", "u23", "own"]
    (tmp_path / "u19").rename(tmp_path / "u20")
    assert imported(Store(tmp_path / "u20")) == "u19"
    public = Store(tmp_path / "data")
    public.write(Cohort.from_tables("pmdata", {"diary": night.assign(athlete_id="p01")}))
    assert [imported(public), imported(public)] == ["pmdata+own", "pmdata+own"]


def test_times_without_a_zone_are_told_and_taken_for_the_clock_at_home_where_asked_for(tmp_path: Path):
    late = [gpx(day).replace(b"T06:", b"T23:").replace(b"Z<", b"<") for day in (1, 2)]
    runs = filled(tmp_path / "runs", {"1.gpx": late[0], "2.gpx": late[1], "3.gpx": gpx(3)})

    def days() -> list[int]:
        return sorted(Store(tmp_path / "s").read().activities["day"].dt.day)

    notes = bring(tmp_path / "s", runs).report.notes  # 23:00 UTC is 1 o'clock in Oslo, of the next day
    assert [
        n for n in notes if "without a zone" in n and "--local-clock" in n and n.endswith(": 2 activities")
    ]
    assert days() == [2, 3, 3]
    account = bring(tmp_path / "s", runs, owner=Owner("me", "Europe/Oslo", local_clock=True))
    assert (days(), account.unchanged) == ([1, 2, 3], 1)
    assert not any("without a zone" in note for note in account.report.notes)
    assert bring(tmp_path / "s", runs).unchanged == 3  # nor does it go back by itself


def test_home_is_told_once_and_holds_for_later_imports(tmp_path: Path):
    late = {f"{day}.gpx": gpx(day).replace(b"T06:", b"T23:") for day in (1, 2)}
    for name, data in late.items():
        first = name == "1.gpx"
        bring(tmp_path / "s", filled(tmp_path / name[0], {name: data}), owner=ME if first else Owner("me"))
    assert sorted(Store(tmp_path / "s").read().activities["day"].dt.day) == [2, 3]


def test_a_clock_at_home_needs_a_home_which_the_store_may_remember(tmp_path: Path):
    run = filled(tmp_path / "runs", {"run.gpx": gpx(1).replace(b"Z<", b"<")})
    at_home = Owner("me", local_clock=True)
    with pytest.raises(InputError, match="--timezone"):
        bring(tmp_path / "s", run, owner=at_home)
    assert not Store(tmp_path / "s").exists()
    bring(tmp_path / "s", filled(tmp_path / "before", {"before.gpx": gpx(2)}), owner=ME)
    bring(tmp_path / "s", run, owner=at_home)
    assert sorted(Store(tmp_path / "s").read().activities["start_time"].dt.hour) == [
        4,
        6,
    ]  # Oslo's 6 o'clock, and UTC's


@pytest.mark.parametrize(
    "later", [Owner("me", "Europe/Oslo"), Owner("me", place="oslo"), Owner("me", keep_location=True)]
)
def test_what_an_import_is_told_later_reaches_the_files_that_are_there(tmp_path: Path, later: Owner):
    runs = filled(tmp_path / "runs", {"1.gpx": gpx(1).replace(b"T06:", b"T23:")})
    bring(tmp_path / "s", runs, owner=Owner("me"))
    assert bring(tmp_path / "s", runs, owner=later).unchanged == 0
    bring(tmp_path / "fresh", runs, owner=later)
    assert Store(tmp_path / "s").read().digest() == Store(tmp_path / "fresh").read().digest()
    assert bring(tmp_path / "s", runs, owner=Owner("me")).unchanged == 1


# -- copies and corrections ------------------------------------------------------------------------


def test_a_corrected_file_replaces_its_activity(tmp_path: Path):
    runs = filled(tmp_path / "runs", {"1.gpx": gpx(1), "2.gpx": gpx(2, pulse=150)})
    bring(tmp_path / "s", runs)
    (runs / "2.gpx").write_bytes(gpx(2, points=40, pulse=160))
    account = bring(tmp_path / "s", runs)
    assert account.unchanged == 1
    bring(tmp_path / "fresh", runs)
    assert Store(tmp_path / "s").read().digest() == Store(tmp_path / "fresh").read().digest()
    assert set(Store(tmp_path / "s").read().activities["hr_mean_bpm"]) == {140.0, 160.0}


@pytest.mark.parametrize("names", [("a.gpx", "b.gpx"), ("b.gpx", "a.gpx")])
def test_of_copies_of_an_activity_the_fuller_counts_in_whichever_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: tuple[str, str]
):
    monkeypatch.setattr(activity_import, "BATCH_FILES", 1)
    runs = filled(tmp_path / "runs", {names[0]: gpx(1), names[1]: gpx(1, points=30)})
    account = bring(tmp_path / "s", runs)
    assert len(Store(tmp_path / "s").read().records) == 60
    assert account.report.tables["records"].read == 90


# -- stopped in the middle -------------------------------------------------------------------------

# Forks after the slow imports, and prints how each import ended, after the touches of one that was not stopped.
STOPPED = """
import os, signal, sys
from pathlib import Path
from heavylegs.data import activity_import
from heavylegs.data.owner import Owner
from heavylegs.data.store import Store

runs, cases = Path(sys.argv[1]), sys.argv[2:]
done = 0

def bring(store, stop_at, stop):
    def count(event, arguments):
        global done
        if event in ("open", "os.rename", "os.remove", "os.mkdir") and str(arguments[0]).startswith(store):
            done += 1
            if done == stop_at:
                os.kill(os.getpid(), stop)

    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs are born deaf to it
    activity_import.BATCH_FILES = 3
    sys.addaudithook(count)
    activity_import.import_activities(Store(store), [runs], Owner("me", "Europe/Oslo"), workers=1)
    print(done, end=" ", flush=True)

for store, stop_at, stop in zip(cases[::3], cases[1::3], cases[2::3]):
    child = os.fork()
    if child == 0:
        bring(store, int(stop_at), int(stop))
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
STOPS = [signal.SIGKILL, signal.SIGKILL, signal.SIGKILL, signal.SIGINT]


def run_stopped(work: Path, *cases: tuple[Path, int, signal.Signals]) -> list[str]:
    """Import into each store in a process that gets a signal at its n-th touch of the store's files."""
    arguments = [str(part) for store, at, how in cases for part in (store, at, how.value)]
    command = [sys.executable, "-c", STOPPED, work / "runs", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.fixture(scope="module")
def stopped(
    real_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, str], list[str]]:
    """The folder of runs, the files of a store that was made undisturbed, and how other imports ended."""
    work = tmp_path_factory.mktemp("stopped")
    original = (real_data / RUN).read_bytes()
    filled(work / "runs", {f"{i:02d}.fit": on_another_day(original, 9 * i) for i in range(12)})
    [undisturbed] = run_stopped(work, (work / "whole", 0, signal.SIGTERM))
    touches, code = undisturbed.split()
    assert code == "0"
    assert len(Store(work / "whole").read().activities) == 12
    at = np.random.default_rng(7).integers(1, int(touches), len(STOPS), endpoint=True)
    # The folder names the cohort.
    ends = run_stopped(work, *((work / f"{n}/whole", at[n], how) for n, how in enumerate(STOPS)))
    return work, hashes(work / "whole"), ends


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
@pytest.mark.parametrize("n", range(len(STOPS)), ids=lambda n: f"{n}-{STOPS[n].name}")
def test_stopped_anywhere_and_started_again_ends_with_the_same_store(
    stopped: tuple[Path, dict[str, str], list[str]], monkeypatch: pytest.MonkeyPatch, n: int
):
    work, whole, ends = stopped
    assert ends[n] == str(-STOPS[n]), "it was not stopped"
    monkeypatch.setattr(activity_import, "BATCH_FILES", 3)
    bring(work / f"{n}/whole", work / "runs")
    assert hashes(work / f"{n}/whole") == whole


# -- bad input -------------------------------------------------------------------------------------


def mutated(data: bytes, chance: np.random.Generator) -> bytes:
    out = bytearray(data)
    for _ in range(chance.integers(1, 6)):
        at = int(chance.integers(len(out)))
        kind = chance.choice(["flip", "set", "insert", "delete", "cut"])
        if kind == "flip":
            out[at] ^= 1 << int(chance.integers(8))
        elif kind == "set":
            out[at : at + 4] = chance.bytes(4)
        elif kind == "insert":
            out[at:at] = chance.bytes(3)
        elif kind == "delete":
            del out[at : at + 9]
        else:
            del out[max(at, 20) :]
    return bytes(out)


def test_damaged_neighbours_change_nothing_of_sound_files(real_data: Path, tmp_path: Path):
    originals = [p for p in sorted(real_data.glob("activity_files/*/*")) if p.stat().st_size < 60_000]
    chance = np.random.default_rng(7)
    sound = {f"{i}.gpx": gpx(i + 1) for i in range(5)}
    bring(tmp_path / "sound", filled(tmp_path / "only", sound))
    runs = filled(tmp_path / "runs", sound)
    for i in range(MUTATIONS):
        original = originals[i % len(originals)]
        (runs / f"x{i:04d}{original.suffix}").write_bytes(mutated(original.read_bytes(), chance))
    account = bring(tmp_path / "s", runs)
    expected, got = Store(tmp_path / "sound").read(), Store(tmp_path / "s").read()
    ours = got.activities["activity_id"].isin(expected.activities["activity_id"])
    pd.testing.assert_frame_equal(got.activities[ours].reset_index(drop=True), expected.activities)
    theirs = got.records["activity_id"].isin(expected.activities["activity_id"])
    pd.testing.assert_frame_equal(got.records[theirs].reset_index(drop=True), expected.records)
    assert all(reason and "\n" not in reason for reason in account.failed.values())
    before = hashes(tmp_path / "s")
    bring(tmp_path / "s", runs)
    assert hashes(tmp_path / "s") == before


def test_a_folder_that_vanishes_costs_its_files_only(tmp_path: Path):
    lost = filled(tmp_path / "lost", {f"{i}.gpx": gpx(i) for i in (1, 2, 3)})
    kept = filled(tmp_path / "kept", {"4.gpx": gpx(4)})

    def vanish(*_: object) -> None:
        shutil.rmtree(lost, ignore_errors=True)

    account = bring(tmp_path / "s", lost, kept, progress=vanish)
    assert {Path(n).name: reason for n, reason in account.failed.items()} == {
        "2.gpx": "cannot be read: No such file or directory",
        "3.gpx": "cannot be read: No such file or directory",
    }
    assert len(Store(tmp_path / "s").read().activities) == 2


def test_an_unwritable_quarantine_is_told_and_stops_nothing(tmp_path: Path):
    runs = filled(tmp_path / "runs", {"1.gpx": b"<gpx>", "2.gpx": gpx(2)})
    (tmp_path / "quarantine").write_text("a file where the folder should be")
    account = bring(tmp_path / "s", runs)
    assert len(Store(tmp_path / "s").read().activities) == len(account.failed) == 1
    assert any("cannot keep files" in note for note in account.report.notes)


def test_climbing_paths_and_bombs_are_told_off_and_their_neighbours_come_in(tmp_path: Path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../evil.gpx", gpx(1))
        archive.writestr("bomb.gpx", bytes(30 * 2**20))
        archive.writestr("good.gpx", gpx(2))
    runs = filled(tmp_path / "runs", {"export.zip": out.getvalue()})
    account = bring(tmp_path / "s", runs)
    reasons = " ".join(account.failed.values())
    assert "climbs out of its archive" in reasons
    assert "zip bomb" in reasons
    assert len(Store(tmp_path / "s").read().activities) == 1
    assert not list(tmp_path.rglob("*evil*"))
    assert not list(tmp_path.parent.glob("*evil*"))


def test_a_weight_beside_the_runs_goes_into_the_diary(real_data: Path, tmp_path: Path):
    scale = real_data / "activity_files/fit_ok/WeightScaleSingleUser.fit"
    account = bring(tmp_path / "s", scale)
    assert list(account.told) == [str(scale)]
    assert Store(tmp_path / "s").read().diary["mass_kg"].notna().any()


def test_weights_are_read_anew_where_the_time_zone_is_told_later(tmp_path: Path):
    """Half past midnight in Oslo is of the day before in UTC."""
    at = int((datetime(2024, 5, 1, 22, 30, tzinfo=UTC) - FIT_EPOCH).total_seconds())
    weight = message(0, [{(0, ENUM): 9}]) + message(30, [{(253, U32): at, (0, U16): 7_050}])
    (tmp_path / "scale.fit").write_bytes(fit_file(weight))
    unchanged = []
    for zone in (None, "Europe/Oslo", "Europe/Oslo"):
        account = bring(tmp_path / "s", tmp_path / "scale.fit", owner=Owner("me", zone))
        unchanged.append(account.unchanged)
    diary = Store(tmp_path / "s").read().diary
    assert diary.set_index("day")["mass_kg"][pd.Timestamp("2024-05-02")] == 70.5
    assert unchanged == [0, 0, 1]


def test_the_runs_of_an_export_are_at_home_where_it_does_not_say_where(tmp_path: Path):
    activities = pd.DataFrame({"activity_id": ["a", "b"], "place_id": pd.array(["a", None], dtype="str")})
    told = Imported("own", {"activities": activities}, ImportReport("strava")).placed("home")
    assert list(told.tables["activities"]["place_id"]) == ["a", "home"]
    without = Imported("own", {"activities": activities[["activity_id"]]}, ImportReport("garmin"))
    assert list(without.placed("home").tables["activities"]["place_id"]) == ["home", "home"]


# -- on the road ----------------------------------------------------------------------------------


def test_a_home_that_changes_is_told_and_holds_for_later_imports(tmp_path: Path):
    runs = filled(tmp_path / "runs", {"run.gpx": gpx(1)})
    trip = filled(tmp_path / "trip", {"away.gpx": gpx(3).replace(b"T06:", b"T02:")})
    bring(tmp_path / "s", runs)
    (told,) = [
        n
        for n in bring(tmp_path / "s", trip, owner=Owner("me", "America/New_York")).report.notes
        if "home" in n
    ]
    assert "was Europe/Oslo and is America/New_York from now on" in told
    assert "give --timezone Europe/Oslo once" in told
    (told,) = [n for n in bring(tmp_path / "s", runs).report.notes if "home" in n]  # though no file is new
    assert "was America/New_York and is Europe/Oslo" in told
    back = filled(tmp_path / "back", {"back.gpx": gpx(5).replace(b"T06:", b"T02:")})
    assert not [n for n in bring(tmp_path / "s", back, owner=Owner("me")).report.notes if "home" in n]
    days = Store(tmp_path / "s").read().activities["day"]
    assert [f"{day:%d}" for day in days.sort_values()] == ["01", "02", "05"]


def test_files_that_stay_as_another_zone_told_them_are_told(tmp_path: Path):
    runs = filled(tmp_path / "runs", {"1.gpx": gpx(1), "2.gpx": gpx(2)})
    bring(tmp_path / "s", runs)
    assert bring(tmp_path / "s", runs).report.notes == []
    *_, told = bring(tmp_path / "s", runs, owner=Owner("me", "Asia/Tokyo")).report.notes
    assert told.startswith("2 files imported before, with Europe/Oslo: days stay those of that zone")


def test_a_zone_that_there_is_not_is_refused_also_where_nothing_is_new():
    with pytest.raises(InputError, match="'Europe/Olso' is no time zone"):
        Owner("me", "Europe/Olso")
