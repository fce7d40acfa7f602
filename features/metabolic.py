"""Heart and metabolism within the activity: TRIMP, zones, time above threshold, D' balance, decoupling.

From records where there are any; else from the summary, which is coarser: the mean heart rate
stands for the whole session, so that it lies in one zone and wholly above a threshold or not at all.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from . import windows
from .catalog import feature
from .days import ActivityValues, Compute, Days
from .effort import minutes
from .records import Floats, Records, bounded_recursion, by_activity
from .thresholds import (
    HEART_NEEDS,
    SPEED_NEEDS,
    critical_speed_mps,
    distance_capacity_m,
    first_threshold_hr_bpm,
    hr_max_bpm,
    resting_hr_bpm,
    threshold_hr_bpm,
    threshold_speed_mps,
)
from .windows import Values

RUNNING = ("running",)
BANISTER = {"male": (0.64, 1.92), "female": (0.86, 1.67)}
EDWARDS = np.array([0.5, 0.6, 0.7, 0.8, 0.9])  # where zones 1 to 5 begin, share of the maximum
LEAST_HEARD = 0.5  # share of the time with heart rate below which records count as without
HARD_BOUT_S = 30.0
WARM_UP_S = 600.0
HALF_BOUND = 0.5
USUAL_HALF_LIFE = 21.0
TRIMP_NEEDS = (*HEART_NEEDS, "athletes.sex")
THRESHOLD_NEEDS = (*HEART_NEEDS, "athletes.threshold_hr_bpm")
RECORD_NEEDS = ("records.speed_mps", "records.distance_m", "records.altitude_m", "records.elapsed_s")
EFFICIENCY_NEEDS = (*RECORD_NEEDS, "records.hr_bpm", "activities.duration_s", "activities.moving_time_s")


def banister_rate(reserve: npt.ArrayLike, female: npt.ArrayLike) -> Floats:
    """Return Banister's TRIMP a minute at a share of heart-rate reserve (Banister 1991, Morton 1990).

    0.64 x exp(1.92 x) for men, 0.86 x exp(1.67 x) for women; their mean where sex is not known.

    Parameters
    ----------
    reserve : array
        (HR - resting) / (maximum - resting), kept within 0-1.
    female : array
        1, 0, or NaN where not known.

    Examples
    --------
    >>> banister_rate([0.5, 0.5], [0.0, 1.0]).round(3).tolist()
    [0.836, 0.991]
    """
    x = np.clip(np.asarray(reserve, dtype=np.float64), 0.0, 1.0)
    of_women = np.nan_to_num(np.asarray(female, dtype=np.float64), nan=0.5)
    (a, b), (c, d) = BANISTER["male"], BANISTER["female"]
    return np.asarray(x * ((1 - of_women) * a * np.exp(b * x) + of_women * c * np.exp(d * x)))


def edwards_zone(share_of_maximum: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return the zone 1-5 of a heart rate, 0 below half the maximum (Edwards 1993).

    Examples
    --------
    >>> edwards_zone([0.49, 0.5, 0.85, 0.95, 1.1]).tolist()
    [0, 1, 4, 5, 5]
    """
    share = np.nan_to_num(np.asarray(share_of_maximum, dtype=np.float64))
    return np.asarray(np.searchsorted(EDWARDS, share, side="right"), dtype=np.int64)


def lucia_weight(hr_bpm: npt.ArrayLike, first_bpm: npt.ArrayLike, second_bpm: npt.ArrayLike) -> Floats:
    """Return 1 below the first threshold, 2 between, 3 above the second (Lucia 2003).

    Examples
    --------
    >>> lucia_weight([130.0, 150.0, 175.0], 145.0, 165.0).tolist()
    [1.0, 2.0, 3.0]
    """
    hr = np.asarray(hr_bpm, dtype=np.float64)
    weight = 1.0 + (hr >= np.asarray(first_bpm)) + (hr > np.asarray(second_bpm))
    return np.asarray(weight, dtype=np.float64)


