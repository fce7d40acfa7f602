"""Points of XML activity files: the checks before anything is parsed, and what GPX and TCX have in common."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree
from xml.parsers import expat

import numpy as np
import pandas as pd

from ..errors import InputError
from ..recording import Recording

_DEEPEST = 60  # activity files nest about ten deep
_ZONE = re.compile(r"T.*(Z|[+-]\d\d(:?\d\d)?)$", re.IGNORECASE)
_OFFSET = re.compile(r"T.*([+-])(\d\d):?(\d\d)$")


class _RootFound(Exception):  # noqa: N818 - ends the look at the first element
    pass


def xml_root(data: bytes) -> str | None:
    """Return the local name of the outermost element, None where this is no XML; reads no further."""
    head = data[:4096].lstrip()
    if not head.startswith((b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return None
    found: list[str] = []

    def start(name: str, _attributes: dict[str, str]) -> None:
        found.append(name)
        raise _RootFound

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = lambda *_: found.append("!doctype")
    try:
        parser.Parse(data[:65536].lstrip(), False)
    except _RootFound:
        pass
    except (expat.ExpatError, LookupError, ValueError):  # broken, or in an encoding that is not known
        if not found:
            return None
    return found[-1].rpartition(":")[2] if found and found[-1] != "!doctype" else None


def check_xml(data: bytes, name: str) -> bytes:
    """Return the file ready to parse, after one pass that resolves nothing.

    Raises
    ------
    InputError
        Broken XML, with its line; a document type or entity, which no activity file needs; nesting past
        all reason.
    """
    data = data.lstrip()
    depth = 0

    def start(_name: str, _attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise InputError(f"nests its XML over {_DEEPEST} deep", file=name, row=parser.CurrentLineNumber)

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def refuse(*_: object) -> None:
        what = "declares a document type, which no activity file does: refused, as it can define entities"
        raise InputError(what, file=name, row=parser.CurrentLineNumber)

    parser = expat.ParserCreate(namespace_separator="}")  # so that an unbound prefix is found here
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        reason = expat.errors.messages.get(error.code, str(error))
        raise InputError(
            f"is broken XML: {reason}", file=name, row=error.lineno, mend="export it anew"
        ) from None
    except (LookupError, ValueError):
        raise InputError(
            "is XML in an encoding that is not known", file=name, mend="export it anew"
        ) from None
    return data


def elements(data: bytes) -> Iterator[tuple[str, ElementTree.Element]]:
    """Yield each element when it ends, with its name without namespace, in lower case."""
    for _event, element in ElementTree.iterparse(io.BytesIO(data)):  # noqa: S314 - `check_xml` went before
        yield local_name(element), element


def local_name(element: ElementTree.Element) -> str:
    """Return an element's name without namespace, in lower case."""
    return str(element.tag).rpartition("}")[2].lower()


def texts(point: ElementTree.Element, wanted: Mapping[str, str]) -> dict[str, str]:
    """Return the texts of a point's descendants by canonical column, the first of each."""
    found: dict[str, str] = {}
    for element in point.iter():
        column = wanted.get(local_name(element))
        if column is not None and element.text and column not in found:
            found[column] = element.text
    return found


def number(text: str | None) -> float:
    """Return a number, NaN where it is none."""
    try:
        value = float(text) if text else np.nan
    except ValueError:
        return np.nan
    return value if np.isfinite(value) else np.nan


def instants(rows: list[dict[str, str]]) -> np.ndarray:
    """Return the rows' times in Unix seconds, NaN where absent or not a time."""
    written = pd.Series([row.get("time", "").strip() for row in rows], dtype="str")
    parsed = pd.to_datetime(written, format="ISO8601", utc=True, errors="coerce")
    seconds = parsed.to_numpy(dtype="datetime64[us]").astype("int64") / 1e6
    return np.where(parsed.isna().to_numpy(), np.nan, seconds)


def offset_of(rows: Iterable[dict[str, str]]) -> int | None:
    """Return the offset from UTC that the first time is written with, in seconds; None for UTC or none."""
    for row in rows:
        match = _OFFSET.search(row.get("time", "").strip())
        if match:
            seconds = (int(match[2]) * 60 + int(match[3])) * 60
            seconds = -seconds if match[1] == "-" else seconds
            return seconds if 0 < abs(seconds) <= 14 * 3600 else None
        if row.get("time"):
            return None
    return None


def recording_of(rows: list[dict[str, str]], sport: str, source: str, no_place: int = 0) -> list[Recording]:
    """Return a recording of points, each a dict from canonical column, or ``time``, to text; none without times."""
    times = instants(rows)
    kept = np.flatnonzero(np.isfinite(times))
    if not len(kept):
        return []
    start = float(times[kept][0])
    names = sorted({column for row in rows for column in row} - {"time"})
    records = {"elapsed_s": times[kept] - start}
    for column in names:
        values = np.array([number(row.get(column)) for row in rows])[kept]
        if np.isfinite(values).any():
            records[column] = values
    recording = Recording(
        sport,
        datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=start),
        source,
        records,
        utc_offset_s=offset_of(rows),
        zone_told=_ZONE.search(rows[kept[0]]["time"].strip()) is not None,
        cadence_counts="unknown",
    )
    if len(kept) < len(rows):
        recording.left_out["points without a time"] += len(rows) - len(kept)
    if no_place:
        recording.changed["positions without latitude or longitude"] += no_place
    return [recording]
