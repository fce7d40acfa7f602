"""The report: what a runner reads, and the same as JSON."""

from __future__ import annotations

import dataclasses
import html
import json
import math
import re
import shutil
import subprocess
from datetime import date, datetime, timedelta, timezone

import pytest
from heavylegs.data.errors import InputError
from heavylegs.features.factors import ARTICLES, FACTORS, NAMED
from heavylegs.models.forecast import Explanation, FactorPoints, FeatureValue
from heavylegs.serve.flags import flags
from heavylegs.serve.report import render_html, shown_tenths
from heavylegs.serve.report_files import write_report
from heavylegs.serve.report_json import render_json
from hypothesis import given, settings
from hypothesis import strategies as st

MORNING = date(2020, 1, 14)


def ratings(days: int = 56, offset: float = 0.0) -> tuple[tuple[date, float], ...]:
    """Return plausible ratings with a few gaps."""
    wave = (2.5, 5.0, 5.0, 2.5, 5.0, 7.5, 5.0, 5.0, 2.5)
    told = [(MORNING - timedelta(days=n), wave[n % 9] + offset) for n in range(days, 0, -1)]
    return tuple(t for n, t in enumerate(told) if n % 11)


def explain(
    points: dict[str, float], level: float = 4.7, rest: float = 0.04, **changes: object
) -> Explanation:
    """Return an Explanation whose parts add up."""
    values = changes.pop("values", {})
    raw = level + sum(points.values()) + rest
    factors = tuple(
        FactorPoints(f, p, values.get(f, ()))  # type: ignore[attr-defined]
        for f, p in sorted(points.items(), key=lambda item: -abs(item[1]))
    )
    known: dict[str, object] = {
        "cohort": "pmdata",
        "athlete_id": "p01",
        "day": MORNING - timedelta(days=1),
        "morning": MORNING,
        "information": "evening",
        "fatigue": min(max(raw, 0.0), 10.0),
        "fatigue_raw": raw,
        "low": min(max(raw, 0.0), 10.0) - 1.4,
        "high": min(max(raw, 0.0), 10.0) + 1.5,
        "coverage": 0.8,
        "own_usual": 4.6,
        "tier": "solid",
        "tier_reason": "131 of your mornings are known, 24 of them in the last four weeks.",
        "usual_level": FactorPoints("usual_level", level, LEVEL),
        "everything_else": FactorPoints("everything_else", rest),
        "factors": factors,
        "absent": tuple(f for f in NAMED if f not in points),
        "activities": (RUN,),
        "recent": ratings(),
        "model": "FatigueRegressor: your own mornings in a linear part, LightGBM on the rest (simulated season, to 1 January 2020)",
        "accuracy": "On held-out days of 16 runners it was off by 1.1 points on average; the best simple rule by 1.2.",
    }
    return Explanation(**{**known, **changes})  # type: ignore[arg-type]


