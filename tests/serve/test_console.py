"""How commands speak: tables fit the window, and a file gets them whole."""

from __future__ import annotations

from io import StringIO

import pytest
from heavylegs.serve import console
from rich.console import Console


def shown(monkeypatch: pytest.MonkeyPatch, capsys, width: int, terminal: bool) -> str:
    told = StringIO()
    window = Console(file=told, force_terminal=terminal, width=width, color_system=None)
    monkeypatch.setattr(console, "out", window)
    table = console.compact_table("cohort", "athlete", "rated\ndays", "skill", "95 % interval")
    table.add_row("sim-0001", "171", "+0.116", "+0.080 to +0.147")
    console.show(table)
    return told.getvalue() + capsys.readouterr().out


def test_a_narrow_window_loses_the_last_columns_and_says_so_rather_than_cut_figures(monkeypatch, capsys):
    text = shown(monkeypatch, capsys, 26, terminal=True)
    assert "171" in text
    assert "…" not in text
    assert "(a wider window also shows: 95 % interval)" in " ".join(text.split())
    assert "95 % interval" in " ".join(text.split())


@pytest.mark.parametrize(("width", "terminal"), [(120, True), (26, False)])
def test_a_wide_window_or_a_file_gets_every_column(monkeypatch, capsys, width, terminal):
    text = shown(monkeypatch, capsys, width, terminal)
    assert "+0.080 to +0.147" in text
    assert "wider" not in text


def test_a_file_gets_no_spaces_after_a_line(monkeypatch, capsys):
    lines = shown(monkeypatch, capsys, 26, terminal=False).splitlines()
    assert "171" in lines[-2]
    assert lines == [line.rstrip() for line in lines]


def test_names_are_shown_as_they_are(capsys):
    """Square brackets and colons would be rich's markup and emoji."""
    name = "[red]old[/b] :ice:"
    table = console.compact_table(name, "athlete", "days")
    table.add_row(name, "3")
    console.show(table)
    console.out.print(name)
    assert capsys.readouterr().out.count(name) == 3
