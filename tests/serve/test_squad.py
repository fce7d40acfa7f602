"""Everybody's next morning: the same numbers as their forecasts, most worth a look first, on one page."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from heavylegs.data.cohort import Cohort
from heavylegs.data.errors import InputError
from heavylegs.data.own_scale import OwnScale
from heavylegs.data.store import Store
from heavylegs.features.factors import NAMED
from heavylegs.features.matrix import build_matrix
from heavylegs.models import artifact, starter
from heavylegs.models.forecaster import Forecaster
from heavylegs.serve.cli import main
from heavylegs.serve.engine import forecasts as everybodys
from heavylegs.serve.squad import Squad
from heavylegs.serve.squad import squad as everybody
from heavylegs.serve.squad_page import scale_sentence

from .browser import laid_out
from .daily import SILENT
from .streams import strict_json, told

SHARED = ["--store", "store", "--model", "model"]


@pytest.fixture(scope="module")
def home(squads_home):
    assert main(["squad", *SHARED, "--out", "page", "--reports", "2"]) == 0
    return squads_home


@pytest.fixture(scope="module")
def written(home):
    return strict_json(next((home / "page").glob("squad-*.json")).read_text())


@pytest.fixture(scope="module")
def page(home):
    return next((home / "page").glob("squad-*.html")).read_text()


@pytest.fixture(scope="module")
def forecasts(home, written):
    """What `predict` tells of the same morning, by athlete."""
    morning = written["morning"]
    assert main(["predict", *SHARED, "--from", morning, "--to", morning, "--out", "one.json"]) == 0
    return {row["athlete_id"]: row for row in strict_json((home / "one.json").read_text())}


def test_the_rows_are_the_forecasts_of_the_day_after_the_log(home, written, forecasts):
    last = Store("store").read(tables=["ratings"]).ratings["day"].max()
    assert pd.Timestamp(written["morning"]) == last + pd.Timedelta(days=1)
    told_of = [a for a in written["athletes"] if a["fatigue"] is not None]
    assert {a["athlete_id"] for a in told_of} == set(forecasts)
    for a in told_of:
        for name in ("fatigue", "low", "high", "own_usual", "p_bad_morning", "tier"):
            assert a[name] == forecasts[a["athlete_id"]][name]


def test_progress_comes_to_every_bucket_of_the_store(home):
    tables = Store("store").read().tables()
    alone = tables["athletes"].assign(group_id=None)  # members of a group share a bucket
    Store("alone").write(Cohort.from_tables("alone", tables | {"athletes": alone}))
    buckets, heard = len(Store("alone").buckets()), []
    list(everybodys(Store("alone"), artifact.load(Path("model")), progress=lambda *done: heard.append(done)))
    assert buckets > 1
    assert heard[-1] == (buckets, buckets)


def test_the_largest_chance_of_a_bad_morning_comes_first_and_those_without_a_forecast_last(written):
    chances = [a["p_bad_morning"] for a in written["athletes"] if a["fatigue"] is not None]
    assert chances == sorted(chances, reverse=True)
    without = written["athletes"][len(chances) :]
    silent = next(a for a in without if a["athlete_id"] == SILENT)
    assert (silent["tier"], silent["fatigue"], silent["report"]) == ("silent", None, "")
    assert "nothing is logged after" in silent["tier_reason"]


def test_weeks_are_the_means_of_the_mornings_reported_in_them(written):
    ratings = Store("store").read(tables=["ratings"]).ratings
    morning = pd.Timestamp(written["morning"])
    for a in written["athletes"]:
        own = ratings[ratings["athlete_id"] == a["athlete_id"]].set_index("day")["fatigue"]
        for key, back in (("last_week", 7), ("week_before", 14)):
            first = morning - pd.Timedelta(days=back)
            week = own[(own.index >= first) & (own.index < first + pd.Timedelta(days=7))]
            assert a[key]["mornings"] == len(week)
            assert a[key]["mean"] == (pytest.approx(week.mean()) if len(week) else None)


def test_reports_of_the_first_are_linked_from_the_page(home, written, page):
    links = re.findall(r'href="(heavylegs-[^"]+)"', page)
    assert links == [a["report"] for a in written["athletes"][:2]]
    assert all((home / "page" / link).is_file() for link in links)


def diary_of_two(path, told):
    """Return a store of Ann, who sleeps until 10 May where that is told, and Bob, of whom empty rows reach a month further."""
    slept = {"day": pd.date_range("2024-05-01", "2024-05-10"), "athlete_id": "ann"}
    empty = {"day": pd.date_range("2024-05-01", "2024-06-10"), "athlete_id": "bob"}
    rows = pd.concat([pd.DataFrame(slept).assign(sleep_h=7.0 if told else None), pd.DataFrame(empty)])
    Store(path).write(Cohort.from_tables("two", {"diary": rows.assign(training_logged=0.0)}))
    return Store(path)


def test_who_tells_nothing_stands_on_the_page_and_moves_no_morning(tmp_path):
    told = everybody(diary_of_two(tmp_path / "two", told=True), starter.load(), "starter")
    assert told.morning == date(2024, 5, 11)
    assert [a.athlete_id for a in told.athletes] == ["ann", "bob"]
    assert told.athletes[1].last_day == date(2024, 5, 10)


def test_a_store_whose_rows_tell_nothing_has_no_next_morning(tmp_path):
    with pytest.raises(InputError, match="holds no day of anybody"):
        everybody(diary_of_two(tmp_path / "two", told=False), starter.load(), "starter")


@pytest.mark.parametrize(
    ("scale", "words"),
    [
        (
            OwnScale(1, 5, -1, step=1.0),
            "a scale of 1 to 5, 1 the most tired: one point there is 2.5 points here.",
        ),
        (
            OwnScale(1, 5, 1, step=0.5),
            "a scale of 1 to 5, 5 the most tired: one point there is 2.5 points here.",
        ),
        (OwnScale(0, 100, 1, step=1.0), "a scale of 0 to 100, 100 the most tired."),
        (OwnScale(0, 10, 1, step=1.0), ""),
        (None, ""),
    ],
)
def test_the_page_tells_what_a_point_of_the_squads_own_scale_is(page, home, scale, words):
    assert (
        "The squad answers on a scale of 1 to 7, 7 the most tired: one point there is 1.7 points here."
        in page
    )
    told = Squad("club", date(2024, 5, 1), "evening", "m", "", scale, ())
    assert scale_sentence(told) == (words and f"The squad answers on {words}")


def test_a_terminal_tells_below_the_table_who_has_no_forecast_and_why(home, capsys):
    assert main(["squad", *SHARED]) == 0
    text = capsys.readouterr().out
    assert SILENT not in text.split("the chance to wake")[0]
    assert f"no forecast for {SILENT}: nothing is logged after" in text


def test_the_two_clear_factors_that_moved_most_are_told(written, forecasts):
    assert any(a["moved"] for a in written["athletes"])
    for a in written["athletes"]:
        told = forecasts.get(a["athlete_id"], {"unclear": ""})
        clear = {f: p for f in NAMED if f not in told["unclear"].split() and (p := told.get(f)) is not None}
        most = sorted(clear, key=lambda factor: -abs(clear[factor]))[:2]
        assert list(a["moved"].items()) == [(factor, clear[factor]) for factor in most]


def test_a_past_morning_can_be_looked_at_again(home, capsys):
    assert main(["squad", *SHARED, "--morning", "2024-04-10", "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["morning"], again["files"]) == ("2024-04-10", [])
    assert all(a["tier"] != "silent" for a in again["athletes"])


def test_with_the_night_known_the_morning_is_that_of_the_last_day_itself(home):
    store = Store("store")
    model = Forecaster.fit(build_matrix(store.read(), "morning").labelled(), trees=5)
    last = store.read(tables=["ratings"]).ratings["day"].max()
    told = everybody(store, model, "here")
    assert told.morning == last.date()
    # Such a model has learned no chance of a bad morning: who is furthest above the own usual comes first.
    above = [a.fatigue - a.own_usual for a in told.athletes if a.told]
    assert not any(a.p_bad_morning for a in told.athletes)
    assert above == sorted(above, reverse=True)


def test_one_who_is_days_ahead_leaves_nobody_without_a_forecast(tmp_path):
    days = pd.Timestamp("2024-05-10") + pd.to_timedelta([0, 0, 0, 3, -20], "D")
    diary = pd.DataFrame({"athlete_id": ["ann", "bob", "cid", "dot", "eva"], "day": days, "sleep_h": 7.0})
    Store(tmp_path / "five").write(Cohort.from_tables("five", {"diary": diary}))
    told = everybody(Store(tmp_path / "five"), starter.load(), "starter")
    assert told.morning == date(2024, 5, 11)
    assert {a.athlete_id for a in told.athletes if a.tier == "silent"} == {"dot", "eva"}


def test_where_too_few_mornings_taught_a_chance_the_starters_is_told(home):
    store, other = Store("store"), starter.load()
    own = Forecaster.fit(build_matrix(store.read()).labelled(), trees=5)
    for share, expected in ((0.5, True), (0.0, False)):
        told = everybody(store, replace(own, starter=other, starter_share=share), "here")
        assert all((a.p_bad_morning is not None) is expected for a in told.athletes if a.told)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_fits_a_phone_and_a_desk(page, tmp_path, width):
    scroll, client = laid_out(tmp_path, {"squad": page}, width)["squad"]
    assert scroll <= client


def test_a_morning_that_nobody_logged_the_day_before_is_refused(home, capsys):
    assert main(["squad", *SHARED, "--morning", "2030-01-01"]) == 2
    assert "holds nobody's 2029-12-31 (the log covers 2024-01-08 to" in told(capsys)


def test_who_has_been_tired_for_two_weeks_is_named_with_the_articles_rule(home, capsys):
    cohort = Store("store").read()
    last = cohort.ratings["day"].max()
    late = (cohort.ratings["athlete_id"] == "sim-0002") & (
        cohort.ratings["day"] > last - pd.Timedelta(days=14)
    )
    tired = cohort.ratings.assign(fatigue=cohort.ratings["fatigue"].mask(late, 9.0))
    Store("tired").write(replace(cohort, ratings=tired))
    assert main(["squad", "--store", "tired", "--model", "model", "--out", "tired-page", "--json"]) == 0
    people = {a["athlete_id"]: a["signs"] for a in strict_json(capsys.readouterr().out)["athletes"]}
    assert set(people["sim-0002"]) == {"overtraining", "extreme_fatigue"}
    assert not any(signs for who, signs in people.items() if who != "sim-0002")
    page = next(Path("tired-page").glob("squad-*.html")).read_text()
    assert re.search(
        r"sim-0002</bdi></b>: Tired for two weeks and more \(\d+ rated mornings in 14 days", page
    )
    assert "When to see a doctor" in page