LEVEL = (
    FeatureValue("fatigue_last_0_10", "fatigue last reported", "0-10", 5.0, 4.6, 0.1, "input"),
    FeatureValue("ratings_28d", "mornings reported in four weeks", "mornings", 24, None, 0.0, "context"),
)
RUN = {
    "sport": "running",
    "start": datetime(2020, 1, 13, 17, 5, tzinfo=timezone(timedelta(hours=1))),
    "distance_m": 12_430.0,
    "duration_s": 3_972.0,
    "hr_mean_bpm": 151.0,
    "session_rpe": 6.0,
    "activity_id": "p01-2020-01-13-1",
}
VALUES = {
    "poor_sleep": (
        FeatureValue("sleep_debt_7d_h", "sleep debt of the last week", "h", 4.5, 1.2, 0.41, "input"),
        FeatureValue(
            "sleep_last_known_shortfall_h",
            "sleep short of the need, the night before",
            "h",
            1.1,
            0.2,
            0.11,
            "input",
        ),
        FeatureValue(
            "sleep_quality_below_usual",
            "sleep quality below own usual",
            "points of 10",
            None,
            0.0,
            0.0,
            "input",
        ),
    ),
    "heat_stress": (
        FeatureValue("heat_dose_1d_c_min", "heat dose of training", "degC min", 210.0, 0.0, 0.31, "input"),
        FeatureValue("wbgt_max_c", "WBGT during training", "degC", 24.3, 14.0, 0.0, "context"),
    ),
    "insufficient_recovery": (
        FeatureValue("load_2d_au", "load of the last two days", "AU", 397.0, 640.0, -0.4, "input"),
        FeatureValue("days_since_rest_d", "days since a rest day", "d", 1.0, 3.0, -0.03, "input"),
    ),
    "low_conditioning": (
        FeatureValue(
            "load_unaccustomed_ratio", "load of the day against the usual day", "", 1.38, 1.0, 0.12, "input"
        ),
        FeatureValue("run_distance_1d_m", "distance run", "m", 12_430.0, 8_000.0, 0.0, "context"),
    ),
    "dehydration": (
        FeatureValue(
            "fluid_deficit_1d_pct",
            "fluid lost and needed less drunk",
            "% of body mass",
            1.4,
            0.8,
            0.17,
            "input",
        ),
        FeatureValue("sweat_loss_1d_ml", "sweat lost in training", "mL", 1240.0, 700.0, 0.0, "input"),
    ),
}
TYPICAL = {
    "poor_sleep": 0.52, "heat_stress": 0.31, "insufficient_recovery": -0.43, "dehydration": 0.17,
    "low_conditioning": 0.12, "muscle_damage": -0.06, "too_much_too_soon": 0.04, "stress_and_mood": -0.02,
    "energy_deficit": 0.01,
}  # fmt: skip
SURE = (
    FactorPoints("poor_sleep", 0.52, VALUES["poor_sleep"], 0.11, 1.32),
    FactorPoints("insufficient_recovery", -0.43, VALUES["insufficient_recovery"], -0.9, 0.12),
    FactorPoints("too_much_too_soon", 0.02, (), -0.1, 0.3),
)
EVERY = {name: 0.31 * (-0.82) ** n for n, name in enumerate(NAMED)}
HOSTILE = '<script>alert("x")</script>/../' + "runner\u202e" * 40
EXAMPLES = {
    "from the own usual": explain(
        {f.factor: f.points for f in SURE}, factors=SURE, level=5.0, reference="usual", reference_level=4.4
    ),
    "typical": explain(TYPICAL, values=VALUES),
    "new runner": explain(
        {"cardiovascular_strain": 0.2}, own_usual=None, low=math.nan, high=math.nan, recent=(), tier="calibrating",
        tier_reason="No morning of yours is known yet.", accuracy="",
    ),
    "all absent": explain({}, rest=0.9, activities=()),
    "all 22": explain(EVERY, values=VALUES),
    "too tired for the scale": explain({"overreaching": 1.9, "poor_sleep": 0.8}, level=8.1, own_usual=7.6, recent=ratings(offset=2.5)),
    "too fresh for the scale": explain({"overreaching": -0.9, "poor_sleep": -0.8}, level=0.9, own_usual=1.1),
    "hostile": explain(TYPICAL, athlete_id=HOSTILE, cohort="<b>c</b>", tier_reason="<i>x</i> & y"),
    "unknown numbers": explain(
        {"poor_sleep": 0.4, "heat_stress": -0.3},
        values={"poor_sleep": (FeatureValue("sleep_debt_7d_h", "sleep debt", "h", math.nan, None, math.nan, "input"),)},
        recent=((MORNING - timedelta(days=2), math.nan),), own_usual=math.nan,
        activities=({"sport": None, "start": None, "distance_m": math.nan, "duration_s": None},),
    ),
}  # fmt: skip

every_example = pytest.mark.parametrize("e", EXAMPLES.values(), ids=EXAMPLES.keys())


def text_of(page: str) -> str:
    """Return the words that a reader sees, with plain minus signs and spaces."""
    body = re.sub(r"<style>.*?</style>", " ", page, flags=re.S)
    words = html.unescape(re.sub(r"<[^>]+>", " ", body)).replace("\u2212", "-").replace("\u00a0", " ")
    return " ".join(words.split())


