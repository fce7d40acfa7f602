"""The page of past forecasts: every morning is drawn once, as what it was."""

from __future__ import annotations

import html
import re

import numpy as np
import pytest
from heavylegs.serve.cli import main
from heavylegs.serve.review_page import DRAWN, render_review

from .reviews import mornings, review
from .streams import told


def drawings(page: str) -> list[str]:
    return re.findall(r'<svg role="img".*?</svg>', page, re.DOTALL)


def marks(page: str) -> dict[str, int]:
    """Return how many mornings the drawings mark as each kind."""
    found = {"range": 0, "told": 0, "came": 0, "missed": 0, "warned": 0, "bad": 0}
    for kind, path in re.findall(r'<path class="(\w+)" d="([^"]*)"', "".join(drawings(page))):
        if kind in found:
            found[kind] += path.count("M")
    return found


def test_every_morning_is_drawn_as_what_it_was():
    page = render_review(review(mornings(days=60), mornings("bert", days=24)))
    assert marks(page) == {"range": 84, "told": 84, "came": 56, "missed": 28, "warned": 21, "bad": 28}
    assert (
        "60 mornings, typical miss 0.71, 67% inside the likely range, 20 bad mornings, 5 of 15 warnings right"
        in page
    )


def test_a_higher_answer_stands_higher():
    one, two, three = (drawings(render_review(review(mornings(days=1, came=c))))[0] for c in (3.0, 4.0, 5.0))
    heights = [float(re.search(r'class="came" d="M[\d.]+ ([\d.]+)', svg)[1]) for svg in (one, two, three)]
    assert heights == sorted(heights, reverse=True)
    assert len(set(heights)) == 3


def test_without_a_range_nothing_came_outside_it():
    page = render_review(review(mornings(low=np.nan, high=np.nan)))
    assert marks(page) | {"range": 0, "missed": 0, "came": 60} == marks(page)
    assert "no likely range" in page


@pytest.mark.parametrize(("days", "drawn", "open_"), [(89, 1, 1), (90, 2, 2), (364 + 91, 6, 4)])
def test_thirteen_weeks_from_a_monday_make_a_drawing_and_the_latest_year_is_open(days, drawn, open_):
    page = render_review(review(mornings(first="2024-01-03", days=days)))  # a Wednesday
    assert len(drawings(page)) == drawn
    assert len(drawings(page.partition("<summary>Earlier weeks")[0] if drawn > open_ else page)) == open_


def test_weeks_without_a_morning_are_not_drawn():
    page = render_review(review(mornings(days=10), mornings(first="2024-12-02", days=10)))
    labels = [re.search('aria-label="([^"]*)"', svg)[1] for svg in drawings(page)]
    assert [label[:24] for label in labels] == ["2024-01-03 to 2024-01-12", "2024-12-02 to 2024-12-11"]
    assert "Dec" in drawings(page)[1]


def test_many_athletes_are_told_and_those_with_the_largest_misses_drawn():
    people = [mornings(f"a{n:02}", days=3, came=4.0 + n / 50) for n in range(DRAWN + 2)]
    page = render_review(review(*people))
    assert len(drawings(page)) == DRAWN
    assert "2 are left out" in page
    assert page.count("a00") == 1, "in the table alone"


def test_names_break_nothing():
    page = render_review(review(mornings('<b onload="x">&\u202e anna')), "<i>learned</i>")
    assert not [part for part in ("<b ", "<i>", "\u202e") if part in page]
    assert '<h3><bdi><b onload="x">&' in html.unescape(page)


def test_the_command_writes_the_page_and_says_where(squads_home, capsys):
    capsys.readouterr()
    ask = ["review", "--store", "store", "--model", "model", "--html"]
    assert main([*ask, "out/review.html"]) == 0
    assert "out/review.html" in capsys.readouterr().out.splitlines()
    assert len(drawings((squads_home / "out/review.html").read_text(encoding="utf-8"))) >= 8
    assert main([*ask, "out"]) == 2
    assert "out: " in told(capsys)
