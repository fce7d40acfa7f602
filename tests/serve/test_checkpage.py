"""The page of the check: everything on it is in the data, and nothing of the data breaks it."""

from __future__ import annotations

import html
import re
from datetime import date
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.check import check_cohort, check_store
from heavylegs.data.cohort import Cohort
from heavylegs.data.errors import InputError
from heavylegs.data.store import Store
from heavylegs.serve.checkpage import CALENDARS, render_check_page, write_check_page

from .browser import WIDTHS, laid_out

TODAY = date(2024, 6, 1)
ODD = '<b onload="x">&\u202e anna'


def cohort(people: list[str], first: str = "2023-11-20", length: int = 100) -> Cohort:
    days = pd.date_range(first, periods=length, unit="us")
    rng = np.random.default_rng(5)
    ratings, diary, runs = [], [], []
    for who in people:
        tired = rng.uniform(1, 9, len(days))
        scale = {"scale_min": 0.0, "scale_max": 10.0, "scale_direction": 1.0}
        rated = {"athlete_id": who, "day": days, "fatigue": tired, "fatigue_native": tired, **scale}
        ratings.append(pd.DataFrame(rated).drop(index=range(20, 40)))
        diary.append(
            pd.DataFrame({"athlete_id": who, "day": days, "sleep_h": 8.0, "readiness_score": 10 - tired})
        )
        ids = [f"{who}-{n}" for n in range(30)]
        runs.append(
            pd.DataFrame({"activity_id": ids, "athlete_id": who, "day": days[:30], "sport": "running"})
        )
    diary[0].loc[50, "sleep_h"] = 20.0
    diary[0] = diary[0].drop(index=[22, 23])
    runs[0] = runs[0].drop(index=[22, 23])
    tables = {"ratings": pd.concat(ratings), "diary": pd.concat(diary), "activities": pd.concat(runs)}
    return Cohort.from_tables("club", {**tables, "athletes": pd.DataFrame({"athlete_id": ["silent"]})})


def page(people: list[str]) -> str:
    some = cohort(people)
    return render_check_page(check_cohort(some, TODAY), some)


class Seen(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.linked: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.linked += [value or "" for name, value in attrs if name in ("src", "href", "action")]
        assert not any(name.startswith("on") for name, _ in attrs)


def marks(text: str, kind: str) -> int:
    """Return how many days the calendars mark so, the key left aside."""
    drawn = re.findall(rf'<path class="{kind}" d="([^"]*)"', text.split('<div class="people">')[1])
    return sum(d.count("M") for d in drawn)


def test_every_day_is_marked_as_what_it_is():
    text = page(["anna", "bert"])
    assert (marks(text, "rated"), marks(text, "diary"), marks(text, "none")) == (160, 38, 2)
    assert (marks(text, "active"), marks(text, "doubt")) == (58, 3), "the training of both stops"
    assert (
        "80 of 100 days rated, 28 activities, 1 gap in the ratings, the longest of 20 days, 2 days to look at"
        in text
    )
    assert "anna, 2024-01-09: slept 20.0 h: correct the night" in html.unescape(text)
    assert "fatigue falls as readiness rises (correlation\N{NO-BREAK SPACE}\N{MINUS SIGN}1.00)" in text
    assert "2023-11-20 to 2023-12-31: 22 days rated, 28 with an activity, 2 empty" in text
    assert "no rating at all: silent" in text


def test_the_page_stands_alone_and_ids_are_only_text():
    seen = Seen(page([ODD, "bert"]))
    assert not {"script", "link", "img", "iframe", "b"} & set(seen.tags)
    assert seen.linked == []
    assert html.escape('<b onload="x">& ', quote=True).replace("&quot;", "&#34;") in page([ODD])


def test_a_store_makes_the_same_page(tmp_path):
    some = cohort(["anna", "bert"])
    store = Store(tmp_path / "store")
    store.write(some)
    file = write_check_page(check_store(store, TODAY), store, tmp_path / "new" / "check.html")
    assert file.read_text(encoding="utf-8") == render_check_page(check_cohort(some, TODAY), some)
    assert [p.name for p in file.parent.iterdir()] == ["check.html"]
    with pytest.raises(InputError, match="cannot be written"):
        write_check_page(check_store(store, TODAY), store, file / "under-a-file.html")


def test_large_cohorts_and_long_years_keep_what_needs_looking_at_in_sight():
    long_ago, day = pd.to_datetime(["2015-03-01", "2024-05-01"])
    who = [f"a{n:03d}" for n in range(CALENDARS + 20)]
    diary = pd.DataFrame({"athlete_id": [*who, who[-1]], "day": day, "sleep_h": 7.0})
    diary.loc[len(who), "day"] = long_ago
    diary.loc[diary["athlete_id"] == who[-1], "sleep_h"] = 23.0
    many = Cohort.from_tables("many", {"diary": diary})
    text = render_check_page(check_cohort(many, TODAY), many)
    assert text.count('<div class="who">') == CALENDARS
    assert "20 are left out" in text
    first = text.split('<div class="who">')[1]
    assert who[-1] in first
    shown, folded = first.split("<details>")
    assert (shown.count("<svg"), folded.count("<svg")) == (5, 14)


def test_nobody_makes_a_page_too():
    nobody = Cohort.from_tables("nobody", {})
    text = render_check_page(check_cohort(nobody), nobody)
    assert "could not be tested" in text
    assert "<table" not in text


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1000])
def test_a_browser_shows_it_without_sideways_scrolling(tmp_path, width):
    pages = {"check": page([ODD, "TeamA-0362cdd5-" + "x" * 60])}
    right = 'page.querySelector("svg.half path.rated").getBoundingClientRect().right'
    wide, room, bar = laid_out(tmp_path, pages, width, f"[...{WIDTHS}, {right}]")["check"]
    assert wide <= room <= width
    assert 0 < bar <= width


def test_a_month_that_begins_at_the_edge_keeps_its_name():
    some = cohort(["ann"], first="2024-01-01", length=93)  # to 2 April
    drawn = re.findall(r'<svg class="half".*?</svg>', render_check_page(check_cohort(some, TODAY), some))
    assert any(svg.count("Apr") for svg in drawn)
    for svg in drawn:
        name = max(int(x) for x in re.findall(r'<text x="(\d+)"', svg))
        assert int(re.search(r'width="(\d+)"', svg)[1]) >= name + 20


def test_one_is_one():
    some = cohort(["ann"])
    words = render_check_page(check_cohort(some, TODAY), some)
    assert "<dt>gap in the ratings</dt><dd>1</dd>" in words
