"""The map of a tidy table: which of its columns is which canonical column, in what unit, on what scale."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

from ..errors import InputError
from ..names import nearest
from ..schema import ACTIVITIES, ATHLETES, DIARY, RATINGS, SPORTS, WEATHER, Column, FatigueScale, Table
from ..zones import time_zone
from .cells import Decimal
from .units import known_unit, units_of

OFFERED: dict[str, Table] = {t.name: t for t in (DIARY, RATINGS, ACTIVITIES, ATHLETES, WEATHER)}
_TABLE_KEYS = (
    "name",
    "athlete",
    "athlete_column",
    "date_column",
    "date_format",
    "absent",
    "decimal",
    "timezone",
    "place",
    "sport",
    "sheet",
)
_COLUMN_KEYS = ("source", "unit", "scale", "values", "format")
_SCALE_KEYS = ("min", "max", "direction")
# filled from [table] or worked out, never mapped
_OWN = frozenset(
    ["athlete_id", "day", "source", "fatigue_native", "scale_min", "scale_max", "scale_direction"]
)
OPEN = "?"
"""What a proposed map has where its reader must decide; importing stops at it."""


@dataclass(frozen=True)
class Source:
    """Where one canonical column comes from."""

    column: Column
    table: str
    heading: str
    unit: str = ""
    scale: FatigueScale | None = None
    values: Mapping[str, str | float] = field(default_factory=dict)
    format: str = ""


@dataclass(frozen=True)
class TableMap:
    """A map that was read and found complete."""

    path: Path
    name: str
    athlete: str
    athlete_column: str
    date_column: str
    date_formats: tuple[str, ...]
    absent: frozenset[str]
    decimal: Decimal | None
    timezone: str
    place: str
    sport: str
    sheet: str
    sources: tuple[Source, ...]


class _Map:
    """The map's text and values, with the line of any key for messages."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            data = path.read_bytes()
            # In UTF-16 a shell of Windows writes what a command prints.
            wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
            text = data.decode("utf-16" if wide else "utf-8-sig")
            self.text = text.replace("\r\n", "\n").replace("\r", "\n")
        except FileNotFoundError:
            mend = "heavylegs import table --guess proposes one"
            raise InputError("the map is missing", file=path, mend=mend) from None
        except UnicodeDecodeError:
            raise InputError("is not UTF-8 text", file=path, mend="save the map as UTF-8") from None
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}", file=path) from None
        try:
            self.data = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            at = re.search(r"line (\d+)", str(error))
            what = re.sub(r"\s*\(at .*\)", "", str(error))
            row = int(at.group(1)) if at else None
            raise InputError(f"is not TOML: {what}", file=path, row=row) from None

    def fail(self, what: str, section: str, key: str = "", mend: str | None = None) -> InputError:
        """Return the error with the line of `key` in ``[section]``, or of the section where it is not found."""
        row, inside = None, False
        for number, line in enumerate(self.text.splitlines(), 1):
            if line.strip().replace('"', "").startswith(f"[{section}]"):
                row, inside = number, True
            elif line.startswith("["):
                inside = False
            elif inside and key and re.search(rf"\b{re.escape(key)}\s*=", line.split("#")[0]):
                return InputError(what, file=self.path, row=number, mend=mend)
        return InputError(what, file=self.path, row=row, mend=mend)

    def check_keys(self, found: Iterable[str], known: Iterable[str], section: str) -> None:
        for key in found:
            if key not in known:
                near = nearest(key, known)
                mend = f"the nearest is {near!r}" if near else f"one of {', '.join(known)}"
                raise self.fail(f"[{section}] has no key {key!r}", section, key, mend)

    def text_of(self, section: str, data: Mapping[str, Any], key: str) -> str:
        value = data.get(key, "")
        if not isinstance(value, str):
            raise self.fail(f"{key} is no text", section, key, "put it between quotes")
        if value == OPEN:
            raise self.fail(
                f"{key} of [{section}] is not filled in", section, key, "put your answer in place of ?"
            )
        return value


