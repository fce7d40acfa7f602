"""The files of an account's export: found wherever they lie, decoded one at a time, and taken or told.

A file that cannot be decoded keeps no other back: it is named with its reason, for whoever keeps such files. One that can be, and holds
nothing that is stored, is told in the report alone: exports are full of those.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..imports import ImportReport
from .archives import find_files
from .json_records import BLANK, NO_DATA, TOLD, document_in
from .tabular import Progress

ELSEWHERE = ""
"""Why a file is not opened that another reader takes: it counts as kept."""


def take_files(
    path: Path,
    service: str,
    report: ImportReport,
    progress: Progress,
    *,
    take: Callable[[Any, str], str | None],
    decode: Callable[[bytes, str], Any] = lambda data, name: document_in(data),
    left: Callable[[str], str | None] = lambda name: None,
    suffixes: tuple[str, ...] = (".json",),
    mend: str = "give the folder or archive of the export",
) -> dict[str, str]:
    """Take what an export's files hold, and return those that cannot be decoded: by their paths, with the reason.

    Parameters
    ----------
    path : Path
        A file of any name, or a folder or archive with files of these `suffixes`, each also as ``.gz``.
    service : str
        Whose export it is, as messages call it.
    report : ImportReport
        Its ``files`` row gets each of these files: kept, or left out for a reason.
    progress : callable
        Called as ``progress(done, 0, what)``.
    take : callable
        ``take(document, name)`` returns why nothing of a document was taken, or None.
    decode : callable, optional
        ``decode(data, name)`` returns a document, or raises ValueError that says why it is none. Default JSON.
    left : callable, optional
        ``left(name)`` returns why a file of that name is not opened, `ELSEWHERE`, or None where it is.

    Raises
    ------
    InputError
        No file can be used: none was kept, and one is broken or none is of a kind that is known; `mend` says what to do.
    """
    if not path.exists():
        raise InputError("the file is missing", file=path)
    failed: dict[str, str] = {}

    def told(name: str, reason: str | None) -> None:
        report.count("files", 1, int(not reason))
        report.leave_out("files", reason or "", int(bool(reason)), name)

    def wanted(place: str) -> bool:
        name = _below(path, place)
        if place != str(path) and not name.lower().removesuffix(".gz").endswith(suffixes):
            return False
        why = left(name)
        if why is not None:
            told(name, why)
        return why is None

    for done, (place, data) in enumerate(find_files([path], wanted)):
        progress(done, 0, Path(place).name)
        name = _below(path, place)
        try:
            if isinstance(data, InputError):
                raise ValueError(f"{data.what} ({data.mend})" if data.mend else data.what)
            document = decode(data, name) if data.lstrip(BLANK) else None
        except ValueError as fault:
            failed[place] = str(fault)
            told(name, str(fault))
        else:
            told(name, NO_DATA if document is None else take(document, name))
    _check_usable(path, service, report, failed, mend)
    return failed


def _below(path: Path, place: str) -> str:
    """Return a file's name below the folder or archive; of a file given alone its own."""
    return path.name if place == str(path) else Path(place).relative_to(path).as_posix()


def _check_usable(path: Path, service: str, report: ImportReport, failed: dict[str, str], mend: str) -> None:
    """Raise InputError where no file was kept, unless none failed and one has a reason that is no fault."""
    files = report.tables.get("files")
    if files is None:
        raise InputError(f"holds no file of {service}'s", file=path, mend=mend)
    if files.kept or (not failed and any(reason.startswith(TOLD) for reason in files.left_out)):
        return
    reason = next(iter([*failed.values(), *files.left_out]))
    if files.examples[reason] == path.name:
        raise InputError(reason, file=path)
    what = f"holds no file of {service}'s that can be used, such as {files.examples[reason]}: {reason}"
    raise InputError(what, file=path, mend=mend)