def sum_shown(page: str) -> tuple[list[float], float]:
    """Return the addends and the total of the table of bars."""
    cells = re.findall(r'<td role="cell" class="points">([^<]+)</td>', page)
    numbers = [float(c.replace("\u2212", "-")) for c in cells]
    return numbers[:-1], numbers[-1]


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
    part = text_of(render_html(e)).split("What could not speak")[1].split("Sessions of")[0]
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
    assert "Tuesday morning: 5.4 of 10 — a little more tired than your usual 4.6" in words
    assert (
        "Sleep moved it up by 0.5 and heat by 0.3; recovery since the last hard days moved it down by 0.4."
        in words
    )
    assert "sleep debt of the last week 4.5 h, usually 1.2 h" in words
    assert "sleep quality below own usual not logged" in words
    assert "3 others each under 0.05, together +0.03" in words
    assert "Running, 17:05 12.4 km · 1 h 06 min · 5:20 min/km · heart rate 151 bpm · effort 6 of 10" in words
    assert "a run of" not in words


def test_from_the_own_usual_the_sum_starts_at_the_usual_day_and_says_what_is_unclear():
    e = EXAMPLES["from the own usual"]
    words = text_of(render_html(e))
    assert "What makes it differ from your usual day" in words
    assert "Your usual day the mean of your own forecasts of the last eight weeks" in words
    assert (
        "Your last mornings moved it up by 0.6 and sleep by 0.5; recovery since the last hard days" in words
    )
    assert "Added up: 4.4 + 0.6 + 0.5 \u2212 0.4" in words.replace("-", "\u2212")
    assert "Recovery since the last hard days: unclear." in words
    assert "+0.11 to +1.32, made to hold the true share 8 times in 10" in words
    assert render_html(e).count('<g class="bar unclear"') == 1
    told = json.loads(render_json(e))
    assert (told["reference"], told["reference_level"]) == ("usual", 4.4)
    assert [f["unclear"] for f in told["factors"]] == [False, True, True]
    assert "unclear" not in text_of(render_html(EXAMPLES["typical"]))


def test_a_new_runner_is_told_that_there_is_no_usual_and_no_range_yet():
    words = text_of(render_html(EXAMPLES["new runner"]))
    assert "no usual of your own yet" in words
    assert "There is no range yet" in words
    assert "Starting level" in words
    assert "No morning ratings in the log" in words


def test_a_forecast_and_a_range_off_the_scale_are_kept_within_it():
    assert "The likely range is 8.6 to 10.0" in text_of(render_html(EXAMPLES["too tired for the scale"]))
    assert "= 10.8, kept within the scale: 10.0" in text_of(render_html(EXAMPLES["too tired for the scale"]))
    assert "= -0.8, kept within the scale: 0.0" in text_of(render_html(EXAMPLES["too fresh for the scale"]))


@every_example
def test_json_is_strict_and_holds_the_explanation_and_the_articles(e):
    def refuse(name):
        raise AssertionError(f"{name} is not JSON")

    told = json.loads(render_json(e), parse_constant=refuse)
    assert told["schema"] == "heavylegs.report/1"
    assert (told["athlete_id"], told["morning"]) == (e.athlete_id, e.morning.isoformat())
    parts = [told["usual_level"], *told["factors"], told["everything_else"]]
    assert sum(p["points"] for p in parts) == pytest.approx(told["fatigue_raw"], abs=1e-6)
    assert {p["factor"] for p in told["factors"]} == {f.factor for f in e.factors}
    for part in [*told["factors"], *told["absent_factors"]]:
        factor = FACTORS[part["factor"]]
        assert (part["label"], part["meaning"], part["advice"]) == (
            factor.label,
            factor.meaning,
            factor.advice,
        )
        assert [(a["article"], a["section"]) for a in part["articles"]] == list(factor.named_in)


