"""A page to draw on: a title, scales and marks, as SVG text."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

WIDTH, LEFT, RIGHT = 720, 190, 30
OURS, OTHERS, PALE, INK = "#b4462d", "#5b7a99", "#c9d3dd", "#222222"


class Plot:
    """A white page with a title, a scale along the bottom and marks in its own units.

    Parameters
    ----------
    title, label : str
        Of the figure, and of the horizontal scale.
    low, high : float
        Ends of the horizontal scale.
    height : int
        Pixels.
    y : tuple of float, optional
        Ends of a vertical scale; rows count pixels where None.
    marks : sequence of str, optional
        What stands at 0, 1, 2 ... of the horizontal scale instead of its numbers.
    """

    TOP, BOTTOM = 46, 46

    def __init__(
        self,
        title: str,
        label: str,
        low: float,
        high: float,
        height: int,
        y: tuple[float, float] | None = None,
        marks: Sequence[str] | None = None,
    ) -> None:
        self.low, self.high, self.height, self.y_ends = low, max(high, low + 1e-9), height, y
        box = f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
        font = f'font-family="sans-serif" font-size="13" fill="{INK}"'
        self.parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img" {font}>',
            f"<title>{escape(title)}</title>",
            f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        ]
        self.text(12, 24, title, size=15)
        foot = height - self.BOTTOM
        ticks = dict(enumerate(marks)) if marks else {t: f"{t:g}" for t in _ticks(self.low, self.high)}
        for tick, mark in ticks.items():
            self.line(self.x(tick), self.TOP - 8, self.x(tick), foot, PALE)
            self.text(self.x(tick), foot + 17, mark, anchor="middle")
        self.text((LEFT + WIDTH - RIGHT) / 2, height - 10, label, anchor="middle")
        for tick in _ticks(*y) if y else []:
            self.line(LEFT, self.y(tick), WIDTH - RIGHT, self.y(tick), PALE)
            self.text(LEFT - 8, self.y(tick) + 4, f"{tick:g}", anchor="end")

    def x(self, value: float) -> float:
        """Return the pixel of a value on the horizontal scale."""
        share = (float(value) - self.low) / (self.high - self.low)
        return LEFT + min(max(share, 0.0), 1.0) * (WIDTH - RIGHT - LEFT)

    def y(self, value: float) -> float:
        """Return the pixel of a value on the vertical scale."""
        low, high = self.y_ends or (0.0, 1.0)
        share = (float(value) - low) / max(high - low, 1e-9)
        foot = self.height - self.BOTTOM
        return foot - min(max(share, 0.0), 1.0) * (foot - self.TOP)

    def text(
        self, x: float, y: float, text: str, anchor: str = "start", size: int = 13, fill: str = INK
    ) -> None:
        """Write."""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{fill}">{escape(text)}</text>'
        )

    def line(
        self, x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1, dash: str = ""
    ) -> None:
        """Draw a straight line."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}"{dashed}/>'
        )

    def dot(self, x: float, y: float, colour: str, radius: float = 5) -> None:
        """Draw a point."""
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{colour}"/>')

    def path(self, points: Sequence[tuple[float, float]], colour: str) -> None:
        """Join points."""
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f'<polyline points="{joined}" fill="none" stroke="{colour}" stroke-width="2"/>')

    def svg(self) -> str:
        """Return the document."""
        return "\n".join([*self.parts, "</svg>"]) + "\n"


def _ticks(low: float, high: float) -> list[float]:
    """Return round values between the ends, about six."""
    rough = max(high - low, 1e-9) / 6
    size = 10.0 ** np.floor(np.log10(rough))
    step = next(size * m for m in (1, 2, 5, 10) if size * m >= rough)
    first = np.ceil(low / step)
    return [round(float(n * step), 10) + 0.0 for n in np.arange(first, np.floor(high / step) + 1)]
