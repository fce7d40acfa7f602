"""Fixtures that every test may use."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from heavylegs.data.cohort import Cohort
    from heavylegs.features.matrix import Matrix
    from heavylegs.models.forecaster import Forecaster

# How long an example takes is the machine's, and no property of the product.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def full_disk() -> Callable[[int], contextlib.AbstractContextManager[None]]:
    """Return a context in which no file can grow past so many bytes, or skip where the system cannot do that."""
    resource = pytest.importorskip("resource")

    @contextlib.contextmanager
    def full(largest: int) -> Iterator[None]:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    return full


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of real data, or skip where it is not beside the project."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("HEAVYLEGS_REAL_DATA", beside))
    if not folder.is_dir():
        pytest.skip("real data is not here: set HEAVYLEGS_REAL_DATA to its folder")
    return folder


# -- a small season, its features and a quick model: a file that needs others overrides `cohort`, or any ---


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    """Return eight simulated runners over three months."""
    from heavylegs.data.simulate import simulate

    return simulate(athletes=8, days=90, seed=3).cohort


@pytest.fixture(scope="module")
def matrix(cohort: Cohort) -> Matrix:
    """Return every feature of `cohort` that the evening allows."""
    from heavylegs.features.matrix import build_matrix

    return build_matrix(cohort)


@pytest.fixture(scope="module")
def model(matrix: Matrix) -> Forecaster:
    """Return what is quickly learned from `matrix`."""
    from heavylegs.models.forecaster import Forecaster

    return Forecaster.fit(matrix.labelled(), trees=15)


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Work in a folder of its own, where MLflow tracks."""
    folder = tmp_path_factory.mktemp("work")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        yield folder
        os.environ.pop("MLFLOW_TRACKING_URI", None)  # MLflow writes what it is told into the environment
