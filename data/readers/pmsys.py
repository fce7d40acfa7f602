"""PMSys, the questionnaire app whose answers PMData and SoccerMon publish: its scale, and its items as scores."""

from __future__ import annotations

import pandas as pd

from ..schema import FatigueScale

SCALE = FatigueScale(1, 5, direction=-1)
"""Every item's: 5 is the best answer."""


def scores(items: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the canonical diary scores of answers to ``sleep_quality``, ``soreness``, ``stress``, ``mood`` and ``readiness``."""
    tired = {item: SCALE.to_canonical(items[item].to_numpy()) for item in ("soreness", "stress")}
    fine = {item: 10.0 - SCALE.to_canonical(items[item].to_numpy()) for item in ("sleep_quality", "mood")}
    score = {f"{item}_score": pd.Series(values, index=items.index) for item, values in (tired | fine).items()}
    return {**score, "readiness_score": items["readiness"]}
