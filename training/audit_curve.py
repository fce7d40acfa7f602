"""How well the reasons are recovered, from the ideal to the real: by grade of the log, by noise, by size of the cohort."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from ..data.simulate import simulate
from ..features.catalog import Information
from ..features.matrix import build_matrix
from .audit_bars import of_factors
from .audit_ceiling import true_responses
from .audit_points import Fit, athletes_apart, points_of
from .audit_truth import against_truth, agreement, truth_of, windows_full
from .fit import fit_forecaster
from .progress import Say, silent


@dataclass(frozen=True)
class Setting:
    """One simulated cohort of the curve; the knobs are `simulate`'s.

    Parameters
    ----------
    athletes, days : int
    r2 : float
    gaps, gaps_when_tired, sensitivity_spread, log_errors, noise_spread : float
    seed : int
    """

    athletes: int = 80
    days: int = 200
    r2: float = 0.3
    gaps: float = 1.0
    gaps_when_tired: float = 1.0
    sensitivity_spread: float = 0.35
    log_errors: float = 1.0
    noise_spread: float = 0.4
    seed: int = 7


def measure(
    setting: Setting, fit: Fit = fit_forecaster, information: Information = "morning"
) -> dict[str, Any]:
    """Return how well factor points agree with the truth of unseen athletes in one simulated cohort.

    Returns
    -------
    dict
        The setting, `agreement` (``usual``, ``cohort``, ``all_days``), and under ``ceiling`` the figures of
        somebody who knows each dose exactly and what it gives the average runner, but not the own
        sensitivity of a runner never seen: no model can be expected to do better. Under ``logged`` those
        of `audit_ceiling.true_responses`: the same from what the log tells.
    """
    made = simulate(**asdict(setting))
    average = simulate(**(asdict(setting) | {"sensitivity_spread": 0.0}))
    matrix = build_matrix(made.cohort, information)
    learners, others = athletes_apart(matrix)
    judged = matrix.rows(others)
    points = points_of(fit(matrix.rows(learners).labelled()), judged)
    logged = true_responses(matrix.rows(learners), judged, made.truth)
    full = windows_full(judged)
    owner = judged.keys["athlete_id"].to_numpy()[full]
    true, known = truth_of(judged, made.truth)[full], truth_of(judged, average.truth)[full]
    # The ceiling has a bar where the model has one, so that both choose among the same factors.
    known = known.where(points[full].notna().to_numpy())
    return {
        "setting": asdict(setting),
        "learned": matrix.rows(learners).n_athletes,
        **against_truth(points, logged, judged, made.truth),
        "ceiling": agreement(known, true, owner),
    }


ATHLETES = 200
"""Of each setting, unless their number is what is changed."""
MANY = 2000
"""Of whom 1,500 are learned from."""
COMPLETE = Setting(ATHLETES, gaps=0.0, gaps_when_tired=0.0, log_errors=0.0, sensitivity_spread=0.0)
GRADES: dict[str, Setting] = {
    "a: complete exact logs, people alike": COMPLETE,
    "b: people's own sensitivities (.2)": Setting(
        ATHLETES, gaps=0.0, gaps_when_tired=0.0, log_errors=0.0, sensitivity_spread=0.2
    ),
    "c: errors in the log": Setting(ATHLETES, gaps=0.0, gaps_when_tired=0.0, sensitivity_spread=0.2),
    "d: gaps in the log": Setting(ATHLETES, sensitivity_spread=0.2),
    "e: default (sensitivities .35)": Setting(ATHLETES),
}
"""From the ideal to the real, one cause of error after the other."""
LINES: dict[str, tuple[Setting, ...]] = {
    "grade": tuple(GRADES.values()),
    "noisy": tuple(replace(setting, r2=0.1) for setting in GRADES.values()),
    "noise": tuple(Setting(ATHLETES, r2=r2) for r2 in (0.1, 0.3, 0.5, 0.7)),
    "learners": tuple(Setting(athletes) for athletes in (80, 200, 400, 800)),
    "complete": tuple(replace(COMPLETE, athletes=athletes) for athletes in (80, 200, 800, MANY)),
    "draws": tuple(replace(COMPLETE, athletes=MANY, seed=seed) for seed in (7, 21, 31, 43, 57, 71)),
}
"""What is changed along each curve; a quarter of the athletes are explained, the others learned from.

Noisy: the grades again, at R2 .1 instead of .3. Learners: how many, of logs as people keep them (grade e); complete: of
complete and exact ones (grade a). Draws: other runners, so many of them that chance in who is learned from hardly counts.
"""


def grade_of(setting: Mapping[str, float]) -> str:
    """Return the name of the grade that a setting is of, whatever its noise."""
    return next(name for name, s in GRADES.items() if asdict(s) | {"r2": 0} == {**setting, "r2": 0})


def place(along: str, record: Mapping[str, Any]) -> str:
    """Return where on its line a record of `measure` lies, in words or figures."""
    if along in ("grade", "noisy"):
        return grade_of(record["setting"])
    if along == "draws":
        return f"{record['setting']['seed']}"
    return f"{record['setting']['r2']:g}" if along == "noise" else f"{record['learned']:g}"


def curves(along: Iterable[str], fit: Fit = fit_forecaster, say: Say = silent) -> list[dict[str, Any]]:
    """Return `measure` of each setting of these `LINES`, with the line's name as ``along``.

    A setting that lies on several lines is measured once.
    """
    seen: dict[Setting, dict[str, Any]] = {}
    out = []
    for name in along:
        for setting in LINES[name]:
            if setting not in seen:
                say(", ".join(f"{k} {v:g}" for k, v in asdict(setting).items()))
                seen[setting] = measure(setting, fit)
            out.append({"along": name, **seen[setting]})
    return out


def summary(record: Mapping[str, Any], of: str = "usual") -> dict[str, float | None]:
    """Return the figures of the bars of one record, of the points (``usual``) or of ``logged``, and the ceiling's hits."""
    figures, ceiling = record[of], record["ceiling"]
    return {
        "r2": record["setting"]["r2"],
        **of_factors(figures),
        **{k: figures[k] for k in ("sign", "top_1", "top_3", "top_1_clear")},
        "ceiling_top_1": ceiling["top_1"],
        "ceiling_top_3": ceiling["top_3"],
    }
