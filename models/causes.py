"""A second model, in which causes come first: doses, then the athlete's own state on what they leave, then trees.

The estimator (`heavylegs.models.fatigue`) knows the own state first, so that yesterday's reports carry what slow causes
did (sleep debt, stress, fuel) and the causes themselves get too few points. Here the doses speak first, one a factor.
The own state is then one of *innovations*: of what each past report held beyond what the doses had said of it. LightGBM
learns what both leave. Where logs hold food, fluid and heat this forecasts better and its points are truer; elsewhere it
is worse. How far to follow it is learned (`heavylegs.training.fit`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from ..data.arrays import Floats, Mask, Whole
from ..features.catalog import Catalog, Feature
from ..features.factors import NAMED
from ..features.matrix import Matrix
from ..features.reports import moved_by, rated_after
from .bag import bag_weights
from .dose_curves import DoseResponses
from .dose_responses import fit_responses
from .fatigue import FatigueRegressor
from .interactions import columns_of
from .linear import LinearState
from .own_responses import OwnResponses
from .unlogged import Unlogged, usual_points

ALPHA = 100.0
"""Ridge penalty of the own state."""
BAGS = 3
"""Members of the bag; see `heavylegs.models.bag`."""
FIRST_DAYS = 28
"""Days of a log that teach no responses: while the windows of a dose are not full, the log holds less of it than the runner
had, and other doses would take the credit."""


@dataclass(frozen=True)
class Causes:
    """Doses first, then the own state of what they leave, then trees on the rest.

    Parameters
    ----------
    doses : tuple of Feature
        One a factor.
    responses : tuple of DoseResponses
        How mornings answer to them; one a member of the bag.
    unlogged : Unlogged
        What is expected of doses that are absent.
    state : tuple of Feature
        The catalogue's own state.
    states : tuple of LinearState
        Slopes on `state`, as it is of innovations; one a member of the bag.
    own : OwnResponses
        How far athletes differ in their responses; each day's own factors come from the reports before it.
    rest : FatigueRegressor or None
        LightGBM on what doses and state leave, in own spreads; None while those are being learned.
    """

    doses: tuple[Feature, ...]
    responses: tuple[DoseResponses, ...]
    unlogged: Unlogged
    state: tuple[Feature, ...]
    states: tuple[LinearState, ...]
    own: OwnResponses = field(default_factory=OwnResponses)
    rest: FatigueRegressor | None = None

    @classmethod
    def fit(cls, matrix: Matrix, **parameters: Any) -> Causes | None:
        """Learn from labelled rows; None where the catalogue has no dose among its inputs.

        `parameters` are `FatigueRegressor`'s, for the trees.
        """
        doses = tuple(matrix.catalog.doses())
        # What a factor's other columns say of the day, the doses have said.
        state = tuple(f for f in matrix.catalog.inputs("state") if f.factor not in NAMED)
        if not doses:
            return None
        weights = bag_weights(matrix.owner, len(matrix), BAGS, 0)
        taught = _taught(matrix)
        some = matrix.rows(taught)
        responses = fit_responses(
            _values(some.frame, doses),
            [f.direction or 1 for f in doses],
            some.target.astype(float),
            some.owner,
            some.day.astype(np.int64),
            weights[:, taught],
            columns_of([f.factor for f in doses]),
        )
        curves = cls(doses, tuple(responses), Unlogged.none(len(doses)), state, ())
        unlogged = Unlogged.learned(curves._logged_points(some.frame), curves._usual_points(some))
        of_doses = replace(curves, unlogged=unlogged)
        innovations = of_doses.innovations(matrix)
        residual = matrix.target.astype(float) - of_doses.said(matrix)
        states = tuple(LinearState.fit(innovations, residual, ALPHA, w) for w in weights)
        with_state = replace(of_doses, states=states)
        with_own = replace(with_state, own=with_state._how_athletes_differ(matrix))
        residual = matrix.target.astype(float) - with_own.before_trees(matrix)
        trees = rest_of(matrix.catalog, **parameters)
        return replace(with_own, rest=trees.fit(_frame(matrix.frame, trees), residual, matrix.owner))

    def said(self, matrix: Matrix) -> Floats:
        """Return what the doses alone say, as of everybody, shape (n,); about 0 on average."""
        return np.asarray(self._points(matrix).sum(axis=1))

    def _points(self, matrix: Matrix) -> Floats:
        """Return everybody's points of each dose, and what is expected of those that are absent, shape (n, doses)."""
        return self.unlogged.filled(self._logged_points(matrix.frame), self._usual_points(matrix))

    def _logged_points(self, frame: pd.DataFrame) -> Floats:
        """Return everybody's points of each dose, NaN where it is absent, shape (n, doses)."""
        values = _values(frame, self.doses)
        points = np.mean([r.terms(values) for r in self.responses], axis=0)
        return np.where(np.isnan(values), np.nan, points)

    def _usual_points(self, matrix: Matrix) -> Floats:
        """Return what each dose usually moved the athlete before each row's day, shape (n, doses); 0 where the row has no day."""
        of = _Calendar.of(matrix)
        told = self._logged_points(of.whole.frame[[f.name for f in self.doses]].iloc[of.rows])
        out = np.zeros((len(matrix), len(self.doses)))
        out[of.dated] = usual_points(told, of.whole.owner[of.rows])[of.place]
        return out

    def _own_points(self, matrix: Matrix, points: Floats) -> Floats:
        """Return what each dose moves its athlete more (or less) than everybody's `points`, shape (n, doses).

        0 on the athlete's usual day, and where the dose is absent.
        """
        if self.own.spread == 0:
            return np.zeros(points.shape)
        of = _Calendar.of(matrix)
        own, usual = self.own.learned(*self._past(of.whole.rows(of.rows)))
        known = ~np.isnan(_values(matrix.frame, self.doses))
        out = np.zeros(points.shape)
        out[of.dated] = ((points[of.dated] - usual[of.place]) * own[of.place]) * known[of.dated]
        return out

    def _how_athletes_differ(self, matrix: Matrix) -> OwnResponses:
        of = _Calendar.of(matrix)
        return OwnResponses.fit(*self._past(of.whole.rows(of.rows)), judged=of.place)

    def _past(self, days: Matrix) -> tuple[Floats, Floats, Whole]:
        """Return what `OwnResponses.learned` asks for, of days in order: everybody's points, residuals, owners."""
        points = self._points(days)
        return points, rated_after(days) - points.sum(axis=1) - self._state(days), days.owner

    def innovations(self, matrix: Matrix) -> Floats:
        """Return the own state of what past reports held beyond what the doses had said of them, shape (n, state).

        The state is linear in past reports, so what the doses said can be taken from it exactly.
        """
        return _values(matrix.frame, self.state) - moved_by(matrix, self.state, self.said)

    def predict(self, matrix: Matrix) -> Floats:
        """Return canonical fatigue, shape (n,)."""
        return self.before_trees(matrix) + self.trees(matrix)

    def trees(self, matrix: Matrix) -> Floats:
        """Return what the trees add, shape (n,)."""
        if self.rest is None or not len(matrix):
            return np.zeros(len(matrix))
        return self.rest.predict(_frame(matrix.frame, self.rest))

    def before_trees(self, matrix: Matrix) -> Floats:
        """Return what doses and state say, shape (n,)."""
        if not len(matrix):
            return np.zeros(0)
        points = self._points(matrix)
        return np.asarray((points + self._own_points(matrix, points)).sum(axis=1) + self._state(matrix))

    def contributions_by_member(self, matrix: Matrix) -> tuple[list[str], Floats]:
        """Return each member's points of every input and, last, its constant.

        Returns
        -------
        names : list of str
            Of the inputs. A dose stands there twice: once with its curve (where it is absent, with what is expected of it),
            and once with what the trees add.
        points : array of shape (members, n, inputs + 1)
        """
        doses, innovations, parts = _values(matrix.frame, self.doses), self.innovations(matrix), []
        points = self._points(matrix)
        own = self._own_points(matrix, points) + np.where(np.isnan(doses), points, 0.0)
        for responses, state in zip(self.responses, self.states, strict=True):
            terms, constant = state.terms(innovations)
            parts.append(np.hstack([responses.terms(doses) + own, terms, np.full((len(doses), 1), constant)]))
        first = np.stack(parts)
        if self.rest is None:
            return self.input_names, first
        trees = self.rest.contributions_by_member(_frame(matrix.frame, self.rest))
        trees[:, :, -1] += first[:, :, -1]
        return self.input_names, np.concatenate([first[:, :, :-1], trees], axis=2)

    @property
    def input_names(self) -> list[str]:
        """Names of the inputs, in the order of their points; see `contributions_by_member`."""
        return [f.name for f in (*self.doses, *self.state)] + (_names(self.rest) if self.rest else [])

    @property
    def heard(self) -> set[str]:
        """Names of the inputs that a forecast can depend on: not a dose that no day knew when this was learned."""
        heard = set(self.rest.heard_) if self.rest else set()
        for column, dose in enumerate(self.doses):
            if any(len(r.at[column]) > 2 or np.ptp(r.points[column]) > 1e-9 for r in self.responses):
                heard.add(dose.name)
        sloped = np.any([s.slopes != 0.0 for s in self.states], axis=0)
        return heard | {f.name for f, slope in zip(self.state, sloped, strict=True) if slope}

    def _state(self, matrix: Matrix) -> Floats:
        """Return what the own state of innovations says, shape (n,)."""
        return LinearState.mean(self.states).predict(self.innovations(matrix))


