"""The day's sums of what the heart and the muscles did: TRIMP, zones, time above threshold, D' balance, efficiency."""

from __future__ import annotations

import numpy as np

from . import windows
from .capacity import ABOVE_THRESHOLD_MIN, BOUTS_PER_H, LEFT_SHARE, SPENT_SHARE, pace
from .catalog import feature
from .days import Days
from .efficiency import DECOUPLING_PCT, DRIFT_BPM_PER_H, M_PER_BEAT, efficiency
from .effort import RUNNING, of_longest
from .heart import ABOVE_THRESHOLD_HR_MIN, TRIMP_BANISTER, TRIMP_EDWARDS, TRIMP_LUCIA, ZONE_1, heart
from .records import RECORD_NEEDS
from .thresholds import HEART_NEEDS, SPEED_NEEDS
from .windows import Values

USUAL_HALF_LIFE = 21.0  # runs
LEAST_RUNS = 5  # before, from which an efficiency is usual
TRIMP_NEEDS = (*HEART_NEEDS, "athletes.sex")
THRESHOLD_NEEDS = (*HEART_NEEDS, "athletes.threshold_hr_bpm")
EFFICIENCY_NEEDS = (*RECORD_NEEDS, "records.hr_bpm", "activities.duration_s", "activities.moving_time_s")
BEAT_NEEDS = (*EFFICIENCY_NEEDS, "activities.distance_m", "activities.hr_mean_bpm")


def _of_heart(row: int, name: str, label: str, unit: str, source: str, needs: tuple[str, ...]) -> None:
    """Declare the day's sum of one measure of `heart`, which stands in its `row`."""

    @feature(
        name,
        label=label,
        unit=unit,
        factor="cardiovascular_strain",
        direction=1 if unit == "AU" else 0,
        role="context",
        actionable=True,
        source=source + "; from the mean heart rate where there are no records",
        needs=needs,
    )
    def total(days: Days) -> Values:
        """Return the day's sum over activities."""
        return days.per_day(days.each(heart)[row])


_of_heart(
    TRIMP_BANISTER,
    "trimp_banister_1d_au",
    "load on the heart (Banister)",
    "AU",
    "Banister 1991, 0.64 and 0.86 kept",
    TRIMP_NEEDS,
)
_of_heart(
    TRIMP_EDWARDS,
    "trimp_edwards_1d_au",
    "load on the heart by zones (Edwards)",
    "AU",
    "zones x 1-5, Edwards 1993",
    HEART_NEEDS,
)
_of_heart(
    TRIMP_LUCIA,
    "trimp_lucia_1d_au",
    "load on the heart by thresholds (Lucia)",
    "AU",
    "phases x 1-3, Lucia 2003",
    THRESHOLD_NEEDS,
)
for _zone in range(1, 6):
    _of_heart(
        ZONE_1 + _zone - 1,
        f"heart_zone_{_zone}_1d_min",
        f"minutes at {40 + 10 * _zone}-{50 + 10 * _zone} % of maximal heart rate",
        "min",
        "Edwards 1993's zones",
        HEART_NEEDS,
    )


@feature(
    "minutes_above_threshold_hr_1d_min",
    label="minutes above threshold heart rate",
    unit="min",
    factor="metabolic_byproducts",
    direction=1,
    role="context",
    actionable=True,
    source="minutes above own second threshold; all or none of a session where only its mean is known",
    needs=THRESHOLD_NEEDS,
)
def minutes_above_threshold_hr(days: Days) -> Values:
    """Return the minutes that today's heart rate was above the second threshold."""
    return days.per_day(days.each(heart)[ABOVE_THRESHOLD_HR_MIN])


@feature(
    "minutes_above_threshold_hr_7d_min",
    label="minutes above threshold heart rate in the week",
    unit="min",
    factor="metabolic_byproducts",
    direction=1,
    role="context",
    actionable=True,
    source="sum of 7 days of minutes above own second threshold",
    needs=THRESHOLD_NEEDS,
)
def minutes_above_threshold_hr_week(days: Days) -> Values:
    """Return the last week's minutes above the second threshold."""
    return windows.rolling_sum(days.once(minutes_above_threshold_hr), days.offsets, 7, at_least=4)


