"""Any tidy table, by a map that names for each canonical column its heading, unit and scale.

A table is the user's own work, so nothing is passed over in silence: a cell that cannot be read stops the import. All of
them are told together, with file, line and column.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import InputError
from ..imports import Imported, ImportReport
from ..names import nearest_text, plain_name
from ..schema import DTYPES, FIRST_YEAR, SPORTS, TABLES
from ..table_sessions import TABLE, session_ids, sheet_key
from ..zones import known_zone
from .cells import ABSENT, DAY_PATTERNS, Decimal, contested, parse_days
from .clocks import has_offset, in_utc, is_clock, names_no_day, on_day
from .daily import in_zone, rating_table, read_export, shoe_ids
from .table_faults import Faults
from .table_map import Source, TableMap, read_map
from .table_people import MOST_SESSIONS, rows_a_day
from .table_sports import REST
from .table_wide import ACROSS, athletes_apart
from .tabular import NOT_MEASURED, silent
from .text import Delimited
from .units import convert


def read_table(path: Path, map_path: Path) -> Imported:
    """Read a tidy table: a row an athlete and day, a row an activity, a row an hour or a row an athlete.

    Parameters
    ----------
    path : Path
        The CSV file.
    map_path : Path
        Its map, in TOML; `guess_map` proposes one.

    Returns
    -------
    Imported
        The table that the map names; a diary with a column ``fatigue`` gives ratings too.

    Raises
    ------
    InputError
        With the line of the map or of the table, and the column; `InputFaultsError` where the table has several faults.
    """
    return read_export(path, "table", silent, partial(_tables, read_map(map_path)))


def _tables(spec: TableMap, sheet: Delimited, report: ImportReport) -> tuple[str, dict[str, pd.DataFrame]]:
    faults = Faults(sheet.path)
    for line, cells in sheet.ragged.items():
        faults.row(line, f"{cells} cells where the heading has {sheet.frame.shape[1]}")
    apart = [_Reader(own, told, faults).tables(report) for own, told in athletes_apart(sheet, spec)]
    faults.refuse()
    names = dict.fromkeys(name for tables in apart for name in tables)
    tables = {name: pd.concat([t[name] for t in apart if name in t], ignore_index=True) for name in names}
    if spec.name == "activities" and "sport" not in tables["activities"]:
        report.note(
            'no column tells the sport: none of these sessions counts as a run (sport = "running" in [table])'
        )
    if spec.name == "activities":
        _tell_doubtful(tables["activities"], report)
        if spec.athlete and rows_a_day(tables["activities"]["day"]) > MOST_SESSIONS:
            what = f"{rows_a_day(tables['activities']['day']):.0f} sessions a day, all of {spec.athlete!r}"
            report.note(f"{what}: is a column of names missing from the map (athlete_column)?")
    mapped = [s.heading for s in spec.sources] + [spec.date_column, spec.athlete_column]
    left = sheet.unused(mapped)
    if left and spec.athlete_column != ACROSS:
        report.note(f"columns that the map does not name: {', '.join(left)}")
    return spec.name, tables


def _tell_doubtful(activities: pd.DataFrame, report: ImportReport) -> None:
    """Tell of rows that are perhaps no sessions: without any size, as a coach's plans, or alike, as copies."""
    sizes = activities.reindex(columns=["duration_s", "moving_time_s", "distance_m"])
    count = int(sizes.isna().all(axis=1).sum())
    if count:
        report.note(
            f"sessions with neither time nor distance: {count}; all count as done, take out those that were not"
        )
    sized = activities[sizes.notna().any(axis=1)].drop(columns="activity_id")
    alike = sized[sized.duplicated()]
    if len(alike):
        example = f"for example on {alike['day'].min():%Y-%m-%d}"
        report.note(
            f"sessions like another of their day: {len(alike)} ({example}); all count, take out copies"
        )