def capacity_deficit_m(
    speed_mps: npt.ArrayLike,
    seconds: npt.ArrayLike,
    critical_mps: npt.ArrayLike,
    capacity_m: npt.ArrayLike,
    pause_s: npt.ArrayLike = 0.0,
    starts: npt.ArrayLike = (0,),
) -> Floats:
    """Return the metres of D' that are spent after each sample: Skiba 2015's differential form, for speed.

    Above critical speed the deficit grows by (v - CS) dt and stops at D'; below it decays at the
    rate (CS - v) / D'. A pause is standing.

    Parameters
    ----------
    speed_mps, seconds, critical_mps, capacity_m, pause_s : arrays of shape (n,)
    starts : int array
        Samples with which activities begin, fresh.

    Examples
    --------
    >>> capacity_deficit_m([5.0, 3.0], [50.0, 100.0], 4.0, 200.0).round(2).tolist()
    [50.0, 30.33]
    """
    v = np.nan_to_num(np.asarray(speed_mps, dtype=np.float64))
    t, above = np.asarray(seconds, dtype=np.float64), v - np.asarray(critical_mps, dtype=np.float64)
    capacity = np.broadcast_to(np.asarray(capacity_m, dtype=np.float64), v.shape)
    stood = np.broadcast_to(np.asarray(pause_s, dtype=np.float64), v.shape)
    before = np.concatenate((np.zeros(1), stood[:-1]))[: len(v)] * np.asarray(critical_mps, dtype=np.float64)
    kept = np.exp(-(np.maximum(-above, 0.0) * t + before) / capacity)
    kept[np.asarray(starts, dtype=np.int64)] = 0.0
    return bounded_recursion(kept, np.maximum(above, 0.0) * t, capacity)


def female(days: Days) -> Values:
    """Return 1 for women, 0 for men, NaN where not known."""
    told = days.athlete_text("sex")
    values = np.where(told == "female", 1.0, np.where(told == "male", 0.0, np.nan)).astype(np.float32)
    return np.repeat(values, np.diff(days.offsets))


def heart(days: Days) -> ActivityValues:
    """Return of each activity: Banister, Edwards, Lucia TRIMP, minutes in zones 1-5, minutes above threshold.

    Returns
    -------
    array of shape (9, activities)
    """
    limits = [days.at_activity(days.once(of)) for of in _LIMITS]
    recorded = by_activity(days, _heart_of_records, 9, *limits)
    mean = days.activity("hr_mean_bpm")
    summary = np.where(np.isnan(mean), np.nan, _rates(mean, *limits) * days.each(minutes))
    return np.where(np.isnan(recorded), summary, recorded)


_LIMITS: tuple[Compute, ...] = (resting_hr_bpm, hr_max_bpm, first_threshold_hr_bpm, threshold_hr_bpm, female)


def _rates(hr: Floats, rest: Floats, highest: Floats, first: Floats, second: Floats, woman: Floats) -> Floats:
    """Return what a minute at each heart rate adds to the nine measures of `heart`."""
    with np.errstate(invalid="ignore", divide="ignore"):
        trimp = banister_rate((hr - rest) / np.maximum(highest - rest, 20.0), woman)
        zone = edwards_zone(hr / highest)
    zones = [(zone == z).astype(np.float64) for z in range(1, 6)]
    above = (hr > second).astype(np.float64)
    return np.stack([trimp, zone.astype(np.float64), lucia_weight(hr, first, second), *zones, above])


def _heart_of_records(batch: Records, *limits: Floats) -> Floats:
    hr = batch.hr_bpm.astype(np.float64)
    time = batch.seconds.astype(np.float64) / 60.0
    heard = np.where(np.isnan(hr), 0.0, time)
    whole, known = batch.total(time), batch.total(heard)
    scale = np.where(known >= LEAST_HEARD * whole, whole / known, np.nan)
    rates = _rates(hr, *(batch.spread(x) for x in limits))
    return np.stack([batch.total(rate * heard) for rate in rates]) * scale


