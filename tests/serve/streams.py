"""What a command says to people and to machines."""

from __future__ import annotations

import json


def told(capsys) -> str:
    """The one line on the error stream."""
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def strict_json(text: str) -> object:
    """Read JSON as its standard has it: without NaN and Infinity."""

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    return json.loads(text, parse_constant=refuse)
