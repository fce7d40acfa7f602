"""Changes of one athlete's day, by name: what ``sleep_h=+1`` or ``distance_km=50%`` does to its log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .alterations import Amount, Form, Where, of_air, of_diary, of_extent, of_hills, of_sessions, with_day
from .athlete_day import AthleteDay
from .cohort import Cohort
from .errors import InputError
from .names import nearest
from .schema import TABLES, Column
from .told_numbers import told_difference, told_number, told_value

DAY_S = 86_400.0
KCAL_PER_G = {"carbohydrate_g": 4.0, "protein_g": 4.0, "fat_g": 9.0, "alcohol_g": 7.0}
PART_OF_DAY = {
    "carbohydrate_during_g": "carbohydrate_g",
    "fluid_during_ml": "fluid_ml",
    "sodium_during_mg": "sodium_mg",
}
"""What is taken during a session counts in the day as well."""
NOT_ALTERED = ("training_logged",)
DIARY = {c.name: c for c in TABLES["diary"].columns if c.kind == "number" and c.name not in NOT_ALTERED}
SESSION = {c.name: c for c in TABLES["activities"].columns if c.name in ("session_rpe", *PART_OF_DAY)}
SIZES = {
    "distance_km": ("distance_m", "km", 1000.0, 99.0),
    "duration_min": ("duration_s", "min", 60.0, 1440.0),
}
"""The column of sessions that a lever sets, the lever's unit, how many of the column's that is, and how many a day has."""
VALUES = {**DIARY, **SESSION, "temperature_c": TABLES["weather"].column("temperature_c")}
WORDS = {
    "sleep_h": "sleep",
    "fluid_ml": "fluid",
    "carbohydrate_g": "carbohydrate",
    "protein_g": "protein",
    "fat_g": "fat",
    "energy_intake_kcal": "energy eaten",
    "alcohol_g": "alcohol",
    "hrv_rmssd_ms": "heart-rate variability",
    "night_hr_bpm": "heart rate of the night",
    "resting_hr_bpm": "resting heart rate",
    "mass_kg": "body mass",
    "session_rpe": "effort",
    "distance_km": "distance",
    "duration_min": "time",
    "temperature_c": "air temperature",
    "carbohydrate_during_g": "carbohydrate during the run",
    "fluid_during_ml": "fluid during the run",
    "sodium_during_mg": "sodium during the run",
}


@dataclass(frozen=True)
class Change:
    """One thing of a day that is otherwise.

    Parameters
    ----------
    name : str
        As it is asked for.
    title : str
        What a runner reads.
    old, new : float
        In `unit`; `old` is NaN where nothing was logged.
    unit : str
        As the catalogue writes units.
    alter : callable
        From the log to the altered one.
    """

    name: str
    title: str
    old: float
    new: float
    unit: str
    alter: Callable[[Cohort], Cohort]


def parse_amount(text: str, name: str, said: str = "") -> Amount | None:
    """Return what ``8``, ``+1``, ``-10`` or ``50%`` says of a lever, in its own unit; None where it says nothing.

    Parameters
    ----------
    text : str
        The number is written as `note` reads it.
    name : str
        One of `NAMES`.
    said : str
        All that was said, for the error.

    Raises
    ------
    InputError
        Where a number may be two.

    Examples
    --------
    >>> parse_amount("7:30", "sleep_h"), parse_amount("-0:30", "sleep_h").form, parse_amount("+20%", "fluid_ml")
    (Amount(form='to', value=7.5), 'by', Amount(form='share', value=1.2))
    >>> parse_amount("+2,4l", "fluid_ml").value, parse_amount("a lot", "fluid_ml")
    (2400.0, None)
    """
    written = text.strip().replace("\u2212", "-")
    sign = written[:1] if written[:1] in ("+", "-") else ""
    body = written[len(sign) :].strip()
    form: Form = "share" if body.endswith("%") else "by" if sign else "to"

    def read(body: str) -> float:
        return _number(body, name, f"{name}={sign}", said)

    if body[:1] in ("+", "-"):
        return None
    if form == "share":
        number = told_number(body[:-1], "%", "%", (0.0, 999.0), said, f"{name}={sign}") / 100
    else:
        number = told_difference(body, read) if sign else read(body)
    if np.isnan(number):
        return None
    signed = -number if sign == "-" else number
    return Amount(form, max(1 + signed, 0.0) if sign and form == "share" else signed)


def _number(body: str, name: str, before: str, said: str) -> float:
    """Return the value of a lever in its own unit, NaN where it is none."""
    if name in SIZES:
        column, unit, one, most = SIZES[name]
        target = TABLES["activities"].column(column).unit
        return told_number(body, unit, target, (0.0, most * one), said, before) / one
    if name in VALUES:
        return told_value(body, VALUES[name], said, before)
    return told_number(body, "", "", (0.0, 1.0), said, before)


def parse_change(text: str, cohort: Cohort, who: AthleteDay) -> Change:
    """Return the change that ``NAME=VALUE`` asks for.

    Parameters
    ----------
    text : str
        Such as ``sleep_h=8``, ``fluid_ml=+1000`` or ``distance_km=50%``.
    cohort : Cohort
        Whose log is to be altered.
    who : AthleteDay

    Raises
    ------
    InputError
        Where the name is not known, the value is impossible, or the day's log holds nothing that it could change.
    """
    name, _, value = (part.strip() for part in text.partition("="))
    if name not in NAMES:
        near = nearest(name, NAMES)
        raise InputError(
            f"--set {text}: nothing is called {name!r}",
            mend=(f"the nearest is {near}; " if near else "") + "see heavylegs what-if --help for all",
        )
    amount = parse_amount(value, name, f"--set {text}")
    if amount is None:
        forms = (
            f"{name}=8 for the value itself, {name}=+1 or {name}=-1 for more or less, {name}=50% for a share"
        )
        if name in VALUES and VALUES[name].unit == "0/1":
            forms = f"{name}=yes or {name}=no"
        raise InputError(f"--set {text}: {value!r} is no value", mend=f"write {forms}")
    return change(name, amount, cohort, who, said=f"--set {text}")


def change(
    name: str, amount: Amount, cohort: Cohort, who: AthleteDay, title: str = "", said: str = ""
) -> Change:
    """Return a change of a day; see `parse_change`."""
    title, said = title or WORDS.get(name, name.replace("_", " ")), said or name
    make = LEVERS[name]
    return make(_Asked(name, amount, cohort, who, title, said))


def all_together(texts: Sequence[str], cohort: Cohort, who: AthleteDay) -> list[Change]:
    """Return the changes that several texts ask for, each of what those before have left; see `parse_change`.

    Raises
    ------
    InputError
        Where one is told twice, as the length of a run is by distance and by time, or cannot be made.
    """
    changes: list[Change] = []
    for text in texts:
        change = parse_change(text, cohort, who)
        _require_new(text, change.name, [c.name for c in changes])
        changes.append(change)
        cohort = change.alter(cohort)
    return changes


def _require_new(text: str, name: str, before: Sequence[str]) -> None:
    if name in before:
        raise InputError(f"--set {text}: {name} is told twice", mend="tell it once")
    other = next((n for n in before if n in SIZES and name in SIZES), None)
    if other:
        what = f"{other} is told too, and runs keep their pace: each alters both"
        raise InputError(f"--set {text}: {what}", mend="tell one of the two")


@dataclass(frozen=True)
class _Asked:
    name: str
    amount: Amount
    cohort: Cohort
    who: AthleteDay
    title: str
    said: str

    @property
    def whose(self) -> str:
        return f"{self.who.athlete_id} on {self.who.day}"

    def sessions(self) -> pd.DataFrame:
        """Return the sessions that are meant: the day's runs, or all where none is a run."""
        all_of_day = self.who.sessions(self.cohort)
        if all_of_day.empty:
            raise InputError(
                f"{self.said}: the log holds no session of {self.whose}", mend="--run adds one to a day"
            )
        runs = all_of_day[all_of_day["sport"] == "running"]
        return runs if len(runs) and self.name != "training" else all_of_day

    def new(self, old: float, column: Column) -> float:
        """Return the altered value, after a check of what is possible."""
        new = self.amount.of(old)
        if np.isnan(new):
            raise InputError(
                f"{self.said}: the log holds no {column.name} of {self.whose} to change",
                mend=f"give the value itself, such as {self.name}=VALUE",
            )
        if column.unit == "0/1":
            if new not in (0.0, 1.0):
                raise InputError(
                    f"{self.said}: {column.name} is 1 or 0, for yes or no", mend=f"{column.name}=0"
                )
            return new
        low, high = column.low or 0.0, column.high or np.inf
        if not low <= new <= high:
            unit = "" if column.unit == "0-10" else f" {column.unit}"
            raise InputError(
                f"{self.said}: {new:g} is impossible",
                mend=f"{column.name} lies within {low:g} to {high:g}{unit}",
            )
        return new

    def share_only(self) -> float:
        if self.amount.form != "share":
            raise InputError(f"{self.said}: {self.name} takes a share", mend=f"such as {self.name}=50%")
        return self.amount.value

    def told(self, old: float, new: float, unit: str, alter: Callable[[Cohort], Cohort]) -> Change:
        return Change(self.name, self.title, old, new, unit, alter)


