"""The files of an account's export: found wherever they lie, decoded one at a time, and taken or told.

A file that cannot be decoded keeps no other back: it is told with its reason, for whoever keeps such files. One that can be, and holds
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

Decode = Callable[[bytes, str], Any]
"""Called with what a file holds and its name; returns the document, or raises ValueError that says why it is none."""
ELSEWHERE = ""
"""Why a file is not opened that another reader takes: it counts as kept."""


def take_files(
    path: Path,
    service: str,
    report: ImportReport,
    progress: Progress,
    *,
    take: Callable[[Any, str], str | None],
    decode: Decode = lambda data, _: document_in(data),
    left: Callable[[str], str | None] = lambda name: None,
    suffixes: tuple[str, ...] = (".json",),
    mend: str = "",
) -> dict[str, str]:
    """Take what an export's files hold.

    Parameters
    ----------
    path : Path
        A file of any name, or a folder or zip archive with files of these `suffixes`, each also as ``.gz``.
    service : str
        Whose export it is, as messages call it.
    report : ImportReport
        Its ``files`` row gets each of these files: kept, or left out for a reason.
    progress : callable
        Called as ``progress(done, 0, what)``.
    take : callable
        ``take(document, name)`` returns why nothing of a document was taken, or None.
    decode : callable, optional
        Default JSON.
    left : callable, optional
        ``left(name)`` returns why a file of that name is not opened, `ELSEWHERE`, or None where it is.
    suffixes : tuple of str, optional
    mend : str, optional
        What to do where there is no such file.

    Returns
    -------
    dict of str to str
        The files that could not be decoded, by their paths, with the reason.

    Raises
    ------
    InputError
        No file can be used: none was kept, and one is broken or none is of a kind that is known.
    """
    if not path.exists():
        raise InputError("the file is missing", file=path)
    failed: dict[str, str] = {}

    def count(name: str, reason: str | None) -> None:
        report.count("files", 1, int(not reason))
        if reason:
            report.leave_out("files", reason, 1, name)

    def wanted(place: str) -> bool:
        name = _below(path, place)
        if place != str(path) and not name.lower().removesuffix(".gz").endswith(suffixes):
            return False
        why = left(name)
        if why is not None:
            count(name, why)
        return why is None

    for done, (place, data) in enumerate(find_files([path], wanted)):
        progress(done, 0, Path(place).name)
        name = _below(path, place)
        try:
            document = _document(data, name, decode)
        except ValueError as fault:
            reason: str | None = str(fault)
            failed[place] = str(fault)
        else:
            reason = NO_DATA if document is None else take(document, name)
        count(name, reason)
    _refuse_unusable(
        path, report, failed, service, mend or f"give the folder or archive of the {service} export"
    )
    return failed


def _below(path: Path, place: str) -> str:
    """Return a file's name below the folder or archive; of a file given alone its own."""
    return path.name if place == str(path) else Path(place).relative_to(path).as_posix()


def _document(data: bytes | InputError, name: str, decode: Decode) -> Any:
    if isinstance(data, InputError):
        raise ValueError(f"{data.what} ({data.mend})" if data.mend else data.what)
    return decode(data, name) if data.lstrip(BLANK) else None


def _refuse_unusable(
    path: Path, report: ImportReport, failed: dict[str, str], service: str, mend: str
) -> None:
    """Raise InputError where no file was kept; not where none failed and one has a reason that is no fault."""
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
