"""The estimator keeps scikit-learn's rules, as scikit-learn itself checks them."""

from __future__ import annotations

from heavylegs.models.fatigue import FatigueRegressor
from sklearn.utils.estimator_checks import parametrize_with_checks


@parametrize_with_checks([FatigueRegressor(trees=10), FatigueRegressor(trees=10, extra_trees=True, bags=1)])
def test_scikit_learns_estimator_checks(estimator, check):
    check(estimator)
