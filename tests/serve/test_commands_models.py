"""The registry at the command line: who is champion, why, and back again."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from heavylegs.data.simulate import simulate
from heavylegs.data.store import Store
from heavylegs.serve.cli import main
from heavylegs.training import champions, registry
from heavylegs.training.train import train

from .streams import told

NAME = "heavylegs-simulated-evening"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "mlflow.md"


@pytest.fixture(scope="module")
def home(workplace):
    """A folder with a store, two registered models of it and one of another cohort."""
    cohort = simulate(athletes=6, days=45, seed=5, r2=0.5).cohort
    Store("store").write(cohort)
    Store("smaller").write(
        type(cohort)("smaller", **cohort.subset(cohort.athletes["athlete_id"][:5]).tables())
    )
    for last in (None, np.datetime64("2024-02-12")):
        train(cohort, last=last, parameters={"trees": 20})
    return workplace


@pytest.fixture
def crowned(home):
    """Version 1 has been champion, version 2 is."""
    champions.crown(NAME, "1")
    champions.crown(NAME, "2")


def printed(capsys) -> object:
    return json.loads(capsys.readouterr().out)


def test_list_tells_version_alias_cohort_information_skill_and_date(crowned, capsys):
    assert main(["models", "list", "--json"]) == 0
    newest, oldest = printed(capsys)
    assert (newest["version"], oldest["version"]) == ("2", "1")
    assert (newest["champion"], oldest["champion"]) == (True, False)
    assert (newest["cohort"], newest["information"]) == ("simulated", "evening")
    assert newest["skill_low"] <= newest["skill"] <= newest["skill_high"]
    assert newest["made"][:4].isdigit()
    assert main(["models", "list"]) == 0
    assert "champion" in capsys.readouterr().out


def test_show_gives_card_metrics_and_figures(crowned, capsys):
    assert main(["models", "show", f"models:/{NAME}@champion", "--json"]) == 0
    shown = printed(capsys)
    assert shown["version"] == "2"
    assert shown["card"].startswith("# Heavylegs: simulated, evening")
    assert shown["metrics"]["skill"] == pytest.approx(shown["skill"])
    assert [f.rsplit("/", 1)[-1] for f in shown["figures"]] == [
        "calibration.svg",
        "residuals_by_athlete.svg",
        "skill_ladder.svg",
    ]
    assert main(["models", "show", NAME]) == 0
    assert shown["card"] in capsys.readouterr().out  # unbroken


def test_rollback_gives_the_alias_back_and_remembers(crowned, capsys):
    assert main(["models", "rollback", NAME, "--json"]) == 0
    assert printed(capsys) == {"name": NAME, "champion": "1", "was": "2"}
    assert champions.champions()[NAME] == "1"
    assert registry.find(f"models:/{NAME}/2").tags["rolled_back"]
    while main(["models", "rollback", f"models:/{NAME}/2"]) == 0:  # whichever way the model is named
        pass
    assert f"{NAME} has had no champion before version" in told(capsys)


def test_promote_says_why_not_with_figures_and_exit_code_1(crowned, capsys):
    code = main(["promote", f"models:/{NAME}/1", "--store", "store", "--json"])
    verdict = printed(capsys)
    assert code == (0 if verdict["promoted"] else 1)
    assert verdict["champion"] == f"models:/{NAME}/2"
    assert {c["opponent"] for c in verdict["comparisons"]} >= {f"models:/{NAME}/2"}
    assert verdict["reason"] == registry.find(f"models:/{NAME}/1").tags["verdict"]


def test_promote_leaves_a_champion_where_it_is(crowned, capsys):
    assert main(["promote", f"models:/{NAME}@champion", "--store", "store"]) == 0
    assert "is the champion already" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["models", "show", f"models:/{NAME}/99"], "its versions are 1, 2"),
        (["models", "show", f"models:/{NAME}@king"], "no alias 'king'"),
        (["models", "show", "nobody"], f"there are {NAME}"),
        (["models", "rollback", "nobody"], f"there are {NAME}"),
        (["models", "show", "it's"], f"there are {NAME}"),
        (["promote", "runs:/abc/model", "--store", "store"], "no registered model"),
        (["promote", f"models:/{NAME}/1", "--store", "smaller"], "was trained on the cohort 'simulated'"),
        (["promote", f"models:/{NAME}/1", "--store", "nowhere"], "is not a store"),
    ],
    ids=lambda v: " ".join(v) if isinstance(v, list) else "",
)
def test_what_cannot_be_used_is_told_in_one_line_with_exit_code_2(crowned, capsys, arguments, words):
    assert main(arguments) == 2
    assert words in told(capsys)


def test_without_a_registry_nothing_is_made(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    assert main(["models", "list"]) == 2
    assert "train one" in told(capsys)
    assert not list(tmp_path.iterdir())


def test_review_gives_each_morning_to_the_champion_of_its_time(home, capsys):
    champions.crown(NAME, "2")  # learned up to 2024-02-12
    champions.crown(NAME, "1")  # learned from every morning there is: none is left for it
    assert main(["review", "--store", "store", "--json"]) == 0
    review = printed(capsys)
    assert list(review["by"]) == [f"models:/{NAME}/2"]
    assert review["first"] == "2024-02-13"
    assert review["n_days"] < 60


def test_what_the_page_on_mlflow_tells_to_type_in_python_works_when_pasted(crowned):
    shutil.copytree("store", "stores/soccermon")
    names: dict[str, object] = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        ours = block.replace("heavylegs-soccermon-evening", NAME).replace("2021-06", "2024-02")
        exec(compile(ours, str(PAGE), "exec"), names)  # noqa: S102  the page is ours
    told = names["model"].predict(names["matrix"].frame.assign(**names["whose"]).iloc[20:22])
    assert told["athlete_id"].tolist() == ["sim-0001"] * 2
    assert told["day"].tolist() == names["matrix"].keys["day"].iloc[20:22].tolist()
