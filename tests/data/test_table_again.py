"""A table of sessions that comes again, grown and corrected, and another table of other sessions."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from heavylegs.data.cohort import Cohort
from heavylegs.data.errors import InputError
from heavylegs.data.importer import import_tables
from heavylegs.data.readers.table import read_table
from heavylegs.data.store import Store
from hypothesis import given, settings
from hypothesis import strategies as st

MAP = """\
[table]
name = "activities"
athlete = "anna"
date_column = "day"
sport = "running"
[columns.duration_s]
source = "min"
unit = "min"
[columns.session_rpe]
source = "rpe"
"""
Row = tuple[int, int, int | None]  # day of May, minutes, RPE


class Coach:
    """Who imports sheets of sessions into one store."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.store = folder, Store(folder / "store")
        folder.mkdir(exist_ok=True)

    def imports(self, name: str, *rows: Row, told: str = "") -> list[str]:
        """Import a sheet of that name and return what is said of it; `told` is added to the map."""
        lines = [f"2024-05-{day:02d},{minutes},{'' if rpe is None else rpe}" for day, minutes, rpe in rows]
        (self.folder / f"{name}.csv").write_text("\n".join(["day,min,rpe", *lines]) + "\n")
        (self.folder / "map.toml").write_text(
            MAP.replace("[columns.duration_s]", f"{told}\n[columns.duration_s]")
        )
        sheet = read_table(self.folder / f"{name}.csv", self.folder / "map.toml")
        import_tables(self.store, sheet.tables, sheet.report, "", today=date(2024, 6, 1))
        return sheet.report.notes

    def holds(self) -> list[Row]:
        rows = self.store.read().activities.sort_values(["day", "duration_s"])
        return [
            (r.day.day, round(r.duration_s / 60), None if pd.isna(r.session_rpe) else int(r.session_rpe))
            for r in rows.itertuples()
        ]


@pytest.fixture
def coach(tmp_path: Path) -> Coach:
    return Coach(tmp_path)


def test_another_sheets_session_of_the_same_day_adds_and_is_told(coach: Coach) -> None:
    coach.imports("a", (1, 60, 5), (1, 30, 3))
    (note,) = coach.imports("b", (1, 90, 4))
    assert note.startswith(
        "1 session beside others that another table told of the same day and sport: all count"
    )
    assert coach.holds() == [(1, 30, 3), (1, 60, 5), (1, 90, 4)]
    before = coach.store.read().digest()
    assert (coach.imports("a", (1, 60, 5), (1, 30, 3)), coach.imports("b", (1, 90, 4))) == ([], [])
    assert coach.store.read().digest() == before


def test_a_row_put_in_above_renames_no_session(coach: Coach) -> None:
    coach.imports("a", (1, 60, 5), (2, 30, 3))
    before = set(coach.store.read().activities["activity_id"])
    assert coach.imports("a", (1, 45, 2), (1, 60, 5), (2, 30, 3)) == []
    assert before < set(coach.store.read().activities["activity_id"])


def test_a_corrected_cell_replaces_and_a_row_taken_out_goes_and_both_are_told(coach: Coach) -> None:
    coach.imports("a", (1, 60, 5), (2, 30, 3), (3, 40, 3), (9, 50, 3))
    notes = coach.imports("a", (1, 60, 6), (3, 45, 3))
    assert coach.holds() == [(1, 60, 6), (3, 45, 3), (9, 50, 3)]
    assert notes == [
        "1 activity was there with other values, which these replace (for example on 2024-05-01)",
        "2 sessions that this table told before and tells otherwise or no more: taken out (for example on 2024-05-02)",
        "1 session after its last day, told by this table before: kept, `heavylegs forget` takes out (for example on 2024-05-09)",
    ]


def test_a_near_equal_session_of_another_sheet_is_one_with_the_values_of_both(coach: Coach) -> None:
    coach.imports("a", (1, 60, None), (1, 30, 3))
    notes = coach.imports("b", (1, 61, 7))
    assert any("recorded by table and again by table kept once" in note for note in notes)
    assert [rpe for _, _, rpe in coach.holds()] == [3, 7]


def test_a_sheet_under_another_name_doubles_nothing_and_its_map_can_name_it(coach: Coach) -> None:
    coach.imports("week 1", (1, 60, 5), (2, 30, 3))
    assert coach.imports("week 2", (1, 60, 6), (2, 30, 3), (3, 40, 4)) == []
    assert coach.holds() == [(1, 60, 6), (2, 30, 3), (3, 40, 4)]
    for rows in ([(11, 60, 5), (12, 30, 3), (13, 20, 1)], [(11, 90, 5), (13, 20, 1)]):
        coach.imports(f"weeks {len(rows)}", *rows, told='sheet = "squad"')
    assert [row for row in coach.holds() if row[0] > 10] == [(11, 90, 5), (13, 20, 1)]


rows = st.lists(
    st.tuples(st.integers(2, 4), st.sampled_from([20, 40, 60]), st.sampled_from([None, 3, 7])), max_size=5
)


@settings(max_examples=10, deadline=None)
@given(st.lists(rows, min_size=1, max_size=2), rows)
def test_of_the_days_that_a_sheet_tells_the_last_telling_stands(tmp_path_factory, earlier, last) -> None:
    """Its first and last day tell a session each time, so that all telling is of the same days."""
    ends: list[Row] = [(1, 50, 5), (5, 50, 5)]
    coach = Coach(tmp_path_factory.mktemp("again"))
    coach.imports("other", (3, 100, 5))
    for told in [*earlier, last]:
        coach.imports("sheet", *ends, *told)
    once = Coach(tmp_path_factory.mktemp("once"))
    once.imports("other", (3, 100, 5))
    once.imports("sheet", *ends, *last)
    assert coach.store.read().digest() == once.store.read().digest()


def test_sessions_of_an_older_version_are_taken_over_where_they_are_the_same(coach: Coach) -> None:
    """Their ids were numbers within the day; who told one that no row tells is not known, so it stays."""
    old = pd.DataFrame(
        {
            "activity_id": [f"anna-table-2024050{day}-{n}" for day, n in ((1, 1), (1, 2), (2, 1))],
            "athlete_id": "anna",
            "day": pd.to_datetime(["2024-05-01", "2024-05-01", "2024-05-02"]),
            "sport": "running",
            "duration_s": [3600.0, 1800.0, 2400.0],
            "source": "table",
        }
    )
    coach.store.merge(Cohort.from_tables("store", {"activities": old}))
    notes = coach.imports("a", (1, 60, 5), (1, 30, None), (2, 90, 5))
    assert coach.holds() == [(1, 30, None), (1, 60, 5), (2, 40, None), (2, 90, 5)]
    assert [n for n in notes if "for example on 2024-05-02" in n and "beside others" in n]


def test_the_sheets_name_belongs_to_sessions(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("day,sleep\n2024-05-01,7\n")
    (tmp_path / "d.toml").write_text(
        '[table]\nname = "diary"\nathlete = "me"\ndate_column = "day"\nsheet = "mine"\n[columns.sleep_h]\nsource = "sleep"\nunit = "h"\n'
    )
    with pytest.raises(InputError, match=r"line 5: sheet in \[table\] is for activities \(take it out\)"):
        read_table(tmp_path / "d.csv", tmp_path / "d.toml")
