"""Activity files of any mix, wherever they lie; and the page of the docs that tells what comes out of each."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import multiprocessing
import os
import signal
import stat
import struct
import sys
import warnings
import zipfile
from pathlib import Path

import pytest
from heavylegs.data.cohort import Cohort
from heavylegs.data.errors import InputError
from heavylegs.data.imports import ImportReport
from heavylegs.data.readers import archives
from heavylegs.data.readers.activity_files import iter_recordings, read_activity_file
from heavylegs.data.recording import NotAnActivity, to_tables

PAGE = Path(__file__).resolve().parents[2] / "docs" / "activity-files.md"


def gpx(minute: int = 0) -> bytes:
    points = "".join(
        f'<trkpt lat="{48 + i * 3e-5}" lon="11"><time>2024-05-01T06:{minute:02d}:{i:02d}Z</time></trkpt>'
        for i in range(30)
    )
    return f"<gpx><trk><type>running</type><trkseg>{points}</trkseg></trk></gpx>".encode()


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def kinds(*paths: Path, **options: object) -> dict[str, str]:
    """What became of each file: "2 legs", "told: ...", "refused: ..." or "known"."""
    found = {}
    for name, _, result, _ in iter_recordings(paths, **options):  # type: ignore[arg-type]
        key = os.path.relpath(name, paths[0] if paths[0].is_dir() else paths[0].parent)
        if isinstance(result, list):
            found[key] = f"{len(result)} legs"
        elif isinstance(result, NotAnActivity):
            found[key] = f"told: {result.kind}"
        else:
            found[key] = f"refused: {result.what}" if result else "known"
    return found


def test_a_mix_of_folders_and_archives_is_read_in_order(tmp_path: Path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b/run.gpx.gz").write_bytes(gzip.compress(gpx(1), mtime=0))
    (tmp_path / "a.bin").write_bytes(gpx(2))
    inner = zipped(**{"activities/1.gpx": gpx(3), "photo.jpg": b"\xff\xd8\xff", "bad.gpx": b"<gpx>"})
    (tmp_path / "c.dat").write_bytes(
        zipped(**{"deep/Part1.zip": inner, "2.gpx.gz": gzip.compress(gpx(4), mtime=0)})
    )
    assert kinds(tmp_path) == {
        "a.bin": "1 legs",
        "c.dat/2.gpx.gz": "1 legs",
        "c.dat/deep/Part1.zip/activities/1.gpx": "1 legs",
        "c.dat/deep/Part1.zip/bad.gpx": "refused: is broken XML: no element found",
        "c.dat/deep/Part1.zip/photo.jpg": "told: no FIT, GPX or TCX file",
        "b/run.gpx.gz": "1 legs",
    }


def test_the_digest_is_of_the_unpacked_bytes_and_known_files_are_passed_over(tmp_path: Path):
    (tmp_path / "run.gpx").write_bytes(gpx())
    (tmp_path / "same.gpx.gz").write_bytes(gzip.compress(gpx(), mtime=0))
    digest = hashlib.sha256(gpx()).hexdigest()
    assert {o.sha256 for o in iter_recordings([tmp_path])} == {digest}
    assert set(kinds(tmp_path, known={digest}).values()) == {"known"}


@pytest.mark.parametrize(
    ("name", "data", "outcome"),
    [
        ("run.fit", b"", "refused: is empty"),
        (
            "run.fit",
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
            "refused: is a Git LFS pointer",
        ),
        ("run.gpx", b"<!doctype html><html><body>Log in</body></html>", "refused: is a web page"),
        ("run.tcx", b"<html><body>Log in</body></html>", "refused: is a web page"),
        ("run.gpx", b"hello", "refused: is named .gpx but is none"),
        ("run.fit", b"hello", "refused: is damaged at byte 0"),
        ("run.fit", gpx(), "1 legs"),
        ("run.gpx.gz", gzip.compress(gpx(), mtime=0)[:-20], "refused: is a .gz file that ends too early"),
        ("run.gpx.gz", gzip.compress(gpx(), mtime=0)[:12] + b"xxxxxxxx", "refused: is a damaged .gz file"),
        ("notes.txt", b"hello", "told: no FIT, GPX or TCX file"),
        ("export.zip", zipped(**{"a.gpx": gpx()})[:-30], "refused: is a damaged zip archive"),
    ],
)
def test_one_file_one_outcome(tmp_path: Path, name: str, data: bytes, outcome: str):
    (tmp_path / name).write_bytes(data)
    (told,) = kinds(tmp_path / name).values()
    assert told.startswith(outcome)


def test_paths_that_climb_out_and_links_and_locks_are_refused_one_by_one(tmp_path: Path):
    link = zipfile.ZipInfo("link.gpx")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("../evil.gpx", "/etc/evil.gpx", "a/../../evil.gpx", "C:\\evil.gpx", "good.gpx"):
            archive.writestr(name, gpx())
        archive.writestr(link, b"/etc/hostname")
    (tmp_path / "export.zip").write_bytes(out.getvalue())
    outcomes = [o.result for o in iter_recordings([tmp_path / "export.zip"])]
    assert sum(isinstance(r, list) for r in outcomes) == 1
    assert sorted(str(r).partition(": ")[2] for r in outcomes if isinstance(r, InputError)) == [
        *["is a link inside an archive: refused"],
        *["is a path that climbs out of its archive: refused"] * 4,
    ]
    assert [p.name for p in tmp_path.iterdir()] == ["export.zip"]


def test_bombs_are_refused_and_their_neighbours_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    bomb = zipped(**{"bomb.gpx": bytes(30 * 2**20), "good.gpx": gpx()})
    (tmp_path / "1.zip").write_bytes(bomb)
    (tmp_path / "2.gpx.gz").write_bytes(gzip.compress(bytes(30 * 2**20), mtime=0))
    (tmp_path / "3.zip").write_bytes(zipped(**{"a.zip": zipped(**{"b.zip": zipped(**{"c.gpx": gpx()})})}))
    monkeypatch.setattr(archives, "LARGEST_FILE", 2**20)
    (tmp_path / "4.gpx").write_bytes(b" " * 2**20 + gpx())
    got = kinds(tmp_path)
    assert got["1.zip/good.gpx"] == "1 legs"
    for name in ("1.zip/bomb.gpx", "2.gpx.gz"):
        assert "zip bomb" in got[name]
    assert "archive in an archive in an archive" in got["3.zip/a.zip/b.zip"]
    assert "no file of its kind is" in got["4.gpx"]


def test_a_size_that_an_archive_lies_about_is_not_believed(tmp_path: Path):
    data = bytearray(zipped(**{"bomb.gpx": bytes(30 * 2**20)}))
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 100)
    (tmp_path / "lie.zip").write_bytes(data)
    (told,) = kinds(tmp_path / "lie.zip").values()
    assert told.startswith("refused")


def test_what_is_not_there_or_cannot_be_read_is_one_outcome(tmp_path: Path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/run.gpx").write_bytes(gpx())
    outcomes = iter_recordings([tmp_path / "folder", tmp_path / "gone.fit", tmp_path / "later"])
    assert isinstance(next(outcomes).result, list)
    assert [str(o.result).rpartition(": ")[2] for o in outcomes] == ["No such file or directory"] * 2


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes")
def test_a_pipe_does_not_hang(tmp_path: Path):
    os.mkfifo(tmp_path / "run.fit")
    assert kinds(tmp_path) == {"run.fit": "refused: is no ordinary file"}


def test_two_processes_give_what_one_gives(tmp_path: Path):
    for i in range(6):
        (tmp_path / f"{i}.gpx").write_bytes(gpx(i) if i != 3 else b"<gpx>")
    one, two = (list(iter_recordings([tmp_path], workers=n)) for n in (1, 2))
    assert [(o.name, o.sha256, str(o.result)) for o in one] == [
        (o.name, o.sha256, str(o.result)) for o in two
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_process_that_dies_costs_no_file(tmp_path: Path):
    for i in range(40):
        (tmp_path / f"{i:02d}.gpx").write_bytes(gpx(i))
    outcomes = iter_recordings([tmp_path], workers=2)
    first = next(outcomes)
    for child in multiprocessing.active_children():
        os.kill(child.pid or 0, signal.SIGKILL)
    rest = list(outcomes)
    assert all(isinstance(o.result, list) for o in [first, *rest])
    assert len(rest) == 39


# -- real files ------------------------------------------------------------------------------------


def manifest(files: Path) -> list[dict[str, str]]:
    with (files / "MANIFEST.csv").open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def test_all_real_files_come_out_as_their_manifest_says(real_data: Path):
    files = real_data / "activity_files"
    told_off = {
        "cerknicko-without-times.gpx",
        "empty-trkseg.gpx",
        "gpx1.0_with_all_fields.gpx",
        "track-with-less-sec-time.gpx",
    }
    for row in manifest(files):
        path, contents = files / row["file"], row["contents"]
        if path.suffix == ".csv":
            continue
        if "records=0" in contents or path.name in ("gpx_with_garmin_extension.gpx", "unicode_with_bom.gpx"):
            with pytest.raises(NotAnActivity):
                read_activity_file(path.read_bytes(), path.name)
        elif path.name in told_off:
            with pytest.raises(InputError) as refused:
                read_activity_file(path.read_bytes(), path.name)
            assert not isinstance(refused.value, NotAnActivity)
        else:
            legs = read_activity_file(path.read_bytes(), path.name)
            notes = " ".join(legs[0].notes)
            assert ("damaged" in notes) == bool(row["strict_parse_error"]), row["file"]
            read = sum(leg.n_records + leg.left_out.total() for leg in legs)
            if path.suffix == ".fit":
                assert f"records={read} " in contents, row["file"]


def test_all_real_files_together_make_sound_tables_and_every_record_is_accounted_for(real_data: Path):
    outcomes = iter_recordings([real_data / "activity_files"])
    once = {r.activity_id("anna"): r for o in outcomes if isinstance(o.result, list) for r in o.result}
    report = ImportReport("activities")
    cohort = Cohort.from_tables("own", to_tables(once.values(), "anna", "Europe/Oslo", report=report))
    for count in report.tables.values():
        assert count.read == count.kept + count.left_out.total()
    assert (len(cohort.activities), len(cohort.records)) == (42, report.tables["records"].kept)


def test_the_docs_tell_what_comes_out_of_each_real_file(real_data: Path):
    assert docs_page(real_data / "activity_files") == PAGE.read_text(encoding="utf-8"), (
        "run `python tests/data/test_activity_files.py`"
    )


def docs_page(files: Path) -> str:
    """Return the page docs/activity-files.md."""
    lines = []
    for row in manifest(files):
        path = files / row["file"]
        (outcome,) = iter_recordings([path])
        lines.append(f"| `{row['file']}` | {_outcome_cell(outcome.name, outcome.result)} |")
    return _PAGE.format(n=len(lines), rows="\n".join(lines))


def _outcome_cell(name: str, result: object) -> str:
    if isinstance(result, InputError):
        kind = "told, not imported" if isinstance(result, NotAnActivity) else "**refused**"
        return f"{kind}: {result.kind if isinstance(result, NotAnActivity) else result.what}"
    assert isinstance(result, list)
    cells = []
    for leg in result:
        s = leg.summary
        parts = [
            f"{leg.sport} {leg.start_time:%Y-%m-%d}",
            f"{leg.n_records:,} records",
            f"{s['duration_s'] / 60:.1f} min",
        ]
        if "distance_m" in s:
            parts.append(f"{s['distance_m'] / 1000:.2f} km")
        done = [f"{reason}: {n}" for reason, n in (leg.left_out + leg.changed).items()]
        said = [note.removeprefix(f"{Path(name).name} ") for note in leg.notes]
        told = "; ".join(done + said)
        cells.append(", ".join(parts) + (f" <br>*{told}*" if told else ""))
    return " <br>".join(cells)


_PAGE = """# Activity files: what comes out

