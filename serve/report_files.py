"""The report as files: the page and the JSON side by side, both or neither."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from ..models.explanation import Explanation, NotYet
from .files import write_texts
from .report import render_html
from .report_json import render_json


def file_stem(explanation: Explanation | NotYet) -> str:
    """Return ``heavylegs-p01-2020-01-14``: athlete and morning, safe as a file name anywhere.

    An id that had to be changed gets a short hash of the whole, so that two ids never share a file.
    """
    own = explanation.athlete_id
    safe = re.sub(r"[^A-Za-z0-9_-]+", "_", own)[:40].strip("_")
    if safe != own:
        safe = f"{safe}-{hashlib.sha256(own.encode()).hexdigest()[:8]}".lstrip("-")
    return f"heavylegs-{safe}-{explanation.morning.isoformat()}"


def write_report(
    explanation: Explanation | NotYet, folder: Path, facts: Mapping[str, float] | None = None
) -> tuple[Path, Path]:
    """Write the page and the JSON, both or neither, and return their paths.

    Parameters
    ----------
    explanation : Explanation
        The forecast.
    folder : Path
        Made where it does not exist. Reports of the same athlete and morning are replaced.
    facts : mapping, optional
        See `render_html`.

    Raises
    ------
    InputError
        Where the folder cannot be written to.
    """
    stem = file_stem(explanation)
    page, data = Path(folder) / f"{stem}.html", Path(folder) / f"{stem}.json"
    write_texts({page: render_html(explanation, facts), data: render_json(explanation, facts)})
    return page, data
