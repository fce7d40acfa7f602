"""The Lovdal runners: windows unrolled into days, each once, recovery turned round.

The file is synthetic, with the headings that the data set's documentation gives.
"""

from __future__ import annotations

import pandas as pd
import pytest
from heavylegs.data.errors import InputError
from heavylegs.data.readers.lovdal import FILE, ORIGIN, read_lovdal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .accounts import accounted

MEASURES = [
    "nr. sessions",
    "total km",
    "km Z3-4",
    "km Z5-T1-T2",
    "km sprinting",
    "strength training",
    "hours alternative",
    "perceived exertion",
    "perceived trainingSuccess",
    "perceived recovery",
]
REST = [0, 0, 0, 0, 0, 0, 0, -0.01, -0.01, -0.01]


def day(sessions=1.0, km=10.0, strength=0.0, hours=0.0, exertion=0.4, success=0.6, recovery=0.25):
    return [sessions, km, 0, 0, 0, strength, hours, exertion, success, recovery]


def write(folder, life, events, name=FILE):
    """Write the windows of `events` (athlete, date, injury), whose days `life` tells by (athlete, date)."""
    headings = [m + (f".{k}" if k else "") for k in range(7) for m in MEASURES]
    lines = [",".join([*headings, "Athlete ID", "injury", "Date"])]
    for athlete, date, injury in events:
        cells = [v for k in range(7) for v in life.get((athlete, date - 7 + k), REST)]
        lines.append(",".join(str(v) for v in [*cells, athlete, injury, date]))
    (folder / name).write_text("\n".join(lines) + "\n")
    return folder


def read(folder):
    imported = read_lovdal(folder)
    return accounted(imported), imported.report


def on(number):
    return ORIGIN + pd.Timedelta(days=number)


def test_suffix_6_is_the_day_before_the_event_and_none_is_seven_days_before(tmp_path):
    life = {(3, 13): day(km=5.0), (3, 19): day(km=12.0)}
    cohort, _ = read(write(tmp_path, life, [(3, 20, 1)]))
    runs = cohort.activities.set_index("day")["distance_m"]
    assert runs.to_dict() == {on(13): 5000.0, on(19): 12000.0}
    diary = cohort.diary.set_index("day")
    assert diary.index.tolist() == [on(n) for n in range(13, 21)]
    assert diary["training_logged"].fillna(-1).tolist() == [1.0] * 7 + [-1.0]
    assert diary["injury"].fillna(-1).tolist() == [-1.0] * 7 + [1.0]


def test_recovery_is_an_inverted_rating_and_rest_days_have_none(tmp_path):
    life = {(0, 10): day(recovery=1.0), (0, 11): day(recovery=0.25), (0, 12): day(0, 0)[:7] + REST[7:]}
    cohort, report = read(write(tmp_path, life, [(0, 13, 0)]))
    assert cohort.ratings["fatigue"].tolist() == [0.0, 7.5]
    assert cohort.ratings["day"].tolist() == [on(10), on(11)]
    assert (cohort.scale().minimum, cohort.scale().maximum, cohort.scale().direction) == (0, 1, -1)
    assert cohort.activities["session_rpe"].tolist() == pytest.approx([4.0, 4.0])
    assert report.tables["ratings"].left_out == {"a rest day, or recovery not answered": 5}


def test_a_day_in_many_windows_counts_once_and_a_contradicted_one_not_at_all(tmp_path):
    life = {(1, d): day(km=float(d)) for d in range(3, 20)}
    folder = write(tmp_path, life, [(1, d, 0) for d in range(10, 21)])
    cohort, report = read(folder)
    assert cohort.activities.sort_values("day")["distance_m"].tolist() == [1000.0 * d for d in range(3, 20)]
    assert report.tables["diary"].left_out == {"the same day in another window": 77 - 17}
    text = (folder / FILE).read_text().replace("\n1.0,8.0,", "\n1.0,8.5,", 1)  # one window's oldest day
    (folder / FILE).write_text(text)
    cohort, report = read(folder)
    assert on(8) not in set(cohort.activities["day"])
    assert report.tables["diary"].left_out["windows tell the same day differently"] == 1
    assert report.tables["diary"].examples["windows tell the same day differently"] == "athlete 1, day 8"


def test_strength_and_other_sports_are_activities_of_their_own(tmp_path):
    life = {(2, 1): day(3, 8, 1, 1.5), (2, 2): day(1, 0, 0, 2.0), (2, 3): day(1, 0, 1), (2, 4): day(1, 0)}
    cohort, _ = read(write(tmp_path, life, [(2, 7, 0)]))
    got = cohort.activities.sort_values(["day", "sport"]).set_index("activity_id")
    assert got["session_rpe"].dropna().index.tolist() == [
        "lovdal-2-1-running",
        "lovdal-2-2-other",
        "lovdal-2-3-strength",
        "lovdal-2-4-other",
    ]
    assert got["duration_s"].to_dict()["lovdal-2-2-other"] == 7200.0
    assert got["sport"].tolist() == ["other", "running", "strength", "other", "strength", "other"]


def test_forms_that_were_not_filled_in_are_no_ratings(tmp_path):
    life = {(4, d): day(exertion=0, success=0, recovery=0) for d in (1, 2)}
    life |= {(4, 3): day(recovery=0), (4, 4): day()}
    cohort, report = read(write(tmp_path, life, [(4, 7, 0)]))
    assert cohort.ratings["day"].tolist() == [on(4)]
    assert report.notes[0].startswith("2 days with 0 for exertion, success and recovery")
    assert report.notes[1].startswith("1 recovery of 0 taken as not answered (1 person")


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sets(st.tuples(st.integers(0, 2), st.integers(7, 40)), min_size=1), st.randoms(use_true_random=False)
)
def test_unrolling_gives_back_every_day_of_a_life_that_windows_cover(tmp_path, events, random):
    life = {
        (a, d): day(km=random.randint(1, 300) / 10)
        for a in range(3)
        for d in range(41)
        if random.random() < 0.7
    }
    cohort, _ = read(write(tmp_path, life, [(a, d, 0) for a, d in sorted(events)]))
    covered = {(a, d - n) for a, d in events for n in range(1, 8)}
    got = {
        (int(who.removeprefix("lovdal-")), (when - ORIGIN).days): km / 1000
        for who, when, km in cohort.activities[["athlete_id", "day", "distance_m"]].itertuples(index=False)
    }
    assert got == pytest.approx({key: life[key][1] for key in covered & life.keys()})


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("perceived recovery.6", "perceived recovry.6", "line 1: column 'perceived recovery.6' is missing"),
        ("\n1.0,10.0", "\n1.0,ten", "line 2: total km 'ten' is not a number"),
        (",3,0,20", ",x,0,20", "line 2: Athlete ID 'x' is not a number"),
        (",3,0,20", ",3,0,20.5", "line 2: Date '20.5' is no whole number"),
    ],
)
def test_a_file_that_is_not_as_documented_is_told_off(tmp_path, old, new, message):
    write(tmp_path, {(3, d): day() for d in range(13, 20)}, [(3, 20, 0)])
    file = tmp_path / FILE
    file.write_text(file.read_text().replace(old, new))
    with pytest.raises(InputError, match=message):
        read_lovdal(tmp_path)


def test_a_folder_without_the_file_is_told_off(tmp_path):
    with pytest.raises(InputError, match=f"give the folder that holds {FILE}"):
        read_lovdal(tmp_path)
