"""Factor points against a simulation's known contributions: correlation, sign, top factors, size.

What each figure means is told in `docs/attribution.md`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..data.arrays import Floats, Mask, Whole
from ..data.errors import InputError
from ..features.factors import NAMED
from ..features.matrix import Matrix
from ..models.reference import Reference
from .audit_points import NOTICEABLE, deviations

CLEAR_LEAD = 0.1
"""Points by which the true top factor leads the second on a clear day."""
LEAST_SPREAD = 0.01
"""SD of a factor's true points within an athlete, in points, below which there is nothing to correlate with."""
LEAST_ROWS = 20
"""Of a factor, and of each athlete, without which there is no correlation."""
LONGEST_WINDOW_DAYS = 42
"""Of a dose: until it is full, the log knows less than the truth holds."""


def truth_of(matrix: Matrix, truth: pd.DataFrame) -> pd.DataFrame:
    """Return the truth's named factors, a row for each of `matrix`.

    Raises
    ------
    InputError
        Where a row has no truth: the store was changed after it was simulated.
    """
    keys = matrix.keys[["athlete_id", "day"]].astype({"athlete_id": "str"})
    rows = keys.merge(truth, on=["athlete_id", "day"], how="left", validate="one_to_one")
    if rows[list(NAMED)].isna().any(axis=None):
        raise InputError("its truth lacks days that it holds", mend="simulate it anew")
    return rows[list(NAMED)]


def windows_full(matrix: Matrix) -> Mask:
    """Return the rows whose doses had full windows."""
    return matrix.days_into_log >= LONGEST_WINDOW_DAYS


def agreement(
    points: pd.DataFrame, truth: pd.DataFrame, owner: npt.ArrayLike, reference: Reference = "usual"
) -> dict[str, Any]:
    """Judge factor points against known contributions.

    Parameters
    ----------
    points, truth : DataFrame, shape (n, 22)
        Canonical points; `points` is NaN where the factor has no bar, and is not judged there.
    owner : array of shape (n,)
    reference : {"usual", "cohort"}
        What both are told against.

    Returns
    -------
    dict
        ``factors`` (a record each) and the figures over all of them.
    """
    who = pd.factorize(np.asarray(owner))[0]
    told = deviations(points, who, reference)
    true = deviations(truth.where(points.notna().to_numpy()), who, reference)
    shares = _variance_shares(truth, who)
    found = _variance_shares(points.fillna(0.0), who)
    factors = [
        {
            "factor": f,
            "share_true": shares[f],
            "share_found": found[f],
            "rows": int(told[f].notna().sum()),
            **_one(told[f].to_numpy(), true[f].to_numpy(), who),
        }
        for f in NAMED
    ]
    return {"reference": reference, "rows": len(points), "factors": factors, **_all(told, true)}


def _one(told: Floats, true: Floats, who: Whole) -> dict[str, Any]:
    """Return one factor's figures."""
    known = ~np.isnan(told)
    told, true, who = told[known], true[known], who[known]
    if known.sum() < LEAST_ROWS or told.std() == 0 or true.std() == 0:
        return dict.fromkeys(("within", "pooled", "sign", "slope"))
    frame = pd.DataFrame({"told": told, "true": true}).groupby(who)
    own = frame.corr().iloc[::2, 1].to_numpy()
    counted = (frame["true"].std() > LEAST_SPREAD) & (frame["true"].size() >= LEAST_ROWS)
    noticeable = np.abs(true) >= NOTICEABLE
    a, b = (frame[c].transform(lambda x: x - x.mean()).to_numpy() for c in ("told", "true"))
    return {
        "within": float(np.nan_to_num(own[counted.to_numpy()]).mean()) if counted.any() else None,
        "pooled": float(np.corrcoef(told, true)[0, 1]),
        "sign": float((np.sign(told) == np.sign(true))[noticeable].mean()) if noticeable.any() else None,
        "slope": float(a @ b / (a @ a)) if a.any() else None,
    }


def _all(told: pd.DataFrame, true: pd.DataFrame) -> dict[str, Any]:
    """Return the figures over all factors: sign agreement and hits of the true top factor."""
    has_bar = told.notna().to_numpy()
    a, b = told.to_numpy(), true.to_numpy()
    noticeable = has_bar & (np.abs(b) >= NOTICEABLE)
    right = np.sign(a) == np.sign(b)
    size, true_size = (np.abs(np.nan_to_num(x)) for x in (a, b))
    some = has_bar.any(axis=1)
    top = true_size.argmax(axis=1)
    rank = (size >= np.take_along_axis(size, top[:, None], axis=1)).sum(axis=1) - 1  # a tie is a miss
    ordered = np.sort(true_size, axis=1)
    clear = some & (ordered[:, -1] - ordered[:, -2] >= CLEAR_LEAD)
    return {
        "sign": float(right[noticeable].mean()),
        "sign_weighted": float(np.abs(b)[has_bar & right].sum() / np.abs(b)[has_bar].sum()),
        "top_1": float((rank == 0)[some].mean()),
        "top_3": float((rank < 3)[some].mean()),
        "top_1_clear": float((rank == 0)[clear].mean()) if clear.any() else None,
        "top_3_clear": float((rank < 3)[clear].mean()) if clear.any() else None,
        "clear_share": float(clear[some].mean()),
    }


def _variance_shares(points: pd.DataFrame, who: Whole) -> dict[str, float]:
    """Return each factor's share of the variance within athletes of the factors' sum."""
    own = points - points.groupby(who).transform("mean")
    total = own.sum(axis=1)
    spread = float((total**2).mean())
    return {str(f): float((own[f] * total).mean() / spread) if spread else 0.0 for f in points}


def against_truth(
    points: pd.DataFrame, logged: pd.DataFrame, judged: Matrix, truth: pd.DataFrame
) -> dict[str, Any]:
    """Compare points with a simulation's truth against both references, on days with full windows and on all.

    Parameters
    ----------
    points, logged : DataFrames of shape (n, factors)
        What a forecast gives its factors, and what the log lets anyone give them: `audit_ceiling.true_responses`.
    judged : Matrix
    truth : DataFrame

    Returns
    -------
    dict
        ``r2`` of the simulation, and `agreement` as ``usual`` (the bars'), ``cohort`` and ``all_days``; as ``logged`` that of
        what the log tells.
    """
    owner = judged.keys["athlete_id"].to_numpy()
    true, full = truth_of(judged, truth), windows_full(judged)
    return {
        "r2": explained_share(truth),
        "usual": agreement(points[full], true[full], owner[full]),
        "cohort": agreement(points[full], true[full], owner[full], "cohort"),
        "all_days": agreement(points, true, owner),
        "logged": agreement(logged[full], true[full], owner[full]),
    }


def explained_share(truth: pd.DataFrame) -> float:
    """Return the share of the variance within athletes that factors explain of factors and noise."""
    who = truth["athlete_id"].to_numpy()
    both = pd.DataFrame({"factors": truth[list(NAMED)].sum(axis=1), "noise": truth["noise"]})
    own = ((both - both.groupby(who).transform("mean")) ** 2).mean()
    return float(own["factors"] / own.sum())
