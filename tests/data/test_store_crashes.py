"""The store under crashes and other writers: what is there is the old or the new, whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.errors import InputError
from heavylegs.data.imports import ImportReport
from heavylegs.data.store import Store

from .stores import batches, cohort, contents, import_all


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
    assert set(outcomes) == {old.digest(), new.digest()}  # new, where the manifest's copy is not yet written


_KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[2])
import heavylegs.data.store as s
from stores import cohort
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


# Forks after the slow imports, once for each step at which to die.
_KILLED_IMPORTS = """
import os, signal, sys
sys.path.insert(0, sys.argv[2])
from stores import batches, import_all
batches()
left = [0]
def dying(call):
    def step(*args, **kwargs):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*args, **kwargs)
    return step
os.replace, os.fsync, os.unlink = dying(os.replace), dying(os.fsync), dying(os.unlink)
for step in sys.argv[3:]:
    left[0] = int(step)
    child = os.fork()
    if child == 0:
        import_all(sys.argv[1])
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_an_import_killed_again_and_again_ends_as_an_undisturbed_one(tmp_path):
    import_all(tmp_path / "undisturbed")
    whole = contents(tmp_path / "undisturbed")
    assert Store(tmp_path / "undisturbed").read().activities["source"].tolist() == ["fit+gpx"] * 4
    here, folder = str(Path(__file__).parent), tmp_path / "store"
    steps = np.random.default_rng(7).integers(2, 31, 4).astype(str)
    arguments = [sys.executable, "-c", _KILLED_IMPORTS, str(folder), here, *steps]
    done = subprocess.run(arguments, check=True, capture_output=True, text=True)
    assert done.stdout.split().count(str(-signal.SIGKILL)) >= 3
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


@pytest.mark.parametrize(
    "read",
    [Store.seen, lambda s: s.read_truth().to_dict(), lambda s: s.read().digest()],
    ids=["seen", "truth", "cohort"],
)
def test_a_reader_whose_files_are_taken_away_by_a_writer_reads_what_that_wrote(tmp_path, monkeypatch, read):
    store = Store(tmp_path / "store")

    def write(hours: float) -> None:
        store.write(cohort(sleep=hours), truth=pd.DataFrame({"hours": [hours]}))
        store.merge(cohort(sleep=hours), seen={"file": {"hours": hours}})

    def meddle(path: Path) -> bytes:
        monkeypatch.undo()
        write(8.0)
        return path.read_bytes()

    write(8.0)
    new = read(store)
    write(7.0)
    assert read(store) != new
    monkeypatch.setattr(Path, "read_bytes", meddle)
    assert read(store) == new
