"""PMData: sixteen adults' Fitbit, training and wellness logs over five months.

Thambawita et al., MMSys 2020, doi:10.1145/3339825.3394926. One folder a person, ``pNN/{pmsys,fitbit,googledocs}``;
only ``pmsys/wellness.csv`` must be there.

What the files do not say, and how it is taken here:

- PMSys scores fatigue, mood, soreness, stress and sleep quality 1-5 with **higher = better**; a 0 means that
  the item was not answered. Readiness runs 0-10 and a 0 is an answer, save for a person with whom it makes
  up more than a tenth of all answers: there too it means "not answered".
- PMSys times and the times of Fitbit *exercises* are UTC; Fitbit *sleep* is local time (`fitbit_files`; read as local,
  exercises end an hour off the sessions reported in PMSys). A day is the day in Oslo, where all took part.
- The Google form asks for glasses of fluid and gives no size; a glass is taken as 250 mL.
- How Fitbit's files are taken stands in `fitbit_files`.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import InputError
from ..imports import Imported, ImportReport, stack
from ..names import counted
from .daily import rating_table
from .fitbit_files import PULSE_KEYS, SLEEP_KEYS, longest_nights, resting_pulses, sleeps
from .pmdata_sessions import TIMEZONE, activities_of, local_day
from .pmsys import SCALE, scores
from .tabular import (
    Progress,
    days,
    instants,
    numbers,
    read_csv,
    read_records,
    read_sheet,
    silent,
)

ATTRIBUTION = (
    "PMData (Thambawita et al., MMSys 2020), doi:10.1145/3339825.3394926, CC BY-NC 4.0; "
    "scales reversed to 10 = worst for fatigue, soreness and stress, sessions of two sources joined."
)
GLASS_ML = 250.0
_ITEMS = ["fatigue", "mood", "sleep_quality", "soreness", "stress"]
_FORM = ["date", "meals", "weight", "glasses_of_fluid", "alcohol_consumed"]
_MEALS = ("Breakfast", "Lunch", "Dinner", "Evening")
_OPTIONAL = (
    "pmsys/srpe.csv",
    "pmsys/injury.csv",
    "fitbit/exercise.json",
    "fitbit/sleep.json",
    "fitbit/resting_heart_rate.json",
    "googledocs/reporting.csv",
)


def read_pmdata(path: Path, progress: Progress = silent) -> Imported:
    """Read PMData from its official layout.

    Parameters
    ----------
    path : Path
        The folder that holds ``p01`` to ``p16``, or the one around it.
    progress : callable, optional
        Called as ``progress(done, total, person)``.

    Returns
    -------
    Imported
        Athletes, activities, diary and ratings.

    Raises
    ------
    InputError
        A folder that is not PMData, a missing or misspelt column, a value that is no number or outside its
        scale, broken JSON, a Git LFS pointer in place of a file.
    """
    root = path / "pmdata" if (path / "pmdata").is_dir() else path
    people = sorted(p.parent.parent for p in root.glob("p[0-9][0-9]/pmsys/wellness.csv"))
    if not people:
        raise InputError(
            "is not PMData: no pNN/pmsys/wellness.csv in it",
            file=path,
            mend="give the folder that holds p01, p02, ...",
        )
    report = ImportReport("pmdata")
    counts: Counter[str] = Counter()
    tables: dict[str, list[pd.DataFrame]] = {"activities": [], "diary": [], "ratings": []}
    for done, folder in enumerate(people):
        progress(done, len(people), folder.name)
        absent = [name for name in _OPTIONAL if not (folder / name).is_file()]
        if absent:
            report.note(f"{folder.name} has no {', '.join(absent)}")
        answers = _wellness(folder, report, counts)
        activities = activities_of(folder, report, counts)
        for name, frame in (
            ("activities", activities),
            ("diary", _diary(folder, answers, activities, report, counts)),
            ("ratings", _ratings(folder.name, answers)),
        ):
            tables[name].append(frame.assign(athlete_id=folder.name))
    athletes = _athletes(root, [p.name for p in people], report)
    _tell(report, counts)
    progress(len(people), len(people), "done")
    frames = {name: stack(parts) for name, parts in tables.items()}
    return Imported("pmdata", {"athletes": athletes, **frames}, report, ATTRIBUTION)


def _tell(report: ImportReport, counts: Counter[str]) -> None:
    """Put what was assumed and mended into the report's notes."""
    texts = {
        "items": "{} of 0 to mood, sleep quality, soreness or stress taken as not answered",
        "sleep": "{} filled from Fitbit's main sleep, where no length of sleep was reported",
        "weight": "{} left empty: outside 25-250 kg, or more than 15 % off the person's median",
        "alcohol": "{} on alcohol, neither Yes nor No, left empty",
        "form": "a glass of fluid is taken as 250 mL (the form gives no size); {}",
        "joined": "{} reported in PMSys joined with the Fitbit recording of the same bout: they overlap by half "
        "of the shorter and the sports can be the same, or by half of the longer, or they agree in sport and length "
        "and the report came within 4 h",
        "running_on": "{} left running (over 12 h, or a run slower than 1 m/s for over 2 h): duration, "
        "heart rate and energy left empty",
    }
    nouns = {
        "items": ("answer", "answers"),
        "sleep": ("night", "nights"),
        "weight": ("body mass", "body masses"),
        "alcohol": ("answer", "answers"),
        "form": ("form", "forms"),
        "joined": ("session", "sessions"),
        "running_on": ("recording", "recordings"),
    }
    for key, text in texts.items():
        if counts[key]:
            report.note(text.format(counted(counts[key], *nouns[key])))


