"""Samples of the last few runs of each simulated runner, every 5 s, that agree with the summaries."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .arrays import Floats, Mask, Whole
from .simulate_doses import History
from .simulate_season import LONG, RACE, Season
from .simulate_tools import Dice

RUNS_KEPT = 5
STEP_S = 5.0
HILLS = 6  # alike, so that no third of a run climbs more than another
REPEAT_S = 300.0  # length of a hard repeat and its recovery together


@dataclass(frozen=True)
class _Samples:
    """The samples of all runs, one run after another.

    Parameters
    ----------
    of : ndarray
        Which run each sample belongs to.
    starts, counts : ndarray
        Where each run's samples start, and how many they are.
    """

    of: Whole
    starts: Whole
    counts: Whole

    @classmethod
    def lasting(cls, seconds: Floats) -> _Samples:
        """Return samples every `STEP_S`, the start of the run and what fits into its `seconds`."""
        counts = (seconds // STEP_S).astype(np.int64) + 1
        return cls(np.repeat(np.arange(len(seconds)), counts), np.cumsum(counts) - counts, counts)

    def elapsed_s(self) -> Floats:
        """Return the time of each sample since its run's start, s."""
        return np.asarray(STEP_S * (np.arange(self.counts.sum()) - self.starts[self.of]))

    def each(self, values: np.ndarray) -> np.ndarray:
        """Return one value a run at each of its samples."""
        return np.asarray(values[self.of])

    def mean(self, values: Floats) -> Floats:
        """Return the mean over each run, at each of its samples."""
        return np.asarray((np.bincount(self.of, values, len(self.counts)) / self.counts)[self.of])


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
    seconds = runs["moving_time_s"].to_numpy()
    samples = _Samples.lasting(seconds)
    each, mean, elapsed = samples.each, samples.mean, samples.elapsed_s()
    share = elapsed / np.maximum(seconds, 1.0)[samples.of]
    noise = dice.stream("records").standard_normal((3, len(samples.of)))

    hard, shape = _pacing(samples, history.season, runs, first, share, noise[0])
    speed = shape * each(runs["distance_m"].to_numpy() / np.maximum(seconds, 1.0)) / mean(shape)
    # The logged highest heart rate is the ceiling; the logged mean holds to within a beat.
    pulse = 4.0 * (share - 0.5) + np.where(hard, 6.0, 0.0) - 14.0 * np.exp(-elapsed / 60.0) + noise[1]
    pulse = pulse - mean(pulse) + each(runs["hr_mean_bpm"].to_numpy())
    pulse = np.minimum(pulse, each(runs["hr_max_bpm"].to_numpy()))
    cadence = 8.0 * (speed - mean(speed)) + 1.5 * noise[2]
    cadence = cadence - mean(cadence) + each(runs["cadence_mean_spm"].to_numpy())
    return pd.DataFrame(
        {
            "activity_id": each(runs["activity_id"].to_numpy()),
            "athlete_id": each(runs["athlete_id"].to_numpy()),
            "elapsed_s": elapsed,
            "distance_m": _covered_m(samples, shape, each(runs["distance_m"].to_numpy())).round(1),
            "speed_mps": speed.round(3),
            "altitude_m": _altitude_m(samples, runs, share).round(1),
            "hr_bpm": pulse.round(0),
            "cadence_spm": cadence.round(0),
            "temperature_c": each(runs["temperature_mean_c"].to_numpy()),
        }
    )


def _pacing(
    samples: _Samples, season: Season, runs: pd.DataFrame, first: int, share: Floats, noise: Floats
) -> tuple[Mask, Floats]:
    """Return which samples are hard, and the speed at each in proportion to the run's.

    Repeats hold 1.06 of threshold speed with slow running between; other runs are even, races hard all through.
    """
    numbers = runs["activity_id"].str.extract(r"^sim-(\d+)-(\d+)-")
    who = numbers[0].to_numpy(dtype=np.int64) - 1
    day = numbers[1].to_numpy(dtype=np.int64) + first
    hard_share = samples.each((season.hard_minutes / np.maximum(season.minutes, 1.0))[who, day])
    kind = samples.each(season.kind[who, day])
    repeats = (kind > LONG) & (kind != RACE)
    hard = np.where(repeats, samples.elapsed_s() % REPEAT_S < REPEAT_S * hard_share, kind == RACE)
    fast = samples.each(season.fast_start[who, day])
    third = np.where(share < 1 / 3, fast * 2 / 3, -fast / 3)
    shape = np.where(repeats, np.where(hard, 1.06, 0.74), 1.0)
    return hard, np.maximum(shape * (1.0 + third + 0.02 * noise), 0.2)


def _covered_m(samples: _Samples, shape: Floats, distance_m: Floats) -> Floats:
    """Return the way since the start, m, which `distance_m` is at the last sample."""
    way = np.cumsum(shape)
    base = (way - shape)[samples.starts]
    along = way - shape - base[samples.of]  # the first sample stands at the start
    total = samples.each(along[samples.starts + samples.counts - 1])
    return np.asarray(distance_m * along / np.maximum(total, 1e-9))


def _altitude_m(samples: _Samples, runs: pd.DataFrame, share: Floats) -> Floats:
    """Return the altitude, m, on a route of `HILLS` hills that hold the logged ascent and descent."""
    up, down = samples.each(runs["ascent_m"].to_numpy()), samples.each(runs["descent_m"].to_numpy())
    hill = np.minimum(np.floor(HILLS * share), HILLS - 1)
    on = HILLS * share - hill
    climbed = hill * (up - down) + np.where(on < 0.5, 2 * on * up, up - (2 * on - 1.0) * down)
    return np.asarray(50.0 + climbed / HILLS)
