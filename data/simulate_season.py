"""What the runners do: plans, runs, rides, strength sessions and shoes, one run a day at most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import Floats, Mask, Whole
from .simulate_life import Circumstances
from .simulate_people import Runners
from .simulate_tools import Dice, autoregressive
from .simulate_weather import CLIMATES, LEAD_HOURS, Weather, offsets_h

REST, EASY, LONG, INTERVALS, TEMPO, RACE = range(6)
CYCLE = np.array([1.0, 1.08, 1.16, 0.72])  # three building weeks, one of recovery
KIND_DISTANCE = np.array([0.0, 0.85, 1.55, 0.95, 0.95, 1.0])
KIND_HARD_SHARE = np.array([0.0, 0.02, 0.05, 0.36, 0.45, 0.0])
RACE_KM = np.array([5.0, 10.0, 21.1, 42.2])
RACE_HARD_SHARE = np.array([0.92, 0.82, 0.6, 0.4])
DAY_ORDER = np.array([5, 1, 4, 2, 6, 3, 0])  # Monday to Sunday: which day gets a run first
C_LEVEL = 3.6  # J/kg/m
SPEED_MPS = {"cycling": 6.5, "walking": 1.4}
SPORT_HOURS = {"strength": 17.0, "cycling": 10.0, "walking": 15.0}
OUTDOORS = ("cycling", "walking")
INDOORS_C = 21.0


@dataclass(frozen=True)
class Session:
    """One kind of session besides running, each array (athletes, days); minutes are 0 where there was none.

    `energy_kcal` is net of rest.
    """

    minutes: Floats
    exertion: Floats
    hr_bpm: Floats
    energy_kcal: Floats
    carbohydrate_used_g: Floats
    sweat_ml: Floats
    heat_c_min: Floats


@dataclass(frozen=True)
class Season:
    """All training, arrays of shape (athletes, days), 0 where there was no run.

    Energy is net of rest: a device tells `energy_kcal` and `resting_kcal` of its minutes.
    """

    kind: Whole
    run: Mask
    start_hour: Floats
    minutes: Floats
    distance_km: Floats
    ascent_m: Floats
    descent_m: Floats
    hard_minutes: Floats
    relative_speed: Floats
    fast_start: Floats
    exertion: Floats
    hr_mean_bpm: Floats
    hr_peak_bpm: Floats
    cadence_spm: Floats
    cadence_residual_spm: Floats
    energy_kcal: Floats
    carbohydrate_used_g: Floats
    sweat_ml: Floats
    temperature_c: Floats
    wbgt_c: Floats
    shoe_number: Whole
    shoe_km: Floats
    others: dict[str, Session]

    @property
    def all_sweat_ml(self) -> Floats:
        """Sweat of all the day's sessions, mL."""
        return np.asarray(self.sweat_ml + sum(s.sweat_ml for s in self.others.values()))

    @property
    def all_energy_kcal(self) -> Floats:
        """Return the net energy of all the day's sessions."""
        return np.asarray(self.energy_kcal + sum(s.energy_kcal for s in self.others.values()))

    @property
    def all_carbohydrate_used_g(self) -> Floats:
        """Return the carbohydrate that all the day's sessions used."""
        return np.asarray(self.carbohydrate_used_g + sum(s.carbohydrate_used_g for s in self.others.values()))


def minetti_cost(grade: Floats) -> Floats:
    """Return the net energy cost of running on a grade, J/kg/m (Minetti 2002)."""
    i = np.clip(grade, -0.45, 0.45)
    return np.asarray(((((155.4 * i - 30.4) * i - 43.3) * i + 46.3) * i + 19.5) * i + C_LEVEL)


def carbohydrate_share(vo2max_share: Floats) -> Floats:
    """Return the share of energy that carbohydrate gives: 5, 50, 90 % at 25, 65, 85 % (Romijn 1993)."""
    return np.asarray(np.interp(vo2max_share, [0.25, 0.65, 0.85, 1.0], [0.05, 0.5, 0.9, 1.0]))


def resting_kcal(runners: Runners, minutes: Floats) -> Floats:
    """Return what a body uses at rest in that time, 1 kcal/kg an hour: a device's energy holds it."""
    return np.asarray(runners.mass_kg * minutes / 60.0)


def sweat_rate_l_per_h(kcal_per_h: Floats, air_c: Floats) -> Floats:
    """Return the sweat rate of an average person (inputs: Cheuvront 2023; level: Barnes 2019)."""
    return np.asarray(1.05e-3 * kcal_per_h * (1.0 + 0.035 * (air_c - 15.0)) + 0.1)


