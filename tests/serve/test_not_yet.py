"""Below a stated minimum no number is given: the tier says so, and the page says what is missing."""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.simulate import simulate
from heavylegs.data.store import Store
from heavylegs.features.factors import NAMED
from heavylegs.features.matrix import build_matrix
from heavylegs.models import artifact
from heavylegs.models.explanation import Explanation, NotYet
from heavylegs.serve.cli import main
from heavylegs.serve.engine import forecast_frame
from heavylegs.serve.explain import explain
from heavylegs.serve.report import render_html
from heavylegs.serve.report_json import render_json
from heavylegs.training.fit import fit_forecaster
from heavylegs.training.splits import mornings


@pytest.fixture(scope="module")
def cohort():
    return simulate(athletes=8, days=100, seed=3).cohort


@pytest.fixture(scope="module")
def model(matrix, cohort):
    learned = matrix.labelled()
    learned = learned.rows(mornings(learned) <= mornings(matrix).max() - np.timedelta64(30, "D"))
    told = {
        "cohort": cohort.name,
        "last_morning": str(mornings(learned).max()),
        "native_span": matrix.native_span,
    }
    return dataclasses.replace(fit_forecaster(learned, trees=20), told=told)


@pytest.fixture(scope="module")
def frame(model, matrix):
    return forecast_frame(model, matrix)


def test_no_number_of_a_forecast_is_given_before_three_reports(frame, matrix):
    few = matrix.frame["ratings_so_far"].fillna(0).to_numpy() < 3
    assert few.any()
    silent = frame["tier"] == "not_yet"
    assert silent[few].all()
    numbers = ["fatigue", "low", "high", "own_usual", "p_bad_morning", "forecast_sum", "usual_level", *NAMED]
    assert frame.loc[silent, numbers].isna().all(axis=None)
    assert frame.loc[~silent, ["fatigue", "low", "high", "p_bad_morning"]].notna().all(axis=None)
    assert frame["tier_reason"].str.len().min() > 10


def test_a_person_without_any_rating_gets_none_at_all(model, cohort):
    silent = dataclasses.replace(cohort, ratings=cohort.ratings.iloc[:0])
    frame = forecast_frame(model, build_matrix(silent))
    assert (frame["tier"] == "not_yet").all()
    assert frame["fatigue"].isna().all()


def test_chances_are_chances_and_the_range_holds_the_forecast(frame):
    given = frame[frame["tier"] != "not_yet"]
    assert given["p_bad_morning"].between(0, 1).all()
    assert (given["low"] <= given["fatigue"]).all()
    assert (given["high"] >= given["fatigue"]).all()


def test_intervals_follow_the_reports_after_training_and_no_others(model, matrix):
    """One athlete's ratings after training are turned round: the widths after them move, all others stay."""
    who = matrix.keys["athlete_id"].astype(str).to_numpy()
    until = np.datetime64(model.told["last_morning"])
    turned = (who == "sim-0001") & (mornings(matrix) > until)
    target = np.where(turned, 10 - matrix.target, matrix.target).astype(np.float32)
    before = forecast_frame(model, matrix)
    after = forecast_frame(model, dataclasses.replace(matrix, target=target))
    moved = (after[["low", "high"]] != before[["low", "high"]]).any(axis=1) & before["low"].notna()
    assert moved.any()
    assert turned[moved].all()
    assert not moved[mornings(matrix) == until + np.timedelta64(1, "D")].any()


def test_one_day_gets_the_interval_that_it_has_among_all(model, matrix, cohort):
    who = "sim-0002"
    mine = matrix.rows((matrix.keys["athlete_id"] == who).to_numpy())
    day = mine.day[-3].item()
    explained = explain(cohort, model, who, day)
    whole = forecast_frame(model, matrix)
    row = whole[(whole["athlete_id"] == who) & (whole["day"] == pd.Timestamp(day))].iloc[0]
    assert isinstance(explained, Explanation)
    assert (explained.low, explained.high) == pytest.approx((row["low"], row["high"]))
    assert explained.p_bad_morning == pytest.approx(row["p_bad_morning"])
    assert 0 < explained.input_coverage <= 1


def test_the_page_says_what_is_missing_and_when_a_forecast_comes(model, matrix, cohort):
    day = matrix.day.min().item()
    told = explain(cohort, model, "sim-0003", day)
    assert isinstance(told, NotYet)
    assert told.missing in (2, 3)
    assert told.first_forecast == day + timedelta(days=1 + told.missing)
    page, data = render_html(told), json.loads(render_json(told))
    assert "not yet" in page
    assert "3 are needed for a forecast" in page
    assert "the first forecast can be for the morning of" in page
    assert "<svg" not in page
    assert "When to see a doctor" in page
    assert data["tier"] == "not_yet"
    assert {"fatigue", "low", "high", "p_bad_morning", "factors", "flags"} <= set(data)
    assert all(
        data[k] is None for k in ("fatigue", "fatigue_raw", "low", "high", "own_usual", "p_bad_morning")
    )
    assert data["first_forecast"] == told.first_forecast.isoformat()
    assert data["factors"] == []


def test_flags_do_not_wait_for_a_forecast(model, matrix, cohort):
    told = explain(cohort, model, "sim-0003", matrix.day.min().item())
    data = json.loads(render_json(told, {"injury": 1.0}))
    assert [f["id"] for f in data["flags"] if f["applies"]] == ["injury"]


def test_the_report_tells_the_chance_in_one_sentence(model, matrix, cohort):
    told = explain(cohort, model, "sim-0002", matrix.day[-3].item())
    said = json.loads(render_json(told))["bad_morning_sentence"]
    assert re.fullmatch(
        r".+ mornings like this one should be rated .+, clearly more tired than your usual answer\.", said
    )
    assert said.split(" mornings")[0] in render_html(told)


def test_explain_ends_well_and_predict_writes_the_tier(model, matrix, cohort, tmp_path, capsys):
    Store(tmp_path / "store").write(cohort)
    artifact.save(model, tmp_path / "model")
    shared = ["--store", str(tmp_path / "store"), "--model", str(tmp_path / "model")]
    day = str(matrix.day.min())
    out = ["--out", str(tmp_path / "reports")]
    assert main(["explain", *shared, "--athlete", "sim-0003", "--date", day, *out]) == 0
    assert "not yet" in capsys.readouterr().out
    assert len(list((tmp_path / "reports").iterdir())) == 2
    assert main(["predict", *shared, "--out", str(tmp_path / "f.parquet")]) == 0
    frame = pd.read_parquet(tmp_path / "f.parquet")
    assert {"not_yet", "calibrating"} <= set(frame["tier"])
    assert frame.loc[frame["tier"] == "not_yet", "fatigue"].isna().all()