def _of_diary(asked: _Asked) -> Change:
    name, who, column = asked.name, asked.who, DIARY[asked.name]
    old = who.logged(asked.cohort, name)
    new = asked.new(old, column)

    def alter(cohort: Cohort) -> Cohort:
        where = who.where(name)
        out = of_diary(with_day(cohort, who.athlete_id, where.days[0]), where, name, Amount("to", new))
        return _with_energy(out, where, name, new - old)

    return asked.told(old, new, column.unit, alter)


def _with_energy(cohort: Cohort, where: Where, name: str, more: float) -> Cohort:
    """Return the cohort with the energy of so much more of a column eaten or drunk; NaN where nobody knows how much."""
    energy = KCAL_PER_G.get(name, 0.0) * more
    if not energy or np.isnan(energy):
        return cohort
    return of_diary(cohort, where, "energy_intake_kcal", Amount("by", energy), 0.0)


def _of_session(asked: _Asked) -> Change:
    name, who, column = asked.name, asked.who, SESSION[asked.name]
    sessions = asked.sessions()
    if name in PART_OF_DAY:
        sessions = sessions.sort_values("duration_s", ascending=False).head(1)
    old, new = sessions[name].astype(float), [asked.new(value, column) for value in sessions[name]]
    of_day = PART_OF_DAY.get(name)
    more = float(new[0] - old.iloc[0])

    def alter(cohort: Cohort) -> Cohort:
        out = of_sessions(cohort, who.where(), name, asked.amount, list(sessions["activity_id"]))
        if of_day is None or np.isnan(more):
            return out
        out = of_diary(out, who.where(), of_day, Amount("by", more), 0.0)
        return _with_energy(out, who.where(), of_day, more)

    return asked.told(float(old.mean()), float(np.mean(new)), column.unit, alter)


