"""The tables of `docs/ablation.md`, from what `evaluate --ablation --json` wrote.

``python -m heavylegs.serve.ablation_page COMMIT docs/ablation.md FILE ...`` replaces what stands between the page's marks.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ..training.ablation import ALL_BUT, BASE, WITH
from ..training.markdown import between, table

Record = dict[str, Any]
WRITER = "serve/ablation_page.py"


def tables(evaluations: Iterable[Sequence[Record]], commit: str) -> str:
    """Return a table an evaluation as Markdown, the family that alone helps most first.

    Parameters
    ----------
    evaluations : iterable of list of dict
        What `evaluate --ablation --json` wrote, an item an evaluation.
    commit : str
        Of the code that made the figures.
    """
    parts = [f"Figures of commit {commit}."]
    for records in evaluations:
        errors = {r["model"]: r["rmse"] for r in records}
        whole = next(r for r in records if r["kind"] == "model")
        people = f"{whole['n_days']:,} mornings of {whole['n_athletes']} people"
        parts += [
            f"## {whole['cohort']}, {whole['protocol']} ({whole['split']}), {whole['information']}: {people}",
            f"Own state alone {errors[BASE]:.4f}, everything {whole['rmse']:.4f}.",
            table(["family", "alone", "left out"], _families(errors)),
        ]
    return "\n\n".join(parts)


def _families(errors: dict[str, float]) -> list[list[str]]:
    alone = {name.removeprefix(WITH): error for name, error in errors.items() if name.startswith(WITH)}
    return [
        [family, f"{alone[family]:.4f}", f"{errors[ALL_BUT + family]:.4f}"]
        for family in sorted(alone, key=lambda f: alone[f])
    ]


if __name__ == "__main__":
    _, made_by, target, *files = sys.argv
    found = [json.loads(Path(file).read_text(encoding="utf-8")) for file in files]
    page = Path(target)
    text = page.read_text(encoding="utf-8")
    page.write_text(between(text, "ablation", WRITER, tables(found, made_by)), encoding="utf-8")
