"""The messages of a FIT file: fitfast for all that it takes, fitdecode for the rest.

fitfast gives whole columns, but decodes the file anew for each kind of message, refuses a damaged file
altogether, and panics at damaged definitions. So a walk over the message headers goes before it, and hands it
the sound part of the file. Where the walk finds something strange, or fitfast still refuses, fitdecode reads
as far as it can, fifty times as slowly.
"""

from __future__ import annotations

import warnings
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..errors import InputError
from .fit_walk import BEATS, KINDS, NO_DEFINITION, NO_HEADER, NO_MESSAGE, RECORD, TOO_EARLY, Strange, walk

Row = dict[str, Any]
EPOCH = 631_065_600
"""Unix time of FIT's second 0, 1989-12-31 00:00 UTC."""
_CHECKSUM = "its checksum is wrong: values may be damaged; all were read"


@dataclass
class Messages:
    """What a FIT file holds.

    Parameters
    ----------
    records : dict of str to ndarray
        Samples: one float64 array a field, all of one length; ``timestamp`` in Unix seconds, positions in
        degrees, developer fields under their own names.
    rows : dict of str to list of dict
        The other kinds that matter here, enumerations as numbers.
    counts : dict of str to int
        Messages of beat intervals (``hrv``) and of a strap's memory (``hr``), which are only told of.
    notes : list of str
        What was wrong with the file, and what was lost.
    """

    records: dict[str, np.ndarray] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)


def read_messages(data: bytes, name: str, *, tolerant: bool = False) -> Messages:
    """Return the file's messages as far as it is sound.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        What to call it in messages.
    tolerant : bool
        Read with fitdecode at once.

    Raises
    ------
    InputError
        Nothing in it can be read.
    """
    messages = None if tolerant else _fast(data)
    return messages or _tolerant(data, name)


# -- with fitfast --------------------------------------------------------------------------------


def _fast(data: bytes) -> Messages | None:
    """Return the messages; None where fitfast does not know its way."""
    import fitfast

    try:
        try:
            found = walk(data)
            records = fitfast.records(found.data)
        except fitfast.FitDecodeError:
            # a checksum that does not fit, most likely: read all the same, and tell
            found = walk(data, mend=True)
            records = fitfast.records(found.data)
        parsed = fitfast.parse(found.few, enum_names=False)
    except (Strange, fitfast.FitDecodeError):
        return None
    except BaseException as error:  # a Rust panic is one, of a class without a name to import
        if type(error).__name__ != "PanicException":
            raise
        return None
    messages = Messages(records, counts=found.counts)
    for kind in KINDS.values():
        if kind in parsed:
            messages.rows[kind] = [{str(k): v for k, v in row.items()} for row in parsed[kind]]
    if not found.checksum_fits:
        messages.notes.append(_CHECKSUM)
    if found.wrong:
        kept = len(records.get("timestamp", ()))
        if not kept and not messages.rows.get("session"):
            return None
        messages.notes.append(_damage(found.stopped_at, len(data), found.wrong, kept))
    return messages


# -- with fitdecode ------------------------------------------------------------------------------


def _tolerant(data: bytes, name: str) -> Messages:
    """Read with fitdecode as far as the file is sound; a note tells what was lost."""
    import fitdecode

    messages = Messages()
    samples: list[Row] = []
    at, wrong = 0, ""
    reader = fitdecode.FitReader(
        data,
        processor=None,
        check_crc=fitdecode.CrcCheck.READONLY,
        error_handling=fitdecode.ErrorHandling.IGNORE,
        keep_raw_chunks=True,
    )
    with reader, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            for frame in reader:
                at = frame.chunk.offset + len(frame.chunk.bytes)
                if frame.frame_type == fitdecode.FIT_FRAME_DATA:
                    _take(frame, samples, messages)
                elif frame.frame_type == fitdecode.FIT_FRAME_CRC and not frame.matched:
                    messages.notes.append(_CHECKSUM)
        except Exception as error:  # damaged bytes make fitdecode fail in more ways than its own errors
            wrong = _plain(error)
    messages.records = _columns(samples)
    if wrong:
        if not samples and not messages.rows.get("session"):
            raise InputError(
                f"is damaged at byte {at:,} and nothing before it can be used: {wrong}",
                file=name,
                mend="copy it from the device anew",
            )
        messages.notes.append(_damage(at, len(data), wrong, len(samples)))
    return messages


def _damage(at: int, size: int, wrong: str, kept: int) -> str:
    return f"is damaged at byte {at:,} of {size:,} ({wrong}): {kept:,} records before it were kept, what follows is lost"


def _plain(error: Exception) -> str:
    import fitdecode

    if isinstance(error, fitdecode.FitEOFError):
        return TOO_EARLY
    if isinstance(error, fitdecode.FitHeaderError):
        return NO_HEADER
    if isinstance(error, fitdecode.FitParseError):
        return NO_DEFINITION
    return NO_MESSAGE


def _take(frame: Any, samples: list[Row], messages: Messages) -> None:
    number = frame.global_mesg_num
    if number in BEATS:
        messages.counts[BEATS[number]] += 1
    elif number == RECORD:
        samples.append(_row(frame))
    elif number in KINDS:
        messages.rows.setdefault(KINDS[number], []).append(_row(frame))


def _row(frame: Any) -> Row:
    row: Row = {}
    for item in frame.fields:
        value = item.value
        if isinstance(value, str) and isinstance(item.raw_value, int):
            value = item.raw_value  # an enumeration
        if value is None:
            continue
        if item.name in ("timestamp", "start_time", "local_timestamp", "time_created") and isinstance(
            value, int
        ):
            value += EPOCH
        row[str(item.name)] = value
    return row


def _columns(samples: list[Row]) -> dict[str, np.ndarray]:
    """Return the numbers of the samples as columns, NaN where absent."""
    names = {key for row in samples for key, value in row.items() if isinstance(value, int | float)}
    columns = {}
    for key in sorted(names):
        column = [row.get(key) for row in samples]
        columns[key] = np.array([v if isinstance(v, int | float) else np.nan for v in column], dtype=float)
    for key in ("position_lat", "position_long"):
        if key in columns:
            columns[key] = columns[key] * (180.0 / 2**31)
    return columns
