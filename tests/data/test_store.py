"""The store: what is read is what was written, whatever happens in between."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.cohort import Cohort
from heavylegs.data.errors import InputError
from heavylegs.data.imports import ImportReport
from heavylegs.data.store import Store, bucket_of
from hypothesis import given, settings
from hypothesis import strategies as st


def cohort(people: str = "abcd", sleep: float = 7.0, name: str = "club") -> Cohort:
    day = pd.Timestamp("2024-05-01")
    ids = list(people)
    start = pd.Timestamp("2024-05-01 06:00", tz="UTC")
    activities = pd.DataFrame(
        {
            "activity_id": [f"{i}-1" for i in ids],
            "athlete_id": ids,
            "day": day,
            "start_time": start,
            "sport": "running",
        }
    )
    records = pd.DataFrame(
        {
            "activity_id": [f"{i}-1" for i in ids for _ in range(2)],
            "athlete_id": [i for i in ids for _ in range(2)],
            "elapsed_s": [0.0, 1.0] * len(ids),
            "hr_bpm": [100.0, None] * len(ids),
        }
    )
    weather = pd.DataFrame({"place_id": ["x"], "time": [start], "temperature_c": [20.0]})
    return Cohort.from_tables(
        name,
        {
            "athletes": pd.DataFrame({"athlete_id": ids, "height_cm": 170.0}),
            "activities": activities,
            "records": records,
            "diary": pd.DataFrame({"athlete_id": ids, "day": day, "sleep_h": sleep}),
            "weather": weather,
        },
    )


def state(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    return {
        p.name: (p.stat().st_ino, p.stat().st_mtime_ns, p.read_bytes())
        for p in folder.iterdir()
        if p.suffix != ".lock"
    }


@settings(max_examples=8, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=12, unique=True))
def test_any_athletes_come_back_as_written(ids):
    sent = Cohort.from_tables(
        "any", {"diary": pd.DataFrame({"athlete_id": ids, "day": pd.Timestamp("2024-05-01"), "sleep_h": 7.5})}
    )
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder)
        store.write(sent)
        assert store.read().digest() == sent.digest()
        assert store.buckets() == sorted({bucket_of(i) for i in ids})
        together = sorted(i for b in store.buckets() for i in store.read_bucket(b).athletes["athlete_id"])
        assert together == sorted(ids)


def test_the_bucket_of_an_athlete_never_changes():
    assert [bucket_of(a) for a in ("p01", "p02", "TeamA-d7299614")] == [12, 10, 1]


def team(groups: dict[str, str | None]) -> Cohort:
    who = pd.DataFrame({"athlete_id": list(groups), "group_id": pd.array(list(groups.values()), dtype="str")})
    return Cohort.from_tables("club", {**cohort("".join(groups)).tables(), "athletes": who})


def test_a_group_shares_a_bucket_and_whoever_changes_it_moves(tmp_path):
    store = Store(tmp_path / "store")
    store.write(team({"a": "foxes", "b": "foxes", "c": None}))
    assert bucket_of("foxes") not in {bucket_of(a) for a in "abc"}
    assert list(store.read_bucket(bucket_of("foxes")).athletes["athlete_id"]) == ["a", "b"]
    assert list(store.read(athletes=["b", "c"]).diary["athlete_id"]) == ["b", "c"]
    store.merge(cohort("a", sleep=9.0))  # tells nothing of a group: it stays
    assert store.read(athletes=["a"]).diary["sleep_h"].tolist() == [9.0]
    store.merge(team({"b": "red"}))
    assert list(store.read_bucket(bucket_of("foxes")).athletes["athlete_id"]) == ["a"]
    assert len(store.read(athletes=["b"]).records) == 2
    store.merge(team({"a": "red"}))
    assert store.buckets() == sorted({bucket_of("red"), bucket_of("c")})
    other = Store(tmp_path / "other")
    other.write(store.read())
    assert other.read().digest() == store.read().digest()


def test_parts_are_read_alone(tmp_path):
    store = Store(tmp_path / "store")
    store.write(cohort())
    some = store.read(athletes=["b"], tables=["diary", "weather"])
    assert list(some.diary["athlete_id"]) == ["b"]
    assert len(some.weather) == 1
    assert some.activities.empty
    with pytest.raises(InputError, match=r"holds no athlete 'bb' .*nearest is 'b'"):
        store.read(athletes=["bb"])
    with pytest.raises(InputError, match="no table 'diaries'"):
        store.read(tables=["diaries"])


def test_writing_the_same_again_changes_no_byte_and_a_changed_athlete_only_his_bucket(tmp_path):
    store = Store(tmp_path / "store")
    report = ImportReport("club", notes=["a note"])
    store.write(cohort(), report, "The club, CC0")
    before = state(store.path)
    store.write(cohort(), report, "The club, CC0")
    store.merge(cohort(), report, "The club, CC0")
    assert state(store.path) == before
    store.merge(cohort("b", sleep=9.0))
    after = state(store.path)
    changed = before.keys() ^ after.keys()
    assert len(changed) == 2
    assert {name.rsplit("-", 1)[0] for name in changed} == {f"diary-{bucket_of('b'):02d}"}
    info = store.info()
    assert (info["name"], info["attribution"], info["rows"]["records"]) == ("club", "The club, CC0", 8)
    assert info["imports"] == [report.to_dict()]


def test_a_merge_replaces_rows_of_the_same_key_and_keeps_the_others(tmp_path):
    store = Store(tmp_path / "store")
    store.merge(cohort("abc"))
    more = Cohort.from_tables(
        "watch",
        {
            "diary": pd.DataFrame(
                {
                    "athlete_id": ["a", "a", "z"],
                    "day": pd.to_datetime(["2024-05-01", "2024-05-02", "2024-05-01"]),
                    "sleep_h": 5.0,
                }
            ),
            "activities": pd.DataFrame(
                {"activity_id": ["a-1"], "athlete_id": ["a"], "day": pd.Timestamp("2024-05-01")}
            ),
            "records": pd.DataFrame({"activity_id": ["a-1"], "athlete_id": ["a"], "elapsed_s": [7.0]}),
        },
    )
    store.merge(more)
    both = store.read()
    assert both.name == "club+watch"
    assert both.diary["sleep_h"].tolist() == [5.0, 5.0, 7.0, 7.0, 5.0]
    assert both.records.query("athlete_id == 'a'")["elapsed_s"].tolist() == [7.0]
    assert both.athletes.set_index("athlete_id").loc["a", "height_cm"] == 170.0  # the watch did not tell it


def test_a_diary_is_merged_value_by_value_and_never_erased(tmp_path):
    store = Store(tmp_path / "store")
    day = pd.Timestamp("2024-05-01")

    def told(source: str, **values: float) -> Cohort:
        row = pd.DataFrame({"athlete_id": ["a"], "day": day, "source": source, **values})
        return Cohort.from_tables("own", {"diary": row})

    store.merge(told("watch", sleep_h=7.0, steps=9000.0))
    store.merge(told("app", fluid_ml=2000.0))
    store.merge(told("watch", sleep_h=6.5))
    row = store.read().diary.iloc[0]
    assert row[["sleep_h", "steps", "fluid_ml", "source"]].tolist() == [6.5, 9000.0, 2000.0, "app+watch"]


def test_an_activity_of_two_athletes_is_refused_and_nothing_written(tmp_path):
    store = Store(tmp_path / "store")
    store.merge(cohort("abc"))
    before = state(store.path)
    other = cohort("z").activities.assign(activity_id="a-1")
    with pytest.raises(InputError, match="'a-1' of athlete 'z' is there already as one of athlete 'a'"):
        store.merge(Cohort.from_tables("club", {"activities": other}))
    assert state(store.path) == before


def test_what_came_of_each_file_is_kept_with_the_data(tmp_path):
    store = Store(tmp_path / "store")
    assert store.seen() == {}
    torn, kept = {"outcome": "quarantined", "reason": "torn"}, {"outcome": "kept", "activities": 4}
    store.merge(Cohort.from_tables("own", {}), seen={"d1": torn})
    store.merge(cohort(name="own"), seen={"d2": kept})
    assert store.seen() == {"d1": torn, "d2": kept}
    assert store.info()["files_seen"] == 2


def test_truth_stays_beside_its_cohort_and_out_of_it(tmp_path):
    store = Store(tmp_path / "store")
    store.write(cohort())
    with pytest.raises(InputError, match="no truth"):
        store.read_truth()
    truth = pd.DataFrame({"athlete_id": ["a"], "heat_points": [1.5]})
    store.write_truth(truth)
    store.write(cohort())
    pd.testing.assert_frame_equal(store.read_truth(), truth)
    assert store.read().digest() == cohort().digest()
    store.write(cohort(sleep=8.0))  # other data: the truth is not about it
    assert not store.info()["truth"]


def test_a_crash_at_any_point_leaves_the_old_or_the_new_store(tmp_path, monkeypatch):
    old, new = cohort(), cohort(sleep=9.0)

    class Crash(BaseException):
        pass

    def crash_at(step):
        left = [step]

        def replace(*paths):
            left[0] -= 1
            if left[0] < 0:
                raise Crash
            rename(*paths)

        return replace

    rename, outcomes = os.replace, []
    for step in range(8):
        store = Store(tmp_path / str(step))
        store.write(old)
        monkeypatch.setattr(os, "replace", crash_at(step))
        try:
            store.write(new)
        except Crash:
            outcomes.append(store.read().digest())
        monkeypatch.setattr(os, "replace", rename)
        store.write(new)
        assert store.read().digest() == new.digest()
        assert len(list(store.path.glob("diary-*"))) == len(store.buckets())  # nothing left lying about
    assert set(outcomes) == {old.digest()}


_KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[2])
import heavylegs.data.store as s
from test_store import cohort
rename, left = os.replace, [int(sys.argv[3])]
def replace(*paths):
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    rename(*paths)
os.replace = replace
s.Store(sys.argv[1]).write(cohort(sleep=9.0))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
@pytest.mark.parametrize("first", [True, False])
def test_a_killed_writer_leaves_a_whole_store_and_no_lock(tmp_path, first):
    store = Store(tmp_path / "store")
    if not first:
        store.write(cohort())
    here = str(Path(__file__).parent)
    done = subprocess.run([sys.executable, "-c", _KILLED, str(store.path), here, "2"], check=False)
    assert done.returncode == -signal.SIGKILL
    assert store.exists() is not first
    if not first:
        assert store.read().digest() == cohort().digest()
    store.write(cohort(sleep=9.0))  # the lock of the dead is taken over, its leftovers go
    assert store.read().digest() == cohort(sleep=9.0).digest()
    assert not list(store.path.glob(".writing-*"))


def batches() -> list[tuple[Cohort, dict[str, dict[str, object]]]]:
    """Return an import in four steps: a watch's files and a phone's copies of the same runs."""
    steps = []
    for n in range(4):
        piece, source, late = cohort("ab", sleep=7.0 + n, name="own"), ("fit", "gpx")[n % 2], n // 2
        start = piece.activities["start_time"] + pd.Timedelta(days=40 * late, minutes=n % 2)
        ids = {i: f"{source}-{i}-{late}" for i in piece.activities["activity_id"]}
        runs = piece.activities.assign(start_time=start, day=start.dt.tz_localize(None).dt.normalize())
        tables = {
            **piece.tables(),
            "activities": runs.assign(activity_id=runs["activity_id"].map(ids), source=source),
            "records": piece.records.assign(activity_id=piece.records["activity_id"].map(ids)),
        }
        steps.append((Cohort.from_tables("own", tables), {f"file{n}": {"outcome": "kept", "n": n}}))
    return steps


def import_all(folder: str | Path) -> None:
    """Import what is not there yet, as the command line does."""
    store = Store(folder)
    store.tidy()
    for piece, told in batches():
        if not told.keys() <= store.seen().keys():
            store.merge(piece, ImportReport("club"), "The club, CC0", seen=told)


def contents(folder: Path) -> dict[str, bytes]:
    return {name: data for name, (_, _, data) in state(folder).items()}


_KILLED_IMPORT = """
import os, signal, sys
sys.path.insert(0, sys.argv[2])
from test_store import import_all
left = [int(sys.argv[3])]
def dying(call):
    def step(*args, **kwargs):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*args, **kwargs)
    return step
