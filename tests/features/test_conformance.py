"""What every feature must hold, whatever it computes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from heavylegs.data.cohort import Cohort
from heavylegs.data.simulate import simulate
from heavylegs.data.store import Store
from heavylegs.features.catalog import catalog
from heavylegs.features.days import Days
from heavylegs.features.matrix import build_matrix
from heavylegs.features.store_matrix import matrix_of_store, portions_of_store

INFORMATION = ("evening", "morning")
CUT = pd.Timestamp("2024-03-25")


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    made = simulate(athletes=8, days=120, seed=3).cohort
    # Half of them form a group, so that group features speak.
    group = np.where(np.arange(8) < 4, "team", None)
    # Every other hour has a WBGT of its own.
    heat = made.weather["temperature_c"].where(made.weather.index % 2 == 0) + 2.0
    return replace(
        made,
        athletes=made.athletes.assign(group_id=pd.Series(group, dtype="str")),
        weather=made.weather.assign(wbgt_c=heat),
    )


def changed_after(cohort: Cohort, day: pd.Timestamp, night: bool) -> Cohort:
    """Everything later than `day` made different; the night after it too unless `night` is known."""
    rng = np.random.default_rng(0)
    tables = {}
    for name in ("activities", "diary", "ratings"):
        frame = getattr(cohort, name).copy()
        later = (frame["day"] > day).to_numpy()
        known_tonight = (frame["day"] == day + pd.Timedelta(days=1)).to_numpy() & night
        for column in frame.select_dtypes("number"):
            if name == "ratings" and column.startswith("scale"):
                continue
            mask = later & ~known_tonight if column in ("sleep_h", "night_hr_bpm", "hrv_rmssd_ms") else later
            values = frame[column].to_numpy(copy=True)
            values[mask] = values[mask] * rng.uniform(0.2, 0.9, mask.sum())
            frame[column] = values
        tables[name] = frame
    weather = cohort.weather.copy()
    later = weather["time"].dt.tz_localize(None) > day + pd.Timedelta(days=2)
    weather.loc[later, ["temperature_c", "wbgt_c"]] -= 9.0
    return replace(cohort, **tables, weather=weather)


@pytest.mark.parametrize("information", INFORMATION)
def test_features_of_the_past_do_not_move_when_the_future_changes(cohort, information):
    before = build_matrix(cohort, information)
    after = build_matrix(changed_after(cohort, CUT, night=information == "morning"), information)
    past = (before.keys["day"] <= CUT).to_numpy()
    for name in before.catalog.names:
        np.testing.assert_array_equal(
            before.frame[name].to_numpy()[past], after.frame[name].to_numpy()[past], err_msg=name
        )


def test_the_mutation_would_be_seen_by_a_feature_that_looks_ahead(cohort):
    changed = changed_after(cohort, CUT, night=False)
    days, mutated = Days.of(cohort), Days.of(changed)
    cheat = days.lead(days.diary("sleep_h"))
    past = days.number <= CUT.to_datetime64().astype("datetime64[D]").astype(int)
    assert not np.array_equal(cheat[past], mutated.lead(mutated.diary("sleep_h"))[past], equal_nan=True)


def without(cohort: Cohort, gone: Callable[[pd.DataFrame], pd.Series]) -> Cohort:
    """The same log without the rows of which `gone` is true."""
    parts = {n: getattr(cohort, n) for n in ("activities", "diary", "ratings")}
    return replace(cohort, **{n: f[~gone(f)].reset_index(drop=True) for n, f in parts.items()})


@pytest.mark.parametrize("information", INFORMATION)
def test_a_later_day_more_changes_no_earlier_value(cohort, information):
    # A member of the team logs nothing that day, and goes on the day after.
    cohort = without(cohort, lambda f: (f["day"] == CUT) & (f["athlete_id"] == "sim-0001"))
    whole = build_matrix(cohort, information)
    short = build_matrix(without(cohort, lambda f: f["day"] > CUT), information)
    # The last day's coming night, which a morning knows, is not in the shortened log.
    until = CUT - pd.Timedelta(days=int(information == "morning"))
    a, b = (
        m.rows(
            (
                (m.keys["day"] <= until) & ((m.keys["day"] < CUT) | (m.keys["athlete_id"] != "sim-0001"))
            ).to_numpy()
        )
        for m in (whole, short)
    )
    pd.testing.assert_frame_equal(a.frame, b.frame)


def test_athletes_do_not_bear_on_each_other_outside_a_group(cohort):
    whole = build_matrix(cohort)
    for part in (cohort.athletes["athlete_id"][:4], cohort.athletes["athlete_id"][4:]):
        alone = build_matrix(cohort.subset(part))
        mine = whole.rows(whole.keys["athlete_id"].isin(part).to_numpy())
        pd.testing.assert_frame_equal(mine.frame, alone.frame)


def test_a_shifted_calendar_shifts_features_and_nothing_else(cohort):
    weeks = pd.Timedelta(days=28)
    moved = replace(
        cohort,
        activities=cohort.activities.assign(
            day=cohort.activities["day"] + weeks, start_time=cohort.activities["start_time"] + weeks
        ),
        diary=cohort.diary.assign(day=cohort.diary["day"] + weeks),
        ratings=cohort.ratings.assign(day=cohort.ratings["day"] + weeks),
        weather=cohort.weather.assign(time=cohort.weather["time"] + weeks),
    )
    a, b = build_matrix(cohort), build_matrix(moved)
    pd.testing.assert_frame_equal(a.frame, b.frame, rtol=1e-3, atol=1e-4)
    assert ((b.keys["day"] - a.keys["day"]) == weeks).all()


@pytest.mark.parametrize("feature", catalog("morning"), ids=lambda f: f.name)
def test_declarations_are_whole(feature):
    from heavylegs.data.schema import TABLES
    from heavylegs.features.factors import FACTORS

    assert feature.label
    assert feature.source
    assert feature.compute.__doc__ or feature.compute.__name__ in ("usual", "above")
    assert feature.factor in FACTORS
    for need in feature.needs:
        table, column = need.split(".")
        TABLES[table].column(column)


@pytest.mark.parametrize("feature", [f for f in catalog("morning") if f.needs], ids=lambda f: f.name)
def test_without_its_columns_a_feature_is_absent_or_says_nothing_new(cohort, feature):
    """Absent is not zero: with every column that it needs emptied, a feature holds no value that varies."""
    tables = {}
    for need in feature.needs:
        name, column = need.split(".")
        if name == "athletes" or column == "sport":
            continue
        frame = tables.get(name, getattr(cohort, name))
        if name == "ratings":
            tables[name] = frame.iloc[:0]
        elif pd.api.types.is_numeric_dtype(frame[column]):
            tables[name] = frame.assign(**{column: np.nan})
    if not tables or "activities.duration_s" in feature.needs:
        # Load falls back from effort to moving time and the source's own load; it has tests of its own.
        tables["activities"] = cohort.activities.iloc[:0]
    values = Days.of(replace(cohort, **tables)).once(feature.compute)
    known = values[np.isfinite(values)]
    assert len(np.unique(known)) <= 1, f"{feature.name} still varies without {feature.needs}"


@pytest.mark.parametrize("information", INFORMATION)
def test_no_infinity_reaches_the_matrix(cohort, information):
    frame = build_matrix(cohort, information).frame
    assert not np.isinf(frame.to_numpy()).any()
    assert (frame.dtypes == np.float32).all()


def test_only_what_is_known_at_waking_may_be_read_of_the_coming_day(cohort):
    days = Days.of(cohort)
    assert np.isfinite(days.tonight("sleep_h")).any()
    for column in ("resting_hr_bpm", "soreness_score", "fluid_ml"):
        with pytest.raises(ValueError, match="not known at waking"):
            days.tonight(column)


def test_the_generated_pages_agree_with_the_code():
    from pathlib import Path

    from heavylegs.serve.docs import PAGES

    docs = Path(__file__).resolve().parents[2] / "docs"
    for name, page in PAGES.items():
        assert (docs / name).read_text(encoding="utf-8") == page(), f"docs/{name} is stale: run `make docs`"


def test_the_order_of_rows_and_the_cut_into_buckets_change_nothing(cohort, tmp_path):
    shuffled = Cohort.from_tables(
        cohort.name, {n: f.sample(frac=1, random_state=1) for n, f in cohort.tables().items() if len(f)}
    )
    whole = build_matrix(cohort)
    pd.testing.assert_frame_equal(build_matrix(shuffled).frame, whole.frame)
    store = Store(tmp_path / "store")
    store.write(cohort)
    parts = [build_matrix(store.read_bucket(b)) for b in store.buckets()]
    assert len(parts) > 2
    for part in parts:
        mine = whole.rows(whole.keys["athlete_id"].isin(part.keys["athlete_id"].astype(str)).to_numpy())
        pd.testing.assert_frame_equal(part.frame, mine.frame)
    joined = matrix_of_store(store)
    pd.testing.assert_frame_equal(joined.frame, whole.frame)
    pd.testing.assert_frame_equal(joined.keys, whole.keys)
    np.testing.assert_array_equal(joined.target, whole.target)
    assert joined.native_span == whole.native_span
    for least, count in ((1, len(parts)), (10**9, 1), (len(parts[0]) + 1, None)):
        portions = list(portions_of_store(store, least=least))
        assert count in (len(portions), None)
        assert sum(number for _, number in portions) == len(parts)
        assert all(len(portion) >= least for portion, _ in portions[:-1])
        for portion, _ in portions:
            mine = whole.rows(
                whole.keys["athlete_id"].isin(portion.keys["athlete_id"].astype(str)).to_numpy()
            )
            pd.testing.assert_frame_equal(portion.frame, mine.frame)
            assert portion.native_span == whole.native_span


def test_a_portion_has_the_information_asked_for_and_the_scale_of_those_who_rate(cohort, tmp_path):
    store = Store(tmp_path / "store")
    store.write(cohort)
    first = store.read_bucket(store.buckets()[0]).athletes["athlete_id"]
    rated = cohort.ratings[~cohort.ratings["athlete_id"].isin(first)]
    store = Store(tmp_path / "unrated")
    store.write(Cohort.from_tables(cohort.name, cohort.tables() | {"ratings": rated}))
    [(portion, number)] = portions_of_store(store, "morning")
    assert (number, portion.information) == (len(store.buckets()), "morning")
    assert portion.native_span == build_matrix(cohort).native_span != 10.0


HOSTILE = {
    "no length": {"duration_s": 0.0, "moving_time_s": 0.0, "distance_m": 0.0},
    "one second": {"duration_s": 1.0, "moving_time_s": 1.0},
    "a heart above its maximum": {"hr_mean_bpm": 235.0, "hr_max_bpm": 245.0},
    "no heart, no exertion": {"hr_mean_bpm": np.nan, "hr_max_bpm": np.nan, "session_rpe": np.nan},
    "a climb steeper than a wall": {"ascent_m": 20_000.0, "distance_m": 10.0},
    "a week of running": {"duration_s": 604_800.0, "moving_time_s": 604_800.0},
}


@pytest.mark.parametrize("values", HOSTILE.values(), ids=HOSTILE)
def test_impossible_activities_stay_bounded(cohort, values):
    one = cohort.subset(cohort.athletes["athlete_id"][:2])
    frame = build_matrix(replace(one, activities=one.activities.assign(**values))).frame
    assert not np.isinf(frame.to_numpy()).any()


def test_impossible_food_and_no_mass_stay_bounded(cohort):
    one = cohort.subset(cohort.athletes["athlete_id"][:2])
    diary = one.diary.assign(
        energy_intake_kcal=15_000.0, carbohydrate_g=2_500.0, mass_kg=np.nan, fluid_ml=25_000.0
    )
    frame = build_matrix(replace(one, diary=diary, athletes=one.athletes.assign(mass_kg=np.nan))).frame
    assert not np.isinf(frame.to_numpy()).any()


def test_an_athlete_with_one_day_and_one_with_a_years_gap_have_a_row_a_day(cohort):
    one = cohort.subset(cohort.athletes["athlete_id"][:2])
    single = replace(
        one,
        activities=one.activities.groupby("athlete_id").head(1).reset_index(drop=True),
        diary=one.diary.iloc[:0],
        ratings=one.ratings.iloc[:0],
    )
    assert len(build_matrix(single)) == 2
    gap = one.ratings.copy()
    later = gap.index >= len(gap) // 2
    gap.loc[later, "day"] += pd.Timedelta(days=365)
    frame = build_matrix(replace(one, ratings=gap)).frame
    assert not np.isinf(frame.to_numpy()).any()
