"""How far factor points lie from the truth on simulated runners, and the intervals that follow from it.

Run ``python -m heavylegs.training.reasons`` after the model or the catalogue changed: it writes
``models/point_interval_table.py`` anew and prints how much of the truth the intervals hold on seeds that they did not see.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import nnls

from ..data.arrays import Floats, Mask
from ..data.simulate import simulate
from ..features.factors import NAMED
from ..features.matrix import build_matrix
from ..models import point_interval_table
from ..models.attribution import PARTS, referred_points
from ..models.confidence import has_forecast
from ..models.point_intervals import COVERAGE, Constants, Sides, Z, disagreement, interval
from ..models.reference import REFERENCES, USUAL_DAYS, Reference, own_usual
from .fit import fit_forecaster

ATHLETES, DAYS = 80, 240
"""Of each simulated cohort."""
UNSEEN_OF = 4
"""One of so many athletes is explained; the others are learned from."""
LEARNED_FROM, JUDGED_ON = (11, 12, 13, 14), (21, 22)
"""Seeds of simulated cohorts: constants come from the first and are judged on the others."""
NOISE = (0.1, 0.3, 0.5)
"""Shares of the variance within athletes that has a cause (R2)."""
WIDEST, HALVINGS = 8.0, 40
"""The most that a side of least squares is widened by, and how often the range of that is halved to find it."""
LEAST_ROWS = 200
"""Rows that must know a factor before it has constants of its own."""
FACTORS = slice(1, len(PARTS) - 1)
"""The 22 factors among `PARTS`."""


@dataclass(frozen=True)
class Reasons:
    """Points of unseen simulated runners beside their true shares.

    Parameters
    ----------
    members : array of shape (members, n, 22)
    truth : array of shape (n, 22)
        From the same reference.
    known : bool array of shape (n, 22)
        Where a factor has points to judge: it has data, and the windows of the first 56 days are full.
    reference : {"usual", "cohort"}
    """

    members: Floats
    truth: Floats
    known: Mask
    reference: Reference

    @property
    def points(self) -> Floats:
        """The mean over members, shape (n, 22)."""
        return np.asarray(self.members.mean(axis=0))


def unseen(seed: int, r2: float, athletes: int = ATHLETES, days: int = DAYS) -> list[Reasons]:
    """Learn from three quarters of a simulated cohort and return the reasons of the others, from either reference."""
    made = simulate(athletes=athletes, days=days, seed=seed, r2=r2)
    matrix = build_matrix(made.cohort)
    judged = matrix.owner % UNSEEN_OF == 0
    model = fit_forecaster(matrix.rows(~judged).labelled())
    rows = matrix.rows(judged)
    truth = made.truth.set_index(["athlete_id", "day"])[list(NAMED)]
    average = truth[~truth.index.get_level_values(0).isin(set(rows.keys["athlete_id"].astype(str)))].mean()
    keys = list(zip(rows.keys["athlete_id"].astype(str), rows.keys["day"], strict=True))
    shares = truth.reindex(keys).to_numpy(dtype=float)
    out = []
    for reference in REFERENCES:
        parts, _, name, known = referred_points(model, rows, reference)
        usual, _ = own_usual(shares, rows.owner, rows.day, has_forecast(rows.frame))
        true = shares - (usual if reference == "usual" else average.to_numpy())
        full = (rows.days_into_log >= USUAL_DAYS) & (name == reference)
        out.append(Reasons(parts[:, :, FACTORS], true, known[:, FACTORS] & full[:, None], reference))
    return out


def learn(seen: Sequence[Reasons]) -> dict[str, Sides]:
    """Return each factor's constants, such that a tenth of the truth lies beyond either end."""
    out: dict[str, Sides] = {}
    known, points, truth, apart = (
        np.concatenate(part)
        for part in zip(*((r.known, r.points, r.truth, disagreement(r.members)) for r in seen), strict=True)
    )
    away = np.where(points > 0, 1.0, -1.0) * (truth - points)
    for column, factor in enumerate(NAMED):
        rows = known[:, column]
        if rows.sum() >= LEAST_ROWS:
            beyond, told, spread = away[rows, column], points[rows, column], apart[rows, column]
            out[factor] = (*_side(-beyond, told, spread), *_side(beyond, told, spread))
    return out


def _side(beyond: Floats, points: Floats, apart: Floats) -> tuple[float, float]:
    """Return the floor and the relative part of one side: their ratio by least squares, their size by the tail.

    Parameters
    ----------
    beyond : array of shape (n,)
        How far the truth lies beyond the points on this side; below 0 where it lies on the other.
    points : array of shape (n,)
    apart : array of shape (n,)
        SD over the members of the bag.
    """
    squares = np.maximum(2 * np.maximum(beyond, 0.0) ** 2 - apart**2, 0.0)
    (floor, relative), _ = nnls(np.column_stack([np.ones_like(points), points**2]), squares)
    low, high = 0.0, WIDEST
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        half = Z * np.sqrt(apart**2 + middle**2 * (floor + relative * points**2))
        low, high = (middle, high) if np.mean(beyond > half) > (1 - COVERAGE) / 2 else (low, middle)
    return float(high * np.sqrt(floor)), float(high * np.sqrt(relative))


