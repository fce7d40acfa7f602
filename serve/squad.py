"""Everybody's next morning, most worth a look first; `squad_page` shows it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from ..data.contents import LOGGED, require_days
from ..data.errors import InputError
from ..data.own_scale import OwnScale
from ..data.store import Store
from ..features.factors import NAMED
from ..models.forecaster import Forecaster
from .engine import cohort_of, forecasts
from .explain import facts_of, recent_of
from .flags import signs_of
from .printed import finite, short_day

SCHEMA = "heavylegs.squad/1"
NUMBERS = ("fatigue", "low", "high", "own_usual", "p_bad_morning", "bad_morning_from")
"""Of a row of forecasts."""
MOVED = 2
"""Factors told beside each athlete."""
LATELY = pd.Timedelta(days=14)
"""Who has logged nothing for so long has no say in which morning comes next."""


@dataclass(frozen=True)
class Week:
    """The mornings that an athlete reported in seven days.

    Parameters
    ----------
    mean : float or None
        Canonical; None where none was reported.
    mornings : int
    """

    mean: float | None
    mornings: int


@dataclass(frozen=True)
class Outlook:
    """One athlete's next morning. Numbers are canonical, None where not known.

    Parameters
    ----------
    athlete_id : str
    fatigue, low, high, own_usual, p_bad_morning, bad_morning_from : float or None
        As `heavylegs.serve.engine.forecast_frame` has them.
    tier, tier_reason : str
        ``"silent"`` where the log does not hold the day before that morning.
    last_week, week_before : Week
        The seven mornings before that one, and the seven before them.
    moved : tuple of (str, float)
        Ids of the factors that moved the forecast most, with their points, largest first; none that is unclear.
    last_day : date
        The last that the log tells anything of.
    signs : tuple of (str, str)
        Ids of the rules on seeking help that the ratings fit, with what fits; see `heavylegs.serve.flags.signs_of`.
    report : str
        Name of the report's page beside this one; "" where none was written.
    """

    athlete_id: str
    fatigue: float | None
    low: float | None
    high: float | None
    own_usual: float | None
    p_bad_morning: float | None
    bad_morning_from: float | None
    tier: str
    tier_reason: str
    last_week: Week
    week_before: Week
    moved: tuple[tuple[str, float], ...]
    last_day: date
    signs: tuple[tuple[str, str], ...] = ()
    report: str = ""

    @property
    def told(self) -> bool:
        """Whether there is a forecast."""
        return self.fatigue is not None


@dataclass(frozen=True)
class Squad:
    """Everybody's morning.

    Parameters
    ----------
    cohort : str
    morning : date
    information : str
    model : str
    attribution : str
        Whose data the model holds; see `heavylegs.models.forecaster.Forecaster.attribution`.
    own_scale : OwnScale or None
        The scale that all the ratings were given on; None where they differ.
    athletes : tuple of Outlook
        Those with the largest chance of a bad morning first; where none is known, those furthest above
        their usual; those without a forecast last.
    """

    cohort: str
    morning: date
    information: str
    model: str
    attribution: str
    own_scale: OwnScale | None
    athletes: tuple[Outlook, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain types for JSON."""
        people = [{**asdict(a), "moved": dict(a.moved), "signs": dict(a.signs)} for a in self.athletes]
        return {**asdict(self), "schema": SCHEMA, "athletes": people}


