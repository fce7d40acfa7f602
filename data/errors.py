"""The one kind of failure that is the input's fault, and how it reads, alone and with others of its file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class InputError(Exception):
    """Something the user gave cannot be used; says what, where and how to mend it.

    The command line prints it as one line and exits with code 2. Nothing has been written
    when it is raised.

    Parameters
    ----------
    what : str
        What is wrong, in the user's words.
    file : str or Path, optional
        The file or folder at fault.
    row : int, optional
        The line of the file, counted from 1 as editors do (a heading is line 1).
    mend : str, optional
        What to do about it.

    Examples
    --------
    >>> print(InputError("fatigue 7 is outside 1-5", file="wellness.csv", row=12, mend="correct the value"))
    wellness.csv, line 12: fatigue 7 is outside 1-5 (correct the value)
    """

    def __init__(
        self, what: str, *, file: str | Path | None = None, row: int | None = None, mend: str | None = None
    ) -> None:
        self.what = what
        self.file = file
        self.row = row
        self.mend = mend
        place = str(file) if file is not None else ""
        if row is not None:
            place += f", line {row}"
        text = f"{place}: {what}" if place else what
        if mend:
            text += f" ({mend})"
        super().__init__(" ".join(text.split()))


class InputFaultsError(InputError):
    """Several things of one file that cannot be used, told together: a line each.

    Parameters
    ----------
    faults : sequence of InputError
        In the order of telling; the first gives `what`, `file`, `row` and `mend`.

    Examples
    --------
    >>> print(InputFaultsError([InputError("'6?' is no number", row=n, file="a.csv") for n in (3, 5)]))
    a.csv, line 3: '6?' is no number
    a.csv, line 5: '6?' is no number
    """

    def __init__(self, faults: Sequence[InputError]) -> None:
        self.faults = tuple(faults)
        first = self.faults[0]
        super().__init__(first.what, file=first.file, row=first.row, mend=first.mend)
        self.args = ("\n".join(map(str, self.faults)),)
