"""A model's folder: what is damaged there is told, never given to LightGBM."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from heavylegs.data.errors import InputError
from heavylegs.models import artifact, starter


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(Path(starter.__file__).with_name("starter"), tmp_path / "model")
    return tmp_path / "model"


def told_otherwise(**changes: object):
    """Change what a manifest tells, None to leave it out, as an earlier Heavylegs would have kept it: without digest."""

    def spoil(folder: Path) -> None:
        manifest = json.loads((folder / artifact.MANIFEST).read_text()) | changes | {artifact.DIGEST: None}
        kept = {name: value for name, value in manifest.items() if value is not None}
        (folder / artifact.MANIFEST).write_text(json.dumps(kept))

    return spoil


def in_place_of(name: str, old: str, new: str):
    def spoil(folder: Path) -> None:
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1))

    return spoil


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda f: (f / "trees-1-0.txt").write_text((f / "trees-1-0.txt").read_text()[:3000]), "trees-1-0.txt is not"),
        (in_place_of("trees-0-0.txt", "num_leaves=7", "num_leaves=x"), "trees-0-0.txt is not the file that was written"),
        (lambda f: (f / "trees-2-1.txt").unlink(), "No such file"),
        (told_otherwise(intervals=None), "'intervals' is missing"),
        (told_otherwise(parameters=None), "'parameters' is missing"),
        (in_place_of(artifact.MANIFEST, "{", "["), "no Heavylegs model can be read here"),
        (in_place_of(artifact.MANIFEST, '"format": ', '"format": 9'), "train it anew"),
        (told_otherwise(information="noon"), "'noon' is not known"),
        (lambda f: (f / artifact.MANIFEST).write_text("[" * 100_000), "no Heavylegs model can be read here"),
    ],
)  # fmt: skip
def test_a_damaged_model_is_told_and_not_loaded(folder, spoil, words):
    spoil(folder)
    with pytest.raises(InputError, match=words):
        artifact.load(folder)


def test_a_manifest_that_was_changed_is_told(folder, tmp_path):
    """A number that is off by a digit would load, and forecast wrongly."""
    artifact.save(artifact.load(folder), tmp_path / "kept")
    artifact.load(tmp_path / "kept")
    in_place_of(artifact.MANIFEST, '"mean_scale": ', '"mean_scale": 1')(tmp_path / "kept")
    with pytest.raises(InputError, match=r"heavylegs\.json is not the file that was written"):
        artifact.load(tmp_path / "kept")
