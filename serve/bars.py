"""The drawings of a report: inline SVG that fits any width without a script.

Places along a drawing are per cent of its width and sizes are pixels, so text keeps its size on
a phone. Colours come from the page's style sheet, through class names. All drawings hold
numbers and fixed words only.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from datetime import date, timedelta

from markupsafe import Markup

from .printed import finite, fixed, short_day

HISTORY_DAYS = 56


def drawing(height: int | str, body: str, title: str = "") -> Markup:
    """Return a drawing of what `line`, `label` and the like drew; `title` is said for those who cannot see it."""
    # Everything in `body` is drawn by this project from numbers; `title` is escaped.
    spoken = Markup('role="img" aria-label="{}"').format(title) if title else Markup('aria-hidden="true"')
    return Markup('<svg width="100%" height="{}" {}>{}</svg>').format(height, spoken, Markup(body))  # noqa: S704


def line(x1: float, y1: float | str, x2: float, y2: float | str, css: str) -> str:
    """Return a line; x in per cent of the width, y in pixels."""
    return f'<line class="{css}" x1="{x1:.2f}%" y1="{y1}" x2="{x2:.2f}%" y2="{y2}"/>'


def label(x: float, y: float, words: str, css: str = "", anchor: str = "") -> str:
    """Return words, which near an edge lean inwards, or a phone would cut them."""
    where = anchor or ("start" if x < 14 else "end" if x > 86 else "middle")
    return f'<text class="{css}" x="{x:.2f}%" y="{y}" text-anchor="{where}">{Markup.escape(words)}</text>'


def scale_strip(
    forecast: float,
    low: float | None,
    high: float | None,
    usual: float | None,
    usual_name: str = "your usual",
) -> Markup:
    """Draw the scale from 0 (fresh) to 10 (exhausted) with forecast, range and own usual, which is called `usual_name`.

    Parameters
    ----------
    forecast, low, high, usual : float or None
        Canonical fatigue, 0 to 10; what is None is not drawn.
    usual_name : str
    """
    x = 10 * forecast
    said = f"On a scale from 0, fresh, to 10, exhausted: forecast {fixed(forecast)}"
    body = '<rect class="track" x="0" y="38" width="100%" height="10" rx="5"/>'
    body += "".join(line(10 * n, 39, 10 * n, 47, "notch") for n in range(1, 10))
    if low is not None and high is not None:
        left, right = 10 * low, 10 * high
        body += f'<rect class="range" x="{left:.2f}%" y="34" width="{max(right - left, 0.5):.2f}%" height="18" rx="4"/>'
        said += f", likely range {fixed(low)} to {fixed(high)}"
    if usual is not None:
        body += line(10 * usual, 30, 10 * usual, 58, "usual")
        body += label(10 * usual, 73, f"{usual_name} {fixed(usual)}", "muted")
        said += f", {usual_name} {fixed(usual)}"
    body += f'<circle class="pin" cx="{x:.2f}%" cy="43" r="11"/>' + label(x, 22, fixed(forecast), "big")
    ends = 94 if usual is not None else 73
    body += label(0, ends, "0 fresh", "fresh", "start") + label(100, ends, "10 exhausted", "tired", "end")
    return drawing(ends + 6, body, said)


class Waterfall:
    """The common axis of the bars, wide enough for every running total.

    Parameters
    ----------
    totals : sequence of float
        Running totals from the recent level to the forecast.
    """

    def __init__(self, totals: Sequence[float]) -> None:
        low, high = min(totals), max(totals)
        # At least one point wide, lest three hundredths look like a mountain.
        pad = max(0.06 * (high - low), (1.0 - (high - low)) / 2)
        self.low, self.high = low - pad, high + pad
        self.start = totals[0]

    def x(self, value: float) -> float:
        """Return the place of a value in per cent."""
        return 100 * (value - self.low) / (self.high - self.low)

    def _guide(self) -> str:
        x = self.x(self.start)
        return line(x, 0, x, "100%", "guide")

    def level(self, value: float, css: str, from_above: bool = False) -> Markup:
        """Draw the row of a level: where the sum starts, or the forecast where it ends."""
        x = self.x(value)
        link = line(x, 0, x, "50%", "link") if from_above else line(x, "50%", x, "100%", "link")
        return drawing("100%", self._guide() + link + f'<circle class="{css}" cx="{x:.2f}%" cy="50%" r="7"/>')

    def bar(self, before: float, after: float, unclear: bool = False) -> Markup:
        """Draw one factor's arrow from the running total before it to that after it, paler where it is unclear."""
        a, b = self.x(before), self.x(after)
        way = "up" if after > before else "down"
        links = line(a, 0, a, "50%", "link") + line(b, "50%", b, "100%", "link")
        if abs(b - a) < 0.6:
            return drawing(
                "100%", self._guide() + links + f'<circle class="nil" cx="{b:.2f}%" cy="50%" r="3"/>'
            )
        block = f'<rect class="{way}" x="{min(a, b):.2f}%" y="50%" width="{abs(b - a):.2f}%" height="14"/>'
        # The tip is cut from the end of the block, so that the arrow ends at the total exactly.
        cut = "0,0 -6,0 0,7" if b > a else "0,0 6,0 0,7"
        lower = "0,14 -6,14 0,7" if b > a else "0,14 6,14 0,7"
        tip = f'<svg x="{b:.2f}%" y="50%" overflow="visible"><polygon points="{cut}"/><polygon points="{lower}"/></svg>'
        return drawing(
            "100%",
            f'{self._guide()}{links}<g class="bar{" unclear" if unclear else ""}" transform="translate(0,-7)">{block}<g class="tip">{tip}</g></g>',
        )

    def axis(self) -> Markup:
        """Draw the tick labels under the bars."""
        step = next(
            s for s in (0.2, 0.5, 1.0, 2.0, 5.0, 10.0) if (self.high - self.low) / s <= 5 or s == 10.0
        )
        first = math.ceil(self.low / step)
        ticks = [n * step for n in range(first, math.floor(self.high / step) + 1)]
        digits = 1 if step < 1 else 0
        body = "".join(
            line(self.x(t), 0, self.x(t), 5, "tick")
            + label(self.x(t), 19, fixed(t, digits), "small", "middle")
            for t in ticks
        )
        return drawing(24, body)


