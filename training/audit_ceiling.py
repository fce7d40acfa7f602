"""What the log itself lets anyone know of the causes: the true response to the doses that the catalogue computes."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.isotonic import IsotonicRegression

from ..features.matrix import Matrix
from .audit_truth import truth_of


def true_responses(learn: Matrix, judged: Matrix, truth: pd.DataFrame) -> pd.DataFrame:
    """Return the points of somebody who was told the truth of the learners, and knows the others by their log.

    Each factor's true points are regressed on its dose, monotonically, over the learners' days. No
    fit that gives a factor what its one dose moves can be expected to do better on athletes never seen.

    Returns
    -------
    DataFrame of shape (n, factors)
        NaN where the dose is not known, as a factor has no bar then.
    """
    taught = truth_of(learn, truth)
    out = pd.DataFrame(np.nan, index=range(len(judged)), columns=taught.columns)
    for feature in judged.catalog.doses():
        dose, asked = (m.frame[feature.name].to_numpy(dtype=float) for m in (learn, judged))
        known, wanted = ~np.isnan(dose), ~np.isnan(asked)
        if not known.any() or not wanted.any():
            continue
        response = IsotonicRegression(increasing=feature.direction > 0, out_of_bounds="clip")
        response.fit(dose[known], taught[feature.factor].to_numpy()[known])
        out.loc[wanted, feature.factor] = response.predict(asked[wanted])
    return out
