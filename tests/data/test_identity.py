"""Identity: what was recorded twice is one activity, whatever came in first."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.cohort import Cohort
from heavylegs.data.identity import find_leaders, join, notes_on
from heavylegs.data.schema import DETECTED
from heavylegs.data.store import Store
from hypothesis import given, settings
from hypothesis import strategies as st

START = pd.Timestamp("2024-05-01 06:00", tz="UTC")


def run(name: str, minute: float = 0.0, who: str = "anna", **values: object) -> dict[str, object]:
    start = START + pd.Timedelta(minutes=minute)
    row = {"activity_id": name, "athlete_id": who, "day": start.tz_localize(None).normalize()}
    source = name.split("-")[0]
    return (
        row
        | {
            "start_time": start,
            "sport": "running",
            "duration_s": 3600.0,
            "distance_m": 10_000.0,
            "source": source,
        }
        | values
    )


def samples(name: str, who: str = "anna", **columns: Iterable[float]) -> pd.DataFrame:
    frame = pd.DataFrame(columns)
    frame["elapsed_s"] = np.arange(len(frame), dtype=float)
    return frame.assign(activity_id=name, athlete_id=who)


def cohort(
    rows: list[dict[str, object]], records: list[pd.DataFrame] | None = None, **more: object
) -> Cohort:
    activities = pd.DataFrame(rows)
    activities["start_time"] = pd.to_datetime(activities["start_time"], utc=True)
    tables = {"activities": activities, **more}
    if records:
        tables["records"] = pd.concat(records)
    return Cohort.from_tables("own", tables)


def joined(*rows: dict[str, object], records: list[pd.DataFrame] | None = None):
    both = cohort(list(rows), records)
    leaders = find_leaders(both.activities, both.records)
    return *join(both.activities, both.records, leaders), notes_on(both.activities, leaders)


@pytest.mark.parametrize(
    ("other", "one"),
    [
        (run("strava-1", 1.5), True),
        (run("strava-1", 1.5, distance_m=10_900.0, duration_s=3_500.0), True),
        (run("strava-1", 1.5, sport="other", duration_s=np.nan, distance_m=np.nan), True),
        (run("strava-1", 8.0, duration_s=3_000.0), True),  # switched on late, stopped together
        (run("strava-1", 0.0, duration_s=4_800.0, moving_time_s=3_600.0), True),  # elapsed against moving
        (run("strava-1", 20.0, duration_s=1_000.0, moving_time_s=3_600.0, distance_m=np.nan), False),
        (run("strava-1", 1.5, who="bert"), False),
        (run("strava-1", 1.5, sport="cycling"), False),
        (run("strava-1", 1.5, distance_m=5_000.0), False),
        (run("strava-1", 1.5, duration_s=1_200.0), False),
        (run("strava-1", 30.0), False),
        (
            run("strava-1", 0.0, duration_s=1_200.0, distance_m=3_000.0),
            False,
        ),  # a list of sessions is not cut off
        (
            run("fit-9", 0.0, duration_s=1_200.0, distance_m=3_000.0, sport="other", source="fit"),
            True,
        ),  # cut off
        (run("fit-9", 0.5, duration_s=1_200.0, distance_m=3_000.0, sport="other", source="fit"), False),
        (run("diary-1", 0.0, start_time=pd.NaT, duration_s=3_700.0, distance_m=9_900.0), True),
        (run("diary-1", 0.0, start_time=pd.NaT, distance_m=np.nan), True),
        (run("diary-1", 0.0, start_time=pd.NaT, duration_s=np.nan), False),
        (run("diary-1", 0.0, start_time=pd.NaT, distance_m=8_500.0), False),
        (run("diary-1", 0.0, start_time=pd.NaT, sport="other"), False),
        (run("diary-1", 1440.0, start_time=pd.NaT), False),
        (run("fit-2", 0.0, start_time=pd.NaT), False),  # one source does not tell of a run twice
    ],
)
def test_the_clock_the_sport_and_the_size_decide(other, one):
    kept, _, notes = joined(run("fit-1"), other)
    assert len(kept) == (1 if one else 2)
    assert bool(notes) is one


def test_the_most_samples_win_before_the_most_columns():
    rows = run("fit-1", ascent_m=50.0, hr_mean_bpm=150.0), run("gpx-2", 0.5)
    activities, records, _ = joined(
        *rows, records=[samples("fit-1", hr_bpm=[140.0] * 5), samples("gpx-2", hr_bpm=[141.0] * 9)]
    )
    assert activities["activity_id"].tolist() == ["gpx-2"]
    assert activities["ascent_m"].tolist() == [50.0]
    assert records["hr_bpm"].tolist() == [141.0] * 9


def noticed(minute: float = 0.0, minutes: float = 60.0, **values: object) -> dict[str, object]:
    """Return a walk that a watch noticed by itself, with a heart rate."""
    told = {"sport": "walking", "duration_s": 60 * minutes, "hr_mean_bpm": 90.0, "source": DETECTED}
    return run("walk-1", minute, **(told | {"distance_m": np.nan} | values))


@pytest.mark.parametrize(
    ("walk", "one"),
    [
        (noticed(), True),
        (noticed(-15, 80), True),  # to the start, the run, and home
        (noticed(20, 15), True),  # a part of it, when the pace was low
        (noticed(45, 29), True),
        (noticed(45, 31), False),  # most of it was after the run
        (noticed(-90, 160), False),  # a day out with a run in it
        (noticed(20, 15, who="bert"), False),
        (noticed(20, 15, source="strava"), False),  # begun by hand
    ],
)
def test_a_walk_that_a_watch_noticed_by_itself_gives_way_to_what_was_recorded(walk, one):
    kept, _, _ = joined(run("strava-1"), walk)
    assert len(kept) == (1 if one else 2)
    if one:
        assert kept[["sport", "duration_s", "source"]].to_numpy().tolist() == [
            ["running", 3600.0, f"strava+{DETECTED}"]
        ]
        assert kept["hr_mean_bpm"].isna().all(), "the heart rate of a walk is not that of the run"


def test_a_walk_noticed_and_recorded_is_one_that_has_the_values_of_both():
    kept, _, _ = joined(run("strava-1", sport="walking"), noticed(1))
    assert kept[["activity_id", "hr_mean_bpm"]].to_numpy().tolist() == [["strava-1", 90.0]]


def test_two_runs_of_a_day_in_a_diary_are_the_two_of_the_watch():
    there, back = run("fit-1"), run("fit-2", 600.0, duration_s=3_500.0)
    noted = [
        run("diary-1", start_time=pd.NaT),
        run("diary-2", start_time=pd.NaT, duration_s=3_480.0, session_rpe=6.0),
    ]
    kept, _, _ = joined(there, back, *noted)
    assert kept["source"].tolist() == ["fit+diary", "fit+diary"]
    assert kept["session_rpe"].fillna(0).tolist() == [0.0, 6.0]
    kept, _, _ = joined(there, *noted)
    assert sorted(kept["source"]) == ["diary", "fit+diary"], "the one that the watch missed stays"


def test_the_richer_record_stays_and_takes_what_it_lacks_from_the_other():
    watch = run("watch-1", hr_mean_bpm=150.0, source="garmin")
    phone = run("phone-1", 0.05, session_rpe=7.0, distance_m=9_900.0, sport="other", source="strava")
    kept, records, notes = joined(
        watch,
        phone,
        records=[
            samples("watch-1", hr_bpm=[150, 151, 152, 153, 154], cadence_spm=[170] * 5),
            samples("phone-1", temperature_c=[20.0, 21.0], speed_mps=[9.0, 9.0]),
        ],
    )
    assert kept.iloc[0][["activity_id", "sport", "source"]].tolist() == [
        "watch-1",
        "running",
        "garmin+strava",
    ]
    assert kept.iloc[0][["hr_mean_bpm", "session_rpe", "distance_m"]].tolist() == [150.0, 7.0, 10_000.0]
    assert records["hr_bpm"].tolist() == [150, 151, 152, 153, 154]
    # The phone started 3 s later: its samples stand at 3 and 4 s, and reach a second to either side.
    assert records["temperature_c"].fillna(-1).tolist() == [-1, -1, 20, 20, 21]
    assert records["speed_mps"].isna().all()  # never the other device's pace on this one's track
    assert notes == [
        "1 activity recorded by garmin and again by strava kept once, the richer record (for example on 2024-05-01)"
    ]


def test_a_row_of_runs_is_not_chained_into_one():
    laps = [run(f"fit-{i}", i * 7) for i in range(5)]
    kept, _, _ = joined(*laps)
    assert kept["activity_id"].tolist() == ["fit-0", "fit-2", "fit-4"]


def test_a_sport_not_told_joins_one_neighbour_and_not_two_that_disagree():
    kept, _, _ = joined(
        run("a", sport="other", hr_mean_bpm=150.0, cadence_mean_spm=170.0),
        run("b", 1, hr_mean_bpm=150.0),
        run("c", 1, sport="cycling"),
    )
    assert sorted(kept["sport"]) == ["cycling", "running"]


# -- through the store -----------------------------------------------------------------------------


@functools.cache
def parts() -> list[Cohort]:
    """Pieces of one life, of several sources, that contradict each other nowhere."""
    day = pd.Timestamp("2024-05-01")

    def diary(who: str, **values: object) -> pd.DataFrame:
        return pd.DataFrame({"athlete_id": [who], "day": day, **{k: [v] for k, v in values.items()}})

    return [
        cohort([run("fit-1", hr_mean_bpm=150.0)], [samples("fit-1", hr_bpm=[150, 151])]),
        cohort([run("strava-1", 1, session_rpe=6.0)], diary=diary("anna", sleep_h=7.0, source="garmin")),
        cohort([run("gpx-1", 1.5), noticed(20, 15)], [samples("gpx-1", altitude_m=[5.0])]),
        cohort([run("fit-2", 1440 * 40), run("gpx-2", 1440 * 40 + 1)]),
        cohort([run(f"diary-{n}", start_time=pd.NaT, distance_m=9_500.0 + 200 * n) for n in range(2)]),
        cohort([run("x", who="bert")], diary=diary("anna", fluid_ml=2_000.0, source="app")),
        cohort(
            [run("y", 1, who="bert")], athletes=pd.DataFrame({"athlete_id": ["bert"], "group_id": "club"})
        ),
        cohort(
            [run("z", 1, who="cleo")], athletes=pd.DataFrame({"athlete_id": ["cleo"], "group_id": "club"})
        ),
        cohort(
            [run("w", 2, who="cleo")], athletes=pd.DataFrame({"athlete_id": ["cleo"], "height_cm": 170.0})
        ),
    ]


def tables_of(folder: str, pieces: Iterable[Cohort]) -> dict[str, object]:
    store = Store(Path(folder) / "store")
    for piece in pieces:
        store.merge(piece)
    manifest = store._files.manifest()
    return {"tables": manifest["tables"], "parts": manifest["parts"]}


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        return tables_of(folder, parts())


@settings(max_examples=4)
@given(order=st.permutations(range(9)), again=st.lists(st.integers(0, 8), max_size=3), data=st.data())
def test_parts_in_any_order_and_again_give_the_same_files(undisturbed, order, again, data):
    sequence = list(order)
    for n in again:
        sequence.insert(data.draw(st.integers(0, len(sequence))), n)
    pieces = parts()
    with tempfile.TemporaryDirectory() as folder:
        assert tables_of(folder, (pieces[n] for n in sequence)) == undisturbed


def test_a_corrected_copy_is_found_though_it_was_joined(tmp_path):
    store = Store(tmp_path / "store")
    for piece in parts():
        store.merge(piece)
    anna = store.read(athletes=["anna"])
    assert anna.activities["source"].tolist() == ["diary", f"fit+gpx+strava+{DETECTED}+diary", "fit+gpx"]
    assert anna.activities["session_rpe"].tolist()[1] == 6.0
    store.merge(cohort([run("strava-1", 1, session_rpe=8.0)]))
    assert store.read(athletes=["anna"]).activities["session_rpe"].tolist()[1] == 8.0
    store.merge(cohort([run("strava-1", 90)]))  # it was another run after all
    apart = store.read(athletes=["anna"]).activities.set_index("activity_id")
    assert apart.index.tolist() == ["diary-0", "fit-1", "fit-2", "strava-1"]
    assert np.isnan(apart["session_rpe"]["fit-1"])
