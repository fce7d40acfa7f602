"""Rules on seeking help: told only where the log says so, and shown in the report."""

from __future__ import annotations

from heavylegs.models.forecast import Explanation
from heavylegs.serve.flags import flags
from heavylegs.serve.report import render_html

from .explanations import EXAMPLES, MORNING, RUN, explain, ratings, text_of


def fitting(e: Explanation, **facts: float) -> set[str]:
    return {f.id for f in flags(e, facts) if f.applies}


def test_rules_on_seeking_help_fit_only_where_the_log_says_so():
    assert fitting(EXAMPLES["typical"]) == set()
    marathon = {**RUN, "distance_m": 42_400.0}
    assert fitting(explain({"heat_stress": 0.3, "dehydration": 0.2}, activities=(marathon,))) == {
        "rhabdomyolysis"
    }
    assert fitting(explain({"heat_stress": -0.1, "dehydration": 0.2}, activities=(marathon,))) == set()
    assert "heat not logged" in text_of(render_html(explain({"dehydration": 0.2}, activities=(marathon,))))
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
