"""A forecast in the answers of a runner's own scale."""

from __future__ import annotations

import numpy as np

from ..data.own_scale import OwnScale
from ..models.confidence import Tier
from ..models.explanation import Explanation, NotYet
from .printed import finite, fixed, tenths
from .wording import in_short, limits, usually

NO_DIFFERENCE = 0.001
"""Native units: what a rating may be off by after it came from 0-10 back to the own scale."""
WHOLE_FROM, FINE_BELOW = 50.0, 2.0
"""Widths of a scale, in its own units, from which decimals say nothing, and below which one decimal says too little."""


def own_scale(e: Explanation | NotYet) -> OwnScale | None:
    """Return the runner's own scale; None where it is not known or is that of forecasts."""
    return None if e.own_scale is None or e.own_scale.is_canonical else e.own_scale


def scale_name(scale: OwnScale) -> str:
    """Return a scale's ends and which of them is the tired one.

    Examples
    --------
    >>> scale_name(OwnScale(1, 5, -1, step=1.0))
    '1 to 5, 1 the most tired'
    """
    return f"{_answer(scale.minimum)} to {_answer(scale.maximum)}, {_most_tired(scale)} the most tired"


def own_answer(scale: OwnScale, fatigue: float) -> str:
    """Return a canonical fatigue on a runner's own scale, as a forecast is printed."""
    digits = 0 if scale.span >= WHOLE_FROM else 2 if scale.span < FINE_BELOW else 1
    return fixed(_native(scale, fatigue), digits)


def own_rating(scale: OwnScale, fatigue: float) -> str:
    """Return a rating as the runner gave it: a whole number without decimals; one given on another scale is turned to this."""
    native = _native(scale, fatigue)
    return fixed(native, 0) if abs(native - round(native)) < NO_DIFFERENCE else own_answer(scale, fatigue)


def own_scale_sentence(e: Explanation) -> str:
    """Return forecast, usual, likely answers and what would be a bad morning on the own scale; "" without one."""
    scale = own_scale(e)
    if scale is None:
        return ""
    text = on_own_scale(scale, e.fatigue, e.own_usual, e.tier, *limits(e))
    limit = finite(e.bad_morning_from)
    if limit is not None and limit <= 10:
        text += f"; clearly more tired than usual is {_from_on(scale, limit)}"
    return f"{text}."


def on_own_scale(
    scale: OwnScale, fatigue: float, usual: float | None, tier: Tier, low: float | None, high: float | None
) -> str:
    """Return a canonical forecast, usual and range on the own scale, as a clause."""
    text = f"On your own scale ({scale_name(scale)}) that is {own_answer(scale, fatigue)}"
    if usual is not None:
        text += f" ({usually(tier)} {own_answer(scale, usual)})"
    return text if low is None or high is None else f"{text}, likely {_answers(scale, low, high)}"


def a_point_here(scale: OwnScale) -> str:
    """Return what one point of a scale is on that of forecasts; "" of a scale so wide that decimals say nothing."""
    return f"one point there is {fixed(10 / scale.span)} points here" if scale.span < WHOLE_FROM else ""


def in_terminal(e: Explanation | NotYet) -> str:
    """Return whose morning and its forecast in a line, and below it the same on the own scale, where that is another."""
    own = own_scale_sentence(e) if isinstance(e, Explanation) else ""
    return f"{e.athlete_id}, morning of {e.morning}: {in_short(e)}" + (f"\n{own}" if own else "")


def _answers(scale: OwnScale, low: float, high: float) -> str:
    """Return the answers in a range, as one, two or a span; its ends, where it holds no answer."""
    found = _within(scale, low, high)
    ends = [_answer(a) for a in found] or [
        own_answer(scale, e) for e in sorted((low, high), key=lambda e: _native(scale, e))
    ]
    if ends[0] == ends[-1]:
        return ends[0]
    return f"{ends[0]} {'or' if len(found) == 2 else 'to'} {ends[-1]}"


def _from_on(scale: OwnScale, limit: float) -> str:
    """Return the answers from a canonical fatigue to the most tired one."""
    found = _within(scale, limit, 10.0)
    least = _answer(found[0 if scale.direction == 1 else -1]) if found else own_answer(scale, limit)
    if least in (_most_tired(scale), own_answer(scale, 10.0)):
        return _most_tired(scale)
    return f"{least} or {'more' if scale.direction == 1 else 'less'}"


def _within(scale: OwnScale, low: float, high: float) -> list[float]:
    """Return the answers from one canonical fatigue to another, native and ascending: in tenths, as reports print both."""
    return [
        float(answer)
        for answer, fatigue in zip(scale.answers, scale.to_canonical(scale.answers), strict=True)
        if tenths(low) <= tenths(fatigue) <= tenths(high)
    ]


def _most_tired(scale: OwnScale) -> str:
    return _answer(scale.maximum if scale.direction == 1 else scale.minimum)


def _native(scale: OwnScale, fatigue: float) -> float:
    return float(scale.to_native(np.asarray(fatigue)))


def _answer(value: float) -> str:
    return fixed(value, 0 if value == round(value) else 1)
