"""The athlete's body as it is known by each day: mass, sex, and the ends of the heart rate."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..data.arrays import Floats
from . import windows
from .days import Days
from .windows import Values

MASS = ("athletes.mass_kg", "diary.mass_kg")  # either will do
NEWEST_MASS_DAYS, NEWEST_FAT_DAYS = 90, 180  # for which a measurement holds
REST_HR_BPM = 60.0  # of an adult, where neither measured nor stated
ANY_ADULT_HR_MAX_BPM = 185.0  # Tanaka at 33 years, where neither age nor maximum is known
FAT_FREE_SHARES = 0.77, 0.85  # of women and men who run


def body_mass_kg(days: Days) -> Values:
    """Return the body mass: the newest of the last 90 days, else the athlete's usual one."""
    recent = windows.last_known(days.diary("mass_kg"), days.offsets, within=NEWEST_MASS_DAYS)
    return np.where(np.isnan(recent), days.athlete("mass_kg"), recent).astype(np.float32)


def fat_free_mass_kg(days: Days) -> Values:
    """Return the body mass without fat: fat as measured in the last 180 days, else 23 % of women's, 15 % of men's."""
    fat = windows.last_known(days.diary("body_fat_pct"), days.offsets, within=NEWEST_FAT_DAYS)
    share = np.where(np.isnan(fat), by_sex(days, *FAT_FREE_SHARES), 1 - fat / 100)
    return (days.once(body_mass_kg) * share).astype(np.float32)


def female(days: Days) -> Values:
    """Return 1 for women, 0 for men, NaN where the sex is not known."""
    told = days.athlete_text("sex")
    values = np.where(told == "female", 1.0, np.where(told == "male", 0.0, np.nan)).astype(np.float32)
    return np.repeat(values, np.diff(days.offsets))


def by_sex(days: Days, women: float, men: float) -> Values:
    """Return a value that differs between women and men; the mean of both where the sex is not known."""
    share = np.nan_to_num(days.once(female), nan=0.5)
    return np.asarray(men + (women - men) * share, dtype=np.float32)


def resting_hr_median_bpm(days: Days) -> Values:
    """Return the median resting heart rate of the last 28 days."""
    return windows.rolling_quantile(days.diary("resting_hr_bpm"), days.offsets, 28, 0.5)


def resting_hr_bpm(days: Days) -> Values:
    """Return the resting heart rate: own 28-day median, else the stated one, else 60."""
    own = days.once(resting_hr_median_bpm)
    known = np.where(np.isnan(own), days.athlete("hr_rest_bpm"), own).astype(np.float32)
    return np.where(np.isnan(known), np.float32(REST_HR_BPM), known)


def hr_max_by_age_bpm(age_years: npt.ArrayLike) -> Floats:
    """Return the expected maximal heart rate, 208 - 0.7 x age (Tanaka 2001, 10.1016/s0735-1097(00)01054-8).

    Examples
    --------
    >>> hr_max_by_age_bpm([40.0]).tolist()
    [180.0]
    """
    return np.asarray(208.0 - 0.7 * np.asarray(age_years, dtype=float))


def expected_hr_max_bpm(days: Days) -> Values:
    """Return the maximal heart rate as stated, else by age (Tanaka 2001), else that of an adult of 33.

    What training has shown since raises it: `heavylegs.features.thresholds.hr_max_bpm`.
    """
    by_age = hr_max_by_age_bpm(1970.0 + days.number / 365.25 - days.athlete("birth_year"))
    by_age = np.where(np.isnan(by_age), ANY_ADULT_HR_MAX_BPM, by_age)
    stated = days.athlete("hr_max_bpm")
    return np.where(np.isnan(stated), by_age, stated).astype(np.float32)
