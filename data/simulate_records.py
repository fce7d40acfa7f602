"""Samples of the last few runs of each simulated runner, every 5 s, that agree with the summaries."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .simulate_doses import History
from .simulate_season import LONG, RACE
from .simulate_tools import Dice

RUNS_KEPT = 5
STEP_S = 5.0
HILLS = 6  # alike, so that no third of a run climbs more than another
REPEAT_S = 300.0  # length of a hard repeat and its recovery together


def draw_records(dice: Dice, history: History, activities: pd.DataFrame, first: int) -> pd.DataFrame:
    """Return records of the last `RUNS_KEPT` logged runs of each athlete.

    Speed, heart rate and cadence are shaped by the session (repeats, start, drift) and scaled
    to the logged distance and means; the route goes up and down `HILLS` hills.
    Heart rate is absent where the summary has none.

    Parameters
    ----------
    first : int
        Index in the history of the first logged day.
    """
    runs = activities[activities["sport"] == "running"].sort_values(["athlete_id", "day"])
    runs = runs.groupby("athlete_id").tail(RUNS_KEPT).reset_index(drop=True)
    numbers = runs["activity_id"].str.extract(r"^sim-(\d+)-(\d+)-")
    who = numbers[0].to_numpy(dtype=np.int64) - 1
    day = numbers[1].to_numpy(dtype=np.int64) + first
    season = history.season

    seconds = runs["moving_time_s"].to_numpy()
    counts = (seconds // STEP_S).astype(np.int64) + 1
    of = np.repeat(np.arange(len(runs)), counts)
    starts = np.cumsum(counts) - counts
    elapsed = STEP_S * (np.arange(counts.sum()) - starts[of])
    share = elapsed / np.maximum(seconds, 1.0)[of]
    noise = dice.stream("records").standard_normal((3, len(of)))

    def each(values: np.ndarray) -> np.ndarray:
        return np.asarray(values[of])

    def mean(values: np.ndarray) -> np.ndarray:
        return np.asarray((np.bincount(of, values, len(runs)) / counts)[of])

    # Repeats hold 1.06 of threshold speed with slow running between; other runs are even, races hard all through.
    hard_share = each((season.hard_minutes / np.maximum(season.minutes, 1.0))[who, day])
    kind = each(season.kind[who, day])
    repeats = (kind > LONG) & (kind != RACE)
    hard = np.where(repeats, elapsed % REPEAT_S < REPEAT_S * hard_share, kind == RACE)
    fast = each(season.fast_start[who, day])
    third = np.where(share < 1 / 3, fast * 2 / 3, -fast / 3)
    shape = np.where(repeats, np.where(hard, 1.06, 0.74), 1.0)
    shape = np.maximum(shape * (1.0 + third + 0.02 * noise[0]), 0.2)

    distance = np.cumsum(shape)
    base = (distance - shape)[starts]
    along = distance - shape - base[of]  # the first sample stands at the start
    total = each(along[starts + counts - 1])
    metres = each(runs["distance_m"].to_numpy()) * along / np.maximum(total, 1e-9)
    speed = shape * each(runs["distance_m"].to_numpy() / np.maximum(seconds, 1.0)) / mean(shape)

    up, down = each(runs["ascent_m"].to_numpy()), each(runs["descent_m"].to_numpy())
    hill = np.minimum(np.floor(HILLS * share), HILLS - 1)
    on = HILLS * share - hill
    climbed = hill * (up - down) + np.where(on < 0.5, 2 * on * up, up - (2 * on - 1.0) * down)
    altitude = 50.0 + climbed / HILLS
    # The logged highest heart rate is the ceiling; the logged mean holds to within a beat.
    pulse = 4.0 * (share - 0.5) + np.where(hard, 6.0, 0.0) - 14.0 * np.exp(-elapsed / 60.0) + noise[1]
    pulse = pulse - mean(pulse) + each(runs["hr_mean_bpm"].to_numpy())
    pulse = np.minimum(pulse, each(runs["hr_max_bpm"].to_numpy()))
    cadence = 8.0 * (speed - mean(speed)) + 1.5 * noise[2]
    cadence = cadence - mean(cadence) + each(runs["cadence_mean_spm"].to_numpy())
    return pd.DataFrame(
        {
            "activity_id": runs["activity_id"].to_numpy()[of],
            "athlete_id": runs["athlete_id"].to_numpy()[of],
            "elapsed_s": elapsed,
            "distance_m": metres.round(1),
            "speed_mps": speed.round(3),
            "altitude_m": altitude.round(1),
            "hr_bpm": pulse.round(0),
            "cadence_spm": cadence.round(0),
            "temperature_c": each(runs["temperature_mean_c"].to_numpy()),
        }
    )
