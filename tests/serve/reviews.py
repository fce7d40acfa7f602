"""Past forecasts made by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
from heavylegs.serve.review import Review
from heavylegs.training.daily_use import figures


def mornings(
    athlete: str = "anna", first: str = "2024-01-03", days: int = 60, **columns: object
) -> pd.DataFrame:
    """Return forecasts of 4 in 3 to 5, of which every third came at 7, bad; every fourth was warned of."""
    at = np.arange(days)
    frame = pd.DataFrame(
        {
            "athlete_id": athlete,
            "morning": pd.date_range(first, periods=days).astype("datetime64[us]"),
            "fatigue": 4.0,
            "low": 3.0,
            "high": 5.0,
            "p_bad_morning": np.where(at % 4 == 0, 0.7, 0.1),
            "bad_morning_from": 6.5,
            "came": np.where(at % 3 == 0, 7.0, 4.5),
            "ewma_7": 5.0,
            "by": "models:/club/1",
        }
    )
    return frame.assign(**columns)


def review(*athletes: pd.DataFrame) -> Review:
    """Return the review of these mornings, misses told in steps of a scale of 1 to 5."""
    frame = pd.concat(athletes, ignore_index=True)
    by = {str(name): int(n) for name, n in frame["by"].value_counts().items()}
    return Review("club", "evening", *figures(frame, 4.0), by, frame, "steps of the cohort's own scale")
