"""The report: what a runner reads, and the same as JSON."""

from __future__ import annotations

import html
import json
import math
import re

import pytest
from heavylegs.features.catalog import catalog
from heavylegs.features.factors import ARTICLES, FACTORS, NAMED
from heavylegs.models.explanation import FeatureValue
from heavylegs.serve.flags import flags
from heavylegs.serve.printed import quantity
from heavylegs.serve.report import render_html, shown_tenths
from heavylegs.serve.report_json import render_json
from heavylegs.serve.units import UNITS
from hypothesis import given, settings
from hypothesis import strategies as st

from .browser import WIDTHS, laid_out
from .explanations import EXAMPLES, every_example, explain, sum_shown, text_of

LOAD = FeatureValue("load_unaccustomed_ratio", "load of the day", "", 1.4, 1.0, 0.2, "input")
NEVER = FeatureValue("trimp_banister_1d", "load on the heart (Banister)", "AU", None, None, 0.0, "context")
ONCE = FeatureValue("run_distance_1d_m", "distance run", "m", None, 8_000.0, 0.0, "context")


@every_example
def test_the_shown_parts_add_up_to_the_shown_forecast(e):
    page = render_html(e)
    parts, total = sum_shown(page)
    assert round(sum(parts), 6) == total == round(e.fatigue_raw, 1)
    written = re.search(r"Added up: ([-+0-9. ]+) = (-?[0-9.]+)", text_of(page))
    assert round(sum(map(float, re.findall(r"[-+]?[0-9.]+", written[1].replace(" ", "")))), 6) == total
    assert float(written[2]) == total


@given(st.lists(st.floats(-3, 3), min_size=1, max_size=24))
def test_tenths_add_up_and_no_visible_part_vanishes_or_turns(points):
    points = [4.7, *points]
    shown = shown_tenths(points, sum(points))
    assert sum(shown) == math.copysign(math.floor(abs(sum(points)) * 10 + 0.5 + 1e-9), sum(points))
    for exact, tenth in zip(points[1:], shown[1:], strict=True):
        assert abs(exact) < 0.05 or exact * tenth > 0


@every_example
def test_the_page_is_one_file_that_loads_and_runs_nothing(e):
    page = render_html(e)
    assert "<script" not in page.lower()
    assert not re.search(
        r"""(\s(src|srcset|action|data|on\w+)\s*=|@import|url\(|https?:|javascript:|<link|<iframe|<img)""",
        page,
    )
    assert all(h.startswith("#") for h in re.findall(r'href="([^"]*)"', page))
    ids = re.findall(r'\sid="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    assert {h[1:] for h in re.findall(r'href="([^"]*)"', page)} <= set(ids)


def test_what_the_log_says_is_text_and_never_markup():
    page = render_html(EXAMPLES["hostile"])
    assert "<b>c</b>" not in page
    assert "&lt;script&gt;" in page
    assert "<i>x</i>" not in page
    assert "\u202e" not in page  # it would turn the rest of the line around


@every_example
def test_every_factor_that_spoke_is_shown_with_its_article_and_section(e):
    page, words = render_html(e), text_of(render_html(e))
    for spoken in e.factors:
        factor = FACTORS[spoken.factor]
        assert factor.label in words
        if abs(spoken.points) >= 0.05:
            block = next(b for b in page.split("<details")[1:] if f'"name">{html.escape(factor.label)}<' in b)
            for article, section in factor.named_in:
                assert f"{article} {section}" in text_of("<p" + block)
    assert all(words.count(title) == 1 for title in ARTICLES.values())


def test_every_cited_section_is_a_heading_of_its_article(real_data):
    files = sorted((real_data.parent / "articles").glob("*.txt"))
    if len(files) != len(ARTICLES):
        pytest.skip("the five articles do not lie beside the real data")
    headings = {
        key: set(f.read_text(encoding="utf-8").splitlines()) for key, f in zip(ARTICLES, files, strict=True)
    }
    cited = {c for factor in FACTORS.values() for c in factor.named_in}
    cited |= {(f.article, f.section) for f in flags(EXAMPLES["typical"])}
    without_heading = {"Opening paragraph", "Closing paragraphs"}
    assert {(a, s) for a, s in cited if s not in headings[a] | without_heading} == set()


@every_example
def test_absent_factors_are_told_with_what_to_log(e):
    part = text_of(render_html(e)).split("What the forecast could not use")[1].split("Sessions of")[0]
    for name in e.absent:
        assert f"{FACTORS[name].label} {FACTORS[name].to_log}" in part


