"""The report as files: the page and the JSON side by side, each whole or not at all."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ..data.errors import InputError
from ..models.forecast import Explanation, NotYet
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
    """Write the page and the JSON, each whole or not at all, and return their paths.

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
    folder = Path(folder)
    stem = file_stem(explanation)
    contents = {
        folder / f"{stem}.html": render_html(explanation, facts),
        folder / f"{stem}.json": render_json(explanation, facts),
    }
    waiting: dict[str, Path] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in contents.items():
            handle, name = tempfile.mkstemp(prefix=f".{stem}-", dir=folder)
            waiting[name] = path
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
        mask = os.umask(0)
        os.umask(mask)
        for name in list(waiting):
            os.chmod(name, 0o666 & ~mask)  # mkstemp keeps files to their owner; a report is to be shared
            os.replace(name, waiting.pop(name))
    except OSError as error:
        why = error.strerror or str(error)
        raise InputError(
            f"cannot write the report: {why}", file=folder, mend="choose another folder with --out"
        ) from None
    finally:
        for name in waiting:
            Path(name).unlink(missing_ok=True)
    html, js = contents
    return html, js
