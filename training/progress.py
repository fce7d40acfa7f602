"""Telling what is being done, for whoever waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Say: TypeAlias = Callable[[str], None]


def silent(what: str) -> None:
    """Say nothing."""