def _wellness(folder: Path, report: ImportReport, counts: Counter[str]) -> pd.DataFrame:
    """Return the first answered questionnaire of each day; scores stay on PMSys's own scales."""
    file = folder / "pmsys/wellness.csv"
    text = read_csv(file, ["effective_time_frame", *_ITEMS, "readiness", "sleep_duration_h"])
    frame = pd.DataFrame({"answered_at": instants(text, "effective_time_frame", file)})
    for item in _ITEMS:
        zero = text[item].str.strip().isin(["0", "0.0"])
        frame[item] = numbers(text.assign(**{item: text[item].mask(zero, "")}), item, file, 1, 5)
        counts["items"] += int(zero.sum()) if item != "fatigue" else 0
    readiness = numbers(text, "readiness", file, 0, 10)
    frame["sleep_h"] = numbers(text, "sleep_duration_h", file, 0, 24).replace(0.0, np.nan)
    frame["day"] = local_day(frame["answered_at"])

    answered = frame["fatigue"].notna()
    unanswered = (readiness[answered] == 0).mean() > 0.1
    frame["readiness"] = readiness.mask(readiness == 0) if unanswered else readiness
    if unanswered:
        report.note(
            f"{folder.name}: readiness 0 taken as not answered ({counted(int((readiness == 0).sum()), 'answer')})"
        )
    ordered = frame[answered].sort_values("answered_at", kind="stable")
    second = ordered["day"].duplicated()
    report.count("ratings", len(frame), int((~second).sum()))
    for reason, lines in (
        ("fatigue 0 or blank: not answered", frame.index[~answered]),
        ("second answer on the same day", ordered.index[second]),
    ):
        report.leave_out("ratings", reason, len(lines), f"{file}, line {lines[0]}" if len(lines) else "")
    return ordered[~second]


def _ratings(athlete: str, answers: pd.DataFrame) -> pd.DataFrame:
    rated = rating_table(athlete, answers["day"], answers["fatigue"], SCALE, "pmsys")
    return rated.assign(answered_at=answers["answered_at"])


def _diary(
    folder: Path, answers: pd.DataFrame, activities: pd.DataFrame, report: ImportReport, counts: Counter[str]
) -> pd.DataFrame:
    """Return one row for each day on which anything was told or measured."""
    own = answers.set_index("day")
    asked = pd.DataFrame({"sleep_h": own["sleep_h"], **scores(own)})
    pulse, night, injury = _resting_pulse(folder), _nights(folder), _injury(folder)
    form, doubled = _form(folder, counts)
    parts = {
        "pmsys": asked.join(injury, how="outer"),
        "fitbit": pd.concat([pulse, night], axis=1, sort=True),
        "googledocs": form,
    }
    diary = pd.concat(parts.values(), axis=1, sort=True).rename_axis("day")
    filled = diary["sleep_h"].isna() & diary["night_h"].notna()
    counts["sleep"] += int(filled.sum())
    diary["sleep_h"] = diary["sleep_h"].fillna(diary.pop("night_h"))
    # A watch that was worn would have recorded a session: then no activity means rest.
    worn = diary.index.isin(parts["fitbit"].index) | diary.index.isin(activities["day"])
    diary["training_logged"] = worn.astype("float64")
    told = pd.DataFrame({name: diary.index.isin(part.index) for name, part in parts.items()})
    diary["source"] = ["+".join(told.columns[row]) for row in told.to_numpy()]
    report.count("diary", len(diary) + doubled, len(diary))
    report.leave_out(
        "diary", "an earlier form for the same day", doubled, str(folder / "googledocs/reporting.csv")
    )
    return diary.reset_index()


