"""What docs/python.md tells a scientist to type works when pasted, from its first block to its last."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from heavylegs.data.simulate import simulate
from heavylegs.data.store import Store

OTHERS = ("simulator.md", "reasons.md")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "python.md"


@pytest.fixture(scope="module")
def typed(tmp_path_factory):
    """All names that the page's blocks leave behind."""
    folder = tmp_path_factory.mktemp("desk")
    Store(folder / "stores" / "simulated").write(simulate(athletes=8, days=70, seed=1).cohort)
    names: dict[str, object] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
            exec(compile(block, str(PAGE), "exec"), names)  # noqa: S102  the page is ours
        names["rows"] = Store("stores/anna").info()["rows"]
        names["files"] = [path.name for path in Path("model").iterdir()]
    return names


def test_tables_of_ones_own_come_into_a_store(typed):
    assert (typed["rows"]["ratings"], typed["rows"]["diary"]) == (30, 30)


def test_an_own_model_is_judged_on_the_same_mornings_as_everything_else(typed):
    table, held_out = typed["table"], typed["held_out"]
    missed = held_out.forecasts["forest"] - held_out.target
    native = typed["matrix"].native_span / 10
    assert table["forest"]["rmse"] == pytest.approx(native * np.sqrt(np.mean(missed**2)))
    assert table["forest"]["n_days"] == table["heavylegs"]["n_days"] == len(held_out.target)


def test_an_own_model_is_no_baseline(typed):
    assert typed["table"]["heavylegs"]["best_baseline"] != "forest"


def test_forecasts_and_their_reasons_come_as_tables(typed):
    assert len(typed["frame"]) == len(typed["matrix"])
    told = typed["told"]
    assert told.points.shape == told.low.shape == told.high.shape


def test_what_ifs_stand_beside_the_forecast(typed):
    (slept,) = typed["otherwise"].what_ifs
    assert sum(slept.parts.values()) == pytest.approx(slept.points, abs=1e-6)
    assert [w.change for w in typed["ahead"].what_ifs if w.change != "as logged"] == [
        p.text for p in typed["plans"]
    ]


def test_a_model_is_kept_as_text(typed):
    assert {Path(name).suffix for name in typed["files"]} <= {".txt", ".json", ""}


@pytest.mark.parametrize("name", OTHERS)
def test_what_other_pages_show_works_with_the_same_names(typed, name, monkeypatch):
    import matplotlib.pyplot as plt

    monkeypatch.setattr(plt, "show", plt.close)
    for block in re.findall(
        r"```python\n(.*?)```", PAGE.with_name(name).read_text(encoding="utf-8"), re.DOTALL
    ):
        exec(compile(block, name, "exec"), dict(typed))  # noqa: S102  the page is ours
