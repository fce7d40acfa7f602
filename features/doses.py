"""One dose a factor where several columns speak of it: few, well-made inputs share credit rightly."""

from __future__ import annotations

import numpy as np

from . import windows
from .catalog import feature
from .days import ActivityValues, Days
from .heart import heart
from .intensity import session_load_au
from .load import LEAST_USUAL_AU, SESSION, chronic_load, load_1d, load_week_ratio, monotony
from .overload import sustained_7d, week_over_usual
from .progression import (
    CONVENTIONAL_RISE,
    DISTANCE,
    rise_beyond_convention,
    run_beyond_longest,
    run_beyond_share_of_week,
    session_beyond_greatest,
)
from .training import LONG_SHARE_OF_WEEK
from .windows import Values

YESTERDAY = 0.4  # of yesterday's load on the heart lingers
TRIMP_PER_LOAD = 0.3  # a session of RPE 5 in mid reserve: 5 a minute of load, 1.5 of TRIMP
EVEN_WEEK = 1.2  # monotony from which a week counts as even
MONOTONY_WEIGHT = 0.3  # of an even week beside sustained overload
SPIKE_WEIGHT = 2.0  # of a single long run beside the week's rise
MOST_SPIKE = 2.0  # more is no worse, for run and week alike


def strain_of_session(days: Days) -> ActivityValues:
    """Return each session's TRIMP; from its session-RPE load where the heart rate is absent."""
    trimp = days.each(heart)[0]
    return np.where(np.isnan(trimp), TRIMP_PER_LOAD * days.each(session_load_au), trimp)


@feature(
    "heart_strain_2d_au",
    label="load on the heart, with two fifths of yesterday's",
    unit="AU",
    factor="cardiovascular_strain",
    direction=1,
    actionable=True,
    source="Banister's TRIMP (1991), else 0.3 x session load (ours); two fifths of yesterday's linger (ours)",
    needs=(*SESSION, "athletes.hr_rest_bpm", "athletes.hr_max_bpm"),
    dose=True,
)
def heart_strain(days: Days) -> Values:
    """Return today's load on the heart and two fifths of yesterday's; nothing lingers of a day that was not logged."""
    today = days.per_day(days.each(strain_of_session))
    lingering = np.nan_to_num(windows.lag(today, days.offsets, 1))
    return np.asarray(today + np.float32(YESTERDAY) * lingering, dtype=np.float32)


@feature(
    "too_soon",
    label="run and week beyond what the runner is used to",
    unit="",
    factor="too_much_too_soon",
    direction=1,
    actionable=True,
    source="2 x share of the day's run beyond the longest day of 30 + 10 % (after Frandsen 2025) + share of the week beyond "
    "the mean of three + 10 % (A4; Nielsen 2014 saw effects from 30 %); the 2 is ours; session load where no distance is logged",
    needs=(*DISTANCE, *SESSION),
    dose=True,
)
def too_soon(days: Days) -> Values:
    """Return the day's spike, counted twice, plus the week's rise, each capped at 2.

    By session load too on a day whose distance is not known and whose load is: else a run without distance would be
    no spike. On a day that was not logged the week's rise alone.
    """
    spike, load_spike = days.once(run_beyond_longest), days.once(session_beyond_greatest)
    by_distance = _spike_and_rise(spike, days.once(rise_beyond_convention))
    load_rise = np.maximum(days.once(load_week_ratio) - np.float32(CONVENTIONAL_RISE), 0)
    by_load = _spike_and_rise(load_spike, load_rise)
    only_load = np.isnan(by_distance) | (np.isnan(spike) & ~np.isnan(load_spike))
    return np.where(only_load, by_load, by_distance)


def _spike_and_rise(spike: Values, rise: Values) -> Values:
    most = np.float32(MOST_SPIKE)
    both = SPIKE_WEIGHT * np.nan_to_num(np.minimum(spike, most)) + np.minimum(rise, most)
    return np.asarray(both, dtype=np.float32)


@feature(
    "day_beyond_30_pct_of_week",
    label="distance of the day beyond three tenths of the usual week",
    unit="",
    factor="low_conditioning",
    direction=1,
    actionable=True,
    source="max(0, km of the day / usual week's km - 0.3); session load where no distance is logged; articles A0, A1",
    needs=(*DISTANCE, *SESSION),
    dose=True,
)
def day_beyond_share(days: Days) -> Values:
    """Return how far the day's running passed three tenths of the usual week's."""
    week = 7 * np.maximum(windows.lag(days.once(chronic_load), days.offsets, 1), np.float32(LEAST_USUAL_AU))
    by_load = np.clip(days.once(load_1d) / week - LONG_SHARE_OF_WEEK, 0, 5)
    by_distance = days.once(run_beyond_share_of_week)
    return np.where(np.isnan(by_distance), by_load, by_distance).astype(np.float32)


@feature(
    "overload_and_monotony_7d",
    label="load held above the usual for a week, and its sameness",
    unit="",
    factor="overreaching",
    direction=1,
    actionable=True,
    source="7-day mean of max(0, week's load / chronic load before it - 1.05) (Banister 1975, uncoupled) + 0.3 x max(0, monotony - 1.2) "
    "x the same ratio (Foster 1998's strain against the own usual); weights ours",
    needs=SESSION,
    dose=True,
)
def overload_and_monotony(days: Days) -> Values:
    """Return the sustained overload plus the strain of a week that was both heavy and even."""
    even = np.maximum(days.once(monotony) - np.float32(EVEN_WEEK), 0)
    sameness = np.float32(MONOTONY_WEIGHT) * even * days.once(week_over_usual)
    return np.asarray(days.once(sustained_7d) + sameness, dtype=np.float32)