@every_example
def test_nothing_is_said_to_be_caused_and_no_number_is_made_up(e):
    words = text_of(render_html(e)).split("The five articles")[0]
    assert not re.search(r"\b(nan|None|inf)\b", words)
    assert "Heavylegs describes training logs. It is not medical advice" in words
    assert re.findall(r"\bcaused\b", words) == ["caused"]  # in "They do not say what caused your fatigue"


def test_a_typical_report_reads_as_a_runner_would_say_it():
    words = text_of(render_html(EXAMPLES["typical"]))
    assert "Tuesday morning: fatigue 5.4 of 10 — a little more tired than your usual 4.6" in words
    assert (
        "Sleep moved it up by 0.5 and heat by 0.3; recovery since the last hard days moved it down by 0.4."
        in words
    )
    assert "Sleep sleep debt of the last week: 4.5 h +0.5" in words
    assert "sleep quality below own usual not logged" in words
    assert (
        "Points here are from the average of the runners the model learned from, not from your usual."
        in words
    )
    assert "3 others each under 0.05, together +0.03" in words
    assert "Running, 17:05 12.4 km · 1 h 06 min · 5:20 min/km · heart rate 151 bpm · effort 6 of 10" in words
    assert "a run of" not in words


def test_from_the_own_usual_the_sum_starts_at_the_usual_day_and_says_what_is_unclear():
    e = EXAMPLES["from the own usual"]
    words = text_of(render_html(e))
    assert "What moved the forecast from your usual day" in words
    assert (
        "Your usual day the mean of your own forecasts of the last eight weeks; the 4.6 above is of your ratings"
        in words
    )
    assert "sleep debt of the last week: 4.5 h, usually 1.2 h" in words
    assert (
        "Your last mornings moved it up by 0.6 and sleep by 0.5; recovery since the last hard days" in words
    )
    assert "Added up: 4.4 + 0.6 + 0.5 \u2212 0.4" in words.replace("-", "\u2212")
    assert "Unclear: recovery since the last hard days. On simulated runners, whose truth is known" in words
    assert "not from your usual" not in words
    assert "+0.11 to +1.32: the true share should lie between them 8 times in 10" in words
    assert render_html(e).count('<g class="bar unclear"') == 1
    told = json.loads(render_json(e))
    assert (told["reference"], told["reference_level"]) == ("usual", 4.4)
    assert [f["unclear"] for f in told["factors"]] == [False, True, True]
    assert [(f["low"], f["high"]) for f in told["factors"]] == [(f.low, f.high) for f in e.factors]
    assert [f["factor"] for f in told["absent_factors"]] == list(e.absent)
    assert told["activities"][0]["start"] == "2020-01-13T17:05:00+01:00"
    assert "unclear" not in text_of(render_html(EXAMPLES["typical"]))


def test_a_new_runner_is_told_that_there_is_no_usual_and_no_range_yet():
    words = text_of(render_html(EXAMPLES["new runner"]))
    assert "no usual of your own yet" in words
    assert "There is no range yet" in words
    assert "Starting level" in words
    assert "No morning ratings in the log" in words


def test_who_is_still_calibrating_has_no_usual_but_mornings_so_far():
    words = text_of(render_html(explain({}, level=6.0, tier="calibrating")))
    assert "more tired than your mornings so far, 4.6" in words
    assert "Your usual lies" not in words
    assert "Your usual lies" in text_of(render_html(explain({}, level=6.0)))


def test_a_range_that_rules_little_out_is_said_to():
    words = text_of(render_html(explain({}, low=0.4, high=8.4)))
    assert "It is so wide that the forecast says little." in words
    assert "so wide" not in text_of(render_html(EXAMPLES["typical"]))


def test_a_factor_that_the_model_does_not_know_is_not_said_to_be_missing_in_the_log():
    absent = tuple(name for name in NAMED if name != "poor_sleep")
    e = explain({"poor_sleep": 0.2}, absent=absent, unheard=("heat_stress", "fast_start"))
    part = text_of(render_html(e)).split("What the forecast could not use")[1].split("Sessions of")[0]
    assert "For 19 of the 22 factors the log of this day holds nothing" in part
    assert "knows nothing of 2 others, whatever the log holds: heat; pace at the start." in part
    assert FACTORS["heat_stress"].to_log not in part
    assert json.loads(render_json(e))["unheard"] == ["heat_stress", "fast_start"]


def test_whose_data_the_starter_is_made_of_stands_in_the_report():
    words = text_of(render_html(explain({}, model="starter", attribution="Learned from them, CC BY 4.0.")))
    assert "Model starter, a model of other people that ships with Heavylegs" in words
    assert "Learned from them, CC BY 4.0." in words
    assert "other people" not in text_of(render_html(EXAMPLES["typical"])).split("How this was made")[1]


