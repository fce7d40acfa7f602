"""The page of accuracy figures, and the tables of them in other pages, from what `evaluate --json` wrote.

``python -m heavylegs.serve.accuracy_page COMMIT ROOT FILE ...`` writes ``docs/accuracy.md`` under ROOT, and replaces what
stands between the marks of ``README.md`` and ``docs/intervals.md``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from ..training.markdown import between, table
from .console import number, span

Record = dict[str, Any]
Ladder = dict[str, Record]
"""One evaluation: a record a forecaster, by its name."""
WRITER = "serve/accuracy_page.py"
IN_README = (
    ("soccermon", "known", "from 2021-03-01"),
    ("soccermon", "new", "5 folds"),
    ("pmdata", "known", "last 30 % of each"),
    ("pmdata", "new", "5 folds"),
)
"""Cohort, protocol and split of the evening evaluations that the README shows."""


def page(evaluations: Iterable[Sequence[Record]], commit: str) -> str:
    """Return the page as Markdown.

    Parameters
    ----------
    evaluations : iterable of list of dict
        What `evaluate --json` wrote, an item an evaluation.
    commit : str
        Of the code that made the figures.
    """
    tables = _ladders(evaluations)
    models = [_model(ladder) for ladder in tables]
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


def readme_table(evaluations: Iterable[Sequence[Record]]) -> str:
    """Return the README's table as Markdown: the evaluations of `IN_README`, of those that are there."""
    found = {(m["cohort"], m["protocol"], m["split"]): (m, t) for m, t in _evening(evaluations)}
    rows = [(_readme_name(of), *found[of]) for of in IN_README if of in found]
    cells = [[name, *(cell(m, t) for cell in _README.values())] for name, m, t in rows]
    return table(["cohort, protocol", *_README], cells)


def widths_table(evaluations: Iterable[Sequence[Record]]) -> str:
    """Return the table of intervals against pooled ones as Markdown, a row an evening evaluation."""
    return _table("cohort, protocol", _WIDTHS, [(m, t) for m, t in _evening(evaluations) if m["coverage"]])


def bad_mornings_table(evaluations: Iterable[Sequence[Record]]) -> str:
    """Return the table of chances of a bad morning as Markdown, a row an evening evaluation."""
    judged = [(m, t) for m, t in _evening(evaluations) if m["n_bad_judged"]]
    return _table("cohort, protocol", _BAD, judged)


def write(root: Path, evaluations: Sequence[Sequence[Record]], commit: str) -> None:
    """Write the page, and the tables between the marks of other pages, under the repository's `root`."""
    docs = root / "docs"
    (docs / "accuracy.md").write_text(page(evaluations, commit), encoding="utf-8")
    for file, name, content in (
        (root / "README.md", "accuracy", readme_table(evaluations)),
        (docs / "intervals.md", "widths", widths_table(evaluations)),
        (docs / "intervals.md", "bad mornings", bad_mornings_table(evaluations)),
    ):
        text = file.read_text(encoding="utf-8")
        file.write_text(between(text, name, WRITER, content), encoding="utf-8")


def _ladders(evaluations: Iterable[Sequence[Record]]) -> list[Ladder]:
    return [{r["model"]: r for r in records} for records in evaluations]


def _model(ladder: Ladder) -> Record:
    return next(r for r in ladder.values() if r["kind"] == "model")


def _evening(evaluations: Iterable[Sequence[Record]]) -> list[tuple[Record, Ladder]]:
    """Return the evaluations with evening information: the model's record, and the ladder that it stands in."""
    both = [(_model(ladder), ladder) for ladder in _ladders(evaluations)]
    return [(m, ladder) for m, ladder in both if m["information"] == "evening"]


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


def _readme_name(of: tuple[str, str, str]) -> str:
    cohort, protocol, split = of
    return f"{_SPELT[cohort]}, {protocol} athletes" + (f", {split}" if protocol == "known" else "")


def _short(value: float | None) -> str:
    """Return three digits without a leading 0."""
    return number(value, ".3f").replace("0.", ".", 1)


_SPELT = {"soccermon": "SoccerMon", "pmdata": "PMData"}
_FORECASTERS = {
    "constant": "one constant",
    "own_mean": "own mean",
    "own_median": "own median",
    "yesterday": "yesterday's",
    "ewma_7": "EWMA-7",
    "ewma_28": "EWMA-28",
    "ridge_own_history": "ridge on own history",
    "lightgbm_own_history": "LightGBM on own history",
}
_Cell = Callable[[Record, Ladder], str]
_README: dict[str, _Cell] = {
    "judged on": lambda r, _: f"{r['n_days']:,} mornings of {r['n_athletes']}",
    "EWMA-7": lambda _, t: _short(t["ewma_7"]["rmse"]),
    "best baseline": lambda r, t: (
        f"{_FORECASTERS[r['best_baseline']]}, {_short(t[r['best_baseline']]['rmse'])}"
    ),
    "peer": lambda r, t: _short(t[r["best_peer"]]["rmse"]),
    "**Heavylegs**": lambda r, _: f"**{_short(r['rmse'])}**",
    "skill": lambda r, _: _skill(r, "skill"),
}
_WIDTHS: dict[str, _Cell] = {
    "mornings": lambda r, _: f"{r['n_days']:,}",
    "coverage": lambda r, _: _short(r["coverage"]),
    "fair": lambda r, _: _fair(r, "fair_athletes"),
    "width against pooled": lambda r, _: f"**{r['width_ratio']:.2f}**",
    "at the same coverage": lambda r, _: f"{r['width_ratio_same_coverage']:.2f}",
    "own windows": lambda r, _: f"{r['width_ratio_own_windows']:.2f}",
    "answers inside: own, pooled": lambda r, _: (
        f"{r['answers_inside']:.2f}, {r['pooled_answers_same_coverage']:.2f}"
    ),
    "pooled: coverage, fair": lambda r, _: (
        f"{_short(r['pooled_coverage'])}, {_fair(r, 'pooled_fair_athletes')}"
    ),
}
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
_BAD: dict[str, _Cell] = {
    "mornings": lambda r, _: f"{r['n_bad_judged']:,}",
    "bad": lambda r, _: _short(r["bad_share"]),
    "Brier, own rate": lambda r, _: _short(r["brier_own_rate"]),
    "**Brier**": lambda r, _: f"**{_short(r['brier'])}**",
    "skill": lambda r, _: number(r["brier_skill"], "+.3f"),
    "AUC, own rate": lambda r, _: f"{r['auc_bad_own_rate']:.2f}",
    "**AUC**": lambda r, _: f"**{r['auc_bad']:.2f}**",
}


def _table(first: str, columns: dict[str, _Cell], rows: list[tuple[Record, Ladder]]) -> str:
    cells = [[_name(r), *(cell(r, of) for cell in columns.values())] for r, of in rows]
    return table([first, *columns], cells)


def _ladder(models: list[Record], tables: list[Ladder]) -> str:
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
    _, made_by, root, *files = sys.argv
    write(Path(root), [json.loads(Path(file).read_text(encoding="utf-8")) for file in files], made_by)
