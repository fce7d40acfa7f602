"""A forecaster on disk: LightGBM's text and a JSON manifest, nothing that runs on loading."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any, get_args

import lightgbm as lgb
import numpy as np

from ..data.errors import InputError
from ..features.catalog import Catalog, Information, catalog
from .bad_morning import BadMorning
from .causes import Causes
from .dose_curves import DoseResponses
from .fatigue import FatigueRegressor, Member
from .forecaster import Forecaster
from .interactions import Pair
from .intervals import Intervals
from .linear import LinearState
from .own_responses import OwnResponses
from .unlogged import Unlogged

FORMAT = 8
"""Of the manifest: raised where older ones can no longer be read."""
MANIFEST = "heavylegs.json"
STARTER = "starter"
CAUSES = "causes"
DIGEST = "digest"
OUTGROWN = ("directed_state",)
"""Parameters in manifests of earlier versions that told how slopes were learned, and so change nothing of a learned model."""


def save(forecaster: Forecaster, folder: str | Path) -> None:
    """Write the model into `folder`: one ``trees-MEMBER-START.txt`` a booster and ``heavylegs.json``.

    A starter that it holds goes into a folder ``starter`` within, laid out alike; the trees of its causes into ``causes``.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "information": forecaster.information,
        "catalogue": forecaster.catalog.digest(),
        **_write_regressor(forecaster.regressor, folder),
        "intervals": forecaster.intervals.to_dict(),
        "bad_morning": forecaster.bad_morning.to_dict() if forecaster.bad_morning else None,
        "factor_weights": forecaster.factor_weights,
        "told": forecaster.told,
        "starter_share": forecaster.starter_share if forecaster.starter else None,
        "causes_share": forecaster.causes_share if forecaster.causes else None,
        "causes": _write_causes(forecaster.causes, folder / CAUSES) if forecaster.causes else None,
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("heavylegs", "lightgbm", "numpy", "pandas", "scikit-learn")},
        },
    }
    if forecaster.starter is not None:
        save(forecaster.starter, folder / STARTER)
    manifest[DIGEST] = _digest_of(manifest)
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def _text(booster: lgb.Booster) -> str:
    """Return LightGBM's text without the number of threads: it is the one line on which threads would tell."""
    lines = booster.model_to_string().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("[num_threads:"))


def load(folder: str | Path) -> Forecaster:
    """Read a model.

    Raises
    ------
    InputError
        Where the folder holds none, or one of another catalogue or format.
    """
    folder = Path(folder)
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT:
            raise InputError(
                f"the model has format {manifest['format']}, this Heavylegs reads {FORMAT}",
                file=folder,
                mend="train it anew",
            )
        if manifest.get(DIGEST) not in (None, _digest_of(manifest)):  # None: kept by an earlier Heavylegs
            raise ValueError(f"{MANIFEST} is not the file that was written")
        return _forecaster(manifest, folder)
    except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        told = f"{error} is missing" if isinstance(error, KeyError) else error
        raise InputError(f"no Heavylegs model can be read here: {told}", file=folder) from None


def _forecaster(manifest: dict[str, Any], folder: Path) -> Forecaster:
    if manifest["information"] not in get_args(Information):
        raise ValueError(f"information {manifest['information']!r} is not known")
    features = catalog(manifest["information"]).with_inputs(manifest["features"])
    if manifest["catalogue"] != features.digest():
        raise InputError(
            f"the model was trained with another feature catalogue ({manifest['catalogue']}; this one is {features.digest()})",
            file=folder,
            mend="train it anew, or use the Heavylegs version that made it: "
            + manifest["versions"]["heavylegs"],
        )
    return Forecaster(
        features,
        manifest["information"],
        _read_regressor(manifest, folder),
        Intervals.from_dict(manifest["intervals"]),
        BadMorning.from_dict(manifest["bad_morning"]),
        manifest["factor_weights"],
        manifest["told"],
        None if manifest["starter_share"] is None else load(folder / STARTER),
        manifest["starter_share"] or 0.0,
        None if manifest["causes"] is None else _read_causes(manifest["causes"], features, folder / CAUSES),
        manifest["causes_share"] or 0.0,
    )