def _resting_pulse(folder: Path) -> pd.Series:
    file = folder / "fitbit/resting_heart_rate.json"
    records = read_records(file, PULSE_KEYS) if file.is_file() else []
    return resting_pulses(records, file).groupby(level=0).first().rename("resting_hr_bpm")


def _nights(folder: Path) -> pd.Series:
    """Return hours asleep in the main sleep, by day of waking."""
    file = folder / "fitbit/sleep.json"
    records = read_records(file, SLEEP_KEYS) if file.is_file() else []
    return longest_nights(sleeps(records, file)).rename("night_h")


def _injury(folder: Path) -> pd.Series:
    file = folder / "pmsys/injury.csv"
    if not file.is_file():
        return pd.Series(dtype="float64", name="injury", index=pd.DatetimeIndex([]))
    text = read_csv(file, ["effective_time_frame", "injuries"])
    hurt = (~text["injuries"].str.strip().isin(["{}", "[]", ""])).astype("float64")
    return hurt.groupby(local_day(instants(text, "effective_time_frame", file))).max().rename("injury")


def _form(folder: Path, counts: Counter[str]) -> tuple[pd.DataFrame, int]:
    """Return the Google form by day, the last one filled for each, and how many earlier ones there were.

    The form's ``timestamp`` mixes mm/dd and dd/mm, so the order of the file is the order of filling.
    """
    file = folder / "googledocs/reporting.csv"
    columns = ["meals", "mass_kg", "fluid_ml", "alcohol"]
    if not file.is_file():
        return pd.DataFrame(columns=columns, dtype="float64", index=pd.DatetimeIndex([])), 0
    text = read_csv(file, _FORM)
    mass = numbers(text, "weight", file)
    odd = mass.notna() & (~mass.between(25, 250) | ((mass / mass.median() - 1).abs() > 0.15))
    alcohol = text["alcohol_consumed"].str.strip().map({"Yes": 1.0, "No": 0.0})
    meals = sum((text["meals"].str.contains(m, regex=False).astype("float64") for m in _MEALS), start=0.0)
    form = pd.DataFrame(
        {
            "meals": meals,
            "mass_kg": mass.mask(odd),
            "fluid_ml": GLASS_ML * numbers(text, "glasses_of_fluid", file, 0, 100),
            "alcohol": alcohol,
        }
    ).set_index(days(text, "date", file, "%d/%m/%Y", "31/01/2020"))
    earlier = form.index.duplicated(keep="last")
    counts.update(form=len(text), weight=int(odd.sum()), alcohol=int(alcohol.isna().sum()))
    return form[~earlier], int(earlier.sum())


def _athletes(root: Path, people: list[str], report: ImportReport) -> pd.DataFrame:
    """Return who took part, with sex, age, height and maximal heart rate where the overview is there."""
    athletes = pd.DataFrame({"athlete_id": people, "timezone": TIMEZONE, "source": "pmdata"})
    file = root / "participant-overview.xlsx"
    rows = read_sheet(file) if file.is_file() else []
    heading = next((r for r in rows if "Participant ID" in r.values()), None)
    if heading is None:
        report.note(
            "participant-overview.xlsx is absent or has no 'Participant ID': no ages, heights, heart rates"
        )
        return athletes
    letter = {name: column for column, name in heading.items()}
    told = {r.get(letter["Participant ID"], ""): r for r in rows}

    def column(name: str) -> pd.Series:
        return pd.Series([told.get(p, {}).get(letter.get(name, ""), "") for p in people], dtype="str")

    def number(name: str) -> pd.Series:
        return pd.to_numeric(column(name), errors="coerce")

    sex = column("Gender").str.lower()
    report.note("years of birth are 2019 less the age given: right to a year")
    report.count("athletes", len(people), len(people))
    return athletes.assign(
        sex=sex.where(sex.isin(["female", "male"])),
        birth_year=2019.0 - number("Age"),
        height_cm=number("Height"),
        hr_max_bpm=number("Max heart rate"),
    )
