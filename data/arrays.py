"""The kinds of arrays that signatures name. Where values mean one thing only, their own module has a name for them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
"""Counts, positions, days since 1970-01-01, microseconds."""
Mask = npt.NDArray[np.bool_]
