"""The athlete's own thresholds as they are known by each day: stated, else seen in training, else by age.

All look back only: a day's threshold is built from activities up to and including that day.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..data.arrays import Floats, Whole
from . import windows
from .body import expected_hr_max_bpm
from .days import ActivityValues, Days
from .effort import minutes
from .measures import by_activity
from .records import MICRO, Records, running_micro
from .windows import Values

PEAK_BPM, STEADY_BPM, EFFORTS_FROM = range(3)  # rows of `best_efforts`: the speeds are the last
TRUST_ABOVE_BPM = 20.0  # two standard deviations of the age formula: a higher peak is an artefact
PEAK_S, STEADY_S = 10.0, 1200.0  # for which a heart rate is held to be a peak, or steady
START_EVERY_S = 5.0  # best efforts are sought from so many seconds to the next
MEMORY_DAYS = 730  # a peak heart rate counts for two years
EFFORT_DAYS = 90  # a best effort for three months
EFFORTS_S = (120.0, 180.0, 300.0, 480.0, 720.0, 1200.0)  # through which the line of critical speed goes
LEAST_EFFORTS, LONG_EFFORT_S = 3, 720.0  # that it needs, one of them as long
SLOWEST_MPS, FASTEST_MPS = 1.0, 7.0  # that a threshold on foot can be
DISTANCE_CAPACITY_M = (50.0, 600.0)  # within which D' can lie
USUAL_CAPACITY_M = 150.0  # where the own line tells none
THRESHOLD_SHARE, THRESHOLD_SHARE_MOST = 0.88, 0.95  # of the maximal heart rate, at the second threshold
FIRST_THRESHOLD_SHARE = 0.875  # of the heart rate at the second, at the first
HARD_RPE = 7.0  # "very hard"
RIEGEL = 1.06  # time grows with the distance to this power, Riegel 1981

HEART_NEEDS = (
    "activities.hr_mean_bpm",
    "activities.hr_max_bpm",
    "activities.duration_s",
    "activities.moving_time_s",
    "records.hr_bpm",
    "records.elapsed_s",
    "diary.resting_hr_bpm",
    "athletes.hr_max_bpm",
    "athletes.hr_rest_bpm",
    "athletes.birth_year",
)
SPEED_NEEDS = (
    "records.speed_mps",
    "records.distance_m",
    "records.altitude_m",
    "records.elapsed_s",
    "activities.distance_m",
    "activities.duration_s",
    "activities.moving_time_s",
    "athletes.threshold_speed_mps",
)


def hr_max_bpm(days: Days) -> Values:
    """Return the maximal heart rate known by the day, bpm.

    What was expected, raised by the highest that records held over 10 s in two years, and by a session's
    mean. Where no maximum was stated a summary's peak raises it too. Rates over 20 bpm above are artefacts.
    """
    expected = days.once(expected_hr_max_bpm)
    limit = days.at_activity(expected) + TRUST_ABOVE_BPM
    recorded, summary = days.each(best_efforts)[PEAK_BPM], days.activity("hr_max_bpm")
    stated = ~np.isnan(days.at_activity(days.athlete("hr_max_bpm")))
    peak = np.where(np.isnan(recorded) & ~stated, summary, recorded)
    peak = np.fmax(peak, days.activity("hr_mean_bpm"))
    seen = _highest(days, np.where(peak <= limit, peak, np.nan), MEMORY_DAYS)
    return np.fmax(expected, seen)


def threshold_hr_bpm(days: Days) -> Values:
    """Return the heart rate at the second threshold, bpm: stated, else 88 % of the maximum, raised by training.

    The best mean heart rate over 20 minutes of the last 90 days raises it, to at most 95 % of the
    maximum (after Friel, who takes the last 20 minutes of an all-out 30). Without an all-out effort it
    is a lower bound. Sources put the share of the maximum at 85-92 %.
    """
    highest = days.once(hr_max_bpm)
    best = _highest(days, days.each(best_efforts)[STEADY_BPM], EFFORT_DAYS)
    seen = np.fmin(np.fmax(THRESHOLD_SHARE * highest, best), THRESHOLD_SHARE_MOST * highest)
    stated = days.athlete("threshold_hr_bpm")
    return np.where(np.isnan(stated), seen, stated).astype(np.float32)


def first_threshold_hr_bpm(days: Days) -> Values:
    """Return the heart rate at the first threshold: 87.5 % of that at the second (77 of 88 % of the maximum, Seiler)."""
    first: Values = days.once(threshold_hr_bpm) * np.float32(FIRST_THRESHOLD_SHARE)
    return first


def threshold_speed_mps(days: Days) -> Values:
    """Return the level speed at the second threshold, m/s: stated, else the critical speed, else from summaries.

    From summaries: the best speed of 90 days carried to one hour by Riegel 1981 (time grows with
    distance to the power 1.06). NaN where it is not stated and no run was hard; a lower bound where none was all out.
    """
    stated = days.athlete("threshold_speed_mps")
    hour = np.where(days.once(hard_efforts_seen) > 0, days.once(hour_speed_mps), np.nan)
    seen = np.fmax(days.each(critical_line)[0], hour)
    return np.where(np.isnan(stated), seen, stated).astype(np.float32)


def critical_speed_mps(days: Days) -> Values:
    """Return the critical speed, m/s; never below the threshold speed, which is sustainable by definition."""
    highest = np.fmax(days.each(critical_line)[0], days.once(threshold_speed_mps))
    return np.asarray(highest, dtype=np.float32)


def distance_capacity_m(days: Days) -> Values:
    """Return D', the metres that can be run above the critical speed.

    From the same line as the critical speed, within 50-600 m; 150 m (our convention) where there is no
    line, or where it lies under the speed in use and so says nothing of the way above it.
    """
    speed, metres = days.each(critical_line)
    own = np.where(speed >= 0.97 * days.once(critical_speed_mps), metres, np.nan)
    own = np.clip(own, *DISTANCE_CAPACITY_M)
    return np.where(np.isnan(own), USUAL_CAPACITY_M, own).astype(np.float32)


def hour_speed_mps(days: Days) -> Values:
    """Return the best hour's speed that the summaries of 90 days tell, m/s."""
    time = days.each(minutes)
    with np.errstate(invalid="ignore", divide="ignore"):
        speed = days.activity("distance_m") / (60.0 * time)
        hour = speed * np.minimum(time / 60.0, 3.0) ** (1.0 - 1.0 / RIEGEL)
    sound = (time >= 20.0) & (speed >= SLOWEST_MPS) & (speed <= FASTEST_MPS)
    return _highest(days, np.where(sound, hour, np.nan), EFFORT_DAYS, ("running",))


