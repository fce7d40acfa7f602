"""From 'not yet' to 'solid', with the reason."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from heavylegs.models.confidence import confidence, has_forecast


@pytest.mark.parametrize(
    ("reports", "recent", "covered", "tier", "words", "missing"),
    [
        (0, 0, 1.0, "not_yet", "no morning reported so far", 3),
        (2, 2, 1.0, "not_yet", "3 are needed", 1),
        (40, 0, 1.0, "not_yet", "last four weeks", 1),
        (3, 3, 1.0, "calibrating", "14 are needed", 0),
        (30, 20, 1.0, "building", "30 mornings reported so far (solid from 60 on), 20 of them", 0),
        (90, 10, 1.0, "building", "10 of them in the last four weeks (solid from 14 on)", 0),
        (90, 20, 0.3, "building", "about 30 %", 0),
        (90, 20, 0.0, "building", "almost nothing", 0),
        (90, 20, 0.6, "solid", "90 mornings reported so far, 20 of them in the last four weeks", 0),
    ],
)
def test_the_tier_and_its_reason(reports, recent, covered, tier, words, missing):
    told = confidence(reports, recent, covered)
    assert (told.tier, told.missing) == (tier, missing)
    assert words in told.reason


def test_a_day_has_a_forecast_where_its_tier_is_not_not_yet():
    told = [
        (reports, lately) for reports in (0, 1, 2, 3, 4, 50) for lately in (0, 1, 2, 28) if lately <= reports
    ]
    frame = pd.DataFrame([*told, (np.nan, np.nan)], columns=["ratings_so_far", "ratings_28d"])
    tiers = [confidence(reports, lately, 1.0).tier for reports, lately in told]
    assert has_forecast(frame).tolist() == [*(tier != "not_yet" for tier in tiers), False]