os.replace, os.fsync, os.unlink = dying(os.replace), dying(os.fsync), dying(os.unlink)
import_all(sys.argv[1])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_an_import_killed_again_and_again_ends_as_an_undisturbed_one(tmp_path):
    import_all(tmp_path / "undisturbed")
    whole = contents(tmp_path / "undisturbed")
    assert Store(tmp_path / "undisturbed").read().activities["source"].tolist() == ["fit+gpx"] * 4
    here, folder = str(Path(__file__).parent), tmp_path / "store"
    chance, killed = np.random.default_rng(7), 0
    for _ in range(4):
        step = str(chance.integers(2, 31))
        arguments = [sys.executable, "-c", _KILLED_IMPORT, str(folder), here, step]
        killed += subprocess.run(arguments, check=False).returncode == -signal.SIGKILL
    assert killed >= 3
    import_all(folder)
    assert contents(folder) == whole
    piece, told = batches()[-1]  # and once more, without looking at what was seen
    Store(folder).merge(piece, ImportReport("club"), "The club, CC0", seen=told)
    assert contents(folder) == whole


def test_two_writers_at_once_are_refused(tmp_path, monkeypatch):
    store = Store(tmp_path / "store")
    store.write(cohort())
    seen = []

    def meddle(*_):
        monkeypatch.undo()
        with pytest.raises(InputError, match=rf"another process \(number {os.getpid()}\) is writing"):
            Store(store.path).write(cohort(sleep=1.0))
        seen.append(True)

    monkeypatch.setattr(os, "fsync", meddle)
    store.write(cohort(sleep=9.0))
    assert seen
    assert store.read().digest() == cohort(sleep=9.0).digest()