def test_reports_are_written_whole_under_safe_names(tmp_path):
    page, data = write_report(EXAMPLES["typical"], tmp_path / "new" / "folder")
    assert (page.name, data.name) == ("heavylegs-p01-2020-01-14.html", "heavylegs-p01-2020-01-14.json")
    assert page.read_text(encoding="utf-8") == render_html(EXAMPLES["typical"])
    assert json.loads(data.read_text(encoding="utf-8"))["fatigue_raw"] == EXAMPLES["typical"].fatigue_raw
    odd = ["a/b", "a_b", "a:b", "../..", "", "\u00e9", "." * 300, HOSTILE]
    written = [
        write_report(dataclasses.replace(EXAMPLES["typical"], athlete_id=own), tmp_path)[0] for own in odd
    ]
    assert len(set(written)) == len(odd)
    assert all(p.parent == tmp_path and re.fullmatch(r"[A-Za-z0-9_-]{1,80}\.html", p.name) for p in written)
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


def test_a_folder_that_cannot_be_written_is_the_users_to_mend(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match=r"file: cannot write the report.*--out"):
        write_report(EXAMPLES["typical"], tmp_path / "file")


def fitting(e: Explanation, **facts: float) -> set[str]:
    return {f.id for f in flags(e, facts) if f.applies}


def test_rules_on_seeking_help_fit_only_where_the_log_says_so():
    assert fitting(EXAMPLES["typical"]) == set()
    marathon = {**RUN, "distance_m": 42_400.0}
    assert fitting(explain({"heat_stress": 0.3, "dehydration": 0.2}, activities=(marathon,))) == {
        "rhabdomyolysis"
    }
    assert fitting(explain({"heat_stress": -0.1, "dehydration": 0.2}, activities=(marathon,))) == set()
    assert "heat not logged" in text_of(render_html(explain({"dehydration": 0.2}, activities=(marathon,))))
    assert fitting(explain({}), injury=1) == {"injury"}
    tired = tuple((day, r if (MORNING - day).days > 14 else 8.0) for day, r in ratings())
    assert fitting(explain({}, recent=tired)) == {
        "overtraining"
    }  # nothing logged: nothing can be called unexplained
    assert fitting(explain({"poor_sleep": 0.1, "overreaching": -0.1}, recent=tired)) == {
        "overtraining",
        "condition",
    }
    assert fitting(explain({"poor_sleep": 0.1, "overreaching": 0.5}, recent=tired)) == {"overtraining"}
    assert fitting(explain({}, recent=tired), easy_days_14d=1) == set()
    page = render_html(explain({}, recent=tired))
    assert 'class="alert"' in page
    assert 'class="alert"' not in render_html(EXAMPLES["typical"])


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
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed")
    frames = "".join(
        f'<iframe title="{html.escape(name)}" srcdoc="{html.escape(opened(render_html(e)))}" width="{width}" height="900" style="border:0">'
        "</iframe>"
        for name, e in EXAMPLES.items()
    )
    # The frames are of the wrapper's own origin, so that its script may measure them.
    wrapper = tmp_path / "wrapper.html"
    wrapper.write_text(
        f"""<!doctype html><meta charset="utf-8">{frames}<pre id="seen"></pre><script>
        onload = () => document.getElementById("seen").textContent = JSON.stringify([...document.querySelectorAll("iframe")]
          .map(f => [f.title, f.contentDocument.documentElement.clientWidth, f.contentDocument.documentElement.scrollWidth,
            f.contentDocument.querySelectorAll("table.sum tr").length]));
        </script>""",
        encoding="utf-8",
    )
    options = (
        "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    )
    command = [
        chromium,
        *options.split(),
        "--disable-component-update",
        "--disable-sync",
        f"--user-data-dir={tmp_path / 'profile'}",
    ]
    dom = subprocess.run(
        [*command, "--dump-dom", wrapper.as_uri()], capture_output=True, text=True, timeout=120
    ).stdout
    seen = json.loads(html.unescape(re.search(r'<pre id="seen">(.+?)</pre>', dom, re.S)[1]))
    assert [name for name, *_ in seen] == list(EXAMPLES)
    for name, room, wide, rows in seen:
        assert wide <= room, f"{name} is {wide} px wide in {room} px"
        assert rows >= 3


def opened(page: str) -> str:
    """Return the page with every details element open, so that nothing hides from the measure."""
    return re.sub(r"<details(?! open)", "<details open", page)
