"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of real data, or skip where it is not beside the project."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("HEAVYLEGS_REAL_DATA", beside))
    if not folder.is_dir():
        pytest.skip("real data is not here: set HEAVYLEGS_REAL_DATA to its folder")
    return folder
