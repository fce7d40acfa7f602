"""One activity told twice by clocks that disagree: a watch set to another zone, an export of local times as UTC."""

from __future__ import annotations

import numpy as np
import pandas as pd

HALF_HOUR_S = 1800.0  # zones differ by whole ones
SLACK_S = 120.0  # two watches are not started together
MOST_S = 14 * 3600.0
ALIKE = 0.98  # shorter over longer
NEIGHBOURS = 3  # later starts of the same athlete that are looked at


def twins(activities: pd.DataFrame) -> pd.DataFrame:
    """Return activities that start whole half hours after one of another source, of the same sport, length and distance.

    Returns
    -------
    DataFrame
        ``athlete_id``, ``day`` and ``hours`` (how much later).
    """
    known = activities[activities["start_time"].notna() & (activities["distance_m"] > 0)]
    rows = known.sort_values(["athlete_id", "start_time", "activity_id"], ignore_index=True)
    start = rows["start_time"].to_numpy("datetime64[us]").astype(np.int64) / 1e6
    found = []
    for step in range(1, NEIGHBOURS + 1):
        before = rows.shift(step)
        late = start - np.concatenate([np.full(min(step, len(start)), np.nan), start[:-step]])
        same = (rows["athlete_id"] == before["athlete_id"]) & (rows["sport"] == before["sport"])
        other = ~(rows["source"].fillna("") == before["source"].fillna(""))
        off = np.abs(late - HALF_HOUR_S * np.round(late / HALF_HOUR_S))
        apart = (late > HALF_HOUR_S - SLACK_S) & (late < MOST_S) & (off <= SLACK_S)
        alike = same & other & apart & _alike(rows, before, "distance_m") & _alike(rows, before, "duration_s")
        found.append(rows.loc[alike, ["athlete_id", "day"]].assign(hours=late[alike] / 3600))
    told: pd.DataFrame = pd.concat(found, ignore_index=True)
    return told


def _alike(rows: pd.DataFrame, before: pd.DataFrame, column: str) -> pd.Series:
    pair = pd.concat([rows[column], before[column].astype("float64")], axis=1)
    alike: pd.Series = pair.min(axis=1, skipna=False) >= ALIKE * pair.max(axis=1, skipna=False)
    return alike