def read_map(path: Path) -> TableMap:
    """Read and check a map.

    Raises
    ------
    InputError
        Naming the map's line: no TOML, an unknown key, column, unit or table, a scale without its direction,
        a "?" that was left in.
    """
    raw = _Map(path)
    raw.check_keys(raw.data, ("table", "columns"), "table")
    table, columns = raw.data.get("table"), raw.data.get("columns")
    if not isinstance(table, dict) or not isinstance(columns, dict) or not columns:
        raise InputError("needs a section [table] and at least one [columns.<name>]", file=path)
    raw.check_keys(table, _TABLE_KEYS, "table")
    name = raw.text_of("table", table, "name")
    if name not in OFFERED:
        raise raw.fail(f"there is no table {name!r}", "table", "name", f"one of {', '.join(OFFERED)}")
    athlete, athlete_column = (
        raw.text_of("table", table, key).strip() for key in ("athlete", "athlete_column")
    )
    if name != "weather" and bool(athlete) == bool(athlete_column):
        raise raw.fail("needs either athlete (who) or athlete_column (the heading that tells who)", "table")
    date_column, place = raw.text_of("table", table, "date_column"), raw.text_of("table", table, "place")
    if name in ("diary", "ratings", "activities") and not date_column:
        raise raw.fail("needs date_column, the heading that tells the day", "table")
    if name == "weather" and ("time" not in columns or not place):
        raise raw.fail("weather needs place in [table], and [columns.time]", "table")
    if "fatigue" not in columns and (name == "ratings" or (name == "diary" and "answered_at" in columns)):
        section = "columns.answered_at" if "answered_at" in columns else "table"
        raise raw.fail("ratings need [columns.fatigue], the heading of the answers", section)
    if place and (name not in ("weather", "activities") or "place_id" in columns):
        what = "place in [table] is for weather, and for activities without [columns.place_id]"
        raise raw.fail(what, "table", "place", "take it out")
    if "sheet" in table and name != "activities":
        raise raw.fail("sheet in [table] is for activities", "table", "sheet", "take it out")
    decimal = raw.text_of("table", table, "decimal")
    if decimal not in ("", ".", ","):
        raise raw.fail(f"decimal {decimal!r} is no decimal sign", "table", "decimal", "one of . and ,")
    return TableMap(
        path,
        name,
        athlete,
        athlete_column,
        date_column,
        _texts(raw, table, "date_format"),
        frozenset(text.casefold() for text in _texts(raw, table, "absent")),
        cast(Decimal, decimal) if decimal else None,
        _zone(raw, table),
        place,
        _sport(raw, name, table, columns),
        raw.text_of("table", table, "sheet"),
        tuple(_source(raw, name, column, spec) for column, spec in columns.items()),
    )


def _sport(raw: _Map, name: str, table: Mapping[str, Any], columns: Mapping[str, Any]) -> str:
    """Return the sport of all rows, "" where a column tells it or nothing does."""
    sport = raw.text_of("table", table, "sport").strip().casefold()
    if sport and (name != "activities" or "sport" in columns):
        raise raw.fail(
            "sport in [table] is for activities without [columns.sport]", "table", "sport", "take it out"
        )
    if sport and sport not in SPORTS:
        raise raw.fail(
            f"sport {sport!r} is none that is known", "table", "sport", f"one of {', '.join(SPORTS)}"
        )
    return sport


def _zone(raw: _Map, table: Mapping[str, Any]) -> str:
    """Return the IANA name of the times' zone, "" where the map names none."""
    name = raw.text_of("table", table, "timezone")
    try:
        return time_zone(name).key if name else ""
    except InputError as error:
        raise raw.fail(error.what, "table", "timezone", error.mend) from None


def _texts(raw: _Map, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(t, str) for t in texts):
        raise raw.fail(f"{key} is neither a text nor a list of texts", "table", key)
    if OPEN in texts and key == "date_format":
        raise raw.fail("date_format is not filled in", "table", key, "put your answer in place of ?")
    return tuple(texts)


