"""What every reader owes: tables that a cohort takes, and an account of every row that it read; and accounts that are exported as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from heavylegs.data.cohort import Cohort
from heavylegs.data.imports import Imported
from heavylegs.data.readers.fitbit import read_fitbit
from heavylegs.data.readers.garmin_connect import read_garmin_connect
from heavylegs.data.readers.polar import read_polar


def accounted(imported: Imported) -> Cohort:
    """Return the tables as a cohort, each row that was read being kept or left out for a reason."""
    for name, table in imported.report.tables.items():
        assert table.read == table.kept + sum(table.left_out.values()), name
    return Cohort.from_tables(imported.cohort_name, imported.tables)


@dataclass(frozen=True)
class Source:
    """An account that is exported as JSON: its reader, names of two of its files, and what one that tells of a night holds."""

    name: str
    read: Callable[..., Imported]
    first: str
    second: str
    of_night: Callable[[str], object]

    def night(self, day: str) -> bytes:
        """Return a file that tells of eight hours of sleep up to that day."""
        return json.dumps([self.of_night(day)]).encode()


SOURCES = (
    Source(
        "garmin",
        read_garmin_connect,
        "1.json",
        "2.json",
        lambda day: {"dailySleepDTO": {"calendarDate": day, "sleepTimeSeconds": 28_800}},
    ),
    Source(
        "fitbit",
        read_fitbit,
        "sleep-2024-05-01.json",
        "sleep-2024-06-01.json",
        lambda day: {
            "logId": 1, "dateOfSleep": day, "startTime": f"{day}T00:10:00.000", "endTime": f"{day}T08:10:00.000", "minutesAsleep": 480,
        },
    ),
    Source(
        "polar",
        read_polar,
        "sleep_result_1-a.json",
        "sleep_result_2-a.json",
        lambda day: {"night": day, "evaluation": {"asleepDuration": "PT8H"}},
    ),
)  # fmt: skip