def critical_line(days: Days) -> Floats:
    """Return critical speed (m/s) and D' (m) by day: the line d = D' + CS t through best efforts of 90 days.

    Grade-adjusted efforts over 2 to 20 minutes (Smyth & Muniz-Pumares 2020); at least three, one of
    12 minutes or longer; none where no run was hard, whose line would be the speed of easy runs. Training without
    all-out efforts gives a lower bound of the critical speed.

    Returns
    -------
    array of shape (2, days)
    """
    efforts = days.each(best_efforts)[EFFORTS_FROM:]
    if np.isnan(efforts).all():
        return np.broadcast_to(np.nan, (2, len(days)))
    best = np.stack([_highest(days, speed, EFFORT_DAYS, ("running",)) for speed in efforts])
    seconds = np.array(EFFORTS_S)[:, None]
    line = fit_critical_speed(best * seconds, EFFORTS_S)
    long_enough = np.isfinite(best[np.array(EFFORTS_S) >= LONG_EFFORT_S]).any(axis=0)
    long_enough &= days.once(hard_efforts_seen) > 0
    sound = long_enough & (line[0] >= SLOWEST_MPS) & (line[0] <= FASTEST_MPS)
    return np.where(sound, line, np.nan)


def hard_efforts_seen(days: Days) -> Values:
    """Return 1 where a run of 90 days was hard (RPE of 7 or more, or 20 minutes at 88 % of the maximal heart rate), else 0.

    Only then do the best efforts tell a threshold: of easy runs alone they are as easy.
    """
    mean = np.where(days.each(minutes) >= STEADY_S / 60.0, days.activity("hr_mean_bpm"), np.nan)
    heart = np.fmax(days.each(best_efforts)[STEADY_BPM], mean) / days.at_activity(days.once(hr_max_bpm))
    hard = (days.activity("session_rpe") >= HARD_RPE) | (heart >= THRESHOLD_SHARE)
    return np.nan_to_num(_highest(days, np.where(hard, 1.0, np.nan), EFFORT_DAYS, ("running",)))


