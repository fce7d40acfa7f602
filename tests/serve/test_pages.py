"""What holds of every page: who hears it, who sees little and who holds a phone can read it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest
from heavylegs.data.check import check_cohort
from heavylegs.data.own_scale import OwnScale
from heavylegs.models.effects import effects
from heavylegs.models.explanation import FeatureValue, NotYet
from heavylegs.serve.checkpage import render_check_page
from heavylegs.serve.effects import render_effects
from heavylegs.serve.report import render_html
from heavylegs.serve.review_page import render_review
from heavylegs.serve.squad import Outlook, Squad, Week
from heavylegs.serve.squad_page import render_squad

from .browser import CONTRAST, OUTSIDE, laid_out
from .explanations import EXAMPLES, MORNING, RUN, explain, ratings
from .reviews import mornings, review

NOT_YET = NotYet(
    cohort="club",
    athlete_id="ann",
    day=MORNING - timedelta(days=1),
    morning=MORNING,
    information="evening",
    tier_reason="2 mornings reported so far; 3 are needed for a forecast",
    reports=2,
    missing=1,
    first_forecast=MORNING + timedelta(days=1),
    activities=(RUN,),
    recent=ratings(2),
    model="starter",
)
FRESHNESS = OwnScale(1, 5, -1, step=1.0)
NO_WEEK = Week(None, 0)
ANN = Outlook(
    "ann", 6.3, 4.8, 7.2, 4.7, 0.7, 6.7, "solid", "", Week(5.3, 6), Week(5.7, 7), (("poor_sleep", 0.5), ("heat_stress", -0.2)),
    date(2020, 1, 13), (("extreme_fatigue", "a morning rated 9.8 of 10"),), "ann.html",
)  # fmt: skip
BOB = Outlook(
    "bob", 3.0, 2.0, 4.0, 3.1, 0.01, 5.0, "calibrating", "", NO_WEEK, NO_WEEK, (), date(2020, 1, 13)
)
CAT = Outlook(
    "cat", None, None, None, None, None, None, "silent", "nothing is logged after 9 Jan", NO_WEEK, NO_WEEK, (), date(2020, 1, 9)
)  # fmt: skip

LONG = (
    FeatureValue("a", "report of the day before yesterday above own usual", "points of 10", None, -0.01, 0.0, "input"),
    FeatureValue("b", "energy availability, three days", "kcal/kg FFM/day", 33.8, 50.6, 0.0, "context"),
    FeatureValue("c", "mornings reported in four weeks", "mornings", 11.0, 16.9, 0.0, "context"),
)  # fmt: skip


def squad(*athletes: Outlook) -> str:
    """Return the squad's page of these athletes."""
    return render_squad(
        Squad("club", MORNING, "evening", "starter", "Learned from them, CC BY 4.0.", FRESHNESS, athletes)
    )


@pytest.fixture(scope="module")
def pages(model, matrix, cohort):
    reports = {name: render_html(EXAMPLES[name]) for name in ("from the own usual", "all 22", "all absent")}
    return {
        **reports,
        "long values": render_html(explain({"poor_sleep": 0.3}, values={"poor_sleep": LONG})),
        "not yet": render_html(NOT_YET, {"injury": 1.0}),
        "squad": squad(ANN, BOB, CAT),
        "effects": render_effects(effects(model, [matrix]), "models:/m/1", "CC BY 4.0"),
        "check": render_check_page(check_cohort(cohort), cohort),
        "review": render_review(
            review(mornings(), mornings("bert", days=400)), "Learned from them, CC BY 4.0."
        ),
    }


def test_a_factor_keeps_its_sign_where_a_line_of_the_squads_page_breaks():
    page = squad(ANN, BOB)
    assert "+\u00a0sleep; \u2212\u00a0heat" in page
    assert "no factor clearly" in page


def test_the_squads_page_says_from_what_it_forecasts_and_for_how_many_it_is_bad():
    assert "from the log up to the evening before" in squad(BOB)
    assert "For none of 1 the chance to wake clearly more tired than usual is 5 in 10 or more." in squad(BOB)
    assert "For 1 of 2 the chance" in squad(ANN, BOB, CAT)


class Structure(HTMLParser):
    """The parts of a page that a screen reader finds its way by."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.lang = ""
        self.headings: list[int] = []
        self.tables: list[dict[str, int]] = []
        self.unnamed: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "html":
            self.lang = told.get("lang") or ""
        elif re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        elif tag == "table":
            self.tables.append({"caption": 0, "col": 0, "row": 0})
        elif tag == "caption":
            self.tables[-1]["caption"] += 1
        elif tag == "th":
            self.tables[-1][told.get("scope") or "none"] += 1
        elif tag == "svg" and "width" in told and not (told.get("aria-hidden") or told.get("aria-label")):
            self.unnamed.append(self.get_starttag_text() or "")


def test_every_page_has_a_language_headings_in_order_and_tables_with_heads(pages):
    for name, page in pages.items():
        seen = Structure(page)
        assert seen.lang == "en"
        assert seen.headings.count(1) == 1
        assert seen.headings[0] == 1
        steps = zip(seen.headings, seen.headings[1:], strict=False)
        assert all(after <= before + 1 for before, after in steps), f"{name}: {seen.headings}"
        assert all(all(table.values()) for table in seen.tables), f"{name}: {seen.tables}"
        assert seen.unnamed == []


@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_word_stands_out_from_its_ground(tmp_path, pages, dark):
    # WCAG 2.2, 1.4.3 (AA): 4.5 to 1, 3 to 1 where large.
    shown = {
        name: page.replace("@media (prefers-color-scheme: dark)", "@media all") if dark else page
        for name, page in pages.items()
    }
    for name, pale in laid_out(tmp_path, shown, 1000, CONTRAST).items():
        assert pale == [], name


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 375])
def test_on_a_phone_nothing_pokes_out_of_its_card(tmp_path, pages, width):
    for name, outside in laid_out(tmp_path, pages, width, OUTSIDE).items():
        assert outside == [], name
