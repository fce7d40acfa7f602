"""Quarantine: what cannot be read is kept with its reason, once, until it can."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
from heavylegs.data.errors import InputError
from heavylegs.data.quarantine import Entry, Quarantine
from hypothesis import example, given
from hypothesis import strategies as st


def names(folder: Path) -> list[str]:
    return sorted({p.name for p in folder.iterdir()} - {"quarantine.json", "quarantine.lock"})


@pytest.mark.parametrize("name", ["/home/me/export.zip/runs/torn.fit", "C:\\Users\\me\\torn.fit", "torn.fit"])
def test_a_file_is_listed_without_the_folders_that_it_lay_in(tmp_path, name):
    kept = Quarantine(tmp_path)
    assert kept.keep(name, b"torn", "is torn").name == "torn.fit"
    assert [Path(e.file).name.partition("-")[2] for e in kept.entries()] == ["torn.fit"]


def test_a_file_is_copied_once_and_told_why_and_the_users_own_stays(tmp_path):
    own = tmp_path / "my run.fit"
    own.write_bytes(b"torn")
    kept = Quarantine.beside(tmp_path / "store")
    assert kept.folder == tmp_path / "quarantine"
    assert kept.entries() == []
    command = "heavylegs import activities {file} --store store"
    first = kept.keep(own.name, own.read_bytes(), "ends in the middle", command)
    again = kept.keep("copy.fit", b"torn", "ends in the middle of record 7")
    (entry,) = kept.entries()
    assert entry == again
    assert (entry.name, entry.when, entry.reason) == (
        "my run.fit",
        first.when,
        "ends in the middle of record 7",
    )
    assert entry.command.endswith(f"'{kept.path(entry)}' --store store")
    assert names(kept.folder) == [f"{entry.digest}-my run.fit"]
    assert kept.path(entry).read_bytes() == own.read_bytes() == b"torn"


def test_what_can_be_read_later_leaves_and_the_rest_gets_the_new_reason(tmp_path):
    kept = Quarantine(tmp_path / "q")
    good = kept.keep("good.gpx", b"good", "not understood")
    bad = kept.keep("bad.gpx", b"bad", "not understood")
    gone = kept.keep("gone.gpx", b"gone", "not understood")
    kept.path(gone).unlink()

    def reader(entry: Entry) -> None:
        if kept.path(entry).read_bytes() == b"bad":
            raise InputError("has no track", file=kept.path(entry))

    result = kept.retry(reader)
    assert {e.name for e in result.done} == {"good.gpx", "gone.gpx"}
    assert [(e.file, e.reason) for e in kept.entries()] == [(bad.file, "has no track")]
    assert result.left == kept.entries()
    assert not kept.path(good).exists()


def test_the_same_bytes_of_two_people_wait_for_each_and_leave_with_the_last(tmp_path):
    anna, bob = (Quarantine.beside(tmp_path / who) for who in ("anna", "bob"))
    anna.keep("run.gpx", b"torn", "is torn", "import {file}", "Anna")
    bob.keep("copy.gpx", b"torn", "is torn", "import {file} --place lake", "Bob")
    bob.keep("other.gpx", b"also torn", "is torn", athlete="Bo")
    assert [(e.name, e.store, e.athlete) for e in anna.entries()] == [("run.gpx", "anna", "Anna")]
    assert [(e.name, e.store, e.athlete) for e in bob.entries()] == [
        ("copy.gpx", "bob", "Bob"),
        ("other.gpx", "bob", "Bo"),
    ]
    assert (anna.elsewhere(), bob.elsewhere()) == ({"bob": 2}, {"anna": 1})
    copy = bob.path(bob.entries()[0])
    assert [e.name for e in bob.retry(lambda entry: None, "Bob").done] == ["copy.gpx"]
    assert copy.is_file()
    assert anna.retry(lambda entry: None).left == []
    assert not copy.is_file()
    assert [e.name for e in bob.entries()] == ["other.gpx"]


def test_a_store_is_cleared_of_its_own_copies(tmp_path):
    anna, bob = (Quarantine.beside(tmp_path / who) for who in ("anna", "bob"))
    both = anna.keep("run.gpx", b"torn", "is torn", athlete="Anna")
    bob.keep("run.gpx", b"torn", "is torn", athlete="Bob")
    bob.keep("mine.gpx", b"mine", "is torn", athlete="Bob")
    bob.keep("hers.gpx", b"hers", "is torn", athlete="Bo")
    assert [e.name for e in bob.clear("Bob")] == ["run.gpx", "mine.gpx"]
    assert [e.name for e in bob.entries()] == ["hers.gpx"]
    assert anna.entries() == [both]
    assert sorted(name.partition("-")[2] for name in names(bob.folder)) == ["hers.gpx", "run.gpx"]


def test_an_entry_of_an_older_version_is_of_the_store_and_athlete_of_its_command(tmp_path):
    """It has neither field; one that tells neither is shown to every store, and theirs who bring the file again."""
    anna, bob = (Quarantine.beside(tmp_path / who) for who in ("anna", "bob"))
    anna.keep("a.gpx", b"a", "is torn", "import {file} --athlete 'Anna M.' --store elsewhere/anna --place x")
    anna.keep("b.gpx", b"b", "is torn")
    file = anna.folder / "quarantine.json"
    old = [
        {k: v for k, v in e.items() if k not in ("store", "athlete")}
        for e in json.loads(file.read_text())["files"]
    ]
    file.write_text(json.dumps({"files": old}))
    assert [(e.name, e.store, e.athlete) for e in anna.entries()] == [
        ("a.gpx", "anna", "Anna M."),
        ("b.gpx", "", ""),
    ]
    assert [e.name for e in bob.entries()] == ["b.gpx"]
    bob.keep("b.gpx", b"b", "is torn", athlete="Bob")
    assert [e.name for e in anna.entries()] == ["a.gpx"]
    assert [(e.name, e.athlete) for e in bob.entries()] == [("b.gpx", "Bob")]


@given(st.text(min_size=1, max_size=300))
@example(".json")
@example("../quarantine.json")
def test_no_name_climbs_out_of_the_folder(tmp_path_factory, name):
    kept = Quarantine(tmp_path_factory.mktemp("q"))
    entry = kept.keep(name, b"x", "odd")
    assert kept.path(entry).parent.samefile(kept.folder)
    assert names(kept.folder) == [entry.file]
    assert kept.entries() == [entry]


def test_a_full_disk_is_told_and_leaves_what_was_there(tmp_path, monkeypatch):
    kept = Quarantine(tmp_path / "q")
    kept.keep("a.fit", b"a", "odd")
    before = kept.entries()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match=r"No space left on device .*your own files are untouched"):
        kept.keep("b.fit", b"b", "odd")
    monkeypatch.undo()
    assert kept.entries() == before
    assert names(kept.folder) == [before[0].file]


def test_a_broken_list_is_told_of(tmp_path):
    kept = Quarantine(tmp_path / "q")
    kept.keep("a.fit", b"a", "odd")
    for text in ("{", '{"files": [{"file": "../../thesis.txt"}]}', "[]"):
        (kept.folder / "quarantine.json").write_text(text)
        with pytest.raises(InputError, match="is broken"):
            kept.retry(lambda entry: kept.path(entry).unlink())