@dataclass(frozen=True)
class _Calendar:
    """All days of a matrix's athletes, in order, and where among them its own rows stand.

    Parameters
    ----------
    whole : Matrix
        What the matrix was chosen from.
    rows : int array of shape (days,)
        Rows of `whole` with a day, of the matrix's athletes, in order of athlete and day.
    dated : int array of shape (m,)
        Rows of the matrix that have a day.
    place : int array of shape (m,)
        Where each of these stands in `rows`.
    """

    whole: Matrix
    rows: Whole
    dated: Whole
    place: Whole

    @classmethod
    def of(cls, matrix: Matrix) -> _Calendar:
        whole, place = matrix.origin()
        rows = matrix.own_days()
        rows = rows[np.lexsort((whole.day[rows], whole.owner[rows]))]
        stands = np.full(len(whole), -1)
        stands[rows] = np.arange(len(rows))
        dated = np.flatnonzero(stands[place] >= 0)
        return cls(whole, rows, dated, stands[place[dated]])


def rest_of(catalog: Catalog, **parameters: Any) -> FatigueRegressor:
    """Return the trees, not yet fitted, that learn what doses and state leave."""
    doses = catalog.doses()
    boosted = [f for f in catalog.inputs("boosted") if f in doses or f.factor not in NAMED]
    return FatigueRegressor(
        state=[],
        boosted=[f.name for f in boosted],
        directions=[f.direction for f in boosted],
        scale=next((f.name for f in catalog.inputs("scale")), None),
        **{**parameters, "starts": (1.0,), "bags": BAGS},
    )


def _names(trees: FatigueRegressor) -> list[str]:
    """Return the columns that the trees read."""
    scale = [trees.scale] if trees.scale is not None else []
    return [str(n) for n in dict.fromkeys([*(trees.boosted or ()), *scale])]


def _frame(frame: pd.DataFrame, trees: FatigueRegressor) -> pd.DataFrame:
    return frame[_names(trees)]


def _values(frame: pd.DataFrame, features: tuple[Feature, ...]) -> Floats:
    return frame[[f.name for f in features]].to_numpy(dtype=float)


def _taught(matrix: Matrix) -> Mask:
    """Return which rows teach responses: those after the first days of a log; all where these would be less than half."""
    full = matrix.days_into_log >= FIRST_DAYS
    return full if 2 * full.sum() >= len(full) else np.ones(len(full), dtype=bool)
