"""Who becomes champion: judged on mornings that neither side's forecast had learned from."""

from __future__ import annotations

import numpy as np
import pytest
from heavylegs.data.simulate import simulate
from heavylegs.features.matrix import build_matrix
from heavylegs.models.baselines import LADDER
from heavylegs.models.forecaster import Forecaster
from heavylegs.training import unseen
from heavylegs.training.judge import judge
from heavylegs.training.metrics import rmse
from heavylegs.training.splits import mornings, split_last_share
from heavylegs.training.unseen import Kept
from heavylegs.training.verdict import Comparison, Verdict

NEVER = np.datetime64("NaT", "D")


@pytest.fixture(scope="module")
def matrix():
    return build_matrix(simulate(athletes=12, days=120, seed=7, r2=0.5).cohort)


def kept(matrix, noise: float, seed: int = 0, chosen=None, uri: str = "models:/m/2", **more) -> Kept:
    """A model whose evaluation forecast the last 30 % of each athlete's mornings with an error of `noise`."""
    labelled = matrix.labelled()
    held_out = split_last_share(labelled)[1] if chosen is None else chosen
    rows = labelled.rows(held_out)
    frame = unseen.keys_of(rows)
    frame["heavylegs"] = rows.target + np.random.default_rng(seed).normal(0, noise, len(rows))
    for name, rung in LADDER.items():
        if "lightgbm" in name:  # a rung that the evaluation did not judge is left out of the comparison
            continue
        frame[name] = rung(labelled.rows(~held_out), rows)
    return Kept(uri, frame, more.get("forecaster"), more.get("last", NEVER))


def without(model: Kept, matrix, rows) -> Kept:
    gone = unseen.keys_of(matrix.labelled().rows(rows)).assign(gone=True)
    frame = model.held_out.merge(gone, how="left", on=["athlete", "morning"])
    return Kept(model.uri, frame[frame.pop("gone").isna()], model.forecaster, model.last_morning)


def test_the_first_model_has_the_best_baseline_to_beat(matrix):
    verdict = judge(matrix, kept(matrix, 0.2), None)
    assert verdict.promoted
    assert verdict.judged_on == "mornings that its evaluation held out"
    assert [c.opponent in LADDER for c in verdict.comparisons] == [True]
    worse = judge(matrix, kept(matrix, 3.0), None)
    assert not worse.promoted
    assert "does not beat" in worse.reason


def test_a_better_model_takes_the_place_and_a_worse_one_does_not(matrix):
    good, poor = kept(matrix, 0.2, uri="models:/m/1"), kept(matrix, 0.6, seed=1)
    assert judge(matrix, good, poor).promoted
    verdict = judge(matrix, poor, good)
    assert not verdict.promoted
    assert "does not beat models:/m/1: RMSE" in verdict.reason


def test_the_best_baseline_must_be_beaten_too(matrix):
    verdict = judge(matrix, kept(matrix, 3.0), kept(matrix, 5.0, seed=1))
    against_baseline, against_champion = verdict.comparisons
    assert (against_baseline.beaten, against_champion.beaten, verdict.promoted) == (False, True, False)


def test_ahead_by_no_more_than_luck_is_not_ahead():
    assert not Comparison("models:/m/1", 1.0, 1.01, skill=0.02, low=-0.01, high=0.05).beaten
    assert Comparison("models:/m/1", 1.0, 1.01, skill=0.02, low=0.01, high=0.03).beaten


def test_a_verdict_holds_no_figure_that_json_does_not_know():
    against = Comparison("models:/m/1", 1.0, 1.0, skill=float("nan"), low=float("nan"), high=0.1)
    [told] = Verdict(False, "why", "models:/m/2", None, comparisons=(against,)).to_dict()["comparisons"]
    assert (told["skill"], told["high"], told["beaten"]) == (None, 0.1, False)


def test_a_tie_leaves_the_champion(matrix):
    verdict = judge(matrix, kept(matrix, 0.2), kept(matrix, 0.2, uri="models:/m/1"))
    assert not verdict.promoted
    assert "skill +0.000 (+0.000 to +0.000)" in verdict.reason
    steps = 0.2 * matrix.native_span / 10  # errors are told in steps of the cohort's own scale
    assert (
        verdict.comparisons[1].rmse == verdict.comparisons[1].opponent_rmse == pytest.approx(steps, rel=0.1)
    )


def test_only_mornings_that_both_held_out_count(matrix):
    labelled = matrix.labelled()
    mine, theirs = split_last_share(labelled, 0.3)[1], split_last_share(labelled, 0.5)[1]
    verdict = judge(matrix, kept(matrix, 0.2, chosen=mine), kept(matrix, 0.6, chosen=theirs))
    assert verdict.mornings == int((mine & theirs).sum())


def test_too_few_common_mornings_decide_nothing(matrix):
    labelled = matrix.labelled()
    later = split_last_share(labelled)[1]
    rows = np.flatnonzero(later)[:-20]
    champion = without(kept(matrix, 3.0, forecaster=small(matrix)), matrix, rows)
    verdict = judge(matrix, kept(matrix, 0.2), champion)
    assert not verdict.promoted
    assert "20 mornings of 1 person are new to both models" in verdict.reason


def test_many_mornings_of_few_people_decide_nothing(matrix):
    labelled = matrix.labelled()
    others = np.flatnonzero(labelled.keys["athlete_id"].cat.codes >= 4)
    champion = without(kept(matrix, 3.0, forecaster=small(matrix)), matrix, others)
    verdict = judge(matrix, kept(matrix, 0.2), champion)
    assert not verdict.promoted
    assert verdict.mornings > 60
    assert "mornings of 4 people are new to both models" in verdict.reason