def squad(store: Store, model: Forecaster, uri: str, morning: np.datetime64 | None = None) -> Squad:
    """Return everybody's outlook on one morning.

    Parameters
    ----------
    store : Store
    model : Forecaster
    uri : str
        Where the model came from.
    morning : datetime64[D], optional
        Where None the one after the newest day that the logs of half of the people reach (of those who logged
        anything of late); that day's own with morning information, whose night the log tells.

    Raises
    ------
    InputError
        Where the log of nobody holds the day before that morning, or tells anything of any day.
    """
    require_days(store)
    last_days = _last_days(store)
    if last_days.empty:
        raise InputError(
            "holds no day of anybody", file=store.path, mend="import activities or a diary of mornings"
        )
    # On the morning itself the last day logged is today's: its night is what morning information is about.
    ahead = pd.Timedelta(days=1 if model.information == "evening" else 0)
    when = _common_day(last_days) + ahead if morning is None else pd.Timestamp(morning)
    told = list(forecasts(store, model, np.datetime64(when, "D"), np.datetime64(when, "D")))
    if not told:
        first_day = store.read(tables=["athletes", *LOGGED]).days_told()["day"].min()
        span = f"the log covers {first_day:%Y-%m-%d} to {last_days.max():%Y-%m-%d}"
        raise InputError(f"holds nobody's {when - pd.Timedelta(days=1):%Y-%m-%d}", file=store.path, mend=span)
    rows = {row["athlete_id"]: row for row in pd.concat(told).to_dict("records")}
    ratings = store.read(tables=["ratings"]).ratings
    weeks = [_week(ratings, when - pd.Timedelta(days=back)) for back in (7, 14)]
    nothing = Week(None, 0)
    people = [
        _outlook(
            str(who),
            rows.get(who),
            (weeks[0].get(str(who), nothing), weeks[1].get(str(who), nothing)),
            last.date(),
        )
        for who, last in last_days.items()
    ]
    people = [replace(a, signs=_signs(store, ratings, a, when.date())) for a in people]
    ordered = tuple(sorted(people, key=_to_look_after))
    scale = OwnScale.shared(ratings)
    return Squad(store.info()["name"], when.date(), model.information, uri, model.attribution, scale, ordered)


def _common_day(last_days: pd.Series) -> pd.Timestamp:
    """Return the newest day that the logs of half of the people reach who logged anything in the two weeks before the newest.

    So that one who has noted tomorrow already does not leave all the others without a forecast.
    """
    lately = last_days[last_days > last_days.max() - LATELY].sort_values(ascending=False)
    return pd.Timestamp(lately.iloc[(len(lately) - 1) // 2])


def _last_days(store: Store) -> pd.Series:
    """Return the last day that each athlete's log tells anything of, by athlete; empty where nobody's does.

    Of an athlete whose rows all tell nothing it is that of the rows, up to everybody's last: they are of the squad as well.
    """
    cohort = store.read(tables=["athletes", *LOGGED])
    told, rows = (days.groupby("athlete_id")["day"].max() for days in (cohort.days_told(), cohort.diary))
    last: pd.Series = told.combine_first(rows.clip(upper=told.max())) if len(told) else told
    return last


def _week(ratings: pd.DataFrame, first: pd.Timestamp) -> dict[str, Week]:
    inside = ratings[(ratings["day"] >= first) & (ratings["day"] < first + pd.Timedelta(days=7))]
    by = inside.groupby("athlete_id")["fatigue"].agg(["mean", "count"])
    return {str(who): Week(finite(row["mean"]), int(row["count"])) for who, row in by.iterrows()}


def _outlook(who: str, row: dict[Any, Any] | None, weeks: tuple[Week, Week], last_day: date) -> Outlook:
    told = {} if row is None else row
    numbers: dict[str, Any] = {name: finite(told.get(name)) for name in NUMBERS}
    return Outlook(
        athlete_id=who,
        **numbers,
        tier=str(told.get("tier", "silent")),
        tier_reason=str(told.get("tier_reason", f"nothing is logged after {short_day(last_day)}")),
        last_week=weeks[0],
        week_before=weeks[1],
        moved=() if numbers["fatigue"] is None else _moved(told),
        last_day=last_day,
    )


def _signs(store: Store, ratings: pd.DataFrame, a: Outlook, morning: date) -> tuple[tuple[str, str], ...]:
    """Return the rules on seeking help that the ratings up to the evening before fit."""
    day = morning - timedelta(days=1)
    recent = recent_of(ratings, a.athlete_id, day)
    found = signs_of(morning, recent, a.own_usual, {})
    if "overtraining" in found and a.told:  # the rule heeds easy days, which the log must be read for
        facts = facts_of(cohort_of(store, a.athlete_id), a.athlete_id, day)
        found = signs_of(morning, recent, a.own_usual, facts)
    return tuple(found.items())


def _moved(row: dict[Any, Any]) -> tuple[tuple[str, float], ...]:
    unclear = set(str(row["unclear"]).split())
    points = [(n, p) for n in NAMED if (p := finite(row[n])) is not None and n not in unclear]
    return tuple(sorted(points, key=lambda part: -abs(part[1]))[:MOVED])


def _to_look_after(a: Outlook) -> tuple[bool, float, float, str]:
    above = (a.fatigue or 0.0) - (a.own_usual or 0.0)
    return not a.told, -(a.p_bad_morning or 0.0), -above, a.athlete_id
