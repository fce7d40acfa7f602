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

import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.arrays import Floats, Mask
from ..data.cohort import Cohort
from ..data.errors import InputError
from ..features.matrix import Matrix, build_matrix
from ..models import starter
from ..models.baselines import LADDER
from ..models.forecaster import Forecaster
from . import metrics, registry, unseen
from .splits import EMBARGO, mornings
from .unseen import Kept

LEAST_MORNINGS = 30
LEAST_WEEKS = 8
"""For fewer than five people: weeks of them, of which whole ones are drawn."""


@dataclass(frozen=True)
class Comparison:
    """The candidate against one opponent on the same mornings; errors in native units.

    Parameters
    ----------
    opponent : str
        A model's URI (the starter's is ``starter``), or a baseline's name.
    rmse, opponent_rmse : float
    skill, low, high : float
        1 - (RMSE / RMSE of the opponent) squared, and its 95 % interval over what `metrics.drawn_whole` tells.
    """

    opponent: str
    rmse: float
    opponent_rmse: float
    skill: float
    low: float
    high: float

    @property
    def beaten(self) -> bool:
        """Whether the candidate is ahead by more than luck; a tie is not."""
        return self.low > 0.0

    def sentence(self) -> str:
        """Say it in words."""
        word = "beats" if self.beaten else "does not beat"
        whom = "the starter" if self.opponent == starter.URI else self.opponent
        return (
            f"{word} {whom}: RMSE {self.rmse:.4f} against {self.opponent_rmse:.4f}, "
            f"skill {self.skill:+.3f} ({self.low:+.3f} to {self.high:+.3f})"
        )


@dataclass(frozen=True)
class Verdict:
    """Whether a candidate becomes champion, and why.

    Parameters
    ----------
    promoted : bool
    reason : str
        In words, with the figures.
    candidate : str
    champion : str or None
        Who held the alias before.
    mornings, athletes : int
        Those judged on.
    judged_on : str
        Which mornings they were.
    comparisons : tuple of Comparison
        Against the best baseline, of few people against the starter, and against the champion where there is one.
    instead : str
        URI of the model that serves these people better while nobody is champion; empty where the candidate does.
    """

    promoted: bool
    reason: str
    candidate: str
    champion: str | None
    mornings: int = 0
    athletes: int = 0
    judged_on: str = ""
    comparisons: tuple[Comparison, ...] = ()
    instead: str = ""

    def to_dict(self) -> dict[str, object]:
        """Return plain types for JSON."""
        sides = [{**asdict(c), "beaten": c.beaten} for c in self.comparisons]
        plain = [{k: None if v != v else v for k, v in side.items()} for side in sides]  # JSON knows no NaN
        return {**asdict(self), "comparisons": plain}


def promote(cohort: Cohort, uri: str, progress: Callable[[str], None] | None = None) -> Verdict:
    """Give a registered model the alias ``champion``, if it earns it.

    Parameters
    ----------
    cohort : Cohort
        The one it was trained on, as it is now.
    uri : str
        ``models:/NAME/VERSION``, ``models:/NAME@ALIAS`` or a name.
    progress : callable, optional
        Is told what is being done.

    Raises
    ------
    InputError
        Where there is no such model, it cannot be loaded, or belongs to another cohort.
    """
    say = progress or (lambda _: None)
    version = registry.find(uri)
    name, number = str(version.name), str(version.version)
    current = registry.champion(name)
    if current is not None and str(current.version) == number:
        mine = uri_of(version)
        return Verdict(True, f"{mine} is the champion already", mine, mine)
    say("loading the models")
    candidate = kept_of(version)
    if candidate.forecaster is None:
        registry.load_model(candidate.uri)  # tells why
        raise InputError(f"{candidate.uri} cannot be loaded")
    theirs = str(candidate.forecaster.told.get("cohort"))
    if theirs != cohort.name:
        raise InputError(
            f"{candidate.uri} was trained on the cohort {theirs!r}, the store holds {cohort.name!r}",
            mend="give the store that it was trained on",
        )
    champion = kept_of(current) if current is not None else None
    say("features")
    matrix = build_matrix(cohort, candidate.forecaster.information)
    say("comparing")
    verdict = judge(matrix, candidate, champion)
    conclude(name, number, verdict)
    return verdict


