"""From how many days on a feature says anything, and how long a day counts in it: every window's length and lag."""

from __future__ import annotations

import numpy as np
import pytest
from heavylegs.data.schema import TABLES
from heavylegs.features.catalog import catalog
from heavylegs.features.days import Days

from .test_families import days_of

LENGTH, CHANGED = 100, 30
ATHLETE = {"hr_max_bpm": [190.0], "hr_rest_bpm": [50.0], "sex": ["male"], "birth_year": [1990.0]}
AMOUNTS = {
    "sleep_h": 7.0, "body_fat_pct": 15.0, "hrv_rmssd_ms": 60.0, "resting_hr_bpm": 50.0, "night_hr_bpm": 50.0,
    "fluid_ml": 2000.0, "mass_kg": 70.0, "energy_intake_kcal": 2500.0, "carbohydrate_g": 300.0, "fat_g": 80.0,
    "protein_g": 70.0, "sodium_mg": 2000.0, "potassium_mg": 2000.0,
}  # fmt: skip
RUN = {"distance_m": 9000.0, "hr_mean_bpm": 150.0, "cadence_mean_spm": 170.0}
NUMBERS = [c.name for c in TABLES["diary"].columns if c.name not in ("athlete_id", "day", "source")]

FIRST_DAY = {
    2: (
        "carbohydrate_shortfall_3d_g_per_kg", "glycogen_debt_g_per_kg", "run_carbohydrate_used_3d_g", "sodium_debt_mg",
        "energy_balance_3d_kcal_per_kg", "energy_availability_3d_kcal_per_kg", "fluid_deficit_3d_pct", "sleep_debt_3d_h",
    ),
    3: (
        "sleep_debt_7d_h", "sleep_mean_7d_h", "sleep_quality_7d", "sleep_debt_with_last_night_h", "hrv_variability_7d_pct",
        "energy_availability_7d_kcal_per_kg", "energy_balance_7d_kcal_per_kg", "protein_7d_g_per_kg",
        "macronutrient_imbalance_7d_pct", "carbohydrate_share_7d_pct", "alcohol_7d_g", "potassium_shortfall_7d_share",
        "mass_below_usual_pct",
    ),
    4: ("hard_sessions_7d", "hard_days_beyond_two_7d", "run_distance_7d_m", "minutes_above_threshold_hr_7d_min"),
    5: ("monotony_7d", "strain_7d_au", "sleep_debt_14d_h", "fatigue_spread_28d_0_10"),
    # Five days that are usual, and one that is held against them.
    6: (
        "fluid_below_usual_ml", "meals_below_usual", "soreness_above_usual", "stress_above_usual", "mood_below_usual",
        "readiness_below_usual", "sleep_quality_below_usual", "last_night_sleep_below_usual_h",
        "efficiency_below_usual_1d_pct", "cadence_shortfall_1d_spm",
    ),
    7: ("load_14d_au", "sleep_variability_14d_h", "iron_shortfall_28d_share", "micronutrient_shortfall_28d_share"),
    8: (
        "session_spike_ratio", "run_distance_spike_ratio", "run_beyond_longest_30d_ratio", "longest_run_30d_m",
        "resting_hr_deviation_bpm", "night_hr_above_usual_bpm",
    ),
    10: ("monotony_14d", "strain_14d_au"),
    11: ("load_rise_7d_au",),
    14: (
        "load_28d_au", "hard_share_28d", "easy_share_28d", "run_days_28d",
        "hrv_below_usual_ln_ms", "last_night_hrv_below_usual_ln_ms", "soreness_rise_7d", "stress_rise_7d", "mood_rise_7d",
        "readiness_rise_7d", "resting_hr_rise_7d_bpm",
    ),
    # The last week, or two, against days before it, of which ten are enough.
    17: ("load_week_ratio", "run_distance_week_ratio", "too_soon", "hard_minutes_rise_7d_min", "monotony_under_overload_7d"),
    # The same, told three days, or for four weeks fourteen days.
    19: ("overload_sustained_7d_ratio", "overload_and_monotony_7d"),
    24: ("run_distance_two_week_ratio", "fatigue_raised_14d"),
    30: ("overload_sustained_28d_ratio",),
}  # fmt: skip