def pace(days: Days) -> ActivityValues:
    """Return of each run: minutes above threshold speed, D' spent (times D'), lowest D' left (share), hard bouts an hour.

    Graded speed is laid against the athlete's own threshold speed and critical speed of that day.

    Returns
    -------
    array of shape (4, activities)
    """
    limits = [
        days.at_activity(days.once(of))
        for of in (threshold_speed_mps, critical_speed_mps, distance_capacity_m)
    ]
    return by_activity(days, _pace_of_records, 4, *limits)


def _pace_of_records(batch: Records, threshold: Floats, critical: Floats, capacity: Floats) -> Floats:
    v, time = batch.graded_mps.astype(np.float64), batch.seconds.astype(np.float64)
    cs, room = batch.spread(critical), batch.spread(capacity)
    deficit = capacity_deficit_m(v, time, cs, room, batch.pause_s, batch.offsets[:-1])
    hard = batch.total((v > batch.spread(threshold)) * time) / 60.0
    spent = batch.total(np.maximum(v - cs, 0.0) * time) / capacity
    bouts, _ = batch.bouts(np.asarray(v > cs), HARD_BOUT_S)
    hours = batch.total(time) / 3600.0
    measures = np.stack(
        [hard, np.minimum(spent, 100.0), 1.0 - batch.highest(deficit) / capacity, bouts / hours]
    )
    moved = batch.total(np.where(np.isnan(v), 0.0, time)) > 0
    return np.where(moved & np.isfinite(critical), measures, np.nan)


def efficiency(days: Days) -> ActivityValues:
    """Return of each run: efficiency (m/beat), decoupling (%), heart-rate drift (bpm/h).

    Efficiency is graded speed over heart rate; without records, distance over beats, on the level.

    Returns
    -------
    array of shape (3, activities)
    """
    measures = by_activity(days, _efficiency_of_records, 3)
    with np.errstate(invalid="ignore", divide="ignore"):
        summary = days.activity("distance_m") / (days.each(minutes) * days.activity("hr_mean_bpm"))
    summary = np.where((summary > 0.2) & (summary < 4.0), summary, np.nan)
    per_beat = np.where(measures[0] > 0.1, measures[0], summary)  # standing is no efficiency
    return np.where(days.of_sports(("running",)), np.stack([per_beat, *measures[1:]]), np.nan)


def _efficiency_of_records(batch: Records) -> Floats:
    v, hr = batch.graded_mps.astype(np.float64), batch.hr_bpm.astype(np.float64)
    time = np.where(np.isnan(v) | np.isnan(hr), 0.0, batch.seconds)
    at = batch.so_far(time)
    whole = batch.total(time)
    early = time * (at <= batch.spread(whole / 2))
    per_beat = [60.0 * batch.total(v * w) / batch.total(hr * w) for w in (time, early, time - early)]
    decoupling = np.clip((per_beat[1] - per_beat[2]) / per_beat[1], -HALF_BOUND, HALF_BOUND)
    warm = np.where(at > WARM_UP_S, time, 0.0)
    hours, weight = at / 3600.0, batch.total(warm)
    mean_at, mean_hr = batch.total(warm * hours) / weight, batch.total(warm * hr) / weight
    off = hours - batch.spread(mean_at)
    drift = batch.total(warm * off * (hr - batch.spread(mean_hr))) / batch.total(warm * off**2)
    drift = np.where(weight >= WARM_UP_S, np.clip(drift, -60.0, 60.0), np.nan)
    return np.stack([per_beat[0], 100.0 * decoupling, drift])


