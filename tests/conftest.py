"""Fixtures that every test may use."""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from heavylegs.data.cohort import Cohort
    from heavylegs.features.matrix import Matrix
    from heavylegs.models.forecaster import Forecaster

# The workers of `make test` share the processor's cores, so a test that asks for more threads lets them sleep while
# they wait. Set before NumPy and LightGBM load; the forecasts are the same.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
# How long an example takes is the machine's, and no property of the product.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with files of few tests, which hold the long ones, so that no worker is left alone with one at the end."""
    tests = Counter(item.path for item in items)
    items.sort(key=lambda item: tests[item.path])


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what was imported and collected, which stays to the end anyway."""
    gc.collect()
    gc.freeze()


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


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """Return what gives the folder `name`, which the first worker that asks for it makes, for all of them."""
    from heavylegs.data.store_files import lock

    place = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        place = place.parent

    def made(name: str, make: Callable[[Path], object]) -> Path:
        folder = place / f"once-{name}"
        with lock(place / f"once-{name}.lock", wait=True):
            if not folder.exists():
                making = place / f"making-{name}"
                shutil.rmtree(making, ignore_errors=True)  # of a worker that failed at it
                making.mkdir()
                make(making)
                making.rename(folder)
        return folder

    return made


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory, once: Callable[..., Path]) -> Iterator[Path]:
    """Work in a folder of its own, where MLflow tracks in a database that is there already."""
    folder = tmp_path_factory.mktemp("work")
    shutil.copytree(once("tracked", _database), folder, dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        yield folder
        os.environ.pop("MLFLOW_TRACKING_URI", None)  # MLflow writes what it is told into the environment


def _database(folder: Path) -> None:
    from heavylegs.training import tracking

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{folder / 'mlflow.db'}")
        tracking.connect()