def trimp(minutes: Floats, hr_bpm: Floats, runners: Runners) -> Floats:
    """Return Banister's TRIMP from the mean heart rate (Banister 1991, Morton 1990)."""
    x = np.clip((hr_bpm - runners.hr_rest_bpm) / runners.hr_reserve_bpm, 0.0, 1.0)
    men, women = 0.64 * np.exp(1.92 * x), 0.86 * np.exp(1.67 * x)
    return np.asarray(minutes * x * np.where(runners.female, women, men))


def draw_season(
    dice: Dice, runners: Runners, life: Circumstances, weather: Weather, weekday: Whole
) -> Season:
    """Draw every session; `weekday` (days,) is 0 on Mondays."""
    kind, distance, race_size = _plan(dice, runners, life, weekday)
    run = kind != REST
    hour = _start_hours(dice, kind, weekday)
    air, heat = _air(dice, life, weather, hour.astype(np.int64))
    hot = np.maximum(heat - 15.0, 0.0)
    ascent, descent = _climbs(dice, life, kind, distance)
    metres = np.maximum(distance * 1000.0, 1.0)
    cost = _cost_there_and_back(metres, ascent, descent)
    hard_share, relative = _paces(dice, life, kind, race_size, hot)
    speed = runners.threshold_speed_mps * relative * C_LEVEL / cost
    minutes = np.where(run, metres / speed / 60.0, 0.0)
    exertion = 1.5 + 8.0 * hard_share**0.6 + 0.011 * minutes + 0.05 * hot + 1.2 * life.illness
    mean, peak = _heart(dice, life, relative, hard_share, minutes, hot)
    cadence, off_usual = _cadence(dice, speed)
    net_kcal = cost * metres * runners.mass_kg / 4184.0 * run
    number, worn = _shoes(dice, distance)
    return Season(
        kind=kind,
        run=run,
        start_hour=hour,
        minutes=minutes,
        distance_km=distance,
        ascent_m=ascent,
        descent_m=descent,
        hard_minutes=hard_share * minutes,
        relative_speed=relative,
        fast_start=_fast_start(dice, kind, hard_share),
        exertion=np.where(run, np.clip(exertion, 1.0, 10.0), 0.0),
        hr_mean_bpm=runners.hr_rest_bpm + mean * runners.hr_reserve_bpm,
        hr_peak_bpm=runners.hr_rest_bpm + peak * runners.hr_reserve_bpm,
        cadence_spm=cadence,
        cadence_residual_spm=off_usual,
        energy_kcal=net_kcal,
        carbohydrate_used_g=net_kcal * carbohydrate_share(0.86 * relative) / 4.0,
        sweat_ml=_run_sweat_ml(dice, runners, net_kcal + resting_kcal(runners, minutes), minutes, air),
        temperature_c=air,
        wbgt_c=heat,
        shoe_number=number,
        shoe_km=worn,
        others=_others(dice, runners, life, run, weekday, weather),
    )


def _start_hours(dice: Dice, kind: Whole, weekday: Whole) -> Floats:
    """Return the local hour at which each run starts: weekends and races at nine, else before or after work."""
    free = (weekday >= 5) | (kind == RACE)
    early = dice.person_uniform("early runner") < 0.5
    usual = np.where(free, 9.0, np.where(early, 6.6, 18.2))
    return np.asarray(np.clip(usual + 0.7 * dice.daily("start hour"), 4.5, 21.0))


def _air(dice: Dice, life: Circumstances, weather: Weather, hour: Whole | int) -> tuple[Floats, Floats]:
    """Return the air temperature and the WBGT, degC, where each runner is at the local `hour` of each day."""
    column = LEAD_HOURS + np.arange(dice.days) * 24 + hour - offsets_h(life.place)
    return weather.temperature_c[column, life.place], weather.wbgt_c()[column, life.place]


def _climbs(dice: Dice, life: Circumstances, kind: Whole, distance_km: Floats) -> tuple[Floats, Floats]:
    """Return ascent and descent, m: those of the place, more on the trails that some easy and long runs take."""
    hills = np.array([c.hills_m_per_km for c in CLIMATES])[life.place] * np.exp(0.6 * dice.daily("route"))
    trail = (dice.daily_uniform("trail") < 0.07) & (kind < INTERVALS)
    ascent = distance_km * np.minimum(np.where(trail, 3.5, 1.0) * hills, 95.0)
    return ascent, np.minimum(ascent * np.exp(0.12 * dice.daily("descent")), distance_km * 110.0)


