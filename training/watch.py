"""A stop watch for the parts of a training."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator


class Watch:
    """Takes the time of named parts.

    Examples
    --------
    >>> watch = Watch()
    >>> with watch("sum"):
    ...     total = sum(range(10))
    >>> list(watch.seconds)
    ['sum']
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextlib.contextmanager
    def __call__(self, part: str) -> Iterator[None]:
        """Take the time of a block."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[part] = round(time.perf_counter() - start, 3)