def fit_critical_speed(metres: npt.ArrayLike, seconds: npt.ArrayLike) -> Floats:
    """Return critical speed and D' of the least-squares line d = D' + CS t.

    Parameters
    ----------
    metres : array of shape (efforts, n)
        Best distances; NaN where not known. Fewer than three give NaN.
    seconds : array of shape (efforts,)

    Returns
    -------
    array of shape (2, n)
        m/s and m.

    Examples
    --------
    >>> fit_critical_speed([[680.0], [1400.0], [5000.0]], [120.0, 300.0, 1200.0]).round(6).ravel().tolist()
    [4.0, 200.0]
    """
    d = np.asarray(metres, dtype=np.float64)
    t = np.broadcast_to(np.asarray(seconds, dtype=np.float64)[:, None], d.shape)
    known = np.isfinite(d)
    count = known.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_t = np.where(known, t, 0.0).sum(axis=0) / count
        mean_d = np.where(known, d, 0.0).sum(axis=0) / count
        off = np.where(known, t - mean_t, 0.0)
        slope = (off * np.where(known, d - mean_d, 0.0)).sum(axis=0) / (off**2).sum(axis=0)
    line = np.stack([slope, mean_d - slope * mean_t])
    return np.where(count >= LEAST_EFFORTS, line, np.nan)


def best_efforts(days: Days) -> ActivityValues:
    """Return of each activity: highest heart rate over 10 s, best mean over 20 min, best graded speeds over `EFFORTS_S`."""
    return by_activity(days, _best_efforts, EFFORTS_FROM + len(EFFORTS_S))


def _best_efforts(batch: Records) -> Floats:
    clock = running_micro(batch.seconds)
    beats = running_micro(batch.hr_bpm * batch.seconds)
    heard = running_micro(np.where(np.isnan(batch.hr_bpm), 0.0, batch.seconds))
    way = running_micro(batch.graded_mps * batch.seconds)
    first = np.repeat(batch.offsets[:-1], np.diff(batch.offsets))
    slot = (clock[:-1] - clock[first]) // int(START_EVERY_S * MICRO)
    begins = np.ones(len(slot), dtype=bool)
    begins[1:] = (slot[1:] != slot[:-1]) | (first[1:] != first[:-1])
    starts = np.flatnonzero(begins)
    of = batch.segment[starts]

    def best(sums: Whole, time: Whole, window_s: float) -> Floats:
        ends = np.searchsorted(clock, clock[starts] + int(window_s * MICRO))
        inside = ends <= batch.offsets[of + 1]
        ends = np.minimum(ends, len(clock) - 1)
        known = time[ends] - time[starts]
        full = inside & (known >= 0.9 * window_s * MICRO)
        rate = np.where(full, (sums[ends] - sums[starts]) / known, np.nan)
        return np.asarray(np.fmax.reduceat(rate, np.flatnonzero(np.diff(of, prepend=-1))))

    hearts = [best(beats, heard, s) for s in (PEAK_S, STEADY_S)]
    return np.stack([*hearts, *(best(way, clock, s) for s in EFFORTS_S)])


def _highest(days: Days, values: ActivityValues, within: int, sports: tuple[str, ...] = ()) -> Values:
    """Return the greatest value of the last days, NaN where there is none; values are above 0."""
    daily = days.per_day(values, sports, reduce="max")
    daily = np.where(daily > 0, daily, np.float32(np.nan))
    return windows.rolling_max(daily, days.offsets, within)
