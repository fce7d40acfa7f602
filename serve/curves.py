"""The drawings of the global view: a bar with its interval, and points by dose."""

from __future__ import annotations

import itertools

from markupsafe import Markup

from ..models.effects import FactorEffect
from .bars import drawing, label, line
from .printed import NBSP, fixed, quantity, signed

TOP, BOTTOM = 14, 118


def size_bar(mean: float, low: float, high: float, most: float) -> Markup:
    """Draw a mean of absolute points, and its interval as a thin line; `most` fills the width."""
    x, a, b = (100 * v / most for v in (mean, low, high))
    body = f'<rect class="size" x="0" y="7" width="{max(x, 0.4):.2f}%" height="12" rx="2"/>'
    return drawing(
        26,
        body + line(a, 13, b, 13, "whisker") + line(b, 9, b, 17, "whisker") + line(a, 9, a, 17, "whisker"),
    )


def dose_curve(effect: FactorEffect) -> Markup:
    """Draw mean points by the main input: a dot a bin, its interval, and a line through them."""
    bins = effect.curve
    values = [b.value for b in bins]
    # At least a tenth of a point high, lest hundredths look like a mountain.
    reach = max(0.05, max(max(abs(b.low), abs(b.high)) for b in bins) * 1.08)
    left, right = min(values), max(values)

    def x(value: float) -> float:
        return 11 + 86 * (value - left) / (right - left)

    def y(points: float) -> float:
        return round((TOP + BOTTOM) / 2 - points / reach * (BOTTOM - TOP) / 2, 1)

    digits = 1 if reach >= 0.5 else 2
    body = line(11, y(0), 97, y(0), "guide")
    for level in (reach, 0.0, -reach):
        body += label(0, y(level) + 4, signed(level, digits), "small", "start")
    for b, after in itertools.pairwise(bins):
        body += line(x(b.value), y(b.points), x(after.value), y(after.points), "trace")
    for b in bins:
        way = "up" if b.points > 0 else "down"
        body += line(x(b.value), y(b.low), x(b.value), y(b.high), "whisker")
        body += f'<circle class="{way}" cx="{x(b.value):.2f}%" cy="{y(b.points)}" r="4"/>'
    for value, anchor in ((left, "start"), (right, "end")):
        words = quantity(value, effect.unit, effect.input, left + right - value)
        if value == left and len(words.partition(NBSP)[2]) > 2:  # a long unit is said once, on the right
            words = words.partition(NBSP)[0]
        body += label(x(value), BOTTOM + 22, words, "small", anchor)
    said = "; ".join(f"{quantity(b.value, effect.unit, effect.input)}: {signed(b.points, 2)}" for b in bins)
    return drawing(BOTTOM + 28, body, f"Mean points by {effect.input_label}: {said}".replace(NBSP, " "))


def share_text(share: float) -> str:
    """Return a share of days in whole per cent, never rounded up to all or down to none."""
    percent = min(max(round(100 * share), 1), 100 if share >= 1 else 99)
    return f"{fixed(percent, 0)}{NBSP}%"
