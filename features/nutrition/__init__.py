"""Fuel: what the day used against what was eaten, carbohydrate first.

One family of the catalogue in two modules, which are imported in its order.
"""

from . import carbohydrate, energy

__all__ = ["carbohydrate", "energy"]
