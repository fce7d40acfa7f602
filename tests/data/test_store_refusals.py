"""The store refuses what is damaged, not its own, or of another cohort, and leaves it as it is."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.errors import InputError
from heavylegs.data.store import Store

from .stores import cohort, state


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
        (lambda f: (f / "store.json").unlink(), r"store.json: is missing \(rename store.copy.json"),
    ],
)
def test_a_damaged_store_is_told_of(tmp_path, harm, message):
    store = Store(tmp_path / "store")
    store.write(cohort())
    harm(store.path)
    with pytest.raises(InputError, match=message):
        store.read()


@pytest.mark.parametrize("harm", [lambda file: file.write_text('{"na'), lambda file: file.unlink()])
def test_a_store_whose_manifest_is_lost_comes_back_from_its_copy(tmp_path, harm):
    store = Store(tmp_path / "store")
    store.merge(cohort())
    before = store.read().digest()
    harm(store.path / "store.json")
    for again in (store.merge, store.write):
        with pytest.raises(InputError, match=r"rename store.copy.json beside it to store.json"):
            again(cohort("xyz"))
    (store.path / "store.copy.json").rename(store.path / "store.json")
    assert store.read().digest() == before
    store.merge(cohort("xyz"))
    assert (store.path / "store.copy.json").read_bytes() == (store.path / "store.json").read_bytes()


def test_a_damaged_store_without_a_way_back_is_told_to_be_made_anew(tmp_path):
    store = Store(tmp_path / "store")
    store.merge(cohort())
    for name in ("store.json", "store.copy.json"):
        (store.path / name).write_text("{")
    with pytest.raises(InputError, match="move the folder away and import into a new one"):
        store.merge(cohort())


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


def test_a_full_disk_is_told_of_and_nothing_half_is_left(tmp_path, full_disk):
    with full_disk(2_000), pytest.raises(InputError, match="cannot be written"):
        Store(tmp_path / "store").write(cohort(), truth=pd.DataFrame({"points": np.arange(2_000.0)}))
    assert not Store(tmp_path / "store").exists()
    Store(tmp_path / "store").write(cohort())


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_told_of(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="cannot be written"):
        Store(tmp_path / "store").write(cohort())
    tmp_path.chmod(0o700)
