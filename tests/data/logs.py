"""Small logs by hand."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd
from heavylegs.data.cohort import Cohort

FIRST = pd.Timestamp("2024-05-01")


def ten_days(rest: Collection[int] = ()) -> Cohort:
    """Return the first ten days of May with a run at noon, but for days of rest, and a rated morning each, heart rate and sleep known."""
    days = pd.date_range(FIRST, periods=10)
    activities = pd.DataFrame(
        {
            "activity_id": [f"r{n}" for n in range(10)],
            "athlete_id": "a",
            "day": days,
            "start_time": [d.tz_localize("UTC") + pd.Timedelta(hours=12) for d in days],
            "sport": "running",
            "duration_s": 3600.0,
            "hr_mean_bpm": 140.0,
            "session_rpe": 5.0,
            "place_id": "home",
        }
    )
    activities = activities[~activities["day"].dt.day.isin(rest)]
    ratings = pd.DataFrame(
        {"athlete_id": "a", "day": days, "fatigue": 4.0, "fatigue_native": 4.0, "scale_min": 0.0}
    ).assign(scale_max=10.0, scale_direction=1.0)
    diary = pd.DataFrame({"athlete_id": "a", "day": days, "sleep_h": 7.0})
    return Cohort.from_tables("hand", {"activities": activities, "ratings": ratings, "diary": diary})
