"""The sentences of a report.

A sentence tells how far a factor moved the forecast. It never says that the factor was a
cause, which points of a model cannot show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from ..features.factors import FACTORS
from ..models.bad_morning import LIKELY
from ..models.explanation import Explanation, FactorPoints, NotYet
from .printed import NBSP, capital, duration, finite, fixed, joined, long_day, pace, quantity, signed, tenths

TIERS = {
    "not_yet": "Not yet",
    "calibrating": "Still calibrating",
    "building": "Building up",
    "solid": "Solid",
}
WIDE = 60
"""Tenths: a range over more of the scale rules little out."""
LOPSIDED = 10
"""Tenths: a range that reaches so far to one side of the forecast, and not to the other, asks for a word."""


def usual_name(e: Explanation) -> str:
    """Return what the own usual is called: it is none yet while the model is still calibrating."""
    return "your mornings so far" if e.tier == "calibrating" else "your usual"


def comparison(forecast: float, usual: float | None, name: str = "your usual") -> str:
    """Return how a forecast stands to the own usual, called `name`, from the numbers as they are shown."""
    if usual is None:
        return "no usual of your own yet to set it against"
    ahead = tenths(forecast) - tenths(usual)
    level = f"{name} {fixed(usual)}" if name == "your usual" else f"{name}, {fixed(usual)}"
    if abs(ahead) <= 2:
        return f"about {level}" if ahead else f"just {level}"
    if name != "your usual" and abs(ahead) >= 20:
        return f"{level} on average, are few: the forecast still leans on what is common"
    degree = "a little " if abs(ahead) < 10 else "" if abs(ahead) < 20 else "much "
    return f"{degree}{'more tired' if ahead > 0 else 'fresher'} than {level}"


def usually(tier: str) -> str:
    """Return the word before the own usual in one line: of a few mornings it is none yet."""
    return "mornings so far" if tier == "calibrating" else "usually"


def limits(e: Explanation) -> tuple[float | None, float | None]:
    """Return the ends of the range within the scale of 0-10, or None where there is none."""
    low, high = finite(e.low), finite(e.high)
    if low is None or high is None:
        return None, None
    return min(max(low, 0.0), 10.0), min(max(high, 0.0), 10.0)


def interval_sentence(e: Explanation, usual: float | None) -> str:
    """Return what the range promises, and whether the own usual lies inside it."""
    low, high = limits(e)
    if low is None or high is None:
        return "There is no range yet: too few mornings to tell how far off a forecast for you may be."
    share = f"{fixed(100 * e.coverage, 0)}{NBSP}% of mornings like this one"
    text = f"The likely range is {fixed(low)} to {fixed(high)}: {share} should be rated within it."
    if tenths(low) == tenths(high):
        text = f"The likely answer is {fixed(low)} alone: {share} should be rated so."
    if tenths(high) - tenths(low) >= WIDE:
        return f"{text} It is so wide that the forecast says little."
    text += _lopsided(e, low, high)
    if usual is not None and e.tier != "calibrating" and abs(tenths(e.fatigue) - tenths(usual)) > 2:
        inside = tenths(low) <= tenths(usual) <= tenths(high)
        ordinary = (finite(e.p_bad_morning) or 0.0) < LIKELY
        text += f" Your usual lies {'inside' if inside else 'outside'} it"
        text += ", so an ordinary morning is well possible." if inside and ordinary else "."
    return text


def _lopsided(e: Explanation, low: float, high: float) -> str:
    """Return why a range ends at the forecast, where it does: which would look like a slip."""
    above, below = tenths(high) - tenths(e.fatigue), tenths(e.fatigue) - tenths(low)
    if min(above, below) not in (0, 1) or max(above, below) < LOPSIDED:
        return ""
    answers = "below" if above < below else "above"
    if answers == "below" and (finite(e.p_bad_morning) or 0.0) >= LIKELY:
        return ""
    return f" It ends at the forecast because most answers after forecasts like this one were {answers} it, some of them far."


def in_short(e: Explanation | NotYet) -> str:
    """Return the forecast in one line of a terminal."""
    if isinstance(e, NotYet):
        return f"not yet. {capital(e.tier_reason)}. {first_forecast_sentence(e)}"
    usual = "" if e.own_usual is None else f", {usually(e.tier)} {fixed(e.own_usual)}"
    return f"fatigue {fixed(e.fatigue)} of 10 (likely {fixed(e.low)} to {fixed(e.high)}){usual}"


def not_yet_sentence(e: NotYet) -> str:
    """Return why there is no number."""
    return f"There is no forecast for you yet: {e.tier_reason}."


def first_forecast_sentence(e: NotYet) -> str:
    """Return what to do, and when the first forecast comes then."""
    more = "the next morning" if e.missing == 1 else f"the next {e.missing} mornings"
    return f"Rate {more} as you wake, and the first forecast can be for the morning of {long_day(e.first_forecast)}."


def chance_words(chance: float) -> str:
    """Return a probability as a runner would say it, in tenths; the rims finer.

    Examples
    --------
    >>> chance_words(0.31), chance_words(0.04), chance_words(0.99)
    ('about 3 in 10', 'about 1 in 20', 'nearly all')
    """
    if chance < 0.025:
        return "hardly any"
    if chance < 0.075:
        return "about 1 in 20"
    if chance >= 0.95:
        return "nearly all"
    return f"about {max(1, int(10 * chance + 0.5))} in 10"


def bad_morning_sentence(e: Explanation) -> str:
    """Return how often a morning forecast like this one is clearly worse than usual; "" where not known."""
    chance, limit = finite(e.p_bad_morning), finite(e.bad_morning_from)
    if chance is None or limit is None:
        return ""
    if limit > 10:
        return ""  # the usual answer is the scale's last: none is worse
    rated = f"{fixed(limit)} or more" if tenths(limit) < 100 else fixed(limit)
    return f"{capital(chance_words(chance))} mornings like this one should be rated {rated}, clearly more tired than your usual answer."


def moved_sentence(
    factors: Sequence[tuple[str, float]], everything_else: float = 0.0, spoke: bool = True, rated: bool = True
) -> str:
    """Return the sentence on the two or three factors that moved the forecast most.

    Parameters
    ----------
    factors : sequence of (str, float)
        Factor id and points as shown, largest first.
    everything_else : float
        Told too where it outweighs every factor, so that the sentence hides nothing.
    spoke : bool
        Whether any factor had data at all.
    rated : bool
        Whether any morning of the athlete's own is known.
    """
    top = [(_spoken(name), points) for name, points in factors if tenths(points)][:3]
    if len(top) == 3 and abs(top[2][1]) < abs(top[0][1]) / 4:
        top = top[:2]
    clauses = []
    for way, group in (
        ("up", [t for t in top if t[1] > 0]),
        ("down", [t for t in top if t[1] < 0]),
    ):
        if group:
            first = f"{group[0][0]} moved it {way} by {fixed(abs(group[0][1]))}"
            clauses.append(
                joined([first, *(f"{label} by {fixed(abs(points))}" for label, points in group[1:])])
            )
    if top and top[0][1] < 0:
        clauses.reverse()
    if clauses:
        text = "; ".join(clauses) + "."
    elif spoke:
        text = "no single factor moved the forecast by as much as 0.1."
    else:
        ground = "your recent mornings" if rated else "what is usual for other runners"
        text = f"the log holds nothing on any factor for this day, so the forecast starts from {ground}."
    largest = max((abs(points) for _, points in top), default=0.0)
    if tenths(everything_else) and abs(everything_else) > largest:
        way = "up" if everything_else > 0 else "down"
        text += f" Weekday, season and what the log does not hold moved it {way} by {fixed(abs(everything_else))}."
    return capital(text)


def range_words(part: FactorPoints) -> str:
    """Return the 80 % interval of a factor's points in words, or "" where none is known."""
    low, high = finite(part.low), finite(part.high)
    if low is None or high is None:
        return ""
    text = f"{signed(low, 2)} to {signed(high, 2)}: the true share should lie between them 8 times in 10"
    return f"{text}; so does 0, and even the direction is unclear" if part.unclear else text