def _write_causes(causes: Causes, folder: Path) -> dict[str, object]:
    folder.mkdir(exist_ok=True)
    return {
        "doses": [f.name for f in causes.doses],
        "responses": [
            {
                f.name: {"at": at.tolist(), "points": points.tolist()}
                for f, at, points in zip(causes.doses, member.at, member.points, strict=True)
            }
            for member in causes.responses
        ],
        "pairs": [[asdict(pair) for pair in member.pairs] for member in causes.responses],
        "unlogged": {part: values.tolist() for part, values in asdict(causes.unlogged).items()},
        "state": [f.name for f in causes.state],
        "states": [_write_state(s) for s in causes.states],
        "own": {"spread": causes.own.spread, "noise": causes.own.noise},
        "rest": _write_regressor(causes.rest, folder) if causes.rest else None,
    }


def _read_causes(told: dict[str, Any], features: Catalog, folder: Path) -> Causes:
    responses = tuple(
        DoseResponses(
            tuple(np.array(member[name]["at"]) for name in told["doses"]),
            tuple(np.array(member[name]["points"]) for name in told["doses"]),
            tuple(Pair(**{**pair, "usual": tuple(pair["usual"])}) for pair in pairs),
        )
        for member, pairs in zip(told["responses"], told["pairs"], strict=True)
    )
    doses, state = (tuple(features[name] for name in told[part]) for part in ("doses", "state"))
    unlogged = Unlogged(**{part: np.array(values) for part, values in told["unlogged"].items()})
    rest = None if told["rest"] is None else _read_regressor(told["rest"], folder)
    states = tuple(map(_read_state, told["states"]))
    return Causes(doses, responses, unlogged, state, states, OwnResponses(**told["own"]), rest)


def _write_regressor(regressor: FatigueRegressor, folder: Path) -> dict[str, object]:
    names = [str(name) for name in regressor.feature_names_in_]
    return {
        "features": names,
        "parameters": regressor.get_params(),
        "state_columns": [names[i] for i in regressor.state_columns_],
        "mean_scale": regressor.mean_scale_,
        "members": [_write_member(m, number, folder) for number, m in enumerate(regressor.members_)],
    }


def _read_regressor(told: dict[str, Any], folder: Path) -> FatigueRegressor:
    names = told["features"]
    regressor = FatigueRegressor(**{k: v for k, v in told["parameters"].items() if k not in OUTGROWN})
    regressor.feature_names_in_ = np.array(names, dtype=object)
    regressor.n_features_in_ = len(names)
    regressor.state_columns_ = np.array([names.index(c) for c in told["state_columns"]], dtype=np.int64)
    regressor.boosted_columns_ = np.array(
        [names.index(c) for c in (names if regressor.boosted is None else regressor.boosted)], dtype=np.int64
    )
    regressor.scale_column_ = None if regressor.scale is None else names.index(regressor.scale)
    regressor.mean_scale_ = float(told["mean_scale"])
    regressor.members_ = [_read_member(member, folder) for member in told["members"]]
    return regressor


def _write_member(member: Member, number: int, folder: Path) -> dict[str, object]:
    texts = {f"trees-{number}-{start}.txt": _text(b) for start, b in enumerate(member.boosters)}
    for name, text in texts.items():
        (folder / name).write_bytes(text.encode())
    digests = {name: _digest(text.encode()) for name, text in texts.items()}
    return {"boosters": digests, **_write_state(member.state)}


def _read_member(told: dict[str, Any], folder: Path) -> Member:
    texts = []
    for name, digest in told["boosters"].items():
        content = (folder / name).read_bytes()
        if _digest(content) != digest:  # LightGBM would take the whole process down
            raise ValueError(f"{name} is not the file that was written")
        texts.append(content.decode())
    return Member(_read_state(told), tuple(lgb.Booster(model_str=text) for text in texts))


def _write_state(state: LinearState) -> dict[str, object]:
    return {"means": state.means.tolist(), "slopes": state.slopes.tolist(), "constant": state.constant}


def _read_state(told: dict[str, Any]) -> LinearState:
    return LinearState(np.array(told["means"]), np.array(told["slopes"]), told["constant"])


def _digest_of(manifest: Mapping[str, Any]) -> str:
    """Return the digest of all that a manifest tells but the digest itself, however it is laid out."""
    told = {name: value for name, value in manifest.items() if name != DIGEST}
    return _digest(json.dumps(told, sort_keys=True).encode())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
