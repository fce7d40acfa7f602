"""Data flows one way: a folder imports only from those to its left."""

from __future__ import annotations

import ast
from importlib.util import resolve_name
from pathlib import Path

import heavylegs
import pytest

ROOT = Path(heavylegs.__file__).parent
ROOMS = ("data", "features", "models", "training", "serve")


def imported_rooms(file: Path) -> set[str]:
    """Return the rooms that a module imports from, wherever in it the import stands."""
    package = ".".join(("heavylegs", *file.relative_to(ROOT).parent.parts))
    taken = [
        n for n in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(n, ast.ImportFrom) and n.level
    ]
    names = [resolve_name("." * n.level + (n.module or ""), package) for n in taken]
    return {name.split(".")[1] for name in names if "." in name}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_from_those_to_its_left(room):
    allowed = set(ROOMS[: ROOMS.index(room) + 1])
    wrong = {
        str(file.relative_to(ROOT)): imported_rooms(file) - allowed for file in (ROOT / room).rglob("*.py")
    }
    assert not {file: rooms for file, rooms in wrong.items() if rooms}
