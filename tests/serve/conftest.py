"""A squad in daily use, made once and copied to where a file of tests works."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from .daily import squad_of_eight


@pytest.fixture(scope="module")
def squads_home(workplace: Path, once: Callable[..., Path]) -> Path:
    """Work in a folder that holds the ``store`` and the ``model`` of `squad_of_eight`."""
    shutil.copytree(once("squad", squad_of_eight), workplace, dirs_exist_ok=True)
    return workplace
