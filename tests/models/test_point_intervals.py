"""How sure points are: what was measured of a factor on either side, and how far members disagree."""

from __future__ import annotations

import numpy as np
import pytest
from heavylegs.models.point_interval_table import SPREAD
from heavylegs.models.point_intervals import Z, interval

SLEEP = "poor_sleep"


def ends(points: float, part: str = SLEEP, usual: bool = True, apart: float = 0.0) -> tuple[float, float]:
    members = np.array([points - apart, points + apart]).reshape(2, 1, 1)
    lower, upper = interval(np.array([[points]]), members, [part], np.array([usual]))
    return float(lower[0, 0]), float(upper[0, 0])


@pytest.mark.parametrize("points", [1.5, -1.5])
@pytest.mark.parametrize("usual", [True, False])
def test_each_side_is_as_wide_as_was_measured_towards_nothing_and_away_from_it(points, usual):
    floor, relative, floor_away, relative_away = SPREAD["usual" if usual else "cohort"][SLEEP]
    towards, away = (Z * np.hypot(r * 1.5, f) for f, r in ((floor, relative), (floor_away, relative_away)))
    assert away > 1.2 * towards
    nearer, further = sorted(ends(points, usual=usual), key=abs)
    assert abs(points - nearer) == pytest.approx(towards)
    assert abs(points - further) == pytest.approx(away)


def test_of_what_nobody_measured_the_disagreement_of_members_is_all():
    assert ends(0.4, "everything_else", apart=0.1) == pytest.approx(
        (0.4 - Z * 0.1 * 2**0.5, 0.4 + Z * 0.1 * 2**0.5)
    )
    assert ends(0.4, "everything_else") == (0.4, 0.4)


def test_one_member_has_none_to_disagree_with():
    lower, upper = interval(np.array([[0.4]]), np.array([[[0.4]]]), [SLEEP], np.array([True]))
    assert (float(lower[0, 0]), float(upper[0, 0])) == ends(0.4)
