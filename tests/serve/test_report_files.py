"""The report as JSON, and both as files."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest
from heavylegs.data.errors import InputError
from heavylegs.features.factors import FACTORS
from heavylegs.serve.report import render_html
from heavylegs.serve.report_files import write_report
from heavylegs.serve.report_json import render_json

from .explanations import EXAMPLES, HOSTILE, every_example
from .streams import strict_json


def test_neither_file_is_written_where_one_cannot_be(tmp_path):
    (tmp_path / "heavylegs-p01-2020-01-14.html").mkdir()
    with pytest.raises(InputError, match="it is a folder"):
        write_report(EXAMPLES["typical"], tmp_path)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_full_disk_leaves_neither_file_nor_folder(tmp_path, full_disk):
    with full_disk(2_000), pytest.raises(InputError, match="cannot be written"):
        write_report(EXAMPLES["typical"], tmp_path / "new" / "folder")
    assert not list(tmp_path.iterdir())


@every_example
def test_json_is_strict_and_holds_the_explanation_and_the_articles(e):
    told = strict_json(render_json(e))
    assert told["schema"] == "heavylegs.report/1"
    assert (told["athlete_id"], told["morning"]) == (e.athlete_id, e.morning.isoformat())
    parts = [told["usual_level"], *told["factors"], told["everything_else"]]
    assert sum(p["points"] for p in parts) == pytest.approx(told["fatigue_raw"], abs=1e-6)
    assert {p["factor"] for p in told["factors"]} == {f.factor for f in e.factors}
    for part in [*told["factors"], *told["absent_factors"]]:
        factor = FACTORS[part["factor"]]
        assert (part["label"], part["meaning"], part["advice"]) == (
            factor.label,
            factor.meaning,
            factor.advice,
        )
        assert [(a["article"], a["section"]) for a in part["articles"]] == list(factor.named_in)


def test_reports_are_written_whole_under_safe_names(tmp_path):
    page, data = write_report(EXAMPLES["typical"], tmp_path / "new" / "folder")
    assert (page.name, data.name) == ("heavylegs-p01-2020-01-14.html", "heavylegs-p01-2020-01-14.json")
    assert page.read_text(encoding="utf-8") == render_html(EXAMPLES["typical"])
    assert json.loads(data.read_text(encoding="utf-8"))["fatigue_raw"] == EXAMPLES["typical"].fatigue_raw
    odd = ["a/b", "a_b", "a:b", "../..", "", "\u00e9", "." * 300, HOSTILE]
    written = [
        write_report(dataclasses.replace(EXAMPLES["typical"], athlete_id=own), tmp_path)[0] for own in odd
    ]
    assert len(set(written)) == len(odd)
    assert all(p.parent == tmp_path and re.fullmatch(r"[A-Za-z0-9_-]{1,80}\.html", p.name) for p in written)
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


def test_a_folder_that_cannot_be_written_is_the_users_to_mend(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match=r"\.html: cannot be written: .*file is a file"):
        write_report(EXAMPLES["typical"], tmp_path / "file")
