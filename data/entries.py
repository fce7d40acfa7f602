"""What a person notes by hand: a morning's answer, values of a day, what no watch knows of a session or of its wearer.

A session without a recording can be told whole.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from .cohort import Cohort
from .conform import conform
from .entry_words import DAY, FATIGUE, PERSON, SESSION, parse_entry
from .errors import InputError
from .identity import same_pairs
from .names import nearest_text
from .own_scale import OwnScale
from .plans import Plan
from .schema import BY_HAND, TABLES, FatigueScale

_WHICH = ("athlete_id", "day", "start_time", "sport", "duration_s", "moving_time_s", "distance_m")
"""What tells a session from others."""


@dataclass(frozen=True)
class Entries:
    """What was noted of one athlete's day.

    Parameters
    ----------
    athlete_id : str
    day : date
    answer : float or None
        Fatigue on waking, on the athlete's own scale.
    of_day, of_session : dict
        Values of the diary, and of the day's session, by column.
    of_person : dict
        What is always so, such as a maximal heart rate.
    plans : tuple of Plan
        Sessions that nobody recorded.
    """

    athlete_id: str
    day: date
    answer: float | None
    of_day: Mapping[str, float]
    of_session: Mapping[str, float]
    of_person: Mapping[str, float | str]
    plans: tuple[Plan, ...] = ()

    @classmethod
    def parse(cls, athlete_id: str, day: date, texts: Sequence[str], runs: Sequence[str] = ()) -> Entries:
        """Return what texts such as ``fatigue=4``, ``sleep_h=7:30`` and ``18 km in 1:45 at 6`` note.

        Raises
        ------
        InputError
            A name that is not known, one told twice, a value that cannot be read or is impossible.

        Examples
        --------
        >>> told = Entries.parse("me", date(2024, 5, 1), ["fatigue=4", "sleep_h=7:30", "fluid_ml=2.5 l"])
        >>> told.answer, dict(told.of_day)
        (4.0, {'sleep_h': 7.5, 'fluid_ml': 2500.0})
        """
        told: dict[str, float | str] = {}
        for text in texts:
            name, value = parse_entry(text)
            if name in told:
                raise InputError(f"{text}: {name} is told twice", mend="tell it once")
            told[name] = value
        plans = tuple(Plan.parse(text) for text in runs)
        for plan in plans:
            if not np.isnan(plan.temperature_c):
                mend = "leave it out; `heavylegs import weather` brings the weather of recorded sessions"
                raise InputError(
                    f"--run {plan.text!r}: the weather of a session without its hour is not kept", mend=mend
                )
        of_day, of_session, of_person = (_named(told, names) for names in (DAY, SESSION, PERSON))
        if of_session and len(plans) > 1:
            raise InputError(
                f"{next(iter(of_session))}: {len(plans)} sessions are told",
                mend="tell one of them in a call of its own",
            )
        return cls(
            athlete_id,
            day,
            None if FATIGUE not in told else float(told[FATIGUE]),
            {name: float(value) for name, value in of_day.items()},
            {name: float(value) for name, value in of_session.items()},
            of_person,
            plans,
        )

    def tables(
        self,
        cohort: Cohort,
        parts: pd.DataFrame,
        scale: FatigueScale | None = None,
        activity_id: str | None = None,
        new_scale: bool = False,
    ) -> dict[str, pd.DataFrame]:
        """Return what was noted as canonical tables.

        Parameters
        ----------
        cohort : Cohort
            What is known of the athlete: the scale of earlier answers, the day's sessions.
        parts : DataFrame
            Recordings that were joined into the cohort's activities, as `heavylegs.data.store.Store.parts` returns them.
        scale : FatigueScale, optional
            That of the answer; default the one of the athlete's newest answer, from which it must not differ.
        activity_id : str, optional
            The session that values of a session are of; needed where the day has several. With a plan they are of that.
        new_scale : bool
            Whether `scale` may be another than that of the newest answer.

        Raises
        ------
        InputError
            An answer outside its scale, on one that nobody told, or on another than before; values of a session where none, or not only
            one, can be meant.
        """
        known = _newest_scale(cohort, self.athlete_id)
        key: dict[str, object] = {
            "athlete_id": [self.athlete_id],
            "day": [pd.Timestamp(self.day)],
            "source": [BY_HAND],
        }
        person = {"athlete_id": self.athlete_id, **self.of_person, "source": BY_HAND}
        tables = {"athletes": pd.DataFrame([person])}
        if self.of_day:
            tables["diary"] = pd.DataFrame({**key, **{n: [v] for n, v in self.of_day.items()}})
        if self.answer is not None:
            if scale and known and scale.ends != known.ends and not new_scale:
                raise InputError(
                    f"--scale tells {scale.in_words}, but the answers of {self.athlete_id} so far are on {known.in_words}",
                    mend="leave --scale out to answer on that; --new-scale where the question is another from now on",
                )
            tables["ratings"] = self._rating(scale or known, key, " --new-scale" if known else "")
        sessions = [self._by_hand(plan, number) for number, plan in enumerate(self.plans, 1)]
        if self.of_session and not self.plans:
            sessions.append(self._said_of(_session_of(self, cohort, activity_id), parts))
        if sessions:
            tables["activities"] = pd.concat(sessions, ignore_index=True)
        return {name: conform(frame, TABLES[name]) for name, frame in tables.items()}

    def _rating(self, scale: FatigueScale | None, key: Mapping[str, object], more: str) -> pd.DataFrame:
        if scale is None:
            raise InputError(
                f"fatigue={self.answer:g}: nobody told on which scale",
                mend="tell it once: --scale FRESH-EXHAUSTED, such as --scale 1-10, or --scale 5-1 where 5 is fresh",
            )
        answer = float(self.answer or 0.0)
        if not scale.minimum <= answer <= scale.maximum:
            raise InputError(
                f"fatigue={answer:g} lies outside the scale, {scale.in_words}",
                mend=f"answer on that scale, or tell another with --scale FRESH-EXHAUSTED{more}",
            )
        row: dict[str, object] = {
            "fatigue": scale.to_canonical(np.array([answer])),
            "fatigue_native": [answer],
            "scale_min": [float(scale.minimum)],
            "scale_max": [float(scale.maximum)],
            "scale_direction": [float(scale.direction)],
        }
        return pd.DataFrame({**key, **row})

    def _by_hand(self, plan: Plan, number: int) -> pd.DataFrame:
        """Return the row of a session that nobody recorded; told again for the day it takes the place of what was told before."""
        row = {
            "activity_id": f"{BY_HAND}-{self.athlete_id}-{self.day}-{plan.sport}-{number}",
            "athlete_id": self.athlete_id,
            "day": pd.Timestamp(self.day),
            "sport": plan.sport,
            "duration_s": plan.duration_s,
            "distance_m": plan.distance_m,
            "ascent_m": plan.climb_m,
            "descent_m": plan.climb_m,
            "session_rpe": plan.session_rpe,
            "source": BY_HAND,
        }
        return conform(pd.DataFrame([{**row, **self.of_session}]), TABLES["activities"])

    def _said_of(self, session: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
        """Return the row that says of a session what was noted, and what was noted of it before."""
        if session["source"].iloc[0] == BY_HAND:
            return session.assign(**self.of_session)
        name = f"{BY_HAND}-{session['activity_id'].iloc[0]}"
        row = conform(session[[*_WHICH]].assign(activity_id=name, source=BY_HAND), TABLES["activities"])
        if not _same(row, session):
            raise InputError(
                f"the session of {self.athlete_id} on {self.day} has neither a start nor a sport and a length: nothing can be said of it",
                mend="import it with one of these",
            )
        earlier = parts[parts["source"] == BY_HAND]
        for place in range(len(earlier)):
            before = earlier.iloc[[place]]
            if _same(before, session):
                return before.assign(**self.of_session)
        return row.assign(**self.of_session)


def _named(told: Mapping[str, float | str], names: Collection[str]) -> dict[str, float | str]:
    return {name: value for name, value in told.items() if name in names}


def _newest_scale(cohort: Cohort, athlete_id: str) -> OwnScale | None:
    days = cohort.ratings["day"]
    return OwnScale.of(cohort.ratings, athlete_id, days.max().date()) if len(days) else None


def _session_of(told: Entries, cohort: Cohort, activity_id: str | None) -> pd.DataFrame:
    """Return the session that is meant, one row: the one named, else the day's only run, else its only session."""
    mine = (cohort.activities["athlete_id"] == told.athlete_id) & (
        cohort.activities["day"] == pd.Timestamp(told.day)
    )
    all_of_day = cohort.activities[mine]
    name, where = next(iter(told.of_session)), f"{told.athlete_id} on {told.day}"
    if activity_id is not None:
        named = all_of_day[all_of_day["activity_id"] == activity_id]
        if named.empty:
            mend = nearest_text(activity_id, all_of_day["activity_id"], "the day holds none")
            raise InputError(f"there is no activity {activity_id!r} of {where}", mend=mend)
        return named
    if all_of_day.empty:
        raise InputError(
            f"{name}: the store holds no session of {where}",
            mend='import its recording first, or note the session itself: --run "10 km in 1:00 at 4"',
        )
    runs = all_of_day[all_of_day["sport"] == "running"]
    meant = runs if len(runs) else all_of_day
    if len(meant) > 1:
        ids = ", ".join(meant["activity_id"])
        raise InputError(
            f"{name}: {where} has {len(meant)} sessions", mend=f"tell which with --activity: {ids}"
        )
    return meant


def _same(note: pd.DataFrame, session: pd.DataFrame) -> bool:
    """Return whether a store joins a note, one row, with the session."""
    return len(same_pairs(pd.concat([note, session], ignore_index=True))) > 0
