"""The store: what is read is what was written, whatever happens in between."""

from __future__ import annotations

import tempfile

import pandas as pd
import pytest
from heavylegs.data.cohort import Cohort
from heavylegs.data.errors import InputError
from heavylegs.data.imports import ImportReport
from heavylegs.data.store import Store
from heavylegs.data.store_merge import bucket_of
from hypothesis import given, settings
from hypothesis import strategies as st

from .stores import cohort, state


@settings(max_examples=8)
@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=12, unique=True))
def test_any_athletes_come_back_as_written(ids):
    sent = Cohort.from_tables(
        "any", {"diary": pd.DataFrame({"athlete_id": ids, "day": pd.Timestamp("2024-05-01"), "sleep_h": 7.5})}
    )
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder)
        store.write(sent)
        assert store.read().digest() == sent.digest()
        assert store.buckets() == sorted({bucket_of(i) for i in ids})
        together = sorted(i for b in store.buckets() for i in store.read_bucket(b).athletes["athlete_id"])
        assert together == sorted(ids)


def test_the_bucket_of_an_athlete_never_changes():
    assert [bucket_of(a) for a in ("p01", "p02", "TeamA-d7299614")] == [12, 10, 1]


def team(groups: dict[str, str | None]) -> Cohort:
    who = pd.DataFrame({"athlete_id": list(groups), "group_id": pd.array(list(groups.values()), dtype="str")})
    return Cohort.from_tables("club", {**cohort("".join(groups)).tables(), "athletes": who})


def test_a_group_shares_a_bucket_and_whoever_changes_it_moves(tmp_path):
    store = Store(tmp_path / "store")
    store.write(team({"a": "foxes", "b": "foxes", "c": None}))
    assert bucket_of("foxes") not in {bucket_of(a) for a in "abc"}
    assert list(store.read_bucket(bucket_of("foxes")).athletes["athlete_id"]) == ["a", "b"]
    assert list(store.read(athletes=["b", "c"]).diary["athlete_id"]) == ["b", "c"]
    store.merge(cohort("a", sleep=9.0))  # tells nothing of a group: it stays
    assert store.read(athletes=["a"]).diary["sleep_h"].tolist() == [9.0]
    store.merge(team({"b": "red"}))
    assert list(store.read_bucket(bucket_of("foxes")).athletes["athlete_id"]) == ["a"]
    assert len(store.read(athletes=["b"]).records) == 2
    store.merge(team({"a": "red"}))
    assert store.buckets() == sorted({bucket_of("red"), bucket_of("c")})
    other = Store(tmp_path / "other")
    other.write(store.read())
    assert other.read().digest() == store.read().digest()


def test_parts_are_read_alone(tmp_path):
    store = Store(tmp_path / "store")
    store.write(cohort())
    some = store.read(athletes=["b"], tables=["diary", "weather"])
    assert list(some.diary["athlete_id"]) == ["b"]
    assert len(some.weather) == 1
    assert some.activities.empty
    with pytest.raises(InputError, match=r"holds no athlete 'bb' .*nearest is 'b'"):
        store.read(athletes=["bb"])
    with pytest.raises(InputError, match="no table 'diaries'"):
        store.read(tables=["diaries"])


def test_writing_the_same_again_changes_no_byte_and_a_changed_athlete_only_his_bucket(tmp_path):
    store = Store(tmp_path / "store")
    report = ImportReport("club", notes=["a note"])
    store.write(cohort(), report, "The club, CC0")
    before = state(store.path)
    store.write(cohort(), report, "The club, CC0")
    store.merge(cohort(), report, "The club, CC0")
    assert state(store.path) == before
    store.merge(cohort("b", sleep=9.0))
    after = state(store.path)
    changed = before.keys() ^ after.keys()
    assert len(changed) == 2
    assert {name.rsplit("-", 1)[0] for name in changed} == {f"diary-{bucket_of('b'):02d}"}
    info = store.info()
    assert (info["name"], info["attribution"], info["rows"]["records"]) == ("club", "The club, CC0", 8)
    assert info["imports"] == [report.to_dict()]


def test_a_merge_replaces_rows_of_the_same_key_and_keeps_the_others(tmp_path):
    store = Store(tmp_path / "store")
    store.merge(cohort("abc"))
    more = Cohort.from_tables(
        "watch",
        {
            "diary": pd.DataFrame(
                {
                    "athlete_id": ["a", "a", "z"],
                    "day": pd.to_datetime(["2024-05-01", "2024-05-02", "2024-05-01"]),
                    "sleep_h": 5.0,
                }
            ),
            "activities": pd.DataFrame(
                {"activity_id": ["a-1"], "athlete_id": ["a"], "day": pd.Timestamp("2024-05-01")}
            ),
            "records": pd.DataFrame({"activity_id": ["a-1"], "athlete_id": ["a"], "elapsed_s": [7.0]}),
        },
    )
    store.merge(more)
    both = store.read()
    assert both.name == "club+watch"
    assert both.diary["sleep_h"].tolist() == [5.0, 5.0, 7.0, 7.0, 5.0]
    assert both.records.query("athlete_id == 'a'")["elapsed_s"].tolist() == [7.0]
    assert both.athletes.set_index("athlete_id").loc["a", "height_cm"] == 170.0  # the watch did not tell it


