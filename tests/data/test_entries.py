"""What is noted by hand: it joins what was recorded, replaces what was noted, and a slip of the pen leaves nothing behind."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.cohort import Cohort
from heavylegs.data.entry_words import NAMES, parse_entry, parse_scale
from heavylegs.data.errors import InputError
from heavylegs.data.schema import ATHLETES, DIARY, SAID_BY_HAND
from heavylegs.data.store import Store
from heavylegs.serve.cli import main
from hypothesis import given
from hypothesis import strategies as st

from .stores import contents

DAY = "2024-05-01"


def run_of(start: str | None, source: str = "fit", **columns) -> Cohort:
    """Return one recorded run of an hour."""
    row = {
        "activity_id": [source],
        "athlete_id": ["me"],
        "day": [pd.Timestamp(DAY)],
        "start_time": [None if start is None else pd.Timestamp(start, tz="UTC")],
        "sport": ["running"],
        "duration_s": [3600.0],
        "distance_m": [10_000.0],
        "source": [source],
        **{name: [value] for name, value in columns.items()},
    }
    activities = pd.DataFrame(row).astype({"start_time": "datetime64[us, UTC]"})
    return Cohort.from_tables("own", {"activities": activities})


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "me")
    made.merge(run_of(f"{DAY} 06:00", session_rpe=3.0))
    return made


def note(store: Store, *words: str) -> int:
    return main(["note", "--store", str(store.path), "--date", DAY, *words])


def test_a_first_answer_tells_its_scale_and_later_ones_need_not(tmp_path: Path) -> None:
    store = Store(tmp_path / "me")
    assert note(store, "--athlete", "me", "--scale", "5-1", "fatigue=2") == 0
    assert main(["note", "--store", str(store.path), "--date", "2024-05-02", "fatigue=5"]) == 0
    rated = store.read().ratings
    assert rated["fatigue"].tolist() == [7.5, 0.0]
    assert rated["fatigue_native"].tolist() == [2.0, 5.0]


def test_another_scale_than_before_must_be_said_to_be_new(tmp_path: Path, capsys) -> None:
    store = Store(tmp_path / "me")

    def answer(day: int, *words: str) -> int:
        return main(["note", "--store", str(store.path), "--date", f"2024-05-{day:02d}", *words])

    assert answer(1, "--athlete", "me", "--scale", "1-10", "fatigue=2") == 0
    assert answer(2, "--scale", "1-10", "fatigue=2") == 0  # the same again
    before = contents(store.path)
    assert answer(3, "--scale", "10-1", "fatigue=2") == 2
    told = capsys.readouterr().err
    assert "the answers of me so far are on 1 (fresh) to 10 (exhausted) (leave --scale out" in told
    assert contents(store.path) == before
    assert answer(3, "--scale", "10-1", "--new-scale", "fatigue=2") == 0
    assert answer(4, "fatigue=1") == 0
    assert store.read().ratings["fatigue"].round(2).tolist() == [1.11, 1.11, 8.89, 10.0]


def test_values_are_read_with_their_units(store: Store) -> None:
    assert note(store, "sleep_h=7:30", "fluid_ml=2,4 l", "mass_kg=154lb", "illness=no") == 0
    told = store.read().diary.iloc[0]
    assert told[["sleep_h", "fluid_ml", "mass_kg", "illness"]].tolist() == [
        7.5,
        2400.0,
        pytest.approx(69.85, abs=0.01),
        0.0,
    ]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("sleep_h=7,5", 7.5),
        ("mass_kg=70,125", 70.125),  # nobody weighs 70 tons
        ("mass_kg=70.125", 70.125),
        ("fluid_ml=2,4 l", 2400.0),
        ("fluid_ml=2,400.5", 2400.5),
        ("fluid_ml=2.400,5", 2400.5),
        ("fluid_ml=2 400", 2400.0),
        ("fluid_ml=2.4000", 2.4),
        ("birth_year=1,985", 1985.0),  # nor was anybody born in the year 2
    ],
)
def test_either_decimal_sign_is_read_where_it_leaves_no_doubt(written, value):
    assert parse_entry(written)[1] == pytest.approx(value)


@pytest.mark.parametrize(
    ("written", "mend"),
    [
        ("fluid_ml=2,400", "write fluid_ml=2400 or fluid_ml=2.4"),
        ("fluid_ml=2.400", "write fluid_ml=2400 or fluid_ml=2.4"),
        ("fluid_ml=30,000", "write fluid_ml=30000 or fluid_ml=30"),  # too much, but no reason for 30 mL
        (
            "energy_intake_kcal=2,850 kcal",
            "write energy_intake_kcal=2850 kcal or energy_intake_kcal=2.85 kcal",
        ),
        ("steps=12,345", "write steps=12345 or steps=12.3450"),
        ("fatigue=1,000", "write fatigue=1000 or fatigue=1"),
    ],
)
def test_a_comma_or_point_that_may_part_thousands_or_decimals_is_asked(written, mend):
    with pytest.raises(InputError) as refused:
        parse_entry(written)
    assert str(refused.value).endswith(f"may be thousands or decimals ({mend})")


@given(whole=st.integers(1, 299), part=st.integers(0, 999), sign=st.sampled_from(",."))
def test_what_is_asked_is_read_as_either_mend_says(whole: int, part: int, sign: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_entry(f"steps={whole}{sign}{part:03d}")
    mends = str(refused.value.mend).removeprefix("write ").split(" or ")
    assert [parse_entry(m)[1] for m in mends] == [1000 * whole + part, pytest.approx(whole + part / 1000)]


def test_what_is_always_so_of_a_person_is_told_once(store: Store, capsys) -> None:
    assert note(store, "sex=f", "hr_max_bpm=188", "threshold_speed_mps=5:00 min/km", "sleep_need_h=8:30") == 0
    assert "hr_max_bpm (always)" in capsys.readouterr().out
    known = store.read().athletes.iloc[0]
    assert known[["sex", "hr_max_bpm", "sleep_need_h"]].tolist() == ["female", 188.0, 8.5]
    assert known["threshold_speed_mps"] == pytest.approx(1000 / 300)
    assert main(["note", "--store", str(store.path), "--date", "2024-05-09", "hr_max_bpm=190"]) == 0
    assert "yes, it was 188" in capsys.readouterr().out
    assert store.read().diary.empty  # nothing of it is of a day


def test_what_is_said_of_a_recorded_run_wins_over_the_recording_and_all_else_is_the_recordings(
    store: Store,
) -> None:
    assert note(store, "session_rpe=7", "fluid_during_ml=500") == 0
    assert note(store, "session_rpe=8") == 0  # and what was noted of it before stays
    run = store.read().activities
    assert run[["activity_id", "source"]].to_numpy().tolist() == [["fit", "fit+note"]]
    assert run[["session_rpe", "fluid_during_ml", "distance_m"]].to_numpy().tolist() == [
        [8.0, 500.0, 10_000.0]
    ]


def test_a_note_stays_with_its_run_whatever_recording_comes_later(store: Store) -> None:
    note(store, "session_rpe=7")
    store.merge(run_of(f"{DAY} 06:01", "tcx", hr_mean_bpm=150.0, ascent_m=20.0, session_rpe=2.0))
    assert note(store, "session_rpe=8") == 0
    run = store.read().activities
    assert run[["session_rpe", "hr_mean_bpm"]].to_numpy().tolist() == [[8.0, 150.0]]
    store.merge(run_of(f"{DAY} 06:00", session_rpe=3.0))
    assert store.read().activities["session_rpe"].tolist() == [8.0]


def test_a_run_told_by_hand_becomes_the_recording_that_comes_later(tmp_path: Path) -> None:
    store = Store(tmp_path / "me")
    note(store, "--athlete", "me", "--run", "10 km in 1:02 at 4")
    note(store, "--run", "10 km in 1:01 at 4", "session_rpe=5")  # told again, it takes the place of the first
    assert store.read().activities[["duration_s", "session_rpe"]].to_numpy().tolist() == [[3660.0, 5.0]]
    store.merge(run_of(f"{DAY} 06:00"))
    run = store.read().activities
    assert run[["activity_id", "duration_s", "session_rpe"]].to_numpy().tolist() == [["fit", 3600.0, 5.0]]


def test_how_hard_a_run_was_need_not_be_known(tmp_path: Path) -> None:
    store = Store(tmp_path / "me")
    assert note(store, "--athlete", "me", "--run", "10 km at 6:00/km") == 0
    run = store.read().activities.iloc[0]
    assert (run["duration_s"], run["distance_m"], np.isnan(run["session_rpe"])) == (3600, 10_000, True)


def test_notes_are_taken_out_like_all_else(store: Store) -> None:
    note(store, "sleep_h=7")
    main(["forget", "--store", str(store.path), "--athlete", "me", "--day", DAY, "--value", "sleep_h"])
    assert store.read().diary.empty


def test_the_command_shows_what_was_noted_and_what_it_replaced(store: Store, capsys) -> None:
    note(store, "sleep_h=7")
    capsys.readouterr()
    note(store, "sleep_h=8", "stress_score=2", "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["noted"], told["values"]) == (
        ["sleep_h", "stress_score"],
        {"sleep_h": 8.0, "stress_score": 2.0},
    )
    note(store, "sleep_h=6")
    assert "it was 8" in capsys.readouterr().out
    note(store)  # shows the day, and changes nothing
    assert "sleep_h" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["fatigue=4"], "nobody told on which scale (tell it once: --scale FRESH-EXHAUSTED"),
        (["--scale", "1-10", "fatigue=11"], "fatigue=11 lies outside the scale, 1 (fresh) to 10 (exhausted)"),
        (["--new-scale", "fatigue=4"], "--new-scale does not tell which (add --scale FRESH-EXHAUSTED)"),
        (["--scale", "tired", "fatigue=4"], "--scale 'tired' is no scale"),
        (["--scale", "1-10", "sleep_h=7"], "--scale is that of fatigue, which is not noted"),
        (["sleep_h=7", "slep_h=7"], "nothing is called 'slep_h' (the nearest is 'sleep_h'"),
        (["sleep_h=7", "sleep_h=8"], "sleep_h is told twice"),
        (["sleep_h=7", "fluid_ml=2,400"], "'2,400' may be thousands or decimals (write fluid_ml=2400 or"),
        (["sleep_h=70"], "70 is impossible (write sleep_h= and a number from 0 to 24 h)"),
        (["sleep_h=long"], "'long' is no value"),
        (["--scale", "1-10", "fatigue=4=5"], "'4=5' is no value"),
        (["illness=perhaps"], "write illness=yes or illness=no"),
        (["sex=x"], "write sex=female or sex=male"),
        (["sleep_h"], "'sleep_h' notes nothing"),
        (
            ["--activity", "fix", "session_rpe=4"],
            "no activity 'fix' of me on 2024-05-01 (the nearest is 'fit')",
        ),
        (["--athlete", "mee", "sleep_h=7"], "holds no athlete 'mee' (the nearest is 'me'; --new"),
        (["--run", "10 km in 1:00 at 4, 25 C"], "the weather of a session without its hour is not kept"),
        (["--run", "10 km"], "it does not tell how long it lasts"),
        (["--run", "1 h at 4", "--run", "2 h at 4", "fluid_during_ml=500"], "2 sessions are told"),
        (["--activity", "fit", "--run", "1 h at 4"], "--activity is a session of the store"),
    ],
)
def test_a_slip_of_the_pen_is_told_in_a_line_and_nothing_is_kept(
    store: Store, words, message, capsys
) -> None:
    before = contents(store.path)
    assert note(store, *words) == 2
    told = capsys.readouterr().err
    assert message in told
    assert told.count("\n") == 1
    assert contents(store.path) == before


def test_of_two_runs_a_day_the_one_that_is_meant_is_asked(store: Store, capsys) -> None:
    store.merge(run_of(f"{DAY} 17:00", "evening"))
    assert note(store, "session_rpe=6") == 2
    assert "has 2 sessions (tell which with --activity: evening, fit)" in capsys.readouterr().err
    assert note(store, "--activity", "evening", "session_rpe=6") == 0
    assert dict(store.read().activities[["activity_id", "session_rpe"]].to_numpy()) == {
        "fit": 3.0,
        "evening": 6.0,
    }


def test_of_a_session_that_cannot_be_told_from_others_nothing_is_said(tmp_path: Path, capsys) -> None:
    store = Store(tmp_path / "me")
    store.merge(run_of(None, "table", duration_s=None))
    assert note(store, "session_rpe=6") == 2
    assert "neither a start nor a sport and a length" in capsys.readouterr().err
    store.merge(run_of(None, "table"))
    assert note(store, "session_rpe=6") == 0
    assert store.read().activities[["activity_id", "session_rpe"]].to_numpy().tolist() == [["table", 6.0]]


def test_nobody_notes_a_day_to_come(store: Store, capsys) -> None:
    assert main(["note", "--store", str(store.path), "--date", "2999-01-01", "sleep_h=7"]) == 2
    assert "lies in the future" in capsys.readouterr().err


def test_everything_that_a_diary_holds_can_be_noted_and_what_is_always_so_of_a_person() -> None:
    numbers = {c.name for table in (DIARY, ATHLETES) for c in table.columns if c.kind == "number"}
    assert set(NAMES) == numbers | set(SAID_BY_HAND) | {"fatigue", "sex"}


@given(fresh=st.integers(0, 100), exhausted=st.integers(0, 100))
def test_a_scale_runs_from_fresh_to_exhausted(fresh: int, exhausted: int) -> None:
    if fresh != exhausted:
        scale = parse_scale(f"{fresh}-{exhausted}")
        assert scale.to_canonical(np.array([fresh, exhausted])).tolist() == [0.0, 10.0]
