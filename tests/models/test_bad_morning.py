"""The chance of a bad morning means what it says."""

from __future__ import annotations

import numpy as np
import pytest
from heavylegs.models.bad_morning import BadMorning, is_bad, threshold


def mornings(n: int = 4000, seed: int = 0):
    """Return ratings on 1-5, forecasts, usual levels and spreads."""
    rng = np.random.default_rng(seed)
    usual, spread = rng.uniform(3, 6, n), rng.uniform(0.5, 2.5, n)
    forecast = usual + rng.normal(0, 1, n)
    rated = np.clip(np.round((forecast + spread * rng.normal(0, 1, n)) / 2.5) * 2.5, 0, 10)
    return rated, forecast, usual, spread


def test_a_bad_morning_is_the_next_answer_above_the_usual_one_and_at_least_a_point():
    np.testing.assert_allclose(threshold([4.9, 3.7, 3.8, np.nan], 2.5), [7.5, 5.0, 7.5, np.nan])
    np.testing.assert_allclose(threshold([4.1], 10 / 6), [10 / 6 * 3], atol=1e-9)
    np.testing.assert_allclose(threshold([4.1], 0.1), [5.1])
    assert is_bad([7.5, 5.0, np.nan], [4.9] * 3, 2.5).tolist()[:2] == [1.0, 0.0]


def test_chances_are_as_frequent_as_they_say():
    model = BadMorning.fit(*mornings(), step=2.5)
    rated, forecast, usual, spread = mornings(seed=1)
    chance, came = model.chance(forecast, usual, spread), is_bad(rated, usual, 2.5)
    for low, high in ((0.0, 0.1), (0.1, 0.3), (0.3, 0.6), (0.6, 1.0)):
        said = (chance >= low) & (chance < high)
        assert came[said].mean() == pytest.approx(chance[said].mean(), abs=0.06)


def test_a_higher_forecast_never_lowers_the_chance():
    model = BadMorning.fit(*mornings(), step=2.5)
    for spread in (0.0, 1.0, 3.0, np.nan):
        chance = model.chance(np.linspace(0, 10, 50), np.full(50, 4.0), np.full(50, spread))
        assert (np.diff(chance) >= 0).all()


def test_nor_does_it_where_the_forecasts_of_some_spreads_were_of_no_use():
    rng = np.random.default_rng(0)
    usual, spread = rng.uniform(3, 6, 6000), rng.choice([0.3, 3.0], 6000)
    forecast = usual + rng.normal(0, 1, 6000)

    def learned(calm: float, wild: float) -> BadMorning | None:
        followed = np.where(spread < 1, calm, wild) * (forecast - usual)
        rated = np.clip(usual + followed + rng.normal(0, 1.5, 6000), 0, 10)
        return BadMorning.fit(rated, forecast, usual, spread, step=1.0)

    model = learned(1.5, -0.1)
    for each in (0.0, 0.3, 3.0, 10.0):
        chance = model.chance(np.linspace(0, 10, 50), np.full(50, 4.0), np.full(50, each))
        assert (np.diff(chance) >= 0).all()
    assert learned(-1.5, -1.5) is None


def test_nothing_is_said_without_a_usual_and_nothing_beyond_the_scale_is_expected():
    model = BadMorning.fit(*mornings(), step=2.5)
    assert np.isnan(model.chance([5.0], [np.nan], [1.0])[0])
    assert model.chance([9.0], [9.5], [1.0])[0] == 0.0


def test_too_few_mornings_teach_nothing():
    assert BadMorning.fit(*(x[:99] for x in mornings()), step=2.5) is None
    rated, forecast, usual, spread = mornings()
    assert BadMorning.fit(np.zeros_like(rated), forecast, usual, spread, step=2.5) is None


def test_json_keeps_everything():
    model = BadMorning.fit(*mornings(500), step=2.5)
    assert BadMorning.from_dict(model.to_dict()) == model
    assert BadMorning.from_dict(None) is None
