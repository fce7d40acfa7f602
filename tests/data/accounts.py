"""What every reader owes: tables that a cohort takes, and an account of every row that it read."""

from __future__ import annotations

from heavylegs.data.cohort import Cohort
from heavylegs.data.imports import Imported


def accounted(imported: Imported) -> Cohort:
    """Return the tables as a cohort, each row that was read being kept or left out for a reason."""
    for name, table in imported.report.tables.items():
        assert table.read == table.kept + sum(table.left_out.values()), name
    return Cohort.from_tables(imported.cohort_name, imported.tables)
