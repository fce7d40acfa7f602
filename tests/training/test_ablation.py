"""What each family of features is worth: who is in which rung, and the page that tells it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from heavylegs.serve.ablation_page import tables
from heavylegs.training.ablation import ALL_BUT, BASE, WITH, rungs, with_families
from heavylegs.training.splits import split_last_share

FEW = frozenset({BASE, "sleep", "group"})


def test_each_family_is_added_to_the_own_state_and_left_out_of_everything(matrix):
    labelled = with_families(matrix, FEW).labelled()
    named = rungs(labelled)
    assert set(named) == {BASE} | {how + f for how in (WITH, ALL_BUT) for f in FEW - {BASE}}
    learn, forecast = (labelled.rows(rows) for rows in split_last_share(labelled))
    told = {name: rung(learn, forecast) for name, rung in named.items()}
    # With two families, all but one is the own state with the other.
    np.testing.assert_array_equal(told[ALL_BUT + "sleep"], told[WITH + "group"])
    assert np.abs(told[WITH + "group"] - told[BASE]).max() > 0


def test_a_family_that_nobody_logged_has_no_rung(matrix):
    few = with_families(matrix, FEW)
    sleep = [f.name for f in few.catalog.inputs() if f.family == "sleep"]
    without = replace(few, frame=few.frame.assign(**dict.fromkeys(sleep, np.nan)))
    assert WITH + "sleep" not in rungs(without)
    assert WITH + "group" in rungs(without)


def test_the_page_has_the_family_that_helps_most_first():
    of = {"cohort": "club", "protocol": "known", "split": "last 30 % of each", "information": "evening"}
    figures = {
        BASE: 0.5,
        WITH + "sleep": 0.49,
        ALL_BUT + "sleep": 0.47,
        WITH + "load": 0.48,
        ALL_BUT + "load": 0.46,
    }
    records = [
        {**of, "model": name, "kind": "family", "rmse": e, "n_days": 9, "n_athletes": 3}
        for name, e in figures.items()
    ]
    records.append({**records[0], "model": "heavylegs", "kind": "model", "rmse": 0.45})
    page = tables([records], "of today")
    assert "Own state alone 0.5000, everything 0.4500." in page
    assert page.index("| load | 0.4800 | 0.4600 |") < page.index("| sleep | 0.4900 | 0.4700 |")