# What is changed on one day, and the first and last day, counted from it, on which it is told.
COUNTS = {
    "sleep_h": {
        (-1, -1): ("last_night_sleep_shortfall_h",),
        (-1, 5): ("sleep_debt_with_last_night_h",),
        (-1, 28): ("last_night_sleep_below_usual_h",),
        (0, 0): ("sleep_last_known_shortfall_h",),
        (0, 2): ("sleep_debt_3d_h",),
        (0, 6): ("sleep_debt_7d_h", "sleep_mean_7d_h"),
        (0, 13): ("sleep_debt_14d_h", "sleep_variability_14d_h"),
    },
    "sleep_quality_score": {(0, 6): ("sleep_quality_7d",), (0, 28): ("sleep_quality_below_usual",)},
    "soreness_score": {
        (0, 2): ("soreness_3d",), (0, 28): ("soreness_above_usual",), (0, 34): ("soreness_rise_7d",)
    },
    "stress_score": {
        (0, 2): ("stress_3d", "strain_of_mind_3d"), (0, 28): ("stress_above_usual",), (0, 34): ("stress_rise_7d",)
    },
    "mood_score": {(0, 2): ("mood_3d",), (0, 28): ("mood_below_usual",), (0, 34): ("mood_rise_7d",)},
    "readiness_score": {
        (0, 2): ("readiness_3d",), (0, 28): ("readiness_below_usual",), (0, 34): ("readiness_rise_7d",)
    },
    "hrv_rmssd_ms": {
        (-1, 59): ("last_night_hrv_below_usual_ln_ms",),
        (0, 6): ("hrv_variability_7d_pct",),
        (0, 59): ("hrv_below_usual_ln_ms",),
    },
    "resting_hr_bpm": {(0, 0): ("resting_hr_deviation_bpm",), (0, 34): ("resting_hr_rise_7d_bpm",)},
    "illness": {(0, 6): ("illness_7d_share",), (0, 27): ("illness_28d_share",)},
    "mass_kg": {(0, 1): ("mass_change_overnight_pct",), (0, 7): ("mass_below_usual_pct",)},
    "meals": {(0, 28): ("meals_below_usual",)},
    "alcohol_g": {(0, 6): ("alcohol_7d_g",)},
    "fluid_ml": {(0, 2): ("fluid_deficit_3d_pct",), (0, 28): ("fluid_below_usual_ml",)},
    "energy_intake_kcal": {
        (0, 2): ("energy_balance_3d_kcal_per_kg", "energy_availability_3d_kcal_per_kg"),
        (0, 6): ("energy_availability_7d_kcal_per_kg", "energy_balance_7d_kcal_per_kg"),
    },
    "carbohydrate_g": {
        (0, 0): ("carbohydrate_shortfall_1d_g_per_kg",),
        (0, 2): ("carbohydrate_shortfall_3d_g_per_kg",),
        (0, 6): ("macronutrient_imbalance_7d_pct",),
    },
    "protein_g": {(0, 6): ("protein_7d_g_per_kg",), (0, 27): ("macronutrient_shortfall_28d_share",)},
    "potassium_mg": {(0, 6): ("potassium_shortfall_7d_share",)},
    "iron_mg": {(0, 27): ("iron_shortfall_28d_share", "micronutrient_shortfall_28d_share")},
    "hr_mean_bpm": {
        (0, 1): ("heart_strain_2d_au", "hard_running_2d_min"),
        (0, 6): ("hard_sessions_7d", "minutes_above_threshold_hr_7d_min"),
        (0, 27): ("hard_share_28d", "hard_minutes_rise_7d_min"),
    },
    "distance_m": {
        (0, 6): ("run_distance_7d_m",),
        (0, 27): ("run_distance_week_ratio", "run_distance_two_week_ratio"),
        (0, 30): ("run_distance_spike_ratio",),
        (0, 41): ("pace_at_heart_rate_below_usual_14d_pct",),
        (1, 30): ("longest_run_30d_m",),
    },
    "minutes": {
        (0, 1): ("load_2d_au",),
        (0, 2): ("load_3d_au",),
        (0, 6): ("strain_7d_au",),
        (0, 13): ("load_14d_au", "load_rise_7d_au", "strain_14d_au"),
        (0, 27): ("load_28d_au", "load_week_ratio"),
        (0, 30): ("session_spike_ratio",),
    },
    "rating": {
        (0, 0): ("fatigue_last_0_10",), (0, 27): ("fatigue_spread_28d_0_10",), (0, 55): ("fatigue_raised_14d",)
    },
}  # fmt: skip


def days_with(column: str = "", factor: float = 1.0) -> Days:
    """Return a log in which the same of everything is noted every day; of one column so many times as much on one day."""
    usual = {name: AMOUNTS.get(name, 1.0) for name in NUMBERS} | RUN | {"minutes": 60.0, "rating": 5.0}
    noted = {name: [amount] * LENGTH for name, amount in usual.items()}
    if column:
        noted[column][CHANGED] *= factor
    diary = {name: noted[name] for name in NUMBERS}
    return days_of(noted["minutes"], diary, noted["rating"], ATHLETE, **{name: noted[name] for name in RUN})


@pytest.fixture(scope="module")
def days() -> Days:
    return days_with()


def told(days: Days, name: str) -> np.ndarray:
    return days.once(catalog("morning")[name].compute)


@pytest.mark.parametrize(
    ("name", "first"), [(name, first) for first, names in FIRST_DAY.items() for name in names]
)
def test_a_feature_speaks_from_a_certain_day_of_a_daily_log_on(days: Days, name: str, first: int) -> None:
    known = ~np.isnan(told(days, name))
    assert int(np.argmax(known)) + 1 == first
    assert known[first - 1 : -1].all()  # of the night after the last day nothing is known


@pytest.mark.parametrize("column", COUNTS)
def test_a_day_counts_as_long_as_the_window_says(days: Days, column: str) -> None:
    changed, spans = days_with(column, 1.2 if column in (*RUN, "minutes") else 0.8), {}
    for name in (name for names in COUNTS[column].values() for name in names):
        moved = np.abs(np.nan_to_num(told(changed, name)) - np.nan_to_num(told(days, name))) > 1e-4
        rows = np.flatnonzero(moved) - CHANGED
        spans.setdefault((int(rows.min()), int(rows.max())), []).append(name)
    assert {span: sorted(names) for span, names in spans.items()} == {
        span: sorted(names) for span, names in COUNTS[column].items()
    }