def _paces(
    dice: Dice, life: Circumstances, kind: Whole, race_size: Whole, hot: Floats
) -> tuple[Floats, Floats]:
    """Return the share of a run that is hard, and its speed on the flat as a share of the threshold's."""
    wobble = 1.0 + 0.25 * np.clip(dice.daily("hard share"), -2, 2)
    hard_share = np.where(kind == RACE, RACE_HARD_SHARE[race_size], KIND_HARD_SHARE[kind] * wobble)
    relative = 0.73 + 0.35 * hard_share + 0.02 * dice.daily("pace") - 0.02 * life.illness
    return hard_share, relative * (1.0 - 0.004 * hot)


def _heart(
    dice: Dice, life: Circumstances, relative: Floats, hard_share: Floats, minutes: Floats, hot: Floats
) -> tuple[Floats, Floats]:
    """Return a run's mean and peak heart rate as shares of the reserve."""
    mean = 0.85 + 0.8 * (relative - 1.0) + 0.0006 * minutes + 0.005 * hot + 0.02 * life.illness
    mean = np.clip(mean + 0.012 * dice.daily("heart"), 0.35, 0.97)
    return mean, np.clip(mean + 0.06 + 0.14 * np.sqrt(hard_share) + 0.01 * dice.daily("peak"), mean, 1.0)


def _cost_there_and_back(metres: Floats, ascent_m: Floats, descent_m: Floats) -> Floats:
    """Return the energy cost of runs, J/kg/m, half of whose way goes up and half down."""
    return 0.5 * (minetti_cost(2 * ascent_m / metres) + minetti_cost(-2 * descent_m / metres))


def _cadence(dice: Dice, speed_mps: Floats) -> tuple[Floats, Floats]:
    """Return a run's cadence, and how far form takes it off the runner's usual at that speed, steps/min."""
    form = 2.4 * autoregressive(dice.daily("form"), 0.5) - 4.0 * dice.spells("poor form", 0.02, 2, 6)
    cadence = 168.0 + 5.0 * dice.person("cadence") + 11.0 * (speed_mps - 3.0) + form
    return np.clip(cadence, 135.0, 215.0), form


def _fast_start(dice: Dice, kind: Whole, hard_share: Floats) -> Floats:
    """Return how much faster than the rest the first third of each run was, as a share; more uneven in races."""
    keen = 1.0 + 1.5 * (kind == RACE) + 0.5 * (hard_share > 0.2)
    return np.where(kind != REST, 0.025 * keen * dice.daily("start"), 0.0)


def _run_sweat_ml(
    dice: Dice, runners: Runners, energy_kcal: Floats, minutes: Floats, air_c: Floats
) -> Floats:
    """Return a run's sweat: the average person's rate times the runner's own factor, which varies by the day."""
    rate = sweat_rate_l_per_h(energy_kcal * 60.0 / np.maximum(minutes, 1.0), air_c)
    own = rate * runners.sweat_factor * np.exp(0.06 * dice.daily("sweat"))
    return np.asarray(1000.0 * (np.clip(own, 0.2, 3.2) * minutes / 60.0))


def _plan(dice: Dice, runners: Runners, life: Circumstances, weekday: Whole) -> tuple[Whole, Floats, Whole]:
    """Return the kind, the distance in km and the race's size of every day's run."""
    week = (np.arange(dice.days) + weekday[0]) // 7
    weeks = int(week[-1]) + 2
    to_race, volume, hard = _weeks(dice, weeks)
    shifted = (weekday + (dice.person_uniform("long run on Saturday") < 0.2)) % 7
    planned = _running_days(dice, runners, life, shifted)

    hard_today = hard[:, week]
    kind = np.where(planned, EASY, REST)
    kind = np.where(planned & (shifted == 6), LONG, kind)
    kind = np.where(planned & (shifted == 1) & (hard_today >= 1), INTERVALS, kind)
    kind = np.where(planned & (shifted == 3) & (hard_today >= 2), TEMPO, kind)
    kind = np.where(planned & (shifted == 5) & (hard_today >= 3), INTERVALS, kind)
    kind = np.where(planned & (shifted == 6) & (to_race[:, week] == 0) & (life.illness == 0), RACE, kind)

    size = np.searchsorted([0.35, 0.75, 0.97], dice.daily_uniform("race size"))
    size = np.minimum(size, np.where(runners.weekly_km > 50, 3, np.where(runners.weekly_km > 28, 2, 1)))
    usual = runners.weekly_km * volume[:, week] / runners.runs_a_week * KIND_DISTANCE[kind]
    distance = np.clip(usual * np.exp(0.14 * dice.daily("distance")), 2.5, 38.0)
    distance = np.where(kind == RACE, RACE_KM[size], np.where(kind == REST, 0.0, distance))
    return kind.astype(np.int64), distance, size.astype(np.int64)


