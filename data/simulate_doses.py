"""The doses behind the 22 factors, and the points that each dose gives.

A dose is what a log can tell in principle: a balance, a deficit, a debt, a spike. It is computed
here without the log's gaps and rounding. Points never fall when the dose rises, and level off.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import Floats, Mask
from .simulate_food import Intake
from .simulate_life import Circumstances
from .simulate_people import Runners
from .simulate_season import SPEED_MPS, Season, trimp
from .simulate_tools import (
    after,
    before,
    carried,
    days_since,
    ewma,
    trailing_max,
    trailing_mean,
    trailing_sum,
)

WBGT_BEST_C = 15.0  # upper edge of the best racing range, Mantzios 2022
LIGHT_RPE = 2.5  # "easy" is told as 2: below it what is not running is active recovery, article A2
HARD_MINUTES = 10.0  # a run with more minutes above threshold than this is a hard one
RDA = {"iron_mg": (18.0, 8.0), "vitamin_b6_mg": (1.3, 1.3), "vitamin_b12_ug": (2.4, 2.4)}  # women, men
OTHER_SALTS = {
    "potassium_mg": (2600.0, 3400.0),
    "magnesium_mg": (320.0, 420.0),
    "calcium_mg": (1000.0, 1000.0),
}


@dataclass(frozen=True)
class History:
    """All that happened, the causes of fatigue; arrays of shape (athletes, days).

    `sleep_h` of a day is the night that ended on it, as in the diary.
    """

    runners: Runners
    life: Circumstances
    season: Season
    intake: Intake
    sleep_h: Floats


@dataclass(frozen=True)
class FactorDose:
    """How a factor's points come from its dose: ``most (1 - exp(-max(dose - free, 0) / scale))``.

    Parameters
    ----------
    dose, unit : str
        What the dose is, for the docs.
    columns : tuple of str
        The logged columns from which it can be computed.
    free : float
        Dose that costs nothing.
    scale : float
        Dose beyond `free` that gives 63 % of the most.
    most : float
        The most points, canonical 0-10, that it gives a runner of average sensitivity.
    source : str
        Where formula or direction come from; `heavylegs.features.factors` names the articles.

    Examples
    --------
    >>> round(float(FACTOR_DOSES["poor_sleep"].points(np.array([0.0]))[0]), 2)
    0.0
    """

    dose: str
    unit: str
    columns: tuple[str, ...]
    free: float
    scale: float
    most: float
    source: str

    def points(self, dose: Floats) -> Floats:
        """Return the points of the dose for a runner of average sensitivity."""
        return np.asarray(
            -self.most * np.expm1(-np.maximum(np.asarray(dose, dtype=float) - self.free, 0.0) / self.scale)
        )


_RUN = ("activities.distance_m", "activities.duration_s")
_HILL = ("activities.ascent_m", "activities.descent_m")
_LOAD = ("activities.session_rpe", "activities.duration_s")
_AIR = ("weather.temperature_c", "weather.relative_humidity_pct")

FACTOR_DOSES: dict[str, FactorDose] = {
    "glycogen_depletion": FactorDose(
        "carbohydrate need (4.2 g/kg + used in training) minus eaten; 60 % of a debt lasts to the next day",
        "g/kg", (*_RUN, *_HILL, "activities.energy_kcal", "activities.hr_mean_bpm", "athletes.threshold_speed_mps", "athletes.mass_kg", "diary.carbohydrate_g"),
        0.2, 2.0, 0.98, "Minetti 2002; Romijn 1993; Thomas 2016",
    ),
    "energy_deficit": FactorDose(
        "45 minus energy availability, half of 3 and half of 7 days",
        "kcal/kg fat-free mass", ("diary.energy_intake_kcal", *_RUN, *_HILL, "activities.energy_kcal", "athletes.mass_kg", "diary.body_fat_pct"),
        0.0, 10.0, 0.68, "Loucks 2003; Burke 2018",
    ),
    "macronutrient_balance": FactorDose(
        "protein short of 1.6 g/kg, as a share, + 2 x the shares of energy outside A1's ranges; mean of 28 days",
        "share", ("diary.energy_intake_kcal", "diary.carbohydrate_g", "diary.protein_g", "diary.fat_g", "athletes.mass_kg"),
        0.05, 0.2, 0.41, "article A1; Thomas 2016",
    ),
    "micronutrients": FactorDose(
        "mean shortfall of iron, B6 and B12 (28-day mean intake against the recommended amount)",
        "share", ("diary.iron_mg", "diary.vitamin_b6_mg", "diary.vitamin_b12_ug", "athletes.sex"),
        0.02, 0.12, 0.45, "article A1; recommended dietary allowances of the US National Academies",
    ),
    "metabolic_byproducts": FactorDose(
        "minutes above threshold today + a quarter of yesterday's",
        "min", ("activities.session_rpe", *_RUN, *_HILL, "athletes.threshold_speed_mps", "activities.hr_max_bpm"),
        1.0, 20.0, 0.34, "articles A0, A1, A2, A4",
    ),
    "cardiovascular_strain": FactorDose(
        "Banister TRIMP of all sessions today + 0.4 of yesterday's",
        "AU", ("activities.hr_mean_bpm", "activities.duration_s", "athletes.hr_max_bpm", "athletes.hr_rest_bpm", "athletes.sex"),
        40.0, 130.0, 0.3, "Banister 1991; Morton 1990",
    ),
    "muscle_damage": FactorDose(
        "(descent x grade + 0.15 m a km run or walked) over (1 + its 28-day EWMA); today + 0.7 of yesterday + 0.3 of the day before",
        "m, unaccustomed", ("activities.descent_m", "activities.distance_m"),
        0.5, 3.0, 0.56, "Bontemps 2020; repeated bouts",
    ),
    "overstriding": FactorDose(
        "steps/min below own usual at that speed x hours run, today + a third of yesterday's",
        "steps/min x h", ("activities.cadence_mean_spm", *_RUN),
        0.5, 5.0, 0.32, "Anderson 2022",
    ),
    "weak_support_muscles": FactorDose(
        "strength sessions a week short of 2 (14 days) x hours run today",
        "sessions/week x h", ("activities.sport", "activities.duration_s"),
        0.3, 1.8, 0.26, "article A4",
    ),
    "worn_footwear": FactorDose(
        "share of wear beyond 480 km (all at 800 km) x km, today + half of yesterday's and so on",
        "km on worn shoes", ("activities.shoe_id", "activities.distance_m"),
        0.0, 8.0, 0.3, "300-500 miles, Cook 1985",
    ),
    "heat_stress": FactorDose(
        "(WBGT - 15) x minutes x relative effort of runs and outdoor sessions, over (1 + 14-day EWMA / 150)",
        "degC min, unaccustomed", (*_AIR, "activities.start_time", "activities.place_id", *_RUN, "athletes.threshold_speed_mps"),
        20.0, 280.0, 0.6, "ACSM 1984; Mantzios 2022",
    ),
    "dehydration": FactorDose(
        "half of the run's deficit (sweat - drunk in it) + the whole day's (need - drunk), % of body mass",
        "% of body mass", ("activities.fluid_during_ml", "activities.mass_before_kg", "activities.mass_after_kg", "diary.fluid_ml", *_RUN, *_HILL, "weather.temperature_c", "athletes.mass_kg"),
        0.25, 1.1, 0.56, "ACSM 2007; Cheuvront 2023",
    ),
    "electrolyte_loss": FactorDose(
        "sodium need (1,500 mg + sweat) minus eaten, a third of a debt lasts; + 2 x mean shortfall of K, Mg, Ca (7 days)",
        "g sodium", ("diary.sodium_mg", "diary.potassium_mg", "diary.magnesium_mg", "diary.calcium_mg", *_RUN, "weather.temperature_c"),
        0.1, 1.3, 0.6, "Baker 2016; Barnes 2019",
    ),
    "too_much_too_soon": FactorDose(
        "2 x (distance / longest of the 30 days before - 1.1) + (7-day km / mean week of the 3 weeks before - 1.1)",
        "ratio", ("activities.distance_m",),
        0.0, 0.6, 0.38, "Frandsen 2025; Nielsen 2014",
    ),
    "overreaching": FactorDose(
        "7-day mean of (week's load / chronic load before it - 1.05) + 0.3 x (monotony - 1.2) x the same ratio",
        "ratio", _LOAD,
        0.0, 0.35, 0.38, "Foster 1998; Banister 1975",
    ),
    "insufficient_recovery": FactorDose(
        "today's run load / own mean daily load x share of 72 h missing since the last hard or long run, + 0.3 a day past 5 without rest or active recovery",
        "ratio", (*_LOAD, "activities.start_time"),
        0.0, 1.2, 0.34, "articles A0, A1, A2, A4",
    ),
    "intensity_imbalance": FactorDose(
        "share of running time above threshold in 7 days beyond 15 % + 0.1 a hard session beyond 2",
        "share", ("activities.session_rpe", *_RUN, *_HILL, "athletes.threshold_speed_mps"),
        0.0, 0.15, 0.34, "articles A1, A4",
    ),
    "fast_start": FactorDose(
        "first third faster than the rest, %, x share of the time above threshold + 0.2",
        "%", ("records.speed_mps", "records.elapsed_s", "activities.first_half_time_s"),
        0.2, 1.6, 0.26, "articles A1, A4",
    ),
    "low_conditioning": FactorDose(
        "today's km as a share of the usual week's km (42-day EWMA x 7), beyond 30 %",
        "share", ("activities.distance_m",),
        0.0, 0.25, 0.38, "articles A0, A1; Banister 1975",
    ),
    "poor_sleep": FactorDose(
        "hours short of own need, six nights + 2.5 x the coming night",
        "h", ("diary.sleep_h", "athletes.sleep_need_h"),
        1.5, 6.0, 1.12, "debt over 7 nights, common practice",
    ),
    "stress_and_mood": FactorDose(
        "0.6 x stress + 0.4 x (10 - mood), mean of 3 days",
        "0-10", ("diary.stress_score", "diary.mood_score", "diary.hrv_rmssd_ms"),
        2.5, 2.5, 0.9, "articles A2, A3; Hooper 1995",
    ),
    "illness_or_condition": FactorDose(
        "1 on an ill day, 0.45 with a condition, 0.3 with an injury; half of it lasts to the next day",
        "ill days", ("diary.illness", "diary.injury", "diary.night_hr_bpm", "diary.hrv_rmssd_ms"),
        0.0, 0.8, 0.9, "articles A2, A3",
    ),
}  # fmt: skip

FACTORS: tuple[str, ...] = tuple(FACTOR_DOSES)


def factor_doses(history: History) -> dict[str, Floats]:
    """Return each factor's dose on each day, in the units of `FACTOR_DOSES`.

    A day's dose knows everything up to its evening, and the night that follows it; nothing later.
    """
    doses = _fuel(history) | _fluid(history) | _mechanics(history) | _load(history) | _recovery(history)
    return {factor: doses[factor] for factor in FACTORS}


def _fuel(h: History) -> dict[str, Floats]:
    mass, ffm, eaten = h.runners.mass_kg, h.runners.fat_free_mass_kg, h.intake
    need = 4.2 + h.season.all_carbohydrate_used_g / mass
    available = (eaten.energy_intake_kcal - h.season.all_energy_kcal) / ffm
    energy = np.maximum(eaten.energy_intake_kcal, 1.0)
    outside = sum(
        np.maximum(low - share, 0.0) + np.maximum(share - high, 0.0)
        for share, low, high in (
            (4.0 * eaten.carbohydrate_g / energy, 0.5, 0.7),
            (9.0 * eaten.fat_g / energy, 0.2, 0.3),
            (4.0 * eaten.protein_g / energy, 0.1, 0.2),
        )
    )
    protein = np.maximum(1.0 - eaten.protein_g / (1.6 * mass), 0.0)
    return {
        "glycogen_depletion": carried(need - eaten.carbohydrate_g / mass, 0.6, 7.0),
        "energy_deficit": 45.0 - 0.5 * (trailing_mean(available, 3) + trailing_mean(available, 7)),
        "macronutrient_balance": trailing_mean(protein + 2.0 * outside, 28),
        "micronutrients": _shortfall(h, RDA, 28),
    }


def _shortfall(h: History, wanted: dict[str, tuple[float, float]], days: int) -> Floats:
    """Return the mean share by which the mean intake of `days` days falls short of the amounts for women and men."""
    missing = [
        np.maximum(
            1.0 - trailing_mean(h.intake.minerals[name], days) / np.where(h.runners.female, women, men), 0.0
        )
        for name, (women, men) in wanted.items()
    ]
    return np.asarray(sum(missing) / len(missing))


def _fluid(h: History) -> dict[str, Floats]:
    run, mass = h.season, h.runners.mass_kg
    heat = np.maximum(run.wbgt_c - WBGT_BEST_C, 0.0) * run.minutes * run.relative_speed
    heat = heat + sum(s.heat_c_min for s in run.others.values())
    in_run = np.maximum(run.sweat_ml - h.intake.fluid_during_ml, 0.0)
    in_day = np.maximum(32.0 * mass + run.all_sweat_ml - h.intake.fluid_ml, 0.0)
    lost_mg = run.all_sweat_ml / 1000.0 * h.runners.sweat_sodium_mmol_l * 22.99
    sodium = carried((1500.0 + lost_mg - h.intake.minerals["sodium_mg"]) / 1000.0, 0.33)
    return {
        "heat_stress": heat / (1.0 + before(ewma(heat, 14.0, 0.0)) / 150.0),
        "dehydration": (0.5 * in_run + in_day) / 10.0 / mass,
        "electrolyte_loss": sodium + 2.0 * _shortfall(h, OTHER_SALTS, 7),
    }


def _mechanics(h: History) -> dict[str, Floats]:
    run = h.season
    grade = 2.0 * run.descent_m / np.maximum(run.distance_km * 1000.0, 1.0)
    km_on_foot = (
        run.distance_km + 0.06 * SPEED_MPS["walking"] * run.others["walking"].minutes
    )  # walks are flat
    downhill = run.descent_m * grade * (grade > 0.02) + 0.15 * km_on_foot
    fresh = downhill / (1.0 + before(ewma(downhill, 28.0, 1.0), fill=1.0))
    slow_steps = np.maximum(-run.cadence_residual_spm, 0.0) * run.minutes / 60.0
    weekly = trailing_sum((h.season.others["strength"].minutes > 0).astype(float), 14) / 2.0
    worn = np.clip((run.shoe_km - 480.0) / 320.0, 0.0, 1.0) * run.distance_km
    return {
        "muscle_damage": fresh + 0.7 * before(fresh) + 0.3 * before(fresh, 2),
        "overstriding": slow_steps + before(slow_steps) / 3.0,
        "weak_support_muscles": np.maximum(2.0 - weekly, 0.0) * run.minutes / 60.0,
        "worn_footwear": carried(worn, 0.5),
    }


def _load(h: History) -> dict[str, Floats]:
    run, others = h.season, h.season.others.values()
    km, run_load = run.distance_km, run.exertion * run.minutes
    load = run_load + sum(s.exertion * s.minutes for s in others)
    strain = trimp(run.minutes, run.hr_mean_bpm, h.runners)
    strain = strain + sum(trimp(s.minutes, s.hr_bpm, h.runners) for s in others)
    chronic = ewma(load, 42.0, load[:, :28].mean(axis=1))
    usual_load = np.maximum(before(chronic), 8.0)
    usual_week = 7.0 * np.maximum(before(ewma(km, 42.0, km[:, :28].mean(axis=1))), 1.2)

    longest = np.maximum(before(trailing_max(km, 30)), 3.0)
    spike = np.where(run.run, np.maximum(km / longest - 1.1, 0.0), 0.0)
    week = trailing_sum(km, 7)
    weeks_before = np.maximum(before(trailing_sum(km, 21), 7) / 3.0, 5.0)
    rise = np.maximum(week / weeks_before - 1.1, 0.0)

    mean = trailing_mean(load, 7)
    ratio = np.minimum(mean / np.maximum(_before_the_week(chronic), 8.0), 5.0)
    spread = np.sqrt(np.maximum(trailing_mean(load**2, 7) - mean**2, 0.0))
    monotony = np.minimum(mean / np.maximum(spread, 1.0), 4.0)  # an even week would divide by 0
    sustained = trailing_mean(np.maximum(ratio - 1.05, 0.0), 7)

    hard = run.hard_minutes > HARD_MINUTES
    taxing = hard | (km > 0.3 * usual_week)
    gap_h = (
        24.0 * (1.0 + before(days_since(taxing), fill=59.0))
        + run.start_hour
        - _last_hour(taxing, run.start_hour)
    )
    tired = np.where(run.run, run_load / usual_load * np.clip(1.0 - gap_h / 72.0, 0.0, 1.0), 0.0)
    tiring = run_load + sum(s.exertion * s.minutes * (s.exertion >= LIGHT_RPE) for s in others)
    streak = days_since(tiring < 20.0, 30)
    hard_share = trailing_sum(run.hard_minutes, 7) / np.maximum(trailing_sum(run.minutes, 7), 30.0)
    many = np.maximum(trailing_sum(hard.astype(float), 7) - 2.0, 0.0)
    pushed = run.hard_minutes / np.maximum(run.minutes, 1.0)
    return {
        "metabolic_byproducts": run.hard_minutes + 0.25 * before(run.hard_minutes),
        "cardiovascular_strain": strain + 0.4 * before(strain),
        "too_much_too_soon": 2.0 * np.minimum(spike, 2.0) + np.minimum(rise, 2.0),
        "overreaching": sustained + 0.3 * np.maximum(monotony - 1.2, 0.0) * ratio,
        "insufficient_recovery": tired + 0.3 * np.maximum(streak - 5.0, 0.0),
        "intensity_imbalance": np.maximum(hard_share - 0.15, 0.0) + 0.1 * many,
        "fast_start": np.where(run.run, np.maximum(100.0 * run.fast_start, 0.0) * (pushed + 0.2), 0.0),
        "low_conditioning": np.where(run.run, np.maximum(km / usual_week - 0.3, 0.0), 0.0),
    }


def _before_the_week(chronic: Floats) -> Floats:
    """Return the chronic load as it was before the last seven days; in the log's first week that of its first day."""
    return np.concatenate([np.repeat(chronic[:, :1], 7, axis=1), chronic], axis=1)[:, : chronic.shape[1]]


def _last_hour(event: Mask, hour: Floats) -> Floats:
    """Return the hour of day of the last event before each day (that day's own hour where there is none)."""
    today = np.arange(event.shape[1])
    last = np.maximum.accumulate(np.where(event, today, -1), axis=1)
    last = np.concatenate([np.full_like(last[:, :1], -1), last[:, :-1]], axis=1)
    return np.asarray(np.where(last >= 0, np.take_along_axis(hour, np.maximum(last, 0), axis=1), hour))


def _recovery(h: History) -> dict[str, Floats]:
    short = np.maximum(h.runners.sleep_need_h - h.sleep_h, 0.0)
    strained = 0.6 * h.life.stress + 0.4 * (10.0 - h.life.mood)
    sick = np.maximum(h.life.illness, 0.3 * h.life.injury)
    return {
        "poor_sleep": trailing_sum(short, 6) + 2.5 * after(short),
        "stress_and_mood": trailing_mean(strained, 3),
        "illness_or_condition": carried(sick, 0.5),
    }
