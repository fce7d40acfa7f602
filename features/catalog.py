"""The one declarative table: every feature, declared once beside the code that computes it.

The matrix's columns, the leak test, monotone constraints, factor groups, the generated docs
and the report's labels all come from here; nothing else lists features.
"""

from __future__ import annotations

import hashlib
import importlib
import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from .days import Compute
from .factors import FACTORS

Information = Literal["evening", "morning"]
Role = Literal["input", "context"]
Part = Literal["state", "boosted", "both", "scale"]

FAMILIES = (
    "load",
    "training",
    "progression",
    "overload",
    "doses",
    "muscles",
    "metabolic",
    "mechanics",
    "stride",
    "footwear",
    "nutrition",
    "nutrients",
    "hydration",
    "electrolytes",
    "environment",
    "sleep",
    "recovery",
    "history",
    "sensitivity",
    "group",
    "own_answers",
)


@dataclass(frozen=True)
class Feature:
    """A named column of an athlete-day.

    Parameters
    ----------
    name : str
        Ends in its unit where it has one.
    label : str
        What a runner reads.
    unit : str
        Empty for ratios and flags.
    factor : str
        Id of the factor whose points it carries.
    known : {"evening", "morning"}
        From which information set on it may be used.
    role : {"input", "context"}
        Context is shown behind a bar and never learned from.
    part : {"state", "boosted", "both", "scale"}
        Which part of the model reads it: the linear own state, the trees on its residual, or both; "scale" is
        the one column in whose units the residual is learned (`heavylegs.models.fatigue`).
    direction : {-1, 0, 1}
        +1 where more of it can never lower fatigue, -1 where it can never raise it.
    actionable : bool
        Whether the athlete can change it.
    dose : bool
        Whether it is the dose of its factor, the only one of its columns that `heavylegs.models.causes` reads.
    source : str
        Where the formula comes from.
    needs : tuple of str
        ``table.column`` that it is computed from.
    family : str
        The module that declares it, or the package that holds that module.
    compute : callable
        From `Days` to a float32 array, one value a day.
    """

    name: str
    label: str
    unit: str
    factor: str
    known: Information
    role: Role
    part: Part
    direction: Literal[-1, 0, 1]
    actionable: bool
    source: str
    needs: tuple[str, ...]
    family: str
    compute: Compute
    dose: bool = False


_REGISTRY: dict[str, Feature] = {}


def feature(
    name: str,
    *,
    label: str,
    unit: str,
    factor: str,
    direction: Literal[-1, 0, 1],
    source: str,
    needs: tuple[str, ...],
    known: Information = "evening",
    role: Role = "input",
    part: Part = "boosted",
    actionable: bool = False,
    dose: bool = False,
) -> Callable[[Compute], Compute]:
    """Declare the decorated function as a feature; see `Feature` for the words.

    Raises
    ------
    ValueError
        Where no such factor exists, or the name is taken.
    """
    if factor not in FACTORS:
        raise ValueError(f"{name}: no factor {factor!r}")

    def declare(compute: Compute) -> Compute:
        if name in _REGISTRY:
            raise ValueError(f"feature {name} is declared twice")
        family = compute.__module__.removeprefix(f"{__package__}.").partition(".")[0]
        _REGISTRY[name] = Feature(
            name,
            label,
            unit,
            factor,
            known,
            role,
            part,
            direction,
            actionable,
            source,
            needs,
            family,
            compute,
            dose,
        )
        return compute

    return declare


@dataclass(frozen=True)
class Catalog:
    """Some features, in a fixed order.

    Examples
    --------
    >>> evening = catalog("evening")
    >>> evening["sleep_debt_7d_h"].factor
    'poor_sleep'
    >>> "last_night_sleep_shortfall_h" in catalog("evening"), "last_night_sleep_shortfall_h" in catalog("morning")
    (False, True)
    """

    features: tuple[Feature, ...]

    def __iter__(self) -> Iterator[Feature]:
        return iter(self.features)

    def __len__(self) -> int:
        return len(self.features)

    def __contains__(self, name: object) -> bool:
        return any(f.name == name for f in self.features)

    def __getitem__(self, name: str) -> Feature:
        for f in self.features:
            if f.name == name:
                return f
        raise KeyError(name)

    @property
    def names(self) -> list[str]:
        """Feature names in order."""
        return [f.name for f in self.features]

    def inputs(self, part: Literal["state", "boosted", "scale"] | None = None) -> list[Feature]:
        """Return the features that the model learns from, or those that one of its parts reads."""
        parts = (part,) if part == "scale" else (part, "both")
        return [f for f in self.features if f.role == "input" and (part is None or f.part in parts)]

    def doses(self) -> list[Feature]:
        """Return the one dose of each factor among the inputs: of two, the one that knows the night as well."""
        told = sorted((f for f in self.inputs() if f.dose), key=lambda f: f.known == "evening")
        chosen = {f.factor: f.name for f in reversed(told)}
        return [f for f in self.features if chosen.get(f.factor) == f.name]

    def with_inputs(self, names: Collection[str]) -> Catalog:
        """Return the catalogue with `names` as its only inputs; every other feature is context."""
        return Catalog(
            tuple(replace(f, role="input" if f.name in names else "context") for f in self.features)
        )

    def digest(self) -> str:
        """Return a hash of all that a saved model depends on: its inputs' names, units, factors, parts, directions."""
        told = [(f.name, f.unit, f.factor, f.known, f.part, f.direction) for f in self.inputs()]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def catalog(information: Information = "morning") -> Catalog:
    """Return the features that may be used with an information set; ``"morning"`` holds them all."""
    for family in FAMILIES:
        importlib.import_module(f".{family}", __package__)
    order = sorted(_REGISTRY.values(), key=lambda f: FAMILIES.index(f.family))
    return Catalog(tuple(f for f in order if information == "morning" or f.known == "evening"))
