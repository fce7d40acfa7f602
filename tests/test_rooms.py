"""Data flows one way: a folder imports only from those to its left."""

from __future__ import annotations

import ast
from importlib.util import resolve_name
from pathlib import Path

import heavylegs
import pytest

ROOT = Path(heavylegs.__file__).parent
ROOMS = ("data", "features", "models", "training", "serve")


def imported(node: ast.AST, package: str) -> list[str]:
    """Return the full names that a statement imports, however it tells them; none of another statement."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    source = resolve_name("." * node.level + (node.module or ""), package) if node.level else node.module
    return [f"{source}.{alias.name}" for alias in node.names]


def imported_rooms(file: Path) -> set[str]:
    """Return the rooms that a module imports from, wherever in it the import stands."""
    package = ".".join(("heavylegs", *file.relative_to(ROOT).parent.parts))
    names = [
        name for node in ast.walk(ast.parse(file.read_text("utf-8"))) for name in imported(node, package)
    ]
    return {name.split(".")[1] for name in names if name.startswith("heavylegs.")} & set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_from_those_to_its_left(room):
    allowed = set(ROOMS[: ROOMS.index(room) + 1])
    wrong = {
        str(file.relative_to(ROOT)): imported_rooms(file) - allowed for file in (ROOT / room).rglob("*.py")
    }
    assert not {file: rooms for file, rooms in wrong.items() if rooms}


@pytest.mark.parametrize(
    "line",
    [
        "from .. import serve",
        "from ..serve.cli import main",
        "from heavylegs.serve import cli",
        "import heavylegs.serve.cli",
        "def later():\n    from ..serve import cli",
    ],
)
def test_an_import_is_seen_however_it_is_written(line):
    told = [name for node in ast.walk(ast.parse(line)) for name in imported(node, "heavylegs.data")]
    assert told[0].startswith("heavylegs.serve")
