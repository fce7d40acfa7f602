"""What the simulated runners write down: canonical tables with rounding, errors and gaps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from .arrays import Floats, Mask
from .schema import FatigueScale
from .simulate_doses import History
from .simulate_season import SPORT_HOURS
from .simulate_tools import Dice, after, before, ewma, written
from .simulate_truth import Mornings
from .simulate_weather import CLIMATES, offsets_h

SCALE = FatigueScale(1, 7, direction=1)
SOURCE = "simulated"


@dataclass(frozen=True)
class Gaps:
    """What is written down, masks of shape (athletes, days); the true doses go on regardless."""

    diary: Mask
    food: Mask
    heart: Mask
    hrv: Mask
    night: Mask
    scales: Mask
    answer: Mask
    activity: Mask
    exertion: Mask
    weighed: Mask
    rate: float


def draw_gaps(dice: Dice, this_morning: Floats, gaps: float = 1.0, when_tired: float = 1.0) -> Gaps:
    """Draw gaps: people who never log a thing, lost weeks, single days, and more after bad mornings.

    Parameters
    ----------
    this_morning : ndarray
        Latent fatigue of each day's own morning.
    gaps, when_tired : float
        Multiples of the rates at random, and of what bad mornings add to them; 0 leaves none.
    """
    worse = np.clip(this_morning - np.median(this_morning, axis=1, keepdims=True), 0.0, 4.0)
    silent = dice.spells("silent", 0.008, 4, 14) & (dice.daily_uniform("diary in silence") < 0.8 * gaps)

    def keeps(name: str, owners: float, missing: float, after_bad: float = 0.0) -> Mask:
        own = dice.person_uniform(name + " owner") < 1.0 - gaps * (1.0 - owners)
        lost = gaps * missing + when_tired * after_bad * worse
        return np.asarray(own & (dice.daily_uniform(name + " kept") > lost))

    pauses = dice.spells("food pause", 0.012, 3, 10) & (dice.person_uniform("pauses food") < gaps)
    diary = ~silent & keeps("diary", 1.0, 0.03, 0.02)
    return Gaps(
        diary=diary,
        food=keeps("food", 0.7, 0.06, 0.04) & ~pauses,
        heart=keeps("heart rate", 0.88, 0.03),
        hrv=keeps("hrv", 0.6, 0.08),
        night=keeps("watch at night", 0.75, 0.05),
        scales=keeps("scales", 0.55, 0.45),
        answer=~silent & keeps("answer", 1.0, 0.06, 0.035),
        activity=keeps("activity", 1.0, 0.025),
        exertion=keeps("exertion", 1.0, 0.08, 0.01),
        weighed=keeps("weighed run", 0.35, 0.6),
        rate=gaps,
    )


@dataclass(frozen=True)
class Log:
    """Writes the tables of the days `first` to `last` (exclusive) of a history.

    `errors` is a multiple of the errors and of the rounding; 0 writes down what happened.
    """

    dice: Dice
    history: History
    mornings: Mornings
    gaps: Gaps
    first_day: pd.Timestamp
    first: int
    last: int
    errors: float = 1.0

    @property
    def athlete_ids(self) -> np.ndarray:
        """Identifiers in order."""
        return np.array([f"sim-{i + 1:04d}" for i in range(self.dice.athletes)], dtype=object)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return athletes, activities, diary and ratings in canonical columns."""
        sports = [self._runs(), *(self._sessions(sport) for sport in self.history.season.others)]
        return {
            "athletes": self._athletes(),
            "activities": pd.concat(sports, ignore_index=True),
            "diary": self._diary(),
            "ratings": self._ratings(),
        }

    def _written(self, x: Floats, places: int = 0) -> np.ndarray:
        return written(x, places, self.errors)

    def _error(self, name: str) -> Floats:
        """Return errors of unit size, times the knob."""
        return self.errors * self.dice.daily(name)

    def _rows(self, wanted: Mask) -> tuple[np.ndarray, np.ndarray]:
        """Return athlete and day indices of the wanted days that lie in the logged span."""
        who, day = np.nonzero(wanted[:, self.first : self.last])
        return who, day + self.first

    def _key(self, who: np.ndarray, day: np.ndarray) -> dict[str, object]:
        days = self.first_day.as_unit("us") + pd.to_timedelta(day, unit="D")
        return {"athlete_id": self.athlete_ids[who], "day": days}

    def _instant(self, who: np.ndarray, day: np.ndarray, local_hour: np.ndarray) -> pd.DatetimeIndex:
        hours = day * 24.0 + local_hour - offsets_h(self.history.life.place[who, day])
        utc = self.first_day + pd.to_timedelta(np.round(hours * 3600.0), unit="s")
        return pd.DatetimeIndex(utc.as_unit("us").tz_localize("UTC"))

    def _athletes(self) -> pd.DataFrame:
        r = self.history.runners
        heart = self.gaps.heart.any(axis=1)
        group = np.floor(self.dice.person_uniform("group")[:, 0] * max(1, self.dice.athletes // 10)).astype(
            int
        )

        def stated(trait: Floats, places: int = 0, by: npt.ArrayLike = True) -> np.ndarray:
            return np.where(by, self._written(trait[:, 0], places), np.nan)

        return pd.DataFrame(
            {
                "athlete_id": self.athlete_ids,
                "sex": np.where(r.female[:, 0], "female", "male"),
                "birth_year": self._written(self.first_day.year - r.age_years[:, 0]),
                "height_cm": stated(r.height_cm),
                "mass_kg": stated(r.mass_kg, 1),
                "hr_max_bpm": stated(r.hr_max_bpm, by=heart),
                "hr_rest_bpm": stated(r.hr_rest_bpm, by=heart),
                "threshold_hr_bpm": stated(r.threshold_hr_bpm, by=heart),
                "threshold_speed_mps": stated(r.threshold_speed_mps, 2),
                "sleep_need_h": stated(
                    r.sleep_need_h,
                    1,
                    self.dice.person_uniform("states sleep need")[:, 0] < 1.0 - 0.5 * self.errors,
                ),
                "group_id": [f"group-{g + 1:02d}" for g in group],
                "timezone": [CLIMATES[h].timezone for h in r.home[:, 0]],
                "source": SOURCE,
            }
        )

    def _runs(self) -> pd.DataFrame:
        s, g, eaten = self.history.season, self.gaps, self.history.intake
        who, day = self._rows(s.run & g.activity)

        def at(x: Floats, places: int = 0) -> np.ndarray:
            return self._written(x[who, day], places)

        def kept(mask: Mask, values: np.ndarray) -> np.ndarray:
            return np.where(mask[who, day], values, np.nan)

        minutes = s.minutes[who, day]
        lost_kg = (s.sweat_ml - eaten.fluid_during_ml)[who, day] / 1000.0
        before_kg = self._mass()[who, day] + 0.3
        during = g.food | (self.dice.person_uniform("notes bottles") < 0.3)
        return pd.DataFrame(
            {
                "activity_id": _activity_ids(self.athlete_ids[who], day - self.first, "run"),
                **self._key(who, day),
                "start_time": self._instant(who, day, s.start_hour[who, day]),
                "sport": "running",
                "duration_s": self._written(
                    60.0 * minutes * (1.0 + 0.03 * self.dice.daily_uniform("pauses")[who, day])
                ),
                "moving_time_s": self._written(60.0 * minutes),
                "distance_m": at(1000.0 * s.distance_km),
                "first_half_time_s": self._written(60.0 * minutes * self._first_half()[who, day]),
                "ascent_m": at(s.ascent_m),
                "descent_m": at(s.descent_m),
                "hr_mean_bpm": kept(g.heart, at(s.hr_mean_bpm)),
                "hr_max_bpm": kept(g.heart, at(s.hr_peak_bpm)),
                "cadence_mean_spm": at(s.cadence_spm + 0.8 * self._error("cadence error"), 1),
                "steps": self._written(s.cadence_spm[who, day] * minutes),
                "energy_kcal": at(s.energy_kcal * np.exp(0.08 * self._error("device energy"))),
                "session_rpe": kept(g.exertion, np.clip(at(s.exertion + 0.4 * self._error("rpe")), 1, 10)),
                "carbohydrate_during_g": kept(during, at(eaten.carbohydrate_during_g)),
                "fluid_during_ml": kept(during, at(eaten.fluid_during_ml)),
                "sodium_during_mg": kept(during, at(eaten.sodium_during_mg)),
                "mass_before_kg": kept(g.weighed, self._written(before_kg, 1)),
                "mass_after_kg": kept(g.weighed, self._written(before_kg - lost_kg, 1)),
                "temperature_mean_c": at(s.temperature_c + self.errors + self._error("thermometer"), 1),
                "shoe_id": [
                    f"{a}-shoe-{n + 1:02d}"
                    for a, n in zip(self.athlete_ids[who], s.shoe_number[who, day], strict=True)
                ],
                "place_id": np.array([c.place_id for c in CLIMATES], dtype=object)[
                    self.history.life.place[who, day]
                ],
                "source": SOURCE,
            }
        )

    def _first_half(self) -> Floats:
        """Return the share of the time that the first half of the way took, where a third was run faster; laps are uneven."""
        faster = self.history.season.fast_start
        third = (1.0 + faster * 2.0 / 3.0) / 3.0  # of the way, in a third of the time
        share = 1.0 / 3.0 + (0.5 - third) / (1.0 - faster / 3.0)
        return share + 0.003 * self._error("laps")

    def _sessions(self, sport: str) -> pd.DataFrame:
        session = self.history.season.others[sport]
        who, day = self._rows((session.minutes > 0) & self.gaps.activity)
        hour = SPORT_HOURS[sport] + 0.3 * self.dice.daily(sport + " hour")[who, day]
        # A run of the same day comes first; other sessions wait until half an hour after it.
        season = self.history.season
        run_starts = season.start_hour[who, day]
        free_from = run_starts + season.minutes[who, day] / 60.0 + 0.5
        clash = (hour < free_from) & (hour + session.minutes[who, day] / 60.0 > run_starts)
        hour = np.where(season.run[who, day] & clash, free_from, hour)

        def kept(mask: Mask, x: Floats) -> np.ndarray:
            return np.where(mask[who, day], self._written(x[who, day]), np.nan)

        distance = {"cycling": 6.5, "walking": 1.4}.get(sport, np.nan) * session.minutes[who, day] * 60.0
        return pd.DataFrame(
            {
                "activity_id": _activity_ids(self.athlete_ids[who], day - self.first, sport),
                **self._key(who, day),
                "start_time": self._instant(who, day, hour),
                "sport": sport,
                "duration_s": self._written(60.0 * session.minutes[who, day]),
                "moving_time_s": self._written(60.0 * session.minutes[who, day]),
                "distance_m": self._written(distance),
                "hr_mean_bpm": kept(self.gaps.heart, session.hr_bpm),
                "energy_kcal": self._written(session.energy_kcal[who, day]),
                "session_rpe": kept(self.gaps.exertion, session.exertion),
                "place_id": np.array([c.place_id for c in CLIMATES], dtype=object)[
                    self.history.life.place[who, day]
                ],
                "source": SOURCE,
            }
        )

    def _mass(self) -> Floats:
        """Return morning body mass: slow swings, and part of the previous day's missing fluid, kg."""
        h = self.history
        balance = (h.intake.fluid_ml - 32.0 * h.runners.mass_kg - h.season.all_sweat_ml) / 1000.0
        energy = (
            h.intake.energy_intake_kcal - h.season.energy_kcal - 1.5 * (500 + 22 * h.runners.fat_free_mass_kg)
        )
        slow = ewma(energy, 28.0, 0.0) / 600.0
        return h.runners.mass_kg + np.clip(slow, -1.5, 1.5) + 0.35 * np.clip(before(balance), -2.5, 1.0)

    def _diary(self) -> pd.DataFrame:
        h, g, life = self.history, self.gaps, self.history.life
        who, day = self._rows(g.diary)

        def at(x: Floats, mask: Mask | None = None, places: int = 0) -> np.ndarray:
            values = self._written(x[who, day], places)
            return values if mask is None else np.where(mask[who, day], values, np.nan)

        def score(x: Floats, name: str, error: float = 0.7) -> np.ndarray:
            return np.asarray(np.clip(at(x + error * self._error(name + " answer")), 0, 10))

        def flag(x: Floats, mask: Mask | bool = True) -> np.ndarray:
            return np.where(np.broadcast_to(mask, x.shape)[who, day], x[who, day] > 0, np.nan)

        food = g.food
        body = body_signals(self.dice, h)
        seldom = g.scales & (self.dice.daily_uniform("body fat") < 0.3)
        forgotten = h.season.run & ~g.activity
        unsure = forgotten | (self.dice.daily_uniform("unsure") < 0.05 * self.gaps.rate)
        notes = self.dice.daily_uniform("notes") > 0.08 * self.gaps.rate
        eaten = h.intake
        tired = before(self.mornings.fatigue)
        return pd.DataFrame(
            {
                **self._key(who, day),
                "sleep_h": at(h.sleep_h + 0.15 * self._error("sleep error"), g.night | notes, 1).clip(0, 24),
                "night_hr_bpm": at(body["night_hr_bpm"], g.night),
                "hrv_rmssd_ms": at(body["hrv_rmssd_ms"], g.hrv),
                "sleep_quality_score": score(
                    6.5 + 1.1 * (h.sleep_h - 7.2) - 0.3 * (life.stress - 3.6), "sleep quality"
                ),
                "soreness_score": score(
                    1.0 + 7.0 * before(self.mornings.factors["muscle_damage"]), "soreness"
                ),
                "stress_score": score(life.stress, "stress"),
                "mood_score": score(life.mood, "mood"),
                "readiness_score": score(9.0 - 0.7 * tired, "readiness", 1.0),
                "resting_hr_bpm": at(body["resting_hr_bpm"], g.night),
                "steps": at(self._steps()),
                "mass_kg": at(self._mass() + 0.2 * self._error("scales error"), g.scales, 1),
                "body_fat_pct": at(100 * h.runners.body_fat + self._error("fat error"), seldom, 1),
                "energy_intake_kcal": at(eaten.energy_intake_kcal, food),
                "carbohydrate_g": at(eaten.carbohydrate_g, food),
                "protein_g": at(eaten.protein_g, food),
                "fat_g": at(eaten.fat_g, food),
                "fluid_ml": at(eaten.fluid_ml, food),
                **{name: at(amount, food, 2) for name, amount in eaten.minerals.items()},
                "alcohol_g": at(eaten.alcohol_g, food),
                "alcohol": flag(eaten.alcohol_g, food | notes),
                "illness": flag(life.illness, notes),
                "injury": flag(life.injury.astype(float), notes),
                "training_logged": flag((~unsure).astype(float)),
                "source": SOURCE,
            }
        )

    def _steps(self) -> Floats:
        season, walk = self.history.season, self.history.season.others["walking"]
        usual = 6500.0 * np.exp(0.25 * self.dice.person("steps") + 0.3 * self.dice.daily("steps day"))
        return np.asarray(usual + season.cadence_spm * season.minutes + 105.0 * walk.minutes)

    def _ratings(self) -> pd.DataFrame:
        who, day = self._rows(self.gaps.answer)
        latent = before(self.mornings.fatigue)[who, day]
        native = np.clip(self._written(SCALE.to_native(latent)), SCALE.minimum, SCALE.maximum)
        hour = 7.0 + 0.6 * self.dice.daily("answer hour")[who, day]
        return pd.DataFrame(
            {
                **self._key(who, day),
                "fatigue": SCALE.to_canonical(native),
                "fatigue_native": native,
                "scale_min": float(SCALE.minimum),
                "scale_max": float(SCALE.maximum),
                "scale_direction": float(SCALE.direction),
                "answered_at": self._instant(who, day, hour),
                "source": SOURCE,
            }
        )


def body_signals(dice: Dice, history: History) -> dict[str, Floats]:
    """Return night heart rate and rMSSD of the night that ended on each day, and the day's resting heart rate.

    They follow the load, alcohol, stress and illness of the day before, and say nothing of the noise in the rating.
    """
    life, season, r = history.life, history.season, history.runners
    cause = (
        0.9 * life.illness
        + 0.012 * history.intake.alcohol_g
        + 0.13 * (life.stress - 3.6)
        + 0.0016 * season.exertion * season.minutes
    )
    last_night = before(cause)
    pulse = r.hr_rest_bpm + 3.5 * last_night + 1.3 * dice.daily("night pulse")
    usual = 46.0 * np.exp(0.3 * dice.person("rmssd") - 0.012 * (r.age_years - 38.0))
    rmssd = usual * np.exp(-0.16 * last_night + 0.11 * dice.daily("rmssd day"))
    resting = r.hr_rest_bpm + 2.0 + 1.7 * (last_night + after(last_night)) + 1.0 * dice.daily("resting pulse")
    return {
        "night_hr_bpm": np.clip(pulse, 30.0, 120.0),
        "hrv_rmssd_ms": np.clip(rmssd, 5.0, 250.0),
        "resting_hr_bpm": np.clip(resting, 30.0, 115.0),
    }


def _activity_ids(athlete_ids: np.ndarray, day: np.ndarray, what: str) -> list[str]:
    return [f"{a}-{d:04d}-{what}" for a, d in zip(athlete_ids, day, strict=True)]
