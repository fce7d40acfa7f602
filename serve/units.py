"""How units are read: the catalogue's shorthand in a runner's words."""

from __future__ import annotations

COUNTED = ("days", "mornings", "meals", "points", "steps")
FINEST = {
    **dict.fromkeys(("mL", "kcal", "mg", "steps", "load units", "load units a day", "load units a week"), 0),
    **dict.fromkeys(("bpm", "%", "min", "min a week", "\u00b0C", "of 10"), 1),
}
"""Digits after the point beyond which a unit tells nothing: a twentieth of a heartbeat, a tenth of a millilitre."""
UNITS = {
    "degC": "\u00b0C",
    "degC min": "\u00b0C\u00b7min",
    "degC min/day": "\u00b0C\u00b7min a day",
    "ug": "\u00b5g",
    "AU": "load units",
    "AU/day": "load units a day",
    "AU/week": "load units a week",
    "d": "days",
    "d/week": "days a week",
    "1/week": "a week",
    "0-10": "of 10",
    "points of 10": "points",
    "g/day": "g a day",
    "g/week": "g a week",
    "m/day": "m a day",
    "m/week": "m a week",
    "min/week": "min a week",
    "steps/min x h": "steps/min\u00b7h",
    "% of body mass/day": "% of body mass a day",
    "g/kg/day": "g/kg a day",
    "kcal/kg FFM": "kcal per kg fat-free mass",
    "kcal/kg/day": "kcal/kg a day",
    "kcal/kg FFM/day": "kcal a day per kg fat-free mass",
}
