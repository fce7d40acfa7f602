"""Mutated, cut and bit-flipped files: recordings that make sound tables, or InputError, and nothing else.

HEAVYLEGS_MUTATIONS sets how many are tried altogether.
"""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from heavylegs.data.cohort import Cohort
from heavylegs.data.errors import InputError
from heavylegs.data.readers.activity_files import Outcome, iter_recordings, read_activity_file
from heavylegs.data.readers.fit_walk import fit_file
from heavylegs.data.recording import Recording, to_tables
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

TOTAL = int(os.environ.get("HEAVYLEGS_MUTATIONS", "200"))
LARGEST = 100_000  # bytes: larger files take the same paths, only longer

Mutation = tuple[str, float, bytes]
mutations = st.lists(
    st.tuples(
        st.sampled_from(["flip", "set", "set early", "insert", "delete", "cut", "double"]),
        st.floats(0, 1, exclude_max=True),
        st.binary(min_size=1, max_size=4),
    ),
    min_size=1,
    max_size=6,
)


def mutated(data: bytes, changes: list[Mutation]) -> bytes:
    out = bytearray(data)
    for kind, place, new in changes:
        if not out:
            break
        at = int(place * (min(len(out), 1000) if kind == "set early" else len(out)))
        if kind == "flip":
            out[at] ^= 1 << (new[0] % 8)
        elif kind in ("set", "set early"):
            out[at : at + len(new)] = new
        elif kind == "insert":
            out[at:at] = new
        elif kind == "delete":
            del out[at : at + new[0]]
        elif kind == "cut":
            del out[max(at, 1) :]
        else:
            out[at:at] = out[at : at + 50 * new[0]]
    return bytes(out)


def odd_values(data: bytes, changes: list[Mutation]) -> bytes:
    """Sound XML with odd numbers and times: only bytes of texts and values change."""
    out = bytearray(data)
    for _, place, new in changes:
        at = next((i for i in range(int(place * len(out)), len(out)) if chr(out[i]).isdigit()), None)
        if at is not None:
            out[at : at + 1] = bytes(b"0123456789.-:TZe+ "[byte % 18] for byte in new)
    return bytes(out)


def mended(data: bytes) -> bytes:
    """The same FIT file with size and checksums that fit it, so that the strict pass takes its contents."""
    if len(data) < 16:
        return data
    return fit_file(data[14:-2])


@cache
def samples(files: Path, pattern: str) -> list[bytes]:
    every = [p.read_bytes() for p in sorted(files.glob(pattern))]
    return [data for data in every if len(data) <= LARGEST]


def examine(data: bytes, name: str) -> None:
    try:
        recordings = read_activity_file(data, name)
    except InputError as error:
        reason = str(error)
    else:
        sound(recordings)
        return
    assert reason.startswith(name)
    assert "\n" not in reason


def sound(recordings: list[Recording]) -> None:
    assert recordings
    Cohort.from_tables("own", to_tables(recordings, "anna", "Pacific/Apia", keep_location=True))


@pytest.fixture
def tried(real_data: Path, capfd: pytest.CaptureFixture[str]):
    """Return a function that runs a fifth of the mutations, quietly and each within five seconds."""

    def run(
        pattern: str,
        examine_one: Callable[[bytes], None],
        change: Callable[[bytes, list[Mutation]], bytes] = mutated,
    ) -> None:
        originals = samples(real_data / "activity_files", pattern)

        @settings(
            max_examples=max(TOTAL // 5, 1),
            deadline=timedelta(seconds=5),
            suppress_health_check=list(HealthCheck),
            database=None,
        )
        @given(st.sampled_from(range(len(originals))), mutations)
        def examine_mutated(number: int, changes: list[Mutation]) -> None:
            examine_one(change(originals[number], changes))

        examine_mutated()
        printed = capfd.readouterr()
        assert (printed.out, printed.err) == ("", ""), "a native reader printed its panic"

    return run


def test_damaged_fit_files(tried: Callable[..., None]):
    tried("fit_*/*.fit", lambda data: examine(data, "run.fit"))


def test_fit_files_whose_checksum_fits_their_damage(tried: Callable[..., None]):
    tried("fit_*/*.fit", lambda data: examine(mended(data), "run.fit"))


def test_damaged_xml(tried: Callable[..., None]):
    tried("[gt][pc]x/*", lambda data: examine(data, "run.gpx"))


def test_xml_with_odd_values(tried: Callable[..., None]):
    tried("[gt][pc]x/*", lambda data: examine(data, "run.gpx"), odd_values)


def test_damaged_archives(tried: Callable[..., None], tmp_path: Path):
    def packed(data: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.fit", data[:5000])
            archive.writestr("b.gpx.gz", gzip.compress(data[:5000]))
        return out.getvalue()

    def examine_packed(data: bytes) -> None:
        # The mutated file decides by its own bytes where the archive around it is hurt.
        archive = packed(data)
        hurt = mutated(archive, [("set", (sum(data) % 997) / 997, data[-4:] or b"x"), ("cut", 0.999, b"x")])
        for content in (archive, hurt):
            (tmp_path / "export.zip").write_bytes(content)
            for outcome in iter_recordings([tmp_path / "export.zip"]):
                assert isinstance(outcome, Outcome)
                if isinstance(outcome.result, list):
                    sound(outcome.result)
                else:
                    assert isinstance(outcome.result, InputError)

    tried("*/*.*", examine_packed)
