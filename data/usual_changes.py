"""The changes of a day that runners ask about, where nobody names one."""

from __future__ import annotations

import contextlib

from .alterations import Amount
from .athlete_day import AthleteDay
from .changes import Change, air_temperature_c, change
from .cohort import Cohort
from .errors import InputError

LONG_NIGHT_H = 10.0
"""After a longer night nobody asks for an hour more."""
WARM_C = 15.0
HILLY_M = 50.0


def usual_changes(cohort: Cohort, who: AthleteDay) -> list[Change]:
    """Return the single changes that are worth a try: what runners ask of what this day's log holds."""
    sessions = who.sessions(cohort)
    runs = sessions[sessions["sport"] == "running"]
    several = "runs" if len(runs) > 1 else "run"
    asked: list[tuple[str, Amount, str]] = []
    if who.logged(cohort, "sleep_h") <= LONG_NIGHT_H:
        night = "last night" if who.morning else "the night before"
        asked.append(("sleep_h", Amount("by", 1.0), f"an hour more sleep {night}"))
    if who.logged(cohort, "stress_score") >= 2:
        asked.append(("stress_score", Amount("by", -2.0), "two points less stress"))
    asked += [
        ("fluid_ml", Amount("by", 1000.0), "a litre more fluid"),
        ("carbohydrate_g", Amount("by", 60.0), "60 g more carbohydrate"),
    ]
    if len(runs):
        size = "distance_km" if runs["distance_m"].notna().all() else "duration_min"
        half = "half as far" if size == "distance_km" else "half as long"
        asked += [
            (size, Amount("share", 0.5), f"{several} {half}"),
            (size, Amount("share", 0.0), f"no {several}"),
        ]
        if air_temperature_c(cohort, runs) >= WARM_C:
            asked.append(("temperature_c", Amount("by", -10.0), "ten degrees cooler"))
        if runs["descent_m"].sum() >= HILLY_M:
            asked.append(("hills", Amount("share", 0.0), "on the flat"))
    if len(sessions) > len(runs):
        if not len(runs):
            asked.append(("training", Amount("share", 0.5), "half the training"))
        asked.append(("training", Amount("share", 0.0), "no training at all"))
    found = []
    for name, amount, title in asked:
        with contextlib.suppress(InputError):  # nothing of it was logged
            found.append(change(name, amount, cohort, who, title))
    return found