def _widened(sides: Sides, factor: float) -> Sides:
    """Return sides that are `factor` times as wide."""
    floor, relative, floor_away, relative_away = sides
    return factor * floor, factor * relative, factor * floor_away, factor * relative_away


def judge(reasons: Reasons, learned: Mapping[str, Constants]) -> dict[str, float]:
    """Return the coverage over all rows, that of the worst and the best factor, and how the signs do.

    Parameters
    ----------
    reasons : Reasons
    learned : mapping of str to mapping
        Constants of each reference, as `learn` returns them.

    Returns
    -------
    dict
        ``coverage``, ``lowest``, ``highest`` (factors with 200 rows or more), ``clear`` (share of
        points whose interval leaves 0 out), ``sign_clear`` and ``sign_unclear`` (share with the true sign).
    """
    points, known = reasons.points, reasons.known
    low, high = _interval(reasons, learned)
    held = (low <= reasons.truth) & (reasons.truth <= high)
    by_factor = [held[known[:, f], f].mean() for f in range(len(NAMED)) if known[:, f].sum() >= LEAST_ROWS]
    clear = (low > 0) | (high < 0)
    right = np.sign(points) == np.sign(reasons.truth)
    return {
        "coverage": float(held[known].mean()),
        "lowest": float(min(by_factor)),
        "highest": float(max(by_factor)),
        "clear": float(clear[known].mean()),
        "sign_clear": float(right[known & clear].mean()),
        "sign_unclear": float(right[known & ~clear].mean()),
    }


def _interval(reasons: Reasons, learned: Mapping[str, Constants]) -> tuple[Floats, Floats]:
    usual = np.full(len(reasons.truth), reasons.reference == "usual")
    return interval(reasons.points, reasons.members, NAMED, usual, learned)


def write_table(constants: Mapping[str, Constants], file: Path) -> None:
    """Write the constants as the module that `heavylegs.models.point_intervals` reads."""
    lines = [
        '"""Written by `python -m heavylegs.training.reasons`; see `heavylegs.models.point_intervals`."""',
        "",
        "SPREAD: dict[str, dict[str, tuple[float, float, float, float]]] = {",
    ]
    for reference, factors in constants.items():
        lines.append(f'    "{reference}": {{')
        lines += [
            f'        "{name}": ({", ".join(f"{v:.3f}" for v in sides)}),' for name, sides in factors.items()
        ]
        lines.append("    },")
    file.write_text("\n".join([*lines, "}", ""]), encoding="utf-8")


def widening(by_seed: Sequence[Sequence[Reasons]], reference: Reference) -> float:
    """Return how much wider intervals must be to hold four fifths of the truth of a cohort that they did not see.

    Constants learned on all cohorts but one are held against that one; the mean over the cohorts left out. What is
    learned from some people is a little too narrow for others.
    """
    factors = []
    for left_out, judged in enumerate(by_seed):
        others = [r for i, seed in enumerate(by_seed) if i != left_out for r in seed]
        constants = learn([r for r in others if r.reference == reference])
        learned: dict[str, Constants] = dict.fromkeys(REFERENCES, constants)
        share = np.concatenate([_share_of_side(r, learned) for r in judged if r.reference == reference])
        factors.append(float(np.quantile(share, COVERAGE)))
    return float(np.mean(factors))


def _share_of_side(reasons: Reasons, learned: Mapping[str, Constants]) -> Floats:
    """Return how far the truth lies along its side of the interval, 1 at its end, of all known points."""
    points = reasons.points
    low, high = _interval(reasons, learned)
    gap = reasons.truth - points
    share = np.abs(gap) / np.maximum(np.where(gap > 0, high - points, points - low), 1e-9)
    return np.asarray(share[reasons.known])


def main() -> None:
    """Learn the constants, write them, and judge them on other seeds."""
    by_seed = [[reasons for r2 in NOISE for reasons in unseen(seed, r2)] for seed in LEARNED_FROM]
    constants: dict[str, Constants] = {}
    for reference in REFERENCES:
        wider = widening(by_seed, reference)
        learned = learn([r for seed in by_seed for r in seed if r.reference == reference])
        constants[reference] = {name: _widened(sides, wider) for name, sides in learned.items()}
        sys.stdout.write(f"{reference}: {wider:.3f} times as wide as what the same cohorts alone would say\n")
    write_table(constants, Path(point_interval_table.__file__))
    for r2 in NOISE:
        for seed in JUDGED_ON:
            for reasons in unseen(seed, r2):
                told = "  ".join(f"{name} {value:.3f}" for name, value in judge(reasons, constants).items())
                sys.stdout.write(f"seed {seed}, R2 {r2}, {reasons.reference}: {told}\n")


if __name__ == "__main__":
    main()
