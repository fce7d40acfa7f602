"""Files that commands write for people and machines: whole or not at all, and refused before the work begins."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..data.errors import InputError


@contextlib.contextmanager
def whole(file: Path) -> Iterator[Path]:
    """Yield a path beside `file` to write to; it becomes the file at the end, and goes where anything fails.

    Raises
    ------
    InputError
        Where it cannot be written.
    """
    partial = file.parent / f".writing-{os.getpid()}-{file.name[-60:]}"
    made = [folder for folder in file.parents if not folder.exists()]
    try:
        if file.is_dir():  # told before anything else is written
            raise IsADirectoryError
        file.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        partial.replace(file)
    except OSError as error:
        raise _refusal(file, error) from None
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        for folder in made:  # of those, what came to hold nothing goes again
            with contextlib.suppress(OSError):
                folder.rmdir()


def write_text(file: Path, text: str) -> None:
    """Write a text file whole or not at all; InputError where it cannot be written."""
    with whole(file) as partial:
        partial.write_text(text, encoding="utf-8", errors="replace", newline="\n")


def write_json(file: Path, value: object) -> None:
    """Write plain types as JSON, whole or not at all; InputError where it cannot be written."""
    write_text(file, json.dumps(value, indent=1, allow_nan=False) + "\n")


def write_texts(texts: Mapping[Path, str]) -> None:
    """Write text files, all of them or none; InputError where one cannot be written."""
    with contextlib.ExitStack() as files:
        partials = {file: files.enter_context(whole(file)) for file in texts}
        for file, partial in partials.items():
            partial.write_text(texts[file], encoding="utf-8", errors="replace", newline="\n")


def check_place(file: Path | None) -> None:
    """Raise InputError where `file` could not be written, so that nobody waits for what is then lost."""
    if file is None:
        return
    made = [folder for folder in file.parents if not folder.exists()]
    try:
        if file.is_dir():
            raise IsADirectoryError
        file.parent.mkdir(parents=True, exist_ok=True)
        probe = file.parent / f".writing-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise _refusal(file, error) from None
    finally:
        for folder in made:
            with contextlib.suppress(OSError):
                folder.rmdir()


def _refusal(file: Path, error: OSError) -> InputError:
    there = next((p for p in file.parents if p.exists()), None)
    if file.is_dir():
        why = "it is a folder"
    elif there is not None and not there.is_dir():
        why = f"{there} is a file"
    else:
        why = error.strerror or str(error)
    return InputError(f"cannot be written: {why}", file=file, mend="choose another place")
