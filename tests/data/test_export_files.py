"""The one rule for files of an account's export: what cannot be decoded is told with its reason, and keeps nothing else back."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from heavylegs.data.errors import InputError
from heavylegs.data.importer import set_aside
from heavylegs.data.imports import Imported, ImportReport
from heavylegs.data.quarantine import Quarantine
from heavylegs.data.store import Store
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .accounts import SOURCES, Source, accounted

pytestmark = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)

UNDECODABLE = {
    b'[{"calendarDate": "2025-': "broken JSON, at line 1: fetch it anew",
    b"[" * 100_000: "JSON nested or written as no service does",
    b'{"night": 1, "night": 2}': "tells 'night' twice in one record: which counts is not known",
    b'["\xff\xfe"]': "is not UTF-8 text",
    b"version https://git-lfs.github.com/spec/v1\n": "a Git LFS pointer, not the data: run `git lfs pull`",
}
NOTHING = {
    b"": "an empty file",
    b"\xef\xbb\xbf\r\n": "a blank one",
    b"[]": "an empty list",
    b"null": "nothing",
}
UNKNOWN = b'[{"hello": 1}]'


@pytest.fixture
def folder(tmp_path: Path, source: Source) -> Path:
    """Return a folder with one sound file of the source's."""
    return written(tmp_path / "export", {source.first: source.night("2024-05-02")})


def written(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def read(source: Source, path: Path) -> Imported:
    imported = source.read(path, athlete="ann")
    accounted(imported)
    return imported


def nights(imported: Imported) -> list[pd.Timestamp]:
    return list(imported.tables["diary"]["day"])


@pytest.mark.parametrize(("data", "reason"), UNDECODABLE.items(), ids=UNDECODABLE.values())
def test_a_file_that_cannot_be_decoded_is_told_and_the_rest_is_read(source, folder, data, reason):
    sound = accounted(read(source, folder)).digest()
    imported = read(source, written(folder, {source.second: data}))
    assert imported.failed == {str(folder / source.second): reason}
    assert imported.report.tables["files"].examples == {reason: source.second}
    assert accounted(imported).digest() == sound


def test_a_file_of_no_kind_that_is_known_is_told_and_not_broken(source, folder):
    imported = read(source, written(folder, {source.second: UNKNOWN}))
    (reason,) = imported.report.tables["files"].left_out
    assert (imported.failed, "no kind of" in reason) == ({}, True)


@pytest.mark.parametrize("data", [*UNDECODABLE, UNKNOWN])
def test_given_alone_it_is_an_error_with_the_same_reason(source, folder, data):
    file = written(folder, {source.second: data}) / source.second
    reason = UNDECODABLE.get(data, f"no kind of {source.name.title()} data")
    with pytest.raises(InputError) as told:
        read(source, file)
    assert str(told.value).startswith(f"{file}: {reason}")


@pytest.mark.parametrize("data", [next(iter(UNDECODABLE)), UNKNOWN])
def test_an_export_of_which_no_file_can_be_used_is_an_error_that_names_one(source, folder, data):
    with pytest.raises(
        InputError, match=rf"export: holds no file of \w+'s that can be used, such as {source.first}: "
    ):
        read(source, written(folder, {source.first: data, source.second: data}))


@pytest.mark.parametrize("data", NOTHING, ids=NOTHING.values())
def test_a_sound_file_that_holds_nothing_is_no_fault_even_alone(source, folder, data):
    file = written(folder, {source.first: data}) / source.first
    for path in (folder, file):
        imported = read(source, path)
        assert (imported.failed, imported.report.tables["files"].left_out) == ({}, {"holds no data": 1})


def test_nothing_to_read_is_one_line(source, tmp_path):
    for name, what in (("gone.json", "missing"), (".", r"holds no file of \w+'s \(give ")):
        with pytest.raises(InputError, match=what):
            read(source, tmp_path / name)


def test_packed_files_read_as_they_do_unpacked(source, folder, tmp_path):
    (tmp_path / "lone.json.gz").write_bytes(gzip.compress(source.night("2024-05-02")))
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.write(folder / source.first, f"Ann/{source.first}")
    digests = {
        accounted(read(source, p)).digest()
        for p in (folder, tmp_path / "export.zip", tmp_path / "lone.json.gz")
    }
    assert len(digests) == 1


def test_what_an_archive_cannot_give_is_told_and_the_rest_is_read(source, tmp_path):
    with zipfile.ZipFile(tmp_path / "export.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"../{source.first}", "[]")
        archive.writestr(f"bomb/{source.first}", b" " * 30_000_000)
        archive.writestr(source.second, source.night("2024-05-02"))
    imported = read(source, tmp_path / "export.zip")
    assert ["climbs out" in reason or "zip bomb" in reason for reason in imported.failed.values()] == [
        True,
        True,
    ]
    assert nights(imported) == [pd.Timestamp("2024-05-02")]
    (tmp_path / "cut.zip").write_bytes((tmp_path / "export.zip").read_bytes()[:-30])
    with pytest.raises(InputError, match=r"cut\.zip: is a damaged zip archive"):
        read(source, tmp_path / "cut.zip")


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.binary(max_size=40)
    | st.binary(max_size=9).map(lambda odd: json.dumps([{"night": 1}]).encode() + odd)
)
def test_whatever_lies_beside_them_the_sound_files_read_the_same(source, folder, data):
    assert nights(read(source, written(folder, {source.second: data}))) == [pd.Timestamp("2024-05-02")]


def test_broken_files_are_copied_out_of_folder_and_archive_with_reason_and_command(source, folder, tmp_path):
    broken = next(iter(UNDECODABLE))
    written(folder, {source.second: broken})
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        for file in folder.iterdir():
            archive.write(file, file.name)
    for path in (folder, tmp_path / "export.zip"):
        store, report = Store(tmp_path / path.suffix / "store"), ImportReport(source.name)
        set_aside(store, path, "me", read(source, path).failed, "again {file}", report)
        quarantine = Quarantine.beside(store.path)
        (entry,) = quarantine.entries()
        copy = quarantine.path(entry)
        assert (entry.name, entry.athlete, entry.reason) == (source.second, "me", UNDECODABLE[broken])
        assert (copy.read_bytes(), entry.command, report.notes) == (broken, f"again {copy}", [])


def test_a_quarantine_that_cannot_be_written_is_told(source, folder, tmp_path):
    (tmp_path / "quarantine").write_text("a file where the folder would be")
    written(folder, {source.second: next(iter(UNDECODABLE))})
    report = ImportReport(source.name)
    set_aside(Store(tmp_path / "store"), folder, "me", read(source, folder).failed, "", report)
    assert "cannot keep files that could not be read" in report.notes[0]