def columns_of(name: str) -> dict[str, tuple[str, Column]]:
    """Return the columns that a map of table `name` may fill: a diary's may be mixed with ratings."""
    tables = ("diary", "ratings") if name in ("diary", "ratings") else (name,)
    return {c.name: (t, c) for t in reversed(tables) for c in OFFERED[t].columns if c.name not in _OWN}


def _source(raw: _Map, name: str, column: str, spec: Any) -> Source:
    section, choices = f"columns.{column}", columns_of(name)
    if column not in choices:
        near = nearest(column, choices)
        mend = f"the nearest is {near!r}" if near else f"see the columns of {name} in the data dictionary"
        raise raw.fail(f"table {name} has no column {column!r}", section, mend=mend)
    if not isinstance(spec, dict):
        raise raw.fail(
            f"[{section}] is no section", "columns", column, f'write [{section}] and source = "..."'
        )
    raw.check_keys(spec, _COLUMN_KEYS, section)
    heading = raw.text_of(section, spec, "source")
    if not heading:
        raise raw.fail(f"{column} needs source, the heading it comes from", section)
    table, canonical = choices[column]
    values = spec.get("values", {})
    if not isinstance(values, dict) or not all(isinstance(v, str | int | float) for v in values.values()):
        raise raw.fail(
            "values is no table of texts", section, "values", 'such as values = { "ja" = 1, "nein" = 0 }'
        )
    if OPEN in values.values():
        word = next(w for w, meant in values.items() if meant == OPEN)
        mend = f"put your answer in place of {OPEN}"
        raise raw.fail(f"what {word!r} means is not filled in", section, "values", mend)
    scale = _scale(raw, section, canonical, spec)
    unit = _unit(raw, section, canonical, spec) if canonical.kind == "number" and scale is None else ""
    folded = {str(k).casefold(): v for k, v in values.items()}
    return Source(canonical, table, heading, unit, scale, folded, raw.text_of(section, spec, "format"))


def _unit(raw: _Map, section: str, column: Column, spec: Mapping[str, Any]) -> str:
    choices = units_of(column.unit)
    told = raw.text_of(section, spec, "unit") if spec.get("unit") != OPEN else OPEN
    unit = known_unit(told, column.unit) if told else next(iter(choices)) if len(choices) == 1 else None
    if unit is None:
        what = (
            f"unit {told!r} of {column.name} is not known"
            if told and told != OPEN
            else f"{column.name} needs its unit"
        )
        raise raw.fail(what, section, "unit" if told else "", f"one of {', '.join(choices)}")
    return unit


def _scale(raw: _Map, section: str, column: Column, spec: Mapping[str, Any]) -> FatigueScale | None:
    """Return the scale of a rating or score; the direction must be told, never guessed."""
    needed = column.unit == "0-10" and column.name != "session_rpe"
    scale = spec.get("scale")
    if scale is None and not needed:
        return None
    if column.unit != "0-10":
        raise raw.fail(f"{column.name} is no rating and has no scale", section, "scale")
    example = "such as scale = { min = 1, max = 5, direction = 1 }"
    if not isinstance(scale, dict):
        raise raw.fail(f"{column.name} needs its scale", section, "scale", example)
    raw.check_keys(scale, _SCALE_KEYS, section)
    direction = scale.get("direction")
    if direction not in (1, -1) or isinstance(direction, bool):
        same = (
            "a higher answer is more tired"
            if column.name == "fatigue"
            else f"it runs as here ({column.about})"
        )
        raise raw.fail(
            f"which way {column.name} runs is not told (direction {json.dumps(direction)})",
            section,
            "direction",
            f"direction = 1 where {same}, -1 where the other way round",
        )
    low, high = scale.get("min"), scale.get("max")
    ends = [v for v in (low, high) if isinstance(v, int | float) and not isinstance(v, bool)]
    if len(ends) != 2 or not ends[0] < ends[1]:
        raise raw.fail(
            f"{column.name} needs min and max of its scale, min the lesser", section, "scale", example
        )
    return FatigueScale(float(ends[0]), float(ends[1]), cast(Literal[1, -1], direction))