`heavylegs import activities` reads FIT, GPX and TCX, each also as `.gz`, in folders and in zip archives, any mix;
the content tells what a file is, not its name. The table shows what comes out of {n} files from the test suites of
other parsers, good and damaged. It is written by `python tests/data/test_activity_files.py`, and a test holds it
against what the readers do.

## What is read

- Training sessions of a [Polar account's export](importing.md#polar-flow-the-accounts-export-zip-archive-folder-file) are read and cleaned in the
  same way.
- One activity a leg: a triathlon gives swim, transitions, ride and run. Sports are running (trail, track, treadmill),
  cycling, swimming, walking (hiking), strength, football and other.
- Records: distance, speed, altitude, heart rate, cadence (steps per minute, both legs; pedal and stroke rates are no
  steps and are left out), power (native or Stryd's), temperature, vertical oscillation, stance time, and positions
  only where asked for.
- The summary is the device's own where it gives one, and computed from the records where it does not. A rating of
  exertion that the runner gave on a Garmin becomes `session_rpe`.
- The time of the first half of the distance (`first_half_time_s`) is time in motion, from the records, else from laps of FIT and TCX.
  It is left empty where they do not tell the whole way to 5 %, or one step over its middle is longer than a tenth of it.
- A TCX file with laps and no points, as of a treadmill or a session typed in, is a session as its laps tell it: time, distance, energy,
  heart rate where every lap tells it.
- The day is the local one: from a FIT file's local timestamp or a GPX time's offset, else in the athlete's time zone,
  else in UTC, and the report says so.
- A damaged FIT file is read up to the damage. A file that holds something else (settings, monitoring, a weight, a
  course, waypoints) is told of and not imported.

## What is cleaned

Each step is named in the import report with the number of values or records that it touched.

| fault | what is done |
|---|---|
| time jumping back | the records that are out of order are left out; where over a tenth is, all are sorted |
| records days away from the rest | left out: those before 1990 or in the future, else the fewer |
| records of one instant | joined |
| one-leg cadence (GPX, TCX) | doubled where the median is under 110 steps/min running, 75 walking |
| doubled treadmill cadence | halved where the median is over 240 steps/min |
| heart rate of 0, or the same for five minutes | emptied |
| heart rate within 3 of the cadence for half of the time | flagged |
| GPS spikes, 0 N 0 E | positions emptied |
| distance running back or jumping | the steps taken out |
| speed past the sport's fastest | emptied; computed from distance over 10 s where there is none |
| altitude noise | single spikes emptied; climbs summed over altitude smoothed for 30 s, in turns of 3 m and more |
| stops of 10 s and more | not in the moving time |
| values outside the schema's ranges | emptied |

## File by file

| file | what comes out |
|---|---|
{rows}
"""

if __name__ == "__main__":
    warnings.simplefilter("error")
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    PAGE.write_text(
        docs_page(Path(os.environ.get("HEAVYLEGS_REAL_DATA", beside)) / "activity_files"), encoding="utf-8"
    )