def test_a_diary_is_merged_value_by_value_and_never_erased(tmp_path):
    store = Store(tmp_path / "store")
    day = pd.Timestamp("2024-05-01")

    def told(source: str, **values: float) -> Cohort:
        row = pd.DataFrame({"athlete_id": ["a"], "day": day, "source": source, **values})
        return Cohort.from_tables("own", {"diary": row})

    store.merge(told("watch", sleep_h=7.0, steps=9000.0))
    store.merge(told("app", fluid_ml=2000.0))
    store.merge(told("watch", sleep_h=6.5))
    row = store.read().diary.iloc[0]
    assert row[["sleep_h", "steps", "fluid_ml", "source"]].tolist() == [6.5, 9000.0, 2000.0, "app+watch"]


def test_an_activity_and_a_rating_are_one_statement_and_come_anew_whole(tmp_path):
    first = cohort("a")
    day = {"athlete_id": "a", "day": pd.Timestamp("2024-05-01"), "scale_min": 0.0, "scale_max": 10.0}
    rating = pd.DataFrame([{**day, "fatigue": 4.0, "fatigue_native": 4.0, "scale_direction": 1.0}])
    answered = rating.assign(answered_at=pd.Timestamp("2024-05-01 06:00", tz="UTC"))
    store = Store(tmp_path / "store")
    for ascent_m, ratings in ((50.0, answered), (None, rating.assign(fatigue=6.0))):
        activities = first.activities.assign(ascent_m=ascent_m)
        store.merge(Cohort.from_tables("club", {"activities": activities, "ratings": ratings}))
    read = store.read()
    assert read.activities["ascent_m"].isna().all()
    assert (read.ratings["fatigue"].tolist(), read.ratings["answered_at"].isna().all()) == ([6.0], True)


def test_only_a_table_that_comes_again_is_told_to_correct_its_days(tmp_path):
    store, told = Store(tmp_path / "store"), []
    for source, sleep_h in (("table", 7.0), ("garmin_connect", 8.0), ("table", 9.0)):
        diary = cohort("a").diary.assign(source=source, sleep_h=sleep_h)
        told.append(store.merge(Cohort.from_tables("club", {"diary": diary})))
    assert told == [
        [],
        [],
        ["1 day of diary: other values than before, which they replace (for example 2024-05-01)"],
    ]


def test_an_activity_of_which_only_the_source_is_another_is_not_told_of(tmp_path):
    store, told = Store(tmp_path / "store"), []
    for source, ascent_m in (("fit", 50.0), ("strava", 50.0), ("strava", 60.0)):
        activities = cohort("a").activities.assign(source=source, ascent_m=ascent_m)
        told.append(store.merge(Cohort.from_tables("club", {"activities": activities})))
    assert [len(notes) for notes in told] == [0, 0, 1]
    assert "1 activity was there with other values" in told[2][0]


def test_an_activity_of_two_athletes_is_refused_and_nothing_written(tmp_path):
    store = Store(tmp_path / "store")
    store.merge(cohort("abc"))
    before = state(store.path)
    other = cohort("z").activities.assign(activity_id="a-1")
    with pytest.raises(InputError, match="'a-1' of athlete 'z' is there already as one of athlete 'a'"):
        store.merge(Cohort.from_tables("club", {"activities": other}))
    assert state(store.path) == before


def test_what_came_of_each_file_is_kept_with_the_data(tmp_path):
    store = Store(tmp_path / "store")
    assert store.seen() == {}
    torn, kept = {"outcome": "quarantined", "reason": "torn"}, {"outcome": "kept", "activities": 4}
    store.merge(Cohort.from_tables("own", {}), seen={"d1": torn})
    store.merge(cohort(name="own"), seen={"d2": kept})
    assert store.seen() == {"d1": torn, "d2": kept}
    assert store.info()["files_seen"] == 2


def test_the_same_name_with_other_capitals_is_refused(tmp_path):
    store = Store(tmp_path / "store")
    store.merge(cohort(["Ann"]))
    before = state(store.path)
    with pytest.raises(InputError, match="athlete 'ann' is there as 'Ann'"):
        store.merge(cohort(["ann"]))
    with pytest.raises(InputError, match="athlete 'bob' is there as 'Bob'"):
        store.merge(cohort(["Bob", "bob"]))
    assert state(store.path) == before


def test_truth_stays_beside_its_cohort_and_out_of_it(tmp_path):
    store = Store(tmp_path / "store")
    store.write(cohort())
    with pytest.raises(InputError, match="no truth"):
        store.read_truth()
    truth = pd.DataFrame({"athlete_id": ["a"], "heat_points": [1.5]})
    store.write(cohort(), truth=truth)
    store.write(cohort())
    pd.testing.assert_frame_equal(store.read_truth(), truth)
    assert store.read().digest() == cohort().digest()
    store.merge(cohort("e"))  # somebody more: it is still about the others
    pd.testing.assert_frame_equal(store.read_truth(), truth)
    store.write(cohort(sleep=8.0))  # other data: the truth is not about it
    assert not store.info()["truth"]


def test_a_file_of_the_users_own_that_lies_in_a_store_stays(tmp_path):
    store = Store(tmp_path / "store")
    store.write(cohort())
    (tmp_path / "store" / "notes.txt").write_text("of mine")
    (tmp_path / "store" / "diary-backup.parquet").write_text("of mine too")
    store.merge(cohort("e"))
    store.tidy()
    assert {p.name for p in (tmp_path / "store").iterdir()} >= {"notes.txt", "diary-backup.parquet"}
