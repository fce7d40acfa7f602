"""How true what-ifs are: simulated runners whom the model never saw, whose other day can be lived.

Run ``python -m heavylegs.training.what_if_truth`` after the model or the catalogue changed; it prints the tables of
``docs/what-if.md``.
"""

from __future__ import annotations

import sys
from datetime import timedelta

import numpy as np
import pandas as pd

from ..data.arrays import Floats
from ..data.simulate import BURN_IN_DAYS, simulate, simulate_history
from ..data.simulate_altered import ALTERED, altered_history
from ..data.simulate_doses import History
from ..data.simulate_tools import Dice
from ..data.simulate_truth import factor_points
from ..data.usual_changes import usual_changes
from ..features.matrix import build_matrix
from ..models.what_if import Log
from .fit import fit_forecaster
from .markdown import table

ATHLETES, LEARNED_FROM, DAYS = 80, 60, 240
"""Of each simulated cohort; the model sees the first athletes alone."""
FIRST_DAY, ASKED = 60, 14
"""Of each other athlete, so many days after the first 60, when the windows of the doses are full."""
SEEDS, NOISE = (21, 22), (0.1, 0.3)
"""Cohorts, and shares of the variance within athletes that has a cause (R2)."""
MATTERS = 0.05
"""Points of a true change from which its direction counts."""
COLUMNS = {
    "days": "{:,}",
    "true mean": "{:+.2f}",
    "told mean": "{:+.2f}",
    "typical miss": "{:.2f}",
    "correlation": "{:.2f}",
    "right direction": "{:.0%}",
}


def true_changes(history: History, dice: Dice, change: str, day: int) -> Floats:
    """Return by how much a change of one day moves every runner's latent fatigue of the next morning, shape (athletes,).

    Parameters
    ----------
    history : History
    dice : Dice
        From which it was drawn: it tells each runner's own sensitivities.
    change : str
        A key of `heavylegs.data.simulate_altered.ALTERED`.
    day : int
        Column of the history's arrays.
    """
    before, after = (
        sum(part[:, day] for part in factor_points(dice, lived).values())
        for lived in (history, altered_history(history, change, day))
    )
    return np.asarray(after - before)


def judged(
    r2: float,
    seed: int,
    athletes: int = ATHLETES,
    learned_from: int = LEARNED_FROM,
    days: int = DAYS,
    asked: int = ASKED,
) -> pd.DataFrame:
    """Return what-ifs of runners whom the model never saw beside the truth: change, told, true; evening information.

    `asked` days of each, drawn at random after the first 60.
    """
    cohort = simulate(athletes, days, seed, r2).cohort
    history, dice = simulate_history(athletes, days, seed), Dice(seed, athletes, BURN_IN_DAYS + days + 1)
    matrix, people = build_matrix(cohort), cohort.athletes["athlete_id"].sort_values().tolist()
    some = matrix.keys["athlete_id"].isin(people[:learned_from]).to_numpy()
    model = fit_forecaster(matrix.rows(some).labelled(), with_starter=False)
    start = min(cohort.ratings["day"].min(), cohort.diary["day"].min())
    drawn, truth, rows = np.random.default_rng(0), dict[tuple[str, int], Floats](), []
    group = cohort.athletes.set_index("athlete_id")["group_id"]
    for person, athlete in enumerate(people[learned_from:], start=learned_from):
        log = Log.of(cohort.subset(group.index[group == group[athlete]]), model, athlete)
        for day in drawn.choice(np.arange(min(FIRST_DAY, days // 2), days - 2), asked, replace=False):
            when = (start + timedelta(days=int(day))).date()
            tried = [c for c in usual_changes(log.cohort, log.who(when)) if c.title in ALTERED]
            moved = log.moved(when, log.altered(when, [c.alter for c in tried]))
            for change, told in zip(tried, moved, strict=True):
                key = (change.title, int(day))
                if key not in truth:
                    truth[key] = true_changes(history, dice, change.title, BURN_IN_DAYS + int(day))
                rows.append((change.title, told.difference, float(truth[key][person])))
    return pd.DataFrame(rows, columns=["change", "told", "true"])


def figures(rows: pd.DataFrame) -> dict[str, float]:
    """Return how what-ifs of one kind compare with the truth."""
    matter = rows[rows["true"].abs() >= MATTERS]
    told, true = rows["told"].to_numpy(), rows["true"].to_numpy()
    return {
        "days": len(rows),
        "true mean": float(true.mean()),
        "told mean": float(told.mean()),
        "typical miss": float(np.sqrt(np.mean((told - true) ** 2))),
        "correlation": float(np.corrcoef(told, true)[0, 1]),
        "right direction": float((np.sign(matter["told"]) == np.sign(matter["true"])).mean()),
    }


def main() -> None:
    """Print a table a level of noise."""
    for r2 in NOISE:
        rows = pd.concat([judged(r2, seed) for seed in SEEDS])
        kinds = [(name, figures(rows[rows["change"] == name])) for name in ALTERED]
        lines = [
            [name, *(form.format(told[figure]) for figure, form in COLUMNS.items())]
            for name, told in [*kinds, ("all", figures(rows))]
        ]
        sys.stdout.write(f"R2 {r2}\n\n{table(['change', *COLUMNS], lines)}\n\n")


if __name__ == "__main__":
    main()