def test_context_that_the_log_never_held_is_left_out_of_the_values():
    e = explain({"low_conditioning": 0.2}, values={"low_conditioning": (LOAD, NEVER, ONCE)})
    words = text_of(render_html(e))
    assert "load on the heart (Banister)" not in words
    assert "distance run not logged 8 km context" in words


def test_a_forecast_and_a_range_off_the_scale_are_kept_within_it():
    assert (
        "The likely range is 8.6 to 10.0: 80 % of mornings like this one should be rated within it."
        in text_of(render_html(EXAMPLES["too tired for the scale"]))
    )
    assert "= 10.8, kept within the scale: 10.0" in text_of(render_html(EXAMPLES["too tired for the scale"]))
    assert "= -0.8, kept within the scale: 0.0" in text_of(render_html(EXAMPLES["too fresh for the scale"]))


@settings(max_examples=30)
@given(
    st.dictionaries(st.sampled_from(NAMED), st.floats(-4, 4), max_size=22),
    st.floats(-3, 13),
    st.floats(-2, 2),
    st.none() | st.floats(0, 10),
)
def test_any_explanation_renders_and_adds_up(points, level, rest, usual):
    e = explain(points, level=level, rest=rest, own_usual=usual)
    parts, total = sum_shown(render_html(e))
    assert round(sum(parts), 6) == total


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1000])
def test_a_browser_shows_it_without_sideways_scrolling(tmp_path, width):
    pages = {name: render_html(e) for name, e in EXAMPLES.items()}
    rows = 'page.querySelectorAll("table.sum tr").length'
    for name, (wide, room, shown) in laid_out(tmp_path, pages, width, f"[...{WIDTHS}, {rows}]").items():
        assert wide <= room, f"{name} is {wide} px wide in {room} px"
        assert shown >= 3


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), [(718, 1046), (720, 960)], ids=["A4", "Letter"])
def test_on_paper_the_bars_and_their_axis_fit_one_page(tmp_path, width, height):
    pages = {name: render_html(e).replace("@media print", "@media all") for name, e in EXAMPLES.items()}
    measure = """(() => { const bars = page.querySelector(".bars"), axis = bars.querySelector(".axis");
      return [page.defaultView.getComputedStyle(bars).breakInside, bars.getBoundingClientRect().height, axis !== null]; })()"""
    for name, (inside, tall, axis) in laid_out(tmp_path, pages, width, measure).items():
        assert (inside, axis) == ("avoid", True)
        assert tall < height, f"{name}: {tall} px on a page of {height}"


def test_no_unit_is_left_in_the_catalogues_shorthand():
    shown = {UNITS.get(feature.unit, feature.unit) for feature in catalog("morning")}
    assert not [u for u in shown if re.search(r"degC|AU|FFM|/day|/week|\bd\b", u)]


@pytest.mark.parametrize(("chance", "promised"), [(0.2, True), (0.8, False)])
def test_an_ordinary_morning_is_not_promised_beside_a_large_chance_of_a_bad_one(chance, promised):
    e = explain({"poor_sleep": 0.8}, p_bad_morning=chance, bad_morning_from=5.0)
    said = text_of(render_html(e))
    assert "Your usual lies inside it" in said
    assert ("an ordinary morning is well possible" in said) == promised


@pytest.mark.parametrize(
    ("value", "usual", "shown"),
    [(46_930.0, 12_087.0, "46.9 km a week"), (0.0, 640.0, "0 m a week"), (0.0, None, "0 m a week")],
)
def test_distances_are_read_in_kilometres_and_nothing_is_a_plain_0(value, usual, shown):
    assert quantity(value, "m/week", "run_distance_7d_m_per_week", usual).replace("\u00a0", " ") == shown


@pytest.mark.parametrize(
    ("value", "unit", "usual", "shown"),
    [
        (66.0, "mornings", 41.3, "66 mornings"),
        (0.04, "bpm", 0.0, "0.0 bpm"),
        (5.9, "mL", -94.3, "6 mL"),
        (0.27, "% of body mass", 0.15, "0.27 % of body mass"),
    ],
)
def test_a_number_tells_no_more_digits_than_its_unit_bears(value, unit, usual, shown):
    assert quantity(value, unit, "", usual).replace("\u00a0", " ") == shown


def test_the_title_names_runner_and_morning_so_that_tabs_can_be_told_apart():
    assert "<title>p01, Tuesday 14 January 2020: fatigue 5.4 of 10" in render_html(EXAMPLES["typical"])
    so_few = render_html(explain({"poor_sleep": 0.2}))
    assert "measured on simulated runners" not in text_of(so_few)
    assert "measured on simulated runners" in text_of(render_html(EXAMPLES["from the own usual"]))
