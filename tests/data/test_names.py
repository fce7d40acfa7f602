"""Names that are not known: the nearest is the one most likely meant."""

from __future__ import annotations

import pytest
from heavylegs.data.names import edit_distance, nearest, nearest_text
from hypothesis import given
from hypothesis import strategies as st

RUNNERS = [f"sim-{n:04d}" for n in range(1, 41)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("sim-001", "sim-0001"),
        ("sim-1", "sim-0001"),
        ("SIM-0012", "sim-0012"),
        ("sim-00", "sim-0001"),
        ("0007", "sim-0007"),
        ("sin-0030", "sim-0030"),
        ("sim-0030 ", "sim-0030"),
        ("anna", None),
    ],
)
def test_the_nearest_runner(written, meant):
    assert nearest(written, RUNNERS) == meant


def test_a_name_that_is_near_to_none_hears_some_that_are_known():
    assert nearest_text("anna", RUNNERS, "it holds nobody").endswith("'sim-0004' and 36 more")
    assert nearest_text("anna", [], "it holds nobody") == "it holds nobody"


WORDS = st.text("ab01 ", max_size=6)


@given(WORDS, WORDS, WORDS)
def test_edit_distance_is_a_distance(a, b, c):
    assert edit_distance(a, b) == edit_distance(b, a)
    assert (edit_distance(a, b) == 0) == (a == b)
    assert edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c)


@given(
    st.lists(st.text("abc", min_size=3, max_size=5), min_size=1, unique=True),
    st.text("abc", min_size=3, max_size=5),
)
def test_no_other_name_that_neither_begins_with_it_nor_holds_it_is_nearer(known, written):
    found = nearest(written, known)
    if found is not None and written not in found:
        assert edit_distance(written, found) == min(edit_distance(written, k) for k in known)
    else:
        assert found is not None or all(edit_distance(written, k) > (len(written) + 1) // 2 for k in known)
