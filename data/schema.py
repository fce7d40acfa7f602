"""The canonical tables: every column's name, unit, range and when it is known.

This is the only list of columns. Readers fill it, the store keeps it, the pandera schemas
are built from it and the data dictionary in `docs/` is printed from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from .errors import InputError

Kind = Literal["text", "day", "instant", "number"]
Known = Literal["day", "waking", "questionnaire"]

FIRST_YEAR = 1990
"""No log of the kinds that are read is older: what is dated before was dated by a clock that was not set."""

BY_HAND = "note"
"""Source of what a person noted."""
DETECTED = "fitbit_detected"
"""Source of a walk that a watch noticed by itself: what was recorded or told of its time takes its place."""
SAID_BY_HAND = (
    "session_rpe", "carbohydrate_during_g", "fluid_during_ml", "sodium_during_mg", "mass_before_kg", "mass_after_kg",
)  # fmt: skip
"""What a person knows better of a session than any recording: their note wins."""

SPORTS = ("running", "cycling", "swimming", "walking", "strength", "football", "other")

DTYPES: dict[Kind, str] = {
    "text": "str",
    "day": "datetime64[us]",
    "instant": "datetime64[us, UTC]",
    "number": "float64",
}


@dataclass(frozen=True)
class Column:
    """One canonical column.

    Parameters
    ----------
    name : str
        Ends in its unit where it has one.
    kind : {"text", "day", "instant", "number"}
        Days are local and without time; instants are UTC.
    about : str
        What it holds, for the data dictionary.
    unit : str
        Empty for text, days and instants.
    low, high : float, optional
        Values outside are impossible, and refused.
    required : bool
        Whether every row must have it.
    words : tuple of str
        The texts that there are; any where empty.
    known : {"day", "waking", "questionnaire"}
        When on its day the value is there: at waking, with the morning's questionnaire, or
        only when the day is over. A morning forecast may use the coming morning's
        ``waking`` columns and nothing else of that day.
    """

    name: str
    kind: Kind
    about: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    required: bool = False
    known: Known = "day"
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A canonical table: its key and its columns."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        """Column names in order."""
        return [c.name for c in self.columns]

    def column(self, name: str) -> Column:
        """Return the column of that name; KeyError where there is none."""
        for c in self.columns:
            if c.name == name:
                return c
        raise KeyError(f"{self.name} has no column {name!r}")


def _number(name: str, about: str, unit: str, low: float, high: float, known: Known = "day") -> Column:
    return Column(name, "number", about, unit, low, high, known=known)


def _score(name: str, about: str) -> Column:
    """Return a questionnaire item on the canonical 0-10."""
    return _number(name, about, "0-10", 0, 10, known="questionnaire")


_ATHLETE = Column("athlete_id", "text", "whose", required=True)
_SOURCE = Column("source", "text", "where the row comes from; several are joined by '+'")

ATHLETES = Table(
    "athletes",
    ("athlete_id",),
    (
        _ATHLETE,
        Column("sex", "text", "'female', 'male' or absent"),
        _number("birth_year", "year of birth", "year", 1900, 2030),
        _number("height_cm", "height", "cm", 100, 250),
        _number("mass_kg", "usual body mass", "kg", 25, 250),
        _number("hr_max_bpm", "maximal heart rate", "bpm", 120, 240),
        _number("hr_rest_bpm", "resting heart rate", "bpm", 25, 110),
        _number("threshold_hr_bpm", "heart rate at the second threshold", "bpm", 90, 220),
        _number("threshold_speed_mps", "level speed at the second threshold", "m/s", 1, 7.5),
        _number("sleep_need_h", "hours of sleep needed, where the athlete states it", "h", 4, 12),
        Column("group_id", "text", "team or training group"),
        Column("timezone", "text", "IANA name of the home time zone"),
        _SOURCE,
    ),
)

ACTIVITIES = Table(
    "activities",
    ("activity_id",),
    (
        Column("activity_id", "text", "unique over the cohort", required=True),
        _ATHLETE,
        Column("day", "day", "local day on which it started", required=True),
        Column("start_time", "instant", "start"),
        Column("sport", "text", ", ".join(map(repr, SPORTS)), words=SPORTS),
        _number("duration_s", "elapsed time", "s", 0, 604_800),
        _number("moving_time_s", "time in motion", "s", 0, 604_800),
        _number("distance_m", "distance", "m", 0, 1_000_000),
        _number("first_half_time_s", "time in motion over the first half of the distance", "s", 0, 604_800),
        _number("ascent_m", "metres climbed", "m", 0, 30_000),
        _number("descent_m", "metres descended", "m", 0, 30_000),
        _number("hr_mean_bpm", "mean heart rate", "bpm", 25, 240),
        _number("hr_max_bpm", "highest heart rate", "bpm", 25, 250),
        _number("cadence_mean_spm", "mean cadence, both legs", "steps/min", 0, 300),
        _number("steps", "steps", "steps", 0, 1_000_000),
        _number(
            "energy_kcal", "all energy used meanwhile, rest included, as the device says", "kcal", 0, 50_000
        ),
        _number("session_rpe", "perceived exertion of the whole session", "0-10", 0, 10),
        _number("session_load_au", "session-RPE load where the source gives only that", "AU", 0, 20_000),
        _number("carbohydrate_during_g", "carbohydrate taken during it", "g", 0, 3_000),
        _number("fluid_during_ml", "fluid drunk during it", "mL", 0, 30_000),
        _number("sodium_during_mg", "sodium taken during it", "mg", 0, 30_000),
        _number("mass_before_kg", "body mass just before", "kg", 25, 250),
        _number("mass_after_kg", "body mass just after", "kg", 25, 250),
        _number("temperature_mean_c", "air temperature the device recorded", "degC", -50, 60),
        Column("shoe_id", "text", "the shoe worn"),
        Column("place_id", "text", "joins the weather table"),
        _SOURCE,
    ),
)

RECORDS = Table(
    "records",
    ("activity_id", "elapsed_s"),
    (
        Column("activity_id", "text", "the activity", required=True),
        _ATHLETE,
        Column("elapsed_s", "number", "since the start", "s", 0, 604_800, required=True),
        _number("distance_m", "since the start", "m", 0, 1_000_000),
        _number("speed_mps", "speed", "m/s", 0, 40),
        _number("altitude_m", "above sea level", "m", -500, 9_000),
        _number("hr_bpm", "heart rate", "bpm", 25, 250),
        _number("cadence_spm", "cadence, both legs", "steps/min", 0, 300),
        _number("power_w", "power", "W", 0, 3_000),
        _number("temperature_c", "temperature at the device", "degC", -50, 70),
        _number("vertical_oscillation_mm", "vertical oscillation", "mm", 0, 500),
        _number("stance_time_ms", "ground contact time", "ms", 0, 2_000),
        _number("latitude_deg", "only where location was asked to be kept", "deg", -90, 90),
        _number("longitude_deg", "only where location was asked to be kept", "deg", -180, 180),
    ),
)

DIARY = Table(
    "diary",
    ("athlete_id", "day"),
    (
        _ATHLETE,
        Column("day", "day", "local calendar day; a night belongs to the day of waking", required=True),
        _number("sleep_h", "hours slept in the night that ended on this day", "h", 0, 24, "waking"),
        _number("night_hr_bpm", "lowest or mean heart rate of that night", "bpm", 25, 140, "waking"),
        _number("hrv_rmssd_ms", "rMSSD of that night or at waking", "ms", 1, 400, "waking"),
        _score("sleep_quality_score", "own rating of the night, 10 = best"),
        _score("soreness_score", "muscle soreness, 10 = worst"),
        _score("stress_score", "felt stress, 10 = worst"),
        _score("mood_score", "mood, 10 = best"),
        _score("readiness_score", "readiness to train, 10 = readiest"),
        _number(
            "resting_hr_bpm",
            "resting heart rate of the day, as vendors compute it over the day",
            "bpm",
            25,
            120,
        ),
        _number("steps", "steps of the day", "steps", 0, 300_000),
        _number("mass_kg", "body mass", "kg", 25, 250),
        _number("body_fat_pct", "body fat", "%", 2, 70),
        _number("meals", "meals of the four: breakfast, lunch, dinner, evening", "meals", 0, 12),
        _number("energy_intake_kcal", "energy eaten and drunk", "kcal", 0, 15_000),
        _number("carbohydrate_g", "carbohydrate eaten and drunk", "g", 0, 2_500),
        _number("protein_g", "protein eaten", "g", 0, 1_000),
        _number("fat_g", "fat eaten", "g", 0, 1_000),
        _number("fluid_ml", "fluid drunk in the whole day", "mL", 0, 25_000),
        _number("sodium_mg", "sodium eaten and drunk", "mg", 0, 40_000),
        _number("potassium_mg", "potassium eaten and drunk", "mg", 0, 40_000),
        _number("magnesium_mg", "magnesium eaten and drunk", "mg", 0, 10_000),
        _number("calcium_mg", "calcium eaten and drunk", "mg", 0, 20_000),
        _number("iron_mg", "iron eaten", "mg", 0, 500),
        _number("vitamin_b6_mg", "vitamin B6 eaten", "mg", 0, 500),
        _number("vitamin_b12_ug", "vitamin B12 eaten", "ug", 0, 5_000),
        _number("alcohol_g", "pure alcohol drunk", "g", 0, 500),
        _number("alcohol", "1 where any alcohol was drunk, 0 where none", "0/1", 0, 1),
        _number("illness", "1 where the notes tell of illness, 0 where they tell of none", "0/1", 0, 1),
        _number("injury", "1 where the notes tell of an injury, 0 where they tell of none", "0/1", 0, 1),
        _number(
            "training_logged",
            "0 where a day without activity may be a forgotten one, 1 where it was rest",
            "0/1",
            0,
            1,
        ),
        _SOURCE,
    ),
)

RATINGS = Table(
    "ratings",
    ("athlete_id", "day"),
    (
        _ATHLETE,
        Column("day", "day", "local day of the answer", required=True),
        Column("fatigue", "number", "canonical fatigue, 10 = exhausted", "0-10", 0, 10, required=True),
        Column("fatigue_native", "number", "the answer on the source's own scale", required=True),
        Column("scale_min", "number", "least answer of the source's scale", required=True),
        Column("scale_max", "number", "greatest answer of the source's scale", required=True),
        Column(
            "scale_direction",
            "number",
            "+1: a higher answer is more tired; -1: fresher",
            "",
            -1,
            1,
            required=True,
        ),
        Column("answered_at", "instant", "when it was given"),
        _SOURCE,
    ),
)

WEATHER = Table(
    "weather",
    ("place_id", "time"),
    (
        Column("place_id", "text", "joins activities", required=True),
        Column("time", "instant", "the hour", required=True),
        _number("temperature_c", "air temperature", "degC", -60, 60),
        _number("relative_humidity_pct", "relative humidity", "%", 0, 100),
        _number("wind_speed_mps", "wind at 10 m", "m/s", 0, 80),
        _number("solar_radiation_wm2", "global short-wave radiation", "W/m2", 0, 1_500),
        _number("pressure_hpa", "pressure at the surface", "hPa", 450, 1_100),
        _number(
            "wbgt_c",
            "wet-bulb globe temperature outdoors: measured, or computed on import from air, wind and sun",
            "degC",
            -60,
            60,
        ),
    ),
)

TABLES: dict[str, Table] = {t.name: t for t in (ATHLETES, ACTIVITIES, RECORDS, DIARY, RATINGS, WEATHER)}


@dataclass(frozen=True)
class FatigueScale:
    """A source's fatigue scale and its linear map to the canonical 0 (fresh) to 10 (exhausted).

    Parameters
    ----------
    minimum, maximum : float
        Ends of the scale as the source writes them.
    direction : {1, -1}
        +1 where a higher answer means more tired, -1 where it means fresher.

    Raises
    ------
    InputError
        Where the ends are not in order, or the direction is another.

    Examples
    --------
    >>> wellness = FatigueScale(1, 5, direction=-1)
    >>> wellness.to_canonical(np.array([1, 3, 5])).tolist()
    [10.0, 5.0, 0.0]
    >>> wellness.to_native(np.array([10.0, 5.0])).tolist()
    [1.0, 3.0]
    """

    minimum: float
    maximum: float
    direction: Literal[1, -1]

    def __post_init__(self) -> None:
        if self.direction not in (1, -1):
            raise InputError(
                f"direction {self.direction!r} of a scale is neither 1 nor -1",
                mend="1 where a higher answer is more tired, -1 where it is fresher",
            )
        if not self.minimum < self.maximum:
            raise InputError(
                f"a scale from {self.minimum} to {self.maximum} does not rise", mend="least first"
            )

    @property
    def span(self) -> float:
        """Width in native units; a canonical error times ``span / 10`` is a native one."""
        return self.maximum - self.minimum

    @property
    def ends(self) -> tuple[float, float]:
        """The answer for fresh and the one for exhausted."""
        low, high = self.minimum, self.maximum
        return (low, high) if self.direction == 1 else (high, low)

    @property
    def in_words(self) -> str:
        """Its ends, such as ``1 (fresh) to 10 (exhausted)``."""
        return "{:g} (fresh) to {:g} (exhausted)".format(*self.ends)

    def to_canonical(self, native: np.ndarray) -> np.ndarray:
        """Map answers to 0-10, 10 = most tired."""
        share = (np.asarray(native, dtype=float) - self.minimum) / self.span
        return 10.0 * (share if self.direction == 1 else 1.0 - share)

    def to_native(self, canonical: np.ndarray) -> np.ndarray:
        """Map 0-10 back to the source's scale."""
        share = np.asarray(canonical, dtype=float) / 10.0
        return self.minimum + self.span * (share if self.direction == 1 else 1.0 - share)
