"""What-ifs of an athlete's day: the log altered, the day's features anew, and the forecast beside the one that was."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any, cast

import pandas as pd

from ..data.ahead import last_day, mornings_unrated, not_known, reaching, taken_between
from ..data.alterations import with_day
from ..data.athlete_day import AthleteDay
from ..data.changes import Change, all_together, parse_change
from ..data.cohort import Cohort
from ..data.own_scale import OwnScale
from ..data.plans import Plan, at_rest
from ..data.usual_changes import usual_changes
from ..features.factors import FACTORS
from ..models.ahead import widened_ahead
from ..models.confidence import Tier
from ..models.explanation import WhatIf
from ..models.forecaster import Forecaster
from ..models.what_if import Alter, Log, Moved, held
from .engine import forecast_frame
from .printed import NBSP, finite, quantity, signed

AS_LOGGED, REST = "as logged", "rest"
ARROW = "\u2192"
NOT_ADVICE = "This is what the model would say, with all days before held as they were: no advice, and no proof of cause."
LEAST_PART, MOST_PARTS = 0.005, 3
"""Points through one factor that are worth a word, and how many factors are told."""


@dataclass(frozen=True)
class Answers:
    """What-ifs of one day beside its forecast.

    Parameters
    ----------
    cohort, athlete_id, day, morning, information, model, tier, tier_reason
        As in `Explanation`.
    compared_with : str
        What the forecast is of and the what-ifs are measured from: the log as it is, or a rest day.
    fatigue, low, high, own_usual, p_bad_morning : float or None
        Of that; None where there is no forecast yet.
    what_ifs : tuple of WhatIf
    not_known : tuple of str
        What the log mostly tells and does not tell of a planned day.
    taken : tuple of str
        What plans do not tell and was taken as it usually is.
    rated_until : date or None
        The last morning rated, of plans.
    own_scale : OwnScale or None
        That of the athlete's newest answer up to the day; numbers here are canonical all the same.
    """

    cohort: str
    athlete_id: str
    day: date
    morning: date
    information: str
    model: str
    tier: Tier
    tier_reason: str
    compared_with: str = AS_LOGGED
    fatigue: float | None = None
    low: float | None = None
    high: float | None = None
    own_usual: float | None = None
    p_bad_morning: float | None = None
    what_ifs: tuple[WhatIf, ...] = ()
    not_known: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    rated_until: date | None = None
    own_scale: OwnScale | None = None

    def to_dict(self) -> dict[str, object]:
        """Return plain types for JSON, days as ISO text."""
        told = asdict(self)
        for name in ("day", "morning", "rated_until"):
            told[name] = None if told[name] is None else told[name].isoformat()
        return told


def changed(
    cohort: Cohort, model: Forecaster, athlete_id: str, day: date, asked: Sequence[str] = (), uri: str = ""
) -> Answers:
    """Return what changes of a day's log would do to its forecast.

    Parameters
    ----------
    cohort : Cohort
        The athlete, and the members of their group where they have one.
    model : Forecaster
    athlete_id : str
    day : date
        Whose log is altered; the morning after is forecast.
    asked : sequence of str
        Changes such as ``sleep_h=+1``, each alone and all together; single ones that suit the day's log where empty.
    uri : str
        Where the model came from.

    Raises
    ------
    InputError
        Where the log does not hold the day, or a change cannot be made to it.
    """
    who = AthleteDay(athlete_id, day, model.information == "morning")
    if asked and who.at <= last_day(cohort, athlete_id):
        cohort = with_day(cohort, athlete_id, who.night)  # a value may be told of a night that was not logged
    log = Log.of(cohort, model, athlete_id)
    log.at(day)  # told before what cannot be changed in it
    alone = [parse_change(a, log.cohort, who) for a in asked] or usual_changes(log.cohort, who)
    trials: list[tuple[str, Alter]] = [(change_text(c), c.alter) for c in alone]
    if len(asked) > 1:
        changes = all_together(asked, log.cohort, who)
        trials.append(("all together", _chain(changes)))
    return _answers(log, day, trials, uri)


def planned(
    cohort: Cohort, model: Forecaster, athlete_id: str, day: date, plans: Sequence[Plan], uri: str = ""
) -> Answers:
    """Return what the morning after planned sessions would be, beside a rest day's.

    Parameters
    ----------
    cohort, model, athlete_id, uri
        As in `changed`.
    day : date
        The day of the session: in the log, whose own sessions it then replaces, or up to seven days after its end.
    plans : sequence of Plan
    """
    who = AthleteDay(athlete_id, day, model.information == "morning")
    log = Log.of(reaching(cohort, who), model, athlete_id)
    trials: list[tuple[str, Alter]] = [(plan.text, plan.on(who)) for plan in plans]
    if len(who.sessions(cohort)):
        trials.insert(0, (AS_LOGGED, _as_it_was))
    rest = log.altered(day, [at_rest(who)])
    told = _answers(log, day, trials, uri, rest)
    if who.at > last_day(cohort, athlete_id):
        told = _ahead(told, mornings_unrated(cohort, who))
    taken = dict.fromkeys(taken_between(cohort, who))
    taken |= dict.fromkeys(words for plan in plans for words in plan.taken(cohort, who))
    rated = cohort.ratings.loc[cohort.ratings["athlete_id"] == athlete_id, "day"]
    return replace(
        told,
        compared_with=REST,
        not_known=tuple(not_known(cohort, who)),
        taken=tuple(taken),
        rated_until=None if rated.empty else min(rated.max().date(), day),
    )


def single_changes(log: Log, day: date) -> tuple[WhatIf, ...]:
    """Return single changes of a day that the model hears, those that move its forecast most first."""
    changes = usual_changes(log.cohort, log.who(day))
    moved = log.moved(day, log.altered(day, [c.alter for c in changes]))
    tried = [_what_if(change_text(c), m) for c, m in zip(changes, moved, strict=True)]
    return tuple(sorted((w for w in tried if w.heard), key=lambda w: -abs(w.points)))


def change_text(change: Change) -> str:
    """Return ``no run (12.4 -> 0 km)``, with an arrow."""
    old, new = (
        quantity(value, change.unit, change.name, beside)
        for value, beside in ((change.old, change.new), (change.new, change.old))
    )
    number, _, unit = old.partition(NBSP)
    if unit and new.endswith(NBSP + unit) and new.count(NBSP) == old.count(NBSP) == 1 + unit.count(NBSP):
        old = number
    return f"{change.title} ({old} {ARROW} {new})"


def moved_text(what: WhatIf) -> str:
    """Return by how much the forecast moves, and whether even the direction is unclear."""
    return signed(what.points, 2) + (" (unclear)" if what.unclear else "")


def through(what: WhatIf) -> str:
    """Return the two or three factors through which a change moves the forecast, with their points."""
    largest = [(name, points) for name, points in what.parts.items() if abs(points) >= LEAST_PART][
        :MOST_PARTS
    ]
    return ", ".join(f"{FACTORS[name].label} {signed(points, 2)}" for name, points in largest)


def _as_it_was(cohort: Cohort) -> Cohort:
    return cohort


def _chain(changes: Sequence[Change]) -> Alter:
    def alter(cohort: Cohort) -> Cohort:
        for change in changes:
            cohort = change.alter(cohort)
        return cohort

    return alter


def _answers(
    log: Log, day: date, trials: Sequence[tuple[str, Alter]], uri: str, base: pd.DataFrame | None = None
) -> Answers:
    now = _frame(log, day, log.altered(day, [_as_it_was]) if base is None else base).iloc[0]
    told = Answers(
        cohort=log.mine.cohort,
        athlete_id=log.athlete_id,
        day=day,
        morning=day + timedelta(days=1),
        information=log.model.information,
        model=uri,
        tier=now["tier"],
        tier_reason=now["tier_reason"],
        own_scale=OwnScale.of(log.cohort.ratings, log.athlete_id, day),
    )
    if told.tier == "not_yet":
        return told
    numbers: dict[str, Any] = {
        c: finite(now[c]) for c in ("fatigue", "low", "high", "own_usual", "p_bad_morning")
    }
    if not trials:
        return replace(told, **numbers)
    altered = log.altered(day, [alter for _, alter in trials])
    frame = _frame(log, day, altered).to_dict("records")
    tried = [
        _what_if(text, moved, then)
        for (text, _), moved, then in zip(trials, log.moved(day, altered, base), frame, strict=True)
    ]
    return replace(told, **numbers, what_ifs=tuple(tried))


def _frame(log: Log, day: date, altered: pd.DataFrame) -> pd.DataFrame:
    """Return `forecast_frame` of altered days."""
    return forecast_frame(log.model, held(log.mine, altered, [log.at(day)] * len(altered)), log.mine)


def _ahead(told: Answers, mornings: int) -> Answers:
    """Return answers with the wider ranges of a day ahead of the log, `mornings` after the last one rated."""

    def wider(of: Answers | WhatIf) -> dict[str, Any]:
        point, below, above = (cast("float", end) for end in (of.fatigue, of.low, of.high))
        low, high = widened_ahead(point, below, above, mornings)
        return {"low": float(low), "high": float(high)}

    if told.fatigue is None:
        return told
    tried = tuple(replace(what, **wider(what)) for what in told.what_ifs)
    return replace(told, **wider(told), what_ifs=tried)


def _what_if(text: str, moved: Moved, then: Mapping[Hashable, Any] | None = None) -> WhatIf:
    parts = sorted(((p, v) for p, v in moved.parts.items() if v), key=lambda part: -abs(part[1]))
    more: dict[str, Any] = (
        {} if then is None else {c: finite(then[c]) for c in ("low", "high", "p_bad_morning")}
    )
    fatigue = min(max(moved.after, 0.0), 10.0)
    return WhatIf(text, fatigue, moved.difference, dict(parts), moved.unclear, moved.heard, **more)
