"""What is told of an import: rows kept and left out, files of other kinds, files that cannot be read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..data.names import counted
from .console import err, out, print_json, speak, wrapping_table

if TYPE_CHECKING:
    from ..data.activity_import import Account
    from ..data.imports import Imported, ImportReport

NAMED_EACH = 3
"""Of more files of one kind only so many are named."""


def tell_files(account: Account, folder: Path, as_json: bool, before: Imported | None) -> None:
    """Tell of an import of activity files, and of what an export told before them; as one JSON document with `as_json`."""
    failed = {**(before.failed if before else {}), **account.failed}
    if as_json:
        more = {"export": before.report.to_dict()} if before else {}
        print_json({**account.to_dict(), "failed": failed, **more})
        return
    if before:
        tell(before.report, "export", False)
    tell(account.report, f"activities in {folder}", False)
    if account.unchanged:
        out.print(f"{counted(account.unchanged, 'file')} imported before and unchanged", highlight=False)
    for line in _by_kind(account.told):
        speak(f"- {line}")
    tell_failed(failed)


def tell_failed(failed: dict[str, str]) -> None:
    """Tell of the files that could not be read, with the reasons."""
    for name, reason in failed.items():
        err.print(f"! {name}: {reason}", highlight=False, soft_wrap=True)


def _by_kind(told: dict[str, str]) -> list[str]:
    """Return a line a file that holds something else, or a line for many of one kind: a watch keeps hundreds of them."""
    by_kind: dict[str, list[str]] = {}
    for name, what in told.items():
        by_kind.setdefault(what, []).append(name)
    lines = []
    for what, names in by_kind.items():
        if len(names) <= NAMED_EACH:
            lines += [f"{name}: {what}" for name in names]
        else:
            lines.append(f"{len(names)} files, such as {', '.join(names[:NAMED_EACH])}: {what}")
    return lines


def tell(report: ImportReport, title: str, as_json: bool) -> None:
    """Tell which rows of each table were kept, and what is worth a note."""
    if as_json:
        print_json(report.to_dict())
        return
    headings = ("table", "rows read", "kept", "left out", "why")
    table = wrapping_table(title, headings, headings[1:4])
    for name, t in report.tables.items():
        why = "; ".join(f"{n} {reason}" for reason, n in t.left_out.most_common())
        table.add_row(name, f"{t.read:,}", f"{t.kept:,}", f"{sum(t.left_out.values()):,}", why)
    if report.tables:
        out.print(table)
    for note in report.notes:
        out.print(f"- {note}", highlight=False, soft_wrap=True)  # a command in it can be copied
