"""Times in which a log goes on and its training does not: rest, or an import that is missing."""

from __future__ import annotations

import pandas as pd

from .cohort import Cohort

STOPPED_DAYS, MORNINGS = 42, 21  # a time without training, and with so many ratings, that is hardly rest
_DAY = pd.Timedelta(days=1)


def training_stops(cohort: Cohort) -> pd.DataFrame:
    """Return the times of six weeks or more without an activity, after the first, in which ratings go on.

    Features take days without an activity as rest. A diary that says of a day that training was not logged
    (``training_logged`` 0) has told as much, and its time is passed over.

    Returns
    -------
    DataFrame
        ``athlete_id``, ``day`` (the first without), ``days`` (how many, up to the last rating where no activity follows).
    """
    trained = cohort.activities[["athlete_id", "day"]].drop_duplicates().assign(trains=1, rated=0)
    rated = cohort.ratings[["athlete_id", "day"]].assign(trains=0, rated=1)
    rows = pd.concat([trained, rated], ignore_index=True).sort_values(
        ["athlete_id", "day", "rated"], kind="stable"
    )
    rows["spell"] = rows.groupby("athlete_id")["trains"].cumsum()
    begun = rows[rows["spell"] > 0].groupby(["athlete_id", "spell"])
    spells = begun.agg(day=("day", "min"), last=("day", "max"), mornings=("rated", "sum")).reset_index()
    spells["until"] = spells.groupby("athlete_id")["day"].shift(-1).fillna(spells["last"] + _DAY)
    spells["days"] = (spells["until"] - spells["day"]).dt.days - 1
    stops = spells[(spells["days"] >= STOPPED_DAYS) & (spells["mornings"] >= MORNINGS)].reset_index()
    told = cohort.diary.loc[cohort.diary["training_logged"] == 0, ["athlete_id", "day"]]
    pairs = stops.merge(told, on="athlete_id", suffixes=("", "_told"))
    unlogged = pairs.loc[pairs["day_told"].between(pairs["day"], pairs["until"]), "index"]
    stops = stops[~stops["index"].isin(unlogged)].reset_index(drop=True)
    return stops.assign(day=stops["day"] + _DAY)[["athlete_id", "day", "days"]]