@feature(
    "minutes_above_threshold_speed_1d_min",
    label="minutes faster than threshold",
    unit="min",
    factor="metabolic_byproducts",
    direction=1,
    role="context",
    actionable=True,
    source="minutes of grade-adjusted speed above own threshold speed (stated, critical speed, or Riegel 1981)",
    needs=SPEED_NEEDS,
)
def minutes_above_threshold_speed(days: Days) -> Values:
    """Return the minutes run faster than threshold speed, on the level's terms; NaN without records."""
    return days.per_day(days.each(pace)[ABOVE_THRESHOLD_MIN], RUNNING)


@feature(
    "fast_metres_spent_1d_ratio",
    label="metres above critical speed, as a multiple of what one effort allows",
    unit="",
    factor="metabolic_byproducts",
    direction=1,
    role="context",
    actionable=True,
    source="sum of (v - CS) dt over D', v above CS; Smyth & Muniz-Pumares 2020, Skiba 2015",
    needs=SPEED_NEEDS,
)
def capacity_spent(days: Days) -> Values:
    """Return how many times D' today's running above critical speed spent, recovery not counted."""
    return days.per_day(days.each(pace)[SPENT_SHARE], RUNNING)


@feature(
    "fast_metres_left_least_1d_ratio",
    label="least reserve for fast running left",
    unit="",
    factor="metabolic_byproducts",
    direction=-1,
    role="context",
    actionable=True,
    source="low point of the D' balance as a share of D', differential form, Skiba 2015",
    needs=SPEED_NEEDS,
)
def capacity_left(days: Days) -> Values:
    """Return the lowest share of D' left in the day's longest run, 1 where it was never drawn on."""
    return of_longest(days, days.each(pace)[LEFT_SHARE])


@feature(
    "hard_bouts_1d_per_h",
    label="fast stretches an hour of running",
    unit="1/h",
    factor="metabolic_byproducts",
    direction=0,
    role="context",
    actionable=True,
    source="stretches of 30 s or more above critical speed, over hours: interval density, our definition",
    needs=SPEED_NEEDS,
)
def hard_bouts(days: Days) -> Values:
    """Return the interval density of the day's longest run."""
    return of_longest(days, days.each(pace)[BOUTS_PER_H])


@feature(
    "aerobic_decoupling_1d_pct",
    label="pace lost against heart rate in the second half",
    unit="%",
    factor="cardiovascular_strain",
    direction=0,
    role="context",
    source="(EF1 - EF2) / EF1 of the halves, EF = grade-adjusted speed / HR, Friel; within +-50",
    needs=EFFICIENCY_NEEDS,
)
def aerobic_decoupling(days: Days) -> Values:
    """Return the aerobic decoupling of the day's longest run; 5 % is a convention."""
    return of_longest(days, days.each(efficiency)[DECOUPLING_PCT])


@feature(
    "heart_rate_drift_1d_bpm_per_h",
    label="rise of heart rate during the run",
    unit="bpm/h",
    factor="cardiovascular_strain",
    direction=0,
    role="context",
    source="least-squares slope of heart rate over time after 10 minutes, within +-60 (ours; speed not held)",
    needs=EFFICIENCY_NEEDS,
)
def heart_rate_drift(days: Days) -> Values:
    """Return the cardiac drift of the day's longest run; NaN for runs under 20 minutes."""
    return of_longest(days, days.each(efficiency)[DRIFT_BPM_PER_H])


@feature(
    "efficiency_1d_m_per_beat",
    label="metres a heartbeat",
    unit="m/beat",
    factor="cardiovascular_strain",
    direction=0,
    role="context",
    source="efficiency factor: grade-adjusted speed / HR, Friel; from distance and mean HR without records",
    needs=BEAT_NEEDS,
)
def efficiency_factor(days: Days) -> Values:
    """Return the efficiency factor of the day's longest run."""
    return of_longest(days, days.each(efficiency)[M_PER_BEAT])


@feature(
    "efficiency_below_usual_1d_pct",
    label="metres a heartbeat below own usual",
    unit="%",
    factor="cardiovascular_strain",
    direction=0,
    role="context",
    source="efficiency factor against own EWMA (half-life 21 runs) of the days before",
    needs=BEAT_NEEDS,
)
def efficiency_below_usual(days: Days) -> Values:
    """Return by how many percent the day's efficiency lies below the athlete's own usual; positive is worse."""
    today = days.once(efficiency_factor)
    before = windows.lag(today, days.offsets, 1)
    usual = windows.usual(before, days.offsets, windows.tau_of(USUAL_HALF_LIFE))
    known = windows.count_so_far(before, days.offsets) >= LEAST_RUNS
    below = np.where(known, 100.0 * (1.0 - today / usual), np.nan)
    return np.clip(below, -50.0, 50.0).astype(np.float32)
