"""The curves and tables of `docs/attribution.md`, from what `audit curves --json` and `audit attribution --json` wrote.

``python -m heavylegs.training.audit_page docs/attribution.md FILE ...`` replaces what stands between the page's
marks, and draws the curves into ``figures/`` beside it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from .audit_bars import LIMITS, NOISY_BELOW, NOISY_LIMITS, SLOPES
from .audit_curve import LINES, grade_of, place, summary
from .markdown import between, table
from .plot import INK, LEFT, OTHERS, OURS, Plot

Record = Mapping[str, Any]
WRITER = "training/audit_page.py"
ALONG = {
    "grade": ("grade of the log", "grade of the log"),
    "noisy": ("grade of the log", "grade of the log, R2 .1"),
    "noise": ("R2", "noise: share of the variance that the factors explain"),
    "learners": ("learners", "size: athletes learned from"),
    "complete": ("learners", "size, complete exact logs: athletes learned from"),
    "draws": ("seed", "draw of the runners"),
}
TABLE_ALONE = ("noisy", "draws")
FIGURES = {
    "lowest": "lowest (>= 3 %)",
    "median": "median",
    "sign": "sign",
    "top_1": "top-1",
    "top_3": "top-3",
}
COLOURS = {"median": OURS, "sign": OTHERS, "top_3": "#3f7d4e", "top_1": "#8a5fa3"}
DASHES = {"causes": "", "product": "5 4"}


def curve_table(along: str, records: Sequence[Record]) -> str:
    """Return the table of one curve as Markdown, a row for each fit or ceiling and each point."""
    head = ["", ALONG[along][0], *FIGURES.values(), "top-1, clear days", "slopes"]
    fits = list(dict.fromkeys(r["fit"] for r in records))
    of_first = [r for r in records if r["fit"] == fits[0]]
    rows = [
        *(_row(r["fit"], along, r, summary(r)) for r in records),
        *(_row("*what the log tells*", along, r, summary(r, "logged")) for r in of_first),
        *(_exact(along, r) for r in of_first),
    ]
    return table(head, rows)


def _row(name: str, along: str, record: Record, told: Mapping[str, float | None]) -> list[str]:
    noisy = record["setting"]["r2"] < NOISY_BELOW
    limits = NOISY_LIMITS if noisy else LIMITS
    figures = [_bold(told[k], limits.get(k)) for k in FIGURES]
    low, high = told["slope_lowest"], told["slope_highest"]
    within = low is not None and high is not None and low >= SLOPES[0] and high <= SLOPES[1]
    slopes = f"{_short(low)} to {_short(high)}"
    clear = _short(told["top_1_clear"])
    return [name, place(along, record), *figures, clear, f"**{slopes}**" if within else slopes]


def _bold(value: float | None, limit: float | None) -> str:
    met = value is not None and limit is not None and value >= limit
    return f"**{_short(value)}**" if met else _short(value)


def _exact(along: str, record: Record) -> list[str]:
    told = summary(record)
    hits = [_short(told[k]) for k in ("ceiling_top_1", "ceiling_top_3")]
    return ["*exact doses*", place(along, record), "", "", "", *hits, "", ""]


def grade_table(records: Sequence[Record]) -> str:
    """Return each factor's correlation by grade as Markdown: of what the log tells, then of each fit."""
    fits = list(dict.fromkeys(r["fit"] for r in records))
    of_first = [r for r in records if r["fit"] == fits[0]]
    letters = [_letter(r) for r in of_first]
    told = [("*log*", letter, r["logged"]) for letter, r in zip(letters, of_first, strict=True)]
    told += [(r["fit"], _letter(r), r["usual"]) for r in records if _letter(r) in (letters[0], letters[-1])]
    tables = [{f["factor"]: f["within"] for f in figures["factors"]} for _, _, figures in told]
    ordered = sorted(of_first[0]["usual"]["factors"], key=lambda f: -f["share_true"])
    rows = [
        [f"`{f['factor']}`", _short(f["share_true"]), *(_short(t[f["factor"]]) for t in tables)]
        for f in ordered
    ]
    return table(["factor", "share", *(f"{name}, {letter}" for name, letter, _ in told)], rows)


def _letter(record: Record) -> str:
    return grade_of(record["setting"]).partition(":")[0]


