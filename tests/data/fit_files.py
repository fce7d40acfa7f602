"""FIT files made by hand: a definition and its messages, a header and checksums."""

from __future__ import annotations

import struct

from heavylegs.data.readers.fit_messages import EPOCH
from heavylegs.data.readers.fit_walk import crc16

START = 1_700_000_000 - EPOCH
ENUM, U8, U16, U32, S32 = 0x00, 0x02, 0x84, 0x86, 0x85
_PACK = {ENUM: "B", U8: "B", U16: "H", U32: "I", S32: "i"}


def message(number: int, rows: list[dict[tuple[int, int], int]]) -> bytes:
    """A definition and its messages; keys are field number and base type, a base type unknown to FIT packs a byte."""
    fields = list(rows[0])
    sizes = [struct.calcsize(_PACK.get(base, "B")) for _, base in fields]
    out = struct.pack("<BBBHB", 0x40, 0, 0, number, len(fields))
    out += b"".join(bytes([f, size, base]) for (f, base), size in zip(fields, sizes, strict=True))
    form = "<" + "".join(_PACK.get(base, "B") for _, base in fields)
    return out + b"".join(b"\x00" + struct.pack(form, *(row[f] for f in fields)) for row in rows)


def fit_file(*messages: bytes, header_checksum: bool = True) -> bytes:
    body = b"".join(messages)
    head = struct.pack("<BBHI4s", 14, 16, 0, len(body), b".FIT")
    head += struct.pack("<H", crc16(head) if header_checksum else 0)
    return head + body + struct.pack("<H", crc16(head + body))
