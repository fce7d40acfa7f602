"""The page of accuracy figures, from what `evaluate --json` wrote: ``python -m heavylegs.serve.accuracy_page``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from ..training.markdown import table
from .console import number, span

Record = dict[str, Any]


def page(evaluations: Iterable[Sequence[Record]], commit: str) -> str:
    """Return the page as Markdown.

    Parameters
    ----------
    evaluations : iterable of list of dict
        What `evaluate --json` wrote, an item an evaluation.
    commit : str
        Of the code that made the figures.
    """
    tables = [{r["model"]: r for r in records} for records in evaluations]
    models = [next(r for r in table.values() if r["kind"] == "model") for table in tables]
    parts = [
        "# Accuracy",
        f"Figures of commit {commit}, put together by `docs/accuracy.sh`. What the words mean is told in\n{_WORDS}",
        "## Heavylegs against the best baseline and the peer",
        _table("cohort, protocol, information", _COLUMNS, list(zip(models, tables, strict=True))),
        "## RMSE of the whole ladder, the best baseline bold",
        _ladder(models, tables),
        "## Intervals, nominal 90 %",
        _table("cohort, protocol, information", _INTERVALS, [(m, {}) for m in models if m["coverage"]]),
    ]
    curves = [m for m in models if m["cold_start"]]
    if curves:
        parts += [
            "## New athletes by own reports so far: RMSE, skill against the best baseline of the same mornings"
        ]
        parts += [_cold_start(curves)]
    return "\n\n".join(parts) + "\n"


_WORDS = (
    "[evaluation.md](evaluation.md). Errors, widths and scores are in steps of the cohort's own scale; "
    "*known* athletes forward in time, *new* ones never learned from."
)


def _name(r: Record) -> str:
    return f"{r['cohort']}, {r['protocol']} ({r['split']}), {r['information']}"


def _skill(r: Record, key: str) -> str:
    return f"{number(r[key], '+.3f')} ({span(r[f'{key}_low'], r[f'{key}_high'], '+.3f')})"


def _fair(r: Record, key: str) -> str:
    return "nobody has 60" if r[key] is None else f"{r[key]:.0%} of {r['long_athletes']}"


_Cell = Callable[[Record, dict[str, Record]], str]
_COLUMNS: dict[str, _Cell] = {
    "mornings of people": lambda r, _: f"{r['n_days']:,} of {r['n_athletes']}",
    "best baseline, RMSE": lambda r, t: f"{r['best_baseline']} {t[r['best_baseline']]['rmse']:.4f}",
    "peer, RMSE": lambda r, t: f"{r['best_peer']} {t[r['best_peer']]['rmse']:.4f}",
    "**Heavylegs**, RMSE": lambda r, _: f"**{r['rmse']:.4f}**",
    "skill (95 %)": lambda r, _: _skill(r, "skill"),
    "against the peer (95 %)": lambda r, _: _skill(r, "skill_vs_peer"),
    "macro skill": lambda r, _: number(r["skill_macro"], "+.3f"),
    "MAE": lambda r, _: f"{r['mae']:.3f}",
    "order": lambda r, _: number(r["spearman"], "+.2f"),
    "AUC": lambda r, _: number(r["auc_worse_macro"], ".2f"),
    "RPS (one width)": lambda r, _: f"{r['rps']:.3f} ({r['rps_one_width']:.3f})",
}
_INTERVALS: dict[str, _Cell] = {
    "inside": lambda r, _: f"{r['coverage']:.3f}",
    "mean of athletes": lambda r, _: f"{r['coverage_macro']:.3f}",
    "athletes with 60 mornings in .82-.97": lambda r, _: _fair(r, "fair_athletes"),
    "width": lambda r, _: f"{r['width']:.2f}",
    "one width for all: inside": lambda r, _: f"{r['pooled_coverage']:.3f}",
    "athletes": lambda r, _: _fair(r, "pooled_fair_athletes"),
    "width ": lambda r, _: f"{r['pooled_width']:.2f}",
    "ratio": lambda r, _: f"{r['width_ratio']:.2f}",
}


def _table(first: str, columns: dict[str, _Cell], rows: list[tuple[Record, dict[str, Record]]]) -> str:
    cells = [[_name(r), *(cell(r, of) for cell in columns.values())] for r, of in rows]
    return table([first, *columns], cells)


def _ladder(models: list[Record], tables: list[dict[str, Record]]) -> str:
    """Return a row an evaluation, a column a forecaster; the best baseline's figure is bold."""

    def cell(r: Record | None) -> str:
        if r is None:
            return ""
        return f"**{r['rmse']:.4f}**" if r["model"] == r["best_baseline"] else f"{r['rmse']:.4f}"

    names = list(dict.fromkeys(name for table in tables for name in table))
    rows = [
        [_name(m), *(cell(table.get(name)) for name in names)]
        for m, table in zip(models, tables, strict=True)
    ]
    return table(["cohort, protocol, information", *names], rows)


def _cold_start(models: list[Record]) -> str:
    curves = [{c["reports_from"]: c for c in m["cold_start"]} for m in models]
    rows = []
    for start in sorted({start for curve in curves for start in curve}):
        told = [curve.get(start) for curve in curves]
        end = next(c["reports_to"] for c in told if c)
        cells = [f"{c['rmse']:.3f}, {_skill(c, 'skill')}" if c else "" for c in told]
        rows.append([f"{start} on" if end is None else f"{start} to {end}", *cells])
    return table(["own reports", *map(_name, models)], rows)


if __name__ == "__main__":
    _, made_by, target, *files = sys.argv
    found = [json.loads(Path(file).read_text(encoding="utf-8")) for file in files]
    Path(target).write_text(page(found, made_by), encoding="utf-8")
