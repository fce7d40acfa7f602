"""A model's folder: what is damaged there is told, never given to LightGBM."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
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
        told = changes | {artifact.DIGEST: None}
        manifest = json.loads((folder / artifact.MANIFEST).read_text()) | told
        kept = {name: value for name, value in manifest.items() if name not in told or value is not None}
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


@pytest.mark.parametrize("name", artifact.OUTGROWN)
def test_a_model_that_was_kept_with_a_parameter_since_given_up_forecasts_as_before(folder, name):
    known = artifact.load(folder).regressor
    parameters = json.loads((folder / artifact.MANIFEST).read_text())["parameters"]
    told_otherwise(parameters=parameters | {name: True})(folder)
    days = np.random.default_rng(0).normal(size=(5, known.n_features_in_))
    days = pd.DataFrame(days, columns=known.feature_names_in_)
    np.testing.assert_array_equal(artifact.load(folder).regressor.predict(days), known.predict(days))
