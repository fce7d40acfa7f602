"""A planned session, in a runner's words, as a row of the log of a day that may not have come yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .alterations import of_extent, with_session
from .athlete_day import AthleteDay
from .changes import DAY_S
from .cohort import Cohort
from .plan_words import read_plan, wrong
from .speeds import possible_speeds

LATELY_DAYS = 56
LEAST_ALIKE = 3
USUAL_START_H = 12.0
HUMIDITY_PCT = 60.0
"""Taken where a plan tells the temperature alone."""
FASTEST_CLIMB_MPS = 0.7
"""Metres up a second: the world's fastest climb 1,000 m in 29 minutes (.58)."""


@dataclass(frozen=True)
class Plan:
    """A session that may be.

    Parameters
    ----------
    text : str
        As it was asked for.
    sport : str
    duration_s : float
    session_rpe : float
        From 0 to 10; NaN where not told, which a note may be and a forecast cannot use.
    distance_m, climb_m : float
        NaN where not told; as many metres up as down.
    temperature_c, humidity_pct : float
        Of the air; NaN where not told.
    """

    text: str
    sport: str
    duration_s: float
    session_rpe: float
    distance_m: float = np.nan
    climb_m: float = np.nan
    temperature_c: float = np.nan
    humidity_pct: float = np.nan

    @classmethod
    def parse(cls, text: str) -> Plan:
        """Return what a text such as ``18 km in 1:45 at 6`` plans.

        Raises
        ------
        InputError
            Where words are not understood, the time is missing, something may be meant in two ways or is impossible.

        Examples
        --------
        >>> plan = Plan.parse("18 km in 1:45 at 6, 25 C")
        >>> plan.distance_m, plan.duration_s, plan.session_rpe, plan.temperature_c
        (18000.0, 6300.0, 6.0, 25.0)
        """
        plan = cls(text.strip(), **read_plan(text))
        plan._check()
        return plan

    def _check(self) -> None:
        def outside(value: float, low: float, high: float) -> bool:
            return bool(value < low or value > high)

        faults = {
            "a distance is more than 0 km": self.distance_m <= 0,
            "it lasts less than a second": self.duration_s < 1,
            "it lasts over a day": self.duration_s > DAY_S,
            "effort is told from 0 to 10": outside(self.session_rpe, 0, 10),
            "nobody goes that fast": self.distance_m
            > possible_speeds(self.sport, self.distance_m)[1] * self.duration_s,
            "nobody climbs so much on the way": self.climb_m < 0
            or self.climb_m > self.distance_m
            or self.climb_m > FASTEST_CLIMB_MPS * self.duration_s,
            "that is no temperature to run in": outside(self.temperature_c, -50, 60),
            "humidity lies within 0 and 100 %": outside(self.humidity_pct, 0, 100),
        }
        for fault, there in faults.items():
            if there:
                raise wrong(self.text, fault)

    def on(self, who: AthleteDay) -> Callable[[Cohort], Cohort]:
        """Return what lays this session in the place of those that the day holds.

        Raises
        ------
        InputError
            Where it does not tell how hard it feels.
        """
        if np.isnan(self.session_rpe):
            what = "it does not tell how hard it feels, from 0 to 10, and a forecast goes by time and effort"
            raise wrong(self.text, what, 'add it, such as "at 6"')

        def alter(cohort: Cohort) -> Cohort:
            cohort = of_extent(cohort, who.where(), 0.0)
            lately = recent_sessions(cohort, who)
            up, down = self._climb(lately)
            heat = not np.isnan(self.temperature_c)
            row: dict[str, object] = {
                "activity_id": f"planned {who.athlete_id} {who.day}",
                "athlete_id": who.athlete_id,
                "day": who.at,
                "start_time": _usual_start(lately, who.at),
                "sport": self.sport,
                "duration_s": self.duration_s,
                "distance_m": self.distance_m,
                "ascent_m": up,
                "descent_m": down,
                "session_rpe": self.session_rpe,
                "place_id": "planned" if heat else _last_place(lately),
            }
            humidity = HUMIDITY_PCT if np.isnan(self.humidity_pct) else self.humidity_pct
            air: dict[str, object] = {
                "temperature_c": self.temperature_c,
                "relative_humidity_pct": humidity,
            }
            return with_session(cohort, row, air if heat else None)

        return alter

    def _climb(self, lately: pd.DataFrame) -> tuple[float, float]:
        """Return metres up and down; where they are not told, as many a kilometre as in the median of recent sessions of the sport."""
        if not np.isnan(self.climb_m):
            return self.climb_m, self.climb_m
        alike = lately[(lately["sport"] == self.sport) & (lately["distance_m"] > 0)]
        slopes = alike[["ascent_m", "descent_m"]].div(alike["distance_m"], axis=0)
        up, down = (
            self.distance_m * slopes[c].median() if slopes[c].notna().sum() >= LEAST_ALIKE else np.nan
            for c in ("ascent_m", "descent_m")
        )
        return up, down

    def taken(self, cohort: Cohort, who: AthleteDay) -> list[str]:
        """Return what the plan does not tell and is taken as it usually is, in a runner's words."""
        out = []
        up = self._climb(recent_sessions(cohort, who))[0]
        if np.isnan(self.climb_m) and not np.isnan(up):
            out.append(f"{1000 * up / self.distance_m:.0f} m climbed a km")
        if not np.isnan(self.temperature_c) and np.isnan(self.humidity_pct):
            out.append(f"{HUMIDITY_PCT:.0f} % of humidity")
        return out


def at_rest(who: AthleteDay) -> Callable[[Cohort], Cohort]:
    """Return what takes all sessions out of a day."""
    return lambda cohort: of_extent(cohort, who.where(), 0.0)


def recent_sessions(cohort: Cohort, who: AthleteDay) -> pd.DataFrame:
    """Return the athlete's sessions of the eight weeks before a day."""
    mine = cohort.activities[cohort.activities["athlete_id"] == who.athlete_id]
    return mine[(mine["day"] < who.at) & (mine["day"] >= who.at - pd.Timedelta(days=LATELY_DAYS))]


def _usual_start(lately: pd.DataFrame, day: pd.Timestamp) -> pd.Timestamp:
    """Return when the sessions before usually started after the midnight of their day, by the median; noon where none tells.

    Days are the athlete's own and times are UTC: an evening in America is of the next day there, a morning in
    Australia of the day before.
    """
    since = (lately["start_time"].dt.tz_convert(None) - lately["day"]).dropna() / pd.Timedelta(hours=1)
    hour = float(since.median()) if len(since) else USUAL_START_H
    return (day + pd.Timedelta(hours=hour)).tz_localize("UTC")


def _last_place(lately: pd.DataFrame) -> object:
    places = lately.sort_values("day")["place_id"].dropna()
    return places.iloc[-1] if len(places) else np.nan
