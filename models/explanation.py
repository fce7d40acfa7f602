"""A forecast with its reasons, or that there is none yet: what a report shows and a program reads."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from ..data.own_scale import OwnScale
from ..features.catalog import Information
from .confidence import Tier
from .reference import Reference


@dataclass(frozen=True)
class FeatureValue:
    """A value behind a bar.

    Parameters
    ----------
    name, label, unit : str
        As the catalogue declares them.
    value : float or None
        None where the log does not tell.
    usual : float or None
        The athlete's own mean of the days before, up to 56 of them, in the same unit.
    points : float
        Canonical: what of the factor's points came through this feature; 0 for context.
    role : {"input", "context"}
        Context is shown beside the inputs and never learned from.
    """

    name: str
    label: str
    unit: str
    value: float | None
    usual: float | None
    points: float
    role: Literal["input", "context"]


@dataclass(frozen=True)
class FactorPoints:
    """How far one factor moved the forecast, in canonical points, and the values behind it.

    Parameters
    ----------
    factor : str
        Id of the factor, or of one of the two groups.
    points : float
    values : tuple of FeatureValue
    low, high : float or None
        80 % interval of the points; see `heavylegs.models.point_intervals`.
    """

    factor: str
    points: float
    values: tuple[FeatureValue, ...] = ()
    low: float | None = None
    high: float | None = None

    @property
    def unclear(self) -> bool:
        """Whether the interval of the points covers 0."""
        return self.low is not None and self.high is not None and self.low <= 0 <= self.high


@dataclass(frozen=True)
class WhatIf:
    """The forecast had the day's log been another in one thing, or with a plan.

    Parameters
    ----------
    change : str
        In a runner's words.
    fatigue : float
        Forecast then, within 0-10.
    points : float
        By how much it moves the forecast, before that is kept within 0-10.
    parts : dict of str to float
        Points by factor and group through which, largest first; they add up to `points` within 1e-6.
    unclear : bool
        Whether the members of the model's bag disagree on the direction.
    heard : bool
        Whether the model hears anything of the change on that day.
    low, high, p_bad_morning : float or None
        As in `Explanation`, then.
    """

    change: str
    fatigue: float
    points: float
    parts: dict[str, float] = field(default_factory=dict)
    unclear: bool = False
    heard: bool = True
    low: float | None = None
    high: float | None = None
    p_bad_morning: float | None = None


@dataclass(frozen=True)
class Explanation:
    """One athlete's forecast for one morning, with its reasons.

    ``usual_level.points + sum(f.points for f in factors) + everything_else.points`` equals
    `fatigue_raw` within 1e-6; `fatigue` is that value kept within 0-10.

    Parameters
    ----------
    cohort, athlete_id : str
        Whose.
    day, morning : date
        The day whose log is used, and the morning forecast (the day after).
    information : {"evening", "morning"}
        What was known.
    fatigue, fatigue_raw, low, high : float
        Canonical 0 (fresh) to 10 (exhausted), and its interval.
    coverage : float
        Share of mornings that such intervals should hold, 0 to 1.
    own_usual : float or None
        The athlete's own mean of recent mornings (EWMA, half-life 28 reports); None without reports.
    tier, tier_reason : str
        How far to trust it, and why.
    usual_level, everything_else : FactorPoints
        The two groups beside the factors. `usual_level` holds the model's constant.
    factors : tuple of FactorPoints
        Factors that could speak, largest absolute points first.
    absent : tuple of str
        Factors without points: the log holds nothing of them for this day, or the model does not know them.
    unheard : tuple of str
        Those of them that the model does not know, whatever the log holds.
    activities : tuple of dict
        The day's sessions: sport, start, distance_m, duration_s, hr_mean_bpm, session_rpe, activity_id.
    recent : tuple of (date, float)
        Canonical morning ratings of the last eight weeks.
    model, accuracy : str
        Which model, and how it did on held-out days, in one sentence.
    attribution : str
        Whose data of other people the model holds, under which licence; empty where none.
    p_bad_morning : float or None
        Chance that the morning is at least a noticeable step above the own usual answer.
    bad_morning_from : float or None
        The canonical rating from which it would be.
    input_coverage : float or None
        Share of the factors, by the points that they usually move, with data for the day.
    reference : {"usual", "cohort"}
        What points are measured from: the athlete's own usual day, or the average of the model's cohort.
    reference_level : float or None
        With "usual" the mean of the own forecasts of up to 56 days before; `usual_level` is this and what the
        own last mornings add to it. With "cohort" the model's constant.
    what_ifs : tuple of WhatIf
        Single changes of the day's log that were tried, what moves the forecast most first.
    own_scale : OwnScale or None
        The scale of the athlete's newest answer; all numbers here are canonical whatever it is.
    """

    cohort: str
    athlete_id: str
    day: date
    morning: date
    information: Information
    fatigue: float
    fatigue_raw: float
    low: float
    high: float
    coverage: float
    own_usual: float | None
    tier: Tier
    tier_reason: str
    usual_level: FactorPoints
    everything_else: FactorPoints
    factors: tuple[FactorPoints, ...]
    absent: tuple[str, ...]
    activities: tuple[dict[str, object], ...] = ()
    recent: tuple[tuple[date, float], ...] = ()
    model: str = ""
    accuracy: str = ""
    p_bad_morning: float | None = None
    bad_morning_from: float | None = None
    input_coverage: float | None = None
    reference: Reference = "cohort"
    reference_level: float | None = None
    unheard: tuple[str, ...] = ()
    attribution: str = ""
    what_ifs: tuple[WhatIf, ...] = ()
    own_scale: OwnScale | None = None

    def to_dict(self) -> dict[str, object]:
        """Return plain types for JSON, days as ISO text."""
        return {name: _plain(value) for name, value in dataclasses.asdict(self).items()}


@dataclass(frozen=True)
class NotYet:
    """That there is no forecast for a morning, what is missing, and when there will be one.

    Parameters
    ----------
    cohort, athlete_id, day, morning, information
        As in `Explanation`.
    tier_reason : str
        What is missing.
    reports : int
        Mornings reported so far.
    missing : int
        Mornings to report until the first forecast.
    first_forecast : date
        The first morning that can be forecast if every morning from the day after `day` is reported.
    activities, recent, model, own_scale
        As in `Explanation`.
    tier, factors, own_usual
        Always ``"not_yet"``, empty and None: no number is given.
    """

    cohort: str
    athlete_id: str
    day: date
    morning: date
    information: Information
    tier_reason: str
    reports: int
    missing: int
    first_forecast: date
    activities: tuple[dict[str, object], ...] = ()
    recent: tuple[tuple[date, float], ...] = ()
    model: str = ""
    tier: Tier = "not_yet"
    factors: tuple[FactorPoints, ...] = ()
    own_usual: float | None = None
    own_scale: OwnScale | None = None

    def to_dict(self) -> dict[str, object]:
        """Return plain types for JSON; every key of an `Explanation` is there, its numbers as None."""
        told = {name: _plain(value) for name, value in dataclasses.asdict(self).items()}
        absent = {f.name: None for f in dataclasses.fields(Explanation) if f.name not in told}
        return {**told, **absent, "absent": [], "unheard": [], "what_ifs": []}


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return value.isoformat() if isinstance(value, date) else value
