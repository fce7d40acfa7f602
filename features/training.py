"""Training structure: how hard the sessions are, and how they are spaced."""

from __future__ import annotations

import numpy as np

from . import windows
from .catalog import feature
from .days import Days
from .effort import RUNNING, minutes, of_longest
from .hard_running import EASY_EFFORT, hard_run_minutes, run_minutes_with_effort
from .intensity import PACE_NEEDS, effort, session_load_au
from .load import (
    HARD_EFFORT,
    LEAST_USUAL_AU,
    SESSION,
    chronic_load,
    hard_days,
    hard_minutes,
    load_1d,
    run_distance,
)
from .windows import Values

HARD_MINUTES = 10.0  # of a run that then counts as a hard one
NO_START = -9.0  # stands for a start that is not known
LONG_SHARE_OF_WEEK = 0.3  # of the usual week, beyond which a run is a long one
RECOVERY_DAYS = 3.0  # from a demanding run to being recovered
REST_LOAD_AU = 20.0  # below it a day is one of rest
LIGHT_RPE = 2.5  # "easy" is 2 on Foster's scale, and answers are whole: below it what is not running is active recovery
WALKING = ("walking",)
STREAK_DAYS = 5.0  # of training without rest, that add nothing
STREAK_WEIGHT = 0.3  # of each further one
INTENSITY = ("activities.session_rpe", "activities.hr_mean_bpm", *PACE_NEEDS)
SPACING = (*SESSION, *(n for n in PACE_NEEDS if n not in SESSION), "activities.start_time")


@feature(
    "hard_running_2d_min",
    label="hard running, with a quarter of yesterday's",
    unit="min",
    factor="metabolic_byproducts",
    direction=1,
    actionable=True,
    source="minutes x hard share of pace, heart and feeling, .65 to .95 of effort: of each sample, else of the mean; a quarter of "
    "yesterday's lingers (ours)",
    needs=INTENSITY,
    dose=True,
)
def hard_running(days: Days) -> Values:
    """Return today's hard minutes of running and a quarter of yesterday's; none of a day not logged."""
    hard = days.once(hard_run_minutes)
    return hard + np.float32(0.25) * np.nan_to_num(windows.lag(hard, days.offsets, 1))


def share_of_minutes(days: Days, part: Values, whole: Values, window: int) -> Values:
    """Return the share of `window` days' minutes; at least 30 minutes a week count as the whole.

    Parameters
    ----------
    part, whole : arrays of shape (n,)
        Minutes of each day.
    window : int
        Days; half of them must be known.
    """
    at_least = window // 2
    top = windows.rolling_mean(part, days.offsets, window, at_least)
    base = np.maximum(windows.rolling_mean(whole, days.offsets, window, at_least), np.float32(30 / 7))
    return np.clip(top / base, 0, 1).astype(np.float32)


@feature(
    "hard_share_excess_7d",
    label="hard running of the week beyond 15 % of the time and two days",
    unit="",
    factor="intensity_imbalance",
    direction=1,
    actionable=True,
    source="max(0, hard minutes / minutes of 7 days - 0.15) + 0.1 a day with ten hard minutes beyond two; "
    "articles A1, A4; Seiler 2010 (about 80 % easy); the 0.1 is ours",
    needs=INTENSITY,
    dose=True,
)
def hard_share_excess(days: Days) -> Values:
    """Return how far the hard share of the week lies above 15 %, and a tenth for each hard day beyond two.

    The articles say "most runs easy", one or two hard a week; Seiler counts 20 % of sessions or 10-15 % of time as hard.
    """
    hard = days.once(hard_run_minutes)
    taxing = np.where(np.isnan(hard), hard, hard > HARD_MINUTES)
    beyond = np.maximum(windows.rolling_sum(taxing, days.offsets, 7, at_least=4) - 2, 0)
    time = np.maximum(days.once(hard_share_7d) - np.float32(0.15), 0)
    return np.asarray(time + np.float32(0.1) * beyond, dtype=np.float32)


@feature(
    "hard_share_7d",
    label="share of the week's running that was hard",
    unit="",
    factor="intensity_imbalance",
    direction=1,
    role="context",
    source="hard minutes / minutes of running, 7 days; hard minutes as in hard_running_2d_min",
    needs=INTENSITY,
)
def hard_share_7d(days: Days) -> Values:
    """Return the hard share of a week's running."""
    return share_of_minutes(days, days.once(hard_run_minutes), days.once(run_minutes_with_effort), 7)


@feature(
    "hard_share_28d",
    label="share of four weeks' running that was hard",
    unit="",
    factor="intensity_imbalance",
    direction=1,
    role="context",
    source="hard minutes / minutes of running, 28 days",
    needs=INTENSITY,
)
def hard_share_28d(days: Days) -> Values:
    """Return the hard share of four weeks' running."""
    return share_of_minutes(days, days.once(hard_run_minutes), days.once(run_minutes_with_effort), 28)


