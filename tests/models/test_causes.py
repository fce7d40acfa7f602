"""The causes: doses first, then the own state of what they leave."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.simulate import simulate
from heavylegs.features.factors import FACTORS
from heavylegs.features.matrix import build_matrix
from heavylegs.models import artifact
from heavylegs.models.attribution import attribute
from heavylegs.models.causes import Causes
from heavylegs.models.forecaster import Forecaster
from heavylegs.models.own_responses import OwnResponses
from heavylegs.training.ablation import with_families
from heavylegs.training.fit import LEAST_INNER_ROWS, causes_share


@pytest.fixture(scope="module")
def cohort():
    return simulate(athletes=10, days=90, seed=3).cohort


@pytest.fixture(scope="module")
def causes(matrix):
    return Causes.fit(matrix.labelled(), trees=30)


@pytest.fixture(scope="module")
def mixed(matrix, causes):
    model = Forecaster.fit(matrix.labelled(), trees=10)
    return replace(model, causes=causes, causes_share=0.6)


def test_points_of_every_member_add_up_and_their_mean_is_the_forecast(matrix, causes, mixed):
    _, parts = causes.contributions_by_member(matrix)
    np.testing.assert_allclose(parts.sum(axis=2).mean(axis=0), causes.predict(matrix), atol=1e-6)
    for reference in ("cohort", "usual"):
        told = attribute(mixed, matrix, reference)
        np.testing.assert_allclose(told.points.sum(axis=1), mixed.predict(matrix), atol=1e-6)
    expected = 0.4 * replace(mixed, causes=None).predict(matrix) + 0.6 * causes.predict(matrix)
    np.testing.assert_allclose(mixed.predict(matrix), expected, atol=1e-9)


def test_what_stands_before_a_model_that_takes_all_has_no_say(matrix, causes, mixed):
    some = matrix.rows(np.arange(0, len(matrix), 9))
    alone = replace(mixed, causes_share=1.0)
    other = replace(alone, regressor=Forecaster.fit(matrix.labelled(), trees=1).regressor)
    np.testing.assert_array_equal(alone.predict(some), causes.predict(some))
    np.testing.assert_array_equal(other.predict(some), alone.predict(some))
    np.testing.assert_array_equal(other.contributions_by_member(some), alone.contributions_by_member(some))
    after = replace(alone, starter=mixed, starter_share=0.25)
    expected = 0.75 * causes.predict(some) + 0.25 * mixed.predict(some)
    np.testing.assert_allclose(after.predict(some), expected, atol=1e-12)
    points, constant = after.feature_points(some)
    np.testing.assert_allclose(points.sum(axis=1) + constant, expected, atol=1e-6)


@pytest.mark.parametrize("bags", [1, 3])
def test_points_add_up_where_bags_differ_in_size(matrix, causes, bags):
    some = matrix.rows(np.arange(0, len(matrix), 9))
    model = replace(Forecaster.fit(matrix.labelled(), trees=3, bags=bags), causes=causes, causes_share=0.6)
    points, constant = model.feature_points(some)
    np.testing.assert_allclose(points.sum(axis=1) + constant, model.predict(some), atol=1e-6)


def test_a_forecast_does_not_hang_on_which_other_days_are_asked_for(matrix, causes):
    whole = causes.predict(matrix)
    for chosen in (np.array([200]), ~np.isnan(matrix.target), np.arange(len(matrix))[::-5]):
        np.testing.assert_allclose(causes.predict(matrix.rows(chosen)), whole[chosen], atol=1e-9)


@pytest.mark.parametrize("information", ["evening", "morning"])
def test_reports_and_days_to_come_do_not_move_a_forecast(cohort, information):
    before = build_matrix(cohort, information)
    model = Causes.fit(before.labelled(), trees=10)
    cut = before.keys["day"].min() + pd.Timedelta(days=45)
    later = cohort.ratings["day"] > cut
    other = cohort.ratings.assign(fatigue=cohort.ratings["fatigue"].where(~later, 9.0))
    other = other[~later | (np.arange(len(other)) % 2 == 0)]
    diary = cohort.diary[cohort.diary["day"] <= cut + pd.Timedelta(days=1)]
    after = build_matrix(replace(cohort, ratings=other, diary=diary), information)
    was, now = (m.rows((m.keys["day"] <= cut).to_numpy()) for m in (before, after))
    np.testing.assert_array_equal(model.predict(was), model.predict(now))
    at = (before.keys["day"] == cut + pd.Timedelta(days=1)).to_numpy()
    then = after.rows((after.keys["day"] == cut + pd.Timedelta(days=1)).to_numpy())
    assert not np.array_equal(model.predict(before.rows(at)), model.predict(then))  # the change is seen


def test_points_of_a_cause_stand_with_the_factor_of_its_dose(matrix, causes):
    model = replace(Forecaster.fit(matrix.labelled(), trees=1), causes=causes, causes_share=1.0)
    points, _ = model.feature_points(matrix)
    spoken = {matrix.catalog[n].factor for n in points if points[n].abs().max() > 0}
    assert spoken >= {"poor_sleep", "glycogen_depletion", "heat_stress", "dehydration"}
    assert spoken <= set(FACTORS)
    bare = replace(model, causes=replace(causes, rest=None)).feature_points(matrix)[0]
    assert all(
        f in (*causes.doses, *causes.state) for f in matrix.catalog.inputs() if bare[f.name].abs().max() > 0
    )


def test_a_factor_has_a_bar_by_its_dose_alone_where_the_causes_are_followed_most(matrix, mixed):
    dose = next(f for f in mixed.causes.doses if f.factor == "poor_sleep")
    lacks = matrix.frame[dose.name].isna().to_numpy()
    others = [f.name for f in matrix.catalog.inputs() if f.factor == "poor_sleep" and f != dose]
    some = lacks & matrix.frame[others].notna().any(axis=1).to_numpy()
    assert some.any()  # the log tells something of sleep, but not its dose
    told = attribute(mixed, matrix).points
    assert told["poor_sleep"].isna().tolist() == lacks.tolist()
    np.testing.assert_allclose(told.sum(axis=1), mixed.predict(matrix), atol=1e-6)
    less = replace(mixed, causes_share=0.4)  # the regressor is followed most, which hears the others too
    assert attribute(less, matrix).points["poor_sleep"][some].notna().all()


def test_an_absent_dose_moves_a_forecast_by_what_is_expected_of_it_and_has_no_bar(matrix, causes):
    """Whoever always sleeps short and logs no night is not taken for one who sleeps as everybody does."""
    model = replace(Forecaster.fit(matrix.labelled(), trees=1), causes=causes, causes_share=1.0)
    dose = next(f for f in causes.doses if f.factor == "poor_sleep")
    last = np.flatnonzero(matrix.keys["athlete_id"].cat.codes == 3)[-1]

    def told_after(usual: float) -> tuple[float, pd.Series]:
        nights = matrix.frame[dose.name].copy()
        nights.iloc[last - 20 : last], nights.iloc[last] = usual, np.nan
        other = replace(matrix, frame=matrix.frame.assign(**{dose.name: nights}))
        at = other.rows([last])
        return float(model.predict(at)[0]), attribute(model, at, "cohort").points.iloc[0]

    (_rested, of_rested), (short, of_short) = told_after(0.0), told_after(14.0)
    assert np.isnan(of_rested["poor_sleep"])
    assert np.isnan(of_short["poor_sleep"])
    assert of_short["everything_else"] > of_rested["everything_else"]
    assert of_short.sum() == pytest.approx(short, abs=1e-6)


def test_a_dose_says_less_the_smaller_it_is(matrix, causes):
    doses = [f.name for f in causes.doses]
    less = matrix.frame.assign(**{n: 0.5 * matrix.frame[n].clip(lower=0) for n in doses})
    more = matrix.frame.assign(**{n: matrix.frame[n].clip(lower=0) for n in doses})
    said = [causes.said(replace(matrix, frame=frame)) for frame in (less, more)]
    assert (said[0] <= said[1] + 1e-9).all()


def test_of_two_doses_of_a_factor_the_one_that_knows_the_night_speaks(cohort):
    evening, morning = (build_matrix(cohort, i).catalog.doses() for i in ("evening", "morning"))
    assert [f.name for f in evening if f.factor == "poor_sleep"] == ["sleep_debt_7d_h"]
    assert [f.name for f in morning if f.factor == "poor_sleep"] == ["sleep_debt_with_last_night_h"]


def test_the_first_weeks_of_a_log_teach_no_responses(cohort, matrix):
    """Windows are not full there; what stands in them is not looked at where enough is left."""
    longer = build_matrix(simulate(athletes=6, days=120, seed=3).cohort)
    early = longer.days_into_log < 28
    doses = [f.name for f in longer.catalog.doses()]
    other = longer.frame.assign(**{n: longer.frame[n].mask(early, 9.0) for n in doses})
    same = [Causes.fit(replace(longer, frame=f).labelled(), trees=1) for f in (longer.frame, other)]
    for one, two in zip(same[0].responses, same[1].responses, strict=True):
        for a, b in zip((*one.at, *one.points), (*two.at, *two.points), strict=True):
            np.testing.assert_array_equal(a, b)


def test_what_an_athlete_always_does_moves_nothing_of_their_own(matrix, causes):
    """Own responses are to what differs from the own usual: the level is theirs already."""
    same = replace(matrix, frame=matrix.frame.assign(**{f.name: 2.0 for f in causes.doses}))
    for frame, moved in ((same, False), (matrix, True)):
        own, alike = (replace(causes, own=OwnResponses(s, 0.25)).before_trees(frame) for s in (0.3, 0.0))
        assert bool(np.abs(own - alike).max() > 1e-6) is moved


def test_it_is_saved_and_read_whole(matrix, mixed, tmp_path):
    artifact.save(mixed, tmp_path)
    again = artifact.load(tmp_path)
    assert again.causes_share == mixed.causes_share
    assert [r.pairs for r in again.causes.responses] == [r.pairs for r in mixed.causes.responses]
    assert any(r.pairs for r in again.causes.responses)
    np.testing.assert_array_equal(again.predict(matrix), mixed.predict(matrix))
    assert not [f for f in tmp_path.rglob("*") if f.is_file() and f.suffix not in (".txt", ".json")]


def test_without_doses_there_are_no_causes(matrix):
    bare = with_families(matrix.labelled(), frozenset({"history"}))
    assert Causes.fit(bare) is None
    days = bare.rows(np.arange(300))
    assert causes_share(bare, days, np.full(300, 5.0))[0].share == 0.0


def test_they_are_followed_as_far_as_they_prove_themselves(matrix):
    days = matrix.labelled()
    rated = days.target.astype(float)
    assert causes_share(days, days, rated, trees=10)[0].share == 0.0  # nothing is left to prove
    assert (
        causes_share(days, days, np.full(len(days), 5.0), trees=10)[0].share == 1.0
    )  # nothing else is known to miss less
    few = days.rows(np.arange(LEAST_INNER_ROWS - 1))
    assert causes_share(days, few, np.full(len(few), 5.0))[0].share == 0.0  # too few days to prove anything


@pytest.fixture(scope="module")
def theirs(matrix):
    """What the causes, with next to no trees, say of all rated days."""
    days = matrix.labelled()
    return causes_share(days, days, np.full(len(days), 99.0), trees=1)[1]


@pytest.mark.parametrize("seed", range(4))
def test_a_share_that_luck_may_have_made_is_none_or_all(matrix, theirs, seed):
    days = matrix.labelled()
    luck = np.random.default_rng(seed).normal(0, 1, len(days))
    assert causes_share(days, days, days.target + 0.01 * luck, trees=1)[0].share == 0.0
    assert causes_share(days, days, theirs + 5.0 * luck, trees=1)[0].share == 1.0


def test_what_few_people_agree_on_is_no_proof(matrix, theirs):
    """Half of ten people are far beyond the causes, half on the other side: their many days tell what ten people tell."""
    days = matrix.labelled()
    apart = np.where(days.keys["athlete_id"].cat.codes % 2 == 0, 2.0, -1.0)
    divided = replace(days, target=(theirs - 1.0 + apart).astype(np.float32))
    assert causes_share(days, divided, theirs - 1.0, trees=1)[0].share == 0.0


@pytest.mark.parametrize(("spared", "wholly"), [(0.008, True), (0.2, False)])
def test_another_voice_is_carried_along_only_where_it_spares_a_hundredth_of_the_misses(
    matrix, theirs, spared, wholly
):
    days = matrix.labelled()
    missed = days.target.astype(float) - theirs
    # Another forecast of which mixing in a tenth, or a half, spares just so much of the squared misses of the causes.
    noise = np.random.default_rng(0).normal(size=len(days))
    noise -= missed * (noise @ missed) / (missed @ missed)
    part = 0.1 if wholly else 0.5
    towards = spared / part
    size = np.sqrt((towards / part - towards**2) * (missed @ missed) / (noise @ noise))
    other = theirs + towards * missed + size * noise
    followed, forecasts = causes_share(days, days, other, trees=1)
    assert followed.share == pytest.approx(1.0 if wholly else 1.0 - part)
    np.testing.assert_allclose(forecasts, other + followed.share * (theirs - other))
