"""Who becomes champion: only a model that beats the champion and the best baseline on mornings new to both.

Two finished models cannot be compared on their own training data, and a model trained today has
seen every morning there is. So each training keeps what its *evaluation* forecast of the mornings it
held out, and a morning counts here only where both sides' forecast came from a model that had not
learned from it: the kept forecast, or, for mornings after a model was trained, its own.

- The store has not changed: both evaluations held out the same mornings; these decide.
- The store has grown: the champion as it stands forecasts the mornings since its training. Where these
  are enough they alone decide, for on older ones the candidate's evaluation knew more days than
  the champion's did, which flatters it. Where they are few, all common mornings decide.
- The champion was made with another feature catalogue: it cannot forecast here, but its kept forecasts can
  be joined.

Refitting the champion's parameters on today's days instead would tie with any retraining of the same
recipe, so that a champion could never be refreshed, and is impossible once the catalogue has changed.
"Beats" means that the lower end of the 95 % athlete-cluster bootstrap interval of the skill is above 0.

A cohort of fewer than five people has no others to stand for: whole weeks are drawn instead of whole people, what is won
holds for these alone, and the starter must be beaten as well, which does as well on most of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ..data.arrays import Floats, Mask
from ..features.matrix import Matrix
from ..models import starter
from ..models.baselines import LADDER
from ..models.forecaster import Forecaster
from . import metrics, unseen
from .splits import EMBARGO, mornings
from .unseen import Kept
from .verdict import Comparison, Verdict

LEAST_MORNINGS = 30
"""Without which nothing is compared: skill and luck could not be told apart."""
LEAST_WEEKS = 8
"""For fewer than five people: weeks of them, of which whole ones are drawn."""


@dataclass(frozen=True)
class _Ground:
    """Where a candidate and a champion meet.

    Parameters
    ----------
    rows : array of bool
        The mornings that decide.
    judged_on : str
        Which they are, in words.
    forecast : array
        The candidate's forecasts of all rows, NaN where it had learned from them.
    champion : Kept or None
        None too where it can be no opponent.
    theirs : array
        The champion's forecasts, NaN likewise.
    notice : str
        What must be said of a champion that is passed over.
    """

    rows: Mask
    judged_on: str
    forecast: Floats
    champion: Kept | None
    theirs: Floats
    notice: str = ""


def judge(matrix: Matrix, candidate: Kept, champion: Kept | None) -> Verdict:
    """Decide whether `candidate` should take `champion`'s place.

    Parameters
    ----------
    matrix : Matrix
        The cohort as it is now; tells the ratings, and the inputs of mornings since a training.
    candidate : Kept
    champion : Kept or None
        None for the first model, which has the best baseline to beat.
    """
    labelled = matrix.labelled()
    ground = _ground(labelled, candidate, champion)
    beginner = _starter(labelled)
    verdict = Verdict(
        False,
        "",
        candidate.uri,
        ground.champion.uri if ground.champion else None,
        int(ground.rows.sum()),
        labelled.rows(ground.rows).n_athletes,
        ground.judged_on,
        instead=starter.URI if beginner is not None and ground.champion is None else "",
    )
    meanwhile = f"; meanwhile the {starter.URI} forecasts these people" if verdict.instead else ""
    if not _enough(labelled, ground.rows):
        return replace(verdict, reason=_too_few(verdict, _few(labelled)) + meanwhile)
    if not _before(candidate, labelled, ground.rows)[1].any():
        reason = "not promoted: the store holds no morning before these, from which the baselines could learn"
        return replace(verdict, reason=reason + meanwhile)
    judged, forecast = labelled.rows(ground.rows), ground.forecast[ground.rows]
    opponents = _opponents(labelled, ground, candidate, beginner)
    comparisons = tuple(_compare(judged, forecast, name, theirs) for name, theirs in opponents.items())
    promoted = all(c.beaten for c in comparisons)
    word = "promoted" if promoted else "not promoted"
    over = ", over the weeks of these people alone" if _few(labelled) else ""
    reason = f"{word}: {ground.notice}" + "; ".join(c.sentence() for c in comparisons) + over
    if promoted:
        return replace(verdict, promoted=True, reason=reason, comparisons=comparisons, instead="")
    return replace(verdict, reason=reason + meanwhile, comparisons=comparisons)


def _ground(labelled: Matrix, candidate: Kept, champion: Kept | None) -> _Ground:
    """Return the mornings that both forecast unseen, or the candidate's own where it has nobody to meet."""
    forecast = unseen.unseen(candidate, labelled)
    known = ~np.isnan(forecast)
    later = ", or came after" if unseen.after_training(candidate, labelled).any() else ""
    judged_on = f"mornings that its evaluation held out{later}"
    if champion is None:
        return _Ground(known, judged_on, forecast, None, np.full(len(labelled), np.nan))
    theirs = unseen.unseen(champion, labelled)
    common, common_on = _common(known, theirs, champion, labelled)
    if _enough(labelled, common) or champion.forecaster is not None:
        return _Ground(common, common_on, forecast, champion, theirs)
    # A champion that can neither forecast nor be compared must not keep the alias for ever.
    notice = f"{champion.uri} cannot be loaded here and shares too few mornings to be compared; "
    return _Ground(known, judged_on, forecast, None, theirs, notice)


