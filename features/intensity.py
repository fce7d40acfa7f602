"""How hard an activity was, told by pace, heart and feeling; its load, and the carbohydrate that it burned.

Where heart rate is absent the session's perceived exertion stands in, and where both are, the value is NaN.
"""

from __future__ import annotations

import numpy as np

from .body import resting_hr_bpm
from .days import ActivityValues, Days
from .effort import (
    CARBOHYDRATE_KCAL_PER_G,
    RUNNING,
    carbohydrate_share,
    cost_of_running,
    cost_of_way,
    energy_kcal,
    minutes,
)
from .thresholds import critical_line, hr_max_bpm
from .windows import Values

THRESHOLD_OXYGEN_SHARE = 0.85
"""Of the maximal uptake, at the second threshold; runners lie between .80 and .90."""
EFFORT_AT_RPE_0, EFFORT_A_POINT = 0.3, 0.07
"""Our convention: RPE 0-10 laid on .3-1.0 of heart-rate reserve.

So 3 "moderate" is .51 and 7 "very hard" .79, near the usual zone limits.
"""
LEAST_RPE, MOST_RPE = 0.5, 10.0
"""Within which an effort is read back: nobody trains at 0."""
PACE_NEEDS = (
    "activities.distance_m",
    "activities.duration_s",
    "activities.moving_time_s",
    "athletes.threshold_speed_mps",
    "records.speed_mps",
    "records.hr_bpm",
    "records.elapsed_s",
)


def effort_of_heart(days: Days) -> ActivityValues:
    """Return the share of heart-rate reserve of each activity's mean heart rate, 0-1; of the maximum known by its day."""
    rest, highest = (days.at_activity(days.once(of)) for of in (resting_hr_bpm, hr_max_bpm))
    return np.clip((days.activity("hr_mean_bpm") - rest) / (highest - rest), 0.0, 1.0)


def effort_felt(days: Days) -> ActivityValues:
    """Return the relative effort that perceived exertion tells: 0-10 laid on 0.3-1.0 of the reserve."""
    return EFFORT_AT_RPE_0 + EFFORT_A_POINT * days.activity("session_rpe")


def effort(days: Days) -> ActivityValues:
    """Return the mean relative effort, 0-1: share of heart-rate reserve, else from perceived exertion."""
    from_heart = days.each(effort_of_heart)
    return np.where(np.isnan(from_heart), days.each(effort_felt), from_heart)


def session_load_au(days: Days) -> ActivityValues:
    """Return the session-RPE load in arbitrary units: RPE x minutes (Foster 1998, 2001).

    Where RPE is absent the source's own load stands, else the effort read back as an RPE.
    """
    time = days.each(minutes)
    rated = days.activity("session_rpe") * time
    given = days.activity("session_load_au")
    read_back = (days.each(effort) - EFFORT_AT_RPE_0) / EFFORT_A_POINT
    from_effort = np.clip(read_back, LEAST_RPE, MOST_RPE) * time
    return np.where(~np.isnan(rated), rated, np.where(~np.isnan(given), given, from_effort))


def sure_threshold_speed_mps(days: Days) -> Values:
    """Return the level speed at the second threshold where it is stated or known from hard efforts, m/s; else NaN.

    The best pace of easy runs is a lower bound, which would make every run look hard.
    """
    stated = days.athlete("threshold_speed_mps")
    return np.where(np.isnan(stated), days.each(critical_line)[0], stated)


def effort_of_pace(days: Days) -> ActivityValues:
    """Return the relative effort that each run's pace tells, 0-1: grade-adjusted speed over threshold speed, times .85.

    Oxygen uptake grows with grade-adjusted speed (Minetti 2002), and is .85 of the maximum at the
    second threshold.
    """
    known = days.at_activity(days.once(sure_threshold_speed_mps))
    with np.errstate(invalid="ignore", divide="ignore"):
        speed = days.activity("distance_m") / (60.0 * days.each(minutes))
        level = speed * days.each(cost_of_way) / cost_of_running(0.0)
        told = np.clip(THRESHOLD_OXYGEN_SHARE * level / known, 0.0, 1.0)
    return np.where(days.of_sports(RUNNING) & (told > 0), told, np.nan)


def effort_by_all(days: Days) -> ActivityValues:
    """Return each activity's relative effort: the mean of what pace, heart rate and perceived exertion say.

    Noisy witnesses, each with errors of its own; NaN where none speaks.
    """
    told = np.stack([days.each(of) for of in (effort_of_pace, effort_of_heart, effort_felt)])
    heard = (~np.isnan(told)).sum(axis=0)
    return np.asarray(np.nan_to_num(told).sum(axis=0) / np.where(heard > 0, heard, np.nan))


def carbohydrate_used_g(days: Days) -> ActivityValues:
    """Return the carbohydrate each activity used: its energy times the share that its intensity burns.

    Of runs the pace tells the intensity where it can: the heart beats faster in heat and late in a
    run without more oxygen being used.
    """
    pace = days.each(effort_of_pace)
    intensity = np.where(np.isnan(pace), days.each(effort), pace)
    return days.each(energy_kcal) * carbohydrate_share(intensity) / CARBOHYDRATE_KCAL_PER_G
