"""What-ifs as a runner and a coach ask for them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest
from heavylegs.data.ahead import last_day, reaching
from heavylegs.data.athlete_day import AthleteDay
from heavylegs.data.changes import parse_change
from heavylegs.data.errors import InputError
from heavylegs.data.plans import Plan
from heavylegs.data.store import Store
from heavylegs.data.usual_changes import usual_changes
from heavylegs.features.held import held_days
from heavylegs.features.matrix import matrix_of
from heavylegs.models import artifact
from heavylegs.models.what_if import Log
from heavylegs.serve.cli import main
from heavylegs.serve.engine import forecast_frame
from heavylegs.serve.explain import explain
from heavylegs.serve.report import render_html
from heavylegs.serve.what_if import AS_LOGGED, changed, planned, single_changes

from .explanations import explain as explanation
from .streams import strict_json

RUNNER = "sim-0002"
ASK = ["what-if", "--store", "store", "--model", "model", "--athlete", RUNNER]
MONOTONE = ("sleep_h=+1", "fluid_ml=+1000", "temperature_c=-10", "hills=0%")


@pytest.fixture(scope="module")
def home(squads_home):
    return squads_home


@pytest.fixture(scope="module")
def cohort(home):
    return Store("store").read()


@pytest.fixture(scope="module")
def model(home):
    return artifact.load(home / "model")


@pytest.fixture(scope="module")
def log(cohort, model):
    return Log.of(cohort, model, RUNNER)


@pytest.fixture(scope="module")
def run_day(cohort) -> date:
    """Return a day of one run of a runner who has logged three months."""
    runs = cohort.activities[(cohort.activities["athlete_id"] == RUNNER)]
    alone = runs.groupby("day").filter(lambda day: len(day) == 1 and (day["sport"] == "running").all())
    slept = cohort.diary[(cohort.diary["athlete_id"] == RUNNER) & cohort.diary["sleep_h"].notna()]
    return alone.loc[alone["day"].isin(slept["day"]), "day"].iloc[-5].date()


@pytest.fixture(scope="module")
def last(cohort) -> date:
    return last_day(cohort, RUNNER).date()


def test_a_change_to_what_is_logged_moves_nothing(cohort, model, log, run_day):
    slept = log.who(run_day).logged(log.cohort, "sleep_h")
    same = changed(cohort, model, RUNNER, run_day, [f"sleep_h={slept}", "distance_km=100%", "hills=100%"])
    assert [w.points for w in same.what_ifs] == [0.0] * 4
    assert not any(w.heard for w in same.what_ifs)


def test_what_ifs_stand_beside_the_forecast_that_is_explained(cohort, model, run_day):
    told = changed(cohort, model, RUNNER, run_day)
    page = explain(cohort, model, RUNNER, run_day)
    assert told.fatigue == page.fatigue
    assert {w.change: w.points for w in page.what_ifs} == {
        w.change: pytest.approx(w.points, abs=1e-9) for w in told.what_ifs if w.heard
    }
    for what in told.what_ifs:
        assert sum(what.parts.values()) == pytest.approx(what.points, abs=1e-6)
        assert what.low <= what.fatigue <= what.high


def test_a_change_of_a_day_leaves_all_days_before_as_they_were(log, run_day):
    place = log.at(run_day)
    names = log.model.input_names
    for change in usual_changes(log.cohort, log.who(run_day)):
        days = held_days(log.days, change.alter(log.cohort), RUNNER)
        frame = matrix_of(days, log.mine.catalog, log.mine.information).frame
        assert frame[names].iloc[:place].equals(log.mine.frame[names].iloc[:place]), change.title
        assert len(frame) == len(log.mine)


@pytest.mark.parametrize("text", MONOTONE)
def test_what_physiology_is_sure_of_never_goes_the_wrong_way(cohort, model, text):
    asked = 0
    for athlete in cohort.athletes["athlete_id"].iloc[:4]:
        mine = Log.of(cohort, model, athlete)
        for place in (40, 58, 76):
            day = mine.mine.day[place].item()
            try:
                change = parse_change(text, mine.cohort, mine.who(day))
            except InputError:
                continue
            (moved,) = mine.moved(day, mine.altered(day, [change.alter]))
            assert moved.difference <= 1e-9
            asked += 1
    assert asked


def test_no_run_is_further_from_the_run_than_half_of_it(cohort, model, run_day):
    told = {w.change.split(" (")[0]: w for w in changed(cohort, model, RUNNER, run_day).what_ifs}
    assert told["no run"].points < told["run half as far"].points < 0
    assert sum(told["no run"].parts.values()) == pytest.approx(told["no run"].points, abs=1e-6)


def test_several_changes_are_told_alone_and_together(cohort, model, run_day):
    sleep, run, both = changed(cohort, model, RUNNER, run_day, ["sleep_h=9", "distance_km=50%"]).what_ifs
    assert both.change == "all together"
    assert sleep.change.startswith("sleep (")
    assert run.change.startswith("distance (")
    assert both.points <= min(sleep.points, run.points) < 0


def test_a_day_too_early_has_no_forecast_and_nothing_to_change(cohort, model):
    early = cohort.ratings.loc[cohort.ratings["athlete_id"] == RUNNER, "day"].min().date()
    told = changed(cohort, model, RUNNER, early)
    assert (told.tier, told.fatigue, told.what_ifs) == ("not_yet", None, ())
    told = planned(cohort, model, RUNNER, early, [Plan.parse("10 km in 1:00 at 5")])
    assert (told.tier, told.fatigue, told.what_ifs) == ("not_yet", None, ())


def test_plans_stand_beside_a_rest_day_and_the_day_as_it_was(cohort, model, run_day):
    plans = [Plan.parse("25 km in 2:30 at 8"), Plan.parse("6 km in 40 min at 3")]
    told = planned(cohort, model, RUNNER, run_day, plans)
    logged, hard, easy = told.what_ifs
    assert logged.change == AS_LOGGED
    assert logged.fatigue == pytest.approx(explain(cohort, model, RUNNER, run_day).fatigue, abs=1e-6)
    assert hard.points > easy.points > 0
    without = changed(cohort, model, RUNNER, run_day, ["training=0%"]).what_ifs[0]
    assert (told.morning, told.rated_until) == (run_day + timedelta(days=1), run_day)
    assert told.fatigue == pytest.approx(without.fatigue, abs=1e-6)


def test_no_answer_leaves_the_scale(cohort, model, run_day):
    late = (cohort.ratings["athlete_id"] == RUNNER) & (
        cohort.ratings["day"] > pd.Timestamp(run_day) - pd.Timedelta(days=28)
    )
    worn = replace(cohort, ratings=cohort.ratings.assign(fatigue=cohort.ratings["fatigue"].mask(late, 10.0)))
    told = planned(worn, model, RUNNER, run_day, [Plan.parse("60 km in 8:00 at 10, 38 C")])
    hard = told.what_ifs[-1]
    assert told.fatigue + hard.points > 10 == hard.fatigue


def test_a_plan_for_a_day_ahead_tells_what_is_not_known(cohort, model, last):
    plan = Plan.parse("18 km in 1:45 at 7")
    told = planned(cohort, model, RUNNER, last + timedelta(days=3), [plan])
    assert told.what_ifs[0].points > 0
    assert any("mornings of" in words for words in told.not_known)
    assert told.rated_until == cohort.ratings.loc[cohort.ratings["athlete_id"] == RUNNER, "day"].max().date()
    assert "the night" in told.not_known
    between = [last + timedelta(days=n) for n in (1, 2)]
    assert told.taken[0] == f"training of {between[0]} to {between[1]} as a week before"


def test_ranges_of_days_ahead_are_wider_than_those_of_the_next_morning(cohort, model, last):
    day, plan = last + timedelta(days=6), Plan.parse("18 km in 1:45 at 7")
    told = planned(cohort, model, RUNNER, day, [plan])
    log = Log.of(reaching(cohort, AthleteDay(RUNNER, day)), model, RUNNER)
    near = forecast_frame(model, log.row(day), log.mine).iloc[0]
    assert near["low"] > 0
    assert told.fatigue - told.low == pytest.approx(1.1 * (near["fatigue"] - near["low"]))
    assert told.high - told.fatigue == pytest.approx(1.1 * (near["high"] - near["fatigue"]))
    [what] = told.what_ifs
    assert what.low < what.fatigue < what.high


def test_a_model_that_hears_nothing_of_a_change_says_so(home, cohort, run_day, capsys):
    starter = [*ASK[:3], "--model", "starter", "--athlete", RUNNER, "--date", str(run_day)]
    assert main([*starter, "--set", "iron_mg=30"]) == 0
    text = capsys.readouterr().out
    assert "Nothing that this model hears of that day changes with: iron mg" in text
    assert "moves it by" not in text


def test_the_command_tells_tables_and_json(home, run_day, capsys):
    assert main([*ASK, "--date", str(run_day)]) == 0
    text = capsys.readouterr().out
    assert "no run" in text
    assert "no advice, and no proof of cause" in text
    assert main([*ASK, "--date", str(run_day), "--run", "10 km in 1:00 at 4", "--json"]) == 0
    data = strict_json(capsys.readouterr().out)
    assert data["compared_with"] == "rest"
    assert [w["change"] for w in data["what_ifs"]] == [AS_LOGGED, "10 km in 1:00 at 4"]
    assert sum(data["what_ifs"][1]["parts"].values()) == pytest.approx(
        data["what_ifs"][1]["points"], abs=1e-6
    )


def test_the_forecast_is_told_on_the_own_scale_and_what_a_point_there_is_below(
    home, cohort, model, run_day, capsys
):
    told = changed(cohort, model, RUNNER, run_day)
    assert (told.own_scale.minimum, told.own_scale.maximum) == (1, 7)
    assert main([*ASK, "--date", str(run_day)]) == 0
    own = capsys.readouterr().out.splitlines()[1]
    native = 1 + 0.6 * told.fatigue
    assert own.startswith(f"On your own scale (1 to 7, 7 the most tired) that is {native:.1f} (usually ")
    assert own.endswith("; one point there is 1.7 points here.")
    on_points = replace(cohort, ratings=cohort.ratings.assign(scale_min=0.0, scale_max=10.0))
    assert changed(on_points, model, RUNNER, run_day).own_scale.is_canonical


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        (["--run", "10 km in 1:00 at 4"], "tell which day (either --date DATE or --morning DATE)"),
        (["--date", "2024-03-01", "--morning", "2024-03-02"], "tell which day"),
        (["--date", "2030-03-01"], "does not hold 2030-03-01"),
        (["--date", "2030-03-01", "--set", "sleep_h=+1"], "does not hold 2030-03-01"),
        (["--date", "2030-03-01", "--run", "10 km in 1:00 at 4"], "is no day to plan for sim-0002"),
        (["--date", "2024-03-01", "--run", "10 km"], "it does not tell how long it lasts"),
        (["--date", "2024-03-01", "--set", "slep_h=8"], "the nearest is sleep_h"),
        (["--date", "2024-03-01", "--set", "sleep_h=80"], "80 is impossible"),
        (["--date", "2024-03-01", "--set", "sleep_h=8", "--run", "10 km in 1:00 at 4"], "not asked together"),
    ],
)
def test_what_cannot_be_asked_is_one_line_and_exit_code_2(home, capsys, asked, line):
    assert main([*ASK, *asked]) == 2
    error = capsys.readouterr().err
    assert line in error
    assert error.count("\n") == 1


def section(page: str) -> str:
    """Return what a reader sees of the page's what-ifs, "" where it has none."""
    found = re.search(r'<section aria-labelledby="what-if">.*?</section>', page, re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else ""


def test_the_page_tells_the_changes_that_move_most_and_names_those_that_hardly_do(cohort, model, run_day):
    page = explain(cohort, model, RUNNER, run_day)
    moved = [abs(w.points) for w in page.what_ifs]
    assert moved == sorted(moved, reverse=True)
    text = section(render_html(page))
    assert text.startswith("What would have moved the forecast")
    assert text.index("no run") < text.index("run half as far")
    small = replace(page, what_ifs=tuple(w for w in page.what_ifs if abs(w.points) < 0.05))
    assert not small.what_ifs or "No single change that was tried" in section(render_html(small))


def test_the_page_says_unclear_and_leaves_the_section_out_where_nothing_is_heard(log, run_day):
    one = single_changes(log, run_day)[0]
    page = explanation({"heat_stress": 0.4}, what_ifs=(replace(one, unclear=True),))
    assert "(unclear)" in section(render_html(page))
    assert section(render_html(explanation({"heat_stress": 0.4}))) == ""
