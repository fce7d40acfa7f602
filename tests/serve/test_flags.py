"""Rules on seeking help: told only where the log says so, and shown in the report."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from heavylegs.models.explanation import Explanation
from heavylegs.serve.flags import flags
from heavylegs.serve.report import render_html

from .explanations import EXAMPLES, MORNING, RUN, explain, ratings, text_of


def fitting(e: Explanation, **facts: float) -> set[str]:
    return {f.id for f in flags(e, facts) if f.applies}


def test_rules_on_seeking_help_fit_only_where_the_log_says_so():
    assert fitting(EXAMPLES["typical"]) == set()
    marathon = {**RUN, "distance_m": 42_400.0}
    ran = explain({"heat_stress": -0.1}, activities=(marathon,))  # a heat that is usual, yet heat
    assert fitting(ran, wbgt_c=24.0, run_fluid_deficit_pct=2.8) == {"rhabdomyolysis"}
    assert fitting(ran, wbgt_c=12.0, run_fluid_deficit_pct=2.8) == set()
    assert fitting(ran, wbgt_c=24.0, run_fluid_deficit_pct=1.2) == set()
    page = text_of(render_html(ran, {"run_fluid_deficit_pct": 2.8}))
    assert "42 km on this day with 2.8 % of body mass sweated and not drunk back; heat not logged." in page
    assert fitting(explain({}), injury=1) == {"injury"}
    assert "Your log shows an injury in your notes." in text_of(render_html(explain({}), {"injury": 1}))
    tired = tuple((day, r if (MORNING - day).days > 14 else 8.0) for day, r in ratings())
    assert fitting(explain({}, recent=tired)) == {
        "overtraining"
    }  # nothing logged: nothing can be called unexplained
    assert fitting(explain({"poor_sleep": 0.1, "overreaching": -0.1}, recent=tired)) == {
        "overtraining",
        "condition",
    }
    assert fitting(explain({"poor_sleep": 0.1, "overreaching": 0.5}, recent=tired)) == {"overtraining"}
    assert fitting(explain({}, recent=tired), easy_days_14d=1) == set()
    page = render_html(explain({}, recent=tired))
    assert 'class="alert"' in page
    assert 'class="alert"' not in render_html(EXAMPLES["typical"])


@pytest.mark.parametrize(
    ("metres", "sport", "longest_before", "fits"),
    [
        (42_195.0, "running", None, True),
        (42_195.0, "cycling", None, False),
        (22_000.0, "running", 10_500.0, True),
        (22_000.0, "running", 12_000.0, False),
        (16_000.0, "running", 7_000.0, False),
        (22_000.0, "running", None, False),
    ],
)
def test_a_run_is_extreme_by_its_length_or_beside_the_longest_before(metres, sport, longest_before, fits):
    facts = {} if longest_before is None else {"longest_run_90d_m": longest_before}
    told = fitting(explain({}, activities=({**RUN, "distance_m": metres, "sport": sport},)), **facts)
    assert told == ({"rhabdomyolysis"} if fits else set())


def mornings(late: float, early: float = 4.0, days: int = 14) -> tuple[tuple[date, float], ...]:
    """Ratings of eight weeks, the last so many days of two weeks otherwise."""
    told = [(MORNING - timedelta(days=n), late if n <= 14 else early) for n in range(56, 0, -1)]
    return tuple((day, value) for day, value in told if (MORNING - day).days > 14 - days or value == early)


@pytest.mark.parametrize(
    ("recent", "own_usual", "fits"),
    [
        (mornings(6.0), 6.0, True),  # the running average has followed; the weeks before tell
        (mornings(5.4), 4.0, False),
        (mornings(6.0, days=10), 6.0, True),
        (mornings(6.0, days=9), 4.0, False),
        (mornings(6.0)[-14:], 4.0, True),
        (mornings(6.0)[-14:], None, False),
    ],
)
def test_two_weeks_are_tired_where_enough_mornings_lie_well_above_those_before(recent, own_usual, fits):
    assert fitting(explain({}, recent=recent, own_usual=own_usual)) == ({"overtraining"} if fits else set())


@pytest.mark.parametrize(("days_ago", "rated", "fits"), [(3, 9.0, True), (4, 9.0, False), (1, 8.9, False)])
def test_extreme_tiredness_is_of_the_last_three_days(days_ago, rated, fits):
    recent = (*mornings(4.0), (MORNING - timedelta(days=days_ago), rated))
    assert fitting(explain({}, recent=recent)) == ({"extreme_fatigue"} if fits else set())


def test_the_rules_that_fit_come_first():
    told = flags(explain({}), {"injury": 1})
    assert [f.applies for f in told] == [True, False, False, False, False]
    assert told[0].id == "injury"
