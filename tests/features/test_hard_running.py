"""How much of a run was hard, from its samples or its means."""

from __future__ import annotations

import numpy as np
import pytest
from heavylegs.features.catalog import catalog

from .test_families import days_of
from .test_records import runs

MAN = {"hr_max_bpm": [190.0], "hr_rest_bpm": [50.0]}
EASY, HARD = 50 + 0.5 * 140, 50 + 0.95 * 140


def hard_minutes(days) -> float:
    return float(days.once(catalog()["hard_running_2d_min"].compute)[0])


def repeats(easy: float, hard: float) -> np.ndarray:
    """Twenty easy minutes, six times three hard ones and two easy, ten easy to the end: an hour."""
    return np.concatenate(
        [np.full(1200, easy), np.tile(np.r_[np.full(180, hard), np.full(120, easy)], 6), np.full(600, easy)]
    )


def test_the_heart_tells_repeats_minute_by_minute():
    days = runs({"hr_bpm": repeats(EASY, HARD)}, athletes=MAN)
    assert hard_minutes(days) == pytest.approx(18, abs=0.1)


def test_pace_tells_them_as_well_on_the_levels_terms():
    """Threshold is .85 of the effort: 4.47 m/s at a threshold of 4 m/s are .95, 2 m/s .43; smoothing rounds the edges."""
    fast = {"threshold_speed_mps": [4.0]}
    days = runs({"speed_mps": repeats(2.0, 4 * 0.95 / 0.85)}, athletes=fast)
    assert hard_minutes(days) == pytest.approx(18, abs=1.0)


def test_of_means_alone_a_mixture_is_guessed():
    """Mean reserve .635 over the hour: below .65, so none was hard."""
    mean = float(repeats(EASY, HARD).mean())
    assert hard_minutes(days_of([60], athletes=MAN, hr_mean_bpm=mean, session_rpe=np.nan)) == 0
    steady = 50 + 0.80 * 140
    assert hard_minutes(days_of([60], athletes=MAN, hr_mean_bpm=steady, session_rpe=np.nan)) == pytest.approx(
        30
    )


def test_what_was_felt_stands_beside_the_samples():
    """RPE 8 is an effort of .86, seven tenths hard: 42 minutes of the hour, and 18 by heart."""
    days = runs({"hr_bpm": repeats(EASY, HARD)}, athletes=MAN, session_rpe=8.0)
    assert hard_minutes(days) == pytest.approx((18 + 42) / 2, abs=0.1)


def test_a_strap_that_was_mostly_silent_leaves_it_to_the_mean():
    silent = np.where(np.arange(3600) < 1200, HARD, np.nan)
    days = runs({"hr_bpm": silent}, athletes=MAN, hr_mean_bpm=50 + 0.80 * 140)
    assert hard_minutes(days) == pytest.approx(30)
