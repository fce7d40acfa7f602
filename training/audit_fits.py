"""The fits whose reasons are audited: the product's own, and one made for nothing but telling causes apart."""

from __future__ import annotations

from dataclasses import replace

from ..features.catalog import Catalog, Feature, Information
from ..features.matrix import Matrix
from ..models.forecaster import Forecaster
from .audit_points import Fit
from .fit import fit_forecaster

SLOW_STATE = frozenset({"usual_mean_0_10", "usual_ewma_28_0_10"})
"""What is left of the own state: a level that no single day's cause can hide in."""
DOSES = frozenset(
    {
        "glycogen_debt_g_per_kg",
        "energy_availability_short_of_45_kcal_per_kg",
        "macronutrient_shortfall_28d_share",
        "micronutrient_shortfall_28d_share",
        "hard_running_2d_min",
        "heart_strain_2d_au",
        "eccentric_dose_unaccustomed_3d",
        "cadence_shortfall_dose_2d_spm_h",
        "run_hours_without_strength_h",
        "worn_shoe_distance_2d_km",
        "fast_start_1d_pct",
        "heat_dose_unaccustomed_c_min",
        "fluid_strain_1d_pct",
        "electrolyte_shortfall",
        "too_soon",
        "overload_and_monotony_7d",
        "recovery_shortfall",
        "hard_share_excess_7d",
        "day_beyond_30_pct_of_week",
        "sleep_debt_with_last_night_h",
        "sleep_debt_7d_h",
        "strain_of_mind_3d",
        "illness_injury_lingering",
    }
)
"""One dose a factor, two of sleep: what the evening knows and what the morning adds."""
GROUPS = ("usual_level", "everything_else")


def fit_causes(matrix: Matrix) -> Forecaster:
    """Learn from labelled rows with as little for causes to hide in as can be.

    One dose a factor, weighed against each other in the linear part first, where none is greedy; of the
    own state only the slow level; then small trees of one or two columns, so that every dose grows in
    turn; the trees' share whole. It forecasts worse than the product, and its directions are not assured.
    """
    catalog = Catalog(tuple(_bared(f, matrix.information) for f in matrix.catalog))
    return Forecaster.fit(
        replace(matrix, catalog=catalog),
        boosted_share=1.0,
        trees=1200,
        learning_rate=0.05,
        column_share=0.05,
        bags=1,
    )


def _bared(feature: Feature, information: Information) -> Feature:
    if feature.factor in GROUPS:
        slow = feature.name in SLOW_STATE
        return replace(feature, part="state") if slow else replace(feature, role="context")
    weaker = feature.name == "sleep_debt_7d_h" and information == "morning"
    chosen = feature.name in DOSES and not weaker
    return replace(feature, part="both") if chosen else replace(feature, role="context")


FITS: dict[str, Fit] = {"product": fit_forecaster, "causes": fit_causes}