def conclude(name: str, version: str, verdict: Verdict) -> None:
    """Keep the verdict with the version, and crown it where it won."""
    registry.tell(name, version, {"verdict": verdict.reason[:4000], registry.INSTEAD: verdict.instead})
    if verdict.promoted:
        registry.crown(name, version)


def uri_of(version: Any) -> str:
    """Return the URI of a registered version."""
    return f"models:/{version.name}/{version.version}"


def kept_of(version: Any) -> Kept:
    """Return a registered version with what its run kept for comparisons."""
    uri = uri_of(version)
    forecaster = registry.loadable(uri)
    with tempfile.TemporaryDirectory() as folder:
        held_out = unseen.read(registry.download(str(version.run_id), unseen.FILE, Path(folder)))
    told = forecaster.told if forecaster is not None else {}
    return Kept(uri, held_out, forecaster, np.datetime64(str(told.get("last_morning", "NaT")), "D"))


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
    forecast = unseen.unseen(candidate, labelled)
    rows, judged_on, notice = ~np.isnan(forecast), "mornings that its evaluation held out", ""
    judged_on += ", or came after" if unseen.after_training(candidate, labelled).any() else ""
    other = np.full(len(labelled), np.nan)
    if champion is not None:
        other = unseen.unseen(champion, labelled)
        common, common_on = _common(rows, other, champion, labelled)
        if not _enough(labelled, common) and champion.forecaster is None:
            # A champion that can neither forecast nor be compared must not keep the alias for ever.
            notice = f"{champion.uri} cannot be loaded here and shares too few mornings to be compared; "
            champion = None
        else:
            rows, judged_on = common, common_on
    verdict = Verdict(
        False,
        "",
        candidate.uri,
        champion.uri if champion else None,
        int(rows.sum()),
        _people(labelled, rows),
        judged_on,
    )
    beginner = _starter(labelled)
    if beginner is not None and champion is None:
        verdict = replace(verdict, instead=starter.URI)
    meanwhile = f"; meanwhile the {starter.URI} forecasts these people" if verdict.instead else ""
    if not _enough(labelled, rows):
        return replace(verdict, reason=_too_few(verdict, _few(labelled)) + meanwhile)
    if not _before(candidate, labelled, rows)[1].any():
        reason = "not promoted: the store holds no morning before these, from which the baselines could learn"
        return replace(verdict, reason=reason + meanwhile)
    judged, sides = labelled.rows(rows), dict([_best_baseline(labelled, rows, candidate)])
    if beginner is not None:
        sides[starter.URI] = np.clip(beginner.predict(judged), 0.0, 10.0)
    if champion is not None:
        sides[champion.uri] = other[rows]
    comparisons = tuple(_compare(judged, forecast[rows], name, f) for name, f in sides.items())
    promoted = all(c.beaten for c in comparisons)
    word = "promoted" if promoted else "not promoted"
    over = ", over the weeks of these people alone" if _few(labelled) else ""
    reason = f"{word}: {notice}" + "; ".join(c.sentence() for c in comparisons) + over
    if promoted:
        return replace(verdict, promoted=True, reason=reason, comparisons=comparisons, instead="")
    return replace(verdict, reason=reason + meanwhile, comparisons=comparisons)


def _starter(labelled: Matrix) -> Forecaster | None:
    """Return the starter where it must be beaten: by a model of few people whom it did not learn from."""
    return starter.knows_better(labelled) if _few(labelled) else None


def _few(labelled: Matrix) -> bool:
    return metrics.few(labelled.keys["athlete_id"].cat.codes)


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
    return _people(labelled, rows) >= metrics.FEW_PEOPLE


def _drawn(judged: Matrix) -> npt.NDArray[np.integer]:
    return metrics.drawn_whole(judged.keys["athlete_id"].cat.codes.to_numpy(), mornings(judged))


def _people(labelled: Matrix, rows: Mask) -> int:
    return int(labelled.keys["athlete_id"][rows].nunique())


def _before(candidate: Kept, labelled: Matrix, rows: Mask) -> tuple[Mask, Mask]:
    """Return which rows the ladder must forecast itself, for they came after the candidate's training; and those it may learn from."""
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