def _of_size(asked: _Asked) -> Change:
    """Return what makes sessions as long as is asked."""
    column, _, unit, _ = SIZES[asked.name]
    sessions = asked.sessions()
    total = float(sessions[column].sum(min_count=1))
    if not total > 0:
        what = WORDS[asked.name]
        raise InputError(
            f"{asked.said}: the log holds no {what} of the sessions of {asked.whose}",
            mend="training=50% alters what is logged of them",
        )
    new = asked.amount.of(total / unit) * unit
    return _extent(asked, sessions, new / total, total, new, TABLES["activities"].column(column).unit)


def _of_training(asked: _Asked) -> Change:
    sessions, share = asked.sessions(), asked.share_only()
    for column, unit in (("duration_s", "s"), ("session_load_au", "AU")):
        total = float(sessions[column].sum(min_count=len(sessions)))
        if total > 0:
            return _extent(asked, sessions, share, total, share * total, unit)
    return _extent(asked, sessions, share, 1.0, share, "share")


def _extent(asked: _Asked, sessions: pd.DataFrame, share: float, old: float, new: float, unit: str) -> Change:
    if share < 0:
        raise InputError(
            f"{asked.said}: there is less than nothing left of the session", mend="0 is no session"
        )
    others = float(asked.who.sessions(asked.cohort)["duration_s"].sum() - sessions["duration_s"].sum())
    if others + share * float(sessions["duration_s"].sum()) > DAY_S:
        raise InputError(f"{asked.said}: the sessions would last over a day", mend="ask for less")
    where, ids = asked.who.where(), list(sessions["activity_id"])
    return asked.told(old, new, unit, lambda cohort: of_extent(cohort, where, share, ids))


def _of_hills(asked: _Asked) -> Change:
    sessions, share = asked.sessions(), asked.share_only()
    down = float(sessions[["ascent_m", "descent_m"]].max(axis=1).sum(min_count=1))
    if not down > 0:
        raise InputError(
            f"{asked.said}: the log holds no metres climbed of {asked.whose}", mend="leave hills out"
        )
    where, ids = asked.who.where(), list(sessions["activity_id"])
    return asked.told(down, share * down, "m", lambda cohort: of_hills(cohort, where, share, ids))


def _of_air(asked: _Asked) -> Change:
    sessions, where = asked.sessions(), asked.who.where()
    ids = list(sessions["activity_id"])
    old = air_temperature_c(asked.cohort, sessions)
    if np.isnan(old):
        raise InputError(
            f"{asked.said}: the store holds no air temperature of the sessions of {asked.whose}",
            mend="heavylegs import weather adds it",
        )
    if asked.amount.form == "share":
        raise InputError(
            f"{asked.said}: degrees have no share", mend="temperature_c=-10 is ten degrees cooler"
        )
    new = asked.new(old, VALUES[asked.name])
    return asked.told(old, new, "degC", lambda cohort: of_air(cohort, where, asked.amount, ids))


def air_temperature_c(cohort: Cohort, sessions: pd.DataFrame) -> float:
    """Return the mean air temperature at the starts of sessions, NaN where none is known."""
    starts = sessions[["place_id"]].assign(time=sessions["start_time"].dt.floor("h"))
    met = cohort.weather.merge(starts.dropna(), on=["place_id", "time"])
    return float(met["temperature_c"].mean()) if len(met) else np.nan


LEVERS: dict[str, Callable[[_Asked], Change]] = {
    **dict.fromkeys(SIZES, _of_size),
    "training": _of_training,
    "hills": _of_hills,
    "temperature_c": _of_air,
    **dict.fromkeys(SESSION, _of_session),
    **dict.fromkeys(DIARY, _of_diary),
}
NAMES = tuple(LEVERS)
