"""The global view: the same sums however it is cut, curves that rise with the dose, a page that stands alone."""

from __future__ import annotations

import dataclasses
import json
import re

import numpy as np
import pytest
from heavylegs.data.errors import InputError
from heavylegs.features.factors import FACTORS, NAMED
from heavylegs.models import starter
from heavylegs.models.attribution import factor_points
from heavylegs.models.effects import Bin, Effects, FactorEffect, effects
from heavylegs.serve.effects import render_effects, render_effects_json, write_effects, write_shap_plots

from .browser import WIDTHS, laid_out
from .explanations import text_of
from .streams import strict_json


@pytest.fixture(scope="module")
def told(model, matrix):
    return effects(model, [matrix])


def test_a_factors_size_is_the_mean_of_its_absolute_points_where_it_could_speak(model, matrix, told):
    points = factor_points(model, matrix)
    for effect in told.factors:
        own = points[effect.factor].abs()
        assert effect.mean_abs_points == pytest.approx(own.mean())
        assert effect.low <= effect.mean_abs_points <= effect.high
        assert (effect.days, effect.share_of_days) == (own.notna().sum(), own.notna().mean())
        by_athlete = own.groupby(matrix.keys["athlete_id"].astype("str")).mean().dropna()
        assert effect.athletes == pytest.approx(by_athlete.to_dict())
    assert {f.factor for f in told.factors} | set(told.absent) == set(NAMED)
    assert all(points[f].isna().all() for f in told.absent)


def test_a_model_of_fewer_inputs_than_the_log_has_tells_of_those_alone(matrix):
    few = effects(starter.load(), [matrix])
    inputs = {f.name for f in starter.load().catalog.inputs()}
    assert {f.input for f in few.factors} <= inputs
    assert "glycogen_depletion" in few.absent


def test_bucket_by_bucket_gives_the_same_sizes(model, matrix, told):
    first = (matrix.keys["athlete_id"].cat.codes < 3).to_numpy()
    split = effects(model, [matrix.rows(first), matrix.rows(~first)], parts=2)
    assert {f.factor: f.mean_abs_points for f in split.factors} == pytest.approx(
        {f.factor: f.mean_abs_points for f in told.factors}
    )


def test_curves_are_in_the_inputs_unit_and_rise_where_the_direction_is_known(model, matrix, told):
    curves = {f.factor: f for f in told.factors}
    sleep = curves["poor_sleep"]
    assert FACTORS[matrix.catalog[sleep.input].factor].id == "poor_sleep"
    assert sleep.unit == matrix.catalog[sleep.input].unit
    values = [b.value for b in sleep.curve]
    assert values == sorted(values)
    assert sum(b.days for b in sleep.curve) <= sleep.days
    strongest = told.factors[0]
    assert matrix.catalog[strongest.input].direction == 1
    assert strongest.curve[-1].points > strongest.curve[0].points


def test_the_page_stands_alone_and_names_what_could_not_speak(told):
    page = render_effects(dataclasses.replace(told, cohort="<b>c</b>"), "models:/m/1", "CC BY 4.0")
    assert "CC BY 4.0" in page
    assert "<script" not in page
    assert "<b>c</b>" not in page
    assert not re.search(r'(src|href)="', page)
    assert not re.search(r"\b(nan|None|inf)\b", re.sub(r"<style>.*?</style>", "", page, flags=re.S))
    assert "They do not say what caused" in page
    for name in told.absent:
        assert FACTORS[name].label.lower() in page
    assert page.count("<h3>") == sum(bool(f.curve) for f in told.factors)


def test_the_page_tells_points_with_their_sign_and_people_with_what_moved_them_most():
    def factor(name: str, athletes: dict[str, float], *points: float) -> FactorEffect:
        bins = tuple(Bin(float(n), 10, p, p - 0.1, p + 0.1) for n, p in enumerate(points))
        size = float(np.mean(list(athletes.values())))
        return FactorEffect(
            name, FACTORS[name].label, size, 0.1, 0.9, 20, 0.5, "x", "dose", "h", bins, athletes
        )

    many = {f"p{n:02d}": 0.2 + n / 100 for n in range(62)}
    sleep = factor("poor_sleep", many, -0.25, 0.4)
    heat, fluid, load = (
        factor(name, {"p00": size})
        for name, size in (("heat_stress", 0.9), ("dehydration", 0.1), ("overreaching", 0.5))
    )
    told = Effects("c", "evening", "cohort", 100, 62, (sleep, heat, fluid, load), ())
    words = text_of(render_effects(told))
    assert "0 h 10 -0.25 -0.35 to -0.15 1 h 10 +0.40 +0.30 to +0.50" in words
    assert "0.20 to 0.81 from person to person" in words
    labels = [FACTORS[name].label for name in ("heat_stress", "overreaching", "poor_sleep")]
    assert f"p00 {labels[0]} 0.90, {labels[1]} 0.50, {labels[2]} 0.20 p01" in words
    assert " 2 more are in the JSON beside this page." in words


def test_of_logs_that_hold_no_factor_there_is_no_empty_table(told):
    page = render_effects(dataclasses.replace(told, factors=(), absent=tuple(NAMED)))
    assert "The log holds nothing on any factor." in page
    for heading in ("How points rise with the dose", "For whom", "The thin line"):
        assert heading not in page


def test_json_is_strict_and_both_files_are_written(told, tmp_path):
    page, data = write_effects(told, tmp_path / "new", "models:/m/1")
    assert page.read_text(encoding="utf-8") == render_effects(told, "models:/m/1")

    read = strict_json(data.read_text(encoding="utf-8"))
    assert read == json.loads(render_effects_json(told, "models:/m/1"))
    assert read["schema"] == "heavylegs.effects/1"
    assert len(read["factors"]) == len(told.factors)


def test_athletes_who_log_nothing_of_a_factor_are_left_out(model, matrix):
    silent = matrix.rows(np.arange(len(matrix)))
    mine = (silent.keys["athlete_id"] == "sim-0002").to_numpy()
    names = [f.name for f in silent.catalog if f.factor == "poor_sleep"]
    silent.frame.loc[mine, names] = np.float32(np.nan)
    sleep = next(f for f in effects(model, [silent]).factors if f.factor == "poor_sleep")
    assert "sim-0002" not in sleep.athletes
    assert len(sleep.athletes) == 7


OVERLAPS = """[...page.querySelectorAll("svg")].flatMap(svg => {
  const boxes = [...svg.querySelectorAll("text")].map(t => [t.textContent, t.getBoundingClientRect()]);
  return boxes.flatMap(([a, p], i) => boxes.slice(i + 1).filter(([b, q]) =>
    p.left < q.right && q.left < p.right && p.top < q.bottom && q.top < p.bottom).map(([b]) => a + " / " + b));
})"""


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1000])
def test_a_browser_shows_it_without_sideways_scrolling_and_no_label_on_another(tmp_path, told, width):
    page = render_effects(told)
    wide, room, overlaps = laid_out(tmp_path, {"effects": page}, width, f"[...{WIDTHS}, {OVERLAPS}]")[
        "effects"
    ]
    assert wide <= room
    assert overlaps == []


def test_a_picture_that_does_not_fit_the_disk_is_not_left_half(model, matrix, tmp_path, full_disk):
    with full_disk(4_000), pytest.raises(InputError, match=r"beeswarm\.png: cannot be written"):
        write_shap_plots(model, matrix.rows(np.arange(20)), tmp_path)
    assert list(tmp_path.iterdir()) == []
