"""Intervals of reasons are learned where the truth is known, and hold what they promise on truths that they did not see."""

from __future__ import annotations

import numpy as np
import pytest
from heavylegs.features.factors import NAMED
from heavylegs.training.reasons import LEAST_ROWS, Reasons, judge, learn, unseen, widening

ROWS = 4000


def reasons(seed: int, apart: float = 0.1, wide: float = 1.0) -> Reasons:
    """Return points whose truth lies as far off as they are large, further from 0 than towards it; the last factor is rare."""
    dice = np.random.default_rng(seed)
    points = dice.normal(0, 1, (ROWS, len(NAMED)))
    off = np.abs(dice.normal(0, 0.2 + 0.5 * np.abs(points))) * dice.choice([-0.5, 1.0], points.shape)
    known = np.ones(points.shape, dtype=bool)
    known[LEAST_ROWS - 1 :, -1] = False
    members = points + apart * np.array([-1.0, 0.0, 1.0])[:, None, None]
    return Reasons(members, points + np.sign(points) * off * wide, known, "usual")


def test_four_fifths_of_the_truth_of_others_lie_inside_as_many_beyond_either_end() -> None:
    constants = learn([reasons(0)])
    other = reasons(1)
    told = judge(other, {"usual": constants, "cohort": {}})
    assert told["coverage"] == pytest.approx(0.8, abs=0.01)
    assert 0.77 < told["lowest"] < told["highest"] < 0.83
    assert told["sign_clear"] > 0.9 > told["sign_unclear"]
    floor, relative, floor_away, relative_away = constants[NAMED[0]]
    assert floor_away > floor > 0
    assert relative_away > relative > 0


def test_a_factor_that_few_rows_know_has_no_constants_of_its_own() -> None:
    assert set(learn([reasons(0)])) == set(NAMED[:-1])
    assert set(learn([reasons(0), reasons(1)])) == set(NAMED)


def test_what_the_members_disagree_about_needs_no_constants() -> None:
    sure, unsure = (learn([reasons(0, apart)])[NAMED[0]] for apart in (0.0, 0.3))
    assert unsure[0] < sure[0]


def test_intervals_are_widened_by_what_they_lack_on_a_cohort_left_out() -> None:
    alike = [[reasons(seed)] for seed in range(3)]
    assert widening(alike, "usual") == pytest.approx(1.0, abs=0.03)
    assert widening([*alike[:2], [reasons(2, wide=2.0)]], "usual") > 1.1


def test_only_runners_that_were_never_learned_from_are_judged_and_only_when_windows_are_full() -> None:
    judged = unseen(seed=1, r2=0.5, athletes=8, days=80)
    assert [each.reference for each in judged] == ["usual", "cohort"]
    for each in judged:
        assert each.truth.shape == (2 * 80, len(NAMED))
        days = each.known.any(axis=1).reshape(2, 80)
        assert not days[:, :56].any()
        assert days[:, 56:].any()
    assert not np.array_equal(judged[0].truth, judged[1].truth)
