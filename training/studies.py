"""Optuna's studies: where they are kept, and what has been tried."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from . import space, tracking

if TYPE_CHECKING:
    from optuna import Study
    from optuna.storages import RDBStorage
    from optuna.trial import FrozenTrial

STUDIES = "optuna.db"
"""The file of studies, in the working folder, where MLflow tracks on a server."""
BEFORE_PRUNING = 8
"""Whole trials before any is broken off for missing more than the median did."""
SEED = 0


def kept_in() -> str:
    """Return the SQLite file that holds the studies: MLflow's own where it tracks in one, else ``optuna.db``."""
    return str(tracking.sqlite_file(tracking.tracking_uri()) or STUDIES)


@contextmanager
def storage() -> Iterator[RDBStorage]:
    """Open where studies are kept: MLflow's own SQLite file, which MLflow must have made; else ``optuna.db``.

    Both libraries keep their schema's version in a table `alembic_version`. Where MLflow's is there, Optuna
    leaves it as it is and makes its own tables, of which none has a name of MLflow's; it must only not
    compare that version with its own, hence `skip_compatibility_check`. The other way round MLflow would
    not start.
    """
    import optuna

    # Optuna would tell every trial on the error stream, where the progress is.
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    mlflows = tracking.sqlite_file(tracking.tracking_uri()) is not None
    kept = optuna.storages.RDBStorage(
        f"sqlite:///{kept_in()}", {"connect_args": {"timeout": 60}}, skip_compatibility_check=mlflows
    )
    try:
        yield kept
    finally:  # Optuna never closes its connections by itself
        kept.remove_session()
        kept.engine.dispose()


@contextmanager
def open_study(name: str) -> Iterator[Study]:
    """Open the study of that name, made where it is not there."""
    import optuna

    with storage() as kept:
        study = optuna.create_study(
            study_name=name,
            storage=kept,
            direction="minimize",
            load_if_exists=True,
            pruner=optuna.pruners.MedianPruner(n_startup_trials=BEFORE_PRUNING),
        )
        # The same seed at every start would draw the first trials again.
        study.sampler = optuna.samplers.TPESampler(seed=SEED + len(study.trials))
        yield study


def enqueue_default(study: Study) -> None:
    """Let the defaults be the next trial where they were not judged yet, as when they changed since."""
    from optuna.trial import TrialState

    wanted = (TrialState.COMPLETE, TrialState.WAITING)
    waiting = [t.system_attrs.get("fixed_params", t.params) for t in study.get_trials(False, wanted)]
    if space.default() not in waiting:
        study.enqueue_trial(space.default(), {"default": True})


def finished(study: Study) -> list[FrozenTrial]:
    """Return the finished trials, best first; none until the defaults were judged."""
    from optuna.trial import TrialState

    done = study.get_trials(False, (TrialState.COMPLETE,))
    judged = any(t.params == space.default() for t in done)
    return sorted(done, key=lambda t: float(t.value or 0.0)) if judged else []
