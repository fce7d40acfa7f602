"""When to seek help: the articles' rules, as far as a log can tell. They never diagnose."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ..models.explanation import Explanation, NotYet
from .printed import finite

MARATHON_M = 42_195.0
LASTING_DAYS = 14
LEAST_REPORTS = 10
WELL_ABOVE = 1.5
"""Canonical points above the own usual. Our choice: the articles name no number."""
COOL_WBGT_C = 15.0
"""Upper end of the best racing WBGT, Mantzios 2022."""
SLIGHT_DEFICIT_PCT = 2.0
"""Of body mass, the guideline of ACSM 2007."""


@dataclass(frozen=True)
class Flag:
    """One of the articles' reasons to seek help.

    Parameters
    ----------
    id, title, text : str
        `text` tells the signs to look for and what to do, in our words.
    article, section : str
        Where it comes from (a key of `ARTICLES`).
    applies : bool
        Whether the log fits; all rules are told, those that fit first.
    why : str
        What in the log fits; empty where nothing does.
    """

    id: str
    title: str
    text: str
    article: str
    section: str
    applies: bool = False
    why: str = ""


RULES = (
    Flag(
        "rhabdomyolysis",
        "After an extreme run, when hot and short of fluid",
        "Tender muscles, dark urine, fever, dizziness or nausea can mean that muscle is breaking down faster than "
        "the kidneys can clear it (rhabdomyolysis). With any of these, go to a hospital or doctor at once.",
        "A3",
        "Too Much of a Good Thing",
    ),
    Flag(
        "overtraining",
        "Tired for two weeks and more",
        "If easy days do not help, and with falling performance, low mood, frequent illness or injuries, or lasting "
        "soreness, these are signs of overtraining. Take time off, and have a professional look at it.",
        "A2",
        "When to Seek Professional Advice",
    ),
    Flag(
        "injury",
        "Signs of an injury",
        "Sharp pain, swelling, numbness, or a leg that cannot take your weight: have it looked at before you run on.",
        "A2",
        "When to Seek Professional Advice",
    ),
    Flag(
        "condition",
        "Tiredness that nothing explains",
        "When training and sleep are as usual and the tiredness stays, a doctor can check for "
        "anaemia, the thyroid or chronic fatigue syndrome.",
        "A2",
        "When to Seek Professional Advice",
    ),
    Flag(
        "extreme_fatigue",
        "Extreme tiredness",
        "If running leaves you so tired that you drop asleep or can hardly move, speak to a doctor.",
        "A1",
        "Opening paragraph",
    ),
)
"""Every rule, without what a log says of it."""


def flags(explanation: Explanation | NotYet, facts: Mapping[str, float] | None = None) -> tuple[Flag, ...]:
    """Return every rule, those that fit the log first.

    Parameters
    ----------
    explanation : Explanation or NotYet
        The forecast, or that there is none yet; its recent mornings, sessions and factor points are read.
    facts : mapping, optional
        What an Explanation does not hold: ``longest_run_90d_m`` (longest run of the 90 days before),
        ``easy_days_14d`` (days of rest or easy training), ``injury`` (1 where the notes tell of it), and the day's
        ``wbgt_c`` and ``run_fluid_deficit_pct`` (of body mass).
    """
    facts = facts or {}
    by_ratings = signs_of(explanation.morning, explanation.recent, explanation.own_usual, facts)
    tired = by_ratings.get("overtraining", "")
    why = {
        **dict.fromkeys((rule.id for rule in RULES), ""),
        **by_ratings,
        "rhabdomyolysis": _extreme_run(explanation, facts),
        "injury": "an injury in your notes" if facts.get("injury") == 1 else "",
        "condition": tired if _unexplained(explanation) else "",
    }
    told = [replace(rule, applies=bool(why[rule.id]), why=why[rule.id]) for rule in RULES]
    return tuple(sorted(told, key=lambda flag: not flag.applies))


def signs_of(
    morning: date, recent: Sequence[tuple[date, float]], own_usual: float | None, facts: Mapping[str, float]
) -> dict[str, str]:
    """Return the rules that ratings alone can fit, with what fits.

    Parameters
    ----------
    morning : date
        The one that is forecast.
    recent : sequence of (date, float)
        Ratings of the eight weeks before it, canonical.
    own_usual : float or None
    facts : mapping
        ``easy_days_14d``, as `flags` takes it.

    Returns
    -------
    dict of str to str
        By id of a rule; empty where none fits.
    """
    told = [(day, value) for day, rating in recent if (value := finite(rating)) is not None]
    found = {"overtraining": _lasting(morning, told, own_usual), "extreme_fatigue": _extreme(morning, told)}
    # Tired after two hard weeks is expected: the rule asks for fatigue in spite of easy days.
    if facts.get("easy_days_14d", LASTING_DAYS) < 4:
        found["overtraining"] = ""
    return {rule: why for rule, why in found.items() if why}


def _extreme_run(e: Explanation | NotYet, facts: Mapping[str, float]) -> str:
    """Fits a marathon, or twice the longest run of 90 days, unless it is known to have been cool or with enough to drink.

    What the log tells of air and fluid is asked, not the points: a heat that is usual moves no forecast.
    """
    runs = [finite(a.get("distance_m")) or 0.0 for a in e.activities if a.get("sport") == "running"]
    longest, before = max(runs, default=0.0), finite(facts.get("longest_run_90d_m"))
    extreme = longest >= MARATHON_M * 0.99 or (before is not None and longest >= max(2 * before, 21_000))
    heat, fluid = finite(facts.get("wbgt_c")), finite(facts.get("run_fluid_deficit_pct"))
    cool = heat is not None and heat <= COOL_WBGT_C
    if not extreme or cool or (fluid is not None and fluid < SLIGHT_DEFICIT_PCT):
        return ""
    told = [f"a run of {longest / 1000:.0f} km on this day"]
    if heat is not None:
        told.append(f"in heat (WBGT {heat:.0f} \u00b0C)")
    if fluid is not None:
        told.append(f"with {fluid:.1f} % of body mass sweated and not drunk back")
    unknown = [word for word, value in (("heat", heat), ("fluid", fluid)) if value is None]
    return " ".join(told) + (f"; {' and '.join(unknown)} not logged" if unknown else "")


def _lasting(morning: date, told: Sequence[tuple[date, float]], own_usual: float | None) -> str:
    """Fits when the last 14 mornings lie well above those before them."""
    start = morning - timedelta(days=LASTING_DAYS)
    late = [value for day, value in told if day >= start]
    early = [value for day, value in told if day < start]
    # The EWMA behind `own_usual` has already followed two tired weeks: mornings before them are the better yardstick.
    usual = statistics.median(early) if len(early) >= LEAST_REPORTS else finite(own_usual)
    if usual is None or len(late) < LEAST_REPORTS:
        return ""
    above = sum(value > usual for value in late) / len(late)
    if statistics.median(late) < usual + WELL_ABOVE or above < 0.8:
        return ""
    before = "the weeks before" if len(early) >= LEAST_REPORTS else "the own usual"
    return f"{len(late)} rated mornings in 14 days, most of them well above {before} ({usual:.1f})"


def _unexplained(e: Explanation | NotYet) -> bool:
    """Whether the log tells of training and of sleep, and neither moved the forecast up noticeably."""
    points = {f.factor: f.points for f in e.factors}
    training = [
        points[f] for f in ("too_much_too_soon", "overreaching", "insufficient_recovery") if f in points
    ]
    return bool(training) and "poor_sleep" in points and max(*training, points["poor_sleep"]) < 0.2


def _extreme(morning: date, told: Sequence[tuple[date, float]]) -> str:
    late = [value for day, value in told if day >= morning - timedelta(days=3)]
    return f"a morning rated {max(late):.1f} of 10 in the last three days" if late and max(late) >= 9 else ""