def _weeks(dice: Dice, weeks: int) -> tuple[Whole, Floats, Floats]:
    """Return weeks to the next race, the volume as a share of the usual and the hard sessions, (athletes, weeks)."""
    phase = (dice.person_uniform("phase") * 4).astype(np.int64)
    period = 7 + (dice.person_uniform("race period") * 6).astype(np.int64)
    to_race = (np.arange(weeks) + (dice.person_uniform("race phase") * period).astype(np.int64)) % period
    volume = CYCLE[(np.arange(weeks) + phase) % 4] * np.exp(0.10 * dice.weekly("volume week", weeks))
    volume = volume * np.where(dice.weekly("surge", weeks) > 1.5, 1.4, 1.0)
    volume = volume * np.where(to_race == 0, 0.8, np.where(to_race == 1, 0.65, 1.0))
    hard = np.round(1.4 + 0.7 * dice.person("hard sessions") + 0.6 * dice.weekly("hard week", weeks))
    return to_race, volume, np.clip(hard, 0, 3)


def _running_days(dice: Dice, runners: Runners, life: Circumstances, weekday: Whole) -> Mask:
    """Return the days with a run: those planned but for a few, fewer on holiday, ill or hurt."""
    planned = DAY_ORDER[weekday] < runners.runs_a_week
    planned |= weekday == 6  # the long run comes first
    unlucky = dice.daily_uniform("skip")
    planned = np.where(planned, unlucky > 0.08, unlucky > 0.96)
    planned &= ~(life.holiday & (dice.daily_uniform("holiday run") < 0.65))
    planned &= ~((life.illness > 0) & (dice.daily_uniform("ill run") < 0.8))
    planned &= ~(life.injury & (dice.daily_uniform("hurt run") < 0.7))
    return planned


def _shoes(dice: Dice, distance_km: Floats) -> tuple[Whole, Floats]:
    """Return the shoe worn each day and the km on it before the run; each is replaced at its owner's limit."""
    limit = np.clip(620.0 * np.exp(0.25 * dice.person("shoe limit")), 350.0, 1100.0)
    run_before = np.cumsum(distance_km, axis=1) - distance_km + limit * dice.person_uniform("shoe age")
    number = np.floor(run_before / limit)
    return number.astype(np.int64), run_before - number * limit


def _others(
    dice: Dice, runners: Runners, life: Circumstances, run: Mask, weekday: Whole, weather: Weather
) -> dict[str, Session]:
    """Return strength, cycling and walking sessions; strength is done indoors, at 21 degC."""
    free = (life.illness == 0) & ~life.holiday
    wanted = np.clip(np.round(1.5 + 1.1 * dice.person("strength habit")), 0, 3)
    lapse = dice.spells("strength lapse", 0.015, 10, 35)
    order = np.array([0, 9, 2, 9, 1, 9, 9])[weekday]
    strength = free & ~lapse & (order < wanted) & (dice.daily_uniform("strength") < 0.85)
    rider = dice.person_uniform("rider") < 0.35
    ride = free & rider & ~run & (dice.daily_uniform("ride") < 0.35)
    walk = ~run & (life.illness == 0) & (dice.daily_uniform("walk") < 0.15)

    def session(
        name: str, when: Mask, usual_min: float, exertion: float, reserve: float, kcal_kg_h: float
    ) -> Session:
        minutes = np.where(when, usual_min * np.exp(0.3 * dice.daily(name + " minutes")), 0.0)
        effort = np.clip(exertion + 0.7 * dice.daily(name + " effort"), 0.5, 9.0)
        heart = reserve + 0.03 * (effort - exertion)
        outdoors = name in OUTDOORS
        air, heat = _air(dice, life, weather, int(SPORT_HOURS[name]))
        air = air if outdoors else np.full(minutes.shape, INDOORS_C)
        hot = np.maximum(heat - 15.0, 0.0) * outdoors
        rate = sweat_rate_l_per_h((kcal_kg_h + 1.0) * runners.mass_kg, air) * runners.sweat_factor
        energy = minutes / 60.0 * kcal_kg_h * runners.mass_kg
        return Session(
            minutes=minutes,
            exertion=np.where(when, effort, 0.0),
            hr_bpm=runners.hr_rest_bpm + heart * runners.hr_reserve_bpm,
            energy_kcal=energy,
            carbohydrate_used_g=energy * carbohydrate_share(heart) / 4.0,
            sweat_ml=1000.0 * np.maximum(rate, 0.1) * minutes / 60.0,
            heat_c_min=hot * minutes * reserve,
        )

    return {
        "strength": session("strength", strength, 38.0, 4.0, 0.35, 5.0),
        "cycling": session("cycling", ride, 65.0, 3.2, 0.52, 7.5),
        "walking": session("walking", walk, 45.0, 1.3, 0.25, 3.3),
    }