def factor_table(records: Sequence[Record]) -> str:
    """Return each factor's figures as Markdown, of one record a fit."""
    first = sorted(records[0]["usual"]["factors"], key=lambda f: -f["share_true"])
    tables = [{f["factor"]: f for f in r["usual"]["factors"]} for r in records]
    logged = {f["factor"]: f for f in records[0]["logged"]["factors"]}
    head = ["factor", "share", *(f"{r['fit']}: {what}" for r in records for what in ("correlation", "slope"))]
    head.append("*what the log tells*: correlation")
    rows = [
        [
            f"`{f['factor']}`",
            _short(f["share_true"]),
            *(_short(t[f["factor"]][k]) for t in tables for k in ("within", "slope")),
            _short(logged[f["factor"]]["within"]),
        ]
        for f in first
    ]
    return table(head, rows)


def bar_table(records: Sequence[Record]) -> str:
    """Return the battery's verdicts as Markdown, a column for each record of `audit_attribution`."""
    names = list(dict.fromkeys(b["name"] for r in records for b in r["bars"]))
    limits = {b["name"]: b["limit"] for r in records for b in r["bars"]}
    tables = [{b["name"]: b for b in r["bars"]} for r in records]
    head = [
        "bar",
        "asked",
        *(
            f"{r['cohort']}, {r['information']} ({r['athletes_learned']} learned from, {r['athletes_explained']} explained)"
            for r in records
        ),
    ]
    return table(head, [[name, limits[name], *(_verdict(t.get(name)) for t in tables)] for name in names])


def curve_figure(along: str, records: Sequence[Record]) -> str:
    """Draw the figures along one curve as SVG: a line a figure, dashed for the product's own fit."""
    settings = len(LINES[along])
    plot = Plot(f"By {ALONG[along][1]}", _scale(along, records), 0.6, settings + 0.4, 300, y=(0.0, 1.0))
    for number, (key, colour) in enumerate(COLOURS.items()):
        plot.text(12, 70 + 20 * number, FIGURES[key], fill=colour)
        for fit, dash in DASHES.items():
            mine = [r for r in records if r["fit"] == fit]
            at = [(plot.x(i + 1), plot.y(float(summary(r)[key] or 0.0))) for i, r in enumerate(mine)]
            for (x1, y1), (x2, y2) in pairwise(at):
                plot.line(x1, y1, x2, y2, colour, 2, dash)
            for x, y in at:
                plot.dot(x, y, colour, 3.5)
    for number, (fit, dash) in enumerate(DASHES.items()):
        plot.line(12, 170 + 20 * number, 42, 170 + 20 * number, INK, 2, dash)
        plot.text(48, 174 + 20 * number, fit)
    plot.line(LEFT, plot.y(0.0), plot.x(settings + 0.4), plot.y(0.0), INK)
    return plot.svg()


def write(page: Path, files: Iterable[Path]) -> None:
    """Put tables between the marks of `page`, and figures beside it."""
    told = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    points = [p for t in told if "curve" in t for p in t["points"]]
    text = page.read_text(encoding="utf-8")
    for along in LINES:
        mine = [p for p in points if p["along"] == along]
        if not mine:
            continue
        text = between(text, f"curve {along}", WRITER, curve_table(along, mine))
        if along not in TABLE_ALONE:
            figure = page.parent / "figures" / f"attribution-{along}.svg"
            figure.parent.mkdir(exist_ok=True)
            figure.write_text(curve_figure(along, mine), encoding="utf-8")
        if along == "grade":
            text = between(text, "doses", WRITER, grade_table(mine))
        if along == "noise":
            near = [p for p in mine if p["setting"]["r2"] == 0.3]
            text = between(text, "factors", WRITER, factor_table(near))
    audits = [t for t in told if "bars" in t]
    if audits:
        text = between(text, "battery", WRITER, bar_table(audits))
    page.write_text(text, encoding="utf-8")


def _scale(along: str, records: Sequence[Record]) -> str:
    places = dict.fromkeys(place(along, r).partition(":")[0] for r in records)
    return "; ".join(f"{i + 1}: {p}" for i, p in enumerate(places))


def _short(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.2f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.1f}"


def _verdict(bar: Record | None) -> str:
    if bar is None:
        return "-"
    if bar["value"] is None:
        return "not measured"
    value = f"{bar['value']:.0e}" if 0 < abs(bar["value"]) < 0.0005 else f"{bar['value']:.3f}"
    value = f"{value} pass" if bar["passed"] else f"**{value} FAIL**"
    return value if bar["logged"] is None else f"{value} (log {_short(bar['logged'])})"


if __name__ == "__main__":
    write(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
