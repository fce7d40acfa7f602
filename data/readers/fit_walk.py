"""A walk over the headers of a FIT file's messages, without decoding any.

It costs a tenth of decoding, and gives what the fast reader needs: the sound part of the file under
checksums that fit, the few messages that are no samples as a small file of their own, and the assurance that
no definition is damaged, which fitfast would not refuse but panic at.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

RECORD, DESCRIPTION = 20, 206
BEATS = {78: "hrv", 132: "hr"}
KINDS = {
    0: "file_id",
    12: "sport",
    18: "session",
    19: "lap",
    30: "weight_scale",
    34: "activity",
    DESCRIPTION: "field_description",
    207: "developer_data_id",
}
TOO_EARLY = "the file ends too early"
NO_HEADER = "no FIT header where one must be"
NO_DEFINITION = "a message without its definition"
NO_MESSAGE = "bytes that make no message"
_BASE_TYPES = frozenset(b"\x00\x01\x02\x83\x84\x85\x86\x07\x88\x89\x0a\x8b\x8c\x0d\x8e\x8f\x90")


class Strange(Exception):  # noqa: N818 - not an error: another reader's work
    """The file holds what fitfast cannot take: a damaged definition, or distance and speed in one field."""


@dataclass
class Walked:
    """What the walk finds.

    Parameters
    ----------
    data : bytes
        The sound part of the file, which fitfast can read.
    few : bytes
        Its messages of the kinds in `KINDS`, as a FIT file.
    counts : Counter
        Messages of beats.
    stopped_at : int
        Where the damage begins; the file's length where there is none.
    wrong : str
        What is damaged there, empty where nothing is.
    checksum_fits : bool
        Whether every checksum does.
    """

    data: bytes = b""
    few: bytes = b""
    counts: Counter[str] = field(default_factory=Counter)
    stopped_at: int = 0
    wrong: str = ""
    checksum_fits: bool = True


def walk(data: bytes, *, mend: bool = False) -> Walked:
    """Walk over a FIT file, or several one after the other, as far as it is sound.

    Parameters
    ----------
    data : bytes
        The file.
    mend : bool
        Check every checksum here and put one that fits in its place; otherwise the fast reader checks them.

    Raises
    ------
    Strange
        The file is for another reader.
    """
    found = Walked()
    parts: list[bytes] = []
    kept: list[bytes] = []
    at = 0
    while at < len(data) and not found.wrong:
        if data[at + 8 : at + 12] != b".FIT" or data[at] not in (12, 14):
            found.wrong = NO_HEADER
            break
        start = at + data[at]
        end = start + int.from_bytes(data[at + 4 : at + 8], "little")
        stop, found.wrong = _walk_messages(data, start, min(end, len(data)), kept, found.counts)
        if not found.wrong and end + 2 > len(data):
            found.wrong = TOO_EARLY
        if found.wrong:
            parts.append(fit_file(data[start:stop]))
            at = stop
        else:
            part, fits = _with_checksums(data[at : end + 2], start - at, mend)
            parts.append(part)
            found.checksum_fits &= fits
            at = end + 2
    found.stopped_at = at
    found.data, found.few = b"".join(parts), fit_file(b"".join(kept))
    return found


def _with_checksums(part: bytes, start: int, mend: bool) -> tuple[bytes, bool]:
    """Return one FIT file as fitfast can check it, and whether its checksums fit as far as they are checked here.

    The header's checksum may be left out, as Garmin's devices did up to about 2013. fitfast takes it for
    granted: it sums the messages only, which comes to the same where the header's checksum is there.
    """
    header_fits = start == 14 and crc16(part[:14]) == 0
    if header_fits and not mend:
        return part, True
    header_told = start == 14 and part[12:14] != b"\x00\x00"
    return fit_file(part[start:-2]), header_fits >= header_told and crc16(part) == 0


def _walk_messages(
    data: bytes, at: int, end: int, kept: list[bytes], counts: Counter[str]
) -> tuple[int, str]:
    """Return where the sound messages end, and what is wrong there, if anything."""
    sizes: dict[int, int] = {}
    numbers: dict[int, int] = {}
    base_type_at: dict[int, int] = {}
    try:
        while at < end:
            header = data[at]
            if header & 0xC0 == 0x40:
                size, length = _definition(data, at)
                local, number = header & 15, _number(data, at)
                sizes[local], numbers[local] = size, number
                if number == DESCRIPTION:
                    base_type_at[local] = _offset_of_base_type(data, at)
            else:
                local = (header >> 5) & 3 if header & 0x80 else header & 15
                length, number = 1 + sizes[local], numbers[local]
                if number == DESCRIPTION and data[at + base_type_at[local]] not in _BASE_TYPES:
                    raise Strange
                if number in BEATS:
                    counts[BEATS[number]] += 1
            if at + length > end:
                return at, TOO_EARLY if end == len(data) else NO_MESSAGE
            if number in KINDS:
                kept.append(data[at : at + length])
            at += length
    except IndexError:
        return at, TOO_EARLY
    except KeyError:
        return at, NO_DEFINITION
    return at, ""


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at + 3 : at + 5], "big" if data[at + 2] else "little")


def _definition(data: bytes, at: int) -> tuple[int, int]:
    """Return the size of the messages that a definition defines, and its own length."""
    fields = data[at + 5]
    length = 6 + 3 * fields
    block = data[at + 6 : at + length]
    sizes = block[1::3]
    if 0 in sizes or not _BASE_TYPES.issuperset(block[2::3]):
        raise Strange
    if _number(data, at) == RECORD and 8 in block[::3] and 5 not in block[::3]:
        raise Strange  # compressed_speed_distance, which fitfast leaves packed
    size = sum(sizes)
    if data[at] & 0x20:
        extra = data[at + length + 1 : at + length + 1 + 3 * data[at + length]]
        if 0 in extra[1::3]:
            raise Strange
        size += sum(extra[1::3])
        length += 1 + 3 * data[at + length]
    return size, length


def _offset_of_base_type(data: bytes, at: int) -> int:
    """Return where in a developer field's description its base type stands."""
    offset = 1
    for i in range(at + 6, at + 6 + 3 * data[at + 5], 3):
        if data[i] == 2:
            return offset
        offset += data[i + 1]
    raise Strange


def fit_file(body: bytes) -> bytes:
    """Return messages as a FIT file with both checksums."""
    head = b"\x0e\x10\x00\x00" + len(body).to_bytes(4, "little") + b".FIT"
    head += crc16(head).to_bytes(2, "little")
    # A header with its checksum adds nothing to the sum.
    return head + body + crc16(body).to_bytes(2, "little")


def _crc_table() -> list[int]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ 0xA001 if value & 1 else value >> 1
        table.append(value)
    return table


_CRC = _crc_table()


def crc16(data: bytes) -> int:
    """Return FIT's checksum: CRC-16/ARC (polynomial 0x8005, reflected)."""
    crc = 0
    for byte in data:
        crc = (crc >> 8) ^ _CRC[(crc ^ byte) & 0xFF]
    return crc
