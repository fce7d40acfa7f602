"""Tuning: Optuna looks for parameters that miss least on inner folds, and can go on where it stopped.

The study is kept where MLflow tracks (see `heavylegs.training.studies`), and each trial also as a run
below MLflow's run of the tuning.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..data.errors import InputError
from ..features.matrix import Matrix
from . import runs, space, studies, tracking
from .inner_folds import before_held_out
from .trial import Objective, Score

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial

TRIALS = 50
"""Of a session, where not told otherwise."""


@dataclass(frozen=True)
class Tuning:
    """What a study knows.

    Parameters
    ----------
    study, kept_in : str
        Its name, and the address of its database.
    mornings, athletes : int
        What it was judged on.
    finished, pruned : int
        Trials of all sessions.
    default, best : Score
    trial : int
        Number of the best trial.
    parameters : dict
        Of the best trial, which may be the defaults'.
    stopped : bool
        Whether the session was broken off.
    """

    study: str
    kept_in: str
    mornings: int
    athletes: int
    finished: int
    pruned: int
    default: Score
    best: Score
    trial: int
    parameters: dict[str, Any]
    stopped: bool = False

    @property
    def better(self) -> bool:
        """Whether the best parameters missed less than the defaults, on the same folds."""
        return self.best.rmse < self.default.rmse


def tune(
    matrix: Matrix,
    trials: int = TRIALS,
    cutoff: np.datetime64 | None = None,
    minutes: float | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> Tuning:
    """Look for better parameters, going on with the study of the same days where there is one.

    Parameters
    ----------
    matrix : Matrix
        All rows; those that an evaluation forecasts are not looked at, see `before_held_out`.
    trials : int
        How many to add.
    cutoff : datetime64[D], optional
        First morning that an evaluation forecasts; each athlete's last 30 % where None.
    minutes : float, optional
        No trial begins after them.
    progress : callable, optional
        Is told ``(done, trials, what)``.

    Returns
    -------
    Tuning
        Ctrl-C ends the session early and keeps what is done.

    Raises
    ------
    InputError
        Where too few days are left to learn from, or the MLflow server does not answer.
    """
    objective, say = Objective(before_held_out(matrix, cutoff)), progress or _silent
    named = {"cohort": matrix.cohort, "information": matrix.information, "study": objective.study}
    with (
        runs.run(f"tuning {matrix.cohort} {matrix.information}", named) as run,
        studies.open_study(objective.study) as study,
    ):
        begun = len(study.trials)

        def told(study: Study, trial: FrozenTrial) -> None:
            _keep_trial(trial)
            done = trial.number - begun + 1
            say(done, max(done, trials), _standing(study))

        studies.enqueue_default(study)
        say(0, trials, "the defaults first" if not begun else _standing(study))
        stopped = _optimize(study, objective, trials, minutes, told)
        tuning = _account(objective, study, stopped)
        numbers = {"rmse_default": tuning.default.rmse, "rmse_best": tuning.best.rmse}
        run.log({"trials": tuning.finished, "pruned": tuning.pruned, **tuning.parameters}, numbers)
    return tuning


def tuned(matrix: Matrix) -> dict[str, Any]:
    """Return the best parameters of the study that did not look at the days which `train` holds out.

    Returns
    -------
    dict
        Empty where the defaults did as well on the same folds.

    Raises
    ------
    InputError
        Where these very days were not tuned on.
    """
    import optuna

    objective = Objective(before_held_out(matrix))
    try:
        if tracking.nothing_kept():
            raise KeyError(objective.study)
        tracking.connect()
        with studies.storage() as kept:
            found = _account(objective, optuna.load_study(study_name=objective.study, storage=kept), False)
    except (KeyError, InputError):
        raise InputError(
            f"cohort {matrix.cohort}, {matrix.information} information, was not tuned on these days",
            mend="heavylegs tune, with the same store, --information and --until",
        ) from None
    return found.parameters if found.better else {}


def _optimize(
    study: Study,
    objective: Objective,
    trials: int,
    minutes: float | None,
    told: Callable[[Study, FrozenTrial], None],
) -> bool:
    """Run trials, and return whether Ctrl-C broke them off; with none finished it breaks off the command."""
    try:
        study.optimize(objective, trials, None if minutes is None else 60 * minutes, callbacks=[told])
    except KeyboardInterrupt:
        if not studies.finished(study):
            raise
        return True
    return False


def _keep_trial(trial: FrozenTrial) -> None:
    """Keep a trial as a run below the tuning's."""
    scores = {k: v for k, v in trial.user_attrs.items() if k.startswith("rmse") or k == "seconds"}
    runs.nested(
        f"trial {trial.number}",
        {**space.parameters_of(trial.params), "state": trial.state.name.lower()},
        {k: float(v) for k, v in scores.items() if np.isfinite(v)},
    )


def _account(objective: Objective, study: Study, stopped: bool) -> Tuning:
    from optuna.trial import TrialState

    finished = studies.finished(study)
    if not finished:
        raise InputError(
            f"the study {objective.study!r} has no finished trial", mend="go on with heavylegs tune"
        )
    best, default = finished[0], next(t for t in finished if t.params == space.default())
    return Tuning(
        study=objective.study,
        kept_in=studies.kept_in(),
        mornings=len(objective.matrix),
        athletes=objective.matrix.n_athletes,
        finished=len(finished),
        pruned=len(study.get_trials(False, (TrialState.PRUNED,))),
        default=_score_of(default),
        best=_score_of(best),
        trial=best.number,
        parameters=space.parameters_of(best.params),
        stopped=stopped,
    )


def _silent(done: int, total: int, what: str) -> None:
    """Say nothing."""


def _score_of(trial: FrozenTrial) -> Score:
    told = trial.user_attrs
    return Score(told["rmse"], told["rmse_known"], told["rmse_new"], told["seconds"])


def _standing(study: Study) -> str:
    finished = studies.finished(study)
    if not finished:
        return ""
    default = next(t for t in finished if t.params == space.default())
    return f"best {_score_of(finished[0]).rmse:.4f}, defaults {_score_of(default).rmse:.4f}"