def zone_share(days: Days, low: float, high: float) -> Values:
    """Return the share of 28 days' session minutes at a mean effort from `low` to below `high`."""
    strength, time = days.each(effort), days.each(minutes)
    inside = np.where(np.isnan(strength), np.nan, ((strength >= low) & (strength < high)) * time)
    known = np.where(np.isnan(strength), np.nan, time)
    return share_of_minutes(days, days.per_day(inside), days.per_day(known), 28)


@feature(
    "easy_share_28d",
    label="share of four weeks' training that was easy",
    unit="",
    factor="intensity_imbalance",
    direction=-1,
    role="context",
    source="minutes of sessions below 0.65 of the reserve / minutes, 28 days; articles A1, A4",
    needs=INTENSITY,
)
def easy_share(days: Days) -> Values:
    """Return the share of training time in sessions of an effort below .65."""
    return zone_share(days, -np.inf, EASY_EFFORT)


@feature(
    "polarisation_index_28d",
    label="polarisation of four weeks' training",
    unit="",
    factor="intensity_imbalance",
    direction=0,
    role="context",
    source="log10(100 x easy x hard / middle), Treff 2019; by sessions, kept within 0-4, 0 without hard ones",
    needs=INTENSITY,
)
def polarisation(days: Days) -> Values:
    """Return Treff's polarisation index of session time; above 2 counts as polarised.

    Treff has it from minutes in zones; whole sessions by their mean effort are coarser.
    """
    middle = zone_share(days, EASY_EFFORT, HARD_EFFORT - 1e-9)
    hard = zone_share(days, HARD_EFFORT - 1e-9, np.inf)
    product = 100 * days.once(easy_share) * hard / np.maximum(middle, np.float32(0.01))
    return np.clip(np.log10(np.maximum(product, np.float32(1))), 0, 4).astype(np.float32)


@feature(
    "hard_days_beyond_two_7d",
    label="hard days in the week, beyond two",
    unit="d",
    factor="intensity_imbalance",
    direction=1,
    role="context",
    source="max(0, hard days in 7 - 2); A4 advises one or two",
    needs=INTENSITY,
)
def hard_days_beyond_two(days: Days) -> Values:
    """Return how many hard days the week held beyond two."""
    beyond: Values = np.maximum(days.once(hard_days) - 2, np.float32(0))
    return beyond


@feature(
    "hard_days_in_a_row_d",
    label="hard days in a row",
    unit="d",
    factor="intensity_imbalance",
    direction=1,
    role="context",
    source="days since a day without a hard session, at most 14; A1, A4: easy days between hard ones",
    needs=INTENSITY,
)
def hard_days_in_a_row(days: Days) -> Values:
    """Return how many hard days in a row today ends; 0 on an easy or rest day."""
    known = days.once(hard_minutes)
    since = windows.days_since(~(known > 0), days.offsets)
    streak = np.where(np.isnan(known), np.nan, np.minimum(since, np.float32(14)))
    return streak.astype(np.float32)


def demanding(days: Days) -> Values:
    """Return 1 on days with more than ten hard minutes of running, or beyond 30 % of the usual week; else 0."""
    hard = days.once(hard_run_minutes) > HARD_MINUTES
    return (hard | (days.once(long_run) > 0)).astype(np.float32)


def usual_week_m(days: Days) -> Values:
    """Return the metres of the usual week up to yesterday: 7 x the EWMA of 42 days."""
    chronic = windows.usual(days.once(run_distance), days.offsets, 42)
    return 7 * windows.lag(chronic, days.offsets, 1)


def long_run(days: Days) -> Values:
    """Return 1 where today's running passed 30 % of the usual week's, else 0."""
    return (days.once(run_distance) > LONG_SHARE_OF_WEEK * days.once(usual_week_m)).astype(np.float32)


@feature(
    "days_since_hard_d",
    label="days since a hard day",
    unit="d",
    factor="insufficient_recovery",
    direction=-1,
    role="context",
    source="days since a session at 0.79 of the reserve (RPE 7) or more, at most 28",
    needs=INTENSITY,
)
def days_since_hard(days: Days) -> Values:
    """Return the days since the last day with a hard session."""
    since = windows.days_since(days.once(hard_minutes) > 0, days.offsets)
    return np.minimum(since, np.float32(28))


