"""A simulated cohort with known causes: the default data, and the instrument that tests the reasons.

What it can and cannot stand for is told in `docs/simulator.md`.

The parts, in the order in which a day comes about: `simulate_people`, `simulate_weather`,
`simulate_life` (circumstances), `simulate_season` (training), `simulate_food`, `simulate_sleep`,
`simulate_doses` (what each factor's dose is and gives), `simulate_truth` (the mornings),
`simulate_body` (what pulse and scales show of it), `simulate_gaps`, `simulate_log` and
`simulate_records` (what gets written down).

Formulas that `heavylegs.features` has as well (cost of running, carbohydrate share, TRIMP, debts, windows) stand here a
second time on purpose: a fault in code that truth and features shared would be seen by no test of the reasons.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .cohort import Cohort
from .errors import InputError
from .simulate_doses import FACTOR_DOSES, FACTORS, FactorDose, History
from .simulate_food import draw_intake
from .simulate_gaps import draw_gaps
from .simulate_life import draw_circumstances
from .simulate_log import Log
from .simulate_people import draw_runners
from .simulate_records import draw_records
from .simulate_season import draw_season
from .simulate_sleep import draw_sleep
from .simulate_tools import Dice, before
from .simulate_truth import NOISE_SPREAD, SENSITIVITY_SPREAD, Mornings, draw_mornings
from .simulate_weather import Weather, draw_weather

__all__ = [
    "FACTORS",
    "FACTOR_DOSES",
    "FactorDose",
    "Simulation",
    "simulate",
    "simulate_history",
    "variance_shares",
]

FIRST_DAY = "2024-01-08"
BURN_IN_DAYS = 56  # lived before the log begins, so that windows of up to 42 days are filled


@dataclass(frozen=True)
class Simulation:
    """A simulated cohort and what truly made its mornings.

    Parameters
    ----------
    cohort : Cohort
        All canonical tables, as if read from a log: rounded, with errors and gaps.
    truth : DataFrame
        One row per athlete and day t, complete: ``athlete_id``, ``day``, a column per factor with
        its points in the fatigue of the morning of t+1 (canonical 0-10), ``usual_level``,
        ``everything_else``, ``noise``, and ``fatigue``, their sum before it was rounded and clipped
        into a rating.
    """

    cohort: Cohort
    truth: pd.DataFrame


def simulate(
    athletes: int = 40,
    days: int = 200,
    seed: int = 7,
    r2: float = 0.35,
    start: str = FIRST_DAY,
    records: bool = False,
    *,
    gaps: float = 1.0,
    gaps_when_tired: float = 1.0,
    sensitivity_spread: float = SENSITIVITY_SPREAD,
    log_errors: float = 1.0,
    noise_spread: float = NOISE_SPREAD,
) -> Simulation:
    """Simulate runners over a season.

    Parameters
    ----------
    athletes, days : int
        How many runners, and how many logged days each.
    seed : int
        The same seed gives the same cohort on any machine. A longer simulation begins with the
        same days and the same causes as a shorter one.
    r2 : float
        Share of the variance within athletes that the factors explain of factors plus noise,
        over 0 and at most 1; own level and calendar count as neither.
    start : str
        First logged day, ``YYYY-MM-DD``.
    records : bool
        Whether each runner's last few runs come with 5 s samples.
    gaps, gaps_when_tired : float
        How much goes unlogged at random, and how much more after bad mornings (missing not at random), as
        multiples of the rates of `docs/simulator.md`; 0 is a complete log.
    sensitivity_spread, noise_spread : float
        Spread (of the logarithm) of the runners' own sensitivities to each factor, and of how noisy their
        mornings are; 0 makes all alike. The noise's mean square stays, and with it `r2`.
    log_errors : float
        With how much error and rounding things are written down, as a multiple. At 0 the log holds what
        happened, and runners state what they can know of themselves (their need of sleep).

    Returns
    -------
    Simulation

    Raises
    ------
    InputError
        Where an argument is out of range.

    Examples
    --------
    >>> small = simulate(athletes=3, days=10)
    >>> small.cohort.name, len(small.truth)
    ('simulated', 30)
    """
    first_day = _check(athletes, days, seed, r2, start) - pd.Timedelta(days=BURN_IN_DAYS)
    spreads = {"sensitivity_spread": sensitivity_spread, "noise_spread": noise_spread}
    _check_knobs({"gaps": gaps, "gaps_when_tired": gaps_when_tired, "log_errors": log_errors, **spreads})
    world = _World(athletes, days, seed, first_day)
    history = world.live()
    mornings = world.wake(history, days, r2, **spreads)
    kept = draw_gaps(world.dice, before(mornings.fatigue), gaps, gaps_when_tired)
    log = Log(world.dice, history, mornings, kept, first_day, BURN_IN_DAYS, BURN_IN_DAYS + days, log_errors)
    return Simulation(_cohort(log, world.weather, records), _truth_table(log, mornings))


def simulate_history(athletes: int = 40, days: int = 200, seed: int = 7) -> History:
    """Return what happens to the runners of `simulate` with the same arguments, with nothing lost or rounded.

    Arrays are (athletes, `BURN_IN_DAYS` + days + 1): the days lived before the log begins, the
    logged ones, and one more for the night after the last. For tests of doses, and for asking
    how well a feature recovers one.
    """
    first_day = _check(athletes, days, seed, 1.0, FIRST_DAY) - pd.Timedelta(days=BURN_IN_DAYS)
    return _World(athletes, days, seed, first_day).live()


def variance_shares(truth: pd.DataFrame) -> pd.Series:
    """Return each factor's share of the variance within athletes of the factors' sum; they add up to 1.

    A share is the factor's covariance with the sum, so correlated factors divide what they share.
    """
    own = truth[list(FACTORS)] - truth.groupby("athlete_id")[list(FACTORS)].transform("mean")
    total = own.sum(axis=1)
    return own.mul(total, axis=0).mean() / (total**2).mean()


class _World:
    """The calendar, the weather and the random numbers in which the runners live."""

    def __init__(self, athletes: int, days: int, seed: int, first_day: pd.Timestamp) -> None:
        self.dice = Dice(seed, athletes, BURN_IN_DAYS + days + 1)
        dates = pd.date_range(first_day, periods=self.dice.days)
        self.weekday = dates.day_of_week.to_numpy(dtype=np.int64)
        self.year_day = dates.day_of_year.to_numpy(dtype=float)
        self.weather = draw_weather(self.dice, first_day)

    def live(self) -> History:
        """Live through the days: who, what happens, training, food, sleep."""
        runners = draw_runners(self.dice)
        life = draw_circumstances(self.dice, runners, self.weekday)
        season = draw_season(self.dice, runners, life, self.weather, self.weekday)
        intake = draw_intake(self.dice, runners, life, season, self.weekday)
        sleep_h = draw_sleep(self.dice, runners, life, season, intake, self.weekday)
        return History(runners, life, season, intake, sleep_h)

    def wake(self, history: History, days: int, r2: float, **spreads: float) -> Mornings:
        """Wake every morning, as tired as `r2` asks for over the logged days."""
        # A handful of days has no variance to speak of: let the unseen ones count too.
        counted = slice(BURN_IN_DAYS if days >= 14 else 0, BURN_IN_DAYS + days)
        return draw_mornings(self.dice, history, self.weekday, self.year_day, r2, counted, **spreads)


def _check(athletes: int, days: int, seed: int, r2: float, start: str) -> pd.Timestamp:
    if athletes < 1 or days < 1 or seed < 0:
        raise InputError(
            f"athletes = {athletes}, days = {days}, seed = {seed}: nothing to simulate",
            mend="athletes and days from 1, seed from 0",
        )
    if not 0.0 < r2 <= 1.0:
        raise InputError(f"r2 = {r2} is not a share", mend="give a number over 0 and at most 1")
    try:
        return pd.Timestamp(pd.to_datetime(start, format="%Y-%m-%d"))
    except ValueError:
        raise InputError(f"start {start!r} is not a day", mend="write it as 2024-01-08") from None


def _check_knobs(knobs: dict[str, float]) -> None:
    for name, knob in knobs.items():
        if not 0.0 <= knob <= 4.0:
            raise InputError(f"{name} = {knob} cannot be simulated", mend="give a number from 0 to 4")


def _cohort(log: Log, weather: Weather, records: bool) -> Cohort:
    """Return what was written down, and the weather from the day before the log begins."""
    tables = log.tables()
    hourly = pd.DataFrame(weather.table(log.errors))
    earliest = (log.first_day + pd.Timedelta(days=log.first - 1)).tz_localize("UTC")
    tables["weather"] = hourly[hourly["time"] >= earliest]
    if records:
        tables["records"] = draw_records(log.dice, log.history, tables["activities"], log.first)
    return Cohort.from_tables("simulated", tables)


def _truth_table(log: Log, mornings: Mornings) -> pd.DataFrame:
    span = slice(log.first, log.last)
    days = pd.date_range(log.first_day, periods=log.last, unit="us")[span]
    parts = mornings.factors | {
        "usual_level": mornings.usual_level,
        "everything_else": mornings.everything_else,
        "noise": mornings.noise,
        "fatigue": mornings.fatigue,
    }
    key = {
        "athlete_id": pd.Series(np.repeat(log.athlete_ids, len(days)), dtype="str"),
        "day": np.tile(days.to_numpy(), len(log.athlete_ids)),
    }
    return pd.DataFrame(key | {name: np.ravel(part[:, span], order="C") for name, part in parts.items()})