class _Reader:
    """A sheet and its map, column by column."""

    def __init__(self, sheet: Delimited, spec: TableMap, faults: Faults) -> None:
        self.sheet, self.spec, self.faults = sheet, spec, faults
        self.decimal: Decimal = spec.decimal or sheet.decimal

    def cells(self, heading: str) -> pd.Series:
        """Return a column's text, blank where absent; InputError where there is no such heading."""
        if not self.sheet.has(heading):
            raise InputError(
                f"column {heading!r}, which {self.spec.path.name} names, is missing",
                file=self.sheet.path,
                row=self.sheet.heading_line,
                mend=nearest_text(heading, self.sheet.frame.columns, "correct the map"),
            )
        cells = self.sheet.cells(heading)
        return cells.mask(cells.str.casefold().isin([*ABSENT, *self.spec.absent]), "")

    def fail(
        self, heading: str, where: pd.Series, what: str, mend: str = "correct the cell or the map"
    ) -> None:
        """Tell of the cells of a column where `where` is true, if there are any, that they are wrong."""
        self.faults.cells(heading, self.sheet.cells(heading), where, what, mend)

    def fail_column(self, heading: str, where: pd.Series, what: str, mend: str) -> None:
        """Tell of a column, by the first of its cells where `where` is true, what one line of the map mends."""
        self.faults.column(heading, self.sheet.cells(heading), where, what, mend)

    def tables(self, report: ImportReport) -> dict[str, pd.DataFrame]:
        """Return the canonical frames."""
        spec = self.spec
        frame = pd.DataFrame(index=self.sheet.frame.index)
        for source in spec.sources:
            frame[source.column.name] = self._column(source)
        rest = self._rest(frame) if spec.name == "activities" else pd.Series(False, frame.index)
        frame = frame.mask(rest)
        told = frame.notna().any(axis=1)
        keys = self._keys(told)
        frames = {}
        for name in dict.fromkeys([spec.name, *(s.table for s in spec.sources)]):
            own = [s.column.name for s in spec.sources if s.table == name]
            rows = frame["fatigue"].notna() if name == "ratings" else frame[own].notna().any(axis=1)
            report.count(name, len(frame), int(rows.sum()))
            silent = ~rows & ~rest
            report.leave_out(name, "no value in this row", int(silent.sum()), self.sheet.example(silent))
            report.leave_out(name, "rest: nothing was done", int(rest.sum()), self.sheet.example(rest))
            if not own and name == spec.name:
                continue
            part = pd.concat([keys, frame[own]], axis=1)[rows]
            frames[name] = self._finish(name, part)
        return frames

    def _rest(self, frame: pd.DataFrame) -> pd.Series:
        """Return which rows tell of a day without a session: so called, or of no time and all else 0 or blank."""
        sizes = frame[[s.column.name for s in self.spec.sources if s.column.kind == "number"]].astype(
            "float64"
        )
        rest = frame["sport"].eq(REST) if "sport" in frame else pd.Series(False, frame.index)
        done = (sizes > 0).any(axis=1)
        heading = next((s.heading for s in self.spec.sources if s.column.name == "sport"), "")
        self.fail(heading, rest & done, "is rest, and its row tells of a session")
        still = sizes["duration_s"].eq(0) if "duration_s" in sizes else pd.Series(False, frame.index)
        nothing: pd.Series = rest | (still & ~done)
        return nothing

    def _keys(self, told: pd.Series) -> pd.DataFrame:
        spec, index = self.spec, self.sheet.frame.index
        keys = pd.DataFrame(index=index)
        if spec.name == "weather":
            return keys.assign(place_id=spec.place)
        if spec.athlete_column:
            written = self.cells(spec.athlete_column)
            keys["athlete_id"] = written.map({name: plain_name(name) for name in written.unique()}).astype(
                "str"
            )
            self.fail(spec.athlete_column, (keys["athlete_id"] == "") & told, "does not tell who")
            folded = keys["athlete_id"].str.casefold()
            first = keys["athlete_id"].groupby(folded).transform("first")
            other = (keys["athlete_id"] != first) & told
            self.fail(spec.athlete_column, other, "is there with other capitals", "write it the same way")
        else:
            keys["athlete_id"] = pd.Series(spec.athlete, index=index, dtype="str")
        if spec.date_column and spec.name != "athletes":
            keys["day"] = self._days(told)
        if spec.name == "activities" and spec.place:
            keys["place_id"] = pd.Series(spec.place, index=index, dtype="str")
        return keys

    def _days(self, told: pd.Series) -> pd.Series:
        heading, formats = self.spec.date_column, self.spec.date_formats
        cells = self.cells(heading).where(told, "")
        fitting: list[str] = []
        if formats:
            days = pd.Series(pd.NaT, index=cells.index, dtype=DTYPES["day"])
            for pattern in formats:
                days = days.fillna(parse_days(cells.where(days.isna(), ""), [pattern])[0])
            expected = " or ".join(formats)
        else:
            days, fitting = parse_days(cells)
            if len(fitting) > 1:
                mend = f'say which: date_format = "{fitting[0]}" or "{fitting[1]}" in {self.spec.path.name}'
                where, what = contested(cells, fitting)
                self.fail_column(heading, where, what, mend)
                return days
            expected = fitting[0] if fitting else "2024-01-31"
        for pattern in formats or fitting:
            beyond = (
                pd.to_datetime(cells, format=pattern, errors="coerce").notna()
                if pattern != "excel"
                else ~told
            )
            self.fail(
                heading, told & days.isna() & beyond, f"is not from {FIRST_YEAR} to 2099", "correct the cell"
            )
        self.fail(
            heading,
            told & days.isna(),
            f"is no day written as {expected}",
            "correct the cell, or date_format",
        )
        return self._at_home(cells, days)

    def _at_home(self, cells: pd.Series, days: pd.Series) -> pd.Series:
        """Return the days with those of times in UTC by the clock of the map's time zone, where it names one."""
        utc = in_utc(cells)
        if not (utc.any() and self.spec.timezone):
            return days
        there = pd.to_datetime(cells.where(utc, ""), format="ISO8601", errors="coerce", utc=True)
        local = there.dt.tz_convert(self.spec.timezone).dt.tz_localize(None).dt.normalize()
        at_home: pd.Series = local.astype("datetime64[us]").fillna(days)
        return at_home

    def _column(self, source: Source) -> pd.Series:
        cells = self.cells(source.heading)
        worded = pd.Series(False, index=cells.index)
        if source.values:
            known = cells.str.casefold().map(lambda c: str(source.values.get(c, "")) if c else "")
            numeric = cells.str.contains(r"^[-+]?[\d.,:]+$", regex=True) & (source.column.kind == "number")
            self.fail(
                source.heading, (cells != "") & (known == "") & ~numeric, "is not among values of the map"
            )
            worded = known != ""
            cells = known.where(worded, cells).astype("str")
        if source.column.kind == "instant":
            return self._instants(source, cells)
        if source.column.kind == "text":
            return self._words(source, cells)
        return self._numbers(source, cells, worded)

    def _written(self, source: Source, cells: pd.Series, decimal: Decimal) -> pd.Series:
        """Return the numbers that cells hold, in the column's unit or on the source's scale."""
        column = source.column
        if source.scale is None:
            return convert(cells, source.unit, column.unit, decimal)
        top = source.scale.maximum
        out_of = rf"\s*/\s*{top:g}$" + (r"|\s*%$" if top == 100 else "")  # 7/10, 80%
        return convert(cells.str.replace(out_of, "", regex=True), column.unit, column.unit, decimal)

    def _numbers(self, source: Source, cells: pd.Series, worded: pd.Series) -> pd.Series:
        """Return a column of numbers; `worded` cells are the map's own numbers, whose decimal sign is the point."""
        column, heading = source.column, source.heading
        values = self._written(source, cells, self.decimal)
        if worded.any():
            values = values.mask(worded, self._written(source, cells.where(worded, ""), "."))
        if source.table == "activities" and column.name in NOT_MEASURED:
            self.sheet.empty(heading, "0, which means not measured", values == 0)
            cells, values = cells.mask(values == 0, ""), values.mask(values == 0)
        unit = f" in {source.unit}" if source.unit else ""
        wrong = (cells != "") & values.isna()
        either = wrong & cells.str.fullmatch(r"[-+]?[\d.,]+") & (self.decimal == "?")
        self.fail(heading, wrong & ~either, f"is no number{unit}")
        self.fail_column(heading, either, f"is no number{unit}", "say decimal in the map")
        if source.scale is not None:
            low, high = source.scale.minimum, source.scale.maximum
            self.fail(heading, (values < low) | (values > high), f"is outside the scale {low:g}-{high:g}")
            return values
        low, high = (
            column.low if column.low is not None else -np.inf,
            column.high if column.high is not None else np.inf,
        )
        wrong = (values < low) | (values > high)
        told = "" if column.unit == "0-10" else f" {column.unit}"
        mend = "check the unit"
        if column.unit == "0-10":
            mend = "say its scale, such as scale = { min = 6, max = 20, direction = 1 }"
        limits = f"{low:,.10g} to {high:,.10g}{told}".rstrip()
        self.fail(heading, wrong, f"({source.unit}) is outside {limits}, all that {column.name} can be", mend)
        return values

    def _words(self, source: Source, cells: pd.Series) -> pd.Series:
        name = source.column.name
        if name == "sport":
            cells = cells.str.casefold()
            mend = f'add values = {{ "..." = "running" }} to the map; sports are {", ".join(SPORTS)}'
            self.fail(source.heading, ~cells.isin([*SPORTS, REST, ""]), "is no sport that is known", mend)
        if name == "sex":
            self.fail(
                source.heading, ~cells.isin(["female", "male", ""]), "is neither female nor male nor absent"
            )
        if name == "timezone":
            known = cells.map({cell: known_zone(cell) is not None for cell in cells.unique()})
            mend = "give an IANA name such as Europe/Oslo"
            self.fail(source.heading, (cells != "") & ~known.astype(bool), "is no time zone", mend)
        if name == "shoe_id":
            return shoe_ids(cells)
        return cells.where(cells != "")

    def _instants(self, source: Source, cells: pd.Series) -> pd.Series:
        """Return UTC instants of times with an offset, or local ones in the map's time zone; a bare clock is of the row's day."""
        pattern = source.format or "ISO8601"
        clocks = (cells != "") if names_no_day(source.format) else is_clock(cells)
        if not source.format and source.table != "weather":  # a day without a clock tells no start
            bare = cells.str.fullmatch(DAY_PATTERNS["%Y-%m-%d"])
            self.sheet.empty(source.heading, "a day without a clock", bare)
            cells = cells.mask(bare, "")
        aware = has_offset(cells)
        values = pd.to_datetime(cells.where(aware, ""), format=pattern, errors="coerce", utc=True)
        local = pd.to_datetime(cells.where(~aware & ~clocks, ""), format=pattern, errors="coerce").astype(
            "datetime64[us]"
        )
        if clocks.any() and self.spec.date_column:
            own = source.format if names_no_day(source.format) else ""
            local = local.fillna(on_day(cells.where(clocks, ""), self._days(clocks), own))
        if local.notna().any() and not self.spec.timezone:
            mend = 'add timezone = "Europe/Oslo" or the like to [table]'
            what = "has no offset from UTC and the map no timezone"
            self.fail_column(source.heading, local.notna(), what, mend)
        elif local.notna().any():
            placed = in_zone(local, self.spec.timezone)
            skipped = local.notna() & placed.isna()
            self.sheet.empty(source.heading, "twice or never on the clock, which was changed then", skipped)
            values = values.fillna(placed)
        self.fail(
            source.heading,
            (cells != "") & values.isna() & local.isna(),
            "is no time such as 2024-01-31T07:15:00+01:00",
            'correct the cell, or say how times are written, such as format = "%d.%m.%Y %H:%M", in its section of the map',
        )
        return values.astype("datetime64[us, UTC]")

    def _finish(self, name: str, part: pd.DataFrame) -> pd.DataFrame:
        """Return a canonical frame: scales mapped, ids made, no key twice."""
        scaled = {
            s.column.name: s.scale for s in self.spec.sources if s.scale is not None and s.table == name
        }
        if name == "ratings":
            scale = scaled["fatigue"]
            extra = part[[c for c in ("answered_at",) if c in part]]
            made = rating_table(part["athlete_id"], part["day"], part["fatigue"], scale, TABLE)
            part = pd.concat([made, extra], axis=1)
        else:
            for column, scale in scaled.items():
                part[column] = scale.to_canonical(part[column].to_numpy())
            part["source"] = TABLE
        if name == "activities" and self.spec.sport:
            part["sport"] = self.spec.sport
        if name == "activities" and "activity_id" not in part:
            self._refuse_same_start(part)
            # one file may be read by several maps, each of which tells other sessions
            named = (self.spec.sheet,) if self.spec.sheet else (self.sheet.path.stem, self.spec.path.stem)
            part["activity_id"] = session_ids(part, sheet_key(*named, self.spec.sport))
        if name == "weather":
            part = part.drop(columns=["athlete_id", "day", "source"], errors="ignore")
        self._refuse_twice(part, list(TABLES[name].key))
        return part

    def _refuse_same_start(self, part: pd.DataFrame) -> None:
        """Tell of two rows of one sport at one instant: a row that was copied."""
        if "start_time" in part:
            timed = part[part["start_time"].notna()]
            self._refuse_twice(timed, [c for c in ("athlete_id", "sport", "start_time") if c in part])

    def _keep_one(self) -> str:
        """Return what mends a row that is there twice: of people taken for one, none is to be taken out."""
        if self.spec.athlete:
            return "keep one of them, or is a column of names missing from the map?"
        return (
            "keep one of them; two people of one name need two"
            if self.spec.athlete_column
            else "keep one of them"
        )

    def _refuse_twice(self, part: pd.DataFrame, key: list[str]) -> None:
        """Tell of rows whose key stands in a row above."""
        part = part[part[key].replace("", pd.NA).notna().all(axis=1)]  # what else is wrong is told
        again = part.duplicated(key)
        words = " and ".join(k.removesuffix("_id").removesuffix("_time") for k in key)
        first = part.index.to_series().groupby([part[k] for k in key]).transform("first")
        lines = [int(line) for line in part.index[again.to_numpy()]]
        many = len(lines) > max(2, len(part) / 3)  # no slips: people were taken for one
        for line in lines[:1] if many else lines:
            more = f", and {len(lines) - 1:,} more such rows" if many else ""
            self.faults.row(line, f"the same {words} as in line {first[line]}{more}", self._keep_one())