@feature(
    "days_since_long_run_d",
    label="days since a long run",
    unit="d",
    factor="insufficient_recovery",
    direction=-1,
    role="context",
    source="days since a day beyond 30 % of the usual week's distance, at most 28",
    needs=("activities.distance_m",),
)
def days_since_long_run(days: Days) -> Values:
    """Return the days since the last long run."""
    return np.minimum(windows.days_since(days.once(long_run) > 0, days.offsets), np.float32(28))


@feature(
    "load_on_tired_legs_ratio",
    label="load of the day on legs not yet recovered",
    unit="",
    factor="insufficient_recovery",
    direction=1,
    role="context",
    actionable=True,
    source="run load / usual day's load x share of 3 days still missing since a hard or long run; articles A0, A2, A4",
    needs=SPACING,
)
def load_on_tired_legs(days: Days) -> Values:
    """Return today's running load over the usual day's, times how much of three days of recovery was missing.

    Full recovery in 72 h is a convention; sources give 24 to 96 h, longer after downhill.
    """
    load = days.per_day(days.each(session_load_au), RUNNING)
    usual = np.maximum(windows.lag(days.once(chronic_load), days.offsets, 1), np.float32(LEAST_USUAL_AU))
    missing = np.clip(1 - days.once(days_of_recovery) / RECOVERY_DAYS, 0, 1)
    return np.asarray(np.minimum(load / usual * np.nan_to_num(missing), 10), dtype=np.float32)


def days_of_recovery(days: Days) -> Values:
    """Return the days from the last demanding run before today to today's run, to the hour where both starts are known."""
    hard = days.once(demanding) > 0
    gap = 1 + windows.lag(windows.days_since(hard, days.offsets), days.offsets, 1)
    start = days.once(run_start)
    last = windows.last_known(np.where(hard, np.nan_to_num(start, nan=NO_START), np.nan), days.offsets)
    last = windows.lag(last, days.offsets, 1)
    later = np.where(last > NO_START, start - last, 0)
    return np.asarray(gap + np.nan_to_num(later), dtype=np.float32)


def run_start(days: Days) -> Values:
    """Return when the day's longest run started, in days since that day's midnight (UTC)."""
    time = days.cohort.activities["start_time"].dt.tz_convert(None).to_numpy(dtype="datetime64[us]")
    since = (time - days.number[days.rows("activities")].astype("datetime64[D]")) / np.timedelta64(1, "D")
    known = np.where(days.of_sports(RUNNING), since, np.nan)
    return of_longest(days, known)


@feature(
    "recovery_shortfall",
    label="recovery missing before and around the run",
    unit="",
    factor="insufficient_recovery",
    direction=1,
    actionable=True,
    source="load on tired legs + 0.3 for each training day past five since a day of rest or active recovery; articles A0, A1, A2, A4, "
    "weights ours",
    needs=SPACING,
    dose=True,
)
def recovery_shortfall(days: Days) -> Values:
    """Return the load run on tired legs, plus what a streak of training days without rest adds."""
    beyond = np.clip(days.once(training_streak) - STREAK_DAYS, 0, 23)
    return np.asarray(days.once(load_on_tired_legs) + STREAK_WEIGHT * beyond, dtype=np.float32)


def tiring_load(days: Days) -> Values:
    """Return the day's session load without active recovery: sports other than running at an RPE of at most 2.

    Light movement such as a walk or gentle cycling helps legs to recover (article A2): it doesn't end a rest. A walk
    whose effort nobody told is taken as light.
    """
    load, time = days.each(session_load_au), days.each(minutes)
    light = ~days.of_sports(RUNNING) & (load < LIGHT_RPE * time) | days.of_sports(WALKING) & np.isnan(load)
    return days.per_day(np.where(light, 0.0, load))


def training_streak(days: Days) -> Values:
    """Return the days of training since the last rest day, or since the log began: what was not logged is neither."""
    rested = days.once(tiring_load) < REST_LOAD_AU
    trained = np.zeros(len(days), dtype=bool)
    trained[days.rows("activities")] = True
    so_far = windows.count_so_far(np.where(trained & ~rested, 1.0, np.nan), days.offsets)
    at_rest = windows.last_known(np.where(rested, so_far, np.nan), days.offsets)
    return np.asarray(so_far - np.nan_to_num(at_rest), dtype=np.float32)


@feature(
    "days_since_rest_d",
    label="training days since a rest day",
    unit="d",
    factor="insufficient_recovery",
    direction=1,
    role="context",
    actionable=True,
    source="days of training since one below 20 AU without active recovery (not running, RPE at most 2; A2), or since the log began, "
    "at most 28; days not logged are neither",
    needs=SESSION,
)
def days_since_rest(days: Days) -> Values:
    """Return the training streak on days whose load is known."""
    known = ~np.isnan(days.once(load_1d))
    return np.where(known, np.minimum(days.once(training_streak), 28), np.nan).astype(np.float32)
