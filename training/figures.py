"""The figures of a training, as SVG text: drawn here, for a plotting library would take longer than the rest.

Each takes records (a list of dicts) and returns one SVG document; at the end are those that held-out days give.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from .held_out import MODEL, HeldOut
from .plot import INK, LEFT, OTHERS, OURS, RIGHT, WIDTH, Plot

Record: TypeAlias = Mapping[str, Any]
BINS = 10
"""Of forecasts, in the figure of calibration."""


def skill_ladder(table: Sequence[Record]) -> str:
    """Draw the skill of the model and of every rung against the best baseline, with its interval.

    Parameters
    ----------
    table : sequence of dict
        The evaluation table: ``model``, ``skill``, ``skill_low``, ``skill_high``, ``rmse``, ``best_baseline``.
    """
    rows = sorted(table, key=lambda r: -float(r["rmse"]))
    whole = [r for r in rows if None not in (r["skill"], r["skill_low"], r["skill_high"])]
    # The constant is far behind on every cohort: the scale is chosen for the rungs that compete.
    low = max(-0.5, min((float(r["skill_low"]) for r in whole), default=-0.5))
    high = max(0.02, *(float(r["skill_high"]) for r in whole), 0.02)
    first = rows[0]
    title = f"Skill against {first['best_baseline']}: {_cohort(first)}"
    plot = Plot(
        title, f"skill, with its 95 % interval over {first['interval_over']}", low, high, 100 + 26 * len(rows)
    )
    plot.line(plot.x(0), plot.TOP - 8, plot.x(0), plot.height - plot.BOTTOM, INK)
    for number, r in enumerate(rows):
        y = plot.TOP + 12 + 26 * number
        colour = OURS if r["model"] == MODEL else OTHERS
        plot.text(LEFT - 8, y + 4, str(r["model"]).replace("_", " "), anchor="end")
        if r not in whole:
            plot.text(LEFT + 6, y + 4, "not to be told", fill=colour)
        elif float(r["skill"]) < low:
            plot.text(LEFT + 6, y + 4, f"{float(r['skill']):.2f}, further left", fill=colour)
        else:
            plot.line(plot.x(r["skill_low"]), y, plot.x(r["skill_high"]), y, colour, 2)
            plot.dot(plot.x(r["skill"]), y, colour)
    return plot.svg()


def calibration(records: Sequence[Record]) -> str:
    """Draw what was reported against what was forecast, in equally large bins.

    Parameters
    ----------
    records : sequence of dict
        See `calibration_records`: ``forecast``, ``reported``, ``n``.
    """
    ends = _ends([v for r in records for v in (r["forecast"], r["reported"])])
    title = f"Mean report (upwards) by mean forecast: {sum(int(r['n']) for r in records)} held-out mornings"
    plot = Plot(title, "mean forecast, 0 fresh to 10 exhausted", *ends, 420, y=ends)
    return _against_diagonal(plot, [(float(r["forecast"]), float(r["reported"])) for r in records], ends)


def reliability(records: Sequence[Record]) -> str:
    """Draw how often a bad morning came against the chance that was said.

    Parameters
    ----------
    records : sequence of dict
        A bin each: ``said`` (mean chance), ``came`` (share), ``mornings``.
    """
    highest = max(float(v) for r in records for v in (r["said"], r["came"]))
    ends = (0.0, min(1.0, 1.1 * highest))
    title = f"Share of bad mornings (upwards) by the chance said: {sum(int(r['mornings']) for r in records)} mornings"
    plot = Plot(title, "chance of a bad morning that was said", *ends, 420, y=ends)
    return _against_diagonal(plot, [(float(r["said"]), float(r["came"])) for r in records], ends)


def cold_start(records: Sequence[Record]) -> str:
    """Draw a new athlete's skill as own reports come in.

    Parameters
    ----------
    records : sequence of dict
        The curve of `heavylegs.training.cold_start`: ``reports_from``, ``skill``, ``skill_low``, ``skill_high``, ``n_days``.
    """
    lows = [float(r["skill_low"]) for r in records]
    ends = (max(-0.5, min(lows)), max(0.02, *(float(r["skill_high"]) for r in records)))
    plot = Plot(
        "A new athlete: skill against the best baseline of the same mornings",
        "own mornings reported before the forecast, from",
        -0.5,
        len(records) - 0.5,
        420,
        y=ends,
        marks=[f"{r['reports_from']} (n {r['n_days']})" for r in records],
    )
    plot.line(LEFT, plot.y(0), WIDTH - RIGHT, plot.y(0), INK)
    for number, r in enumerate(records):
        x = plot.x(number)
        plot.line(x, plot.y(r["skill_low"]), x, plot.y(r["skill_high"]), OURS, 2)
        plot.dot(x, plot.y(r["skill"]), OURS)
    return plot.svg()


def residuals_by_athlete(records: Sequence[Record]) -> str:
    """Draw how far forecasts missed for each athlete: median, and the middle 80 %.

    Parameters
    ----------
    records : sequence of dict
        See `residual_records`: ``p10``, ``median``, ``p90``, ``n``, in canonical points.
    """
    end = max(1.0, *(abs(float(r[k])) for r in records for k in ("p10", "p90")))
    plot = Plot(
        f"Misses by athlete, {len(records)} people: median and middle 80 %",
        "reported less forecast, canonical points (right: more tired than forecast)",
        -end,
        end,
        100 + 15 * len(records),
    )
    plot.line(plot.x(0), plot.TOP - 8, plot.x(0), plot.height - plot.BOTTOM, INK)
    for number, r in enumerate(records):
        y = plot.TOP + 6 + 15 * number
        plot.text(LEFT - 8, y + 4, f"{number + 1} ({r['n']} mornings)", anchor="end", size=11)
        plot.line(plot.x(r["p10"]), y, plot.x(r["p90"]), y, OTHERS, 2)
        plot.dot(plot.x(r["median"]), y, OURS, 3.5)
    return plot.svg()


def calibration_records(held_out: HeldOut) -> list[dict[str, float]]:
    """Return mean forecast and mean report in ten bins of as many mornings, canonical."""
    forecast = held_out.forecasts[MODEL]
    order = np.argsort(forecast, kind="stable")
    parts = [p for p in np.array_split(order, BINS) if len(p)]
    return [
        {"forecast": float(forecast[p].mean()), "reported": float(held_out.target[p].mean()), "n": len(p)}
        for p in parts
    ]


def residual_records(held_out: HeldOut) -> list[dict[str, float]]:
    """Return each athlete's misses (reported less forecast), canonical, sorted by median; nobody is named."""
    miss = held_out.target - held_out.forecasts[MODEL]
    out = []
    for athlete in np.unique(held_out.athletes):
        mine = miss[held_out.athletes == athlete]
        low, middle, high = np.quantile(mine, [0.1, 0.5, 0.9])
        out.append({"p10": float(low), "median": float(middle), "p90": float(high), "n": len(mine)})
    return sorted(out, key=lambda r: r["median"])


def _against_diagonal(plot: Plot, points: list[tuple[float, float]], ends: tuple[float, float]) -> str:
    plot.line(plot.x(ends[0]), plot.y(ends[0]), plot.x(ends[1]), plot.y(ends[1]), INK, dash="4 4")
    placed = [(plot.x(x), plot.y(y)) for x, y in points]
    plot.path(placed, OURS)
    for x, y in placed:
        plot.dot(x, y, OURS)
    return plot.svg()


def _ends(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    room = max(0.05 * (high - low), 0.1)
    return max(0.0, low - room), min(10.0, high + room)


def _cohort(record: Record) -> str:
    return f"{record['cohort']}, {record['protocol']} athletes, {record['information']}"