def of_longest(days: Days, values: ActivityValues, sports: tuple[str, ...] = RUNNING) -> Values:
    """Return the value of the day's longest activity that has one, NaN on days without."""
    chosen = np.flatnonzero(days.of_sports(sports) & ~np.isnan(values))
    if not len(chosen):
        return days.unknown
    rows = days.rows("activities")[chosen]
    several = np.bincount(rows, minlength=len(days))[rows] > 1
    out = np.full(len(days), np.nan, dtype=np.float32)
    out[rows] = values[chosen]
    among = chosen[several]
    order = np.lexsort((values[among], np.nan_to_num(days.each(minutes)[among])))
    out[rows[several][order]] = values[among][order]
    return out


def _declare_heart() -> None:
    """Declare one daily sum for each measure of `heart`."""
    zone = "minutes at {}-{} % of maximal heart rate"
    ends = [(50 + 10 * i, 60 + 10 * i) for i in range(5)]
    told = [
        ("trimp_banister_1d_au", "load on the heart (Banister)", "AU", "Banister 1991, 0.64 and 0.86 kept"),
        ("trimp_edwards_1d_au", "load on the heart by zones (Edwards)", "AU", "zones x 1-5, Edwards 1993"),
        ("trimp_lucia_1d_au", "load on the heart by thresholds (Lucia)", "AU", "phases x 1-3, Lucia 2003"),
        *(
            (f"heart_zone_{i + 1}_1d_min", zone.format(*e), "min", "Edwards 1993's zones")
            for i, e in enumerate(ends)
        ),
    ]
    for row, (name, label, unit, source) in enumerate(told):

        def total(days: Days, row: int = row) -> Values:
            """Return the day's sum over activities of one measure of `heart`."""
            return days.per_day(days.each(heart)[row])

        feature(
            name,
            label=label,
            unit=unit,
            factor="cardiovascular_strain",
            direction=1 if unit == "AU" else 0,
            role="context",
            actionable=True,
            source=source + "; from the mean heart rate where there are no records",
            needs=TRIMP_NEEDS if row == 0 else THRESHOLD_NEEDS,
        )(total)


_declare_heart()


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
    return days.per_day(days.each(heart)[8])


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
    return days.per_day(days.each(pace)[0], RUNNING)


@feature(
    "fast_metres_spent_1d_ratio",
    label="metres above critical speed, times what one effort allows",
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
    return days.per_day(days.each(pace)[1], RUNNING)


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
    return of_longest(days, days.each(pace)[2])


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
    return of_longest(days, days.each(pace)[3])


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
    return of_longest(days, days.each(efficiency)[1])


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
    return of_longest(days, days.each(efficiency)[2])


@feature(
    "efficiency_1d_m_per_beat",
    label="metres a heartbeat",
    unit="m/beat",
    factor="cardiovascular_strain",
    direction=0,
    role="context",
    source="efficiency factor: grade-adjusted speed / HR, Friel; from distance and mean HR without records",
    needs=(*EFFICIENCY_NEEDS, "activities.distance_m", "activities.hr_mean_bpm"),
)
def efficiency_factor(days: Days) -> Values:
    """Return the efficiency factor of the day's longest run."""
    return of_longest(days, days.each(efficiency)[0])


@feature(
    "efficiency_below_usual_1d_pct",
    label="metres a heartbeat below own usual",
    unit="%",
    factor="cardiovascular_strain",
    direction=0,
    role="context",
    source="efficiency factor against own EWMA (half-life 21 runs) of the days before",
    needs=(*EFFICIENCY_NEEDS, "activities.distance_m", "activities.hr_mean_bpm"),
)
def efficiency_below_usual(days: Days) -> Values:
    """Return by how many percent the day's efficiency lies below the athlete's own usual; positive is worse."""
    today = days.once(efficiency_factor)
    before = windows.lag(today, days.offsets, 1)
    usual = windows.ewma(before, days.offsets, USUAL_HALF_LIFE)
    known = windows.count_so_far(before, days.offsets) >= 5
    below = np.where(known, 100.0 * (1.0 - today / usual), np.nan)
    return np.clip(below, -50.0, 50.0).astype(np.float32)
