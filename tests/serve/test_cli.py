"""The command line as a user meets it: the whole path, and one clear line where it cannot go on."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import typer
from heavylegs.data.cohort import Cohort
from heavylegs.data.simulate import simulate
from heavylegs.data.store import Store
from heavylegs.features.factors import NAMED
from heavylegs.models import starter
from heavylegs.serve import cli
from heavylegs.serve.accuracy_page import page
from heavylegs.serve.chosen import said_of
from heavylegs.serve.cli import main
from heavylegs.training import registry

from .streams import told

QUICK = ["--params", "quick.json"]


@pytest.fixture(scope="module")
def home(workplace):
    assert main(["simulate", "--store", "store", "--athletes", "8", "--days", "100"]) == 0
    Path("quick.json").write_text('{"trees": 20}')
    assert main(["train", "--store", "store", *QUICK, "--json"]) == 0
    assert main(["simulate", "--store", "one", "--athletes", "1", "--days", "30"]) == 0
    shutil.copytree(Path(starter.__file__).with_name("starter"), "broken")
    (workplace / "broken" / "trees-0-0.txt").write_text("tree\n")
    (workplace / "empty").mkdir()
    Store("nobody").write(Cohort.from_tables("own", {}))
    without_a_day = pd.DataFrame({"athlete_id": ["bob", "eve"]})
    Store("idle").write(Cohort.from_tables("own", {"athletes": without_a_day}))
    nights = pd.DataFrame(
        {"athlete_id": "bob", "day": pd.date_range("2024-03-01", periods=9), "sleep_h": 7.0}
    )
    Store("unrated").write(Cohort.from_tables("own", {"diary": nights}))
    words = ["--athlete", "bob", "--date", "2024-03-01", "--scale", "1-5", "fatigue=3"]
    assert main(["note", "--store", "first", *words]) == 0
    return workplace


def test_evaluate_writes_a_flat_list_of_records(home, capsys):
    assert main(["evaluate", "--store", "store", "--protocol", "known", *QUICK, "--json", "ladder.json"]) == 0
    records = json.loads((home / "ladder.json").read_text())
    assert "heavylegs" in {r["model"] for r in records}
    assert "RMSE" in capsys.readouterr().out
    row = next(
        line for line in page([records], "of today").splitlines() if line.startswith("| simulated, known")
    )
    ours = next(r for r in records if r["model"] == "heavylegs")
    for figure in (
        "last 30 % of each",
        "evening",
        ours["best_baseline"],
        f"{ours['rmse']:.4f}",
        "lightgbm_all",
    ):
        assert figure in row


@pytest.mark.parametrize(
    ("group", "first", "words"),
    [
        ([], "import", "and whether a simple rule did as well."),
        (["import"], "activities", "in folders and zip archives."),
        (["audit"], "attribution", "and for what must hold on any."),
    ],
)
def test_help_lists_commands_in_the_order_of_their_use_with_whole_sentences(capsys, group, first, words):
    assert main([*group, "--help"]) == 0
    listed = capsys.readouterr().out.partition("Commands:\n")[2]
    assert listed.split()[0] == first
    assert words in " ".join(listed.split())
    assert "..." not in listed


@pytest.mark.parametrize("command", [["check"], ["predict", "--out", "silent.csv"], ["squad"]])
def test_where_nobody_rated_a_morning_the_way_to_a_first_forecast_is_told(home, capsys, command):
    assert main([*command, "--store", "unrated"]) == 0
    assert "no morning is rated, and nobody has a forecast before their third rating: import" in " ".join(
        capsys.readouterr().out.split()
    )


def test_too_few_people_for_a_champion_are_not_sent_to_train_and_keep_the_starter_until_it_is_beaten(
    home, capsys
):
    Store("alone").write(replace(simulate(athletes=1, days=90, seed=4).cohort, name="alone"))
    predict = ["predict", "--store", "alone", "--out", "alone.csv"]
    assert main(predict) == 0
    assert (
        "By the starter, a model of other people: on 16 people whom it never met" in capsys.readouterr().out
    )
    assert main(["train", "--store", "alone", *QUICK]) == 0
    capsys.readouterr()
    assert main(predict) == 0
    own = "models:/heavylegs-alone-evening/1"
    assert (
        f"By the starter, a model of other people, which {own} of their own has not beaten"
        in capsys.readouterr().out
    )
    assert main([*predict, "--model", own]) == 0
    assert "starter" not in capsys.readouterr().out


def test_a_model_that_is_used_without_being_champion_says_so(home):
    store, newest = Store("store"), "models:/heavylegs-store-evening/9"
    assert f"{newest} is the newest model and no champion" in said_of(store, starter.load(), newest, None)
    assert said_of(store, starter.load(), newest, asked=newest) == ""
    assert said_of(store, starter.load(), "models:/heavylegs-store-evening@champion", None) == ""


def test_a_model_of_another_store_of_the_same_name_is_neither_used_unasked_nor_joined(home, capsys):
    made = simulate(athletes=5, days=60, seed=2).cohort  # of the name that the trained store has
    strangers = {
        name: t.assign(athlete_id=t["athlete_id"].str.replace("sim", "other")) if "athlete_id" in t else t
        for name, t in made.tables().items()
    }
    Store("others").write(Cohort.from_tables(made.name, strangers))
    for command in (["predict", "--out", "others.csv"], ["train", *QUICK]):
        assert main([*command, "--store", "others"]) == 2
        assert "learned from none of the people in this store" in " ".join(capsys.readouterr().err.split())
    assert not (home / "others.csv").exists()
    newest = str(registry.uri_of(registry.newest(made.name, "evening")))
    for model in ("starter", newest):
        assert main(["predict", "--store", "others", "--out", "others.csv", "--model", model]) == 0


def test_evaluate_prints_tables_that_fit_100_columns(home, capsys, monkeypatch):
    from heavylegs.serve import console

    monkeypatch.setattr(console.out, "_width", 100)
    assert main(["evaluate", "--store", "store", "--protocol", "new", "--folds", "2", *QUICK]) == 0
    printed = capsys.readouterr().out
    for words in (
        "lightgbm_own_history",
        "lightgbm_all (peer)",
        "Intervals at 90%",
        "mornings reported so far",
    ):
        assert words in printed
    assert "…" not in printed
    assert max(len(line) for line in printed.splitlines()) <= 100


def test_predict_writes_forecasts_whose_parts_add_up(home):
    arguments = ["--from", "2024-04-01", "--to", "2024-04-14", "--out", "f.parquet"]
    assert main(["predict", "--store", "store", *arguments]) == 0
    frame = pd.read_parquet(home / "f.parquet")
    assert frame["morning"].min() == pd.Timestamp("2024-04-01")
    assert frame["morning"].max() == pd.Timestamp("2024-04-14")
    parts = frame[["usual_level", *NAMED, "everything_else"]].sum(axis=1)
    np.testing.assert_allclose(parts, frame["forecast_sum"], atol=1e-6)
    assert frame[["fatigue", "low", "high"]].stack().between(0, 10).all()
    assert ((frame["low"] <= frame["fatigue"]) & (frame["fatigue"] <= frame["high"])).all()


def test_predict_writes_the_same_table_for_programs_and_for_spreadsheets(home, capsys):
    for kind in ("parquet", "csv", "json"):
        arguments = ["--from", "2024-04-14", "--to", "2024-04-20", "--out", f"same.{kind}"]
        assert main(["predict", "--store", "store", *arguments]) == 0
    assert "of the time that the model learned from, see learned" in capsys.readouterr().out
    whole = pd.read_parquet("same.parquet")
    sheet = pd.read_csv("same.csv", encoding="utf-8-sig", parse_dates=["day", "morning"])
    objects = pd.DataFrame(json.loads(Path("same.json").read_text(encoding="utf-8")))
    assert list(sheet) == list(objects) == list(whole)
    assert objects["morning"].iloc[0] == str(whole["morning"].iloc[0].date())
    for name in ("fatigue", "low", "p_bad_morning", *NAMED):
        for other in (sheet, objects):
            np.testing.assert_array_equal(other[name].astype(float), whole[name])
    last = whole["morning"].max()
    assert whole.loc[whole["morning"] < last, "learned"].all()
    assert not whole.loc[whole["morning"] == last, "learned"].any()


def test_predict_measures_points_from_the_reference_asked_for(home):
    for reference in ("usual", "cohort"):
        arguments = ["--from", "2024-04-01", "--to", "2024-04-07", "--reference", reference]
        assert main(["predict", "--store", "store", *arguments, "--out", f"{reference}.parquet"]) == 0
    usual, cohort = (pd.read_parquet(home / f"{name}.parquet") for name in ("usual", "cohort"))
    assert set(usual["reference"]) == {"usual"}
    assert set(cohort["reference"]) == {"cohort"}
    assert cohort["reference_level"].nunique() == 1
    assert usual["reference_level"].std() > 0.1
    np.testing.assert_array_equal(usual["fatigue"], cohort["fatigue"])
    for frame in (usual, cohort):
        parts = frame[["usual_level", *NAMED, "everything_else"]].sum(axis=1)
        np.testing.assert_allclose(parts, frame["forecast_sum"], atol=1e-6)
    assert set(" ".join(usual["unclear"]).split()) <= set(NAMED)


def test_explain_a_run_and_a_day_give_the_same_page(home, capsys):
    runs = pd.read_parquet(next((home / "store").glob("activities-*.parquet")))
    run = runs[runs["sport"] == "running"].iloc[-1]
    assert (
        main(["explain", "--store", "store", "--activity", run["activity_id"], "--out", "a", "--json"]) == 0
    )
    by_run = json.loads(capsys.readouterr().out)
    day = str(run["day"].date())
    assert (
        main(["explain", "--store", "store", "--athlete", run["athlete_id"], "--date", day, "--out", "b"])
        == 0
    )
    page = next((home / "a").glob("*.html")).read_text()
    assert page == next((home / "b").glob("*.html")).read_text()
    morning = str(run["day"].date() + timedelta(days=1))
    again = ["--athlete", run["athlete_id"], "--morning", morning, "--out", "c"]
    assert main(["explain", "--store", "store", *again]) == 0
    assert page == next((home / "c").glob("*.html")).read_text()
    points = [by_run["usual_level"], by_run["everything_else"], *by_run["factors"]]
    assert sum(p["points"] for p in points) == pytest.approx(by_run["fatigue_raw"], abs=1e-6)
    assert by_run["reference"] == "usual"
    for factor in by_run["factors"]:
        assert factor["low"] <= factor["points"] <= factor["high"]
        values = sum(v["points"] for v in factor["values"])
        assert values == pytest.approx(factor["points"], abs=1e-6)


def test_effects_writes_a_page_json_and_shaps_own_plots(home, capsys):
    assert main(["effects", "--store", "store", "--out", "effects", "--shap-plots", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [p.rsplit("/", 1)[-1] for p in told["files"]] == [
        "effects.html",
        "effects.json",
        "beeswarm.png",
        "bar.png",
    ]
    assert told["athletes"] == 8
    for file in told["files"]:
        assert (home / file).stat().st_size > 1_000


def test_check_prints_json_alone(home, capsys):
    assert main(["check", "--store", "store", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["totals"]["athletes"] == 8


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["import", "pmdata", "nowhere", "--store", "s"], "nowhere"),
        (["import", "soccermon", ".", "--store", "s"], "not SoccerMon"),
        (["check", "--store", "nowhere"], "is not a store"),
        (
            ["squad", "--store", "store", "--reports", "0"],
            "--reports cannot be heeded without --out (add --out DIR)",
        ),
        (
            ["review", "kept.csv", "--store", "store", "--information", "morning"],
            "--information cannot be heeded beside files (files tell what a model forecast, and from which",
        ),
        (
            ["review", "kept.csv", "--store", "store", "--model", "m", "--information", "evening"],
            "--model and --information cannot be heeded beside files",
        ),
        (
            ["import", "table", "--guess", "d.csv", "--map", "m.toml", "--store", "s", "--json"],
            "--map, --store and --json cannot be heeded beside --guess (leave it out: --guess prints a map",
        ),
        (
            ["import", "table", "d.csv", "--map", "m.toml", "--store", "s", "--as", "diary"],
            "--as cannot be heeded without --guess",
        ),
        (
            ["train", "--store", "store", "--tuned", "--params", "p.json"],
            "--params cannot be heeded beside --tuned (leave one out)",
        ),
        (["train", "--store", "store", "--information", "noon"], "one of evening, morning"),
        (["train", "--store", "store", "--until", "yesterday"], "YYYY-MM-DD"),
        (
            ["train", "--store", "store", "--until", "2001-01-01"],
            "no rated morning up to then (choose a later day)",
        ),
        (["evaluate", "--store", "store", "--protocol", "old"], "one of known, new"),
        (["evaluate", "--store", "store", "--cutoff", "2031-01-01"], "to forecast"),
        (["evaluate", "--store", "store", "--folds", "loo"], "protocol new"),
        (["evaluate", "--store", "store", "--protocol", "new", "--folds", "some"], "or loo"),
        (["evaluate", "--store", "store", "--blocks", "0"], "at least 1"),
        (["predict", "--store", "store", "--out", "x.parquet", "--from", "2031-01-01"], "no morning"),
        (["predict", "--store", "store", "--out", "x.parquet", "--model", "models:/x/1"], "no model"),
        (["predict", "--store", "store", "--out", "x.parquet", "--information", "morning"], "train one"),
        (["explain", "--store", "store", "--out", "r"], "tell whose with --athlete"),
        (
            ["explain", "--store", "store", "--out", "r", "--activity", "a", "--athlete", "sim-0001"],
            "leave out --athlete",
        ),
        (
            ["explain", "--store", "one", "--out", "r", "--date", "2024-03-01", "--morning", "2024-03-02"],
            "either --date DATE or --morning DATE",
        ),
        (["explain", "--store", "nobody", "--out", "r"], "holds no day"),
        (["check", "--store", "nowhere", "--html", "store"], "store: cannot be written: it is a folder"),
        (
            ["predict", "--store", "store", "--out", "x.parquet", "--reference", "mine"],
            "one of usual, cohort",
        ),
        (["explain", "--store", "store", "--out", "r", "--activity", "sim-x"], "no activity"),
        (["explain", "--store", "store", "--out", "r", "--athlete", "bob", "--date", "2024-03-01"], "bob"),
        (
            ["explain", "--store", "store", "--out", "r", "--athlete", "sim-0001", "--date", "2031-03-01"],
            "covers",
        ),
        (["simulate", "--store", "store", "--athletes", "0"], "athletes"),
        (["evaluate", "--store", "store", "--blocks", "2", "--every", "7"], "--blocks or --every"),
        (["evaluate", "--store", "store", "--protocol", "new", "--folds", "1"], "at least 2"),
        (["evaluate", "--store", "one", "--protocol", "new"], "use --protocol known"),
        (["audit", "attribution", "--store", "one", "--json", "x.parquet"], "at least four athletes"),
        (["audit", "attribution", "--store", "store", "--part", "luck"], "one of truth"),
        (["effects", "--store", "store", "--out", "s", "--model", "nowhere"], "no model at nowhere"),
        (["predict", "--store", "store", "--out", "x.parquet", "--model", "broken"], "trees-0-0.txt"),
        (
            [
                "predict",
                "--store",
                "one",
                "--out",
                "x.parquet",
                "--model",
                "starter",
                "--information",
                "morning",
            ],
            "evening information, not morning",
        ),
        (["evaluate", "--store", "store", "--json", "store"], "it is a folder"),
        (["evaluate", "--store", "store", "--json", "store/store.json/x.json"], "store.json is a file"),
        (["demo", "--out", "store/store.json"], "store.json is a file"),
        (["quarantine", "list", "--store", "s"], "is not a store"),
        (["import", "activities", "empty", "--athlete", "me", "--store", "s"], "holds no file"),
        (
            ["train", "--store", "store", "--params", "nowhere.json"],
            "No such file or directory (heavylegs tune",
        ),
        (
            ["predict", "--store", "store", "--out", "x.xlsx"],
            "x.xlsx: is of no kind that tables are written as",
        ),
        (["train", "--store", "nobody"], "cohort own holds nobody"),
        (["train", "--store", "idle"], "cohort own has no rated morning"),
        (
            ["train", "--store", "one"],
            "to judge by are too few (30 and 1 at least: import more; until then predict",
        ),
        (["evaluate", "--store", "idle", "--protocol", "new"], "cohort own has no rated morning"),
        *(
            ([*command, "--store", "first"], "1 morning is rated, but none has the day before it in the log")
            for command in (["train"], ["evaluate"], ["evaluate", "--protocol", "new"])
        ),
        *(
            (
                [*command, "--store", store],
                f"{store}: holds no day of {whose} yet (import activities, and a diary",
            )
            for command in (
                ["check"],
                ["check", "--json"],
                ["features", "coverage"],
                ["predict", "--out", "x.parquet"],
                ["squad", "--out", "s"],
                ["effects", "--out", "s"],
                ["review"],
            )
            for store, whose in (("idle", "anybody"), ("nobody", "an athlete"))
        ),
        (
            ["effects", "--store", "unrated", "--out", "s"],
            "no morning is rated, and nobody has a forecast before",
        ),
        (["review", "--store", "unrated"], "no morning is rated, and nobody has a forecast before"),
        (
            ["explain", "--store", "idle", "--out", "r", "--athlete", "bob", "--date", "2024-03-01"],
            "it is empty",
        ),
        (["evaluate", "--store", "nobody"], "cohort own holds nobody"),
        (["tune", "--store", "nobody"], "cohort own holds nobody"),
        (["audit", "attribution", "--store", "nobody"], "cohort own holds nobody"),
        (["import", "activities", "broken", "--athlete", " ", "--store", "s"], "an athlete has no name"),
        (["fly"], "fly"),
    ],
    ids=lambda v: " ".join(v) if isinstance(v, list) else "",
)
def test_what_cannot_be_used_is_told_in_one_line_with_exit_code_2(home, capsys, arguments, words):
    assert main(arguments) == 2
    assert words in told(capsys)
    assert not (home / "s").exists()
    assert not (home / "x.parquet").exists()


def commands(group: typer.core.TyperGroup, path: tuple[str, ...] = ()) -> list[str]:
    """Every command there is, those within groups too."""
    found = []
    for name, command in group.commands.items():
        inner = hasattr(command, "commands")
        found += commands(command, (*path, name)) if inner else [" ".join((*path, name))]
    return found


cli._register()


@pytest.mark.parametrize("command", commands(typer.main.get_command(cli.app)))
def test_every_command_has_help_with_an_example(command, capsys):
    assert main([*command.split(), "--help"]) == 0
    text = capsys.readouterr().out
    assert "Usage: heavylegs " + command in text
    assert f"Example: heavylegs {command}" in text


def test_the_command_line_wakes_up_without_its_heavy_libraries():
    import subprocess
    import sys

    code = (
        "import sys; from heavylegs.serve.cli import _register; _register();"
        "print([m for m in ('mlflow', 'shap', 'lightgbm', 'sklearn', 'pandera', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
