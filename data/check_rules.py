"""What may be wrong in a log, in words: each kind with how sure it is and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

Level = Literal["impossible", "doubtful", "clock"]
Detail = Callable[[pd.Series], pd.Series]


@dataclass(frozen=True)
class Rule:
    """What is wrong and what to do; ``{}`` in `what` stands for the value."""

    level: Level
    what: str
    mend: str


RULES: dict[str, Rule] = {
    "heart_rate_above_maximum": Rule(
        "doubtful", "heart rate {}", "raise the maximum in the profile, or the sensor slipped"
    ),
    "heart_rate_mean_above_peak": Rule(
        "impossible", "mean heart rate {} of the same activity", "import the activity anew"
    ),
    "speed": Rule("impossible", "{}", "check sport, distance and duration of the activity"),
    "crawl": Rule(
        "doubtful",
        "{}",
        "check the units: metres are not kilometres, minutes not seconds; or the watch was not stopped",
    ),
    "no_duration": Rule("impossible", "an activity of no length{}", "import it anew, or leave it out"),
    "moving_longer": Rule("impossible", "moving time is {}", "import the activity anew"),
    "never_stopped": Rule(
        "doubtful", "an activity of {}", "the watch was perhaps not stopped: cut the end off"
    ),
    "activity_energy": Rule(
        "doubtful", "an activity of {}", "check the unit: kilojoules are not kilocalories"
    ),
    "twin": Rule(
        "clock",
        "an activity like one of another source {} before it",
        "if it is the same, a clock or time zone was wrong: import one of the two only",
    ),
    "overlap": Rule(
        "doubtful", "an activity starts {} before another one ends", "take out the one that is wrong"
    ),
    "long_sleep": Rule(
        "doubtful", "slept {}", "correct the night, or leave it empty; a nap is not the night"
    ),
    "no_sleep": Rule("doubtful", "slept 0 h{}", "leave the night empty where it was not measured"),
    "short_sleep": Rule(
        "doubtful",
        "slept {}",
        "check the unit: hours are expected, a spreadsheet writes 7:30 as 0.31 of a day",
    ),
    "energy_intake": Rule("doubtful", "ate {}", "check the unit: kilojoules are not kilocalories"),
    "no_energy": Rule("doubtful", "ate 0 kcal{}", "leave the day empty where food was not logged"),
    "fluid": Rule("doubtful", "drank {}", "check the unit: millilitres are expected"),
    "steps": Rule("doubtful", "{} in a day", "check the day's total"),
    "mass_jump": Rule(
        "doubtful",
        "body mass goes from {} within a week",
        "correct the mass: pounds, or someone else on the scale?",
    ),
    "future": Rule("clock", "lies in the future{}", "set the device's clock, and correct the day"),
    "epoch": Rule(
        "clock", "is the day on which a clock that was never set begins{}", "give the activity its day"
    ),
    "other_day": Rule(
        "clock",
        "an activity starts at {}, nowhere on that day",
        "correct the day, or the time zone it was read with",
    ),
    "zone_day": Rule(
        "clock",
        "an activity starts at {} by the clock at home",
        "right where the athlete travelled; else correct the time zone",
    ),
    "answered_before": Rule(
        "clock", "a rating answered at {}, before its day", "check the time zone of the answers"
    ),
    "answered_late": Rule(
        "doubtful", "a rating answered {} days later", "a rating from memory: better leave it out"
    ),
    "night_shifted": Rule(
        "clock",
        "hours of sleep fit the sleep rated {} better than that of the same day",
        "a night belongs to the day of waking: import the sleep with its days shifted",
    ),
    "one_answer": Rule("doubtful", "always the same answer, {}", "ask whether the scale was understood"),
    "scale_changed": Rule(
        "doubtful", "fatigue above {} only before or since", "a new scale? import each apart"
    ),
    "scales_differ": Rule(
        "doubtful",
        "answers on more than one scale: {}",
        "right where the question changed; else take the wrong ones out with heavylegs forget",
    ),
    "scales_by_source": Rule(
        "doubtful", "answers on more than one scale: {}", "right where each source asks on its own"
    ),
    "training_stops": Rule(
        "doubtful",
        "no activity from {} though mornings were logged",
        "import the training of that time: such days count as rest",
    ),
    "year_gap": Rule(
        "doubtful",
        "nothing logged from {}",
        "look for the files of that time, or start a new athlete after it",
    ),
}


def found(kind: str, rows: pd.DataFrame, mask: pd.Series, detail: Detail | None = None) -> pd.DataFrame:
    """Return athlete and day of the rows where `mask` holds, with the value that shows it.

    Parameters
    ----------
    kind : str
        A key of `RULES`.
    rows : DataFrame
        With ``athlete_id`` and ``day``.
    mask : Series of bool
        NaN counts as False.
    detail : callable, optional
        Given the mask, so that values are spelt out for the rows found and no others.

    Returns
    -------
    DataFrame
        ``athlete_id``, ``day``, ``detail``, ``kind``.
    """
    held = mask.fillna(False).astype(bool)
    told = rows.loc[held, ["athlete_id", "day"]]
    shown = detail(held) if detail and len(told) else pd.Series("", told.index, dtype="str")
    return told.assign(detail=shown.astype("str"), kind=kind)


def number(values: pd.Series, unit: str, digits: int = 0) -> pd.Series:
    """Return figures as text, with thousands and the unit: 1,234.5 m."""
    return values.map(f"{{:,.{digits}f}} {unit}".format).astype("str")