def damage_manifest(folder: Path, **changes: object) -> None:
    file = folder / "store.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


def truncate(folder: Path) -> None:
    file = next(folder.glob("diary-*"))
    file.write_bytes(file.read_bytes()[:-10])


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (lambda f: (f / "store.json").write_text('{"name": '), "store.json: is not the manifest"),
        (lambda f: (f / "store.json").write_text("[]"), "store.json: is not the manifest"),
        (
            lambda f: damage_manifest(f, tables={"diary": {"00": {"file": "../x.parquet", "rows": 1}}}),
            "not the manifest",
        ),
        (lambda f: damage_manifest(f, schema_version=99), "newer Heavylegs .*version 99"),
        (lambda f: next(f.glob("diary-*")).unlink(), r"diary-.*cannot be read"),
        (truncate, r"diary-.*is damaged"),
        (lambda f: (f / "store.json").unlink(), "is not a store"),
    ],
)
def test_a_damaged_store_is_told_of(tmp_path, harm, message):
    store = Store(tmp_path / "store")
    store.write(cohort())
    harm(store.path)
    with pytest.raises(InputError, match=message):
        store.read()


def test_folders_that_are_not_ours_are_left_alone(tmp_path):
    with pytest.raises(InputError, match="is not a store"):
        Store(tmp_path / "nowhere").read()
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match=r"holds other files \('thesis.txt'\)"):
        Store(tmp_path).write(cohort())
    with pytest.raises(InputError, match="is a file"):
        Store(tmp_path / "thesis.txt").write(cohort())
    with pytest.raises(InputError, match=r"cannot be written|is a file"):
        Store(tmp_path / "thesis.txt" / "store").write(cohort())
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def test_another_cohort_is_not_overwritten(tmp_path):
    store = Store(tmp_path / "store")
    store.write(cohort())
    before = state(store.path)
    with pytest.raises(InputError, match="holds the cohort 'club', not 'other'"):
        store.write(cohort(name="other"))
    assert state(store.path) == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_told_of(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="cannot be written"):
        Store(tmp_path / "store").write(cohort())
    tmp_path.chmod(0o700)