def _opponents(
    labelled: Matrix, ground: _Ground, candidate: Kept, beginner: Forecaster | None
) -> dict[str, Floats]:
    """Return the forecasts of all that must be beaten, of the mornings that decide: the best rung, starter, champion."""
    out = dict([_best_baseline(labelled, ground.rows, candidate)])
    if beginner is not None:
        out[starter.URI] = np.clip(beginner.predict(labelled.rows(ground.rows)), 0.0, 10.0)
    if ground.champion is not None:
        out[ground.champion.uri] = ground.theirs[ground.rows]
    return out


def _starter(labelled: Matrix) -> Forecaster | None:
    """Return the starter where it must be beaten: by a model of few people whom it did not learn from."""
    return starter.knows_better(labelled) if _few(labelled) else None


def _few(labelled: Matrix) -> bool:
    """Return whether the cohort is of so few people that their weeks are drawn instead of them."""
    return metrics.few(labelled.owner)


def _too_few(verdict: Verdict, few: bool) -> str:
    whom = "both models" if verdict.champion else "the model"
    people = "1 person" if verdict.athletes == 1 else f"{verdict.athletes} people"
    least = f"in {LEAST_WEEKS} weeks" if few else f"of {metrics.FEW_PEOPLE} people"
    return (
        f"not promoted: {verdict.mornings} mornings of {people} are new to {whom}; at least "
        f"{LEAST_MORNINGS} {least} are needed to tell skill from luck"
    )


def _common(known: Mask, other: Floats, champion: Kept, labelled: Matrix) -> tuple[Mask, str]:
    """Return the mornings that both forecast unseen: those since the champion's training where they are enough."""
    common = known & ~np.isnan(other)
    since = common & unseen.after_training(champion, labelled)
    if _enough(labelled, since):
        return since, "mornings since the champion was trained"
    return common, "mornings that both evaluations held out, or came after"


def _enough(labelled: Matrix, rows: Mask) -> bool:
    if int(rows.sum()) < LEAST_MORNINGS:
        return False
    if _few(labelled):
        return len(np.unique(_drawn(labelled.rows(rows)))) >= LEAST_WEEKS
    return labelled.rows(rows).n_athletes >= metrics.FEW_PEOPLE


def _drawn(judged: Matrix) -> npt.NDArray[np.integer]:
    return metrics.drawn_whole(judged.owner, mornings(judged))


def _before(candidate: Kept, labelled: Matrix, rows: Mask) -> tuple[Mask, Mask]:
    """Return which rows the ladder must forecast itself, and which it may learn from.

    It must forecast those that came after the candidate's training, for of these none were kept.
    """
    later = rows & unseen.after_training(candidate, labelled)
    morning = mornings(labelled)
    return later, morning < morning[later].min() - EMBARGO if later.any() else ~later


def _best_baseline(labelled: Matrix, rows: Mask, candidate: Kept) -> tuple[str, Floats]:
    """Return the rung with the lowest error on those mornings, with its forecasts."""
    later, before = _before(candidate, labelled, rows)
    forecasts = {name: unseen.saved(candidate.held_out, labelled, name) for name in LADDER}
    # A rung that is newer than the candidate has no kept forecasts.
    forecasts = {name: f for name, f in forecasts.items() if not np.isnan(f[rows & ~later]).any()}
    if later.any():
        learn = labelled.rows(before)
        for name, forecast in forecasts.items():
            forecast[later] = np.clip(LADDER[name](learn, labelled.rows(later)), 0.0, 10.0)
    target = labelled.target[rows]
    best = min(forecasts, key=lambda name: metrics.rmse(target, forecasts[name][rows]))
    return best, forecasts[best][rows]


def _compare(judged: Matrix, forecast: Floats, opponent: str, other: Floats) -> Comparison:
    target, native = judged.target.astype(float), judged.native_span / 10.0
    mine, theirs = metrics.rmse(target, forecast), metrics.rmse(target, other)
    if np.array_equal(forecast, other):
        return Comparison(opponent, mine * native, theirs * native, 0.0, 0.0, 0.0)
    low, high = metrics.skill_interval(target, forecast, other, _drawn(judged))
    return Comparison(opponent, mine * native, theirs * native, metrics.skill(mine, theirs), low, high)
