"""How the files of Polar Flow's account export are named, and what tells that their content is Polar's."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from .polar_sessions import is_polar_session

_FAMILY = re.compile(
    r"(?:[0-9a-f]{16}-)?"  # as in quarantine
    r"(?:(training-session)[-_]\d{4}|(activity)-\d{4}-\d\d-\d\d|(sleep_result|sleep_score|nightly_recovery(?:_blob)?)_"
    r"|(247ohr|ppi_samples)_|(generic-period)|(calendar-items|account-data|account-profile|products-devices)-"
    r"|(sport-profiles|planned-route|favourite-targets|fitness-test-results|orthostatic-test-result|training-target)s?[-_]"
    r"|(programs)-)"
)
SESSION = "training-session"
NOT_READ = {
    "247ohr": "heart rates of the whole day",
    "ppi_samples": "beat-to-beat intervals",
    "generic-period": "samples of single sensors",
    "nightly_recovery_blob": "samples of nights that tell no date",
    "account-profile": "the account's profile",
    "products-devices": "devices",
    "sport-profiles": "settings of sports",
    "planned-route": "planned routes",
    "favourite-targets": "planned sessions",
    "training-target": "planned sessions",
    "programs": "training programmes",
    "fitness-test-results": "tests of fitness",
    "orthostatic-test-result": "tests of fitness",
}
"""Families that are not opened, some of which are over 100 MB, and what they hold: no day's value that is stored."""
_SIGNS = (
    (b'"hypnogram"',),
    (b'"asleepDuration"', b'"night"'),
    (b'"sleepScoreResult"',),
    (b'"meanNightlyRecoveryRri"',),
    (b'"meanNightlyRecoveryRmssd"',),
    (b'"physicalInformations"',),
    (b'"stepCount"', b'"date"'),
    (b'"exportVersion"',),
    (b'"deviceDays"',),
)


def family_of(name: str) -> str | None:
    """Return to which family a file of Polar's belongs by its name, None where that is no name of theirs.

    >>> family_of("user/training-session_2026-01-04T06-15-00_42-1111.json"), family_of("activity-2026-01-01-1.json")
    ('training-session', 'activity')
    >>> family_of("activity_12.json"), family_of("sleep_result_42-1111.csv")
    (None, None)
    """
    base = PurePosixPath(name.replace("\\", "/")).name.lower()
    found = _FAMILY.match(base) if base.removesuffix(".gz").endswith(".json") else None
    return next(family for family in found.groups() if family) if found else None


def is_session_name(name: str) -> bool:
    """Return whether a file is a training session by its name."""
    return family_of(name) == SESSION


def may_be_an_activity(name: str) -> bool:
    """Return whether a file is worth opening where activities are looked for."""
    return family_of(name) not in NOT_READ


def is_polar(head: bytes) -> bool:
    """Return whether the beginning of a JSON document is one of Polar's."""
    return is_polar_session(head) or any(all(sign in head for sign in signs) for signs in _SIGNS)
