"""What an altered day does to its forecast: nothing where nothing is altered, and else a sum of parts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from heavylegs.models.causes import Causes
from heavylegs.models.forecaster import Forecaster
from heavylegs.models.what_if import held, touched, what_ifs

ROW = 60


@pytest.fixture(scope="module", params=[0.0, 0.6], ids=["estimator", "with causes"])
def forecaster(request, model, matrix) -> Forecaster:
    """Return a model of the own state first, and one that follows causes more."""
    if not request.param:
        return model
    causes = Causes.fit(matrix.labelled(), trees=15)
    return replace(model, causes=causes, causes_share=request.param)


@pytest.fixture(scope="module")
def mine(matrix):
    """Return every day of one runner."""
    return matrix.rows((matrix.keys["athlete_id"] == "sim-0003").to_numpy())


def altered(mine, **values):
    frame = mine.frame.iloc[[ROW]].reset_index(drop=True)
    return frame.assign(**{name: np.float32(value) for name, value in values.items()})


def test_nothing_altered_moves_nothing(forecaster, mine):
    (moved,) = what_ifs(forecaster, mine, ROW, altered(mine))
    assert moved.difference == 0.0
    assert set(moved.parts.values()) == {0.0}
    assert not moved.heard
    assert not moved.unclear
    assert moved.before == pytest.approx(forecaster.predict(mine.rows([ROW]))[0], abs=1e-12)


def test_parts_and_members_add_up_to_the_difference(forecaster, mine):
    (moved,) = what_ifs(
        forecaster, mine, ROW, altered(mine, sleep_debt_7d_h=20, heart_strain_2d_au=400, too_soon=2)
    )
    assert moved.difference > 0.0
    assert moved.heard
    assert sum(moved.parts.values()) == pytest.approx(moved.difference, abs=1e-6)
    assert np.mean(moved.members) == pytest.approx(moved.difference, abs=1e-6)
    largest = max(moved.parts, key=lambda part: moved.parts[part])
    assert largest in ("poor_sleep", "cardiovascular_strain", "too_much_too_soon")


def test_several_alterations_are_answered_as_each_alone(forecaster, mine):
    few, many = altered(mine, sleep_debt_7d_h=0), altered(mine, sleep_debt_7d_h=15)
    both = altered(mine, sleep_debt_7d_h=0).iloc[[0, 0]].reset_index(drop=True)
    both.loc[1, "sleep_debt_7d_h"] = np.float32(15)
    together = what_ifs(forecaster, mine, ROW, both)
    alone = [what_ifs(forecaster, mine, ROW, frame)[0] for frame in (few, many)]
    for one, other in zip(together, alone, strict=True):
        assert one.after == pytest.approx(other.after, abs=1e-9)


def test_an_altered_day_looks_back_on_the_log_as_it_was(forecaster, mine):
    day = held(mine, altered(mine, sleep_debt_7d_h=15), [ROW])
    whole, place = day.origin()
    assert whole is mine
    assert place.tolist() == [ROW]
    assert day.keys["day"].tolist() == [mine.keys["day"].iloc[ROW]]


def test_what_becomes_known_or_unknown_is_touched_and_what_stays_absent_is_not():
    before, after = (
        pd.DataFrame({"debt": debt, "rest": 1.0}) for debt in ([np.nan, np.nan, 2, 2], [np.nan, 2, np.nan, 2])
    )
    assert touched(before, after, ["debt"]).tolist() == [False, True, True, False]
    assert not touched(before, after, ["rest"]).any()


def test_direction_is_unclear_where_members_disagree(forecaster, mine):
    (moved,) = what_ifs(forecaster, mine, ROW, altered(mine, sleep_debt_7d_h=15))
    assert not moved.unclear
    assert replace(moved, members=(-0.01, 0.02)).unclear
    assert not replace(moved, members=(0.0, 0.02)).unclear
