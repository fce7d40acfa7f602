"""The chance of a bad morning: one at least a step more tired than the runner's usual answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.arrays import Floats

LEAST_STEP = 1.0
"""Canonical points that a runner notices, where a scale's own step is finer."""
LIKELY = 0.45
"""A chance that is told as 5 in 10: from here on a forecast is a warning."""
LEAST_ROWS, LEAST_OF_EACH = 100, 10
"""Held-out mornings without which no chance is told: of all, and of bad and of other ones."""
SPREAD_OFFSET = 0.5
"""Canonical points added to a spread before the gap is divided by it."""
USED = ((1, 1, 1), (0, 1, 1), (1, 1, 0), (1, 0, 0))
"""Which of gap, spread and gap in spreads are used: the first set by which a higher forecast lowers no chance."""
SPREADS = (0.0, 10.0)
"""Canonical: none, and more than ratings can have. A direction that holds at both holds between them."""
ROUNDING = 1e-3
"""Ratings are stored in single precision."""


def threshold(usual: npt.ArrayLike, step: float) -> Floats:
    """Return the rating from which a morning is bad, shape (n,); NaN where no usual is known.

    The usual (EWMA of half-life 28 reports) is put to the nearest answer of the scale, and a
    noticeable step is added: one step of the scale, and at least one canonical point. On 1 to 5 it
    is the next answer above the usual one.

    Parameters
    ----------
    usual : array of shape (n,)
        Canonical.
    step : float
        One step of the native scale in canonical points: 2.5 for 1 to 5.

    Examples
    --------
    >>> threshold([4.1, 6.0], 2.5).tolist(), threshold([4.1], 0.1).tolist()
    ([7.5, 7.5], [5.1])
    """
    level = np.asarray(usual, dtype=float)
    if step < LEAST_STEP:
        return np.asarray(level + LEAST_STEP)
    return np.asarray(np.floor(level / step + 0.5) * step + step)


def is_bad(ratings: npt.ArrayLike, usual: npt.ArrayLike, step: float) -> Floats:
    """Return 1 where the morning was bad, 0 where not, NaN where rating or usual is unknown, shape (n,)."""
    rated, limit = np.asarray(ratings, dtype=float), threshold(usual, step)
    return np.where(np.isnan(rated) | np.isnan(limit), np.nan, (rated >= limit - ROUNDING).astype(float))


@dataclass(frozen=True)
class BadMorning:
    """A logistic regression from what is known at forecast time; every number fits in a manifest.

    It looks at the gap between the bad morning's threshold and the forecast, the spread of the
    athlete's own ratings of 28 days, and the gap in units of that spread.

    Parameters
    ----------
    step : float
        One step of the scale that it was learned on, canonical.
    spread : float
        Stands for an unknown spread.
    constant : float
    slopes : tuple of float
        Of gap, spread and gap / (spread + 0.5).
    """

    step: float
    spread: float
    constant: float
    slopes: tuple[float, float, float]

    @classmethod
    def fit(
        cls,
        ratings: npt.ArrayLike,
        forecasts: npt.ArrayLike,
        usual: npt.ArrayLike,
        spread: npt.ArrayLike,
        step: float,
    ) -> BadMorning | None:
        """Learn from held-out days, shape (n,) each; None with fewer than 100, or 10 bad or good ones.

        Inputs are left out until a higher forecast lowers the chance for no spread; None where that never holds.

        Parameters
        ----------
        ratings, forecasts, usual, spread : arrays of float
            Canonical; rows without rating or usual are passed over.
        step : float
        """
        from sklearn.linear_model import LogisticRegression

        bad = is_bad(ratings, usual, step)
        known = ~np.isnan(bad)
        if known.sum() < LEAST_ROWS or min(bad[known].sum(), (1 - bad[known]).sum()) < LEAST_OF_EACH:
            return None
        wide = np.asarray(spread, dtype=float)
        middle = float(np.nanmean(wide)) if np.isfinite(wide).any() else 1.0
        inputs = _inputs(forecasts, usual, wide, step, middle)[known]
        means, scales = inputs.mean(axis=0), inputs.std(axis=0) + 1e-9
        for used in USED:
            model = LogisticRegression(C=1.0).fit((inputs - means) / scales * np.array(used), bad[known])
            slopes = model.coef_[0] * np.array(used) / scales
            if all(slopes[0] + slopes[2] / (s + SPREAD_OFFSET) <= 0 for s in SPREADS):
                constant = float(model.intercept_[0] - slopes @ means)
                return cls(step, middle, constant, (float(slopes[0]), float(slopes[1]), float(slopes[2])))
        return None

    def chance(self, forecasts: npt.ArrayLike, usual: npt.ArrayLike, spread: npt.ArrayLike) -> Floats:
        """Return the probability of a bad morning, shape (n,).

        NaN where no usual is known; 0 where the scale ends below the threshold.
        """
        inputs = _inputs(forecasts, usual, np.asarray(spread, dtype=float), self.step, self.spread)
        chance = 1.0 / (1.0 + np.exp(-(self.constant + inputs @ np.array(self.slopes))))
        return np.where(threshold(usual, self.step) > 10.0 + ROUNDING, 0.0, chance)

    def to_dict(self) -> dict[str, Any]:
        """Return plain types for the manifest."""
        return {**asdict(self), "slopes": list(self.slopes)}

    @classmethod
    def from_dict(cls, told: Mapping[str, Any] | None) -> BadMorning | None:
        """Return what `to_dict` told; None for None."""
        return None if told is None else cls(**{**told, "slopes": tuple(told["slopes"])})


def _inputs(
    forecasts: npt.ArrayLike, usual: npt.ArrayLike, spread: Floats, step: float, middle: float
) -> Floats:
    gap = threshold(usual, step) - np.clip(np.asarray(forecasts, dtype=float), 0.0, 10.0)
    wide = np.where(np.isnan(spread), middle, spread)
    return np.stack([gap, wide, gap / (wide + SPREAD_OFFSET)], axis=1)