@pytest.fixture(scope="module")
def alone():
    """One runner with two months of mornings to judge by."""
    return build_matrix(simulate(athletes=1, days=240, seed=7, r2=0.5).cohort)


def test_a_model_of_one_runner_has_the_starter_to_beat_over_weeks_too(alone):
    verdict = judge(alone, kept(alone, 0.2), None)
    assert verdict.promoted
    assert (verdict.athletes, verdict.instead) == (1, "")
    assert [c.opponent in LADDER for c in verdict.comparisons] == [True, False]
    assert "beats the starter" in verdict.reason
    assert verdict.reason.endswith("over the weeks of these people alone")


def test_where_a_model_of_one_runner_has_not_beaten_the_starter_that_serves(alone):
    verdict = judge(alone, kept(alone, 2.0), None)
    assert (verdict.promoted, verdict.instead) == (False, "starter")
    assert "does not beat the starter" in verdict.reason
    assert verdict.reason.endswith("meanwhile the starter forecasts these people")
    assert judge(alone, kept(alone, 2.0), kept(alone, 0.2, seed=1, uri="models:/m/1")).instead == ""


def test_a_month_of_one_runner_decides_nothing(alone):
    labelled = alone.labelled()
    last = mornings(labelled) > mornings(labelled).max() - np.timedelta64(45, "D")
    verdict = judge(alone, kept(alone, 0.2, chosen=last), None)
    assert not verdict.promoted
    assert verdict.mornings >= 30
    assert "of 1 person are new to the model; at least 30 in 8 weeks are needed" in verdict.reason
    assert verdict.instead == "starter"


def test_a_champion_of_another_catalogue_is_compared_by_its_kept_forecasts(matrix):
    assert not judge(matrix, kept(matrix, 0.6), kept(matrix, 0.2, seed=1)).promoted
    assert judge(matrix, kept(matrix, 0.2), kept(matrix, 0.6, seed=1)).promoted


def test_a_champion_that_can_neither_forecast_nor_be_compared_loses_to_a_model_that_beats_the_baseline(
    matrix,
):
    none = without(kept(matrix, 0.1, uri="models:/m/1"), matrix, np.ones(len(matrix.labelled()), dtype=bool))
    verdict = judge(matrix, kept(matrix, 0.2), none)
    assert verdict.promoted
    assert "models:/m/1 cannot be loaded here" in verdict.reason
    assert not judge(matrix, kept(matrix, 3.0), none).promoted


def test_a_champion_forecasts_the_mornings_since_its_training_itself(matrix):
    labelled = matrix.labelled()
    morning = mornings(labelled)
    last = np.sort(morning)[int(0.7 * len(morning))]
    champion = kept(matrix, 9.0, chosen=morning <= last, forecaster=small(matrix, last), last=last)
    verdict = judge(matrix, kept(matrix, 0.2, chosen=morning > last), champion)
    assert verdict.judged_on == "mornings since the champion was trained"
    assert verdict.mornings == int((morning > last + np.timedelta64(1, "D")).sum())
    assert verdict.comparisons[1].opponent_rmse < 3.0


def test_a_candidate_that_is_older_than_the_store_forecasts_the_new_mornings_too(matrix):
    """What it kept is of no use then: ladder and models forecast what none has learned from."""
    labelled = matrix.labelled()
    morning = mornings(labelled)
    last = np.sort(morning)[int(0.7 * len(morning))]
    nothing = np.zeros(len(labelled), dtype=bool)
    candidate = kept(matrix, 0.0, chosen=nothing, forecaster=small(matrix, last), last=last)
    verdict = judge(matrix, candidate, None)
    assert verdict.mornings == int((morning > last + np.timedelta64(1, "D")).sum())
    assert verdict.judged_on == "mornings that its evaluation held out, or came after"
    [against] = verdict.comparisons
    later = labelled.rows(morning > last + np.timedelta64(1, "D"))
    learn = labelled.rows(morning < mornings(later).min() - np.timedelta64(1, "D"))
    best = min(rmse(later.target, np.clip(rung(learn, later), 0, 10)) for rung in LADDER.values())
    assert against.opponent_rmse == pytest.approx(best * matrix.native_span / 10)


def test_a_store_that_holds_only_later_mornings_teaches_no_baseline(matrix):
    labelled = matrix.labelled()
    before = mornings(labelled).min() - np.timedelta64(9, "D")
    nothing = np.zeros(len(labelled), dtype=bool)
    verdict = judge(matrix, kept(matrix, 0.0, chosen=nothing, forecaster=small(matrix), last=before), None)
    assert not verdict.promoted
    assert "from which the baselines could learn" in verdict.reason


def test_what_is_kept_names_nobody_and_holds_no_rating(matrix):
    labelled = matrix.labelled()
    keys = unseen.keys_of(labelled)
    assert not set(keys["athlete"]) & set(labelled.keys["athlete_id"])
    assert keys["athlete"].nunique() == labelled.keys["athlete_id"].nunique()


def small(matrix, last: np.datetime64 | None = None) -> Forecaster:
    labelled = matrix.labelled()
    learn = labelled if last is None else labelled.rows(mornings(labelled) <= last)
    return Forecaster.fit(learn, trees=5, bags=1)
