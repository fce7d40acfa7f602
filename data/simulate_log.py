"""What the simulated runners write down: canonical tables with rounding, errors and gaps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from .arrays import Floats, Mask
from .schema import FatigueScale
from .simulate_body import body_signals, morning_mass_kg
from .simulate_doses import History
from .simulate_gaps import Gaps
from .simulate_season import SPEED_MPS, SPORT_HOURS, Season, Session, resting_kcal
from .simulate_tools import Dice, before, written
from .simulate_truth import Mornings
from .simulate_weather import CLIMATES, offsets_h

SCALE = FatigueScale(1, 7, direction=1)
SOURCE = "simulated"


@dataclass(frozen=True)
class Rows:
    """The athlete-days of which a table has a row, and how their values are written down.

    Parameters
    ----------
    who, day : arrays of shape (rows,)
        Indices of the history's arrays.
    errors : float
        A multiple of the rounding; 0 writes down what happened.
    """

    who: np.ndarray
    day: np.ndarray
    errors: float

    def exactly(self, x: np.ndarray) -> np.ndarray:
        """Return `x` of shape (athletes, days) as it is."""
        return np.asarray(x[self.who, self.day])

    def at(self, x: Floats, places: int = 0, where: Mask | None = None) -> Floats:
        """Return `x` of shape (athletes, days) rounded to `places`, NaN where `where` does not hold."""
        values = written(self.exactly(x), places, self.errors)
        return values if where is None else np.where(self.exactly(where), values, np.nan)

    def flag(self, x: np.ndarray, where: Mask | None = None) -> Floats:
        """Return 1 where `x` is above 0, else 0, NaN where `where` does not hold."""
        return np.where(True if where is None else self.exactly(where), self.exactly(x) > 0, np.nan)


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
        sports = [self._runs(), *(self._others(sport) for sport in self.history.season.others)]
        return {
            "athletes": self._athletes(),
            "activities": pd.concat(sports, ignore_index=True),
            "diary": self._diary(),
            "ratings": self._ratings(),
        }

    def _error(self, name: str) -> Floats:
        """Return errors of unit size, times the knob."""
        return self.errors * self.dice.daily(name)

    def _rows(self, wanted: Mask) -> Rows:
        """Return the rows of the wanted days that lie in the logged span."""
        who, day = np.nonzero(wanted[:, self.first : self.last])
        return Rows(who, day + self.first, self.errors)

    def _key(self, rows: Rows) -> dict[str, object]:
        days = self.first_day.as_unit("us") + pd.to_timedelta(rows.day, unit="D")
        return {"athlete_id": self.athlete_ids[rows.who], "day": days}

    def _instant(self, rows: Rows, local_hour: Floats) -> pd.DatetimeIndex:
        hours = rows.day * 24.0 + local_hour - offsets_h(rows.exactly(self.history.life.place))
        utc = self.first_day + pd.to_timedelta(np.round(hours * 3600.0), unit="s")
        return pd.DatetimeIndex(utc.as_unit("us").tz_localize("UTC"))

    def _athletes(self) -> pd.DataFrame:
        r = self.history.runners
        heart = self.gaps.heart.any(axis=1)
        group = np.floor(self.dice.person_uniform("group")[:, 0] * max(1, self.dice.athletes // 10)).astype(
            int
        )

        def stated(trait: Floats, places: int = 0, by: npt.ArrayLike = True) -> np.ndarray:
            return np.where(by, written(trait[:, 0], places, self.errors), np.nan)

        return pd.DataFrame(
            {
                "athlete_id": self.athlete_ids,
                "sex": np.where(r.female[:, 0], "female", "male"),
                "birth_year": stated(self.first_day.year - r.age_years),
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

    def _session(self, rows: Rows, what: str, sport: str, local_hour: Floats) -> dict[str, object]:
        """Return what names and places the sessions of a sport; `what` ends their ids."""
        ids = zip(self.athlete_ids[rows.who], rows.day - self.first, strict=True)
        return {
            "activity_id": [f"{athlete}-{day:04d}-{what}" for athlete, day in ids],
            **self._key(rows),
            "start_time": self._instant(rows, local_hour),
            "sport": sport,
            "place_id": np.array([c.place_id for c in CLIMATES], dtype=object)[
                rows.exactly(self.history.life.place)
            ],
            "source": SOURCE,
        }

    def _runs(self) -> pd.DataFrame:
        season = self.history.season
        rows = self._rows(season.run & self.gaps.activity)
        shoes = zip(self.athlete_ids[rows.who], rows.exactly(season.shoe_number), strict=True)
        return pd.DataFrame(
            {
                **self._session(rows, "run", "running", rows.exactly(season.start_hour)),
                **self._course(rows),
                **self._effort(rows),
                **self._taken(rows),
                "temperature_mean_c": rows.at(
                    season.temperature_c + self.errors + self._error("thermometer"), 1
                ),
                "shoe_id": [f"{athlete}-shoe-{n + 1:02d}" for athlete, n in shoes],
            }
        )

    def _course(self, rows: Rows) -> dict[str, Floats]:
        """Return times, distance and hills of runs."""
        season = self.history.season
        moving = 60.0 * season.minutes
        return {
            "duration_s": rows.at(moving * (1.0 + 0.03 * self.dice.daily_uniform("pauses"))),
            "moving_time_s": rows.at(moving),
            "distance_m": rows.at(1000.0 * season.distance_km),
            "first_half_time_s": rows.at(moving * self._first_half()),
            "ascent_m": rows.at(season.ascent_m),
            "descent_m": rows.at(season.descent_m),
        }

    def _first_half(self) -> Floats:
        """Return the share of the time that the first half of the way took, where a third was run faster; laps are uneven."""
        faster = self.history.season.fast_start
        third = (1.0 + faster * 2.0 / 3.0) / 3.0  # of the way, in a third of the time
        share = 1.0 / 3.0 + (0.5 - third) / (1.0 - faster / 3.0)
        return share + 0.003 * self._error("laps")

    def _effort(self, rows: Rows) -> dict[str, Floats]:
        """Return heart rate, steps, energy and exertion of runs."""
        season, gaps = self.history.season, self.gaps
        exertion = rows.at(season.exertion + 0.4 * self._error("rpe"), where=gaps.exertion)
        return {
            "hr_mean_bpm": rows.at(season.hr_mean_bpm, where=gaps.heart),
            "hr_max_bpm": rows.at(season.hr_peak_bpm, where=gaps.heart),
            "cadence_mean_spm": rows.at(season.cadence_spm + 0.8 * self._error("cadence error"), 1),
            "steps": rows.at(season.cadence_spm * season.minutes),
            "energy_kcal": rows.at(self._device_kcal(season) * np.exp(0.08 * self._error("device energy"))),
            "session_rpe": np.clip(exertion, 1, 10),
        }

    def _taken(self, rows: Rows) -> dict[str, Floats]:
        """Return what was eaten and drunk in runs, and what the scales said before and after them."""
        eaten, gaps = self.history.intake, self.gaps
        noted = gaps.food | (self.dice.person_uniform("notes bottles") < 0.3)
        before_kg = morning_mass_kg(self.history) + 0.3
        lost_kg = (self.history.season.sweat_ml - eaten.fluid_during_ml) / 1000.0
        return {
            "carbohydrate_during_g": rows.at(eaten.carbohydrate_during_g, where=noted),
            "fluid_during_ml": rows.at(eaten.fluid_during_ml, where=noted),
            "sodium_during_mg": rows.at(eaten.sodium_during_mg, where=noted),
            "mass_before_kg": rows.at(before_kg, 1, gaps.weighed),
            "mass_after_kg": rows.at(before_kg - lost_kg, 1, gaps.weighed),
        }

    def _others(self, sport: str) -> pd.DataFrame:
        """Return the sessions of another sport."""
        session = self.history.season.others[sport]
        rows = self._rows((session.minutes > 0) & self.gaps.activity)
        seconds = 60.0 * session.minutes
        flat = 0.0 if sport == "walking" else np.nan
        return pd.DataFrame(
            {
                **self._session(rows, sport, sport, self._hour_beside_the_run(rows, sport)),
                "duration_s": rows.at(seconds),
                "moving_time_s": rows.at(seconds),
                "distance_m": rows.at(SPEED_MPS.get(sport, np.nan) * session.minutes * 60.0),
                "hr_mean_bpm": rows.at(session.hr_bpm, where=self.gaps.heart),
                "ascent_m": flat,
                "descent_m": flat,
                "energy_kcal": rows.at(self._device_kcal(session)),
                "session_rpe": rows.at(session.exertion, where=self.gaps.exertion),
            }
        )

    def _device_kcal(self, of: Season | Session) -> Floats:
        """Return the energy that a device tells: rest included."""
        return of.energy_kcal + resting_kcal(self.history.runners, of.minutes)

    def _hour_beside_the_run(self, rows: Rows, sport: str) -> Floats:
        """Return the local hour of other sessions: that of the sport, or half an hour after a run that is in the way."""
        season = self.history.season
        hour = SPORT_HOURS[sport] + 0.3 * rows.exactly(self.dice.daily(sport + " hour"))
        run_starts = rows.exactly(season.start_hour)
        free_from = run_starts + rows.exactly(season.minutes) / 60.0 + 0.5
        ends = hour + rows.exactly(season.others[sport].minutes) / 60.0
        return np.where(rows.exactly(season.run) & (hour < free_from) & (ends > run_starts), free_from, hour)

    def _diary(self) -> pd.DataFrame:
        rows = self._rows(self.gaps.diary)
        noted = self.dice.daily_uniform("notes") > 0.08 * self.gaps.rate
        return pd.DataFrame(
            {
                **self._key(rows),
                **self._night_and_body(rows, noted),
                **self._answers(rows),
                **self._food(rows),
                **self._flags(rows, noted),
                "source": SOURCE,
            }
        )

    def _night_and_body(self, rows: Rows, noted: Mask) -> dict[str, Floats]:
        """Return what watch and scales tell; hours of sleep are also written down without a watch."""
        h, gaps = self.history, self.gaps
        body = body_signals(self.dice, h)
        seldom = gaps.scales & (self.dice.daily_uniform("body fat") < 0.3)
        slept = rows.at(h.sleep_h + 0.15 * self._error("sleep error"), 1, gaps.night | noted)
        return {
            "sleep_h": slept.clip(0, 24),
            "night_hr_bpm": rows.at(body["night_hr_bpm"], where=gaps.night),
            "hrv_rmssd_ms": rows.at(body["hrv_rmssd_ms"], where=gaps.hrv),
            "resting_hr_bpm": rows.at(body["resting_hr_bpm"], where=gaps.night),
            "steps": rows.at(self._steps()),
            "mass_kg": rows.at(morning_mass_kg(h) + 0.2 * self._error("scales error"), 1, gaps.scales),
            "body_fat_pct": rows.at(100 * h.runners.body_fat + self._error("fat error"), 1, seldom),
        }

    def _steps(self) -> Floats:
        season, walk = self.history.season, self.history.season.others["walking"]
        usual = 6500.0 * np.exp(0.25 * self.dice.person("steps") + 0.3 * self.dice.daily("steps day"))
        return np.asarray(usual + season.cadence_spm * season.minutes + 105.0 * walk.minutes)

    def _answers(self, rows: Rows) -> dict[str, Floats]:
        """Return the morning's questionnaire."""
        life = self.history.life

        def score(x: Floats, name: str, error: float = 0.7) -> Floats:
            return np.clip(rows.at(x + error * self._error(name + " answer")), 0, 10)

        slept_well = 6.5 + 1.1 * (self.history.sleep_h - 7.2) - 0.3 * (life.stress - 3.6)
        return {
            "sleep_quality_score": score(slept_well, "sleep quality"),
            "soreness_score": score(1.0 + 7.0 * before(self.mornings.factors["muscle_damage"]), "soreness"),
            "stress_score": score(life.stress, "stress"),
            "mood_score": score(life.mood, "mood"),
            "readiness_score": score(9.0 - 0.7 * before(self.mornings.fatigue), "readiness", 1.0),
        }

    def _food(self, rows: Rows) -> dict[str, Floats]:
        """Return what was eaten and drunk, by those who log it."""
        eaten, logged = self.history.intake, self.gaps.food
        return {
            "energy_intake_kcal": rows.at(eaten.energy_intake_kcal, where=logged),
            "carbohydrate_g": rows.at(eaten.carbohydrate_g, where=logged),
            "protein_g": rows.at(eaten.protein_g, where=logged),
            "fat_g": rows.at(eaten.fat_g, where=logged),
            "fluid_ml": rows.at(eaten.fluid_ml, where=logged),
            **{name: rows.at(amount, 2, logged) for name, amount in eaten.minerals.items()},
            "alcohol_g": rows.at(eaten.alcohol_g, where=logged),
        }

    def _flags(self, rows: Rows, noted: Mask) -> dict[str, Floats]:
        """Return what is told by yes or no."""
        life, gaps, alcohol_g = self.history.life, self.gaps, self.history.intake.alcohol_g
        forgotten = self.history.season.run & ~gaps.activity
        unsure = forgotten | (self.dice.daily_uniform("unsure") < 0.05 * gaps.rate)
        return {
            "alcohol": rows.flag(alcohol_g, gaps.food | noted),
            "illness": rows.flag(life.illness, noted),
            "injury": rows.flag(life.injury, noted),
            "training_logged": rows.flag(~unsure),
        }

    def _ratings(self) -> pd.DataFrame:
        rows = self._rows(self.gaps.answer)
        latent = rows.exactly(before(self.mornings.fatigue))
        native = np.clip(written(SCALE.to_native(latent), 0, self.errors), SCALE.minimum, SCALE.maximum)
        hour = 7.0 + 0.6 * rows.exactly(self.dice.daily("answer hour"))
        return pd.DataFrame(
            {
                **self._key(rows),
                "fatigue": SCALE.to_canonical(native),
                "fatigue_native": native,
                "scale_min": float(SCALE.minimum),
                "scale_max": float(SCALE.maximum),
                "scale_direction": float(SCALE.direction),
                "answered_at": self._instant(rows, hour),
                "source": SOURCE,
            }
        )