def unclear_sentence(factors: Sequence[str]) -> str:
    """Return which of the factors shown may as well have moved the forecast the other way, or ""; `factors` are ids."""
    if not factors:
        return ""
    # Labels hold commas and an "and" of their own: semicolons keep them apart.
    return (
        f"Unclear: {'; '.join(_spoken(f) for f in factors)}. On simulated runners, whose truth is known, such points are off "
        "by so much that the true share may as well be nothing, or point the other way."
    )


def _spoken(factor: str) -> str:
    if factor == "last_mornings":
        return "your last mornings"
    label = FACTORS[factor].label
    return label[0].lower() + label[1:]


def session(activity: Mapping[str, object]) -> tuple[str, list[str]]:
    """Return a session's title (sport and start) and its figures; what is absent is left out."""
    title = str(activity.get("sport") or "session").replace("_", " ").capitalize()
    start = clock(activity.get("start"))
    metres, seconds = finite(activity.get("distance_m")), finite(activity.get("duration_s"))
    heart, effort = finite(activity.get("hr_mean_bpm")), finite(activity.get("session_rpe"))
    facts = []
    if metres:
        facts.append(f"{fixed(metres / 1000)}{NBSP}km")
    if seconds:
        facts.append(duration(seconds))
    if metres and seconds and activity.get("sport") == "running":
        facts.append(pace(metres / seconds))
    if heart is not None:
        facts.append(f"heart rate {fixed(heart, 0)}{NBSP}bpm")
    if effort is not None:
        facts.append(f"effort {quantity(effort, '')} of{NBSP}10")
    return (f"{title}, {start}" if start else title), facts


def clock(start: object) -> str:
    """Return ``07:10`` (with ``UTC`` where the zone says so), or "" where no time is known."""
    if isinstance(start, str):
        try:
            start = datetime.fromisoformat(start)
        except ValueError:
            return ""
    if not isinstance(start, datetime) or start != start:  # NaT differs from itself
        return ""
    zone = f"{NBSP}UTC" if start.tzinfo is not None and not start.utcoffset() else ""
    return f"{start:%H:%M}{zone}"