def history_chart(
    recent: Sequence[tuple[date, float]],
    morning: date,
    forecast: float,
    low: float | None,
    high: float | None,
    usual: float | None,
) -> Markup:
    """Draw the morning ratings of the last eight weeks, and the forecast at the end.

    Parameters
    ----------
    recent : sequence of (date, float)
        Morning and canonical fatigue, in any order.
    morning : date
        The one that is forecast.
    forecast, low, high, usual : float or None
        Canonical fatigue, 0 to 10; what is None is not drawn.
    """
    top, bottom = 12, 152
    first = morning - timedelta(days=HISTORY_DAYS)

    def x(day: date) -> float:
        return 8 + 88 * (day - first).days / HISTORY_DAYS

    def y(value: float) -> float:
        return round(bottom - (bottom - top) * value / 10, 1)

    told = sorted((day, v) for day, r in recent if (v := finite(r)) is not None and first <= day < morning)
    body = "".join(
        line(8, y(v), 100, y(v), "grid") + label(0, y(v) + 4, str(v), "small", "start") for v in (0, 5, 10)
    )
    if usual is not None:
        body += line(8, y(usual), 100, y(usual), "guide")
    for (day, value), (later, following) in itertools.pairwise(told):
        if (later - day).days == 1:  # a gap stays a gap
            body += line(x(day), y(value), x(later), y(following), "trace")
    body += "".join(f'<circle class="dot" cx="{x(day):.2f}%" cy="{y(value)}" r="3"/>' for day, value in told)
    here = x(morning)
    if low is not None and high is not None:
        body += line(here, y(low), here, y(high), "span")
    body += f'<circle class="pin" cx="{here:.2f}%" cy="{y(forecast)}" r="7"/>'
    for weeks in (8, 4, 0):
        day = morning - timedelta(weeks=weeks)
        anchor = "start" if weeks == 8 else "end" if weeks == 0 else "middle"
        body += label(100 if weeks == 0 else x(day), 174, short_day(day), "small", anchor)
    said = f"{len(told)} morning ratings from {short_day(first)} to {short_day(morning)}, and the forecast {fixed(forecast)}"
    return drawing(180, body, said)
