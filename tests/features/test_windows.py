"""Windows agree with pandas, look back only and pass over days that were not logged."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from heavylegs.features import windows
from hypothesis import given, settings
from hypothesis import strategies as st

NAN = float("nan")
one = np.array([0, 6], dtype=np.int32)
X = np.array([1, NAN, 3, 4, NAN, 6], dtype=np.float32)

values = st.one_of(st.just(NAN), st.floats(-100, 100, width=32))
groups = st.lists(st.lists(values, min_size=1, max_size=20), min_size=1, max_size=4)


def flat(lists):
    offsets = np.cumsum([0, *map(len, lists)]).astype(np.int32)
    return np.array([v for part in lists for v in part], dtype=np.float32), offsets


def by_pandas(lists, function):
    return np.concatenate([function(pd.Series(part, dtype="float64")).to_numpy() for part in lists])


@settings(max_examples=60)
@given(groups, st.integers(1, 10))
def test_rolling_mean_is_pandas_rolling_mean_by_athlete(lists, days):
    x, offsets = flat(lists)
    expected = by_pandas(lists, lambda s: s.rolling(days, min_periods=1).mean())
    np.testing.assert_allclose(windows.rolling_mean(x, offsets, days), expected, atol=2e-3)


@settings(max_examples=60)
@given(groups, st.floats(0.5, 30))
def test_ewma_is_pandas_ewm_over_the_logged_days(lists, half_life):
    x, offsets = flat(lists)
    expected = by_pandas(lists, lambda s: s.ewm(halflife=half_life, ignore_na=True, adjust=False).mean())
    np.testing.assert_allclose(windows.ewma(x, offsets, half_life), expected, atol=2e-3)


@settings(max_examples=60)
@given(groups, st.floats(0.5, 30))
def test_what_is_usual_begins_as_the_plain_mean_and_is_then_pandas_adjusted_ewm(lists, half_life):
    x, offsets = flat(lists)
    expected = by_pandas(lists, lambda s: s.ewm(halflife=half_life, ignore_na=True, adjust=True).mean())
    told = windows.usual(x, offsets, windows.tau_of(half_life))
    np.testing.assert_allclose(told, expected, atol=2e-2)


@settings(max_examples=40)
@given(groups)
def test_counts_and_ages_start_anew_for_each_athlete(lists):
    x, offsets = flat(lists)
    np.testing.assert_array_equal(
        windows.count_so_far(x, offsets), by_pandas(lists, lambda s: s.notna().cumsum())
    )
    known = by_pandas(lists, lambda s: s.ffill())
    np.testing.assert_array_equal(windows.last_known(x, offsets), known.astype(np.float32))


@settings(max_examples=60)
@given(groups, st.integers(1, 10), st.sampled_from([0.25, 0.5, 0.75]), st.integers(1, 4))
def test_rolling_quantile_is_pandas_rolling_quantile_by_athlete(lists, days, share, at_least):
    x, offsets = flat(lists)
    at_least = min(at_least, days)
    expected = by_pandas(lists, lambda s: s.rolling(days, min_periods=at_least).quantile(share))
    got = windows.rolling_quantile(x, offsets, days, share, at_least)
    np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("levels", [3, 1000])
def test_expanding_median_is_that_of_pandas_by_counting_and_by_keeping_order(levels):
    rng = np.random.default_rng(0)
    lists = [np.where(rng.random(n) < 0.3, NAN, rng.integers(0, levels, n)) for n in (1, 40, 200)]
    x, offsets = flat(lists)
    expected = by_pandas(lists, lambda s: s.expanding().median().where(s.notna()).ffill())
    np.testing.assert_array_equal(windows.expanding_median(x, offsets), expected.astype(np.float32))


def test_a_day_that_was_not_logged_does_not_lower_a_sum():
    assert windows.rolling_sum(X, one, 2).tolist() == [2, 2, 6, 7, 8, 12]


def test_last_known_forgets():
    assert windows.last_known(X, one, within=0).tolist() == pytest.approx([1, NAN, 3, 4, NAN, 6], nan_ok=True)


def test_days_since_counts_from_the_event():
    since = windows.days_since([0, 1, 0, 0, 1, 0], one)
    assert since.tolist() == pytest.approx([NAN, 0, 1, 2, 0, 1], nan_ok=True)


@settings(max_examples=60)
@given(groups, st.integers(2, 10), st.integers(2, 4))
def test_spread_greatest_and_count_are_those_of_pandas_by_athlete(lists, days, at_least):
    x, offsets = flat(lists)
    at_least = min(at_least, days)
    spread = by_pandas(
        lists, lambda s: s.rolling(days, min_periods=at_least).apply(lambda w: np.nanstd(w, ddof=1))
    )
    np.testing.assert_allclose(windows.rolling_std(x, offsets, days, at_least), spread, rtol=1e-4, atol=1e-5)
    greatest = by_pandas(lists, lambda s: s.rolling(days, min_periods=at_least).max())
    np.testing.assert_array_equal(
        windows.rolling_max(x, offsets, days, at_least), greatest.astype(np.float32)
    )
    count = by_pandas(lists, lambda s: s.rolling(days, min_periods=0).count())
    np.testing.assert_array_equal(windows.rolling_count(x, offsets, days), count)


def test_windows_longer_than_a_byte_counts_are_counted():
    logged, offsets = np.ones(400, dtype=np.float32), np.array([0, 400], dtype=np.int32)
    for days in (255, 256, 300):
        assert windows.rolling_count(logged, offsets, days)[-1] == days


def test_a_debt_lasts_in_part_and_grows_by_the_usual_on_a_day_that_was_not_logged():
    x = np.array([10, 10, NAN, NAN, -100, 10], dtype=np.float32)
    debt = windows.carried(x, one, kept=0.5, most=16)
    assert debt.tolist() == pytest.approx([NAN, 15, 16, NAN, NAN, 10], nan_ok=True)


def test_what_is_out_of_the_window_leaves_no_trace():
    x = np.array([1e6, np.inf, 0, 0, 0.1, 0.1, 0.1], dtype=np.float32)
    offsets = np.array([0, 7], dtype=np.int32)
    assert windows.rolling_mean(x, offsets, 2)[3:].tolist() == pytest.approx([0, 0.05, 0.1, 0.1], abs=1e-8)
    assert windows.rolling_std(x, offsets, 3)[6] == 0


WINDOWS = {
    "mean": lambda x, o: windows.rolling_mean(x, o, 7, 3),
    "std": lambda x, o: windows.rolling_std(x, o, 7, 3),
    "max": lambda x, o: windows.rolling_max(x, o, 7, 3),
    "quantile": lambda x, o: windows.rolling_quantile(x, o, 7, 0.75, 2),
    "expanding median": windows.expanding_median,
    "expanding mean": windows.expanding_mean,
    "ewma": lambda x, o: windows.ewma(x, o, 5),
    "lag": lambda x, o: windows.lag(x, o, 3),
    "last known": lambda x, o: windows.last_known(x, o, within=2),
}


@pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS)
@pytest.mark.parametrize("decimals", [0, 5], ids=["few levels", "many levels"])
def test_later_days_and_other_athletes_change_no_bit(window, decimals):
    rng = np.random.default_rng(0)
    x = np.where(rng.random(400) < 0.3, NAN, rng.normal(60, 4, 400).round(decimals)).astype(np.float32)
    whole = window(x, np.array([0, 150, 400], dtype=np.int32))
    np.testing.assert_array_equal(window(x[150:300], np.array([0, 150], dtype=np.int32)), whole[150:300])


def test_a_quantile_is_the_same_whether_values_are_counted_or_sorted():
    rng = np.random.default_rng(0)
    x = np.where(rng.random(900) < 0.3, NAN, rng.normal(60, 4, 900).round(1)).astype(np.float32)
    offsets = np.array([0, 400, 401, 900], dtype=np.int32)
    off_the_grid = np.append(x, np.float32([0, np.pi]))
    longer = np.append(offsets, 902).astype(np.int32)
    for days, share in ((28, 0.5), (60, 0.75), (300, 0.1)):
        counted = windows.rolling_quantile(x, offsets, days, share, 5)
        np.testing.assert_array_equal(
            counted, windows.rolling_quantile(off_the_grid, longer, days, share, 5)[:900]
        )
