"""The tables of accuracy figures in README.md and docs/intervals.md are those of docs/accuracy.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from heavylegs.serve.accuracy_page import WRITER, write
from heavylegs.training.markdown import marks

ROOT = Path(__file__).parents[2]


def rows(file: Path, name: str) -> list[list[str]]:
    """Return the cells of the table between the marks, without its heading."""
    first, last = marks(name, WRITER)
    text = file.read_text(encoding="utf-8").partition(first)[2].partition(last)[0]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.strip().splitlines()[2:]]


def evaluation(cohort: str, protocol: str, split: str, rmse: float) -> list[dict]:
    said = {"cohort": cohort, "protocol": protocol, "split": split, "information": "evening", "rmse": 0.5}
    model = {
        **said,
        **dict.fromkeys(("n_days", "n_athletes"), 1_234),
        **dict.fromkeys(("skill", "skill_vs_peer"), 0.07),
        **dict.fromkeys(("skill_low", "skill_vs_peer_low"), 0.03),
        **dict.fromkeys(("skill_high", "skill_vs_peer_high"), 0.11),
        **dict.fromkeys(("skill_macro", "mae", "spearman", "auc_worse_macro", "rps", "rps_one_width"), 0.1),
        **dict.fromkeys(("coverage", "fair_athletes", "cold_start", "n_bad_judged"), None),
        "best_baseline": "ewma_7",
        "best_peer": "lightgbm_all",
    }
    return [
        {**said, "model": "ewma_7", "kind": "baseline", "best_baseline": "ewma_7"},
        {**said, "model": "lightgbm_all", "kind": "peer", "best_baseline": "ewma_7"},
        {**model, "model": "heavylegs", "kind": "model", "rmse": rmse},
    ]


def test_the_readme_keeps_its_words_and_gets_the_evenings_figures_of_people(tmp_path):
    first, last = marks("accuracy", WRITER)
    (tmp_path / "docs").mkdir()
    (tmp_path / "README.md").write_text(f"before\n{first}\nold\n{last}\nafter\n")
    (tmp_path / "docs" / "intervals.md").write_text("no marks\n")
    write(
        tmp_path,
        [
            evaluation("soccermon", "known", "from 2021-03-01", 0.4591),
            evaluation("simulated", "known", "last 30 % of each", 0.7804),
        ],
        "abc1234",
    )
    assert rows(tmp_path / "README.md", "accuracy") == [
        [
            "SoccerMon, known athletes, from 2021-03-01",
            "1,234 mornings of 1234",
            ".500",
            "EWMA-7, .500",
            ".500",
            "**.459**",
            "+0.070 (+0.030 to +0.110)",
        ]
    ]
    text = (tmp_path / "README.md").read_text()
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert (tmp_path / "docs" / "intervals.md").read_text() == "no marks\n"
    assert "abc1234" in (tmp_path / "docs" / "accuracy.md").read_text()


@pytest.mark.parametrize(
    ("file", "name", "column"), [("README.md", "accuracy", 6), ("docs/intervals.md", "widths", 4)]
)
def test_a_figure_in_another_page_is_that_of_the_page_of_accuracy(file, name, column):
    accuracy = (ROOT / "docs" / "accuracy.md").read_text(encoding="utf-8")
    told = [
        set(re.findall(r"[-+]?\d+\.\d+|\.\d+", line))
        for line in accuracy.splitlines()
        if line.startswith("| ")
    ]
    found = rows(ROOT / file, name)
    assert len(found) >= 4
    for row in found:
        assert any(set(re.findall(r"[-+]?\d+\.\d+|\.\d+", row[column])) <= of for of in told), row
