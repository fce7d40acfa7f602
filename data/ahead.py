"""The days after a log's end: how far they can be planned, what fills the days in between, and what nobody knows of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from .alterations import joined, with_day
from .athlete_day import AthleteDay
from .cohort import Cohort
from .errors import InputError
from .plans import LATELY_DAYS, recent_sessions

MOST_DAYS_AHEAD = 7
"""Days after the log's end that can be planned: of a later day the model would know little but the usual."""
WEEK = pd.Timedelta(days=7)


def reaching(cohort: Cohort, who: AthleteDay) -> Cohort:
    """Return the log up to a day, which may lie a few days after its end.

    Days in between hold the athlete's sessions of a week before, without their records, and nothing else: no food, no rated
    morning. Without those they would count as rest, and forecasts came out too fresh by .1 to .2 points (docs/what-if.md).

    Raises
    ------
    InputError
        Where the day lies too far after the log's end, or before it begins.
    """
    days = _days(cohort, who.athlete_id)
    if days.empty or who.at < days.min() or (who.at - days.max()).days > MOST_DAYS_AHEAD:
        span = f"it covers {days.min().date()} to {days.max().date()}" if len(days) else "it is empty"
        raise InputError(
            f"{who.day} is no day to plan for {who.athlete_id}",
            mend=f"the log and the {MOST_DAYS_AHEAD} days after it can be planned; {span}",
        )
    activities = _of(cohort.activities, who.athlete_id)
    again = activities[(activities["day"] + WEEK).isin(in_between(cohort, who))].copy()
    again[["day", "start_time"]] += WEEK
    again["activity_id"] = "a week after " + again["activity_id"].astype(str)
    cohort = replace(cohort, activities=joined(cohort.activities, again.reset_index(drop=True)))
    return with_day(cohort, who.athlete_id, who.at)


def in_between(cohort: Cohort, who: AthleteDay) -> pd.DatetimeIndex:
    """Return the days after the log's end and before a day ahead of it; none where the log reaches that day."""
    end = last_day(cohort, who.athlete_id)
    return pd.date_range(end, who.at, inclusive="neither")


def taken_between(cohort: Cohort, who: AthleteDay) -> list[str]:
    """Return what is taken for the days in between, in a runner's words."""
    days = in_between(cohort, who)
    if not len(days):
        return []
    span = f"{days[0].date()}" if len(days) == 1 else f"{days[0].date()} to {days[-1].date()}"
    return [f"training of {span} as a week before"]


def mornings_unrated(cohort: Cohort, who: AthleteDay) -> int:
    """Return how many mornings up to the day come after the last one rated."""
    rated = _of(cohort.ratings, who.athlete_id)["day"].max()
    return max((who.at - rated).days, 0) if pd.notna(rated) else 0


def last_day(cohort: Cohort, athlete_id: str) -> pd.Timestamp:
    """Return the last day of an athlete's log; NaT of an empty one."""
    last: pd.Timestamp = _days(cohort, athlete_id).max()
    return last


def not_known(cohort: Cohort, who: AthleteDay) -> list[str]:
    """Return what the log mostly tells of a day and its night, and does not of this one, in a runner's words."""
    mine = {t: _of(getattr(cohort, t), who.athlete_id) for t in ("activities", "diary")}
    out = []
    unrated = mornings_unrated(cohort, who)
    if unrated:
        first = (who.at - pd.Timedelta(days=unrated - 1)).date()
        out.append(
            f"how the morning of {first} was"
            if unrated == 1
            else f"how the mornings of {first} to {who.day} were"
        )
    since = who.at - pd.Timedelta(days=LATELY_DAYS)
    diary = mine["diary"][mine["diary"]["day"].between(since, who.night)]
    for words, columns in OF_DAY.items():
        usual = diary[columns].notna().any(axis=1).sum() >= len(diary) / 2
        if len(diary) and usual and not any(np.isfinite(who.logged(cohort, c)) for c in columns):
            out.append(words)
    if _group_is_silent(cohort, who):
        out.append("what the group does")
    sessions = recent_sessions(cohort, who)
    for words, columns in OF_SESSION.items():
        if len(sessions) and sessions[columns].notna().any(axis=1).mean() >= 0.5:
            out.append(words)
    return out


OF_DAY = {
    "the night": ["sleep_h"],
    "food": ["energy_intake_kcal", "carbohydrate_g", "meals"],
    "drink": ["fluid_ml"],
    "stress, mood and soreness": ["stress_score", "mood_score", "soreness_score"],
}
OF_SESSION = {
    "the heart rate of the session": ["hr_mean_bpm"],
    "its cadence and shoes": ["cadence_mean_spm", "shoe_id"],
    "what is drunk and eaten during it": ["fluid_during_ml", "carbohydrate_during_g"],
}
"""What no plan tells of a session."""


def _group_is_silent(cohort: Cohort, who: AthleteDay) -> bool:
    """Whether other members of a group that logs sessions have none on that day."""
    others = cohort.activities[cohort.activities["athlete_id"] != who.athlete_id]
    return bool(len(others)) and not (others["day"] == who.at).any()


def _days(cohort: Cohort, athlete_id: str) -> pd.Series:
    """Return every day of which something is logged."""
    return _of(cohort.days_told(), athlete_id)["day"]


def _of(frame: pd.DataFrame, athlete_id: str) -> pd.DataFrame:
    return frame[frame["athlete_id"] == athlete_id]
